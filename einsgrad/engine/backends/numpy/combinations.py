"""A sum whose terms may be spread: the dense ones, then what goes to diagonals and slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import gcd, prod
from typing import TypeAlias

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Loop, Statement, Store
from einsgrad.engine.backends.numpy.sums import SumWriter
from einsgrad.engine.backends.numpy.windows import Counters, written_places
from einsgrad.engine.contractions.arrays import Entrywise, Name, NumpyValue, Subarray
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.affine_axes import (
    AffineAxis,
    affine_axes,
    label_sizes,
    labels_to_loop_over,
)
from einsgrad.engine.programs.steps import Combine, Register, Term
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.strings.subscripts import Indices, Label

# The form of each axis.
Pattern: TypeAlias = tuple[AffineAxis, ...]


@dataclass(frozen=True, slots=True)
class CombinationWriter:
    """Writes the sum of one step.

    Parameters
    ----------
    scope
        What is known of the program.
    place, step
        The step, and its place in the program.
    """

    scope: WriterScope
    place: int
    step: Combine

    def statements(self) -> Iterator[Statement]:
        """Yield the statements of the sum."""
        axes = set(range(len(self.step.target.shape)))
        dense = [term for term in self.step.terms if not term.is_spread]
        spread = [term for term in self.step.terms if term.is_spread]
        if not axes or {x for term in dense for x in term.held} == axes:
            yield from SumWriter(self.scope, self.place, self.step).statements(dense)
            yield from self._added(spread)
        else:
            yield from self._all_stored(dense, spread)

    def _all_stored(self, dense: Sequence[Term], spread: Sequence[Term]) -> Iterator[Statement]:
        """Write the first term, and what comes to other places; add the rest."""
        shape = self.step.target.shape
        is_apart = not dense and _are_apart(spread, shape)
        # A dense term fills the array, and so do parts; a diagonal leaves the rest at zero.
        parts = [prod(label_sizes(term.classes, shape).values()) for term in spread]
        is_full = bool(dense) or (is_apart and sum(parts) == self.step.target.size)
        yield Assign(
            self._target, new_array("np.empty" if is_full else "np.zeros", self.step.target)
        )
        if is_apart:
            for term in spread:
                yield from self._stored(term, is_added=False)
            return
        ordered = [*dense, *_growing(spread, self._free())]
        yield from self._stored(ordered[0], is_added=False)
        yield from self._added(ordered[1:])

    def _added(self, terms: Sequence[Term]) -> Iterator[Statement]:
        """Add terms; a register that nothing needs any more is multiplied in its place."""
        if not terms:
            return
        free = self._free()
        so_far: dict[Register, float] = dict.fromkeys(free, 1)
        for term in _growing(terms, free):
            if term.core is None or term.core not in free:
                yield from self._stored(term, is_added=True)
                continue
            size = abs(term.coefficient)
            if size != so_far[term.core]:
                yield self._multiplied(term.core, _ratio(size, so_far[term.core]))
                so_far[term.core] = size
            sign = -1 if SignedNumber.of(term.coefficient).is_negative else 1
            yield from self._stored(replace(term, coefficient=sign), is_added=True)

    def _multiplied(self, core: Register, factor: float) -> Assign:
        name = self.scope.names[core]
        number = self.scope.constants.number(factor, common_dtype([core]))
        return Assign(name, Entrywise("multiply", (name, number), name))

    def _free(self) -> frozenset[Register]:
        """Return the registers with numbers that may be multiplied in their places."""
        sizes: dict[Register, set[float]] = {}
        for term in self.step.terms:
            if term.core is not None:
                sizes.setdefault(term.core, set()).add(abs(term.coefficient))
        kept = {term.core for term in self.step.terms if not term.is_affine}
        return frozenset(
            core
            for core, found in sizes.items()
            if found != {1} and core not in kept and _are_multiples(found) and self._is_free(core)
        )

    def _is_free(self, core: Register) -> bool:
        """Tell whether nothing but the terms that are this register needs it any more."""
        lifetimes = self.scope.lifetimes
        others = {term.core for term in self.step.terms if term.core not in (None, core)}
        is_apart = all(
            lifetimes.roots[core].isdisjoint(lifetimes.roots[one]) for one in others if one
        )
        # A number is no array that could be written into.
        is_alike = core.dtype == self.step.target.dtype and core.dtype.kind == "f"
        return bool(core.shape) and is_alike and is_apart and lifetimes.may_change(self.place, core)

    @property
    def _target(self) -> Name:
        return self.scope.names[self.step.target]

    def _stored(self, term: Term, *, is_added: bool) -> Iterator[Statement]:
        """Write a term to its places; a loop where different labels come to the same one."""
        shape = self.step.target.shape
        sizes = label_sizes(term.classes, shape)
        if not prod(sizes.values()):
            return
        looped = labels_to_loop_over(affine_axes(term.classes, shape), sizes)
        counters = {label: f"i{place}" for place, label in enumerate(looped)}
        place, labels = written_places(self._target, shape, term.classes, counters)
        is_added = is_added or bool(looped)
        number = SignedNumber.of(term.coefficient)
        if is_added and number.is_negative and term.core is not None and term.is_affine:
            value = self._scaled(replace(term, coefficient=number.size), labels, counters)
            body: Statement = Store(place, value, "-=")
        else:
            value = self._scaled(term, labels, counters)
            is_alike = term.core is not None and term.core.dtype == self.step.target.dtype
            # A single entry is no array that could be written into.
            is_product = isinstance(value, Entrywise) and term.is_affine and bool(labels)
            is_made_there = is_product and is_alike and not is_added
            body = Store(place, value, "+=" if is_added else "=", is_made_there)
        for label in reversed(looped):
            body = Loop(f"{counters[label]} in range({sizes[label]})", (body,))
        yield body

    def _scaled(self, term: Term, labels: Indices, counters: Counters) -> NumpyValue:
        if term.core is None:
            return Name(literal(term.coefficient))
        core: NumpyValue = self.scope.names[term.core]
        if any(x in counters for x in term.held):
            core = Subarray(core, ", ".join(counters.get(x, ":") for x in term.held))
        held = tuple(x for x in term.held if x not in counters)
        array = aligned(Operand(core, held), labels)
        if term.coefficient == 1:
            return array
        number = self.scope.constants.number(term.coefficient, common_dtype([term.core]))
        return Entrywise("multiply", (number, array))


def _growing(terms: Sequence[Term], free: frozenset[Register]) -> list[Term]:
    """Sort terms so that each multiple of a free register comes before the larger ones."""
    return sorted(terms, key=lambda one: abs(one.coefficient) if one.core in free else 0)


def _ratio(size: float, so_far: float) -> float:
    """Divide a size by one that it is a multiple of; whole numbers stay whole."""
    return size if so_far == 1 else size // so_far


def _are_multiples(sizes: set[float]) -> bool:
    """Tell whether each of some numbers is a whole multiple of the one before."""
    return all(less > 0 and more % less == 0 for less, more in pairwise(sorted(sizes)))


def _are_apart(terms: Sequence[Term], shape: Sequence[int]) -> bool:
    """Tell whether no two terms have a place in common, which one axis shows."""
    patterns = [tuple(affine_axes(term.classes, shape)) for term in terms]
    if len(terms) < 2 or any(labels_to_loop_over(one, _sizes(one)) for one in patterns):
        return False
    return _lie_apart(patterns, range(len(shape)))


def _lie_apart(patterns: Sequence[Pattern], axes: Sequence[int]) -> bool:
    """Tell whether no two patterns have a place in common, by one axis after the other."""
    if len(patterns) < 2:
        return True
    for axis in axes:
        left = [one for one in axes if one != axis]
        for groups in (_by_range(patterns, axis), _by_remainder(patterns, axis)):
            if len(groups) > 1:
                return all(_lie_apart(group, left) for group in groups)
    return False


def _by_range(patterns: Sequence[Pattern], axis: int) -> list[list[Pattern]]:
    """Group patterns whose ranges along an axis overlap."""
    groups: list[list[Pattern]] = []
    end = -1
    for pattern in sorted(patterns, key=lambda one: one[axis].lowest):
        if groups and pattern[axis].lowest <= end:
            groups[-1].append(pattern)
        else:
            groups.append([pattern])
        end = max(end, pattern[axis].highest)
    return groups


def _by_remainder(patterns: Sequence[Pattern], axis: int) -> list[list[Pattern]]:
    """Group patterns whose places along an axis have one remainder by their common stride."""
    common = gcd(*(stride for pattern in patterns for stride in pattern[axis].strides))
    groups: dict[int, list[Pattern]] = {}
    for pattern in patterns:
        groups.setdefault(pattern[axis].offset % common if common > 1 else 0, []).append(pattern)
    return list(groups.values())


def _sizes(axes: Sequence[AffineAxis]) -> dict[Label, int]:
    return {x: size for axis in axes for x, size in zip(axis.labels, axis.sizes, strict=True)}
