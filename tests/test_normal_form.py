"""The theorem: exchange is an involution, keeps normal form, and deltas make all normal."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.construct import build_einsum, variable
from einsgrad.expressions.nodes import Constant, Variable
from einsgrad.expressions.products import contract_deltas, contracted
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.deltas import Factor, Product, as_product, close, contract
from einsgrad.strings.parsing import parse_einsum
from einsgrad.strings.subscripts import Subscripts, fresh_numbers
from einsgrad.testing.strategies import einsum_cases, einsum_strings

SIZES = {"i": 2, "j": 3, "k": 4, "m": 2, "n": 3, "p": 2, "q": 3, "r": 1}


@st.composite
def label_lists(draw):
    """Any einsum of numbered labels: lists and output may repeat them."""
    return parse_einsum(draw(einsum_strings())).subscripts.numbered()


def closed(subscripts):
    return close(as_product(subscripts), fresh_numbers(subscripts.labels).__next__)


def deltas_of(product):
    return {place for place, factor in enumerate(product.factors) if factor.source is None}


def numbers(product, arrays, sizes):
    """Evaluate factors by numpy: operands by their position, deltas as identities and ones."""
    operands = []
    for factor in product.factors:
        if factor.source is not None:
            operands.append(arrays[factor.source])
        else:
            size, order = sizes[factor.label], len(factor.indices)
            operands.append([np.array(float(size)), np.ones(size), np.eye(size)][order])
    letters = {label: chr(ord("a") + n) for n, label in enumerate(product.subscripts.labels)}
    return np.einsum(str(product.subscripts.relabel(letters)), *operands)


@pytest.mark.parametrize(
    ("string", "normal"),
    [
        ("mn,n->m", True),
        ("ij,jk->ik", True),
        ("->", True),
        ("bi,bj,bk->bijk", True),
        ("ii->", False),
        ("i->ii", False),
        ("ij->i", False),
        ("i,j->i", False),
    ],
)
def test_normal_means_no_repetition_and_no_lone_label(string, normal):
    assert parse_einsum(string).subscripts.is_normal() == normal


@pytest.mark.parametrize(
    ("string", "expected"),
    [("ii->", "01,01->"), ("ij->i", "01,1->0"), ("i->ii", "0,01->01"), ("ij,jk->ik", "01,12->02")],
)
def test_closing_adds_the_deltas_and_ones_that_are_missing(string, expected):
    assert str(closed(parse_einsum(string).subscripts).subscripts.numbered()) == expected


@given(label_lists())
def test_closing_makes_every_einsum_normal(subscripts):
    assert closed(subscripts).subscripts.is_normal()


@given(label_lists())
def test_closing_keeps_the_operands_and_adds_only_behind_them(subscripts):
    factors = closed(subscripts).factors
    count = len(subscripts.inputs)
    assert [factor.source for factor in factors[:count]] == list(range(count))
    assert all(factor.source is None for factor in factors[count:])


@given(label_lists())
def test_closing_what_is_normal_changes_nothing(subscripts):
    once = closed(subscripts)
    again = close(once, fresh_numbers(once.subscripts.labels).__next__)
    assert again == once


@given(label_lists())
def test_exchange_is_an_involution(subscripts):
    for position in range(len(subscripts.inputs)):
        assert subscripts.exchange(position).exchange(position) == subscripts


@given(label_lists())
def test_exchange_keeps_normal_form(subscripts):
    normal = closed(subscripts).subscripts
    for position in range(len(normal.inputs)):
        assert normal.exchange(position).is_normal()


@given(label_lists())
def test_exchange_gives_the_cotangent_the_operands_place(subscripts):
    for position, indices in enumerate(subscripts.inputs):
        exchanged = subscripts.exchange(position)
        assert exchanged.output == indices
        assert exchanged.inputs[position] == subscripts.output
        assert all(
            exchanged.inputs[other] == list_
            for other, list_ in enumerate(subscripts.inputs)
            if other != position
        )


def sized(string, seed):
    subscripts = parse_einsum(string).subscripts
    generator = np.random.default_rng(seed)
    shapes = [[SIZES[label] for label in indices] for indices in subscripts.inputs]
    return subscripts, [generator.integers(-3, 4, shape).astype(float) for shape in shapes]


@given(string=einsum_strings(), seed=st.integers(0, 2**16))
def test_closing_and_contracting_keep_the_value(string, seed, reference_einsum):
    subscripts, arrays = sized(string, seed)
    expected = reference_einsum(string, *arrays)
    product = close(as_product(subscripts), iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ").__next__)
    assert (numbers(product, arrays, SIZES) == expected).all()
    short = contract(product, deltas_of(product))
    if len(set(short.output)) == len(short.output):
        assert (numbers(short, arrays, SIZES) == expected).all()


@given(string=einsum_strings(), seed=st.integers(0, 2**16), data=st.data())
def test_contracting_some_of_the_deltas_keeps_the_value(string, seed, data, reference_einsum):
    subscripts, arrays = sized(string, seed)
    product = close(as_product(subscripts), iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ").__next__)
    chosen = {place for place in sorted(deltas_of(product)) if data.draw(st.booleans())}
    some = contract(product, chosen)
    assert (numbers(some, arrays, SIZES) == reference_einsum(string, *arrays)).all()


@given(string=einsum_strings())
def test_contracting_all_deltas_gives_back_the_operands_without_repeated_output(string):
    subscripts = parse_einsum(string).subscripts
    assume(len(set(subscripts.output)) == len(subscripts.output))
    product = closed(subscripts.numbered())
    short = contract(product, deltas_of(product))
    assert short.subscripts.numbered() == subscripts.numbered()


@given(case=einsum_cases(ellipsis=False, broadcasting=False))
def test_the_normal_einsum_of_variables_has_the_value_of_the_string(case, reference_einsum):
    subscripts = parse_einsum(case.string).subscripts
    named = {f"x{place}": array for place, array in enumerate(case.arrays)}
    nodes = [
        variable(f"x{place}", tuple(indices)) for place, indices in enumerate(subscripts.inputs)
    ]
    node = build_einsum(subscripts, nodes)
    expected = reference_einsum(case.string, *case.arrays)
    assert node.subscripts.is_normal()
    assert (evaluate_expr(node, named) == expected).all()
    assert (evaluate_expr(contract_deltas(node), named) == expected).all()
    assert contract_deltas(node).subscripts.is_normal()


def test_a_closed_loop_of_deltas_is_the_factor_n():
    delta, x = Delta("n", 2), Variable("x", ("k",))
    loop = build_einsum(Subscripts((("i", "j"), ("i", "j"), ("k",)), ("k",)), (delta, delta, x))
    assert str(contracted(loop).subscripts.numbered()) == ",0->0"
    assert evaluate_expr(loop, {"x": [1.0, 2.0]}, {"n": 5}).tolist() == [5.0, 10.0]


def test_a_longer_loop_of_deltas_is_the_factor_n_too():
    delta = Delta("n", 2)
    ring = build_einsum(Subscripts((("i", "j"), ("j", "k"), ("k", "i")), ()), (delta,) * 3)
    assert evaluate_expr(ring, {}, {"n": 4}) == 4
    lists = (("i", "j"), ("i", "j"), ("k",))
    pair = build_einsum(Subscripts(lists, ()), (delta, delta, Delta("m", 1)))
    assert evaluate_expr(pair, {}, {"n": 4, "m": 3}) == 12


def test_a_loop_of_known_size_is_a_number():
    delta = Delta(7, 2)
    trace = build_einsum(Subscripts((("i", "j"), ("i", "j")), ()), (delta, delta))
    assert contract_deltas(trace).operands == (Constant(7),)


def test_contraction_leaves_a_delta_where_the_output_needs_it():
    product = Product((Factor(("i", "j"), None, "i"), Factor(("j", "k"), None, "i")), ("i", "k"))
    assert str(contract(product, {0, 1}).subscripts) == "ik->ik"
