"""The rule for an inverse that meets its matrix: `A⁻¹ A = I`, also for a product of factors.

Where the matrix is singular the written form is undefined and the simplified one is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, MatrixMap
from einsgrad.expressions.products import as_einsum
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.simplification.contents import primitive
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.strings.subscripts import Indices, Label

LabelNames = Mapping[Label, Label]


def cancel_inverses(node: Einsum) -> Einsum:
    """Put a delta in place of an inverse and the factors that make its matrix.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import inverse, matmul
    >>> A = Variable("A", ("n", "n"))
    >>> cancel_inverses(matmul(inverse(A), A))
    eye("n")
    """
    for place, operand in enumerate(node.operands):
        if isinstance(operand, MatrixMap) and operand.function is INVERSE:
            found = next(_meetings(node, place, operand.operand), None)
            if found is not None:
                return _with_delta(node, found)
            negated = _negated(operand.operand)
            if negated is not None:
                found = next(_meetings(node, place, negated), None)
            if found is not None:
                return _with_delta(node, found, -1)
    return node


def _negated(matrix: Expr) -> Expr | None:
    """Return the negative of a sum, if that stands in products."""
    if not isinstance(matrix, Add):
        return None
    content, opposite = primitive(matrix)
    return opposite if content == -1 else None


@dataclass(frozen=True, slots=True)
class _Meeting:
    """The places of an inverse and its matrix, what they sum, and the axes left over."""

    places: frozenset[int]
    summed: frozenset[Label]
    left: tuple[Label, Label]


def _with_delta(node: Einsum, meeting: _Meeting, sign: int = 1) -> Einsum:
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    kept = [factor for place, factor in enumerate(factors) if place not in meeting.places]
    delta = Delta(node.dims[meeting.left[0]], 2)
    signs: list[tuple[Indices, Expr]] = [((), Constant(sign))] if sign != 1 else []
    return with_factors(node, [*signs, (meeting.left, delta), *kept], meeting.summed)


def _meetings(node: Einsum, place: int, matrix: Expr) -> Iterator[_Meeting]:
    """Find the places where the factors of a matrix are contracted with its inverse."""
    pattern = as_einsum(matrix)
    *batch, row, column = pattern.subscripts.output
    *outer, left, right = node.subscripts.inputs[place]
    sides = [(left, column, row), (right, row, column)]
    if is_own_transpose(matrix):
        sides += [(left, row, column), (right, column, row)]
    for shared, met, free in sides:
        names = dict(zip((*batch, met), (*outer, shared), strict=True))
        rest = right if shared == left else left
        for found, used in _matches(pattern, node, names):
            places = frozenset((place, *used))
            summed = [name for label, name in found.items() if label not in (*batch, free)]
            if len(places) > len(used) and _are_closed(node, places, summed, found[free]):
                yield _Meeting(places, frozenset(summed), (rest, found[free]))


def _matches(
    pattern: Einsum, node: Einsum, names: LabelNames
) -> Iterator[tuple[LabelNames, tuple[int, ...]]]:
    """Assign factors of a product to those of a pattern, with names for the labels."""

    def extend(
        number: int, names: LabelNames, used: tuple[int, ...]
    ) -> Iterator[tuple[LabelNames, tuple[int, ...]]]:
        if number == len(pattern.operands):
            yield names, used
            return
        operand, own = pattern.operands[number], pattern.subscripts.inputs[number]
        orders = (own, own[::-1]) if is_own_transpose(operand) else (own,)
        for place, other in enumerate(node.operands):
            if other is operand and place not in used:
                for order in orders:
                    bound = _bound(names, order, node.subscripts.inputs[place])
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


def _are_closed(node: Einsum, places: frozenset[int], summed: list[Label], left: Label) -> bool:
    """Tell whether nothing but the matched factors holds what they sum, each sum its own."""
    lists = node.subscripts.inputs
    everywhere = Counter(chain(*lists, node.subscripts.output))
    within = Counter(chain.from_iterable(lists[place] for place in places))
    distinct = len({*summed, left}) == len(summed) + 1
    return distinct and all(everywhere[name] == within[name] for name in summed)
