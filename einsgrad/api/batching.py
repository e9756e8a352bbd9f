"""What a user applies a function of one example to many examples with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.api.given import as_function


def vmap(target: Callable[..., Any], in_axes: Any = 0, out_axes: Any = 0) -> Callable[..., Any]:
    """Return a function of one example as a function of a batch, as `jax.vmap` does.

    The function is traced for one example; the batch is one more label of its einsums.

    Parameters
    ----------
    target
        A function of arrays.
    in_axes
        The axis of the batch: one number for all arguments, or a tuple with one for each; None
        for an argument that is the same for all examples. For a container, containers of them.
        Arguments by keyword have the batch first.
    out_axes
        The axis of the batch in the result; for containers, containers of them. None for what
        is the same for all examples.

    Raises
    ------
    ArgumentError
        If no argument has a batch, or there is not an entry of `in_axes` for each.
    ShapeError
        If batches have different sizes, or an axis is not there.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> X, y, w = np.eye(2), np.array([1.0, 2.0]), np.zeros(2)
    >>> loss = lambda w, x, y: (w @ x - y) ** 2
    >>> eg.vmap(loss, in_axes=(None, 0, 0))(w, X, y)
    array([1., 4.])
    >>> eg.vmap(eg.grad(loss), in_axes=(None, 0, 0))(w, X, y)
    array([[-2., -0.],
           [-0., -4.]])
    """
    from einsgrad.results.numbers.batched_calls import Vectorized

    return Vectorized(as_function(target), in_axes, out_axes)
