"""The kinds of derivatives that may be asked of a function, and what each derives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from einsgrad.calculus.derivatives import (
    Simplified,
    gradients,
    hessian_blocks,
    jacobian,
    jacobian_in_reverse,
    jvp,
    vjp,
)
from einsgrad.expressions.capture import traced_variable
from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.vocabulary.linear import sum
from einsgrad.expressions.walks import topological
from einsgrad.simplification.sharing import simplify_sharing
from einsgrad.simplification.simplify import simplify_all

Exprs: TypeAlias = "tuple[Expr, ...]"
Variables: TypeAlias = "tuple[Variable, ...]"
Wanted: TypeAlias = "Sequence[tuple[Expr, Variables | None]]"
"""Expressions, each with the variables whose precision it has at least if it is a derivative."""


# A loop of eight short steps has so many nodes.
_LONG = 120


def _nothing(exprs: Exprs, wrt: Variables) -> Variables:
    return ()


@dataclass(frozen=True, eq=False, slots=True)
class Transform:
    """A kind of derivative.

    Parameters
    ----------
    name
        The name that it has in this file, by which it is pickled.
    derive
        Returns the expressions, given those of the function, the variables to differentiate
        in, and the further inputs.
    further
        Returns the inputs beside the arguments, such as a cotangent, given the same.
    of_number
        Whether it is one of a single number, and not of all that a function returns.
    """

    name: str
    derive: Callable[[Exprs, Variables, Variables], Wanted]
    further: Callable[[Exprs, Variables], Variables] = _nothing
    of_number: bool = False

    def __reduce__(self) -> str:
        return self.name


def _values(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return [(expr, None) for expr in simplify_sharing(exprs)]


def _number(expr: Expr) -> Expr:
    """Return an array of one entry as a number."""
    return sum(expr) if expr.shape and set(expr.shape) == {1} else expr


def _gradients(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    found = gradients(_number(exprs[0]), wrt, simplify_sharing)
    return [(one, (v,)) for one, v in zip(found, wrt, strict=True)]


def _value_and_gradients(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    (simple,) = simplify_sharing(exprs)
    return [(simple, None), *_gradients((simple,), wrt, further)]


def _way(exprs: Exprs) -> Simplified:
    """Return how what is derived forward, with axes of its own, is simplified.

    In a short expression deltas meet what they contract with; a long one grows with each use.
    """
    return simplify_sharing if len(topological(*exprs)) > _LONG else simplify_all


def _jacobians(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    way = _way(exprs)
    return [(jacobian(expr, v, way), (v,)) for expr in way(exprs) for v in wrt]


def _jacobians_in_reverse(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return [(jacobian_in_reverse(expr, v), (v,)) for expr in simplify_all(exprs) for v in wrt]


def _hessians(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    number = _number(exprs[0])
    blocks = [block for row in hessian_blocks(number, wrt, _way(exprs)) for block in row]
    return list(zip(blocks, product(wrt, wrt), strict=True))


def _pullbacks(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    shares = [vjp(expr, g, wrt, simplify_sharing) for expr, g in zip(exprs, further, strict=True)]
    totals = [add_terms([share[place] for share in shares], v.shape) for place, v in enumerate(wrt)]
    return [(one, (v,)) for one, v in zip(simplify_sharing(totals), wrt, strict=True)]


def _pushforwards(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    moves = list(zip(wrt, further, strict=True))
    return [(jvp(expr, moves, simplify_sharing), wrt) for expr in exprs]


def _tangents(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    simple = simplify_sharing(exprs)
    return [*[(expr, None) for expr in simple], *_pushforwards(simple, wrt, further)]


def _hessian_products(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    moves = list(zip(wrt, further, strict=True))
    found = gradients(_number(exprs[0]), wrt, simplify_sharing)
    return [(jvp(gradient, moves, simplify_sharing), wrt) for gradient in found]


def _cotangents(exprs: Exprs, wrt: Variables) -> Variables:
    names = ["the cotangent", *[f"cotangent {place}" for place in range(1, len(exprs))]]
    return tuple(
        [
            traced_variable(n, expr.shape, expr.is_complex)
            for n, expr in zip(names, exprs, strict=True)
        ]
    )


def _moved(exprs: Exprs, wrt: Variables) -> Variables:
    return tuple([traced_variable(f"the tangent of {v.name}", v.shape, v.is_complex) for v in wrt])


VALUE = Transform("VALUE", _values)
GRADIENT = Transform("GRADIENT", _gradients, of_number=True)
VALUE_AND_GRADIENT = Transform("VALUE_AND_GRADIENT", _value_and_gradients, of_number=True)
JACOBIAN = Transform("JACOBIAN", _jacobians)
JACOBIAN_IN_REVERSE = Transform("JACOBIAN_IN_REVERSE", _jacobians_in_reverse)
HESSIAN = Transform("HESSIAN", _hessians, of_number=True)
PULLBACK = Transform("PULLBACK", _pullbacks, _cotangents)
TANGENT = Transform("TANGENT", _tangents, _moved)
PUSHFORWARD = Transform("PUSHFORWARD", _pushforwards, _moved)
HESSIAN_PRODUCT = Transform("HESSIAN_PRODUCT", _hessian_products, _moved, of_number=True)
