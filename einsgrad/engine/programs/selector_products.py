"""The factors and the selectors of one product while selectors are taken out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.engine.programs.solving import HeldFactor, LazyInverse
from einsgrad.engine.programs.steps import Held
from einsgrad.expressions.nodes import Pick
from einsgrad.expressions.selectors import Fourier, Step
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, eq=False, slots=True)
class Waiting:
    """A selector that is still a factor of a product, and the labels of its axes."""

    node: Step | Pick | Fourier
    indices: Indices


@dataclass(slots=True)
class SelectorProduct:
    """A product whose selectors are taken out one by one.

    Parameters
    ----------
    factors
        The other factors so far.
    waiting
        The selectors that are left.
    output
        The labels that the product keeps.
    sizes
        The size of every label.
    formed
        Writes an inverse out.
    contracted
        Contracts factors.
    gone
        The labels over which has been summed.
    """

    factors: list[HeldFactor]
    waiting: list[Waiting]
    output: Indices
    sizes: Mapping[Label, int]
    formed: Callable[[LazyInverse], Held]
    contracted: Callable[[list[HeldFactor], Indices, Mapping[Label, int]], Held]
    gone: set[Label] = field(default_factory=set)

    def labels(self, further: Iterable[Label] = ()) -> set[Label]:
        """Return the labels that factors have, and further ones."""
        return {*further, *(x for one in self.factors for x in one.indices)}

    def without_waiting(self, output: Indices, further: Iterable[Label]) -> SelectorProduct:
        """Return the product of the factors alone, which keeps the labels that selectors have.

        Parameters
        ----------
        output
            The labels that the whole product keeps.
        further
            Labels that are there though no factor has them.
        """
        own = self.labels(further)
        wanted = (*output, *(x for one in self.waiting for x in one.indices))
        kept = tuple(x for x in dict.fromkeys(wanted) if x in own)
        return replace(self, waiting=[], output=kept)

    def holders(self, labels: Iterable[Label]) -> list[int]:
        """Return the places of the factors that have one of some labels."""
        wanted = set(labels)
        return [k for k, one in enumerate(self.factors) if wanted & set(one.indices)]

    def fixed(self, *without: Waiting) -> set[Label]:
        """Return the labels that no contraction may sum: the output or a selector has them."""
        others = [one for one in self.waiting if one not in without]
        return {*self.output, *(x for one in others for x in one.indices)}

    def size(self, labels: Collection[Label]) -> int:
        """Return how many values labels take together."""
        return prod(self.sizes[x] for x in labels)

    def held(self, place: int) -> Held:
        """Return a factor as a register whose labels are distinct."""
        factor = self.factors[place]
        if isinstance(factor, LazyInverse):
            factor = self.formed(factor)
        labels = tuple(dict.fromkeys(factor.indices))
        if labels != factor.indices:
            factor = self.contracted([factor], labels, self.sizes)
        self.factors[place] = factor
        return factor

    def kept(self, places: Collection[int], fixed: Collection[Label]) -> Indices:
        """Return the labels that the product of some factors has to keep."""
        others = {x for k, one in enumerate(self.factors) if k not in places for x in one.indices}
        own = dict.fromkeys(x for k in sorted(places) for x in self.factors[k].indices)
        return tuple(x for x in own if x in fixed or x in others)

    def connected(self, labels: Iterable[Label], fixed: Collection[Label]) -> list[int]:
        """Return the places of the factors that summed labels connect with some labels."""
        reached, known = set[int](), set(labels)
        while new := set(self.holders(known)) - reached:
            reached |= new
            known |= {x for k in new for x in self.factors[k].indices if x not in fixed}
        return sorted(reached)

    def taken_out(self, places: Collection[int], kept: Indices) -> Held | None:
        """Contract some factors to labels that are kept, and remove them; None for none."""
        if not places:
            return None
        chosen = [self.factors[k] for k in places]
        self.gone |= {x for one in chosen for x in one.indices if x not in kept}
        self.factors = [one for k, one in enumerate(self.factors) if k not in places]
        return self.contracted(chosen, kept, self.sizes)

    def gathered_along(
        self, summed: Collection[Label], fixed: Collection[Label], apart: Collection[Label]
    ) -> Held | None:
        """Contract what is summed over some labels, with what makes it smaller.

        Parameters
        ----------
        summed
            The labels; the result keeps them.
        fixed
            The labels that may not be summed here.
        apart
            Labels that no factor may have that is taken with the others.
        """
        keep = {*fixed, *summed}
        direct = self.holders(summed)
        whole = self.connected(summed, keep)
        separate = not any(set(self.factors[k].indices) & set(apart) for k in whole)
        near = self.kept(direct, keep)
        far = self.kept(whole, keep)
        chosen = whole if separate and self.size(far) <= self.size(near) else direct
        return self.taken_out(chosen, far if chosen is whole else near)


def looked_up_twice(
    factors: Sequence[HeldFactor], label: Label, axis: AffineAxis, looked: Sequence[Indices]
) -> int | None:
    """Find the one factor with a label that has a look-up by the labels that it is a form of."""
    places = [k for k, one in enumerate(factors) if label in one.indices]
    own = set(axis.labels)
    if len(places) != 1 or len(own) < len(axis.labels):
        return None
    factor = factors[places[0]]
    is_simple = isinstance(factor, Held) and sum(x == label for x in factor.indices) == 1
    meets = any(target in factor.indices and own & set(labels) for target, *labels in looked)
    return places[0] if is_simple and meets and not own & set(factor.indices) else None
