"""Products of many factors written as products of two, in the order in which to contract them.

A derivative of such a product shares its parts: the gradients in all factors together cost
a few times the product, however many factors there are, instead of once for each factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, presumed
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import holds_selector
from einsgrad.expressions.walks import rebuild_all
from einsgrad.orders.paths import find_path
from einsgrad.simplification.flattening import LONGEST_CHAIN, MOST_FACTORS, is_chain
from einsgrad.strings.subscripts import Label, Subscripts

# The size that a dim is taken to have if it is only a name.
_NOMINAL = 8


def bracketed(*exprs: Expr) -> tuple[Expr, ...]:
    """Write every einsum of more than `MOST_FACTORS` factors as einsums of two.

    Chains of matrices stay as they are up to `LONGEST_CHAIN` factors.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> matrices = [Variable(f"A{place}", (3, 3)) for place in range(33)]
    >>> lists = tuple((place, place + 1) for place in range(33))
    >>> chain = build_einsum(Subscripts(lists, (0, 33)), matrices)
    >>> len(bracketed(chain)[0].operands)
    2
    """
    return tuple(rebuild_all(exprs, _bracketed_node))


def _bracketed_node(node: Expr) -> Expr:
    if not isinstance(node, Einsum) or len(node.operands) <= MOST_FACTORS or holds_selector(node):
        return node
    return node if len(node.operands) <= LONGEST_CHAIN and is_chain(node) else _tree(node)


@lru_cache(maxsize=128)
def _tree(node: Einsum) -> Expr:
    return paired(node, {})


def paired(node: Einsum, known: Mapping[Dim, int]) -> Expr:
    """Write an einsum as einsums of two, in the order in which to contract arrays of known sizes.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, B, x = Variable("A", ("m", "n")), Variable("B", ("n", "k")), Variable("x", ("k",))
    >>> product = build_einsum(Subscripts((tuple("mn"), tuple("nk"), ("k",)), ("m",)), (A, B, x))
    >>> paired(product, {"m": 9, "n": 9, "k": 9})
    "mn,n->m"(A, "nk,k->n"(B, x))
    """
    sizes = {label: presumed(dim, known, _NOMINAL) for label, dim in node.dims.items()}
    pairs = find_path(node.subscripts.inputs, node.subscripts.output, sizes)
    parts: list[Expr] = list(node.operands)
    lists = list(node.subscripts.inputs)
    output = node.subscripts.output
    holders: dict[Label, int] = {}
    for indices in (*lists, output):
        for label in indices:
            holders[label] = holders.get(label, 0) + 1
    for place, (one, other) in enumerate(pairs):
        both = dict.fromkeys((*lists[one], *lists[other]))
        for label in (*lists[one], *lists[other]):
            holders[label] -= 1
        last = place == len(pairs) - 1
        kept = output if last else tuple(label for label in both if holders[label])
        for label in kept:
            holders[label] += 1
        parts.append(
            build_einsum(Subscripts((lists[one], lists[other]), kept), (parts[one], parts[other]))
        )
        lists.append(kept)
    return parts[-1]
