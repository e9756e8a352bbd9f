"""Reading an expression from a text: the one function that users call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.structures import Groups, Names, Structures
from einsgrad.reading.interpret import interpreted


def parse(  # noqa: PLR0913 - each is one word of what is declared
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
        A declaration such as `"A[m,n] x[n] b[m]"`, or variables. Without it they are assumed
        from index notation, or by the habits of matrix notation; `interpret` tells which.
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
    ("ni,i->ni"(A, x), "ni,i->n"(A, x))
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
    return interpreted(text, variables, said, output, syntax).expr
