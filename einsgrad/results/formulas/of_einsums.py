"""Adjoints, Jacobians and tangents of an einsum, as einsum strings with named operands."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from einsgrad.calculus.rules import adjoint_operand, pushforward, tangent_operand
from einsgrad.expressions.construct import add_terms, identity, scale, variable
from einsgrad.expressions.named import Operation
from einsgrad.expressions.nodes import COMPLEX, Add, Expr, Number
from einsgrad.expressions.products import contract_deltas
from einsgrad.results.formulas.record import Derivative, refuse_dots
from einsgrad.simplification.flattening import flatten, flatten_one
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.simplification.sums import split_coefficient
from einsgrad.strings.affine_labels import distinct
from einsgrad.strings.letters import fresh_letters, fresh_name


def adjoint_of_einsum(operation: Operation, wrt: int | str) -> Derivative:
    """Derive the adjoint in one operand, or in all occurrences of a name."""
    positions = operation.positions(wrt)
    node = operation.expr
    cotangent = variable(fresh_name("g", operation.names), node.shape, COMPLEX)
    shares = [contract_deltas(adjoint_operand(node, p, cotangent)) for p in positions]
    letters = operation.operand_letters(positions[0])
    expr = merge_like(shares)
    return Derivative(operation, expr, operation.lettering(letters), positions, cotangent)


def jacobian_of_einsum(operation: Operation, wrt: int | str) -> Derivative:
    """Derive the Jacobian in one operand, or in all occurrences of a name."""
    refuse_dots(operation, "A Jacobian")
    positions = operation.positions(wrt)
    node = operation.expr
    seed = identity(operation.variables[positions[0]].shape)
    shares = [contract_deltas(flatten(tangent_operand(node, p, seed))) for p in positions]
    fresh = fresh_letters(tuple(operation.letters.values()))
    letters = [
        *islice(fresh, len(node.shape)),
        *operation.operand_letters(positions[0]),
    ]
    return Derivative(operation, merge_like(shares), operation.lettering(letters), positions)


def tangent_of_einsum(operation: Operation) -> Derivative:
    """Derive the tangent: one term for each operand, which its tangent replaces there."""
    names = list(operation.names)
    tangents: dict[Expr, Expr] = {}
    for node in operation.variables:
        if node not in tangents:
            name = fresh_name(f"d{node.name}", names)
            names.append(name)
            tangents[node] = variable(name, node.shape, COMPLEX)
    expr = pushforward(operation.expr, tangents)
    shares = expr.terms if isinstance(expr, Add) else (expr,)
    letters = distinct(operation.subscripts.output)
    everywhere = tuple(range(len(operation.names)))
    return Derivative(operation, merge_like(shares), operation.lettering(letters), everywhere)


def merge_like(terms: Iterable[Expr]) -> Expr:
    """Add up terms that are equal up to labels and order, as the first of them shows it."""
    first: dict[Expr, tuple[Number, Expr]] = {}
    totals: dict[Expr, Number] = {}
    for term in terms:
        coefficient, core = split_coefficient(simplify_expr(term))
        first.setdefault(core, (coefficient, term))
        totals[core] = totals.get(core, 0) + coefficient
    parts: list[Expr] = []
    for core, (own, term) in first.items():
        # A selector whose places all lie outside of an axis makes a term 0 as it stands.
        factor = totals[core] if own == 1 else totals[core] / own if own else 1
        parts.append(flatten_one(scale(factor, term)))
    return add_terms(parts, parts[0].shape)
