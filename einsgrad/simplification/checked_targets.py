"""Which index of a condition is checked: it is an error if that leaves its range."""

from __future__ import annotations

from dataclasses import replace

from einsgrad.simplification.conditions import Condition, Dims, keeps_range
from einsgrad.strings.subscripts import Label

UNKNOWN = object()
"""In place of a label: no single check says the same."""


def without_check(condition: Condition, dims: Dims) -> Condition:
    """Take the check from a condition whose target cannot leave its range."""
    target = condition.target
    if target is None:
        return condition
    return replace(condition, target=None) if _reaches(condition, target, dims) else condition


def _reaches(condition: Condition, target: Label, dims: Dims) -> bool:
    """Tell whether the target has a place for all places of the other labels."""
    if abs(condition.coefficient(target)) != 1:
        return False
    return keeps_range(condition.form.solved_for(target), dims[target], dims)


def target_of(label: Label, solved: Condition, other: Condition, dims: Dims) -> Label:
    """Return which label a condition checks once another label is put into it.

    Parameters
    ----------
    label, solved
        The label that is put in, and what it equals.
    other
        The condition.
    dims
        The dim of each label.
    """
    if solved.target is not None:
        if solved.target != label or other.bounds or other.target == label:
            return UNKNOWN
        if other.target is not None:
            return other.target
        targets = (x for x in other.labels if x != label and _reaches(other, x, dims))
        return next(targets, UNKNOWN)
    if other.target is None:
        return None
    if other.target != label:
        # Where the label would leave its range nothing was looked up, so nothing is checked.
        within = keeps_range(solved.form.solved_for(label), dims[label], dims)
        return other.target if within else UNKNOWN
    others = [x for x in solved.labels if x != label]
    whole = len(others) == 1 and abs(solved.coefficient(others[0])) == 1
    same = whole and dims[others[0]] == dims[label]
    return others[0] if same and _reaches(solved, label, dims) else UNKNOWN
