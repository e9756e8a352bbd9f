"""What a node is read as when it is written: a softmax, a triangle, what is divided by."""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.expressions.construct import build_einsum, factor_expr, with_factors
from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Map, Number, Reduce
from einsgrad.expressions.products import (
    contract_deltas,
    contracted,
    fold_constants,
    is_ones_vector,
    unwrap,
)
from einsgrad.expressions.selectors import Step
from einsgrad.expressions.tables.elementwise import EXP, POWER, RECIPROCAL, SQRT
from einsgrad.expressions.walks import children
from einsgrad.strings.subscripts import Subscripts

_HALF = 0.5


def scalar_core(expr: Expr) -> Expr | None:
    """Return the number that stands in every entry of an expression, or None.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.selectors import Delta
    >>> s = Variable("s", ())
    >>> scalar_core(s * Delta("n", 1)) is s
    True
    """
    if not expr.shape:
        return expr
    if is_ones_vector(expr):
        return Constant(1)
    if not isinstance(expr, Einsum):
        return None
    dims = expr.dims
    product = contracted(expr)
    kept = [(f.indices, factor_expr(f, expr.operands, dims)) for f in product.factors]
    kept = [(indices, operand) for indices, operand in kept if not is_ones_vector(operand)]
    if any(set(indices) & set(product.output) for indices, _ in kept):
        return None
    inputs = tuple(indices for indices, _ in kept)
    core = build_einsum(Subscripts(inputs, ()), [operand for _, operand in kept])
    return unwrap(contract_deltas(core)) if kept else Constant(1)


def divided_by(node: Expr) -> Expr | None:
    """Return what a factor divides by: y of `1/y`, and `y²` of `y⁻²`, for whole and half powers.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> y = Variable("y", ())
    >>> from einsgrad.expressions.vocabulary.words import reciprocal
    >>> divided_by(reciprocal(y)), divided_by(Map(POWER, (y, Constant(-1.5))))
    (y, power(y, 1.5))
    """
    match node:
        case Map(function=row, operands=(inner,)) if row is RECIPROCAL:
            return inner
        case Map(function=row, operands=(base, Constant(value=int() | float() as exponent))):
            if row is not POWER or exponent >= 0 or exponent % _HALF:
                return None
            if exponent == -1:
                return base
            root = exponent == -_HALF
            return Map(SQRT, (base,)) if root else Map(POWER, (base, Constant(-exponent)))
        case _:
            return None


@dataclass(frozen=True, slots=True)
class OutputTriangle:
    """A number times the lower, or the upper, triangle of a matrix."""

    number: Number
    matrix: Expr
    is_lower: bool


def as_triangle(node: Einsum) -> OutputTriangle | None:
    """Read a product with the condition `row ≥ column`, or its reverse, as a triangle.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> masked = Einsum(Subscripts(((0, 1), (0, 1)), (0, 1)), (Step("n", "n", 0), A))
    >>> as_triangle(masked)
    OutputTriangle(number=1, matrix=A[n,n], is_lower=True)
    """
    output = node.subscripts.output
    if len(output) != 2 or not any(isinstance(operand, Step) for operand in node.operands):
        return None
    number, rest = fold_constants(node)
    output = rest.subscripts.output
    factors = list(zip(rest.subscripts.inputs, rest.operands, strict=True))
    masks = [p for p, one in enumerate(factors) if isinstance(one[1], Step)]
    indices, mask = factors[masks[0]]
    kept = [one for place, one in enumerate(factors) if place != masks[0]]
    held = {label for labels, _ in kept for label in labels}
    if len(masks) > 1 or mask.offset != 0 or not held.issuperset(output):
        return None
    if indices not in (output, output[::-1]):
        return None
    matrix = unwrap(with_factors(rest, kept))
    return OutputTriangle(number, matrix, indices == output)


@dataclass(frozen=True, slots=True)
class Softmax:
    """A softmax: its argument and the axis that it acts along."""

    argument: Expr
    axis: int


def as_softmax(node: Expr) -> Softmax | None:
    """Read `exp(x - logsumexp(x))` as a softmax.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import softmax
    >>> from einsgrad.notation.presentation import presented
    >>> as_softmax(presented(softmax(Variable("x", ("n",)))))
    Softmax(argument=x[n], axis=0)
    """
    match node:
        case Map(function=row, operands=(exponent,)) if row is EXP:
            match log_normaliser(exponent):
                case Reduce(operand=argument, axes=(axis,)):
                    return Softmax(argument, axis)
    return None


def shown_children(node: Expr) -> tuple[Expr, ...]:
    """Return the parts of a node that are written out when it is."""
    softmax = as_softmax(node)
    return children(node) if softmax is None else (softmax.argument,)
