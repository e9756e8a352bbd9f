"""Functions of products of square matrices: `(A B)⁻¹` is `B⁻¹ A⁻¹`, `det(A B)` two determinants.

Shapes have to prove that the factors are square: their dims have one name or size.
"""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.expressions.construct import scale
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Number
from einsgrad.expressions.products import factors_of, fold_constants, is_moderate, tidy
from einsgrad.expressions.tables.elementwise import ABS, HYPOT, IMAG, LOG, REAL
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.vocabulary.words import (
    abs,
    add,
    det,
    log,
    logdet,
    multiply,
    power,
    reciprocal,
)
from einsgrad.simplification.contents import primitive
from einsgrad.strings.subscripts import Label, Subscripts

# Of larger matrices the power of a number may overflow where the determinant does not.
_FEW_ROWS = 8


@dataclass(frozen=True, slots=True)
class SquareChain:
    """A product of scalars and of square matrices, each with whether it is transposed."""

    scalars: tuple[Expr, ...]
    links: tuple[tuple[Expr, bool], ...]


def square_chain(node: Einsum) -> SquareChain | None:
    """Read a product without numbers as scalars times a chain of square matrices.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import matmul, transpose
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> A, B = Variable("A", ("n", "n")), Variable("B", ("n", "n"))
    >>> square_chain(simplify_expr(matmul(A, transpose(B)))).links
    ((A[n,n], False), (B[n,n], True))
    """
    if len(node.shape) != 2:
        return None
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    scalars = tuple([operand for indices, operand in pairs if not indices])
    left = [(indices, operand) for indices, operand in pairs if indices]
    links: list[tuple[Expr, bool]] = []
    at: Label = node.subscripts.output[0]
    while left:
        here = [pair for pair in left if at in pair[0]]
        if len(here) != 1 or here[0][1].shape != node.shape:
            return None
        left.remove(here[0])
        (first, last), operand = here[0]
        links.append((operand, first != at))
        at = last if first == at else first
    return SquareChain(scalars, tuple(links)) if at == node.subscripts.output[1] else None


def inverse_of_product(node: MatrixMap) -> Expr | None:
    """Write the inverse of a product of square matrices as the product of their inverses.

    What the terms of a sum share is a factor: `(X/2 + Y/2)⁻¹` is `2 (X + Y)⁻¹`.
    """
    if node.function is INVERSE and isinstance(node.operand, Add):
        number, total = primitive(node.operand)
        return None if number == 1 else scale(tidy(1 / number), MatrixMap(INVERSE, total))
    chain = _chain_in(node) if node.function is INVERSE else None
    if chain is None:
        return None
    operands = [reciprocal(one) for one in chain.scalars]
    lists: list[tuple[int, ...]] = [() for _ in operands]
    for place, (matrix, transposed) in enumerate(reversed(chain.links)):
        operands.append(MatrixMap(INVERSE, matrix))
        lists.append((place + 1, place) if transposed else (place, place + 1))
    return Einsum(Subscripts(tuple(lists), (0, len(chain.links))), tuple(operands))


def det_of_product(node: MatrixMap) -> Expr | None:
    """Write the determinant of a product of square matrices as the product of determinants.

    Beside an inverse the product stays: the determinants may overflow where theirs does not.
    """
    if node.function not in (DET, LOGDET):
        return None
    number, chain = _numbered_chain_in(node)
    if chain is None or any(_is_inverse(matrix) for matrix, _ in chain.links):
        return None
    matrices = [matrix for matrix, _ in chain.links]
    if node.function is LOGDET:
        alone = number == 1 and not chain.scalars
        return add(*map(logdet, matrices)) if alone and len(matrices) > 1 else None
    size = node.operand.shape[0]
    if number == 1 and not chain.scalars:
        return multiply(*map(det, matrices)) if len(matrices) > 1 else None
    if not isinstance(size, int) or not 0 < size <= _FEW_ROWS:
        return None
    factors = [power(one, size) for one in chain.scalars]
    return multiply(number**size, *factors, *map(det, matrices))


def det_of_inverse(node: MatrixMap) -> Expr | None:
    """Write the determinant of an inverse as the reciprocal of the determinant."""
    inner = node.operand
    if node.function is not DET or not isinstance(inner, MatrixMap) or not _is_inverse(inner):
        return None
    return reciprocal(det(inner.operand))


def log_of_modulus(node: Map) -> Expr | None:
    """Write the logarithm of the modulus of determinants, and of numbers, without them."""
    if node.function is not LOG or node.shape:
        return None
    product = _modulus_of(node.operands[0])
    factors = factors_of(product)
    if not any(isinstance(one, MatrixMap) and one.function is DET for one in factors):
        return None
    return add(*map(_log_of_modulus, factors)) if not any(one.shape for one in factors) else None


def _log_of_modulus(factor: Expr) -> Expr:
    if isinstance(factor, MatrixMap) and factor.function is DET:
        return logdet(factor.operand)
    return log(abs(factor))


def _modulus_of(expr: Expr) -> Expr:
    """Return of what an expression is the modulus; the number 1 if it is none."""
    match expr:
        case Map(function=row, operands=(inner,)) if row is ABS:
            return inner
        case Map(
            function=row,
            operands=(Map(function=first, operands=(one,)), Map(function=second, operands=(same,))),
        ) if (row, first, second) == (HYPOT, REAL, IMAG) and one is same:
            return one
        case _:
            return Constant(1)


def _chain_in(node: MatrixMap) -> SquareChain | None:
    number, chain = _numbered_chain_in(node)
    alone = chain is None or (len(chain.links) == 1 and not chain.scalars)
    return None if alone or number != 1 else chain


def _numbered_chain_in(node: MatrixMap) -> tuple[Number, SquareChain | None]:
    """Read what a function acts on as a number times a chain of square matrices."""
    if not isinstance(node.operand, Einsum):
        return 1, None
    number, rest = fold_constants(node.operand)
    return number, square_chain(rest) if rest.operands and is_moderate(number) else None


def _is_inverse(expr: Expr) -> bool:
    return isinstance(expr, MatrixMap) and expr.function is INVERSE
