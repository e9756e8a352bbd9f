"""Simplification: named local rules, and the list of them in the order they apply.

Every rule keeps value and shape. Together they end in a canonical form: expressions that
are equal up to the names of labels, the order of factors and the order of terms become
the same node, so that like terms merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import assert_never

from einsgrad.canonical import Key, KeyedFactor, ordered
from einsgrad.construct import add, factor_expr, from_product, scale, zeros
from einsgrad.deltas import Factor, Product, as_product, contract
from einsgrad.expr import Add, Constant, Delta, Dim, Einsum, Expr, Number, Variable
from einsgrad.graph import rebuild
from einsgrad.subscripts import Indices, Label, Subscripts, fresh_numbers

_EXACT = 2**53


def simplify(expr: Expr) -> Expr:
    """Bring an expression into the form that a person would write.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
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
        case Variable() | Constant():
            return expr
        case Delta(dim=dim, order=order):
            if order == 0:
                return Constant(dim) if isinstance(dim, int) else expr
            return expr if order <= 2 else _simplify_einsum(_star(expr))
        case Einsum():
            return _simplify_einsum(expr)
        case Add(terms=terms):
            return collect(terms, expr)
        case _ as unreachable:
            assert_never(unreachable)


def _simplify_einsum(node: Einsum) -> Expr:
    node = contract_deltas(flatten(node))
    coefficient, rest = fold_constants(node)
    if coefficient == 0:
        return zeros(node.shape)
    core = unwrap(canonicalise(rest)) if rest.operands else Constant(1)
    match core:
        case Constant(value=value):
            return Constant(_tidy(coefficient * value))
        case Add(terms=terms) if coefficient != 1:
            return collect([_simplify_einsum(_scaled(coefficient, t)) for t in terms], core)
        case _:
            return core if coefficient == 1 else _scaled(coefficient, core)


def _scaled(coefficient: Number, expr: Expr) -> Einsum:
    """Put a number in front of an expression, within its einsum if it is one."""
    scaled = flatten_one(scale(coefficient, expr))
    assert isinstance(scaled, Einsum)
    return scaled


def flatten_one(expr: Expr) -> Expr:
    """Apply `flatten` to an einsum, and leave other nodes."""
    return flatten(expr) if isinstance(expr, Einsum) else expr


def _star(delta: Delta) -> Einsum:
    """Write a delta of order 3 or more as order-2 deltas around its first index."""
    labels = tuple(range(delta.order))
    pairs = tuple((0, label) for label in labels[1:])
    return Einsum(Subscripts(pairs, labels), (Delta(delta.dim, 2),) * len(pairs))


def flatten(node: Einsum) -> Einsum:
    """Write nested einsums as one.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> y = einsum(Subscripts(((0, 1), (1,)), (0,)), (A, x))
    >>> str(flatten(einsum(Subscripts(((0,), (0,)), ()), (y, y))).subscripts)
    '01,1,02,2->'
    """
    if not any(isinstance(operand, Einsum) for operand in node.operands):
        return node
    fresh = fresh_numbers(node.subscripts.labels)
    inputs: list[tuple[Label, ...]] = []
    operands: list[Expr] = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, Einsum):
            inner = operand.subscripts
            names: dict[Label, Label] = dict(zip(inner.output, indices, strict=True))
            names |= {label: next(fresh) for label in inner.summed}
            inputs.extend(inner.relabel(names).inputs)
            operands.extend(operand.operands)
        else:
            inputs.append(indices)
            operands.append(operand)
    return Einsum(Subscripts(tuple(inputs), node.subscripts.output).numbered(), tuple(operands))


def contracted(node: Einsum) -> Product:
    """Contract all deltas of an einsum; the result may repeat labels within an operand.

    Factors keep the positions of the node's operands as their source. This is the form
    that is shown and evaluated: a delta is left only where the output needs it.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> print(contracted(einsum(Subscripts(((0, 0),), (0,)), (A,))).subscripts)
    00->0
    """
    deltas = {place for place, operand in enumerate(node.operands) if isinstance(operand, Delta)}
    return contract(as_product(node.subscripts), deltas)


def contract_deltas(node: Einsum) -> Einsum:
    """Contract the deltas of an einsum as far as they go, keeping its factors in order."""
    if not any(isinstance(operand, Delta) for operand in node.operands):
        return node
    return from_product(contracted(node), node.operands, node.dims)


def fold_constants(node: Einsum) -> tuple[Number, Einsum]:
    """Take the numbers out of an einsum: their product, and the einsum of the rest."""
    coefficient: Number = 1
    inputs = []
    operands = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, Constant):
            coefficient = coefficient * operand.value
        else:
            inputs.append(indices)
            operands.append(operand)
    rest = Subscripts(tuple(inputs), node.subscripts.output)
    if len(operands) == len(node.operands):
        return 1, node
    return _tidy(coefficient), Einsum(rest.numbered(), tuple(operands))


def _tidy(value: Number) -> Number:
    """Write a whole float as an integer, so that 2 * 0.5 and 1 are the same factor."""
    if isinstance(value, float) and isfinite(value) and abs(value) < _EXACT and value.is_integer():
        return int(value)
    return value


def canonicalise(node: Einsum) -> Einsum:
    """Put factors and labels into the fixed order: numbers, deltas, then by declaration."""
    product = contracted(node)
    dims = node.dims
    # Each remaining factor becomes an operand of its own, so that it can be moved.
    operands = [factor_expr(factor, node.operands, dims) for factor in product.factors]
    keyed = [
        KeyedFactor(Factor(factor.indices, place), _order_key(operand), isinstance(operand, Delta))
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
            return (0, expr.serial)
        case Delta(order=order):
            return (1 if order != 1 else 3, order, expr.serial)
        case _:
            return (2, expr.serial)


def unwrap(node: Einsum) -> Expr:
    """Replace an einsum that copies its only operand by the operand."""
    inputs, output = node.subscripts.inputs, node.subscripts.output
    return node.operands[0] if inputs == (output,) else node


def collect(terms: Iterable[Expr], like: Expr) -> Expr:
    """Add up terms: nested sums are opened, like terms merged, zeros dropped.

    Examples
    --------
    >>> from einsgrad.expr import Variable
    >>> x = Variable("x", ("n",))
    >>> total = collect([x, x, scale(-2, x)], x)
    >>> isinstance(total.operands[0], Constant), total.shape
    (True, ('n',))
    """
    coefficients: dict[Expr, Number] = {}
    for term in _opened(terms):
        coefficient, core = split_coefficient(term)
        coefficients[core] = coefficients.get(core, 0) + coefficient
    kept = sorted((core for core, c in coefficients.items() if c != 0), key=_term_key)
    return add([_with_coefficient(_tidy(coefficients[core]), core) for core in kept], like.shape)


def _term_key(core: Expr) -> tuple[tuple[Key, ...], tuple[Indices, ...]]:
    """Order terms by their operands: a core itself may have no life beside its number."""
    if isinstance(core, Einsum):
        return tuple(map(_order_key, core.operands)), core.subscripts.lists
    return (_order_key(core),), ()


def _opened(terms: Iterable[Expr]) -> Iterator[Expr]:
    for term in terms:
        if isinstance(term, Add):
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
