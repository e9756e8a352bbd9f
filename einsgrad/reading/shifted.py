"""Indices that are more than letters: `x[2*i+3*k-1]`, `x[n-1]`, `W[labels[a], j]`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from einsgrad.expressions.dims import names_in
from einsgrad.expressions.index_forms import IndexForm, as_form
from einsgrad.reading.names import SIZE, DeclaredNames
from einsgrad.reading.source import ReadText
from einsgrad.reading.syntax import ZEROS, elements, is_special, letters_alone

_REMEDY = "Write sums of letters, numbers and sizes, like x[2*i+k-1], or an entry of integers."


def is_condition(node: ast.AST) -> bool:
    """Tell whether a node is Iverson's bracket, `[i >= j]`."""
    return isinstance(node, ast.List) and [type(one) for one in node.elts] == [ast.Compare]


def is_shifted(node: ast.expr) -> bool:
    """Tell whether an index is more than a name."""
    return not isinstance(node, ast.Name)


def letters_of(tree: ast.AST, names: DeclaredNames) -> frozenset[str]:
    """Return the names that are letters, though dims may have them.

    They stand alone as an index, or within one while no variable of the text has that dim.
    """
    found: set[str] = set()
    used = [names.variables[x.id] for x in ast.walk(tree) if _is_variable(x, names)]
    sizes = set(names_in([dim for v in used for dim in v.shape]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            if isinstance(node.value, ast.Name) and node.value.id == SIZE:
                continue
            found.update(letters_alone(node.slice))
            within = {x.id for x in ast.walk(node.slice) if isinstance(x, ast.Name)}
            found |= within - sizes - names.variables.keys()
        if isinstance(node, ast.Compare) and any(isinstance(sign, ast.Eq) for sign in node.ops):
            sides = (node.left, *node.comparators)
            found |= {one.id for one in sides if isinstance(one, ast.Name)}
    return frozenset(found)


def _is_variable(node: ast.AST, names: DeclaredNames) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id in names.variables


def entries_in(form: IndexForm) -> list[ast.Subscript]:
    """Return the entries of arrays that stand in an index."""
    return [index for index, _ in form.terms if isinstance(index, ast.Subscript)]


@dataclass(frozen=True, slots=True)
class IndexCondition:
    """What a bracket says: forms that are not below 0, and pairs that agree."""

    ends: tuple[IndexForm, ...]
    matches: tuple[tuple[IndexForm, IndexForm], ...]


@dataclass(frozen=True)
class IndexReader:
    """Reads the indices of one text.

    Parameters
    ----------
    source
        The text, for errors.
    names
        The variables.
    letters
        The names that are letters though dims may have them.
    """

    source: ReadText
    names: DeclaredNames
    letters: Collection[str]

    def form(self, node: ast.expr) -> IndexForm:
        """Read an index; an entry of an array is its node, in place of a letter.

        Raises
        ------
        ArgumentError
            If it is no affine form.
        """
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                return IndexForm((), value)
            case ast.Name(id=name):
                is_size = name in self.names.sizes and name not in self.letters
                return IndexForm((), name) if is_size else as_form(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.form(operand).turned
            case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=right):
                sign = 1 if isinstance(node.op, ast.Add) else -1
                return self.form(left).plus(sign, self.form(right))
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                return self._multiple(node, self.form(left), self.form(right))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=dim)) if name == SIZE:
                return IndexForm((), dim)
            case ast.Subscript() if not is_special(node, self.names):
                return as_form(node)
        raise self.source.error("an index is no such thing", node, _REMEDY)

    def _multiple(self, node: ast.expr, one: IndexForm, other: IndexForm) -> IndexForm:
        for number, form in ((one, other), (other, one)):
            if not number.terms and isinstance(number.offset, int):
                return form.times(number.offset)
        raise self.source.error("two indices are multiplied", node, _REMEDY)

    def letters_in(self, node: ast.expr) -> Iterator[str]:
        """Yield the letters of an index, those within entries of arrays included."""
        for index, _ in self.form(node).terms:
            if isinstance(index, ast.Subscript):
                for element in elements(index.slice):
                    yield from self.letters_in(element)
            else:
                yield str(index)

    def condition(self, node: ast.AST) -> IndexCondition:
        """Read Iverson's bracket, or a chain of comparisons."""
        chain = node.elts[0] if isinstance(node, ast.List) else node
        assert isinstance(chain, ast.Compare)
        sides = [self.form(side) for side in (chain.left, *chain.comparators)]
        ends: list[IndexForm] = []
        matches: list[tuple[IndexForm, IndexForm]] = []
        for sign, one, other in zip(chain.ops, sides, sides[1:], strict=False):
            match sign:
                case ast.Eq():
                    matches.append((one, other))
                case ast.LtE() | ast.Lt():
                    ends.append(_difference(other, one, isinstance(sign, ast.Lt)))
                case ast.GtE() | ast.Gt():
                    ends.append(_difference(one, other, isinstance(sign, ast.Gt)))
                case _:
                    raise self.source.error("indices are compared by <, <=, >, >=, ==", chain, "")
        return IndexCondition(tuple(ends), tuple(matches))


