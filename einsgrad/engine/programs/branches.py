"""The tree of a product: which factors each pair joins, and what the result goes into.

A result should have its axes in the order in which the next product takes them best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from einsgrad.engine.contractions.matrices import price_as_matrix
from einsgrad.engine.programs.reuse import PartKeys
from einsgrad.engine.programs.steps import Held
from einsgrad.strings.subscripts import Indices, Label


@dataclass(slots=True, eq=False)
class Branch:
    """The product of some of the factors, or one factor.

    Parameters
    ----------
    members
        The places of the factors.
    parts
        The two branches that it joins; none for a factor.
    result
        Its register and labels, once it is computed.
    parent
        The branch that it is joined into; None for the product of all.
    """

    members: frozenset[int]
    parts: tuple[Branch, ...] = ()
    result: Held | None = None
    parent: Branch | None = None

    @property
    def partner(self) -> Branch | None:
        """The branch that it is joined with; None for the product of all."""
        parts = self.parent.parts if self.parent else ()
        return next((part for part in parts if part is not self), None)


def grown(factors: Sequence[Held], pairs: Sequence[tuple[int, int]]) -> list[Branch]:
    """Return the branches of the tree that pairs make of factors: those first, the whole last."""
    branches = [Branch(frozenset([place]), (), one) for place, one in enumerate(factors)]
    for first, second in pairs:
        one, other = branches[first], branches[second]
        one.parent = other.parent = whole = Branch(one.members | other.members, (one, other))
        branches.append(whole)
    return branches


def without_results(branches: Sequence[Branch], wanted: Sequence[Branch]) -> list[Branch]:
    """Return the branches to compute, in order: unknown ones that the wanted ones need."""
    needed = set(wanted)
    for branch in reversed(branches):
        if branch in needed and branch.result is None:
            needed.update(branch.parts)
    return [branch for branch in branches if branch in needed and branch.result is None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """What the product that an intermediate result goes into does with its labels.

    Parameters
    ----------
    labels
        The labels of the result, in any order.
    batch, summed
        Those that its partner has too, which are kept and which are not, in the order in
        which the partner has them.
    """

    labels: Indices
    batch: Indices
    summed: Indices

    def orders(self) -> tuple[Indices, ...]:
        """Return the orders of the labels that it takes best.

        A matrix is taken either way, unless for a product entry by entry, and so is an
        array whose summed labels stand together at one end.
        """
        if len(self.labels) <= 2 and len(self.batch) < 2:
            return tuple(dict.fromkeys((self.labels, self.labels[::-1])))
        own = tuple(x for x in self.labels if x not in self.batch and x not in self.summed)
        if self.batch:
            return ((*self.batch, *own, *self.summed),)
        return tuple(dict.fromkeys(((*own, *self.summed), (*self.summed, *own))))

    def price(self, order: Indices, sizes: Mapping[Label, int]) -> float:
        """Return the nanoseconds that it takes to view an order as the matrix it needs."""
        if self.batch:
            return 0
        outer = tuple(label for label in order if label not in self.summed)
        sides = ((outer, self.summed), (self.summed, outer))
        return min(price_as_matrix(order, rows, columns, sizes) for rows, columns in sides)


def consumer_of(branch: Branch, keys: PartKeys) -> Consumer | None:
    """Return what a branch of computed parts goes into; None for the whole.

    Its partner may not be computed yet.
    """
    parent, partner = branch.parent, branch.partner
    if parent is None or partner is None:
        return None
    kept, theirs, later = (keys.kept(one.members) for one in (branch, partner, parent))
    held = dict.fromkeys(x for one in branch.parts if one.result for x in one.result.indices)
    labels = tuple(x for x in held if x in kept)
    both = kept & theirs
    shared = [x for x in (partner.result.indices if partner.result else labels) if x in both]
    batch = tuple(x for x in shared if x in later)
    return Consumer(labels, batch, tuple(x for x in shared if x not in later))
