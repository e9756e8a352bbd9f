"""Code for any namespace of the array API standard, and for dask by `array_api_compat`.

The standard has no einsum, no sum at places, and no special functions but those below.
https://data-apis.org/array-api/2024.12
"""

from __future__ import annotations

from dataclasses import replace
from math import log, pi

from einsgrad.engine.backends.helpers import OF_ARRAY_API
from einsgrad.engine.backends.library import Library
from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.tables.spellings import Form, LibraryCode

_SAME = {
    *("exp", "log", "log1p", "expm1", "sqrt", "square", "sin", "cos", "tan", "sinh", "cosh"),
    *("tanh", "log2", "log10", "abs", "sign", "conj", "real", "floor", "ceil", "trunc"),
}

_SAME_OF_TWO = {
    *("copysign", "hypot", "logaddexp", "maximum", "minimum", "floor_divide", "remainder"),
}

_RENAMED = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "rint": "round",
    "as_integer": "trunc",
}

_COMPARISONS = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}

_SIGMOID = "xp.exp(-xp.logaddexp(-{x}, xp.zeros_like({x})))"

_OTHERS = {
    "reciprocal": "1 / {x}",
    "power": "{x} ** {y}",
    "arctan2": "xp.atan2({x}, {y})",
    "exp2": "2.0 ** {x}",
    "imag": "xp.imag(xp.astype({x}, xp.result_type({x}, xp.complex64)))",
    "cbrt": "xp.sign({x}) * xp.abs({x}) ** (1 / 3)",
    "deg2rad": f"{{x}} * {pi / 180!r}",
    "rad2deg": f"{{x}} * {180 / pi!r}",
    "sinc": (
        f"xp.where({{x}} == 0, xp.ones_like({{x}}), xp.sin({pi!r} * {{x}})"
        f" / xp.where({{x}} == 0, xp.ones_like({{x}}), {pi!r} * {{x}}))"
    ),
    "sigmoid": _SIGMOID,
    "softplus": "xp.logaddexp({x}, xp.zeros_like({x}))",
    "silu": f"{{x}} * {_SIGMOID}",
    "relu": "xp.maximum({x}, xp.zeros_like({x}))",
    "logit": "xp.log({x}) - xp.log1p(-{x})",
    "round_to": "xp.round({x} * {y}) / {y}",
    "fmod": "xp.copysign(xp.remainder(xp.abs({x}), xp.abs({y})), {x})",
    "fmax": "xp.where(xp.isnan({x}), {y}, xp.where(xp.isnan({y}), {x}, xp.maximum({x}, {y})))",
    "fmin": "xp.where(xp.isnan({x}), {y}, xp.where(xp.isnan({y}), {x}, xp.minimum({x}, {y})))",
    "stop_gradient": "{x}",
    "where": "xp.where({x} != 0, {y}, {z})",
    "heaviside": (
        "xp.where(xp.isnan({x}), {x},"
        " xp.astype({x} > 0, {dtype}) + {y} * xp.astype({x} == 0, {dtype}))"
    ),
    "tied_step": "(xp.astype({x} > {y}, {dtype}) + 0.5 * xp.astype({x} == {y}, {dtype}))",
    "logaddexp2": f"xp.logaddexp({{x}} * {log(2)!r}, {{y}} * {log(2)!r}) / {log(2)!r}",
    "xlogy": (
        "xp.where(({x} == 0) & ~xp.isnan({y}), xp.zeros_like({x} * {y}),"
        " {x} * xp.log(xp.where({x} == 0, xp.ones_like({x} * {y}), {y})))"
    ),
    "logsumexp": "logsumexp(xp, {x}, {axes})",
    "max": "xp.max({x}, axis={axes})",
    "min": "xp.min({x}, axis={axes})",
    "prod": "xp.prod({x}, axis={axes})",
    "norm": "xp.sqrt(xp.sum({x} * {x}, axis={axes}))",
    "cholesky": "xp.linalg.cholesky({x})",
    "positive_definite": "{x}",
    "eigvalsh": "xp.linalg.eigvalsh({x})",
    "eigvecsh": "xp.linalg.eigh({x})[1]",
    "svd_left": "xp.linalg.svd({x}, full_matrices=False)[0]",
    "svdvals": "xp.linalg.svdvals({x})",
    "svd_right": "xp.linalg.svd({x}, full_matrices=False)[2]",
    "svd_whole_left": "xp.linalg.svd({x})[0]",
    "svd_whole_right": "xp.linalg.svd({x})[2]",
    "qr_left": "xp.linalg.qr({x})[0]",
    "qr_right": "xp.linalg.qr({x})[1]",
    "qr_whole_left": "xp.linalg.qr({x}, mode='complete')[0]",
    "matrix_rank": "xp.linalg.matrix_rank({x})",
    "pinv": "xp.linalg.pinv({x})",
    "truncated_pinv": "xp.linalg.pinv({x})",
    "double_pinv": "xp.linalg.pinv({x})",
    "inverse": "xp.linalg.inv({x})",
    "det": "xp.linalg.det({x})",
    "logdet": "xp.linalg.slogdet({x})[1]",
    "sign_of_det": "xp.linalg.slogdet({x})[0]",
}


