"""A sum whose terms may be spread: the dense ones, then what goes to diagonals and slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import gcd, prod

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Loop, Statement, Store
from einsgrad.engine.backends.numpy.sums import SumWriter
from einsgrad.engine.backends.numpy.windows import Counters, written_places
from einsgrad.engine.contractions.arrays import (
    Entrywise,
    Name,
    NumpyValue,
    Subarray,
)
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.affine_axes import (
    AffineAxis,
    affine_axes,
    label_sizes,
    labels_to_loop_over,
)
from einsgrad.engine.programs.steps import Combine, Term
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.strings.subscripts import Indices, Label


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
        else:
            yield from self._all_stored(dense, spread)
            return
        for term in spread:
            yield from self._stored(term, is_added=True)

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
        for number, term in enumerate([*dense, *spread]):
            yield from self._stored(term, is_added=number > 0 and not is_apart)

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


def _are_apart(terms: Sequence[Term], shape: Sequence[int]) -> bool:
    """Tell whether no two terms have a place in common, which one axis shows."""
    patterns = [affine_axes(term.classes, shape) for term in terms]
    if len(terms) < 2 or any(labels_to_loop_over(one, _sizes(one)) for one in patterns):
        return False
    return any(_lie_apart([pattern[axis] for pattern in patterns]) for axis in range(len(shape)))


def _lie_apart(axes: Sequence[AffineAxis]) -> bool:
    """Tell whether no two forms have a place in common: by their ranges, or by remainders."""
    ranges = sorted((axis.lowest, axis.highest) for axis in axes)
    if all(high < low for (_, high), (low, _) in pairwise(ranges)):
        return True
    common = gcd(*(stride for axis in axes for stride in axis.strides))
    return common > 1 and len({axis.offset % common for axis in axes}) == len(axes)


def _sizes(axes: Sequence[AffineAxis]) -> dict[Label, int]:
    return {x: size for axis in axes for x, size in zip(axis.labels, axis.sizes, strict=True)}
