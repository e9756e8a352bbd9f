"""What the functions of `numpy.linalg` become on expressions, and their parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.expressions.vocabulary import numpy_contractions as products
from einsgrad.expressions.vocabulary import numpy_rearranging as axes
from einsgrad.expressions.vocabulary import numpy_statistics as statistics
from einsgrad.expressions.vocabulary import numpy_systems as systems
from einsgrad.expressions.vocabulary import words

# By path, what a function becomes that is no row of a table, and its parameters.
LINALG: dict[str, tuple[Callable[..., Any], str]] = {
    "linalg.norm": (
        statistics.along(statistics.numpy_norm),
        "x, ord=None, axis=None, keepdims=False",
    ),
    "linalg.vector_norm": (
        statistics.along(statistics.vector_norm),
        "x, /, *, axis=None, keepdims=False, ord=2",
    ),
    "linalg.matrix_norm": (statistics.matrix_norm, "x, /, *, keepdims=False, ord='fro'"),
    "linalg.solve": (words.solve, "a, b"),
    "linalg.tensorsolve": (systems.tensorsolve, "a, b, axes=None"),
    "linalg.tensorinv": (systems.tensorinv, "a, ind=2"),
    "linalg.cond": (systems.cond, "x, p=None"),
    "linalg.multi_dot": (products.multi_dot, "arrays, *, ~out=None"),
    "linalg.matrix_power": (products.matrix_power, "a, n"),
    "linalg.matmul": (words.matmul, "x1, x2, /"),
    "linalg.vecdot": (products.vecdot, "x1, x2, /, *, axis=-1"),
    "linalg.outer": (products.vector_outer, "x1, x2, /"),
    "linalg.tensordot": (products.tensordot, "x1, x2, /, *, axes=2"),
    "linalg.matrix_transpose": (axes.matrix_transpose, "x, /"),
}
