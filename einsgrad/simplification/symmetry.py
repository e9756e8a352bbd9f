"""Which matrices are symmetric, and the fixed order of an einsum, which depends on it.

Nothing here simplifies. A matrix is asked after its parts, so that each node is asked once,
in time that is linear in its own size. A product is symmetric if it has the same fixed order
once its output is turned, a sum if its terms turn into one another, a function of matrices
if they all are symmetric. What is not found out this way counts as not symmetric.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from einsgrad.expressions.construct import factor_expr, from_product
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import (
    SKEW,
    SYMMETRIC,
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import as_einsum, contracted, opened, unwrap
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.structures import exchanges, exchanges_of
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.expressions.walks import children, topological
from einsgrad.simplification.canonical import KeyedFactor, OrderKey, order_factors
from einsgrad.simplification.exchanging import order_exchanged
from einsgrad.simplification.flattening import flatten
from einsgrad.simplification.orientation import alike_axes
from einsgrad.simplification.sums import LONGEST_SUM, collect, scaled, split_coefficient
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# A product of more factors is compared with its transpose as it is nested.
_WRITTEN_OUT = 32


def is_own_transpose(expr: Expr) -> bool:
    """Tell whether an expression is recognised as a symmetric matrix as it is written.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> A = Variable("A", ("m", "n"))
    >>> gram = build_einsum(Subscripts((tuple("mi"), tuple("mj")), tuple("ij")), (A, A))
    >>> is_own_transpose(gram)
    True
    """
    if not _is_square(expr):
        return False
    if expr.known_symmetric is None:
        for node in topological(expr, below=_unasked_parts):
            node.remember_symmetric(_turns_into_itself(node))
    return bool(expr.known_symmetric)


def _unasked_parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the square matrices below a matrix of which it is not known if they are symmetric."""
    if expr.known_symmetric is not None:
        return ()
    return tuple(p for p in children(expr) if p.known_symmetric is None and _is_square(p))


def _is_square(expr: Expr) -> bool:
    return len(expr.shape) == 2 and expr.shape[0] == expr.shape[1]


def _turns_into_itself(expr: Expr) -> bool:
    """Tell whether a square matrix, whose parts are asked already, is symmetric."""
    match expr:
        case Delta():
            return True
        case Variable(traits=traits):
            return SYMMETRIC in traits
        case MatrixMap(function=function, operand=operand):
            symmetric = function.symmetric is True and is_own_transpose(operand)
            return symmetric or _is_even_power_of_skew(expr)
        case Map(operands=operands):
            return all(not operand.shape or is_own_transpose(operand) for operand in operands)
        case Fourier():
            return True
        case Affine():
            return alike_axes(expr) == (0, 0)
        case Reduce() | Called() | Constant() | Step() | Integers() | Pick() | Places():
            return False
        case Einsum(subscripts=subscripts, operands=operands):
            flipped = Subscripts(subscripts.inputs, subscripts.output[::-1]).numbered()
            return _placed(_written_out(expr)) == _placed(_written_out(Einsum(flipped, operands)))
        case Add(terms=terms):
            return collect(terms, expr) is _turned_sum(expr, (1, 0))
        case _ as unreachable:
            assert_never(unreachable)


def _written_out(node: Einsum) -> Einsum:
    """Write nested products as one, as long as it has few factors, level by level."""
    while any(isinstance(operand, Einsum) for operand in node.operands):
        wider = opened(node)
        # Numbers that are far from one keep some products as they are.
        if wider is node or len(wider.operands) > _WRITTEN_OUT:
            break
        node = wider
    return node


def _placed(node: Einsum) -> tuple[int, Subscripts, tuple[Expr, ...]]:
    """Write a product in its fixed order as what equal products have in common."""
    sign, product, operands = _in_order(node)
    return sign, product.subscripts.numbered(), tuple(operands[k] for k in _places(product))


def _places(product: Product) -> list[int]:
    return [factor.source for factor in product.factors if factor.source is not None]


def turned(expr: Expr, axes: Sequence[int]) -> Expr:
    """Return a simple expression with its axes in another order, simple as well.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"))
    >>> turned(turned(A, (1, 0)), (1, 0)) is A
    True
    """
    if is_own_transpose(expr):
        return expr
    if isinstance(expr, Add) and len(expr.terms) <= LONGEST_SUM:
        return _turned_sum(expr, axes)
    coefficient, core = split_coefficient(expr)
    sign, result = split_coefficient(simple_product(as_einsum(permute(core, axes))))
    coefficient = sign * coefficient
    return result if coefficient == 1 else scaled(coefficient, result)


def simple_product(node: Einsum) -> Expr:
    """Bring a product of simple factors into the form that it has, unless a rule applies to it.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"))
    >>> simple_product(as_einsum(A)) is A
    True
    """
    sign, ordered = canonicalise(flatten(node))
    core = unwrap(ordered)
    return core if sign == 1 else scaled(sign, core)


