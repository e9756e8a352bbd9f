"""`eg.bridges.scipy`: one minimum by every method, exact derivatives, arrays by name."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einsgrad as eg

optimize = pytest.importorskip("scipy.optimize")
stats = pytest.importorskip("scipy.stats")
sparse = pytest.importorskip("scipy.sparse")

X, Y, W, b, penalty = eg.variables("X[n,k] Y[n,c] W[k,c] b[c] λ[]")
LOGITS = X @ W + b
ENTROPY = eg.mean(eg.logsumexp(LOGITS, axis=1) - eg.sum(Y * LOGITS, axis=1))
LOSS = ENTROPY + penalty * (eg.sum_squares(W) + eg.sum_squares(b))
ZEROS = {"W": np.zeros((3, 2)), "b": np.zeros(2)}
BOTH = ("Newton-CG", "trust-ncg", "trust-krylov", "trust-constr")
FIRST = ("CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP")
WITHOUT = ("Nelder-Mead", "Powell", "COBYLA")


def data(seed=0, samples=30):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, samples)
    return {"X": rng.standard_normal((samples, 3)), "Y": np.eye(2)[labels], "λ": 0.1}


def problem(seed=0):
    return eg.bridges.scipy(LOSS, (W, b), data(seed))


def loss_by_hand(W, b, X, Y, **penalty):
    logits = X @ W + b
    logits -= logits.max(axis=1, keepdims=True)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.mean(np.log((chances * Y).sum(axis=1))) + penalty["λ"] * (
        np.sum(W**2) + np.sum(b**2)
    )


def differences(function, place, step=1e-6):
    """Return the derivatives of a function of a vector by central differences, entries last."""
    moves = step * np.eye(len(place))
    return np.stack(
        [(function(place + one) - function(place - one)) / (2 * step) for one in moves], axis=-1
    )


def check_derivatives(problem, place):
    """Compare all derivatives of a number with differences of its values and gradients."""
    direction = np.arange(1.0, len(place) + 1)
    gradient, hessian = problem.jac(place), problem.hess(place)
    scale = 1 + np.abs(hessian).max()
    np.testing.assert_allclose(gradient, differences(problem.fun, place), atol=1e-6 * scale)
    np.testing.assert_allclose(hessian, differences(problem.jac, place), atol=1e-6 * scale)
    product = problem.hessp(place, direction)
    np.testing.assert_allclose(product, hessian @ direction, atol=1e-10 * scale)
    np.testing.assert_allclose(problem.operator(place) @ direction, product, atol=1e-12 * scale)
    value, same = problem.fun_and_jac(place)
    assert value == pytest.approx(problem.fun(place))
    np.testing.assert_array_equal(same, gradient)


def test_the_value_is_that_of_numpy():
    arrays = {"W": np.arange(6.0).reshape(3, 2) / 5, "b": np.array([0.5, -1.0])}
    stated = problem()
    found = stated.fun(stated.pack(arrays))
    assert type(found) is float
    assert found == pytest.approx(loss_by_hand(**arrays, **data()))


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_derivatives_are_those_of_differences(seed):
    check_derivatives(problem(seed), np.random.default_rng(seed).standard_normal(8))


def test_scipys_own_check_agrees():
    stated = problem()
    place = np.random.default_rng(1).standard_normal(8)
    assert optimize.check_grad(stated.fun, stated.jac, place) < 1e-6


@pytest.mark.parametrize("method", [None, *FIRST, *BOTH, "trust-exact", "dogleg"])
def test_every_method_with_derivatives_finds_one_minimum(method):
    stated = problem()
    found = stated.minimize(ZEROS, method=method, tol=1e-9)
    exact = optimize.minimize(
        lambda z: loss_by_hand(z[:6].reshape(3, 2), z[6:], **data()), np.zeros(8), tol=1e-10
    )
    assert found.method == (method or "trust-exact")
    np.testing.assert_allclose(found.x["W"].ravel(), exact.x[:6], atol=2e-4)
    np.testing.assert_allclose(found.x["b"], exact.x[6:], atol=2e-4)
    np.testing.assert_array_equal(stated.pack(found.x), found.x_flat)
    assert found.fun == pytest.approx(exact.fun)


@pytest.mark.parametrize("method", WITHOUT)
def test_methods_without_derivatives_are_given_none(method):
    x, a = eg.variables("x[2] a[2]")
    stated = eg.bridges.scipy(eg.sum_squares(x - a), x, a=[1, 2])
    assert stated.minimize({"x": 0}, method=method).x["x"] == pytest.approx([1, 2], abs=1e-3)


@pytest.mark.parametrize(
    "method", ["L-BFGS-B", "TNC", "SLSQP", "trust-constr", "Nelder-Mead", None]
)
def test_bounds_by_name_hold(method):
    x, y = eg.variables("x[3] y[]")
    stated = eg.bridges.scipy(eg.sum((x - np.pi) ** 2) + (y + 1) ** 2 + (y * x[0]) ** 2, (x, y))
    found = stated.minimize(
        {"x": 0, "y": 0.5}, bounds={"x": (None, [2.0, 9.0, 1.0]), "y": (0, None)}, method=method
    )
    np.testing.assert_allclose(found.x["x"], [2, np.pi, 1], atol=1e-3)
    assert found.x["y"] == pytest.approx(0, abs=1e-3)
    if method is None:
        assert found.method == "L-BFGS-B"


def test_what_a_solver_gave_is_a_start():
    stated = problem()
    found = stated.minimize(ZEROS, tol=1e-8)
    assert stated.minimize(found.x, tol=1e-8).nit == 0
    assert sparse.linalg.cg(stated.operator(found.x_flat), np.ones(8))[1] == 0


def test_many_unknowns_are_minimized_without_the_hessian():
    x, a = eg.variables("x[n] a[n]")
    goal = np.linspace(-1, 1, 5000)
    stated = eg.bridges.scipy(eg.sum_squares(x - a) + eg.sum((x - a) ** 4), x, a=goal)
    found = stated.minimize({"x": 0}, tol=1e-8)
    assert found.method == "trust-ncg"
    np.testing.assert_allclose(found.x["x"], goal, atol=1e-6)
    assert "nhev" in found


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov"])
def test_methods_that_take_products_only_get_these_for_many_unknowns(method, monkeypatch):
    x, a = eg.variables("x[n] a[n]")
    stated = eg.bridges.scipy(eg.sum_squares(x - a), x, a=np.ones(1000))
    given = []
    monkeypatch.setattr(
        optimize, "minimize", lambda *_, **named: given.append(named) or {"x": np.zeros(1000)}
    )
    stated.minimize({"x": 0}, method=method)
    assert "hessp" in given[0]
    assert "hess" not in given[0]


# What is declared, how many entries of a 3×3 matrix are free, and a matrix made of any.
DECLARED = {
    "symmetric": (6, lambda A: A + A.T),
    "skew": (3, lambda A: A - A.T),
    "diagonal": (3, lambda A: np.diag(np.diag(A))),
    "lower": (6, np.tril),
    "upper": (6, np.triu),
}


@pytest.mark.parametrize("said", DECLARED)
def test_the_free_entries_of_declared_matrices_are_the_unknowns(said):
    count, make = DECLARED[said]
    S, x, A = eg.variables("S[n,n] x[n] A[n,n]", **{said: "S"})
    rng = np.random.default_rng(2)
    energy = eg.sum(eg.exp(S @ x / 3)) + eg.sum((S - A) ** 3) + eg.sum_squares(x)
    stated = eg.bridges.scipy(energy, (S, x), A=rng.standard_normal((3, 3)))
    arrays = {"S": make(rng.standard_normal((3, 3))), "x": rng.standard_normal(3)}
    place = stated.pack(arrays)
    assert place.shape == (count + 3,)
    for name, array in stated.unpack(place).items():
        np.testing.assert_array_equal(array, arrays[name])
    check_derivatives(stated, place)


def test_tensors_with_exchanged_axes_have_free_entries_too():
    (T,) = eg.variables("T[n,n,n]", symmetric={"T": "ab"})
    stated = eg.bridges.scipy(eg.sum(T**3) * T[0, 1, 0], T, sizes={"n": 2})
    place = np.random.default_rng(0).standard_normal(6)
    array = stated.unpack(place)["T"]
    np.testing.assert_array_equal(array, array.transpose(1, 0, 2))
    check_derivatives(stated, place)


def test_a_symmetric_matrix_is_fitted_within_bounds_of_its_entries():
    S, A = eg.variables("S[n,n] A[n,n]", symmetric="S")
    goal = np.array([[1.0, 4.0], [2.0, 9.0]])
    stated = eg.bridges.scipy(eg.sum((S - A) ** 2), S, A=goal)
    np.testing.assert_allclose(stated.minimize({"S": 0}).x["S"], (goal + goal.T) / 2, atol=1e-6)
    high = np.array([[9.0, 9.0], [2.0, 5.0]])
    found = stated.minimize({"S": 0}, bounds={"S": (None, high)})
    np.testing.assert_allclose(found.x["S"], [[1, 2], [2, 5]], atol=1e-6)


def test_bounds_of_skew_matrices_are_turned_for_the_other_triangle():
    A, C = eg.variables("A[n,n] C[n,n]", skew="A")
    goal = np.array([[0.0, 5.0], [-5.0, 0.0]])
    stated = eg.bridges.scipy(eg.sum((A - C) ** 2), A, C=goal)
    found = stated.minimize({"A": 0}, bounds={"A": ([[0, -9], [-9, 0]], [[0, 3], [4, 0]])})
    np.testing.assert_allclose(found.x["A"], [[0, 3], [-3, 0]], atol=1e-6)
    with pytest.raises(eg.ArgumentError, match="exclude each other"):
        stated.minimize({"A": 0}, bounds={"A": ([[0, 2], [2, 0]], None)})


def test_sizes_come_from_data_from_the_start_or_are_given():
    x, y = eg.variables("x[n] y[n-1]")
    energy = eg.sum(x**2) + eg.sum((y - 1) ** 2)
    for arrays, sizes in (({"x": np.ones(3), "y": np.ones(2)}, None), ({"x": 1, "y": 1}, {"n": 3})):
        found = eg.bridges.scipy(energy, (x, y), sizes=sizes).minimize(arrays)
        np.testing.assert_allclose(found.x["x"], np.zeros(3), atol=1e-6)
        assert found.x["y"].shape == (2,)
    (v,) = eg.variables("v[k]")
    with pytest.raises(eg.ArgumentError, match="size of dim 'n' is not known"):
        eg.bridges.scipy(energy + eg.sum(v), (x, y, v)).fun(np.ones(5))
    with pytest.raises(eg.ArgumentError, match="size of dim 'n' is not known"):
        eg.bridges.scipy(energy, (x, y)).minimize({"x": 0, "y": 0})
    with pytest.raises(eg.ArgumentError, match="no dim here is called 'q'"):
        eg.bridges.scipy(energy, (x, y), sizes={"q": 3})


def test_the_length_of_a_vector_tells_one_size():
    x, y, S, v = eg.variables("x[n] y[n-1] S[n,n] v[m,k]", symmetric="S")
    stated = eg.bridges.scipy(eg.sum(x**2) + eg.sum(y) ** 2 + eg.trace(S) ** 2, (x, y, S))
    for size in range(1, 6):
        count = size + size - 1 + size * (size + 1) // 2
        arrays = stated.unpack(np.arange(count))
        assert [array.shape for array in arrays.values()] == [(size,), (size - 1,), (size, size)]
        found = stated.minimize(arrays)
        assert stated.fun(found.x_flat) == found.fun
    with pytest.raises(eg.ShapeError, match="does not follow from a vector of 3 unknowns"):
        stated.jac(np.zeros(3))
    empty = eg.bridges.scipy(eg.sum(v), v, sizes={"m": 0})
    with pytest.raises(eg.ShapeError, match="does not follow from a vector of 0 unknowns"):
        empty.fun([])


def test_arrays_are_named_by_names_variables_and_keywords():
    stated = eg.bridges.scipy(LOSS, (W, b), {X: data()["X"], "Y": data()["Y"]}, λ=0.1)
    vector = stated.pack(W=ZEROS["W"] + 1, b=2)
    np.testing.assert_array_equal(vector, [1, 1, 1, 1, 1, 1, 2, 2])
    np.testing.assert_array_equal(stated.pack({W: ZEROS["W"] + 1, b: [2, 2]}), vector)
    assert stated.fun(vector) == problem().fun(vector)
    assert repr(stated) == "<problem in W[k,c], b[c] with data X, Y, λ>"
    assert pickle.loads(pickle.dumps(stated)).fun(vector) == stated.fun(vector)
    arrays = stated.unpack(vector)
    arrays["W"][:] = 0
    assert vector[0] == 1


def test_arrays_in_single_precision_are_computed_in_double():
    A, x, y = eg.variables("A[m,n] x[n] y[m]")
    given = np.random.default_rng(0).standard_normal((5, 2)).astype("float32")
    stated = eg.bridges.scipy(eg.sum_squares(A @ x - y), x, A=given, y=np.arange(5))
    assert stated.jac(np.zeros(2, "float32")).dtype == np.float64
    exact = np.linalg.lstsq(given.astype(float), np.arange(5.0))[0]
    np.testing.assert_allclose(stated.minimize({"x": 0}, tol=1e-9).x["x"], exact, rtol=1e-9)


def test_integers_are_looked_up():
    T, place, y = eg.variables("T[v] place[e] y[e]")
    stated = eg.bridges.scipy(
        eg.sum_squares(T[place] - y), T, place=[0, 2, 0, 1], y=[1.0, 5, 3, 7], sizes={"v": 3}
    )
    np.testing.assert_allclose(stated.minimize({"T": 0}).x["T"], [2, 7, 5], atol=1e-6)


def test_complex_data_may_make_a_real_number():
    A, x, y = eg.variables("A[m,n] x[n] y[m]", complex="A, y")
    rng = np.random.default_rng(0)
    given = rng.standard_normal((4, 2)) + 1j * rng.standard_normal((4, 2))
    values = rng.standard_normal(4) + 1j
    stated = eg.bridges.scipy(eg.sum_squares(A @ x - y), x, A=given, y=values)
    rows = np.concatenate([given.real, given.imag])
    exact = np.linalg.lstsq(rows, np.concatenate([values.real, values.imag]))[0]
    np.testing.assert_allclose(stated.minimize({"x": 0}).x["x"], exact, rtol=1e-6)


def test_a_number_with_a_linear_or_constant_gradient():
    (x,) = eg.variables("x[2]")
    stated = eg.bridges.scipy(3 * x[0] - x[1], x)
    np.testing.assert_array_equal(stated.hess([1, 2]), np.zeros((2, 2)))
    np.testing.assert_array_equal(stated.jac([1, 2]), [3, -1])
    found = stated.minimize({"x": 0}, bounds={"x": (-1, 2)})
    np.testing.assert_array_equal(found.x["x"], [-1, 2])


STEPPING_BACK = ["BFGS", "CG", "SLSQP", "trust-exact", "dogleg", *BOTH]


@pytest.mark.parametrize("method", STEPPING_BACK)
def test_methods_step_back_where_there_is_no_value(method):
    x, c = eg.variables("x[2] c[2]")
    stated = eg.bridges.scipy(eg.sum(c * (x - 3 * eg.log(x))), x, c=[1, 50])
    found = stated.minimize({"x": 20}, method=method)
    np.testing.assert_allclose(found.x["x"], [3, 3], atol=2e-3)


@pytest.mark.parametrize("method", [None, "BFGS", "trust-ncg"])
def test_methods_step_back_where_a_matrix_has_no_factor(method):
    S, C = eg.variables("S[n,n] C[n,n]", symmetric="S")
    samples = np.random.default_rng(0).standard_normal((50, 3))
    moments = samples.T @ samples / 50
    energy = eg.trace(S @ C) - 2 * eg.sum(eg.log(np.diagonal(eg.cholesky(S))))
    found = eg.bridges.scipy(energy, S, C=moments).minimize({"S": 5 * np.eye(3)}, method=method)
    np.testing.assert_allclose(found.x["S"], np.linalg.inv(moments), atol=1e-3)


def test_constraints_are_expressions_with_exact_derivatives():
    x, y = eg.variables("x[2] y[]")
    stated = eg.bridges.scipy(eg.sum((x - 2) ** 2) + y**2, (x, y))
    on_circle = (eg.sum_squares(x) + y, 2.0, 2.0)
    for method in (None, "SLSQP"):
        found = stated.minimize({"x": 0.5, "y": 0.1}, constraints=on_circle, method=method)
        value = np.sum(found.x["x"] ** 2) + found.x["y"]
        assert value == pytest.approx(2, abs=1e-6)
        # Lagrange: the gradients are parallel.
        slopes = np.array([*2 * (found.x["x"] - 2), 2 * found.x["y"]])
        of_constraint = np.array([*2 * found.x["x"], 1])
        factor = slopes @ of_constraint / (of_constraint @ of_constraint)
        np.testing.assert_allclose(slopes, factor * of_constraint, atol=1e-3)
    several = [(x * x[1], None, [0.5, 9]), optimize.LinearConstraint([[0, 0, 1]], 1, 2)]
    found = stated.minimize({"x": 0.5, "y": 1}, constraints=several)
    assert found.method == "trust-constr"
    assert found.x["x"].prod() == pytest.approx(0.5, abs=1e-3)
    assert found.x["y"] == pytest.approx(1, abs=1e-3)


def test_the_hessian_of_a_constraint_is_that_of_differences(monkeypatch):
    x, y = eg.variables("x[n] y[]")
    given = []
    monkeypatch.setattr(
        optimize, "minimize", lambda *_, **named: given.append(named) or {"x": np.zeros(3)}
    )
    stated = eg.bridges.scipy(eg.sum_squares(x) + y**2, (x, y))
    stated.minimize({"x": [1, 2], "y": 3}, constraints=(eg.exp(x) * y**2, 0, 1))
    (made,) = given[0]["constraints"]
    place, weights = np.array([0.3, -0.5, 0.7]), np.array([2.0, -3.0])
    np.testing.assert_allclose(made.jac(place), differences(made.fun, place), atol=1e-8)
    second = differences(lambda z: weights @ made.jac(z), place)
    np.testing.assert_allclose(made.hess(place, weights), second, atol=1e-8)


def test_the_callback_gets_named_arrays():
    stated, seen = problem(), []
    found = stated.minimize(ZEROS, callback=seen.append)
    assert len(seen) == found.nit
    np.testing.assert_array_equal(seen[-1]["W"], found.x["W"])

    def told(intermediate_result):
        seen.append(intermediate_result)

    found = stated.minimize(ZEROS, callback=told, method="BFGS")
    assert seen[-1].fun == found.fun
    np.testing.assert_array_equal(seen[-1].x["b"], found.x["b"])
    np.testing.assert_array_equal(seen[-1].x_flat, found.x_flat)


@pytest.mark.parametrize("method", ["trust-constr", "TNC", "SLSQP", "COBYLA", "Nelder-Mead"])
def test_the_callback_gets_named_arrays_from_every_kind_of_method(method):
    (x,) = eg.variables("x[2]")
    seen = []
    stated = eg.bridges.scipy(eg.sum((x - 1) ** 4), x)
    stated.minimize({"x": 0}, callback=seen.append, method=method)
    assert seen
    assert all(list(arrays) == ["x"] for arrays in seen)


def test_trust_constr_tells_a_callback_its_state_if_it_takes_one():
    (x,) = eg.variables("x[2]")
    steps = []
    eg.bridges.scipy(eg.sum((x - 1) ** 2), x).minimize(
        {"x": 0},
        method="trust-constr",
        callback=lambda arrays, state: steps.append((arrays["x"], state.nit)),
    )
    assert [count for _, count in steps] == list(range(1, len(steps) + 1))


def test_a_callback_stops():
    def stop(arrays):
        raise StopIteration

    assert problem().minimize(ZEROS, callback=stop).nit == 1


def raising(kind):
    def told(*_, **__):
        raise kind("of the user")

    return told


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError])
@pytest.mark.parametrize("place", ["callback", "method"])
def test_what_a_function_of_the_user_raises_passes_through(kind, place):
    with pytest.raises(kind, match="of the user") as caught:
        problem().minimize(ZEROS, **{place: raising(kind)})
    assert type(caught.value) is kind


def test_a_solver_of_the_user_is_called_with_everything():
    def newton(fun, x0, args=(), jac=None, hess=None, hessp=None, bounds=None, **options):
        step = np.linalg.solve(hess(x0), -jac(x0))
        np.testing.assert_allclose(hessp(x0, step), -jac(x0))
        assert bounds.ub[0] == 9
        return optimize.OptimizeResult(x=x0 + step, fun=fun(x0 + step))

    x, a = eg.variables("x[2] a[2]")
    stated = eg.bridges.scipy(eg.sum_squares(x - a), x, a=[1, 2])
    found = stated.minimize({"x": 0}, method=newton, bounds={"x": (None, 9)})
    np.testing.assert_allclose(found.x["x"], [1, 2])
    assert found.method == "newton"


@pytest.mark.parametrize("method", ["trf", "dogbox", "lm"])
def test_linear_least_squares_have_the_closed_form(method):
    A, x, y = eg.variables("A[m,n] x[n] y[m]")
    rng = np.random.default_rng(3)
    arrays = {"A": rng.standard_normal((10, 3)), "y": rng.standard_normal(10)}
    stated = eg.bridges.scipy(A @ x - y, x, arrays)
    found = stated.least_squares({"x": 0}, method=method)
    exact = np.linalg.lstsq(arrays["A"], arrays["y"])[0]
    np.testing.assert_allclose(found.x["x"], exact, atol=1e-9)
    np.testing.assert_allclose(found.jac, arrays["A"])
    assert found.method == method


def test_a_curve_is_fitted_within_bounds():
    a, r, t, y = eg.variables("a[] r[] t[n] y[n]")
    times = np.linspace(0, 2, 20)
    stated = eg.bridges.scipy(a * eg.exp(-r * t) - y, (a, r), t=times, y=3 * np.exp(-times / 2))
    found = stated.least_squares({"a": 1, "r": 1}, loss="soft_l1")
    assert (found.x["a"], found.x["r"]) == (pytest.approx(3), pytest.approx(0.5))
    found = stated.least_squares({"a": 1, "r": 1}, bounds={"a": (0, 2)})
    assert found.x["a"] == pytest.approx(2)


def test_residuals_of_tensors_have_their_jacobian():
    A, V, y = eg.variables("A[m,n] V[n,k] y[k]")
    rng = np.random.default_rng(0)
    stated = eg.bridges.scipy(
        eg.tanh(A @ V) * y, (y, V), A=rng.standard_normal((4, 3)), sizes={"k": 2}
    )
    place = rng.standard_normal(8)
    assert stated.residuals(place).shape == (8,)
    np.testing.assert_allclose(
        stated.residual_jac(place), differences(stated.residuals, place), atol=1e-8
    )
    symmetric, C = eg.variables("S[n,n] C[n,n]", symmetric="S")
    stated = eg.bridges.scipy(symmetric @ symmetric - C, symmetric, C=np.eye(3))
    place = rng.standard_normal(6)
    np.testing.assert_allclose(
        stated.residual_jac(place), differences(stated.residuals, place), atol=1e-7
    )


def test_a_jacobian_with_few_entries_is_sparse():
    x, d = eg.variables("x[n] d[n]")
    stated = eg.bridges.scipy(np.concatenate([x - d, x[1:] ** 2 - x[:-1]]), x, d=np.ones(400))
    found = stated.least_squares({"x": 0.5})
    assert sparse.issparse(found.jac)
    assert found.jac.nnz == 400 + 2 * 399
    np.testing.assert_allclose(found.x["x"], 1, atol=1e-6)
    np.testing.assert_array_equal(found.jac.toarray(), stated.residual_jac(found.x_flat))
    dense = stated.least_squares({"x": 0.5}, tr_solver="exact", max_nfev=2)
    assert not sparse.issparse(dense.jac)


def test_a_sparse_jacobian_in_a_symmetric_matrix():
    S, C = eg.variables("S[n,n] C[n,n]", symmetric="S")
    stated = eg.bridges.scipy(S * S - C, S, C=np.full((30, 30), 4.0))
    found = stated.least_squares({"S": 1})
    assert sparse.issparse(found.jac)
    assert found.jac.shape == (900, 465)
    np.testing.assert_allclose(found.x["S"], 2)


@pytest.mark.parametrize("method", ["hybr", "lm", "krylov", "broyden1", "df-sane"])
def test_a_square_root_of_a_matrix_is_a_root(method):
    R, C = eg.variables("R[n,n] C[n,n]")
    matrix = np.array([[5.0, 2.0], [2.0, 3.0]])
    found = eg.bridges.scipy(R @ R - C, R, C=matrix).root({"R": 2 * np.eye(2)}, method=method)
    np.testing.assert_allclose(found.x["R"] @ found.x["R"], matrix, atol=1e-4)
    assert found.method == method


def test_a_normal_model_has_the_estimates_of_the_textbook():
    L, mean, y = eg.variables("L[n,n] mean[n] y[s,n]", lower="L")
    samples = stats.multivariate_normal([1, 2], [[2, 1], [1, 3]], seed=0).rvs(200)
    away = (y - mean) @ L
    likelihood = eg.sum_squares(away) / 2 / 200 - eg.sum(eg.log(np.diagonal(L)))
    found = eg.bridges.scipy(likelihood, (L, mean), y=samples).minimize({"L": np.eye(2), "mean": 0})
    np.testing.assert_allclose(found.x["mean"], samples.mean(axis=0), atol=1e-4)
    precision = found.x["L"] @ found.x["L"].T
    np.testing.assert_allclose(np.linalg.inv(precision), np.cov(samples.T, bias=True), atol=1e-3)


A, x, y, u = eg.variables("A[m,n] x[n] y[m] u[k]")
SQUARES = eg.sum_squares(A @ x - y)
GIVEN = {"A": np.array([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]]), "y": np.ones(3)}
z, H = eg.variables("z[n] H[n,n]", complex="z", hermitian="H")
Q, D = eg.variables("Q[n,n] D[n,n]", orthogonal="Q", positive_definite="D")


@pytest.mark.parametrize(
    ("arguments", "arrays", "kind", "says"),
    [
        (("ij,j->i", x), {}, eg.ArgumentTypeError, "an einsum string has no names"),
        ((lambda x: x, x), {}, eg.ArgumentTypeError, "an expression is expected"),
        ((SQUARES, ()), GIVEN, eg.ArgumentError, "there is no variable"),
        ((SQUARES, "x"), GIVEN, eg.ArgumentTypeError, "a derivative is taken in a variable"),
        ((SQUARES, (x, x)), GIVEN, eg.ArgumentError, "is given twice"),
        ((SQUARES, (x, u)), GIVEN, eg.ArgumentError, r"u\[k\] does not occur"),
        ((SQUARES, x), {"A": GIVEN["A"]}, eg.ArgumentError, r"no array given for y\[m\]"),
        ((SQUARES, x), {**GIVEN, "x": [1, 2]}, eg.ArgumentError, "among the unknowns"),
        ((SQUARES, x), {**GIVEN, "q": 1}, eg.ArgumentError, "'q' is none of the variables"),
        ((SQUARES, x), {**GIVEN, "A": [1]}, eg.ShapeError, "needs 2 axes"),
        ((SQUARES, x), {**GIVEN, "y": np.ones(4)}, eg.ShapeError, "has size 4 where dim m is 3"),
        ((SQUARES, x), {**GIVEN, "y": 1j * np.ones(3)}, eg.DtypeError, "declared real"),
        ((SQUARES, x), {**GIVEN, "y": "abc"}, eg.DtypeError, "dtype"),
        ((SQUARES, x, [1]), GIVEN, eg.ArgumentTypeError, "data: a mapping of names"),
        ((eg.sum(eg.abs(z)), z), {}, eg.DtypeError, "scipy's unknowns are real"),
        ((eg.sum(z * x), x), {"z": [1, 2]}, eg.ArgumentError, "is complex"),
        ((eg.sum(Q @ x), Q), {"x": [1, 2]}, eg.ArgumentError, "skew-symmetric variable"),
        ((eg.logdet(D), D), {}, eg.ArgumentError, "lower triangular variable"),
        ((eg.real(eg.trace(H)), H), {}, eg.DtypeError, "scipy's unknowns are real"),
    ],
)
def test_what_states_no_problem_is_refused(arguments, arrays, kind, says):
    with pytest.raises(kind, match=says):
        eg.bridges.scipy(*arguments, **arrays)


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda p, r: p.fun([1, 2, 3]), eg.ShapeError, "a vector of 2 unknowns"),
        (lambda p, r: p.jac([1j, 2]), eg.DtypeError, "complex"),
        (lambda p, r: p.hessp([1, 2], [1]), eg.ShapeError, "a vector of 2 unknowns"),
        (lambda p, r: r.fun([1, 2]), eg.ShapeError, "what is minimized is a number"),
        (lambda p, r: r.minimize({"x": 0}), eg.ShapeError, "what is minimized is a number"),
        (lambda p, r: p.least_squares({"x": 0}), eg.ShapeError, "takes residuals"),
        (lambda p, r: p.minimize({}), eg.ArgumentError, "nothing is given for 'x'"),
        (lambda p, r: p.minimize([0, 0]), eg.ArgumentTypeError, "a mapping of names"),
        (lambda p, r: p.minimize({"x": [0, 0, 0]}), eg.ShapeError, "size 3 where dim n is 2"),
        (lambda p, r: p.minimize({"x": 0, "A": 1}), eg.ArgumentError, "none of the variables"),
        (lambda p, r: p.minimize({"x": 1j}), eg.DtypeError, "start of x is complex"),
        (lambda p, r: p.minimize({"x": np.nan}), eg.ArgumentError, "the start is infinite or nan"),
        (lambda p, r: p.minimize({"x": 1e308}), eg.ArgumentError, "nan at the start"),
        (lambda p, r: p.minimize({"x": 0}, method="newton"), eg.ArgumentError, "Give one of"),
        (lambda p, r: p.minimize({"x": 0}, method=3), eg.ArgumentTypeError, "Give one of"),
        (lambda p, r: p.minimize({"x": 0}, options=3), eg.ArgumentTypeError, "a mapping"),
        (lambda p, r: p.minimize({"x": 0}, tol=-1), eg.ArgumentError, "no positive number"),
        (lambda p, r: p.minimize({"x": 0}, callback=3), eg.ArgumentTypeError, "a function"),
        (
            lambda p, r: p.minimize({"x": 0}, method="BFGS", bounds={"x": (0, 1)}),
            eg.ArgumentError,
            "takes no bounds",
        ),
        (
            lambda p, r: p.minimize({"x": 0}, method="cg", constraints=(x[0], 0, 1)),
            eg.ArgumentError,
            "takes no constraints",
        ),
        (lambda p, r: p.minimize({"x": 0}, bounds=(0, 1)), eg.ArgumentTypeError, "a mapping"),
        (lambda p, r: p.minimize({"x": 0}, bounds={"q": (0, 1)}), eg.ArgumentError, "'q'"),
        (lambda p, r: p.minimize({"x": 0}, bounds={"x": 1}), eg.ArgumentTypeError, "one pair"),
        (
            lambda p, r: p.minimize({"x": 0}, bounds={"x": [(0, 1), (0, 1)]}),
            eg.ArgumentTypeError,
            "one pair",
        ),
        (lambda p, r: p.minimize({"x": 0}, bounds={"x": (1, 0)}), eg.ArgumentError, "above"),
        (lambda p, r: p.minimize({"x": 0}, bounds={"x": (1, 2)}), eg.ArgumentError, "between"),
        (lambda p, r: p.minimize({"x": 0}, bounds={"x": (0, 1j)}), eg.DtypeError, "complex"),
        (
            lambda p, r: p.minimize({"x": 0}, bounds={"x": ([0, 0, 0], None)}),
            eg.ShapeError,
            "does not broadcast",
        ),
        (
            lambda p, r: p.minimize({"x": 0}, constraints=(u[0], 0, 1)),
            eg.ArgumentError,
            "none of the variables",
        ),
        (lambda p, r: p.minimize({"x": 0}, constraints=3), eg.ArgumentTypeError, "is none"),
        (lambda p, r: r.least_squares({"x": 0}, method="q"), eg.ArgumentError, "Give one of"),
        (lambda p, r: r.least_squares({"x": 0}, loss="q"), eg.ArgumentError, "scipy refuses"),
        (
            lambda p, r: p.minimize({"x": 0}, options={"gtol": "q"}),
            eg.ArgumentError,
            "scipy refuses",
        ),
        (lambda p, r: r.least_squares({"x": 0}, jac=1), eg.ArgumentError, "no option 'jac'"),
        (lambda p, r: r.least_squares({"x": 1e308}), eg.ArgumentError, "a residual is infinite"),
        (
            lambda p, r: r.least_squares({"x": 0}, method="lm", bounds={"x": (0, 1)}),
            eg.ArgumentError,
            "lm takes no bounds",
        ),
        (
            lambda p, r: r.least_squares({"x": 0}, bounds={"x": (0, 0)}),
            eg.ArgumentError,
            "a lower bound is the upper one",
        ),
        (lambda p, r: r.root({"x": 0}), eg.ArgumentError, "has 3 entries"),
        (lambda p, r: r.root({"x": 0}, method="q"), eg.ArgumentError, "Give one of"),
        (lambda p, r: p.pack(), eg.ArgumentError, "nothing is given for 'x'"),
        (lambda p, r: p.pack({"x": 0}, x=0), eg.ArgumentError, "given twice"),
        (lambda p, r: p.unpack([1]), eg.ShapeError, "a vector of 2 unknowns"),
    ],
)
def test_what_does_not_fit_a_problem_is_refused(call, kind, says):
    number = eg.bridges.scipy(SQUARES, x, GIVEN)
    with pytest.raises(kind, match=says):
        call(number, eg.bridges.scipy(A @ x - y, x, GIVEN))


def test_nothing_to_find_is_refused_and_no_data_are_taken():
    stated = eg.bridges.scipy(SQUARES, x, A=np.ones((0, 2)), y=np.ones(0))
    np.testing.assert_array_equal(stated.minimize({"x": 0}).x["x"], [0, 0])
    stated = eg.bridges.scipy(SQUARES, x, A=np.ones((2, 0)), y=np.ones(2))
    with pytest.raises(eg.ArgumentError, match="no unknowns"):
        stated.minimize({"x": 0})


def test_importing_einsgrad_loads_no_bridge_and_stating_a_problem_no_scipy():
    code = (
        "import sys, einsgrad as eg; loaded = lambda: {'scipy', 'einsgrad.bridges', 'numpy'} & "
        "set(sys.modules); print(loaded()); (x,) = eg.variables('x[2]'); "
        "eg.bridges.scipy(eg.sum(x**2), x).fun([1, 2]); print('scipy' in loaded())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(Path(eg.__file__).parent.parent)},
    )
    assert done.stdout == "set()\nFalse\n"


def test_without_scipy_a_problem_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(eg.ArgumentError, match=r"pip install 'einsgrad\[special\]'"):
        eg.bridges.scipy(SQUARES, x, GIVEN)


def test_matrices_that_would_be_too_large_are_not_formed():
    (v,) = eg.variables("v[n]")
    large = np.zeros(10**5)
    stated = eg.bridges.scipy(eg.sum(v) ** 2, v, sizes={"n": len(large)})
    with pytest.raises(eg.SizeError, match="Use hessp or operator"):
        stated.hess(large)
    np.testing.assert_array_equal(stated.hessp(large, large + 1), large + 2e5)
    residuals = eg.bridges.scipy(eg.sum(v) * v, v)
    with pytest.raises(eg.SizeError, match="the Jacobian is a matrix"):
        residuals.least_squares({"v": large}, method="lm")


def test_a_jacobian_that_would_be_too_large_is_an_operator():
    v, d, S = eg.variables("v[n] d[n] S[2,2]", symmetric="S")
    goal = np.ones(30_000)
    stated = eg.bridges.scipy(v + eg.mean(v) * eg.sum(S) - d, (S, v), d=goal)
    place = stated.pack(S=[[1, 2], [2, 4]], v=goal)
    operator = stated._residuals(place).jacobian_operator(place)
    direction = np.linspace(-1, 1, len(place))
    step = 1e-6 * direction
    moved = stated.residuals(place + step) - stated.residuals(place - step)
    np.testing.assert_allclose(operator @ direction, moved / 2e-6, atol=1e-7)
    weight = np.cos(np.arange(len(goal)))
    assert weight @ (operator @ direction) == pytest.approx((operator.T @ weight) @ direction)
    found = stated.least_squares({"S": 1, "v": 0.0})
    assert isinstance(found.jac, sparse.linalg.LinearOperator)
    assert found.cost == pytest.approx(0, abs=1e-12)


def test_a_start_without_a_gradient_is_refused():
    (v,) = eg.variables("v[2]")
    stated = eg.bridges.scipy(eg.sum(eg.sqrt(v)), v)
    with pytest.raises(eg.ArgumentError, match="the value or its gradient is infinite or nan"):
        stated.minimize({"v": 0})
    found = stated.minimize({"v": 1}, method="Nelder-Mead", bounds={"v": (0, None)})
    np.testing.assert_allclose(found.x["v"], 0, atol=1e-3)


def test_two_variables_of_one_name_are_refused():
    (one,), (other,) = eg.variables("v[n]"), eg.variables("v[m]")
    with pytest.raises(eg.ArgumentError, match="two variables are called 'v'"):
        eg.bridges.scipy(eg.sum(one) * eg.sum(other), one, v=[1, 2])
