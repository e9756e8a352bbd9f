"""Distances between points, as `scipy.spatial.distance` has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.joining import concatenated


def _between(one: Any, other: Any, *, metric: Any = "euclidean") -> Expr:
    found = _metric(metric)
    return as_expr(found(as_expr(one)[:, None, :] - as_expr(other)[None, :, :]))


def _within(x: Any, *, metric: Any = "euclidean") -> Expr:
    points = as_expr(x)
    rows, columns = _pairs(_known(points.shape[0]))
    return as_expr(_metric(metric)(points[rows] - points[columns]))


def _square(x: Any) -> Expr:
    """Return the vector of a symmetric matrix's pairs, or the matrix of such a vector."""
    given = as_expr(x)
    if len(given.shape) == 2:
        rows, columns = _pairs(_known(given.shape[0]))
        return as_expr(given[rows, columns])
    count = _known(given.shape[0])
    size = next((n for n in range(1, count + 2) if n * (n - 1) // 2 == count), None)
    if size is None:
        raise ArgumentError(
            f"{count} distances are not those of all pairs of some points. Give n * (n - 1) / 2."
        )
    places = {pair: place for place, pair in enumerate(zip(*_pairs(size), strict=True))}
    # The last entry is the distance of a point to itself.
    entries = concatenated([given, as_expr([0.0])])
    chosen = [[places.get((min(i, j), max(i, j)), count) for j in range(size)] for i in range(size)]
    return as_expr(entries[chosen])


def _pairs(size: int) -> tuple[list[int], list[int]]:
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def _known(size: Any) -> int:
    if not isinstance(size, int):
        raise ArgumentError(f"the size {size} is not known. Declare it with a number.")
    return size


def _metric(name: Any) -> Callable[[Any], Any]:
    found = _METRICS.get(name) if isinstance(name, str) else None
    if found is None:
        raise ArgumentError(
            f"the metric {clip(name)} is not taken of an expression. Give one of "
            f"{', '.join(_METRICS)}, or write it with x[:, None] - y[None]."
        )
    return found


_METRICS: Mapping[str, Callable[[Any], Any]] = {
    "euclidean": lambda difference: words.norm(difference, axis=-1),
    "sqeuclidean": lambda difference: words.sum(difference * difference, -1),
    "cityblock": lambda difference: words.sum(words.abs(difference), -1),
    "chebyshev": lambda difference: words.max(words.abs(difference), -1),
}

DISTANCES: Mapping[str, tuple[Callable[..., Any], str]] = {
    "cdist": (_between, "XA, XB, metric='euclidean', *, ~out=None"),
    "pdist": (_within, "X, metric='euclidean', *, ~out=None"),
    # Whether a traced matrix is symmetric is not known, so that there is nothing to check.
    "squareform": (_square, "X, ~force='no', -checks=True"),
}
