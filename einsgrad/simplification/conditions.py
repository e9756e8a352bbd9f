"""What selectors ask of indices: forms of labels that are 0, or at least 0.

A product of selectors is 1 where all their conditions hold. Bounds are decided for all sizes
of names, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.index_forms import IndexForm, index_form
from einsgrad.expressions.selectors import Affine, Step
from einsgrad.strings.subscripts import Indices, Label

Dims: TypeAlias = "Mapping[Label, Dim]"
Terms: TypeAlias = "tuple[tuple[Label, int], ...]"


@dataclass(frozen=True, slots=True)
class Condition:
    """A form of indices that is 0 where a selector is 1, or that is at least 0.

    Parameters
    ----------
    form
        The form.
    bounds
        Whether the form need not be 0, only at least 0.
    target
        The label of which it is an error if it leaves its range; None if that cannot be.
    """

    form: IndexForm
    bounds: bool = False
    target: Label = None

    @property
    def terms(self) -> Terms:
        """The labels of the form with their coefficients."""
        return self.form.terms

    @property
    def constant(self) -> Dim:
        """What the form adds."""
        return self.form.offset

    @property
    def labels(self) -> Indices:
        """The labels that it holds."""
        return tuple([label for label, _ in self.form.terms])

    def coefficient(self, label: Label) -> int:
        """Return what a label is multiplied by."""
        return self.form.coefficient(label)


def condition_of(selector: Affine | Step, indices: Indices) -> Condition:
    """Read a selector with the labels of its axes.

    Examples
    --------
    >>> condition_of(Affine(5, (4,), (1,), 1), ("t", "s")).form
    IndexForm(terms=(('t', -1), ('s', 1)), offset=1)
    """
    match selector:
        case Affine(strides=strides, offset=offset, checked=checked):
            form = index_form(zip(indices, (-1, *strides), strict=True), offset)
            return Condition(form, False, indices[0] if checked else None)
        case Step(offset=offset):
            form = index_form(zip(indices, (1, -1), strict=True), linear((-1, offset)))
            return Condition(form, True)


def plus(one: Condition, factor: int, other: Condition) -> Condition:
    """Add a multiple of what is 0 by another condition to the form of one.

    Examples
    --------
    >>> one, other = IndexForm((("t", 1),), 2), IndexForm((("t", 1), ("s", 1)))
    >>> plus(Condition(one), -1, Condition(other)).form
    IndexForm(terms=(('s', -1),), offset=2)
    """
    return replace(one, form=one.form.plus(factor, other.form))


def renamed(condition: Condition, old: Label, new: Label) -> Condition:
    """Write a label in the place of another one."""
    terms = [(new if label == old else label, number) for label, number in condition.terms]
    target = new if condition.target == old else condition.target
    return replace(condition, form=index_form(terms, condition.constant), target=target)


def always(condition: Condition, dims: Dims) -> bool:
    """Tell whether a condition holds for all places of its labels."""
    if condition.bounds:
        return is_at_least(condition.form.lowest(dims), 0) is True
    return not condition.terms and condition.constant == 0


def never(condition: Condition, dims: Dims) -> bool:
    """Tell whether a condition holds for no places of its labels."""
    if is_at_least(-1, condition.form.highest(dims)) is True:
        return True
    return not condition.bounds and is_at_least(condition.form.lowest(dims), 1) is True


def keeps_range(form: IndexForm, dim: Dim, dims: Dims, helpers: Sequence[Condition] = ()) -> bool:
    """Tell whether a form is a place on an axis of a dim wherever the helpers' forms are 0.

    Examples
    --------
    >>> form = IndexForm((("s", 1),), 1)
    >>> keeps_range(form, 5, {"s": 4}), keeps_range(form, 5, {"s": 5})
    (True, False)
    """
    forms = [form, *(form.plus(sign, helper.form) for helper in helpers for sign in (1, -1))]
    return any(is_at_least(one.lowest(dims), 0) for one in forms) and any(
        is_at_least(linear((1, dim), (-1, 1)), one.highest(dims)) for one in forms
    )


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
    >>> joined = Condition(IndexForm((("t", -1), ("i", 3), ("j", 1))))
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
