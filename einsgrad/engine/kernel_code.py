"""The source that a compiled function prints: what runs in numpy, or a function of any sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from einsgrad.engine.backends.libraries import FunctionText, library_of
from einsgrad.engine.generic_code import generic_text
from einsgrad.engine.kernels import Inputs, Kernel, Options
from einsgrad.engine.making_kernels import plain_program
from einsgrad.engine.programs.program import Program
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import topological


def library_code(
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    sizes: Mapping[Dim, int],
    options: Options,
    latest: Kernel | None,
    written: FunctionText,
    library: str,
) -> str | None:
    """Return source for another library than numpy, for all sizes; None where it depends on them.

    Parameters
    ----------
    exprs, symbols
        The expressions, and their variables.
    sizes
        Sizes of dims that no array has.
    options
        How programs are made.
    latest
        The program for the arrays that were given last, whose dtypes are kept.
    written, library
        How the function is written, and the name of the library.
    """

    def lower(inputs: Inputs, known: Mapping[Dim, int]) -> Program:
        return plain_program(exprs, inputs, known, options, None)

    given = () if latest is None else latest.program.inputs
    dtypes = [one.dtype for one in given] if len(given) == len(symbols) else None
    return generic_text(exprs, symbols, sizes, dtypes, lower, written, library_of(library))


def kernel_code(
    kernel: Kernel,
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    written: FunctionText,
    library: str,
) -> str:
    """Return the source of a kernel for a library: it asserts the sizes that its numbers are of.

    Parameters
    ----------
    kernel
        The program.
    exprs, symbols
        What it is made of: the expressions, and their variables.
    written, library
        How the function is written, and the name of the library.
    """
    if library == "numpy":
        source = kernel.source
        sized = _has_numbers_of_sizes(exprs, symbols)
        return source.checked if sized or source.holds_sizes() else source.text
    checked = replace(written, checks=True)
    return checked.written(kernel.plain(), library_of(library))


def _has_numbers_of_sizes(exprs: Sequence[Expr], symbols: Sequence[Variable]) -> bool:
    """Tell whether a size is a number in the expressions, as in a mean, or is declared."""
    if any(isinstance(dim, int) for symbol in symbols for dim in symbol.shape):
        return True
    return any(isinstance(node, Delta) and not node.order for node in topological(*exprs))