def _column(row: Row) -> LibraryCode | None:
    """Return how the standard spells a function.

    Examples
    --------
    >>> from einsgrad.expressions.tables.elementwise import ELEMENTWISE
    >>> _column(ELEMENTWISE["arctan2"]).text, _column(ELEMENTWISE["erf"])
    ('xp.atan2({x}, {y})', None)
    """
    name = row.name
    if isinstance(row, MatrixFunction) and row.exponent:
        return Form(f"matrix_power(xp, {{x}}, {row.exponent})", (), ("matrix_power",))
    if name == "sinc_derivative":
        return Form("sinc_derivative(xp, {x}, {y})", ("x", "y"), (name,))
    if name in _OTHERS:
        return Form(_OTHERS[name], (), (name,) if name in OF_ARRAY_API else ())
    if name in _COMPARISONS:
        return Form(f"xp.astype({{x}} {_COMPARISONS[name]} {{y}}, {{dtype}})")
    if name in _SAME_OF_TWO:
        return Form(f"xp.{name}({{x}}, {{y}})")
    if name in _SAME or name in _RENAMED:
        return Form(f"xp.{_RENAMED.get(name, name)}({{x}})")
    return None


def _array(value: Number, dtype: str) -> str:
    return f"xp.asarray({literal(value)}, dtype={dtype}{{new}})"


ARRAY_API = Library(
    title="the array API",
    imports="",
    prefix="xp",
    column=_column,
    number=_array,
    permute="xp.permute_dims({x}, ({axes}))",
    reshape="xp.reshape({x}, {shape})",
    cast="xp.astype({x}, {dtype})",
    summed="xp.sum({x}, axis={axes})",
    new=", device={x}.device",
    filled="xp.full({shape}, {value}, dtype={dtype}{new})",
    broadcast="xp.broadcast_to({x}, {shape})",
    diagonal="",
    masked="xp.where({mask}, {x}, xp.zeros_like({x}))",
    tensordot="xp.tensordot({a}, {b}, axes={axes})",
    einsum="",
    flip="xp.flip({x}, axis={axes})",
    triangle="xp.tril({x}, k={offset})",
    running_sum="xp.cumulative_sum({x}, axis={axis})",
    clip="xp.clip({x}, {low}, {high})",
    joined="xp.concat([{arrays}], axis={axis})",
    axis="axis",
    integers="xp.astype({x}, xp.int64)",
    listed="xp.asarray({entries}{new})",
    adding="add_at(xp, {base}, ({index},), {values})",
    taken="xp.take({x}, {index}, axis={axis})",
    padded="pad(xp, {x}, {pairs})",
    helpers=OF_ARRAY_API,
    sums_by_method=False,
)


# `dask.array` has no such functions, or others by their names.
_NOT_IN_DASK = {
    *("det", "logdet", "sign_of_det", "pinv", "truncated_pinv", "double_pinv", "cholesky"),
    *("eigvalsh", "eigvecsh", "svd_whole_left", "svd_whole_right", "qr_whole_left"),
    *("matrix_rank", "svdvals"),
}


def _column_of_dask(row: Row) -> LibraryCode | None:
    name = row.name
    return None if name in _NOT_IN_DASK else _column(row)


DASK = replace(
    ARRAY_API,
    title="dask",
    imports="import array_api_compat.dask.array as xp",
    column=_column_of_dask,
    new="",
    exchanged="xp.matrix_transpose({x})",
)
