"""Rules for what is declared of variables: masks, conjugates, inverses and determinants of them.

Entries of a triangular matrix that are zero need no mask, its determinant is the product of its
diagonal, an orthogonal matrix that meets its transpose is the identity. Which axes of a variable
may be exchanged is for `symmetry`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from itertools import chain, combinations

from einsgrad.expressions.construct import with_factors
from einsgrad.expressions.nodes import (
    DEFINITE,
    HERMITIAN,
    ORTHOGONAL,
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
from einsgrad.expressions.tables.decompositions import POSITIVE_DEFINITE
from einsgrad.expressions.tables.elementwise import ABS, CONJ
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.vocabulary.words import abs, diag, log, prod, sum
from einsgrad.simplification.matrix_powers import base_and_exponent, matrix_power_of
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.simplification.triangular import (
    DEEPEST,
    is_declared_triangular,
    is_matrix_power,
    triangles,
    without_masks,
)
from einsgrad.strings.subscripts import Indices, Label


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
    return _is_sign(expr) or _is_orthogonal(base) or is_declared_triangular(expr)


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
    >>> from einsgrad.expressions.nodes import LOWER
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


def is_own_adjoint(expr: Expr, deepest: int = DEEPEST) -> bool:
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
        case MatrixMap(function=row, operand=operand) if (
            is_matrix_power(row) or row is POSITIVE_DEFINITE
        ):
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
