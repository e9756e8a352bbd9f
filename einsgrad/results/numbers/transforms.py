"""The kinds of derivatives that may be asked of a function, and what each derives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from einsgrad.calculus.derivatives import gradients, hessian_blocks, jacobian, jvp, vjp
from einsgrad.expressions.capture import TRACED
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.simplification.simplify import simplify_all, simplify_expr

Exprs: TypeAlias = "tuple[Expr, ...]"
Variables: TypeAlias = "tuple[Variable, ...]"
Wanted: TypeAlias = "Sequence[tuple[Expr, Variables | None]]"
"""Expressions, each with the variables whose precision it has at least if it is a derivative."""


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
    """

    name: str
    derive: Callable[[Exprs, Variables, Variables], Wanted]
    further: Callable[[Exprs, Variables], Variables] = _nothing

    def __reduce__(self) -> str:
        return self.name


def further_variable(name: str, like: Expr) -> Variable:
    """Return an input beside the arguments, of an expression's shape.

    No argument has its name, which has a space.
    """
    traits = (TRACED, COMPLEX) if like.is_complex else (TRACED,)
    return Variable(name, like.shape, frozenset(traits))


def _values(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return [(expr, None) for expr in simplify_all(exprs)]


def _gradients(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return [(one, (v,)) for one, v in zip(gradients(exprs[0], wrt), wrt, strict=True)]


def _value_and_gradients(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    simple = simplify_expr(exprs[0])
    return [(simple, None), *_gradients((simple,), wrt, further)]


def _jacobians(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    simple = simplify_expr(exprs[0])
    return [(jacobian(simple, v), (v,)) for v in wrt]


def _hessians(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    blocks = [block for row in hessian_blocks(exprs[0], wrt) for block in row]
    return list(zip(blocks, product(wrt, wrt), strict=True))


def _pullbacks(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return [(one, (v,)) for one, v in zip(vjp(exprs[0], further[0], wrt), wrt, strict=True)]


def _tangents(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    simple = simplify_expr(exprs[0])
    return [(simple, None), (jvp(simple, zip(wrt, further, strict=True)), wrt)]


def _pushforwards(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    return _tangents(exprs, wrt, further)[1:]


def _hessian_products(exprs: Exprs, wrt: Variables, further: Variables) -> Wanted:
    moves = list(zip(wrt, further, strict=True))
    return [(jvp(gradient, moves), wrt) for gradient in gradients(exprs[0], wrt)]


def _cotangent(exprs: Exprs, wrt: Variables) -> Variables:
    return (further_variable("the cotangent", exprs[0]),)


def _moved(exprs: Exprs, wrt: Variables) -> Variables:
    return tuple([further_variable(f"the tangent of {v.name}", v) for v in wrt])


VALUE = Transform("VALUE", _values)
GRADIENT = Transform("GRADIENT", _gradients)
VALUE_AND_GRADIENT = Transform("VALUE_AND_GRADIENT", _value_and_gradients)
JACOBIAN = Transform("JACOBIAN", _jacobians)
HESSIAN = Transform("HESSIAN", _hessians)
PULLBACK = Transform("PULLBACK", _pullbacks, _cotangent)
TANGENT = Transform("TANGENT", _tangents, _moved)
PUSHFORWARD = Transform("PUSHFORWARD", _pushforwards, _moved)
HESSIAN_PRODUCT = Transform("HESSIAN_PRODUCT", _hessian_products, _moved)
