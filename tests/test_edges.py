"""Values and derivatives at 0, at infinity, at nan, far out, and of singular matrices."""

import warnings

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.calculus.derivatives import jvp
from einsgrad.expressions.tables.rows import ELEMENTWISE
from einsgrad.expressions.tables.spellings import needs_scipy
from einsgrad.expressions.vocabulary.application import apply
from einsgrad.expressions.walks import variables_in

INF, NAN = np.inf, np.nan
x, y, v, w = eg.variables("x[n] y[n] v[n] w[n]")
s, t = eg.variables("s t")
(A,) = eg.variables("A[n,n]")
(B,) = eg.variables("B[b,n,n]")
(Z,) = eg.variables("Z[n,n]", complex="Z")


def evaluated(expr, sizes=None, **arrays):
    with np.errstate(all="ignore"):
        return np.asarray(eg.evaluate(expr, sizes=sizes, **arrays))


def agree(found, wanted, rtol=1e-12):
    return np.allclose(found, wanted, rtol=rtol, atol=0, equal_nan=True)


# Points, and what value and slope are there; worked out by hand as limits.
ONE_ARGUMENT = {
    "exp": ([-INF, -800, 800, INF], [0, 0, INF, INF], [0, 0, INF, INF]),
    "log": ([0, INF], [-INF, INF], [INF, 0]),
    "log1p": ([-1, 1e-300, INF], [-INF, 1e-300, INF], [INF, 1, 0]),
    "expm1": ([-INF, 1e-300, -800], [-1, 1e-300, -1], [0, 1, 0]),
    "sqrt": ([0, 1e-300, INF], [0, 1e-150, INF], [INF, 5e149, 0]),
    "cbrt": ([0, -8, INF], [0, -2, INF], [INF, 1 / 12, 0]),
    "reciprocal": ([INF, -INF, 1e300], [0, 0, 1e-300], [0, 0, 0]),
    "arctan": ([-INF, 0, 1e300], [-np.pi / 2, 0, np.pi / 2], [0, 1, 0]),
    "tanh": ([-INF, 400, 0], [-1, 1, 0], [0, 0, 1]),
    "arctanh": ([-1, 1, 0], [-INF, INF, 0], [INF, INF, 1]),
    "sigmoid": ([-INF, -1e308, -800, 0, 800, INF], [0, 0, 0, 0.5, 1, 1], [0, 0, 0, 0.25, 0, 0]),
    "softplus": ([-INF, -1e308, 0, 1e308, INF], [0, 0, np.log(2), 1e308, INF], [0, 0, 0.5, 1, 1]),
    "silu": ([-1.7e308, -1e300, -800, 0, 1e308], [0, 0, 0, 0, 1e308], [0, 0, 0, 0.5, 1]),
    "gelu": ([-INF, -1e300, 0, 1e300], [0, 0, 0, 1e300], [NAN, 0, 0.5, 1]),
    "erf": ([-INF, -1e300, 0, INF], [-1, -1, 0, 1], [0, 0, 2 / np.sqrt(np.pi), 0]),
    "relu": ([-INF, -0.0, 0, 1e-310, INF], [0, 0, 0, 1e-310, INF], [0, 0, 0, 1, 1]),
    "abs": ([-INF, 0, -1e-310], [INF, 0, 1e-310], [-1, 0, -1]),
    "logit": ([0, 0.5, 1], [-INF, 0, INF], [INF, 4, INF]),
    "sinc": ([0, 1e-160, 1], [1, 1, 0], [0, -(np.pi**2) / 3 * 1e-160, -1]),
}


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_values_and_slopes_of_one_argument_are_the_limits(name):
    row = ELEMENTWISE[name]
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    points, values, slopes = ONE_ARGUMENT[name]
    expr = apply(row, x)
    arrays = {"x": np.array(points, float)}
    assert np.allclose(evaluated(expr, **arrays), values, rtol=1e-12, atol=1e-16)
    found = evaluated(eg.grad(eg.sum(expr), x), **arrays)
    assert np.allclose(found, slopes, rtol=1e-9, atol=1e-300, equal_nan=True)
    forward = evaluated(jvp(expr, [(x, eg.ones("n"))]), **arrays)
    assert np.allclose(forward, slopes, rtol=1e-9, atol=1e-300, equal_nan=True)


