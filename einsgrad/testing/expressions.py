"""Hypothesis strategies for whole expressions over all nodes. Needs hypothesis."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from einsgrad.engine.binding import Array
from einsgrad.engine.random_arrays import drawn
from einsgrad.expressions.declare import variables
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.tables.rows import ELEMENTWISE, Elementwise
from einsgrad.expressions.tables.spellings import needs_scipy
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.application import apply
from einsgrad.expressions.vocabulary.linear import einsum
from einsgrad.expressions.walks import variables_in
from einsgrad.strings.subscripts import Subscripts

SIZES: dict[str, int] = {"m": 2, "n": 3}

_POOL: tuple[Variable, ...] = variables("A[m,n] B[n,n] C[n,m] x[n] y[m] z[n] s")

# Kinks would spoil differences, scipy need not be installed, and an argument whose interval is a
# point is a parameter.
_SMOOTH = [
    row
    for row in ELEMENTWISE.values()
    if row.analytic and not needs_scipy(row.numpy) and all(low < high for low, high in row.domain)
]


@st.composite
def expressions(draw: st.DrawFn, *, max_depth: int = 4, scalar: bool = False) -> Expr:
    """Draw an expression of a few variables: einsums, sums, functions, reductions, inverses.

    Parameters
    ----------
    max_depth
        How deep functions are nested.
    scalar
        Whether the expression has no axes.
    """
    expr = _grown(draw, max_depth)
    return words.sum(expr) if scalar and expr.shape else expr


def values(expr: Expr, seed: int = 0) -> dict[str, Array]:
    """Draw an array for each variable of such an expression, of the sizes `SIZES`."""
    draw = partial(np.random.default_rng(seed).uniform, 0.3, 1.2)
    return drawn(variables_in(expr), SIZES, draw)


def _grown(draw: st.DrawFn, depth: int) -> Expr:
    if depth == 0:
        return draw(st.sampled_from(_POOL))
    kind = draw(st.sampled_from(["map", "add", "product", "einsum", "reduce", "matrix", "leaf"]))
    match kind:
        case "map":
            return _mapped(draw, _grown(draw, depth - 1))
        case "add" | "product":
            first, second = _grown(draw, depth - 1), _grown(draw, depth - 1)
            if first.shape != second.shape:
                second = words.sum(second)
            combine = words.add if kind == "add" else words.multiply
            return combine(first, second)
        case "einsum":
            return _contracted(draw, _grown(draw, depth - 1), _grown(draw, depth - 1))
        case "reduce":
            return _reduced(draw, _grown(draw, depth - 1))
        case "matrix":
            return _matrix(draw, _grown(draw, depth - 1))
        case _:
            return draw(st.sampled_from(_POOL))


def _mapped(draw: st.DrawFn, expr: Expr) -> Expr:
    """Apply a function of the table, its argument brought into its domain."""
    row = draw(st.sampled_from(_SMOOTH))
    return apply(row, *(_into_domain(row, place, expr) for place in range(row.arity)))


def _into_domain(row: Elementwise, place: int, expr: Expr) -> Expr:
    low, high = row.domain[place]
    middle, reach = (low + high) / 2, (high - low) / 2
    # The functions grow fast: the inner nine tenths keep clear of poles at the ends.
    return words.add(middle, words.multiply(0.9 * reach, words.tanh(expr)))


def _contracted(draw: st.DrawFn, first: Expr, second: Expr) -> Expr:
    """Contract two expressions over labels drawn for their dims; some stay in the output."""
    inputs = []
    for expr in (first, second):
        inputs.append(tuple((dim, draw(st.integers(0, 1))) for dim in expr.shape))
    labels = sorted(set(inputs[0] + inputs[1]))
    output = draw(st.lists(st.sampled_from(labels), max_size=2)) if labels else []
    return einsum(Subscripts(tuple(inputs), tuple(output)), first, second)


def _reduced(draw: st.DrawFn, expr: Expr) -> Expr:
    if not expr.shape:
        return words.tanh(expr)
    axis = draw(st.integers(0, len(expr.shape) - 1))
    kind = draw(st.sampled_from(["logsumexp", "norm", "prod", "sum", "mean", "softmax"]))
    if kind == "softmax":
        return words.softmax(expr, axis)
    # Away from 0, where the norm has its kink.
    inner = words.add(1.5, words.tanh(expr)) if kind in ("norm", "prod") else expr
    reduction: Any = getattr(words, kind)
    result: Expr = reduction(inner, axis=axis)
    return result


def _matrix(draw: st.DrawFn, expr: Expr) -> Expr:
    """Apply a matrix function to a matrix that is safely invertible."""
    square = _square(expr)
    function: Any = getattr(words, draw(st.sampled_from(["inverse", "logdet", "det"])))
    result: Expr = function(square)
    return result


def _square(expr: Expr) -> Expr:
    shape: Shape = expr.shape
    if len(shape) != 2:
        return words.add(words.multiply(3, words.eye("n")), words.tanh(_POOL[1]))
    bounded = words.tanh(expr)
    gram = words.matmul(bounded, words.transpose(bounded))
    return words.add(gram, words.multiply(3, words.eye(shape[0])))