def _difference(one: IndexForm, other: IndexForm, is_strict: bool) -> IndexForm:
    return one.plus(-1, other).plus(-1, IndexForm((), int(is_strict)))


def holds_shifts(tree: ast.AST) -> bool:
    """Tell whether a text has indices that are more than letters, or conditions on indices."""
    return any(is_condition(node) or _is_shifting(node) for node in ast.walk(tree))


def _is_shifting(node: ast.AST) -> bool:
    if not isinstance(node, ast.Subscript) or is_numpy_index(node):
        return False
    if isinstance(node.value, ast.Name) and node.value.id in (SIZE, ZEROS):
        return False
    return any(map(is_shifted, elements(node.slice)))


def is_numpy_index(node: ast.Subscript) -> bool:
    """Tell whether brackets hold numbers and slices alone: `x[3]`, `A[:, 1:]`."""
    parts = elements(node.slice)
    return any(isinstance(one, ast.Slice | ast.Constant | ast.UnaryOp) for one in parts) and all(
        _is_plain(one) for one in parts
    )


def key_of(node: ast.Subscript) -> tuple[Any, ...]:
    """Return the key that brackets of numbers and slices stand for."""
    return tuple(_key(one) for one in elements(node.slice))


def _key(node: ast.expr | None) -> Any:
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(_key(lower), _key(upper), _key(step))
        case ast.UnaryOp(operand=ast.Constant(value=int() as value)):
            return -value
        case ast.Constant(value=value):
            return value
        case _:
            return None


def _is_plain(node: ast.expr | None) -> bool:
    match node:
        case ast.Constant(value=value):
            return value is None or value is ... or type(value) is int
        case None:
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
            return True
        case ast.Slice(lower=lower, upper=upper, step=step):
            return all(map(_is_plain, (lower, upper, step)))
        case _:
            return False


@dataclass(frozen=True, slots=True)
class WrittenIntegers:
    """Whole numbers that are written out as nested lists; none where something else stands."""

    sizes: tuple[int, ...] = ()
    entries: tuple[int, ...] = ()


def written_integers(node: ast.expr) -> WrittenIntegers:
    """Read nested lists of whole numbers.

    Examples
    --------
    >>> written_integers(ast.parse("[[0,1],[1,0]]", mode="eval").body)
    WrittenIntegers(sizes=(2, 2), entries=(0, 1, 1, 0))
    """
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return WrittenIntegers((), (node.value,))
    if not isinstance(node, ast.List):
        return WrittenIntegers()
    inner = [written_integers(one) for one in node.elts]
    if len({one.sizes for one in inner}) != 1 or not all(one.entries for one in inner):
        return WrittenIntegers()
    entries = tuple(number for one in inner for number in one.entries)
    return WrittenIntegers((len(inner), *inner[0].sizes), entries)
