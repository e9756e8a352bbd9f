"""The rows of whole powers of square matrices, one for each exponent, made when it is met."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from einsgrad.expressions.tables.matrix_rows import FAMILIES, MatrixFunction
from einsgrad.expressions.tables.spellings import Form


@cache
def matrix_power_row(exponent: int) -> MatrixFunction:
    """Return the row of the power with an exponent of at least 2; negative ones are of inverses.

    Examples
    --------
    >>> matrix_power_row(3) is matrix_power_row(3), matrix_power_row(3).exponent
    (True, 3)
    """
    return MatrixFunction(
        f"power_{exponent}",
        Form(f"np.linalg.matrix_power({{x}}, {exponent})"),
        "nn->nn",
        _sum_over_places(exponent, turned=False),
        latex=f"{{0}}^{{{{{exponent}}}}}",
        meaning="whole powers of the matrices in the last two axes",
        torch=Form(f"torch.linalg.matrix_power({{x}}, {exponent})"),
        jax=Form(f"jnp.linalg.matrix_power({{x}}, {exponent})"),
        adjoint=_sum_over_places(exponent, turned=True),
        shares=False,
        analytic=True,
        symmetric=True,
        definite=True,
        transposes=True,
        exponent=exponent,
    )


FAMILIES["power"] = matrix_power_row


def _sum_over_places(exponent: int, turned: bool) -> Callable[..., Any]:
    """Return what writes the differential of a power: that of each factor in its place."""

    def written(m: Any, x: Any, y: Any, t: Any) -> Any:
        return m.power_slope(x, exponent, t, turned)

    return written
