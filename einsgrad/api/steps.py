"""What a user calls to see how a derivative is found, for einsum strings and expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from einsgrad.api.einsums import adjoint
from einsgrad.calculus.derivatives import check_variable
from einsgrad.errors import ArgumentTypeError, as_text
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.results.steps.derivation import Derivation
from einsgrad.results.steps.of_expressions import tell
from einsgrad.results.steps.one_derivative import Detail
from einsgrad.strings.calls import Shapes, WrittenEinsum


@overload
def derive(
    target: WrittenEinsum,
    wrt: int | str,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
) -> str: ...


@overload
def derive(
    target: Expr,
    wrt: Variable | Sequence[Variable],
    *,
    detail: Detail = "all",
    cotangent: Variable | None = None,
) -> Derivation: ...


def derive(
    target: Any,
    wrt: Any,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
    detail: Detail = "all",
    cotangent: Variable | None = None,
) -> Any:
    """Tell step by step how the derivative of an einsum or an expression is found.

    Parameters
    ----------
    target
        An einsum string or `equation`, or an expression.
    wrt
        The operand, by number or name; for an expression, the variable, or several in turn
        for a derivative of higher order: `derive(E, (x, x))`.
    names, ranks, shapes, sizes
        For a string, as for `adjoint`.
    detail
        For an expression, `"all"` steps or only the `"landmarks"`.
    cotangent
        For an expression with axes, the variable that stands for its cotangent, if the
        adjoint is all that is asked for. By default one that is called `g`, and the Jacobian
        follows.

    Returns
    -------
    str or Derivation
        For a string the text. For an expression the steps; printed they are text, and they
        have `latex` and `markdown`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> print(eg.derive("mn,n->m", 0, names=("A", "x")))
    y_m        = A_mn x_n
    ∂y_i/∂A_mn = δ_im δ_jn x_j       ∂A_ij/∂A_mn = δ_im δ_jn
    ∂E/∂A_mn   = g_i δ_im δ_jn x_j   g_i = ∂E/∂y_i
               = g_m δ_jn x_j        δ_im: i → m
               = g_m x_n             δ_jn: j → n
               = "m,n->mn"(g, x)     as an einsum
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> print(eg.derive(eg.sum(eg.tanh(A @ x)), x))
    u1      = A x                           a part
    u2      = tanh(u1)                      a part
    E       = 1ᵀ u2                         the expression
    g2_m    = ∂E/∂u2_m = Σ_i δ_im           product rule: the cotangent takes u2's place
            = 1_m                           deltas contracted
            = 1                             in matrix notation
    g1      = ∂E/∂u1 = g2 ⊙ (1 - u2 ⊙ u2)   chain rule: the derivative of tanh
    ∂E/∂x_n = g1_m δ_in A_mi                product rule: the cotangent takes x's place
            = A_mn g1_m                     deltas contracted
            = Aᵀ g1                         in matrix notation
            = Aᵀ (1 - r ⊙ r)                the parts put in, simplified
              where r = tanh(A x)
    """
    if isinstance(target, Node):
        as_text(detail, "detail")
        if cotangent is not None:
            check_variable(cotangent)
        return tell(as_expr(target), wrt, detail, cotangent)
    if wrt is None:
        raise ArgumentTypeError("name the operand: derive('mn,n->m', 0).")
    return adjoint(target, wrt, names=names, ranks=ranks, shapes=shapes, sizes=sizes).derivation
