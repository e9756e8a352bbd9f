"""A sum whose terms may be spread by deltas: the dense ones, then what goes to diagonals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Statement, Store
from einsgrad.engine.backends.numpy.sums import SumWriter
from einsgrad.engine.contractions.arrays import Entrywise, Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.views import Operand, aligned, einsum_string
from einsgrad.engine.programs.steps import Combine, Term


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
            yield Store(self._places(first), self._scaled(first))
        for term in spread:
            yield Store(self._places(term), self._scaled(term), is_added=True)

    @property
    def _target(self) -> Name:
        return self.scope.names[self.step.target]

    def _places(self, term: Term) -> WrittenCall:
        """View the entries of the result where a term's pattern is not zero."""
        name, size = self._target, self.step.target.shape[0]
        labels = tuple(dict.fromkeys(term.classes))
        if labels == term.classes:
            view = str(name)
        elif len(term.classes) == 2:
            # The diagonal lies at the same places in either order of a square's entries.
            view = f"{name}.ravel('K')[:: {size + 1}]"
        else:
            view = f"np.einsum('{einsum_string([term.classes], labels)}', {name})"
        return WrittenCall(f"{view}[...]", (name,))

    def _scaled(self, term: Term) -> NumpyValue:
        if term.core is None:
            return Name(literal(term.coefficient))
        labels = tuple(dict.fromkeys(term.classes))
        array = aligned(Operand(self.scope.names[term.core], term.held), labels)
        if term.coefficient == 1:
            return array
        number = self.scope.constants.number(term.coefficient, common_dtype([term.core]))
        return Entrywise("multiply", (number, array))
