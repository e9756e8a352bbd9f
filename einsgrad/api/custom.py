"""A function of whole arrays with a pullback of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.binding import as_array
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.errors import (
    ArgumentError,
    ArgumentTypeError,
    ShapeError,
    UnknownAttributeError,
    as_flag,
    clip,
)
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import NUMBER_KINDS, Capture
from einsgrad.expressions.construct import as_size
from einsgrad.expressions.current import current, suspended
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Called, Expr, Variable
from einsgrad.expressions.own_calls import OwnCall, OwnFunction
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import substitute, variables_in
from einsgrad.results.numbers.callables import callable_name
from einsgrad.results.numbers.traced_dtypes import dtype_of_value

Sizes: TypeAlias = "tuple[int, ...]"
ShapeRule: TypeAlias = "Callable[..., Sequence[int]] | Sequence[int] | None"


class CustomDerivative:
    """A function whose derivative is what its user wrote; made by `custom_derivative`."""

    def __init__(
        self, value: Callable[..., Any], pullback: Callable[..., Any], shape: ShapeRule, check: bool
    ) -> None:
        self._function = OwnFunction(callable_name(value), value, pullback)
        self._shape = shape
        self._unchecked = check
        self._known: dict[Any, tuple[Sizes, str]] = {}
        self.__name__ = callable_name(value)
        self.__doc__ = value.__doc__
        self.__wrapped__ = value

    def __repr__(self) -> str:
        return f"custom_derivative({self.__name__})"

    def __call__(self, *arguments: Any) -> Any:
        """Return the value: of arrays an array, of expressions an expression."""
        if not any(isinstance(one, Node) for one in arguments):
            if self._unchecked:
                self._check(arguments)
            return self._learnt(arguments, self._function.value(*arguments))
        operands = [as_expr(one) for one in arguments if _is_operand(one)]
        call = _call(self._function, arguments)
        sizes, dtype = self._outcome(call, operands)
        return Called(call, tuple(operands), sizes, dtype)

    def _learnt(self, arguments: Sequence[Any], value: Any) -> Any:
        """Return a value of arrays; a derivation that meets such arguments knows its shape then."""
        if self._shape is None and isinstance(value, np.ndarray | np.generic | int | float):
            try:
                call = _call(self._function, arguments)
            except ArgumentTypeError:
                return value
            given = [one for one in arguments if _is_operand(one)]
            shapes = tuple([(one.shape, one.dtype.kind == "c") for one in given])
            is_complex = np.asarray(value).dtype.kind == "c"
            self._known[call, shapes, None] = np.shape(value), "complex" if is_complex else ""
        return value

    def _outcome(self, call: OwnCall, operands: Sequence[Expr]) -> tuple[Sizes, str]:
        """Return the shape and the dtype of a value, which are found once for each signature."""
        if self._shape is not None:
            is_complex = any(one.is_complex for one in operands)
            return self._given_sizes(call, operands), "complex" if is_complex else ""
        shapes = tuple([(one.shape, one.is_complex) for one in operands])
        key: Any = (call, shapes, _dtypes(operands))
        if key not in self._known or self._unchecked:
            arrays = [current_value(one, self.__name__) for one in operands]
            if self._unchecked:
                self._check(call.arguments(arrays))
            with suspended():
                value = as_array(call.value(arrays), f"the value of {self.__name__}")
            dtype = value.dtype if value.dtype.kind in "fc" else np.dtype(float)
            self._known[key] = value.shape, dtype.name
            # Where derivatives are derived there are no arrays.
            self._known[call, shapes, None] = value.shape, "complex" if dtype.kind == "c" else ""
        return self._known[key]

    def _given_sizes(self, call: OwnCall, operands: Sequence[Expr]) -> Sizes:
        rule = self._shape
        if callable(rule):
            shapes = [one.shape for one in operands]
            rule = rule(*call.arguments(shapes))
        sizes = tuple(rule) if isinstance(rule, tuple | list) else None
        if sizes is None or any(as_size(one) is None for one in sizes):
            raise ShapeError(
                f"shape={clip(rule)} of {clip(self.__name__)} is no tuple of sizes. "
                "Give a tuple, or a function of the shapes of the arguments that returns one."
            )
        return tuple([int(one) for one in sizes])

    def _check(self, arguments: Sequence[Any]) -> None:
        """Compare the pullback with differences, once."""
        from einsgrad.testing.pullbacks import check_pullback

        self._unchecked = False
        value, cotangents = self._function.value, self._function.cotangents
        with suspended():
            check_pullback(value, lambda g, *given: cotangents(g, value(*given), *given), arguments)


def _call(function: OwnFunction, arguments: Sequence[Any]) -> OwnCall:
    """Return how a function is called.

    Raises
    ------
    ArgumentTypeError
        If what is no operand is not hashable.
    """
    others = tuple(
        [(place, _mark(one), one) for place, one in enumerate(arguments) if not _is_operand(one)]
    )
    try:
        hash(others)
    except TypeError:
        raise ArgumentTypeError(
            f"{clip(function.name)} has an argument that is neither an array nor hashable. "
            "Give arrays, numbers, text or tuples."
        ) from None
    kinds = [_kind(one) for one in arguments if _is_operand(one)]
    return OwnCall(function, others, len(arguments), "".join(kinds))


def _mark(argument: Any) -> str | type[Any]:
    """Return what tells an argument from others that are equal to it, such as 0.0 from -0.0."""
    return repr(argument) if isinstance(argument, float | complex) else type(argument)


def _kind(operand: Any) -> str:
    found = kind_of(as_expr(operand)) if isinstance(operand, Node) else operand.dtype.kind
    return {"i": "i", "u": "i", "b": "b"}.get(found or "", "f")


def _is_operand(argument: object) -> bool:
    if isinstance(argument, Node):
        return True
    return isinstance(argument, np.ndarray | np.generic) and argument.dtype.kind in NUMBER_KINDS


def _dtypes(operands: Sequence[Expr]) -> tuple[str, ...] | None:
    """Return the dtypes of operands; None where there are no arrays."""
    try:
        return tuple([dtype_of_value(one).name for one in operands])
    except UnknownAttributeError:
        return None


def current_value(expr: Expr, name: str) -> Any:
    """Return the array that an expression stands for at the call that is being traced.

    Raises
    ------
    ArgumentError
        If a variable has none.
    """
    arrays: dict[str, Any] = {}
    capture = current()
    while True:
        put: dict[Expr, Expr] = {}
        for symbol in variables_in(expr):
            found = _given(symbol, capture)
            if found is None:
                raise ArgumentError(
                    f"the shape of {clip(name)} is not known where {clip(symbol)} has no array. "
                    "Give custom_derivative the option shape=, a function of shapes."
                )
            if isinstance(found, Node):
                put[symbol] = as_expr(found)
            else:
                arrays[symbol.name] = found
        if not put:
            break
        expr = substitute(expr, put)
    with suspended():
        return evaluate_expr(expr, arrays)


def _given(symbol: Variable, capture: Capture | None) -> Any:
    while capture is not None:
        for known in (capture.arrays, capture.given):
            if symbol in known:
                return known[symbol]
        capture = capture.outer
    return None


def custom_derivative(
    value: Callable[..., Any],
    pullback: Callable[..., Any],
    *,
    shape: ShapeRule = None,
    check: bool = False,
) -> CustomDerivative:
    """Return a function of whole arrays with a derivative of one's own.

    Parameters
    ----------
    value
        A function of arrays that returns an array; any Python code.
    pullback
        Maps a cotangent, the value and the arguments to a cotangent for each argument, None
        where it is zero. It is written in numpy and linear in the cotangent, so that it is
        derived again, and transposed for forward mode. Nothing is conjugated. It is read once
        for each signature: what changes from call to call has to be an argument.
    shape
        The shape of the value, or a function of the arguments' shapes that returns it; by
        default `value` is called once for each signature to find out.
    check
        Whether the pullback is compared with finite differences at the first call.

    Returns
    -------
    CustomDerivative

    Raises
    ------
    ArgumentTypeError
        If a function is expected and something else is given.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> cube = eg.custom_derivative(lambda x: x**3, lambda g, y, x: g * 3 * x**2)
    >>> x = np.array([1.0, 2.0])
    >>> cube(x)
    array([1., 8.])
    >>> eg.grad(lambda x: np.sum(cube(x)))(x)
    array([ 3., 12.])
    """
    for one, what in ((value, "value"), (pullback, "pullback")):
        if not callable(one):
            raise ArgumentTypeError(f"{what}={clip(one)} is no function. Give one of arrays.")
    return CustomDerivative(value, pullback, shape, as_flag(check, "check"))
