"""Questions of users: is an expression a Hermitian, a diagonal, a triangular matrix."""

from __future__ import annotations

from einsgrad.expressions.axis_groups import exchanges_in
from einsgrad.expressions.construct import scale, zeros
from einsgrad.expressions.nodes import LOWER, UPPER, Expr
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.simplification.cancelling import all_multiplied_out
from einsgrad.simplification.declared import is_own_adjoint
from einsgrad.simplification.simplify import simplify_all, simplify_expr
from einsgrad.simplification.symmetry import is_own_transpose
from einsgrad.simplification.triangular import triangles


def is_hermitian(expr: Expr) -> bool:
    """Tell whether an expression is recognised as its own conjugate transpose.

    Examples
    --------
    >>> import einsgrad as eg
    >>> H, A = eg.variables("H[n,n] A[n,n]", hermitian="H", complex="A")
    >>> eg.is_hermitian(eg.conj(A).T @ eg.inverse(H) @ A), eg.is_hermitian(A + A.T)
    (True, False)
    """
    given = as_expr(expr)
    if len(given.shape) != 2 or given.shape[0] != given.shape[1]:
        return False
    one, other = simplify_all([given, permute(conj(given), (1, 0))])
    return one is other or is_own_adjoint(one)


def is_lower(expr: Expr) -> bool:
    """Tell whether an expression is recognised as a lower triangular matrix.

    Examples
    --------
    >>> import einsgrad as eg
    >>> L, A = eg.variables("L[n,n] A[n,n]", lower="L")
    >>> eg.is_lower(L @ eg.inverse(L) @ L), eg.is_lower(eg.cholesky(A)), eg.is_lower(L.T)
    (True, True, False)
    """
    return LOWER in triangles(simplify_expr(as_expr(expr)))


def is_upper(expr: Expr) -> bool:
    """Tell whether an expression is recognised as an upper triangular matrix; see `is_lower`."""
    return UPPER in triangles(simplify_expr(as_expr(expr)))


def is_diagonal(expr: Expr) -> bool:
    """Tell whether an expression is recognised as a diagonal matrix.

    Examples
    --------
    >>> import einsgrad as eg
    >>> D, x = eg.variables("D[n,n] x[n]", diagonal="D")
    >>> eg.is_diagonal(D @ eg.diag(x)), eg.is_diagonal(eg.outer(x, x))
    (True, False)
    """
    return len(triangles(simplify_expr(as_expr(expr)))) == 2


def is_symmetric(expr: Expr, axes: str = "") -> bool:
    """Tell whether an expression is recognised as symmetric once it is simplified.

    Parameters
    ----------
    expr
        An expression.
    axes
        Which axes may be exchanged, and what changes the sign, as `variables` takes it:
        `"ab, cd, ab|cd"`, or `"-ab"` for a skew-symmetric matrix; by default all of two or
        more axes.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import matmul, transpose
    >>> A = Variable("A", ("n", "n"))
    >>> is_symmetric(matmul(transpose(A), A)), is_symmetric(matmul(A, A))
    (True, False)
    >>> is_symmetric(A - transpose(A), "-ab")
    True
    """
    simple = simplify_expr(as_expr(expr))
    rank = len(simple.shape)
    if rank == 2 and not axes:
        return is_own_transpose(simple)
    if rank < 2:
        return False
    return all(
        tuple(simple.shape[axis] for axis in one.order) == simple.shape
        and _are_equal(permute(simple, one.order), scale(one.sign, simple))
        for one in exchanges_in(axes or "abcdefghijklmnopqrstuvwxyz"[:rank], rank)
    )


def _are_equal(one: Expr, other: Expr) -> bool:
    """Tell whether two expressions are seen to be equal, multiplied out if need be."""
    if simplify_expr(one) is simplify_expr(other):
        return True
    difference = all_multiplied_out(simplify_expr(one - other))
    return difference is not None and simplify_expr(difference) is zeros(one.shape)
