"""Products of a result written as factors: which arrays share no sum, or a short one.

`δ_ni V_mk V_mj` is one array `V V` where there are more m than k; `A_mp A_mi B_nq B_nj` is two, and
`X_nd s_n X_ne` stays as it is where there are fewer n than d: its rank is at most n.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Einsum, Expr, Pick
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Step
from einsgrad.strings.joins import Joins, connected
from einsgrad.strings.subscripts import Indices, Label, Subscripts, fresh_numbers

Pair: TypeAlias = tuple[Indices, Expr]
Pairs: TypeAlias = tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Separated:
    """A product whose factors are computed apart.

    Parameters
    ----------
    factors
        The factors, with the label of each axis.
    deltas
        The labels of each delta.
    output
        The labels of the result. What factors have beside these is summed over.
    whole
        The product.
    """

    factors: Pairs
    deltas: tuple[Indices, ...]
    output: Indices
    whole: Expr


def separated(expr: Expr, size: Callable[[Dim], int]) -> tuple[list[Separated], list[Expr]]:
    """Return the terms of a result that are several factors, and the other terms.

    Parameters
    ----------
    expr
        The result.
    size
        Returns the size of a dim.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, B, u = eg.variables("A[i,k] B[j,l] u[i]")
    >>> (one,), rest = separated(eg.einsum("ik,jl->ijkl", A, B), dict.fromkeys("ijkl", 3).get)
    >>> len(one.factors), rest
    (2, [])
    """
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    output = tuple(range(len(expr.shape)))
    found: list[Separated] = []
    others: list[Expr] = []
    for term in terms:
        products = list(_opened(((output, term),), output))
        several = [_separated(pairs, output, size) for pairs in products]
        if not any(several):
            others.append(term)
            continue
        for pairs, one in zip(products, several, strict=True):
            if one is None:
                others.append(_product(pairs, output))
            else:
                found.append(one)
    return found, others


def _opened(pairs: Pairs, output: Indices) -> Iterator[Pairs]:
    """Open products within a product, and sums of which a term is spread in the result."""
    for place, (indices, operand) in enumerate(pairs):
        rest = (*pairs[:place], *pairs[place + 1 :])
        if isinstance(operand, Add) and _has_spread_term(indices, operand, output):
            for term in operand.terms:
                yield from _opened((*rest, (indices, term)), output)
            return
        if isinstance(operand, Einsum) and (not rest or _is_several(operand)):
            names = dict(zip(operand.subscripts.output, indices, strict=True))
            fresh = fresh_numbers([*output, *(x for own, _ in pairs for x in own)])
            inner = {x: names[x] if x in names else next(fresh) for x in operand.subscripts.labels}
            lists = operand.subscripts.relabel(inner).inputs
            yield from _opened((*rest, *zip(lists, operand.operands, strict=True)), output)
            return
    yield pairs


def _has_spread_term(indices: Indices, operand: Add, output: Indices) -> bool:
    """Tell whether a term of a sum says that indices of the result are one."""
    if sum(x in output for x in indices) < 2:
        return False
    for term in operand.terms:
        names: dict[Label, Label] = dict(enumerate(indices))
        pairs: Pairs = ((tuple(names), term),)
        if isinstance(term, Einsum):
            names = dict(zip(term.subscripts.output, indices, strict=True))
            pairs = tuple(zip(term.subscripts.inputs, term.operands, strict=True))
        if any(
            isinstance(one, Delta) and sum(names.get(x) in output for x in own) > 1
            for own, one in pairs
        ):
            return True
    return False


def _is_several(operand: Einsum) -> bool:
    """Tell whether a product has deltas in its axes, or factors that share no sum."""
    output = operand.subscripts.output
    pieces = _pieces(tuple(zip(operand.subscripts.inputs, operand.operands, strict=True)), output)
    return bool(pieces.deltas) or len(pieces.groups) > 1


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The factors of a product in groups that share no sum, and the deltas of the result."""

    groups: list[Pairs]
    deltas: tuple[Indices, ...]
    joins: Joins[Label]


