"""Checking claims: right answers are accepted, wrong ones caught, with their causes."""

import json
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.claims.monomials import monomials
from einsgrad.claims.mutations import MUTATIONS
from einsgrad.claims.whole import WHOLE
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

CASES = json.loads((Path(__file__).parent / "data" / "derivatives.json").read_text())
AUXILIARY = re.compile(r"(I|1|e0)\[(\w)\]")


def declared(case):
    """Declare the variables of a question, and the basis vector that one of them uses."""
    found = {}
    for name, dims in {**case["shapes"], "e0": "n"}.items():
        traits = name if name in case["sym"] else ()
        (found[name],) = eg.variables(f"{name}[{','.join(dims)}]", symmetric=traits)
    return found


def operand_text(name, known):
    if name in known:
        return known[name]
    auxiliary = AUXILIARY.fullmatch(name)
    if auxiliary is None:
        return name
    kind, dim = auxiliary.groups()
    return {"I": f"eye({dim})", "1": f"ones({dim})", "e0": "e0"}[kind]


def text(steps):
    """Write a straight-line program of the data as one text."""
    known = {}
    for name, kind, rest in steps:
        if kind == "sum":
            parts = [
                f'{c}*einsum("{s}", {", ".join(operand_text(o, known) for o in operands)})'
                for c, s, operands in rest
            ]
            known[name] = f"({' + '.join(parts)})"
        else:
            known[name] = f"{kind}({operand_text(rest, known)})"
    return known[steps[-1][0]]


def checked(case, steps):
    known = declared(case)
    wrt = [known[name] for name in case["wrt"]]
    expr = eg.parse(text(case["fwd"]), known.values())
    return eg.check(text(steps), expr, *wrt, variables=known.values())


# Its answer holds for a vector e0 whose entries add up to 1.
PROPORTIONAL = "ce_WW"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_verified_answer_is_accepted(case):
    verdict = checked(case, case["ans"])
    if case["id"] == PROPORTIONAL:
        assert [cause.name for cause in verdict.causes] == ["scalar factor"]
        return
    assert verdict
    assert verdict.how == "simplification"


CAUSES = {
    "Wx_W": ["summed free index"],
    "tr_BwwA_w": ["exchanged factors"],
    "lsq": ["captured index"],
    "trXtAXB": ["transpose"],
    "trABAtC": ["forgotten occurrence"],
    "trXXB": ["extra terms"],
    "trAXkAX": ["missing delta", "missing delta"],
    "dist": ["missing delta", "missing delta"],
    "had_vec": ["summed free index"],
    "wmf": ["missing factor"],
    "mf_HW": ["transpose", "replaced index"],
    "YXXt": ["forgotten occurrence"],
    "softmax_batch": ["missing delta"],
}


@pytest.mark.parametrize("case", [c for c in CASES if c["claim"]], ids=lambda case: case["id"])
def test_a_wrong_formula_is_caught_and_its_cause_named(case):
    verdict = checked(case, case["claim"])
    assert not verdict
    assert [cause.name for cause in verdict.causes] == CAUSES[case["id"]]
    assert "likely cause: " in str(verdict)


@pytest.mark.parametrize("case", [c for c in CASES if c["claim"]], ids=lambda case: case["id"])
def test_the_counterexample_is_one(case):
    """The entry is evaluated again, and the derivative there by differences."""
    inputs = declared(case)
    verdict = checked(case, case["claim"])
    found = verdict.counterexample
    arrays = {name: np.asarray(value, float) for name, value in found.arrays.items()}
    claimed = np.asarray(eg.evaluate(verdict.claim, sizes=sizes(verdict, arrays), **arrays))
    assert claimed[found.entry] == pytest.approx(found.claimed)
    assert found.claimed != pytest.approx(found.true)
    if len(case["wrt"]) > 1:
        return
    wrt = inputs[case["wrt"][0]]
    expr = eg.parse(text(case["fwd"]), inputs.values())
    known = sizes(verdict, arrays)
    everything = {
        v.name: arrays.get(v.name, np.zeros([known.get(d, 1) for d in v.shape]))
        for v in inputs.values()
    }
    rank = len(expr.shape)
    direction = np.zeros(everything[wrt.name].shape)
    direction[found.entry[rank:]] = 1e-4

    def value(step):
        moved = {**everything, wrt.name: everything[wrt.name] + step * direction}
        return np.asarray(eg.evaluate(expr, sizes=known, **moved))[found.entry[:rank]]

    slope = (value(1) - value(-1)) / 2e-4
    assert slope == pytest.approx(found.true, abs=1e-6)


