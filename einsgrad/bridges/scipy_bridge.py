"""What a user calls for scipy's optimizers: it reads an expression, its unknowns and its data."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

from einsgrad.api.given import GivenVariables
from einsgrad.bridges.known_arrays import read_data, read_named, symbol_names
from einsgrad.bridges.programs import Programs
from einsgrad.bridges.scipy_problem import ScipyProblem
from einsgrad.bridges.statement import Statement
from einsgrad.calculus.real_values import is_known_real
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import DEFINITE, ORTHOGONAL, Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.strings.equation import Equation

_NOT_FREE = {
    ORTHOGONAL: "Write expm(A) in its place, with a skew-symmetric variable A.",
    DEFINITE: "Write L @ L.T in its place, with a lower triangular variable L.",
}


def scipy(
    target: Expr,
    /,
    wrt: Variable | tuple[Variable, ...] | list[Variable],
    data: Mapping[Any, Any] | None = None,
    *,
    sizes: Mapping[str, int] | None = None,
    **arrays: Any,
) -> ScipyProblem:
    """State a problem for scipy's optimizers: an expression, its unknowns and its data.

    Parameters
    ----------
    target
        A number to minimize; or a tensor of residuals or equations, for `least_squares` and
        `root`.
    wrt
        The variable, or a sequence of variables, whose entries are the unknowns. They are real.
    data, arrays
        Arrays for all other variables, in a mapping by name or variable, or by keyword. Floats
        are converted to double precision, in which scipy computes, others stay as they are.
        They are not copied: what is changed in them later is seen.
    sizes
        Sizes of dims that no array tells; what the start tells need not be given.

    Returns
    -------
    ScipyProblem
        With `minimize`, `least_squares` and `root`, which take and give arrays by name; and
        with `fun`, `jac`, `hess`, `hessp`, `operator`, `pack` and `unpack` for vectors.

    Raises
    ------
    ArgumentTypeError
        If the target is no expression, or something of `wrt` no variable.
    ArgumentError
        If an unknown does not occur, stands twice in `wrt`, is given as data, or is declared
        orthogonal or positive definite; if data are missing, or for no variable; if the target
        is complex; if scipy is not installed.
    DtypeError
        If an unknown is complex, or an array holds no numbers.
    ShapeError
        If arrays do not fit their variables or each other.

    Examples
    --------
    >>> import numpy as np
    >>> import einsgrad as eg
    >>> X, y, w, b = eg.variables("X[n,k] y[n] w[k] b[]")
    >>> loss = eg.mean((X @ w + b - y) ** 2)
    >>> inputs = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> problem = eg.bridges.scipy(loss, (w, b), X=inputs, y=np.array([3.0, 2.0, 4.0]))
    >>> found = problem.minimize(start={"w": 0.0, "b": 0.0})
    >>> found.x["w"].round(6), found.x["b"].round(6)
    (array([1., 2.]), np.float64(1.0))
    """
    expr = _as_target(target)
    unknowns = _as_unknowns(wrt, expr)
    _refuse_equal_names(variables_in(expr))
    others = tuple([one for one in variables_in(expr) if one not in unknowns])
    given = read_named((*others, *unknowns), data, arrays, "data")
    for one in unknowns:
        if one.name in given:
            raise ArgumentError(
                f"{clip(one)} is among the unknowns, and an array is given for it. Leave the array "
                "out, or take the variable out of wrt."
            )
    if find_spec("scipy") is None:
        raise ArgumentError(
            "these optimizers are those of scipy, which is not installed. "
            "Install it: pip install 'einsgrad[special]'."
        )
    known = read_data(others, given, expr, sizes)
    return ScipyProblem(Statement(Programs(expr, unknowns, others, sizes), known))


def _as_target(target: object) -> Expr:
    if isinstance(target, str | Equation):
        raise ArgumentTypeError(
            "an einsum string has no names for its arrays. Give an expression of variables: "
            "A, x = variables('A[m,n] x[n]'), and for 'mn,n->m' write einsum('mn,n->m', A, x)."
        )
    if not isinstance(target, Node):
        raise ArgumentTypeError(
            f"an expression is expected, not {clip(target)}. Build one from variables('x[n]'); of "
            "a numpy function give scipy value_and_grad(f), with jac=True."
        )
    expr = as_expr(target)
    if not is_known_real(expr):
        raise ArgumentError(
            f"{clip(expr)} is complex, and scipy's optimizers are for real numbers. Take real(...)"
            ", or give real and imaginary parts as residuals."
        )
    return expr


def _as_unknowns(wrt: object, expr: Expr) -> tuple[Variable, ...]:
    unknowns = GivenVariables.of((wrt,)).each
    if not unknowns:
        raise ArgumentError("wrt: there is no variable. Give those whose entries are unknown.")
    present = variables_in(expr)
    for place, one in enumerate(unknowns):
        if one not in present:
            raise ArgumentError(
                f"{clip(one)} does not occur, and every value of it is as good. The variables are "
                f"{symbol_names(present)}. Take it out of wrt."
            )
        if one in unknowns[:place]:
            raise ArgumentError(f"wrt: {clip(one)} is given twice. Give each variable once.")
        if one.is_complex:
            raise DtypeError(
                f"{clip(one)} is complex, and scipy's unknowns are real. Write it as u + 1j * v "
                "with two real variables."
            )
        for trait, remedy in _NOT_FREE.items():
            if trait in one.traits:
                raise ArgumentError(
                    f"{clip(one)} is declared {trait.replace('_', ' ')}, and unknowns are free. "
                    f"{remedy}"
                )
    return unknowns


def _refuse_equal_names(symbols: tuple[Variable, ...]) -> None:
    for one, other in pairwise(symbols):
        if one.name == other.name:
            raise ArgumentError(
                f"two variables are called {clip(one.name)}: {clip(one)} and {clip(other)}. "
                "Give one of them another name."
            )
