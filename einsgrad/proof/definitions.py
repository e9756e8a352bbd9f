"""Functions in terms of others, so that what is known of few is known of all.

What is left are exponentials, logarithms, roots, powers, sines and cosines, signs and comparisons,
and functions of which nothing is known but their symmetries. Nodes are built as they are: no rule
may find an idiom again that has just been written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import log, pi, sqrt

from einsgrad.expressions.construct import add_terms, build_einsum, scale
from einsgrad.expressions.nodes import Constant, Expr, Map, MatrixMap, Number, Reduce
from einsgrad.expressions.shaping import as_expr, broadcast, elementwise_product
from einsgrad.expressions.tables.reductions import DET
from einsgrad.expressions.tables.rows import elementwise_row
from einsgrad.strings.subscripts import Subscripts


def plain(name: str, *operands: Expr | Number) -> Expr:
    """Apply an elementwise function, and nothing else."""
    return Map(elementwise_row(name), tuple(as_expr(one) for one in operands))


def _plus(*terms: Expr | Number) -> Expr:
    """Add expressions, of which some may be numbers."""
    exprs = [as_expr(term) for term in terms]
    shape = max((one.shape for one in exprs), key=len)
    return add_terms([broadcast(one, shape) for one in exprs], shape)


def _times(*factors: Expr | Number) -> Expr:
    """Multiply expressions, of which some may be numbers."""
    return elementwise_product([as_expr(one) for one in factors])


def _minus(x: Expr) -> Expr:
    """Return the negative."""
    return scale(-1, x)


exp, root, inverse = partial(plain, "exp"), partial(plain, "sqrt"), partial(plain, "reciprocal")
logarithm, power, modulus = partial(plain, "log"), partial(plain, "power"), partial(plain, "abs")


def _chosen(condition: Expr, yes: Expr | Number, no: Expr | Number) -> Expr:
    return plain("where", condition, yes, no)


def _sigmoid(x: Expr) -> Expr:
    return inverse(_plus(1, exp(_minus(x))))


def _heaviside(x: Expr, y: Expr | Number) -> Expr:
    return _chosen(plain("greater", x, 0), 1, _chosen(plain("equal", x, 0), y, 0))


def _tied(x: Expr, y: Expr) -> Expr:
    return _chosen(plain("greater", x, y), 1, _chosen(plain("equal", x, y), 0.5, 0))


def _tanh(x: Expr) -> Expr:
    return _plus(1, scale(-2, inverse(_plus(1, exp(scale(2, x))))))


def _quotient(x: Expr, y: Expr) -> Expr:
    return _times(x, inverse(y))


def _ndtr(x: Expr) -> Expr:
    return scale(0.5, _plus(1, plain("erf", scale(1 / sqrt(2), x))))


def _erfcx(x: Expr) -> Expr:
    return _times(exp(_times(x, x)), _plus(1, _minus(plain("erf", x))))


def _gamma(x: Expr) -> Expr:
    return exp(plain("gammaln", x))


def _betaln(a: Expr, b: Expr) -> Expr:
    return _plus(plain("gammaln", a), plain("gammaln", b), _minus(plain("gammaln", _plus(a, b))))


def _xlogy(x: Expr, y: Expr) -> Expr:
    return _times(x, logarithm(y))


def _below(name: str, x: Expr, y: Expr) -> Expr:
    """Compare in the other order."""
    return plain(name, y, x)


MAPS: Mapping[str, Callable[..., Expr]] = {
    "square": lambda x: _times(x, x),
    "log1p": lambda x: logarithm(_plus(1, x)),
    "expm1": lambda x: _plus(exp(x), -1),
    "exp2": lambda x: exp(scale(log(2), x)),
    "exp10": lambda x: exp(scale(log(10), x)),
    "log2": lambda x: scale(1 / log(2), logarithm(x)),
    "log10": lambda x: scale(1 / log(10), logarithm(x)),
    "sigmoid": _sigmoid,
    "softplus": lambda x: logarithm(_plus(1, exp(x))),
    "silu": lambda x: _times(x, _sigmoid(x)),
    "logit": lambda x: _plus(logarithm(x), _minus(logarithm(_plus(1, _minus(x))))),
    "tanh": _tanh,
    "sinh": lambda x: scale(0.5, _plus(exp(x), _minus(exp(_minus(x))))),
    "cosh": lambda x: scale(0.5, _plus(exp(x), exp(_minus(x)))),
    "arcsinh": lambda x: logarithm(_plus(x, root(_plus(_times(x, x), 1)))),
    "arccosh": lambda x: logarithm(_plus(x, _times(root(_plus(x, -1)), root(_plus(x, 1))))),
    "arctanh": lambda x: scale(0.5, logarithm(_quotient(_plus(1, x), _plus(1, _minus(x))))),
    "tan": lambda x: _quotient(plain("sin", x), plain("cos", x)),
    "cosm1": lambda x: _plus(plain("cos", x), -1),
    "deg2rad": lambda x: scale(pi / 180, x),
    "rad2deg": lambda x: scale(180 / pi, x),
    "sindg": lambda x: plain("sin", scale(pi / 180, x)),
    "cosdg": lambda x: plain("cos", scale(pi / 180, x)),
    "arccos": lambda x: _plus(pi / 2, _minus(plain("arcsin", x))),
    "cbrt": lambda x: _times(plain("sign", x), power(modulus(x), 1 / 3)),
    "hypot": lambda x, y: root(_plus(_times(x, x), _times(y, y))),
    "logaddexp": lambda x, y: logarithm(_plus(exp(x), exp(y))),
    "logaddexp2": lambda x, y: scale(
        1 / log(2), logarithm(_plus(exp(scale(log(2), x)), exp(scale(log(2), y))))
    ),
    "xlogy": _xlogy,
    "xlog1py": lambda x, y: _xlogy(x, _plus(1, y)),
    "entr": lambda x: _minus(_xlogy(x, x)),
    "rel_entr": lambda x, y: _plus(_xlogy(x, x), _minus(_xlogy(x, y))),
    "kl_div": lambda x, y: _plus(_xlogy(x, x), _minus(_xlogy(x, y)), _minus(x), y),
    "erfc": lambda x: _plus(1, _minus(plain("erf", x))),
    "ndtr": _ndtr,
    "log_ndtr": lambda x: logarithm(_ndtr(x)),
    "gelu": lambda x: _times(x, _ndtr(x)),
    "erfcx": _erfcx,
    "gamma": _gamma,
    "loggamma": lambda x: plain("gammaln", x),
    "rgamma": lambda x: exp(_minus(plain("gammaln", x))),
    "digamma": lambda x: plain("polygamma", Constant(0), x),
    "betaln": _betaln,
    "beta": lambda a, b: exp(_betaln(a, b)),
    "poch": lambda x, k: exp(_plus(plain("gammaln", _plus(x, k)), _minus(plain("gammaln", x)))),
    "gammaincc": lambda a, x: _plus(1, _minus(plain("gammainc", a, x))),
    "betaincc": lambda a, b, x: _plus(1, _minus(plain("betainc", a, b, x))),
    "j0": lambda x: plain("jv", 0, x),
    "j1": lambda x: plain("jv", 1, x),
    "y0": lambda x: plain("yv", 0, x),
    "y1": lambda x: plain("yv", 1, x),
    "i0": lambda x: plain("iv", 0, x),
    "i1": lambda x: plain("iv", 1, x),
    "k0": lambda x: plain("kv", 0, x),
    "k1": lambda x: plain("kv", 1, x),
    "sinc": lambda x: plain("sinc_derivative", Constant(0), x),
    "relu": lambda x: _chosen(plain("greater", x, 0), x, 0),
    "heaviside": _heaviside,
    "tied_step": _tied,
    "maximum": lambda x, y: _chosen(plain("greater", x, y), x, y),
    "minimum": lambda x, y: _chosen(plain("greater", x, y), y, x),
    "fmax": lambda x, y: _chosen(plain("greater", x, y), x, y),
    "fmin": lambda x, y: _chosen(plain("greater", x, y), y, x),
    "less": partial(_below, "greater"),
    "less_equal": partial(_below, "greater_equal"),
    "copysign": lambda x, y: _times(modulus(x), _chosen(plain("greater_equal", y, 0), 1, -1)),
    "floor_divide": lambda x, y: plain("floor", _quotient(x, y)),
    "remainder": lambda x, y: _plus(x, _minus(_times(y, plain("floor", _quotient(x, y))))),
    "fmod": lambda x, y: _plus(x, _minus(_times(y, plain("trunc", _quotient(x, y))))),
    "as_integer": lambda x: plain("trunc", x),
    "round_to": lambda x, y: _quotient(plain("rint", _times(x, y)), y),
    "stop_gradient": lambda x: x,
    "nan_to_num": lambda x: x,
}
"""Elementwise functions, given their operands."""


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
        case Map(function=function, operands=operands) if function.name in MAPS:
            found = MAPS[function.name](*operands)
            return found if found.shape == node.shape else broadcast(found, node.shape)
        case Reduce(function=reduction, operand=x, axes=axes):
            if reduction.name == "logsumexp":
                return logarithm(_sum(exp(x), axes))
            return root(_sum(_times(x, x), axes)) if reduction.name == "norm" else node
        case MatrixMap(function=matrix_function, operand=x):
            name = matrix_function.name
            if name == "logdet":
                return logarithm(modulus(MatrixMap(DET, x)))
            if name == "sign_of_det":
                determinant = MatrixMap(DET, x)
                if not x.is_complex:
                    return plain("sign", determinant)
                return _quotient(determinant, modulus(determinant))
            return x if name == "positive_definite" else node
        case _:
            return node
