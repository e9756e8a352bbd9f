"""The answers to the forty questions in every notation, in files to be read by a person.

`python tests/test_golden.py` writes the files anew; read the difference before it is kept.
"""

import re
from pathlib import Path

import pytest
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from hypothesis import given
from questions import CASES, derivative, setting
from shifted_formulas import FORMULAS

import einsgrad as eg
from einsgrad.testing.expressions import expressions

HERE = Path(__file__).parent


def answer(case):
    variables, _ = setting(case)
    return derivative(case, variables)


NOTATIONS = {
    "einsum": lambda expr: eg.show(expr, "einsum"),
    "index": lambda expr: eg.show(expr, "index", name="D"),
    "index_ascii": lambda expr: eg.show(expr, "index", name="D", ascii=True),
    "matrix": lambda expr: eg.show(expr, "matrix", name="D"),
    "matrix_ascii": lambda expr: eg.show(expr, "matrix", name="D", ascii=True),
    "latex": lambda expr: "\n".join(eg.latex(expr, kind, name="D") for kind in ("matrix", "index")),
}


def golden(notation):
    """Write all answers in one notation."""
    entries = []
    for case in CASES:
        shapes = " ".join(f"{name}[{','.join(dims)}]" for name, dims in case["shapes"].items())
        formula = NOTATIONS[notation](answer(case))
        entries.append(f"# {case['id']}: {case['q']}    {shapes}\n{formula}\n")
    return "\n".join(entries)


def shifted():
    """Write formulas with shifted indices in index notation."""
    entries = []
    for name, (expr, _) in FORMULAS.items():
        lines = [NOTATIONS[notation](expr) for notation in ("index", "index_ascii")]
        lines.append(eg.latex(expr, "index", name="D"))
        entries.append("\n".join([f"# {name}", *lines, ""]))
    return "\n".join(entries)


def path(notation):
    return HERE / "golden" / f"{notation}.txt"


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_answers_read_as_before(notation):
    assert golden(notation) == path(notation).read_text(encoding="utf-8")


def test_formulas_with_shifted_indices_read_as_before():
    assert shifted() == path("shifted").read_text(encoding="utf-8")


def parses(formula):
    """Check LaTeX: braces and `\\left` in pairs, every command known."""
    tex2mathml(formula)
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        assert depth >= 0, formula
    assert depth == 0, formula
    assert formula.count(r"\left") == formula.count(r"\right"), formula
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_latex_of_an_answer_parses(case):
    for notation in ("index", "matrix"):
        assert parses(eg.latex(answer(case), notation))


def test_the_check_of_latex_refuses_what_is_not_well_formed():
    for wrong in (r"\frac{1}", "{a", "a}", r"\unknown{a}", r"\left(a"):
        with pytest.raises((AssertionError, MathError)):
            parses(wrong)


@pytest.mark.parametrize("notation", ["index", "matrix"])
@given(expr=expressions())
def test_the_latex_of_any_expression_parses(notation, expr):
    assert parses(eg.latex(expr, notation))
    assert parses(eg.latex(eg.simplify(expr), notation))


if __name__ == "__main__":
    for notation in NOTATIONS:
        path(notation).write_text(golden(notation), encoding="utf-8")
    path("shifted").write_text(shifted(), encoding="utf-8")
