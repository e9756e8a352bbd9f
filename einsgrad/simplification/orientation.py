"""Conditions written as selectors, each in one way: which index is the target, and the order.

`t = s + 1` is `s = t - 1`: the target is chosen so that strides and offset are not negative
where that can be, and so that its axis holds all places of the others.
"""

from __future__ import annotations

from typing import TypeAlias

from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.index_forms import IndexForm, index_form
from einsgrad.expressions.selectors import Affine, Step
from einsgrad.simplification.conditions import Condition, Dims, keeps_range
from einsgrad.strings.subscripts import Indices, Label

Rank: TypeAlias = "tuple[int, bool, bool, str, str]"


def selector_of(condition: Condition, dims: Dims) -> tuple[Indices, Affine | Step] | None:
    """Write a condition as a selector with the labels of its axes; None if it cannot be.

    Examples
    --------
    >>> from einsgrad.expressions.index_forms import IndexForm
    >>> condition = Condition(IndexForm((("s", -1), ("t", 1)), -1))
    >>> labels, selector = selector_of(condition, {"s": 4, "t": 5})
    >>> labels, selector.target, selector.offset
    (('t', 's'), 5, 1)
    """
    if not condition.terms:
        return _number(condition)
    if condition.bounds:
        return _step(condition, dims)
    if condition.target is not None:
        return _affine(condition, condition.target, dims)
    targets = [label for label, number in condition.terms if abs(number) == 1]
    found = [_affine(condition, label, dims) for label in targets]
    written = [one for one in found if one is not None]
    return min(written, key=lambda one: _rank(condition, one, dims), default=None)


def _number(condition: Condition) -> tuple[Indices, Affine | Step]:
    """Write a condition on dims alone: a number that is 1 or 0."""
    negative = linear((-1, condition.constant))
    if condition.bounds:
        return (object(), object()), Step(1, 1, negative)
    return (object(),), Affine(1, (), (), max(negative, condition.constant, key=parts_of))


def _affine(condition: Condition, target: Label, dims: Dims) -> tuple[Indices, Affine] | None:
    if abs(condition.coefficient(target)) != 1:
        return None
    form = condition.form.solved_for(target)
    ordered = sorted(form.terms, key=lambda term: (-term[1], str(dims[term[0]])))
    sources = tuple(label for label, _ in ordered)
    selector = Affine(
        dims[target],
        tuple(dims[label] for label in sources),
        tuple(number for _, number in ordered),
        form.offset,
        condition.target is not None,
    )
    return (target, *sources), selector


def _step(condition: Condition, dims: Dims) -> tuple[Indices, Step] | None:
    if sorted(number for _, number in condition.terms) not in ([-1, 1], [-1], [1]):
        return None
    # Of an index alone the other one is on an axis of one entry.
    axes: dict[int, tuple[Label, Dim]] = {1: (object(), 1), -1: (object(), 1)}
    axes |= {number: (label, dims[label]) for label, number in condition.terms}
    (row, rows), (column, columns) = axes[1], axes[-1]
    return (row, column), Step(rows, columns, linear((-1, condition.constant)))


def _rank(condition: Condition, written: tuple[Indices, Affine], dims: Dims) -> Rank:
    labels, selector = written
    form = condition.form.solved_for(labels[0])
    return (
        sum(stride < 0 for stride in selector.strides),
        is_at_least(selector.offset, 0) is not True,
        not keeps_range(form, dims[labels[0]], dims),
        str(selector.target),
        repr((selector.strides, [*map(str, selector.sources)])),
    )


def alike_axes(selector: Affine) -> tuple[int, ...]:
    """Number the axes of a selector, equally where they may be exchanged.

    Examples
    --------
    >>> alike_axes(Affine(9, (4, 4), (1, 1), 0)), alike_axes(Affine(3, (3,), (-1,), 2))
    ((0, 1, 1), (0, 0))
    """
    kinds: list[tuple[int, Dim, bool]] = [(-1, selector.target, selector.checked)]
    kinds += [
        (stride, dim, False) for stride, dim in zip(selector.strides, selector.sources, strict=True)
    ]
    return tuple(kinds.index(kind) for kind in kinds)


def is_inside(selector: Affine) -> bool:
    """Tell whether there is a place in the target for all places of the sources.

    Examples
    --------
    >>> is_inside(Affine(5, (4,), (1,), 1)), is_inside(Affine(5, (5,), (1,), 1))
    (True, False)
    """
    form, dims = _place_of(selector)
    return keeps_range(form, selector.target, dims)


def reach(selector: Affine) -> tuple[Dim, Dim]:
    """Return the lowest and the highest place that a selector gives its sources.

    Examples
    --------
    >>> reach(Affine(9, (3, 4), (2, -1), 3))
    (0, 7)
    """
    form, dims = _place_of(selector)
    return form.lowest(dims), form.highest(dims)


def _place_of(selector: Affine) -> tuple[IndexForm, Dims]:
    """Return the place in the target as a form of the sources by number, and their dims."""
    form = index_form(enumerate(selector.strides), selector.offset)
    return form, dict(enumerate(selector.sources))
