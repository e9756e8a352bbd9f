"""numpy code as an expression: what numpy's protocols do with symbolic tensors.

numpy is not imported here: its functions arrive through the protocols and are known by
their names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.rows import (
    ELEMENTWISE,
    REDUCTIONS,
    Elementwise,
    all_rows,
    names_of,
)
from einsgrad.expressions.tables.spellings import Reduced
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.application import function_of
from einsgrad.expressions.vocabulary.linear import einsum
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.strings.calls import read_call
from einsgrad.strings.subscripts import Subscripts

# Functions of numpy that are no row, and those that have another name among the words.
_COMPOSED: dict[str, Callable[..., Expr]] = {
    "add": words.add,
    "subtract": words.subtract,
    "multiply": words.multiply,
    "divide": words.divide,
    "negative": words.negative,
    "matmul": words.matmul,
    "sum": words.sum,
    "mean": words.mean,
    "trace": words.trace,
    "transpose": words.transpose,
    "dot": words.dot,
    "outer": words.outer,
    "diag": words.diag,
    "solve": words.solve,
    "true_divide": words.divide,
    "positive": as_expr,
}


def _handler(name: str) -> Callable[..., Expr] | None:
    """Return what a numpy function becomes: one of the words, or a row of a table."""
    if name in _COMPOSED:
        return _COMPOSED[name]
    row = next((row for row in all_rows() if name in names_of(row)), None)
    return None if row is None else getattr(words.SYMBOLIC, row.name)


def function_named(name: str) -> Callable[..., Expr] | None:
    """Return the function of expressions that numpy has under a name, or that is a word.

    `einsum` is not among them: it is given by a string.

    Examples
    --------
    >>> function_named("absolute").__name__, function_named("softmax").__name__
    ('abs', 'softmax')
    >>> function_named("open") is None
    True
    """
    return _SHAPED.get(name) or _handler(name) or words.word(name)


def row_named(name: str) -> Elementwise | None:
    """Return the row of the table of elementwise functions that a name means, if any."""
    return next((row for row in ELEMENTWISE.values() if name in names_of(row)), None)


def numpy_functions() -> tuple[str, ...]:
    """Return the names of the numpy functions that work on expressions.

    Examples
    --------
    >>> import einsgrad as eg
    >>> "tanh" in eg.numpy_functions(), "sort" in eg.numpy_functions()
    (True, False)
    """
    rows = {name for row in all_rows() for name in row.numpy_names}
    return tuple(sorted({*rows, *_COMPOSED, *_SHAPED, "einsum", "diagonal"}))


def ufunc(function: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Apply a numpy ufunc to expressions.

    Raises
    ------
    ArgumentTypeError
        If the ufunc, or a way of calling it, is not supported.
    """
    name = function.__name__
    reduction = _reduction_by(name) if method == "reduce" and len(inputs) == 1 else None
    if reduction is not None:
        return reduction(inputs[0], **_reducing_options(options))
    handler = _handler(name)
    if method != "__call__" or handler is None:
        raise _unsupported(name if method == "__call__" else f"{name}.{method}")
    _refuse_options(name, options)
    return handler(*inputs)


def _reduction_by(name: str) -> Callable[..., Expr] | None:
    """Return what a ufunc of two arguments becomes that is applied along axes."""
    if name == "add":
        return words.sum
    for row in REDUCTIONS.values():
        if row.numpy == Reduced(name) or (row.keeps_single and row.parts == name):
            return function_of(row)
    return None


def _reducing_options(options: dict[str, Any]) -> dict[str, Any]:
    _refuse_options("reduce", {k: v for k, v in options.items() if k not in ("axis", "keepdims")})
    kept = {"axis": options.get("axis", 0)}
    return kept | ({"keepdims": bool(options["keepdims"])} if "keepdims" in options else {})


def array_function(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Apply another numpy function to expressions.

    Raises
    ------
    ArgumentTypeError
        If the function, or one of its options, is not supported.
    """
    name = function.__name__
    if name == "einsum":
        _refuse_options(name, {k: v for k, v in options.items() if k != "optimize"})
        equation, operands = read_call(arguments)
        return einsum_of(equation, operands)
    if name == "diagonal":
        name = "diag"
    handler = _SHAPED.get(name) or _handler(name)
    if handler is None or (name == "norm" and len(arguments) > 1):
        raise _unsupported(name)
    allowed = {"axis", "keepdims", "axes"}
    _refuse_options(name, {k: v for k, v in options.items() if k not in allowed})
    return handler(*arguments, **options)


def _tensordot(x: Any, y: Any, axes: Any = 2) -> Expr:
    """Contract axes given by number or by two lists, as `numpy.tensordot`."""
    a, b = as_expr(x), as_expr(y)
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(a.shape), len(b.shape)):
            raise ArgumentError(f"tensordot: {clip(a)} and {clip(b)} have no {axes} axes to join.")
        axes = (range(len(a.shape) - axes, len(a.shape)), range(axes))
    first, second = ([one] if isinstance(one, int) else list(one) for one in axes)
    left: list[Any] = [("x", axis) for axis in range(len(a.shape))]
    right: list[Any] = [("y", axis) for axis in range(len(b.shape))]
    for one, other in zip(first, second, strict=True):
        right[other] = left[one]
    summed = {left[one] for one in first}
    output = [label for label in (*left, *right) if label not in summed]
    return einsum(Subscripts((tuple(left), tuple(right)), tuple(output)), a, b)


def _shape_like(value: float) -> Callable[..., Expr]:
    def like(x: Any) -> Expr:
        return words.add(words.multiply(0, x), value)

    return like


def _vdot(x: Any, y: Any) -> Expr:
    return words.sum(words.multiply(words.conj(x), y))


def _inner(x: Any, y: Any) -> Expr:
    a, b = as_expr(x), as_expr(y)
    return _tensordot(a, b, ([len(a.shape) - 1], [len(b.shape) - 1])) if a.shape else a * b


def _ravel(x: Any) -> Expr:
    return reshape(x, -1)


def _swapaxes(x: Any, first: int, second: int) -> Expr:
    expr = as_expr(x)
    order = list(range(len(expr.shape)))
    order[first], order[second] = order[second], order[first]
    return words.transpose(expr, order)


_SHAPED: dict[str, Callable[..., Expr]] = {
    "tensordot": _tensordot,
    "vdot": _vdot,
    "inner": _inner,
    "swapaxes": _swapaxes,
    "reshape": reshape,
    "ravel": _ravel,
    "zeros_like": _shape_like(0),
    "ones_like": _shape_like(1),
}


def _refuse_options(name: str, options: dict[str, Any]) -> None:
    given = [key for key, value in options.items() if value is not None]
    if given:
        raise ArgumentTypeError(
            f"numpy.{name} of an expression does not take {clip(given[0])}. Leave it out."
        )


def _unsupported(name: str) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"numpy.{name} is not supported on expressions. Write it with einsum and the functions "
        "of einsgrad, or add a row for it with define()."
    )
