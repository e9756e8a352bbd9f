"""Rules for what is declared of variables: masks, conjugates, inverses and determinants of them.

Entries of a triangular matrix that are zero need no mask, its determinant is the product of its
diagonal, an orthogonal matrix that meets its transpose is the identity. Which axes of a variable
may be exchanged is for `symmetry`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import (
    DEFINITE,
    DIAGONAL,
    HERMITIAN,
    LOWER,
    ORTHOGONAL,
    UPPER,
    Add,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Variable,
)
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.tables.decompositions import CHOLESKY, POSITIVE_DEFINITE
from einsgrad.expressions.tables.elementwise import ABS, CONJ
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.vocabulary.words import abs, diag, log, prod, sum
from einsgrad.simplification.matrix_powers import base_and_exponent, matrix_power_of
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.strings.subscripts import Indices, Label

_BOTH = frozenset({LOWER, UPPER})
_NEITHER = frozenset[str]()
# How far below a factor is looked for what is declared.
_DEEPEST = 3


def triangles(expr: Expr, deepest: int = _DEEPEST) -> frozenset[str]:
    """Tell which triangles a square matrix is known to be within: none, one, or both.

    Examples
    --------
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
            return triangles(operand, deepest - 1) if _is_power(row) else _NEITHER
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


def _is_power(row: MatrixFunction) -> bool:
    """Tell whether a function is a whole power of its matrix, or the inverse."""
    return row is INVERSE or row.exponent is not None


