"""Rewrites of determinants: their logarithms, and their product with the inverse."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import DEFINITE, Einsum, Expr, Map, MatrixMap, Variable
from einsgrad.expressions.tables.decompositions import POSITIVE_DEFINITE
from einsgrad.expressions.tables.elementwise import ABS, CONJ, ELEMENTWISE, HYPOT, IMAG, LOG, REAL
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET
from einsgrad.expressions.tables.spellings import Form, Stable
from einsgrad.expressions.vocabulary.words import conj, multiply
from einsgrad.simplification.contents import split_content
from einsgrad.strings.subscripts import Subscripts

LOG_OF_DET = MatrixFunction("log_of_det", Stable("log_of_det"), "nn->", None, shares=False)
LOG_OF_MODULUS = MatrixFunction(
    "log_of_modulus", Form("np.linalg.slogdet({x})[1]"), "nn->", None, shares=False
)
_ADJUGATE = MatrixFunction("adjugate", Stable("adjugate"), "nn->nn", None, shares=False)


# What the natural logarithm is multiplied by, for logarithms of other bases.
UNITS = {LOG: 1.0, ELEMENTWISE["log2"]: 1 / log(2), ELEMENTWISE["log10"]: 1 / log(10)}


def open_log_of_det(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Take the logarithm of a determinant, or of its modulus, without forming it."""
    match node:
        case Map(function=row, operands=(inner,)) if row in UNITS:
            logarithm = _natural_logarithm(inner)
            unit = UNITS[row]
            return logarithm if logarithm is None or unit == 1 else multiply(unit, logarithm)
        case _:
            return None


def _natural_logarithm(inner: Expr) -> Expr | None:
    matrix = matrix_of_det(inner)
    if matrix is not None:
        return MatrixMap(LOG_OF_DET, matrix)
    modulus = operand_of_modulus(inner)
    matrix = None if modulus is None else matrix_of_det(modulus)
    return None if matrix is None else MatrixMap(LOG_OF_MODULUS, matrix)


def matrix_of_det(expr: Expr) -> Expr | None:
    """Return the matrix whose determinant an expression is."""
    match expr:
        case MatrixMap(function=row, operand=matrix) if row is DET:
            return matrix
        case _:
            return None


def operand_of_modulus(expr: Expr) -> Expr | None:
    """Return of what an expression is the modulus."""
    match expr:
        case Map(function=row, operands=(inner,)) if row is ABS:
            return inner
        case Map(
            function=row,
            operands=(Map(function=first, operands=(one,)), Map(function=second, operands=(same,))),
        ) if (row, first, second) == (HYPOT, REAL, IMAG) and one is same:
            return one
        case _:
            return None


def mark_definite(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Let a function of a matrix that is declared positive definite use its Cholesky factor."""
    match node:
        case MatrixMap(function=row, operand=Variable(traits=traits) as matrix) if (
            row in (INVERSE, LOGDET, DET) and DEFINITE in traits
        ):
            return MatrixMap(row, MatrixMap(POSITIVE_DEFINITE, matrix))
        case MatrixMap(function=row, operand=Variable(traits=traits) as matrix) if (
            row in (LOG_OF_DET, LOG_OF_MODULUS) and DEFINITE in traits
        ):
            return MatrixMap(LOGDET, MatrixMap(POSITIVE_DEFINITE, matrix))
        case _:
            return None


def join_adjugate(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Write `det(A) A⁻¹` as the adjugate of A, which a singular matrix has too.

    A number in front of the matrix has come out of the inverse, but not of the determinant.
    """
    if not isinstance(node, Einsum):
        return None
    calls = {
        place: call
        for place, one in enumerate(node.operands)
        if (call := _matrix_call(one)) is not None
    }
    lists = node.subscripts.inputs
    for det, (row, matrix, conjugated) in calls.items():
        for place, other in calls.items():
            if row is not DET or other[0] is not INVERSE or lists[place][:-2] != lists[det]:
                continue
            number, core = split_content(matrix)
            if other == (INVERSE, matrix, conjugated):
                number = 1
            elif other != (INVERSE, core, conjugated) or isinstance(number, complex):
                continue
            found: Expr = MatrixMap(_ADJUGATE, matrix)
            adjugate = found if number == 1 else multiply(number, found)
            return _joined(node, (det, place), conj(adjugate) if conjugated else adjugate)
    return None


def _matrix_call(expr: Expr) -> tuple[MatrixFunction, Expr, bool] | None:
    """Return a function of matrices, its matrix, and whether the value is conjugated."""
    match expr:
        case MatrixMap(function=row, operand=matrix):
            return row, matrix, False
        case Map(function=outer, operands=(MatrixMap(function=row, operand=matrix),)):
            return (row, matrix, True) if outer is CONJ else None
        case _:
            return None


def _joined(node: Einsum, places: tuple[int, int], adjugate: Expr) -> Einsum:
    """Put the adjugate in place of a determinant and an inverse, which is the second."""
    kept = [place for place in range(len(node.operands)) if place not in places]
    lists = node.subscripts.inputs
    inputs = (*(lists[place] for place in kept), lists[places[1]])
    operands = (*(node.operands[place] for place in kept), adjugate)
    return Einsum(Subscripts(inputs, node.subscripts.output), operands)
