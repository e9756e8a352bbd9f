"""Several derivatives at once: a tuple that prints each with its left side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.html import formula_html

# The variables of a derivative, in turn.
Turn = tuple[Variable, ...]


class Derivatives(tuple[Any, ...]):
    """Derivatives in several variables, or rows of them; a tuple in all but how it prints.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> found = eg.grad(eg.sum(A @ x), (A, x))
    >>> print(found)
    ∂E/∂A = 1_m xᵀ
    ∂E/∂x = Aᵀ 1
    >>> len(found), isinstance(found, tuple)
    (2, True)
    """

    turns: tuple[Turn, ...]

    def __new__(cls, found: Iterable[Any], turns: Sequence[Turn]) -> Derivatives:
        """Make a tuple of what was found, with the variables of each."""
        made = super().__new__(cls, tuple(found))
        made.turns = tuple(turns)
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.turns

    def _each(self) -> Iterator[tuple[Expr, Turn]]:
        for one, turn in zip(self, self.turns, strict=True):
            if isinstance(one, Derivatives):
                yield from one._each()
            else:
                yield one, turn

    def __str__(self) -> str:
        # Loaded where something is shown: it takes longer to load than all the rest.
        from einsgrad.notation.show import printed

        return "\n".join(printed(one, wrt=turn) for one, turn in self._each())

    def _repr_html_(self) -> str:
        from einsgrad.notation.show import printed_latex

        return "".join(formula_html(printed_latex(one, wrt=turn)) for one, turn in self._each())


def hessian_rows(blocks: Sequence[Sequence[Expr]], wrt: Sequence[Variable]) -> Derivatives:
    """Return the blocks of a Hessian, which are in each pair of variables, by rows."""
    rows = [
        Derivatives(row, [(one, other) for other in wrt])
        for row, one in zip(blocks, wrt, strict=True)
    ]
    return Derivatives(rows, [(one,) for one in wrt])
