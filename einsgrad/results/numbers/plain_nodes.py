"""Which functions are evaluated node by node as exactly as by a program."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Integers, Step
from einsgrad.expressions.tables.elementwise import EXP, SIGMOID, SOFTPLUS
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET, MAX
from einsgrad.expressions.tables.rows import elementwise_row
from einsgrad.expressions.walks import children, topological

# Of these a program finds forms that lose no digits, where a logarithm follows.
_GROWING = (EXP, SIGMOID, SOFTPLUS)
_MOST_ROWS = 8
# What these have is solved for as by a program, or computed as there.
_OF_SYSTEMS = (INVERSE, LOGDET, DET)
_SHRINKING = tuple(map(elementwise_row, ("log", "log1p", "log2", "log10")))


def plain_nodes(exprs: Sequence[Expr]) -> list[Expr]:
    """Return all nodes in order, if they are evaluated as exactly as by a program; else none."""
    growing: set[Expr] = set()
    numbers: set[Expr] = set()
    nodes = topological(*exprs)
    for node in nodes:
        if not isinstance(node, Variable) and numbers.issuperset(children(node)):
            numbers.add(node)
        match node:
            case Variable() | Constant() | Delta() | Affine() | Step() | Integers() | Pick():
                if node.is_complex:
                    return []
            case Map(function=row):
                if node.is_complex or row.transpose is not None:
                    return []
                inner = any(child in growing for child in node.operands)
                if inner and row in _SHRINKING:
                    return []
                if inner or row in _GROWING:
                    growing.add(node)
            case MatrixMap(function=function, operand=operand):
                if node.is_complex or function.adjoint is None:
                    return []
                if function not in _OF_SYSTEMS and not _is_small(operand):
                    return []
            case Einsum() | Add() | Reduce():
                if node.is_complex:
                    return []
                grows = any(child in growing for child in children(node))
                if grows and not _is_kept_large(node, numbers):
                    growing.add(node)
            case _:
                return []
    return nodes


def _is_kept_large(node: Expr, numbers: set[Expr]) -> bool:
    """Tell whether the logarithm of what has exponentials in it is taken as it is.

    A program knows better forms beside a number, as of 1 + exp(x).
    """
    match node:
        case Add():
            return _are_several(node, numbers)
        case Einsum():
            return _is_at_least_1(node)
        case _:
            return False


def _is_at_least_1(node: Einsum) -> bool:
    """Tell whether exponentials of what is shifted by its maximum are added, that of it too."""
    factors = zip(node.subscripts.inputs, node.operands, strict=True)
    others = [pair for pair in factors if not (isinstance(pair[1], Delta) and pair[1].order < 2)]
    if len(others) != 1:
        return False
    indices, powers = others[0]
    match powers:
        case Map(function=row, operands=(Add(terms=(x, shift)),)) if row is EXP:
            number, largest = _core(shift)
        case _:
            return False
    if not isinstance(largest, Reduce) or largest.function is not MAX or number != -1:
        return False
    summed = {indices[axis] for axis in largest.axes}
    return largest.operand is x and summed.isdisjoint(node.subscripts.output)


def _core(expr: Expr) -> tuple[complex, Expr]:
    """Return what is scaled and spread, and the number."""
    number: complex = 1
    while isinstance(expr, Einsum):
        others = [one for one in expr.operands if not isinstance(one, Constant | Delta)]
        if len(others) != 1:
            break
        for one in expr.operands:
            if isinstance(one, Constant):
                number *= one.value
        expr = others[0]
    return number, expr


def _are_several(node: Add, numbers: set[Expr]) -> bool:
    """Tell whether a sum has two terms and more that are no numbers."""
    inner = [term.terms if isinstance(term, Add) else (term,) for term in node.terms]
    return sum(one not in numbers for terms in inner for one in terms) > 1


def _is_small(matrix: Expr) -> bool:
    """Tell whether an inverse loses no more digits than the solution of a system."""
    rows = matrix.shape[-1]
    return isinstance(rows, int) and rows <= _MOST_ROWS
