"""The rule for selectors: those of one product are contracted as far as bounds are decided.

An index that only selectors hold goes: a slice of a slice is a slice, a reshape and its
inverse are deltas. What one selector says of the indices of another is put into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Variable
from einsgrad.expressions.products import SELECTORS, holds_selector, opened, selector_count
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.simplification.flattening import merge_products
from einsgrad.simplification.lookups import contract_lookups
from einsgrad.simplification.systems import System
from einsgrad.strings.subscripts import Indices, Subscripts

# What data are seen through.
_SEEING = (*SELECTORS, Constant, Delta)


def contract_selectors(node: Einsum) -> Einsum:
    """Contract the selectors of a product, with those of the views that it holds.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.selecting import viewed
    >>> x = Variable("x", (9,))
    >>> once = contract_selectors(viewed(viewed(x, 0, [7], [1], 2), 0, [4], [1], 3))
    >>> once.operands[0].offset, once.operands[1] is x
    (5, True)
    """
    if not holds_selector(node):
        return node
    node = _settled(node)
    while True:
        found = (_joint(node, inner) for inner in _views(node))
        # A number that is too large or small to be one factor stays in a product of its own.
        settled = (_settled(one) for one in found if one is not None)
        wider = next((one for one in settled if one is not node), None)
        if wider is None:
            return node
        node = wider


def _settled(node: Einsum) -> Einsum:
    """Contract a product, and what it is once those that it holds are written into it."""
    return _contracted(merge_products(_contracted(node)))


def _joint(node: Einsum, inner: Einsum) -> Einsum | None:
    """Contract a product with one that it holds; None if that leaves them what they are."""
    wider = _contracted(opened(node, {inner}.__contains__))
    gone = selector_count(node) + selector_count(inner) - selector_count(wider)
    is_view = len(_seen(inner)) <= 1
    if gone >= (1 if is_view else 2):
        return wider
    return wider if is_view and _sees_at_once(wider) else None


def _seen(node: Einsum) -> list[Indices]:
    """Return the labels of each factor that is seen through selectors."""
    pairs = zip(node.subscripts.inputs, node.operands, strict=True)
    return [indices for indices, one in pairs if not isinstance(one, _SEEING)]


def _sees_at_once(node: Einsum) -> bool:
    """Tell whether selectors show axes of one factor, none of them through another one."""
    seen = _seen(node)
    return len(seen) <= 1 and set(chain.from_iterable(seen)).issuperset(node.subscripts.summed)


def _views(node: Einsum) -> list[Einsum]:
    """Return the nested products with selectors that a selector of the product meets."""
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    met = {label for indices, one in pairs if isinstance(one, SELECTORS) for label in indices}
    nested = [one for indices, one in pairs if isinstance(one, Einsum) and met & set(indices)]
    return [one for one in dict.fromkeys(nested) if holds_selector(one)]


def _contracted(node: Einsum) -> Einsum:
    """Contract the selectors of one product."""
    node = contract_lookups(node)
    if not any(isinstance(operand, Affine | Step) for operand in node.operands):
        return node
    kinds = tuple(one if isinstance(one, _TOLD) else one.shape for one in node.operands)
    found = _solved(node.subscripts, kinds)
    if found is None:
        return node
    operands = node.operands
    places = found.places
    return Einsum(
        found.subscripts, tuple([operands[x] if isinstance(x, int) else x for x in places])
    )


# What a product is to the conditions of its selectors: of other factors only the dims matter.
_TOLD = (Affine, Step, Delta, Constant)


@dataclass(frozen=True, slots=True)
class _Solved:
    """A product without the selectors that went, its other operands by their places before."""

    subscripts: Subscripts
    places: tuple[Expr | int, ...]


@lru_cache(maxsize=4096)
def _solved(subscripts: Subscripts, kinds: tuple[Expr | Shape, ...]) -> _Solved | None:
    """Solve the conditions of a product of which selectors, or else dims, are given.

    Layers, steps of time and terms of a sum have the same ones over and over.
    """
    operands = [
        Variable(str(place), one) if isinstance(one, tuple) else one
        for place, one in enumerate(kinds)
    ]
    places: dict[Expr, int] = {
        operands[place]: place for place, one in enumerate(kinds) if isinstance(one, tuple)
    }
    node = Einsum(subscripts, tuple(operands))
    system = System.of(node)
    if 0 in system.dims.values() or not system.solve():
        written: Einsum | None = _nothing(node.shape)
    else:
        written = system.written()
    if written is None:
        return None
    return _Solved(written.subscripts, tuple(places.get(one, one) for one in written.operands))


def _nothing(shape: Shape) -> Einsum:
    zero = zeros(shape)
    return zero if isinstance(zero, Einsum) else Einsum(Subscripts(((),), ()), (zero,))
