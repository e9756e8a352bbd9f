"""Points at which a claim and a derivative are compared, and values at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from einsgrad.claims.monomials import Monomial
from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.evaluation import evaluate_all, evaluate_expr
from einsgrad.engine.random_arrays import drawn, intervals_of
from einsgrad.engine.random_sizes import different_sizes, enlarged, needs_of
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.strings.subscripts import Indices, Label

ROUNDING = 1e-8
"""Up to which relative error computed arrays are equal."""

# What is left to one call of numpy's einsum, which takes no more than 32 arrays and 52 labels.
_MOST_FACTORS = 24
_MOST_LABELS = 40
# Larger arrays are not compared: a quarter of a gigabyte each.
_MOST_ENTRIES = 1 << 25

# The lowest and the highest whole number of an array, simple arrays first.
_DRAWS = ((0, 1), (0, 2), (0, 2), (-1, 2), (1, 3), (-2, 3))


@dataclass(frozen=True)
class SamplePoint:
    """An array for each variable, and a size for each dim."""

    arrays: Mapping[str, Array]
    sizes: Mapping[Dim, int]

    def value(self, expr: Expr) -> Array | None:
        """Evaluate an expression; None where it is not finite."""
        with np.errstate(all="ignore"):
            try:
                value = np.asarray(evaluate_expr(expr, self.arrays, self.sizes))
            except np.linalg.LinAlgError:
                return None
        return value if np.all(np.isfinite(value)) else None

    def factors(self, monomials: Iterable[Monomial]) -> dict[Expr, Array]:
        """Evaluate the factors of monomials, in one program."""
        exprs = dict.fromkeys(f.expr for one in monomials if is_short(one) for f in one.factors)
        with np.errstate(all="ignore"):
            values = evaluate_all(tuple(exprs), self.arrays, self.sizes) if exprs else ()
        return dict(zip(exprs, map(np.asarray, values), strict=True))

    def monomial(self, monomial: Monomial, known: dict[Expr, Array]) -> Array:
        """Evaluate a monomial; `known` remembers the values of factors."""
        if not is_short(monomial):
            with np.errstate(all="ignore"):
                return np.asarray(evaluate_expr(monomial.expr(), self.arrays, self.sizes))
        numbers: dict[Label, int] = {}
        parts: list[Any] = []
        for labels, array in self._by_labels(monomial, known).items():
            parts += [array, _numbered(labels, numbers)]
        output: list[int] = []
        for label in monomial.output:
            size = size_of(monomial.dims[label], self.sizes)
            if label not in numbers:
                parts += [np.ones(size), _numbered([label], numbers)]
            place = numbers[label]
            if place in output:
                # A label that stands twice is a delta.
                numbers[object()] = len(numbers)
                parts += [np.eye(size), [place, len(numbers) - 1]]
                place = len(numbers) - 1
            output.append(place)
        value = np.einsum(*parts, output, optimize=len(parts) > 4) if parts else 1.0
        return np.asarray(value) * monomial.coefficient

    def _by_labels(self, monomial: Monomial, known: dict[Expr, Array]) -> dict[Indices, Array]:
        """Multiply the factors of the same labels, which takes less time than an einsum of all."""
        products: dict[Indices, Array] = {}
        with np.errstate(all="ignore"):
            for factor in monomial.factors:
                if factor.expr not in known:
                    value = evaluate_expr(factor.expr, self.arrays, self.sizes)
                    known[factor.expr] = np.asarray(value)
                one, before = known[factor.expr], products.get(factor.labels)
                products[factor.labels] = one if before is None else before * one
        return products


def is_short(monomial: Monomial) -> bool:
    """Tell whether one call of numpy's einsum evaluates a monomial."""
    return len(monomial.factors) <= _MOST_FACTORS and len(monomial.labels) <= _MOST_LABELS


def _numbered(labels: Iterable[Label], numbers: dict[Label, int]) -> list[int]:
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def are_close(one: Array | None, other: Array | None, tolerance: float = ROUNDING) -> bool:
    """Tell whether two arrays are equal up to rounding; what is not finite is equal to nothing."""
    if one is None or other is None or one.shape != other.shape:
        return False
    scale = max(np.abs(one).max(initial=0.0), np.abs(other).max(initial=0.0))
    return bool(np.abs(one - other).max(initial=0.0) <= tolerance * scale)


def random_points(
    variables: Sequence[Variable],
    exprs: Sequence[Expr],
    count: int,
    others: Sequence[Expr] = (),
) -> list[SamplePoint]:
    """Draw points where all expressions are finite.

    They are of any sign, or positive where that fails, or else where the functions in these
    and other expressions are defined.
    """
    sizes = _different_sizes(variables, exprs)
    for expr in (*variables, *exprs):
        _refuse_large(expr, sizes)
    found = []
    for interval in ((-0.9, 0.9), (0.2, 0.9), *intervals_of([*exprs, *others])):
        for seed in range(2 * count):
            generator = np.random.default_rng([seed, 7])
            arrays = drawn(variables, sizes, partial(generator.uniform, *interval), exprs)
            point = SamplePoint(arrays, sizes)
            if all(point.value(expr) is not None for expr in exprs):
                found.append(point)
            if len(found) == count:
                return found
    return found


def _refuse_large(expr: Expr, sizes: Mapping[Dim, int]) -> None:
    """Refuse to compare arrays that no one would wait for.

    Raises
    ------
    ArgumentError
        If an array would be too large.
    """
    entries = prod(size_of(dim, sizes) for dim in expr.shape)
    if entries > _MOST_ENTRIES:
        raise ArgumentError(
            f"{clip(expr)} has {entries} entries, too many to compare numbers. "
            "Declare its dims by names, for which small sizes are chosen."
        )


def _different_sizes(variables: Sequence[Variable], exprs: Sequence[Expr]) -> dict[Dim, int]:
    dims = (dim for node in (*variables, *exprs) for dim in node.shape)
    needs = needs_of([*variables, *exprs])
    return different_sizes(dims, {}, lambda count: 3 + count % 5, needs)


def small_points(variables: Sequence[Variable], exprs: Sequence[Expr]) -> Iterator[SamplePoint]:
    """Yield points with small sizes and small integers, the smallest first."""
    every = _different_sizes(variables, exprs)
    dims = [dim for dim in every if not isinstance(dim, int)]
    fixed: dict[Dim, int] = {dim: dim for dim in every if isinstance(dim, int)}
    most = 3 if len(dims) <= 4 else 2
    needs = needs_of([*variables, *exprs])
    grids = sorted(product(range(1, most + 1), repeat=min(len(dims), 7)), key=lambda s: (sum(s), s))
    for grid in grids:
        sizes: dict[Dim, int] = {**fixed, **dict.fromkeys(dims, 2)}
        sizes.update(zip(dims, grid, strict=False))
        sizes = enlarged(sizes, needs, fixed)
        for seed, (low, high) in enumerate(_DRAWS):
            generator = np.random.default_rng([seed, sum(grid)])
            arrays = drawn(variables, sizes, partial(generator.integers, low, high + 1), exprs)
            yield SamplePoint(arrays, sizes)
