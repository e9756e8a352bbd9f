"""Rewrites of products with determinants: their logarithms and quotients, factor by factor.

The product may overflow, or be 0, where its logarithm is an ordinary number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from math import log

from einsgrad.engine.rewriting.determinants import (
    LOG_OF_DET,
    LOG_OF_MODULUS,
    UNITS,
    matrix_of_det,
    operand_of_modulus,
)
from einsgrad.engine.rewriting.signs import is_nonnegative
from einsgrad.expressions.construct import scale
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Map, MatrixMap, Number
from einsgrad.expressions.products import fold_constants
from einsgrad.expressions.tables.elementwise import ABS, LOG, RECIPROCAL, SIGN
from einsgrad.expressions.tables.reductions import DET, SIGN_OF_DET
from einsgrad.expressions.vocabulary.words import add, multiply


def open_log_of_product(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Take the logarithm of a product with determinants, or of its modulus, as a sum."""
    match node:
        case Map(function=row, operands=(inner,)) if row in UNITS:
            modulus = operand_of_modulus(inner)
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
    if not is_entrywise or not any(matrix_of_det(one) is not None for one in rest.operands):
        return 1, ()
    return number, rest.operands


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
        case _ if is_nonnegative(factor):
            return Map(LOG, (factor,))
        case _:
            return Map(LOG, (Map(ABS, (factor,)),))


def _sign(number: Number, factors: tuple[Expr, ...]) -> Expr:
    """Return the sign of a real product."""
    signs: list[Expr] = []
    for factor in factors:
        divisor, _ = _divisor(factor)
        own = matrix_of_det(factor)
        matrix = matrix_of_det(divisor) if own is None else own
        if matrix is not None:
            signs.append(MatrixMap(SIGN_OF_DET, matrix))
        elif not is_nonnegative(factor):
            signs.append(Map(SIGN, (factor,)))
    found = reduce(multiply, signs)
    return found if abs(number) == number else scale(-1, found)


def cancel_determinants(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Write `f / (c f g)` as `1 / (c g)`, where the product holds determinants."""
    if not isinstance(node, Einsum):
        return None
    lists, operands = node.subscripts.inputs, node.operands
    for place, quotient in enumerate(operands):
        product, sign = _divisor(quotient)
        number, factors = _factors(product)
        used = {place}
        if sign is not None:
            beside = [p for p, one in enumerate(operands) if one is sign]
            if not beside or lists[beside[0]] != lists[place] or product.is_complex:
                continue
            used.add(beside[0])
        if not factors or number == 0 or any(one.shape != product.shape for one in factors):
            continue
        found = _quotient(node, place, used, factors)
        if found is not None:
            return multiply(1 / number, found)
    return None


def _quotient(node: Einsum, place: int, used: set[int], factors: tuple[Expr, ...]) -> Expr | None:
    """Divide by each factor in place of their product, or drop it where it is a factor too."""
    lists, operands = node.subscripts.inputs, node.operands
    divisors: list[Expr] = []
    for factor in factors:
        same = [
            p
            for p, one in enumerate(operands)
            if p not in used and one is factor and lists[p] == lists[place]
        ]
        used.update(same[:1])
        if not same:
            divisors.append(Map(RECIPROCAL, (factor,)))
    kept = [p for p in range(len(operands)) if p not in used]
    inputs = (*(lists[p] for p in kept), *(lists[place] for _ in divisors))
    if {label for labels in inputs for label in labels} < {label for one in lists for label in one}:
        return None
    rest = (*(operands[p] for p in kept), *divisors)
    if not rest:
        inputs, rest = ((),), (Constant(1),)
    return Einsum(replace(node.subscripts, inputs=inputs), rest)


def _divisor(quotient: Expr) -> tuple[Expr, Expr | None]:
    """Return by what product a factor divides, and the sign that it needs beside it."""
    match quotient:
        case Map(function=row, operands=(Map(function=inner, operands=(product,)),)) if (
            row is RECIPROCAL and inner is ABS
        ):
            return product, Map(SIGN, (product,))
        case Map(function=row, operands=(product,)) if row is RECIPROCAL:
            return product, None
        case _:
            return Constant(1), None
