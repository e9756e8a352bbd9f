"""Functions in terms of others, so that what is known of few is known of all.

What is left are exponentials, logarithms, roots, powers, sines and cosines, signs and comparisons,
and functions of which nothing is known but their symmetries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import log, pi, prod

from einsgrad.expressions.construct import build_einsum, scale
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Reduce,
)
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import broadcast
from einsgrad.expressions.tables.elementwise import EXP, LOG
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGSUMEXP, NORM
from einsgrad.proof.building import (
    chosen_of,
    exp,
    inverse,
    logarithm,
    modulus,
    negative_of,
    plain,
    power,
    product_of,
    quotient_of,
    root,
    sum_of,
)
from einsgrad.proof.special import SPECIAL
from einsgrad.strings.subscripts import Subscripts


def _sigmoid(x: Expr) -> Expr:
    return inverse(sum_of(1, exp(negative_of(x))))


def _heaviside(x: Expr, y: Expr | Number) -> Expr:
    return chosen_of(plain("greater", x, 0), 1, chosen_of(plain("equal", x, 0), y, 0))


def _tied(x: Expr, y: Expr) -> Expr:
    return chosen_of(plain("greater", x, y), 1, chosen_of(plain("equal", x, y), 0.5, 0))


def _tanh(x: Expr) -> Expr:
    return sum_of(1, scale(-2, inverse(sum_of(1, exp(scale(2, x))))))


def _arctanh(x: Expr) -> Expr:
    return scale(0.5, logarithm(quotient_of(sum_of(1, x), sum_of(1, negative_of(x)))))


def _remainder(rounding: str, x: Expr, y: Expr) -> Expr:
    return sum_of(x, negative_of(product_of(y, plain(rounding, quotient_of(x, y)))))


def _xlogy(x: Expr, y: Expr) -> Expr:
    return product_of(x, logarithm(y))


def _below(name: str, x: Expr, y: Expr) -> Expr:
    """Compare in the other order."""
    return plain(name, y, x)


MAPS: Mapping[str, Callable[..., Expr]] = {
    "square": lambda x: product_of(x, x),
    "log1p": lambda x: logarithm(sum_of(1, x)),
    "expm1": lambda x: sum_of(exp(x), -1),
    "exp2": lambda x: exp(scale(log(2), x)),
    "exp10": lambda x: exp(scale(log(10), x)),
    "log2": lambda x: scale(1 / log(2), logarithm(x)),
    "log10": lambda x: scale(1 / log(10), logarithm(x)),
    "sigmoid": _sigmoid,
    "softplus": lambda x: logarithm(sum_of(1, exp(x))),
    "silu": lambda x: product_of(x, _sigmoid(x)),
    "logit": lambda x: sum_of(logarithm(x), negative_of(logarithm(sum_of(1, negative_of(x))))),
    "tanh": _tanh,
    "sinh": lambda x: scale(0.5, sum_of(exp(x), negative_of(exp(negative_of(x))))),
    "cosh": lambda x: scale(0.5, sum_of(exp(x), exp(negative_of(x)))),
    "arcsinh": lambda x: logarithm(sum_of(x, root(sum_of(product_of(x, x), 1)))),
    "arccosh": lambda x: logarithm(sum_of(x, product_of(root(sum_of(x, -1)), root(sum_of(x, 1))))),
    "arctanh": lambda x: scale(
        0.5, logarithm(quotient_of(sum_of(1, x), sum_of(1, negative_of(x))))
    ),
    "tan": lambda x: quotient_of(plain("sin", x), plain("cos", x)),
    "cosm1": lambda x: sum_of(plain("cos", x), -1),
    "deg2rad": lambda x: scale(pi / 180, x),
    "rad2deg": lambda x: scale(180 / pi, x),
    "sindg": lambda x: plain("sin", scale(pi / 180, x)),
    "cosdg": lambda x: plain("cos", scale(pi / 180, x)),
    "arccos": lambda x: sum_of(pi / 2, negative_of(plain("arcsin", x))),
    "cbrt": lambda x: product_of(plain("sign", x), power(modulus(x), 1 / 3)),
    "hypot": lambda x, y: root(sum_of(product_of(x, x), product_of(y, y))),
    "logaddexp": lambda x, y: logarithm(sum_of(exp(x), exp(y))),
    "logaddexp2": lambda x, y: scale(
        1 / log(2), logarithm(sum_of(exp(scale(log(2), x)), exp(scale(log(2), y))))
    ),
    "xlogy": _xlogy,
    "xlog1py": lambda x, y: _xlogy(x, sum_of(1, y)),
    "entr": lambda x: negative_of(_xlogy(x, x)),
    "rel_entr": lambda x, y: sum_of(_xlogy(x, x), negative_of(_xlogy(x, y))),
    "kl_div": lambda x, y: sum_of(_xlogy(x, x), negative_of(_xlogy(x, y)), negative_of(x), y),
    "relu": lambda x: chosen_of(plain("greater", x, 0), x, 0),
    "heaviside": _heaviside,
    "tied_step": _tied,
    "maximum": lambda x, y: chosen_of(plain("greater", x, y), x, y),
    "minimum": lambda x, y: chosen_of(plain("greater", x, y), y, x),
    "fmax": lambda x, y: chosen_of(plain("greater", x, y), x, y),
    "fmin": lambda x, y: chosen_of(plain("greater", x, y), y, x),
    "less": partial(_below, "greater"),
    "less_equal": partial(_below, "greater_equal"),
    "copysign": lambda x, y: product_of(modulus(x), chosen_of(plain("greater_equal", y, 0), 1, -1)),
    "floor_divide": lambda x, y: plain("floor", quotient_of(x, y)),
    "remainder": lambda x, y: sum_of(
        x, negative_of(product_of(y, plain("floor", quotient_of(x, y))))
    ),
    "fmod": lambda x, y: sum_of(x, negative_of(product_of(y, plain("trunc", quotient_of(x, y))))),
    "as_integer": lambda x: plain("trunc", x),
    "round_to": lambda x, y: quotient_of(plain("rint", product_of(x, y)), y),
    "stop_gradient": lambda x: x,
    "nan_to_num": lambda x: x,
    "tandg": lambda x: quotient_of(
        plain("sin", scale(pi / 180, x)), plain("cos", scale(pi / 180, x))
    ),
    # Of programs only.
    "bounded_exp": exp,
    "quotient": quotient_of,
    "log_1_add_exp": lambda x: logarithm(sum_of(1, exp(x))),
    "finite": lambda x: x,
    "quiet_log": logarithm,
    **SPECIAL,
}
"""Elementwise functions, given their operands."""


def _exponential(x: Expr) -> Expr:
    """Write the exponential of a sum with logarithms as a product of what these are of."""
    terms = x.terms if isinstance(x, Add) else (x,)
    powers = {term: found for term in terms if (found := _power_of(term)) is not None}
    if not powers:
        return exp(x)
    rest = [term for term in terms if term not in powers]
    factors = [exp(sum_of(*rest))] if rest else []
    return product_of(*factors, *powers.values())


def _power_of(term: Expr) -> Expr | None:
    """Return the exponential of a logarithm or its negative, spread as it is; None of others."""
    found = _within_logarithm(term)
    if found is None:
        return None
    spread, sign = found
    return spread if sign == 1 else inverse(spread)


def _within_logarithm(term: Expr) -> tuple[Expr, int] | None:
    """Return what a logarithm is of, spread as that is, and the sign before the logarithm."""
    chain: list[Einsum] = []
    sign = 1
    while isinstance(term, Einsum):
        inner = [one for one in term.operands if not _is_sign_or_ones(one)]
        if len(inner) != 1 or any(term.dims[label] != 1 for label in term.subscripts.summed):
            return None
        sign *= prod(int(one.value.real) for one in term.operands if isinstance(one, Constant))
        chain.append(term)
        (term,) = inner
    if not isinstance(term, Map) or term.function is not LOG:
        return None
    spread = term.operands[0]
    for outer in reversed(chain):
        operands = tuple(_without_sign(one, spread) for one in outer.operands)
        spread = Einsum(outer.subscripts, operands)
    return spread, sign


def _is_sign_or_ones(one: Expr) -> bool:
    if isinstance(one, Constant):
        return one.value in (-1, 1)
    return isinstance(one, Delta) and one.order == 1


def _without_sign(one: Expr, inner: Expr) -> Expr:
    if isinstance(one, Constant):
        return Constant(1)
    return one if _is_sign_or_ones(one) else inner


def _sign_of_det(x: Expr) -> Expr:
    determinant = MatrixMap(DET, x)
    if not x.is_complex:
        return plain("sign", determinant)
    return quotient_of(determinant, modulus(determinant))


def _adjugate(x: Expr) -> Expr:
    rank = len(x.shape)
    whole, numbers = tuple(range(rank)), tuple(range(rank - 2))
    factors = (MatrixMap(DET, x), MatrixMap(INVERSE, x))
    return build_einsum(Subscripts((numbers, whole), whole), factors)


def _log_of_modulus(x: Expr) -> Expr:
    return logarithm(modulus(MatrixMap(DET, x)))


MATRIX_MAPS: Mapping[str, Callable[[Expr], Expr]] = {
    "logdet": _log_of_modulus,
    "sign_of_det": _sign_of_det,
    "positive_definite": lambda x: x,
    # Of programs only.
    "adjugate": _adjugate,
    "log_of_det": lambda x: logarithm(MatrixMap(DET, x)),
    "log_of_modulus": _log_of_modulus,
}
"""Functions of matrices, given the matrix."""


def _side(x: Expr) -> Expr:
    """Return the cosine of the angle with a sine."""
    return root(sum_of(1, negative_of(product_of(x, x))))


def _hypotenuse(x: Expr) -> Expr:
    """Return the reciprocal of the cosine of the angle with a tangent."""
    return root(sum_of(1, product_of(x, x)))


UNDONE: Mapping[tuple[str, str], Callable[[Expr], Expr]] = {
    ("sin", "arcsin"): lambda x: x,
    ("cos", "arcsin"): _side,
    ("tan", "arcsin"): lambda x: quotient_of(x, _side(x)),
    ("sin", "arctan"): lambda x: quotient_of(x, _hypotenuse(x)),
    ("cos", "arctan"): lambda x: inverse(_hypotenuse(x)),
    ("tan", "arctan"): lambda x: x,
    ("erf", "erfinv"): lambda x: x,
}
"""Functions of functions that they undo, given the operand of these."""


def _sum(x: Expr, axes: tuple[int, ...]) -> Expr:
    labels = tuple(range(len(x.shape)))
    kept = tuple(label for label in labels if label not in axes)
    return build_einsum(Subscripts((labels,), kept), (x,))


def defined(node: Expr) -> Expr:
    """Write the function that a node applies out in terms of others; what has no definition stays.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> defined(plain("expm1", Variable("x", ())))
    exp(x) - 1
    """
    match node:
        case Map(function=function, operands=(Map() as inner,)) if (
            function.name,
            inner.function.name,
        ) in UNDONE:
            return UNDONE[function.name, inner.function.name](*inner.operands)
        case Map(function=function, operands=operands) if function is EXP:
            return _exponential(*operands)
        case Map(function=function, operands=operands):
            of_map = MAPS.get(function.name)
            found = node if of_map is None else of_map(*operands)
            return found if found.shape == node.shape else broadcast(found, node.shape)
        case Reduce(function=reduction, operand=x, axes=axes):
            if reduction is LOGSUMEXP:
                return logarithm(_sum(exp(x), axes))
            return root(_sum(product_of(x, x), axes)) if reduction is NORM else node
        case MatrixMap(function=matrix_function, operand=x):
            of_matrix = MATRIX_MAPS.get(matrix_function.name)
            return node if of_matrix is None else of_matrix(x)
        case _:
            return node
