"""Letters for the labels of a product, as they are shown.

A label shows the letter of its dim when that is free, and a fresh letter otherwise; the
output's labels choose first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from einsgrad.expressions.dims import Dim
from einsgrad.strings.deltas import Product
from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Label, Subscripts

DOTS = "..."


@dataclass(frozen=True, slots=True)
class Lettering:
    """Which letters labels may show.

    Parameters
    ----------
    output
        The letters of the output's axes; None where any will do.
    candidates
        Letters for the labels of a dim, the best first; a dim that is missing here and
        is itself a letter shows itself.
    avoid
        Letters that are taken elsewhere.
    reserved
        Letters that are names of dims of the whole text: an index of another dim has none.
    """

    output: tuple[Label | None, ...] = ()
    candidates: Mapping[Dim, Sequence[str]] = field(default_factory=dict)
    avoid: frozenset[Label] = frozenset()
    reserved: frozenset[str] = frozenset()


def name_labels(
    product: Product, dims: Mapping[Label, Dim], lettering: Lettering
) -> dict[Label, Label]:
    """Choose a letter for every label: the output's first, then in order of appearance."""
    names: dict[Label, Label] = {
        label: letter
        for label, letter in zip(product.output, lettering.output, strict=False)
        if letter is not None
    }
    labels = dict.fromkeys((*product.output, *product.subscripts.labels))
    reserved = (
        lettering.avoid
        | lettering.reserved
        | {letter for label in labels for letter in _candidates(dims[label], lettering)}
    )
    used: set[Label] = set(names.values()) | lettering.avoid
    fresh: Iterator[str] = fresh_letters(reserved | used)
    for label in labels:
        if label in names:
            continue
        if dims[label] == DOTS:
            names[label] = Ellipsis
            continue
        free = [letter for letter in _candidates(dims[label], lettering) if letter not in used]
        names[label] = free[0] if free else next(fresh)
        used.add(names[label])
    return names


def _candidates(dim: Dim, lettering: Lettering) -> Sequence[str]:
    if dim in lettering.candidates:
        return lettering.candidates[dim]
    if not isinstance(dim, str) or not dim[0].isalpha():
        return ()
    return () if dim[0] != dim and dim[0] in lettering.reserved else dim[0]


def dots_in_output(subscripts: Subscripts) -> Subscripts:
    """Write `...` in front of the output where operands have it, as numpy demands."""
    inside = any(Ellipsis in indices for indices in subscripts.inputs)
    if not inside or Ellipsis in subscripts.output:
        return subscripts
    return Subscripts(subscripts.inputs, (Ellipsis, *subscripts.output))
