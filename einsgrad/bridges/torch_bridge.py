"""Expressions as functions of torch, whose derivatives of every order are the derived formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

from einsgrad.bridges.orders import Differentiated
from einsgrad.bridges.stated_functions import BridgedFunction, require_library, stated
from einsgrad.engine.caches import remember
from einsgrad.engine.kernels import Options
from einsgrad.engine.namespaces import one_namespace
from einsgrad.engine.split_kernels import SplitKernel, make_split
from einsgrad.expressions.foreign_arrays import TORCH
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.strings.equation import Equation


def torch(
    *targets: Expr | str | Equation,
    inputs: Sequence[Variable] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> BridgedFunction:
    """Make a function of torch tensors, with the derived formulas as its derivatives.

    It is an `autograd.Function`: its backward pass is the derived pullback, which shares with the
    forward pass what both need; forward mode, `torch.func`'s transforms, `vmap`, double
    backward and every higher order are derived in the same way when they are asked for.

    Parameters
    ----------
    targets
        Expressions, or one einsum string.
    inputs
        The variables, in the order of the arguments; of a string its operands.
    sizes
        Sizes of dims that no tensor tells.

    Returns
    -------
    callable
        A function of tensors. It returns a tensor, or a tuple where several expressions are given.

    Raises
    ------
    ArgumentError
        If torch is not installed, nothing is given, or a variable is not among the inputs.

    Examples
    --------
    >>> import torch
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> f = eg.bridges.torch(eg.logsumexp(A @ x), inputs=(A, x))
    >>> tensors = [torch.ones(3, 2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)]
    >>> torch.autograd.gradcheck(f, [one.requires_grad_() for one in tensors])
    True
    """
    require_library("torch")
    return stated(targets, inputs, sizes, _Functions)


class _Functions:
    """The autograd functions of expressions, one for each choice of inputs with gradients."""

    def __init__(self, differentiated: Differentiated) -> None:
        self.parts = differentiated
        self._classes: dict[tuple[tuple[bool, ...], bool], Any] = {}

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        tensors = one_namespace(arrays, [one.name for one in self.parts.inputs])
        is_transformed = TORCH.functions._C._are_functorch_transforms_active()
        # A transform sees its own level only, and those around it want gradients of theirs.
        mask = tuple(
            [
                one.is_floating_point() or one.is_complex() if is_transformed else one.requires_grad
                for one in tensors
            ]
        )
        key = mask, is_transformed
        if key not in self._classes:
            make = _transformed_class if is_transformed else _sharing_class
            self._classes[key] = make(_Derivatives(self.parts, mask))
        results: tuple[Any, ...] = self._classes[key].apply(*tensors)
        return results


class _Derivatives:
    """What is passed back and pushed forward, of some inputs, and the kernels that share work."""

    def __init__(self, parts: Differentiated, mask: tuple[bool, ...]) -> None:
        self.parts = parts
        self.mask = mask
        self.wrt = tuple([one for one, is_in in zip(parts.inputs, mask, strict=True) if is_in])
        self._kernels: dict[Any, SplitKernel] = {}
        self._pushforwards: dict[tuple[Variable, ...], _Functions] = {}

    @cached_property
    def pulled(self) -> _Functions:
        """The function of inputs and cotangents that is passed back."""
        return _Functions(self.parts.pullback(self.wrt))

    def passed_back(self, arrays: Sequence[Any], cotangents: Sequence[Any]) -> tuple[Any, ...]:
        """Return what is passed back, differentiable in its turn."""
        return self.spread(self.pulled(*arrays, *cotangents))

    def pushed(self, arrays: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, ...]:
        """Return the tangents of the values, differentiable in their turn."""
        moved = [place for place, one in enumerate(tangents) if one is not None]
        variables = tuple([self.parts.inputs[place] for place in moved])
        function = self._pushforwards.get(variables)
        if function is None:
            made = _Functions(self.parts.pushforward(variables))
            function = remember(self._pushforwards, variables, made)
        return function(*arrays, *(tangents[place] for place in moved))

    def spread(self, shares: Sequence[Any]) -> tuple[Any, ...]:
        """Return a share or None for each input."""
        found = iter(shares)
        return tuple([next(found) if wanted else None for wanted in self.mask])

    @cached_property
    def _exprs(self) -> tuple[Expr, ...]:
        return self.parts.joint(self.wrt) if self.wrt else self.parts.exprs

    def kernel(self, arrays: Sequence[Any]) -> SplitKernel:
        """Return the pair of functions for arrays like these."""
        key = tuple([(one.shape, one.dtype) for one in arrays])
        found = self._kernels.get(key)
        if found is None:
            found = remember(self._kernels, key, self._made(arrays))
        return found

    def _made(self, arrays: Sequence[Any]) -> SplitKernel:
        parts, exprs = self.parts, self._exprs
        kinds = tuple([one.is_complex for one in exprs])
        options = Options(copy=True, as_declared=False, are_complex=kinds)
        return make_split(
            exprs, parts.inputs, parts.cotangents, arrays, parts.sizes, options, TORCH
        )


def _sharing_class(derivatives: _Derivatives) -> Any:
    """Return the autograd function whose backward pass reads what the forward pass computed."""
    library = import_module("torch")
    count, inputs = len(derivatives.parts.exprs), len(derivatives.mask)

    class Formula(library.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, *arrays: Any) -> tuple[Any, ...]:
            kernel = ctx.kernel = derivatives.kernel(arrays)
            results = kernel.forward(*arrays)
            ctx.save_for_backward(*arrays, *results)
            ctx.save_for_forward(*arrays, *results)
            ctx.set_materialize_grads(False)
            return results[:count]

        @staticmethod
        def backward(ctx: Any, *given: Any) -> tuple[Any, ...]:
            saved, kernel = ctx.saved_tensors, ctx.kernel
            arrays, results = saved[:inputs], saved[inputs:]
            cotangents = _with_zeros(library, given, results)
            if library.is_grad_enabled():
                return derivatives.passed_back(arrays, cotangents)
            read = [
                *(arrays[place] for place in kernel.inputs),
                *(results[place] for place in kernel.values),
            ]
            shares = kernel.backward(*read, *results[count:], *cotangents)
            return derivatives.spread(shares)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> tuple[Any, ...]:
            return derivatives.pushed(ctx.saved_tensors[:inputs], tangents)

    return Formula


def _transformed_class(derivatives: _Derivatives) -> Any:
    """Return the autograd function that `torch.func` transforms at every level."""
    library = import_module("torch")
    value, inputs = derivatives.parts.value, len(derivatives.mask)

    class Transformed(library.autograd.Function):  # type: ignore[misc, name-defined]
        generate_vmap_rule = True

        @staticmethod
        def forward(*arrays: Any) -> tuple[Any, ...]:
            results: tuple[Any, ...] = value(*arrays)
            return results

        @staticmethod
        def setup_context(ctx: Any, given: Any, output: Any) -> None:
            # Both are one list in torch.
            ctx.save_for_backward(*given, *output)
            ctx.save_for_forward(*given, *output)
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx: Any, *given: Any) -> tuple[Any, ...]:
            saved = ctx.saved_tensors
            cotangents = _with_zeros(library, given, saved[inputs:])
            return derivatives.passed_back(saved[:inputs], cotangents)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> tuple[Any, ...]:
            return derivatives.pushed(ctx.saved_tensors[:inputs], tangents)

    return Transformed


def _with_zeros(library: Any, cotangents: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """Return cotangents, those that are zero written out."""
    pairs = zip(cotangents, values, strict=False)
    return [library.zeros_like(value) if one is None else one for one, value in pairs]
