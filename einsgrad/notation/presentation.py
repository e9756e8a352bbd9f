"""An expression made ready for reading: products opened, and idioms found.

What is shown has the value of the expression, except that a slope of a power which is guarded
at 0 shows without its guard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap
from einsgrad.expressions.products import contract_deltas, holds_selector, opened, unwrap
from einsgrad.expressions.tables.elementwise import LOG, NOT_EQUAL, POWER, WHERE
from einsgrad.expressions.walks import rebuild_all
from einsgrad.notation.signs import with_signs_inside
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.functions import move_out
from einsgrad.simplification.lengths import length_of
from einsgrad.simplification.matrix_functions import matrix_rules
from einsgrad.simplification.powers import open_power
from einsgrad.simplification.spreading import spread_after, unit_axes_after, without_unit_sums
from einsgrad.simplification.sums import opened_terms


def presented(expr: Expr) -> Expr:
    """Rebuild an expression as it is to be read.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, B = Variable("A", ("m", "n")), Variable("B", ("n", "m"))
    >>> presented(A @ (B @ A))
    "mi,ij,jn->mn"(A, B, A)
    """
    return presented_all([expr])[0]


def presented_all(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Rebuild expressions that are read together: what they share stays the same."""
    return with_signs_inside(rebuild_all(exprs, _presented_node))


def _presented_node(node: Expr) -> Expr:
    match node:
        case Einsum():
            flat = flatten(_with_views_opened(node))
            return unwrap(without_unit_sums(contract_deltas(flat)))
        case Add(terms=terms):
            total = add_terms(list(opened_terms(terms)), node.shape)
            outside = unit_axes_after(total) if isinstance(total, Add) else total
            return total if outside is total else _presented_node(outside)
        case Map(function=row, operands=(named,)) if row.part:
            return named
        case Map():
            for rule in _RULES:
                simpler = rule(node)
                if simpler is not None:
                    return simpler if simpler in node.operands else _presented_node(simpler)
            return node
        case MatrixMap():
            moved = matrix_rules(node)
            return node if moved is None else _presented_node(moved)
        case _:
            return node


def _with_views_opened(node: Einsum) -> Einsum:
    """Write nested products with selectors into the outer one, where they become indices."""
    return opened(node, holds_selector) if _holds_view(node) else node


def _holds_view(node: Einsum) -> bool:
    return any(isinstance(one, Einsum) and holds_selector(one) for one in node.operands)


def _guarded(condition: Expr) -> Expr | None:
    """Return y of the condition `y ≠ 0`."""
    match condition:
        case Map(function=row, operands=(base, Constant(value=0))) if row is NOT_EQUAL:
            return base
        case _:
            return None


def _guard_within(node: Map) -> Expr | None:
    """Read the logarithm of `y where y ≠ 0, else 1` as that of `y`."""
    match node.operands:
        case (Map(function=row, operands=(condition, base, Constant(value=1))),):
            if node.function is LOG and row is WHERE:
                return Map(LOG, (base,)) if base is _guarded(condition) else None
    return None


def _guard_of_exponent(node: Map) -> Expr | None:
    """Read a power to `y - 1 where y ≠ 0, else 0`, as slopes have it, without the choice."""
    match node.operands:
        case (base, Map(function=row, operands=(condition, exponent, Constant(value=0)))):
            guarded = row is WHERE and _guarded(condition) is not None
            return Map(POWER, (base, exponent)) if guarded and node.function is POWER else None
    return None


def _power_of_square(node: Map) -> Expr | None:
    """Read a power of the square of a length as one of the length: `(xᵀ x)²` as `‖x‖⁴`."""
    match node:
        case Map(function=row, operands=(Einsum() as base, Constant(value=int() as exponent))):
            length = length_of(base) if row is POWER else None
            return None if length is None else Map(POWER, (length, Constant(2 * exponent)))
    return None


_RULES: tuple[Callable[[Map], Expr | None], ...] = (
    _guard_within,
    _guard_of_exponent,
    _power_of_square,
    spread_after,
    move_out,
    open_power,
)
