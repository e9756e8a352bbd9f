"""Einsums of arrays: one look-up, and then the compiled function.

Nothing here loads numpy until arrays are given.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from einsgrad.engine.caches import remember
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.nodes import Node
from einsgrad.strings.calls import read_call
from einsgrad.strings.equation import Equation

Function = Callable[..., Any]

# By string, and by the arrays' types, shapes and dtypes.
_functions: dict[Any, Function] = {}
# For up to three arrays, by string alone: the types, shapes and dtypes that were new last,
# and their function. To compare takes less time than to hash.
_latest: tuple[dict[Any, tuple[Any, ...]], ...] = ({}, {}, {}, {})
_, _one, _two, _three = _latest


def einsum(*arguments: Any) -> Any:
    """Evaluate an einsum of arrays, or build the einsum of expressions.

    Parameters
    ----------
    arguments
        An einsum string and an array or expression for each operand; or, interleaved, each
        operand followed by its list of labels, and the output's list at the end.

    Returns
    -------
    numpy.ndarray, numpy scalar or Expr
        A new array, of the dtype that numpy gives the operands' product. Labels may be
        any letters; the output may repeat labels (`i->ii` is a diagonal matrix).

    Raises
    ------
    SubscriptsError, ShapeError, DtypeError
        If the string is wrong or the arrays do not fit it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.einsum("mn,n->m", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
    array([3., 7.])
    >>> eg.einsum([1, 2], ["row"], ["row", "row"])
    array([[1, 0],
           [0, 2]])
    """
    try:
        count = len(arguments)
        if count == 3:
            string, a, b = arguments
            ta, tb, sa, sb, da, db, function = _two[string]
            rows, columns = a.shape, b.shape
            if (
                (rows == sa and columns == sb)
                and (a.dtype is da and b.dtype is db)
                and (type(a) is ta and type(b) is tb)
            ):
                return function(a, b)
            return _functions[string, type(a), type(b), rows, columns, a.dtype, b.dtype](a, b)
        if count == 2:
            string, a = arguments
            ta, sa, da, function = _one[string]
            if a.shape == sa and a.dtype is da and type(a) is ta:
                return function(a)
        elif count == 4:
            string, a, b, c = arguments
            ta, tb, tc, sa, sb, sc, da, db, dc, function = _three[string]
            if (
                (a.shape == sa and b.shape == sb and c.shape == sc)
                and (a.dtype is da and b.dtype is db and c.dtype is dc)
                and (type(a) is ta and type(b) is tb and type(c) is tc)
            ):
                return function(a, b, c)
        string, *arrays = arguments
        return _functions[string, *[(type(x), x.shape, x.dtype) for x in arrays]](*arrays)
    except (AttributeError, KeyError, TypeError, ValueError):
        # The first call for arrays like these, or no arrays at all.
        return _first_call(arguments)


def _first_call(arguments: tuple[Any, ...]) -> Any:
    """Evaluate an einsum, and keep the function for arrays like these."""
    equation, operands = read_call(arguments)
    if any(isinstance(operand, Node) for operand in operands):
        return einsum_of(equation, operands)
    from einsgrad.results.numbers import of_einsums as numeric

    value, function = numeric.einsum_and_function(equation, operands)
    string = arguments[0]
    if isinstance(string, str | Equation) and numeric.are_arrays(operands):
        signatures = [(type(x), x.shape, x.dtype) for x in operands]
        flat = list(chain(*zip(*signatures, strict=True)))
        remember(_functions, (string, *(flat if len(operands) == 2 else signatures)), function)
        if len(operands) < len(_latest):
            remember(_latest[len(operands)], string, (*flat, function))
    return value
