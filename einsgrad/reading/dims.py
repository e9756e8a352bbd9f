"""The dims of labels: what factors say, and what deltas pass on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from einsgrad.expressions.nodes import Dim, Shape
from einsgrad.strings.subscripts import Label


def agreed_dims(
    shapes: Sequence[tuple[Sequence[str], Shape]],
    deltas: Sequence[Sequence[str]],
    expected: Mapping[Label, Dim],
) -> dict[str, Dim]:
    """Find the dims that all factors of a text agree on.

    Parameters
    ----------
    shapes
        The labels and the shape of each factor.
    deltas
        The labels of each delta.
    expected
        The dims of labels that no factor has.

    Examples
    --------
    >>> agreed_dims([(["i", "j"], ("m", "n"))], [["j", "k"]], {})
    {'i': 'm', 'j': 'n', 'k': 'n'}
    """
    found: dict[Label, set[Dim]] = {}
    for labels, shape in shapes:
        for label, dim in zip(labels, shape, strict=False):
            found.setdefault(label, set()).add(dim)
    dims = {label: next(iter(known)) for label, known in found.items() if len(known) == 1}
    spread_dims(dims, deltas)
    dims = {**expected, **dims}
    spread_dims(dims, deltas)
    return {str(label): dim for label, dim in dims.items()}


def spread_dims(dims: dict[Label, Dim], deltas: Sequence[Sequence[Label]]) -> None:
    """Give the labels that deltas join the dim of one among them."""
    for _ in deltas:
        for indices in deltas:
            known = [dims[label] for label in indices if label in dims]
            if known:
                dims.update({label: known[0] for label in indices if label not in dims})
