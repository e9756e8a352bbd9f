"""Values that would mend a part beside which a term is missing, or one too many."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from einsgrad.claims.edited import Edited, Formula, Spot
from einsgrad.claims.pools import Pool, enclosed
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Add, Variable


def with_term(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Add what was forgotten, also its mean and its sum, where a sum stands or may stand."""
    if isinstance(part.user, Add):
        return
    value = formula.of(part.node)
    if part.user is None or isinstance(part.node, Add | Variable):
        yield from _with_known(value, pool)
    yield "1", value + 1
    yield "-1", value - 1
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        yield "I", value + np.eye(len(value))
        yield "-I", value - np.eye(len(value))
        yield "its transpose", value + value.T
        yield "minus its transpose", value - value.T


def _with_known(value: Array, pool: Pool) -> Edited:
    for known in pool.of(value.shape):
        yield known.text, value + known.value
        yield f"-{enclosed(known.text)}", value - known.value
        for text, reduced in _reduced(known.text, known.value):
            yield text, value + reduced
            yield f"-{text}", value - reduced
    for known in pool.of(()) if value.ndim else ():
        yield known.text, value + known.value
        yield f"-{enclosed(known.text)}", value - known.value


def _reduced(text: str, value: Array) -> Iterator[tuple[str, Array]]:
    """Yield means and sums, spread over the shape again."""
    if not value.ndim or value.size == 1:
        return
    yield f"mean({text})", np.full(value.shape, value.mean())
    yield f"sum({text})", np.full(value.shape, value.sum())
    if value.ndim == 2:
        for axis in range(2):
            yield f"mean({text}, axis={axis})", value.mean(axis, keepdims=True) + 0 * value
            yield f"sum({text}, axis={axis})", value.sum(axis, keepdims=True) + 0 * value
        if value.shape[0] == value.shape[1]:
            yield f"diag(diag({text}))", np.diag(np.diag(value))


def without_term(formula: Formula, part: Spot, pool: Pool) -> Edited:
    """Leave a term of a sum out."""
    if isinstance(part.user, Add):
        yield "", 0 * formula.of(part.node)
