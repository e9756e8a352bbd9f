"""A right claim is never called different: where a value is rounding, nothing is told from it."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.claims.draws import PointSource, random_points, small_points
from einsgrad.expressions.walks import variables_in

PROJECTION = "X@inv(X.T@X)@X.T"
RESIDUAL = f"(eye(m) - {PROJECTION})"
HALF = f"{RESIDUAL}@D@inv(X.T@X)@X.T"

# A text, its variables, what is derived, and a right claim in a form of its own.
RIGHT = [
    # Inverses that exist for some sizes only.
    (f"{PROJECTION}@y", "X[m,k] y[m]", "y", PROJECTION),
    (f"trace({PROJECTION}@W)", "X[m,k] W[m,m]", "X", f"{RESIDUAL}@(W+W.T)@X@inv(X.T@X)"),
    ("logdet(X.T@X)", "X[m,k]", "X", "2*X@inv(X.T@X)"),
    ("logdet(X@X.T)", "X[m,k]", "X", "2*inv(X@X.T)@X"),
    ("y@inv(X@X.T)@y", "X[m,k] y[m]", "X", "-2*outer(inv(X@X.T)@y, inv(X@X.T)@y)@X"),
    ("logdet(A.T@X.T@X@A)", "A[n,k] X[b,n]", "A", "2*X.T@X@A@inv((X@A).T@(X@A))"),
    ("det(B.T@A.T@A@B)", "A[p,q] B[q,r]", "B",
     "2*det((A@B).T@(A@B))*A.T@A@B@inv(B.T@A.T@A@B)"),
    ("norm(X@solve(X.T@X, X.T@y) - y)**2", "X[m,k] y[m]", "y", f"2*{RESIDUAL}@y"),
    # Slopes that differ where there is none.
    ("sum(relu(x))", "x[n]", "x", "heaviside(x, 1)"),
    ("sum(relu(x))", "x[n]", "x", "where(x >= 0, 1, 0)"),
    ("sum(abs(x))", "x[n]", "x", "where(x >= 0, 1, -1)"),
    ("sum(maximum(x, y))", "x[n] y[n]", "x", "where(x >= y, 1, 0)"),
    ("norm(x)", "x[n]", "x", "x/sqrt(x@x)"),
    ("x*abs(x)", "x", "x", "2*x*sign(x)"),
    # Logarithms and roots of what must be positive.
    ("log(x)", "x", "x", "exp(-log(x))"),
    ("sqrt(x - y)", "x y", "x", "0.5/sqrt(x - y)"),
    ("log(x - y) + log(y)", "x y", "y", "-1/(x - y) + exp(-log(y))"),
    # Large numbers, and small ones.
    ("exp(40*x)", "x", "x", "40*exp(20*x)**2"),
    ("1e-9*sum(sin(x)**2)", "x[n]", "x", "1e-9*sin(2*x)"),
    ("1e9*sum(sin(x)**2)", "x[n]", "x", "1e9*sin(2*x)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declared", "wrt", "claim"), RIGHT)
def test_a_right_claim_is_equal(text, declared, wrt, claim):
    assert eg.check(claim, text, wrt, variables=declared)


@pytest.mark.parametrize(("text", "declared", "wrt", "claim"), RIGHT[:8])
def test_its_double_is_different_with_a_counterexample(text, declared, wrt, claim):
    verdict = eg.check(f"2*({claim})", text, wrt, variables=declared)
    assert not verdict
    found = verdict.counterexample
    assert found.claimed == pytest.approx(2 * found.true)


def test_points_have_sizes_for_which_inverses_exist():
    (X,) = eg.variables("X[m,k]")
    inverse = eg.inverse(X.T @ X)
    source = PointSource((X,), (inverse,))
    points = random_points(source, 4)
    assert len(points) == 4
    assert all(point.sizes["m"] >= point.sizes["k"] for point in points)


def test_a_singular_matrix_has_no_known_inverse():
    (X,) = eg.variables("X[m,k]")
    inverse = eg.inverse(X.T @ X)
    wide = [p for p in small_points(PointSource((X,), (inverse,))) if p.sizes["m"] < p.sizes["k"]]
    assert wide
    assert not any(point.knows(inverse) for point in wide)


def test_a_kink_tells_nothing_apart():
    (x,) = eg.variables("x[n]")
    one, other = eg.parse("heaviside(x, 0)", [x]), eg.parse("heaviside(x, 1)", [x])
    points = list(small_points(PointSource((x,), (one, other))))
    assert any(np.any(point.arrays["x"] == 0) for point in points)
    assert not any(point.tells_apart(one, other) for point in points)
    assert variables_in(one) == (x,)
