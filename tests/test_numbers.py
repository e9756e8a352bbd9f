"""Derivatives on arrays: shapes, dtypes, the plain transpose, and which operands."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.strategies import arrays, einsum_cases


@given(case=einsum_cases(), data=st.data())
def test_every_cotangent_is_exact_and_has_its_operands_shape(case, data, exact_gradient):
    value, pullback = eg.vjp(case.string, *case.arrays)
    g = data.draw(arrays(np.shape(value)))
    cotangents = pullback(g)
    assert len(cotangents) == len(case.arrays)
    for position, cotangent in enumerate(cotangents):
        expected = exact_gradient(case.string, case.arrays, [position], g)
        assert np.shape(cotangent) == case.arrays[position].shape
        assert (cotangent == expected).all()


@given(case=einsum_cases(dtype=complex), data=st.data())
def test_complex_cotangents_are_the_plain_transpose(case, data):
    steps = [data.draw(arrays(array.shape, complex)) for array in case.arrays]
    value, tangent = eg.jvp(case.string, case.arrays, steps)
    g = data.draw(arrays(np.shape(value), complex))
    cotangents = eg.vjp(case.string, *case.arrays)[1](g)
    right = sum(np.sum(step * back) for step, back in zip(steps, cotangents, strict=True))
    assert np.sum(g * tangent) == right


def test_nothing_is_conjugated():
    _, pullback = eg.vjp("i,i->", np.array([1j]), np.array([2 + 3j]))
    first, second = pullback(1j)
    assert first.tolist() == [1j * (2 + 3j)]
    assert second.tolist() == [1j * 1j]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "F", "D"])
@pytest.mark.parametrize("string", ["ij,jk->ik", "ij,ij->", "ii,ij->j", "ij,kl->", "ij,j...->i..."])
def test_derivatives_keep_the_dtype(string, dtype, small_integers):
    operands = [small_integers((3, 3), dtype, seed) for seed in range(2)]
    value, pullback = eg.vjp(string, *operands)
    assert value.dtype == dtype
    assert all(x.dtype == dtype for x in pullback(np.ones(np.shape(value), dtype)))
    assert eg.jvp(string, operands, operands)[1].dtype == dtype
    assert eg.jacobian(string, 0, *operands).dtype == dtype


@pytest.mark.parametrize("string", ["ii->", "ij->", "ij->ji", "ii->i", "ij->iijj"])
def test_a_jacobian_of_deltas_alone_has_the_operands_dtype(string, small_integers):
    A = small_integers((3, 3), "f4")
    assert eg.jacobian(string, 0, A).dtype == np.float32


def test_mixed_dtypes_promote_as_numpy_does():
    A, x = np.ones((2, 3), "f4"), np.ones(3, "f8")
    value, pullback = eg.vjp("mn,n->m", A, x)
    assert value.dtype == np.float64
    dA, dx = pullback(np.ones(2))
    assert dA.dtype == np.float64
    assert dx.dtype == np.float64


def test_derivatives_along_integers_are_floats():
    x = np.ones(2, "f4")
    assert eg.vjp("i->i", x)[1]([1, 2])[0].dtype == np.float64
    assert eg.jvp("i->i", [x], [[1, 2]])[1].dtype == np.float64


REFUSED = [
    lambda A: eg.vjp("ij,j->i", A, [1.0, 2.0]),
    lambda A: eg.jacobian("ij,j->i", 0, A, [1.0, 2.0]),
    lambda A: eg.jvp("ij,j->i", (A, [1.0, 2.0]), (A, None)),
    lambda A: eg.check_grads("ij,j->i", A, [1.0, 2.0], wrt=[0]),
]


@pytest.mark.parametrize("call", REFUSED)
@pytest.mark.parametrize("dtype", ["?", "i8", "u1"])
def test_a_derivative_in_integers_is_an_error_that_says_so(call, dtype):
    A = np.ones((2, 2), dtype)
    with pytest.raises(eg.DtypeError, match=rf"operand 0 \(x0\) has dtype {A.dtype}, which has no"):
        call(A)


def test_an_integer_operand_may_stand_beside_the_one_derived_in():
    A, x = np.array([[1, 2], [3, 4]]), np.array([1.0, 2.0])
    value, pullback = eg.vjp("mn,n->m", A, x, wrt=[1])
    assert value.tolist() == [5.0, 11.0]
    assert pullback(np.array([1.0, 0.0]))[0].tolist() == [1.0, 2.0]
    assert eg.jacobian("mn,n->m", 1, A, x).tolist() == A.tolist()
    assert eg.jvp("mn,n->m", (A, x), (None, x))[1].tolist() == [5.0, 11.0]


def test_cotangents_of_broadcast_operands_are_summed():
    A, B = np.ones((1, 2)), np.arange(6.0).reshape(3, 2)
    _, pullback = eg.vjp("ij,ij->ij", A, B)
    dA, dB = pullback(np.ones((3, 2)))
    assert dA.tolist() == [[6.0, 9.0]]
    assert dB.tolist() == np.ones((3, 2)).tolist()


def test_cotangents_of_absent_batch_axes_are_summed():
    A, x = np.arange(12.0).reshape(2, 3, 2), np.ones(2)
    _, pullback = eg.vjp("...ij,...j->...i", A, x)
    assert pullback(np.ones((2, 3)))[1].tolist() == A.sum(axis=(0, 1)).tolist()


def test_wrt_chooses_operands_by_number_and_name():
    A, x = np.eye(2), np.array([1.0, 2.0])
    _, pullback = eg.vjp("mn,n->m", A, x, wrt=["x", 0, -1], names=("A", "x"))
    by_name, first, last = pullback(np.array([1.0, 0.0]))
    assert by_name.tolist() == last.tolist() == [1.0, 0.0]
    assert first.tolist() == [[1.0, 2.0], [0.0, 0.0]]


def test_a_name_that_stands_twice_gets_the_sum():
    A, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0])
    names = ("x", "A", "x")
    _, pullback = eg.vjp("i,ij,j->", x, A, x, wrt=["x"], names=names)
    assert pullback(1.0)[0].tolist() == ((A + A.T) @ x).tolist()
    assert eg.jacobian("i,ij,j->", "x", x, A, x, names=names).tolist() == ((A + A.T) @ x).tolist()


def test_an_array_that_stands_twice_without_a_name_gets_a_cotangent_for_each_place():
    x = np.array([1.0, 2.0])
    first, second = eg.vjp("i,i->", x, x)[1](1.0)
    assert first.tolist() == second.tolist() == [1.0, 2.0]


def test_a_missing_tangent_is_zero():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    value, tangent = eg.jvp("i,i->i", (x, y), (None, None))
    assert value.tolist() == [3.0, 8.0]
    assert tangent.tolist() == [0.0, 0.0]


def test_derivatives_never_share_memory_with_what_was_given():
    x, g = np.ones(3), np.ones(3)
    value, pullback = eg.vjp("i->i", x)
    (cotangent,) = pullback(g)
    _, tangent = eg.jvp("i->i", (x,), (g,))
    cotangent[:] = tangent[:] = value[:] = 7
    assert (x == 1).all()
    assert (g == 1).all()


def test_a_chain_of_many_operands_does_not_blow_up(small_integers):
    matrices = [small_integers((3, 3), seed=place) / 4 for place in range(40)]
    letters = [chr(0x4E00 + place) for place in range(41)]
    lists = [first + second for first, second in pairwise(letters)]
    string = ",".join(lists) + "->" + letters[0] + letters[-1]
    value, pullback = eg.vjp(string, *matrices, wrt=[0, 20, 39])
    expected = np.linalg.multi_dot(matrices)
    assert np.allclose(value, expected, rtol=1e-10, atol=0)
    before, after = np.linalg.multi_dot(matrices[:20]), np.linalg.multi_dot(matrices[21:])
    _, middle, _ = pullback(np.ones((3, 3)))
    assert np.allclose(middle, before.T @ np.ones((3, 3)) @ after.T, rtol=1e-10, atol=0)


def test_labels_that_are_words_and_numbers_are_different_dims():
    product = eg.equation([["p0", 0], *([place, place + 1] for place in range(30))], ["p0", 30])
    value, pullback = eg.vjp(product, np.ones((2, 3)), *[np.eye(3)] * 30)
    assert (value == np.ones((2, 3))).all()
    assert (pullback(np.ones((2, 3)))[0] == np.ones((2, 3))).all()


def test_a_star_of_many_vectors_does_not_blow_up():
    vectors = [np.full(50, 2.0)] * 30
    string = ",".join(["i"] * 30) + "->"
    assert eg.einsum(string, *vectors) == 50 * 2.0**30
    assert (eg.vjp(string, *vectors, wrt=[3])[1](1.0)[0] == 2.0**29).all()


def test_the_jacobian_of_a_large_elementwise_product_is_its_diagonal():
    x, y = np.arange(300.0), np.arange(300.0) + 1
    assert (eg.jacobian("i,i->i", 0, x, y) == np.diag(y)).all()


@pytest.mark.parametrize("again", [False, True], ids=["first call", "known call"])
@pytest.mark.parametrize(
    "string", ["i,i->", "ij,j->i", "ij,jk,kl->il", "ij->ij", "ij->", "ii->i", "i,i,i->i"]
)
def test_a_pullback_is_that_of_the_arrays_when_it_was_made(string, again, small_integers):
    lists = string.partition("->")[0].split(",")
    arrays = [small_integers((3,) * len(one), float, place) for place, one in enumerate(lists)]
    for _ in range(1 + again):
        value, pullback = eg.vjp(string, *arrays)
    g = np.ones(np.shape(value))
    before = [one.copy() for one in pullback(g)]
    for array in arrays:
        np.multiply(array, 7, array)
    for found, expected in zip(pullback(g), before, strict=True):
        assert np.array_equal(found, expected)
    for found in pullback(g):
        found[...] = 5
    assert all(map(np.array_equal, pullback(g), before))


def test_a_pullback_copies_only_what_its_cotangents_depend_on(small_integers):
    A, x = small_integers((3, 3)), small_integers((3,))
    assert eg.vjp("ij->i", A)[1].operands[0] is A
    _, pullback = eg.vjp("ij,j->i", A, x, wrt=[0])
    assert pullback.operands[0] is A
    assert not np.shares_memory(pullback.operands[1], x)
