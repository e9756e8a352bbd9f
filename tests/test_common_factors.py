"""What the terms of a sum share is taken out: the same value, the same node, the form by hand."""

import itertools

import numpy as np
import pytest
from differences import value_at

import einsgrad as eg

X, A, B, w, v, y, s, t = eg.variables("X[n,k] A[k,k] B[k,k] w[k] v[k] y[n] s t")
DATA = {
    name: np.random.default_rng(3).uniform(0.5, 2.0, shape)
    for name, shape in {
        "X": (4, 3), "A": (3, 3), "B": (3, 3), "w": (3,), "v": (3,), "y": (4,), "s": (), "t": (),
    }.items()
}  # fmt: skip


def value(expr):
    return value_at(expr, DATA)


x_, a_, b_, w_, v_, y_, s_, t_ = (DATA[name] for name in ("X", "A", "B", "w", "v", "y", "s", "t"))

# The sum as it is typed, what is shown, and its value by numpy.
SUMS = {
    "a matrix from the left": (
        X.T @ eg.exp(X @ w) - X.T @ y,
        "Xᵀ (exp(X w) - y)",
        x_.T @ (np.exp(x_ @ w_) - y_),
    ),
    "a matrix from the right": (A @ B @ X.T - B @ X.T, "(A B - B) Xᵀ", (a_ @ b_ - b_) @ x_.T),
    "a vector after matrices": (A @ w - 2 * B @ w, "(A - 2 B) w", (a_ - 2 * b_) @ w_),
    "a matrix and ones": (X.T @ y - X.T.sum(1), "Xᵀ (y - 1)", x_.T @ (y_ - 1)),
    "some of the terms": (
        X.T @ eg.exp(X @ w) - X.T @ y + s * w,
        "s w + Xᵀ (exp(X w) - y)",
        x_.T @ (np.exp(x_ @ w_) - y_) + s_ * w_,
    ),
    "entries": (
        w * eg.exp(v) - w * eg.sin(v),
        "w ⊙ (exp(v) - sin(v))",
        w_ * (np.exp(v_) - np.sin(v_)),
    ),
    "a quotient rule": (
        w / (v @ v) - 2 * (w @ v) * v / (v @ v) ** 2,
        "(w - 2 (vᵀ w) v / ‖v‖²) / ‖v‖²",
        w_ / (v_ @ v_) - 2 * (w_ @ v_) * v_ / (v_ @ v_) ** 2,
    ),
    "a root": (w / eg.sqrt(s) - v / s**1.5, "(w - v/s) / sqrt(s)", w_ / np.sqrt(s_) - v_ / s_**1.5),
    "a mean": (w / t - eg.mean(w) / t, "(w - (1ᵀ w) 1 / k) / t", (w_ - w_.mean()) / t_),
    "an identity": (
        s * eg.eye("k") - s * eg.outer(w, w),
        "s (I - w wᵀ)",
        s_ * (np.eye(3) - np.outer(w_, w_)),
    ),
    "a number in some terms": (s * w + s * v + A @ w, "A w + s (v + w)", s_ * (w_ + v_) + a_ @ w_),
    "a value in some terms": (
        t + eg.log(s) * t - eg.log(s),
        "t (1 + log(s)) - log(s)",
        t_ + np.log(s_) * t_ - np.log(s_),
    ),
    "a determinant": (
        eg.det(A) * eg.trace(B) - eg.det(A) * (w @ v),
        "det(A) (tr(B) - vᵀ w)",
        np.linalg.det(a_) * (np.trace(b_) - w_ @ v_),
    ),
}  # fmt: skip
# What stays, as a person leaves it, in so many terms.
KEPT = {
    "a polynomial": (w**3 + w**2, 2, w_**3 + w_**2),
    "what weighs": (w * v - (w @ v) * w, 2, w_ * v_ - (w_ @ v_) * w_),
    "a quadratic form": (w @ A @ w + w @ v + s, 3, w_ @ a_ @ w_ + w_ @ v_ + s_),
    "multiples of an array": (s * w + w - A @ w, 3, s_ * w_ + w_ - a_ @ w_),
    "products that are cheap": (
        A @ eg.outer(w, v) + A @ eg.outer(v, w),
        2,
        a_ @ (np.outer(w_, v_) + np.outer(v_, w_)),
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_what_all_terms_share_is_taken_out(name):
    typed, shown, expected = SUMS[name]
    simple = eg.simplify(typed)
    assert eg.show(simple) == shown
    np.testing.assert_allclose(value(simple), expected, rtol=1e-12)
    assert eg.prove(simple, typed)
    assert eg.simplify(eg.parse(shown, [X, A, B, w, v, y, s, t])) is simple


@pytest.mark.parametrize("name", KEPT)
def test_what_is_no_shorter_stays_a_sum(name):
    typed, count, expected = KEPT[name]
    simple = eg.simplify(typed)
    assert len(simple.terms) == count
    np.testing.assert_allclose(value(simple), expected, rtol=1e-12)


def test_the_softmax_jacobian_and_its_products_stay_as_they_are_known():
    p = eg.softmax(w)
    assert eg.show(eg.jacobian(p, w)) == "diag(softmax(w)) - softmax(w) softmax(w)ᵀ"
    assert eg.show(eg.vjp(p, w, v)) == "v ⊙ softmax(w) - (vᵀ softmax(w)) softmax(w)"
    typed = p * (v - (p @ v) * eg.ones("k"))
    assert eg.simplify(typed) is eg.vjp(p, w, v)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_no_bracket_of_a_sum_tells(order):
    terms = [s * w, -s * v, A @ w]
    a, b, c = (terms[k] for k in order)
    assert (
        eg.simplify((a + b) + c) is eg.simplify(a + (b + c)) is eg.simplify(s * w - s * v + A @ w)
    )
    assert eg.simplify(a - (-b - c)) is eg.simplify(a + b + c)


def test_a_large_term_is_no_larger_in_the_product():
    """The factor overflows no more than it did, and cancels no digits that the sum had."""
    far = np.array([1e200, -1e200, 3e200])
    simple = eg.simplify(w / t - v / t)
    found = eg.compile(simple)(w=far, v=far / 2, t=1e-100)
    np.testing.assert_allclose(found, far / 2 / 1e-100)


def test_signs_go_into_differences():
    assert eg.show(eg.grad(eg.sum((w - v) ** 2), v)) == "2 (v - w)"
    assert eg.show(eg.simplify(-2 * X.T @ (y - X @ w))) == "2 Xᵀ (X w - y)"
    assert eg.show(eg.simplify(-s * (1 - s))) == "-s (1 - s)"


HESSIANS = {
    "a Huber loss": (
        eg.sum(eg.sqrt(1 + (X @ w - y) ** 2)),
        "Xᵀ diag(1 ⊘ (1 + r ⊙ r)^∘(3/2)) X\nwhere r = X w - y",
    ),
    "counts": (
        eg.sum(eg.exp(X @ w) - y * eg.log(X @ w)),
        "Xᵀ diag(exp(X w) + y ⊘ ((X w) ⊙ (X w))) X",
    ),
    "a Cauchy loss": (
        eg.sum(eg.log(1 + (X @ w - y) ** 2)),
        "2 Xᵀ diag((1 - s ⊙ s) ⊘ (r ⊙ r)) X\nwhere r = 1 + s ⊙ s\nwhere s = X w - y",
    ),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_hessians_of_losses_have_one_diagonal_matrix_inside(name):
    loss, shown = HESSIANS[name]
    hessian = eg.hessian(loss, w)
    assert eg.show(hessian) == shown
    slope = eg.compile(eg.grad(loss, w), inputs=(w, X, y))
    steps = 1e-6 * np.eye(3)
    differences = [(slope(w_ + step, x_, y_) - slope(w_ - step, x_, y_)) / 2e-6 for step in steps]
    np.testing.assert_allclose(value(hessian), differences, rtol=1e-6, atol=1e-8)
