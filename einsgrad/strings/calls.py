"""How a user may give an einsum: as a string, as label lists, interleaved with arrays."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.strings.equation import Equation
from einsgrad.strings.interleaving import interleaved
from einsgrad.strings.parsing import parse_einsum

WrittenEinsum = str | Equation
Shapes = Sequence[tuple[int, ...]]


def equation(
    inputs: Sequence[Sequence[Hashable]], output: Sequence[Hashable] | None = None
) -> Equation:
    """Write an einsum with labels of any hashable kind, for use in place of a string.

    Parameters
    ----------
    inputs
        The labels of each operand's axes.
    output
        The labels of the output; by default numpy's rule for the implicit form.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.adjoint(eg.equation([("batch", "in"), ("in",)], ("batch",)), 0)
    "b,i->bi"(g, x1)
    """
    return interleaved(inputs, output)


def as_equation(einsum: WrittenEinsum) -> Equation:
    """Read an einsum string; an equation is returned as it is."""
    return einsum if isinstance(einsum, Equation) else parse_einsum(einsum)


def read_call(arguments: tuple[Any, ...]) -> tuple[Equation, Sequence[Any]]:
    """Read `(string, *operands)` or the interleaved `(A, labels, B, labels, ..., output)`."""
    if not arguments:
        raise ArgumentTypeError("an einsum string is expected. Write einsum('mn,n->m', A, x).")
    first = arguments[0]
    if isinstance(first, str | Equation):
        return as_equation(first), arguments[1:]
    if len(arguments) == 1:
        raise ArgumentTypeError(
            f"an einsum string is expected, not {clip(first)}. Write einsum('mn,n->m', A, x)."
        )
    pairs = len(arguments) // 2
    lists = [arguments[2 * pair + 1] for pair in range(pairs)]
    output = arguments[-1] if len(arguments) % 2 else None
    return interleaved(lists, output), arguments[0 : 2 * pairs : 2]
