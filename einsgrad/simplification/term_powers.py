"""The terms of a sum as powers over its axes, so that factors of terms can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TypeAlias

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Number
from einsgrad.expressions.products import (
    SELECTORS,
    as_einsum,
    is_labelled_delta,
    is_ones_vector,
    unwrap,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.lengths import length_of
from einsgrad.simplification.powers import is_power
from einsgrad.simplification.reading_powers import Exponent, Groups, powers_in, tidy_exponent
from einsgrad.simplification.related_powers import join_lengths
from einsgrad.simplification.sums import split_coefficient
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.simplification.written_powers import write_powers
from einsgrad.strings.subscripts import Subscripts

# The labels of a factor as its sum sees them: an axis of the output, or below 0 what is summed.
Axes: TypeAlias = "tuple[int, ...]"
Powers: TypeAlias = "dict[tuple[Expr, Axes], Exponent]"


@dataclass(frozen=True, slots=True)
class TermPowers:
    """A product that is a term of a sum: its number, its powers, and what is never taken out.

    The labels of the output are its axes 0, 1, ...; those that are summed are negative.
    """

    number: Number
    powers: Powers
    kept: tuple[tuple[Axes, Expr], ...]
    dims: dict[int, Dim]

    @classmethod
    @lru_cache(maxsize=1024)
    def read(cls, term: Expr) -> TermPowers:
        """Read a term that is simple."""
        number, core = split_coefficient(term)
        product = as_einsum(core)
        names: dict[object, int] = {x: axis for axis, x in enumerate(product.subscripts.output)}
        fresh = count(-1, -1)
        powers: Powers = {}
        kept: list[tuple[Axes, Expr]] = []
        for indices, operand in zip(product.subscripts.inputs, product.operands, strict=True):
            axes = tuple(
                [names[x] if x in names else names.setdefault(x, next(fresh)) for x in indices]
            )
            if isinstance(operand, SELECTORS) or is_labelled_delta(operand):
                kept.append((axes, operand))
                continue
            for base, own, exponent in _powers(operand, axes):
                powers[base, own] = tidy_exponent(powers.get((base, own), 0) + exponent)
        dims = {names[label]: dim for label, dim in product.dims.items()}
        return cls(number, powers, tuple(kept), dims)

    def roles(self) -> dict[tuple[Expr, Axes], Axes]:
        """Return the roles of the factors, each with the labels that it has here."""
        tied = {axis for axes, one in self.kept for axis in _tied_by(axes, one)}
        found: dict[tuple[Expr, Axes], Axes] = {}
        for base, axes in self.powers:
            if tied.isdisjoint(axes) and not isinstance(base, Constant):
                role, _ = _role(base, axes)
                found.setdefault((base, role), axes)
        return found

    def without(self, base: Expr, axes: Axes, exponent: Exponent, rank: int) -> TermPowers:
        """Take a factor out; what it sums here are axes `rank`, `rank + 1`, ... of what is left."""
        summed = dict.fromkeys(axis for axis in _role(base, axes)[1] if axis < 0)
        names = {axis: rank + place for place, axis in enumerate(summed)}
        powers: Powers = {}
        held = {(base, axes): self.powers.get((base, axes), 0) - exponent}
        for (one, own), power in ({**self.powers, **held}).items():
            if power:
                powers[one, _renamed(own, names)] = tidy_exponent(power)
        kept = tuple((_renamed(own, names), one) for own, one in self.kept)
        dims = {names.get(axis, axis): dim for axis, dim in self.dims.items()}
        return TermPowers(self.number, powers, kept, dims)

    def axes(self) -> set[int]:
        """Return the axes, of the output or beyond, that factors hold."""
        held = {axis for _, axes in self.powers for axis in axes}
        return {axis for axis in held.union(*(axes for axes, _ in self.kept)) if axis >= 0}

    def is_number(self) -> bool:
        """Tell whether nothing is left but a number, and ones."""
        return not self.powers and all(is_ones_vector(one) for _, one in self.kept)

    def is_matrix(self, labels: Axes) -> bool:
        """Tell whether only a matrix is left: `A x + B x` is one product, `x·a + x·b` is not."""
        held = [set(axes) for _, axes in self.powers]
        return len(labels) == 2 and not self.kept and held == [{*labels}]

    def meets(self, base: Expr, rank: int) -> bool:
        """Tell whether a base stands in a sum with the factor that was taken out of a matrix.

        `U Wᵀ W - T W` stays: the small matrix `Wᵀ W` is cheaper than the residual `U Wᵀ - T`.
        """
        return any(one is base and max(axes, default=0) >= rank for one, axes in self.powers)

    def weighs(self, base: Expr) -> bool:
        """Tell whether a sum of the term is over an axis of a base, and of another factor."""
        held = Counter(axis for _, axes in self.powers for axis in set(axes) if axis < 0)
        return any(one is base and any(held[x] > 1 for x in axes) for one, axes in self.powers)

    def over(self, labels: Axes) -> Expr:
        """Write the term over axes of the output; ones are spread over those that it lacks."""
        missing = set(labels) - self.axes()
        ones = [((axis,), Delta(self.dims[axis], 1)) for axis in sorted(missing)]
        numbers = [] if self.number == 1 else [((), Constant(self.number))]
        factors = [*numbers, *self.kept, *factors_of_powers(self.powers), *ones]
        lists = Subscripts(tuple([own for own, _ in factors]), labels)
        return unwrap(build_einsum(lists, [one for _, one in factors]))


def _tied_by(axes: Axes, selector: Expr) -> Axes:
    """Return the axes that a selector ties: ones tie none, and a diagonal those that it sums."""
    if not isinstance(selector, Delta) or sum([axis >= 0 for axis in axes]) > 1:
        return axes
    return () if selector.order == 1 else tuple([axis for axis in axes if axis < 0])


def _renamed(axes: Axes, names: dict[int, int]) -> Axes:
    return tuple([names.get(axis, axis) for axis in axes])


def _powers(operand: Expr, axes: Axes) -> Iterator[tuple[Expr, Axes, Exponent]]:
    """Yield the powers that a factor is made of; squares in divisors as powers of lengths."""
    if not is_power(operand):
        yield operand, axes, 1
        return
    for base, own, exponent in powers_in(operand, axes):
        length = length_of(base) if isinstance(base, Einsum) else None
        names = tuple(axis for axis in own if isinstance(axis, int))
        yield (base, names, exponent) if length is None else (length, names, 2 * exponent)


def _role(base: Expr, axes: Axes) -> tuple[Axes, Axes]:
    """Return the role of a factor, and its axes in that order."""
    if len(axes) == 2 and axes[0] < 0 <= axes[1] and is_own_transpose(base):
        axes = axes[::-1]
    summed = list(dict.fromkeys(axis for axis in axes if axis < 0))
    return tuple([axis if axis >= 0 else -1 - summed.index(axis) for axis in axes]), axes


def factors_of_powers(powers: Powers) -> tuple[tuple[Axes, Expr], ...]:
    """Write powers as factors; even powers of lengths as products."""
    groups: Groups = {}
    groups.update(powers.items())
    join_lengths(groups)
    written = write_powers(groups)
    return tuple([(tuple([x for x in own if isinstance(x, int)]), one) for own, one in written])
