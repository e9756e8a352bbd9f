"""Look-ups that spread a result, taken out of its terms: what is left has an axis for each label.

The Hessian of `sum(x[src]**2)` is `2 P_{ik} P_{jk}` with `P_{ik} = [i = src_k]`. What is left of
it is the number 2 with axes `i`, `j` and `k`, of which `i` and `j` are where `src` points to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Einsum, Expr, Pick
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.walks import topological
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label, Subscripts, fresh_numbers

Pair: TypeAlias = tuple[Indices, Expr]
Pairs: TypeAlias = tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class LookedAxis:
    """An axis whose index is what integers say at the indices of other axes.

    Parameters
    ----------
    axis
        The axis.
    pick
        The look-up.
    others
        The axes of the integers.
    """

    axis: int
    pick: Pick
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PulledOut:
    """A term of a result without the look-ups that spread it.

    Parameters
    ----------
    expr
        What is left. Its first axes are the result's, then come those that integers have.
    looked
        The look-ups.
    whole
        The term with its look-ups.
    """

    expr: Expr
    looked: tuple[LookedAxis, ...]
    whole: Expr


def pulled_out(expr: Expr, size: Callable[[Dim], int]) -> list[PulledOut]:
    """Write a result as a sum of terms, and take the look-ups that spread them out.

    Parameters
    ----------
    expr
        The result.
    size
        Returns the size of a dim. A look-up stays where an array that is scattered is smaller.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> (part,) = pulled_out(Pick("n", Variable("src", ("m",))), {"n": 5, "m": 9}.__getitem__)
    >>> part.looked
    (LookedAxis(axis=0, pick=pick("n", src), others=(1,)),)
    >>> part.expr.shape
    ('n', 'm')
    """
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    spread = _holding(terms, _is_open)
    inner = spread | _holding(terms, _is_delta) if spread else spread
    found: list[PulledOut] = []
    axes = tuple(range(len(expr.shape)))
    for term in terms:
        if term in spread or isinstance(term, Pick):
            products = _opened(((axes, term),), inner)
            found += [_without_lookups(one, axes, size) for one in products]
        else:
            found.append(PulledOut(term, (), term))
    return found


def _holding(exprs: Sequence[Expr], rule: Callable[[Pair, Pairs, Indices], bool]) -> set[Expr]:
    """Return the products with a factor for which a rule holds, and the sums of such."""
    found: set[Expr] = set()
    for node in topological(*exprs):
        match node:
            case Einsum():
                pairs = tuple(zip(node.subscripts.inputs, node.operands, strict=True))
                output = node.subscripts.output
                if any(rule(one, pairs, output) for one in pairs) or not found.isdisjoint(
                    node.operands
                ):
                    found.add(node)
            case Add(terms=terms) if not found.isdisjoint(terms):
                found.add(node)
            case _:
                pass
    return found


def _is_open(pair: Pair, pairs: Pairs, output: Indices) -> bool:
    """Tell whether a factor is a look-up that says where entries of the result stand."""
    labels, node = pair
    if not isinstance(node, Pick) or labels[0] in labels[1:]:
        return False
    return labels[0] in output or any(
        labels[0] in own and not set(output).isdisjoint(own)
        for own, one in pairs
        if isinstance(one, Affine)
    )


def _is_delta(pair: Pair, _: Pairs, output: Indices) -> bool:
    """Tell whether a factor says that indices of the result are one, or shifted."""
    labels, node = pair
    return isinstance(node, Delta | Affine) and sum(x in output for x in labels) > 1


def _worth_it(pairs: Pairs, output: Indices, size: Callable[[Dim], int]) -> set[Label]:
    """Return the targets of look-ups with fewer integers than the places they might point to."""
    sizes = {x: size(dim) for own, one in pairs for x, dim in zip(own, one.shape, strict=True)}
    chosen: set[Label] = set()
    for group, free in _groups(pairs):
        ends = {one[0][0] for one in group if _is_open(one, pairs, output)}
        integers = prod(sizes[x] for x in free)
        if integers < prod(sizes[x] for x in (*ends, *(free & set(output)))):
            chosen |= {labels[0] for labels, _ in group}
    return chosen


def _groups(pairs: Pairs) -> Iterator[tuple[list[Pair], set[Label]]]:
    """Yield look-ups whose integers share labels, with the labels that others do not follow from.

    Labels are also shared by a shift or a delta, and by integers that point into the axes
    of others.
    """
    picks = [pair for pair in pairs if isinstance(pair[1], Pick)]
    shifts = [own for own, one in pairs if isinstance(one, Affine | Delta)]
    targets = {labels[0] for labels, _ in picks}
    indices = {x for labels, _ in picks for x in labels[1:]}
    joined = Joins[Label]()
    for own in (*shifts, *(x[1:] if x[0] not in indices else x for x, _ in picks)):
        for label in own:
            joined.join(own[0], label)
    following = targets | {x for own in shifts for x in own[:1]}
    groups: dict[Label, list[Pair]] = {}
    for labels, node in picks:
        root = joined.find(labels[-1])
        groups.setdefault(root, []).append((labels, node))
    for root, group in groups.items():
        yield group, {x for x, own in joined.found().items() if own == root} - following


def _opened(pairs: Pairs, spread: Collection[Expr]) -> Iterator[Pairs]:
    """Multiply factors out that hold look-ups inside."""
    for place, (indices, operand) in enumerate(pairs):
        rest = (*pairs[:place], *pairs[place + 1 :])
        if isinstance(operand, Add) and operand in spread:
            for term in operand.terms:
                yield from _opened((*rest, (indices, term)), spread)
            return
        if isinstance(operand, Einsum) and operand in spread:
            names = dict(zip(operand.subscripts.output, indices, strict=True))
            fresh = fresh_numbers(x for own, _ in pairs for x in own)
            inner = {x: names[x] if x in names else next(fresh) for x in operand.subscripts.labels}
            lists = operand.subscripts.relabel(inner).inputs
            yield from _opened((*rest, *zip(lists, operand.operands, strict=True)), spread)
            return
    yield pairs


def _without_lookups(pairs: Pairs, output: Indices, size: Callable[[Dim], int]) -> PulledOut:
    """Take the look-ups out of a product; what else holds a target is looked up in."""
    rest, kept, looked = pairs, output, dict[Label, tuple[Pick, Indices]]()
    allowed = _worth_it(pairs, output, size)
    while True:
        for place, (labels, node) in enumerate(rest):
            if not isinstance(node, Pick) or labels[0] in looked or labels[0] not in allowed:
                continue
            others = (*rest[:place], *rest[place + 1 :])
            if _is_open((labels, node), others, kept) and not _leads(labels, looked):
                break
        else:
            break
        looked[labels[0]] = node, labels[1:]
        kept = tuple(dict.fromkeys((*kept, *labels)))
        rest = _looked_up(others, labels, node, kept)
    found = tuple(
        LookedAxis(kept.index(target), node, tuple(map(kept.index, own)))
        for target, (node, own) in looked.items()
    )
    return PulledOut(_product(rest, kept, pairs), found, _product(pairs, output, pairs))


def _leads(labels: Indices, looked: dict[Label, tuple[Pick, Indices]]) -> bool:
    """Tell whether integers stand at indices that the label itself says."""
    pending = list(labels[1:])
    while pending:
        label = pending.pop()
        if label == labels[0]:
            return True
        pending += looked[label][1] if label in looked else ()
    return False


def _looked_up(pairs: Pairs, labels: Indices, node: Expr, kept: Indices) -> Pairs:
    """Look up in the arrays that have the target, of which a product keeps one place for each."""
    target = labels[0]
    new = next(fresh_numbers((*kept, *(x for own, _ in pairs for x in own))))
    changed = tuple(
        pair
        if isinstance(pair[1], Affine | Delta)
        else (tuple(new if x == target else x for x in pair[0]), pair[1])
        for pair in pairs
    )
    return pairs if changed == pairs else (*changed, ((new, *labels[1:]), node))


def _product(pairs: Pairs, output: Indices, all_pairs: Pairs) -> Expr:
    """Return an einsum; a label that no factor has is that of a vector of ones."""
    dims = {x: dim for own, one in all_pairs for x, dim in zip(own, one.shape, strict=True)}
    held = {x for own, _ in pairs for x in own}
    ones = tuple(((x,), Delta(dims[x], 1)) for x in output if x not in held)
    lists, operands = zip(*pairs, *ones, strict=True)
    return Einsum(Subscripts(lists, output), operands)
