"""Variables that a text in index notation does not declare: it says all of them."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import Variable
from einsgrad.reading.lines import TextLine
from einsgrad.reading.names import CONSTANTS, DELTA_NAMES, DeclaredNames
from einsgrad.reading.source import syntax_tree
from einsgrad.reading.spelled_lines import spelled_line
from einsgrad.reading.syntax import elements
from einsgrad.reading.tokens import Token, TokenKind, tokens_of

INDEX_HABITS = "equal letters are equal sizes"
_SIGNS = (*DELTA_NAMES, "size", "zeros", "Σ", "∑", "sum")
_FREE_LETTERS = "nmkpqrltdhuvwxyz"


def variables_by_indices(lines: Sequence[TextLine], names: DeclaredNames) -> tuple[Variable, ...]:
    """Return the variables that lines in index notation use and nothing declares.

    Raises
    ------
    EinsgradError
        If a name has indices of two numbers, or the text is no expression.

    Examples
    --------
    >>> from einsgrad.reading.lines import lines_of
    >>> none = DeclaredNames(())
    >>> found = lines_of("A_ij x_j - 2 s y_i", none, None, are_all_known=False)
    >>> variables_by_indices(found.lines, none)
    (A[i,j], x[j], s, y[i])
    """
    found = _IndexedNames(names, frozenset(line.name for line in lines))
    for line in lines:
        found.read(line)
    return found.variables()


@dataclass
class _IndexedNames:
    names: DeclaredNames
    parts: frozenset[str]
    # How many indices each name has, and which axes and letters run alike.
    ranks: dict[str, int] = field(default_factory=dict)
    joined: dict[Hashable, Hashable] = field(default_factory=dict)
    letters: dict[str, None] = field(default_factory=dict)

    def read(self, line: TextLine) -> None:
        tokens = tokens_of(line.source.text)
        indexed = dict.fromkeys(filter(None, map(_indexed_name, tokens, tokens[1:])))
        placeholders = [variable(name, ()) for name in indexed if name not in self.names.variables]
        source, _ = spelled_line(line.source, DeclaredNames((*self.names.declared, *placeholders)))
        left, tree = syntax_tree(source)
        if left is not None and line.name:
            self._subscript(left)
        for node in self._values(tree):
            if isinstance(node, ast.Subscript):
                self._subscript(node)
            elif isinstance(node, ast.Name) and not self._is_known(node.id):
                self.ranks.setdefault(node.id, 0)

    def _is_known(self, name: str) -> bool:
        is_other = name in CONSTANTS or name in _SIGNS or self.names.function(name) is not None
        return is_other or name in self.names.variables

    def _values(self, tree: ast.expr) -> Iterator[ast.expr]:
        """Yield the names and the indexed names that stand for values."""
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            match node:
                case ast.Subscript(value=ast.Name()) | ast.Name():
                    yield node
                case ast.Call(args=arguments, keywords=keywords):
                    stack.extend(reversed([*arguments, *(one.value for one in keywords)]))
                case ast.List(elts=[ast.Compare()]):
                    pass
                case _:
                    stack.extend(reversed(list(ast.iter_child_nodes(node))))

    def _subscript(self, node: ast.Subscript) -> None:
        assert isinstance(node.value, ast.Name)
        name, parts = node.value.id, elements(node.slice)
        alone = [one.id for one in parts if isinstance(one, ast.Name)]
        self.letters.update(dict.fromkeys(alone))
        if name in DELTA_NAMES:
            for pair in pairwise(alone):
                self._join(*pair)
        if name not in self.parts and self._is_known(name):
            return
        if self.ranks.setdefault(name, len(parts)) not in (len(parts), 0):
            raise ArgumentError(
                f"{clip(name)} has {self.ranks[name]} indices in one place and {len(parts)} in "
                "another. Declare the variables: 'A[m,n] x[n]'."
            )
        self.ranks[name] = len(parts)
        for axis, part in enumerate(parts):
            if isinstance(part, ast.Name):
                self._join(part.id, (name, axis))
            elif isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
                self._subscript(part)

    def _join(self, one: Hashable, other: Hashable) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self.joined[other] = one

    def _root(self, one: Hashable) -> Hashable:
        while one in self.joined:
            one = self.joined[one]
        return one

    def variables(self) -> tuple[Variable, ...]:
        taken = {*self.ranks, *self.names.variables}
        dims: dict[Hashable, str] = {}
        for letter in self.letters:
            if letter not in taken:
                dims.setdefault(self._root(letter), letter)
        free = iter(x for x in _FREE_LETTERS if x not in taken and x not in dims.values())
        made = []
        for name, rank in self.ranks.items():
            axes = [self._root((name, axis)) for axis in range(rank)]
            shape = tuple(dims[axis] if axis in dims else next(free, "n") for axis in axes)
            dims.update(zip(axes, shape, strict=True))
            if name not in self.parts:
                made.append(variable(name, shape))
        return tuple(made)


def _indexed_name(one: Token, behind: Token) -> str | None:
    """Return the name that has indices: `A` of `A_ij`, `A_{i+1}` and `A[i,j]`."""
    if one.kind is not TokenKind.NAME:
        return None
    name, underscore, _ = one.text.rpartition("_")
    has_indices = underscore and name and name not in _SIGNS
    if has_indices:
        return name
    return one.text if behind.is_sign("[") and one.text not in _SIGNS else None
