"""Any expression in four notations: einsum calls, index notation, matrix notation, LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from einsgrad.errors import ArgumentError, as_flag, as_text, clip
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.printing import write
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.ascii import ASCII_LAYOUT
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.left_sides import LeftSide, as_variables, left_side_of
from einsgrad.notation.noted import noted_formula
from einsgrad.strings.letters import fresh_name

Notation: TypeAlias = 'Literal["einsum", "index", "matrix"]'


def show(
    expr: object,
    notation: Notation = "matrix",
    *,
    name: str = "",
    wrt: object = (),
    ascii: bool = False,
) -> str:
    """Write an expression for reading.

    Parameters
    ----------
    expr
        The expression; it is written as it is, not simplified.
    notation
        `"matrix"` writes `Aᵀ (A x - b)`, and what has no such form in index notation;
        `"index"` writes `A_mn (A_mi x_i - b_m)`; `"einsum"` writes einsum calls.
    name
        What the expression is called. The formula is then an equation, `J_ijk = δ_ij x_k`,
        whose left side shows the order of the axes.
    wrt
        For a derivative, the variable that it is taken in, or several in turn. The left side
        is then `∂E/∂x`, or `∂Y_i/∂A_jk`; `name` says what is differentiated.
    ascii
        Write `A.T @ (A @ x - b)`, which is Python over einsgrad's functions, and
        `A[m,n]*(A[m,i]*x[i] - b[m])`.

    Returns
    -------
    str
        The formula. Lines under it define the parts that were named because they stand
        several times; a part may use those below it. A formula with several indices has a left
        side even without a name, `D_mn = ...`, which says the order of its axes.

    Raises
    ------
    ArgumentError
        If there is no such notation, or einsum calls are asked for in ASCII.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> gradient = eg.grad(0.5 * eg.sum_squares(A @ x - b), x)
    >>> print(eg.show(gradient))
    Aᵀ (A x - b)
    >>> print(eg.show(gradient, "index"))
    A_mn (A_mi x_i - b_m)
    >>> print(eg.show(gradient, ascii=True))
    A.T @ (A @ x - b)
    >>> print(eg.show(eg.jacobian(A @ x, A), "index", name="J"))
    J_min = δ_mi x_n
    >>> print(eg.show(gradient, wrt=x))
    ∂E/∂x = Aᵀ (A x - b)
    """
    as_flag(ascii, "ascii")
    if as_text(notation, "notation") == "einsum":
        if ascii:
            raise ArgumentError(
                "einsum calls are not written in ASCII: they hold deltas δ. "
                'Ask for the "index" or "matrix" notation.'
            )
        if as_variables(wrt):
            raise ArgumentError("einsum calls have no indices for wrt. Give a name.")
        return f"{name} = {write(as_expr(expr))}" if name else write(as_expr(expr))
    return _formula(expr, notation, name, wrt, ASCII_LAYOUT if ascii else TEXT_LAYOUT)


def latex(
    expr: object,
    notation: Literal["matrix", "index"] = "matrix",
    *,
    name: str = "",
    wrt: object = (),
) -> str:
    r"""Write an expression as LaTeX.

    Parameters
    ----------
    expr, notation, name, wrt
        As for `show`.

    Raises
    ------
    ArgumentError
        If there is no such notation.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> print(eg.latex(A.T @ (A @ x - b)))
    A^{\top} \left(A x - b\right)
    """
    return _formula(expr, notation, name, wrt, LATEX_LAYOUT)


def printed(expr: Expr, *, name: str = "", wrt: Sequence[Variable] = ()) -> str:
    """Write an expression as `print` does: as matrices, else with indices and a left side.

    What has more than two axes is written with indices: a tensor product `I ⊗ x` does not
    say which axis is which.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> print(printed(A @ x))
    A x
    >>> print(printed(eg.jacobian(A @ x, A)))
    D_min = δ_mi x_n
    >>> print(printed(eg.jacobian(A @ x, A), wrt=[A]))
    ∂Y_m/∂A_in = δ_mi x_n
    """
    return _printed(expr, name, wrt, TEXT_LAYOUT)


def printed_latex(expr: Expr, *, name: str = "", wrt: Sequence[Variable] = ()) -> str:
    """Write an expression as notebooks show it."""
    return _printed(expr, name, wrt, LATEX_LAYOUT)


def _printed(expr: Expr, name: str, wrt: Sequence[Variable], layout: Layout) -> str:
    left = _left_side(expr, name, tuple(wrt))
    return _written(expr, printed_notation(expr), left, layout, always=True)


def printed_notation(expr: Expr) -> Literal["matrix", "index"]:
    """Return the notation that `print` tries first."""
    return "matrix" if len(expr.shape) <= 2 else "index"


def _left_side(expr: Expr, name: str, wrt: tuple[Variable, ...]) -> LeftSide | None:
    return left_side_of(expr, name, wrt) if wrt else LeftSide(name) if name else None


def _formula(expr: object, notation: str, name: str, wrt: object, layout: Layout) -> str:
    as_text(name, "name")
    if as_text(notation, "notation") not in ("matrix", "index"):
        raise ArgumentError(
            f'{clip(notation)} is no notation for this. Choose "matrix" or "index".'
        )
    node = as_expr(expr)
    return _written(node, notation, _left_side(node, name, as_variables(wrt)), layout)


def _written(
    expr: Expr, notation: str, left: LeftSide | None, layout: Layout, *, always: bool = False
) -> str:
    """Write an expression; one with indices gets a left side where that tells the axes.

    Parameters
    ----------
    expr, notation, left, layout
        What is written, how, and its left side if it has been given one.
    always
        Whether every formula with indices gets a left side.
    """
    taken = frozenset() if left is None else left.names
    found = noted_formula(expr, notation, layout, taken, stands_alone=True)
    order_matters = len(found.letters) > 1 or not found.tells_order
    if left is None and found.letters and (always or order_matters):
        used = {*found.names, *(v.name for v in variables_in(expr))}
        left = LeftSide(fresh_name("D", used))
    whole = found.text
    if left is not None:
        whole = layout.equation(left.written(layout, found.letters), whole)
    return layout.with_notes(whole, found.notes)
