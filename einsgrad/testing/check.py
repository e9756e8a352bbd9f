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
from einsgrad.strings.equation import Equation
from einsgrad.testing.comparison import GradientReport, Mode, Setting
from einsgrad.testing.einsum_checks import ClaimedAdjoint, check_claims, check_einsum
from einsgrad.testing.expression_checks import check_at
from einsgrad.testing.function_checks import WAYS, Way, check_function


def check_grads(  # noqa: PLR0913 - each is one word of what to check
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
    modes: Sequence[Way] | None = None,
) -> GradientReport:
    """Check the derivatives of an einsum, an expression or a function against differences.

    Parameters
    ----------
    arguments
        As for `einsum`; or an expression and a mapping from names to arrays; or a numpy
        function and a tuple of its arguments. Without arrays, random ones of distinct sizes
        are drawn.
    order
        1 for the adjoints, 2 for the adjoints of the adjoints as well, and so on.
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
    modes
        For a function, `"fwd"` for its tangents and `"rev"` for its pullback; by default both.

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
    >>> eg.check_grads(lambda x, y: np.tanh(x @ y), (np.ones(2), np.ones(2)), order=2).order
    2
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
    if modes is not None and not (arguments and _is_function(arguments[0])):
        raise ArgumentTypeError(
            "modes is for functions: of an einsum and an expression the pullback is checked."
        )
    if arguments and isinstance(arguments[0], Node):
        expr, *given = arguments
        if sizes is not None:
            raise ArgumentTypeError("sizes is for einsum strings: arrays tell an expression's.")
        return check_at(as_expr(expr), given[0] if given else None, order, setting)
    if arguments and _is_function(arguments[0]):
        options = {"names": names, "claims": claims, "sizes": sizes}
        return _check_function(
            arguments, order, WAYS if modes is None else modes, wrt, setting, options
        )
    equation, operands = read_call(arguments)
    equation = with_sizes(equation, sizes)
    if claims is not None:
        return check_claims(equation, operands, names, claims, setting)
    return check_einsum(equation, operands, names, order, setting, wrt)


def _is_function(target: object) -> bool:
    return callable(target) and not isinstance(target, Node | Equation)


def _check_function(
    arguments: Sequence[Any],
    order: int,
    modes: Sequence[Way],
    wrt: Sequence[int | str] | None,
    setting: Setting,
    others: Mapping[str, Any],
) -> GradientReport:
    """Check a function, for which some options have no meaning."""
    for option, value in others.items():
        if value is not None:
            raise ArgumentTypeError(f"{option} is for einsums. A function names its arguments.")
    if len(arguments) != 2:
        raise ArgumentTypeError(
            f"a function and a tuple of its arguments are expected, and {len(arguments) - 1} "
            "things stand behind the function. Write check_grads(f, (x, y))."
        )
    return check_function(arguments[0], arguments[1], order, modes, wrt, setting)
