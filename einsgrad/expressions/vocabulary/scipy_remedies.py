"""What to write in place of functions of scipy.linalg that expressions do not have."""

from __future__ import annotations

_TURNED = "What it returns may be turned within equal eigenvalues, so that it has no derivative. "
_COUNTED = "How many columns there are depends on data. "

REMEDIES: dict[str, str] = {
    **dict.fromkeys(
        ["schur", "hessenberg", "qz", "ordqz", "rsf2csf", "cdf2rdf"],
        _TURNED + "Use eigvals, eig or eigh, or a function of the matrix such as expm.",
    ),
    "null_space": _COUNTED + "Use the projector numpy.eye(n) - pinv(A) @ A.",
    "orth": _COUNTED + "Use numpy.linalg.qr(A)[0], or the projector A @ pinv(A).",
    "subspace_angles": "Use the singular values of Q1.T @ Q2, of Q1 and Q2 from numpy.linalg.qr.",
    "ldl": "Its blocks depend on data. Use cholesky, lu or eigh.",
    "rq": "Use numpy.linalg.qr of the transposed matrix with its rows in reverse order.",
    "funm": "Its function is one of numbers. Use expm, logm, sqrtm, signm, or eigh and a product.",
    "expm_cond": "Use numpy.linalg.cond, or a norm of expm_frechet.",
    **dict.fromkeys(
        ["qr_insert", "qr_delete", "qr_update", "qr_multiply"],
        "Use numpy.linalg.qr of the changed matrix, and @.",
    ),
    **dict.fromkeys(
        ["bandwidth", "issymmetric", "ishermitian"],
        "Its answer is for an if, which depends on data here. Ask the arrays outside.",
    ),
    "matrix_balance": "It chooses by data. Leave it out: values stay what they are.",
}