# Two arguments, the value, and the slope in each.
TWO_ARGUMENTS = {
    "power": [
        (0, 2, 0, 0, 0),
        (0, 1, 0, 1, 0),
        (0, 0.5, 0, INF, 0),
        (0, 0, 1, 0, 0),
        (3, 0, 1, 0, np.log(3)),
        (-2, 3, -8, 12, NAN),
        (-2, 0, 1, 0, NAN),
        (1e-200, 2, 0, 2e-200, 0),
    ],
    "logaddexp": [
        (-INF, 1, 1, 0, 1),
        (800, -800, 800, 1, 0),
        (0, INF, INF, 0, 1),
        (1e160, 1e160, 1e160, 0.5, 0.5),
    ],
    "xlogy": [(0, 0, 0, -INF, 0), (0, 2, 0, np.log(2), 0), (3, INF, INF, INF, 0)],
    "hypot": [(0, 0, 0, 0, 0), (0, 1e-160, 1e-160, 0, 1), (3e200, 4e200, 5e200, 0.6, 0.8)],
    "maximum": [
        (1, 1, 1, 0.5, 0.5),
        (-INF, 2, 2, 0, 1),
        (INF, -INF, INF, 1, 0),
        (-INF, -INF, -INF, 0.5, 0.5),
    ],
    "minimum": [(1, 1, 1, 0.5, 0.5), (-INF, 2, -INF, 1, 0), (INF, INF, INF, 0.5, 0.5)],
    "arctan2": [(0, 1, 0, 1, 0), (1, 0, np.pi / 2, 0, -1), (1e160, 1, np.pi / 2, 0, 0)],
}


@pytest.mark.parametrize("name", TWO_ARGUMENTS)
def test_values_and_slopes_of_two_arguments_are_the_limits(name):
    first, second, *wanted = (
        np.array(column, float) for column in zip(*TWO_ARGUMENTS[name], strict=True)
    )
    expr = apply(ELEMENTWISE[name], x, y)
    arrays = {"x": first, "y": second}
    found = [expr, *eg.grad(eg.sum(expr), (x, y))]
    for one, values in zip(found, wanted, strict=True):
        assert np.allclose(evaluated(one, **arrays), values, 1e-9, 1e-300, equal_nan=True)


def test_a_power_has_the_same_slope_for_a_number_and_for_an_array():
    for exponent in (2.0, 3.0, 0.5, -1.0):
        points = np.array([0.0, 2.0, 1e-160])
        by_number = evaluated(eg.grad(eg.sum(x**exponent), x), x=points)
        array = np.full(3, exponent)
        by_array = evaluated(eg.grad(eg.sum(x**y), x), x=points, y=array)
        assert agree(by_number, by_array, 1e-9)
    assert eg.grad(lambda y: 0.0**y)(2.0) == 0
    assert str(eg.grad(eg.sum(x**3), x)) == str(eg.simplify(3 * x**2))


