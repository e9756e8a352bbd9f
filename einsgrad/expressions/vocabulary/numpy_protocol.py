"""numpy code as an expression: what numpy's protocols do with symbolic tensors.

A function is known by itself and not by its name, which functions of several modules share.
numpy is imported when one of its functions arrives: it is there then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, UnknownAttributeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.operators import call_operation
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.rows import REDUCTIONS
from einsgrad.expressions.tables.spellings import Reduced
from einsgrad.expressions.vocabulary.application import function_of
from einsgrad.expressions.vocabulary.numpy_contractions import each_with_each
from einsgrad.expressions.vocabulary.numpy_lists import own_function
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction, refused
from einsgrad.expressions.vocabulary.numpy_remedies import remedy_for
from einsgrad.expressions.vocabulary.numpy_table import (
    BUILT_IN,
    function_at,
    scipy_function,
)
from einsgrad.expressions.vocabulary.scipy_special import COMPOSED
from einsgrad.strings.calls import read_call

EINSUM = "*operands, ~out=None, optimize=False, ~dtype=None, ~order='K', ~casting='safe'"


def ufunc(function: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Apply a numpy ufunc to expressions.

    Raises
    ------
    ArgumentTypeError
        If the ufunc, or a way of calling it, is not supported.
    """
    known = what_becomes_of(function)
    if method == "__call__" and known is not None:
        return known(*inputs, **options)
    path = _path(function)
    name = function.__name__ if path.startswith("numpy.") else ""
    if method == "reduce" and (reduction := _reduction_by(name)) is not None:
        return _along_first(f"{path}.reduce", *reduction)(*inputs, **options)
    if method == "accumulate" and known is not None and _joins_two(function):
        running = BUILT_IN[_RUNNING[name]].build if name in _RUNNING else _running(known.build)
        return _along_first(f"{path}.accumulate", running, _ACCUMULATED)(*inputs, **options)
    if method == "outer" and known is not None and _joins_two(function):
        pairs = NumpyFunction(f"{path}.outer", _each_with_each(known), known.parameters)
        return pairs(*inputs, **options)
    if method == "at":
        raise refused(f"{path}.at", "It writes into an array. Use x = x.at[key].add(values).")
    raise refused(path if method == "__call__" else f"{path}.{method}", remedy_for(path))


def _joins_two(function: Any) -> bool:
    """Tell whether a ufunc makes one number of two."""
    return (function.nin, function.nout, function.signature) == (2, 1, None)


