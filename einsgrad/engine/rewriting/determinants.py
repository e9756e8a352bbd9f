"""Rewrites of determinants: their logarithms, and their product with the inverse."""

from __future__ import annotations

from collections.abc import Mapping

from einsgrad.expressions.nodes import Dim, Einsum, Expr, Map, MatrixMap
from einsgrad.expressions.tables.elementwise import ABS, CONJ, HYPOT, IMAG, LOG, REAL
from einsgrad.expressions.tables.reductions import DET, INVERSE
from einsgrad.expressions.tables.rows import MatrixFunction
from einsgrad.expressions.tables.spellings import Form, Stable
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.strings.subscripts import Subscripts

_LOG_OF_DET = MatrixFunction("log_of_det", Stable("log_of_det"), True, None, shares=False)
_LOG_OF_MODULUS = MatrixFunction(
    "log_of_modulus", Form("np.linalg.slogdet({x})[1]"), True, None, shares=False
)
_ADJUGATE = MatrixFunction("adjugate", Stable("adjugate"), False, None, shares=False)


def open_log_of_det(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Take the logarithm of a determinant, or of its modulus, without forming it."""
    match node:
        case Map(function=row, operands=(inner,)) if row is LOG:
            matrix = _matrix_of_det(inner)
            if matrix is not None:
                return MatrixMap(_LOG_OF_DET, matrix)
            matrix = _matrix_of_modulus(inner)
            return None if matrix is None else MatrixMap(_LOG_OF_MODULUS, matrix)
        case _:
            return None


def _matrix_of_det(expr: Expr) -> Expr | None:
    """Return the matrix whose determinant an expression is."""
    match expr:
        case MatrixMap(function=row, operand=matrix) if row is DET:
            return matrix
        case _:
            return None


def _matrix_of_modulus(expr: Expr) -> Expr | None:
    """Return the matrix of whose determinant an expression is the modulus."""
    match expr:
        case Map(function=row, operands=(det,)) if row is ABS:
            return _matrix_of_det(det)
        case Map(
            function=row,
            operands=(Map(function=first, operands=(det,)), Map(function=second, operands=(same,))),
        ) if (row, first, second) == (HYPOT, REAL, IMAG) and det is same:
            return _matrix_of_det(det)
        case _:
            return None


def join_adjugate(node: Expr, sizes: Mapping[Dim, int]) -> Expr | None:
    """Write `det(A) A⁻¹` as the adjugate of A, which a singular matrix has too."""
    if not isinstance(node, Einsum):
        return None
    calls = {
        place: found
        for place, one in enumerate(node.operands)
        if (found := _matrix_call(one)) is not None
    }
    lists = node.subscripts.inputs
    for det, (row, matrix, conjugated) in calls.items():
        for place, other in calls.items():
            meets = row is DET and lists[place][:-2] == lists[det]
            if meets and other == (INVERSE, matrix, conjugated):
                adjugate: Expr = MatrixMap(_ADJUGATE, matrix)
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
