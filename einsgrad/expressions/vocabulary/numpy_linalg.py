"""What the functions of `numpy.linalg` become on expressions, and their parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.expressions.vocabulary import composed, decompositions, pseudo_inverses, words
from einsgrad.expressions.vocabulary import numpy_contractions as products
from einsgrad.expressions.vocabulary import numpy_rearranging as axes
from einsgrad.expressions.vocabulary import numpy_statistics as statistics
from einsgrad.expressions.vocabulary import numpy_systems as systems
from einsgrad.expressions.vocabulary.composed import matrix_solution

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
    "linalg.solve": (matrix_solution, "a, b"),
    "linalg.cholesky": (decompositions.cholesky, "a, /, *, upper=False"),
    "linalg.eigh": (decompositions.numpy_eigh, "a, UPLO='L'"),
    "linalg.eigvalsh": (decompositions.numpy_eigvalsh, "a, UPLO='L'"),
    "linalg.eig": (decompositions.eig, "a"),
    "linalg.eigvals": (words.eigvals, "a"),
    "linalg.svd": (
        decompositions.numpy_svd,
        "a, full_matrices=True, compute_uv=True, hermitian=False",
    ),
    "linalg.svdvals": (words.svdvals, "x, /"),
    "linalg.qr": (decompositions.numpy_qr, "a, mode='reduced'"),
    "linalg.pinv": (pseudo_inverses.numpy_pinv, "a, rcond=None, hermitian=False, *, rtol=..."),
    "linalg.tensorsolve": (systems.tensorsolve, "a, b, axes=None"),
    "linalg.tensorinv": (systems.tensorinv, "a, ind=2"),
    "linalg.slogdet": (systems.slogdet, "a"),
    "linalg.matrix_rank": (systems.matrix_rank, "A, tol=None, -hermitian=False, *, rtol=None"),
    "linalg.lstsq": (pseudo_inverses.numpy_lstsq, "a, b, rcond=None"),
    "linalg.cond": (systems.cond, "x, p=None"),
    "linalg.multi_dot": (products.multi_dot, "arrays, *, ~out=None"),
    "linalg.matrix_power": (composed.matrix_power, "a, n"),
    "linalg.matmul": (words.matmul, "x1, x2, /"),
    "linalg.vecdot": (products.vecdot, "x1, x2, /, *, axis=-1"),
    "linalg.outer": (products.vector_outer, "x1, x2, /"),
    "linalg.tensordot": (products.tensordot, "x1, x2, /, *, axes=2"),
    "linalg.matrix_transpose": (axes.matrix_transpose, "x, /"),
}
