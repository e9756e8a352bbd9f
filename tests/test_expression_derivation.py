"""Derivations of expressions: every step has the value that differences give."""

from itertools import pairwise

import numpy as np
import pytest
from docutils.utils.math.latex2mathml import tex2mathml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from questions import CASES, build, setting

import einsgrad as eg
from einsgrad.expressions.construct import variable
from einsgrad.expressions.walks import substitute, topological, variables_in
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.testing.expressions import SIZES, expressions, values

# Every step of an example is compiled, and so are the differences.
FEWER = settings(max_examples=50)
A, x, b = eg.variables("A[m,n] x[n] b[m]")
(S,) = eg.variables("S[n,n]")
LOSSES = {
    "squares": (0.5 * eg.sum_squares(A @ x - b), A),
    "two uses": (eg.sum(eg.exp(x)) * eg.logsumexp(x), x),
    "network": (eg.sum(eg.tanh(A @ eg.tanh(x)) * b), A),
    "determinant": (eg.logdet(S @ S.T + 3 * eg.eye("n")), S),
    "quadratic form": (x @ S @ x, x),
}


def evaluated(expr, arrays):
    return np.asarray(eg.evaluate(expr, sizes=SIZES, **arrays))


def slope(expr, node, direction, arrays):
    """Differentiate an expression along a direction in one of its nodes, by differences."""
    symbol = variable("moved", node.shape)
    free = substitute(expr, {node: symbol})
    start = evaluated(node, arrays)
    step = 1e-5
    ends = [evaluated(free, arrays | {"moved": start + h * direction}) for h in (step, -step)]
    return (ends[0] - ends[1]) / (2 * step)


def check_steps(expr, wrt, arrays):
    simple = eg.simplify(expr)
    derivation = eg.derive(expr, wrt)
    generator = np.random.default_rng(0)
    parts = {step.name.strip("u"): step.value for step in derivation.steps if step.name[0] == "u"}
    for step in derivation.steps:
        if step.name.startswith(("g", "∂")):
            node = parts[step.name.strip("g")] if step.name[0] == "g" else wrt
            direction = generator.standard_normal([SIZES[dim] for dim in node.shape])
            found = np.sum(evaluated(step.value, arrays) * direction)
            expected = slope(simple, node, direction, arrays)
            assert np.isclose(found, expected, rtol=1e-5, atol=1e-6 * (1 + abs(expected)))
    return derivation


@pytest.mark.parametrize("name", LOSSES)
def test_every_step_has_the_value_of_differences(name):
    expr, wrt = LOSSES[name]
    generator = np.random.default_rng(1)
    arrays = {
        v.name: generator.standard_normal([SIZES[dim] for dim in v.shape])
        for v in variables_in(expr)
    }
    derivation = check_steps(expr, wrt, arrays)
    assert derivation.steps[-1].expr is eg.grad(expr, wrt)


@FEWER
@given(expressions(scalar=True), st.integers(0, 99))
def test_every_step_of_a_random_derivation_has_the_value_of_differences(expr, seed):
    simple = eg.simplify(expr)
    wrt = variables_in(simple)
    assume(wrt and len(topological(simple)) < 25)
    arrays = values(simple, seed)
    with np.errstate(all="ignore"):
        gradient = evaluated(eg.grad(simple, wrt[0]), arrays)
        assume(np.isfinite(gradient).all() and np.abs(gradient).max(initial=0) < 100)
        check_steps(simple, wrt[0], arrays)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_questions_are_told_in_every_form(case):
    known, _ = setting(case)
    derivation = eg.derive(build(case["fwd"], known), known[case["wrt"][0]])
    notes = [note for line in derivation.lines(LATEX_LAYOUT) for note in line.notes]
    assert len(str(derivation).split("\n")) == len(derivation.steps) + len(notes)
    lines = derivation.latex.split("\n")
    assert (lines[0], lines[-1]) == (r"\begin{align*}", r"\end{align*}")
    for line in lines[1:-1]:
        formula = line.removesuffix(r" \\").replace("&", "").partition(r"\text{")[0]
        assert tex2mathml(formula)
    assert derivation.markdown.count("\n") == len(derivation.steps) - 1
    assert "<ol>" in derivation._repr_html_()


def test_landmarks_are_fewer():
    expr, wrt = LOSSES["network"]
    every, few = eg.derive(expr, wrt), eg.derive(expr, wrt, detail="landmarks")
    names = dict.fromkeys(step.name for step in every.steps)
    assert [step.name for step in few.steps] == [*names, "∂E/∂A"]
    assert {(s.name, s.value) for s in few.steps} < {(s.name, s.value) for s in every.steps}
    assert not any("deltas" in step.rule for step in few.steps)


def test_the_cotangent_has_the_name_that_it_is_given():
    G, x_bar = eg.variables("G[m] x_bar[n]")
    assert "G_m δ_in A_mi" in str(eg.derive(A @ x, x, cotangent=G))
    assert eg.derive(A @ x, x, cotangent=G).steps[-1].expr is eg.simplify(A.T @ G)
    with pytest.raises(eg.ShapeError, match="x_bar"):
        eg.derive(A @ x, x, cotangent=x_bar)
    with pytest.raises(eg.ArgumentError, match="a number has no cotangent"):
        eg.derive(x @ x, x, cotangent=x_bar)


