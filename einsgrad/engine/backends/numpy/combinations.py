"""A sum whose terms may be spread: the dense ones, then what goes to diagonals and slices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype, new_array
from einsgrad.engine.backends.numpy.statements import Assign, Loop, Statement, Store
from einsgrad.engine.backends.numpy.sums import SumWriter
from einsgrad.engine.backends.numpy.windows import Counters, seen
from einsgrad.engine.contractions.arrays import (
    Entrywise,
    Name,
    NumpyValue,
    Subarray,
    WrittenCall,
)
from einsgrad.engine.contractions.views import Operand, aligned, einsum_string
from einsgrad.engine.programs.affine_axes import AffineAxis, label_sizes
from einsgrad.engine.programs.steps import Combine, Term
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
        axes = [
            one if isinstance(one, AffineAxis) else AffineAxis((one,), (1,), (size,), 0)
            for one, size in zip(term.classes, shape, strict=True)
        ]
        looped = _looped(axes, sizes)
        counters = {label: f"i{place}" for place, label in enumerate(looped)}
        place, labels = self._places(term, axes, counters)
        body = Store(place, self._scaled(term, labels, counters), is_added or bool(looped))
        if looped:
            ranges = ", ".join(str(sizes[x]) for x in looped)
            head = ", ".join(counters.values()) + "," * (len(looped) == 1)
            yield Loop(f"{head} in np.ndindex({ranges})", (body,))
        else:
            yield body

    def _places(
        self, term: Term, axes: Sequence[AffineAxis], counters: Counters
    ) -> tuple[NumpyValue, Indices]:
        """View the entries of the result where a term's pattern is not zero."""
        name, shape = self._target, self.step.target.shape
        view = seen(name, shape, axes, counters)
        labels = tuple(dict.fromkeys(view.indices))
        if labels == view.indices:
            text = str(view.array)
            # An index can be written to, other views through one that takes all.
            is_index = isinstance(view.array, Subarray)
        elif term.classes == 2 * labels:
            # The diagonal lies at the same places in either order of a square's entries.
            text, is_index = f"{name}.ravel('K')[:: {shape[0] + 1}]", False
        else:
            string = einsum_string([view.indices], labels)
            text, is_index = f"np.einsum('{string}', {view.array})", False
        return WrittenCall(text if is_index else f"{text}[...]", (name,)), labels

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


def _looped(axes: Sequence[AffineAxis], sizes: Mapping[Label, int]) -> Indices:
    """Return the labels to loop over so that the others come to no place twice: few values."""
    known: set[Label] = set()
    looped: list[Label] = []
    while True:
        open_axes = [axis for axis in axes if not known.issuperset(axis.labels)]
        if not open_axes:
            return tuple(looped)
        free = {axis: [x for x in axis.labels if x not in known] for axis in open_axes}
        found = next((axis for axis in open_axes if axis.is_injective_in(free[axis])), None)
        if found is not None:
            known.update(found.labels)
        else:
            looped.append(
                min((x for labels in free.values() for x in labels), key=sizes.__getitem__)
            )
            known.add(looped[-1])
