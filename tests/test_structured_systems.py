"""Structured results as matrices: solved, inverted and measured by what structure they have."""

import importlib.util
import math
import re

import numpy as np
import pytest
from random_parts import multiple_of_identity, random_kronecker, random_part, transposed

import einsgrad as eg
from einsgrad.engine.block_matrices import BlockMatrix
from einsgrad.engine.labelled_arrays import Labelled
from einsgrad.engine.matrices import planning
from einsgrad.engine.parts import Part
from einsgrad.engine.structured import Structured

HAS_SCIPY = importlib.util.find_spec("scipy") is not None
SIZES = {"i": 6, "j": 5, "k": 4, "r": 1}
DECLARED = "A[i,i] B[j,j] C[k,k] D[i,j,j] Q[i,r] R[r,r] p[i,j] d[i] u[i] v[j] c[]"

# What each is, as einsums of variables and of the identities I, J and K, and its structure.
STRUCTURES = {
    "multiple of identity": (["ik,jl,->ijkl", "I", "J", "c"], "a multiple of the 30 × 30 identity"),
    "diagonal": (["ik,jl,ij->ijkl", "I", "J", "p"], "diagonal of 30 entries"),
    "one block": (["ik,jl->ijkl", "I", "B"], "block diagonal over i (6 times one block of 5 × 5)"),
    "another order": (
        ["ik,jl->jilk", "I", "B"],
        "block diagonal over j (6 times one block of 5 × 5)",
    ),
    "blocks": (["ik,ijl->ijkl", "I", "D"], "block diagonal over i (6 blocks of 5 × 5)"),
    "kronecker": (
        ["ik,jl->ijkl", "A", "B"],
        "Kronecker product of (dense 6 × 6) and (dense 5 × 5)",
    ),
    "crossed": (["il,jk->ijkl", "A", "A"], "Kronecker product of (dense 6 × 6) and (dense 6 × 6)"),
    "three factors": (
        ["ik,jl,mn->ijmkln", "A", "B", "C"],
        "Kronecker product of (dense 6 × 6) and (dense 5 × 5) and (dense 4 × 4)",
    ),
    "common factor": (
        ["ik,jl->ijkl", "A", "B", "+", "ik,jl,j->ijkl", "A", "J", "v"],
        "Kronecker product of (dense 6 × 6) and (dense 5 × 5)",
    ),
    "diagonal + rank": (["ij,i->ij", "I", "d", "+", "i,j->ij", "u", "u"], "diagonal + rank 1"),
    "identity + rank": (
        ["ij,->ij", "I", "c", "+", "ir,rs,js->ij", "Q", "R", "Q"],
        "a multiple of the 6 × 6 identity + rank 1",
    ),
    "blocks + rank": (
        ["ik,jl,ij->ijkl", "I", "J", "p", "+", "ik,ij,il->ijkl", "I", "p", "p"],
        "block diagonal over i (6 blocks of 5 × 5, each diagonal + rank 1)",
    ),
    "nested": (
        [
            "ik,jl,ij->ijkl",
            "I",
            "J",
            "p",
            "+",
            "ik,ij,il->ijkl",
            "I",
            "p",
            "p",
            "+",
            "i,j,k,l->ijkl",
            "u",
            "v",
            "u",
            "v",
        ],
        "block diagonal over i (6 blocks of 5 × 5, each diagonal + rank 1) + rank 1",
    ),
    "kronecker + rank": (
        ["ik,jl->ijkl", "A", "B", "+", "i,j,k,l->ijkl", "u", "v", "u", "v"],
        "Kronecker product of (dense 6 × 6) and (dense 5 × 5) + rank 1",
    ),
    "kronecker sum": (
        ["ik,jl->ijkl", "A", "J", "+", "ik,jl->ijkl", "I", "B", "+", ",ik,jl->ijkl", "c", "I", "J"],
        "Kronecker sum of matrices of 6 × 6 and 5 × 5",
    ),
    "three terms": (
        [
            "ik,jl,mn->ijmkln",
            "A",
            "J",
            "K",
            "+",
            "ik,jl,mn->ijmkln",
            "I",
            "B",
            "K",
            "+",
            "ik,jl,mn->ijmkln",
            "I",
            "J",
            "C",
        ],
        "Kronecker sum of matrices of 6 × 6 and 5 × 5 and 4 × 4",
    ),
    "kronecker ridge": (
        ["ik,jl->ijkl", "A", "B", "+", ",ik,jl->ijkl", "c", "I", "J"],
        "sum of Kronecker products of the same matrices of 6 × 6 and 5 × 5",
    ),
    "dense": (["ik,kj->ij", "A", "A", "+", "ij,->ij", "I", "c"], "dense 6 × 6"),
}


