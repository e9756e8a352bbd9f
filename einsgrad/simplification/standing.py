"""In which order of its axes a sum stands, so that a sum and its transpose are one factor.

Each factor of each term votes for the order in which it shows the axes: `K C` for its own,
`Cᵀ Kᵀ` for the other one. The order with fewest transposes wins; what is left equal is
decided by the names of dims, then of factors. The result depends on the sum alone, whichever
way it was built.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import TypeAlias, TypeVar

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import SELECTORS
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.sums import LONGEST_SUM, split_coefficient
from einsgrad.simplification.symmetry import is_own_transpose, turned
from einsgrad.strings.subscripts import Indices, Label

AxisOrder: TypeAlias = "tuple[int, ...]"
T = TypeVar("T")

# All orders of so many axes are tried where no factor has them all.
_FEW_AXES = 4


@lru_cache(maxsize=4096)
def straight_axes(node: Add | Einsum) -> AxisOrder:
    """Return the order of axes in which a sum or product stands; nothing if it stands so already.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import matmul, transpose
    >>> from einsgrad.simplification.simplify import simplify_expr
    >>> A, B = Variable("A", ("n", "n")), Variable("B", ("n", "n"))
    >>> straight_axes(simplify_expr(matmul(A, B) - A))
    ()
    >>> straight_axes(simplify_expr(transpose(matmul(A, B) - A)))
    (1, 0)
    """
    terms = node.terms if isinstance(node, Add) else (node,)
    if len(node.shape) < 2 or len(terms) > LONGEST_SUM or is_own_transpose(node):
        return ()
    best = fewest_turned(list(votes(terms)), len(node.shape))
    if len(best) > 1:
        best = _by_dims(node, best)
    if len(best) > 1:
        best = [min(best, key=lambda axes: _names(node, axes))]
    return () if not best or best[0] == _as_it_is(best[0]) else best[0]


def clearly_straight_axes(parts: Sequence[Expr], rank: int) -> AxisOrder:
    """Return the order of axes with fewer transposes than the one that parts have, if any.

    Parameters
    ----------
    parts
        The terms of a sum, or the operands of a function.
    rank
        The number of their axes.
    """
    cast = list(votes(parts))
    own = turned_votes(cast, tuple(range(rank)))
    best = min(fewest_turned(cast, rank), default=()) if own else ()
    return best if best and turned_votes(cast, best) < own else ()


def _by_dims(node: Add | Einsum, orders: list[AxisOrder]) -> list[AxisOrder]:
    dims = {axes: [str(node.shape[axis]) for axis in axes] for axes in orders}
    first = min(dims.values())
    return [axes for axes in orders if dims[axes] == first]


def _names(
    node: Add | Einsum, axes: AxisOrder
) -> tuple[list[tuple[int, str, str, str]], list[str]]:
    """Return what tells the orders of a sum apart, whatever sign the sum has."""
    total = node if axes == _as_it_is(axes) else turned(node, axes)
    parts = [split_coefficient(t) for t in (total.terms if isinstance(total, Add) else (total,))]
    sign = -1 if isinstance(parts[0][0], int | float) and parts[0][0] < 0 else 1
    return [core.key for _, core in parts], [repr(sign * number) for number, _ in parts]


def _as_it_is(axes: AxisOrder) -> AxisOrder:
    return tuple(range(len(axes)))


def fewest_turned(cast: Sequence[AxisOrder], rank: int) -> list[AxisOrder]:
    """Return the orders of axes in which fewest votes find their axes turned."""
    orders = list(dict.fromkeys(vote for vote in cast if len(vote) == rank))
    if rank == 2 or (not orders and rank <= _FEW_AXES):
        orders = list(permutations(range(rank)))
    counts = [turned_votes(cast, axes) for axes in orders]
    return [axes for axes, count in zip(orders, counts, strict=True) if count == min(counts)]


def turned_votes(cast: Sequence[AxisOrder], axes: AxisOrder) -> int:
    """Count the votes that find their axes turned in an order."""
    return sum(not _agrees(vote, axes) for vote in cast)


def _agrees(vote: AxisOrder, axes: AxisOrder) -> bool:
    places = [axes.index(axis) for axis in vote]
    return places == sorted(places)


def votes(terms: Sequence[Expr]) -> Iterator[AxisOrder]:
    """Yield the order in which each factor of each term shows the axes of the sum."""
    for term in terms:
        if isinstance(term, Delta | Constant) or is_own_transpose(term):
            continue
        if isinstance(term, Einsum):
            yield from _votes_of_factors(term)
        elif isinstance(term, Add):
            yield from votes(term.terms)
        elif len(term.shape) > 1:
            yield tuple(range(len(term.shape)))


def _votes_of_factors(term: Einsum) -> Iterator[AxisOrder]:
    output = term.subscripts.output
    seen = [
        (indices, is_own_transpose(operand))
        for indices, operand in zip(term.subscripts.inputs, term.operands, strict=True)
        if len(indices) > 1 and not isinstance(operand, (Delta, *SELECTORS))
    ]
    apart = []
    for indices, own in seen:
        shown = tuple([output.index(label) for label in indices if label in output])
        if len(shown) < 2:
            apart.append((indices, own))
        elif not own:
            yield shown
    if len(output) == 2 and apart:
        yield from _along_chain(apart, output)


def _along_chain(factors: list[tuple[Indices, bool]], output: Indices) -> Iterator[AxisOrder]:
    """Yield the votes of matrices that are passed on the way from the first axis or the last.

    On the way to the left `A` stands as `A` where it is entered by its last axis. Each way is
    gone by itself, so that a transpose has the same votes, turned.
    """
    found: dict[int, set[AxisOrder]] = {}
    for end, straight in ((output[0], (0, 1)), (output[1], (1, 0))):
        for place, is_entered_first in _passed(factors, end):
            found.setdefault(place, set()).add(straight if is_entered_first else straight[::-1])
    for place in sorted(found):
        if len(found[place]) == 1 and not factors[place][1]:
            yield from found[place]


def _passed(factors: list[tuple[Indices, bool]], at: Label) -> Iterator[tuple[int, bool]]:
    """Yield the places of matrices that are passed from a label on, and how they are entered."""
    left = dict(enumerate(factors))
    while True:
        next_ones = [place for place, (indices, _) in left.items() if at in indices]
        if len(next_ones) != 1 or len(left[next_ones[0]][0]) != 2:
            return
        (first, last), _ = left.pop(next_ones[0])
        yield next_ones[0], first == at
        at = last if first == at else first


def after(places: tuple[T, ...], axes: AxisOrder) -> tuple[T, ...]:
    """Put what stands for axes into another order of them."""
    return tuple(places[axis] for axis in axes)


def inverse_order(axes: AxisOrder) -> AxisOrder:
    """Return the order that undoes another one."""
    return tuple(axes.index(axis) for axis in range(len(axes)))
