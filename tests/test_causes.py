"""What a person did wrong is named: mistakes in a formula as it is written, and in deriving it."""

import re

import pytest
from formula_cases import CLAIMS, verdict_of

import einsgrad as eg
from einsgrad.claims.edits import EDITS
from einsgrad.claims.misderived import DERIVATIONS

LENGTH = "norm(A@z)"
LAYER = "sum(G*gam*(x-mean(x))/sqrt(mean((x-mean(x))**2)+eps))"
OF_LAYER = "x[n] G[n] gam[n] eps"
VARIANCE = "mean((x-mean(x))**2)+eps"

# A text, its variables, what is derived, a wrong claim, and words of what is wrong with it.
WRONG = [
    # A mistake at a place within a long formula.
    ("sum(((B.T@A)*C)**2)", "A[m,n] B[m,n] C[n,n]", "B", "2*A@(C*C*(B.T@A))", "transpose"),
    ("norm(A@z)", "A[m,n] z[n]", "z", "A@z/norm(A@z)", "the factor A.T is missing"),
    (LAYER, OF_LAYER, "x",
     f"(gam*G - mean(gam*G) - (x-mean(x))*mean(gam*G*(x-mean(x))))/sqrt({VARIANCE})",
     "the factor 1/.* is missing"),
    (LAYER, OF_LAYER, "x",
     f"(gam*G - (x-mean(x))*mean(gam*G*(x-mean(x)))/({VARIANCE}))/sqrt({VARIANCE})",
     "the term .* is missing"),
    (LAYER, OF_LAYER, "x",
     f"(gam*G + mean(gam*G) - (x-mean(x))*mean(gam*G*(x-mean(x)))/({VARIANCE}))/sqrt({VARIANCE})",
     "sign"),
    ("x@A@x", "A[n,n] x[n]", "x", "A@A.T@x", "a product stands where the sum belongs"),
    ("x@A@x", "A[n,n] x[n]", "x", "(A + A)@x", "transpos"),
    ("x@A@x + b@x", "A[n,n] x[n] b[n]", "x", "(A + A.T)*x + b", "stands where @ belongs"),
    ("sum((A*X)**2)", "A[n,n] X[n,n]", "X", "2*A@A*X", "stands where \\* belongs"),
    ("logdet(X)*s", "X[n,n] s", "X", "X.T*s", "the inverse is missing"),
    ("sum(tanh(W@x)*y)", "W[m,n] x[n] y[m]", "x", "W.T@(y*(1 - tanh(W@x)))", "power|tanh"),
    ("trace(X@A@X.T@B)", "X[n,n] A[n,n] B[n,n]", "X", "B.T@X@A.T + X@B@A", "order"),
    ("sum(X)**2", "X[m,n]", "X", "2*mean(X)*ones(m,n)", "size of an axis"),
    ("trace(X@X@X)", "X[n,n]", "X", "3*X@X", "transpos"),
    ("trace(inv(X)@A)", "X[n,n] A[n,n]", "X", "-inv(X).T@A.T", "the factor .* is missing"),
    ("det(X)**3", "X[n,n]", "X", "3*det(X)**2*inv(X).T", "the factor det"),
    # A mistake in deriving.
    ("-sum(p*log(p))\nwhere p = softmax(z)", "z[n]", "z", "-log(softmax(z)) - 1",
     "chain rule.*softmax.*missing"),
    ("sum(exp(W@x)**2)", "W[n,n] x[n]", "x", "2*exp(W@x)", "chain rule"),
    ("(u@v)/(norm(u)*norm(v))", "u[n] v[n]", "u", "v/(norm(u)*norm(v))", "forgotten"),
    ("sum(sigmoid(W@x))", "W[m,n] x[n]", "x", "W.T@sigmoid(W@x)", "derivative of sigmoid|factor"),
    ("sum(tanh(x)*y)", "x[n] y[n]", "x", "y*tanh(x)*(1 - tanh(x))", "tanh"),
    ("sum(sqrt(x)*y)", "x[n] y[n]", "x", "y/sqrt(x)", "factor 1/2|factor 2|without"),
    ("norm(A@x)", "A[m,n] x[n]", "x", "2*A.T@(A@x)", "square"),
    ("x@A@y", "A[n,n] x[n] y[n]", "x", "A.T@x", "derivative in y, not in x|the factor"),
    # Two mistakes, and more: what is missing is told.
    ("x@A@x + b@x", "A[n,n] x[n] b[n]", "x", "2*A@x - b", "symmetric|missing|sign"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declared", "wrt", "claim", "words"), WRONG)
def test_the_cause_is_named(text, declared, wrt, claim, words):
    verdict = eg.check(claim, text, wrt, variables=declared)
    assert not verdict
    assert re.search(words, str(verdict))


@pytest.mark.parametrize("case", [c for c in CLAIMS if not c["holds"]], ids=lambda case: case["id"])
def test_the_causes_of_the_wrong_claims_that_people_made(case):
    verdict = verdict_of(case)
    assert not verdict
    told = [line for line in str(verdict).split("\n") if re.match("likely|perhaps|it holds", line)]
    assert re.search(case["cause_words"], "\n".join(told), re.IGNORECASE)


def test_a_cause_may_be_seen_in_other_ways():
    verdict = eg.check("v/(norm(u)*norm(v))", "(u@v)/(norm(u)*norm(v))", "u", variables="u[n] v[n]")
    assert verdict.others
    assert all(f"perhaps: {cause}" in str(verdict) for cause in verdict.others)
    assert [one["name"] for one in verdict.facts()["others"]] == [c.name for c in verdict.others]


def test_where_no_cause_is_known_the_missing_terms_are_told():
    verdict = eg.check("exp(x)", "sum(exp(2*x))", "x", variables="x[n]")
    assert not verdict.causes
    assert "perhaps: missing in the claim: 2 exp(2 x); in place of that it has exp(x)" in str(
        verdict
    )


def test_axes_that_are_missing_are_told():
    declared = "A[m,n] x[n] y[m]"
    missing = eg.check("x", "y@(A@x)", "A", variables=declared)
    assert "the claim has axes [n], the derivative axes [m,n]: m is missing" in str(missing)
    turned = eg.check("outer(x, y)", "y@(A@x)", "A", variables=declared)
    assert "axes [n,m], the derivative axes [m,n], in another order" in str(turned)


def test_every_row_has_words_for_both_ways_to_see_it():
    for row in EDITS:
        assert row.name
        assert row.words.format("detail", "place")
        assert row.turned.format("detail", "place")
    assert len({name for name, _ in DERIVATIONS}) == len(DERIVATIONS)
