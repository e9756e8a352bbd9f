"""What generated code calls for a matrix that several of its statements factorise.

scipy's own functions refuse what is not finite, and warn of a singular matrix, which has a
determinant. A matrix that equals its conjugate transpose is tried as a positive definite one,
which takes half the time; most that are not are found out by an entry of their diagonal.
"""

# The functions by name, in the order in which they are defined.
FACTORISING = (
    "is_same",
    "factorised",
    "cholesky_factorised",
    "solve_factorised",
    "inverse_factorised",
    "logdet_factorised",
    "det_factorised",
)

# The bytes of small arrays are compared in a quarter of the time.
FACTORISING_TEXT = """def is_same(a, b):
    if a.nbytes <= 8192 and a.dtype.kind == "f":
        return a.tobytes() == b.tobytes()
    return (a == b).all()


def factorised(a):
    potrf, getrf = linalg.get_lapack_funcs(("potrf", "getrf"), (a,))
    turned = a.T if a.dtype.kind != "c" else a.T.conj()
    if not a.size or (a.diagonal().real.min() > 0 and is_same(a, turned)):
        lower, failed = potrf(turned, lower=1)
        if not failed:
            return lower, None
    return getrf(a)[:2]


def cholesky_factorised(a):
    (potrf,) = linalg.get_lapack_funcs(("potrf",), (a,))
    lower, failed = potrf(a.T if a.dtype.kind != "c" else a.T.conj(), lower=1)
    if failed:
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return lower, None


def solve_factorised(factors, b, trans):
    if factors[1] is not None:
        if not factors[0].diagonal().all():
            raise np.linalg.LinAlgError("Singular matrix")
        return linalg.lu_solve(factors, b, trans, check_finite=False)
    (potrs,) = linalg.get_lapack_funcs(("potrs",), (factors[0], b))
    if not b.size:
        return b.astype(potrs.dtype)
    if trans and factors[0].dtype.kind == "c":
        return potrs(factors[0], b.conj(), lower=1)[0].conj()
    return potrs(factors[0], b, lower=1)[0]


def inverse_factorised(factors):
    if factors[1] is not None:
        return solve_factorised(factors, np.eye(len(factors[0]), dtype=factors[0].dtype), 0)
    (potri,) = linalg.get_lapack_funcs(("potri",), factors[:1])
    lower = potri(factors[0], lower=1)[0]
    found = lower + lower.T.conj()
    found.ravel("K")[:: len(found) + 1] = lower.diagonal()
    return found


def logdet_factorised(factors):
    with np.errstate(divide="ignore"):
        found = np.log(np.abs(factors[0].diagonal())).sum()
    return 2 * found if factors[1] is None else found


def det_factorised(factors):
    found = factors[0].diagonal().prod()
    if factors[1] is None:
        return found * found
    return -found if (factors[1] != np.arange(len(factors[1]))).sum() % 2 else found
"""
