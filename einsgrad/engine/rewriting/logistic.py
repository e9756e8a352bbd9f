"""Rewrites of softplus and of the sigmoid: what they share, and functions that do not overflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from einsgrad.expressions.dims import Dim, presumed
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import fold_constants, is_one_everywhere, unwrap
from einsgrad.expressions.tables.elementwise import ABS, LOG1P, MAXIMUM, SIGMOID, SOFTPLUS
from einsgrad.expressions.tables.properties import Bounds
from einsgrad.expressions.tables.rows import Elementwise
from einsgrad.expressions.tables.spellings import Bounded, Ufunc
from einsgrad.expressions.vocabulary.words import add, exp, negative, subtract
from einsgrad.expressions.walks import Rebuilding, rebuild_knowing, topological

DimSizes = Mapping[Dim, int]
# One slow function of up to this many entries is faster than six fast ones: "logistic
# regression" in `python -m benchmarks --only gradients`.
_FEW = 128
# An exponential that is finite, so that nothing warns, and so large that adding 1 rounds to it.
_BOUNDED_EXP = Elementwise(
    "bounded_exp",
    Bounded("np.exp(np.minimum({x}, {limit}))", logarithm=True, most=50),
    (None,),
    ((-3.0, 3.0),),
    bounds=Bounds(low=0),
    shares=False,
)
_QUOTIENT = Elementwise(
    "quotient",
    Ufunc("divide", ("x", "y")),
    (None, None),
    ((0.2, 3.0), (0.2, 3.0)),
    bounds=Bounds(low=0, where=(0, 1)),
    shares=False,
)
_LOG_ADD_EXP = Elementwise(
    "log_1_add_exp",
    Ufunc("logaddexp", (0, "x")),
    (None,),
    ((-3.0, 3.0),),
    bounds=Bounds(low=0),
    shares=False,
)


def share_softplus(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write sigmoids by the softplus of the same operand, where that is computed anyway.

    `sigmoid(x)` is `exp(x - softplus(x))`, and `1 - sigmoid(x)` is `exp(-softplus(x))`: two
    functions in place of five. Where `x` is infinite, and with it the softplus, the
    difference is undefined.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import sigmoid, softplus
    >>> x = Variable("x", ("n",))
    >>> share_softplus([softplus(x), sigmoid(x), subtract(1, sigmoid(x))])
    (softplus(x), exp(x - softplus(x)), exp(-softplus(x)))
    """
    softened = {_argument(node, SOFTPLUS) for node in topological(*exprs)} - {None}

    def shared(node: Expr, new: Expr, known: Rebuilding) -> Expr:
        whole, rest = _argument(node, SIGMOID), _argument(_taken_from_one(node), SIGMOID)
        if whole is not None and whole in softened:
            return exp(subtract(known.done[whole], _softplus(known.done[whole])))
        if rest is not None and rest in softened:
            return exp(negative(_softplus(known.done[rest])))
        return new

    return rebuild_knowing(exprs, shared)


def _argument(node: Expr | None, function: Elementwise) -> Expr | None:
    """Return the operand of this function where it is real."""
    match node:
        case Map(function=row, operands=(x,)) if row is function and not x.is_complex:
            return x
        case _:
            return None


def _softplus(x: Expr) -> Expr:
    return Map(SOFTPLUS, (x,))


def _taken_from_one(node: Expr) -> Expr | None:
    """Return `p` where an expression is `1 - p`."""
    if not isinstance(node, Add) or len(node.terms) != 2:
        return None
    for one, other in (node.terms, node.terms[::-1]):
        if is_one_everywhere(one) and isinstance(other, Einsum):
            coefficient, rest = fold_constants(other)
            return unwrap(rest) if coefficient == -1 else None
    return None


def open_softplus(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write softplus by functions that do not overflow, each of which may work in place."""
    x = _argument(node, SOFTPLUS)
    if x is None:
        return None
    if prod(presumed(dim, sizes, _FEW + 1) for dim in x.shape) <= _FEW:
        return Map(_LOG_ADD_EXP, (x,))
    modulus = Map(ABS, (x,))
    tail = Map(LOG1P, (exp(negative(modulus)),))
    return add(Map(MAXIMUM, (x, Constant(0))), tail)


def open_sigmoid(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write the sigmoid as exp(x) / (1 + exp(x)), 0 far to the left, whose parts work in place."""
    x = _argument(node, SIGMOID)
    if x is None:
        return None
    power = Map(_BOUNDED_EXP, (x,))
    return Map(_QUOTIENT, (power, add(1, power)))
