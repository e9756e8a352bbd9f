"""Powers beside guards against a division by 0: `1/y where y ≠ 0, else 0` times `y · y` is y."""

from __future__ import annotations

from typing import TypeAlias

from einsgrad.expressions.nodes import Constant, Expr, Map
from einsgrad.expressions.tables.elementwise import NOT_EQUAL, RECIPROCAL, WHERE
from einsgrad.expressions.tables.spellings import ComparisonUfunc
from einsgrad.simplification.reading_powers import Exponent, is_integer, square_of, tidy_exponent
from einsgrad.strings.subscripts import Indices

Groups: TypeAlias = "dict[tuple[Expr, Indices], Exponent]"


def once_compared(node: Map) -> Expr | None:
    """Write `(y ≠ 0) ≠ 0` as `y ≠ 0`."""
    match node:
        case Map(function=row, operands=(condition, Constant(value=0))) if row is NOT_EQUAL:
            return condition if _is_condition(condition) else None
        case _:
            return None


def join_guards(groups: Groups) -> None:
    """Count guarded reciprocals as powers of what they divide by, where the value at 0 allows it.

    Beside a positive power the product is 0 at 0 as long as a positive power is left.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> eg.grad(eg.norm(x) ** 3, x)
    3 * "n,->n"(x, norm(x, axis=(0,)))
    """
    for (guard, indices), times in list(groups.items()):
        if _is_condition(guard) and groups.get((guard, indices), 0) > 1:
            # What is 1 or 0 is its own square.
            groups[guard, indices] = 1
        base = guarded_divisor(guard)
        if base is None or not is_integer(times) or times < 1:
            continue
        condition = Map(NOT_EQUAL, (base, Constant(0)))
        groups.pop((condition, indices), None)
        square = square_of(base)
        divisor = Map(WHERE, (condition, base, Constant(1)))
        own = groups.get((base, indices), 0)
        whole = own if square is None else own + 2 * groups.get((square, indices), 0)
        inner = groups.get((divisor, indices), 0)
        if (whole, inner) == (0, 0):
            continue
        for one in (guard, base, divisor, *(() if square is None else (square,))):
            groups.pop((one, indices), None)
        total = tidy_exponent(whole + inner - times)
        groups.update(_joined(base, guard, square, indices, whole, total))


def _joined(
    base: Expr, guard: Expr, square: Expr | None, indices: Indices, whole: Exponent, total: Exponent
) -> Groups:
    if total == 0:
        return {(Map(NOT_EQUAL, (base, Constant(0))), indices): 1}
    if whole >= 0 and total < 0:
        return {(guard, indices): -total}
    if square is not None and total % 2 == 0:
        return {(square, indices): total // 2}
    return {(base, indices): total}


def _is_condition(expr: Expr) -> bool:
    return isinstance(expr, Map) and isinstance(expr.function.numpy, ComparisonUfunc)


def guarded_divisor(expr: Expr) -> Expr | None:
    """Return y of `1/y where y ≠ 0, else 0`, or None."""
    match expr:
        case Map(
            function=row,
            operands=(
                Map(function=compared, operands=(base, Constant(value=0))) as condition,
                Map(function=inverted, operands=(divisor,)),
                Constant(value=0),
            ),
        ) if (row, compared, inverted) == (WHERE, NOT_EQUAL, RECIPROCAL):
            return base if divisor is Map(WHERE, (condition, base, Constant(1))) else None
        case _:
            return None