@pytest.mark.parametrize("row", ELEMENTWISE.values(), ids=str)
def test_a_nan_reaches_the_value_and_every_slope(row):
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    if row.real_valued and row.name not in ("abs", "real", "imag"):
        pytest.skip("a comparison with nan is false")
    if row.name in ("nan_to_num", "fmax", "fmin"):
        pytest.skip("a number is what it has in the place of nan")
    expr = apply(row, *eg.variables("v0[n] v1[n] v2[n]")[: row.arity])
    for place in range(row.arity):
        arrays = {
            f"v{k}": np.full(2, 0.4 * low + 0.6 * high) for k, (low, high) in enumerate(row.domain)
        }
        if row.name in ("polygamma", "sinc_derivative", "erfcx_derivative") and place == 0:
            continue
        if row.name == "copysign" and place == 1:
            # A nan has a sign.
            continue
        arrays[f"v{place}"] = np.array([NAN, 1.0])
        if row.name == "where" and place == 0:
            arrays["v1"] = np.full(2, NAN)
        if row.name == "where" and place == 2:
            arrays["v0"] = np.zeros(2)
        if row.name in ("heaviside", "xlogy", "power") and place == 1:
            arrays["v0"] = np.full(2, 0.0 if row.name == "heaviside" else 2.0)
        value = evaluated(expr, **arrays)
        if row.name != "imag":
            assert np.isnan(value[0]), (row, place)
        if row.partials[place] is None or row.name in ("where", "deg2rad", "rad2deg"):
            continue
        variable = eg.variables(f"v{place}[n]")[0]
        try:
            slope = evaluated(eg.grad(eg.sum(expr), variable), **arrays)
        except eg.ArgumentError as error:
            if "no closed derivative" not in str(error):
                raise
            # An order or a parameter in which none is known.
            continue
        linear = row.name in ("xlogy", "xlog1py", "remainder", "fmod") and place == 0
        assert np.isnan(slope[0]) or linear, (row, place)


def test_the_norm_of_a_vector_with_a_nan_has_no_gradient_but_nan():
    for norm in (eg.norm(x), eg.norm(2 * x) + 1, eg.sqrt(eg.norm(x))):
        assert np.isnan(evaluated(eg.grad(norm, x), x=[1.0, NAN, 0.0])).all()
    rows = evaluated(eg.grad(eg.sum(eg.norm(A, axis=1)), A), A=[[NAN, 1.0], [3.0, 4.0]])
    assert agree(rows, [[NAN, NAN], [0.6, 0.8]])


def test_largest_entries_at_infinity_and_nan():
    gradient = eg.grad(eg.max(x), x)
    assert agree(evaluated(gradient, x=[-INF, 1.0, INF]), [0, 0, 1])
    assert agree(evaluated(gradient, x=[INF, INF, 0.0]), [0.5, 0.5, 0])
    assert np.isnan(evaluated(gradient, x=[1.0, NAN])).all()
    assert np.isnan(evaluated(eg.max(x), x=[1.0, NAN]))


@pytest.mark.parametrize(
    "entries", [[2.0, 3.0, 5.0], [0.0, 3.0, 5.0], [0.0, 0.0, 5.0], [0.0] * 3, [1e20, 3.0, 1e-20]]
)
def test_the_derivatives_of_a_product_leave_entries_out(entries):
    entries = np.array(entries)
    first = [np.prod(np.delete(entries, k)) for k in range(3)]
    second = [
        [0 if j == k else np.prod(np.delete(entries, [j, k])) for k in range(3)] for j in range(3)
    ]
    assert agree(evaluated(eg.grad(eg.prod(x), x), x=entries), first)
    assert agree(evaluated(eg.hessian(eg.prod(x), x), x=entries), second)


def test_the_product_with_an_infinite_entry_has_the_slopes_of_the_others():
    found = evaluated(eg.grad(eg.prod(x), x), x=[INF, 2.0, 3.0])
    assert agree(found, [6, INF, INF])


def test_softmax_and_logsumexp_far_out():
    logits = [1e5, 0.0, -INF]
    assert agree(evaluated(eg.logsumexp(x), x=logits), 1e5)
    assert agree(evaluated(eg.grad(eg.logsumexp(x), x), x=logits), [1, 0, 0])
    assert agree(evaluated(eg.softmax(x), x=logits), [1, 0, 0])
    assert agree(evaluated(eg.log_softmax(x), x=logits), [0, -1e5, -INF])
    assert np.isnan(evaluated(eg.softmax(x), x=[NAN, 1.0])).all()