def sizes(verdict, arrays):
    """Find the sizes of dims from the arrays, and from the entry for those that none has."""
    known = {}
    for name, dims in _dims(verdict).items():
        known |= dict(zip(dims, arrays[name].shape, strict=True)) if name in arrays else {}
    for dim, place in zip(verdict.derivative.shape, verdict.counterexample.entry, strict=True):
        known.setdefault(dim, place + 1)
    return known


def _dims(verdict):
    return {v.name: v.shape for v in variables_in(verdict.claim, verdict.derivative)}


A, x, y, b, t = eg.variables("A[m,n] x[n] y[m] b[m] t[n]")
B, X, Y = eg.variables("B[n,n] X[n,n] Y[n,n]")
(S,) = eg.variables("S[n,n]", symmetric="S")
RESIDUAL = A @ x - b
LEAST = 0.5 * RESIDUAL @ RESIDUAL

WRONG = [
    ("2*A.T@(A@x - b)", LEAST, [x], "constant factor", "a factor 2 is too many"),
    ("0.25*A.T@(A@x - b)", 2 * LEAST, [x], "constant factor", "a factor 8 is missing"),
    ("-A.T@(A@x - b)", LEAST, [x], "sign", "the sign is wrong"),
    ("A.T@A@x + A.T@b", LEAST, [x], "sign", "the sign of the term"),
    ("A.T@A@x", LEAST, [x], "missing term", "is missing"),
    ("x_n (A_mi x_i - b_m)", LEAST, [A], None, ""),
    ("D[n,m] = (A_mi x_i - b_m) x_n", LEAST, [A], "layout", "the axes are permuted"),
    ("A.T", A @ x, [x], "layout", "the other layout"),
    ("B@x", x @ B @ x, [x], "forgotten occurrence", "only 1 is here"),
    ("2*B@x", x @ B @ x, [x], "transpose", "B is transposed"),
    ("B", eg.trace(B @ X), [X], "layout", "transpose"),
    ("2*X", eg.trace(X @ X), [X], "layout", "transpose"),
    ("2*inv(X) - diag(diag(inv(X)))", eg.logdet(X), [X], "symmetric convention", "independent"),
    ("2*inv(S) - diag(diag(inv(S)))", eg.logdet(S), [S], "symmetric convention", "independent"),
    ("0.5*(B + B.T)", eg.trace(B.T @ X), [X], "symmetric convention", "not declared"),
    ("B.T", eg.trace(B @ S), [S], "symmetric convention", "(G + Gᵀ)/2"),
    ("A", eg.sum(A * x), [x], "missing sum", "a sum is missing, over axis 0"),
    ("sum(A)", eg.sum(A * x), [x], "summed free index", "summed over axis 0"),
    ("1 - tanh(x)**2", eg.tanh(x), [x], "diagonal", "only a diagonal"),
    ("exp(x)", eg.sum(eg.exp(2 * x)), [x], None, ""),
    ("inv(X)", eg.logdet(X), [X], "layout", "transpose"),
    ("1", eg.mean(x), [x], "constant factor", "sum and mean"),
    ("x/norm(x)*2", eg.norm(x), [x], "constant factor", "a factor 2 is too many"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "expr", "wrt", "name", "words"), WRONG)
