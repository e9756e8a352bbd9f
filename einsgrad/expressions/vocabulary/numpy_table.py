"""What each function of numpy, and each ufunc of scipy, becomes on expressions.

A function of numpy is known by its path, `linalg.trace`, so that it is not taken for another
one of its name. numpy is not imported here: `numpy_protocol` looks the paths up in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, assert_never

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import (
    ELEMENTWISE,
    Elementwise,
    Reduction,
    Row,
    all_rows,
    names_of,
)
from einsgrad.expressions.tables.scipy_tails import SCIPY_FUNCTIONS
from einsgrad.expressions.vocabulary import numpy_contractions as products
from einsgrad.expressions.vocabulary import numpy_editing as editing
from einsgrad.expressions.vocabulary import numpy_gathering as gathering
from einsgrad.expressions.vocabulary import numpy_missing as missing
from einsgrad.expressions.vocabulary import numpy_rearranging as axes
from einsgrad.expressions.vocabulary import numpy_signs as signs
from einsgrad.expressions.vocabulary import numpy_sorting as sorting
from einsgrad.expressions.vocabulary import numpy_statistics as statistics
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_linalg import LINALG
from einsgrad.expressions.vocabulary.numpy_moves import MOVES
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.numpy_reductions import REDUCTIONS

_UFUNC_OPTIONS = (
    "~out=None, *, ~where=True, -casting='same_kind', -order='K', ~dtype=None, -subok=True, "
    "~signature=None, ~sig=None, ~axes=None, ~axis=None, ~keepdims=False"
)
_EXTREME = "axis=None, ~out=None, keepdims=False, ~initial=None, ~where=True"
_SORTED = "axis=-1, kind=None, ~order=None, *, stable=None"
_LIKE = ">dtype=None, ~order='K', ~subok=True, ~shape=None, *, ~device=None"
_PAIR = f"x1, x2, /, {_UFUNC_OPTIONS}"
_SINGLE = f"x, /, {_UFUNC_OPTIONS}"


def _converted(x: Any, dtype: Any) -> Expr:
    return as_expr(x).astype(dtype)


# By path, what a function becomes that is no row of a table, and its parameters.
_FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    **REDUCTIONS,
    **LINALG,
    "add": (words.add, _PAIR),
    "subtract": (words.subtract, _PAIR),
    "multiply": (words.multiply, _PAIR),
    "divide": (words.divide, _PAIR),
    "true_divide": (words.divide, _PAIR),
    "negative": (words.negative, _SINGLE),
    "positive": (as_expr, _SINGLE),
    "divmod": (statistics.quotient_and_remainder, _PAIR),
    "round": (statistics.rounded, "a, decimals=0, ~out=None"),
    "around": (statistics.rounded, "a, decimals=0, ~out=None"),
    "fabs": (statistics.real_abs, _SINGLE),
    "logical_and": (statistics.logical_and, _PAIR),
    "logical_or": (statistics.logical_or, _PAIR),
    "logical_xor": (statistics.logical_xor, _PAIR),
    "logical_not": (statistics.logical_not, _SINGLE),
    "isnan": (missing.isnan, _SINGLE),
    "isinf": (missing.isinf, _SINGLE),
    "isfinite": (missing.isfinite, _SINGLE),
    "isclose": (missing.isclose, "a, b, rtol=1e-5, atol=1e-8, equal_nan=False"),
    "isposinf": (missing.isposinf, "x, ~out=None"),
    "isneginf": (missing.isneginf, "x, ~out=None"),
    "nan_to_num": (missing.without_nan, "x, ~copy=True, nan=0.0, posinf=None, neginf=None"),
    "signbit": (signs.signbit, _SINGLE),
    "modf": (signs.parts_around_the_point, _SINGLE),
    "angle": (signs.angle, "z, deg=False"),
    "isreal": (signs.isreal, "x"),
    "iscomplex": (signs.iscomplex, "x"),
    "real_if_close": (signs.real_if_close, "a, tol=100"),
    "bitwise_and": (signs.bitwise("bitwise_and", statistics.logical_and), _PAIR),
    "bitwise_or": (signs.bitwise("bitwise_or", statistics.logical_or), _PAIR),
    "bitwise_xor": (signs.bitwise("bitwise_xor", statistics.logical_xor), _PAIR),
    "invert": (signs.bitwise("invert", statistics.logical_not), _SINGLE),
    "where": (gathering.chosen_where, "condition, x=..., y=..., /"),
    "real": (words.real, "val"),
    "imag": (words.imag, "val"),
    "sinc": (words.sinc, "x"),
    "matmul": (words.matmul, _PAIR),
    "matvec": (products.matvec, _PAIR),
    "vecmat": (products.vecmat, _PAIR),
    "vecdot": (products.vecdot, _PAIR.replace("~axis=None", "axis=-1")),
    "dot": (words.dot, "a, b, ~out=None"),
    "vdot": (products.vdot, "a, b, /"),
    "inner": (products.inner, "a, b, /"),
    "outer": (products.flat_outer, "a, b, ~out=None"),
    "kron": (products.kron, "a, b"),
    "tensordot": (products.tensordot, "a, b, axes=2"),
    "clip": (
        statistics.clipped,
        "a, a_min=..., a_max=..., ~out=None, *, min=..., max=..., ~where=True, "
        "~casting='same_kind', ~order='K', ~dtype=None, ~subok=True, ~signature=None",
    ),
    "transpose": (words.transpose, "a, axes=None"),
    "permute_dims": (words.transpose, "a, axes=None"),
    "matrix_transpose": (axes.matrix_transpose, "x, /"),
    "swapaxes": (axes.swapaxes, "a, axis1, axis2"),
    "moveaxis": (axes.moveaxis, "a, source, destination"),
    "rollaxis": (axes.rollaxis, "a, axis, start=0"),
    "expand_dims": (axes.expand_dims, "a, axis"),
    "squeeze": (statistics.along(axes.squeeze), "a, axis=None"),
    "atleast_1d": (axes.at_least(1), "*arys"),
    "atleast_2d": (axes.at_least(2), "*arys"),
    "atleast_3d": (axes.at_least(3), "*arys"),
    "broadcast_to": (axes.broadcast_to, "array, shape, ~subok=False"),
    "broadcast_arrays": (axes.broadcast_arrays, "*args, ~subok=False"),
    "reshape": (axes.ordered_reshape, "a, /, shape, order='C', *, ~copy=None"),
    "ravel": (axes.ravel, "a, order='C'"),
    "copy": (as_expr, "a, ~order='K', ~subok=False"),
    "astype": (_converted, "x, dtype, /, *, ~copy=True, ~device=None"),
    "zeros_like": (axes.zeros_like, f"a, {_LIKE}"),
    "ones_like": (axes.ones_like, f"a, {_LIKE}"),
    "full_like": (axes.full_like, f"a, fill_value, {_LIKE}"),
    "take": (gathering.take, "a, indices, axis=None, ~out=None, mode='raise'"),
    "take_along_axis": (gathering.take_along_axis, "arr, indices, axis=-1"),
    "compress": (gathering.compress, "condition, a, axis=None, ~out=None"),
    "extract": (gathering.extract, "condition, arr"),
    "delete": (editing.delete, "arr, obj, axis=None"),
    "insert": (editing.insert, "arr, obj, values, axis=None"),
    "choose": (gathering.choose, "a, choices, ~out=None, mode='raise'"),
    "select": (gathering.select, "condlist, choicelist, default=0"),
    "piecewise": (gathering.piecewise, "x, condlist, funclist, *args"),
    "isin": (
        gathering.isin,
        "element, test_elements, ~assume_unique=False, invert=False, *, ~kind=None",
    ),
    "ix_": (gathering.open_mesh, "*args"),
    "unravel_index": (gathering.unravel_index, "indices, shape, order='C'"),
    "argmax": (sorting.argmax, "a, axis=None, ~out=None, *, keepdims=False"),
    "argmin": (sorting.argmin, "a, axis=None, ~out=None, *, keepdims=False"),
    "argsort": (sorting.argsort, f"a, {_SORTED}"),
    "sort": (sorting.sort, f"a, {_SORTED}"),
    "partition": (sorting.partition, "a, kth, axis=-1, ~kind='introselect', ~order=None"),
    "argpartition": (
        sorting.argpartition,
        "a, kth, axis=-1, ~kind='introselect', ~order=None",
    ),
    "lexsort": (sorting.lexsort, "keys, axis=-1"),
    "nanargmax": (sorting.nanargmax, "a, axis=None, ~out=None, *, keepdims=False"),
    "nanargmin": (sorting.nanargmin, "a, axis=None, ~out=None, *, keepdims=False"),
    "median": (
        sorting.median,
        "a, axis=None, ~out=None, ~overwrite_input=False, keepdims=False",
    ),
}

# The ufuncs of scipy.special that are a word, or a row under another name.
SCIPY: dict[str, str] = {
    "expit": "sigmoid",
    "logit": "logit",
    "erf": "erf",
    "ndtr": "ndtr",
    "log_ndtr": "log_ndtr",
    "gammaln": "gammaln",
    "digamma": "digamma",
    "psi": "digamma",
    "xlogy": "xlogy",
    "log1p": "log1p",
    "expm1": "expm1",
    "exp2": "exp2",
    "cbrt": "cbrt",
    "jn": "jv",
    "yn": "yv",
    "erfc": "erfc",
    **{name: name for name in SCIPY_FUNCTIONS},
}


def _of_row(path: str, row: Row, package: str = "numpy") -> NumpyFunction:
    """Return what a function becomes that a row has the name of."""
    build = getattr(words.SYMBOLIC, row.name)
    match row:
        case Elementwise():
            operands = ("x, ", "x1, x2, ", "x1, x2, x3, ")[row.arity - 1]
            parameters = f"{operands}/, {_UFUNC_OPTIONS}"
        case Reduction():
            parameters = f"a, {_EXTREME}"
        case MatrixFunction():
            parameters = "a"
        case _ as unreachable:
            assert_never(unreachable)
    return NumpyFunction(f"{package}.{path}", build, parameters)


def _row_path(row: Row, name: str) -> str:
    return f"linalg.{name}" if isinstance(row, MatrixFunction) else name


def _rows_by_path() -> Iterator[tuple[str, Row]]:
    """Yield the rows by the paths of their names in numpy, but for those written above."""
    for row in all_rows():
        for name in row.numpy_names:
            if name not in _FUNCTIONS and f"linalg.{name}" not in _FUNCTIONS:
                yield _row_path(row, name), row


# What the package itself knows: a row that a user enters may be taken out again.
BUILT_IN: dict[str, NumpyFunction] = {
    **{
        path: NumpyFunction(f"numpy.{path}", *parts) for path, parts in (_FUNCTIONS | MOVES).items()
    },
    **{path: _of_row(path, row) for path, row in _rows_by_path()},
}


def function_at(path: str) -> NumpyFunction | None:
    """Return what a function of numpy becomes, by its path.

    Examples
    --------
    >>> function_at("linalg.norm").path, function_at("tanh").path
    ('numpy.linalg.norm', 'numpy.tanh')
    >>> function_at("unique") is None
    True
    """
    if path in BUILT_IN:
        return BUILT_IN[path]
    row = next((row for other, row in _rows_by_path() if other == path), None)
    return None if row is None else _of_row(path, row)


def method(name: str, *arguments: Any, **options: Any) -> Expr:
    """Call a function of numpy as the method of an expression."""
    expr: Expr = BUILT_IN[name](*arguments, **options)
    return expr


def scipy_function(name: str) -> NumpyFunction | None:
    """Return what a ufunc of `scipy.special` becomes, if it is supported."""
    if name not in SCIPY:
        return None
    return _of_row(name, ELEMENTWISE[SCIPY[name]], "scipy.special")


def function_named(name: str) -> Callable[..., Expr] | None:
    """Return the function of expressions that a name stands for: a word, or numpy's function.

    `einsum` is not among them: it is given by a string.

    Examples
    --------
    >>> function_named("softmax").__name__, function_named("tensordot").path
    ('softmax', 'numpy.tensordot')
    >>> function_named("open") is None
    True
    """
    paths = (name, f"linalg.{name}", f"fft.{name}")
    return words.word(name) or next(filter(None, map(function_at, paths)), None)


def row_named(name: str) -> Elementwise | None:
    """Return the row of the table of elementwise functions that a name means, if any."""
    return next((row for row in ELEMENTWISE.values() if name in names_of(row)), None)


def numpy_functions() -> tuple[str, ...]:
    """Return the names of the numpy functions that work on expressions.

    Examples
    --------
    >>> import einsgrad as eg
    >>> "tanh" in eg.numpy_functions(), "unique" in eg.numpy_functions()
    (True, False)
    """
    paths = {*BUILT_IN, "einsum", *(path for path, _ in _rows_by_path())}
    return tuple(sorted({path.rpartition(".")[2] for path in paths}))
