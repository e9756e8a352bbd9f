"""The lines of a text: the formula, the parts that are named under it, and their notation."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.reading.derivative_sides import derivative_side
from einsgrad.reading.formula_tree import FormulaNode
from einsgrad.reading.grammar import formula_of
from einsgrad.reading.latex_text import plain_formula
from einsgrad.reading.matrix_calls import MatrixLine
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.notation_signs import (
    Syntax,
    TextSigns,
    is_latex,
    is_matrix_tree,
    listed_parts,
    signs_in,
)
from einsgrad.reading.parts import in_order, name_of_part
from einsgrad.reading.source import check_characters
from einsgrad.reading.token_reader import KnownWords
from einsgrad.reading.typed_text import TypedText

_WHERE = re.compile(r"\n\s*where\s+")
_UNSUMMED = re.compile(r"\n\s*no sum over ([^\n]*)")
# `y =`, `f(x) =`; not `==`.
_LEFT_SIDE = re.compile(r"\s*[^\W\d]\w*\s*(?:\([\w\s,]*\))?\s*=(?!=)")
FILLINGS = ("vector", "matrix")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text.

    Parameters
    ----------
    name
        What it names; nothing for the formula itself.
    source
        The line.
    syntax
        Its notation: numpy, matrix or index.
    signs
        The signs that tell it.
    """

    name: str
    source: TypedText
    syntax: Syntax
    signs: TextSigns

    @property
    def is_mixed(self) -> bool:
        """Whether it has signs of numpy code in matrix notation."""
        return self.syntax == "matrix" and self.signs.numpy

    @property
    def right_side(self) -> TypedText:
        """The line without what stands before an equals sign."""
        side = derivative_side(self.source.text)
        if side is not None:
            return self.source.without_start(side.end + 1)
        left = _LEFT_SIDE.match(self.source.text)
        return self.source.without_start(left.end()) if left else self.source

    def tree(self, words: KnownWords) -> FormulaNode:
        """Read the line by the grammar of matrix notation."""
        return formula_of(self.right_side, words)


@dataclass(frozen=True, slots=True)
class TextLines:
    """A text as its lines.

    Parameters
    ----------
    lines
        The formula, and the lines that name parts.
    unsummed
        The indices that a line says are not summed.
    bold
        The names that were set in bold.
    is_latex
        Whether the text has commands of LaTeX.
    """

    lines: tuple[TextLine, ...]
    unsummed: tuple[str, ...] = ()
    bold: frozenset[str] = frozenset()
    is_latex: bool = False

    @property
    def syntax(self) -> Syntax:
        """The notation of the formula."""
        return "latex" if self.is_latex else self.lines[0].syntax

    @property
    def is_matrix(self) -> bool:
        """Whether all lines are in matrix notation."""
        return all(line.syntax == "matrix" for line in self.lines)

    @property
    def ordered(self) -> dict[str, TextLine]:
        """The lines that name parts, each behind those that it uses.

        Raises
        ------
        ArgumentError
            If a part is named twice, or by means of itself.
        """
        parts = {line.name: line for line in self.lines[1:]}
        order = in_order([(line.name, line.source.text) for line in self.lines[1:]])
        return {name: parts[name] for name in order}


def known_words(names: DeclaredNames, others: Sequence[str] = ()) -> KnownWords:
    """Return the words of a text for the grammar; `others` are names of parts."""

    def is_function(name: str) -> bool:
        return name in FILLINGS or names.function(name) is not None

    return KnownWords({*names.variables, *others}, names.sizes, is_function)


def lines_of(
    text: str, names: DeclaredNames, syntax: Syntax | None, *, are_all_known: bool = True
) -> TextLines:
    """Split a text into its lines, and find the notation of each.

    Parameters
    ----------
    text
        The text.
    names
        The variables.
    syntax
        The notation, if it is said.
    are_all_known
        Whether there are no other variables.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If it is no text, or has characters that do not belong into one.
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(
            f"the text of an expression is expected, not {clip(text)}. Write it like 'A @ x - b'."
        )
    unsummed = [letter for found in _UNSUMMED.findall(text) for letter in _letters(found)]
    main, *definitions = _WHERE.split(_UNSUMMED.sub("", text))
    parts = [name_of_part(one) for one in definitions]
    latex = syntax == "latex" or (syntax is None and is_latex(text))
    known = known_words(names, parts)
    sources, bold = [], set[str]()
    for line in (main, *definitions):
        flat = " ".join(line.split("\n"))
        check_characters(flat, is_latex=latex)
        source = TypedText(flat)
        if latex:
            plain = plain_formula(flat, known.variables, known.is_function)
            source, bold = TypedText(plain.text, flat, plain.columns), bold | plain.bold
        sources.append(source)
    said = None if syntax == "latex" else syntax
    ranks = listed_parts(parts, {name: len(v.shape) for name, v in names.variables.items()})
    found = [_signs(one.text, ranks, are_all_known, names.dims) for one in sources]
    told = [said or _syntax(*pair, known, ranks) for pair in zip(sources, found, strict=True)]
    other: Syntax = "matrix" if latex or "matrix" in told else "numpy"
    lines = [
        TextLine(name, source, syntax or other, signs)
        for name, source, syntax, signs in zip(["", *parts], sources, told, found, strict=True)
    ]
    return TextLines(tuple(lines), tuple(unsummed), frozenset(bold), latex)


def matrix_lines(found: TextLines, names: DeclaredNames) -> list[MatrixLine]:
    """Return lines in matrix notation with their trees, the formula last."""
    ordered = found.ordered
    known = known_words(names, tuple(ordered))
    return [
        MatrixLine(name, line.source, line.tree(known), line.is_mixed)
        for name, line in (*ordered.items(), ("", found.lines[0]))
    ]


def _signs(
    text: str, ranks: dict[str, int], are_all_known: bool, dims: Collection[object]
) -> TextSigns:
    """Return the signs of a line; what is on its left says only whether it has indices."""
    side = derivative_side(text)
    if side is None:
        return signs_in(text, ranks, are_all_known=are_all_known, dims=dims)
    found = signs_in(text[side.end :], ranks, are_all_known=are_all_known, dims=dims)
    return replace(found, index=found.index or bool(side.labels))


def _letters(text: str) -> list[str]:
    return [letter.strip() for letter in text.split(",") if letter.strip()]


def _syntax(
    source: TypedText, signs: TextSigns, known: KnownWords, ranks: dict[str, int]
) -> Syntax | None:
    """Return the notation of a line, if something in it tells one."""
    if signs.syntax in ("index", "matrix"):
        return signs.syntax
    line = TextLine("", source, "matrix", signs)
    try:
        tree = line.tree(known)
    except ArgumentError:
        # What is wrong, the reader of numpy code says.
        return signs.syntax
    return "matrix" if is_matrix_tree(tree, ranks) else signs.syntax
