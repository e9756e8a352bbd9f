"""Which matrices are triangular, as variables are declared, and masks that say it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import (
    DIAGONAL,
    LOWER,
    UPPER,
    Add,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Variable,
)
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.tables.decompositions import CHOLESKY
from einsgrad.expressions.tables.elementwise import CONJ
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.strings.subscripts import Indices, Label

_BOTH = frozenset({LOWER, UPPER})


_NEITHER = frozenset[str]()


# How far below a factor is looked for what is declared.
DEEPEST = 3


def triangles(expr: Expr, deepest: int = DEEPEST) -> frozenset[str]:
    """Tell which triangles a square matrix is known to be within: none, one, or both.

    Examples
    --------
    >>> from einsgrad.expressions.shaping import permute
    >>> L = Variable("L", ("n", "n"), frozenset({LOWER}))
    >>> triangles(permute(L, (1, 0)))
    frozenset({'upper triangular'})
    """
    if not deepest or len(expr.shape) != 2 or expr.shape[0] != expr.shape[1]:
        return _NEITHER
    match expr:
        case Variable(traits=traits):
            return _BOTH if DIAGONAL in traits else traits & _BOTH
        case Delta():
            return _BOTH
        case Step(offset=int(offset)):
            return frozenset({LOWER}) if offset >= 0 else _NEITHER
        case MatrixMap(function=row, operand=operand):
            if row is CHOLESKY:
                return frozenset({LOWER})
            return triangles(operand, deepest - 1) if is_matrix_power(row) else _NEITHER
        case Map(function=row, operands=(operand,)) if row is CONJ:
            return triangles(operand, deepest - 1)
        case Add(terms=terms):
            return _BOTH.intersection(*(triangles(term, deepest - 1) for term in terms))
        case Einsum(subscripts=subscripts, operands=operands):
            row_label, column = subscripts.output
            above = _not_below(zip(subscripts.inputs, operands, strict=True), deepest)
            found = {LOWER} if _leads(above, row_label, column) else set()
            return frozenset(found | ({UPPER} if _leads(above, column, row_label) else set()))
        case _:
            return _NEITHER


def is_matrix_power(row: MatrixFunction) -> bool:
    """Tell whether a function is a whole power of its matrix, or the inverse."""
    return row is INVERSE or row.exponent is not None


def _not_below(
    factors: Iterable[tuple[Indices, Expr]], deepest: int = DEEPEST
) -> list[tuple[Label, Label]]:
    """Return pairs of labels of which the second is at most the first, or all is zero."""
    found: list[tuple[Label, Label]] = []
    for indices, operand in factors:
        match operand:
            case Delta(order=2):
                found += [(indices[0], indices[1]), (indices[1], indices[0])]
            case Step(offset=int(offset)) if offset >= 0:
                found.append((indices[0], indices[1]))
            case _ if len(indices) == 2:
                sides = triangles(operand, deepest - 1)
                if LOWER in sides:
                    found.append((indices[0], indices[1]))
                if UPPER in sides:
                    found.append((indices[1], indices[0]))
            case _:
                pass
    return found


def _leads(pairs: Sequence[tuple[Label, Label]], start: Label, end: Label) -> bool:
    """Tell whether pairs lead from a label to another."""
    reached = {start}
    while True:
        more = {second for first, second in pairs if first in reached} - reached
        if end in reached or not more:
            return end in reached
        reached |= more


def without_masks(node: Einsum) -> Einsum:
    """Leave out masks of entries that are zero anyway.

    Examples
    --------
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> L = Variable("L", ("n", "n"), frozenset({LOWER}))
    >>> masked = Einsum(Subscripts(((0, 1), (0, 1)), (0, 1)), (L, Step("n", "n", 0)))
    >>> without_masks(masked)
    L
    """
    has_mask = any(map(_is_triangle, node.operands))
    may_split = any(map(is_declared_triangular, node.operands))
    if not has_mask and not may_split:
        return node
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (indices, operand) in enumerate(factors):
        rest = [*factors[:place], *factors[place + 1 :]]
        if _is_triangle(operand) and _leads(_not_below(rest), *indices):
            return without_masks(with_factors(node, rest))
    split = next(_split_diagonals(node, factors), None) if may_split else None
    return node if split is None else without_masks(split)


def is_declared_triangular(expr: Expr) -> bool:
    """Tell whether a matrix is triangular since variables are declared so."""
    match expr:
        case Variable(traits=traits):
            return bool(traits) and not traits.isdisjoint((DIAGONAL, LOWER, UPPER))
        case MatrixMap(function=row):
            return is_matrix_power(row) and triangles(expr) != _NEITHER
        case _:
            return False


def _is_triangle(expr: Expr) -> bool:
    return isinstance(expr, Step) and expr.rows == expr.columns and expr.offset == 0


def _split_diagonals(node: Einsum, factors: list[tuple[Indices, Expr]]) -> Iterator[Einsum]:
    """Give a diagonal matrix the second index of a diagonal that is spread over two axes."""
    for outer, (pair, delta) in enumerate(factors):
        if not isinstance(delta, Delta) or delta.order != 2:
            continue
        for kept, other in (pair, pair[::-1]):
            for inner, (indices, operand) in enumerate(factors):
                if inner == outer or indices.count(kept) != 1 or triangles(operand) != _BOTH:
                    continue
                renamed = tuple([other if label == kept else label for label in indices])
                rest = [one for place, one in enumerate(factors) if place not in (inner, outer)]
                rest.append((renamed, operand))
                known = _not_below(rest)
                if _leads(known, kept, other) and _leads(known, other, kept):
                    yield with_factors(node, rest)
