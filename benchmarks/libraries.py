"""The alternatives behind one face: arrays, functions, derivatives of functions.

A loss is written once, over a namespace `m`: `m.sum(m.tanh(A @ x))`. Each library brings its
namespace, and is left out where it is not installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

import einsgrad as eg
from benchmarks.measure import Call

Function = Callable[..., Any]
Loss = Callable[..., Any]  # of a namespace and arrays

EINSGRAD = SimpleNamespace(
    einsum=eg.einsum,
    sum=eg.sum,
    tanh=eg.tanh,
    relu=eg.relu,
    softplus=eg.softplus,
    softmax=eg.softmax,
    logsumexp=eg.logsumexp,
)


def _numpy_like(np_: Any) -> SimpleNamespace:
    """Return the namespace of numpy, or of a library that copies its names."""

    def shifted(x: Any) -> Any:
        return x - np_.max(x, -1, keepdims=True)

    def softmax(x: Any) -> Any:
        weights = np_.exp(shifted(x))
        return weights / np_.sum(weights, -1, keepdims=True)

    return SimpleNamespace(
        einsum=np_.einsum,
        sum=np_.sum,
        tanh=np_.tanh,
        relu=lambda x: np_.maximum(x, 0.0),
        softplus=lambda x: np_.logaddexp(0.0, x),
        softmax=softmax,
        logsumexp=lambda x: np_.max(x) + np_.log(np_.sum(np_.exp(shifted(x)))),
    )


NUMPY = _numpy_like(np)


class Jax:
    """JAX in double precision, compiled; calls are synchronous, which is the fastest way."""

    name = "jax jit"

    def __init__(self) -> None:
        self.jax = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.jax.config.update("jax_cpu_enable_async_dispatch", False)
        jnp = self.jax.numpy
        self.m = SimpleNamespace(
            einsum=jnp.einsum,
            sum=jnp.sum,
            tanh=jnp.tanh,
            relu=self.jax.nn.relu,
            softplus=self.jax.nn.softplus,
            softmax=self.jax.nn.softmax,
            logsumexp=self.jax.nn.logsumexp,
        )

    def array(self, array: np.ndarray) -> Any:
        return self.jax.device_put(array)

    def compiled(self, function: Function) -> Function:
        jitted = self.jax.jit(function)

        def ready(*arrays: Any) -> Any:
            result = jitted(*arrays)
            for leaf in self.jax.tree_util.tree_leaves(result):
                leaf.block_until_ready()
            return result

        def ready_array(*arrays: Any) -> Any:
            return jitted(*arrays).block_until_ready()

        return ready if _many(function) else ready_array

    def einsum(self, string: str) -> Function:
        return self.compiled(lambda *arrays: self.m.einsum(string, *arrays, optimize="optimal"))

    def vjp(self, string: str) -> Function:
        def value(*arrays: Any) -> Any:
            return self.m.einsum(string, *arrays, optimize="optimal")

        def gradients(g: Any, *arrays: Any) -> tuple[Any, ...]:
            return self.jax.vjp(value, *arrays)[1](g)

        return self.compiled(many(gradients))

    def value_and_grad(self, loss: Loss, argnums: tuple[int, ...]) -> Function:
        f = self.jax.value_and_grad(lambda *arrays: loss(self.m, *arrays), argnums)
        return self.compiled(many(f))

    def hessian(self, loss: Loss, argnums: tuple[int, int]) -> Function:
        first, second = argnums
        gradient = self.jax.grad(lambda *arrays: loss(self.m, *arrays), first)
        return self.compiled(self.jax.jacfwd(gradient, second))

    def jacobian(self, function: Loss) -> Function:
        return self.compiled(self.jax.jacrev(lambda *arrays: function(self.m, *arrays)))


class Torch:
    """PyTorch, eager, on one thread."""

    name = "torch"

    def __init__(self) -> None:
        self.torch = torch = importlib.import_module("torch")
        torch.set_num_threads(1)
        self.m = SimpleNamespace(
            einsum=torch.einsum,
            sum=torch.sum,
            tanh=torch.tanh,
            relu=torch.relu,
            softplus=torch.nn.functional.softplus,
            softmax=lambda x: torch.softmax(x, -1),
            logsumexp=lambda x: torch.logsumexp(x, -1),
        )

    def array(self, array: np.ndarray) -> Any:
        return self.torch.from_numpy(np.asarray(array))

    def compiled(self, function: Function) -> Function:
        return function

    def einsum(self, string: str) -> Function:
        return lambda *arrays: self.torch.einsum(string, *arrays)

    def vjp(self, string: str) -> Function:
        def gradients(g: Any, *arrays: Any) -> tuple[Any, ...]:
            leaves = [array.detach().requires_grad_() for array in arrays]
            return self.torch.autograd.grad(self.torch.einsum(string, *leaves), leaves, g)

        return gradients

    def value_and_grad(self, loss: Loss, argnums: tuple[int, ...]) -> Function:
        def f(*arrays: Any) -> tuple[Any, ...]:
            leaves = list(arrays)
            for position in argnums:
                leaves[position] = leaves[position].detach().requires_grad_()
            value = loss(self.m, *leaves)
            gradients = self.torch.autograd.grad(value, [leaves[position] for position in argnums])
            return value, gradients

        return f

    def hessian(self, loss: Loss, argnums: tuple[int, int]) -> Function:
        first, second = argnums
        func = self.torch.func
        gradient = func.jacrev(lambda *arrays: loss(self.m, *arrays), first)
        return func.jacfwd(gradient, second)  # what torch.func.hessian is, for any two arguments

    def jacobian(self, function: Loss) -> Function:
        return self.torch.func.jacrev(lambda *arrays: function(self.m, *arrays))


class Autograd:
    """HIPS autograd: traces numpy in every call."""

    name = "autograd"

    def __init__(self) -> None:
        self.autograd = importlib.import_module("autograd")
        self.m = _numpy_like(importlib.import_module("autograd.numpy"))

    def array(self, array: np.ndarray) -> Any:
        return array

    def vjp(self, string: str) -> Function:
        def f(arrays: tuple[Any, ...]) -> Any:
            return self.m.einsum(string, *arrays)

        return lambda g, *arrays: self.autograd.make_vjp(f)(arrays)[0](g)

    def value_and_grad(self, loss: Loss, argnums: tuple[int, ...]) -> Function:
        return self.autograd.value_and_grad(lambda *arrays: loss(self.m, *arrays), argnums)


def many(function: Function) -> Function:
    """Mark a function that returns several arrays."""
    function.many = True  # type: ignore[attr-defined]
    return function


def _many(function: Function) -> bool:
    return getattr(function, "many", False)


@cache
def installed() -> dict[str, Any]:
    """Load the alternatives; say which are not installed."""
    found: dict[str, Any] = {}
    for library in (Jax, Torch, Autograd):
        try:
            found[library.name] = library()
        except ImportError:
            print(f"{library.name}: not installed", flush=True)
    return found


def compiled(expressions: Sequence[Any], arrays: Mapping[str, np.ndarray]) -> Call:
    """Return the compiled object of einsgrad with its arrays in the order that it takes."""
    fn = eg.compile(*expressions)
    given = {name: arrays[name] for name in fn.variables}
    return Call(fn.specialize(**given), list(given.values()))
