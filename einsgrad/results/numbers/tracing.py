"""Numpy functions as expressions: traced once for each signature of their arguments."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_array
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.kernels import Options
from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.capture import capturing
from einsgrad.expressions.nodes import COMPLEX, Expr, Node, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.simplify import simplify_expr


@dataclass(frozen=True, slots=True)
class _Supplied:
    """A compiled function, and where its arrays come from: an argument's place, or a name."""

    compiled: Compiled
    sources: tuple[int | str, ...]


@dataclass(frozen=True)
class Trace:
    """A function as an expression of its array arguments.

    Parameters
    ----------
    expr
        The expression.
    arguments
        The variable of each argument that is an array, by its place.
    captured
        Arrays for all other variables, by name.
    surroundings
        What the function referred to when it was traced.
    derived, programs
        What has been derived of the expression, and compiled.
    """

    expr: Expr
    arguments: dict[int, Variable]
    captured: dict[str, Any]
    surroundings: tuple[Any, ...] = ()
    derived: dict[object, Any] = field(default_factory=dict)
    programs: dict[tuple[Expr, ...], _Supplied] = field(default_factory=dict)

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
        program = self._program(tuple(exprs))
        values: tuple[Any, ...] = program.compiled(
            *[
                self.captured[source] if isinstance(source, str) else np.asarray(arguments[source])
                for source in program.sources
            ]
        )
        return values

    def _program(self, exprs: tuple[Expr, ...]) -> _Supplied:
        """Return the function of expressions, and where each of its arrays comes from."""
        if exprs not in self.programs:
            symbols = variables_in(*exprs)
            places: dict[Expr, int] = {v: place for place, v in self.arguments.items()}
            sources = tuple(places.get(symbol, symbol.name) for symbol in symbols)
            compiled = Compiled(exprs, symbols, {}, Options(as_declared=False))
            self.programs[exprs] = _Supplied(compiled, sources)
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
            expr = simplify_expr(as_expr(result))
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
