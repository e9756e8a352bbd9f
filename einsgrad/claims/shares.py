"""A derivative by the occurrences of its variable: the terms of the product rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import children, substitute, topological, with_children

# Up to so many are told apart: every set of them may be the forgotten one.
_MOST_OCCURRENCES = 8
Derive = Callable[[Expr, Variable], Expr]


def shares(expr: Expr, wrt: Variable, derive: Derive) -> tuple[Expr, ...]:
    """Return the part of the derivative that each occurrence of the variable gives.

    Parameters
    ----------
    expr
        The expression.
    wrt
        The variable.
    derive
        The derivative of an expression in a variable.

    Examples
    --------
    >>> from einsgrad.calculus.derivatives import gradients
    >>> x = Variable("x", ("n",))
    >>> shares(x @ x, x, lambda expr, wrt: gradients(expr, [wrt])[0])
    (x[n], x[n])
    """
    separate, occurrences = _separated(expr, wrt)
    if not 1 < len(occurrences) <= _MOST_OCCURRENCES:
        return ()
    back: dict[Expr, Expr] = dict.fromkeys(occurrences, wrt)
    return tuple(substitute(derive(separate, one), back) for one in occurrences)


def _separated(expr: Expr, wrt: Variable) -> tuple[Expr, Sequence[Variable]]:
    """Give every occurrence of a variable a name of its own."""
    occurrences: list[Variable] = []
    done: dict[Expr, Expr] = {}

    def part(child: Expr) -> Expr:
        if child is not wrt:
            return done[child]
        occurrences.append(Variable(f"{wrt.name}#{len(occurrences)}", wrt.shape, wrt.traits))
        return occurrences[-1]

    for node in topological(expr):
        done[node] = with_children(node, [part(child) for child in children(node)])
    return done[expr], occurrences
