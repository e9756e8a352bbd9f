"""How far the letters of a text run, where indices are shifted or bounded.

A letter that is summed has the product, or the `sum[...]` around it, for its scope; others run
over the whole text. Each runs as far as all its places there exist.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from einsgrad.expressions.dims import Dim, Shape, is_at_least
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.expressions.index_ranges import IndexPlace, agreeing, ranges_told
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.scope_parts import (
    ScopePart,
    StatedIndex,
    ends_of,
    implies,
    is_bound_of,
    is_delta,
    parts_below,
    size_below,
)
from einsgrad.reading.shifted import (
    IndexCondition,
    IndexReader,
    entries_in,
    is_condition,
    written_integers,
)
from einsgrad.reading.syntax import Place, elements, is_special, letters_alone

# Functions that keep the axes that they act along.
_KEEPING = frozenset(("softmax", "log_softmax"))


@dataclass
class Scopes:
    """The letters of one text.

    Parameters
    ----------
    reader
        Reads its indices.
    names
        The variables.
    shapes
        The shapes of what stands before brackets, by node.
    """

    reader: IndexReader
    names: DeclaredNames
    shapes: Mapping[ast.AST, Shape]
    _parts: dict[ast.AST, ScopePart] = field(default_factory=dict)
    _scopes: dict[tuple[ast.AST, str], Hashable] = field(default_factory=dict)
    _stated: list[StatedIndex] = field(default_factory=list)
    _exact: dict[Hashable, Dim] = field(default_factory=dict)
    _bounded: list[tuple[Hashable, Dim]] = field(default_factory=list)
    _guards: dict[ast.AST, list[ast.AST]] = field(default_factory=dict)
    _beside: dict[ast.AST, list[ast.AST]] = field(default_factory=dict)
    _sizes: dict[Hashable, Dim | None] = field(default_factory=dict)

    def find(self, order: Sequence[Place], known: Mapping[Hashable, Dim]) -> None:
        """Find how far all letters run; `known` are sizes of letters of the whole text."""
        for place in order:
            if not place.in_base:
                self._parts[place.node] = self._part(place)
        root = self._closed(order[-1].node, order[-1].kept)
        for letter, nodes in root.holders.items():
            self._bind(letter, nodes, letter)
        matches = [place for node in self._parts for place in self._match_places(node)]
        places = [*map(self._place, self._stated), *matches]
        compared = [
            self._renamed(node, end)
            for node in filter(is_condition, self._parts)
            for end in self.reader.condition(node).ends
        ]
        exact = {**self._exact, **known}
        told = ranges_told(places, compared, {**self._said(places, compared, exact), **exact})
        placed = {index for place in places for index, _ in place.form.terms}
        for letter in root.holders.keys() - placed:
            like = self.names.dim_like(letter)
            if letter not in told and like is not None:
                told[letter] = like
        fixed = {letter: dim for letter, dim in told.items() if dim is not None}
        self._sizes = told | ranges_told(places, compared, fixed)

    def _said(
        self,
        places: Sequence[IndexPlace],
        compared: Sequence[IndexForm],
        known: Mapping[Hashable, Dim],
    ) -> dict[Hashable, Dim]:
        """Return the letters that are bounded where they are summed, unless places are nearer."""
        told = ranges_told(places, compared, known)
        said: dict[Hashable, Dim] = {}
        for scope, dim in self._bounded:
            before = said.get(scope, told.get(scope))
            if before is None or is_at_least(dim, before) is not True:
                said[scope] = dim
        return said

    def _match_places(self, node: ast.AST) -> Iterator[IndexPlace]:
        """Yield, for indices that agree, that an index alone runs as far as it needs to."""
        pairs: Sequence[tuple[IndexForm, IndexForm]] = ()
        if is_condition(node):
            pairs = self.reader.condition(node).matches
        elif isinstance(node, ast.Subscript) and is_delta(node) and not self._is_function(node):
            forms = [self.reader.form(one) for one in elements(node.slice)]
            pairs = list(pairwise(forms))
        for one, other in pairs:
            if not entries_in(one) and not entries_in(other):
                yield from agreeing(self._renamed(node, one.plus(-1, other)))

    def size(self, node: ast.AST, letter: str, shown: ast.expr) -> Dim:
        """Return how far a letter of a node runs.

        Raises
        ------
        ArgumentError
            If that cannot be told.
        """
        scope = self._scopes.get((node, letter))
        found = self._sizes.get(scope)
        if found is None:
            why = "depends on the sizes of names" if scope in self._sizes else "cannot be told"
            raise self.reader.source.error(
                f"how far the index {letter!r} runs {why}",
                shown,
                f"Say it behind the formula, '... for {letter} < 5', or declare sizes.",
            )
        if isinstance(found, int) and found < 0:
            raise self.reader.source.error(
                f"the index {letter!r} has no place here: its axis is {-found} too short",
                shown,
                "Shift it less, or declare a larger size.",
            )
        return found

    def is_guarded(self, node: ast.AST, form: IndexForm, dim: Dim) -> bool:
        """Tell whether conditions beside a place say where it leaves its axis."""
        below, above = self._guarded(node, form, dim)
        return below or above

    def needed_ends(self, node: ast.AST) -> list[IndexForm]:
        """Return what a bracket says that the factors beside it do not say by being 0."""
        beside = {id(one) for one in self._beside.get(node, ())}
        places = [one for one in self._stated if one.is_factor and id(one.node) in beside]
        return [
            end
            for end in self.reader.condition(node).ends
            if not any(implies(ends, end) for stated in places for ends in ends_of(stated))
        ]

    def _ends(self, conditions: Iterable[ast.AST]) -> list[IndexForm]:
        """Return the forms that conditions keep from being below 0."""
        return [end for one in conditions for end in self.reader.condition(one).ends]

    def _part(self, place: Place) -> ScopePart:
        node, kept = place.node, place.kept
        if is_condition(node):
            part = ScopePart(conditions=[node])
            self._state_lookups(self.reader.condition(node), node)
            for letter in dict.fromkeys(self._letters_of_condition(node)):
                part.holders[letter] = [node]
            return part
        match node:
            case ast.Subscript() if not self._is_function(node):
                return self._subscript(node)
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                return self._joined([self._parts[left], self._parts[right]])
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                return self._joined([self._parts[left], self._closed(right, kept)])
            case ast.UnaryOp(operand=operand):
                return self._parts[operand]
            case ast.Call(func=ast.Subscript() as reduced, args=[argument]):
                return self._reduced(reduced, argument, kept)
            case _:
                children = [one for one in parts_below(node) if one in self._parts]
                return self._union(self._closed(one, kept) for one in children)

    def _is_function(self, node: ast.Subscript) -> bool:
        return is_special(node, self.names) and not is_delta(node)

    def _letters_of_condition(self, node: ast.AST) -> list[str]:
        assert isinstance(node, ast.List)
        (chain,) = node.elts
        assert isinstance(chain, ast.Compare)
        sides = (chain.left, *chain.comparators)
        return [letter for side in sides for letter in self.reader.letters_in(side)]

    def _subscript(self, node: ast.Subscript) -> ScopePart:
        parts = elements(node.slice)
        letters = [letter for one in parts for letter in self.reader.letters_in(one)]
        self._state(node, node)
        holders: dict[str, list[ast.AST]] = {letter: [node] for letter in letters}
        return ScopePart(Counter(letters), holders, [node], [node])

    def _state(self, node: ast.Subscript, holder: ast.AST) -> None:
        """Note the indices of axes, also those of arrays within indices."""
        shape = self.shapes.get(node.value)
        if shape is None and isinstance(node.value, ast.Name):
            found = self.names.variables.get(node.value.id)
            shape = None if found is None else found.shape
        if isinstance(node.value, ast.List):
            shape = written_integers(node.value).sizes
        for axis, one in enumerate(elements(node.slice)):
            form = self.reader.form(one)
            if shape is not None and axis < len(shape):
                self._stated.append(StatedIndex(holder, form, shape[axis], node is holder))
            for entry in entries_in(form):
                self._state(entry, holder)

    def _state_lookups(self, condition: IndexCondition, holder: ast.AST) -> None:
        """Note the indices of arrays whose entries are compared."""
        forms = [*condition.ends, *(one for pair in condition.matches for one in pair)]
        for entry in chain.from_iterable(map(entries_in, forms)):
            self._state(entry, holder)

    def _reduced(self, node: ast.Subscript, argument: ast.expr, kept: frozenset[str]) -> ScopePart:
        bound = letters_alone(node.slice)
        part = self._closed(argument, kept | frozenset(bound))
        ends = self._ends(part.conditions)
        exact = self._ends(one for one in elements(node.slice) if isinstance(one, ast.Compare))
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        for letter in [] if name in _KEEPING else bound:
            nodes = part.holders.pop(letter, [])
            del part.counts[letter]
            scope = letter, len(self._scopes)
            self._bind(letter, [*nodes, node], scope, ends)
            for end in (one for one in exact if is_bound_of(one, letter)):
                self._exact[scope] = size_below(end)
        part.factors, part.conditions = [], []
        return part

    def _closed(self, node: ast.expr, kept: frozenset[str]) -> ScopePart:
        """Close a product: what stands twice in it and is not kept is summed."""
        part = self._parts[node]
        ends = self._ends(part.conditions)
        for one in part.conditions:
            self._beside[one] = list(part.factors)
            for inside in part.inside:
                self._guards.setdefault(inside, []).append(one)
        holders = dict(part.holders)
        for letter, count in part.counts.items():
            if count > 1 and letter not in kept:
                self._bind(letter, holders.pop(letter), (letter, len(self._scopes)), ends)
        counts = Counter(dict.fromkeys(holders, 1))
        return ScopePart(counts, holders, [], list(part.inside), list(part.conditions))

    def _joined(self, parts: Iterable[ScopePart]) -> ScopePart:
        whole = ScopePart()
        for part in parts:
            whole.put(part)
        return whole

    def _union(self, parts: Iterable[ScopePart]) -> ScopePart:
        whole = self._joined(parts)
        return ScopePart(Counter(dict.fromkeys(whole.holders, 1)), whole.holders, [], whole.inside)

    def _bind(
        self,
        letter: str,
        nodes: Sequence[ast.AST],
        scope: Hashable,
        ends: Sequence[IndexForm] = (),
    ) -> None:
        for node in nodes:
            self._scopes[node, letter] = scope
        for end in ends:
            if is_bound_of(end, letter):
                self._bounded.append((scope, size_below(end)))

    def _renamed(self, node: ast.AST, form: IndexForm) -> IndexForm:
        return form.replaced(
            {x: self._scopes[node, str(x)] for x, _ in form.terms if (node, x) in self._scopes}
        )

    def _place(self, stated: StatedIndex) -> IndexPlace:
        below, above = self._guarded(stated.node, stated.form, stated.dim)
        return IndexPlace(self._renamed(stated.node, stated.form), stated.dim, below, above)

    def _guarded(self, node: ast.AST, form: IndexForm, dim: Dim) -> tuple[bool, bool]:
        low, high = ends_of(StatedIndex(node, form, dim))
        ends = self._ends(self._guards.get(node, ()))
        return any(implies(one, low) for one in ends), any(implies(one, high) for one in ends)
