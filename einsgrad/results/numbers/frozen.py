"""What a jitted function met, for good: scalars are numbers of its expression, equal arrays one.

A function that is traced at each call may meet others each time; for a jitted one they stay what
they were when it was traced.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.foreign_values import copy_of
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.nodes import Constant, Expr, Variable
from einsgrad.expressions.walks import rebuild_all
from einsgrad.results.numbers.arguments import Arguments
from einsgrad.results.numbers.tracing import Trace

_FEW = 4096
"""The bytes up to which arrays are compared."""


def frozen(traced: Trace, given: Arguments) -> Trace:
    """Write the scalars that a function met into its expressions, and equal arrays as one."""
    traced = replace(traced, captured=_kept(traced.captured))
    put = _equals(traced.captured)
    if _in_double_precision([*given.values.values(), *traced.captured.values()]):
        put |= _numbers(traced.captured)
    if not put:
        return traced
    exprs = rebuild_all(traced.exprs, lambda node: put.get(node, node))
    return replace(traced, exprs=tuple(exprs))


def _kept(captured: Mapping[Variable, Any]) -> dict[Variable, Any]:
    """Return copies of those arrays that a user may change later."""
    return {
        symbol: array if namespace_of(array) is None else copy_of(array)
        for symbol, array in captured.items()
    }


def _equals(captured: Mapping[Variable, Array]) -> dict[Expr, Expr]:
    """Return for arrays that have the entries of an earlier one that one."""
    first: dict[Hashable, Variable] = {}
    found: dict[Expr, Expr] = {}
    for symbol, array in captured.items():
        if namespace_of(array) is None and array.nbytes <= _FEW:
            key = (type(array), array.dtype, array.shape, array.strides, array.tobytes())
            known = first.setdefault(key, symbol)
            if known is not symbol:
                found[symbol] = known
    return found


def _numbers(captured: Mapping[Variable, Array]) -> dict[Expr, Expr]:
    """Return the number of each scalar; a product with 0 would lose what it is multiplied with."""
    return {
        symbol: Constant(float(value))
        for symbol, value in captured.items()
        if not value.shape and value.dtype == float and value != 0 and isfinite(value)
    }


def _in_double_precision(values: list[Any]) -> bool:
    """Tell whether a number has the precision of all that it may meet."""
    if any(namespace_of(one) is not None for one in values):
        return False
    dtypes = [np.asarray(one).dtype for one in values]
    return all(dtype.kind in "biu" or dtype in (float, complex) for dtype in dtypes)
