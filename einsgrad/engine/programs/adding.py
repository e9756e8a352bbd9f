"""Steps that are made once; sums of terms, and dense arrays of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from einsgrad.engine.programs.steps import Combine, Register, Reshape, Step, Term
from einsgrad.strings.subscripts import Indices, Label

DType = np.dtype[Any]


class Adding:
    """The steps so far, and which of them there are already.

    Parameters
    ----------
    dtype
        The dtype of arrays that are made of deltas and numbers alone.
    """

    def __init__(self, dtype: DType) -> None:
        self.dtype = dtype
        self.steps: list[Step] = []
        self._count = 0
        self._made: dict[tuple[Any, ...], Register] = {}
        self._scaled: dict[tuple[str, Register], Register] = {}

    def register(self, shape: Sequence[int], dtype: DType) -> Register:
        """Make a register."""
        self._count += 1
        return Register(self._count - 1, tuple(shape), dtype)

    def step(self, kind: Any, spec: tuple[Sequence[int], DType], *parts: Any) -> Register:
        """Make a step, or return the result of the same step made before."""
        key = (kind, tuple(spec[0]), spec[1], *map(_hashable, parts))
        if key not in self._made:
            target = self.register(*spec)
            self.steps.append(kind(target, *parts))
            self._made[key] = target
        return self._made[key]

    def add_terms(self, terms: Sequence[Term], shape: Sequence[int]) -> Term:
        """Add terms; those that are spread alike are added before they are spread."""
        groups = _grouped(terms)
        if len(groups) == 1:
            ((classes, group),) = groups.items()
            return self._joined(group, classes, shape)
        parts: list[Term] = []
        for classes, group in groups.items():
            if group[0].is_spread:
                parts.append(self._joined(group, classes, shape))
            else:
                parts.extend(group)
        parts.sort(key=lambda term: term.is_spread)
        axes = tuple(range(len(shape)))
        order = _base_order(parts[0], axes)
        moved = [
            Term(t.coefficient, t.core, t.held, tuple(t.classes[axis] for axis in order))
            for t in parts
        ]
        return Term(1, self.combine(moved, [shape[axis] for axis in order]), order, axes)

    def by_pattern(self, terms: Sequence[Term], shape: Sequence[int]) -> list[Term]:
        """Add the terms that are spread alike."""
        groups = _grouped(terms).items()
        return [self._joined(group, classes, shape) for classes, group in groups]

    def number(self, term: Term) -> Term:
        """Write a coefficient as an array without axes."""
        return Term(1, self.combine([Term(term.coefficient, None, (), ())], ()), (), term.classes)

    def _joined(self, group: Sequence[Term], classes: Indices, shape: Sequence[int]) -> Term:
        """Add terms of one pattern over the labels that any of them holds."""
        if len(group) == 1:
            return group[0]
        if all(term.core is None for term in group):
            return Term(sum(term.coefficient for term in group), None, (), classes)
        lists = sorted((term.held for term in group), key=len, reverse=True)
        order = tuple(dict.fromkeys(x for held in lists for x in held))
        flat = [Term(term.coefficient, term.core, term.held, order) for term in group]
        sizes = dict(zip(classes, shape, strict=True))
        return Term(1, self.combine(flat, [sizes[x] for x in order]), order, classes)

    def combine(self, terms: Sequence[Term], shape: Sequence[int]) -> Register:
        """Write a sum of terms as a register of their full shape."""
        cores = [term.core.dtype for term in terms if term.core is not None]
        numbers = [term.coefficient for term in terms]
        if len(terms) > 1:
            terms = [self._scaled_before(term) for term in terms]
        dtype = np.result_type(*(cores or [self.dtype]), *numbers)
        return self.step(Combine, (shape, dtype), tuple(map(_numbered, terms)))

    def scaled(self, term: Term) -> Term:
        """Multiply the coefficient in."""
        if term.coefficient == 1 or term.core is None:
            return term
        key = (repr(term.coefficient), term.core)
        if key not in self._scaled:
            core = Term(term.coefficient, term.core, term.held, term.held)
            self._scaled[key] = self.combine([core], term.core.shape)
        return Term(1, self._scaled[key], term.held, term.classes)

    def _scaled_before(self, term: Term) -> Term:
        """Use the product with the coefficient if there is one already."""
        known = (repr(term.coefficient), term.core) in self._scaled
        return self.scaled(term) if known else term

    def dense(self, term: Term, shape: Sequence[int]) -> Term:
        """Write a term out: no coefficient, no delta, no missing axis."""
        if term.core is not None and not term.is_spread and len(term.held) == len(term.classes):
            return self.scaled(term)
        axes = tuple(range(len(shape)))
        return Term(1, self.combine([term], shape), axes, axes)

    def plain(self, term: Term, shape: Sequence[int]) -> Register:
        """Write a term as a register whose axes lie in the term's order."""
        full = self.dense(term, shape)
        assert full.core is not None
        if full.held == full.classes:
            return full.core
        order = tuple(full.held.index(x) for x in full.classes)
        return self.step(Reshape, (shape, full.core.dtype), full.core, order)


def _grouped(terms: Sequence[Term]) -> dict[Indices, list[Term]]:
    """Group terms by the pattern that they are spread by."""
    groups: dict[Indices, list[Term]] = {}
    for term in map(_numbered, terms):
        groups.setdefault(term.classes, []).append(term)
    return groups


def _base_order(base: Term, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the order in which a dense term's axes lie, into which others are added in place."""
    if base.is_spread or len(base.held) < len(axes):
        return axes
    return tuple(base.classes.index(label) for label in base.held)


def _numbered(term: Term) -> Term:
    """Number the labels of a term by their first axis."""
    numbers: dict[Label, Label] = {}
    for axis, label in enumerate(term.classes):
        numbers.setdefault(label, axis)
    held = tuple(numbers[x] for x in term.held)
    return Term(term.coefficient, term.core, held, tuple(numbers[x] for x in term.classes))


def _hashable(part: Any) -> Any:
    """Tell numbers apart that are equal but not the same, such as 1 and 1.0."""
    if isinstance(part, tuple):
        return tuple(map(_hashable, part))
    if isinstance(part, Term):
        return (repr(part.coefficient), part.core, part.held, part.classes)
    return repr(part) if isinstance(part, int | float | complex) else part
