"""Functions of matrices that numpy and scipy have in several steps, or not for batches.

Generated code holds the text of those that it calls, so each must stand on its own.
"""

from typing import Any

import numpy as np


def log_of_det(x: Any) -> Any:
    """Return the logarithm of the determinant: nan where it is negative, as numpy has it."""
    sign, logarithm = np.linalg.slogdet(x)
    with np.errstate(divide="ignore"):
        return np.log(sign) + logarithm


def adjugate(x: Any) -> Any:
    """Return det(x) times the inverse of x, and their limit where x is singular.

    The limit is that of the singular values: each is replaced by the product of the others.
    """
    det = np.asarray(np.linalg.det(x))
    plain = np.isfinite(det) & (det != 0)
    regular = np.where(plain[..., None, None], x, np.eye(x.shape[-1], dtype=x.dtype))
    found = np.asarray(det[..., None, None] * np.linalg.inv(regular))
    if plain.all():
        return found
    rest = x[~plain]
    known = np.isfinite(rest).all((-2, -1))
    u, s, v = np.linalg.svd(np.where(known[:, None, None], rest, 0))
    ones = np.ones_like(s[:, :1])
    below = np.cumprod(np.concatenate([ones, s[:, :-1]], 1), 1)
    above = np.cumprod(np.concatenate([ones, s[:, :0:-1]], 1), 1)[:, ::-1]
    others = np.linalg.det(u) * np.linalg.det(v)
    left = v.conj().swapaxes(1, 2) * (below * above)[:, None]
    limit = others[:, None, None] * (left @ u.conj().swapaxes(1, 2))
    found[~plain] = np.where(known[:, None, None], limit, np.nan)
    return found


def inverse_gaps(x: Any) -> Any:
    """Return 1 / (w_j - w_i) for the diagonal w, 0 on the diagonal; equal entries have none."""
    w = np.diagonal(x, axis1=-2, axis2=-1)
    gaps = w[..., None, :] - w[..., :, None]
    size = w.shape[-1]
    least = size * np.finfo(w.dtype).eps * np.abs(w).max(-1, initial=0)[..., None, None]
    if ((np.abs(gaps) <= least) & ~np.eye(size, dtype=bool)).any():
        raise np.linalg.LinAlgError("Equal eigenvalues or singular values")
    return (1 - np.eye(size, dtype=w.dtype)) / (gaps + np.eye(size, dtype=w.dtype))


def inverse_gaps_of_squares(x: Any) -> Any:
    """Return 1 / (w_j**2 - w_i**2) for the diagonal w, 0 on the diagonal."""
    w = np.diagonal(x, axis1=-2, axis2=-1)
    gaps = w[..., None, :] - w[..., :, None]
    size = w.shape[-1]
    least = size * np.finfo(w.dtype).eps * np.abs(w).max(-1, initial=0)[..., None, None]
    if ((np.abs(gaps) <= least) & ~np.eye(size, dtype=bool)).any():
        raise np.linalg.LinAlgError("Equal eigenvalues or singular values")
    products = gaps * (w[..., None, :] + w[..., :, None])
    return (1 - np.eye(size, dtype=w.dtype)) / (products + np.eye(size, dtype=w.dtype))


def complex_eig(x: Any) -> Any:
    """Return complex eigenvalues and eigenvectors, also where all are real."""
    values, vectors = np.linalg.eig(x)
    wide = np.result_type(values, np.complex64)
    return values.astype(wide), vectors.astype(wide)


def with_cholesky(x: Any) -> Any:
    """Return matrices that have Cholesky factors, as they are."""
    return x.astype(np.linalg.cholesky(x).dtype)


def scipy_expm(x: Any) -> Any:
    """Return the exponentials of matrices by scipy."""
    from scipy import linalg

    return linalg.expm(x)


def scipy_sqrtm(x: Any) -> Any:
    """Return the principal square roots of matrices by scipy, real ones of real matrices."""
    from scipy import linalg

    flat = x.reshape(-1, *x.shape[-2:])
    found = np.array([linalg.sqrtm(one) for one in flat]).reshape(x.shape)
    if np.iscomplexobj(found) and not np.iscomplexobj(x):
        raise np.linalg.LinAlgError("No real square root")
    return found.astype(x.dtype) if x.dtype.kind in "fc" else found


