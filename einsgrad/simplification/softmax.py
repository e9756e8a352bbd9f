"""Softmax and logsumexp as people write them: exponentials of what is shifted by its maximum.

The shift is there for stability alone and changes no value. Where it is recognised, nothing is
derived through the maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from einsgrad.expressions.construct import add_terms, build_einsum, with_factors
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Reduce
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import unreduce
from einsgrad.expressions.tables.elementwise import EXP, LOG, RECIPROCAL
from einsgrad.expressions.tables.reductions import LOGSUMEXP, MAX
from einsgrad.expressions.vocabulary.words import add, exp, subtract
from einsgrad.expressions.walks import rebuild_all, topological
from einsgrad.strings.subscripts import Subscripts


def with_softmax(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Write exponentials of what is shifted by its maximum with logsumexp, in simple expressions.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> powers = eg.exp(x - eg.max(x))
    >>> with_softmax([eg.simplify(powers / eg.sum(powers))])
    (exp(x - ",n->n"(logsumexp(x, axis=(0,)), 1)),)
    """
    if not any(isinstance(node, Reduce) and node.function is MAX for node in topological(*exprs)):
        return tuple(exprs)
    return tuple(rebuild_all(exprs, _recognised))


def _recognised(node: Expr) -> Expr:
    match node:
        case Einsum():
            return _normalised(node)
        case Map(function=row, operands=(total,)) if row is LOG:
            logarithm = _logarithm(total)
            return node if logarithm is None else logarithm
        case _:
            return node


def _normalised(node: Einsum) -> Expr:
    """Write `exp(x - c) / sum(exp(x - c))` as `exp(x - logsumexp(x))`."""
    lists = node.subscripts.inputs
    for place, total in enumerate(node.operands):
        match total:
            case Map(function=row, operands=(Einsum() as inner,)) if row is RECIPROCAL:
                found = _summed(inner)
            case _:
                continue
        if found is None:
            continue
        powers, axes, places = found
        indices = lists[place]
        for beside, other in enumerate(node.operands):
            own = lists[beside]
            if other is powers and all(own[axis] == indices[k] for axis, k in places.items()):
                softmax = _softmax(powers.operands[0], axes)
                if softmax is None:
                    continue
                factors = list(zip(lists, node.operands, strict=True))
                factors[beside] = own, softmax
                return with_factors(node, [*factors[:place], *factors[place + 1 :]])
    return node


def _summed(total: Einsum) -> tuple[Map, tuple[int, ...], dict[int, int]] | None:
    """Return the exponentials that are added, along which axes, and where the others end up.

    Axes of size 1 may stand between them.
    """
    factors = list(zip(total.subscripts.inputs, total.operands, strict=True))
    ones = [(one[0], operand.dim) for one, operand in factors if _is_ones(operand)]
    others = [factor for factor in factors if not _is_ones(factor[1])]
    if len(others) != 1:
        return None
    indices, powers = others[0]
    output = total.subscripts.output
    if not isinstance(powers, Map) or powers.function is not EXP or powers.is_complex:
        return None
    if len(set(indices)) < len(indices) or len(set(output)) < len(output):
        return None
    if any(dim != 1 for label, dim in ones if label not in indices):
        return None
    places = {axis: output.index(x) for axis, x in enumerate(indices) if x in output}
    axes = tuple(axis for axis in range(len(indices)) if axis not in places)
    return (powers, axes, places) if axes else None


def _is_ones(operand: Expr) -> TypeGuard[Delta]:
    return isinstance(operand, Delta) and operand.order == 1


def _softmax(exponent: Expr, axes: tuple[int, ...]) -> Expr | None:
    found = _without_shift(exponent, axes)
    if found is None:
        return None
    rest, _ = found
    normaliser = Reduce(LOGSUMEXP, rest, axes)
    return exp(subtract(rest, unreduce(normaliser, rest.shape, axes)))


def _logarithm(total: Expr) -> Expr | None:
    """Write `log(sum(exp(x - c)))` as `logsumexp(x) - c`."""
    if not isinstance(total, Einsum) or (found := _summed(total)) is None:
        return None
    powers, axes, places = found
    shifted = _without_shift(powers.operands[0], axes)
    if shifted is None:
        return None
    rest, shift = shifted
    logarithm = add(Reduce(LOGSUMEXP, rest, axes), shift)
    kept, everywhere = tuple(places.values()), tuple(range(len(total.shape)))
    lists = (kept, *((axis,) for axis in everywhere if axis not in kept))
    ones = [Delta(1, 1)] * (len(lists) - 1)
    return build_einsum(Subscripts(lists, everywhere), (logarithm, *ones))


def _without_shift(exponent: Expr, axes: tuple[int, ...]) -> tuple[Expr, Expr] | None:
    """Split an exponent into what is shifted, and a multiple of a maximum that is the same along
    the axes.
    """
    if not isinstance(exponent, Add):
        return None
    for place, term in enumerate(exponent.terms):
        shift = _maximum(term, axes)
        if shift is not None:
            others = (*exponent.terms[:place], *exponent.terms[place + 1 :])
            return add_terms(others, exponent.shape), shift
    return None


def _maximum(term: Expr, axes: tuple[int, ...]) -> Expr | None:
    """Return a multiple of a maximum without axes along which it is the same, or None."""
    if not isinstance(term, Einsum):
        return None
    factors = list(zip(term.subscripts.inputs, term.operands, strict=True))
    numbers = [isinstance(one, Constant) for one in term.operands]
    gone = {term.subscripts.output[axis] for axis in axes}
    ones = [indices for indices, one in factors if _is_ones(one)]
    cores = [(indices, one) for indices, one in factors if not isinstance(one, Constant | Delta)]
    if len(cores) != 1 or len(ones) + sum(numbers) + 1 != len(factors):
        return None
    indices, core = cores[0]
    if not isinstance(core, Reduce) or core.function is not MAX:
        return None
    if len(set(term.subscripts.output)) < len(term.subscripts.output) or gone & set(indices):
        return None
    kept = [factor for factor in factors if not gone & set(factor[0])]
    output = tuple(label for label in term.subscripts.output if label not in gone)
    return build_einsum(Subscripts(tuple(one for one, _ in kept), output), [one for _, one in kept])
