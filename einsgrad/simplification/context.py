"""What a rule is given besides its node, and the form that the rules for products have.

Some rules must ask whether a matrix is symmetric, or simplify what they have built. Both
functions are made of the rules, so they are handed down and not imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.expressions.nodes import Einsum, Expr


@dataclass(frozen=True, slots=True)
class Context:
    """The two functions of `simplify` that rules may call.

    Parameters
    ----------
    is_symmetric
        Tells whether a simple expression is recognised as a symmetric matrix.
    simplify
        Simplifies an expression.
    """

    is_symmetric: Callable[[Expr], bool]
    simplify: Callable[[Expr], Expr]


EinsumRule: TypeAlias = "Callable[[Einsum, Context], Einsum]"