def expression(words, symbols):
    """Build a sum of einsums."""
    total, rest = None, [*words, "+"]
    while rest:
        end = rest.index("+")
        string, *names = rest[:end]
        term = eg.einsum(string, *(symbols[name] for name in names))
        total = term if total is None else total + term
        rest = rest[end + 1 :]
    return total


def drawn(generator, symbol, sizes, kind):
    """Return an array for a variable, a positive definite one if its last axes allow it."""
    shape = tuple(sizes[dim] for dim in symbol.shape)
    if len(shape) < 2 or symbol.shape[-1] != symbol.shape[-2]:
        offset = 20 if symbol.name == "d" else 0.5
        real = np.float32 if np.dtype(kind).itemsize == 4 or kind == "c8" else float
        return (generator.random(shape) + offset).astype(real)
    found = generator.standard_normal(shape)
    if np.dtype(kind).kind == "c":
        found = found + 1j * generator.standard_normal(shape)
    found = found @ found.conj().swapaxes(-1, -2) / max(shape[-1], 1)
    return (found + np.eye(shape[-1])).astype(kind)


def made(name, sizes, kind):
    """Return a structured array, and the array as a matrix."""
    generator = np.random.default_rng(len(name))
    is_complex = np.dtype(kind).kind == "c"
    variables = eg.variables(DECLARED, complex="A B C D R" if is_complex else ())
    symbols = {one.name: one for one in variables}
    symbols |= {dim.upper() * (dim != "r"): eg.eye(dim) for dim in "ijk"}
    expr = expression(STRUCTURES[name][0], symbols)
    arrays = {
        one: drawn(generator, one, sizes, kind) for one in symbols.values() if one in variables
    }
    needed = {one.name: arrays[one] for one in variables if one.name in STRUCTURES[name][0]}
    found = eg.compile(expr, structured=True, sizes=sizes)(**needed)
    dense = eg.compile(expr, sizes=sizes)(**needed)
    size = math.prod(dense.shape[: dense.ndim // 2])
    return found, dense.reshape(size, size)


def assert_close(found, expected, kind=float):
    """Compare numbers: to ten digits, and in single precision to three."""
    tolerance = 2e-3 if np.dtype(kind).name in ("float32", "complex64") else 1e-10
    assert np.shape(found) == np.shape(expected)
    gap = np.abs(found - expected).max(initial=0)
    assert gap <= tolerance * max(1, np.abs(expected).max(initial=0))


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_structure_is_found_and_said(name):
    if name in ("common factor", "nested", "blocks + rank"):
        assert made(name, SIZES, float)[0].structure == STRUCTURES[name][1]
    else:
        found, _ = made(name, SIZES, float)
        assert found.structure == STRUCTURES[name][1]
        before = re.findall(r"\d+ × \d+", found.structure)
        larger, _ = made(name, {**SIZES, "i": 12}, float)
        assert len(re.findall(r"\d+ × \d+", larger.structure)) == len(before)


@pytest.mark.parametrize("kind", ["f8", "f4", "c16", "c8"])
@pytest.mark.parametrize(
    "sizes", [SIZES, dict.fromkeys("ijkr", 1), {**SIZES, "i": 0}, {**SIZES, "j": 1}]
)
@pytest.mark.parametrize("name", STRUCTURES)
def test_all_is_as_of_the_dense_matrix(name, sizes, kind):
    found, matrix = made(name, sizes, kind)
    half = found.shape[: len(found.shape) // 2]
    size = len(matrix)
    sides = np.random.default_rng(1).standard_normal((size, 2)).astype(kind)
    several = sides.reshape(*half, 2)
    assert_close(found.dense().reshape(size, size), matrix, kind)
    assert_close((found @ several).reshape(size, 2), matrix @ sides, kind)
    assert_close(found.diag().reshape(-1 if size else 0), matrix.diagonal(), kind)
    assert_close(found.trace(), matrix.trace(), kind)
    solved = found.solve(several)
    assert solved.dtype == np.result_type(kind, matrix.dtype)
    assert_close(solved.reshape(size, 2), np.linalg.solve(matrix, sides), kind)
    assert_close(found.solve(several[..., 0]), solved[..., 0], kind)
    assert_close(found.inverse().dense().reshape(size, size), np.linalg.inv(matrix), kind)
    sign, logarithm = np.linalg.slogdet(matrix)
    assert_close(found.slogdet()[0], sign, kind)
    assert_close(found.slogdet()[1], logarithm, kind)
    with np.errstate(invalid="ignore"):
        # The phase of a number near -1 is either π or -π.
        assert np.dtype(kind).kind == "c" or np.allclose(
            found.logdet(), np.log(sign) + logarithm, 2e-3, equal_nan=True
        )
    if name != "crossed":
        assert_close(found.eigvalsh(), np.linalg.eigvalsh(matrix), kind)


@pytest.mark.parametrize("name", STRUCTURES)
def test_scipy_takes_products_with_flat_vectors(name):
    linear = pytest.importorskip("scipy.sparse.linalg")
    found, matrix = made(name, SIZES, "c16")
    operator = found.to_scipy()
    assert isinstance(operator, linear.LinearOperator)
    sides = np.random.default_rng(1).standard_normal((len(matrix), 3))
    assert_close(operator @ sides, matrix @ sides)
    assert_close(operator @ sides[:, 0], matrix @ sides[:, 0])
    assert_close(operator.H @ sides, matrix.conj().T @ sides)
    assert_close(operator.H @ sides[:, 0], matrix.conj().T @ sides[:, 0])


def random_case(seed):
    """Return a random matrix, written out too, and the shapes of its rows and columns."""
    generator = np.random.default_rng(seed)
    is_complex = generator.random() < 0.3
    if seed % 2:
        parts, rows, columns = random_kronecker(generator, is_complex)
        found = Structured(tuple(parts), (*rows, *columns))
    else:
        rows = columns = tuple(generator.integers(2, 4, generator.integers(1, 4)).tolist())
        parts = [
            random_part(generator, rows, rows, is_complex) for _ in range(generator.integers(1, 4))
        ]
        if generator.random() < 0.4:
            parts += [transposed(one) for one in parts]
        found = Structured((*parts, multiple_of_identity(rows, 10.0)), rows * 2)
    size = math.prod(rows)
    return found, found.dense().reshape(size, size), rows, columns


def random_blocks(seed):
    """Return random blocks of variables, some of which have one size first."""
    generator = np.random.default_rng(seed)
    common = int(generator.integers(2, 4))
    shapes = [
        (common, *generator.integers(1, 4, generator.integers(2)).tolist())
        if generator.random() < 0.7
        else tuple(generator.integers(1, 4, generator.integers(3)).tolist())
        for _ in range(generator.integers(2, 4))
    ]
    rows = []
    for u, one in enumerate(shapes):
        row = []
        for v, other in enumerate(shapes):
            count = generator.integers(3 if u == v else 2)
            parts = [random_part(generator, one, other, is_complex=False) for _ in range(count)]
            zero = Part((Labelled(np.array(0.0), ()),), tuple(range(len(one + other))), one + other)
            parts.append(multiple_of_identity(one, 10.0) if u == v else zero)
            row.append(Structured(tuple(parts), one + other))
        rows.append(tuple(row))
    return BlockMatrix(tuple(rows))


@pytest.fixture(params=["least work", "any"])
def chosen(request, monkeypatch):
    """Choose the structure of least work, or any other that is found but the dense one."""
    generator = np.random.default_rng(0)

    def price(one):
        names = {"DenseMatrix": 2.0, "SparseMatrix": 0.5}
        return generator.random() + names.get(type(one).__name__, 0)

    if request.param == "any":
        monkeypatch.setattr(planning, "_price", price)
    return request.param


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("start", range(0, 200, 20))
def test_whatever_structure_is_found_in_random_parts_is_one_that_the_matrix_has(start):
    for seed in range(start, start + 20):
        found, matrix, rows, columns = random_case(seed)
        if np.linalg.cond(matrix) > 1e4:
            continue
        size = len(matrix)
        sides = np.random.default_rng(1).standard_normal((size, 2))
        inverse = np.linalg.inv(matrix)
        assert_close(found.solve(sides.reshape(*rows, 2)).reshape(size, 2), inverse @ sides)
        assert_close((found @ sides.reshape(*columns, 2)).reshape(size, 2), matrix @ sides)
        assert_close(found.inverse().dense().reshape(size, size), inverse)
        for one, expected in zip(found.slogdet(), np.linalg.slogdet(matrix), strict=True):
            assert_close(one, expected)
        if np.allclose(matrix, matrix.conj().T, 1e-13, 1e-13):
            assert_close(found.eigvalsh(), np.linalg.eigvalsh(matrix))


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("start", range(0, 100, 20))
def test_whatever_structure_is_found_in_random_blocks_is_one_that_the_matrix_has(start):
    for seed in range(start, start + 20):
        found = random_blocks(seed)
        matrix = found.dense()
        if np.linalg.cond(matrix) > 1e4:
            continue
        generator = np.random.default_rng(seed)
        sides = [generator.standard_normal((*shape, 2)) for shape in found.shapes]
        flat = np.concatenate([one.reshape(-1, 2) for one in sides])
        inverse = np.linalg.inv(matrix)
        assert_close(np.concatenate([x.reshape(-1, 2) for x in found.solve(sides)]), inverse @ flat)
        assert_close(np.concatenate([x.reshape(-1, 2) for x in found @ sides]), matrix @ flat)
        assert_close(found.inverse().dense(), inverse)
        assert_close(np.concatenate([x.ravel() for x in found.diag()]), matrix.diagonal())
        assert_close(found.trace(), matrix.trace())
        for one, expected in zip(found.slogdet(), np.linalg.slogdet(matrix), strict=True):
            assert_close(one, expected)


x, U, V, T, W, X, t, b, g, Z, P, M, N, y = eg.variables(
    "x[n] U[n,k] V[m,k] T[n,m] W[n,m] X[n,q] t[q] b[n] g[] Z[n,k] P[h,n] M[n,n] N[q,q] y[h]"
)
PLAIN = 0.5 * eg.sum_squares(U @ V.T - T)
HESSIANS = {
    "factorisation": (PLAIN, U, r"block diagonal over i \(7 times one block of 3 × 3\)"),
    "other factor": (PLAIN, V, r"block diagonal over i \(9 times one block of 3 × 3\)"),
    "weighted": (
        0.5 * eg.sum(W * (U @ V.T - T) ** 2) + eg.sum_squares(U),
        U,
        r"block diagonal over i \(7 blocks of 3 × 3\)",
    ),
    "softmax": (eg.logsumexp(x) + eg.sum_squares(x), x, r"diagonal \+ rank 1"),
    "softmax of rows": (
        eg.sum(eg.logsumexp(Z, 1) * b**2) + eg.sum(Z**4),
        Z,
        r"block diagonal over i \(7 blocks of 3 × 3\)",
    ),
    "few samples": (
        eg.sum(eg.softplus(P @ x)) + 0.1 * eg.sum_squares(x),
        x,
        r"a multiple of the 7 × 7 identity \+ rank 2",
    ),
    "sylvester": (
        0.5 * eg.sum(X * (M @ M.T @ X + X @ N @ N.T)) + eg.sum_squares(X),
        X,
        r"Kronecker sum of matrices of 7 × 7 and 4 × 4",
    ),
    "both sides": (
        eg.sum_squares(M @ X @ N) + eg.sum_squares(X),
        X,
        r"sum of Kronecker products of the same matrices of 7 × 7 and 4 × 4",
    ),
    "square of a sum": (
        eg.sum(x) ** 2 + eg.sum(x**4),
        x,
        r"diagonal \+ rank 1",
    ),
}
GIVEN = {"n": 7, "k": 3, "m": 9, "q": 4, "h": 2}


def arrays_for(expr, sizes, seed=0):
    """Return random arrays by name."""
    generator = np.random.default_rng(seed)
    from einsgrad.expressions.walks import variables_in

    return {
        one.name: 0.5 + generator.random([sizes[dim] for dim in one.shape])
        for one in variables_in(expr)
    }


@pytest.mark.parametrize("name", HESSIANS)
def test_newtons_step_in_a_hessian_is_that_of_the_dense_matrix(name):
    energy, variable, words = HESSIANS[name]
    arrays = arrays_for(energy, GIVEN)
    hessian = eg.compile(eg.hessian(energy, variable), structured=True, sizes=GIVEN)
    kept = {one: arrays[one] for one in hessian.variables}
    found = hessian(**kept)
    assert re.fullmatch(words, found.structure), found.structure
    gradient = eg.evaluate(eg.grad(energy, variable), **arrays)
    dense = eg.evaluate(eg.hessian(energy, variable), sizes=GIVEN, **kept)
    matrix = dense.reshape(gradient.size, gradient.size)
    assert_close(found.solve(gradient).ravel(), np.linalg.solve(matrix, gradient.ravel()))
    assert_close(found.eigvalsh(), np.linalg.eigvalsh(matrix))


def test_a_newton_step_of_ten_thousand_rows_forms_nothing_large():
    sizes = {"n": 10**4, "k": 5, "m": 20}
    arrays = arrays_for(PLAIN, sizes)
    found = eg.compile(eg.hessian(PLAIN, U), structured=True, inputs=(U, V))(
        arrays["U"], arrays["V"]
    )
    assert found.shape == (10**4, 5, 10**4, 5)
    assert found.nbytes == 5 * 5 * 8
    assert found.structure == "block diagonal over i (10000 times one block of 5 × 5)"
    gradient = eg.evaluate(eg.grad(PLAIN, U), **arrays)
    moved = {**arrays, "U": arrays["U"] - found.solve(gradient)}
    assert np.abs(eg.evaluate(eg.grad(PLAIN, U), **moved)).max() < 1e-8
    block = arrays["V"].T @ arrays["V"]
    assert np.isclose(found.logdet(), 10**4 * np.linalg.slogdet(block)[1])
    assert np.allclose(found.eigvalsh()[:: 10**4], np.linalg.eigvalsh(block))
    assert found.inverse().nbytes == found.nbytes
    with pytest.raises(eg.SizeError):
        found.dense()


def test_factors_that_share_no_sum_are_kept_apart():
    A, B, C, Y = eg.variables("A[m,p] B[n,q] C[m,n] Y[p,q]")
    f = eg.compile(eg.hessian(eg.sum_squares(A @ Y @ B.T - C), Y), structured=True)
    given = np.random.default_rng(0).standard_normal((500, 300))
    found = f(A=given, B=given)
    assert found.nbytes == 2 * 300 * 300 * 8
    assert str(found) == '"ij,kl->ikjl" of arrays of (300, 300) and (300, 300)'
    assert found.inverse().nbytes == found.nbytes
    side = np.ones((300, 300))
    assert_close(found @ found.solve(side), side)


def test_a_sum_over_few_is_not_multiplied_out():
    energy = eg.sum(eg.softplus(P @ x)) + 0.1 * eg.sum_squares(x)
    f = eg.compile(eg.hessian(energy, x), structured=True, inputs=(P, x))
    n = 10**5
    found = f(np.random.default_rng(0).standard_normal((2, n)), np.zeros(n))
    assert found.nbytes <= 2 * 2 * n * 8 + 8
    assert found.structure == f"a multiple of the {n} × {n} identity + rank 2"
    side = np.ones(n)
    assert_close(found @ found.solve(side), side)
    assert found.inverse().nbytes < 10 * n * 8
    several = f(np.ones((3, 2)), np.zeros(2))
    assert [len(one.factors) for one in several.parts] == [1, 1]


CHAINS = {
    "chain": eg.sum((x[1:] - x[:-1]) ** 2) + eg.sum_squares(x),
    "second differences": eg.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2) + eg.sum(x**4),
    "not definite": eg.sum((x[1:] - x[:-1]) ** 2) - 3.3 * eg.sum_squares(x),
    "circle": eg.sum((x - np.roll(x, 1)) ** 2) + eg.sum_squares(x),
}


@pytest.mark.parametrize("n", [3, 8, 300])
@pytest.mark.parametrize("name", CHAINS)
def test_bands_are_solved_as_the_dense_matrix(name, n):
    f = eg.compile(eg.hessian(CHAINS[name], x), structured=True, inputs=[x])
    found = f(np.random.default_rng(0).random(n) + 0.5)
    matrix = found.dense()
    sides = np.random.default_rng(1).standard_normal((n, 2))
    assert_close(found.solve(sides), np.linalg.solve(matrix, sides))
    assert_close(found.solve(1j * sides), 1j * np.linalg.solve(matrix, sides))
    assert_close(found.eigvalsh(), np.linalg.eigvalsh(matrix))
    assert_close(found.inverse().dense(), np.linalg.inv(matrix))
    for one, expected in zip(found.slogdet(), np.linalg.slogdet(matrix), strict=True):
        assert_close(one, expected)
    if HAS_SCIPY and n == 300:
        assert found.structure.startswith("band of")
        assert found.structure.endswith("300 × 300" + " + rank 2" * (name == "circle"))


def test_a_band_of_a_million_is_solved():
    pytest.importorskip("scipy")
    n = 10**6
    f = eg.compile(eg.hessian(CHAINS["chain"], x), structured=True, inputs=[x])
    found = f(np.zeros(n))
    assert found.structure == f"band of 3 diagonals, {n} × {n}"
    side = np.linspace(0, 1, n)
    assert_close(found @ found.solve(side), side)


def test_a_plane_is_a_kronecker_sum_of_bands():
    energy = eg.sum((Z[1:] - Z[:-1]) ** 2) + eg.sum((Z[:, 1:] - Z[:, :-1]) ** 2) + eg.sum_squares(Z)
    f = eg.compile(eg.hessian(energy, Z), structured=True, inputs=[Z])
    found = f(np.zeros((60, 70)))
    assert found.structure == "Kronecker sum of matrices of 60 × 60 and 70 × 70"
    side = np.ones((60, 70))
    assert_close(found @ found.solve(side), side)


SHARED = {
    "intercepts": (
        eg.sum(eg.exp(b + X @ t)) + eg.sum_squares(t),
        (b, t),
        "arrow: (diagonal of 7 entries), then a Schur complement of 4 × 4",
    ),
    "the other order": (
        eg.sum(eg.exp(b + X @ t)) + eg.sum_squares(t),
        (t, b),
        "arrow: (diagonal of 7 entries), then a Schur complement of 4 × 4",
    ),
    "both factors": (
        PLAIN + eg.sum_squares(U) + 99 * eg.sum_squares(V),
        (U, V),
        "arrow: (block diagonal over i (9 times one block of 3 × 3)), "
        "then a Schur complement of 21 × 21",
    ),
    "one axis in common": (
        eg.sum(eg.exp(b + eg.sum(Z, 1))) + eg.sum_squares(Z),
        (Z, b),
        "block diagonal over i (7 blocks of 4 × 4",
    ),
    "nothing in common": (
        eg.sum(eg.exp(b)) + eg.sum_squares(t),
        (b, t),
        "direct sum of (diagonal of 7 entries) and (a multiple of the 4 × 4 identity)",
    ),
    "a number": (
        eg.sum(eg.exp(g * b)) + eg.sum_squares(b) + 99 * g**2,
        (b, g),
        "arrow: (diagonal of 7 entries), then a Schur complement of 1 × 1",
    ),
    "three": (
        eg.sum(eg.exp(b + eg.sum(Z, 1) + X @ t)) + eg.sum_squares(Z) + eg.sum_squares(t),
        (Z, t, b),
        "arrow: (block diagonal over i (7 blocks of 4 × 4",
    ),
}


@pytest.mark.parametrize("sizes", [GIVEN, dict.fromkeys(GIVEN, 1), {**GIVEN, "n": 0}])
@pytest.mark.parametrize("name", SHARED)
def test_blocks_of_several_variables_are_one_matrix(name, sizes):
    energy, variables, words = SHARED[name]
    blocks = eg.hessian(energy, variables)
    arrays = arrays_for(energy, sizes)
    f = eg.compile(blocks, structured=True, sizes=sizes)
    kept = {one: arrays[one] for one in f.variables}
    found = f(**kept)
    assert isinstance(found, BlockMatrix)
    assert found.shapes == tuple(tuple(sizes[dim] for dim in one.shape) for one in variables)
    dense = [[eg.evaluate(one, sizes=sizes, **kept) for one in row] for row in blocks]
    flat = [math.prod(shape) for shape in found.shapes]
    matrix = np.block(
        [
            [np.reshape(one, (u, v)) for one, v in zip(row, flat, strict=True)]
            for row, u in zip(dense, flat, strict=True)
        ]
    )
    if sizes is GIVEN:
        assert found.structure.startswith(words), found.structure
    assert_close(found.dense(), matrix)
    gradients = [eg.evaluate(eg.grad(energy, one), **arrays) for one in variables]
    side = np.concatenate([np.ravel(one) for one in gradients])
    steps = found.solve(gradients)
    assert [one.shape for one in steps] == list(found.shapes)
    assert_close(np.concatenate([np.ravel(one) for one in steps]), np.linalg.solve(matrix, side))
    products = found @ gradients
    assert_close(np.concatenate([np.ravel(one) for one in products]), matrix @ side)
    assert_close(found.eigvalsh(), np.linalg.eigvalsh(matrix))
    assert_close(found.inverse().dense(), np.linalg.inv(matrix))
    assert_close(found.logdet(), np.linalg.slogdet(matrix)[1])
    assert_close(found.trace(), matrix.trace())
    if HAS_SCIPY:
        assert_close(found.to_scipy() @ side, matrix @ side)
        assert_close(found.to_scipy_sparse().toarray(), matrix)


def test_an_arrow_of_a_hundred_thousand_intercepts_takes_the_memory_of_its_arrays():
    energy, variables, _ = SHARED["intercepts"]
    arrays = arrays_for(energy, {"n": 10**5, "q": 4})
    found = eg.compile(eg.hessian(energy, variables), structured=True)(**arrays)
    assert found.nbytes < 10 * arrays["X"].nbytes
    gradients = [eg.evaluate(eg.grad(energy, one), **arrays) for one in variables]
    for one, expected in zip(found @ found.solve(gradients), gradients, strict=True):
        assert_close(one, expected)


def test_blocks_must_be_square_and_fit():
    energy, variables, _ = SHARED["intercepts"]
    blocks = eg.hessian(energy, variables)
    with pytest.raises(eg.ArgumentTypeError, match="structured=True"):
        eg.compile(blocks)
    with pytest.raises(eg.ArgumentError, match="rows of blocks"):
        eg.compile(tuple(row[:1] for row in blocks), structured=True)
    found = eg.compile(blocks, structured=True)(**arrays_for(energy, GIVEN))
    with pytest.raises(eg.ShapeError, match="1 arrays for 2 variables"):
        found.solve((np.ones(7),))
    with pytest.raises(eg.ShapeError, match=r"shape \(4,\) was given for one of shape \(7,\)"):
        found.solve((np.ones(4), np.ones(7)))
    (first, _), (other, last) = found.blocks
    with pytest.raises(eg.ShapeError, match="Give the blocks of a Hessian"):
        BlockMatrix(((first, last), (other, last)))
    with pytest.raises(eg.ShapeError, match="Give a square"):
        BlockMatrix(((first,), (other,)))


def test_jacobians_are_multiplied_and_square_ones_are_solved():
    linear = eg.compile(eg.jacobian(M @ X @ N, X), structured=True)
    generator = np.random.default_rng(0)
    arrays = {"M": generator.standard_normal((7, 7)), "N": generator.standard_normal((4, 4))}
    found = linear(**arrays)
    given = generator.standard_normal((7, 4))
    assert_close(found @ given, arrays["M"] @ given @ arrays["N"])
    assert_close(found.solve(found @ given), given)
    tall = eg.compile(eg.jacobian(P.T @ y, y), structured=True)(P=generator.standard_normal((2, 7)))
    assert tall.shape == (7, 2)
    assert_close(tall @ np.ones(2), tall.dense().sum(1))
    with pytest.raises(eg.ShapeError, match="no square matrix"):
        tall.solve(np.ones(7))
    (S,) = eg.variables("S[7,4]")
    flat = eg.compile(eg.jacobian((2 * S).reshape(-1), S), structured=True)()
    assert_close(flat.solve(np.ones(28)), np.full((7, 4), 0.5))
    if HAS_SCIPY:
        assert_close(tall.to_scipy() @ np.ones(2), tall.dense().sum(1))
        assert flat.to_scipy(rows=1).shape == (28, 28)


def test_singular_matrices_are_refused_by_each_structure():
    softmax = eg.compile(eg.hessian(eg.logsumexp(x), x), structured=True)(x=np.arange(5.0))
    with pytest.raises(eg.MatrixError, match="singular"):
        softmax.solve(np.ones(5))
    diagonal = eg.compile(eg.hessian(eg.sum(x**3), x), structured=True)(x=np.arange(5.0))
    with pytest.raises(eg.MatrixError, match="an entry of a diagonal is 0"):
        diagonal.solve(np.ones(5))
    assert diagonal.logdet() == -np.inf
    assert diagonal.slogdet()[0] == 0
    block = eg.compile(eg.hessian(PLAIN, U), structured=True)(U=np.ones((4, 2)), V=np.ones((3, 2)))
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        block.solve(np.ones((4, 2)))
    free = eg.sum((Z[1:] - Z[:-1]) ** 2) + eg.sum((Z[:, 1:] - Z[:, :-1]) ** 2)
    plane = eg.compile(eg.hessian(free, Z), structured=True, inputs=[Z])(np.zeros((60, 70)))
    with pytest.raises(eg.MatrixError, match="an eigenvalue is 0 up to rounding"):
        plane.inverse()


def test_a_base_that_is_singular_is_no_hindrance():
    energy = eg.sum(x**3) + eg.sum(x) ** 2
    found = eg.compile(eg.hessian(energy, x), structured=True)(x=np.array([0.0, 1, 2, 3, 4, 5]))
    assert found.structure == "diagonal + rank 1"
    matrix = found.dense()
    assert_close(found.solve(np.ones(6)), np.linalg.solve(matrix, np.ones(6)))
    assert_close(found.logdet(), np.linalg.slogdet(matrix)[1])
    assert_close(found.inverse().dense(), np.linalg.inv(matrix))


@pytest.mark.parametrize("small", [1e-4, 1e-9, 1e-13, 1e-18, 1e-200])
def test_a_base_that_is_nearly_singular_costs_no_digits(small):
    columns = np.random.default_rng(0).standard_normal((2, 9))
    energy = 0.5 * eg.sum(x**2 * b) + 0.5 * eg.sum_squares(P @ x)
    weights = np.array([small, 1, 2, 3, 4, 5, 6, 7, 8])
    f = eg.compile(eg.hessian(energy, x), structured=True)
    found = f(b=weights, P=columns)
    assert found.structure == "diagonal + rank 2"
    matrix = np.diag(weights) + columns.T @ columns
    assert_close(found.solve(np.ones(9)), np.linalg.solve(matrix, np.ones(9)))
    assert_close(found.inverse().dense(), np.linalg.inv(matrix))
    assert_close(found.logdet(), np.linalg.slogdet(matrix)[1])


@pytest.mark.parametrize("small", [1e-4, 1e-9, 1e-13, 1e-18, 1e-200])
def test_what_is_eliminated_may_be_nearly_singular(small):
    energy = 0.5 * eg.sum(b**2 * x) + eg.sum(b) * g + 0.5 * g**2
    weights = np.array([small, 1, 2, 3, 4, 5, 6, 7, 8])
    blocks = eg.hessian(energy, (b, g))
    found = eg.compile(blocks, structured=True)(x=weights)
    assert found.structure.startswith("arrow")
    matrix = np.block([[np.diag(weights), np.ones((9, 1))], [np.ones((1, 9)), np.ones((1, 1))]])
    side = np.arange(1.0, 11.0)
    steps = found.solve((side[:9], side[9]))
    assert_close(np.concatenate([steps[0], [steps[1]]]), np.linalg.solve(matrix, side))
    assert_close(found.inverse().dense(), np.linalg.inv(matrix))
    for one, expected in zip(found.slogdet(), np.linalg.slogdet(matrix), strict=True):
        assert_close(one, expected)


def test_a_large_update_is_no_reason_to_be_dense():
    energy = 0.5 * eg.sum_squares(x) + 1e10 * eg.sum(x) ** 2
    found = eg.compile(eg.hessian(energy, x), structured=True, sizes={"n": 10**6})()
    side = np.linspace(-1, 1, 10**6)
    assert np.allclose(found.solve(side), side, atol=1e-7)


def test_many_variables_are_planned_in_short():
    names = eg.variables(" ".join(f"v{k}[{k + 2}]" for k in range(12)))
    energy = eg.sum_squares(sum(eg.sum(one) for one in names))
    energy = energy + sum(eg.sum_squares(one) for one in names)
    found = eg.compile(eg.hessian(energy, names), structured=True)()
    sides = [np.ones(k + 2) for k in range(12)]
    for one, expected in zip(found @ found.solve(sides), sides, strict=True):
        assert_close(one, expected)


def test_what_is_not_symmetric_has_no_eigvalsh():
    found = eg.compile(eg.einsum("ik,jl->ijkl", M, N), structured=True)(
        M=np.triu(np.ones((4, 4))), N=np.eye(3)
    )
    with pytest.raises(eg.MatrixError, match="symmetric and Hermitian"):
        found.eigvalsh()
    turned = np.array([[0.0, 1], [-1, 0]])
    skew = eg.compile(eg.einsum("ik,jl->ijkl", M, N), structured=True)(M=turned, N=turned)
    assert_close(skew.eigvalsh(), np.array([-1.0, -1, 1, 1]))


def test_shapes_that_do_not_fit_are_refused():
    found = eg.compile(eg.hessian(PLAIN, U), structured=True)(U=np.ones((4, 2)), V=np.eye(2))
    with pytest.raises(eg.ShapeError, match=r"shape \(8,\) was given for one of shape \(4, 2\)"):
        found.solve(np.ones(8))
    with pytest.raises(eg.ShapeError, match=r"no column of one of shape \(4, 2, 4, 2\)"):
        found @ np.ones((2, 4))
    with pytest.raises(TypeError):
        np.ones((4, 2)) * found
    assert found.solve(np.ones((4, 2, 0))).shape == (4, 2, 0)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i8"])
def test_right_sides_keep_their_precision(kind):
    own = "f8" if kind == "i8" else kind
    hessian = eg.compile(eg.hessian(eg.sum(x**2 * b), x), structured=True)
    found = hessian(b=np.ones(3, own))
    assert found.solve(np.ones(3, kind)).dtype == own
    assert found.dtype == own


@pytest.mark.parametrize("name", ["dense", "kronecker", "kronecker sum", "nested"])
def test_nothing_needs_scipy(name, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy", None)
    found, matrix = made(name, {**SIZES, "i": 40}, float)
    size = len(matrix)
    side = np.ones(size)
    shape = found.shape[: len(found.shape) // 2]
    assert_close(found.solve(side.reshape(shape)).ravel(), np.linalg.solve(matrix, side))
    with pytest.raises(eg.ArgumentError, match=r"einsgrad\[special\]"):
        found.to_scipy()
    band = eg.compile(eg.hessian(CHAINS["chain"], x), structured=True, inputs=[x])(np.zeros(200))
    assert band.structure == "dense 200 × 200"
    assert_close(band @ band.solve(np.ones(200)), np.ones(200))


def test_matrices_that_are_not_symmetric_have_a_sylvester_equation():
    pytest.importorskip("scipy")
    generator = np.random.default_rng(0)
    expr = eg.einsum("ik,jl->ijkl", M, eg.eye("q")) + eg.einsum("ik,jl->ijkl", eg.eye("n"), N)
    first = generator.standard_normal((9, 9)) + 9 * np.eye(9)
    second = generator.standard_normal((8, 8)) + 8 * np.eye(8)
    found = eg.compile(expr, structured=True)(M=first, N=second)
    assert found.structure == "Kronecker sum of matrices of 9 × 9 and 8 × 8"
    matrix = np.kron(first, np.eye(8)) + np.kron(np.eye(9), second)
    sides = generator.standard_normal((9, 8, 2))
    expected = np.linalg.solve(matrix, sides.reshape(72, 2))
    assert_close(found.solve(sides).reshape(72, 2), expected)
    for one, other in zip(found.slogdet(), np.linalg.slogdet(matrix), strict=True):
        assert_close(one, other)
