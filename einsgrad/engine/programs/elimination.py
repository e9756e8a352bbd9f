"""Equations between labels, solved in whole numbers: which label is which form of the others.

A selector says that its target is an affine form of its sources. Several of them are a system
of linear equations; each takes one label away. What is left are labels that run over ranges
of their own, and every other label is an affine form of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import gcd, prod

from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.expressions.index_forms import IndexForm, index_form
from einsgrad.strings.subscripts import Label


@dataclass(slots=True)
class Elimination:
    """A system of equations that is solved.

    Parameters
    ----------
    sizes
        The size of every label. Those that are taken away stay, new ones are added.
    held
        The labels that arrays have: what is outside of the range of one is not there.
    output
        The labels of the result's axes: what is outside of the range of one is dropped.

    Attributes
    ----------
    forms
        The labels that are taken away, each as a form of those that are left.
    bounds
        Forms that nothing else keeps in a range, and the ends of these.
    is_empty
        Whether no values of the labels solve the equations.

    Examples
    --------
    >>> system = Elimination({"t": 5, "i": 4}, held={"t"}, output=("i",))
    >>> system.solve([("t", index_form([("t", 1), ("i", -1)], -1))])
    >>> system.axis("t")
    AffineAxis(labels=('i',), strides=(1,), sizes=(4,), offset=1)
    """

    sizes: dict[Label, int]
    held: Collection[Label]
    output: Collection[Label]
    forms: dict[Label, IndexForm] = field(default_factory=dict)
    bounds: list[tuple[IndexForm, int]] = field(default_factory=list)
    is_empty: bool = False

    def solve(self, equations: Sequence[tuple[Label, IndexForm]]) -> None:
        """Take away one label for each equation: a label that is liked best, and a form of 0."""
        for target, equation in equations:
            self._use(target, self._in_labels_left(equation))
            if self.is_empty:
                return
        self._crop_all()
        if not self.is_empty:
            self._enforce()

    def axis(self, label: Label) -> AffineAxis | None:
        """Return the form of a label that was taken away; None for one that is left."""
        form = self.forms.get(label)
        return None if form is None else self.as_axis(form)

    def as_axis(self, form: IndexForm) -> AffineAxis:
        """Return a form of labels that are left as an axis."""
        sizes = tuple([self.sizes[x] for x, _ in form.terms])
        labels, strides = tuple(x for x, _ in form.terms), tuple(c for _, c in form.terms)
        return AffineAxis(labels, strides, sizes, _number(form))

    def _in_labels_left(self, equation: IndexForm) -> IndexForm:
        for label, form in self.forms.items():
            equation = _with_form(equation, label, form)
        return equation

    def _use(self, target: Label, equation: IndexForm) -> None:
        """Solve one equation for a label."""
        common = gcd(*(c for _, c in equation.terms))
        if not common or _number(equation) % common:
            self.is_empty = self.is_empty or bool(equation.offset)
            return
        terms = tuple([(x, c // common) for x, c in equation.terms])
        equation = IndexForm(terms, _number(equation) // common)
        pivot = self._pivot(target, equation)
        if pivot is not None:
            self._take_away(pivot, equation.solved_for(pivot))
        elif len(terms) == 2:
            self._use_pair(equation)
        else:
            self.bounds.append((equation, 1))

    def _pivot(self, target: Label, equation: IndexForm) -> Label | None:
        """Choose a label that the equation can be solved for."""
        units = [x for x, c in equation.terms if abs(c) == 1]
        if target in units:
            return target
        return min(units, key=lambda x: (x in self.output, -self.sizes[x]), default=None)

    def _use_pair(self, equation: IndexForm) -> None:
        """Solve `a i + b j + c = 0` by a label of its own, of which both are multiples."""
        ((one, a), (other, b)), offset = equation.terms, _number(equation)
        first = -offset * pow(a, -1, abs(b)) % abs(b)
        second = -(offset + a * first) // b
        new = ("both", one, other)
        low, high = _within(b, first, self.sizes[one])
        least, most = _within(-a, second, self.sizes[other])
        low, high = max(low, least), min(high, most)
        self.sizes[new] = max(high - low + 1, 0)
        self._take_away(one, IndexForm(((new, b),), first + b * low))
        self._take_away(other, IndexForm(((new, -a),), second - a * low))

    def _take_away(self, label: Label, form: IndexForm) -> None:
        self.forms = {x: _with_form(own, label, form) for x, own in self.forms.items()}
        self.bounds = [(_with_form(own, label, form), size) for own, size in self.bounds]
        self.forms[label] = form

    def _crop_all(self) -> None:
        """Leave out the values of a label for which a form of it alone leaves its range."""
        pending = list(self.forms)
        while pending:
            label = pending.pop()
            form = self.forms[label]
            if len(form.terms) > 1:
                continue
            if not form.terms:
                self.is_empty = self.is_empty or not 0 <= _number(form) < self.sizes[label]
                continue
            ((base, stride),) = form.terms
            low, high = _within(stride, _number(form), self.sizes[label])
            low, high = max(low, 0), min(high, self.sizes[base] - 1)
            if (low, high) != (0, self.sizes[base] - 1):
                new = ("cropped", base)
                self.sizes[new] = max(high - low + 1, 0)
                self._take_away(base, IndexForm(((new, 1),), low))
        used = {x for form in self.forms.values() for x, _ in form.terms}
        self.is_empty = self.is_empty or not prod(self.sizes[x] for x in used)

    def _enforce(self) -> None:
        """Keep the forms in their ranges that no array and no axis of the result keeps there."""
        for label, form in self.forms.items():
            kept = label in self.held or label in self.output
            if not kept and not self.as_axis(form).is_inside(self.sizes[label]):
                self.bounds.append((form, self.sizes[label]))


def _within(stride: int, offset: int, size: int) -> tuple[int, int]:
    """Return the least and the largest number for which the form is in the range of a size."""
    first, last = -offset, size - 1 - offset
    if stride < 0:
        first, last, stride = -last, -first, -stride
    return -(-first // stride), last // stride


def _with_form(form: IndexForm, label: Label, other: IndexForm) -> IndexForm:
    """Put a form in the place of a label, behind the labels that are there."""
    factor = form.coefficient(label)
    if not factor:
        return form
    rest = tuple([term for term in form.terms if term[0] != label])
    return IndexForm(rest, form.offset).plus(factor, other)


def _number(form: IndexForm) -> int:
    """Return what a form adds, a number: all sizes are known here."""
    assert isinstance(form.offset, int)
    return form.offset


def equation_of(target: Label, axis: AffineAxis) -> IndexForm:
    """Return what is 0 where the target is at its place."""
    sources = [(x, -stride) for x, stride in zip(axis.labels, axis.strides, strict=True)]
    return index_form([(target, 1), *sources], -axis.offset)
