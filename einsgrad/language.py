"""The functions that expressions are written with: one for each row, and those composed of them.

These functions build expressions and nothing else; their arguments are expressions and
numbers. They are what the tables' derivatives are written over, and what Python's
operators and numpy's functions call on expressions.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from einsgrad.construct import add as add_terms
from einsgrad.construct import einsum as build_einsum
from einsgrad.construct import identity
from einsgrad.elementwise import reciprocal_or_zero
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expr import Constant, Delta, Expr, Map, MatrixMap, Reduce
from einsgrad.operators import provide
from einsgrad.reductions import MATRIX_FUNCTIONS, REDUCTIONS
from einsgrad.rows import ELEMENTWISE, Elementwise
from einsgrad.shaping import (
    as_expr,
    broadcast,
    broadcast_shape,
    elementwise_product,
    permute,
    unreduce,
)
from einsgrad.subscripts import Subscripts

Axis = int | Sequence[int] | None


def apply(row: Elementwise, *arguments: Any) -> Expr:
    """Apply an elementwise function with broadcasting.

    Raises
    ------
    ArgumentError
        If the number of arguments is not the row's.
    """
    if len(arguments) != row.arity:
        raise ArgumentError(f"{row.name} takes {row.arity} arguments, {len(arguments)} given.")
    operands = [as_expr(argument) for argument in arguments]
    shape = broadcast_shape(*operands)
    return Map(row, tuple(op if op.shape == () else broadcast(op, shape) for op in operands))


def _function(name: str) -> Callable[..., Expr]:
    row = ELEMENTWISE[name]

    def function(*arguments: Any) -> Expr:
        return apply(row, *arguments)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Apply `{name}` to every entry; see the table of elementwise functions."
    return function


exp = _function("exp")
log = _function("log")
log1p = _function("log1p")
expm1 = _function("expm1")
sqrt = _function("sqrt")
reciprocal = _function("reciprocal")
sin = _function("sin")
cos = _function("cos")
tan = _function("tan")
arcsin = _function("arcsin")
arccos = _function("arccos")
arctan = _function("arctan")
sinh = _function("sinh")
cosh = _function("cosh")
tanh = _function("tanh")
arcsinh = _function("arcsinh")
arctanh = _function("arctanh")
sigmoid = _function("sigmoid")
softplus = _function("softplus")
relu = _function("relu")
gelu = _function("gelu")
silu = _function("silu")
erf = _function("erf")
gammaln = _function("gammaln")
digamma = _function("digamma")
polygamma = _function("polygamma")
maximum = _function("maximum")
minimum = _function("minimum")
arctan2 = _function("arctan2")
hypot = _function("hypot")
heaviside = _function("heaviside")
greater = _function("greater")
greater_equal = _function("greater_equal")
less = _function("less")
less_equal = _function("less_equal")
equal = _function("equal")
not_equal = _function("not_equal")
where = _function("where")


def conj(x: Any) -> Expr:
    """Conjugate every entry; a real expression is returned as it is."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["conj"], expr) if expr.is_complex else expr


