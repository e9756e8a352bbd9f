"""One door for checks against finite differences: it reads what is given, and hands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import as_size
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.shaping import as_expr
from einsgrad.strings.calls import read_call
from einsgrad.testing.comparison import GradientReport, Mode, Setting
from einsgrad.testing.einsum_checks import ClaimedAdjoint, check_claims, check_einsum
from einsgrad.testing.expression_checks import check_at


def check_grads(
    *arguments: Any,
    order: int = 2,
    mode: Mode = "entries",
    wrt: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
    claims: Mapping[int, ClaimedAdjoint] | None = None,
    sizes: Mapping[str, Dim] | None = None,
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
    sizes
        For a string, sizes of labels, as for `einsum`.
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
    >>> import numpy as np
    >>> claims = {0: lambda g, A, x: np.outer(x, g)}
    >>> A, x = np.ones((2, 2)), np.array([1.0, 2.0])
    >>> try:
    ...     eg.check_grads("mn,n->m", A, x, claims=claims)
    ... except eg.GradientMismatch as error:
    ...     print(str(error).partition("Likely")[2])
     cause: the axes are permuted: a transpose is missing or one too many.
    """
    setting = Setting(mode, directions, seed, tolerance, progress)
    if not as_size(order):
        raise ArgumentError(f"order={clip(order)} is out of range. Orders are counted from 1.")
    if claims is not None and not isinstance(claims, Mapping):
        raise ArgumentTypeError(f"claims: {clip(claims)} is no mapping. Give {{operand: claim}}.")
    if arguments and isinstance(arguments[0], Node):
        expr, *given = arguments
        if sizes is not None:
            raise ArgumentTypeError("sizes is for einsum strings: arrays tell an expression's.")
        return check_at(as_expr(expr), given[0] if given else None, order, setting)
    equation, operands = read_call(arguments)
    equation = with_sizes(equation, sizes)
    if claims is not None:
        return check_claims(equation, operands, names, claims, setting)
    return check_einsum(equation, operands, names, order, setting, wrt)