def test_causes_are_named(claim, expr, wrt, name, words):
    verdict = eg.check(claim, expr, *wrt)
    if name is None:
        assert not verdict.causes or verdict
        return
    assert not verdict
    assert verdict.causes[0].name == name
    assert words in str(verdict)


RIGHT = [
    ("g_m x_n", A @ x, [A], "g"),
    ("x_n g_m", A @ x, [A], "g"),
    ("outer(g, x)", A @ x, [A], "g"),
    ('"m,n->mn"(g, x)', A @ x, [A], "g"),
    ("m,n->mn", A @ x, [A], "g"),
    ("mn,m->n", A @ x, [x], "g"),
    ('"im,n->imn"(δ, x)', A @ x, [A], None),
    ("J[i,m,n] = δ_im x_n", A @ x, [A], None),
    ("A", A @ x, [x], None),
    ("1", eg.sum(x), [x], None),
    ("0", eg.sum(x), [y], None),
    ("2*S@x", x @ S @ x, [x], None),
    ("(B + B.T) @ x", x @ B @ x, [x], None),
    ("B + B.T", x @ B @ x, [x, x], None),
    ("A.T @ sigmoid(A @ x)", eg.sum(eg.softplus(A @ x)), [x], None),
    ("1/(1 + exp(-x))", eg.sum(eg.log(1 + eg.exp(x))), [x], None),
    ("-outer(inv(B).T @ x, inv(B) @ t)", x @ eg.solve(B, t), [B], None),
]


@pytest.mark.parametrize(("claim", "expr", "wrt", "cotangent"), RIGHT)
def test_right_claims_in_any_notation_are_accepted(claim, expr, wrt, cotangent):
    assert eg.check(claim, expr, *wrt, cotangent=cotangent)


def test_an_expression_can_be_claimed():
    assert eg.check(A.T @ RESIDUAL, LEAST, x)
    assert not eg.check(A.T @ b, LEAST, x)


def test_what_simplification_does_not_prove_is_proved_in_fields():
    verdict = eg.check("sin(x)**2 + cos(x)**2", eg.sum(x), x)
    assert verdict
    assert verdict.how == "proof"
    assert verdict.error < 2**-40
    assert "proved (error below 2⁻" in str(verdict)


def test_functions_without_relations_are_compared_at_points():
    pytest.importorskip("scipy")
    reflected = eg.check("digamma(1-x) - digamma(x)", eg.sum(eg.log(eg.sin(np.pi * x))), x)
    assert reflected
    assert reflected.how == "random points"
    assert "no proof" in str(reflected)


def test_points_of_both_signs_are_tried():
    assert not eg.check("abs(x)", 0.5 * x @ x, x)


def test_a_claim_that_holds_for_symmetric_matrices_says_so():
    verdict = eg.check("2*B@x", x @ B @ x, x)
    assert verdict.holds_if == "B is symmetric"
    assert "it holds where B is symmetric" in str(verdict)


def test_an_uncontracted_jacobian_is_recognised():
    verdict = eg.check('"im,n->imn"(δ, x)', A @ x, A, cotangent="g")
    assert [cause.name for cause in verdict.causes] == ["uncontracted Jacobian"]
    assert verdict.how == "shape"


def test_einsum_strings_are_checked_like_adjoints():
    assert eg.check("m,n->mn", "mn,n->m", 0)
    assert eg.check("g_m x1_n", "mn,n->m", 0)
    assert eg.check("i,j->ij", "i,ij,j->", 1)
    assert eg.check("i,,j->ij", "i,ij,j->", "x1")
    assert not eg.check("m,n->nm", "mn,n->m", 0)


def test_texts_are_derived_with_their_variables():
    assert eg.check("A.T @ (A@x - b)", "0.5*sum((A@x - b)**2)", "x", variables="A[m,n] x[n] b[m]")


