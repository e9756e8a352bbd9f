"""Selectors that are printed as calls, since nothing absorbs them: `step("n", "n", 1)`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import as_expr
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.plain import ReadValue
from einsgrad.reading.ranges import read_size
from einsgrad.reading.shifted import written_integers

STEP, AFFINE, PICK, INTEGERS, FOURIER = "step", "affine", "pick", "integers", "fourier"
SELECTOR_CALLS = frozenset((STEP, AFFINE, PICK, INTEGERS, FOURIER))


def selector_called(
    name: str, node: ast.Call, values: Sequence[ReadValue], names: DeclaredNames
) -> Expr:
    """Return the selector that a call stands for.

    Raises
    ------
    ArgumentError
        If the arguments are others than those that are printed.
    """
    dims = [_dim(value, names) for value in values]
    match name, dims, list(values):
        case "step", [rows, columns], _ if rows is not None and columns is not None:
            return Step(rows, columns, 0)
        case "step", [rows, columns, offset], _ if None not in (rows, columns, offset):
            return Step(_known(rows), _known(columns), _known(offset))
        case "affine", [target, None, None, offset], [_, tuple(sources), tuple(strides), _]:
            inner = tuple(_known(_dim(one, names)) for one in sources)
            numbers = tuple(one for one in strides if isinstance(one, int))
            if len(numbers) == len(inner):
                return Affine(_known(target), inner, numbers, _known(offset))
        case "pick", [target, _], [_, Node() as indices]:
            return Pick(_known(target), as_expr(indices))
        case "fourier", [dim], _:
            return Fourier(_known(dim), False)
        case "integers", _, _ if len(node.args) == 1:
            written = written_integers(node.args[0])
            if written.entries:
                return Integers(written.sizes, written.entries)
    raise ArgumentError(f"{name} has other arguments here than those that are printed. See repr.")


def _dim(value: ReadValue, names: DeclaredNames) -> Dim | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case str():
            return read_size(value, names)
        case Delta(order=0, dim=dim):
            return dim
        case _:
            return None


def _known(dim: Dim | None) -> Dim:
    if dim is None:
        raise ArgumentError(f"{clip(dim)} is no dim. Give a size, or the name of one.")
    return dim
