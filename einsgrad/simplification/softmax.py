"""Softmax and logsumexp as people write them: exponentials, divided by their sum.

`exp(x) / sum(exp(x))` is `exp(x - logsumexp(x))`, which does not overflow, and sums to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.expressions.construct import build_einsum, with_factors
from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Number, Reduce
from einsgrad.expressions.products import is_ones_vector
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import unreduce
from einsgrad.expressions.tables.elementwise import EXP, LOG, POWER, RECIPROCAL
from einsgrad.expressions.tables.reductions import LOGSUMEXP
from einsgrad.expressions.vocabulary.words import add, exp, log, multiply, power, subtract
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(frozen=True, slots=True)
class SummedPowers:
    """A number times the sum of exponentials along axes, spread over others.

    Parameters
    ----------
    number
        The number.
    powers, axes
        The exponentials, and the axes along which they are added.
    places
        The axis of the sum for each other axis of the exponentials.
    """

    number: Expr
    powers: Map
    axes: tuple[int, ...]
    places: dict[int, int]


def softmax_of_powers(node: Einsum) -> Einsum:
    """Write `exp(x) / sum(exp(x))` as `exp(x - logsumexp(x))`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> product = multiply(exp(x), eg.reciprocal(eg.sum(exp(x))))
    >>> softmax_of_powers(product).operands
    (exp(x - ",n->n"(logsumexp(x, axis=(0,)), 1)),)
    """
    lists = node.subscripts.inputs
    for place, divided in enumerate(node.operands):
        found = _divisor(divided)
        if found is None:
            continue
        total, left = found
        indices = lists[place]
        for beside, other in enumerate(node.operands):
            if not _holds(other, total, lists[beside], indices):
                continue
            assert isinstance(other, Map)
            factors = list(zip(lists, node.operands, strict=True))
            factors[beside] = lists[beside], _normalised(other, total)
            kept = [*factors[:place], *factors[place + 1 :]]
            kept += [] if left is None else [(indices, left)]
            kept += [] if total.number is Constant(1) else [((), power(total.number, -1))]
            return with_factors(node, kept)
    return node


def _is_power(operand: Expr) -> bool:
    return isinstance(operand, Map) and operand.function is EXP and not operand.is_complex


def _divisor(operand: Expr) -> tuple[SummedPowers, Expr | None] | None:
    """Read a reciprocal, or a negative power, of a sum of exponentials, and what is left of it."""
    if not isinstance(operand, Map):
        return None
    match operand:
        case Map(function=row, operands=(Einsum() as inner,)) if row is RECIPROCAL:
            exponent: Number = -1
        case Map(function=row, operands=(Einsum() as inner, Constant(value=int() as exponent))):
            if row is not POWER or exponent >= 0:
                return None
        case _:
            return None
    found = summed_powers(inner)
    if found is None or len(found.places) < len(inner.shape):
        return None
    return found, None if exponent == -1 else power(inner, exponent + 1)


def _holds(other: Expr, total: SummedPowers, own: Indices, indices: Indices) -> bool:
    """Tell whether exponentials hold those that are added, over the same labels."""
    if not _is_power(other) or other.shape != total.powers.shape:
        return False
    if any(own[axis] != indices[place] for axis, place in total.places.items()):
        return False
    assert isinstance(other, Map)
    exponent, added = other.operands[0], total.powers.operands[0]
    if exponent is added:
        return True
    if not isinstance(exponent, Add):
        return False
    terms = added.terms if isinstance(added, Add) else (added,)
    return set(terms) <= set(exponent.terms)


def _normalised(powers: Map, total: SummedPowers) -> Expr:
    normaliser = Reduce(LOGSUMEXP, total.powers.operands[0], total.axes)
    return exp(subtract(powers.operands[0], unreduce(normaliser, powers.shape, total.axes)))


def summed_powers(total: Einsum) -> SummedPowers | None:
    """Read a sum of exponentials along axes; None if it is none.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[m,n]")
    >>> summed_powers(eg.sum(eg.exp(x), 1)).axes
    (1,)
    """
    numbers: list[Expr] = []
    found: tuple[Indices, Map] | None = None
    for indices, operand in zip(total.subscripts.inputs, total.operands, strict=True):
        if is_ones_vector(operand):
            continue
        if _is_size(operand):
            numbers.append(operand)
        elif found is None and isinstance(operand, Map) and _is_power(operand):
            found = indices, operand
        else:
            return None
    if found is None:
        return None
    indices, powers = found
    output = total.subscripts.output
    if len(set(indices)) < len(indices) or len(set(output)) < len(output):
        return None
    places = {axis: output.index(x) for axis, x in enumerate(indices) if x in output}
    axes = tuple(axis for axis in range(len(indices)) if axis not in places)
    if not axes or len(set(total.subscripts.labels)) > len(set(indices) | set(output)):
        return None
    number = multiply(*numbers) if numbers else Constant(1)
    return SummedPowers(number, powers, axes, places)


def _is_size(operand: Expr) -> bool:
    """Tell whether an operand is a positive number, the size of an axis, or its reciprocal."""
    match operand:
        case Constant(value=value):
            return not isinstance(value, complex) and value > 0
        case Delta(order=order):
            return order == 0
        case Map(function=row, operands=(Delta(order=0),)):
            return row is RECIPROCAL
        case _:
            return False


def log_of_powers(node: Map) -> Expr | None:
    """Write `log(sum(exp(x)))` as `logsumexp(x)`, with the logarithm of a number before the sum."""
    total = node.operands[0]
    if node.function is not LOG or not isinstance(total, Einsum):
        return None
    found = summed_powers(total)
    if found is None:
        return None
    reduced: Expr = Reduce(LOGSUMEXP, found.powers.operands[0], found.axes)
    kept, everywhere = tuple(found.places.values()), tuple(range(len(total.shape)))
    lists = (kept, *((axis,) for axis in everywhere if axis not in kept))
    ones = [Delta(total.shape[axis], 1) for axis in everywhere if axis not in kept]
    spread = build_einsum(Subscripts(lists, everywhere), (reduced, *ones))
    return spread if found.number is Constant(1) else add(spread, log(found.number))


def drop_softmax_sums(node: Einsum) -> Einsum:
    """Drop a softmax that is summed along its axes, and stands for 1.

    Examples
    --------
    >>> import einsgrad as eg
    >>> z, y = eg.variables("z[n] y[m]")
    >>> drop_softmax_sums(eg.einsum("n,m->m", eg.simplify(eg.softmax(z)), y)).operands
    (y[m],)
    """
    for place, operand in enumerate(node.operands):
        if not _is_power(operand):
            continue
        gone = summed_softmax(node, place)
        if gone:
            indices = node.subscripts.inputs[place]
            pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
            kept = [pair for pair in pairs if not set(gone).intersection(pair[0])]
            dims = node.dims
            ones = [((x,), Delta(dims[x], 1)) for x in indices if x not in gone]
            return with_factors(node, [*kept, *ones], gone)
    return node


def lone_labels(node: Einsum, place: int) -> set[Label]:
    """Return the labels of a factor that are summed over it alone.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[m]")
    >>> len(lone_labels(eg.einsum("mn,m->", A, x), 0))
    1
    """
    own = node.subscripts.inputs[place]
    held = set(node.subscripts.output)
    for other, (indices, operand) in enumerate(
        zip(node.subscripts.inputs, node.operands, strict=True)
    ):
        if other != place and not is_ones_vector(operand):
            held.update(indices)
    return {label for label in own if label not in held and own.count(label) == 1}


def summed_softmax(node: Einsum, place: int) -> Indices:
    """Return the labels of the axes that a softmax is summed along; none if it is no such sum."""
    operand = node.operands[place]
    if not isinstance(operand, Map) or not isinstance(operand.operands[0], Add):
        return ()
    indices = node.subscripts.inputs[place]
    lone = lone_labels(node, place)
    if not lone:
        return ()
    normaliser = log_normaliser(operand.operands[0])
    if normaliser is None or normaliser.is_complex:
        return ()
    gone = tuple(indices[axis] for axis in normaliser.axes)
    return gone if lone.issuperset(gone) else ()
