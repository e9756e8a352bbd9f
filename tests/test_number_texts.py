"""Numbers in formulas: powers of ten, fractions, roots, multiples of π; what is shown is exact."""

import math

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

v, s = eg.variables("v[n] s")
ARRAYS = {"v": np.array([1.5, 2.25]), "s": 0.75}

LATEX = [
    (3e-06, r"3 \cdot 10^{-6} v"),
    (-1e-07, "-10^{-7} v"),
    (1e22, "10^{22} v"),
    (4.25e19, r"4.25 \cdot 10^{19} v"),
    (10**18, "10^{18} v"),
    (np.pi, r"\pi v"),
    (-3 * np.pi, r"-3 \pi v"),
    (np.pi / 4, r"\frac{\pi}{4} v"),
    (5 * np.pi / 6, r"\frac{5 \pi}{6} v"),
    (1 / np.pi, r"\frac{1}{\pi} v"),
    (1 / (4 * np.pi), r"\frac{1}{4 \pi} v"),
    (2 / 7, r"\frac{2}{7} v"),
    (math.sqrt(3), r"\sqrt{3} v"),
    (-1 / math.sqrt(2 * np.pi), r"-\frac{1}{\sqrt{2 \pi}} v"),
    (math.sqrt(3) / 2, r"\frac{\sqrt{3}}{2} v"),
    (math.sqrt(2 / np.pi), r"\sqrt{\frac{2}{\pi}} v"),
    (1.4142, "1.4142 v"),
    (0.7 + 0.1, "0.7999999999999999 v"),
    (math.inf, r"\infty v"),
    (-math.inf, r"-\infty v"),
    (math.nan, r"\mathrm{nan} v"),
    (2 - 3e-5j, r"(2-3 \cdot 10^{-5}\mathrm{i}) v"),
    (1j, r"\mathrm{i} v"),
]


@pytest.mark.parametrize(("number", "text"), LATEX)
def test_latex_sets_numbers_as_a_person_does(number, text):
    assert eg.latex(number * v) == text


def test_numbers_in_other_places_are_set_so_too():
    assert eg.latex(v ** (np.pi / 2)) == r"v^{\circ \frac{\pi}{2}}"
    assert eg.latex(s + 2e-9) == r"s + 2 \cdot 10^{-9}"
    assert eg.latex(eg.sin(2 * np.pi * s)) == r"\sin(2 \pi s)"
    assert eg.latex(s / (4 * np.pi)) == r"\frac{1}{4 \pi} s"
    assert eg.show(2 * np.pi * v) == "2π v"
    assert eg.show(v / np.pi, "index") == "1/π v_n"
    assert eg.show(2 * np.pi * v, ascii=True) == "2*pi*v"


@pytest.mark.parametrize("name", ["pi", "π"])
def test_a_variable_of_that_name_keeps_it(name):
    (own,) = eg.variables(f"{name}[n]")
    for write in (eg.latex, eg.show, lambda expr: eg.show(expr, ascii=True)):
        assert "6.283185307179586" in write(2 * np.pi * own)


NUMBERS = [
    *(number for number, _ in LATEX if not np.isnan(number)),
    *(math.sqrt(2 * np.pi), -0.1, 1e300, 5e-324, 0.0, -0.0, 2**80, -(10**22), 1e16, 123456789.125),
    *(np.nextafter(np.pi, 4), np.nextafter(2 / 3, 0), 999 * np.pi, 1e-5 * np.pi, -2.5),
]


def same(expr, text):
    again = eg.parse(text, (v, s))
    found, expected = (
        eg.evaluate(one, sizes={"n": 2}, **{x.name: ARRAYS[x.name] for x in variables_in(one)})
        for one in (again, expr)
    )
    return np.array_equal(np.broadcast_to(found, expected.shape), expected, equal_nan=True)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_shown_reads_back_equal(number):
    exprs = [number * v, v + number, s * number - 2]
    if not isinstance(number, complex):
        exprs += [v**number, eg.maximum(v, number)]
    with np.errstate(all="ignore"):
        for expr in exprs:
            assert same(expr, repr(expr))
            assert same(expr, eg.show(expr, ascii=True))
            assert same(expr, eg.show(expr, "index", ascii=True, name="y"))
