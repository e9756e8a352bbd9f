"""Whole powers of matrices: chains become them, and they are derived, computed and written."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.nodes import MatrixMap
from einsgrad.expressions.walks import topological

X, A, S = eg.variables("X[n,n] A[n,n] S[n,n]", symmetric=["S"])
T, C = eg.variables("T[b,n,n] C[n,n]", complex=["C"])
a, b = eg.variables("a[n] b[n]")
power, inverse, EYE = eg.matrix_power, eg.inverse, eg.eye("n")
GENERATOR = np.random.default_rng(7)
WHOLE = {name: GENERATOR.integers(-2, 3, (3, 3)) for name in "XA"}
WHOLE |= {"a": np.array([1, -2, 3]), "b": np.array([2, 0, -1])}
WHOLE["S"] = WHOLE["A"] + WHOLE["A"].T
WHOLE["C"] = WHOLE["X"] + 1j * WHOLE["A"]
WHOLE["T"] = GENERATOR.integers(-2, 3, (2, 3, 3))


def value(expr, arrays=WHOLE):
    names = {node.name for node in topological(expr) if hasattr(node, "name")}
    return eg.evaluate(expr, **{n: x for n, x in arrays.items() if n in names}, sizes={"n": 3})


SAME = [
    (X @ X @ X, power(X, 3)),
    (X @ (X @ (X @ X)), power(power(X, 2), 2)),
    ((X.T @ X.T).T, power(X, 2)),
    (X.T @ X.T @ X.T, power(X, 3).T),
    (power(X.T, 3), power(X, 3).T),
    (A @ X @ X @ A.T, A @ power(X, 2) @ A.T),
    (X @ (X @ (X @ a)), power(X, 3) @ a),
    (S @ (S @ a), power(S, 2) @ a),
    (S.T @ S @ S.T, power(S, 3)),
    (X @ X @ inverse(X), X),
    (inverse(X) @ inverse(X), power(X, -2)),
    (inverse(X @ X), inverse(X) @ inverse(X)),
    (inverse(power(X, 3)) @ power(X, 2), inverse(X)),
    (power(X, 2) @ power(X, -2), EYE),
    (power(2 * X, 3), 8 * X @ X @ X),
    (power(A @ X, 2), A @ X @ A @ X),
    (power(EYE, 5) @ X, X),
    (power(X, 1), X),
    (power(X, 0), EYE),
    (eg.trace(X @ X @ X), eg.trace(power(X, 3))),
    (eg.trace(X @ X @ X @ X), eg.trace(power(X, 2) @ power(X, 2))),
    (eg.trace(X @ X), eg.sum(X * X.T)),
    (eg.trace(A @ X @ X), eg.trace(X @ A @ X)),
    (eg.diag(power(X, 3)), eg.diag(X @ power(X, 2))),
    (eg.trace(power(X, 2) @ inverse(X)), eg.trace(X)),
    (eg.trace(power(X, 2) @ power(X, -2)), eg.trace(EYE)),
    (eg.det(power(X, 3)), eg.det(X) * eg.det(X) * eg.det(X)),
    (eg.logdet(power(X, 3)), 3 * eg.logdet(X)),
    (T @ T @ T, power(T, 3)),
    (C @ (C @ C), power(C, 3)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_chains_are_powers(one, other):
    assert eg.simplify(one) is eg.simplify(other)
    assert eg.simplify(eg.simplify(one)) is eg.simplify(one)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_powers_keep_their_value(one, other):
    arrays = WHOLE | {"X": WHOLE["X"] + 5 * np.eye(3)}
    expected = value(one, arrays)
    assert np.allclose(value(eg.simplify(one), arrays), expected)
    assert np.allclose(value(other, arrays), expected)


def has_power(expr):
    nodes = [node for node in topological(expr) if isinstance(node, MatrixMap)]
    return any(node.function.exponent is not None for node in nodes)


@pytest.mark.parametrize(
    "expr", [X * X, X @ X.T, X @ A, X.T * X, eg.einsum("ij,ij,jk->ik", X, X, A), eg.trace(X @ X)]
)
def test_other_products_of_a_matrix_with_itself_are_no_powers(expr):
    assert not has_power(eg.simplify(expr))


@st.composite
def words(draw):
    """A chain of a matrix and another one, bracketed and transposed at random, and its value."""
    names = draw(st.lists(st.sampled_from("XXXA"), min_size=1, max_size=12))
    symbols, arrays = {"X": X, "A": A}, WHOLE
    expected = np.eye(3, dtype=int)
    for name in names:
        expected = expected @ arrays[name]

    def built(part, turned):
        if len(part) == 1:
            return symbols[part[0]].T if turned else symbols[part[0]]
        cut = draw(st.integers(1, len(part) - 1))
        inside = draw(st.booleans())
        left, right = built(part[:cut], inside), built(part[cut:], inside)
        whole = right @ left if inside else left @ right
        return whole if inside == turned else whole.T

    return built(names, False), built(names, True), expected


@given(words())
def test_a_chain_is_one_node_however_it_is_bracketed_and_has_its_value(word):
    one, turned, expected = word
    simple = eg.simplify(one)
    assert simple is eg.simplify(turned.T)
    assert np.array_equal(value(simple), expected)


FORMULAS = [
    (eg.trace(power(X, 12)), "12 (Xᵀ)¹¹"),
    (eg.trace(power(X, 2)), "2 Xᵀ"),
    (eg.trace(inverse(X)), "-(Xᵀ)⁻²"),
    (eg.trace(A @ power(X, 3)), "(X A X + X² A + A X²)ᵀ"),
    (a @ power(X, 3) @ b, "(X b aᵀ X + X² b aᵀ + b aᵀ X²)ᵀ"),
    (eg.logdet(power(X, 3)), "3 X⁻ᵀ"),
    (eg.trace(power(X + A, 3)), "3 ((A + X)ᵀ)²"),
]


@pytest.mark.parametrize(("loss", "text"), FORMULAS)
def test_gradients_are_written_with_powers(loss, text):
    assert eg.show(eg.grad(loss, X), notation="matrix") == text


@pytest.mark.parametrize(
    ("expr", "texts"),
    [
        (power(X, 3), ("X³", "matrix_power(X, 3)", "X^{3}", "matrix_power(X, 3)")),
        (power(X, 3).T, ("(Xᵀ)³", "matrix_power(X, 3).T", r"\left(X^{\top}\right)^{3}", None)),
        (power(X, -2), ("X⁻²", "matrix_power(inverse(X), 2)", "X^{-2}", None)),
        (eg.trace(power(X, 3)), ("tr(X³)", "trace(matrix_power(X, 3))", None, None)),
    ],
)
def test_powers_are_written_and_read(expr, texts):
    expr = eg.simplify(expr)
    text, plain = eg.show(expr, notation="matrix"), eg.show(expr, notation="matrix", ascii=True)
    found = (text, plain, eg.latex(expr, notation="matrix"), repr(expr))
    assert all(one == two for one, two in zip(found, texts, strict=True) if two is not None)
    assert eg.simplify(eg.parse(plain, "X[n,n]")) is expr
    assert eg.simplify(eg.parse(repr(expr), "X[n,n]")) is expr


@pytest.mark.parametrize("count", [2, 3, 4, 7])
@pytest.mark.parametrize("symbol", ["X", "C"])
def test_derivatives_of_powers_are_those_of_numpy(count, symbol):
    matrix = {"X": X, "C": C}[symbol]
    array = WHOLE[symbol]
    raised = [np.linalg.matrix_power(array, k) for k in range(count)]
    jacobian = eg.simplify(eg.jacobian(power(matrix, count), matrix))
    expected = sum(np.einsum("ik,lj->ijkl", raised[k], raised[count - 1 - k]) for k in range(count))
    assert np.array_equal(eg.evaluate(jacobian, **{symbol: array}), expected)


def test_second_derivatives_and_batches():
    loss = eg.sum(power(T, 4))
    gradient = eg.compile(eg.grad(loss, T))
    expected = np.zeros((2, 3, 3), int)
    for place, array in enumerate(WHOLE["T"]):
        left = [np.linalg.matrix_power(array, k).sum(0) for k in range(4)]
        right = [np.linalg.matrix_power(array, k).sum(1) for k in range(4)]
        expected[place] = sum(np.outer(left[k], right[3 - k]) for k in range(4))
    assert np.array_equal(gradient(T=WHOLE["T"]), expected)
    hessian = eg.hessian(a @ power(X, 3) @ b, X)
    found = eg.evaluate(hessian, **{name: WHOLE[name] for name in "Xab"})
    x, u, v = (WHOLE[name] for name in "Xab")
    eye = np.eye(3, dtype=int)
    ways = [
        np.einsum("i,jk,l->ijkl", u, eye, x @ v),
        np.einsum("i,jk,l->ijkl", u, x, v),
        np.einsum("i,jk,l->ijkl", u @ x, eye, v),
    ]
    half = sum(ways)
    assert np.array_equal(found, half + half.transpose(2, 3, 0, 1))


def test_a_vector_is_multiplied_and_never_the_power():
    f = eg.compile(eg.simplify(a @ power(X, 6) @ b), eg.grad(a @ power(X, 6) @ b, X))
    f(**{name: WHOLE[name] for name in "Xab"})
    assert "matrix_power" not in f.source
    whole = eg.compile(eg.simplify(power(X, 6)))
    whole(X=WHOLE["X"])
    assert "matrix_power" in whole.source


@pytest.mark.parametrize("loss", [loss for loss, _ in FORMULAS] + [eg.trace(A @ power(X + A, 3))])
@pytest.mark.parametrize("notation", ["matrix", "index"])
@pytest.mark.parametrize("ascii_", [False, True])
def test_gradients_with_powers_are_read_back(loss, notation, ascii_):
    gradient = eg.grad(loss, X)
    name = "D" if notation == "index" else ""
    text = eg.show(gradient, notation=notation, ascii=ascii_, name=name)
    assert eg.simplify(eg.parse(text, "X[n,n] A[n,n] a[n] b[n]")) is gradient


def test_powers_survive_pickling():
    expr = eg.simplify(A @ power(X, 5))
    assert pickle.loads(pickle.dumps(expr)) is expr
    deep = expr
    for _ in range(30):
        deep = eg.sin(deep)
    assert pickle.loads(pickle.dumps(deep)) is deep


def test_a_long_chain_of_one_matrix_stays_short():
    chain = a
    for _ in range(300):
        chain = X @ chain
    assert eg.simplify(chain) is eg.simplify(power(X, 300) @ a)
