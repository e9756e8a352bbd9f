"""The rules for powers: one spelling for each, and powers of one base become one factor.

A whole power of a factor is `x · x` or `power(x, 3)`, what is divided by is the reciprocal of a
power, a root is `sqrt`. What is a product is raised factor by factor, and the norm of a vector
and its product with itself are powers of one base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

from einsgrad.expressions.construct import build_einsum, with_factors
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Reduce
from einsgrad.expressions.products import SELECTORS, factors_of, is_labelled_delta
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import (
    ABS,
    EXP,
    HEAVISIDE,
    POWER,
    QUOTIENTS,
    RECIPROCAL,
    RELU,
    SIGMOID,
    SIGN,
    SQRT,
)
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.simplification.closed_products import has_alike_parts, repeated_parts, standing
from einsgrad.simplification.joined_exponents import join_exponents
from einsgrad.simplification.reading_powers import (
    Groups,
    Power,
    exponents_of,
    powers_in,
    square_of,
    tidy_exponent,
)
from einsgrad.simplification.related_powers import (
    join_exponentials,
    join_lengths,
    join_logistics,
    join_moduli,
    join_quotients,
    join_steps,
)
from einsgrad.simplification.varied_powers import is_varied
from einsgrad.simplification.written_powers import Factor, write_powers
from einsgrad.strings.subscripts import Indices, Label, Subscripts

_LATER = (
    EXP,
    ABS,
    SIGN,
    SIGMOID,
    HEAVISIDE,
    RELU,
    *dict.fromkeys(chain.from_iterable(QUOTIENTS.values())),
)


def merge_powers(node: Einsum, whole: Collection[Expr] = ()) -> Einsum:
    """Multiply powers of the same base over the same labels: `x · 1/x`, `√x · √x`, `‖x‖ x·x`.

    What stays whole is not raised factor by factor.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import reciprocal
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> product = build_einsum(Subscripts(((0,), (0,)), (0,)), (x, reciprocal(x)))
    >>> merge_powers(product).operands
    (ones("n"),)
    """
    if not _may_merge(node):
        return node
    kept, plain, powers = _sorted(node, whole)
    groups = exponents_of(powers)
    done = _take_parts(node, plain, groups)
    kept += [factor for factor in plain if is_labelled_delta(factor[1])]
    for indices, operand in plain:
        if is_labelled_delta(operand):
            continue
        groups[operand, indices] = tidy_exponent(groups.get((operand, indices), 0) + 1)
    join_exponents(groups)
    join_lengths(groups)
    join_moduli(groups)
    join_exponentials(groups)
    join_logistics(groups)
    join_quotients(groups)
    join_steps(groups)
    factors = [*kept, *write_powers(groups)]
    old = zip(node.subscripts.inputs, node.operands, strict=True)
    return node if Counter(factors) == Counter(old) else with_factors(node, factors, done)


def open_power(node: Map | Reduce) -> Expr | None:
    """Raise a product factor by factor, and write each power in its one way: `1/(x/y)` is `y/x`."""
    if not is_power(node):
        return None
    labels = tuple(range(len(node.shape)))
    groups = exponents_of(powers_in(node, labels))
    join_exponents(groups)
    join_lengths(groups)
    join_exponentials(groups)
    join_logistics(groups)
    join_steps(groups)
    factors = write_powers(groups)
    if len(factors) == 1 and factors[0] == (labels, node):
        return None
    held = {label for indices, _ in factors for label in indices}
    missing = [label for label in labels if label not in held]
    lists = (*(indices for indices, _ in factors), *((label,) for label in missing))
    ones = [Delta(node.shape[label], 1) for label in missing]
    return build_einsum(Subscripts(lists, labels), [*(one for _, one in factors), *ones])


def _may_merge(node: Einsum) -> bool:
    """Tell, soon, whether there may be anything to merge in a product."""
    operands = node.operands
    if len(operands) < 2:
        return False
    called = [one for one in operands if isinstance(one, (Map, Reduce))]
    if called and (any(map(is_power, called)) or _may_meet(called, operands)):
        return True
    different = len(set(operands))
    if different == len(operands):
        return False
    factors = Counter(zip(node.subscripts.inputs, operands, strict=True))
    # Two copies are a square, and a part that stands twice has two factors or more.
    if max(factors.values()) > 2:
        return True
    return len(operands) > 3 and different < len(factors) and has_alike_parts(node)


def _may_meet(called: Sequence[Expr], operands: Sequence[Expr]) -> bool:
    """Tell whether there are several exponentials, moduli and signs, or one with what it meets."""
    later = [one for one in called if isinstance(one, Map) and one.function in _LATER]
    return len(later) > 1 or any(_meets_any(one, operands) for one in later)


def _meets_any(one: Map, operands: Sequence[Expr]) -> bool:
    """Tell whether `|x|`, a sign or a step stands beside its argument, or `σ(x)` by `1 - σ(x)`."""
    if one.function is SIGMOID:
        sums = [other for other in operands if isinstance(other, Add) and len(other.terms) == 2]
        return any(_stands(one, factors_of(term)) for other in sums for term in other.terms)
    return one.function in (ABS, SIGN, HEAVISIDE) and _stands(one.operands[0], operands)


def _stands(expr: Expr, operands: Sequence[Expr]) -> bool:
    return any(one is expr for one in operands)


def is_power(expr: Expr) -> bool:
    """Tell whether an expression may be a power of something else."""
    if isinstance(expr, Map):
        if expr.function is POWER:
            return isinstance(expr.operands[1], Constant) or is_varied(expr)
        return expr.function in (RECIPROCAL, SQRT)
    return isinstance(expr, Reduce) and expr.function is NORM


def _sorted(
    node: Einsum, whole: Collection[Expr]
) -> tuple[list[Factor], list[Factor], list[Power]]:
    """Part the factors into numbers and selectors, first powers, and what else is raised."""
    kept: list[Factor] = []
    plain: list[Factor] = []
    powers: list[Power] = []
    output = node.subscripts.output
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, (Constant, *SELECTORS)) or _is_tie(indices, operand, output):
            kept.append((indices, operand))
        elif is_power(operand):
            powers.extend(powers_in(operand, indices, 1, () if _meets(operand, node) else whole))
        else:
            plain.append((indices, operand))
    return kept, plain, powers


def _meets(power: Expr, node: Einsum) -> bool:
    """Tell whether what is raised is a product of which a factor stands beside it."""
    inner = power.operands[0] if isinstance(power, Map) else power
    return isinstance(inner, Einsum) and any(_stands(one, node.operands) for one in inner.operands)


def _is_tie(indices: Indices, operand: Expr, output: Indices) -> bool:
    """Tell whether a factor is a delta, but for ones that are summed over."""
    if not isinstance(operand, Delta) or not operand.order:
        return False
    return operand.order > 1 or indices[0] in output


def _take_parts(node: Einsum, plain: list[Factor], groups: Groups) -> set[Label]:
    """Count products among the first powers as powers of the bases that they are.

    Returns the labels that these sum.
    """
    done: set[Label] = set()
    output = node.subscripts.output
    # A label that a selector, a delta or a power holds, too, is closed by none of the others.
    held = [
        indices
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True)
        if isinstance(operand, SELECTORS) or _is_tie(indices, operand, output)
    ]
    held += [indices for _, indices in groups]
    open_labels = (*output, *(label for indices in held for label in indices))
    for base, indices in list(groups):
        part = _part_of(base)
        while part is not None:
            places = standing(plain, open_labels, part, indices)
            if places is None:
                break
            _note_summed(plain, places, indices, done)
            _take(plain, places)
            groups[part, indices] = tidy_exponent(groups.get((part, indices), 0) + 1)
    alike = repeated_parts(plain, open_labels)
    for repeated in alike:
        _note_summed(plain, repeated.places, repeated.indices, done)
        key = repeated.part, repeated.indices
        groups[key] = tidy_exponent(groups.get(key, 0) + repeated.times)
    _take(plain, [place for repeated in alike for place in repeated.places])
    return done


def _part_of(base: Expr) -> Einsum | None:
    """Return the product that a base is, or that is the square of the length that it is."""
    if isinstance(base, Einsum):
        return base
    return square_of(base)


def _note_summed(
    plain: list[Factor], places: Sequence[int], outer: Indices, done: set[Label]
) -> None:
    """Note the labels that factors sum."""
    done.update(label for place in places for label in plain[place][0] if label not in outer)


def _take(plain: list[Factor], places: Sequence[int]) -> None:
    """Take factors away."""
    taken = set(places)
    plain[:] = [factor for place, factor in enumerate(plain) if place not in taken]
