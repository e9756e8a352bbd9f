"""Every row of the function tables: first and second derivatives over its domain, its value."""

import math
import warnings

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.rows import ELEMENTWISE, REDUCTIONS
from einsgrad.expressions.tables.spellings import needs_scipy
from einsgrad.expressions.vocabulary.application import apply


def drawn(row):
    generator = np.random.default_rng(0)
    return {
        f"v{place}": generator.uniform(low, high, 4) for place, (low, high) in enumerate(row.domain)
    }


def arguments(row):
    return eg.variables(" ".join(f"v{place}[n]" for place in range(row.arity)))


# Differences pass what no derivative shall pass.
DIFFERENTIATED = [row for row in ELEMENTWISE.values() if row.name != "stop_gradient"]


@pytest.mark.parametrize("row", DIFFERENTIATED, ids=str)
def test_a_row_has_right_first_and_second_derivatives(row):
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    expr, arrays = apply(row, *arguments(row)), drawn(row)
    fixed = {f"v{place}" for place, (low, high) in enumerate(row.domain) if low == high}
    if fixed:
        # An argument whose interval is a point is a parameter, such as an order.
        parameters = [2 if f"v{place}" in fixed else v for place, v in enumerate(arguments(row))]
        expr = apply(row, *parameters)
        arrays = {name: array for name, array in arrays.items() if name not in fixed}
    report = eg.check_grads(expr, arrays, order=2)
    assert report.numbers >= 4


@pytest.mark.parametrize("row", ELEMENTWISE.values(), ids=str)
def test_a_row_is_printed_with_its_name(row):
    assert repr(apply(row, *arguments(row))).startswith(f"{row.name}(")
    assert "{0}" not in row.latex.format(*"xyz")


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_a_reduction_has_right_derivatives(name, axis):
    (Z,) = eg.variables("Z[m,n]")
    array = np.random.default_rng(1).standard_normal((3, 4))
    assert eg.check_grads(getattr(eg, name)(Z, axis=axis), {"Z": array}).order == 2


# Parts of decompositions are tested by what does not depend on signs: `test_decompositions.py`.
@pytest.mark.parametrize("name", [name for name in MATRIX_FUNCTIONS if hasattr(eg, name)])
@pytest.mark.parametrize("dims", ["n,n", "b,n,n"])
def test_a_matrix_function_has_right_derivatives(name, dims):
    if needs_scipy(MATRIX_FUNCTIONS[name].numpy):
        pytest.importorskip("scipy")
    (X,) = eg.variables(f"X[{dims}]")
    shape = (2, 3, 3)[-len(X.shape) :]
    array = np.random.default_rng(2).standard_normal(shape) + 3 * np.eye(3)
    assert eg.check_grads(getattr(eg, name)(X), {"X": array}).order == 2


def test_prod_is_right_where_entries_vanish():
    (x,) = eg.variables("x[n]")
    gradient = eg.grad(eg.prod(x), x)
    assert (eg.evaluate(gradient, x=[2.0, 0.0, 3.0]) == [0, 6, 0]).all()
    hessian = eg.hessian(eg.prod(x), x)
    assert (eg.evaluate(hessian, x=[0.0, 0.0, 3.0]) == [[0, 3, 0], [3, 0, 0], [0, 0, 0]]).all()


def test_values_at_kinks_are_those_that_the_rows_state():
    (x,) = eg.variables("x[n]")
    zero = np.zeros(1)
    assert eg.evaluate(eg.grad(eg.sum(eg.relu(x)), x), x=zero) == 0
    assert eg.evaluate(eg.grad(eg.sum(eg.abs(x)), x), x=zero) == 0
    assert eg.evaluate(eg.grad(eg.norm(x), x), x=zero) == 0
    assert eg.evaluate(eg.grad(eg.sum(eg.maximum(x, 0)), x), x=zero) == 0.5
    tied = eg.evaluate(eg.grad(eg.max(x), x), x=[1.0, 1.0, 0.0])
    assert (tied == [0.5, 0.5, 0]).all()


@pytest.mark.parametrize(
    "name", ["logsumexp", "softmax", "sigmoid", "softplus", "log_softmax", "silu"]
)
def test_values_and_derivatives_stay_finite_at_a_thousand(name):
    (x,) = eg.variables("x[n]")
    value = getattr(eg, name)(x)
    extreme = np.array([-1e3, 0.0, 1e3, 1e3])
    first = eg.jacobian(value, x)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        for expr in (value, first, eg.jacobian(first, x)):
            assert np.isfinite(eg.evaluate(expr, x=extreme)).all()


def test_the_sign_of_a_complex_number_is_its_direction():
    (z,) = eg.variables("z[n]", complex="z")
    array = np.array([3 + 4j, 0, -2, -1j])
    assert np.allclose(eg.evaluate(eg.sign(z), z=array), np.sign(array))
    assert eg.parse("sign(z)", "z[n]", complex="z") is eg.sign(z)
    assert eg.check_grads(eg.sign(z), {"z": np.array([3 + 4j, -2.0 + 1j])}).order == 2


