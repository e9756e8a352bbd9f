"""Directions of vectors, `x/‖x‖`: 0 where the length is 0, in place of 0 divided by 0.

A norm has no slope where it is 0. What stands in its derivatives is a vector divided by its
length, and divisions by powers of that length beside it in a sum: `I/‖x‖ - x xᵀ/‖x‖³`. None of
them divides by 0, also where the vector has been multiplied out, as differences of points are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TypeAlias

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Reduce, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import HYPOT, NOT_EQUAL, POWER, RECIPROCAL, WHERE
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.vocabulary.words import multiply, reciprocal
from einsgrad.expressions.walks import children, topological, with_children
from einsgrad.simplification.simplify import simplify_expr

LENGTHS: frozenset[Row] = frozenset([NORM, HYPOT])
# Of each length that a sum of products divides by: whether it is by its first power, and whether
# a factor beside one of its powers depends on what the vector depends on.
Divisions: TypeAlias = "dict[Expr, tuple[bool, bool]]"


def guard_directions(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Divide by no length that is 0, in sums of products in which a vector is divided by its own.

    Where no factor depends on what the vector depends on, as in `1/‖x‖`, nothing changes.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> other = y / eg.norm(x)
    >>> guard_directions([other])[0] is other
    True
    >>> guard_directions([x / eg.norm(x)])[0].operands[1]
    reciprocal(where(not_equal(norm(x, axis=(0,)), 0), norm(x, axis=(0,)), inf))
    """
    nodes = topological(*exprs)
    divided = _divided(nodes)
    if not divided:
        return tuple(exprs)
    within = {child for node in nodes if not _is_linear(node) for child in children(node)}
    regions = _Regions(divided, {*within, *exprs}, _variables(nodes))
    for node in nodes:
        regions.add(node)
    return tuple(regions.alone[expr] for expr in exprs)


@dataclass
class _Regions:
    """Sums of products, each as far as it is linear: what they divide by, and what they become.

    Parameters
    ----------
    divided
        The length and the exponent of each factor that divides by a power of a length.
    roots
        The nodes that stand alone, or in a function.
    variables
        The variables of each node, as the bits of a number.
    divisions
        What each node divides by.
    alone
        What the nodes that came so far have become, where they stand alone or in a function.
    """

    divided: Mapping[Expr, tuple[Expr, int]]
    roots: Collection[Expr]
    variables: Mapping[Expr, int]
    divisions: dict[Expr, Divisions] = field(default_factory=dict)
    alone: dict[Expr, Expr] = field(default_factory=dict)

    def add(self, node: Expr) -> None:
        """Note what a node divides by and what it becomes, after its children."""
        found = dict(self._divisions_of(node))
        if found:
            self.divisions[node] = found
        guarded = {length for length, is_guarded in found.items() if is_guarded == (True, True)}
        if guarded and node in self.roots and _is_linear(node):
            self.alone[node] = self._guarded(node, guarded)
        else:
            self.alone[node] = with_children(node, [self.alone[one] for one in children(node)])

    def _divisions_of(self, node: Expr) -> Iterator[tuple[Expr, tuple[bool, bool]]]:
        if node in self.divided:
            length, exponent = self.divided[node]
            yield length, (exponent == 1, False)
        elif _is_linear(node):
            merged: Divisions = {}
            for operand in children(node):
                for length, own in self.divisions.get(operand, {}).items():
                    known = merged.get(length, (False, False))
                    depends = own[1] or known[1] or self._is_beside(node, operand, length)
                    merged[length] = own[0] or known[0], depends
            yield from merged.items()

    def _is_beside(self, node: Expr, operand: Expr, length: Expr) -> bool:
        """Tell whether another factor depends on what a vector depends on."""
        return isinstance(node, Einsum) and any(
            self.variables[other] & self.variables[length]
            for other in node.operands
            if other is not operand and other not in self.divided
        )

    def _guarded(self, root: Expr, guarded: Collection[Expr]) -> Expr:
        """Write 0 for what is divided by a length that is 0."""
        new: dict[Expr, Expr] = {}
        for node in topological(root, below=_linear_parts):
            if node in self.divided and self.divided[node][0] in guarded:
                (divisor,) = children(self.alone[node])
                new[node] = _reciprocal_or_zero(divisor)
            elif _is_linear(node):
                new[node] = with_children(node, [new[one] for one in children(node)])
            else:
                new[node] = self.alone[node]
        return new[root]


def _reciprocal_or_zero(divisor: Expr) -> Expr:
    """Return `1/y`, and `1/∞` where y is 0; a nan stays one."""
    divides = Map(NOT_EQUAL, (divisor, Constant(0)))
    return reciprocal(Map(WHERE, (divides, divisor, Constant(inf))))


def _is_linear(node: Expr) -> bool:
    return isinstance(node, Einsum | Add)


def _linear_parts(node: Expr) -> tuple[Expr, ...]:
    return children(node) if _is_linear(node) else ()


def _variables(nodes: Sequence[Expr]) -> dict[Expr, int]:
    """Return the variables of each node as bits."""
    bits: dict[Expr, int] = {}
    count = 0
    for node in nodes:
        if isinstance(node, Variable):
            bits[node], count = 1 << count, count + 1
        else:
            bits[node] = 0
            for one in children(node):
                bits[node] |= bits[one]
    return bits


def _divided(nodes: Sequence[Expr]) -> dict[Expr, tuple[Expr, int]]:
    """Return the length and the exponent of each factor that divides by a power of a length."""
    bases = {node: _base(node) for node in nodes if isinstance(node, Map)}
    divisors = {node: base for node, base in bases.items() if base is not None}
    lengths = {base for base, exponent in divisors.values() if exponent == 1 and _is_length(base)}
    if not lengths:
        return {}
    squares = {simplify_expr(multiply(length, length)): length for length in lengths}
    found: dict[Expr, tuple[Expr, int]] = {}
    for node, (base, exponent) in divisors.items():
        if base in lengths:
            found[node] = base, exponent
        elif base in squares:
            found[node] = squares[base], 2 * exponent
    return found


def _base(node: Map) -> tuple[Expr, int] | None:
    """Return the base and the exponent of what is divided by."""
    if node.function is not RECIPROCAL:
        return None
    match node.operands[0]:
        case Map(function=row, operands=(base, Constant(value=int() as exponent))) if row is POWER:
            return (_unspread(base), exponent) if exponent > 0 else None
        case base:
            return _unspread(base), 1


def _unspread(expr: Expr) -> Expr:
    """Return what is spread over further axes."""
    if not isinstance(expr, Einsum):
        return expr
    kept = [one for one in expr.operands if not (isinstance(one, Delta) and one.order == 1)]
    return kept[0] if len(kept) == 1 and len(expr.operands) > 1 else expr


def _is_length(expr: Expr) -> bool:
    return isinstance(expr, Map | Reduce) and expr.function in LENGTHS
