"""Every rule keeps the value: what it gives is proved equal to what it was given."""

import pytest
from formula_cases import CLAIMS, FORMULAS, derived, read, verdict_of
from hypothesis import given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.calculus.rules import pullback, pushforward
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.engine.rewriting.rewrites import rewritten
from einsgrad.expressions.construct import scale
from einsgrad.expressions.nodes import Add, Constant, Einsum, Map, Variable
from einsgrad.expressions.tables.rows import ELEMENTWISE
from einsgrad.expressions.walks import rebuild, topological, variables_in
from einsgrad.proof.identity import decide_identity
from einsgrad.testing.expressions import SIZES, expressions, values

FEWER = settings(max_examples=25)
ANALYTIC = [row for row in ELEMENTWISE.values() if row.analytic]


def is_refuted(first, second):
    """Tell whether floats and residues both differ: then two expressions are not equal."""
    found = decide_identity(first, second)
    return found is not None and not found.equal and not found.floats_agree


@FEWER
@given(expressions())
def test_simplification_is_proved(expr):
    assert not is_refuted(expr, eg.simplify(expr))


@FEWER
@given(expressions(max_depth=2, scalar=True))
def test_gradients_by_rules_and_by_differentials_are_proved_equal(expr):
    for node in variables_in(expr)[:1]:
        tangent = Variable("t", node.shape)
        reverse = eg.sum(pullback(expr, Constant(1), [node])[0] * tangent)
        assert not is_refuted(reverse, pushforward(expr, {node: tangent}))


@FEWER
@given(expressions())
def test_rewrites_for_speed_are_proved(expr):
    (better,) = rewritten([eg.simplify(expr)], SIZES)
    assert not is_refuted(expr, better)


def mutated(expr, random):
    """Change one node of an expression; None if none can be changed in that way."""
    node = random.choice(topological(expr))
    match node:
        case Map(function=function, operands=operands):
            others = [row for row in ANALYTIC if row.arity == function.arity]
            other = Map(random.choice(others), operands)
        case Add(terms=terms):
            other = Add((*terms[:-1], scale(-1, terms[-1])))
        case Einsum():
            other = scale(random.choice([2, -1, 0.5, 1.01]), node)
        case Constant(value=value):
            other = Constant(value + 1)
        case _:
            return None
    return rebuild(expr, lambda one: other if one is node else one)


@given(expressions(), st.randoms(use_true_random=False))
def test_what_differs_in_numbers_is_never_proved_equal(expr, random):
    other = mutated(expr, random)
    if other is None:
        return
    found = decide_identity(expr, other)
    if found is None or not found.proved:
        return
    for seed in range(3):
        arrays = values(expr, seed)
        first, second = (evaluate_expr(one, arrays, SIZES) for one in (expr, other))
        assert first == pytest.approx(second, rel=1e-6, abs=1e-6, nan_ok=True)


def readable(case):
    try:
        read(case["text"], case)
        read(case["expert"], case)
    except eg.EinsgradError:
        return False
    return True


def test_what_is_asked_is_simplified_to_what_is_proved_equal():
    for case in FORMULAS[::3]:
        if readable(case | {"expert": case["text"]}):
            expr = read(case["text"], case)
            assert not is_refuted(expr, eg.simplify(expr)), case["id"]


@pytest.mark.parametrize("case", CLAIMS, ids=lambda case: case["id"])
def test_claims_that_hold_are_proved_and_others_refuted(case):
    verdict = verdict_of(case)
    assert bool(verdict) == case["holds"]
    assert verdict.error < 2**-40
    if case["holds"]:
        assert verdict.how in ("simplification", "proof")


@pytest.mark.parametrize(
    "case",
    [case for case in FORMULAS if case.get("expert") and readable(case)],
    ids=lambda c: c["id"],
)
def test_what_an_expert_writes_is_proved(case):
    derivative = derived(case)
    expert = read(case["expert"], case)
    found = eg.prove(derivative, expert)
    assert found
    assert found.how == "proof"
    assert found.error < 2**-40
