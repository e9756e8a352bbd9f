"""Parts of a product that share no summed label with the rest, and where such a part stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.symmetry import in_fixed_order, is_own_transpose
from einsgrad.strings.joins import connected
from einsgrad.strings.subscripts import Indices, Label, Subscripts

Factor: TypeAlias = "tuple[Indices, Expr]"
LabelNames: TypeAlias = "dict[Label, Label]"


class Repeated(NamedTuple):
    """A part that stands several times in a product, and the places of the factors of all."""

    part: Einsum
    indices: Indices
    times: int
    places: tuple[int, ...]


def closed_parts(node: Einsum) -> list[tuple[Indices, Expr]]:
    """Split a product without numbers into parts that share no summed label.

    A part is one factor of which nothing is summed, or an einsum in its fixed order. Vectors of
    ones along axes of the output are left out.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ("n",)), Variable("y", ("m",))
    >>> product = build_einsum(Subscripts(((0,), (0,), (1,)), (1,)), (x, x, y))
    >>> closed_parts(product)
    [((), "n,n->"(x, x)), ((1,), y[m])]
    """
    output = node.subscripts.output
    return [
        _part(node, places)
        for places in connected(node.subscripts.inputs, output)
        if not _is_spread(node, places)
    ]


def scalar_parts(node: Einsum) -> list[tuple[Expr, frozenset[int]]]:
    """Return the products without axes that a product is made of, with the places of factors.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> scalar_parts(eg.simplify((x @ y) * y))
    [("n,n->"(x, y), frozenset({1, 2}))]
    """
    lists, output = node.subscripts.inputs, set(node.subscripts.output)
    factors = list(zip(lists, node.operands, strict=True))
    return [
        (_part_of(factors, places, ())[1], frozenset(places))
        for places in connected(lists, node.subscripts.output)
        if len(places) > 1 and not any(output.intersection(lists[place]) for place in places)
    ]


def _is_spread(node: Einsum, places: Sequence[int]) -> bool:
    if len(places) != 1:
        return False
    operand, indices = node.operands[places[0]], node.subscripts.inputs[places[0]]
    return (
        isinstance(operand, Delta) and operand.order == 1 and indices[0] in node.subscripts.output
    )


def _part(node: Einsum, places: Sequence[int]) -> tuple[Indices, Expr]:
    lists = [node.subscripts.inputs[place] for place in places]
    held = {label for indices in lists for label in indices}
    if len(places) == 1 and held <= set(node.subscripts.output):
        return lists[0], node.operands[places[0]]
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    return _part_of(factors, places, node.subscripts.output)


def standing(
    factors: Sequence[Factor], output: Indices, part: Einsum, indices: Indices
) -> tuple[int, ...] | None:
    """Return the places of factors whose product is a part over the given labels, or None.

    Nothing but these factors may hold what the part sums.
    """
    if not Counter(part.operands) <= Counter([operand for _, operand in factors]):
        return None
    names = dict(zip(part.subscripts.output, indices, strict=True))
    if len(set(indices)) < len(indices):
        return None
    for found, places in _matches(factors, part, names):
        inner = [name for label, name in found.items() if label not in names]
        if _is_closed(factors, output, places, inner, indices):
            return places
    return None


def _matches(
    factors: Sequence[Factor], part: Einsum, names: LabelNames
) -> Iterator[tuple[LabelNames, tuple[int, ...]]]:
    def extend(
        number: int, names: LabelNames, used: tuple[int, ...]
    ) -> Iterator[tuple[LabelNames, tuple[int, ...]]]:
        if number == len(part.operands):
            yield names, used
            return
        operand, own = part.operands[number], part.subscripts.inputs[number]
        orders = (own, own[::-1]) if is_own_transpose(operand) else (own,)
        for place, (given, other) in enumerate(factors):
            if other is operand and place not in used:
                for order in orders:
                    bound = _bound(names, order, given)
                    if bound is not None:
                        yield from extend(number + 1, bound, (*used, place))

    return extend(0, names, ())


def _bound(names: LabelNames, own: Indices, given: Indices) -> LabelNames | None:
    """Name the labels of a factor, or nothing if one has another name already."""
    extended = dict(names)
    for label, name in zip(own, given, strict=True):
        if extended.setdefault(label, name) != name:
            return None
    return extended


def _is_closed(
    factors: Sequence[Factor],
    output: Indices,
    places: Sequence[int],
    inner: Sequence[Label],
    outer: Indices,
) -> bool:
    """Tell whether what a part sums is held by nothing else, each sum being one of its own."""
    if len({*inner, *outer}) != len(inner) + len(outer) or set(inner) & set(output):
        return False
    return not any(
        set(inner) & set(indices)
        for place, (indices, _) in enumerate(factors)
        if place not in places
    )


def has_alike_parts(node: Einsum) -> bool:
    """Tell whether two parts of a product, which share no summed label, have the same factors.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> square = Subscripts((("i", "j"), ("j",), ("i", "k"), ("k",)), ("i",))
    >>> chain = Subscripts((("i", "j"), ("j",), ("j", "k"), ("k",)), ("i",))
    >>> has_alike_parts(Einsum(square, (A, x, A, x))), has_alike_parts(Einsum(chain, (A, x, A, x)))
    (True, False)
    """
    groups = connected(node.subscripts.inputs, node.subscripts.output)
    parts = [
        tuple(sorted([id(node.operands[place]) for place in places]))
        for places in groups
        if len(places) > 1
    ]
    return len(set(parts)) < len(parts)


def repeated_parts(factors: Sequence[Factor], open_labels: Indices) -> list[Repeated]:
    """Find equal parts of a product: numbers that stand twice, arrays that stand three times."""
    operands = [operand for _, operand in factors]
    if len(set(operands)) == len(operands):
        return []
    lists = [indices for indices, _ in factors]
    joined = [places for places in connected(lists, open_labels) if len(places) > 1]
    alike: dict[frozenset[tuple[Expr, int]], list[list[int]]] = {}
    for places in joined:
        counted = Counter(operands[place] for place in places)
        alike.setdefault(frozenset(counted.items()), []).append(places)
    groups: dict[tuple[Expr, Indices], list[list[int]]] = {}
    for members in alike.values():
        for places in members if len(members) > 1 else ():
            indices, part = _part_of(factors, places, open_labels)
            groups.setdefault((part, indices), []).append(places)
    return [
        Repeated(part, indices, len(members), tuple(chain.from_iterable(members)))
        for (part, indices), members in groups.items()
        if isinstance(part, Einsum) and len(members) > (2 if indices else 1)
    ]


def _part_of(
    factors: Sequence[Factor], places: Sequence[int], open_labels: Indices
) -> tuple[Indices, Expr]:
    lists = [factors[place][0] for place in places]
    held = {label for indices in lists for label in indices}
    output = tuple(label for label in dict.fromkeys(open_labels) if label in held)
    subscripts = Subscripts(tuple(lists), output)
    part = Einsum(subscripts.numbered(), tuple(factors[place][1] for place in places))
    return output, in_fixed_order(part)