def array_function(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Apply another numpy function to expressions.

    Raises
    ------
    ArgumentTypeError
        If the function, or one of its options, is not supported.
    """
    known = what_becomes_of(function)
    if known is not None:
        return known(*arguments, **options)
    path = _path(function)
    if path in QUESTIONS:
        return QUESTIONS[path](*arguments, **options)
    if path in OF_SHAPES:
        return function(*map(_stand_in, arguments), **options)
    if path in OF_DTYPES:
        return function(*[_of_dtype(path, one) for one in arguments], **options)
    raise refused(path, remedy_for(path))


def what_becomes_of(function: Any) -> NumpyFunction | None:
    """Return what a function of numpy or scipy becomes, if it is supported.

    Examples
    --------
    >>> import numpy as np
    >>> what_becomes_of(np.tanh).path, what_becomes_of(np.unique)
    ('numpy.tanh', None)
    """
    found = _by_function().get(function)
    if found is not None:
        return found
    name = getattr(function, "__name__", "")
    if _attribute("scipy.special", name) is function:
        return COMPOSED.get(name) or scipy_function(name)
    # A row that a user has entered is looked up each time: it may be taken out again.
    for module, path in (("numpy", name), ("numpy.linalg", f"linalg.{name}")):
        if _attribute(module, name) is function and path not in BUILT_IN:
            return function_at(path)
    return None


@cache
def _by_function() -> dict[Any, NumpyFunction]:
    """Return what each function of numpy becomes."""
    einsum = NumpyFunction("numpy.einsum", _einsum, EINSUM)
    found: dict[Any, NumpyFunction] = {own_function("einsum"): einsum}
    for path, known in BUILT_IN.items():
        found.setdefault(own_function(path), known)
    return found


def _einsum(*arguments: Any, optimize: object = False) -> Expr:
    # In which order an expression is contracted is found when it is evaluated.
    equation, operands = read_call(arguments)
    return einsum_of(equation, operands)


def _reduction_by(name: str) -> tuple[Callable[..., Expr], str] | None:
    """Return what a ufunc of two arguments becomes along axes, and its parameters."""
    for table, parameters in ((_REDUCTIONS, _REDUCED), (_QUESTIONS_OF_ALL, _ASKED)):
        if name in table:
            return BUILT_IN[table[name]].build, parameters
    for row in REDUCTIONS.values():
        if row.numpy == Reduced(name) or (row.keeps_single and row.parts == name):
            return function_of(row), _PLAINLY_REDUCED
    return None


def _along_first(path: str, build: Callable[..., Expr], parameters: str) -> NumpyFunction:
    """Return a function along axes that takes the first one where none is named."""

    def along_first(x: Any, axis: Any = 0, **options: Any) -> Expr:
        return build(x, axis=axis, **options)

    return NumpyFunction(path, along_first, parameters)


def _running(build: Callable[..., Expr]) -> Callable[..., Expr]:
    """Return the values of a function of two along an axis, each with all entries before."""

    def running(x: Any, axis: Any = 0) -> Expr:
        moved = BUILT_IN["moveaxis"].build(x, axis, 0)
        values = list(accumulate(moved, build))
        return BUILT_IN["stack"].build(values, axis) if values else as_expr(x)

    return running


def _each_with_each(known: NumpyFunction) -> Callable[..., Expr]:
    def pairs(x: Any, y: Any) -> Expr:
        return each_with_each(known.build, x, y)

    return pairs


def _attribute(module: str, name: str) -> Any:
    """Return an attribute of a module that has been imported already."""
    return vars(sys.modules[module]).get(name) if module in sys.modules else None


def _path(function: Any) -> str:
    """Name a function as its user does, with its module."""
    name = getattr(function, "__name__", repr(function))
    for module in ("numpy", "numpy.linalg", "scipy.special"):
        if _attribute(module, name) is function:
            return f"{module}.{name}"
    home = getattr(function, "__module__", None)
    if home is None and _attribute("numpy", name) is not None:
        # The ufunc behind a method of arrays, such as clip.
        home = "numpy"
    return f"{home}.{name}" if home else str(name)


def _stand_in(value: Any) -> Any:
    """Return an array of the shape of an expression, which takes no memory."""
    import numpy as np

    if not isinstance(value, Node):
        return value
    sizes = [dim for dim in value.shape if isinstance(dim, int)]
    if len(sizes) < len(value.shape):
        raise ArgumentError(f"{clip(value)} has dims whose sizes are not known. Declare sizes.")
    return np.broadcast_to(0.0, sizes)


def _of_dtype(path: str, value: Any) -> Any:
    """Return an array of the dtype of an expression, which a traced value has."""
    import numpy as np

    if not isinstance(value, Node):
        return value
    try:
        return np.empty(1, call_operation("dtype", value))
    except UnknownAttributeError:
        # Code that asks so takes a TypeError for an answer and goes on with the next guess.
        raise ArgumentTypeError(
            f"{path}: the dtype of an expression is not known before it is evaluated. "
            "Ask the arrays."
        ) from None


def _shape(x: Any) -> tuple[Any, ...]:
    return as_expr(x).shape


QUESTIONS: dict[str, Callable[..., Any]] = {
    "numpy.shape": _shape,
    "numpy.ndim": lambda a: len(_shape(a)),
    "numpy.size": lambda a, axis=None: as_expr(a).size if axis is None else _shape(a)[axis],
    "numpy.iscomplexobj": lambda x: as_expr(x).is_complex,
    "numpy.isrealobj": lambda x: not as_expr(x).is_complex,
}
# What the methods of ufuncs are: `reduce` and `accumulate`, by their names.
_REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}
_QUESTIONS_OF_ALL = {"logical_and": "all", "logical_or": "any"}
_RUNNING = {"add": "cumsum", "multiply": "cumprod"}
_REDUCED = "array, axis=0, <dtype=None, ~out=None, keepdims=False, initial=None, where=True"
_PLAINLY_REDUCED = _REDUCED.replace("<", "~").replace("initial", "~initial").replace("wh", "~wh")
_ASKED = _REDUCED.replace("<", "~").replace("initial", "~initial")
_ACCUMULATED = "array, axis=0, <dtype=None, ~out=None"
# These ask for the shapes only.
OF_SHAPES = {"numpy.einsum_path", "numpy.diag_indices_from"} | {
    "numpy.tril_indices_from",
    "numpy.triu_indices_from",
}
OF_DTYPES = {"numpy.result_type", "numpy.can_cast", "numpy.min_scalar_type", "numpy.common_type"}
