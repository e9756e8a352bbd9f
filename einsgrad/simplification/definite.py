"""Rules for what is known of positive definite matrices: Cholesky factors that meet.

With `A = L Lᴴ` the product `L⁻ᴴ L⁻¹` is the inverse of A, and twice the sum of the logarithms
of the diagonal of L is the logarithm of its determinant. So a system that is solved by its
factor, and derivatives of it, are those of A. That A is positive definite is not lost: where it
is not, both forms are an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import DEFINITE, Constant, Einsum, Expr, Map, MatrixMap, Variable
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.tables.decompositions import CHOLESKY, POSITIVE_DEFINITE
from einsgrad.expressions.tables.elementwise import CONJ, LOG
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import INVERSE, LOGDET
from einsgrad.strings.subscripts import Indices, Label


def join_cholesky(node: Einsum) -> Einsum:
    """Write Cholesky factors that meet as their matrix, and leave out triangles of them.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import SYMMETRIC, Variable
    >>> from einsgrad.expressions.vocabulary.words import cholesky, inverse
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> K = Variable("K", ("n", "n"), frozenset({SYMMETRIC}))
    >>> root = inverse(cholesky(K))
    >>> join_cholesky(Einsum(Subscripts(((2, 0), (2, 1)), (0, 1)), (root, root)))
    inverse(positive_definite(K))
    """
    for rule in (_without_triangle, _joined_pair, _summed_logarithms):
        node = rule(node)
    return node


def positive_definite_once(node: MatrixMap) -> Expr | None:
    """Say only once that a matrix is positive definite; a Cholesky factor says it, too."""
    inner = node.operand
    if isinstance(inner, Variable) and DEFINITE in inner.traits:
        return inner if node.function is POSITIVE_DEFINITE else None
    if not isinstance(inner, MatrixMap) or inner.function is not POSITIVE_DEFINITE:
        return None
    says_so = node.function in (POSITIVE_DEFINITE, CHOLESKY)
    return MatrixMap(node.function, inner.operand) if says_so else None


def _root(expr: Expr) -> tuple[MatrixFunction, Expr, bool] | None:
    """Return which a factor is, its matrix, and whether it is conjugated; None for others."""
    match expr:
        case MatrixMap(function=row, operand=matrix) if row is CHOLESKY:
            return CHOLESKY, matrix, False
        case MatrixMap(function=row, operand=inner) if row is INVERSE:
            found = _root(inner)
            return None if found is None or found[0] is INVERSE else (INVERSE, *found[1:])
        case Map(function=outer, operands=(inner,)) if outer is CONJ:
            found = _root(inner)
            return None if found is None or found[2] else (*found[:2], True)
        case _:
            return None


def _without_triangle(node: Einsum) -> Einsum:
    """Drop what keeps the lower triangle of a factor, which has no other entries."""
    lists = node.subscripts.inputs
    for place, step in enumerate(node.operands):
        if not isinstance(step, Step) or step.rows != step.columns:
            continue
        if not isinstance(step.offset, int) or step.offset > 0:
            continue
        for beside, other in enumerate(node.operands):
            if lists[beside][-2:] == lists[place] and _root(other) is not None:
                kept = _others(node, {place})
                return _without_triangle(with_factors(node, kept))
    return node


def _joined_pair(node: Einsum) -> Einsum:
    """Write a factor and its conjugate transpose, or their inverses, as one matrix."""
    for first, second, summed in _pairs(node):
        (row, matrix, conjugated) = _root(node.operands[first])  # type: ignore[misc]
        # The row of the product is that of the conjugated factor of an inverse.
        turned = matrix.is_complex and conjugated != (row is INVERSE)
        left, right = (second, first) if turned else (first, second)
        lists = node.subscripts.inputs
        axis = -1 if row is INVERSE else -2
        indices = (*lists[first][:-2], lists[left][axis], lists[right][axis])
        found: Expr = MatrixMap(POSITIVE_DEFINITE, matrix)
        if row is INVERSE:
            found = MatrixMap(INVERSE, found)
        kept = [*_others(node, {first, second}), (indices, found)]
        return _joined_pair(with_factors(node, kept, [summed]))
    return node


def _pairs(node: Einsum) -> Iterator[tuple[int, int, Label]]:
    """Find factors of one matrix that are contracted along the axis that makes them meet."""
    lists = node.subscripts.inputs
    count = Counter(chain(*lists, node.subscripts.output))
    roots = [(place, _root(one)) for place, one in enumerate(node.operands)]
    known = [(place, root) for place, root in roots if root is not None]
    for number, (first, one) in enumerate(known):
        row, matrix, conjugated = one
        axis = -2 if row is INVERSE else -1
        for second, other in known[number + 1 :]:
            summed = lists[first][axis]
            fits = other[:2] == (row, matrix) and (other[2] != conjugated) == matrix.is_complex
            meets = lists[second][axis] == summed and count[summed] == 2
            if fits and meets and lists[first][:-2] == lists[second][:-2]:
                yield first, second, summed


def _summed_logarithms(node: Einsum) -> Einsum:
    """Write the sum of logarithms of a factor's diagonal as half that of the determinant."""
    lists = node.subscripts.inputs
    for place, operand in enumerate(node.operands):
        root = _of_logarithms(operand)
        if root is None or root[1].is_complex:
            continue
        row, matrix, _ = root
        *batch, summed = lists[place]
        ones = {p for p in range(len(lists)) if _is_ones(node.operands[p], lists[p], summed)}
        others = [one for p, one in enumerate(lists) if p not in ones]
        if Counter(chain(*others, node.subscripts.output))[summed] > 1:
            continue
        logarithm = MatrixMap(LOGDET, MatrixMap(POSITIVE_DEFINITE, matrix))
        half = Constant(-0.5 if row is INVERSE else 0.5)
        factors: list[tuple[Indices, Expr]] = [(tuple(batch), logarithm), ((), half)]
        kept = [*_others(node, {place, *ones}), *factors]
        return _summed_logarithms(with_factors(node, kept, [summed]))
    return node


def _of_logarithms(expr: Expr) -> tuple[MatrixFunction, Expr, bool] | None:
    """Return the factor of whose diagonal an expression is the logarithm."""
    match expr:
        case Map(
            function=row,
            operands=(Einsum(subscripts=seen, operands=(factor, Delta(order=2))),),
        ) if row is LOG:
            indices, pair = seen.inputs
            is_diagonal = set(indices[-2:]) == set(pair) and len(set(pair)) == 2
            in_front = (*indices[:-2], *(label for label in pair if label in seen.output))
            return _root(factor) if is_diagonal and seen.output == in_front else None
        case _:
            return None


def _is_ones(expr: Expr, indices: Indices, label: Label) -> bool:
    return isinstance(expr, Delta) and expr.order == 1 and indices == (label,)


def _others(node: Einsum, places: set[int]) -> list[tuple[Indices, Expr]]:
    """Return the factors but for some."""
    factors = zip(node.subscripts.inputs, node.operands, strict=True)
    return [factor for place, factor in enumerate(factors) if place not in places]