def _not_below(
    factors: Iterable[tuple[Indices, Expr]], deepest: int = _DEEPEST
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


def join_declared(node: Einsum) -> Einsum:
    """Apply the rules for products to one that has a factor of which something is declared.

    Examples
    --------
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> product = Einsum(Subscripts(((0,), (0,)), ()), (x, y))
    >>> join_declared(product) is product
    True
    """
    if not any(map(_matters, node.operands)):
        return node
    return without_masks(cancel_orthogonal(node))


def _matters(expr: Expr) -> bool:
    if isinstance(expr, Variable):
        return bool(expr.traits)
    return isinstance(expr, Step) or (isinstance(expr, MatrixMap) and _is_of_declared(expr))


@lru_cache(maxsize=1024)
def _is_of_declared(expr: MatrixMap) -> bool:
    base = base_and_exponent(expr)[0]
    return _is_sign(expr) or _is_orthogonal(base) or _is_declared_triangular(expr)


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
    may_split = any(map(_is_declared_triangular, node.operands))
    if not has_mask and not may_split:
        return node
    factors = list(zip(node.subscripts.inputs, node.operands, strict=True))
    for place, (indices, operand) in enumerate(factors):
        rest = [*factors[:place], *factors[place + 1 :]]
        if _is_triangle(operand) and _leads(_not_below(rest), *indices):
            return without_masks(with_factors(node, rest))
    split = next(_split_diagonals(node, factors), None) if may_split else None
    return node if split is None else without_masks(split)


def _is_declared_triangular(expr: Expr) -> bool:
    match expr:
        case Variable(traits=traits):
            return bool(traits) and not traits.isdisjoint((DIAGONAL, LOWER, UPPER))
        case MatrixMap(function=row):
            return _is_power(row) and triangles(expr) != _NEITHER
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


def cancel_orthogonal(node: Einsum) -> Einsum:
    """Put a delta in place of an orthogonal matrix that meets its transpose.

    Examples
    --------
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> Q = Variable("Q", ("n", "n"), frozenset({ORTHOGONAL}))
    >>> cancel_orthogonal(Einsum(Subscripts(((0, 1), (0, 2)), (1, 2)), (Q, Q)))
    eye("n")
    """
    operands = node.operands
    signs = [p for p, one in enumerate(operands) if _is_sign(one)]
    for one, other in combinations(signs, 2):
        if operands[one] is operands[other]:
            return cancel_orthogonal(with_factors(node, _others(node, {one, other})))
    places = [p for p, one in enumerate(operands) if _is_orthogonal(base_and_exponent(one)[0])]
    count = Counter(chain(*node.subscripts.lists)) if len(places) > 1 else Counter[Label]()
    for one, other in combinations(places, 2):
        met = _met(node, one, other, count)
        if met is not None:
            summed, factor = met
            kept = _others(node, {one, other})
            return cancel_orthogonal(with_factors(node, [*kept, factor], [summed]))
    return node


def _met(
    node: Einsum, one: int, other: int, count: Counter[Label]
) -> tuple[Label, tuple[Indices, Expr]] | None:
    """Return what is summed where powers meet transposed, and the power that they make."""
    base, first = base_and_exponent(node.operands[one])
    same, second = base_and_exponent(node.operands[other])
    for axis in (0, 1) if base is same else ():
        summed = node.subscripts.inputs[one][axis]
        if summed != node.subscripts.inputs[other][axis] or count[summed] != 2:
            continue
        left, right = (node.subscripts.inputs[place][1 - axis] for place in (one, other))
        # A row that is summed makes the first matrix the transposed one.
        total = second - first if axis == 0 else first - second
        if not total:
            return summed, ((left, right), Delta(base.shape[0], 2))
        ends = (left, right) if total > 0 else (right, left)
        return summed, (ends, matrix_power_of(base, max(total, -total)))
    return None


def _is_orthogonal(expr: Expr) -> bool:
    return isinstance(expr, Variable) and ORTHOGONAL in expr.traits


def _is_sign(expr: Expr) -> bool:
    """Tell whether an expression is the determinant of an orthogonal matrix."""
    return isinstance(expr, MatrixMap) and expr.function is DET and _is_orthogonal(expr.operand)


def _others(node: Einsum, places: Collection[int]) -> list[tuple[Indices, Expr]]:
    factors = zip(node.subscripts.inputs, node.operands, strict=True)
    return [factor for place, factor in enumerate(factors) if place not in places]


def declared_inverse(node: MatrixMap) -> Expr | None:
    """Write the inverse of an orthogonal matrix as its transpose, determinants of others shorter.

    Examples
    --------
    >>> L = Variable("L", ("n", "n"), frozenset({LOWER}))
    >>> declared_inverse(MatrixMap(DET, L))
    prod("nn->n"(L), axis=(0,))
    """
    matrix = node.operand
    if not isinstance(matrix, Variable) or not matrix.traits:
        return None
    if ORTHOGONAL in matrix.traits:
        if node.function is INVERSE:
            return permute(matrix, (1, 0))
        return Constant(0) if node.function is LOGDET else None
    if triangles(matrix):
        if node.function is DET:
            return prod(diag(matrix))
        return sum(log(abs(diag(matrix)))) if node.function is LOGDET else None
    return None


def is_own_adjoint(expr: Expr, deepest: int = _DEEPEST) -> bool:
    """Tell whether a matrix is known to be its own conjugate transpose.

    Examples
    --------
    >>> H = Variable("H", ("n", "n"), frozenset({HERMITIAN, "complex"}))
    >>> is_own_adjoint(MatrixMap(INVERSE, H))
    True
    """
    if not expr.is_complex:
        return is_own_transpose(expr)
    if not deepest:
        return False
    match expr:
        case Variable(traits=traits):
            return HERMITIAN in traits
        case MatrixMap(function=row, operand=operand) if _is_power(row) or row is POSITIVE_DEFINITE:
            return is_own_adjoint(operand, deepest - 1)
        case Add(terms=terms):
            return all(is_own_adjoint(term, deepest - 1) for term in terms)
        case Einsum(subscripts=subscripts, operands=(Constant(value=number), core)):
            real = not isinstance(number, complex)
            return (
                real
                and subscripts.inputs[1] == subscripts.output
                and is_own_adjoint(core, deepest - 1)
            )
        case _:
            return False


def declared_conjugate(node: Map) -> Expr | None:
    """Write the conjugate of a Hermitian matrix as its transpose; its determinant is real.

    Examples
    --------
    >>> H = Variable("H", ("n", "n"), frozenset({HERMITIAN, "complex"}))
    >>> declared_conjugate(Map(CONJ, (H,)))
    "in->ni"(H)
    """
    if node.function is not CONJ:
        return None
    inner = node.operands[0]
    if isinstance(inner, MatrixMap) and inner.function is DET:
        return inner if is_own_adjoint(inner.operand) else None
    if isinstance(inner, Variable | MatrixMap) and is_own_adjoint(inner):
        return permute(inner, (1, 0))
    return None


def declared_modulus(node: Map) -> Expr | None:
    """Write the modulus of a determinant that is positive, or that of a rotation, without it.

    Examples
    --------
    >>> S = Variable("S", ("n", "n"), frozenset({DEFINITE, "symmetric"}))
    >>> declared_modulus(Map(ABS, (MatrixMap(DET, S),)))
    det(S)
    """
    if node.function is not ABS:
        return None
    match node.operands[0]:
        case MatrixMap(function=row, operand=Variable(traits=traits)) as inner if row is DET:
            if DEFINITE in traits:
                return inner if not inner.is_complex else None
            return Constant(1) if ORTHOGONAL in traits else None
        case _:
            return None
