"""Functions of scipy.special on traced values: values and slopes, and what has no slope."""

import numpy as np
import pytest

import einsgrad as eg

special = pytest.importorskip("scipy.special")

X = np.array([0.3, 0.55, 0.8])
OF_ONE = [
    *("expit", "logit", "log_expit", "erf", "erfc", "erfcx", "erfi", "erfinv", "erfcinv", "ndtr"),
    *("ndtri", "log_ndtr", "dawsn", "gamma", "rgamma", "loggamma", "gammaln", "digamma", "psi"),
    *("entr", "exp1", "expi", "exp2", "exp10", "expm1", "cosm1", "log1p", "cbrt", "exprel"),
    *("j0", "j1", "y0", "y1", "i0", "i1", "i0e", "i1e", "k0", "k1", "k0e", "k1e"),
    *("ellipk", "ellipe", "ellipkm1", "gammasgn", "spence", "wrightomega"),
    *("sindg", "cosdg", "tandg"),
]
OF_SEVERAL = {
    "beta": (X, 1 + X),
    "betaln": (X, 1 + X),
    "poch": (X, 1 + X),
    "binom": (3 + X, 1 + X),
    "owens_t": (X, 1 - X),
    "xlogy": (X, 1 + X),
    "xlog1py": (X, 1 + X),
    "rel_entr": (X, 1 + X),
    "kl_div": (X, 1 + X),
    "huber": (0.6, X),
    "pseudo_huber": (0.6, X),
    "boxcox": (X, 0.4),
    "boxcox1p": (X, 0.4),
}
# Orders and parameters, which are constant, stand before the argument.
OF_ORDER = {
    **dict.fromkeys(("jv", "yv", "iv", "kv", "ive", "kve"), (1.5,)),
    **dict.fromkeys(("gammainc", "gammaincc"), (2.5,)),
    **dict.fromkeys(("gammaincinv", "gammainccinv", "chdtr", "chdtrc", "chdtri"), (2.5,)),
    **dict.fromkeys(("pdtr", "pdtrc", "stdtrit", "hyp0f1", "zeta"), (2.5,)),
    **dict.fromkeys(("betaincc", "betaincinv", "betainccinv", "hyperu"), (1.5, 2.5)),
    "jn": (2,),
    "yn": (2,),
    "polygamma": (1,),
    "betainc": (1.5, 2.5),
    "hyp1f1": (1.5, 2.5),
}


def slope(f, x, step=1e-6):
    return (f(x + step) - f(x - step)) / (2 * step)


