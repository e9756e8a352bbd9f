"""Forty derivatives that people asked for, with verified answers and thirteen wrong claims."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.notation.terms import spell

CASES = json.loads((Path(__file__).parent / "data" / "derivatives.json").read_text())
SIZES = {"n": 3, "m": 4, "k": 2, "d": 5, "b": 3, "p": 4, "q": 3, "r": 5}
FUNCTIONS = {"inv": "inverse", "sigm": "sigmoid", "recip": "reciprocal"}
AUXILIARY = re.compile(r"(I|1|e0)\[(\w)\]")


def auxiliary(name):
    kind, dim = AUXILIARY.fullmatch(name).groups()
    if kind == "e0":
        return eg.variables(f"e0[{dim}]")[0]
    return eg.eye(dim) if kind == "I" else eg.ones(dim)


def build(steps, variables):
    known = dict(variables)
    for name, kind, rest in steps:
        if kind == "sum":
            parts = [
                c * eg.einsum(s, *(known[o] if o in known else auxiliary(o) for o in operands))
                for c, s, operands in rest
            ]
            known[name] = eg.add(*parts)
        else:
            known[name] = getattr(eg, FUNCTIONS.get(kind, kind))(known[rest])
    return known[steps[-1][0]]


def numpy_value(steps, arrays):
    """Evaluate a straight-line program with numpy alone."""
    known = dict(arrays)

    def operand(name):
        if name in known:
            return known[name]
        kind, dim = AUXILIARY.fullmatch(name).groups()
        return {"I": np.eye(SIZES[dim]), "1": np.ones(SIZES[dim]), "e0": np.eye(SIZES[dim])[0]}[
            kind
        ]

    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    functions = {
        "inv": np.linalg.inv,
        "logdet": lambda x: np.linalg.slogdet(x)[1],
        "log": np.log,
        "softmax": softmax,
    }
    for name, kind, rest in steps:
        if kind == "sum":
            known[name] = sum(c * np.einsum(s, *map(operand, ops)) for c, s, ops in rest)
        else:
            known[name] = functions[kind](operand(rest))
    return known[steps[-1][0]]


def setting(case):
    declared = [
        eg.variables(f"{name}[{','.join(dims)}]", symmetric=name if name in case["sym"] else ())
        for name, dims in case["shapes"].items()
    ]
    variables = {v.name: v for (v,) in declared}
    generator = np.random.default_rng(1)
    arrays = {
        name: generator.standard_normal([SIZES[d] for d in dims])
        for name, dims in case["shapes"].items()
    }
    for name in case["pd"]:
        arrays[name] = arrays[name] @ arrays[name].T + 3 * np.eye(len(arrays[name]))
    return variables, arrays


def derivative(case, variables):
    expr = build(case["fwd"], variables)
    for name in case["wrt"]:
        wrt = variables[name]
        expr = eg.jacobian(expr, wrt) if expr.shape else eg.grad(expr, wrt)
    return expr


def evaluated(expr, arrays):
    return eg.evaluate(expr, sizes=SIZES, **arrays, e0=np.eye(SIZES["n"])[0])


def relative_difference(one, other):
    return np.abs(one - other).max() / np.abs(other).max()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_derivative_has_the_verified_value(case):
    variables, arrays = setting(case)
    found = evaluated(derivative(case, variables), arrays)
    answer = numpy_value(case["ans"], arrays)
    bound = 1e-9 if len(case["wrt"]) == 1 else 1e-7
    assert found.shape == answer.shape
    assert relative_difference(found, answer) < bound


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_code_of_the_derivative_runs_and_has_the_verified_value(case, library):
    variables, arrays = setting(case)
    convert = converter(library)
    known = arrays | {"e0": np.eye(SIZES["n"])[0]}
    function = eg.compile(derivative(case, variables), sizes=SIZES)
    given = [known[name] for name in function.variables]
    function.specialize(*given)
    names = {}
    exec(function.code(library), names)
    found = np.asarray(names["compute"](*map(convert, given)))
    answer = numpy_value(case["ans"], arrays)
    assert found.shape == answer.shape
    assert relative_difference(found, answer) < 1e-7


def converter(library):
    if library == "numpy":
        return np.asarray
    module = pytest.importorskip(library)
    if library == "jax":
        module.config.update("jax_enable_x64", True)
        return module.numpy.asarray
    return module.as_tensor


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["claim"]], ids=lambda case: case["id"]
)
def test_a_wrong_claim_is_rejected(case):
    variables, arrays = setting(case)
    found = evaluated(derivative(case, variables), arrays)
    claim = numpy_value(case["claim"], arrays)
    assert claim.shape != found.shape or relative_difference(claim, found) > 1e-3


def extent(expr):
    terms = spell(expr)
    return len(terms), max(len(term.factors) for term in terms)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_derivative_is_no_longer_than_the_answer(case):
    variables, _ = setting(case)
    terms, factors = extent(derivative(case, variables))
    answer_terms, answer_factors = extent(eg.simplify(build(case["ans"], variables)))
    assert terms <= answer_terms
    assert factors <= answer_factors


# Here the derivative of softmax stands in one bracket, and the sum of e0 is not known to be 1.
DIFFERENT = {"ce_WW"}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["id"] not in DIFFERENT], ids=lambda case: case["id"]
)
def test_the_derivative_is_the_same_node_as_the_answer(case):
    variables, _ = setting(case)
    assert derivative(case, variables) is eg.simplify(build(case["ans"], variables))


def test_there_are_forty_questions_and_thirteen_claims():
    assert len(CASES) == 40
    assert sum(case["claim"] is not None for case in CASES) == 13