@pytest.mark.parametrize("scale", [1.0, 300.0, 360.0, 400.0, 700.0, 1e4])
def test_a_softmax_written_out_is_right_or_nan(scale):
    logits = np.array([1.0, 0.9, 0.999]) * scale
    shifted = np.exp(logits - logits.max())
    p, weights = shifted / shifted.sum(), np.array([1.0, 2.0, -1.0])
    exact = p * (weights - p @ weights)
    found = evaluated(eg.grad(w @ (eg.exp(x) / eg.sum(eg.exp(x))), x), x=logits, w=weights)
    assert (np.isclose(found, exact, rtol=1e-9, atol=1e-14) | np.isnan(found)).all()


# Expressions with numbers that must not be folded, as functions of expressions or of arrays.
NUMBERS = {
    "tiny factors apart": lambda x, y: (x * 1e-170) * (y * 1e-170),
    "a tiny and a large factor": lambda x, y: (x * 1e200) * (y * 1e-200),
    "a tiny divisor": lambda x, y: x / 4e-311 + y,
    "the least divisor": lambda x, y: x / 5e-324,
    "large factors": lambda x, y: x * 1e180 * 1e180,
    "there and back": lambda x, y: (x * 1e-315) / 1e-315,
    "a divisor and its inverse": lambda x, y: y / 1e-320 * 1e-320,
    "large divisors": lambda x, y: (x / 1e250) / 1e250,
    "sums of the same": lambda x, y: x * 1e308 + x * 1e308,
    "a large difference": lambda x, y: 1e200 * (x - y),
    "a small sum": lambda x, y: (x * 1e-200 + y * 1e-200) * 1e200,
    "a sign": lambda x, y: -(x * 1e-300) * y * 1e300,
    "nearly the largest": lambda x, y: 1.7e308 * (2 * x) + y,
    "many": lambda x, y: (x * 1e-250) * (y * 1e-250) * 1e300 * 1e200,
    "a shift": lambda x, y: (1e-300 * x + 1e-300) * 1e300,
    "a square": lambda x, y: (1e-200 * x) * (1e-200 * x),
    "twice large": lambda x, y: 1e160 * (1e160 * (x * y)),
}
POINTS = [0.0, 1.0, -3.0, 1e-10, 1e10, 1e-160, 1e160, 1e-200, 1e200, 1e-310, 1e300, -1e308]


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_not_folded_where_that_changes_a_value(name):
    first, second = (grid.ravel() for grid in np.meshgrid(POINTS, POINTS))
    expr = NUMBERS[name](x, y)
    with np.errstate(all="ignore"):
        wanted = NUMBERS[name](first, second)
    arrays = {"x": first, "y": second}
    for found in (expr, eg.simplify(expr), eg.simplify(eg.simplify(expr))):
        values = evaluated(found, **arrays)
        # Where numpy overflows on the way, a finite value is no fault.
        known = np.isfinite(wanted)
        assert np.allclose(values[known], wanted[known], rtol=1e-6, atol=0)
    with np.errstate(all="ignore"):
        compiled = eg.compile(expr)(x=first, y=second)
    assert agree(compiled, evaluated(expr, **arrays))
    assert eg.simplify(eg.simplify(expr)) is eg.simplify(expr)


def test_sums_over_products_with_tiny_numbers_keep_them_apart():
    expr = eg.sum((1e-200 * A) @ (1e-200 * x))
    found = evaluated(expr, A=1e200 * np.eye(2), x=[1e200, 2e200])
    assert agree(found, 3)
    gradient = evaluated(eg.grad(expr, x), A=1e200 * np.eye(2), x=[1e200, 2e200])
    assert agree(gradient, [1e-200, 1e-200])


def test_numbers_of_single_precision_are_not_folded_out_of_its_range():
    single = np.array([1e30, 1e-30, 3.0], np.float32)
    for expr, wanted in (
        ((x * 1e-30) * (y * 1e-30), [1, 1e-60, 9e-60]),
        (x / 1e-40, [INF, 1e10, INF]),
        ((x * 1e30) * (y * 1e-30), [INF, 1e-60, 9]),
    ):
        arrays = {v.name: single for v in (x, y) if v.name in repr(expr)}
        found = evaluated(expr, **arrays)
        assert found.dtype == np.float32
        assert np.allclose(found, wanted, rtol=1e-5, atol=1e-45)