def _turned_sum(node: Add, axes: Sequence[int]) -> Expr:
    """Turn each term of a sum; what it keeps as a sum of its own is turned as a whole."""
    terms = [
        permute(term, axes)
        if isinstance(term, Add) and not is_own_transpose(term)
        else turned(term, axes)
        for term in node.terms
    ]
    return collect(terms, permute(node, axes))


def in_fixed_order(node: Einsum) -> Einsum:
    """Put factors and labels into the fixed order, where that changes no sign."""
    sign, ordered = canonicalise(node)
    return ordered if sign == 1 else node


def canonicalise(node: Einsum) -> tuple[int, Einsum]:
    """Put factors and labels into the fixed order.

    Returns
    -------
    sign, product
        The number that exchanges of axes leave in front: 1 or -1; 0 if the product is zero.
    """
    sign, product, operands = _in_order(node)
    if Delta not in node.kinds:
        ordered = [operands[k] for k in _places(product)]
        return sign, Einsum(product.subscripts.numbered(), tuple(ordered))
    label_dims: dict[Label, Dim] = {
        label: dim
        for factor in product.factors
        if factor.source is not None
        for label, dim in zip(factor.indices, operands[factor.source].shape, strict=True)
    }
    return sign, from_product(product, operands, label_dims)


def _in_order(node: Einsum) -> tuple[int, Product, Sequence[Expr]]:
    """Contract the deltas of a product and order what is left; each factor names its operand."""
    product, operands = _free_of_deltas(node)
    places = {label: place for place, label in enumerate(product.output)}
    keyed = [
        _keyed(factor, one, places) for factor, one in zip(product.factors, operands, strict=True)
    ]
    if any(factor.group for factor in keyed):
        return *order_exchanged(keyed, product.output), operands
    return 1, order_factors(keyed, product.output), operands


def _keyed(factor: Factor, expr: Expr, places: Mapping[Label, int]) -> KeyedFactor:
    """Say of a factor which axes may be exchanged."""
    key = _order_key(expr, factor.indices, places)
    if len(expr.shape) < 2:
        return KeyedFactor(factor, key)
    base = _without_odd_powers(expr) if isinstance(expr, MatrixMap) else expr
    if isinstance(base, Add) and _is_skew(base):
        return KeyedFactor(factor, key, (), exchanges(frozenset({SKEW}), 2).group)
    if not isinstance(base, Variable):
        if not isinstance(expr, Affine):
            return KeyedFactor(factor, key, (0, 0) if is_own_transpose(expr) else ())
        axes = alike_axes(expr)
        return KeyedFactor(factor, key, axes if len(set(axes)) < len(axes) else ())
    if not base.traits:
        return KeyedFactor(factor, key)
    known = exchanges_of(base)
    return KeyedFactor(factor, key, known.alike, () if known.alike else known.group)


def is_skew(node: Expr) -> bool:
    """Tell whether a matrix is declared skew-symmetric, or is one minus its transpose.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"), frozenset({SKEW}))
    >>> is_skew(A)
    True
    """
    if isinstance(node, Variable):
        return SKEW in node.traits
    return isinstance(node, Add) and _is_skew(node)


def _is_skew(node: Add) -> bool:
    """Tell whether a sum is a matrix minus its transpose."""
    if len(node.terms) != 2 or not _is_square(node):
        return False
    (number, core), (other, turned_core) = map(split_coefficient, node.terms)
    return number == -other and turned(core, (1, 0)) is turned_core


def _without_odd_powers(expr: Expr) -> Expr:
    """Return the matrix of which another one is an odd power, or the inverse of one."""
    while isinstance(expr, MatrixMap):
        if expr.function is not INVERSE and (expr.function.exponent or 0) % 2 == 0:
            break
        expr = expr.operand
    return expr


def _is_even_power_of_skew(expr: MatrixMap) -> bool:
    exponent = expr.function.exponent
    base = _without_odd_powers(expr.operand)
    is_even = exponent is not None and exponent % 2 == 0
    return is_even and isinstance(base, Variable) and SKEW in base.traits


def _free_of_deltas(node: Einsum) -> tuple[Product, Sequence[Expr]]:
    """Contract deltas; each factor that is left names an operand of its own, and can be moved."""
    product = contracted(node)
    if Delta not in node.kinds:
        return product, node.operands
    dims = node.dims
    operands = [factor_expr(factor, node.operands, dims) for factor in product.factors]
    factors = [Factor(factor.indices, place) for place, factor in enumerate(product.factors)]
    return Product(tuple(factors), product.output), operands


def _order_key(expr: Expr, indices: Indices, places: Mapping[Label, int]) -> OrderKey:
    """Order factors as a person does: deltas, then those that hold the output's first axes."""
    first = min([places[label] for label in indices if label in places], default=len(places))
    if isinstance(expr, Delta):
        kind = 1 if expr.order != 1 else 3
    else:
        kind = 0 if isinstance(expr, Constant) else 2
    return (kind, first, *expr.key)
