"""Division in texts: by a product of sizes and a sum it is division by each, as in means."""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import contract_deltas, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.strings.subscripts import Subscripts


def divide(x: Any, y: Any) -> Expr:
    """Return x / y."""
    divisor = as_expr(y)
    return words.multiply(x, reciprocal(divisor)) if _sizes(divisor) else words.divide(x, divisor)


def reciprocal(y: Any) -> Expr:
    """Return 1 / y: with `n (ε + mean(x²))` in two factors, as it stands in derivatives of means.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> reciprocal(words.multiply(Delta("n", 0), Variable("s", ())))
    ",->"(reciprocal(n), reciprocal(s))
    """
    divisor = as_expr(y)
    sizes = _sizes(divisor)
    if not sizes or not isinstance(divisor, Einsum):
        return words.reciprocal(divisor)
    output = divisor.subscripts.output
    pairs = list(zip(divisor.subscripts.inputs, divisor.operands, strict=True))
    kept = [pair for pair in pairs if _as_size(pair[1]) is None]
    rest = build_einsum(Subscripts(tuple(own for own, _ in kept), output), [one for _, one in kept])
    lists = (*((),) * len(sizes), output)
    inverted = [*map(words.reciprocal, sizes), words.reciprocal(unwrap(rest))]
    return build_einsum(Subscripts(lists, output), inverted)


def _sizes(divisor: Expr) -> list[Delta]:
    """Return the sizes among the factors of a product that holds more than sizes."""
    if not isinstance(divisor, Einsum):
        return []
    found = [size for one in divisor.operands if (size := _as_size(one)) is not None]
    return found if len(found) < len(divisor.operands) else []


def _as_size(factor: Expr) -> Delta | None:
    """Read a factor, such as the trace of an identity, as a size."""
    found = unwrap(contract_deltas(factor)) if isinstance(factor, Einsum) else factor
    return found if isinstance(found, Delta) and not found.order else None