def regular_sqrtm(x: Any) -> Any:
    """Return the principal square roots of matrices by scipy; singular ones are an error."""
    from warnings import catch_warnings, simplefilter

    from scipy import linalg

    found = np.empty(x.shape, x.dtype if x.dtype.kind in "fc" else float)
    with catch_warnings():
        simplefilter("error", linalg.LinAlgWarning)
        for place in np.ndindex(x.shape[:-2]):
            try:
                root = linalg.sqrtm(x[place])
            except linalg.LinAlgWarning:
                raise np.linalg.LinAlgError("Singular matrix") from None
            if np.iscomplexobj(root) and not np.iscomplexobj(x):
                raise np.linalg.LinAlgError("No real square root")
            found[place] = root
    return found


def scipy_sylvester(x: Any) -> Any:
    """Return the solutions of a y + y b = c, where a, b and c stand side by side in x."""
    from scipy import linalg

    size = x.shape[-2]
    found = np.zeros((*x.shape[:-1], size), x.dtype if x.dtype.kind in "fc" else float)
    kind = "complex" if found.dtype.kind == "c" else "real"
    # Of one number dtypes are asked for, and of none there is nothing to solve.
    for place in np.ndindex(x.shape[:-2] if x.shape[-1] == 3 * size > 0 else (0,)):
        a, b, c = np.split(x[place], 3, axis=1)
        if not np.isfinite(x[place]).all():
            found[place] = np.nan
            continue
        left, turn = linalg.schur(a, kind)
        right, spin = linalg.schur(b, kind)
        (trsyl,) = linalg.get_lapack_funcs(("trsyl",), (left, right, c))
        solved, scale, failed = trsyl(left, right, turn.conj().T @ c @ spin)
        if failed:
            raise np.linalg.LinAlgError("Singular Sylvester equation")
        found[place] = scale * (turn @ solved @ spin.conj().T)
    return found


def scipy_logm(x: Any) -> Any:
    """Return the principal logarithms of matrices by scipy; singular ones are an error."""
    from warnings import catch_warnings, filterwarnings

    from scipy import linalg

    found = np.empty(x.shape, x.dtype if x.dtype.kind in "fc" else float)
    with catch_warnings():
        filterwarnings("error", ".*exactly singular")
        # Of large numbers scipy says so where 13 digits are right.
        filterwarnings("ignore", "logm result may be inaccurate")
        for place in np.ndindex(x.shape[:-2] if x.size else (0,)):
            if not np.isfinite(x[place]).all():
                found[place] = np.nan
                continue
            try:
                logarithm = linalg.logm(x[place])
            except UserWarning:
                raise np.linalg.LinAlgError("Singular matrix") from None
            if np.iscomplexobj(logarithm) and not np.iscomplexobj(x):
                raise np.linalg.LinAlgError("No real logarithm")
            found[place] = logarithm
    return found


def matrix_sign(x: Any) -> Any:
    """Return the signs of matrices by Newton's iteration, scaled so that norms stay near 1."""
    known = np.isfinite(x).all((-2, -1), keepdims=True)
    sign = np.where(known, x, np.eye(x.shape[-1])).astype(
        x.dtype if x.dtype.kind in "fc" else float
    )
    eps = np.finfo(sign.dtype).eps
    least = 10 * x.shape[-1] * eps
    condition = None
    with np.errstate(all="ignore"):
        for _ in range(100):
            turned = np.linalg.inv(sign)
            sizes = [np.linalg.norm(one, axis=(-2, -1), keepdims=True) for one in (turned, sign)]
            condition = sizes[0] * sizes[1] if condition is None else condition
            scale = np.sqrt(sizes[0] / sizes[1])
            last, sign = sign, (scale * sign + turned / scale) / 2
            changes = np.linalg.norm(sign - last, axis=(-2, -1), keepdims=True)
            if (changes <= least * sizes[1]).all():
                # Of such a size it is what rounding makes of an eigenvalue on the axis.
                if (
                    np.sqrt(eps) * np.linalg.norm(sign, axis=(-2, -1), keepdims=True) > condition
                ).any():
                    break
                return np.where(known, sign, sign.dtype.type(np.nan))
    raise np.linalg.LinAlgError("Eigenvalue on the imaginary axis")


def scipy_lu(x: Any) -> Any:
    """Return the parts of LU decompositions by scipy, the permutations as real matrices."""
    from scipy import linalg

    height, width = x.shape[-2:]
    if 0 in (height, width):
        parts = np.eye(height, dtype=x.real.dtype), x[..., : min(height, width)], x[..., :0, :]
        return (np.zeros((*x.shape[:-1], height)) + parts[0], *parts[1:])
    permutation, lower, upper = linalg.lu(x, check_finite=False)
    return permutation.real, lower, upper


