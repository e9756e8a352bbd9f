"""Values, and what is passed back, as two functions of another library: the first keeps parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from einsgrad.engine.backends.libraries import FunctionText
from einsgrad.engine.binding import bind
from einsgrad.engine.foreign_kernels import foreign_inputs, foreign_source
from einsgrad.engine.kernels import Options
from einsgrad.engine.making_kernels import plain_program
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.splitting_programs import split_program
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.foreign_arrays import Namespace
from einsgrad.expressions.nodes import Expr, Variable


@dataclass(frozen=True, eq=False, slots=True)
class SplitKernel:
    """Two functions of arrays of a library.

    Parameters
    ----------
    forward
        The function of the inputs that returns the values, and behind them what is kept.
    backward
        The function of what it reads of the inputs, of the values, of what is kept, and of the
        cotangents, that returns what is passed back.
    inputs, values
        The places of the inputs and of the values that it reads.
    """

    forward: Callable[..., tuple[Any, ...]]
    backward: Callable[..., tuple[Any, ...]]
    inputs: tuple[int, ...]
    values: tuple[int, ...]


def make_split(
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    cotangents: Sequence[Variable],
    arrays: Sequence[Any],
    sizes: Mapping[Dim, int],
    options: Options,
    namespace: Namespace,
) -> SplitKernel:
    """Make the two functions for arrays like these.

    Parameters
    ----------
    exprs
        The values, as many as there are cotangents, then what is passed back.
    symbols, cotangents
        The variables of the values, and further ones of what is passed back.
    arrays, sizes
        An array for each of the variables, and sizes of dims that no array has.
    options
        How programs are made.
    namespace
        The library of the arrays.
    """
    pairs = list(zip(symbols, arrays, strict=True))
    _, known = bind(symbols, {one.name: array for one, array in pairs}, sizes)
    inputs, whole = foreign_inputs(namespace, pairs)
    count = len(cotangents)
    kinds = None if options.are_complex is None else options.are_complex[:count]
    own = replace(options, are_complex=kinds)
    values = plain_program(exprs[:count], inputs, known, own, None, whole)
    further = {
        one: (tuple(out.register.shape[axis] for axis in out.order), out.register.dtype)
        for one, out in zip(cotangents, values.outputs, strict=True)
    }
    joint = plain_program(exprs, {**inputs, **further}, known, options, None, whole)
    split = split_program(joint, len(arrays), count)
    written = FunctionText(copied=True, module=namespace.module)

    def function(program: Program) -> Callable[..., tuple[Any, ...]]:
        return foreign_source(program, namespace, written, arrays).function()

    return SplitKernel(
        function(split.forward), function(split.backward), split.inputs, split.values
    )
