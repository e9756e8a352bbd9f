"""Derivatives of ordinary numpy functions: traced once for each signature, then evaluated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from einsgrad.calculus.derivatives import gradients, hessian, jacobian, jvp, vjp
from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.kernels import Options
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, clip
from einsgrad.expressions.capture import capturing
from einsgrad.expressions.nodes import COMPLEX, Expr, Node, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables
from einsgrad.simplification.simplify import simplify

Argnums = int | Sequence[int]


@dataclass(frozen=True)
class Trace:
    """A function as an expression of its array arguments."""

    expr: Expr
    arguments: dict[int, Variable]
    captured: dict[str, Any]
    surroundings: tuple[Any, ...] = ()
    derived: dict[object, Any] = field(default_factory=dict)
    programs: dict[tuple[Expr, ...], tuple[Compiled, tuple[int | str, ...]]] = field(
        default_factory=dict
    )

    def variable(self, argnum: int, function: Callable[..., Any]) -> Variable:
        """Return the variable of an argument.

        Raises
        ------
        ArgumentError
            If that argument is no array of floats.
        """
        if argnum not in self.arguments:
            raise ArgumentError(
                f"argument {argnum} of {clip(function.__name__)} is no array of floats, "
                "so there is no derivative in it."
            )
        return self.arguments[argnum]

    def with_arrays(self, **arrays: Any) -> Trace:
        """Return the trace with arrays for further variables, such as a cotangent."""
        return replace(self, captured={**self.captured, **arrays})

    def evaluate(self, exprs: Sequence[Expr], arguments: Sequence[Any]) -> tuple[Any, ...]:
        """Evaluate expressions at the function's arguments."""
        compiled, sources = self._compiled(tuple(exprs))
        values: tuple[Any, ...] = compiled(
            *[
                self.captured[source] if isinstance(source, str) else np.asarray(arguments[source])
                for source in sources
            ]
        )
        return values

    def _compiled(self, exprs: tuple[Expr, ...]) -> tuple[Compiled, tuple[int | str, ...]]:
        """Return the function of expressions, and where each of its arrays comes from."""
        if exprs not in self.programs:
            symbols = variables(*exprs)
            places: dict[Expr, int] = {v: place for place, v in self.arguments.items()}
            sources = tuple(places.get(symbol, symbol.name) for symbol in symbols)
            compiled = Compiled(exprs, symbols, {}, Options(as_declared=False))
            self.programs[exprs] = compiled, sources
        return self.programs[exprs]


class Tracer:
    """Traces a function, once for each signature of shapes, complexity and other arguments."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._traces: dict[tuple[Any, ...], Trace] = {}

    def trace(self, arguments: Sequence[Any]) -> Trace:
        """Return the function's expression for arguments like these."""
        signature = tuple(_signature(argument) for argument in arguments)
        try:
            known = self._traces.get(signature)
        except TypeError:
            raise ArgumentTypeError(
                f"the arguments of {clip(self.function.__name__)} that are no arrays must be "
                "hashable."
            ) from None
        around = _surroundings(self.function)
        if known is None or not _same_objects(known.surroundings, around):
            known = self._traces[signature] = replace(self._traced(arguments), surroundings=around)
        return known

    def _traced(self, arguments: Sequence[Any]) -> Trace:
        symbols = {
            place: _symbol(place, np.asarray(argument))
            for place, argument in enumerate(arguments)
            if _is_traced(argument)
        }
        with capturing() as capture:
            given = [symbols.get(place, argument) for place, argument in enumerate(arguments)]
            result = self.function(*given)
            if not isinstance(result, Node | int | float | complex | np.ndarray | np.generic):
                raise ArgumentTypeError(
                    f"{clip(self.function.__name__)} returns {clip(result)}. "
                    "Return one array or number."
                )
            expr = simplify(as_expr(result))
        return Trace(expr, symbols, dict(capture.arrays))


def _surroundings(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Return what a function refers to outside its arguments: rebinding it asks for a new trace."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ()
    outside = getattr(function, "__globals__", {})
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    return (*cells, *(outside[name] for name in code.co_names if name in outside))


def _same_objects(ones: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return len(ones) == len(others) and all(map(operator.is_, ones, others))


def _is_traced(argument: object) -> bool:
    if isinstance(argument, bool | int | str | tuple) or argument is None:
        return False
    if not isinstance(argument, float | complex | np.ndarray | np.generic | list):
        return False
    return as_array(argument, "an argument").dtype.kind in "fc"


def _signature(argument: Any) -> Any:
    if type(argument) is np.ndarray and argument.dtype.kind in "fc":
        return ("array", argument.shape, argument.dtype.kind)
    if _is_traced(argument):
        array = np.asarray(argument)
        return ("array", array.shape, array.dtype.kind)
    if isinstance(argument, np.ndarray | list):
        array = as_array(argument, "an argument")
        return ("data", array.shape, array.dtype.str, array.tobytes())
    return argument


def _symbol(place: int, array: Array) -> Variable:
    traits = frozenset({COMPLEX} if array.dtype.kind == "c" else ())
    return Variable(f"x{place}", tuple(map(int, array.shape)), traits)


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


def grad(
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
