"""A text as a checked syntax tree of Python, and errors that point into it.

The tree is only looked at: nothing of it is compiled or run. What may stand in it is a
list of kinds of nodes; anything else is refused here.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from einsgrad.errors import ArgumentError, EinsgradError, clip, pointed
from einsgrad.reading.shorthand import PythonSpelling

MOST_CHARACTERS = 20_000
_MOST_BRACKETS = 80
_LARGEST = 2**53
_MANY_DIGITS = re.compile(r"\d{310}")

_KINDS = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.keyword,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.Compare,
)
_SIGNS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult, ast.USub, ast.UAdd),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
_REFUSED = {
    ast.BitXor: ("'^' is no power", "Write ** for a power."),
    ast.Lambda: ("a lambda is no expression of tensors", "Write the formula itself."),
    ast.IfExp: ("if and else are not supported", "Write where(condition, a, b)."),
    ast.BoolOp: ("and, or are not supported", "Write where(condition, a, b)."),
    ast.Mod: ("'%' is not supported", "Write functions of numpy."),
}
_HOW = "Write it like numpy code, 'A @ x - b', or with indices, 'A[m,n]*x[n] - b[m]'."


@dataclass(frozen=True)
class ReadText:
    """A text, its spelling in Python's syntax, and where each byte of that comes from."""

    text: str
    spelling: PythonSpelling
    _bytes: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        widths = (len(char.encode("utf-8", "replace")) for char in self.spelling.code)
        object.__setattr__(self, "_bytes", (0, *accumulate(widths)))

    def place(self, offset: int) -> int:
        """Return the character of the spelling at an offset that Python gives in bytes."""
        if self._bytes[-1] == len(self.spelling.code):
            return offset
        return self._bytes.index(offset)

    def column(self, place: int) -> int:
        """Return the column of the text that a character of the spelling comes from."""
        columns = self.spelling.columns
        return columns[place] if place < len(columns) else len(self.text)

    def words(self, node: ast.expr) -> str:
        """Return what was typed for a node."""
        first = self.column(self.place(node.col_offset))
        last = self.column(self.place(node.end_col_offset or 0) - 1)
        return self.text[first : last + 1]

    def error(
        self,
        headline: str,
        node: ast.expr | None,
        remedy: str,
        kind: type[EinsgradError] = ArgumentError,
    ) -> EinsgradError:
        """Make an error that points at a node, or at the beginning."""
        column = 0 if node is None else self.column(self.place(node.col_offset))
        return kind(pointed(headline, self.text, column, remedy).rstrip())

    def is_joined(self, node: ast.BinOp) -> bool:
        """Tell whether a product's sign stands for a space between its factors."""
        first = self.place(node.left.end_col_offset or 0)
        last = self.place(node.right.col_offset)
        return any(place in self.spelling.joined for place in range(first, last))


def check_characters(text: str, *, is_latex: bool = False) -> None:
    """Refuse a text that is too long, nested too deeply, or not printable.

    Raises
    ------
    ArgumentError
        If there is such a character.
    """
    if len(text) > MOST_CHARACTERS:
        raise ArgumentError(
            f"the text has {len(text)} characters, more than {MOST_CHARACTERS}. "
            "Read it in parts and combine the expressions."
        )
    digits = _MANY_DIGITS.search(text)
    if digits:
        what = "this number has too many digits"
        raise ArgumentError(pointed(what, text, digits.start(), "Write it like 1e30."))
    depth = 0
    for column, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if depth > _MOST_BRACKETS:
            raise ArgumentError(
                pointed("too many brackets are open", text, column, "Read it in parts.")
            )
        if not char.isprintable() or char in ("#" if is_latex else "#\\"):
            what = f"the character U+{ord(char):04X} does not belong into an expression"
            raise ArgumentError(pointed(what, text, column, "Take it out."))


def syntax_tree(source: ReadText) -> tuple[ast.Subscript | None, ast.expr]:
    """Return the left side of an equation, if there is one, and the expression.

    Raises
    ------
    ArgumentError
        If the text is no expression, or holds what expressions do not have.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source.spelling.code).body
    except SyntaxError as error:
        column = source.column(max((error.offset or 1) - 1, 0))
        reason = f"this is no expression: {error.msg.partition('.')[0]}"
        raise ArgumentError(pointed(reason, source.text, column, _HOW)) from None
    except (ValueError, RecursionError, MemoryError):
        raise source.error("this is nested too deeply", None, "Read it in parts.") from None
    match body:
        case [ast.Expr(value=tree)]:
            left: ast.expr | None = None
        case [ast.Assign(targets=[left], value=tree)]:
            pass
        case _:
            raise source.error("one expression is expected", None, _HOW)
    keys = set(_keys_within(tree))
    for node in ast.walk(tree):
        if node not in keys:
            _check(node, source)
    if left is not None and not isinstance(left, ast.Name | ast.Subscript):
        raise source.error("a name is expected before '='", left, "Write it like 'y[m] = ...'.")
    return (left if isinstance(left, ast.Subscript) else None), tree


def _lists_sizes(node: ast.expr) -> bool:
    """Tell whether a node is a dictionary of constants."""
    return isinstance(node, ast.Dict) and all(
        isinstance(one, ast.Constant) for one in (*node.keys, *node.values)
    )


def _keys_within(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the slices, `None` and `...` that stand in brackets, and sizes of labels."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "sizes" and _lists_sizes(node.value):
            yield node.value
        if isinstance(node, ast.Subscript):
            inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            for one in inside:
                is_key = isinstance(one, ast.Constant) and one.value in (None, ...)
                if is_key or isinstance(one, ast.Slice):
                    yield one


def _check(node: ast.AST, source: ReadText) -> None:
    """Refuse a kind of node that is not on the list, and numbers without bound."""
    if isinstance(node, ast.Constant):
        _check_constant(node, source)
    if isinstance(node, _ALLOWED):
        return
    place = node if isinstance(node, ast.expr) else None
    for kind, (headline, remedy) in _REFUSED.items():
        if isinstance(node, kind):
            raise source.error(headline, place, remedy)
    raise source.error(
        f"{clip(type(node).__name__)} does not belong into an expression", place, _HOW
    )


_ALLOWED = (*_KINDS, *_SIGNS, ast.Load)


def _check_constant(node: ast.Constant, source: ReadText) -> None:
    value = node.value
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise source.error("this integer is too large", node, "Write it as a float, like 1e30.")
    if isinstance(value, float | complex) and not abs(value) < float("inf"):
        raise source.error("this number is too large", node, "Write a finite number.")
    if not isinstance(value, int | float | complex | str):
        raise source.error(f"{clip(value)} is no number", node, _HOW)
