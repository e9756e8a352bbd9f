"""Simplification: which rules apply to which node, sums, and the canonical form.

Every rule keeps value and shape. Together they end in a canonical form: expressions that
are equal up to the names of labels, the order of factors and the order of terms become
the same node, so that like terms merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd, prod
from typing import assert_never

from einsgrad.canonical import Key, KeyedFactor, ordered
from einsgrad.construct import add, factor_expr, from_product, zeros
from einsgrad.deltas import Factor
from einsgrad.expr import (
    SYMMETRIC,
    Add,
    Constant,
    Delta,
    Dim,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.graph import rebuild
from einsgrad.maps import RULES, is_ones, matrix_rules
from einsgrad.products import (
    cancel_fuses,
    contract_deltas,
    contracted,
    degree,
    flatten,
    fold_constants,
    merge_powers,
    tidy,
    unwrap,
)
from einsgrad.shaping import permute
from einsgrad.subscripts import Label, Subscripts

# Larger sums stay sums of sums, so that long recurrences stay linear in size.
_MOST_TERMS = 64
_MOST_DISTRIBUTED = 8


def simplify(expr: Expr) -> Expr:
    """Bring an expression into the form that a person would write.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> swapped = einsum(Subscripts((("j",), ("i", "j")), ("i",)), (x, A))
    >>> straight = einsum(Subscripts((("a", "b"), ("b",)), ("a",)), (A, x))
    >>> simplify(swapped) is simplify(straight)
    True
    """
    return rebuild(expr, simplify_node)


def simplify_node(expr: Expr) -> Expr:
    """Simplify one node whose children are simple already."""
    match expr:
        case Variable() | Constant() | Fuse() | Reduce():
            return expr
        case Delta(dim=dim, order=order):
            if order == 0:
                return Constant(dim) if isinstance(dim, int) else expr
            return expr if order <= 2 else _simplify_einsum(_star(expr))
        case Einsum():
            return _simplify_einsum(expr)
        case Add(terms=terms):
            return collect(terms, expr)
        case Map():
            return _simplify_map(expr)
        case MatrixMap():
            simpler = matrix_rules(expr)
            return expr if simpler is None else simplify(simpler)
        case _ as unreachable:
            assert_never(unreachable)


def _simplify_map(node: Map) -> Expr:
    for rule in RULES:
        simpler = rule(node)
        if simpler is not None:
            return simpler if simpler in node.operands else simplify(simpler)
    return node


def _simplify_einsum(node: Einsum) -> Expr:
    content, primitive = factor_out(merge_powers(contract_deltas(flatten(cancel_fuses(node)))))
    coefficient, rest = fold_constants(primitive)
    coefficient = tidy(coefficient * content)
    if coefficient == 0:
        return zeros(node.shape)
    terms = distributed(rest)
    if terms is not None:
        return collect([_simplify_einsum(_scaled(coefficient, t)) for t in terms], node)
    core = unwrap(canonicalise(rest)) if rest.operands else Constant(1)
    match core:
        case Constant(value=value):
            return Constant(tidy(coefficient * value))
        case Add(terms=parts) if coefficient != 1:
            return collect([_simplify_einsum(_scaled(coefficient, t)) for t in parts], core)
        case _:
            return core if coefficient == 1 else _scaled(coefficient, core)


def _scaled(coefficient: Number, expr: Expr) -> Einsum:
    """Put a number in front of an expression, within its einsum if it is one."""
    labels = tuple(range(len(expr.shape)))
    lists = Subscripts(((), labels), labels)
    return flatten(Einsum(lists, (Constant(coefficient), expr)), most=_UNBOUNDED)


_UNBOUNDED = 10**9


def _star(delta: Delta) -> Einsum:
    """Write a delta of order 3 or more as order-2 deltas around its first index."""
    labels = tuple(range(delta.order))
    pairs = tuple((0, label) for label in labels[1:])
    return Einsum(Subscripts(pairs, labels), (Delta(delta.dim, 2),) * len(pairs))


def factor_out(node: Einsum) -> tuple[Number, Einsum]:
    """Take the numbers that all terms of a sum share out of the sums among the factors.

    Ones become positive, `1 - s`, or else the last term of the sum, `A x - b`, so that a
    residual and its negative are the same factor.
    """
    if len(node.operands) == 1:
        return 1, node
    parts = [_primitive(op) if isinstance(op, Add) else (1, op) for op in node.operands]
    content = prod(number for number, _ in parts)
    changed = any(number != 1 for number, _ in parts)
    operands = tuple(operand for _, operand in parts)
    return content, Einsum(node.subscripts, operands) if changed else node


def _primitive(node: Add) -> tuple[Number, Expr]:
    parts = [split_coefficient(term) for term in node.terms]
    numbers = [number for number, _ in parts]
    leading = [number for number, core in parts if is_ones(core)]
    last = (leading or numbers)[-1]
    if all(number in (last, -last) for number in numbers):
        content = last
    elif all(isinstance(number, int) for number in numbers):
        content = gcd(*numbers) * (-1 if last < 0 else 1)  # type: ignore[arg-type, operator]
    elif not isinstance(last, complex) and last < 0:
        content = -1
    else:
        return 1, node
    if content == 1:
        return 1, node
    terms = [_with_coefficient(tidy(number / content), core) for number, core in parts]
    return content, add(terms, node.shape)


def distributed(node: Einsum) -> list[Einsum] | None:
    """Multiply a product out over a sum among its factors, where that makes it simpler.

    That is: the sum is the only factor and no ones are spread (a trace, a transpose, a
    row sum); or every term of the sum holds deltas or ones, which then contract (the
    Jacobian of softmax); or the terms are of a lower cost class than the sum as a
    whole (a Hessian contracted with a vector). None where nothing is gained.
    """
    sums = [
        place
        for place, operand in enumerate(node.operands)
        if isinstance(operand, Add)
        and len(operand.terms) <= _MOST_TERMS
        and node.operands.count(operand) == 1
    ]
    if not sums:
        return None
    if len(node.operands) == 1:
        return _expanded(node, 0)
    others = [operand for operand in node.operands if not isinstance(operand, Delta)]
    if len(others) == 1 and not _has_ones(node):
        return _expanded(node, sums[0])
    for place in sums:
        operand = node.operands[place]
        assert isinstance(operand, Add)
        few = len(operand.terms) <= _MOST_DISTRIBUTED
        if few and (all(map(_is_structured, operand.terms)) or _is_cheaper(node, place)):
            return _expanded(node, place)
    return None


def _expanded(node: Einsum, place: int) -> list[Einsum]:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    products = []
    for term in operand.terms:
        operands = (*node.operands[:place], term, *node.operands[place + 1 :])
        products.append(flatten(Einsum(node.subscripts, operands)))
    return products


def _has_ones(node: Einsum) -> bool:
    """Tell whether ones are spread over an axis of the output."""
    return any(
        isinstance(operand, Delta) and operand.order == 1 and indices[0] in node.subscripts.output
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
    )


def _is_structured(term: Expr) -> bool:
    match term:
        case Delta():
            return True
        case Einsum(operands=operands):
            return any(isinstance(operand, Delta) and operand.order for operand in operands)
        case _:
            return False


def _is_cheaper(node: Einsum, place: int) -> bool:
    operand = node.operands[place]
    assert isinstance(operand, Add)
    if len(operand.shape) < 2:
        return False
    inner = max((_cost(term) for term in operand.terms if isinstance(term, Einsum)), default=0)
    whole = max(inner, _cost(node), len(operand.shape))
    terms = _expanded(node, place)
    # Sums of products of sums would be multiplied out one in the other without end.
    factors = [factor for term in terms for factor in term.operands]
    if any(isinstance(factor, Add) and len(factor.shape) > 1 for factor in factors):
        return False
    return max(_cost(contract_deltas(term)) for term in terms) < whole


def _cost(node: Einsum) -> int:
    product = contracted(node)
    return degree(product.subscripts.inputs, product.output)


def canonicalise(node: Einsum) -> Einsum:
    """Put factors and labels into the fixed order: numbers, deltas, then by declaration."""
    product = contracted(node)
    dims = node.dims
    # Each remaining factor becomes an operand of its own, so that it can be moved.
    operands = [factor_expr(factor, node.operands, dims) for factor in product.factors]
    keyed = [
        KeyedFactor(Factor(factor.indices, place), _order_key(operand), is_symmetric(operand))
        for place, (factor, operand) in enumerate(zip(product.factors, operands, strict=True))
    ]
    label_dims: dict[Label, Dim] = {
        label: dim
        for factor, operand in zip(product.factors, operands, strict=True)
        for label, dim in zip(factor.indices, operand.shape, strict=True)
    }
    return from_product(ordered(keyed, product.output), operands, label_dims)


def _order_key(expr: Expr) -> Key:
    match expr:
        case Constant():
            return (0, *expr.key)
        case Delta(order=order):
            return (1 if order != 1 else 3, *expr.key)
        case _:
            return (2, *expr.key)


def is_symmetric(expr: Expr) -> bool:
    """Tell whether a simplified expression is recognised as a symmetric matrix.

    Examples
    --------
    >>> from einsgrad.language import matmul, transpose
    >>> A = Variable("A", ("m", "n"))
    >>> is_symmetric(simplify(matmul(transpose(A), A)))
    True
    """
    if len(expr.shape) != 2 or expr.shape[0] != expr.shape[1]:
        return False
    if expr.known_symmetric is None:
        expr.remember_symmetric(_is_own_transpose(expr))
    return bool(expr.known_symmetric)


def _is_own_transpose(expr: Expr) -> bool:
    match expr:
        case Delta():
            return True
        case Variable(traits=traits):
            return SYMMETRIC in traits
        case MatrixMap(function=function, operand=operand):
            return function.name == "inverse" and is_symmetric(operand)
        case Map(operands=operands):
            return all(not operand.shape or is_symmetric(operand) for operand in operands)
        case Reduce() | Constant() | Fuse():
            return False
        case Einsum() | Add():
            return simplify_node(permute(expr, (1, 0))) is simplify_node(expr)
        case _ as unreachable:
            assert_never(unreachable)


def collect(terms: Iterable[Expr], like: Expr) -> Expr:
    """Add up terms: nested sums are opened, like terms merged, zeros dropped.

    Examples
    --------
    >>> from einsgrad.construct import scale
    >>> x = Variable("x", ("n",))
    >>> total = collect([x, x, scale(-2, x)], x)
    >>> isinstance(total.operands[0], Constant), total.shape
    (True, ('n',))
    """
    coefficients: dict[Expr, Number] = {}
    for term in _opened(terms):
        coefficient, core = split_coefficient(term)
        coefficients[core] = coefficients.get(core, 0) + coefficient
    kept = sorted((core for core, c in coefficients.items() if c != 0), key=lambda e: e.key)
    return add([_with_coefficient(tidy(coefficients[core]), core) for core in kept], like.shape)


def _opened(terms: Iterable[Expr]) -> Iterator[Expr]:
    for term in terms:
        if isinstance(term, Add) and len(term.terms) <= _MOST_TERMS:
            yield from term.terms
        else:
            yield term


def split_coefficient(expr: Expr) -> tuple[Number, Expr]:
    """Split a simple term into its number and the rest."""
    match expr:
        case Constant(value=value):
            return value, Constant(1)
        case Einsum():
            coefficient, rest = fold_constants(expr)
            return coefficient, unwrap(rest) if rest.operands else Constant(1)
        case _:
            return 1, expr


def _with_coefficient(coefficient: Number, core: Expr) -> Expr:
    if coefficient == 1:
        return core
    return Constant(coefficient) if core is Constant(1) else _scaled(coefficient, core)