def test_softplus_written_out_does_not_overflow():
    (x,) = eg.variables("x[n]")
    for written in (eg.log1p(eg.exp(x)), eg.log(1 + eg.exp(x)), eg.log(eg.exp(x) + 1)):
        assert eg.simplify(written) is eg.softplus(x)
    assert eg.simplify(1 / (1 + eg.exp(-x))) is eg.sigmoid(x)


def test_a_function_of_ones_own_is_differentiated_printed_and_evaluated():
    if "gudermann" not in ELEMENTWISE:
        gudermann = eg.define(
            "gudermann",
            lambda x: 2 * np.arctan(np.tanh(x / 2)),
            lambda m, x, y: m.reciprocal(m.cosh(x)),
        )
    (x,) = eg.variables("x[n]")
    assert repr(gudermann(x)) == "gudermann(x)"
    assert math.isclose(eg.evaluate(gudermann(x), x=[1.0])[0], 0.865769483239659)
    assert eg.check_grads(gudermann(x), {"x": np.array([0.3, 1.0])}).order == 2


def test_a_taken_name_is_refused():
    with pytest.raises(eg.ArgumentError, match="is taken"):
        eg.define("tanh", np.tanh, lambda m, x, y: 1 - y * y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_derivatives_keep_the_dtype_of_the_arrays(dtype):
    A, x = eg.variables("A[m,n] x[n]", complex="A x" if dtype is np.complex128 else ())
    loss = eg.real(eg.mean(eg.tanh(A @ x) * 2 + eg.where(1, 0.5, 0) + eg.sum(x) / 3))
    arrays = {"A": np.full((2, 3), 0.5, dtype), "x": np.full(3, 0.25, dtype)}
    for expr in (eg.grad(loss, x), eg.grad(loss, A)):
        assert eg.evaluate(expr, sizes={"m": 2}, **arrays).dtype == dtype


def test_a_complex_array_for_a_real_variable_is_refused():
    (x,) = eg.variables("x[n]")
    for use in (eg.evaluate, lambda expr, **arrays: eg.check_grads(expr, arrays)):
        with pytest.raises(eg.DtypeError, match="declared real"):
            use(eg.conj(x), x=np.array([1j]))


WITH_COMPLEX_PARTS = {
    "modulus": lambda m, x, z: m.abs(z * x),
    "modulus of a sum": lambda m, x, z: m.abs(m.sum(z * m.exp(x))),
    "real part": lambda m, x, z: m.real(m.exp(1j * x) * z),
    "imaginary part": lambda m, x, z: x * m.imag(z / x),
    "conjugate": lambda m, x, z: m.conj(z * x) * m.exp(2j * x),
    "a real function": lambda m, x, z: m.tanh(m.real(z) * x) * m.abs(x + 1j),
}


@pytest.mark.parametrize("name", WITH_COMPLEX_PARTS)
def test_real_variables_have_jacobians_beside_complex_ones(name):
    f = WITH_COMPLEX_PARTS[name]
    (x,), (z,) = eg.variables("x[n]"), eg.variables("z[n]", complex="z")
    point, other = np.array([0.7, -1.2, 0.4]), np.array([1 + 2j, 0.5 - 1j, -2 + 0.3j])
    slopes = [
        (f(np, point + step, other) - f(np, point - step, other)) / 2e-6
        for step in 1e-6 * np.eye(3)
    ]
    wanted = np.stack(slopes, -1)
    found = [
        eg.evaluate(eg.jacobian(f(eg, x, z), x), x=point, z=other),
        eg.jacobian(lambda a: f(np, a, other))(point),
        eg.jacobian(lambda a, b: f(np, a, b))(point, other),
    ]
    for one in found:
        assert np.allclose(one, wanted, rtol=1e-6, atol=1e-7)
    total = eg.sum(eg.square(eg.abs(f(eg, x, z))))
    assert eg.check_grads(total, {"x": point, "z": other}, wrt=x, order=2).numbers
    with pytest.raises(eg.EinsgradError, match="not complex differentiable"):
        eg.jacobian(f(eg, x, z) + eg.conj(z), z)


def test_the_normal_distribution_has_all_digits_in_its_tails():
    pytest.importorskip("scipy")
    (x,) = eg.variables("x[n]")
    far = np.array([-40.0, -1e3])
    slope = eg.evaluate(eg.grad(eg.sum(eg.log_ndtr(x)), x), x=far)
    # The inverse Mills ratio in the tail: t + 1/t - 2/t³ + 10/t⁵ - ...
    t = -far
    assert np.allclose(slope, t + 1 / t - 2 / t**3 + 10 / t**5, rtol=1e-9)
