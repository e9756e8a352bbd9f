"""Einsum strings with affine labels: their values, ranges, derivatives, forms and errors."""

import re

import numpy as np
import pytest
from affine_reference import lists_of, plain_affine
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.affine_strategies import affine_cases
from einsgrad.testing.strategies import arrays


@given(case=affine_cases())
def test_a_string_has_the_value_of_its_definition(case):
    expected = plain_affine(case.string, case.arrays, case.ranges)
    for _ in range(2):
        found = eg.einsum(case.string, *case.arrays, sizes=case.sizes)
        assert np.shape(found) == expected.shape
        assert (found == expected).all()
    compiled = eg.compile(case.string, sizes=case.sizes if "(" in case.string else None)
    assert (compiled(*case.arrays) == expected).all()


@given(case=affine_cases(max_operands=2), data=st.data())
def test_products_with_the_jacobian_are_those_of_the_definition(case, data):
    value = plain_affine(case.string, case.arrays, case.ranges)
    g = data.draw(arrays(value.shape))
    found, pullback = eg.vjp(case.string, *case.arrays, sizes=case.sizes)
    assert (found == value).all()
    moves = [data.draw(arrays(array.shape)) for array in case.arrays]
    tangent = np.zeros(value.shape)
    for position, (array, share) in enumerate(zip(case.arrays, pullback(g), strict=True)):
        jacobian = plain_affine(case.string, case.arrays, case.ranges, without=position)
        assert share.shape == array.shape
        assert (share == np.tensordot(g, jacobian, g.ndim)).all()
        tangent = tangent + np.tensordot(jacobian, moves[position], array.ndim)
        assert (
            eg.jacobian(case.string, position, *case.arrays, sizes=case.sizes) == jacobian
        ).all()
    _, moved = eg.jvp(case.string, case.arrays, moves, sizes=case.sizes)
    assert (moved == tangent).all()


@given(case=affine_cases(max_operands=2), data=st.data())
def test_an_adjoint_string_is_evaluated_as_it_is_printed(case, data):
    value = plain_affine(case.string, case.arrays, case.ranges)
    g = data.draw(arrays(value.shape))
    named = {f"x{place}": array for place, array in enumerate(case.arrays)} | {"g": g}
    shapes = [array.shape for array in case.arrays]
    for position in range(len(case.arrays)):
        derived = eg.adjoint(case.string, position, shapes=shapes, sizes=case.sizes)
        jacobian = plain_affine(case.string, case.arrays, case.ranges, without=position)
        expected = np.tensordot(g, jacobian, g.ndim)
        assert (derived.evaluate(named) == expected).all()
        inputs, output = lists_of(str(derived))
        operands = derived.numpy_operands(named)
        sizes = {k: v for k, v in zip(output, expected.shape, strict=True) if "(" in k}
        letters = set(re.findall("[a-zA-Z]", str(derived)))
        sizes |= {k: v for k, v in case.ranges.items() if k in letters}
        assert [np.ndim(operand) for operand in operands] == list(map(len, inputs))
        assert (eg.einsum(str(derived), *operands, sizes=sizes) == expected).all()


@given(case=affine_cases(repeated=False))
def test_adjoints_of_normal_strings_are_exchanges_and_come_back(case):
    inputs, output = lists_of(case.string)
    joined = "".join("".join(indices) for indices in [*inputs, output])
    plain = [label for indices in inputs for label in indices if "(" not in label]
    letters = set(re.findall("[a-zA-Z]", joined))
    if any(plain.count(letter) + output.count(letter) < 2 for letter in letters):
        return
    for position in range(len(inputs)):
        lists = ["".join(indices) for indices in inputs]
        lists[position], last = "".join(output), lists[position]
        exchanged = ",".join(lists) + "->" + last
        adjoint = eg.adjoint(case.string, position)
        assert str(adjoint) == exchanged
        assert str(eg.adjoint(str(adjoint), position)) == case.string


TABLE = [
    ("(i+k),k->i", 0, "i,k->(i+k)", ("g", "x1"), "g_i x1_k δ_{j,i+k}"),
    ("(i+k),k->i", 1, "(i+k),i->k", ("x0", "g"), "x0_{i+k} g_i"),
    ("i,k->(i+k)", 0, "(i+k),k->i", ("g", "x1"), "g_{i+k} x1_k"),
    ("i,k->(i+k)", 1, "i,(i+k)->k", ("x0", "g"), "x0_i g_{i+k}"),
    ("(2i+3k-1),k->i", 0, "i,k->(2i+3k-1)", ("g", "x1"), "g_i x1_k δ_{j,2i+3k-1}"),
    ("(2i+3k-1),k->i", 1, "(2i+3k-1),i->k", ("x0", "g"), "x0_{2i+3k-1} g_i"),
    (
        "b(i+k)(j+l)c,klco->bijo",
        0,
        "bijo,klco->b(i+k)(j+l)c",
        ("g", "x1"),
        "g_bijo x1_klco δ_{m,i+k} δ_{n,j+l}",
    ),
    (
        "b(i+k)(j+l)c,klco->bijo",
        1,
        "b(i+k)(j+l)c,bijo->klco",
        ("x0", "g"),
        "x0_{b,i+k,j+l,c} g_bijo",
    ),
    ("(i+1)->i", 0, "i->(i+1)", ("g",), "g_i δ_{j,i+1}"),
    ("i->(i+1)", 0, "(i+1)->i", ("g",), "g_{i+1}"),
    ("(-i+5)->i", 0, "i->(-i+5)", ("g",), "g_i δ_{j,-i+5}"),
    ("(3)j->j", 0, "j->(3)j", ("g",), "g_j δ_{i,3}"),
    ("(i+k)->i", 0, "i,k->(i+k)", ("g", "1"), "Σ_k g_i δ_{j,i+k}"),
    ("i(i+1)->i", 0, "i->i(i+1)", ("g",), "g_i δ_{j,i+1}"),
    ("(i+k)(i+k)->i", 0, "i,k->(i+k)(i+k)", ("g", "1"), "Σ_k g_i δ_{j,i+k} δ_jl"),
    ("...(i+k),k->...i", 0, "...i,k->...(i+k)", ("g", "x1"), "g_...i x1_k δ_{j,i+k}"),
    ("( i + k ) , k", 0, "i,k->(i+k)", ("g", "x1"), "g_i x1_k δ_{j,i+k}"),
    ("(2*i+k), k -> i", 1, "(2i+k),i->k", ("x0", "g"), "x0_{2i+k} g_i"),
    ("(row+col), col -> row", 1, "(r+c),r->c", ("x0", "g"), "x0_{r+c} g_r"),
]


@pytest.mark.parametrize(("string", "wrt", "adjoint", "operands", "index"), TABLE)
def test_adjoints_are_exactly_the_known_ones(string, wrt, adjoint, operands, index):
    derived = eg.adjoint(string, wrt)
    assert str(derived) == derived.subscripts == adjoint
    assert derived.operands == operands
    assert repr(derived) == f'"{adjoint}"({", ".join(operands)})'
    assert derived.index == index