def _pieces(pairs: Pairs, output: Indices) -> _Pieces:
    """Group factors that are connected by sums, or by selectors other than deltas."""
    deltas = tuple(own for own, one in pairs if _is_outer(own, one, output) and len(own) > 1)
    joins = Joins[Label]()
    for own in deltas:
        for label in own:
            joins.join(own[0], label)
    factors = [pair for pair in pairs if not _is_outer(*pair, output)]
    selected = {
        x for own, one in factors if isinstance(one, Affine | Step | Pick | Fourier) for x in own
    }
    apart = set(output) - selected
    groups = [
        tuple(factors[k] for k in group) for group in connected([own for own, _ in factors], apart)
    ]
    return _Pieces(_merged(groups, set(output), joins), deltas, joins)


def _is_outer(labels: Indices, operand: Expr, output: Indices) -> bool:
    """Tell whether a factor is a delta, or a vector of ones, of axes of the result."""
    return isinstance(operand, Delta) and bool(labels) and set(labels) <= set(output)


def _merged(groups: Sequence[Pairs], kept: Collection[Label], joins: Joins[Label]) -> list[Pairs]:
    """Multiply a group, or a number, with one that has all its kept labels."""
    left = sorted(groups, key=lambda group: -len(_labels(group, kept, joins)))
    found: list[Pairs] = []
    for group in left:
        own = _labels(group, kept, joins)
        place = next((k for k, one in enumerate(found) if own <= _labels(one, kept, joins)), None)
        if place is None:
            found.append(group)
        else:
            found[place] += group
    return found


def _labels(group: Pairs, kept: Collection[Label], joins: Joins[Label]) -> set[Label]:
    return {joins.find(x) for own, _ in group for x in own if x in kept}


def _separated(pairs: Pairs, output: Indices, size: Callable[[Dim], int]) -> Separated | None:
    """Return a product as several factors, or None if it is one."""
    pieces = _pieces(pairs, output)
    sizes = {x: size(dim) for own, one in pairs for x, dim in zip(own, one.shape, strict=True)}
    groups, kept = list[Pairs](), set(output)
    for group in pieces.groups:
        cut = _cut(group, output, pieces.joins, sizes)
        kept |= cut
        lists = [tuple(own) for own, _ in group]
        places = connected(lists, kept) if cut else [list(range(len(group)))]
        parts = [tuple(group[k] for k in one) for one in places]
        groups += _merged(parts, kept, pieces.joins) if cut else parts
    if len(groups) < 2:
        return None
    factors = tuple(_factor(group, kept) for group in groups)
    return Separated(factors, pieces.deltas, output, _product(pairs, output))


def _cut(group: Pairs, output: Indices, joins: Joins[Label], sizes: dict[Label, int]) -> set[Label]:
    """Return labels that are summed over and have fewer values than what they connect."""
    half = len(output) // 2
    rows, columns = ({joins.find(x) for x in one} for one in (output[:half], output[half:]))
    if len(output) % 2 or any(isinstance(x, Affine | Step | Pick | Fourier) for _, x in group):
        return set()
    own = _labels(group, output, joins)
    height = prod(sizes[x] for x in own & rows - columns)
    width = prod(sizes[x] for x in own & columns - rows)
    summed = {x for labels, _ in group for x in labels} - set(output)
    cuts = sorted(({x} for x in summed), key=lambda cut: sizes[next(iter(cut))])
    for cut in (*cuts, summed):
        if prod(sizes[x] for x in cut) * (height + width) >= height * width:
            continue
        parts = connected([labels for labels, _ in group], cut | (rows & columns))
        sides = [_labels(tuple(group[k] for k in part), output, joins) for part in parts]
        if all(one.isdisjoint(rows - columns) or one.isdisjoint(columns - rows) for one in sides):
            return cut
    return set()


def _factor(group: Pairs, kept: Collection[Label]) -> Pair:
    """Contract a group to the labels that are kept."""
    if len(group) == 1:
        return group[0]
    labels = tuple(dict.fromkeys(x for own, _ in group for x in own if x in kept))
    return labels, _product(group, labels)


def _product(pairs: Pairs, output: Indices) -> Expr:
    """Return an einsum."""
    if len(pairs) == 1 and pairs[0][0] == output:
        return pairs[0][1]
    lists, operands = zip(*pairs, strict=True)
    return Einsum(Subscripts(lists, output), operands)
