"""Making a program for a signature: rewritten for speed, lowered, written as a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from einsgrad.engine.backends.numpy.writer import write_numpy
from einsgrad.engine.binding import Array, bind
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.engine.programs.lowering import lower_exprs, lower_structured
from einsgrad.engine.rewriting.rewrites import rewritten
from einsgrad.engine.structured import structured_results
from einsgrad.expressions.nodes import Dim, Expr, Variable

Inputs = Mapping[Variable, tuple[tuple[int, ...], np.dtype[Any]]]


def make_kernel(
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    arrays: Sequence[Array],
    sizes: Mapping[Dim, int],
    options: Options,
    dtype: np.dtype[Any] | None = None,
) -> Kernel:
    """Make the program of expressions for arrays like these.

    Parameters
    ----------
    exprs
        The expressions.
    symbols, arrays
        Their variables, and an array for each.
    sizes
        Sizes of dims that no array has.
    options
        How the program is made.
    dtype
        The dtype of deltas that no array is multiplied with; by default the arrays'
        common dtype.

    Examples
    --------
    >>> x = Variable("x", ("n",))
    >>> kernel = make_kernel([x + x], [x], [np.ones(2)], {}, Options(single=True))
    >>> kernel.function(np.ones(2))
    array([2., 2.])
    """
    pairs = list(zip(symbols, arrays, strict=True))
    _, known = bind(symbols, {symbol.name: array for symbol, array in pairs}, sizes)
    inputs = {symbol: (array.shape, array.dtype) for symbol, array in pairs}
    if options.structured:
        return _structured(exprs, inputs, known, options)
    program = lower_exprs(
        rewritten(exprs, known),
        inputs,
        known,
        options.memory_limit,
        dtype,
        options.optimize,
        as_einsum=options.as_einsum,
    )
    source = write_numpy(
        program, single=options.single, copy=options.copy, progress=options.progress
    )
    plain = partial(lower_exprs, exprs, inputs, known, None, dtype, as_einsum=options.as_einsum)
    return Kernel(program, source, source.function(), plain)


def _structured(
    exprs: Sequence[Expr], inputs: Inputs, sizes: Mapping[Dim, int], options: Options
) -> Kernel:
    """Make the program whose results keep their deltas."""
    lowered = lower_structured(rewritten(exprs, sizes), inputs, sizes)
    source = write_numpy(lowered.program)
    cores = source.function()

    def function(*arrays: Any) -> Any:
        results = structured_results(cores(*arrays), lowered.terms, lowered.shapes)
        return results[0] if options.single else results

    return Kernel(lowered.program, source, function, partial(lower_exprs, exprs, inputs, sizes))