def test_ordinary_numbers_are_folded_as_before():
    assert eg.simplify(2 * (x / 4) * (3 * y)) is eg.simplify(1.5 * x * y)
    assert eg.simplify(1e-5 * (1e-5 * x)) is eg.simplify((1e-5 * 1e-5) * x)
    assert eg.simplify(-(1e-200 * x)) is eg.simplify(-1e-200 * x)


# Expressions that choose, and their derivative entry by entry, as one would write it.
CHOICES = {
    "an infinite slope behind": (
        eg.sqrt(eg.where(eg.greater(x, 0), x, y)),
        lambda x, y: np.where(x > 0, 0.5 / np.sqrt(np.where(x > 0, x, 1)), 0),
    ),
    "an infinite slope before": (
        eg.where(eg.greater(x, 0), eg.sqrt(x), 0),
        lambda x, y: np.where(x > 0, 0.5 / np.sqrt(np.where(x > 0, x, 1)), 0),
    ),
    "a quotient": (
        eg.where(eg.not_equal(x, 0), eg.sin(x) / x, 1),
        lambda x, y: np.where(
            x != 0, np.cos(x) / np.where(x, x, 1) - np.sin(x) / np.where(x, x, 1) ** 2, 0
        ),
    ),
    "in the other branch": (
        eg.where(eg.less_equal(x, 0), y, x * eg.log(x)),
        lambda x, y: np.where(x > 0, np.log(np.where(x > 0, x, 1)) + 1, 0),
    ),
    "both": (
        eg.square(eg.where(eg.greater(x, 0), eg.reciprocal(x), 3 * x)),
        lambda x, y: np.where(x > 0, -2 / np.where(x, x, 1) ** 3, 18 * x),
    ),
    "one within another": (
        eg.where(eg.greater(x, 2), x, eg.where(eg.greater(x, 0), eg.log(x), eg.exp(x))),
        lambda x, y: np.where(x > 2, 1, np.where(x > 0, 1 / np.where(x, x, 1), np.exp(x))),
    ),
    "times a root": (
        3 * x * eg.where(eg.greater(x, 0), eg.sqrt(x), 0) + eg.where(eg.greater(x, 0), 1, x),
        lambda x, y: np.where(x > 0, 4.5 * np.sqrt(np.abs(x)), 1),
    ),
}
CHOSEN_AT = np.array([-1.5, 0.0, 0.25, 4.0]), np.array([0.0, 0.0, 1.0, 2.0])


@pytest.mark.parametrize("name", CHOICES)
def test_the_derivative_of_a_choice_chooses(name):
    expr, derivative = CHOICES[name]
    points, others = CHOSEN_AT
    with np.errstate(all="ignore"):
        wanted = derivative(points, others)
    arrays = {"x": points, "y": others}
    given = {v.name: arrays[v.name] for v in (x, y) if v.name in repr(expr)}
    assert agree(evaluated(eg.grad(eg.sum(expr), x), **given), wanted, 1e-9)
    assert agree(evaluated(eg.jacobian(expr, x), **given), np.diag(wanted), 1e-9)
    assert agree(evaluated(jvp(expr, [(x, eg.ones("n"))]), **given), wanted, 1e-9)
    with np.errstate(all="ignore"):
        assert agree(eg.compile(eg.grad(eg.sum(expr), x))(**given), wanted, 1e-9)
    step = 1e-5 * (points != 0)
    with np.errstate(all="ignore"):
        upper, lower = derivative(points + step, others), derivative(points - step, others)
    hessian = np.diag(evaluated(eg.hessian(eg.sum(expr), x), **given))
    assert np.isfinite(hessian).all()
    away = points != 0
    assert np.allclose(hessian[away], (upper - lower)[away] / 2e-5, rtol=1e-6, atol=1e-6)


