"""The dims of labels: what factors say, what deltas pass on, what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from einsgrad.expressions.dims import Dim, Shape
from einsgrad.reading.names import DeclaredNames
from einsgrad.strings.subscripts import Label


@dataclass(frozen=True, slots=True)
class DeltaDims:
    """The dims of labels, from which deltas take theirs.

    Parameters
    ----------
    dims
        The dim of each label that has one.
    """

    dims: Mapping[Label, Dim]

    @classmethod
    def of(
        cls,
        lists: Sequence[Sequence[Label]],
        shapes: Sequence[Shape | None],
        expected: Mapping[Label, Dim],
    ) -> DeltaDims:
        """Find the dims of the labels of one product.

        Parameters
        ----------
        lists
            The labels of each factor.
        shapes
            The shape of each factor; None for a delta.
        expected
            The dims of labels that no factor has.

        Examples
        --------
        >>> DeltaDims.of([["i", "j"], ["j", "k"]], [("m", "n"), None], {"k": "p"}).dims
        {'k': 'n', 'i': 'm', 'j': 'n'}
        """
        return cls(_passed_on(dict(_told(lists, shapes)), _deltas(lists, shapes), expected))

    @classmethod
    def of_text(
        cls,
        lists: Sequence[Sequence[Label]],
        shapes: Sequence[Shape | None],
        expected: Mapping[Label, Dim],
    ) -> DeltaDims:
        """Find the dims that all factors of a text agree on; parameters as for `of`."""
        found: dict[Label, set[Dim]] = {}
        for label, dim in _told(lists, shapes):
            found.setdefault(label, set()).add(dim)
        agreed = {label: next(iter(known)) for label, known in found.items() if len(known) == 1}
        return cls(_passed_on(agreed, _deltas(lists, shapes), expected))

    def named(self, label: Label, names: DeclaredNames) -> Dim | None:
        """Return the dim of a label, or the declared one that it is named after."""
        return self.dims[label] if label in self.dims else names.dim_like(str(label))

    def joined(self, labels: Sequence[Label], dim: Dim) -> DeltaDims:
        """Return the dims with one for all labels of a delta."""
        return replace(self, dims={**self.dims, **dict.fromkeys(labels, dim)})


def _told(
    lists: Sequence[Sequence[Label]], shapes: Sequence[Shape | None]
) -> list[tuple[Label, Dim]]:
    """Return the labels of factors that are no deltas, each with its dim."""
    return [
        pair
        for labels, shape in zip(lists, shapes, strict=True)
        for pair in zip(labels, shape or (), strict=False)
    ]


def _deltas(
    lists: Sequence[Sequence[Label]], shapes: Sequence[Shape | None]
) -> list[Sequence[Label]]:
    return [labels for labels, shape in zip(lists, shapes, strict=True) if shape is None]


def _passed_on(
    told: Mapping[Label, Dim], deltas: Sequence[Sequence[Label]], expected: Mapping[Label, Dim]
) -> dict[Label, Dim]:
    """Give the labels that deltas join the dim of one among them: a told one before an expected."""
    dims = dict(told)
    _spread(dims, deltas)
    dims = {**expected, **dims}
    _spread(dims, deltas)
    return dims


def _spread(dims: dict[Label, Dim], deltas: Sequence[Sequence[Label]]) -> None:
    for _ in deltas:
        for labels in deltas:
            known = [dims[label] for label in labels if label in dims]
            if known:
                dims.update({label: known[0] for label in labels if label not in dims})
