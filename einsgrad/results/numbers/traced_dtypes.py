"""The dtypes of traced values, and their conversion: what `x.dtype` and `x.astype` are.

An expression has no dtype, but the arguments of a function that is traced have one, and the
arrays that it meets. What is computed of them has the dtype that numpy finds.
"""

from __future__ import annotations

from typing import Any, TypeAlias, assert_never

import numpy as np

from einsgrad.engine.namespaces import numpy_dtype
from einsgrad.errors import ArgumentTypeError, UnknownAttributeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import Capture
from einsgrad.expressions.current import current
from einsgrad.expressions.kinds import computed_from, is_counting, kind_of
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.properties import Kind
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.words import as_integer, multiply, not_equal, real
from einsgrad.expressions.walks import topological

# A number of Python has no precision of its own, and stands for itself.
Precision: TypeAlias = "np.dtype[Any] | int | float | complex"

_WHOLE = np.dtype(np.intp)
_BOOLEAN = np.dtype(bool)


def dtype_of_value(expr: Expr) -> np.dtype[Any]:
    """Return the dtype that an expression has within the trace that is going on.

    Raises
    ------
    UnknownAttributeError
        If it has variables that no trace has made.
    """
    capture = current()
    found: dict[Expr, Precision] = {} if capture is None else capture.precisions
    for node in topological(expr, below=lambda one: () if one in found else computed_from(one)):
        if node not in found:
            own = _precision(node, found, capture)
            found[node] = _with_realness(own, is_complex=node.is_complex)
    return np.result_type(found[expr])


def _with_realness(precision: Precision, *, is_complex: bool) -> Precision:
    if is_complex:
        return _joined(precision, 1j)
    if isinstance(precision, complex):
        return 1.0
    if isinstance(precision, np.dtype) and precision.kind == "c":
        return np.finfo(precision).dtype
    return precision


def _precision(node: Expr, found: dict[Expr, Precision], capture: Capture | None) -> Precision:
    match node:
        case Variable():
            return _of_variable(node, capture)
        case Constant(value=value):
            return value
        case Delta() | Affine() | Step() | Pick():
            return False
        case Fourier():
            return 1j
        case Integers() | Places():
            return _WHOLE
        case Einsum(operands=operands) | Add(terms=operands):
            joined = _joined(*[found[one] for one in operands])
            counts = joined == _BOOLEAN and isinstance(node, Einsum) and is_counting(node)
            return _WHOLE if counts else joined
        case Map(function=function, operands=operands):
            given = operands[1:] if function.kind is Kind.CHOSEN else operands
            return _of_value(function.kind, _joined(*[found[one] for one in given]))
        case Reduce(function=reduction, operand=operand):
            return _of_value(reduction.kind, found[operand])
        case Called(dtype="" | "complex", operands=operands):
            return _of_value(None, _joined(*[found[one] for one in operands]))
        case Called(dtype=dtype):
            return np.dtype(dtype)
        case MatrixMap(operand=operand):
            return _of_value(None, found[operand])
        case _ as unreachable:
            assert_never(unreachable)


def _of_variable(symbol: Variable, capture: Capture | None) -> Precision:
    """Return the precision of what a variable of a trace stands for."""
    while capture is not None:
        if symbol in capture.arrays:
            return _of_given(capture.arrays[symbol])
        if symbol in capture.given:
            return _of_given(capture.given[symbol])
        capture = capture.outer
    raise UnknownAttributeError(f"the dtype of {clip(symbol)} is that of the array to be given.")


def _of_given(value: Any) -> Precision:
    if isinstance(value, Node):
        return dtype_of_value(as_expr(value))
    return value if isinstance(value, int | float | complex) else numpy_dtype(value, "an array")


def _joined(*given: Precision) -> Precision:
    """Return the precision of what values are combined to; selectors are booleans."""
    if any(isinstance(one, np.dtype) for one in given):
        return np.result_type(*given)
    return max(given, key=lambda one: _RANKS[type(one)])


_RANKS: dict[type, int] = {bool: 0, int: 1, float: 2, complex: 3}


def _of_value(kind: Kind | None, joined: Precision) -> Precision:
    """Return the precision of the value of a row."""
    match kind:
        case Kind.BOOLEAN:
            return _BOOLEAN
        case Kind.INTEGER:
            return _WHOLE
        case Kind.SAME | Kind.CHOSEN:
            return joined
        case None:
            # Programs compute with floats of double precision where data are integers.
            whole = np.dtype(np.result_type(joined)).kind in "biu"
            return (
                np.dtype(float) if whole and isinstance(joined, np.dtype) else _joined(joined, 1.0)
            )
        case _ as unreachable:
            assert_never(unreachable)


def _converted(x: Expr, dtype: Any, copy: Any = True) -> Expr:
    """Convert the entries of an expression."""
    try:
        target = np.dtype(dtype)
    except TypeError as error:
        raise ArgumentTypeError(f"{clip(dtype)} is no dtype: {error}. Give one.") from None
    kind = kind_of(x)
    match target.kind:
        case "b":
            return x if kind == "b" else not_equal(x, 0)
        case "i" | "u" if target.itemsize >= _LEAST_BYTES:
            return multiply(1, x) if kind == "b" else x if kind == "i" else as_integer(real(x))
        case "f" if kind != "c" and _is_held_in(x, kind, target):
            return x if kind == "f" else multiply(1.0, x)
        case "c" if _is_held_in(x, kind, target):
            return multiply(1 + 0j, x)
    raise ArgumentTypeError(
        f"{clip(x)} does not become {target}: an expression has the precision of the arrays. "
        "Convert these, or give int, bool or their own dtype."
    )


_PARAMETERS = "x, dtype, ~order='K', ~casting='unsafe', ~subok=True, copy=True"

as_dtype = NumpyFunction("numpy.ndarray.astype", _converted, _PARAMETERS)
"""The method `astype` of numpy's arrays."""


def _is_held_in(x: Expr, kind: str | None, target: np.dtype[Any]) -> bool:
    """Tell whether the values of an expression have the precision of a dtype already."""
    if kind in ("b", "i"):
        return True
    precision = np.dtype(float) if kind is None else np.finfo(dtype_of_value(x)).dtype
    return precision == np.finfo(target).dtype


# Integers of fewer wrap around where an index does not.
_LEAST_BYTES = 4