def real(x: Any) -> Expr:
    """Take the real part; a real expression is returned as it is."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["real"], expr) if expr.is_complex else expr


def imag(x: Any) -> Expr:
    """Take the imaginary part; of a real expression that is zeros."""
    expr = as_expr(x)
    return apply(ELEMENTWISE["imag"], expr) if expr.is_complex else 0 * expr


def abs(x: Any) -> Expr:
    """Take the modulus of every entry."""
    expr = as_expr(x)
    if expr.is_complex:
        return hypot(real(expr), imag(expr))
    return apply(ELEMENTWISE["abs"], expr)


def sign(x: Any) -> Expr:
    """Return x/|x|, and 0 at 0."""
    expr = as_expr(x)
    if expr.is_complex:
        return multiply(expr, reciprocal_or_zero(SYMBOLIC, abs(expr)))
    return apply(ELEMENTWISE["sign"], expr)


def add(*terms: Any) -> Expr:
    """Add expressions with broadcasting."""
    exprs = [as_expr(term) for term in terms]
    shape = broadcast_shape(*exprs)
    return add_terms([broadcast(expr, shape) for expr in exprs], shape)


def negative(x: Any) -> Expr:
    """Return -x."""
    return multiply(-1, x)


def subtract(x: Any, y: Any) -> Expr:
    """Return x - y."""
    return add(x, negative(y))


def multiply(*factors: Any) -> Expr:
    """Multiply entry by entry, with broadcasting."""
    return elementwise_product([as_expr(factor) for factor in factors])


def divide(x: Any, y: Any) -> Expr:
    """Return x / y."""
    divisor = as_expr(y)
    if isinstance(divisor, Constant):
        if divisor.value == 0:
            raise ArgumentError(f"{clip(x)} is divided by 0.")
        return multiply(x, Constant(1 / divisor.value))
    return multiply(x, reciprocal(divisor))


def square(x: Any) -> Expr:
    """Return x * x."""
    return multiply(x, x)


def power(x: Any, y: Any) -> Expr:
    """Return x**y; the exponents -1, 0.5, 1 and 2 become simpler functions."""
    exponent = as_expr(y)
    simple: dict[object, Callable[[Any], Expr]] = {
        -1: reciprocal,
        0.5: sqrt,
        1: as_expr,
        2: square,
    }
    if isinstance(exponent, Constant) and exponent.value in simple:
        return simple[exponent.value](x)
    return apply(ELEMENTWISE["power"], x, exponent)


def einsum(subscripts: Subscripts, *operands: Any) -> Expr:
    """Contract expressions by label lists."""
    return build_einsum(subscripts, [as_expr(operand) for operand in operands])


def transpose(x: Any, axes: Sequence[int] | None = None) -> Expr:
    """Permute the axes; by default reverse them."""
    expr = as_expr(x)
    rank = len(expr.shape)
    order = tuple(reversed(range(rank))) if axes is None else _axes(axes, rank, ordered=True)
    if sorted(order) != list(range(rank)):
        raise ArgumentError(f"{clip(axes)} is no permutation of the {rank} axes of {clip(expr)}.")
    return permute(expr, order)


def matmul(x: Any, y: Any) -> Expr:
    """Multiply matrices in the last two axes, vectors in the last; leading axes broadcast."""
    a, b = as_expr(x), as_expr(y)
    if not a.shape or not b.shape:
        raise ShapeError(f"{clip(a)} @ {clip(b)}: numbers are multiplied with *.")
    left: list[object] = ["row", "inner"] if len(a.shape) > 1 else ["inner"]
    right: list[object] = ["inner", "column"] if len(b.shape) > 1 else ["inner"]
    batch = builtins.max(len(a.shape) - len(left), len(b.shape) - len(right))
    left = [*range(batch - len(a.shape) + len(left), batch), *left]
    right = [*range(batch - len(b.shape) + len(right), batch), *right]
    return _broadcast_einsum(a, left, b, right, batch)


def _broadcast_einsum(
    a: Expr, left: list[object], b: Expr, right: list[object], batch: int
) -> Expr:
    """Contract two operands whose leading axes may stretch from size 1."""
    dims = dict(zip(left, a.shape, strict=True))
    for place, (label, dim) in enumerate(zip(right, b.shape, strict=True)):
        other = dims.get(label, dim)
        if other == dim or not isinstance(label, int):
            continue
        if dim == 1:
            right[place] = ("stretched", label)
        elif other == 1:
            left[left.index(label)] = ("stretched", label)
    if dims["inner"] != b.shape[right.index("inner")]:
        raise ShapeError(
            f"{clip(a)} @ {clip(b)}: the inner dims {dims['inner']} and "
            f"{b.shape[right.index('inner')]} differ."
        )
    free = [label for label in ("row", "column") if label in (*left, *right)]
    return build_einsum(Subscripts((tuple(left), tuple(right)), (*range(batch), *free)), (a, b))


def dot(x: Any, y: Any) -> Expr:
    """Contract the last axis of x with the last but one of y; numbers multiply."""
    a, b = as_expr(x), as_expr(y)
    if not a.shape or not b.shape:
        return multiply(a, b)
    left = tuple(("x", axis) for axis in range(len(a.shape)))
    right = tuple(("y", axis) for axis in range(len(b.shape)))
    inner = builtins.max(len(b.shape) - 2, 0)
    right = (*right[:inner], left[-1], *right[inner + 1 :])
    output = (*left[:-1], *right[:inner], *right[inner + 1 :])
    return build_einsum(Subscripts((left, right), output), (a, b))


def outer(x: Any, y: Any) -> Expr:
    """Return the outer product, the axes of x before those of y."""
    a, b = as_expr(x), as_expr(y)
    left = tuple(range(len(a.shape)))
    right = tuple(range(len(left), len(left) + len(b.shape)))
    return build_einsum(Subscripts((left, right), (*left, *right)), (a, b))


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Sum over axes; by default over all."""
    expr = as_expr(x)
    axes = _axes(axis, len(expr.shape))
    kept = tuple(a for a in range(len(expr.shape)) if a not in axes)
    labels = tuple(range(len(expr.shape)))
    total = build_einsum(Subscripts((labels,), kept), (expr,)) if axes else expr
    return _kept(total, expr, axes) if keepdims else total