def scipy_lu_pivots(x: Any) -> Any:
    """Return the rows that LU decompositions exchange, by scipy."""
    from scipy import linalg

    found = np.empty((*x.shape[:-2], min(x.shape[-2:])), np.int32)
    for place in np.ndindex(x.shape[:-2] if x.size else (0,)):
        found[place] = linalg.lu_factor(x[place], check_finite=False)[1]
    return found


def scipy_qr_permutation(x: Any) -> Any:
    """Return the matrices that put columns into the order of QR decompositions with pivots."""
    from scipy import linalg

    width = x.shape[-1]
    found = np.zeros((*x.shape[:-2], width, width), x.real.dtype if x.dtype.kind in "fc" else float)
    found[...] = np.eye(width)
    for place in np.ndindex(x.shape[:-2] if x.size else (0,)):
        order = linalg.qr(x[place], mode="r", pivoting=True, check_finite=False)[1]
        found[place] = found[place][:, order]
    return found


def unitary_part(x: Any) -> Any:
    """Return the nearest matrices with orthonormal rows or columns."""
    left, _, right = np.linalg.svd(x, full_matrices=False)
    return left @ right


def truncated_pinv(x: Any) -> Any:
    """Return pseudo-inverses; singular values that rounding makes are taken for 0."""
    least = max(x.shape[-2:]) * np.finfo(x.dtype if x.dtype.kind in "fc" else float).eps
    return np.linalg.pinv(x, rcond=least)


def double_pinv(x: Any) -> Any:
    """Return pseudo-inverses by double precision, in the precision that is given."""
    wide = x.astype(np.result_type(x, float))
    found = np.linalg.pinv(wide, rcond=max(x.shape[-2:]) * np.finfo(float).eps)
    return found.astype(x.dtype) if x.dtype.kind in "fc" else found


def pinv_above_one(x: Any) -> Any:
    """Return pseudo-inverses in which singular values up to 1 are taken for 0."""
    left, s, right = np.linalg.svd(x, full_matrices=False)
    kept = s > 1
    inverses = np.where(kept, 1 / np.where(kept, s, 1), 0).astype(s.dtype)
    return right.conj().swapaxes(-1, -2) * inverses[..., None, :] @ left.conj().swapaxes(-1, -2)


def continuous_riccati(x: Any) -> Any:
    """Return the y with aᴴ y + y a - y g y + q = 0 that stabilises, of a, g and q side by side."""
    from scipy import linalg

    size = x.shape[-2]
    found = np.zeros((*x.shape[:-1], size), x.dtype if x.dtype.kind in "fc" else float)
    # Of one number dtypes are asked for, and of none there is nothing to solve.
    for place in np.ndindex(x.shape[:-2] if x.shape[-1] == 3 * size > 0 else (0,)):
        if not np.isfinite(x[place]).all():
            found[place] = np.nan
            continue
        a, g, q = np.split(x[place], 3, axis=1)
        hamiltonian = np.block([[a, -g], [-q, -a.conj().T]])
        _, turn, stable = linalg.schur(hamiltonian, sort="lhp")
        if stable != size:
            raise np.linalg.LinAlgError("No stabilising solution of a Riccati equation")
        solved = np.linalg.solve(turn[:size, :size].T, turn[size:, :size].T).T
        found[place] = (solved + solved.conj().T) / 2
    return found


def discrete_riccati(x: Any) -> Any:
    """Return the y with y = aᴴ y (1 + g y)⁻¹ a + q that stabilises, of a, g and q side by side."""
    from scipy import linalg

    size = x.shape[-2]
    found = np.zeros((*x.shape[:-1], size), x.dtype if x.dtype.kind in "fc" else float)
    # Of one number dtypes are asked for, and of none there is nothing to solve.
    for place in np.ndindex(x.shape[:-2] if x.shape[-1] == 3 * size > 0 else (0,)):
        if not np.isfinite(x[place]).all():
            found[place] = np.nan
            continue
        a, g, q = np.split(x[place], 3, axis=1)
        one, none = np.eye(size), np.zeros((size, size))
        left = np.block([[a, none], [-q, one]])
        right = np.block([[one, g], [none, a.conj().T]])
        kind = "complex" if found.dtype.kind == "c" else "real"
        *_, alpha, beta, _, turn = linalg.ordqz(left, right, sort="iuc", output=kind)
        if (np.abs(alpha) < np.abs(beta)).sum() != size:
            raise np.linalg.LinAlgError("No stabilising solution of a Riccati equation")
        solved = np.linalg.solve(turn[:size, :size].T, turn[size:, :size].T).T
        found[place] = (solved + solved.conj().T) / 2
    return found
