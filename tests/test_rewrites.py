"""Each rewrite for speed keeps the value, and is applied where its condition holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain import plain_value

import einsgrad as eg
from einsgrad.engine.rewriting.determinant_products import (
    open_log_of_product,
)
from einsgrad.engine.rewriting.determinants import join_adjugate, open_log_of_det
from einsgrad.engine.rewriting.directions import guard_directions
from einsgrad.engine.rewriting.logistic import open_sigmoid, open_softplus, share_softplus
from einsgrad.engine.rewriting.regrouping import factored, flattened
from einsgrad.engine.rewriting.rewrites import (
    compare_arrays,
    multiply_out_power,
    open_logsumexp,
    open_norm,
    rewritten,
    share_exponentials,
    sign_steps,
    split_gram,
)
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.bounds import is_nonnegative
from einsgrad.testing.expressions import SIZES, expressions, values

GENERATOR = np.random.default_rng(0)
X, x, y, s, D, P = eg.variables("X[n,d] x[n] y[n] s[n] D[d,d] P[5,3,3]")
LARGE = {"n": 400, "d": 60}


def drawn(expr, sizes):
    return {
        v.name: GENERATOR.standard_normal([d if isinstance(d, int) else sizes[d] for d in v.shape])
        for v in variables_in(expr)
    }


def same_value(one, other, sizes):
    arrays = drawn(one, sizes)
    return np.allclose(
        plain_value(one, arrays, sizes), plain_value(other, arrays, sizes), rtol=1e-10, atol=1e-12
    )


RULES = {
    "softmax": (share_exponentials, eg.exp(x - eg.logsumexp(x))),
    "softmax of rows": (share_exponentials, eg.softmax(X)),
    "softmax of columns": (share_exponentials, eg.softmax(X, 0)),
    "logsumexp": (open_logsumexp, eg.logsumexp(X, 1)),
    "softplus": (open_softplus, eg.softplus(X)),
    "softplus of few": (open_softplus, eg.softplus(x)),
    "sigmoid": (open_sigmoid, eg.sigmoid(x)),
    "power": (multiply_out_power, x**5),
    "norm": (open_norm, eg.norm(X, axis=0)),
    "step": (sign_steps, eg.heaviside(x, 0)),
    "step between two": (compare_arrays, eg.heaviside(x - eg.tanh(y), 0.5)),
    "logarithm of a determinant": (open_log_of_det, eg.log(eg.det(X.T @ X))),
    "logarithm of the modulus of one": (open_log_of_det, eg.log(eg.abs(eg.det(P)))),
    "logarithm of another base": (open_log_of_det, eg.log10(eg.abs(eg.det(P)))),
    "logarithm of a multiple of one": (
        open_log_of_product,
        eg.log(eg.abs(-2 * eg.det(P) * eg.det(P @ P))),
    ),
    "adjugate": (join_adjugate, eg.simplify(eg.grad(eg.det(D), D))),
    "adjugate of a multiple": (join_adjugate, eg.simplify(eg.grad(eg.det(0.5 * (D + D.T)), D))),
    "adjugates": (join_adjugate, eg.grad(eg.sum(eg.det(P)), P)),
    "Gram product": (split_gram, eg.simplify(eg.einsum("ni,n,nj->ij", X, eg.exp(s), X))),
    "Gram product, two weights": (
        split_gram,
        eg.simplify(eg.einsum("ni,n,n,nj->ij", X, eg.sigmoid(s), 1 - eg.sigmoid(s), X)),
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_applies_and_keeps_the_value(name):
    rule, expr = RULES[name]
    better = rule(eg.simplify(expr), LARGE)
    assert better is not None
    assert same_value(expr, better, LARGE)
    assert eg.prove(expr, better).how == "proof"


KEPT = {
    "the logsumexp of something else": (share_exponentials, eg.exp(x - eg.logsumexp(y))),
    "a weighted logsumexp": (
        share_exponentials,
        eg.exp(x - eg.logsumexp(x) * eg.exp(eg.tanh(eg.sin(s)))),
    ),
    "a sum": (share_exponentials, eg.exp(x + eg.logsumexp(x))),
    "a power that is not whole": (multiply_out_power, eg.exp(x) ** s),
    "a step with another middle": (sign_steps, eg.heaviside(x, 0.5)),
    "a step at a number": (compare_arrays, eg.heaviside(x - 2, 0.5)),
    "a step of a sum": (compare_arrays, eg.heaviside(x + y, 0.5)),
    "the logarithm of a trace": (open_log_of_det, eg.log(eg.trace(D))),
    "the logarithm of a sum with a determinant": (open_log_of_product, eg.log(2 + eg.det(D))),
    "a determinant beside another inverse": (join_adjugate, eg.det(D) * eg.inverse(D.T + D)),
    "weights of unknown sign": (split_gram, eg.simplify(eg.einsum("ni,n,nj->ij", X, s, X))),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_rule_leaves_what_it_does_not_know(name):
    rule, expr = KEPT[name]
    assert rule(eg.simplify(expr), LARGE) is None


LENGTHS = {
    "a direction": x / eg.norm(x),
    "the Jacobian of directions": eg.jacobian(x / eg.norm(x), x),
    "the Hessian of a length": eg.hessian(eg.norm(x), x),
    "the Hessian of a function of a length": eg.hessian(eg.exp(eg.norm(x)), x),
    "lengths of rows": eg.grad(eg.sum(eg.norm(X, axis=1)), X),
    "lengths of differences": eg.grad(eg.sum(eg.hypot(x - y, s)), x),
    "a length within a function": eg.tanh(x / eg.norm(x)) + x,
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_vector_divided_by_its_length_is_0_where_that_is_0(name):
    expr = LENGTHS[name]
    (better,) = guard_directions([expr])
    assert better is not expr
    assert same_value(expr, better, {"n": 4, "d": 3})
    zeros = {key: np.zeros_like(a) for key, a in drawn(expr, {"n": 4, "d": 3}).items()}
    with np.errstate(all="raise"):
        assert (eg.evaluate(expr, **zeros) == 0).all()


def test_distances_of_all_pairs_have_derivatives_though_each_point_has_one_to_itself():
    distances = eg.norm(X[:, None] - X[None], axis=2)
    array = GENERATOR.standard_normal((4, 3))
    with np.errstate(all="raise"):
        for one in (eg.exp(-distances), distances * eg.log(1 + distances)):
            assert eg.check_grads(eg.sum(one), {"X": array}).order == 2
    apart = np.linalg.norm(array[:, None] - array[None], axis=2) + np.eye(4)
    slope = 2 * np.sum((array[:, None] - array[None]) / apart[:, :, None], axis=1)
    gradient = eg.grad(eg.sum(distances), X)
    assert np.allclose(eg.evaluate(gradient, X=array), slope)
    assert np.isfinite(eg.evaluate(eg.hvp(eg.sum(distances), X, X), X=array)).all()


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_code_for_other_libraries_divides_by_no_length_that_is_0(library):
    numpy = pytest.importorskip(library)
    f = eg.compile(eg.grad(eg.norm(x), x))
    f(x=np.ones(3))
    found: dict = {}
    exec(f.code(library.split(".")[0]), found)
    assert np.array_equal(np.asarray(found["compute"](numpy.zeros(3))), np.zeros(3))


LEFT = [1 / eg.norm(x), y / eg.norm(x), x / (x @ x), x / eg.norm(x) ** 3, eg.norm(x) * x]


@pytest.mark.parametrize("expr", LEFT, ids=range(len(LEFT)))
def test_other_divisions_by_a_length_stay_divisions_by_0(expr):
    assert guard_directions([eg.simplify(expr)])[0] is eg.simplify(expr)


def test_a_small_gram_product_is_left():
    rule, expr = RULES["Gram product"]
    assert rule(expr, {"n": 3, "d": 2}) is None


def test_a_gram_product_is_one_of_an_array_with_itself():
    f = eg.compile(eg.einsum("ni,n,nj->ij", X, eg.exp(s), X))
    a, w = GENERATOR.standard_normal((400, 60)), GENERATOR.standard_normal(400)
    assert np.allclose(f(X=a, s=w), (a.T * np.exp(w)) @ a)
    last = f.program.steps[-1]
    assert last.operands[0] is last.operands[1]


def test_what_is_contracted_with_the_same_is_added_first():
    expr = eg.einsum("nd,n->d", X, eg.tanh(x)) - eg.einsum("nd,n->d", X, y)
    (better,) = factored([eg.simplify(expr)])
    assert same_value(expr, better, LARGE)
    f = eg.compile(expr)
    f(**drawn(expr, LARGE))
    assert sum(len(getattr(step, "operands", ())) == 2 for step in f.program.steps) == 1


def test_a_product_that_only_one_product_uses_is_opened():
    A, B, C = eg.variables("A[m,n] B[n,k] C[k,l]")
    shared = A @ B
    alone = (A @ B) @ C
    assert len(flattened([alone])[0].operands) == 3
    assert len(flattened([alone, shared])[0].operands) == 2


def test_rows_of_softmax_attention_are_summed_from_the_output():
    Q, K, V, G = eg.variables("Q[q,d] K[k,d] V[k,e] G[q,e]")
    out = eg.softmax(Q @ K.T) @ V
    f = eg.compile(out, eg.vjp(out, Q, G))
    sizes = {"q": 30, "k": 50, "d": 8, "e": 4}
    arrays = {v.name: GENERATOR.standard_normal([sizes[d] for d in v.shape]) for v in (Q, K, V, G)}
    value, pulled = f(**arrays)
    scores = np.exp(arrays["Q"] @ arrays["K"].T)
    weights = scores / scores.sum(1, keepdims=True)
    direct = arrays["G"] @ arrays["V"].T
    direct = weights * (direct - (weights * direct).sum(1, keepdims=True))
    assert np.allclose(value, weights @ arrays["V"])
    assert np.allclose(pulled, direct @ arrays["K"])


EXTREME = np.array([-1e3, -745, -40, -30, -1, -1e-9, 0, 1e-9, 1, 30, 40, 709.5, 1e3])


@pytest.mark.parametrize("times", [1, 100])
def test_what_shares_a_softplus_is_accurate_everywhere(times):
    points = np.repeat(EXTREME, times)
    both = (eg.softplus(x), eg.sigmoid(x), 1 - eg.sigmoid(x))
    f = eg.compile(*both)
    with np.errstate(all="raise", under="ignore"):
        softplus, sigmoid, rest = f(x=points)
    assert not any(name in f.source for name in ("divide", "minimum"))
    tails = np.exp(-np.abs(points).astype(np.longdouble))
    smaller, larger = tails / (1 + tails), 1 / (1 + tails)
    wide = np.maximum(points, 0) + np.log1p(tails)
    np.testing.assert_allclose(softplus, wide.astype(float), rtol=1e-14, atol=1e-300)
    for found, grows in ((sigmoid, True), (rest, False)):
        exact = np.where((points > 0) == grows, larger, smaller).astype(float)
        np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-300)


def test_a_sigmoid_alone_is_not_written_by_a_softplus():
    (kept,) = share_softplus([eg.sigmoid(x)])
    assert kept is eg.sigmoid(x)
    _, other = share_softplus([eg.softplus(y), eg.sigmoid(x)])
    assert other is kept


@given(expressions(), st.integers(0, 99))
def test_all_rewrites_together_keep_value_and_shape(expr, seed):
    arrays = values(expr, seed)
    (better,) = rewritten([eg.simplify(expr)], SIZES)
    assert better.shape == expr.shape
    with np.errstate(all="ignore"):
        expected = plain_value(expr, arrays, SIZES)
        found = plain_value(better, arrays, SIZES)
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    assert np.allclose(found, expected, rtol=1e-8, atol=1e-8 * scale, equal_nan=True)


@given(expressions(), st.integers(0, 99))
def test_what_is_called_nonnegative_is(expr, seed):
    for candidate in (expr, expr * expr, eg.exp(expr), 1 - eg.tanh(expr) * eg.tanh(expr)):
        if is_nonnegative(eg.simplify(candidate)):
            with np.errstate(all="ignore"):
                value = plain_value(candidate, values(expr, seed), SIZES)
            assert not (np.asarray(value) < 0).any()


@pytest.mark.parametrize("size", [1e3, 800.0])
def test_stable_forms_do_not_overflow(size):
    v = np.array([size, -size, 0.0])
    (z,) = eg.variables("z[n]")
    total, gate, plus = eg.compile(eg.logsumexp(z), eg.sigmoid(z), eg.softplus(z))(z=v)
    assert total == size
    assert gate[[0, 2]].tolist() == [1.0, 0.5]
    assert 0 <= gate[1] < 1e-300
    assert np.allclose(plus, [size, 0.0, np.log(2)])
    assert eg.compile(eg.softmax(z))(z=v).tolist() == [1.0, 0.0, 0.0]
    lse = eg.compile(eg.logsumexp(z), inputs=(z,))
    assert lse(np.array([-np.inf, -np.inf])) == -np.inf
    assert lse(np.array([np.inf, 1.0])) == np.inf


def test_squares_are_multiplied_out_on_request():
    T, U, W = eg.variables("T[m,n] U[m,r] W[n,r]")
    loss = eg.sum_squares(T - eg.einsum("mr,nr->mn", U, W))
    wide = eg.expand_squares(loss)
    sizes = {"m": 30, "n": 40, "r": 2}
    assert same_value(loss, wide, sizes)
    arrays = drawn(loss, sizes)
    f = eg.compile(wide, *eg.grad(wide, (U, W)))
    expected = eg.compile(loss, *eg.grad(loss, (U, W)))(**arrays)
    assert all(np.allclose(a, b) for a, b in zip(f(**arrays), expected, strict=True))
    # The residual is never formed.
    assert all(step.target.shape != (30, 40) for step in f.program.steps)


# Functions of a matrix with their value by logarithms, and how often its inverse is the slope.
SCALED = {
    "twice": (lambda a: np.log(2 * np.linalg.det(a)), lambda d, n: np.log(2) + d, 1),
    "half": (lambda a: np.log(np.linalg.det(a) / 2), lambda d, n: d - np.log(2), 1),
    "modulus": (lambda a: np.log(np.abs(-3 * np.linalg.det(a))), lambda d, n: np.log(3) + d, 1),
    "two signs": (lambda a: np.log(-2 * np.linalg.det(a) * -1), lambda d, n: np.log(2) + d, 1),
    "square": (lambda a: np.log(np.linalg.det(a) ** 2), lambda d, n: 2 * d, 2),
    "two": (
        lambda a: np.log(np.linalg.det(a) * np.linalg.det(2 * a)),
        lambda d, n: 2 * d + np.log(2) * n,
        2,
    ),
    "base 2": (lambda a: np.log2(5 * np.linalg.det(a)) * np.log(2), lambda d, n: np.log(5) + d, 1),
}


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("n", [20, 400])
@pytest.mark.parametrize("scale", [0.01, 30.0])
def test_a_scaled_determinant_may_overflow_under_its_logarithm(name, n, scale):
    f, expected, times = SCALED[name]
    a = scale * (np.eye(n) + np.diag(np.full(n - 1, 0.25), 1))
    value, slope = eg.value_and_grad(f)(a)
    assert value == pytest.approx(expected(n * np.log(scale), n), rel=1e-12)
    assert np.allclose(slope, times * np.linalg.inv(a).T, rtol=1e-10)


def test_the_logarithm_of_a_negative_product_is_undefined():
    with np.errstate(invalid="ignore"):
        assert np.isnan(eg.value_and_grad(lambda a: np.log(-2 * np.linalg.det(a)))(np.eye(3))[0])


def test_a_positive_factor_beside_a_determinant_keeps_its_slope():
    a = 0.01 * np.eye(400)
    value, slope = eg.value_and_grad(lambda a: np.log(np.exp(a[0, 0]) * np.linalg.det(a)))(a)
    expected = 100 * np.eye(400)
    expected[0, 0] += 1
    assert value == pytest.approx(400 * np.log(0.01) + 0.01)
    assert np.allclose(slope, expected)


def test_the_determinants_of_a_batch_keep_their_factors():
    a = np.array([0.5, -2.0])[:, None, None] * np.eye(401)
    value, slope = eg.value_and_grad(
        lambda a, w: np.sum(np.log(np.abs(w * np.linalg.det(a)))), argnums=(0, 1)
    )(a, np.array([-3.0, 4.0]))
    assert value == pytest.approx(np.log(12))
    assert np.allclose(slope[0], np.linalg.inv(a))
    assert np.allclose(slope[1], [-1 / 3, 1 / 4])