def test_what_cannot_be_told_is_refused():
    (z,) = eg.variables("z[n]", complex="z")
    with pytest.raises(eg.ArgumentError, match="real expressions"):
        eg.derive(eg.sum_squares(z), z)
    with pytest.raises(eg.ArgumentError, match="is no detail"):
        eg.derive(x @ x, x, detail="some")
    with pytest.raises(eg.ArgumentTypeError, match="in a variable"):
        eg.derive(x @ x, 2 * x)


def test_deltas_are_contracted_and_terms_collected_one_rule_at_a_time():
    derivation = eg.derive(eg.einsum("ij,ij->", S, S), S)
    assert [(step.text, step.rule) for step in derivation.steps] == [
        ("‖S‖_F²", "the expression"),
        (
            "δ_jn δ_ki S_jk + δ_jn δ_ki S_jk",
            "product rule: the cotangent takes each of 2 places",
        ),
        ("S_ni + S_ni", "deltas contracted"),
        ("2 S_ni", "terms collected"),
        ("2 S", "in matrix notation"),
    ]


def test_the_names_of_parts_are_not_those_of_variables():
    u1, delta = eg.variables("u1[n] δ[n,n]")
    derivation = eg.derive(eg.sum(eg.tanh(delta @ u1)), u1)
    assert [step.name for step in derivation.steps[:2]] == ["uu1", "u2"]
    assert derivation.steps[-1].expr is eg.grad(eg.sum(eg.tanh(delta @ u1)), u1)
    check_steps(
        eg.sum(eg.tanh(delta @ u1)), u1, {"u1": np.ones(SIZES["n"]), "δ": np.eye(SIZES["n"])}
    )


def chain(length):
    """Return a loss of so many layers, and the weights of the first."""
    weights = [eg.variables(f"W{k}[n,n]")[0] for k in range(length)]
    whole = eg.variables("x[n]")[0]
    for one in weights:
        whole = eg.tanh(one @ whole)
    return eg.sum(whole), weights[0]


def test_derivations_grow_with_the_expression_and_no_faster():
    told = {length: eg.derive(*chain(length)) for length in (4, 8, 16, 32)}
    steps = [len(one.steps) for one in told.values()]
    assert steps == [29, 53, 101, 197]
    texts = [len(str(one)) for one in told.values()]
    assert all(later < 2.5 * before for before, later in pairwise(texts))


ORDERS = {
    "layer": (eg.sum(eg.tanh(A @ x)), (x, x)),
    "mixed": (0.5 * eg.sum_squares(A @ x - b), (x, b)),
    "power": (eg.sum(x**4), (x, x, x)),
    "jacobian": (eg.sin(A @ x), (x,)),
    "jacobian, twice": (eg.sin(x) * x, (x, x)),
    "zero": (b @ (A @ x), (x, x)),
    "its own part": (eg.sum(eg.exp(x)), (x, x)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_derivation_of_any_order_ends_in_the_printed_result(name):
    expr, turn = ORDERS[name]
    derivation = eg.derive(expr, turn)
    expected = expr
    lines = str(derivation).split("\n")
    for place, one in enumerate(turn):
        expected = eg.jacobian(expected, one) if expected.shape else eg.grad(expected, one)
        base = "Y" if expr.shape else "E"
        left, _, right = (
            eg.show(
                expected,
                "matrix" if len(expected.shape) <= 2 else "index",
                name=base,
                wrt=turn[: place + 1],
            )
            .split("\n")[0]
            .partition(" = ")
        )
        (told,) = [s for s in derivation.steps if s.expr is expected and s.text.endswith(right)][:1]
        assert any(left in line or f" = {right}" in line for line in lines)
        assert told.value is expected
    assert derivation.steps[-1].expr is expected


@pytest.mark.parametrize("name", ORDERS)
def test_steps_of_any_order_that_continue_an_equation_have_one_value(name):
    expr, turn = ORDERS[name]
    generator = np.random.default_rng(0)
    derivation = eg.derive(expr, turn)
    given = dict.fromkeys(v for step in derivation.steps for v in variables_in(step.value))
    arrays = {v.name: generator.standard_normal([SIZES[d] for d in v.shape]) for v in given}
    values_of = {}
    for step in derivation.steps:
        held = {v.name: arrays[v.name] for v in variables_in(step.value)}
        found = evaluated(step.value, held)
        assert np.allclose(found, values_of.setdefault(step.name, found))


def test_every_cotangent_is_defined():
    for line in str(eg.derive(*LOSSES["network"])).split("\n"):
        name = line.split(" ")[0]
        if name.startswith("g"):
            part = name.split("_")[0].replace("g", "u")
            assert f" = ∂E/∂{part}" in line


def test_a_derivative_of_higher_order_has_no_cotangent():
    with pytest.raises(eg.ArgumentError, match="has no cotangent"):
        eg.derive(A @ x, (x, x), cotangent=b)
    with pytest.raises(eg.ArgumentTypeError, match="name the variable"):
        eg.derive(x @ x, ())
