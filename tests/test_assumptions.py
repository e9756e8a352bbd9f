"""Claims that hold under an assumption: given by a person, or found by the check."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.claims.assumptions import read_assumptions
from einsgrad.claims.candidates import ASSUMPTIONS, LAST_ASSUMPTIONS
from einsgrad.claims.draws import PointSource, random_points, small_points
from einsgrad.cli import main
from einsgrad.reading.names import DeclaredNames

DECLARED = "x[n] y[n] v[n] A[n,n] B[n,n] Q[n,n] X[m,n] w[m] s t"
VARIABLES = eg.variables(DECLARED)
NAMES = DeclaredNames(VARIABLES)


def close(one, other=0.0):
    return np.allclose(one, other, atol=1e-9)


# What is assumed, and what numpy says of the arrays that are drawn.
MET = [
    ("sum(y) = 1", lambda a: close(a.y.sum(), 1)),
    ("sum(y) == 1", lambda a: close(a.y.sum(), 1)),
    ("1 = sum(y)", lambda a: close(a.y.sum(), 1)),
    ("mean(x) = 0", lambda a: close(a.x.sum())),
    ("x@y = 2", lambda a: close(a.x @ a.y, 2)),
    ("y[0] = 3", lambda a: close(a.y[0], 3)),
    ("s + 2*t = 1", lambda a: close(a.s + 2 * a.t, 1)),
    ("y = A@x", lambda a: close(a.y, a.A @ a.x)),
    ("A@x = y", lambda a: close(a.y, a.A @ a.x)),
    ("A = A.T", lambda a: close(a.A, a.A.T)),
    ("A_ij = A_ji", lambda a: close(a.A, a.A.T)),
    ("A is symmetric", lambda a: close(a.A, a.A.T)),
    ("symmetric A", lambda a: close(a.A, a.A.T)),
    ("A and B are symmetric", lambda a: close(a.A, a.A.T) and close(a.B, a.B.T)),
    ("A, B symmetric", lambda a: close(a.A, a.A.T) and close(a.B, a.B.T)),
    ("A.T = -A", lambda a: close(a.A, -a.A.T)),
    ("A is skew-symmetric", lambda a: close(a.A, -a.A.T)),
    ("A = B.T", lambda a: close(a.A, a.B.T)),
    ("Q is orthogonal", lambda a: close(a.Q.T @ a.Q, np.eye(len(a.Q)))),
    ("Q.T@Q = eye(n)", lambda a: close(a.Q.T @ a.Q, np.eye(len(a.Q)))),
    ("A is positive definite", lambda a: np.linalg.eigvalsh(a.A).min() > 0),
    ("v is a unit vector", lambda a: close(a.v @ a.v, 1)),
    ("v has unit norm", lambda a: close(a.v @ a.v, 1)),
    ("norm(v) = 1", lambda a: close(a.v @ a.v, 1)),
    ("v@v = 1", lambda a: close(a.v @ a.v, 1)),
    ("x > 0", lambda a: a.x.min() > 0),
    ("x is positive", lambda a: a.x.min() > 0),
    ("sum(X, axis=0) = 0", lambda a: close(a.X.sum(0))),
    ("sum(X, axis=1) = 1", lambda a: close(a.X.sum(1), 1)),
    ("X.T@w = 0", lambda a: close(a.X.T @ a.w)),
    ("trace(A) = 0", lambda a: close(np.trace(a.A))),
    ("n = 2", lambda a: a.x.size == 2),
    ("y**2 = 1", lambda a: close(np.abs(a.y), 1)),
    ("y*y = y", lambda a: close(a.y * (a.y - 1))),
    ("A@B = B@A", lambda a: close(a.A @ a.B, a.B @ a.A)),
    ("A@B = eye(n)", lambda a: close(a.A @ a.B, np.eye(len(a.A)))),
    ("sum(X**2, axis=1) = 1", lambda a: close((a.X**2).sum(1), 1)),
    ("sum(y) = 1; sum(x) = 0\nA symmetric",
     lambda a: close(a.y.sum(), 1) and close(a.x.sum()) and close(a.A, a.A.T)),
    ("sum(y) = 1, x@y = 0", lambda a: close(a.y.sum(), 1) and close(a.x @ a.y)),
]  # fmt: skip


class Arrays:
    def __init__(self, point):
        self.__dict__ |= point.arrays


@pytest.mark.parametrize(("text", "holds"), MET)
def test_points_are_drawn_on_an_assumption(text, holds):
    source = PointSource(VARIABLES, VARIABLES, read_assumptions(text, NAMES))
    points = random_points(source, 3)
    small = [point for point, _ in zip(small_points(source), range(40), strict=False)]
    assert len(points) == 3
    assert small
    assert all(holds(Arrays(point)) for point in [*points, *small])


def test_an_orthogonal_matrix_may_be_a_rotation_or_a_reflection():
    source = PointSource(VARIABLES, VARIABLES, read_assumptions("Q is orthogonal", NAMES))
    signs = {round(np.linalg.det(point.arrays["Q"])) for point in random_points(source, 8)}
    assert signs == {1, -1}


REFUSED = [
    ("1 = 2", "never holds"),
    ("foo", "no assumption"),
    ("", "nothing is assumed"),
    ("q is symmetric", "no variable is named 'q'"),
    ("x is symmetric", "no square matrix"),
    ("X is orthogonal", "no square matrix"),
    ("A is a unit vector", "no vector"),
    ("sum(y = 1", "no assumption"),
    ("sum(y) = q", "no variable is named 'q'"),
    ("A@w = x", "assuming 'A@w = x'"),
    ("x = y = v", "no assumption"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_cannot_be_read_is_an_error(text, message):
    with pytest.raises(eg.ArgumentError, match=message):
        read_assumptions(text, NAMES)


@pytest.mark.parametrize("text", ["y@y = -1", "sum(y) = 1, sum(y) = 2"])
def test_what_cannot_be_met_is_an_error(text):
    met = r"no value at a common point where|this never holds"
    with pytest.raises(eg.ArgumentError, match=met):
        eg.check("2*y + 1", "y@y", "y", variables="y[n]", assuming=text)


def test_an_assumption_is_a_text():
    with pytest.raises(eg.ArgumentTypeError, match="is no text"):
        eg.check("2*y", "y@y", "y", variables="y[n]", assuming=[3])


ENTROPY = "-sum(y*log_softmax(z))"
# A text, its variables, what is derived, a claim that is wrong, and where it holds.
HOLDS = [
    (ENTROPY, "y[n] z[n]", "z", "softmax(z) - y", "sum(y) = 1"),
    ("x@A@x", "x[n] A[n,n]", "x", "2*A@x", "A is symmetric"),
    ("norm(R - P*(Y@Y.T))**2", "R[n,n] P[n,n] Y[n,r]", "Y", "4*(P*(P*(Y@Y.T) - R))@Y",
     "P is symmetric and R is symmetric"),
    ("v/(v@v)", "v[n]", "v", "eye(n) - 2*outer(v, v)", "norm(v) = 1"),
    ("norm(Q@x)", "Q[n,n] x[n]", "x", "x/norm(x)", "Q is orthogonal"),
    ("trace(Q@A@Q.T)", "Q[n,n] A[n,n]", "A", "eye(n)", "Q is orthogonal"),
    ("sum(abs(x))", "x[n]", "x", "ones(n)", "x is positive"),
    ("sum(sqrt(x**2))", "x[n]", "x", "ones(n)", "x is positive"),
    ("sum(log(1 + exp(-y*z)))", "y[n] z[n]", "z", "-y**3*sigmoid(-y*z)",
     "the entries of y are 1 or -1"),
    ("sum((y*z)**2)", "y[n] z[n]", "z", "2*y*z", "the entries of y are 0 or 1"),
    ("sum((x - mean(x))**2)", "x[n]", "x", "2*x", "sum(x) = 0"),
    ("sum((X - mean(X, axis=0, keepdims=True))**2)", "X[m,n]", "X", "2*X", "sum(X, axis=0) = 0"),
    ("norm(X@w)**2", "X[m,n] w[n]", "w", "2*w", "X.T @ X = I"),
    ("x@K@x", "x[n] K[n,n]", "x", "(K + K.T)@x + K@x + K.T@x - 2*K.T@x", "K is symmetric"),
    ("sum(s*x)", "s x[n]", "x", "ones(n)*sin(s)/sin(1)", "s = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declared", "wrt", "claim", "where"), HOLDS)
def test_where_a_claim_holds_is_found(text, declared, wrt, claim, where):
    verdict = eg.check(claim, text, wrt, variables=declared)
    assert not verdict
    assert verdict.holds_if == where
    assert f"it holds where {where}" in str(verdict).split("\n")


@pytest.mark.parametrize(
    ("text", "declared", "wrt", "claim", "where"),
    [case for case in HOLDS if "entries" not in case[4] and "I" not in case[4]],
)
def test_what_is_found_may_be_assumed(text, declared, wrt, claim, where):
    verdict = eg.check(claim, text, wrt, variables=declared, assuming=where)
    assert verdict
    assert verdict.assuming == where.replace("symmetric and", "symmetric,")
    assert f", assuming {verdict.assuming}" in str(verdict)


def test_a_claim_that_is_wrong_stays_wrong_under_an_assumption():
    verdict = eg.check("y - softmax(z)", ENTROPY, "z", variables="y[n] z[n]", assuming="sum(y) = 1")
    assert not verdict
    assert str(verdict).startswith("different, assuming sum(y) = 1: for ")
    assert sum(verdict.counterexample.arrays["y"]) == pytest.approx(1)


def test_an_assumption_that_is_put_in_may_prove_a_claim():
    verdict = eg.check("2*A@x", "x@A@x", "x", variables="x[n] A[n,n]", assuming="A is symmetric")
    assert verdict.how == "simplification"


def test_assumptions_are_given_on_the_command_line(capsys):
    asked = [ENTROPY, "--vars", "y[n] z[n]", "--wrt", "z", "--claim", "softmax(z) - y"]
    assert main(asked) == 1
    assert "it holds where sum(y) = 1" in capsys.readouterr().out
    assert main([*asked, "--assuming", "sum(y) = 1"]) == 0
    assert ", assuming sum(y) = 1" in capsys.readouterr().out


def test_nothing_is_found_for_a_factor():
    assert not eg.check("3*A.T@y", "y@(A@x)", "x", variables="A[m,n] x[n] y[m]").holds_if


def test_every_candidate_has_words_for_a_name():
    rows = (*ASSUMPTIONS, *LAST_ASSUMPTIONS)
    assert all("A" in row.words.format("A") for row in rows)
    assert len({row.words for row in rows}) == len(rows)
