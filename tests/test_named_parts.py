"""Parts that a user names: they stand in formulas of derivatives, and change no value."""

import pickle

import numpy as np
import pytest

import einsgrad as eg

X, G, EPS = eg.variables("x[n] g[n] epsilon")
CENTRED = X - eg.mean(X)
SIGMA = eg.named("sigma", eg.sqrt((CENTRED**2).mean() + EPS))
HAT = eg.named("xhat", CENTRED / SIGMA)
PLAIN = CENTRED / eg.sqrt((CENTRED**2).mean() + EPS)
DATA = {"x": np.array([0.5, -1.0, 3.0]), "g": np.array([1.0, 2.0, -1.0]), "epsilon": np.array(0.1)}


def test_named_parts_stand_in_the_gradient():
    gradient = eg.grad(eg.sum(G * HAT), X)
    assert eg.show(gradient) == (
        "(g - (1ᵀ g) 1 / n - (gᵀ xhat) xhat / n) / sigma\n"
        "where xhat = r/sigma\n"
        "where sigma = sqrt(epsilon + ‖r‖²/n)\n"
        "where r = x - (1ᵀ x) 1 / n"
    )
    assert eg.simplify(gradient) is gradient


def test_all_notations_define_them():
    jacobian = eg.jacobian(eg.named("eta", eg.softmax(X)), X)
    assert eg.show(jacobian) == "diag(eta) - eta etaᵀ\nwhere eta = softmax(x)"
    assert "where eta_n = softmax_n(x_n)" in eg.show(jacobian, "index")
    assert r"\operatorname{diag}\left(\eta" in eg.latex(jacobian)
    assert "where eta = exp(" in repr(jacobian)
    assert "where eta = " in eg.show(jacobian, ascii=True)


DERIVED = {
    "gradient": lambda h: eg.grad(eg.sum(G * h * h), X),
    "jacobian": lambda h: eg.jacobian(h, X),
    "hessian": lambda h: eg.hessian(eg.sum(G * h), X),
    "vjp": lambda h: eg.vjp(h, X, G),
    "value": lambda h: h @ G,
}


@pytest.mark.parametrize("name", DERIVED)
def test_they_change_no_value(name):
    derived = DERIVED[name]
    named, plain = derived(HAT), derived(PLAIN)
    expected = eg.compile(plain)(**{v: DATA[v] for v in eg.compile(plain).variables})
    found = eg.compile(named)(**{v: DATA[v] for v in eg.compile(named).variables})
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert eg.prove(named, plain)


def test_programs_do_not_know_of_names():
    named, plain = eg.named("h", X * G), X * G
    programs = [eg.compile(eg.exp(one)) for one in (named, plain)]
    for program in programs:
        program(x=DATA["x"], g=DATA["g"])
    assert programs[0].source == programs[1].source
    gradient = eg.grad(lambda x: np.sum(eg.named("h", x * x)))(DATA["x"])
    assert gradient.tolist() == (2 * DATA["x"]).tolist()
    assert eg.named("h", DATA["x"]) is DATA["x"]


def test_a_claim_says_what_the_parts_stand_for():
    claim = (
        "(g - mean(g) - h*mean(g*h))/s\nwhere h = (x - mean(x))/s\n"
        "where s = sqrt(mean((x - mean(x))**2) + epsilon)"
    )
    assert eg.check(claim, eg.sum(G * HAT), X)
    assert not eg.check("g/sqrt(epsilon)", eg.sum(G * HAT), X)


def test_a_part_is_found_where_its_factors_stand():
    x, y, z = eg.variables("x[n] y[n] z[n]")
    part = eg.named("h", x * y)
    gradient = eg.grad(eg.sum(z * part * x * y), z)
    assert repr(gradient) == '"n,n->n"(h, h)\nwhere h = "n,n->n"(x, y)'


def test_two_parts_of_one_name_are_told_apart():
    both = eg.named("h", 2 * X) * eg.exp(eg.named("h", 3 * X))
    lines = eg.show(both).splitlines()
    assert len(lines) == 3
    assert len({line.split()[1] for line in lines[1:]}) == 2


def test_a_part_is_the_same_after_pickling():
    assert pickle.loads(pickle.dumps(HAT)) is HAT


@pytest.mark.parametrize("name", ["", "a b", "2x", "x"])
def test_what_is_no_name_of_a_part_is_refused(name):
    with pytest.raises(eg.EinsgradError):
        eg.named(name, X + 1)


def test_a_derivation_writes_out_what_parts_stand_for():
    named, plain = eg.named("h", X * X), X * X
    assert str(eg.derive(eg.sum(eg.exp(named)), X)) == str(eg.derive(eg.sum(eg.exp(plain)), X))


def test_what_has_a_name_stays_whole():
    x, g = eg.variables("x[n] g[n]")
    outer = eg.named("S", np.outer(x, g))
    assert eg.show(eg.simplify(outer.T @ x)) == "Sᵀ x\nwhere S = x gᵀ"
    assert eg.is_symmetric(eg.named("S", np.outer(x, x)))
    assert eg.show(eg.jvp(eg.named("h", x * eg.sum(g)), x, g)) == "(1ᵀ g) g"
