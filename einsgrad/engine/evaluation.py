"""Evaluation of expressions on arrays by name: compiled for what is given, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, bind
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.kernels import Options
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.simplify import simplify_all


def evaluate_expr(
    expr: Expr,
    arrays: Mapping[str, Any],
    sizes: Mapping[Any, int] | None = None,
    dtype: np.dtype[Any] | None = None,
) -> Any:
    """Evaluate an expression as it is written.

    Parameters
    ----------
    expr
        The expression.
    arrays
        An array for each variable, by name.
    sizes
        Sizes of dims that no array has.
    dtype
        The dtype of deltas that no array is multiplied with; by default the arrays'
        common dtype.

    Returns
    -------
    numpy.ndarray or numpy scalar
        A new array of the expression's shape; a scalar where that is empty.

    Raises
    ------
    ArgumentError
        If an array or a size is missing.
    ShapeError
        If an array does not fit its variable's dims.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> evaluate_expr(x, {"x": [1.0, 2.0]})
    array([1., 2.])
    """
    return evaluate_all([expr], arrays, sizes, dtype)[0]


def evaluate_all(
    exprs: Sequence[Expr],
    arrays: Mapping[str, Any],
    sizes: Mapping[Any, int] | None = None,
    dtype: np.dtype[Any] | None = None,
) -> tuple[Any, ...]:
    """Evaluate several expressions as one program; parameters as for `evaluate_expr`."""
    compiled = compiled_for(tuple(exprs), tuple((sizes or {}).items()), dtype)
    return _computed(compiled, arrays)


def _computed(compiled: Compiled, arrays: Mapping[str, Any]) -> tuple[Any, ...]:
    inputs, _ = bind(compiled.symbols, arrays, compiled.sizes)
    results: tuple[Any, ...] = compiled(*(inputs[name] for name in compiled.variables))
    return results


@lru_cache(maxsize=4096)
def compiled_for(
    exprs: tuple[Expr, ...], sizes: tuple[tuple[Dim, int], ...], dtype: np.dtype[Any] | None
) -> Compiled:
    """Return the compiled function of expressions as they are."""
    return Compiled(exprs, variables_in(*exprs), dict(sizes), Options(as_declared=False), dtype)


@lru_cache(maxsize=4096)
def compiled_simplified(expr: Expr, sizes: tuple[tuple[Dim, int], ...]) -> Compiled:
    """Return the compiled function of an expression's simplest form, of arrays by name.

    The arrays are those of the expression as it was given, also for what simplification drops.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> compiled_simplified(x - x, ())(x=[1.0, 2.0])
    array([0., 0.])
    """
    options = Options(single=True, are_complex=(expr.is_complex,))
    return Compiled(simplify_all([expr]), variables_in(expr), dict(sizes), options, ordered=False)


def factor_arrays(
    factors: Sequence[Expr], arrays: Mapping[str, Any], sizes: Mapping[Dim, int]
) -> list[Array]:
    """Return the array of each factor of a term, deltas and ones written out."""
    _, known = bind(variables_in(*factors), arrays, sizes)
    given = [np.asarray(arrays[v.name]) for v in variables_in(*factors)]
    dtype = np.result_type(*given) if given else np.dtype(float)
    return [np.asarray(evaluate_expr(factor, arrays, known, dtype)) for factor in factors]
