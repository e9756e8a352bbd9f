"""Kronecker deltas over label lists: put them in, contract them away.

`close` makes any einsum normal: a repeated label is split by a delta, a lone label is
met by a vector of ones. `contract` is the inverse. Both work on lists of labels alone;
the operands that the new factors stand for are made by the caller.

A delta is known here by its list of labels only: two labels are the identity, one label
is a vector of ones, no label at all is the number n, the size of a closed loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label, Subscripts, unique


class Factor(NamedTuple):
    """One factor of a product: an operand of the original einsum, or a delta.

    Parameters
    ----------
    indices
        The labels of its axes.
    source
        The operand's position in the original einsum; None for a delta put in here.
    label
        For a delta, a label of the original einsum that has the delta's dimension.
    """

    indices: Indices
    source: int | None
    label: Label = None


class Product(NamedTuple):
    """Factors in order, and the output's list of labels."""

    factors: tuple[Factor, ...]
    output: Indices

    @property
    def subscripts(self) -> Subscripts:
        """The label lists alone."""
        return Subscripts(tuple([factor.indices for factor in self.factors]), self.output)


def as_product(subscripts: Subscripts) -> Product:
    """Read the operands of an einsum as factors."""
    factors = [Factor(indices, source) for source, indices in enumerate(subscripts.inputs)]
    return Product(tuple(factors), subscripts.output)


def close(product: Product, fresh: Callable[[], Label]) -> Product:
    """Make an einsum normal by adding deltas and ones behind its factors.

    Parameters
    ----------
    product
        Any einsum; lists may repeat labels, the output too.
    fresh
        Returns a label that is not in use, each time another.

    Examples
    --------
    >>> from itertools import count
    >>> trace = as_product(Subscripts(((0, 0),), ()))
    >>> print(close(trace, count(1).__next__).subscripts)
    01,01->
    >>> row_sum = as_product(Subscripts(((0, 1),), (0,)))
    >>> print(close(row_sum, count(2).__next__).subscripts)
    01,1->0
    """
    added: list[Factor] = []
    origin: dict[Label, Label] = {}

    def split(indices: Indices) -> Indices:
        if len(set(indices)) == len(indices):
            return indices
        seen: set[Label] = set()
        result = []
        for label in indices:
            kept = label
            if label in seen:
                kept = fresh()
                origin[kept] = label
                added.append(Factor((label, kept), None, label))
            seen.add(kept)
            result.append(kept)
        return tuple(result)

    factors = []
    for factor in product.factors:
        indices = split(factor.indices)
        known = indices is factor.indices
        factors.append(factor if known else Factor(indices, factor.source, factor.label))
    output = split(product.output)
    lists = [factor.indices for factor in (*factors, *added)] + [output]
    for label in _lone(lists):
        added.append(Factor((label,), None, origin.get(label, label)))
    return Product((*factors, *added), output)


def contract(product: Product, deltas: Collection[int]) -> Product:
    """Contract the deltas at the given positions as far as they go.

    Labels that a delta joins become one. The output keeps its labels: where it holds two
    joined labels a delta between them remains, and where no factor holds an output label
    a vector of ones does; they take the place of the first delta that had the label.
    Factors may repeat labels or hold lone ones afterwards, as `numpy.einsum` allows.
    A loop that closes on itself leaves the factor n, a delta without labels.

    Parameters
    ----------
    product
        A normal einsum, or the result of an earlier contraction.
    deltas
        Positions of the factors that are deltas and are to go.

    Examples
    --------
    >>> outer = as_product(Subscripts((("i", "m"), ("j", "n"), ("j",)), ("i", "m", "n")))
    >>> print(contract(outer, {0, 1}).subscripts)
    im,n->imn
    >>> loop = as_product(Subscripts((("i", "j"), ("i", "j"), ("k",)), ("k",)))
    >>> print(contract(loop, {0, 1}).subscripts)
    ,k->k
    """
    joined = _join([product.factors[position].indices for position in deltas], product.output)
    rest: dict[int, Factor] = {
        position: _renamed(factor, joined)
        for position, factor in enumerate(product.factors)
        if position not in deltas
    }
    held = set(chain.from_iterable([factor.indices for factor in rest.values()]))
    homes: dict[Label, int] = {}
    for position in sorted(deltas):
        for label in product.factors[position].indices:
            homes.setdefault(joined[label], position)
    remaining: dict[int, list[Factor]] = {}
    for label, position in homes.items():
        left = _residue(label, joined, held, product.output)
        remaining.setdefault(position, []).extend(left)
    factors: list[Factor] = []
    for position, factor in enumerate(product.factors):
        if position in rest:
            factors.append(rest[position])
        elif factor.indices:
            factors.extend(remaining.get(position, ()))
        else:
            factors.append(factor)
    return Product(tuple(factors), product.output)


def _renamed(factor: Factor, names: Mapping[Label, Label]) -> Factor:
    indices = tuple([names.get(label, label) for label in factor.indices])
    return factor if indices == factor.indices else Factor(indices, factor.source, factor.label)


def _residue(
    label: Label, joined: dict[Label, Label], held: set[Label], output: Indices
) -> list[Factor]:
    """Return what is left of the deltas that joined one class of labels."""
    members = [free for free in output if joined.get(free, free) == label]
    if len(members) > 1:
        return [Factor((label, free), None, label) for free in members if free != label]
    if label in held:
        return []
    return [Factor(tuple(members), None, label)]


def _join(lists: Iterable[Indices], output: Indices) -> dict[Label, Label]:
    """Map every label of the lists to its class's representative, a free label if it has one."""
    joins: Joins[Label] = Joins()
    for indices in lists:
        for label in indices[1:] or indices:
            joins.join(indices[0], label)
    found = joins.found()
    free = {found.get(label, label): label for label in reversed(output)}
    return {label: free.get(one, one) for label, one in found.items()}


def _lone(lists: Sequence[Indices]) -> Indices:
    """Return the labels that stand in exactly one list, in order of first appearance."""
    held: set[Label] = set()
    shared: set[Label] = set()
    for indices in lists:
        shared |= held.intersection(indices)
        held.update(indices)
    lone = held - shared
    return tuple([label for label in unique(chain.from_iterable(lists)) if label in lone])
