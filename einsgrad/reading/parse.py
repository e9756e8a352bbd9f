"""Reading an expression from a text: the one function that users call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from einsgrad.errors import as_names, clip
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.structures import Groups, Names, Structures
from einsgrad.expressions.walks import substitute
from einsgrad.reading.lines import TextLine, TextLines, known_words, lines_of, matrix_lines
from einsgrad.reading.matrix_calls import MatrixLine
from einsgrad.reading.matrix_reader import MatrixReader
from einsgrad.reading.names import DeclaredNames, read_declaration
from einsgrad.reading.notation_signs import Syntax, as_syntax
from einsgrad.reading.parts import read_parts
from einsgrad.reading.reader import Reader
from einsgrad.reading.source import ReadText, syntax_tree
from einsgrad.reading.spelled_lines import spelled_line
from einsgrad.reading.syntax import brackets_of


def parse(  # noqa: PLR0913 - each is one word of what is declared
    text: str,
    variables: str | Iterable[Variable],
    *,
    output: str | Sequence[str] | None = None,
    symmetric: Groups = (),
    complex: Names = (),
    positive_definite: Names = (),
    hermitian: Names = (),
    skew: Names = (),
    diagonal: Names = (),
    lower: Names = (),
    upper: Names = (),
    orthogonal: Names = (),
    syntax: str | None = None,
) -> Expr:
    r"""Read an expression from a text; nothing of it is run.

    Parameters
    ----------
    text
        Like numpy code, `"0.5*sum((A@x - b)**2)"`; in matrix notation, `"‖A x - b‖²/2"` or as it
        is typed, `"(A*x - b)'*(A*x - b)/2"`; in index notation, `"A[m,n]*x[n] - b[m]"`, also
        as it is written by hand, `"A_mn x_n - b_m"`; in LaTeX; or as einsgrad prints it,
        `'"mn,n->m"(A, x)'`. Lines that begin with `where`, such as `where r = A @ x - b`, name
        parts. An index may be shifted, `"x[i+1] - x[i]"`, bounded, `"x[j]*[j <= i]"`, or looked
        up, `"W[labels[a], d]"`.
    variables
        A declaration such as `"A[m,n] x[n] b[m]"`, or variables.
    output
        For index notation, the labels of the result's axes in order; `"y[m] = ..."` in
        the text says the same. Without it, the free labels in order of appearance.
    symmetric, complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
        Names among a declaration given as text, as for `variables`.
    syntax
        `"numpy"`, `"matrix"`, `"index"` or `"latex"`. Without it, it is told by signs that only
        one of them has; a text that has none is read like numpy code.

    Returns
    -------
    Expr
        As it is written, not simplified.

    Raises
    ------
    ArgumentError, ShapeError, SubscriptsError
        If the text cannot be read, or shapes do not fit; the message points at the place.
    ArgumentTypeError
        If the text is no string.

    Notes
    -----
    Within a product of indexed factors, a label that stands twice is summed, unless the
    output or a `sum[...]` around the product has it. An index begins at 0 and runs as far as
    all its places exist; `"x[i] for i < 5"` says so. A place below 0 is a zero. A bracket
    such as `[0 <= j-k < m]` is 1 where it holds, else 0; what it keeps within an axis does not
    bound an index otherwise, and it does not count where labels that stand twice are summed.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.parse("sum(tanh(A @ x))", "A[m,n] x[n]")
    "m->"(tanh("mn,n->m"(A, x)))
    >>> eg.parse("A[m,n]*x[n] - b[m]", "A[m,n] x[n] b[m]")
    "mn,n->m"(A, x) - b
    >>> eg.parse("r @ r\nwhere r = A @ x", "A[m,n] x[n]")
    "m,m->"("mn,n->m"(A, x), "mn,n->m"(A, x))
    >>> eg.parse("‖A x‖²", "A[m,n] x[n]") is eg.parse("norm(A @ x)**2", "A[m,n] x[n]")
    True
    >>> eg.parse("A*x", "A[n,n] x[n]"), eg.parse("A*x", "A[n,n] x[n]", syntax="matrix")
    ("in,n->in"(A, x), "in,n->i"(A, x))
    >>> print(eg.show(eg.parse("w[k]*x[i+k]", "w[k] x[n]"), "index"))
    w_k x_{i+k}
    >>> eg.parse("A @ y", "A[m,n] x[n]")
    Traceback (most recent call last):
        ...
    einsgrad.errors.ArgumentError: no variable is named 'y'
      A @ y
          ^
    Declared are: A[m,n], x[n].
    """
    said = Structures(
        symmetric, complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
    )
    names = read_declaration(variables, said)
    notation = as_syntax(syntax)
    if output is not None and not isinstance(output, str):
        output = as_names(output, "output")
    return read(text, names, output, syntax=notation)


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
