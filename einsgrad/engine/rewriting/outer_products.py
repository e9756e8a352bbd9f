"""Sums of outer products as one product of matrices: gradients of what a loop multiplies with."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.construct import add_terms, build_einsum, scale
from einsgrad.expressions.nodes import Add, Einsum, Expr
from einsgrad.expressions.products import SELECTORS, fold_constants, is_moderate
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.vocabulary.axis_parts import side_by_side
from einsgrad.expressions.walks import Rebuilding, children, rebuild_knowing, topological
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# From so many on, vectors are put into two matrices faster than each outer product is added
# ("PageRank" in `python -m benchmarks --only function_calls`).
_LEAST = 4

_Factor = tuple[Indices, Expr]


def joined_outer_products(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write a sum of many outer products as the product of two matrices of their vectors.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> u, v = ([Variable(f"{name}{k}", (3,)) for k in range(4)] for name in "uv")
    >>> outer = [build_einsum(Subscripts(((0,), (1,)), (0, 1)), pair) for pair in zip(u, v)]
    >>> (product,) = joined_outer_products([add_terms(outer, (3, 3))])
    >>> str(product.subscripts), [one.shape for one in product.operands]
    ('01,02->12', [(4, 3), (4, 3)])
    """
    if not any(_is_long(node) for node in topological(*exprs)):
        return tuple(exprs)
    return rebuild_knowing(exprs, _joined)


def _is_long(node: Expr) -> bool:
    return isinstance(node, Add) and len(node.shape) == 2 and len(node.terms) >= _LEAST


def _joined(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    if not isinstance(new, Add) or not _is_long(new):
        return new
    pairs: list[tuple[Expr, Expr]] = []
    others: list[Expr] = []
    for old, term in zip(children(node), new.terms, strict=True):
        pair = _vectors(term) if known.uses[old] == 1 else None
        if pair is None:
            others.append(term)
        else:
            pairs.append(pair)
    if len(pairs) < _LEAST:
        return new
    rows, columns = (side_by_side([pair[side] for pair in pairs], 0) for side in (0, 1))
    product = build_einsum(Subscripts(((0, 1), (0, 2)), (1, 2)), (rows, columns))
    return add_terms([product, *others], new.shape)


def _vectors(term: Expr) -> tuple[Expr, Expr] | None:
    """Return the vectors of whose entries a term is the outer product, or None."""
    if not isinstance(term, Einsum) or 1 in term.shape:
        return None
    number, rest = fold_constants(term)
    output = rest.subscripts.output
    if len(set(output)) < 2 or not is_moderate(number):
        return None
    if any(isinstance(one, (Delta, *SELECTORS)) for one in rest.operands):
        return None
    factors = list(zip(rest.subscripts.inputs, rest.operands, strict=True))
    first = _connected(factors, output[0])
    # Within a trace, == of operands would be an expression.
    taken = set(map(id, first))
    second = [factor for factor in factors if id(factor) not in taken]
    if not second or any(output[1] in indices for indices, _ in first):
        return None
    if any(output[0] in indices for indices, _ in second):
        return None
    if not any(output[1] in indices for indices, _ in second):
        return None
    one, other = _product(first, output[0]), _product(second, output[1])
    return scale(number, one), other


def _connected(factors: Sequence[_Factor], label: Label) -> list[_Factor]:
    """Return the factors that share labels with one another, from a label on."""
    reached, found = {label}, 0
    while len(reached) > found:
        found = len(reached)
        for indices, _ in factors:
            if reached & set(indices):
                reached.update(indices)
    return [factor for factor in factors if reached & set(factor[0])]


def _product(factors: Sequence[_Factor], label: Label) -> Expr:
    lists = tuple(indices for indices, _ in factors)
    return build_einsum(Subscripts(lists, (label,)), [operand for _, operand in factors])
