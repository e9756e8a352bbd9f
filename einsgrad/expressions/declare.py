"""Declaring variables, and einsums of expressions given by a string."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakValueDictionary

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip, pointed, shorten
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.construct import variable as build_variable
from einsgrad.expressions.declarations import UnreadPlace, read_declarations
from einsgrad.expressions.dims import Dim, Linear, read_dim
from einsgrad.expressions.label_ranges import completed, selectors_of
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.structures import Groups, Names, Structures
from einsgrad.strings.equation import Equation

# All that are alive, so that an array for one that has cancelled still gives its sizes.
_declared: WeakValueDictionary[tuple[object, ...], Variable] = WeakValueDictionary()

# Of any size that an array can have.
_MOST_DIGITS = 19


def variables(
    declaration: str,
    *,
    symmetric: Groups = (),
    complex: Names = (),
    positive_definite: Names = (),
    hermitian: Names = (),
    skew: Names = (),
    diagonal: Names = (),
    lower: Names = (),
    upper: Names = (),
    orthogonal: Names = (),
) -> tuple[Variable, ...]:
    """Declare variables with their dims, and what is known of their entries.

    Parameters
    ----------
    declaration
        Names with dims in brackets, such as `"A[m,n] x[n] t"`; a dim is a name, a size, or
        made of these, as in `"d[n-1] y[m+k-1]"`. Equal names of dims mean equal sizes. Also
        `"A(m,n), x(n)"`, `"A: m,n; x: n"`, `"A in R^{m x n}, x in R^n"` and the same in signs.
    symmetric
        Names of matrices that are symmetric: `A` and its transpose are the same. Of a tensor
        with more axes any two may be exchanged, or those that are said: with a letter for each
        axis, `{"T": "abc", "ERI": "ab, cd, ab|cd"}` or `"T: abc; ERI: ab, cd, ab|cd"`, where
        `ab|cd` exchanges two pairs of axes, and `-ab` changes the sign.
    complex
        Names of variables that are complex.
    positive_definite
        Names of matrices that are symmetric, or Hermitian where they are complex, and positive
        definite: systems with them, and their determinants, are computed by Cholesky factors.
    hermitian
        Names of complex matrices that are their own conjugate transposes.
    skew
        Names of matrices that change their sign when they are transposed, and of tensors that
        change it with any two axes.
    diagonal, lower, upper
        Names of square matrices that are diagonal, or triangular.
    orthogonal
        Names of real square matrices whose inverse is their transpose.

    Returns
    -------
    tuple of Variable

    Raises
    ------
    ArgumentError
        If the declaration cannot be read, or what is said of a variable does not fit its dims
        or something else that is said of it.

    Notes
    -----
    A derivative in such a variable stays within what is declared, `(G + Gᵀ)/2` for a symmetric
    matrix. `grad` can give the one in the independent entries instead, by `convention`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> A @ x
    "mn,n->m"(A, x)
    >>> T, y = eg.variables("T[n,n,n] y[n]", symmetric="T")
    >>> eg.grad(eg.einsum("ijk,i,j,k->", T, y, y, y), y)
    3 * "nij,i,j->n"(T, y, y)
    """
    if not isinstance(declaration, str):
        raise ArgumentTypeError(
            f"a declaration is expected, not {clip(declaration)}. Write it like 'A[m,n] x[n]'."
        )
    said = Structures(
        symmetric, complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
    )
    return declared(declaration, said)


def declared(declaration: str, said: Structures) -> tuple[Variable, ...]:
    """Declare variables of which something is said by name; see `variables`."""
    found: dict[str, Variable] = {}
    for one in read_declarations(declaration):
        if isinstance(one, UnreadPlace):
            raise _unreadable(declaration, one.column)
        name = one.name
        shape = tuple(_dim(text, declaration, one.column) for text in one.dims)
        own = said.traits_of(name, shape)
        traits = (*own, COMPLEX) if one.is_complex and COMPLEX not in own else own
        if name in found:
            raise ArgumentError(f"{clip(name)} is declared twice.")
        found[name] = build_variable(name, shape, *traits)
        _declared[name, shape, *traits] = found[name]
    for name in said.names:
        if name not in found:
            raise ArgumentError(f"{clip(name)} is not among the declared variables.")
    return tuple(found.values())


def declared_as(name: str) -> list[Variable]:
    """Return the variables of a name that were declared and are still in use.

    Examples
    --------
    >>> x, = variables("x_cancelled[n]")
    >>> declared_as("x_cancelled"), declared_as("x_never")
    ([x_cancelled[n]], [])
    """
    return [variable for variable in list(_declared.values()) if variable.name == name]


def _dim(text: str, declaration: str, column: int) -> Dim:
    if text.isdecimal():
        if len(text) > _MOST_DIGITS:
            raise ArgumentError(
                f"{shorten(text)} is no size: no array has so many entries. Give a smaller one."
            )
        return int(text)
    if text.isidentifier():
        return text
    dim = read_dim(text)
    if not isinstance(dim, Linear):
        raise _unreadable(declaration, column)
    return dim


def _unreadable(declaration: str, position: int) -> ArgumentError:
    return ArgumentError(
        pointed(
            "the declaration cannot be read",
            declaration,
            position,
            "Write names with dims in brackets, such as 'A[m,n] x[n] t'.",
        )
    )


def einsum_of(equation: Equation, operands: Sequence[object]) -> Expr:
    """Build an einsum of expressions from a user's equation; size 1 broadcasts.

    Raises
    ------
    ShapeError
        If ranks or dims do not fit, or a range cannot be told; the message points at the
        label and tells both operands.
    """
    exprs = [as_expr(operand) for operand in operands]
    aligned = equation.aligned([expr.shape for expr in exprs])
    lists = aligned.equation.numbered(aligned.stretched)
    if not equation.forms:
        return build_einsum(lists, exprs)
    dims = completed(aligned.equation, aligned.sizes)
    return build_einsum(lists, (*exprs, *selectors_of(aligned.equation, dims)))
