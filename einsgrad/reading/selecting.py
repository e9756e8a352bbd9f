"""Factors whose indices are shifted, looked up or bounded, as products with selectors."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, IndexingError, clip
from einsgrad.expressions.construct import build_einsum, zeros
from einsgrad.expressions.dims import Dim, is_at_least, linear, parts_of
from einsgrad.expressions.index_forms import IndexForm, as_form
from einsgrad.expressions.nodes import Constant, Expr, Pick
from einsgrad.expressions.selectors import Affine, Delta, Integers, Step
from einsgrad.expressions.vocabulary import words
from einsgrad.reading.indexed import IndexedFactor
from einsgrad.reading.scopes import Scopes
from einsgrad.reading.shifted import IndexReader, entries_in, written_integers
from einsgrad.reading.source import ReadText
from einsgrad.reading.syntax import elements
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(frozen=True)
class SelectedFactors:
    """Builds the factors of one text whose letters have ranges.

    Parameters
    ----------
    source
        The text, for errors.
    reader
        Reads indices.
    scopes
        How far letters run.
    """

    source: ReadText
    reader: IndexReader
    scopes: Scopes

    def factor(self, base: Expr, node: ast.Subscript, holder: ast.AST) -> IndexedFactor:
        """Index an expression; `holder` is the node that the letters belong to.

        Raises
        ------
        ArgumentError
            If it has other axes, or how far a letter runs cannot be told.
        """
        parts = elements(node.slice)
        if len(parts) != len(base.shape):
            raise ArgumentError(
                f"{clip(base)} has {len(base.shape)} axes and {len(parts)} indices. "
                "Give one index for each axis, separated by commas."
            )
        axes = [self._axis(dim, part, holder) for dim, part in zip(base.shape, parts, strict=True)]
        labels = tuple(label for axis in axes for label in axis.labels)
        places = tuple(axis.place for axis in axes for _ in axis.labels)
        lists: list[Indices] = []
        selectors: list[Expr] = []
        inside: list[Label] = []
        output: list[Label] = []
        for number, axis in enumerate(axes):
            new = tuple((number, k) for k in range(len(axis.labels)))
            output += new
            if axis.selector is None:
                inside += new
                continue
            inside.append((number, "target"))
            lists.append(((number, "target"), *new))
            selectors.append(axis.selector)
        if not selectors:
            return IndexedFactor(base, labels, places)
        subscripts = Subscripts((*lists, tuple(inside)), tuple(output))
        return IndexedFactor(build_einsum(subscripts, (*selectors, base)), labels, places)

    def _axis(self, dim: Dim, part: ast.expr, holder: ast.AST) -> _SelectedAxis:
        form = self.reader.form(part)
        if entries_in(form):
            inner = self._looked_up(form, part, holder)
            return _SelectedAxis(Pick(dim, inner.tensor), inner.labels, part)
        sizes = self._sizes(form, holder, part)
        letters = tuple(map(str, sizes))
        if not letters:
            self._check_entry(form.offset, dim, part)
        if form.index is not None and sizes[form.index] == dim:
            return _SelectedAxis(None, letters, part)
        is_checked = self._is_checked(form, sizes, dim)
        checked = is_checked and not self.scopes.is_guarded(holder, form, dim)
        return _SelectedAxis(_selector(dim, form, sizes, checked=checked), letters, part)

    def _sizes(self, form: IndexForm, holder: ast.AST, place: ast.expr) -> dict[Hashable, Dim]:
        """Return how far each letter of an index runs."""
        return {x: self.scopes.size(holder, str(x), place) for x, _ in form.terms}

    def _check_entry(self, place: Dim, dim: Dim, part: ast.expr) -> None:
        """Refuse a number that is no index of its axis."""
        last = linear((1, dim), (-1, 1))
        if False in (is_at_least(place, 0), is_at_least(last, place)):
            raise self.source.error(
                f"{place} is no index of an axis of size {dim}",
                part,
                "Entries are counted from 0 to the size less 1.",
                IndexingError,
            )

    def _is_checked(self, form: IndexForm, sizes: Mapping[Hashable, Dim], dim: Dim) -> bool:
        """Tell whether only sizes can tell that an index stays within its axis."""
        if all(isinstance(one, int) for one in (dim, form.offset, *sizes.values())):
            return False
        last = linear((1, dim), (-1, 1))
        ends = is_at_least(form.lowest(sizes), 0), is_at_least(last, form.highest(sizes))
        return None in ends and False not in ends

    def _looked_up(self, form: IndexForm, part: ast.expr, holder: ast.AST) -> IndexedFactor:
        """Return the integers that an index with one entry of an array is."""
        if len(form.terms) != 1:
            raise self.source.error(
                "an entry of an array is shifted by letters", part, "Write it without letters."
            )
        ((node, number),) = form.terms
        assert isinstance(node, ast.Subscript)
        inner = self.factor(self._integers(node), node, holder)
        expr = inner.tensor if number == 1 else words.multiply(number, inner.tensor)
        return IndexedFactor(_plus(expr, form.offset), inner.labels, inner.places)

    def _integers(self, node: ast.Subscript) -> Expr:
        """Return the array of integers before brackets: a variable, or numbers written out."""
        if isinstance(node.value, ast.Name):
            found = self.reader.names.variables.get(node.value.id)
            if found is not None:
                return found
        written = written_integers(node.value)
        if not written.entries:
            raise self.source.error("an array of integers is expected here", node, "Name one.")
        return Integers(written.sizes, written.entries)

    def matched(self, holder: ast.AST, one: ast.expr, other: ast.expr) -> IndexedFactor:
        """Return the factor that is 1 where two indices agree."""
        left, right = self.reader.form(one), self.reader.form(other)
        for form, rest, place in ((left, right, other), (right, left, one)):
            if not entries_in(rest):
                continue
            if form.index is not None:
                inner = self._looked_up(rest, place, holder)
                size = self.scopes.size(holder, str(form.index), one)
                labels = (str(form.index), *inner.labels)
                return IndexedFactor(Pick(size, inner.tensor), labels, (one, *inner.places))
            if not form.terms:
                inner = self._looked_up(rest, place, holder)
                agree = words.equal(inner.tensor, _plus(Constant(0), form.offset))
                return IndexedFactor(agree, inner.labels, inner.places)
        equation = left.plus(-1, right)
        if entries_in(equation):
            return self._equal_to_entry(holder, equation, one)
        return self._equal(holder, equation, one)

    def _equal_to_entry(
        self, holder: ast.AST, equation: IndexForm, place: ast.expr
    ) -> IndexedFactor:
        """Return the factor that is 1 where a form of letters is an entry of an array."""
        entry, *others = entries_in(equation)
        if others or abs(equation.coefficient(entry)) != 1:
            raise self.source.error(
                "several entries of arrays are compared", place, "Compare one with letters."
            )
        inner = self._looked_up(as_form(entry), place, holder)
        form = equation.solved_for(entry)
        sizes = self._sizes(form, holder, place)
        letters = tuple(map(str, sizes))
        target = linear((1, form.highest(sizes)), (1, 1))
        affine = _selector(target, form, sizes)
        within = tuple((k,) for k in range(len(inner.labels)))
        lists = (("t", *within), ("t", *range(len(letters))))
        output = (*range(len(letters)), *within)
        expr = build_einsum(Subscripts(lists, output), (Pick(target, inner.tensor), affine))
        return IndexedFactor(expr, (*letters, *inner.labels), (place,) * len(output))

    def ones(self, node: ast.Subscript) -> IndexedFactor:
        """Return the factor that is 1 for every value of the letters of one index."""
        (part,) = elements(node.slice)
        labels = tuple(dict.fromkeys(self.reader.letters_in(part)))
        sizes = [self.scopes.size(node, letter, part) for letter in labels]
        subscripts = Subscripts(tuple((label,) for label in labels), labels)
        ones = [Delta(size, 1) for size in sizes]
        expr = ones[0] if len(ones) == 1 else build_einsum(subscripts, ones)
        return IndexedFactor(expr, labels, (part,) * len(labels))

    def _equal(self, holder: ast.AST, equation: IndexForm, place: ast.expr) -> IndexedFactor:
        """Return the factor that is 1 where a form is 0."""
        if not equation.terms:
            agree = is_at_least(equation.offset, 0) and is_at_least(0, equation.offset)
            return IndexedFactor(Constant(int(bool(agree))), (), ())
        chosen = next((x for x, number in equation.terms if abs(number) == 1), None)
        if chosen is None:
            raise self.source.error("no index stands alone here", place, "Write one with factor 1.")
        size, form = self.scopes.size(holder, str(chosen), place), equation.solved_for(chosen)
        sizes = self._sizes(form, holder, place)
        labels = (str(chosen), *map(str, sizes))
        is_delta = form.index is not None and sizes[form.index] == size
        # The entry that a number names exists, as that of `x[1]` does whose slope it is.
        checked = not form.terms and self._is_checked(form, sizes, size)
        expr = Delta(size, 2) if is_delta else _selector(size, form, sizes, checked=checked)
        return IndexedFactor(expr, labels, (place,) * len(labels))

    def conditions(self, node: ast.List) -> Iterator[IndexedFactor]:
        """Yield the factors of a bracket that its neighbours do not imply."""
        for end in self.scopes.needed_ends(node):
            yield self._not_below(node, end)
        chain = node.elts[0]
        assert isinstance(chain, ast.Compare)
        sides = (chain.left, *chain.comparators)
        for sign, one, other in zip(chain.ops, sides, sides[1:], strict=False):
            if isinstance(sign, ast.Eq):
                yield self.matched(node, one, other)

    def _not_below(self, node: ast.List, end: IndexForm) -> IndexedFactor:
        """Return the factor that is 1 where a form is not below 0."""
        if entries_in(end):
            inner = self._looked_up(end, node, node)
            holds = words.greater_equal(inner.tensor, 0)
            return IndexedFactor(holds, inner.labels, inner.places)
        sizes = self._sizes(end, node, node)
        letters = tuple(map(str, sizes))
        places = (node,) * len(letters)
        if not letters:
            decided = is_at_least(end.offset, 0)
            sizes_alone = words.greater_equal(_plus(Constant(0), end.offset), 0)
            return IndexedFactor(sizes_alone if decided is None else Constant(int(decided)), (), ())
        ordered = sorted(end.terms, key=lambda term: -term[1])
        if [number for _, number in ordered] == [1, -1]:
            (rows, _), (columns, _) = ordered
            step = Step(sizes[rows], sizes[columns], linear((-1, end.offset)))
            return IndexedFactor(step, (str(rows), str(columns)), places)
        target = linear((1, end.highest(sizes)), (1, 1))
        if isinstance(target, int) and target <= 0:
            spread = zeros(tuple(sizes.values()))
            return IndexedFactor(spread, letters, places)
        if sum(number for _, number in end.terms) < 0:
            # From 0 to its highest value a form is, too, where that is counted from the end.
            end = IndexForm((), end.highest(sizes)).plus(-1, end)
        labels = tuple(range(len(letters)))
        subscripts = Subscripts((("t", *labels),), labels)
        expr = build_einsum(subscripts, (_selector(target, end, sizes),))
        return IndexedFactor(expr, letters, places)


def _selector(
    target: Dim, form: IndexForm, sizes: Mapping[Hashable, Dim], *, checked: bool = False
) -> Affine:
    """Return the selector of a form of letters: its place in the target."""
    sources = tuple([sizes[letter] for letter, _ in form.terms])
    strides = tuple([number for _, number in form.terms])
    return Affine(target, sources, strides, form.offset, checked)


def _plus(expr: Expr, dim: Dim) -> Expr:
    """Add a dim to an expression, its names as their sizes."""
    names, constant = parts_of(dim)
    for name, factor in names:
        expr = words.add(expr, words.multiply(factor, Delta(name, 0)))
    return words.add(expr, constant) if constant else expr


@dataclass(frozen=True, slots=True)
class _SelectedAxis:
    """An axis that is indexed: the selector, if it needs one, and the letters."""

    selector: Expr | None
    labels: tuple[str, ...]
    place: ast.expr
