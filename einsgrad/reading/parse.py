"""Reading an expression from a text: the one function that users call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from einsgrad.errors import ArgumentTypeError, as_names, clip
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.structures import Groups, Names, Structures
from einsgrad.expressions.walks import substitute
from einsgrad.reading.names import DeclaredNames, read_declaration
from einsgrad.reading.parts import read_parts
from einsgrad.reading.ranges import read_ranges
from einsgrad.reading.reader import Reader
from einsgrad.reading.shorthand import spelled
from einsgrad.reading.source import ReadText, check_characters, syntax_tree
from einsgrad.reading.syntax import brackets_of

_WHERE = re.compile(r"\n\s*where\s+")


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
) -> Expr:
    r"""Read an expression from a text; nothing of it is run.

    Parameters
    ----------
    text
        Like numpy code, `"0.5*sum((A@x - b)**2)"`; in index notation,
        `"A[m,n]*x[n] - b[m]"`, also as it is written by hand, `"A_mn x_n - b_m"`; or as
        einsgrad prints it, `'"mn,n->m"(A, x)'`. Lines that begin with `where`, such as
        `where r = A @ x - b`, name parts. An index may be shifted, `"x[i+1] - x[i]"`, bounded,
        `"x[j]*[j <= i]"`, or looked up, `"W[labels[a], d]"`.
    variables
        A declaration such as `"A[m,n] x[n] b[m]"`, or variables.
    output
        For index notation, the labels of the result's axes in order; `"y[m] = ..."` in
        the text says the same. Without it, the free labels in order of appearance.
    symmetric, complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
        Names among a declaration given as text, as for `variables`.

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
    if output is not None and not isinstance(output, str):
        output = as_names(output, "output")
    return read(text, names, output)


def read(
    text: str,
    names: DeclaredNames,
    output: str | Sequence[str] | None = None,
    shape: Shape | None = None,
) -> Expr:
    """Read an expression of known names; `shape` is what it is expected to have, if known."""
    if not isinstance(text, str):
        raise ArgumentTypeError(
            f"the text of an expression is expected, not {clip(text)}. Write it like 'A @ x - b'."
        )
    main, *definitions = _WHERE.split(text)
    if not definitions:
        return _read_formula(text, names, output, shape)
    names, parts = read_parts(definitions, names, _read_formula)
    return substitute(_read_formula(main, names, output, shape), parts)


def _read_formula(
    text: str,
    names: DeclaredNames,
    output: str | Sequence[str] | None = None,
    shape: Shape | None = None,
) -> Expr:
    text = " ".join(text.split("\n"))
    check_characters(text)
    text, _, said = text.partition(" for ")
    ranges = read_ranges(said, names) if said else {}
    spelling = spelled(text, names.spellings, lambda name: names.function(name) is not None)
    source = ReadText(text, spelling)
    left, tree = syntax_tree(source)
    return Reader(source, names, shape, ranges).read(tree, _output(source, left, output))


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
