"""A text, what was read in it, and what was assumed: its notation and its variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, as_names, clip
from einsgrad.expressions.declare import declared
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.structures import Groups, Names, Structures
from einsgrad.reading.habits import HABITS, variables_by_habit
from einsgrad.reading.index_habits import INDEX_HABITS, variables_by_indices
from einsgrad.reading.lines import TextLines, lines_of, matrix_lines
from einsgrad.reading.names import DeclaredNames, read_declaration
from einsgrad.reading.notation_signs import Syntax, as_syntax
from einsgrad.reading.read_lines import read_lines

_NOTATIONS: dict[Syntax, str] = {
    "numpy": "numpy code",
    "matrix": "matrix notation",
    "index": "index notation",
    "latex": "LaTeX",
}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What was read in a text.

    Parameters
    ----------
    text
        The text.
    expr
        The expression.
    variables
        Its variables: those that were declared, else those that were assumed.
    syntax
        The notation that it was read in: numpy, matrix, index or latex.
    assumed
        The habit by which variables were assumed; empty where they were declared.
    """

    text: str
    expr: Expr
    variables: tuple[Variable, ...]
    syntax: Syntax
    assumed: str = ""

    @property
    def notation(self) -> str:
        """The notation, in words."""
        return _NOTATIONS[self.syntax]

    @property
    def declaration(self) -> str:
        """The variables as they are declared."""
        return " ".join(v.describe() for v in self.variables)

    def __str__(self) -> str:
        lines = [self.text, f"read as {self.notation}"]
        if self.assumed:
            lines += [f"assumed: {self.declaration}", f"({self.assumed})"]
        return "\n".join(lines)


def interpret(  # noqa: PLR0913 - each is one word of what is declared
    text: str,
    variables: str | Iterable[Variable] | None = None,
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
) -> Interpretation:
    """Read an expression from a text as `parse` does, and tell what was assumed.

    Parameters
    ----------
    text, output, syntax
        As for `parse`, and so are the names of structured variables.
    variables
        A declaration, or variables. Without it they are assumed: index notation says all of
        them; in matrix notation a capital is a matrix, a small letter a vector and a Greek one
        a scalar, and sizes come from the products. Where that does not fit, a small letter is
        a scalar, first those from a to g.

    Returns
    -------
    Interpretation
        The expression, its variables, and the notation. As text it says what was assumed.

    Raises
    ------
    EinsgradError
        As for `parse`; an ArgumentError also if the variables cannot be told.

    Examples
    --------
    >>> import einsgrad as eg
    >>> found = eg.interpret("0.5*x'*A*x + c*sin(y)'*x")
    >>> print(found)
    0.5*x'*A*x + c*sin(y)'*x
    read as matrix notation
    assumed: x[n] A[n,n] c y[n]
    (capitals are matrices, small letters vectors, Greek letters scalars)
    >>> eg.interpret("A_ij x_j").variables
    (A[i,j], x[j])
    """
    said = Structures(
        symmetric, complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
    )
    return interpreted(text, variables, said, output, syntax)


def interpreted(
    text: str,
    variables: str | Iterable[Variable] | None,
    said: Structures,
    output: str | Sequence[str] | None,
    syntax: str | None,
) -> Interpretation:
    """Read an expression from a text, given what is said of the declared variables."""
    notation = as_syntax(syntax)
    if output is not None and not isinstance(output, str):
        output = as_names(output, "output")
    if variables is not None:
        names = read_declaration(variables, said)
        lines = lines_of(text, names, notation)
        return Interpretation(text, read_lines(lines, names, output), names.declared, lines.syntax)
    if said.names:
        raise ArgumentError("structure belongs to a declaration. Declare the variables: 'S[n,n]'.")
    return _assuming(text, output, notation)


def _assuming(text: str, output: str | Sequence[str] | None, said: Syntax | None) -> Interpretation:
    """Read a text whose variables are not declared."""
    lines = lines_of(text, DeclaredNames(()), said, are_all_known=False)
    # Declared, so that arrays for a variable that cancels give its sizes.
    found = declared(" ".join(v.describe() for v in _assumed(lines)), Structures())
    names = DeclaredNames(found)
    expr = read_lines(lines, names, output)
    habit = HABITS if lines.is_matrix else INDEX_HABITS
    return Interpretation(text, expr, found, lines.syntax, habit if found else "")


def _assumed(lines: TextLines) -> tuple[Variable, ...]:
    nothing = DeclaredNames(())
    if lines.is_matrix:
        return variables_by_habit(matrix_lines(lines, nothing), nothing, lines.bold)
    if all(line.syntax == "index" for line in lines.lines):
        return variables_by_indices(lines.lines, nothing)
    raise ArgumentError(
        f"the variables of {clip(lines.lines[0].source.shown)} are not declared. Declare them, "
        '\'A[m,n] x[n]\', or say syntax="matrix" or "index" to have them assumed.'
    )
