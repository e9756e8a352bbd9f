"""Questions of users: is an expression a Hermitian, a diagonal, a triangular matrix."""

from __future__ import annotations

from einsgrad.expressions.nodes import LOWER, UPPER, Expr
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.vocabulary.words import conj
from einsgrad.simplification.declared import is_own_adjoint, triangles
from einsgrad.simplification.simplify import simplify_all, simplify_expr


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
