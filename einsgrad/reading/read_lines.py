"""The lines of a text as one expression: each by the reader of its notation."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from einsgrad.errors import clip
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.walks import substitute
from einsgrad.reading.lines import TextLine, TextLines, known_words, lines_of, matrix_lines
from einsgrad.reading.matrix_calls import MatrixLine
from einsgrad.reading.matrix_reader import MatrixReader
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.notation_signs import Syntax
from einsgrad.reading.parts import read_parts
from einsgrad.reading.reader import Reader
from einsgrad.reading.source import ReadText, syntax_tree
from einsgrad.reading.spelled_lines import spelled_line
from einsgrad.reading.syntax import brackets_of


def read(
    text: str,
    names: DeclaredNames,
    output: str | Sequence[str] | None = None,
    shape: Shape | None = None,
    syntax: Syntax | None = None,
) -> Expr:
    """Read an expression of known names; `shape` is what it is expected to have, if known."""
    return read_lines(lines_of(text, names, syntax), names, output, shape)


def read_lines(
    found: TextLines,
    names: DeclaredNames,
    output: str | Sequence[str] | None = None,
    shape: Shape | None = None,
) -> Expr:
    """Read the lines of a text."""
    main = found.lines[0]
    if found.is_matrix and output is None:
        return MatrixReader(names, matrix_lines(found, names)).read(shape)
    names, parts = read_parts(found.ordered, names, _read_line)
    kept = found.unsummed
    return substitute(_read_line(main, names, output, shape, kept), parts)


def _read_line(
    line: TextLine,
    names: DeclaredNames,
    output: str | Sequence[str] | None = None,
    shape: Shape | None = None,
    kept: Sequence[str] = (),
) -> Expr:
    if line.syntax == "matrix":
        if output:
            raise line.source.error(
                "the output has indices and the text is in matrix notation",
                0,
                "Write the factors with indices, 'A[m,n]*x[n]', or leave the output out.",
            )
        alone = MatrixLine("", line.source, line.tree(known_words(names)), line.is_mixed)
        return MatrixReader(names, [alone]).read(shape)
    source, ranges = spelled_line(line.source, names)
    left, tree = syntax_tree(source)
    return Reader(source, names, shape, ranges).read(tree, _output(source, left, output), kept)


def _output(
    source: ReadText, left: ast.Subscript | None, output: str | Sequence[str] | None
) -> tuple[str, ...] | None:
    """Return the labels of the output, from the left side or as given."""
    given = None if output is None else _labels(output)
    if left is None:
        return given
    stated = brackets_of(left, source).labels
    if given not in (None, stated):
        raise source.error(
            f"the left side and output={clip(output)} differ", left, "Give one of them."
        )
    for label in stated:
        if stated.count(label) > 1:
            raise source.error(
                f"the output repeats the index {clip(label)}",
                left,
                f"Multiply by a delta instead, as in delta[{label},j].",
            )
    return stated


def _labels(output: str | Sequence[str]) -> tuple[str, ...]:
    """Read labels given as `"mn"`, `"m,n"` or a sequence."""
    if not isinstance(output, str):
        return tuple(output)
    return tuple(output.replace(",", " ").split() if {",", " "} & set(output) else output)
