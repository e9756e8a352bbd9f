"""Making a program for a signature: rewritten for speed, lowered, written as a function or text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from einsgrad.engine.backends.libraries import FunctionText
from einsgrad.engine.backends.numpy.writer import write_numpy
from einsgrad.engine.binding import Array, bind
from einsgrad.engine.block_matrices import BlockMatrix
from einsgrad.engine.foreign_declared import refuse_undeclared_foreign
from einsgrad.engine.foreign_kernels import foreign_inputs, foreign_kernel
from einsgrad.engine.kernels import Inputs, Kernel, Options, Source
from einsgrad.engine.making_structured import structured_results
from einsgrad.engine.namespaces import common_namespace
from einsgrad.engine.programs.lowering import lower_exprs
from einsgrad.engine.programs.lowering_structured import lower_structured
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import ApplyMatrix, Select, Solve
from einsgrad.engine.refusals import of_user, refusing
from einsgrad.engine.rewriting.directions import guard_directions
from einsgrad.engine.rewriting.matrix_powers import open_powers
from einsgrad.engine.rewriting.outer_products import joined_outer_products
from einsgrad.engine.rewriting.powers_at_zero import guard_powers
from einsgrad.engine.rewriting.rewrites import rewritten
from einsgrad.engine.structured_arrays import refuse_undeclared
from einsgrad.errors import ArgumentError
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.foreign_arrays import Namespace
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.structures import is_structured

# An array of this many bytes may find no memory.
_LARGE = 1 << 28

# glibc's bounds of what it decides so: blocks below stay on the heap, those above never do.
_KEPT = (1 << 17, (1 << 25) - (1 << 16))


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
    namespace = common_namespace(arrays)
    if namespace is not None:
        return _of_namespace(namespace, exprs, pairs, known, options, dtype)
    inputs = {symbol: (array.shape, array.dtype) for symbol, array in pairs}
    if options.structured:
        return _structured(exprs, inputs, known, options)
    lower = partial(
        lower_exprs, as_einsum=options.as_einsum, are_complex=_are_complex(exprs, options)
    )
    program = lower(
        # Structured results keep the patterns of their terms, which one matrix would hide.
        joined_outer_products(rewritten(exprs, known)),
        inputs,
        known,
        options.memory_limit,
        dtype,
        options.optimize,
    )
    source = write_numpy(
        program, single=options.single, copy=options.copy, progress=options.progress
    )

    plain = partial(plain_program, exprs, inputs, known, options, dtype)
    return Kernel(program, source, _function(program, source), plain)


def plain_program(
    exprs: Sequence[Expr],
    inputs: Inputs,
    sizes: Mapping[Dim, int],
    options: Options,
    dtype: np.dtype[Any] | None,
    whole: np.dtype[Any] | None = None,
) -> Program:
    """Lower expressions without the rewrites for numpy, but those that give values their limits.

    Parameters
    ----------
    exprs, inputs, sizes
        The expressions, shapes and dtypes of their variables' arrays, and the sizes of dims.
    options
        How programs are made.
    dtype
        The dtype of deltas that no array is multiplied with.
    whole
        The floats that whole numbers become.
    """
    opened = open_powers(without_names(exprs))
    guarded = joined_outer_products(guard_powers(guard_directions(opened)))
    kinds = _are_complex(exprs, options)
    return lower_exprs(
        guarded,
        inputs,
        sizes,
        options.memory_limit,
        dtype,
        options.optimize,
        as_einsum=options.as_einsum,
        are_complex=kinds,
        whole=whole,
    )


def _of_namespace(
    namespace: Namespace,
    exprs: Sequence[Expr],
    given: Sequence[tuple[Variable, Any]],
    sizes: Mapping[Dim, int],
    options: Options,
    dtype: np.dtype[Any] | None,
) -> Kernel:
    """Make the program of arrays of another library, and its function in that library."""
    if options.structured:
        raise ArgumentError(
            f"structured results are made of arrays of numpy, and those of {namespace.title} "
            "are given. Compile without structured=True."
        )
    inputs, whole = foreign_inputs(namespace, given)
    arrays = [one for _, one in given]
    plain = partial(plain_program, exprs, inputs, sizes, options, dtype, whole)
    program = plain()
    written = FunctionText(single=options.single, copied=options.copy, module=namespace.module)
    return foreign_kernel(program, namespace, written, arrays, plain)


def _are_complex(exprs: Sequence[Expr], options: Options) -> Sequence[bool]:
    if options.are_complex is not None:
        return options.are_complex
    return [expr.is_complex for expr in exprs]


def _function(program: Program, source: Source) -> Callable[..., Any]:
    """Run a program's text; numpy's errors become this package's where there may be any."""
    _keep_memory_between_calls(program)
    users = {name: of_user(function) for name, function in source.globals.items()}
    function = replace(source, globals=users).function()
    may_fail = any(
        isinstance(step, ApplyMatrix | Solve | Select) or step.target.bytes >= _LARGE
        for step in program.steps
    )
    return refusing(function) if may_fail else function


def _keep_memory_between_calls(program: Program) -> None:
    """Let the C library keep as much freed memory as the arrays of a program take.

    glibc gives memory above twice the largest block that was ever freed back to the system, and
    each call would ask for zeroed pages anew. A block that is never written into costs nothing.
    """
    used = sum(step.target.bytes for step in program.steps)
    if used >= _KEPT[0]:
        np.empty(min(used, _KEPT[1]), np.uint8)


def _structured(
    exprs: Sequence[Expr], inputs: Inputs, sizes: Mapping[Dim, int], options: Options
) -> Kernel:
    """Make the program whose results keep their deltas."""
    are_complex = _are_complex(exprs, options)
    lowered = lower_structured(rewritten(exprs, sizes), inputs, sizes, are_complex)
    source = write_numpy(lowered.program, copy=True)
    cores = _function(lowered.program, source)

    def function(*arrays: Any) -> Any:
        results = structured_results(cores(*arrays), lowered)
        if options.block_rows:
            return BlockMatrix.of(results, options.block_rows)
        return results[0] if options.single else results

    return Kernel(lowered.program, source, function, partial(lower_exprs, exprs, inputs, sizes))


def with_checks(kernel: Kernel, symbols: Sequence[Variable]) -> Kernel:
    """Let a kernel's function refuse arrays that are not what is declared, as symmetric.

    Others stay as they are: their entries say nothing about what is declared.
    """
    declared = [(at, symbol) for at, symbol in enumerate(symbols) if is_structured(symbol)]
    if not declared:
        return kernel
    function = kernel.function
    refuse = refuse_undeclared_foreign if kernel.is_foreign else refuse_undeclared

    def checked(*arrays: Any) -> Any:
        for place, symbol in declared:
            refuse(symbol, arrays[place])
        return function(*arrays)

    return replace(kernel, function=checked)
