"""Jacobians and tangents: the exact strings, and their values against exact quotients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.strategies import arrays, einsum_cases

JACOBIANS = [
    ("mn,n->m", 0, '"im,n->imn"(δ, x1)', "δ_im x1_n"),
    ("mn,n->m", 1, '"in->in"(x0)', "x0_in"),
    ("ij,jk->ik", 0, '"li,jm->lmij"(δ, x1)', "δ_li x1_jm"),
    ("i,i->", 0, '"i->i"(x1)', "x1_i"),
    ("ii->", 0, '"ij->ij"(δ)', "δ_ij"),
    (",->", 0, '"->"(x1)', "x1"),
    ("i->i", 0, '"ji->ji"(δ)', "δ_ji"),
    ("ij->ji", 0, '"li,kj->klij"(δ, δ)', "δ_li δ_kj"),
    ("ij->", 0, '"i,j->ij"(1, 1)', "1_i 1_j"),
]


@pytest.mark.parametrize(("string", "wrt", "text", "index"), JACOBIANS)
def test_jacobians_are_exactly_the_known_ones(string, wrt, text, index):
    derived = eg.jacobian(string, wrt)
    assert repr(derived) == text
    assert derived.index == index
    assert derived.cotangent is None


def test_a_jacobian_shows_the_names():
    assert repr(eg.jacobian("mn,n->m", "A", names=("A", "x"))) == '"im,n->imn"(δ, x)'
    assert eg.jacobian("mn,n->m", 0, names=("A", "x")).latex == r"\delta_{im} \, x_{n}"


def test_the_jacobian_of_a_constant_is_one():
    derived = eg.jacobian("->", 0)
    assert repr(derived) == '"->"(1)'
    assert derived() == 1


def test_the_jacobian_in_a_repeated_name_is_the_sum_over_its_occurrences():
    derived = eg.jacobian("i,ij,j->", "x", names=("x", "A", "x"))
    assert repr(derived) == '"ij,j->i"(A, x) + "j,ji->i"(x, A)'


def test_the_tangent_is_the_product_rule():
    derived = eg.tangent("mn,n->m", names=("A", "x"))
    assert derived.strings == ["mn,n->m", "mn,n->m"]
    assert [term.operands for term in derived.terms] == [("dA", "x"), ("A", "dx")]
    assert derived.index == "dA_mn x_n + A_mn dx_n"


def test_the_tangent_of_a_repeated_name_moves_each_occurrence():
    derived = eg.tangent("i,ij,j->", names=("x", "A", "x"))
    assert derived.strings == ["i,ij,j->"] * 3
    shown = [term.operands for term in derived.terms]
    assert shown == [("dx", "A", "x"), ("x", "dA", "x"), ("x", "A", "dx")]


def test_equal_terms_of_a_tangent_are_one():
    assert repr(eg.tangent("i,i->", names=("x", "x"))) == '2 * "i,i->"(dx, x)'


def test_a_tangents_name_avoids_the_users():
    derived = eg.tangent(",->", names=("x", "dx"))
    assert [term.operands for term in derived.terms] == [("dx0", "dx"), ("x", "ddx")]


def test_a_jacobian_with_dots_needs_their_rank():
    with pytest.raises(eg.ArgumentError, match="number of axes that"):
        eg.jacobian("...i->...", 0)
    assert str(eg.jacobian("...i->...", 0, ranks=(2,))) == "ja,i->jai"


@given(case=einsum_cases())
def test_every_jacobian_is_exact(case, exact_jacobian):
    for position in range(len(case.arrays)):
        expected = exact_jacobian(case.string, case.arrays, position)
        value = eg.jacobian(case.string, position, *case.arrays)
        assert np.shape(value) == expected.shape
        assert (value == expected).all()


@given(case=einsum_cases())
def test_numpy_accepts_every_jacobian_string(case, exact_jacobian):
    named = {f"x{place}": x for place, x in enumerate(case.arrays)}
    for position in range(len(case.arrays)):
        derived = eg.jacobian(case.string, position, shapes=case.shapes)
        value = np.einsum(str(derived), *derived.numpy_operands(named))
        assert (value == exact_jacobian(case.string, case.arrays, position)).all()


@given(case=einsum_cases())
def test_the_jacobian_in_a_named_array_is_the_sum_over_its_places(case, exact_jacobian):
    for name in dict.fromkeys(case.names):
        places = [place for place, other in enumerate(case.names) if other == name]
        expected = sum(exact_jacobian(case.string, case.arrays, place) for place in places)
        value = eg.jacobian(case.string, name, *case.arrays, names=case.names)
        assert (value == expected).all()


@given(case=einsum_cases(), data=st.data())
def test_the_tangent_in_one_operand_is_the_exact_difference_quotient(case, data, reference_einsum):
    for position, array in enumerate(case.arrays):
        step = data.draw(arrays(array.shape))
        moved = [*case.arrays[:position], array + step, *case.arrays[position + 1 :]]
        difference = reference_einsum(case.string, *moved) - reference_einsum(
            case.string, *case.arrays
        )
        steps = [None] * len(case.arrays)
        steps[position] = step
        value, tangent = eg.jvp(case.string, case.arrays, steps)
        assert (value == reference_einsum(case.string, *case.arrays)).all()
        assert np.shape(tangent) == np.shape(value)
        assert (tangent == difference).all()


@given(case=einsum_cases(max_operands=3), data=st.data())
def test_the_symbolic_tangent_is_the_derivative_of_the_value_along_a_line(
    case, data, reference_einsum
):
    base = dict(zip(case.names, case.arrays, strict=True))
    steps = {name: data.draw(arrays(array.shape)) for name, array in base.items()}

    def value_at(time):
        return reference_einsum(case.string, *(base[n] + time * steps[n] for n in case.names))

    # Exact for polynomials of degree up to four, and all numbers in it are whole.
    slope = 8 * (value_at(1) - value_at(-1)) - (value_at(2) - value_at(-2))
    derived = eg.tangent(case.string, names=case.names, shapes=case.shapes)
    named = base | {f"d{name}": step for name, step in steps.items()}
    assert (12 * derived.evaluate(named) == slope).all()


@given(case=einsum_cases(), data=st.data())
def test_tangents_and_cotangents_are_each_others_transposes(case, data):
    steps = [data.draw(arrays(array.shape)) for array in case.arrays]
    value, tangent = eg.jvp(case.string, case.arrays, steps)
    g = data.draw(arrays(np.shape(value)))
    _, pullback = eg.vjp(case.string, *case.arrays)
    cotangents = pullback(g)
    left = np.sum(g * tangent)
    right = sum(np.sum(step * back) for step, back in zip(steps, cotangents, strict=True))
    assert left == right
