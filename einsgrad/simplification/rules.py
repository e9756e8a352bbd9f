"""Which rules apply to which node, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from einsgrad.expressions.nodes import (
    DIAGONAL,
    LOWER,
    ORTHOGONAL,
    UPPER,
    Add,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Step
from einsgrad.expressions.tables.decompositions import CHOLESKY
from einsgrad.expressions.tables.elementwise import ABS, CONJ, EXP, HYPOT, LOG
from einsgrad.expressions.tables.reductions import INVERSE, NORM
from einsgrad.simplification.centred import drop_centred
from einsgrad.simplification.choices import join_choices
from einsgrad.simplification.declared import (
    declared_conjugate,
    declared_inverse,
    declared_modulus,
    join_declared,
)
from einsgrad.simplification.definite import join_cholesky, positive_definite_once
from einsgrad.simplification.diagonals import see_diagonals
from einsgrad.simplification.functions import FUNCTION_RULES, odd_or_even
from einsgrad.simplification.inverses import cancel_inverses
from einsgrad.simplification.lengths import square_lengths
from einsgrad.simplification.matrix_functions import matrix_rules
from einsgrad.simplification.matrix_powers import power_of_power
from einsgrad.simplification.shifts import without_shift
from einsgrad.simplification.softmax import drop_softmax_sums, softmax_of_powers
from einsgrad.simplification.spreading import unit_axes_after
from einsgrad.simplification.square_chains import (
    det_of_inverse,
    det_of_product,
    inverse_of_product,
    log_of_modulus,
)
from einsgrad.simplification.sums import open_means
from einsgrad.simplification.symmetric_parts import join_multiples, join_transposes
from einsgrad.simplification.turning import turn_map, turn_matrix


def replaced_by_rules(node: Einsum) -> Einsum:
    """Apply the rules that a product may have a use for, as its factors show."""
    held = _held(node)
    found = node
    for rule, triggers in REPLACING_RULES.items():
        if not triggers.isdisjoint(held):
            found = rule(found)
            if found is not node:
                held = _held(found)
    return found


def _held(node: Einsum) -> set[object]:
    """Return the kinds of the factors, their functions, and what is declared of variables."""
    held: set[object] = set()
    for operand in node.operands:
        held.add(type(operand))
        if isinstance(operand, (Map, Reduce, MatrixMap)):
            held.add(operand.function)
        elif isinstance(operand, Variable):
            held.update(operand.traits)
    return held


EinsumRule: TypeAlias = "Callable[[Einsum], Einsum]"


# What these give is simplified anew. They are applied in this order, each to what the one
# before it gave, where a factor is of a kind, has a function or a trait that the rule is about.
REPLACING_RULES: dict[EinsumRule, frozenset[object]] = {
    see_diagonals: frozenset({Add}),
    square_lengths: frozenset({NORM, ABS, HYPOT}),
    join_cholesky: frozenset({CHOLESKY, INVERSE, CONJ, LOG}),
    cancel_inverses: frozenset({INVERSE}),
    softmax_of_powers: frozenset({EXP}),
    drop_softmax_sums: frozenset({EXP}),
    drop_centred: frozenset({Add}),
    join_declared: frozenset({ORTHOGONAL, MatrixMap, Step, DIAGONAL, LOWER, UPPER}),
}


# Of sums whose terms are collected.
SUM_RULES: tuple[Callable[[Add], Expr], ...] = (unit_axes_after, without_shift)


SYMBOLIC_SUM_RULES = (*SUM_RULES, open_means, join_choices, join_multiples, join_transposes)


# In the order of trial.
MAP_RULES = (*FUNCTION_RULES, declared_conjugate, declared_modulus)


# A program decomposes products as they stand, and applies functions to arrays as they lie.
SYMBOLIC_MAP_RULES = (*MAP_RULES, odd_or_even, log_of_modulus, turn_map)


MATRIX_RULES = (
    matrix_rules,
    power_of_power,
    declared_inverse,
    positive_definite_once,
    turn_matrix,
)


SYMBOLIC_MATRIX_RULES = (*MATRIX_RULES, inverse_of_product, det_of_product, det_of_inverse)