def _kept(reduced: Expr, original: Expr, axes: Sequence[int]) -> Expr:
    """Give a reduced expression axes of size 1 where it was reduced."""
    shape = tuple(1 if a in axes else dim for a, dim in enumerate(original.shape))
    return unreduce(reduced, shape, axes)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Average over axes; by default over all."""
    expr = as_expr(x)
    axes = _axes(axis, len(expr.shape))
    sizes = [reciprocal(Delta(expr.shape[a], 0)) for a in axes]
    return multiply(sum(expr, axes, keepdims=keepdims), *sizes)


def trace(x: Any) -> Expr:
    """Sum the diagonal of the first two axes."""
    return _diagonal(x, keep=False)


def diag(x: Any) -> Expr:
    """Return the diagonal of a matrix, or the diagonal matrix of a vector."""
    expr = as_expr(x)
    if len(expr.shape) == 1:
        return build_einsum(Subscripts(((0,),), (0, 0)), (expr,))
    return _diagonal(expr, keep=True)


def _diagonal(x: Any, *, keep: bool) -> Expr:
    expr = as_expr(x)
    if len(expr.shape) < 2 or expr.shape[0] != expr.shape[1]:
        raise ShapeError(f"{clip(expr)} has no diagonal: its first two dims must be equal.")
    rest = tuple(range(2, len(expr.shape)))
    output = (*rest, 0) if keep else rest
    return build_einsum(Subscripts(((0, 0, *rest),), output), (expr,))


def norm2(x: Any) -> Expr:
    """Return the sum of the squared moduli of all entries."""
    expr = as_expr(x)
    return sum(real(multiply(conj(expr), expr)))


def norm(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the square root of the sum of squared moduli."""
    expr = as_expr(x)
    if expr.is_complex:
        return sqrt(sum(real(multiply(conj(expr), expr)), axis, keepdims=keepdims))
    return _reduce("norm", expr, axis, keepdims=keepdims)


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return log(sum(exp(x))) without overflow."""
    return _reduce("logsumexp", x, axis, keepdims=keepdims)


def max(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the largest entry along axes."""
    return _reduce("max", x, axis, keepdims=keepdims)


