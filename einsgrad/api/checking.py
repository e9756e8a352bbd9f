"""What a user calls to check derivatives against finite differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from einsgrad.testing.comparison import GradientReport


def check_grads(*arguments: Any, **options: Any) -> GradientReport:
    """Check the derivatives of an einsum, an expression or a function against differences.

    The arguments are those of `einsgrad.testing.check_grads`; numpy is loaded with it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.check_grads("ij,jk->ik", order=1).derivatives
    2
    """
    from einsgrad import testing

    return testing.check_grads(*arguments, **options)