def test_a_step_that_meets_an_infinite_slope_is_no_nan():
    points, others = np.array([-1.0, 4.0, 0.25]), np.array([0.0, 0.0, 9.0])
    for expr, wanted in (
        (eg.sqrt(eg.maximum(x, 0)), [0, 0.25, 1]),
        (eg.sqrt(eg.relu(x)), [0, 0.25, 1]),
        (eg.sqrt(2 * eg.maximum(x, y)), [0, 0.5**1.5, 0]),
        (eg.power(eg.relu(x), 0.25), [0, 0.25 * 4**-0.75, 0.25 * 0.25**-0.75]),
        (eg.reciprocal(eg.minimum(x, 0)), [-1, 0, 0]),
    ):
        given = {"x": points} | ({"y": others} if "y" in repr(expr) else {})
        assert agree(evaluated(eg.grad(eg.sum(expr), x), **given), wanted)
        assert agree(evaluated(eg.jacobian(expr, x), **given), np.diag(wanted))
        assert np.isfinite(evaluated(eg.hessian(eg.sum(expr), x), **given)).all()
    clipped = eg.show(eg.grad(eg.sum(eg.log(eg.maximum(x, 1e-9))), x))
    assert "where(" not in clipped


def test_guards_of_quotients_are_not_shown():
    assert eg.show(eg.hessian(eg.norm(x), x)) == "(I - x xᵀ / ‖x‖²) / ‖x‖"
    assert eg.show(eg.grad(eg.sum(x**y), x)) == "y ⊙ x^∘(y - 1)"
    assert "where" not in eg.show(eg.grad(eg.sum(x**y), y))


def test_a_choice_within_products_and_sums_chooses():
    chosen = eg.where(eg.greater(x, 0), s / x, t)
    for expr, variable, wanted in (
        (eg.sum(chosen), s, 1 / 4),
        (eg.sum(chosen), t, 2),
        (v @ chosen, s, 3 / 4),
        (v @ chosen, t, 3),
    ):
        arrays = {"x": [-1.0, 0.0, 4.0], "s": 2.0, "t": 1.0, "v": [1.0, 2.0, 3.0]}
        given = {name: arrays[name] for name in arrays if name != "v" or "v" in repr(expr)}
        assert agree(evaluated(eg.grad(expr, variable), **given), wanted)
    rows = eg.sum(eg.where(eg.greater(x, 0), A @ eg.sqrt(y), 0))
    found = evaluated(eg.grad(rows, A), x=[-1.0, 1.0], A=np.ones((2, 2)), y=[4.0, 9.0])
    assert agree(found, [[0, 0], [2, 3]])


def cofactors(matrix):
    size = len(matrix)
    found = np.ones(matrix.shape, matrix.dtype)
    for i in range(size):
        for j in range(size):
            minor = np.delete(np.delete(matrix, i, 0), j, 1)
            found[i, j] = (-1) ** (i + j) * (np.linalg.det(minor) if size > 1 else 1)
    return found


MATRICES = {
    "regular": np.random.default_rng(0).standard_normal((3, 3)),
    "rank 2": np.arange(9.0).reshape(3, 3),
    "rank 2, diagonal": np.diag([2.0, 0.0, 3.0]),
    "rank 1": np.ones((3, 3)),
    "rank 0": np.zeros((3, 3)),
    "nilpotent": np.diag([1.0, 1.0], 1),
    "tiny": 1e-120 * np.eye(3),
}


@pytest.mark.parametrize("name", MATRICES)
def test_the_gradient_of_det_is_the_matrix_of_cofactors(name):
    matrix = MATRICES[name]
    wanted = cofactors(matrix)
    found = evaluated(eg.grad(eg.det(A), A), A=matrix)
    assert np.allclose(found, wanted, rtol=1e-9, atol=1e-15 * np.abs(matrix).max() ** 2)
    number = 3 * eg.det(A) ** 2 + eg.trace(A)
    slope = evaluated(eg.grad(number, A), A=matrix)
    assert np.allclose(slope, 6 * np.linalg.det(matrix) * wanted + np.eye(3), atol=1e-13)


