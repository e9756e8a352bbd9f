"""The forms that a person would write, and that the expressions stay small."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.nodes import Constant
from einsgrad.expressions.walks import topological
from einsgrad.strings.subscripts import Subscripts

A, B, C = eg.variables("A[m,n] B[n,n] C[n,n]")
X, S = eg.variables("X[n,n] S[n,n]", symmetric="S")
U, V, T = eg.variables("U[n,k] V[m,k] T[n,m]")
x, v, b, y, w = eg.variables("x[n] v[n] b[m] y[m] w[n]")


def same(one, other):
    return eg.simplify(one) is eg.simplify(other)


FORMS = {
    "tr(XXX)": (eg.grad(eg.trace(X @ X @ X), X), 3 * (X @ X).T),
    "x'Bx": (eg.grad(x @ B @ x, x), B @ x + B.T @ x),
    "hessian of x'Bx": (eg.hessian(x @ B @ x, x), B + B.T),
    "hessian of least squares": (eg.hessian(0.5 * eg.sum_squares(A @ x - b), x), A.T @ A),
    "gradient of least squares": (eg.grad(0.5 * eg.sum_squares(A @ x - b), x), A.T @ (A @ x - b)),
    "hessian of a factorisation": (
        eg.hessian(0.5 * eg.sum_squares(T - U @ V.T), U),
        eg.einsum("ij,mk,ml->ikjl", eg.eye("n"), V, V),
    ),
    "inverse": (
        eg.jacobian(eg.inverse(X), X),
        -1 * eg.einsum("ik,lj->ijkl", eg.inverse(X), eg.inverse(X)),
    ),
    "logdet": (eg.grad(eg.logdet(X), X), eg.inverse(X).T),
    "det": (eg.grad(eg.det(X), X), eg.det(X) * eg.inverse(X).T),
    "log tr": (eg.grad(eg.log(eg.trace(X)), X), eg.eye("n") / eg.trace(X)),
    "softmax": (
        eg.jacobian(eg.softmax(x), x),
        eg.diag(eg.softmax(x)) - eg.outer(eg.softmax(x), eg.softmax(x)),
    ),
    "logistic regression": (
        eg.hessian(eg.sum(eg.softplus(A @ x) - y * (A @ x)), x),
        A.T @ (eg.diag(eg.sigmoid(A @ x) * (1 - eg.sigmoid(A @ x))) @ A),
    ),
    "logistic regression, written out": (
        eg.hessian(eg.sum(eg.log(1 + eg.exp(A @ x)) - y * (A @ x)), x),
        eg.hessian(eg.sum(eg.softplus(A @ x) - y * (A @ x)), x),
    ),
    "solve": (
        eg.jacobian(eg.solve(X, x), X),
        -1 * eg.einsum("im,n->imn", eg.inverse(X), eg.solve(X, x)),
    ),
    "Frobenius norm": (
        eg.grad(eg.sqrt(eg.trace(X.T @ X)), X),
        eg.grad(eg.norm(X), X),
    ),
    "symmetric": (eg.grad(x @ S @ x, x), 2 * (S @ x)),
    "within symmetric": (eg.grad(v @ S @ x, S), 0.5 * (eg.outer(v, x) + eg.outer(x, v))),
    "laplacian of x.x": (
        eg.einsum("ii->", eg.hessian(x @ x, x)),
        2 * eg.trace(eg.eye("n")),
    ),
    "x / x": (x / x, eg.ones("n")),
    "sqrt(x) sqrt(x)": (eg.sqrt(x) * eg.sqrt(x), x),
    "exp(log(x))": (eg.exp(eg.log(x)), x),
    "x - x": (x - x, 0 * x),
    "A:B": (eg.sum(B * C), eg.trace(B.T @ C)),
    "C:(AB)": (eg.sum(X * (B @ C)), eg.sum((X @ C.T) * B)),
    "distribution of transpose": ((B + C).T, C.T + B.T),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_derivative_has_the_expected_form(name):
    found, expected = FORMS[name]
    assert same(found, expected)


def test_a_gradient_in_an_absent_variable_is_zeros():
    gradient = eg.grad(x @ x, w)
    assert gradient.shape == ("n",)
    assert (eg.evaluate(gradient, sizes={"n": 3}) == np.zeros(3)).all()


@pytest.mark.parametrize(
    "expr", [x @ B @ x, eg.logdet(S + eg.diag(x)), eg.logsumexp(x), 0.5 * eg.sum_squares(A @ x - b)]
)
def test_a_hessian_is_recognised_as_symmetric(expr):
    assert eg.is_symmetric(eg.hessian(expr, x))


def largest_rank(expr):
    return max(len(node.shape) for node in topological(expr))


def test_contractions_of_a_hessian_are_contracted_before_they_are_expanded():
    loss = eg.sum(eg.softplus(A @ x)) + 0.5 * (x @ x)
    hessian = eg.hessian(loss, x)
    assert largest_rank(hessian) == 2
    for contracted in (
        eg.einsum("ij,j->i", hessian, v),
        eg.einsum("i,ij,j->", v, hessian, v),
    ):
        simple = eg.simplify(contracted)
        assert largest_rank_of_intermediates(simple) <= 1
    assert same(eg.einsum("ij,j->i", hessian, v), eg.hvp(loss, x, v))


def largest_rank_of_intermediates(expr):
    inner = [node for node in topological(expr) if node is not A]
    return max(len(node.shape) for node in inner)


def test_the_laplacian_of_a_square_needs_no_matrix():
    laplacian = eg.simplify(eg.einsum("ii->", eg.hessian(x @ x, x)))
    assert largest_rank(laplacian) == 0
    (fixed,) = eg.variables("x[7]")
    assert eg.simplify(eg.einsum("ii->", eg.hessian(fixed @ fixed, fixed))) is Constant(14)


def test_the_pullback_of_solve_holds_no_tensor_of_rank_three():
    g = eg.variables("g[n]")[0]
    for share in eg.vjp(eg.solve(X, x), (X, x), g):
        assert largest_rank(share) <= 2


def test_expressions_equal_up_to_order_are_one_node():
    assert same(B @ x + C @ x, C @ x + B @ x)
    assert same(eg.einsum("ij,jk,ki->", B, C, X), eg.einsum("bc,ca,ab->", C, X, B))
    assert same(x * v * w, w * x * v)


def test_nested_products_stay_linear_in_size():
    power = X
    for _ in range(12):
        power = power @ power
    gradient = eg.grad(eg.trace(power), X)
    assert len(topological(gradient)) < 200


def test_a_chain_of_thousands_of_nodes_is_differentiated_without_recursion():
    chain = x
    for _ in range(1500):
        chain = eg.tanh(B @ chain)
    gradient = eg.grad(eg.sum(chain), x)
    assert gradient.shape == ("n",)
    assert len(topological(gradient)) < 18_000


def test_a_recurrence_that_uses_its_value_twice_stays_small():
    e = x
    for _ in range(200):
        e = eg.tanh(e) + e
    gradient = eg.grad(eg.sum(e), x)
    assert len(topological(gradient)) < 5000
    point = np.linspace(0.5, 1.5, 5)
    step = 1e-6
    value = lambda p: float(eg.evaluate(eg.sum(e), x=p))  # noqa: E731
    slope = (value(point + step) - value(point - step)) / (2 * step)
    assert np.isclose(eg.evaluate(gradient, x=point).sum(), slope, rtol=1e-5)


def test_numbers_fold_and_subscripts_build_expressions():
    assert eg.simplify(eg.exp(Constant(0))) is Constant(1)
    assert eg.simplify(2 * x * 3) is eg.simplify(6 * x)
    assert eg.einsum("n->n", x).subscripts == Subscripts(((0,),), (0,))


SCALARS = {
    "log det X": eg.logdet(X),
    "log tr X": eg.log(eg.trace(X)),
    "tr XXX": eg.trace(X @ X @ X),
    "sqrt tr X'X": eg.sqrt(eg.trace(X.T @ X)),
    "det X": eg.det(X),
    "tr inverse": eg.trace(eg.inverse(X)),
    "x' S^-1 x": x @ eg.inverse(S) @ x,
}


@pytest.mark.parametrize("name", SCALARS)
def test_first_and_second_derivatives_of_matrix_functions_agree_with_differences(name):
    generator = np.random.default_rng(0)
    matrix = generator.uniform(0.2, 0.9, (3, 3)) + 3 * np.eye(3)
    arrays = {"X": matrix, "S": matrix + matrix.T, "x": generator.standard_normal(3)}
    assert eg.check_grads(SCALARS[name], arrays, order=2).order == 2


def test_a_directional_derivative_is_the_slope_along_a_direction():
    loss = eg.sum(eg.exp(B @ x))
    generator = np.random.default_rng(0)
    arrays = {"B": generator.standard_normal((3, 3)), "x": generator.standard_normal(3)}
    direction = generator.standard_normal(3)
    slope = eg.evaluate(eg.directional(loss, x, v), v=direction, **arrays)
    step = 1e-6

    def value(t):
        return eg.evaluate(loss, **{**arrays, "x": arrays["x"] + t * direction})

    assert np.isclose(slope, (value(step) - value(-step)) / (2 * step), rtol=1e-7)


def test_labels_of_any_kind_do_not_clash_with_those_made_for_broadcasting():
    row, column = eg.variables("row[1,3] column[2]")
    product = eg.einsum(row, ["stretched", (0, 0)], column, ["stretched"], ["stretched", (0, 0)])
    arrays = {"row": np.array([[1.0, 2.0, 3.0]]), "column": np.array([4.0, 5.0])}
    expected = np.outer(arrays["column"], arrays["row"])
    assert (eg.evaluate(product, **arrays) == expected).all()
