"""What the functions of `scipy.linalg` become on expressions, and their parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import decompositions, pseudo_inverses, words
from einsgrad.expressions.vocabulary import scipy_eigenvalues as eigenvalues
from einsgrad.expressions.vocabulary import scipy_equations as equations
from einsgrad.expressions.vocabulary import scipy_factorisations as factorisations
from einsgrad.expressions.vocabulary import scipy_matrices as matrices
from einsgrad.expressions.vocabulary import scipy_matrix_functions as powers
from einsgrad.expressions.vocabulary import scipy_systems as systems
from einsgrad.expressions.vocabulary.matrix_parts import exchanged, hermitian_part
from einsgrad.expressions.vocabulary.numpy_statistics import along, numpy_norm


def _solve(a: Any, b: Any, assume_a: str | None = None, transposed: bool = False) -> Expr:
    matrix = exchanged(a) if transposed else as_expr(a)
    match assume_a:
        case None | "gen" | "general" | "diagonal" | "tridiagonal" | "banded":
            return words.solve(matrix, b)
        case "pos" | "positive definite" | "her" | "hermitian":
            return words.solve(hermitian_part(matrix), b)
        case "sym" | "symmetric":
            return words.solve((matrix + exchanged(matrix)) / 2, b)
        case "upper triangular" | "lower triangular":
            return systems.solve_triangular(matrix, b, lower=assume_a.startswith("lower"))
    raise ArgumentError(f"solve: assume_a={clip(assume_a)} is not known. Leave it out.")


def _cholesky(a: Any, lower: bool = False) -> Expr:
    return words.cholesky(a, upper=not lower)


def _cho_factor(a: Any, lower: bool = False) -> tuple[Expr, bool]:
    return _cholesky(a, lower), lower


def _eig(a: Any, right: bool = True) -> Any:
    return tuple(decompositions.eig(a)) if right else words.eigvals(a)


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    found = decompositions.numpy_svd(a, full_matrices, compute_uv)
    return found if isinstance(found, Expr) else tuple(found)


def _qr(a: Any, mode: Any = "full", pivoting: bool = False) -> Any:
    known = {"full": "complete", "economic": "reduced", "r": "complete"}
    if mode not in known:
        raise ArgumentError(f"qr: mode={clip(mode)} is not supported. Use 'economic'.")
    if pivoting:
        parts = factorisations.pivoted_qr(a, known[mode])
        return parts[1:] if mode == "r" else parts
    found = decompositions.numpy_qr(a, known[mode])
    return (found.R,) if mode == "r" else tuple(found)


_A = "a, -overwrite_a=False, -check_finite=True"
_GENERAL = "-overwrite_a=False, -overwrite_b=False, -check_finite=True"
_OF_PAIRS = (
    "lower=True, {}-overwrite_a=False, -overwrite_b=False, type=1, -check_finite=True, "
    "subset_by_index=None, ~subset_by_value=None, -driver=None"
)
_OF_BANDS = "select='a', select_range=None, -check_finite=True"
LINALG: dict[str, tuple[Callable[..., Any], str]] = {
    "inv": (words.inverse, f"{_A}, *, ~assume_a=None, ~lower=False"),
    "det": (words.det, _A),
    "solve": (
        _solve,
        f"a, b, -lower=False, {_GENERAL}, assume_a=None, transposed=False",
    ),
    "solve_triangular": (
        systems.solve_triangular,
        "a, b, trans=0, lower=False, unit_diagonal=False, -overwrite_b=False, -check_finite=True",
    ),
    "cholesky": (_cholesky, "a, lower=False, -overwrite_a=False, -check_finite=True"),
    "cho_factor": (_cho_factor, "a, lower=False, -overwrite_a=False, -check_finite=True"),
    "cho_solve": (systems.cho_solve, "c_and_lower, b, -overwrite_b=False, -check_finite=True"),
    "eigh": (
        eigenvalues.pencil_eigh,
        f"a, b=None, *, {_OF_PAIRS.format('eigvals_only=False, ')}",
    ),
    "eigvalsh": (eigenvalues.pencil_eigvalsh, f"a, b=None, *, {_OF_PAIRS.format('')}"),
    "eigh_tridiagonal": (
        eigenvalues.eigh_tridiagonal,
        f"d, e, eigvals_only=False, {_OF_BANDS}, -tol=0.0, -lapack_driver='auto'",
    ),
    "eigvalsh_tridiagonal": (
        eigenvalues.eigvalsh_tridiagonal,
        f"d, e, {_OF_BANDS}, -tol=0.0, -lapack_driver='auto'",
    ),
    "eig_banded": (
        eigenvalues.eig_banded,
        "a_band, lower=False, eigvals_only=False, -overwrite_a_band=False, select='a', "
        "select_range=None, -max_ev=0, -check_finite=True",
    ),
    "eigvals_banded": (
        eigenvalues.eigvals_banded,
        f"a_band, lower=False, -overwrite_a_band=False, {_OF_BANDS}",
    ),
    "eig": (_eig, f"a, ~b=None, ~left=False, right=True, {_GENERAL}, ~homogeneous_eigvals=False"),
    "eigvals": (
        words.eigvals,
        "a, ~b=None, -overwrite_a=False, -check_finite=True, ~homogeneous_eigvals=False",
    ),
    "svd": (
        _svd,
        "a, full_matrices=True, compute_uv=True, -overwrite_a=False, -check_finite=True, "
        "-lapack_driver='gesdd'",
    ),
    "svdvals": (words.svdvals, _A),
    "qr": (
        _qr,
        "a, -overwrite_a=False, -lwork=None, mode='full', pivoting=False, -check_finite=True",
    ),
    "lu": (
        factorisations.lu,
        "a, permute_l=False, -overwrite_a=False, -check_finite=True, p_indices=False",
    ),
    "lu_factor": (factorisations.lu_factor, _A),
    "lu_solve": (
        factorisations.lu_solve,
        "lu_and_piv, b, trans=0, -overwrite_b=False, -check_finite=True",
    ),
    "polar": (factorisations.polar, "a, side='right'"),
    "orthogonal_procrustes": (
        factorisations.orthogonal_procrustes,
        "A, B, -check_finite=True",
    ),
    "pinv": (
        pseudo_inverses.scipy_pinv,
        "a, *, atol=None, rtol=None, return_rank=False, -check_finite=True",
    ),
    "pinvh": (
        pseudo_inverses.scipy_pinvh,
        "a, atol=None, rtol=None, lower=True, return_rank=False, -check_finite=True",
    ),
    "lstsq": (
        pseudo_inverses.scipy_lstsq,
        f"a, b, cond=None, {_GENERAL}, lapack_driver=None",
    ),
    "norm": (along(numpy_norm), "a, ord=None, axis=None, keepdims=False, -check_finite=True"),
    "expm": (words.expm, "A"),
    "expm_frechet": (
        powers.expm_frechet,
        "A, E, -method=None, compute_expm=True, -check_finite=True",
    ),
    "sqrtm": (powers.principal_sqrtm, "A, disp=..., -blocksize=..."),
    "logm": (powers.principal_logm, "A, disp=..."),
    "signm": (powers.signm, "A, disp=..."),
    "fractional_matrix_power": (powers.fractional_matrix_power, "A, t"),
    "cosm": (powers.cosm, "A"),
    "sinm": (powers.sinm, "A"),
    "tanm": (powers.tanm, "A"),
    "coshm": (powers.coshm, "A"),
    "sinhm": (powers.sinhm, "A"),
    "tanhm": (powers.tanhm, "A"),
    "block_diag": (systems.block_diag, "*arrs"),
    "toeplitz": (matrices.toeplitz, "c, r=None"),
    "hankel": (matrices.hankel, "c, r=None"),
    "circulant": (matrices.circulant, "c"),
    "companion": (matrices.companion, "a"),
    "leslie": (matrices.leslie, "f, s"),
    "khatri_rao": (matrices.khatri_rao, "a, b"),
    "matmul_toeplitz": (
        matrices.matmul_toeplitz,
        "c_or_cr, x, -check_finite=False, -workers=None",
    ),
    "solve_circulant": (
        matrices.solve_circulant,
        "c, b, ~singular='raise', ~tol=None, ~caxis=-1, ~baxis=0, ~outaxis=0",
    ),
    "solveh_banded": (
        matrices.solveh_banded,
        "ab, b, -overwrite_ab=False, -overwrite_b=False, lower=False, -check_finite=True",
    ),
    "cholesky_banded": (
        matrices.cholesky_banded,
        "ab, -overwrite_ab=False, lower=False, -check_finite=True",
    ),
    "cho_solve_banded": (
        matrices.cho_solve_banded,
        "cb_and_lower, b, -overwrite_b=False, -check_finite=True",
    ),
    "solve_toeplitz": (matrices.solve_toeplitz, "c_or_cr, b, -check_finite=True"),
    "solve_banded": (
        matrices.solve_banded,
        "l_and_u, ab, b, -overwrite_ab=False, -overwrite_b=False, -check_finite=True",
    ),
    "solve_sylvester": (equations.solve_sylvester, "a, b, q"),
    "solve_continuous_lyapunov": (equations.solve_continuous_lyapunov, "a, q"),
    "solve_continuous_are": (
        equations.solve_continuous_are,
        "a, b, q, r, ~e=None, s=None, -balanced=True",
    ),
    "solve_discrete_are": (
        equations.solve_discrete_are,
        "a, b, q, r, ~e=None, s=None, -balanced=True",
    ),
    "solve_lyapunov": (equations.solve_continuous_lyapunov, "a, q"),
    "solve_discrete_lyapunov": (equations.solve_discrete_lyapunov, "a, q, -method=None"),
}
