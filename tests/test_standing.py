"""A sum and its transpose are one factor; functions and reductions let transposes out."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg

NAMES = "A B C D"
VARIABLES = dict(zip(NAMES.split(), eg.variables("A[n,n] B[n,n] C[n,n] D[n,n]"), strict=True))
(S,) = eg.variables("S[n,n]", symmetric=["S"])
EYE = eg.eye("n")


@st.composite
def chains(draw):
    """A product of matrices, bracketed and transposed at random, beside the plain one."""
    names = draw(st.lists(st.sampled_from(NAMES.split()), min_size=1, max_size=4))
    plain = VARIABLES[names[0]]
    for name in names[1:]:
        plain = plain @ VARIABLES[name]
    return plain, bracketed(draw, names, draw(st.booleans()))


def bracketed(draw, names, transposed):
    if len(names) == 1:
        one = VARIABLES[names[0]]
        return one.T.T if not transposed else one.T.T.T.T
    cut = draw(st.integers(1, len(names) - 1))
    left = bracketed(draw, names[:cut], False)
    right = bracketed(draw, names[cut:], True)
    return (right.T @ left.T).T if transposed else left @ right


@st.composite
def sums(draw):
    """A sum of chains, and the same sum written in another way."""
    pairs = draw(st.lists(chains(), min_size=1, max_size=3))
    numbers = draw(st.lists(st.sampled_from([-2, -1, 1, 3]), min_size=3, max_size=3))
    flips = draw(st.lists(st.booleans(), min_size=3, max_size=3))
    order = draw(st.permutations(range(len(pairs))))
    turned = [p.T if f else p for (p, _), f in zip(pairs, flips, strict=False)]
    others = [o.T if f else o for (_, o), f in zip(pairs, flips, strict=False)]
    one = sum((n * t for n, t in zip(numbers, turned, strict=False)), EYE)
    other = EYE
    for place in order:
        other = numbers[place] * others[place] + other
    return one, other


@given(sums())
def test_a_sum_and_its_transpose_are_one_factor(pair):
    one, other = pair
    assert eg.simplify(one @ S) is eg.simplify((S @ other.T).T)
    assert eg.simplify(one.T @ S) is eg.simplify((S @ other).T)


@given(sums(), sums())
def test_products_of_sums_have_one_form_and_their_value(first, second):
    product = eg.simplify(first[0] @ second[0].T)
    assert product is eg.simplify((second[1] @ first[1].T).T)
    assert eg.simplify(product) is product
    rng = np.random.default_rng(3)
    arrays = {name: rng.integers(-3, 4, (3, 3)) for name in NAMES.split()}
    symbols = [*VARIABLES.values()]
    given_ones = {one: arrays[one.name] for one in symbols}

    def value(expr):
        return eg.evaluate(expr, given_ones, sizes={"n": 3})

    assert np.array_equal(value(product), value(first[0]) @ value(second[0]).T)


K, H, P, R, X, Y, L, M = eg.variables(
    "K[n,q] H[q,n] P[n,n] R[q,q] X[n,m] Y[m,n] L[n,n] M[m,n]", symmetric=["P", "R"]
)
SAME = [
    ((H.T @ K.T - EYE).T @ H.T + (K @ H - EYE) @ H.T, 2 * (K @ H - EYE) @ H.T),
    ((EYE - K @ H) @ P @ H.T, -((H.T @ K.T - EYE).T) @ P @ H.T),
    (eg.inverse(EYE - X @ Y), eg.inverse((EYE - Y.T @ X.T).T)),
    (eg.inverse(Y.T @ X.T), eg.inverse(X @ Y).T),
    (eg.logdet(Y.T @ X.T - EYE), eg.logdet(X @ Y - EYE)),
    (eg.maximum(X.T, Y), eg.maximum(X, Y.T).T),
    (eg.logsumexp(X.T, axis=0), eg.logsumexp(X, axis=1)),
    (eg.max(Y.T @ X.T, axis=0), eg.max(X @ Y, axis=1)),
    (eg.exp(Y.T @ X.T), eg.exp(X @ Y).T),
    (eg.exp(X @ M).T, eg.exp(M.T @ X.T)),
    (eg.where(X.T > 0, Y, 2), eg.where(X > 0, Y.T, 2).T),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_transposes_move_to_one_place(one, other):
    assert eg.simplify(one) is eg.simplify(other)


T3, U3 = eg.variables("T[n,n,n] U[n,n,n]")


@pytest.mark.parametrize("axes", [*permutations(range(3))])
def test_sums_of_any_rank_stand_in_one_order(axes):
    total = T3 + 2 * eg.transpose(U3, (1, 2, 0)) + eg.einsum("i,jk->ijk", eg.ones("n"), L)
    back = [axes.index(axis) for axis in range(3)]
    moved = eg.transpose(eg.simplify(eg.transpose(total, axes)), back)
    w = eg.variables("w[n]")[0]
    plain = eg.einsum("ijk,i->jk", total, w)
    assert eg.simplify(eg.einsum("ijk,i->jk", moved, w)) is eg.simplify(plain)


def test_the_gain_of_a_filter_has_two_terms():
    error = (EYE - K @ H) @ P @ (EYE - K @ H).T + K @ R @ K.T
    gradient = eg.grad(eg.trace(error), K)
    assert eg.show(gradient, notation="matrix") == "2 (K R + (K H - I) P Hᵀ)"


CHAIN = eg.variables(" ".join(f"M{k}[n,n]" for k in range(20)))


@pytest.mark.parametrize("count", [9, 12, 20])
def test_long_products_are_one_node_from_left_and_right(count):
    factors, x = CHAIN[:count], eg.variables("x[n]")[0]
    left, right, halves = factors[0], factors[-1], list(factors)
    for one, other in zip(factors[1:], factors[-2::-1], strict=True):
        left, right = left @ one, other @ right
    while len(halves) > 1:
        halves = [
            halves[k] @ halves[k + 1] if k + 1 < len(halves) else halves[k]
            for k in range(0, len(halves), 2)
        ]
    assert eg.simplify(left) is eg.simplify(right)
    assert eg.simplify(left) is eg.simplify(halves[0])
    assert eg.simplify(left @ x) is eg.simplify(right @ x)


def test_numbers_and_signs_stand_before_long_products():
    x, y = eg.variables("x[n] y[n]")
    part = -2 * eg.exp(x) * y * eg.tanh(x) * eg.sin(y) * eg.cos(x)
    whole = eg.simplify(eg.outer(part, part) @ (CHAIN[0] @ x) * (3 * part))
    assert repr(whole).startswith("-24 * ")
    assert " * " not in repr(whole).removeprefix("-24 * ")


def test_the_gradient_of_a_long_trace_has_one_term():
    A, X = eg.variables("A[n,m] X[m,n]")
    product = A @ X
    for _ in range(4):
        product = product @ (A @ X)
    gradient = eg.grad(eg.trace(product), X)
    assert eg.show(gradient, notation="matrix") == "5" + 4 * " Aᵀ Xᵀ" + " Aᵀ"
