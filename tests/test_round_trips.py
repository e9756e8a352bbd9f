"""What is printed is read back: the forty answers as the same node, others with the same value."""

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from questions import CASES, derivative, setting

import einsgrad as eg
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values


@pytest.mark.parametrize("notation", ["index", "matrix"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_answer_is_read_back_as_the_same_node(case, notation):
    known, _ = setting(case)
    simple = eg.simplify(derivative(case, known))
    declared = dict.fromkeys((*known.values(), *variables_in(simple)))
    text = eg.show(simple, notation, name="D", ascii=True)
    again = eg.simplify(eg.parse(text, declared))
    assert again is simple
    assert eg.show(again, notation, name="D", ascii=True) == text


@pytest.mark.parametrize("notation", ["index", "matrix"])
@given(expr=expressions(), seed=st.integers(0, 99))
def test_what_is_read_back_has_the_same_value(notation, expr, seed):
    simple = eg.simplify(expr)
    text = eg.show(simple, notation, name="D", ascii=True)
    try:
        again = eg.parse(text, variables_in(simple))
    except eg.EinsgradError:
        # A power with indexed base and exponent, or an index whose dim nothing tells.
        reject()
    arrays = values(simple, seed)
    with np.errstate(all="ignore"):
        expected = np.asarray(eg.evaluate(simple, sizes=SIZES, **arrays))
        assume(np.isfinite(expected).all())
        found = np.asarray(eg.evaluate(again, sizes=SIZES, **arrays))
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-8, atol=1e-8 * scale)


def test_parts_may_be_defined_in_any_order():
    text = "r @ r\nwhere r = s - b\nwhere s = A @ x"
    declared = "A[m,n] x[n] b[m]"
    plain = eg.parse("(A @ x - b) @ (A @ x - b)", declared)
    assert eg.parse(text, declared) is plain
    with pytest.raises(eg.ArgumentError, match="no variable is named 'q'"):
        eg.parse("r @ r\nwhere r = q - b", declared)
