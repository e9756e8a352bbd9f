"""What people write by hand for softmax, logsumexp and centred sums is the same node as the name.

Tables of pairs that have to be one node, and the values against scipy's at ordinary and at
extreme entries.
"""

import numpy as np
import pytest

import einsgrad as eg

Z, Y, S, W, X, C = eg.variables("z[n] y[n] S[n,m] W[k,m] X[n,k] c[m]")


def ratio(powers, axis=None, keepdims=False):
    total = powers.sum(axis, keepdims=keepdims)
    return powers / total


SAME = {
    "a vector": (ratio(np.exp(Z)), eg.softmax(Z)),
    "rows, axes kept": (ratio(np.exp(S), 1, True), eg.softmax(S, axis=1)),
    "rows, indexed": (np.exp(S) / np.exp(S).sum(1)[:, None], eg.softmax(S, axis=1)),
    "columns": (ratio(np.exp(S), 0), eg.softmax(S, axis=0)),
    "all entries": (ratio(np.exp(S)), eg.softmax(S, axis=(0, 1))),
    "turned": ((np.exp(S.T) / np.exp(S).sum(1)).T, eg.softmax(S, axis=1)),
    "negative": (ratio(np.exp(-Z)), eg.softmax(-Z)),
    "a number in the exponent": (ratio(np.exp(2 * Z + 3)), eg.softmax(2 * Z)),
    "shifted by the maximum": (ratio(np.exp(Z - Z.max())), eg.softmax(Z)),
    "shifted by another": (ratio(np.exp(Z + eg.sum(Y))), eg.softmax(Z)),
    "shifted rows": (ratio(np.exp(S - S.max(1, keepdims=True)), 1, True), eg.softmax(S, axis=1)),
    "shifted inside the name": (eg.softmax(S + Y[:, None], axis=1), eg.softmax(S, axis=1)),
    "beside other factors": (Y * np.exp(Z) / np.exp(Z).sum(), Y * eg.softmax(Z)),
    "logsumexp": (np.log(np.exp(Z).sum()), eg.logsumexp(Z)),
    "logsumexp of rows": (np.log(np.exp(S).sum(1)), eg.logsumexp(S, axis=1)),
    "logsumexp, axes kept": (
        np.log(np.exp(S).sum(1, keepdims=True)),
        eg.logsumexp(S, axis=1, keepdims=True),
    ),
    "logsumexp, shifted": (Z.max() + np.log(np.exp(Z - Z.max()).sum()), eg.logsumexp(Z)),
    "log of softmax": (np.log(ratio(np.exp(Z))), eg.log_softmax(Z)),
    "log of softmax, shifted": (
        Z - Z.max() - np.log(np.exp(Z - Z.max()).sum()),
        eg.log_softmax(Z),
    ),
    "softmax sums to one": (eg.sum(eg.softmax(Z)), 1),
    "rows of softmax sum to one": (eg.softmax(S, axis=1).sum(1), eg.ones("n")),
    "a sum of softmax in a product": (eg.einsum("nm,n->", eg.softmax(S, axis=1), Y), eg.sum(Y)),
    "gradient of logsumexp": (eg.grad(np.log(np.exp(Z).sum()), Z), eg.softmax(Z)),
    "gradient in weights": (
        eg.grad(np.log(np.exp(X @ W).sum(1)).sum(), W),
        X.T @ eg.softmax(X @ W, axis=1),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_by_hand_is_the_same_node(name):
    one, other = SAME[name]
    assert eg.simplify(one) is eg.simplify(other)
    assert eg.simplify(eg.simplify(one)) is eg.simplify(one)


DIFFERENT = {
    "another axis": (np.exp(S) / np.exp(S).sum(0), eg.softmax(S, axis=1)),
    "another exponent": (np.exp(2 * Z) / np.exp(Z).sum(), eg.softmax(2 * Z)),
    "one more": (np.exp(Z) / (1 + np.exp(Z).sum()), eg.softmax(Z)),
    "a shift that varies": (ratio(np.exp(Z - Y)), eg.softmax(Z)),
    "columns that are no softmax": (eg.softmax(S, axis=1).sum(0), eg.ones("m")),
    "weighted": (eg.softmax(Z) @ Y, eg.sum(Y)),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_only_looks_like_it_is_another_node(name):
    one, other = DIFFERENT[name]
    assert eg.simplify(one) is not eg.simplify(other)


@pytest.mark.parametrize("size", [1.0, 1e3])
def test_cross_entropy_by_hand_is_right_at_large_logits(size):
    special = pytest.importorskip("scipy.special")
    rng = np.random.default_rng(3)
    logits = size * rng.uniform(-1, 1, (5, 4))
    labels = np.eye(4)[rng.integers(0, 4, 5)]
    A, L = eg.variables("A[5,4] L[5,4]")
    powers = np.exp(A)
    loss = -(L * np.log(powers / powers.sum(1, keepdims=True))).sum()
    expected = -(labels * special.log_softmax(logits, axis=1)).sum()
    np.testing.assert_allclose(eg.evaluate(loss, {A: logits, L: labels}), expected, rtol=1e-13)
    gradient = eg.evaluate(eg.grad(loss, A), {A: logits, L: labels})
    np.testing.assert_allclose(
        gradient, special.softmax(logits, axis=1) - labels, rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("axis", [0, 1, 2, (0, 2), (1, 2), None])
def test_softmax_by_hand_has_its_value_along_any_axes(axis, keepdims):
    special = pytest.importorskip("scipy.special")
    (t,) = eg.variables("t[2,3,4]")
    array = np.random.default_rng(5).uniform(-2, 2, (2, 3, 4))
    powers = np.exp(t)
    total = powers.sum(axis, keepdims=True)
    by_hand = powers / total if keepdims else powers * (1 / np.broadcast_to(total, (2, 3, 4)))
    named = eg.softmax(t, axis=(0, 1, 2) if axis is None else axis)
    assert eg.simplify(by_hand) is eg.simplify(named)
    np.testing.assert_allclose(
        eg.evaluate(eg.simplify(by_hand), {t: array}), special.softmax(array, axis=axis), rtol=1e-14
    )


def centred(x, axis=None):
    return x - x.mean(axis, keepdims=True)


X3, Y3 = eg.variables("X3[b,t,h] Y3[b,t,h]")
VANISHING = {
    "a vector": eg.sum(centred(Z)),
    "a vector, not kept": eg.sum(Z - eg.mean(Z)),
    "of known size": eg.sum(centred(eg.variables("w[5]")[0])),
    "in a product": eg.einsum("n,m->m", centred(Z), C),
    "rows": centred(S, 1).sum(1),
    "columns": centred(S, 0).sum(0),
    "columns, and then rows": centred(S, 0).sum(),
    "a batch": centred(X3, 2).sum(2),
    "two axes": centred(X3, (0, 2)).sum((0, 2)),
    "scaled": (3 * centred(X3, 1) / eg.norm(Z)).sum(1),
    "divided by its deviation": eg.sum(centred(Z) / np.sqrt((centred(Z) ** 2).mean())),
    "a difference of two": eg.sum(centred(Z) - 2 * centred(Y)),
    "a softmax backward": eg.sum(eg.vjp(eg.softmax(Z), Z, Y)),
    "weighted with a softmax": eg.softmax(Z) @ (Y - eg.softmax(Z) @ Y),
    "weighted with its rows": eg.einsum(
        "nm,nm->n",
        eg.softmax(S, axis=1),
        S - (eg.softmax(S, axis=1) * S).sum(1, keepdims=True),
    ),
    "a gradient of a variance": eg.sum(eg.grad(((Z - eg.mean(Z)) ** 2).sum(), Z)),
}


@pytest.mark.parametrize("name", VANISHING)
def test_centred_sums_vanish(name):
    found = eg.simplify(VANISHING[name])
    assert eg.simplify(found + 0 * found) is eg.simplify(0 * found)
    assert found is eg.simplify(0 * VANISHING[name])


KEPT = {
    "along another axis": centred(S, 1).sum(0),
    "weighted": centred(Z) @ Y,
    "squares": eg.sum(centred(Z) ** 2),
    "half of the mean": eg.sum(Z - eg.mean(Z) / 2),
    "weighted with another softmax": eg.softmax(Y) @ (Y - eg.softmax(Z) @ Y),
}


@pytest.mark.parametrize("name", KEPT)
def test_sums_of_what_is_not_centred_stay(name):
    found = eg.simplify(KEPT[name])
    assert found is not eg.simplify(0 * found)


def test_the_gradient_of_a_variance_has_one_term():
    variance = ((Z - eg.mean(Z)) ** 2).mean()
    size = eg.sum(eg.ones("n"))
    assert eg.grad(variance, Z) is eg.simplify(2 * (Z - eg.mean(Z)) / size)


@pytest.mark.parametrize("axis", [0, 1])
def test_normalised_rows_and_columns_have_gradients_of_three_terms(axis):
    G, A, eps = eg.variables("G[4,3] A[4,3] eps")
    variance = (centred(A, axis) ** 2).mean(axis, keepdims=True)
    gradient = eg.grad((G * centred(A, axis) / np.sqrt(variance + eps)).sum(), A)
    assert eg.show(gradient, "index").splitlines()[0].count(" - ") == 2
    rng = np.random.default_rng(7)
    a, g = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    s = np.sqrt(a.var(axis, keepdims=True) + 0.1)
    h = (a - a.mean(axis, keepdims=True)) / s
    expected = (g - g.mean(axis, keepdims=True) - h * (g * h).mean(axis, keepdims=True)) / s
    found = eg.evaluate(gradient, {A: a, G: g, eps: 0.1})
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    # Nothing is multiplied out that cancels: entries far from 0 lose no more digits than numpy.
    moved = eg.evaluate(gradient, {A: a + 2.0**20, G: g, eps: 0.1})
    np.testing.assert_allclose(moved, expected, rtol=1e-7, atol=1e-8)


def test_no_axis_of_size_one_is_left_inside():
    G, A = eg.variables("G[b,h] A[b,h]")
    gradient = eg.grad((G * A / A.sum(1, keepdims=True)).sum(), A)
    assert "1 1ᵀ" not in str(eg.show(gradient))
    sums = A.sum(1)
    expected = G / sums[:, None] - ((G * A).sum(1) / sums / sums)[:, None] * eg.ones("b", "h")
    assert gradient is eg.simplify(expected)


@pytest.mark.parametrize(
    ("kept", "dropped"),
    [
        (np.exp(S.sum(1, keepdims=True))[:, 0], np.exp(S.sum(1))),
        (S / np.sqrt((S**2).sum(1, keepdims=True)), S / np.sqrt((S**2).sum(1))[:, None]),
        ((S.sum(0, keepdims=True) + C * C).sum(0), S.sum(0) + C * C),
        (
            np.where(S.sum(1, keepdims=True) > 0, S, 2 * S.max(1, keepdims=True)),
            np.where(S.sum(1)[:, None] > 0, S, 2 * S.max(1)[:, None]),
        ),
        (1 / (1 + np.exp(S).sum(1, keepdims=True)) * S, S / (1 + np.exp(S).sum(1))[:, None]),
        (np.tanh(Z.mean(keepdims=True) + 1)[0], np.tanh(Z.mean() + 1)),
    ],
)
def test_axes_that_are_kept_with_size_one_make_no_difference(kept, dropped):
    assert eg.simplify(kept) is eg.simplify(dropped)


SQUARES = {
    "a vector": (centred(Z) @ Z, centred(Z) @ centred(Z)),
    "rows": ((centred(S, 1) * S).sum(1), (centred(S, 1) ** 2).sum(1)),
    "columns": ((S * centred(S, 0)).sum(), (centred(S, 0) ** 2).sum()),
    "a part of a product": (
        eg.einsum("n,n,m->m", centred(Z), Z, C),
        eg.einsum("n,n,m->m", centred(Z), centred(Z), C),
    ),
}


@pytest.mark.parametrize("name", SQUARES)
def test_what_is_centred_times_what_it_is_centred_from_is_a_square(name):
    product, square = SQUARES[name]
    assert eg.simplify(product) is eg.simplify(square)


def test_weighted_rows_of_centred_columns_are_no_square():
    product = eg.einsum("nm,nm,n->", centred(S, 0), S, Y)
    assert eg.simplify(product) is not eg.simplify((Y[:, None] * centred(S, 0) ** 2).sum())


def logistic(z, y):
    p = 1 / (1 + np.exp(-z))
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


@pytest.mark.parametrize("size", [1.0, 30.0, 1e3])
def test_the_logistic_loss_by_hand_is_right_at_large_logits(size):
    special = pytest.importorskip("scipy.special")
    z = size * np.array([1.0, -1.0, 0.5, -0.7])
    y = np.array([1.0, 0.0, 0.0, 1.0])
    expected = np.sum(np.logaddexp(0, z) - y * z)
    value, gradient = eg.value_and_grad(logistic)(z, y)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    np.testing.assert_allclose(gradient, special.expit(z) - y, rtol=1e-12, atol=1e-14)
    formula = logistic(Z, Y)
    np.testing.assert_allclose(eg.evaluate(formula, {Z: z, Y: y}), expected, rtol=1e-13)


def test_the_gradient_of_the_logistic_loss_by_hand_has_two_terms():
    assert eg.grad(logistic(Z, Y), Z) is eg.simplify(eg.sigmoid(Z) - Y)
