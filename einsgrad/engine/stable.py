"""Functions on arrays that neither overflow nor warn where their value is well defined.

Generated code holds the text of those that it calls, so each must stand on its own.
"""

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)); where the exponential overflows, the quotient is 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def softplus(x: Any) -> Any:
    """Return log(1 + exp(x)) without overflow."""
    if np.iscomplexobj(x):
        return np.log1p(np.exp(x))
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def silu(x: Any) -> Any:
    """Return x / (1 + exp(-x)); where the exponential overflows, the quotient is 0."""
    with np.errstate(over="ignore"):
        return x / (1 + np.exp(-x))


def quiet_log(x: Any) -> Any:
    """Return log(x), minus infinity at 0."""
    with np.errstate(divide="ignore"):
        return np.log(x)


def logsumexp(x: Any, axis: Any) -> Any:
    """Return log(sum(exp(x))), shifted by the largest entry so that nothing overflows."""
    top = np.max(x.real if np.iscomplexobj(x) else x, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return np.squeeze(total, axis=axis)
