"""Derivatives of ordinary numpy functions, evaluated at their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from einsgrad.calculus.derivatives import gradients, hessian, jacobian, jvp, vjp
from einsgrad.errors import DtypeError
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.results.numbers.tracing import Trace, Tracer

Argnums = int | Sequence[int]


class Derived:
    """A derivative of a function, called with the function's arguments."""

    def __init__(
        self,
        function: Callable[..., Any],
        argnums: Argnums,
        derive: Callable[[Expr, list[Variable]], tuple[Expr, ...]],
        *,
        with_value: bool = False,
    ) -> None:
        self.tracer = Tracer(function)
        self.single = isinstance(argnums, int)
        self.argnums = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        self.derive = derive
        self.with_value = with_value
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", "function")

    def exprs(self, *arguments: Any) -> tuple[Trace, tuple[Expr, ...]]:
        """Return the trace and the derivative's expressions for arguments like these."""
        trace = self.tracer.trace(arguments)
        if self.argnums not in trace.derived:
            count = len(arguments)
            places = [
                argnum % count if -count <= argnum < count else argnum for argnum in self.argnums
            ]
            wrt = [trace.variable(place, self.tracer.function) for place in places]
            trace.derived[self.argnums] = self.derive(trace.expr, wrt)
        return trace, trace.derived[self.argnums]

    def __call__(self, *arguments: Any) -> Any:
        """Evaluate the derivative."""
        trace, exprs = self.exprs(*arguments)
        values = trace.evaluate([trace.expr, *exprs] if self.with_value else exprs, arguments)
        results = values[1:] if self.with_value else values
        result = results[0] if self.single else results
        return (values[0], result) if self.with_value else result


def function_gradient(
    function: Callable[..., Any], argnums: Argnums = 0, *, with_value: bool = False
) -> Derived:
    """Return the gradient of a numpy function, with or without its value."""
    return Derived(function, argnums, gradients, with_value=with_value)


def function_jacobian(function: Callable[..., Any], argnums: Argnums = 0) -> Derived:
    """Return the Jacobian of a numpy function."""
    return Derived(function, argnums, lambda e, wrt: tuple(jacobian(e, v) for v in wrt))


def function_hessian(function: Callable[..., Any], argnums: int = 0) -> Derived:
    """Return the Hessian of a numpy function in one argument."""
    return Derived(function, argnums, lambda e, wrt: tuple(hessian(e, v) for v in wrt))


def function_vjp(function: Callable[..., Any], *arguments: Any) -> tuple[Any, Callable[..., Any]]:
    """Evaluate a numpy function, and return its pullback in all arrays."""
    trace = Tracer(function).trace(arguments)
    wrt = list(trace.arguments.values())
    if not wrt:
        raise DtypeError("no argument is an array of floats, so there is no derivative.")
    traits = frozenset({COMPLEX} if trace.expr.is_complex else ())
    cotangent = Variable("cotangent", trace.expr.shape, traits)
    exprs = vjp(trace.expr, cotangent, wrt)
    (value,) = trace.evaluate([trace.expr], arguments)

    def pullback(g: Any) -> tuple[Any, ...]:
        return trace.with_arrays(cotangent=g).evaluate(exprs, arguments)

    return value, pullback


def function_jvp(
    function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    """Evaluate a numpy function, and its Jacobian times tangents."""
    trace = Tracer(function).trace(primals)
    moved = {
        place: Variable(f"tangent{place}", v.shape, v.traits)
        for place, v in trace.arguments.items()
        if tangents[place] is not None
    }
    expr = jvp(trace.expr, [(trace.arguments[place], dv) for place, dv in moved.items()])
    given = {dv.name: np.asarray(tangents[place]) for place, dv in moved.items()}
    value, tangent = trace.with_arrays(**given).evaluate([trace.expr, expr], primals)
    return value, tangent


def function_hvp(function: Callable[..., Any], primals: Sequence[Any], vector: Any) -> Any:
    """Evaluate the Hessian of a numpy function in its first argument times a vector."""
    trace = Tracer(function).trace(primals)
    x = trace.variable(0, function)
    direction = Variable("direction", x.shape, x.traits)
    (gradient,) = gradients(trace.expr, [x])
    expr = jvp(gradient, [(x, direction)])
    return trace.with_arrays(direction=vector).evaluate([expr], primals)[0]