def test_a_claim_is_read_in_the_notation_that_is_said():
    """`A*x` is a product of matrices in one notation, and one entry by entry in the other."""
    A, x, v = eg.variables("A[n,n] x[n] v[n]")
    assert not eg.check("A*v", A @ x * v, x)
    assert eg.check("A*x", (A @ x) @ v, v, syntax="matrix")
    assert not eg.check("A*x", (A @ x) @ v, v, syntax="numpy")
    assert eg.check("A*x", "v'*A*x", "v", variables=(A, x, v), syntax="matrix")
    assert eg.check("A_mn x_n", "v_m A_mn x_n", v, variables=(A, x, v), syntax="index")
    assert eg.check(r"A^{\top} v", (A @ x) @ v, x, syntax="latex")
    assert eg.prove("A*x", "A @ x", (A, x), syntax="matrix")
    assert not eg.prove("A*x", "A*v", (A, x, v), syntax="matrix")
    with pytest.raises(eg.ArgumentError, match="no syntax"):
        eg.check("A*x", (A @ x) @ v, v, syntax="maple")


def test_the_order_of_equal_dims_must_be_stated():
    with pytest.raises(eg.ArgumentError, match="not stated"):
        eg.check("x_j t_i", x @ B @ t, B)
    assert eg.check("D[i,j] = x_i t_j", x @ B @ t, B)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x", LEAST), "no variable is given"),
        (("q", LEAST, x), "no variable is named 'q'"),
        (("x", LEAST, "q"), "'q' is no variable"),
        (("m,n,k->mn", LEAST, x), "operands are not known"),
        (("m,n,k->mn", A @ x, x), "has 3 operands, the einsum 2"),
        (("log(-x*x)", LEAST, x), "no value at a common point"),
    ],
)
def test_what_cannot_be_checked_says_why(arguments, message):
    with pytest.raises(eg.EinsgradError, match=message):
        eg.check(*arguments)


@settings(max_examples=60, deadline=None)
@given(expressions(max_depth=3), st.integers(0, 9), st.booleans())
def test_monomials_have_the_value_of_the_expression(expr, seed, expanded):
    expr = eg.simplify(expr)
    parts = [part.expr() for part in monomials(expr, expanded=expanded)]
    given_ = values(expr, seed)
    with np.errstate(all="ignore"):
        whole = eg.evaluate(expr, sizes=SIZES, **given_)
        total = sum(np.asarray(eg.evaluate(p, sizes=SIZES, **given_)) for p in parts)
    scale = max(1.0, np.abs(whole).max(initial=0))
    assert np.shape(total) == np.shape(whole)
    assert np.allclose(total, whole, rtol=1e-9, atol=1e-9 * scale, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(expressions(max_depth=3, scalar=True), st.integers(0, 99))
def test_a_derivative_is_accepted_and_its_triple_is_not(expr, number):
    free = variables_in(expr)
    assume(free)
    wrt = free[number % len(free)]
    derivative = eg.grad(expr, wrt)
    assert eg.check(derivative, expr, wrt)
    try:
        verdict = eg.check(3 * derivative, expr, wrt)
    except eg.ArgumentError:
        # There is no point where the derivative is finite.
        return
    if not verdict:
        assert verdict.causes[0].name in ("constant factor", "forgotten occurrence", "sign")


def test_every_mistake_has_a_name_and_words():
    for row in MUTATIONS:
        assert row.name
        assert row.words.format("detail", "term")
    assert len({row.name for row in WHOLE}) == len(WHOLE)


def test_one_mistake_with_a_term_is_found_again():
    """Each mistake of the table, made with a real derivative in some places, is caught."""
    expr = eg.trace(X.T @ B @ X @ Y)
    derivative = eg.grad(expr, X)
    for term in monomials(derivative, expanded=True):
        rest = eg.add(derivative, -1 * term.expr())
        for row in MUTATIONS:
            for _, changed in islice(row.candidates(term), 2):
                claim = eg.simplify(eg.add(rest, changed.expr()))
                verdict = eg.check(claim, expr, X)
                assert verdict.equal == (claim is derivative)
                assert verdict.equal or verdict.causes
