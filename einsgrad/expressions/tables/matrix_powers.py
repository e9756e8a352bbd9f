"""The rows of whole powers of square matrices, one for each exponent, made when it is met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, reduce
from operator import add
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
        _sum_over_places(exponent, lambda m, x: x),
        latex=f"{{0}}^{{{{{exponent}}}}}",
        meaning="whole powers of the matrices in the last two axes",
        torch=Form(f"torch.linalg.matrix_power({{x}}, {exponent})"),
        jax=Form(f"jnp.linalg.matrix_power({{x}}, {exponent})"),
        adjoint=_sum_over_places(exponent, lambda m, x: m.exchanged(x)),
        shares=False,
        analytic=True,
        symmetric=True,
        definite=True,
        transposes=True,
        exponent=exponent,
    )


FAMILIES["power"] = matrix_power_row


def _sum_over_places(exponent: int, of: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return what writes the differential of a power: that of each factor in its place."""

    def written(m: Any, x: Any, y: Any, t: Any) -> Any:
        powers = list(_powers(of(m, x), exponent))
        return reduce(add, (_between(powers, t, k) for k in range(exponent)))

    return written


def _powers(x: Any, count: int) -> Iterator[Any]:
    """Yield nothing, for the power 0, then `x`, `x @ x` and so on."""
    yield None
    power = x
    for _ in range(count - 1):
        yield power
        power = power @ x


def _between(powers: list[Any], t: Any, before: int) -> Any:
    left, right = powers[before], powers[len(powers) - 1 - before]
    found = t if left is None else left @ t
    return found if right is None else found @ right
