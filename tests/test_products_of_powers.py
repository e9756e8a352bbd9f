"""Products in which factors stand again, beside powers and within norms, against numpy."""

import numpy as np
import pytest
from differences import difference, value_at
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg

M, B, S, x, y, s = eg.variables("M[n,n] B[n,n] S[n,n] x[n] y[n] s", symmetric="S")
RNG = np.random.default_rng(5)
DATA = {name: RNG.uniform(0.5, 2.0, (3, 3)) for name in "MBS"}
DATA |= {name: RNG.uniform(0.5, 2.0, 3) for name in "xy"} | {"s": np.float64(1.3)}
DATA["S"] = DATA["S"] + DATA["S"].T
VARIABLES = (M, B, S, x, y, s)
# What is written of a variable, and what numpy makes of its data.
POWERS = (
    (lambda one: one, lambda one: one),
    (lambda one: 1 / one, lambda one: 1 / one),
    (eg.sqrt, np.sqrt),
    (lambda one: one**3, lambda one: one**3),
    (lambda one: 1 / eg.sqrt(one), lambda one: one**-0.5),
    (eg.exp, np.exp),
)


def value(expr, **data):
    return value_at(expr, {**DATA, **data})


def _chain(ranks):
    """Labels of factors that each meet the next one."""
    starts = [sum(rank > 1 for rank in ranks[:place]) for place in range(len(ranks))]
    return ["abcdefg"[at : at + rank] for at, rank in zip(starts, ranks, strict=True)]


@st.composite
def products(draw):
    """An einsum of few factors, which stand again, and its value by numpy."""
    few = draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=3, unique=True))
    chosen = draw(
        st.lists(st.tuples(st.sampled_from(few), st.sampled_from(POWERS)), min_size=2, max_size=6)
    )
    if draw(st.booleans()):
        chosen = [*chosen[:3], *chosen[:2][::-1]]
        lists = _chain([len(one.shape) for one, _ in chosen])
    else:
        label = st.sampled_from("abcd"[: draw(st.integers(1, 4))])
        ranks = [len(one.shape) for one, _ in chosen]
        lists = ["".join(draw(st.lists(label, min_size=n, max_size=n))) for n in ranks]
    held = sorted(set("".join(lists)))
    output = "".join(draw(st.permutations(held)))[: draw(st.sampled_from((0, 0, 1, 2)))]
    text = ",".join(lists) + "->" + output
    typed = eg.einsum(text, *(write(one) for one, (write, _) in chosen))
    arrays = [compute(DATA[one.name]) for one, (_, compute) in chosen]
    return typed, np.einsum(text, *arrays)


def is_sized(typed):
    """Tell whether all sizes are those of arrays: of deltas alone they are not known."""
    names = eg.compile(typed).variables
    return any(variable.shape and variable.name in names for variable in VARIABLES)


@given(products())
def test_a_product_in_which_factors_stand_again_keeps_its_value(product):
    typed, expected = product
    if is_sized(typed):
        assert np.allclose(value(typed), expected, rtol=1e-9)


@given(products(), st.booleans())
def test_a_norm_of_such_a_product_keeps_its_value(product, is_square):
    typed, expected = product
    if typed.shape and is_sized(typed):
        for axis in range(len(typed.shape)):
            length, own = eg.norm(typed, axis=axis), np.linalg.norm(expected, axis=axis)
            if is_square:
                length, own = length * length, own * own
            assert np.allclose(value(length), own, rtol=1e-9)


# The same matrix on both sides of a power, which both of them meet.
BETWEEN = {
    "reciprocal": (eg.einsum("ij,jk,kl->", B, 1 / M, B), "ij,jk,kl->", "B1B"),
    "from one side": (eg.einsum("ij,ik,kl->", B, 1 / M, B), "ij,ik,kl->", "B1B"),
    "vectors": (eg.einsum("ij,j,jk,kl,l->", B, x, 1 / M, B, x), "ij,j,jk,kl,l->", "Bx1Bx"),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_a_power_joins_the_factors_that_it_meets(name):
    typed, text, factors = BETWEEN[name]
    arrays = [1 / DATA["M"] if one == "1" else DATA[one] for one in factors]
    assert np.allclose(value(eg.simplify(typed)), np.einsum(text, *arrays))


def test_the_gradient_of_an_inverse_of_quotients():
    loss = x @ eg.inverse((s / M) @ (s / M).T + 2 * eg.eye("n")) @ x
    slope = difference(lambda at: value(loss, s=at), DATA["s"], 1.0)
    assert np.allclose(value(eg.grad(loss, s)), slope, rtol=1e-6)


K, z = eg.variables("K[k,m,l] z[l]")
LENGTHS = {
    "columns scaled": (eg.norm(eg.einsum("ij,j->ij", M, x)), "ij,j->ij", "Mx", (0, 1)),
    "rows scaled": (eg.norm(eg.einsum("i,ij->ij", x, M)), "i,ij->ij", "xM", (0, 1)),
    "both": (eg.norm(eg.einsum("i,ij,j->ij", x, M, y)), "i,ij,j->ij", "xMy", (0, 1)),
    "transposed": (eg.norm(eg.einsum("ij,ji,j->ij", M, B, x)), "ij,ji,j->ij", "MBx", (0, 1)),
    "a network": (
        eg.norm(eg.einsum("ac,ca,ab,bb,cb,c->ca", M, M, eg.exp(M), eg.exp(M), M, x), axis=0),
        "ac,ca,ab,bb,cb,c->ca",
        "MMeeMx",
        0,
    ),
}


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("power", [1, 2, -1, 3])
def test_norms_of_scaled_matrices_and_their_powers(name, power):
    length, text, factors, axis = LENGTHS[name]
    arrays = [np.exp(DATA["M"]) if one == "e" else DATA[one] for one in factors]
    own = np.linalg.norm(np.einsum(text, *arrays), axis=axis)
    assert np.allclose(value(length**power), own ** float(power))


@pytest.mark.parametrize("axes", [(0, 1), (0, 2), (1, 2), (2, 0)])
def test_a_norm_over_two_axes_of_three_is_simplified(axes):
    data = {"K": RNG.uniform(0.5, 2.0, (2, 3, 4)), "z": RNG.uniform(0.5, 2.0, 4)}
    length = eg.simplify(eg.norm(K * z, axis=axes))
    expected = np.sqrt(((data["K"] * data["z"]) ** 2).sum(axis=axes))
    assert np.allclose(eg.compile(length)(**data), expected)


def test_functions_of_parts_that_are_spread_and_turned_end():
    cube, matrix = eg.variables("C[3,3,3] A[3,3]")
    typed = eg.where(eg.tanh(matrix) < cube.T, eg.tanh(matrix), 0) * cube.T
    data = {"C": RNG.standard_normal((3, 3, 3)), "A": RNG.standard_normal((3, 3))}
    low = np.tanh(data["A"])
    expected = np.where(low < data["C"].T, low, 0) * data["C"].T
    assert np.allclose(eg.compile(eg.simplify(typed))(**data), expected)
