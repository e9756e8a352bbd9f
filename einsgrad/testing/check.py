"""Compare derivatives with finite differences, and say what differs and where.

A derivative is checked as a pullback: with a random cotangent `g`, the claimed `dE/dx` of
`E = <g, f(x)>` is compared with differences of `E`. The difference, not a second copy of
a rule, is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from einsgrad.calculus.derivatives import symmetrised
from einsgrad.calculus.rules import pullback
from einsgrad.engine.binding import Array, as_array, bind, refuse_undeclared_complex
from einsgrad.engine.evaluation import evaluate
from einsgrad.engine.random_arrays import random_arrays, random_like, random_operands
from einsgrad.errors import ArgumentError, ArgumentTypeError, DtypeError, as_sequence, clip, shorten
from einsgrad.expressions.construct import variable
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import (
    COMPLEX,
    SYMMETRIC,
    Dim,
    Expr,
    Map,
    MatrixMap,
    Node,
    Reduce,
    Variable,
)
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import topological, variables
from einsgrad.results.formulas import of_einsums as derivative
from einsgrad.results.numbers import of_einsums as numeric
from einsgrad.strings.calls import as_equation, read_call
from einsgrad.strings.letters import fresh_name
from einsgrad.testing.comparison import (
    Comparison,
    GradientReport,
    Mode,
    Setting,
    compare,
    merged,
)
from einsgrad.testing.finite_differences import (
    Method,
)

Claim: TypeAlias = "str | Callable[..., Any]"


# A step of size h resolves a power of x no better than h allows where x is smaller than this.
_FLOORS: dict[Method, float] = {"complex step": 1e-20, "central difference": 1e-2}


def check_grads(
    *arguments: Any,
    order: int = 2,
    mode: Mode = "entries",
    wrt: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
    claims: Mapping[int, Claim] | None = None,
    seed: int = 0,
    directions: int = 3,
    tolerance: float | None = None,
    progress: bool = False,
) -> GradientReport:
    """Check the derivatives of an einsum or an expression against finite differences.

    Parameters
    ----------
    arguments
        As for `einsum`; or an expression and a mapping from names to arrays. Without
        arrays, random ones of distinct sizes are drawn.
    order
        1 for the adjoints, 2 for the adjoints of the adjoints as well.
    mode
        `"entries"` compares every entry; `"directions"` the product with random
        directions, which is cheaper for large operands.
    wrt
        The operands, by number or name; by default all arrays.
    names
        Names of the operands, for the messages; equal names mean the same array.
    claims
        Adjoints to check in place of einsgrad's own, by operand number: an einsum
        string whose operands are those of the einsum with the cotangent in the
        operand's place, or a function of the cotangent and all operands.
    seed, directions
        The random generator's seed, the number of random directions.
    tolerance
        The relative error that is accepted; by default what rounding in the operands'
        dtype explains.
    progress
        Whether a check that takes more than a second shows how far it is (needs tqdm).

    Returns
    -------
    GradientReport

    Raises
    ------
    GradientMismatch
        If a derivative differs; the message names the operand, the entry, both numbers
        and the likely cause.
    DtypeError
        If no operand has a dtype with a derivative.

    Notes
    -----
    Real operands are compared by complex steps in double precision, complex ones by
    central differences. Operands in single precision are compared with a reference in
    double precision.

    Examples
    --------
    >>> import einsgrad as eg
    >>> report = eg.check_grads("mn,n->m")
    >>> report.derivatives, report.error < 1e-12
    (6, True)
    >>> claims = {0: lambda g, A, x: np.outer(x, g)}
    >>> A, x = np.ones((2, 2)), np.array([1.0, 2.0])
    >>> try:
    ...     eg.check_grads("mn,n->m", A, x, claims=claims)
    ... except eg.GradientMismatch as error:
    ...     print(str(error).partition("Likely")[2])
     cause: the axes are permuted: a transpose is missing or one too many.
    """
    if arguments and isinstance(arguments[0], Node):
        given = arguments[1] if len(arguments) > 1 else random_arrays(as_expr(arguments[0]), seed)
        if not isinstance(given, Mapping):
            raise ArgumentTypeError(f"arrays are given by name in a mapping, not {clip(given)}.")
        setting = Setting(mode, directions, seed, tolerance, progress)
        given = {name: as_array(value, name) for name, value in given.items()}
        refuse_undeclared_complex(variables(as_expr(arguments[0])), given)
        _refuse_asymmetric(variables(as_expr(arguments[0])), given)
        return check_expr(as_expr(arguments[0]), given, order, setting)
    equation, operands = read_call(arguments)
    arrays = operands or random_operands(equation, seed, names=names)
    applied = numeric.apply(equation, arrays, names)
    if order < 1:
        raise ArgumentError(f"order={clip(order)} is out of range. Orders are counted from 1.")
    setting = Setting(mode, directions, seed, tolerance, progress)
    if claims is not None:
        reports = [
            _check_claim(applied, position, claim, setting) for position, claim in claims.items()
        ]
        return merged(reports)
    if wrt is None:
        return _check_operation(applied, None, order, setting)
    return merged([_check_one(applied, one, order, setting) for one in as_sequence(wrt, "wrt")])


def _check_one(
    applied: numeric.Application, wrt: int | str, order: int, setting: Setting
) -> GradientReport:
    """Check the derivative in one occurrence of an operand, or in the array of a name."""
    positions = applied.operation.positions(wrt)
    for position in positions:
        applied.require_derivative(position)
    if isinstance(wrt, int):
        applied = numeric.apply(applied.operation.equation, applied.arrays)
    return _check_operation(applied, positions[0], order, setting)


def _check_operation(
    applied: numeric.Application, position: int | None, order: int, setting: Setting
) -> GradientReport:
    bound = applied.operation
    only = None if position is None else [bound.variables[position]]
    return check_expr(bound.expr, applied.by_name, order, setting, bound.dim_sizes, only)


def check_expr(
    expr: Expr,
    arrays: Mapping[str, Array],
    order: int,
    setting: Setting,
    sizes: Mapping[Dim, int] | None = None,
    only: Sequence[Variable] | None = None,
) -> GradientReport:
    """Check the derivatives of an expression in its variables, or in some only."""
    wrt = wrt_of(expr, arrays) if only is None else only
    if not wrt:
        raise DtypeError("no operand has a dtype with a derivative. Give floats.")
    # A derivative may lack the variable whose array tells a size.
    _, known = bind(topological(expr), arrays, sizes or {})
    traits = (COMPLEX,) if expr.is_complex else ()
    cotangent = variable(fresh_name("g", list(arrays)), expr.shape, *traits)
    value = np.asarray(evaluate(expr, arrays, known))
    g = random_like(value.shape, value.dtype, setting.seed)
    everything = {**arrays, cotangent.name: g}
    method = difference_method(expr, arrays.values())
    pulled = pullback(expr, cotangent, wrt)
    reports = []
    for node, free in zip(wrt, pulled, strict=True):
        gradient = symmetrised(free, node)
        comparison = Comparison(
            shorten(node.name),
            _loss(expr, arrays, node, g, known),
            arrays[node.name],
            np.asarray(evaluate(gradient, everything, known)),
            _magnitude(gradient, everything, known, method),
            method,
        )
        reports.append(compare(comparison, setting))
        if order > 1 and wrt_of(gradient, everything):
            inner = check_expr(gradient, everything, order - 1, setting, known)
            reports.append(replace(inner, order=inner.order + 1))
    return merged(reports)


def _refuse_asymmetric(declared: Iterable[Variable], arrays: Mapping[str, Array]) -> None:
    for node in declared:
        array = arrays.get(node.name)
        if SYMMETRIC in node.traits and array is not None and not np.array_equal(array, array.T):
            raise ArgumentError(
                f"{shorten(node.name)} is declared symmetric, and its array is not. "
                "Give a symmetric one, such as (S + S.T) / 2."
            )


def wrt_of(expr: Expr, arrays: Mapping[str, Array]) -> list[Variable]:
    """Return the variables of an expression that have a derivative."""
    return [v for v in variables(expr) if arrays[v.name].dtype.kind in "fc"]


def _loss(
    expr: Expr, arrays: Mapping[str, Array], wrt: Variable, g: Array, sizes: Mapping[Dim, int]
) -> Callable[[Array], Any]:
    # A real variable moves the real part only, a symmetric one both halves alike.
    only_real = expr.is_complex and not wrt.is_complex
    symmetric = SYMMETRIC in wrt.traits

    def loss(point: Array) -> Any:
        point = (point + point.T) / 2 if symmetric else point
        total = np.sum(g * evaluate(expr, {**arrays, wrt.name: point}, sizes))
        return np.real(total) if only_real else total

    return loss


def _magnitude(
    expr: Expr, arrays: Mapping[str, Array], sizes: Mapping[Dim, int], method: Method
) -> Array:
    """Return the sums of the moduli of the terms that make the entries of a derivative.

    Where functions are involved, terms have no meaning, and the largest entry counts.
    """
    if is_multilinear(expr):
        floor = _FLOORS[method]
        absolute = {name: np.maximum(np.abs(array), floor) for name, array in arrays.items()}
        return np.asarray(np.abs(evaluate(expr, absolute, sizes)))
    value = np.abs(evaluate(expr, arrays, sizes))
    return np.full(value.shape, value.max(initial=1.0))


def is_multilinear(expr: Expr) -> bool:
    """Tell whether an expression is made of sums and products only."""
    return not any(isinstance(node, Map | Reduce | MatrixMap) for node in topological(expr))


def difference_method(expr: Expr, arrays: Iterable[Array]) -> Method:
    """Choose complex steps for sums and products of real arrays, else central differences."""
    complex_ = any(array.dtype.kind == "c" for array in arrays)
    return "complex step" if is_multilinear(expr) and not complex_ else "central difference"


def _check_claim(
    applied: numeric.Application, position: int, claim: Claim, setting: Setting
) -> GradientReport:
    bound = applied.operation
    (position,) = bound.positions(position)
    applied.require_derivative(position)
    separate = operation(bound.equation, shapes=bound.shapes)
    arrays = dict(zip(separate.names, applied.arrays, strict=True))
    adjoint = derivative.adjoint(separate, position)
    assert adjoint.cotangent is not None
    g = random_like(numeric.value_shape(bound), applied.dtype, setting.seed)
    absolute = {name: np.abs(array) for name, array in arrays.items()}
    magnitude = adjoint.evaluate({**absolute, adjoint.cotangent.name: np.abs(g)})
    comparison = Comparison(
        f"operand {position} ({shorten(bound.names[position])})",
        _loss(separate.expr, arrays, separate.variables[position], g, separate.dim_sizes),
        applied.arrays[position],
        np.asarray(_claimed(claim, applied, position, g)),
        np.asarray(magnitude),
        difference_method(separate.expr, arrays.values()),
    )
    return compare(comparison, setting)


def _claimed(claim: Claim, applied: numeric.Application, position: int, g: Array) -> Any:
    if not isinstance(claim, str):
        return claim(g, *applied.arrays)
    equation = as_equation(claim)
    count = len(equation.subscripts.inputs)
    if count != len(applied.arrays):
        raise ArgumentError(
            f"the claim for operand {position} takes {count} operands, the einsum has "
            f"{len(applied.arrays)}. Write one list for each operand, the cotangent in "
            f"operand {position}'s place."
        )
    operands = list(applied.arrays)
    operands[position] = g
    return numeric.einsum(equation, operands)
