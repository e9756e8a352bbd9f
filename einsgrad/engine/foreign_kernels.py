"""Functions of arrays of other libraries: a program written for the library, and run by it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from einsgrad.engine.backends.libraries import LIBRARIES, FunctionText
from einsgrad.engine.kernels import Inputs, Kernel, Source
from einsgrad.engine.namespaces import (
    is_bfloat,
    is_traced,
    known_shape,
    numpy_dtype,
    whole_numbers_as,
)
from einsgrad.engine.programs.program import Program
from einsgrad.errors import ArgumentError
from einsgrad.expressions.foreign_arrays import JAX, Namespace
from einsgrad.expressions.nodes import Variable


def foreign_kernel(
    program: Program,
    namespace: Namespace,
    written: FunctionText,
    arrays: Sequence[Any],
    plain: Callable[[], Program],
) -> Kernel:
    """Make the function of a program for arrays of a library.

    Parameters
    ----------
    program, namespace
        The program, and the library.
    written
        How its function is written.
    arrays
        Arrays like those that it takes.
    plain
        Makes the program anew.

    Raises
    ------
    ArgumentError
        If the library lacks something that the program needs.
    """
    source = foreign_source(program, namespace, written, arrays)
    function = source.function()
    if namespace == JAX and not any(map(is_traced, arrays)):
        function = sys.modules["jax"].jit(function)
    return Kernel(program, source, function, plain, is_foreign=True)


def foreign_inputs(
    namespace: Namespace, given: Iterable[tuple[Variable, Any]]
) -> tuple[Inputs, np.dtype[Any]]:
    """Return the shapes and dtypes of arrays of a library, and the floats of whole numbers.

    Raises
    ------
    DtypeError, ShapeError
        If an array has no numbers, or a shape that is not known.
    """
    inputs = {x: (known_shape(one, x.name), numpy_dtype(one, x.name)) for x, one in given}
    return inputs, whole_numbers_as(namespace, [dtype for _, dtype in inputs.values()])


def foreign_source(
    program: Program, namespace: Namespace, written: FunctionText, arrays: Iterable[Any]
) -> Source:
    """Write the function of a program for arrays of a library.

    Raises
    ------
    ArgumentError
        If the library lacks something that the program needs.
    """
    library = LIBRARIES[namespace.library]
    half = "bfloat16" if is_bfloat(arrays) else "float16"
    source = Source(replace(written, half=half).written(program, library))
    refuse_lacking(namespace, library.prefix, source.text)
    return source


def refuse_lacking(namespace: Namespace, prefix: str, text: str) -> None:
    """Refuse a text that calls what a namespace does not have.

    Raises
    ------
    ArgumentError
        If it does, by name.
    """
    for node in ast.walk(ast.parse(text)):
        names = _path(node.func, prefix) if isinstance(node, ast.Call) else ()
        if names and reduce(_part, names, namespace.functions) is None:
            raise ArgumentError(
                f"{namespace.title} has no {'.'.join(names)}, which this needs. "
                "Give arrays of a library that has it."
            )


def _path(node: ast.expr, prefix: str) -> tuple[str, ...]:
    """Return the names by which something of the namespace is found; nothing of others."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return tuple(names[::-1]) if isinstance(node, ast.Name) and node.id == prefix else ()


def _part(module: Any, name: str) -> Any:
    return None if module is None else getattr(module, name, None)
