"""Checking gradients: right ones pass, and every kind of wrong one is named."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.random_arrays import random_operands
from einsgrad.strings.calls import as_equation
from einsgrad.testing import (
    check_pullback,
    directional_difference,
    entry_differences,
)
from einsgrad.testing.strategies import EinsumCase, arrays, einsum_cases, einsum_strings

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0], [2.0, 1.0, 1.0]])
x = np.array([1.0, 2.0, -1.0])
z = x + 1j * A[0]
w = x + 1 - 2j * A[1]
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"


@pytest.mark.parametrize(
    "string",
    [
        "mn,n->m",
        "ii->",
        "ij->i",
        "i->ii",
        ",->",
        "bi,bj,bk->bijk",
        "i,ij,j->",
        "...ij,...jk->...ik",
    ],
)
@pytest.mark.parametrize("mode", ["entries", "directions"])
def test_right_derivatives_pass_to_second_order(string, mode):
    report = eg.check_grads(string, mode=mode)
    assert report.error < 1e-13
    assert report.method == "complex step"
    assert report.order in (1, 2)


@given(case=einsum_cases(max_operands=3))
def test_every_einsum_passes(case):
    report = eg.check_grads(case.string, *case.arrays, names=case.names)
    assert report.error < 1e-13
    assert report.derivatives >= len(set(case.names))


@given(case=einsum_cases(max_operands=2, dtype=complex))
def test_every_complex_einsum_passes(case):
    report = eg.check_grads(case.string, *case.arrays, order=1)
    assert report.method == "central difference"
    assert report.error < 1e-6


def test_a_report_counts_and_reads_as_a_sentence():
    report = eg.check_grads("mn,n->m", A, x)
    assert (report.derivatives, report.order) == (6, 2)
    assert report.numbers == (9 + 3 + 3) + (3 + 9 + 3)
    assert str(report).startswith(f"agrees with {report.numbers} finite differences up to order 2")


WRONG = [
    ("mn,n->m", lambda g, A, x: np.outer(x, g), "the axes are permuted: a transpose is missing"),
    ("mn,n->m", "n,m->mn", "the axes are permuted: a transpose is missing"),
    ("mn,n->m", lambda g, A, x: 2 * np.outer(g, x), "a factor 2: an occurrence or a term is"),
    ("mn,n->m", lambda g, A, x: np.outer(g, x) / 2, "a factor 1/2: an occurrence is forgotten"),
    ("mn,n->m", lambda g, A, x: -np.outer(g, x), "the sign is wrong"),
    ("mn,n->m", lambda g, A, x: np.outer(g, x) / 3, "a factor 0.3333: a mean where a sum belongs"),
    ("mn,n->m", lambda g, A, x: np.outer(g, x) / 9, "a factor 0.1111: a mean where a sum belongs"),
    ("mn,n->m", lambda g, A, x: 0.7 * np.outer(g, x), "a factor 0.7."),
    (
        "ii->",
        lambda g, A: g * np.ones((3, 3)),
        "entries that vanish are filled: a delta is missing",
    ),
    ("ij->i", lambda g, A: np.diag(g), "entries are missing: a delta too many, or an occurrence"),
    ("m,m->", lambda g, a, b: np.full(3, g * b.sum()), "axis 0 is lost: the entries along it are"),
    ("m,m->", lambda g, a, b: np.full(3, g * b.mean()), "replaced by their mean"),
]


def operands_of(string):
    ranks = map(len, string.partition("->")[0].split(","))
    return [A if rank == 2 else x + 1 for rank in ranks]


@pytest.mark.parametrize(("string", "claim", "cause"), WRONG)
def test_a_wrong_claim_is_named_with_entry_numbers_and_cause(string, claim, cause):
    with pytest.raises(eg.GradientMismatch) as caught:
        eg.check_grads(string, *operands_of(string), claims={0: claim})
    message = str(caught.value)
    assert cause in message
    place = r"\(\d, \d\)" if string != "m,m->" else r"\(\d,\)"
    pattern = (
        rf"operand 0 \(x0\) is wrong at entry {place}: claimed {NUMBER}, complex step {NUMBER}\."
    )
    assert re.search(pattern, message)


def test_the_message_is_exact():
    with pytest.raises(eg.GradientMismatch) as caught:
        eg.check_grads(
            "i,i->",
            [1.0, 2.0],
            [3.0, 4.0],
            claims={1: lambda g, a, b: 3 * g * a},
            names=("a", "b"),
        )
    assert "the derivative in operand 1 (b) is wrong at entry (0,): claimed" in str(caught.value)
    assert str(caught.value).endswith("Likely cause: a factor 3.")


def test_the_entry_and_both_numbers_are_those_of_the_arrays():
    wrong = np.array([5.0, 0.0])
    with pytest.raises(eg.GradientMismatch) as caught:
        check_pullback(lambda a: 2 * a.sum(), lambda g, a: (g * wrong,), [[1.0, 1.0]])
    pattern = rf"entry \((\d),\): claimed ({NUMBER}), central difference ({NUMBER})\.( |$)"
    entry, claimed, number = re.search(pattern, str(caught.value)).group(1, 2, 3)
    assert float(claimed) / float(number) == pytest.approx(wrong[int(entry)] / 2, rel=1e-6)


def test_a_missing_conjugate_is_named_for_complex_operands():
    with pytest.raises(eg.GradientMismatch, match="Likely cause: the conjugate is taken"):
        eg.check_grads("i,i->", z, w, claims={0: lambda g, a, b: np.conj(g * b)})
    assert eg.check_grads("i,i->", z, w, claims={0: lambda g, a, b: g * b}).derivatives == 1


def test_directions_find_a_wrong_claim_too():
    with pytest.raises(eg.GradientMismatch, match=r"is wrong along direction \d: claimed"):
        eg.check_grads(
            "mn,n->m", A, x, claims={0: lambda g, A, x: np.outer(x, g)}, mode="directions"
        )


def test_a_claim_of_the_wrong_shape_says_both_shapes():
    with pytest.raises(eg.GradientMismatch) as caught:
        eg.check_grads("mn,n->m", A, x, claims={0: "m,n->m"})
    assert str(caught.value) == (
        "the derivative in operand 0 (x0) has shape (3,), the operand (3, 3)."
    )


def test_a_right_claim_passes_as_string_and_as_function():
    claims = {0: "m,n->mn", 1: lambda g, A, x: A.T @ g}
    assert eg.check_grads("mn,n->m", A, x, claims=claims).derivatives == 2


def test_a_claim_with_other_operands_is_refused():
    with pytest.raises(eg.ArgumentError, match="takes 1 operands, the einsum has 2"):
        eg.check_grads("mn,n->m", A, x, claims={0: "m->m"})


def test_single_precision_passes_at_its_own_tolerance_and_no_wider():
    single = A.astype("f4"), x.astype("f4")
    report = eg.check_grads("mn,n->m", *single)
    assert report.error < 1e-5
    slightly = {0: lambda g, A, x: np.outer(g, x) * np.float32(1.0002)}
    with pytest.raises(eg.GradientMismatch, match=r"a factor 1\.0002"):
        eg.check_grads("mn,n->m", *single, claims=slightly)


def test_a_small_error_in_one_entry_is_found_in_double_precision():
    def claim(g, A, x):
        result = np.outer(g, x)
        result[1, 2] *= 1 + 1e-9
        return result

    with pytest.raises(eg.GradientMismatch, match=r"entry \(1, 2\)"):
        eg.check_grads("mn,n->m", A, x, claims={0: claim})
    assert eg.check_grads("mn,n->m", A, x, claims={0: claim}, tolerance=1e-6).derivatives == 1


@pytest.mark.parametrize("zero", [np.zeros(2), np.zeros(2, complex), np.zeros(2, "f4")])
def test_the_truncation_of_a_step_at_zero_is_no_mismatch(zero):
    assert eg.check_grads("i,i,i->", zero, zero, zero, names=("x",) * 3).error < 1e-6


def test_not_a_number_is_never_right():
    with pytest.raises(eg.GradientMismatch):
        eg.check_grads("i,i->", x, x, claims={0: lambda g, a, b: np.array([np.nan, 1.0, 1.0])})


def test_integer_operands_are_passed_over():
    report = eg.check_grads("mn,n->m", A, [1, 2, 3])
    assert report.order == 2
    with pytest.raises(eg.DtypeError, match="no operand has a dtype with a derivative"):
        eg.check_grads("i->", [1, 2])


def test_a_repeated_name_is_checked_as_one_array():
    report = eg.check_grads("i,ij,j->", x, A, x, names=("x", "A", "x"), wrt=["x"])
    assert report.error < 1e-13
    assert eg.check_grads("i,ij,j->", x, A, x, wrt=[2], order=1).numbers == 3


def test_a_hand_written_backward_pass_is_checked():
    def softmax(v):
        e = np.exp(v - v.max())
        return e / e.sum()

    def backward(g, v):
        y = softmax(v)
        return (y * (g - g @ y),)

    def forgets_the_sum(g, v):
        return (softmax(v) * g,)

    assert check_pullback(softmax, backward, [x]).derivatives == 1
    with pytest.raises(eg.GradientMismatch, match="the derivative in operand 0 is wrong at entry"):
        check_pullback(softmax, forgets_the_sum, [x])


@pytest.mark.parametrize("method", ["central difference", "complex step"])
@pytest.mark.parametrize("mode", ["entries", "directions"])
def test_a_backward_pass_is_checked_by_each_method_and_mode(method, mode):
    def backward(g, A, x):
        return np.outer(g, x), A.T @ g

    def transposed(g, A, x):
        return np.outer(x, g), A.T @ g

    report = check_pullback(np.dot, backward, [A, x], method=method, mode=mode)
    assert report.derivatives == 2
    assert report.method == method
    with pytest.raises(eg.GradientMismatch, match="a transpose is missing"):
        check_pullback(np.dot, transposed, [A, x], method=method, mode=mode)


@pytest.mark.parametrize("dtype", ["f4", "f8", "D"])
def test_a_backward_pass_is_checked_in_its_dtype(dtype):
    values = x.astype(dtype)
    report = check_pullback(np.exp, lambda g, v: (g * np.exp(v),), [values])
    assert report.error < 1e-5


def test_a_backward_pass_returns_one_cotangent_for_each_operand():
    with pytest.raises(eg.GradientMismatch, match="returns 1 cotangents for 2 operands"):
        check_pullback(np.dot, lambda g, A, x: (np.outer(g, x),), [A, x])


def test_finite_differences_of_known_functions_are_right():
    cubes = entry_differences(lambda v: (v**3).sum(), x, "complex step")
    assert np.allclose(cubes, 3 * x**2, rtol=1e-14, atol=0)
    slope = directional_difference(np.sin, x, np.ones(3), "central difference")
    assert np.allclose(slope, np.cos(x), rtol=1e-8, atol=0)


@given(case=einsum_cases())
def test_the_strategies_draw_what_users_can_compute_with(case):
    assert isinstance(case, EinsumCase)
    assert len(case.arrays) == len(case.names) == case.string.count(",") + 1
    assert np.array_equal(
        np.concatenate([a.ravel() for a in case.arrays]) % 1,
        np.zeros(sum(a.size for a in case.arrays)),
    )
    for name, array in zip(case.names, case.arrays, strict=True):
        assert case.arrays[case.names.index(name)] is array


@given(string=einsum_strings(max_operands=2, max_axes=3, repeated_output=False), data=st.data())
def test_strings_and_arrays_can_be_drawn_apart(string, data):
    inputs, _, output = string.partition("->")
    drawn = [data.draw(arrays((2,) * len(indices), "f4")) for indices in inputs.split(",")]
    assert all(array.dtype == np.float32 for array in drawn)
    assert len(set(output)) == len(output)
    assert np.shape(np.einsum(string, *drawn)) == (2,) * len(output)


S, u, v = eg.variables("S[n,n] u[n] v[n]", symmetric="S")
ONE_SIDED = {
    "bilinear form": (u @ S @ v, lambda S, u, v: u @ S @ v),
    "log-determinant": (eg.logdet(S @ S), lambda S, u, v: np.linalg.slogdet(S @ S)[1]),
    "product": (u @ S @ S @ eg.exp(v), lambda S, u, v: u @ S @ S @ np.exp(v)),
}


@pytest.mark.parametrize("name", ONE_SIDED)
def test_a_derivative_in_a_symmetric_matrix_is_the_one_along_symmetric_changes(name):
    expr, function = ONE_SIDED[name]
    D, at = A + A.T, A @ A.T + np.eye(3)
    slope = directional_difference(lambda S: function(S, x, A[0]), at, D, "central difference")
    gradient = eg.evaluate(eg.grad(expr, S), S=at, u=x, v=A[0])
    np.testing.assert_allclose(gradient, gradient.T, rtol=1e-12)
    assert np.sum(gradient * D) == pytest.approx(slope, rel=1e-6)
    assert eg.check_grads(expr, {"S": at, "u": x, "v": A[0]}).error < 1e-6


def test_an_array_that_is_not_symmetric_is_refused_where_symmetry_is_declared():
    with pytest.raises(eg.ArgumentError, match="declared symmetric, and its array is not"):
        eg.check_grads(u @ S @ v, {"S": A, "u": x, "v": x})


def test_half_of_a_derivative_in_a_symmetric_matrix_is_found(monkeypatch):
    monkeypatch.setattr("einsgrad.testing.expression_checks.within", lambda share, node: share)
    with pytest.raises(eg.GradientMismatch):
        eg.check_grads(u @ S @ v, {"S": A + A.T, "u": x, "v": A[0]})


@pytest.mark.parametrize(
    "text",
    ["abcdefgh,abcdefgh->abcdefgh", "a,b,c,d,e,f->abcdef", "abcdefghijk->k", "abcde,fghij->afgh"],
)
def test_random_arrays_of_many_labels_have_few_entries(text):
    equation = as_equation(text)
    made = random_operands(equation)
    assert all(array.size <= 400 for array in made)
    assert np.einsum(text, *made).size <= 400


def test_random_arrays_of_few_labels_have_different_sizes():
    assert [a.shape for a in random_operands(as_equation("ij,jkl->ikl"))] == [(2, 3), (3, 4, 5)]
