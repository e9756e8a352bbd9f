"""Selectors absorbed into indices: `x_t w_k [t = i + k]` is `x_{i+k} w_k`.

An affine selector says that a sum of labels is 0, and a look-up is such a sum with an entry of
an array in it. Each is solved for a label that is summed; what is left is shown as it is.
What bounds a label that is gone stays as a condition where the indices do not imply it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.index_forms import IndexForm, as_form, index_form
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.selecting import is_joining
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class PickedIndex:
    """An entry of an array of integers, as an index: its array, and the labels of its axes."""

    indices: Expr
    labels: Indices


@dataclass(frozen=True, slots=True)
class Bound:
    """That a form is at least a number, and below another: `1 ≤ t < n`; either may be missing."""

    low: Dim | None
    form: IndexForm
    high: Dim | None


@dataclass(frozen=True, slots=True)
class Match:
    """That two indices agree."""

    one: IndexForm
    other: IndexForm


ShownCondition: TypeAlias = Bound | Match


@dataclass(frozen=True, slots=True)
class IndexedExpr:
    """A factor of a product, and an index for each of its axes."""

    expr: Expr
    indices: tuple[IndexForm, ...]


@dataclass
class Absorbing:
    """The selectors of one product.

    Parameters
    ----------
    dims
        The dims of its labels.
    output
        The labels that stay.
    solved
        The labels that are gone, as forms of the others.
    factors
        The other factors, and the selectors that stay.
    bounds, matches
        The conditions that the product has.
    """

    dims: Mapping[Label, Dim]
    output: Indices
    solved: dict[Hashable, IndexForm] = field(default_factory=dict)
    factors: list[IndexedExpr] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)

    def absorb(self, factors: Sequence[tuple[Expr, Indices]]) -> None:
        """Absorb the selectors of a product into the indices of its factors."""
        for expr, labels in factors:
            match expr:
                case Affine():
                    self._affine(expr, labels)
                case Pick(indices=indices):
                    self._pick(PickedIndex(indices, labels[1:]), labels[0])
        for expr, labels in factors:
            match expr:
                case Affine() | Pick():
                    pass
                case Step(offset=offset):
                    form = index_form([(labels[0], 1), (labels[1], -1)], linear((-1, offset)))
                    self.bounds.append(Bound(0, form, None))
                case _:
                    self.factors.append(IndexedExpr(expr, tuple(map(as_form, labels))))
        self._put_in(chain.from_iterable(labels for _, labels in factors))

    @property
    def conditions(self) -> list[ShownCondition]:
        """What the indices must fulfil."""
        return [*self.bounds, *self.matches]

    @property
    def product(self) -> Product:
        """The labels that are left, as they come, as those of one factor."""
        forms = [form for one in self.factors for form in one.indices]
        for bound in self.bounds:
            forms.append(bound.form)
        for match in self.matches:
            forms += [match.one, match.other]
        labels = dict.fromkeys(chain.from_iterable(map(_labels_in, forms)))
        return Product((Factor(tuple(labels), 0),), self.output)

    def _put_in(self, labels: Iterable[Label]) -> None:
        """Write the labels that are gone as forms of the others, everywhere."""
        put = self._put
        factors = [IndexedExpr(one.expr, tuple(map(put, one.indices))) for one in self.factors]
        # Selectors that stay stand behind the factors that they join.
        self.factors = sorted(factors, key=lambda one: isinstance(one.expr, Affine))
        bounds = (Bound(one.low, put(one.form), one.high) for one in self.bounds)
        self.bounds = list(needed_bounds(bounds, self.dims))
        self.matches = [Match(put(one.one), put(one.other)) for one in self.matches]
        held = set(self.product.factors[0].indices)
        for label in dict.fromkeys((*self.output, *labels)):
            if label in held or label in self.solved:
                continue
            dim = self.dims[label]
            # A letter of the output is shown; a sum over nothing counts its terms.
            indices = (as_form(label),) if label in self.output else ()
            self.factors.append(IndexedExpr(Delta(dim, len(indices)), indices))

    def _put(self, form: IndexForm) -> IndexForm:
        form = form.replaced(self.solved)
        opened: dict[Hashable, Hashable] = {
            index: PickedIndex(index.indices, tuple(map(self._index, index.labels)))
            for index, _ in form.terms
            if isinstance(index, PickedIndex)
        }
        return form.replaced(opened)

    def _index(self, label: Label) -> Label:
        """Write a label of an array of integers, which may be looked up itself."""
        form = self._put(as_form(label))
        alone = form.index is not None and not isinstance(form.index, PickedIndex)
        return form.index if alone else form

    def _affine(self, node: Affine, labels: Indices) -> None:
        target = labels[0]
        right = index_form(zip(labels[1:], node.strides, strict=True), node.offset)
        within = node.checked or not _exceeded(Bound(0, right, node.target), self.dims)
        sides = as_form(target).replaced(self.solved), right.replaced(self.solved)
        equation = sides[0].plus(-1, sides[1])
        chosen = self._solvable(equation, labels)
        if not equation.terms and equation.offset == 0:
            return
        if chosen is None or (is_joining(node) and chosen != target):
            self.factors.append(IndexedExpr(node, sides))
        else:
            self._solve(chosen, equation, within=within and chosen == target)

    def _pick(self, lookup: PickedIndex, label: Label) -> None:
        target = as_form(label).replaced(self.solved)
        equation = target.plus(-1, as_form(lookup))
        chosen = self._solvable(equation, (label, *(x for x, _ in target.terms)))
        if chosen is None:
            self.matches.append(Match(target, as_form(lookup)))
        else:
            self._solve(chosen, equation, within=chosen == label)

    def _solvable(self, equation: IndexForm, order: Sequence[Hashable]) -> Hashable | None:
        """Return the first label that is summed and whose coefficient is 1 or -1.

        A label by which an entry of the equation is looked up cannot be written in that entry.
        """
        kept = {*self.output, *self._looked_up_by(equation)}
        labels = (x for x in order if not isinstance(x, PickedIndex) and x not in kept)
        return next((x for x in labels if abs(equation.coefficient(x)) == 1), None)

    def _looked_up_by(self, form: IndexForm) -> Iterator[Label]:
        for index, _ in form.terms:
            if isinstance(index, PickedIndex):
                for label in index.labels:
                    yield from _labels_in(self._put(as_form(label)))

    def _solve(self, label: Hashable, equation: IndexForm, *, within: bool) -> None:
        """Write a label as a form; `within` tells that it never leaves its range."""
        form = equation.solved_for(label)
        self.solved = {x: one.replaced({label: form}) for x, one in self.solved.items()}
        self.solved[label] = form
        if not within:
            self.bounds.append(Bound(0, form, self.dims[label]))


def needed_bounds(bounds: Iterable[Bound], dims: Mapping[Label, Dim]) -> Iterator[Bound]:
    """Join the bounds of one form, and leave out what the ranges of its indices imply."""
    joined: dict[frozenset[tuple[Hashable, int]], list[Bound]] = {}
    for bound in bounds:
        is_turned = frozenset(bound.form.turned.terms) in joined
        stated = turned_bound(bound) if is_turned else bound
        terms, offset = stated.form.terms, stated.form.offset
        low, high = (_moved(end, offset) for end in (stated.low, stated.high))
        one = Bound(low, IndexForm(terms), high)
        same = joined.setdefault(frozenset(terms), [])
        merged = _merged(same[-1], one) if same else None
        if merged is None:
            same.append(one)
        else:
            same[-1] = merged
    for bound in chain.from_iterable(joined.values()):
        kept = _exceeded(bound, dims)
        if kept is not None:
            yield kept


def turned_bound(bound: Bound) -> Bound:
    """Say the same of the negative form: `low ≤ form < high` is `1 - high ≤ -form < 1 - low`."""
    low, high = (None if x is None else linear((1, 1), (-1, x)) for x in (bound.high, bound.low))
    return Bound(low, bound.form.turned, high)


def _moved(end: Dim | None, offset: Dim) -> Dim | None:
    return None if end is None else linear((1, end), (-1, offset))


def _merged(one: Bound, other: Bound) -> Bound | None:
    """Join two bounds of one form; None where it varies which is the stronger."""
    low, high = one.low, one.high
    if other.low is not None:
        above = True if low is None else is_at_least(other.low, low)
        if above is None:
            return None
        low = other.low if above else low
    if other.high is not None:
        below = True if high is None else is_at_least(high, other.high)
        if below is None:
            return None
        high = other.high if below else high
    return Bound(low, one.form, high)


def _exceeded(bound: Bound, dims: Mapping[Label, Dim]) -> Bound | None:
    """Return what of a bound the ranges of the indices do not imply.

    An index that has no value at all breaks no bound, so every dim may be taken as 1 or more.
    """
    least = _least_sizes(dims.values())
    low, high = bound.low, bound.high
    if all(index in dims for index, _ in bound.form.terms):
        if low is not None and _is_above(bound.form.lowest(dims), low, least):
            low = None
        if high is not None:
            last = linear((1, high), (-1, 1))
            high = None if _is_above(last, bound.form.highest(dims), least) else high
    return None if low is None and high is None else Bound(low, bound.form, high)


def _is_above(one: Dim, other: Dim, least: Mapping[str, int]) -> bool:
    difference = linear((1, one), (-1, other))
    names, _ = parts_of(difference)
    shift = sum(number * least.get(name, 0) for name, number in names)
    return bool(is_at_least(linear((1, difference), (shift, 1)), 0))


def _least_sizes(dims: Iterable[Dim]) -> dict[str, int]:
    """Return how large each name is at least where every dim is 1 or more."""
    least: dict[str, int] = {}
    for dim in dims:
        names, number = parts_of(dim)
        if len(names) == 1 and names[0][1] > 0:
            ((name, factor),) = names
            least[name] = max(least.get(name, 0), -((number - 1) // factor))
    return least


def _labels_in(form: IndexForm) -> Iterator[Label]:
    for index, _ in form.terms:
        if isinstance(index, PickedIndex):
            for label in index.labels:
                yield from _labels_in(as_form(label))
        else:
            yield index
