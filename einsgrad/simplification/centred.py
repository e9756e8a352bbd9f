"""Sums that are 0: of what is centred, `x - mean(x)`, alone or weighted with a softmax.

They vanish before anything is multiplied out, so that what is centred stays one factor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms, build_einsum, zeros
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map
from einsgrad.expressions.products import as_einsum, fold_constants, is_ones_vector
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import EXP, RECIPROCAL
from einsgrad.simplification.flattening import merge_products
from einsgrad.simplification.softmax import drop_softmax_sums
from einsgrad.simplification.spreading import spread_axes
from einsgrad.simplification.sums import collect, scaled
from einsgrad.simplification.symmetry import simple_product
from einsgrad.strings.subscripts import Indices, Label, Subscripts

Factors: TypeAlias = "list[tuple[Indices, Expr]]"

# Sums of more terms are not looked at, and none further below than so many levels.
_MOST_TERMS = 16
_DEEPEST = 3
_WITH_MEAN = 2
_NOTHING = Einsum(Subscripts(((),), ()), (Constant(0),))


def drop_centred(node: Einsum) -> Einsum:
    """Drop from a factor the terms whose sum along an axis is 0, where it is summed there.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[m]")
    >>> drop_centred(eg.einsum("n,m->m", eg.simplify(x - eg.mean(x)), y)).operands
    (0, ones("m"))
    """
    if set(node.subscripts.output).issuperset(chain(*node.subscripts.inputs)):
        return node
    return _without_centred(_with_centred(node), _DEEPEST)


def _with_centred(node: Einsum) -> Einsum:
    """Write `Σ (x - mean(x)) x` as a square, of which no digits cancel."""
    lists, operands = node.subscripts.inputs, node.operands
    for place, operand in enumerate(operands):
        if not isinstance(operand, Add) or len(operand.terms) != _WITH_MEAN:
            continue
        if not _holds_spread(operand):
            continue
        for other, beside in enumerate(operands):
            if lists[other] == lists[place] and any(beside is term for term in operand.terms):
                (mean,) = (term for term in operand.terms if term is not beside)
                if _is_square(node, (place, other), mean):
                    new = (*operands[:other], operand, *operands[other + 1 :])
                    return Einsum(node.subscripts, new)
    return node


@lru_cache(maxsize=1024)
def _holds_spread(node: Add) -> bool:
    return any(map(_is_spread, node.terms))


def _is_spread(term: Expr) -> bool:
    return isinstance(term, Einsum) and any(map(is_ones_vector, term.operands))


def _is_square(node: Einsum, pair: tuple[int, int], mean: Expr) -> bool:
    """Tell whether a factor and what it is centred from are all that is summed along some axes."""
    place = pair[0]
    own = node.subscripts.inputs[place]
    axes = spread_axes(mean)
    summed = [own[axis] for axis in axes]
    operand = node.operands[place]
    if not axes or not isinstance(operand, Add) or set(summed) & set(node.subscripts.output):
        return False
    for at, (indices, one) in enumerate(zip(node.subscripts.inputs, node.operands, strict=True)):
        if at not in pair and not is_ones_vector(one) and set(summed) & set(indices):
            return False
    return not _left((own, operand), axes, [], _DEEPEST)


def _without_centred(node: Einsum, depth: int) -> Einsum:
    if not depth:
        return node
    for place, operand in enumerate(node.operands):
        if not isinstance(operand, Add) or len(operand.terms) > _MOST_TERMS:
            continue
        indices = node.subscripts.inputs[place]
        if set(indices) <= set(node.subscripts.output):
            continue
        for labels, weights in _summed(node, place):
            axes = [indices.index(label) for label in labels]
            left = _left((indices, operand), axes, weights, depth)
            if not left:
                return as_einsum(zeros(node.shape)) if node.shape else _NOTHING
            if len(left) < len(operand.terms):
                total = add_terms(left, operand.shape)
                operands = (*node.operands[:place], total, *node.operands[place + 1 :])
                return Einsum(node.subscripts, operands)
    return node


def _summed(node: Einsum, place: int) -> Iterator[tuple[Indices, Factors]]:
    """Yield what a factor is summed over, with its weights: each label, and those without any."""
    alone: list[Label] = []
    for label in node.subscripts.inputs[place]:
        weights = _weights(node, place, label)
        if weights is not None:
            yield (label,), weights
            alone += [label] * (not weights)
    if len(alone) > 1:
        yield tuple(alone), []


def _weights(node: Einsum, place: int, label: Label) -> Factors | None:
    """Return the softmax that a label is summed over beside a factor; None for anything else."""
    own = node.subscripts.inputs[place]
    if label in node.subscripts.output or len(set(own)) < len(own):
        return None
    found: Factors = []
    for other, (indices, operand) in enumerate(
        zip(node.subscripts.inputs, node.operands, strict=True)
    ):
        if other == place or label not in indices or is_ones_vector(operand):
            continue
        if found or not _is_softmax(operand, indices, label):
            return None
        found.append((indices, operand))
    return found


def _is_softmax(operand: Expr, indices: Indices, label: Label) -> bool:
    """Tell whether a factor is a softmax along the axis of a label."""
    if not isinstance(operand, Map) or operand.function is not EXP:
        return False
    normaliser = log_normaliser(operand.operands[0])
    return normaliser is not None and normaliser.axes == (indices.index(label),)


def _left(
    own: tuple[Indices, Add], axes: Sequence[int], weights: Factors, depth: int
) -> list[Expr]:
    """Return the terms of a sum whose total along axes does not vanish, alone or together."""
    indices, operand = own
    spread = any(set(axes).intersection(spread_axes(term)) for term in operand.terms)
    if not spread and not any(map(_may_vanish, operand.terms)):
        return list(operand.terms)
    totals = [_total((indices, term), axes, weights, depth) for term in operand.terms]
    if spread:
        sizes = [operand.shape[axis] for axis in axes]
        whole = collect([_without_sizes(total, sizes) for total in totals], totals[0])
        if _is_zero(whole):
            return []
    return [term for term, total in zip(operand.terms, totals, strict=True) if not _is_zero(total)]


def _may_vanish(term: Expr) -> bool:
    return isinstance(term, Einsum) and any(isinstance(one, Add) for one in term.operands)


def _total(own: tuple[Indices, Expr], axes: Sequence[int], weights: Factors, depth: int) -> Expr:
    """Add up a term along axes, with its weights."""
    gone = {own[0][axis] for axis in axes}
    factors = [own, *weights]
    every = dict.fromkeys(x for indices, _ in factors for x in indices)
    output = tuple(x for x in every if x not in gone)
    lists = Subscripts(tuple(indices for indices, _ in factors), output)
    product = merge_products(build_einsum(lists, [operand for _, operand in factors]))
    return _simple(drop_softmax_sums(_without_centred(product, depth - 1)))


def _simple(product: Einsum) -> Expr:
    number, rest = fold_constants(product)
    core = simple_product(rest) if rest.operands else Constant(1)
    return core if number == 1 else scaled(number, core)


def _without_sizes(total: Expr, sizes: Sequence[Dim]) -> Expr:
    """Cancel `n · 1/n`: over an axis without entries all sums are 0."""
    if not isinstance(total, Einsum):
        return total
    gone: Counter[Expr] = Counter()
    counts = Counter(total.operands)
    for size in dict.fromkeys(sizes):
        length = Delta(size, 0)
        divided = Map(RECIPROCAL, (length,))
        times = min(counts[length], counts[divided])
        gone.update({length: times, divided: times})
    if not gone.total():
        return total
    kept: Factors = []
    for indices, operand in zip(total.subscripts.inputs, total.operands, strict=True):
        if gone[operand]:
            gone[operand] -= 1
        else:
            kept.append((indices, operand))
    lists = Subscripts(tuple(indices for indices, _ in kept), total.subscripts.output)
    return _simple(Einsum(lists, tuple(operand for _, operand in kept))) if kept else Constant(1)


def _is_zero(expr: Expr) -> bool:
    match expr:
        case Constant(value=value):
            return value == 0
        case Einsum(operands=operands):
            return any(operand is Constant(0) for operand in operands)
        case _:
            return False