def min(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Return the smallest entry along axes."""
    return _reduce("min", x, axis, keepdims=keepdims)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expr:
    """Multiply the entries along axes."""
    return _reduce("prod", x, axis, keepdims=keepdims)


def _reduce(name: str, x: Any, axis: Axis, *, keepdims: bool) -> Expr:
    expr = as_expr(x)
    axes = _axes(axis, len(expr.shape))
    if not axes:
        return abs(expr) if name == "norm" else expr
    reduced = Reduce(REDUCTIONS[name], expr, tuple(sorted(axes)))
    return _kept(reduced, expr, axes) if keepdims else reduced


def softmax(x: Any, axis: int = -1) -> Expr:
    """Return exp(x) divided by its sum along an axis, without overflow."""
    return exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: int = -1) -> Expr:
    """Return the logarithm of `softmax`, without overflow."""
    return subtract(x, logsumexp(x, axis, keepdims=True))


def inverse(x: Any) -> Expr:
    """Invert the matrices in the last two axes."""
    return MatrixMap(MATRIX_FUNCTIONS["inverse"], as_expr(x))


def det(x: Any) -> Expr:
    """Return the determinants of the matrices in the last two axes."""
    return MatrixMap(MATRIX_FUNCTIONS["det"], as_expr(x))


def logdet(x: Any) -> Expr:
    """Return log|det| of the matrices in the last two axes."""
    expr = as_expr(x)
    if expr.is_complex:
        return log(abs(det(expr)))
    return MatrixMap(MATRIX_FUNCTIONS["logdet"], expr)


def solve(a: Any, b: Any) -> Expr:
    """Solve a x = b, where b is a vector or a matrix of columns."""
    return matmul(inverse(a), b)


def shared(weights: Any, axes: Sequence[int]) -> Expr:
    """Divide weights by their sum over axes."""
    expr = as_expr(weights)
    return multiply(expr, reciprocal(sum(expr, axes, keepdims=True)))


def product_of_others(x: Any, axes: Sequence[int]) -> Expr:
    """Return, for every entry, the product of the others along axes; right at zeros too.

    With e the identity on those axes, it is the product over the second of their copies
    of `x + e (1 - x)`, whose factor is 1 where the copies meet.
    """
    expr = as_expr(x)
    rank = len(expr.shape)
    copies = tuple(rank + number for number in range(len(axes)))
    swapped = [copies[axes.index(a)] if a in axes else a for a in range(rank)]
    full = (*range(rank), *copies)
    shape = (*expr.shape, *(expr.shape[a] for a in axes))
    ones = tuple(Delta(dim, 1) for dim in shape)
    lists = tuple((label,) for label in full)
    spread = build_einsum(Subscripts((tuple(swapped), *lists), full), (expr, *ones))
    pairs = tuple((a, copy) for a, copy in zip(axes, copies, strict=True))
    deltas = tuple(Delta(expr.shape[a], 2) for a in axes)
    meet = build_einsum(Subscripts((*pairs, *lists), full), (*deltas, *ones))
    factors = add(spread, multiply(meet, subtract(1, spread)))
    return Reduce(REDUCTIONS["prod"], factors, copies)


def eye(*dims: int | str) -> Expr:
    """Return the identity on tensors of the given dims; `eye("n")` is the identity matrix."""
    expr = identity(dims)
    return Delta(dims[0], 2) if len(dims) == 1 else expr


def ones(*dims: int | str) -> Expr:
    """Return a tensor of ones."""
    return broadcast(Constant(1), dims)


def _axes(axis: Axis, rank: int, *, ordered: bool = False) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    given = (axis,) if isinstance(axis, int) else tuple(axis)
    if len(given) == 1 and not isinstance(given[0], int):
        given = tuple(given[0])
    for one in given:
        if not -rank <= one < rank:
            raise ArgumentError(f"axis {one} is out of range for {rank} axes.")
    axes = tuple(one % rank for one in given)
    if len(set(axes)) < len(axes):
        raise ArgumentError(f"an axis is given twice: {clip(given)}.")
    return axes if ordered else tuple(sorted(axes))


class Symbolic:
    """The namespace `m` that derivatives of table rows are written over, for expressions."""

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        composed: Callable[..., Expr] | None = globals().get(name)
        if callable(composed):
            return composed
        if name not in ELEMENTWISE:
            raise AttributeError(f"no function is named {name!r}")
        return _function(name)


SYMBOLIC = Symbolic()

provide(
    add=add,
    subtract=subtract,
    multiply=multiply,
    divide=divide,
    power=power,
    negative=negative,
    matmul=matmul,
    transpose=transpose,
    sum=sum,
    mean=mean,
    max=max,
    min=min,
    prod=prod,
    dot=dot,
    trace=trace,
    conj=conj,
    real=real,
    imag=imag,
    abs=abs,
    less=less,
    less_equal=less_equal,
    greater=greater,
    greater_equal=greater_equal,
    equal=equal,
)