def test_the_gradient_of_det_in_a_batch_and_of_complex_matrices():
    batch = np.array(list(MATRICES.values()))
    found = evaluated(eg.grad(eg.sum(eg.det(B)), B), B=batch)
    assert np.allclose(found, [cofactors(one) for one in batch], rtol=1e-9, atol=1e-13)
    singular = np.array([[1, 1j], [1j, -1]])
    gradient = evaluated(eg.grad(eg.real(eg.det(Z)), Z), Z=singular)
    assert agree(gradient, cofactors(singular).conj(), 1e-9)
    assert agree(evaluated(eg.grad(eg.det(A), A), A=[[0.0]]), [[1]])
    assert np.isnan(evaluated(eg.grad(eg.det(A), A), A=[[NAN, 1.0], [1.0, 2.0]])).all()


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
def test_the_logarithm_of_a_determinant_is_not_that_of_a_number_out_of_range(factor):
    matrix = factor * np.eye(150)
    wanted = 150 * np.log(factor)
    assert agree(evaluated(eg.log(eg.det(A)), A=matrix), wanted)
    assert agree(evaluated(eg.log(eg.abs(eg.det(A))), A=-matrix), wanted)
    assert agree(evaluated(eg.log(eg.abs(eg.det(Z))), Z=1j * matrix), wanted)
    assert agree(evaluated(eg.grad(eg.log(eg.det(A)), A), A=matrix), np.eye(150) / factor)
    assert np.isnan(evaluated(eg.log(eg.det(A)), A=-np.eye(3)))
    assert evaluated(eg.log(eg.det(A)), A=np.zeros((2, 2))) == -INF


def test_matrix_functions_of_a_nan_are_nan_also_together():
    matrix = [[NAN, 1.0], [1.0, 2.0]]
    for expr in (eg.det(A) + eg.logdet(A), eg.logdet(A) * eg.trace(eg.inverse(A))):
        assert np.isnan(evaluated(expr, A=matrix))


TIES = {
    "a sum and the lesser of it": lambda f, other: eg.maximum(f, eg.minimum(f, other)),
    "a sum and itself, kept apart": lambda f, other: eg.minimum(f, eg.maximum(f, f)),
    "a sum and what clips it": lambda f, other: eg.maximum(eg.minimum(other, f), f),
}


@pytest.mark.parametrize("name", TIES)
def test_slopes_of_sums_that_are_one_number_add_up_to_one(name):
    points = np.random.default_rng(5).standard_normal((3, 200))
    given = dict(zip("xyz", points, strict=True))
    z = eg.variables("z[n]")[0]
    for total in (x + y + z, x - 0.1 * y, 3 * (x - z) + 0.7, eg.log(eg.exp(x + y))):
        expr = TIES[name](total, eg.sum(x * x) + 1e3)
        arrays = {v.name: given[v.name] for v in variables_in(expr)}
        plain = {v.name: given[v.name] for v in variables_in(total)}
        wanted = evaluated(eg.grad(eg.sum(total), x), **plain)
        assert agree(evaluated(eg.grad(eg.sum(expr), x), **arrays), wanted)


def test_a_sum_that_is_as_large_as_another_array_has_half_the_slope():
    given = dict(zip("xy", np.random.default_rng(6).standard_normal((2, 200)), strict=True))
    z = eg.variables("z[n]")[0]
    for expr in (eg.maximum(x + y, z), eg.minimum(z, x + y)):
        slopes = eg.compile(*eg.grad(eg.sum(expr), (x, z)))(**given, z=given["x"] + given["y"])
        assert agree(slopes, np.full((2, 200), 0.5))


