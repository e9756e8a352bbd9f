"""Points at which a claim and a derivative are compared, and how far values there are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from einsgrad.claims.monomials import Monomial
from einsgrad.claims.values import Values, factor_by_factor
from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.evaluation import evaluate_all, evaluate_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.strings.subscripts import Indices, Label

ROUNDING = 1e-8
"""Up to which relative error computed arrays are equal."""

# What is left to one call of numpy's einsum, which takes no more than 32 arrays and 52 labels.
_MOST_FACTORS = 24
_MOST_LABELS = 40
# How far a point is moved to see how steady a value is there, and how often.
_NUDGE = 1e-12
NUDGES = 2
# A difference is one where it is so many times what nudges change.
_CLEARLY = 30
# A value that a nudge changes by more, relatively, is not known: singular, or at a kink.
_UNSTEADY = 1e-7


@dataclass(frozen=True)
class SamplePoint:
    """An array for each variable, and a size for each dim; `move` nudges it as it was drawn."""

    arrays: Mapping[str, Array]
    sizes: Mapping[Dim, int]
    move: Callable[[SamplePoint, int], SamplePoint] | None = None

    def value(self, expr: Expr) -> Array | None:
        """Evaluate an expression; None where it is not finite."""
        return _finite(self.values, expr)

    def replaced(self, node: Variable, array: Array, near: Sequence[Array]) -> SamplePoint:
        """Return the point with another array of a variable, and that array where it is nudged.

        The values that the variable has no part in are those of this point.
        """
        found = replace(self, arrays={**self.arrays, node.name: array})
        pairs = zip(self._near, near, strict=True)
        object.__setattr__(found, "values", self.values.replaced(node, array))
        object.__setattr__(found, "_near", tuple([one.replaced(node, to) for one, to in pairs]))
        return found

    @cached_property
    def values(self) -> Values:
        """The values of nodes here."""
        return Values(self.arrays, self.sizes)

    @cached_property
    def _near(self) -> tuple[Values, ...]:
        """The values beside this point, with large roundings."""
        move = self.move or _moved
        points = ((seed, move(self, seed)) for seed in range(NUDGES))
        return tuple(Values(point.arrays, point.sizes, seed) for seed, point in points)

    def noise(self, expr: Expr, value: Array) -> float:
        """Return by how much rounding may change a value: without bound where one has none."""
        near = [_finite(values, expr) for values in self._near]
        gaps = [np.inf if one is None else _largest(one - value) for one in near]
        return float(max(gaps))

    def knows(self, expr: Expr, *, zero: bool = False) -> bool:
        """Tell whether an expression has a value here that rounding does not make.

        It has none where a matrix is singular, or nearly so, by its shape, at a kink, and
        where large numbers cancel. With `zero`, what is 0 up to rounding is known, too.
        """
        value = self.value(expr)
        if value is None:
            return False
        least = 1.0 if zero else 0.0
        return self.noise(expr, value) <= _UNSTEADY * max(_largest(value), least)

    def tells_apart(self, one: Expr, other: Expr) -> bool:
        """Tell whether two expressions differ here, and by more than rounding."""
        first, second = self.value(one), self.value(other)
        if first is None or second is None or are_close(first, second):
            return False
        if first.shape != second.shape:
            return True
        noise = self.noise(one, first) + self.noise(other, second)
        return _largest(first - second) > _CLEARLY * noise

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
        parts: list[tuple[Array, Sequence[Label]]] = [
            (array, labels) for labels, array in self._by_labels(monomial, known).items()
        ]
        held = {label for _, labels in parts for label in labels}
        output: list[Label] = []
        for label in monomial.output:
            size = size_of(monomial.dims[label], self.sizes)
            if label not in held:
                parts.append((np.ones(size), [label]))
                held.add(label)
            if label in output:
                # A label that stands twice is a delta.
                other = ("again", label, len(output))
                parts.append((np.eye(size), [label, other]))
                output.append(other)
            else:
                output.append(label)
        value = factor_by_factor(parts, output) if parts else np.ones(())
        return np.asarray(value * monomial.coefficient)

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


def are_close(one: Array | None, other: Array | None, tolerance: float = ROUNDING) -> bool:
    """Tell whether two arrays are equal up to rounding; what is not finite is equal to nothing."""
    if one is None or other is None or one.shape != other.shape:
        return False
    scale = max(np.abs(one).max(initial=0.0), np.abs(other).max(initial=0.0))
    return bool(np.abs(one - other).max(initial=0.0) <= tolerance * scale)


def _finite(values: Values, expr: Expr) -> Array | None:
    try:
        value = values.of(expr)
    except np.linalg.LinAlgError:
        return None
    return value if np.all(np.isfinite(value)) else None


def nudge(array: Array, seed: int) -> Array:
    """Move the entries of an array by as much as rounding may have done; integers stay.

    Examples
    --------
    >>> bool(np.abs(nudge(np.ones(3), 0) - 1).max() < 1e-11)
    True
    """
    if array.dtype.kind not in "fc":
        return array
    noise = np.asarray(np.random.default_rng([seed, 11]).uniform(-1, 1, array.shape))
    return np.asarray(array + _NUDGE * (1 + np.abs(array)) * noise)


def _moved(point: SamplePoint, seed: int) -> SamplePoint:
    arrays = {name: nudge(array, seed) for name, array in point.arrays.items()}
    return SamplePoint(arrays, point.sizes)


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0.0))