def agrees(f, x):
    loss = lambda x: np.sum(f(x))  # noqa: E731
    value, gradient = eg.value_and_grad(loss)(x)
    assert np.allclose(value, np.sum(f(x)), rtol=1e-12)
    assert np.allclose(gradient, slope(f, x), rtol=1e-6, atol=1e-8)
    second = eg.grad(lambda x: np.sum(eg.grad(loss)(x)))(x)
    assert np.allclose(second, slope(eg.grad(loss), x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", OF_ONE)
def test_a_function_of_one_argument(name):
    agrees(getattr(special, name), X)


@pytest.mark.parametrize("name", OF_SEVERAL)
def test_a_function_has_slopes_in_each_argument(name):
    function, arguments = getattr(special, name), OF_SEVERAL[name]
    for place, argument in enumerate(arguments):
        before, behind = arguments[:place], arguments[place + 1 :]
        agrees(lambda x, b=before, a=behind: function(*b, x, *a), np.broadcast_to(argument, 3))


@pytest.mark.parametrize("name", OF_ORDER)
def test_a_function_of_an_order_has_a_slope_in_its_argument(name):
    function, order = getattr(special, name), OF_ORDER[name]
    agrees(lambda x: function(*order, x), X)


@pytest.mark.parametrize("name", ["jv", "gammainc", "betainc", "hyp1f1"])
def test_a_derivative_without_closed_form_is_an_error_and_no_zero(name):
    function, order = getattr(special, name), OF_ORDER[name]
    with pytest.raises(eg.ArgumentError, match=f"{name} has no closed derivative"):
        eg.grad(lambda a: function(a, *order[1:], 0.5))(order[0])


def test_the_dilogarithm_has_a_slope_where_its_formula_has_none():
    assert eg.grad(special.spence)(1.0) == -1.0


@pytest.mark.parametrize("x", [0.0, 1e-300, 1e-9])
def test_slopes_at_and_near_zero(x):
    assert eg.grad(special.exprel)(x) == pytest.approx(0.5)
    assert eg.grad(special.j1)(x) == pytest.approx(0.5)
    assert eg.grad(special.i1)(x) == pytest.approx(0.5)
    assert eg.grad(lambda p: special.boxcox(2.0, p))(x) == pytest.approx(np.log(2) ** 2 / 2)


@pytest.mark.parametrize("order", [1, 3])
def test_the_multivariate_gamma_function(order):
    agrees(lambda a: special.multigammaln(a, order), 3 + X)


def test_the_sign_of_the_gamma_function_is_constant_between_its_poles():
    x = np.array([-1.5, -0.5, 0.3, 2.0])
    assert eg.grad(lambda x: np.sum(special.gammasgn(x) * x))(x).tolist() == [1.0, -1.0, 1.0, 1.0]


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_logarithm_of_a_sum_has_its_sign_beside_it(axis, keepdims):
    weights = np.array([[1.0, -2.0, 0.5], [-1.5, 0.7, 0.2]])
    function = lambda a, **given: special.logsumexp(  # noqa: E731
        a, axis=axis, keepdims=keepdims, return_sign=True, **given
    )
    points = np.array([[0.3, 1.2, -0.4], [0.1, 0.8, 2.0]])
    for given in ({}, {"b": weights}):
        found = eg.jit(lambda a, given=given: function(a, **given))(points)
        for part, expected in zip(found, function(points, **given), strict=True):
            assert np.allclose(part, expected, rtol=1e-12)
        agrees(lambda x, given=given: np.sum(function(x * points, **given)[0]), 0.7)


# Where a formula loses its digits: orders 1, 2 and 3, by arithmetic of 60 digits.
TAILS = {
    ("log_ndtr", -30.0): (30.033259667433676, -0.9988962284881099, 7.309993015784438e-05),
    ("log_ndtr", -700.0): (700.0014285655977, -0.9999979592086626, 5.830760996086319e-09),
    ("log_ndtr", -1e4): (10000.0001, -0.9999999900000006, 1.99999976e-12),
    ("erfcx", 30.0): (-0.0006258354105074841, 4.165309238445888e-05, -4.156098962403721e-06),
    ("erfcx", 700.0): (-1.1514037886644856e-06, 3.289715039954818e-09, -1.40987211971563e-11),
    ("ellipk", 0.0): (0.39269908169872414, 0.44178646691106466, 0.9203884727313847),
    ("ellipk", 1e-10): (0.3926990817429028, 0.44178646700310353, 0.9203884730132537),
    ("ellipe", 0.0): (-0.39269908169872414, -0.14726215563702155, -0.18407769454627695),
}


@pytest.mark.parametrize(("name", "x"), TAILS)
def test_derivatives_keep_their_digits_in_tails_and_at_zero(name, x):
    function = getattr(special, name)
    for expected in TAILS[name, x]:
        function = eg.grad(function)
        assert function(x) == pytest.approx(expected, rel=1e-6)


def test_a_beta_integral_has_a_slope_where_the_beta_function_is_no_number():
    slope = eg.grad(lambda x: special.betainc(600.0, 700.0, x))(0.45)
    assert slope == pytest.approx(
        (special.betainc(600, 700, 0.45 + 1e-6) - special.betainc(600, 700, 0.45 - 1e-6)) / 2e-6,
        rel=1e-6,
    )
    assert eg.jit(lambda a: special.betaln(a, 2.0))(1e8) == special.betaln(1e8, 2.0)


def test_the_entropy_of_a_tiny_number_bends_downwards():
    assert eg.grad(eg.grad(special.entr))(1e-300) == pytest.approx(-1e300)