EMPTY = {
    "of a spread logarithm": eg.sum(eg.log(s) * eg.ones("k", 3)),
    "of a spread quotient": eg.sum(eg.ones("k") / s) + eg.sum(0 * x),
    "of reshaped entries": eg.sum(1 / eg.reshape(eg.variables("E[0,2]")[0], (2, 0, 5))),
    "of exponentials beside a matrix": eg.sum(eg.einsum("k,m->m", eg.ones("k"), eg.exp(1000 * x))),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_sum_of_no_terms_is_zero_also_of_infinite_ones(name):
    given = {"s": 0.0, "x": np.ones(2), "E": np.ones((0, 2))}
    needed = {v.name: given[v.name] for v in variables_in(EMPTY[name])}
    assert evaluated(EMPTY[name], **needed, sizes={"k": 0}) == 0
    assert evaluated(eg.simplify(EMPTY[name]), **needed, sizes={"k": 0}) == 0


FIVE = eg.sum(eg.ones(5))
NEAR_MISSES = {
    "n - sigmoid": FIVE - eg.sigmoid(s),
    "2 - sigmoid": 2 - eg.sigmoid(s),
    "1 - 2 sigmoid": 1 - 2 * eg.sigmoid(s),
    "1 + sigmoid": 1 + eg.sigmoid(s),
    "sigmoid - 1": eg.sigmoid(s) - 1,
    "trace of ones": eg.trace(eg.ones(3, 3)) - eg.sigmoid(s),
    "half": 0.5 - eg.sigmoid(s),
}


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_what_is_not_one_is_not_taken_for_one(name):
    expr = NEAR_MISSES[name]
    sigmoid = 1 / (1 + np.exp(-0.3))
    wanted = {
        "n - sigmoid": 5 - sigmoid,
        "2 - sigmoid": 2 - sigmoid,
        "1 - 2 sigmoid": 1 - 2 * sigmoid,
        "1 + sigmoid": 1 + sigmoid,
        "sigmoid - 1": sigmoid - 1,
        "trace of ones": 3 - sigmoid,
        "half": 0.5 - sigmoid,
    }[name]
    softplus = np.log1p(np.exp(0.3))
    assert agree(evaluated(expr * eg.softplus(s), s=0.3), wanted * softplus, 1e-9)
    assert agree(eg.compile(expr * eg.softplus(s))(s=np.array(0.3)), wanted * softplus, 1e-9)
    joint = eg.compile(expr, eg.softplus(s), eg.exp(expr))(s=np.array(0.3))
    assert agree(joint, [wanted, softplus, np.exp(wanted)], 1e-9)
    spread = expr * eg.ones("n") * eg.softplus(x)
    found = evaluated(spread, s=0.3, x=np.array([0.3, 0.3]))
    assert agree(found, [wanted * softplus] * 2, 1e-9)


@pytest.mark.parametrize("number", ["1 + exp", "5 + exp", "1 + 2 exp"])
def test_logarithms_beside_other_numbers_are_no_softplus(number):
    base = {"1 + exp": 1 + eg.exp(s), "5 + exp": FIVE + eg.exp(s), "1 + 2 exp": 1 + 2 * eg.exp(s)}
    exact = {"1 + exp": 1 + np.e, "5 + exp": 5 + np.e, "1 + 2 exp": 1 + 2 * np.e}[number]
    assert agree(evaluated(eg.log(base[number]), s=1.0), np.log(exact))
    assert agree(evaluated(eg.reciprocal(base[number]), s=1.0), 1 / exact)


def test_the_sigmoid_warns_of_nothing_and_is_exact_far_out():
    for dtype in (np.float32, np.float64):
        points = np.array([-1e30, -90, -20, 0, 20, 90, 1e30], dtype)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = eg.evaluate(eg.sigmoid(x), x=points)
        exact = 1 / (1 + np.exp(np.clip(-points.astype(float), -700, 700)))
        assert found.dtype == dtype
        assert np.allclose(found, exact, rtol=1e-6, atol=1e-40)


@pytest.mark.parametrize("function", [np.log10, np.reciprocal, lambda x: eg.polygamma(2, x)])
def test_a_sum_of_no_entries_is_zero_also_of_a_function_that_is_infinite_at_zero(function):
    (x,) = eg.variables("x[3]")
    assert eg.evaluate(eg.sum(function(x[:0])), x=np.ones(3)) == 0
    assert eg.evaluate(x[1] * eg.sum(function(x[3:])), x=np.ones(3)) == 0
