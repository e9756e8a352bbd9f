"""Forms of the labels of a product as forms of its letters: its indices, and its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.index_forms import IndexForm, as_form
from einsgrad.expressions.nodes import Expr
from einsgrad.notation.absorbed import Bound, Match, PickedIndex, ShownCondition, needed_bounds
from einsgrad.notation.lettered import Lettered, LetteredEntry
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class LetteredForms:
    """Writes the forms of one product.

    Parameters
    ----------
    names
        The letters of its labels.
    part
        Chooses letters for an array whose entry stands in a form, given those of its axes.
    """

    names: Mapping[Label, Label]
    part: Callable[[Expr, Indices], Lettered]

    def indices(self, forms: Sequence[IndexForm]) -> Indices:
        """Write the indices of a factor: a single letter where a form is one."""
        return tuple(map(self._index, forms))

    def conditions(
        self, conditions: Sequence[ShownCondition], ranges: Mapping[Label, Dim]
    ) -> tuple[ShownCondition, ...]:
        """Write conditions, and leave out what the ranges of letters imply.

        Where a form stands for a label, that is more than what the ranges of labels imply.
        """
        written = [self._condition(one) for one in conditions]
        bounds = [one for one in written if isinstance(one, Bound)]
        matches = [one for one in written if isinstance(one, Match)]
        return (*needed_bounds(bounds, ranges), *matches)

    def _index(self, form: IndexForm) -> Label:
        chosen: dict[Label, Label] = dict(self.names)
        for index, _ in form.terms:
            if isinstance(index, PickedIndex):
                chosen[index] = self._entry(index)
        written = form.replaced(chosen)
        return written if written.index is None else written.index

    def _entry(self, lookup: PickedIndex) -> LetteredEntry:
        letters = tuple(
            self._index(x) if isinstance(x, IndexForm) else self.names[x] for x in lookup.labels
        )
        return LetteredEntry(self.part(lookup.indices, letters), letters)

    def _condition(self, condition: ShownCondition) -> ShownCondition:
        match condition:
            case Bound(low=low, form=form, high=high):
                return Bound(low, as_form(self._index(form)), high)
            case Match(one=left, other=right):
                return Match(as_form(self._index(left)), as_form(self._index(right)))
