"""Which matrices are known to be symmetric: never one that is not, and always those of a table."""

from functools import reduce

import numpy as np
import pytest
from counting import calls_in
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.walks import topological
from einsgrad.simplification.symmetry import is_own_transpose

SIZE = 2
A, B, S, T = eg.variables("A[2,2] B[2,2] S[2,2] T[2,2]", symmetric="S T")
C, F, w, x = eg.variables("C[3,2] F[3,2,2] w[4] x[2]")
(P,) = eg.variables("P[2,2,3]")


def kron(one, other):
    return eg.reshape(eg.einsum("ab,ij->aibj", one, other), (SIZE**2, SIZE**2))


def part_of(square):
    """A weighted sum of the blocks of a matrix of four rows."""
    return eg.einsum("aibj,ab->ij", eg.reshape(square, (2, 2, 2, 2)), S)


def chain(*matrices):
    return reduce(lambda one, other: one @ other, matrices)


SYMMETRIC = {
    "a Gram matrix": A @ A.T,
    "a congruence": A.T @ S @ A,
    "a cube": S @ S @ S,
    "a palindrome": chain(S, A, T, A.T, S),
    "a palindrome of more factors than are written as one": chain(
        A, B, S, A, T, B, S, B.T, T, A.T, S, B.T, A.T
    ),
    "a map": eg.tanh(S),
    "a power of a map": eg.tanh(S) ** 7,
    "a power of a Gram matrix": (A @ A.T + 1) ** 9,
    "a product by entries": S * T * S,
    "a difference": S - 3 * T,
    "an inverse": eg.inverse(S + A @ A.T),
    "an outer product": eg.outer(x, x),
    "a weighted sum of outer products": eg.einsum("k,ki,kj->ij", eg.sin(C @ x), C, C),
    "the identity": eg.eye("n"),
    "a diagonal": eg.diag(eg.exp(x)),
    "a sum whose terms turn into one another": A + A.T + A @ B + B.T @ A.T,
    "a sum of a function and its transpose": eg.exp(A) + eg.exp(A).T,
    "factors that are exchanged": eg.einsum("pij,pik->jk", F, F),
    "a Kronecker product": kron(S, T),
    "the square of a Kronecker product": kron(A, B) @ kron(A, B).T,
    "a function of a Kronecker product": eg.inverse(kron(S, T)) * 2,
    "a condition on symmetric matrices": eg.where(S > 0, S, T**2),
    "a sum of ninety terms": reduce(
        lambda one, other: one + other, [eg.sin(k * A) + eg.sin(k * A).T for k in range(1, 46)]
    ),
}

OTHER = {
    "a matrix": A,
    "a product of two": S @ T,
    "a product of different factors": A @ B.T,
    "a reshaped vector": eg.reshape(w, (2, 2)),
    "a map of a product": eg.sin(S @ T),
    "a Kronecker product of others": kron(A, S),
    "a difference of transposes": A - A.T,
    "rows that are scaled": S * eg.reshape(x, (2, 1)),
    "an axis of three": eg.sum(P * P, 2),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_a_matrix_that_is_symmetric_by_its_form_is_known(name):
    simple = eg.simplify(SYMMETRIC[name])
    assert eg.is_symmetric(simple)
    assert eg.simplify(simple.T) is simple


@pytest.mark.parametrize("name", OTHER)
def test_a_matrix_that_is_not_symmetric_is_not_taken_for_one(name):
    simple = eg.simplify(OTHER[name])
    assert not eg.is_symmetric(simple)
    assert eg.simplify(eg.simplify(simple.T).T) is simple


MATRICES = st.recursive(
    st.sampled_from([A, B, S, T, eg.outer(x, x), C.T @ C, eg.reshape(w, (2, 2)), eg.eye(2)]),
    lambda inner: st.one_of(
        st.builds(lambda one, other: one @ other, inner, inner),
        st.builds(lambda one, other: one + other, inner, inner),
        st.builds(lambda one, other: one - other, inner, inner),
        st.builds(lambda one, other: one * other, inner, inner),
        st.builds(lambda one: one.T, inner),
        st.builds(lambda one: one @ one.T, inner),
        st.builds(lambda one: one + one.T, inner),
        st.builds(eg.sin, inner),
        st.builds(lambda one: eg.reshape(eg.reshape(one * one, 4), (2, 2)), inner),
        st.builds(lambda one, other: part_of(kron(one, other)), inner, inner),
        st.builds(lambda one, power: one**power, inner, st.integers(2, 9)),
    ),
    max_leaves=6,
)


@given(matrix=MATRICES, seed=st.integers(0, 2**16))
def test_what_is_known_to_be_symmetric_has_a_symmetric_value(matrix, seed):
    draw = np.random.default_rng(seed)
    arrays = {v.name: draw.uniform(-0.9, 0.9, v.shape) for v in (A, B, S, T, C, w, x)}
    arrays |= {name: arrays[name] + arrays[name].T for name in "ST"}
    simple = eg.simplify(matrix)
    given = {v.name: arrays[v.name] for v in topological(simple) if hasattr(v, "name")}
    value = eg.evaluate(simple, **given)
    if eg.is_symmetric(simple):
        np.testing.assert_allclose(value, value.T, rtol=1e-9, atol=1e-9)
        assert eg.simplify(simple.T) is simple
    assert eg.is_symmetric(simple.T) == eg.is_symmetric(simple)


def residual_steps(count):
    z = A @ A.T
    for _ in range(count):
        z = z + eg.sin(z)
    return z


def reshapes(count):
    z = w
    for _ in range(count):
        z = eg.reshape(eg.tanh(eg.reshape(z, (2, 2))), 4)
    return eg.reshape(z, (2, 2))


def filter_steps(count):
    z = S
    for _ in range(count):
        z = A @ z @ A.T + T
        z = z - z @ B @ eg.inverse(B.T @ z @ B) @ B.T @ z
    return z


@pytest.mark.parametrize("steps", [residual_steps, reshapes, filter_steps])
def test_whether_a_matrix_is_symmetric_is_found_in_time_linear_in_its_size(steps):
    small, large = (calls_in(asked, steps, count) for count in (20, 40))
    assert 0 < small <= large < 2.6 * small


def asked(steps, count):
    return is_own_transpose(steps(count))
