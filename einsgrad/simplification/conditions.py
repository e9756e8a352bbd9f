"""What selectors ask of indices: linear forms of labels that are 0, or at least 0.

A product of selectors is 1 where all their conditions hold. Bounds are decided for all sizes
of names, or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import TypeAlias

from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.selectors import Affine, Step
from einsgrad.strings.subscripts import Indices, Label

Dims: TypeAlias = "Mapping[Label, Dim]"
Terms: TypeAlias = "tuple[tuple[Label, int], ...]"


@dataclass(frozen=True, slots=True)
class Condition:
    """A linear form of indices that is 0 where a selector is 1, or that is at least 0.

    Parameters
    ----------
    terms
        Labels with their coefficients, none of which is 0.
    constant
        What is added.
    bounds
        Whether the form need not be 0, only at least 0.
    target
        The label of which it is an error if it leaves its range; None if that cannot be.
    """

    terms: Terms
    constant: Dim
    bounds: bool = False
    target: Label = None

    @property
    def labels(self) -> Indices:
        """The labels that it holds."""
        return tuple(label for label, _ in self.terms)

    def coefficient(self, label: Label) -> int:
        """Return what a label is multiplied by."""
        return dict(self.terms).get(label, 0)


def condition_of(selector: Affine | Step, indices: Indices) -> Condition:
    """Read a selector with the labels of its axes.

    Examples
    --------
    >>> condition_of(Affine(5, (4,), (1,), 1), ("t", "s"))
    Condition(terms=(('t', -1), ('s', 1)), constant=1, bounds=False, target=None)
    """
    match selector:
        case Affine(strides=strides, offset=offset, checked=checked):
            pairs = zip(indices, (-1, *strides), strict=True)
            return Condition(_added(pairs), offset, False, indices[0] if checked else None)
        case Step(offset=offset):
            terms = _added(zip(indices, (1, -1), strict=True))
            return Condition(terms, linear((-1, offset)), True)


def _added(pairs: Iterable[tuple[Label, int]]) -> Terms:
    total: Counter[Label] = Counter()
    for label, number in pairs:
        total[label] += number
    return tuple((label, number) for label, number in total.items() if number)


def plus(one: Condition, factor: int, other: Condition) -> Condition:
    """Add a multiple of another form to a form.

    Examples
    --------
    >>> plus(Condition((("t", 1),), 2), -1, Condition((("t", 1), ("s", 1)), 0))
    Condition(terms=(('s', -1),), constant=2, bounds=False, target=None)
    """
    scaled = ((label, factor * number) for label, number in other.terms)
    constant = linear((1, one.constant), (factor, other.constant))
    return replace(one, terms=_added([*one.terms, *scaled]), constant=constant)


def renamed(condition: Condition, old: Label, new: Label) -> Condition:
    """Write a label in the place of another one."""
    terms = _added((new if label == old else label, number) for label, number in condition.terms)
    target = new if condition.target == old else condition.target
    return replace(condition, terms=terms, target=target)


def least(condition: Condition, dims: Dims) -> Dim:
    """Return the least value of a form, of which all labels have some place."""
    return _extreme(condition, dims, -1)


def most(condition: Condition, dims: Dims) -> Dim:
    """Return the largest value of a form.

    Examples
    --------
    >>> form = Condition((("t", 2), ("s", -1)), 1)
    >>> most(form, {"t": 3, "s": 4}), least(form, {"t": 3, "s": 4})
    (5, -2)
    """
    return _extreme(condition, dims, 1)


def _extreme(condition: Condition, dims: Dims, sign: int) -> Dim:
    ends = [
        (number, linear((1, dims[label]), (-1, 1)))
        for label, number in condition.terms
        if number * sign > 0
    ]
    return linear((1, condition.constant), *ends)


def always(condition: Condition, dims: Dims) -> bool:
    """Tell whether a condition holds for all places of its labels."""
    if condition.bounds:
        return is_at_least(least(condition, dims), 0) is True
    return not condition.terms and condition.constant == 0


def never(condition: Condition, dims: Dims) -> bool:
    """Tell whether a condition holds for no places of its labels."""
    if is_at_least(-1, most(condition, dims)) is True:
        return True
    return not condition.bounds and is_at_least(least(condition, dims), 1) is True


def keeps_range(form: Condition, dim: Dim, dims: Dims, helpers: Sequence[Condition] = ()) -> bool:
    """Tell whether a form is a place on an axis of a dim wherever the helping forms are 0.

    Examples
    --------
    >>> form = Condition((("s", 1),), 1)
    >>> keeps_range(form, 5, {"s": 4}), keeps_range(form, 5, {"s": 5})
    (True, False)
    """
    forms = [form, *(plus(form, sign, helper) for helper in helpers for sign in (1, -1))]
    return any(is_at_least(least(one, dims), 0) for one in forms) and any(
        is_at_least(linear((1, dim), (-1, 1)), most(one, dims)) for one in forms
    )


def reduced(condition: Condition, dims: Dims) -> list[Condition] | None:
    """Split an equation into those that it is made of; None if it never holds.

    `4 a + b = 12 i + 4 j + k` with `b` and `k` below 4 is `a = 3 i + j` and `b = k`.

    Examples
    --------
    >>> whole = Condition((("a", 4), ("b", 1), ("j", -4), ("k", -1)), 0)
    >>> [one.terms for one in reduced(whole, dict.fromkeys("abjk", 4))]
    [(('b', 1), ('k', -1)), (('a', 1), ('j', -1))]
    """
    kept = (term for term in condition.terms if dims[term[0]] != 1 or term[0] == condition.target)
    condition = replace(condition, terms=tuple(kept))
    if condition.target is not None:
        return [condition]
    if never(condition, dims):
        return None
    if always(condition, dims):
        return []
    if condition.bounds:
        return _at_the_end(condition, dims) if most(condition, dims) == 0 else [condition]
    if least(condition, dims) == 0 or most(condition, dims) == 0:
        return _at_the_end(condition, dims)
    divided = _divided(condition)
    if divided is None or not divided.terms:
        return [condition] if not condition.terms else None
    for size in sorted({abs(number) for _, number in divided.terms} - {1}, reverse=True):
        parts = _split(divided, size, dims)
        if parts is not None:
            pieces = [reduced(part, dims) for part in parts]
            return None if None in pieces else [one for piece in pieces if piece for one in piece]
    return [divided]


def _at_the_end(condition: Condition, dims: Dims) -> list[Condition]:
    """Write a condition that holds at one end of its range only: each label is at an end."""
    upper = most(condition, dims) == 0
    return [
        Condition(((label, -1),), linear((1, dims[label]), (-1, 1)) if (number > 0) == upper else 0)
        for label, number in condition.terms
    ]


def _divided(condition: Condition) -> Condition | None:
    """Divide an equation by what all its coefficients share; None if that leaves a rest."""
    shared = gcd(*(number for _, number in condition.terms))
    if shared <= 1:
        return condition
    names, number = parts_of(condition.constant)
    if any(one % shared for _, one in names):
        return condition
    if number % shared:
        return None
    terms = tuple((label, one // shared) for label, one in condition.terms)
    parts = [(one // shared, name) for name, one in names]
    return replace(condition, terms=terms, constant=linear(*parts, (1, number // shared)))


def _split(condition: Condition, size: int, dims: Dims) -> list[Condition] | None:
    """Split an equation into what a size divides, and a rest that is smaller than the size."""
    names, number = parts_of(condition.constant)
    small = tuple((label, one) for label, one in condition.terms if one % size)
    if not small or any(one % size for _, one in names):
        return None
    for left in (number % size, number % size - size):
        rest = Condition(small, left)
        inside = is_at_least(size - 1, most(rest, dims)) and is_at_least(
            least(rest, dims), 1 - size
        )
        if inside:
            large = tuple((label, one) for label, one in condition.terms if one % size == 0)
            return [rest, Condition(large, linear((1, condition.constant), (-1, left)))]
    return None


def jointly(one: Condition, other: Condition, dims: Dims) -> tuple[Condition, ...] | None:
    """Return what two conditions say together; None if one says nothing of the other.

    That is one condition, or two; none at all if they contradict each other.

    Examples
    --------
    >>> above = Condition((("i", 1), ("j", -1)), 0, bounds=True)
    >>> below = Condition((("j", 1), ("i", -1)), 0, bounds=True)
    >>> [one.bounds for one in jointly(above, below, {"i": 3, "j": 3})]
    [False]
    """
    if one.bounds and other.bounds:
        return _two_bounds(one, other)
    if one.bounds or other.bounds:
        return _bound_beside(*(one, other) if one.bounds else (other, one), dims)
    for sign in (1, -1):
        left = plus(one, sign, other)
        if one.target is not None and other.target is not None:
            continue
        if left.terms:
            longer, shorter = (one, other) if len(one.terms) > len(other.terms) else (other, one)
            checked = one.target is not None or other.target is not None
            if len(left.terms) < len(longer.terms) and not checked:
                return shorter, replace(left, target=None)
            continue
        if left.constant == 0:
            return (one if other.target is None else other,)
        if one.target is None and other.target is None and never(replace(left, terms=()), dims):
            return ()
    return None


def _two_bounds(one: Condition, other: Condition) -> tuple[Condition, ...] | None:
    apart, joint = plus(one, -1, other), plus(one, 1, other)
    if not apart.terms:
        if is_at_least(apart.constant, 0):
            return (other,)
        return (one,) if is_at_least(0, apart.constant) else None
    if joint.terms:
        return None
    if joint.constant == 0:
        return (replace(one, bounds=False),)
    return () if is_at_least(-1, joint.constant) else None


def _bound_beside(
    bound: Condition, equation: Condition, dims: Dims
) -> tuple[Condition, ...] | None:
    """Compare a bound with an equation, where which the bound is another form."""
    if equation.target is not None:
        return None
    for sign in (1, -1):
        form = plus(bound, sign, equation)
        if is_at_least(least(form, dims), 0):
            return (equation,)
        if is_at_least(-1, most(form, dims)):
            return ()
    return None


def is_equality(condition: Condition, dims: Dims) -> bool:
    """Tell whether a condition says that two labels of one dim are equal."""
    if condition.bounds or condition.target is not None or condition.constant != 0:
        return False
    if sorted(number for _, number in condition.terms) != [-1, 1]:
        return False
    one, other = condition.labels
    return dims[one] == dims[other]


def is_view(condition: Condition) -> bool:
    """Tell whether one label of an equation is a sum of multiples of the others."""
    signs = [number > 0 for _, number in condition.terms]
    return not condition.bounds and min(sum(signs), len(signs) - sum(signs)) == 1


def covers(condition: Condition, target: Label, dims: Dims) -> bool:
    """Tell whether each place of a label is met by the others of an equation exactly once.

    Examples
    --------
    >>> joined = Condition((("t", -1), ("i", 3), ("j", 1)), 0)
    >>> covers(joined, "t", {"t": 6, "i": 2, "j": 3})
    True
    """
    sign = -condition.coefficient(target)
    if condition.bounds or condition.constant != 0 or condition.target is not None:
        return False
    reach: Dim = 1
    for label, number in sorted(condition.terms, key=lambda term: sign * term[1]):
        if label == target:
            continue
        if sign * number != reach:
            return False
        reach = linear((sign * number, dims[label]))
    return abs(sign) == 1 and is_at_least(reach, dims[target]) is True
