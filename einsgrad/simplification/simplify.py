"""Simplification: which rules apply to which node, and in which order.

Together the rules end in a canonical form: expressions that are equal up to the names of
labels, the order of factors and the order of terms become the same node, so that like
terms merge.

A rule may assume that the parts of its node are simple and that an einsum is normal. It
looks at the node and a bounded number of levels below it, never through the graph.

It gives back the node itself, or None from a rule for functions, where it does not apply.
What `EINSUM_RULES` give is an einsum of simple operands; what `REPLACING_RULES` and
`FUNCTION_RULES` give may hold anything and is simplified anew. No rule undoes another:
each result is nearer to the canonical form, or simplification would not end.

It keeps the shape, dim by dim, and the value wherever the node has one; where the node is
undefined, at a division by 0, the result may be defined. It keeps stability: the result
overflows and cancels nowhere where the node did not. It asks about complex values, and
what it does not know about a function it does not assume.

A new rule is a named function in the file of its subject, with an example that it applies
to, and an entry in a tuple; the order of a tuple is the order of trial. `tests/test_simplify.py`
and `tests/test_expressions.py` try all rules on random expressions, against numpy and once
more on their own result; a rule that they would not meet gets an expression of its own there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from einsgrad.expressions.construct import factor_expr, from_product, zeros
from einsgrad.expressions.nodes import (
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
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contracted, fold_constants, tidy, unwrap
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.walks import children, rebuild_all, topological
from einsgrad.simplification.canonical import KeyedFactor, OrderKey, order_factors
from einsgrad.simplification.context import Context, EinsumRule
from einsgrad.simplification.distribution import distributed
from einsgrad.simplification.flattening import merge_products
from einsgrad.simplification.functions import FUNCTION_RULES, matrix_rules
from einsgrad.simplification.inverses import cancel_inverses
from einsgrad.simplification.lengths import square_lengths
from einsgrad.simplification.powers import merge_powers
from einsgrad.simplification.reshapes import cancel_fuses
from einsgrad.simplification.sums import collect, factor_out, scaled
from einsgrad.simplification.turning import turn_matrix, turn_sums
from einsgrad.strings.deltas import Factor
from einsgrad.strings.subscripts import Indices, Label, Subscripts


def simplify_expr(expr: Expr) -> Expr:
    """Bring an expression into the form that a person would write.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> swapped = build_einsum(Subscripts((("j",), ("i", "j")), ("i",)), (x, A))
    >>> straight = build_einsum(Subscripts((("a", "b"), ("b",)), ("a",)), (A, x))
    >>> simplify_expr(swapped) is simplify_expr(straight)
    True
    """
    return simplify_all([expr])[0]


def simplify_all(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Simplify several expressions; what they share is simplified once."""
    waiting = [expr for expr in exprs if not expr.known_simple]
    simple = dict(zip(waiting, rebuild_all(waiting, simplify_node), strict=True))
    for expr in simple.values():
        expr.remember_simple()
    return tuple(simple.get(expr, expr) for expr in exprs)


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
            if simpler is None:
                simpler = turn_matrix(expr, CONTEXT)
            return expr if simpler is None else simplify_expr(simpler)
        case _ as unreachable:
            assert_never(unreachable)


def _simplify_map(node: Map) -> Expr:
    for rule in FUNCTION_RULES:
        simpler = rule(node)
        if simpler is not None:
            return simpler if simpler in node.operands else simplify_expr(simpler)
    return node


def _simplify_einsum(node: Einsum) -> Expr:
    product = _ruled(node, EINSUM_RULES)
    replaced = _ruled(product, REPLACING_RULES)
    if replaced is not product:
        return simplify_expr(replaced)
    content, primitive = factor_out(merge_powers(product, CONTEXT))
    coefficient, rest = fold_constants(primitive)
    coefficient = tidy(coefficient * content)
    if coefficient == 0:
        return zeros(node.shape)
    terms = distributed(rest)
    if terms is not None:
        return collect([_simplify_einsum(scaled(coefficient, t)) for t in terms], node)
    core = unwrap(canonicalise(rest)) if rest.operands else Constant(1)
    match core:
        case Constant(value=value):
            return Constant(tidy(coefficient * value))
        case Add(terms=parts) if coefficient != 1:
            return collect([_simplify_einsum(scaled(coefficient, t)) for t in parts], core)
        case _:
            return core if coefficient == 1 else scaled(coefficient, core)


