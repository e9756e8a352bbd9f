"""Rewrites of products with determinants: their logarithms and quotients, factor by factor.

The product may overflow, or be 0, where its logarithm is an ordinary number.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from einsgrad.engine.rewriting.determinants import (
    LOG_OF_DET,
    LOG_OF_MODULUS,
    UNITS,
    matrix_of_det,
    operand_of_modulus,
)
from einsgrad.expressions.construct import scale
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Map, MatrixMap, Number
from einsgrad.expressions.products import as_einsum, fold_constants, unwrap
from einsgrad.expressions.tables.elementwise import ABS, LOG, POWER, RECIPROCAL, SIGN
from einsgrad.expressions.tables.reductions import DET, SIGN_OF_DET
from einsgrad.expressions.vocabulary.words import add, multiply
from einsgrad.simplification.bounds import is_nonnegative
from einsgrad.simplification.flattening import flatten


def open_log_of_product(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Take the logarithm of a product with determinants, or of its modulus, as a sum."""
    match node:
        case Map(function=row, operands=(inner,)) if row in UNITS:
            modulus = _operand_of_modulus(inner)
            product = inner if modulus is None else modulus
            number, factors = _factors(product)
            if not factors or number == 0:
                return None
            found = _logarithm(number, factors, modulus is not None)
            if found is None:
                return None
            return found if UNITS[row] == 1 else multiply(UNITS[row], found)
        case _:
            return None


def _operand_of_modulus(expr: Expr) -> Expr | None:
    """Return of what an expression is the modulus, or a positive multiple of one."""
    number, rest = fold_constants(as_einsum(expr))
    inner = operand_of_modulus(unwrap(rest)) if rest.operands else None
    if inner is None or isinstance(number, complex) or number < 0:
        return None
    return inner if number == 1 else flatten(as_einsum(multiply(number, inner)))


def _factors(product: Expr) -> tuple[Number, tuple[Expr, ...]]:
    """Return the number and the factors of an entrywise product with a determinant, or none."""
    if not isinstance(product, Einsum):
        return 1, ()
    number, rest = fold_constants(product)
    output = product.subscripts.output
    lists = rest.subscripts.inputs
    if isinstance(number, complex) or len(set(output)) != len(output):
        return 1, ()
    is_entrywise = all(labels in ((), output) for labels in lists) and output in (*lists, ())
    if not is_entrywise or not any(map(_holds_det, rest.operands)):
        return 1, ()
    return number, rest.operands


def _holds_det(factor: Expr) -> bool:
    """Tell whether a factor is a determinant, its modulus, or a power of it."""
    base = factor.operands[0] if isinstance(factor, Map) else factor
    return matrix_of_det(factor) is not None or (
        isinstance(factor, Map)
        and factor.function in (ABS, POWER)
        and matrix_of_det(base) is not None
        and not base.is_complex
    )


def _logarithm(number: Number, factors: tuple[Expr, ...], of_modulus: bool) -> Expr | None:
    """Add the logarithms of factors; those of complex ones may lie on another branch."""
    matrix = matrix_of_det(factors[0])
    if not of_modulus and len(factors) == 1 and matrix is not None and number == abs(number):
        return add(log(abs(number)), MatrixMap(LOG_OF_DET, matrix))
    if not of_modulus and any(factor.is_complex for factor in factors):
        return None
    found = add(log(abs(number)), *map(_log_of_modulus, factors))
    return found if of_modulus else add(found, Map(LOG, (_sign(number, factors),)))


def _log_of_modulus(factor: Expr) -> Expr:
    match factor:
        case MatrixMap(function=row, operand=matrix) if row is DET:
            return MatrixMap(LOG_OF_MODULUS, matrix)
        case Map(function=row, operands=(MatrixMap(function=inner, operand=matrix),)) if (
            row is RECIPROCAL and inner is DET
        ):
            return scale(-1, MatrixMap(LOG_OF_MODULUS, matrix))
        case Map(function=row, operands=(MatrixMap(function=inner, operand=matrix),)) if (
            row is ABS and inner is DET
        ):
            return MatrixMap(LOG_OF_MODULUS, matrix)
        case Map(
            function=row,
            operands=(MatrixMap(function=inner, operand=matrix), Constant(value=times)),
        ) if row is POWER and inner is DET:
            return scale(times, MatrixMap(LOG_OF_MODULUS, matrix))
        case _ if is_nonnegative(factor):
            return Map(LOG, (factor,))
        case _:
            return Map(LOG, (Map(ABS, (factor,)),))


def _sign(number: Number, factors: tuple[Expr, ...]) -> Expr:
    """Return the sign of a real product."""
    signs: list[Expr] = []
    for factor in factors:
        matrix, is_odd = _matrix_below(factor)
        if matrix is not None:
            signs += [MatrixMap(SIGN_OF_DET, matrix)] if is_odd else []
        elif not is_nonnegative(factor):
            signs.append(Map(SIGN, (factor,)))
    found = multiply(1, *signs)
    return found if abs(number) == number else scale(-1, found)


def _matrix_below(factor: Expr) -> tuple[Expr | None, bool]:
    """Return the matrix of a determinant, of its reciprocal or power; whether the power is odd."""
    match factor:
        case Map(function=row, operands=(base, Constant(value=times))) if row is POWER:
            return matrix_of_det(base), times % 2 == 1 if isinstance(times, int) else False
        case Map(function=row, operands=(base,)) if row is RECIPROCAL:
            return matrix_of_det(base), True
        case _:
            return matrix_of_det(factor), True
