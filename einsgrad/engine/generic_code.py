"""Code for all sizes: written before there is an array, with sizes from the arrays' shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.backends.libraries import FunctionText
from einsgrad.engine.backends.library import Library
from einsgrad.engine.binding import dims_of, size_of
from einsgrad.engine.kernels import Inputs
from einsgrad.engine.programs.actions import RunningSum
from einsgrad.engine.programs.lowering import index_variables
from einsgrad.engine.programs.named_sizes import NamedSize
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import Combine, Select, Sliced, Step, Window
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import topological

DType: TypeAlias = np.dtype[Any]
Lower = Callable[[Inputs, Mapping[Dim, int]], Program]

# Two sizes for each name, all different: a text that is the same for both holds for all.
_FIRST = (11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
_SECOND = (12, 14, 18, 21, 25, 27, 33, 39, 42, 45)


def generic_text(
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    sizes: Mapping[Dim, int],
    dtypes: Sequence[DType] | None,
    lower: Lower,
    written: FunctionText,
    library: Library,
) -> str | None:
    """Write a function for all sizes; None where the text depends on what they are.

    Parameters
    ----------
    exprs, symbols
        The expressions, and their variables in the order of the arguments.
    sizes
        Sizes of dims that no array has.
    dtypes
        The dtypes of arrays that were given, in the order of the variables; by default all
        have one.
    lower
        Makes the program for inputs and sizes.
    written, library
        How the function is written, and for which library.
    """
    every = dict.fromkeys((*names_in(dim for one in symbols for dim in one.shape), *dims_of(exprs)))
    names = [name for name in every if name not in sizes]
    told = {dim for symbol in symbols for dim in symbol.shape if isinstance(dim, str)}
    if len(names) > len(_FIRST) or not told.issuperset(names):
        return None
    spelled = _spelled(names, symbols)
    texts, used = [], set[str]()
    written = replace(written, used=used)
    for values in (_FIRST, _SECOND):
        known: dict[Dim, int] = dict(sizes)
        known |= {
            name: NamedSize.of(spelled[name], value, used)
            for name, value in zip(names, values, strict=False)
        }
        program = lower(_inputs(exprs, symbols, dtypes, known), known)
        if not all(map(_is_size_free, program.steps)):
            return None
        texts.append(written.written(program, library))
    return texts[0] if texts[0] == texts[1] else None


def _is_size_free(step: Step) -> bool:
    """Tell whether the form of what is written for a step is the same for small sizes, too."""
    match step:
        case Window() | Sliced() | Select(action=RunningSum()):
            return False
        case Combine(terms=terms):
            return not any(term.is_affine for term in terms)
        case _:
            return True


def _spelled(names: Sequence[str], symbols: Sequence[Variable]) -> dict[str, str]:
    """Return names for sizes that no argument has."""
    taken = {symbol.name for symbol in symbols}
    spelled: dict[str, str] = {}
    for name in names:
        text = name if name.isidentifier() and name.isascii() else "size"
        while text in taken:
            text += "_"
        taken.add(text)
        spelled[name] = text
    return spelled


def _inputs(
    exprs: Sequence[Expr],
    symbols: Sequence[Variable],
    dtypes: Sequence[DType] | None,
    known: Mapping[Dim, int],
) -> Inputs:
    indices = index_variables(topological(*exprs), exprs)
    usual = ["i8" if one in indices else "c16" if one.is_complex else "f8" for one in symbols]
    pairs = zip(symbols, dtypes or map(np.dtype, usual), strict=True)
    return {one: (tuple(size_of(dim, known) for dim in one.shape), own) for one, own in pairs}
