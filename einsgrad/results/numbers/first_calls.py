"""First calls of a derivative, answered before a program is made: many are called only once.

To derive, to find an order of contraction and to write a program takes tens of milliseconds, and
to go through the nodes a fraction of one: `benchmarks/function_calls.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.caches import Recent
from einsgrad.engine.immediate_products import NotImmediateError
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.results.numbers.arguments import Arguments
from einsgrad.results.numbers.immediate import Evaluation
from einsgrad.results.numbers.plain_nodes import plain_nodes
from einsgrad.results.numbers.tracing import Trace
from einsgrad.results.numbers.transforms import GRADIENT, VALUE_AND_GRADIENT, Transform

_NODES_FOR_A_CALL = 40
"""With so many nodes more, a program pays one call later."""


@dataclass(slots=True)
class Seen:
    """A function that was called: its nodes, and how many calls more need no program."""

    nodes: list[Expr]
    left: int


_seen: Recent[Seen] = Recent(1024, 1 << 26, lambda seen: 500 * len(seen.nodes) + 500)


def calls_before_program(nodes: int) -> int:
    """Return how many calls are answered without a program, by the size of the function."""
    return 1 + nodes // _NODES_FOR_A_CALL


def first_answer(
    transform: Transform, traced: Trace, wrt: tuple[Variable, ...], given: Arguments
) -> Sequence[Any] | None:
    """Return what is asked of a function at its first calls; None where a program answers.

    The results are as exact as those of a program, and finite.
    """
    if transform is not GRADIENT and transform is not VALUE_AND_GRADIENT:
        return None
    (expr,) = traced.exprs
    if expr.shape or not given.are_arrays or _are_foreign(traced, given):
        return None
    nodes = _early_nodes(transform, traced, wrt)
    arrays = _arrays(traced, given) if nodes else None
    if arrays is None:
        return None
    try:
        found = Evaluation(nodes, arrays)
        gradients = found.gradients(expr, wrt)
    except (NotImmediateError, ArithmeticError, ValueError, TypeError, AttributeError, KeyError):
        # A program says what is wrong, if something is.
        return None
    value = np.float64(found.values[expr])
    if not np.isfinite(value) or not all(np.isfinite(one).all() for one in gradients):
        return None
    return gradients if transform is GRADIENT else [value, *gradients]


def _are_foreign(traced: Trace, given: Arguments) -> bool:
    """Tell whether an array is of another library than numpy."""
    values = (*given.values.values(), *traced.captured.values())
    return any(namespace_of(one) is not None for one in values)


def _early_nodes(transform: Transform, traced: Trace, wrt: tuple[Variable, ...]) -> Sequence[Expr]:
    """Return the nodes of a function that was called so seldom that a program does not pay yet."""
    key = (transform, traced.exprs, wrt)
    seen = _seen.get(key)
    if seen is None:
        nodes = plain_nodes(traced.exprs)
        seen = Seen(nodes, calls_before_program(len(nodes)) if nodes else 0)
        _seen.keep(key, seen)
    if not seen.left:
        return ()
    seen.left -= 1
    return seen.nodes


def _arrays(traced: Trace, given: Arguments) -> dict[Variable, Array] | None:
    """Return the array of each variable in double precision; None if one has another."""
    arguments = given.arrays(tuple(traced.captured.values()))
    pairs = [*zip(traced.variables.values(), arguments, strict=True), *traced.captured.items()]
    arrays: dict[Variable, Array] = {}
    for symbol, value in pairs:
        array = np.asarray(value)
        if array.dtype != float:
            if array.dtype.kind not in "biu":
                return None
            array = array.astype(float)
        arrays[symbol] = array
    return arrays