def _ruled(node: Einsum, rules: Sequence[EinsumRule]) -> Einsum:
    for rule in rules:
        node = rule(node, CONTEXT)
    return node


def _star(delta: Delta) -> Einsum:
    """Write a delta of order 3 or more as order-2 deltas around its first index."""
    labels = tuple(range(delta.order))
    pairs = tuple((0, label) for label in labels[1:])
    return Einsum(Subscripts(pairs, labels), (Delta(delta.dim, 2),) * len(pairs))


def canonicalise(node: Einsum) -> Einsum:
    """Put factors and labels into the fixed order."""
    product = contracted(node)
    dims = node.dims
    # Each remaining factor becomes an operand of its own, so that it can be moved.
    operands = [factor_expr(factor, node.operands, dims) for factor in product.factors]
    keyed = [
        KeyedFactor(
            Factor(factor.indices, place),
            _order_key(operand, factor.indices, product.output),
            is_symmetric(operand),
        )
        for place, (factor, operand) in enumerate(zip(product.factors, operands, strict=True))
    ]
    label_dims: dict[Label, Dim] = {
        label: dim
        for factor, operand in zip(product.factors, operands, strict=True)
        for label, dim in zip(factor.indices, operand.shape, strict=True)
    }
    return from_product(order_factors(keyed, product.output), operands, label_dims)


def _order_key(expr: Expr, indices: Indices, output: Indices) -> OrderKey:
    """Order factors as a person does: deltas, then those that hold the output's first axes."""
    first = min((output.index(x) for x in indices if x in output), default=len(output))
    match expr:
        case Constant():
            kind = 0
        case Delta(order=order):
            kind = 1 if order != 1 else 3
        case _:
            kind = 2
    return (kind, first, *expr.key)


def is_symmetric(expr: Expr) -> bool:
    """Tell whether a simplified expression is recognised as a symmetric matrix.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import matmul, transpose
    >>> A = Variable("A", ("m", "n"))
    >>> is_symmetric(simplify_expr(matmul(transpose(A), A)))
    True
    """
    if not _is_square(expr):
        return False
    if expr.known_symmetric is None:
        # From the leaves up: what is asked of a matrix finds its parts answered.
        for node in topological(expr, below=_unasked_parts):
            node.remember_symmetric(_is_own_transpose(node))
    return bool(expr.known_symmetric)


def _unasked_parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the square matrices below a matrix of which it is not known if they are symmetric."""
    if expr.known_symmetric is not None:
        return ()
    return tuple(p for p in children(expr) if p.known_symmetric is None and _is_square(p))


def _is_square(expr: Expr) -> bool:
    return len(expr.shape) == 2 and expr.shape[0] == expr.shape[1]


def _is_own_transpose(expr: Expr) -> bool:
    match expr:
        case Delta():
            return True
        case Variable(traits=traits):
            return SYMMETRIC in traits
        case MatrixMap(function=function, operand=operand):
            return function.symmetric is True and is_symmetric(operand)
        case Map(operands=operands):
            return all(not operand.shape or is_symmetric(operand) for operand in operands)
        case Reduce() | Constant() | Fuse():
            return False
        case Einsum():
            # Not the transpose of the whole, which would ask whether the whole is symmetric.
            lists = Subscripts(expr.subscripts.inputs, expr.subscripts.output[::-1]).numbered()
            return _simplify_einsum(Einsum(lists, expr.operands)) is _simplify_einsum(expr)
        case Add(terms=terms):
            turned = [simplify_node(permute(term, (1, 0))) for term in terms]
            return collect(turned, expr) is collect(terms, expr)
        case _ as unreachable:
            assert_never(unreachable)


# In the order in which they are applied, each to what the one before it gave.
EINSUM_RULES: tuple[EinsumRule, ...] = (cancel_fuses, merge_products, turn_sums)
# What these give is simplified anew.
REPLACING_RULES: tuple[EinsumRule, ...] = (square_lengths, cancel_inverses)
CONTEXT = Context(is_symmetric, simplify_expr)
