"""A sum whose terms may be spread: the dense ones, then what goes to diagonals and slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Loop, Statement, Store
from einsgrad.engine.backends.numpy.sums import SumWriter
from einsgrad.engine.backends.numpy.windows import Counters, places
from einsgrad.engine.contractions.arrays import (
    Entrywise,
    Name,
    NumpyValue,
    Subarray,
)
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.affine_axes import (
    affine_axes,
    label_sizes,
    labels_to_loop_over,
)
from einsgrad.engine.programs.steps import Combine, Term
from einsgrad.strings.subscripts import Indices


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
            first, *spread = *dense, *spread
            # A dense term fills the array; a diagonal leaves the rest at zero.
            function = "np.zeros" if first.is_spread else "np.empty"
            yield Assign(self._target, new_array(function, self.step.target))
            yield from self._stored(first, is_added=False)
        for term in spread:
            yield from self._stored(term, is_added=True)

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
        place, labels = places(self._target, shape, term.classes, counters)
        body: Statement = Store(
            place, self._scaled(term, labels, counters), is_added or bool(looped)
        )
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
