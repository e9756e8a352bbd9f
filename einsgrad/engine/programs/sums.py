"""Sums of terms as steps, and dense arrays of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from einsgrad.engine.programs.affine_axes import AffineAxis, Room, label_sizes, labels_in
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.steps import DType, Register, Term
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.strings.subscripts import Indices, Label


class Sums:
    """Adds terms, and writes them out where a step needs an array.

    Parameters
    ----------
    steps
        The steps so far.
    dtype
        The dtype of arrays that are made of deltas and numbers alone.

    Examples
    --------
    >>> steps = Steps()
    >>> sums = Sums(steps, np.dtype(float))
    >>> x = Term.of(steps.register((3,), np.dtype(float)))
    >>> total = sums.add([x, Term(2, None, (), (0,))], (3,))
    >>> total.coefficient, total.register.shape, len(steps.made)
    (1, (3,), 1)
    """

    def __init__(self, steps: Steps, dtype: DType) -> None:
        self._steps = steps
        self.dtype = dtype
        self._scaled: dict[tuple[str, Register], Register] = {}

    def add(self, terms: Sequence[Term], shape: Sequence[int]) -> Term:
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
        parts = [part if _is_inside(part, shape) else self._cut(part, shape) for part in parts]
        parts.sort(key=lambda term: term.is_spread)
        axes = tuple(range(len(shape)))
        order = _base_order(parts[0], axes)
        moved = [
            Term(t.coefficient, t.core, t.held, tuple(t.classes[axis] for axis in order))
            for t in parts
        ]
        return Term(1, self._combined(moved, [shape[axis] for axis in order]), order, axes)

    def by_pattern(self, terms: Sequence[Term], shape: Sequence[int]) -> list[Term]:
        """Add the terms that are spread alike, unless that takes a larger array than theirs."""
        found: list[Term] = []
        for classes, group in _grouped(terms).items():
            parts: dict[frozenset[Label], list[Term]] = {}
            for term in sorted(group, key=lambda term: -len(term.held)):
                own = frozenset(term.held)
                parts.setdefault(next((x for x in parts if own <= x), own), []).append(term)
            found += [self._joined(part, classes, shape) for part in parts.values()]
        return found

    def scaled(self, term: Term) -> Term:
        """Multiply the coefficient in."""
        if term.coefficient == 1 or term.core is None:
            return term
        key = (repr(term.coefficient), term.core)
        if key not in self._scaled:
            core = Term(term.coefficient, term.core, term.held, term.held)
            self._scaled[key] = self._combined([core], term.core.shape)
        return Term(1, self._scaled[key], term.held, term.classes)

    def with_array(self, term: Term) -> Term:
        """Return a term without a coefficient; one that is a number gets an array without axes."""
        if term.core is not None:
            return self.scaled(term)
        number = self._combined([Term(term.coefficient, None, (), ())], ())
        return Term(1, number, (), term.classes)

    def dense(self, term: Term, shape: Sequence[int]) -> Term:
        """Write a term out: no coefficient, no delta, no missing axis."""
        if term.core is not None and not term.is_spread and len(term.held) == len(term.classes):
            return self.scaled(term)
        axes = tuple(range(len(shape)))
        if not _is_inside(term, shape):
            return self._cut(term, shape)
        return Term(1, self._combined([term], shape), axes, axes)

    def array(self, term: Term, shape: Sequence[int]) -> Register:
        """Write a term as a register whose axes lie in the term's order."""
        full = self.dense(term, shape)
        if full.held == full.classes:
            return full.register
        order = tuple(full.held.index(x) for x in full.classes)
        return self._steps.reshape(full.register, order, shape)

    def _cut(self, term: Term, shape: Sequence[int]) -> Term:
        """Write a term with places outside of the result into a larger array, and view a part."""
        room = Room.of(term.classes, shape)
        whole = self._combined([replace(term, classes=room.classes)], room.shape)
        return Term.of(self._steps.window(whole, room.part).register)

    def _joined(self, group: Sequence[Term], classes: Indices, shape: Sequence[int]) -> Term:
        """Add terms of one pattern over the labels that any of them holds."""
        if len(group) == 1:
            return group[0]
        if all(term.core is None for term in group):
            return Term(sum(term.coefficient for term in group), None, (), classes)
        lists = sorted((term.held for term in group), key=len, reverse=True)
        order = tuple(dict.fromkeys(x for held in lists for x in held))
        flat = [Term(term.coefficient, term.core, term.held, order) for term in group]
        sizes = label_sizes(classes, shape)
        return Term(1, self._combined(flat, [sizes[x] for x in order]), order, classes)

    def _combined(self, terms: Sequence[Term], shape: Sequence[int]) -> Register:
        """Write a sum of terms as a register of their full shape."""
        cores = [term.core.dtype for term in terms if term.core is not None]
        numbers = [term.coefficient for term in terms]
        if len(terms) > 1:
            terms = self._scaled_once([self._scaled_before(term) for term in terms])
        dtype = np.result_type(*(cores or [self.dtype]), *numbers)
        return self._steps.combine(tuple(map(_numbered, terms)), shape, dtype)

    def _scaled_once(self, terms: Sequence[Term]) -> list[Term]:
        """Multiply a register once by the number that it is spread with in two ways and more."""
        counts = Counter(_product(term) for term in terms if term.is_affine)
        shared: dict[Register, list[Number]] = {}
        for term in terms:
            if term.core is not None and counts[_product(term)] > 1:
                shared.setdefault(term.core, []).append(SignedNumber.of(term.coefficient).size)
        return [
            self._as_multiple(one, shared[one.core]) if one.core in shared else one for one in terms
        ]

    def _as_multiple(self, term: Term, sizes: Sequence[Number]) -> Term:
        """Write a term as a whole multiple of its register times one of some numbers."""
        for size in sorted(sizes, key=abs):
            number = _whole_ratio(term.coefficient, size)
            if number is not None:
                return replace(self.scaled(replace(term, coefficient=size)), coefficient=number)
        return term

    def _scaled_before(self, term: Term) -> Term:
        """Use the product with the coefficient if there is one already."""
        known = (repr(term.coefficient), term.core) in self._scaled
        return self.scaled(term) if known else term


def _is_inside(term: Term, shape: Sequence[int]) -> bool:
    """Tell whether no affine form of a term leaves its axis."""
    pairs = zip(term.classes, shape, strict=True)
    return all(not isinstance(one, AffineAxis) or one.is_inside(size) for one, size in pairs)


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


def _product(term: Term) -> tuple[str, Register | None]:
    """Name the register of a term with the size of its coefficient."""
    return repr(SignedNumber.of(term.coefficient).size), term.core


def _whole_ratio(number: Number, size: Number) -> Number | None:
    """Return which whole multiple of a size a number is, if it is one."""
    if isinstance(number, complex) or isinstance(size, complex):
        return 1 if number == size else None
    return number // size if size and number % size == 0 else None


def _numbered(term: Term) -> Term:
    """Number the labels of a term by their first axis; those of affine forms alone come behind."""
    numbers: dict[Label, Label] = {}
    for axis, label in enumerate(term.classes):
        if not isinstance(label, AffineAxis):
            numbers.setdefault(label, axis)
    for label in labels_in(term.classes):
        numbers.setdefault(label, len(term.classes) + len(numbers))
    held = tuple(numbers[x] for x in term.held)
    classes = tuple(
        one.renamed(numbers.__getitem__) if isinstance(one, AffineAxis) else numbers[one]
        for one in term.classes
    )
    return Term(term.coefficient, term.core, held, classes)
