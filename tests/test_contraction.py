"""One contraction as text: for every layout and size the call has numpy's value."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.contraction import contraction_of, plan_for
from einsgrad.engine.contractions.views import Operand

LABELS = "abcdef"
# Sizes on both sides of every threshold: short rows, small arrays, skinny matrices.
SIZES = st.sampled_from([1, 2, 3, 7, 8, 9, 31, 33, 70])
FEW = st.sampled_from([1, 2, 3])


@st.composite
def pairs(draw):
    """Draw two lists of different labels, an output of some of them, and sizes."""
    first = draw(st.permutations(LABELS).map(lambda p: tuple(p[:4])))
    first = first[: draw(st.integers(0, 4))]
    second = draw(st.permutations(LABELS).map(lambda p: tuple(p[:4])))
    second = second[: draw(st.integers(0, 4))]
    both = [label for label in LABELS if label in first and label in second]
    alone = [label for label in LABELS if (label in first) != (label in second)]
    kept = [label for label in both if draw(st.booleans())]
    output = tuple(draw(st.permutations([*alone, *kept])))
    some = draw(st.sampled_from([SIZES, FEW]))
    sizes = {label: draw(some) for label in sorted({*first, *second})}
    space = np.prod([sizes[label] for label in sizes], dtype=float)
    assume(space <= 3e6)
    return first, second, output, sizes


def text_of(operands, output, sizes, kind="f"):
    return str(contraction_of(operands, output, sizes, kind))


def run(text, **arrays):
    return eval(text, {"np": np, **arrays})


def array(indices, sizes, dtype, seed):
    generator = np.random.default_rng(seed)
    entries = generator.integers(-3, 4, [sizes[label] for label in indices]).astype(dtype)
    return entries * (1 + 1j) if np.dtype(dtype).kind == "c" else entries


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(pairs(), st.sampled_from(["f8", "f4", "c16", "i8"]), st.integers(0, 9))
def test_a_pair_has_numpys_value(pair, dtype, seed):
    first, second, output, sizes = pair
    a, b = (array(indices, sizes, dtype, seed + k) for k, indices in enumerate((first, second)))
    operands = [Operand(Name("a"), first), Operand(Name("b"), second)]
    kind = np.dtype(dtype).kind
    text = text_of(operands, output, sizes, kind)
    numbers = {label: place for place, label in enumerate(LABELS)}
    lists = [[numbers[label] for label in indices] for indices in (first, second, output)]
    expected = np.einsum(a, lists[0], b, lists[1], lists[2])
    found = run(text, a=a, b=b)
    assert np.shape(found) == expected.shape
    # Whole numbers of a few digits: sums of products are exact.
    assert np.array_equal(found, expected)
    order = plan_for([first, second], output, sizes, kind).output
    assert sorted(order) == sorted(output)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    st.lists(st.sampled_from("abcd"), max_size=4),
    st.sampled_from(["f8", "f4", "c16", "i8", "?"]),
    st.data(),
)
def test_a_single_operand_has_numpys_value(labels, dtype, data):
    indices = tuple(labels)
    sizes = {label: data.draw(SIZES) for label in sorted(set(indices))}
    assume(np.prod([sizes[label] for label in indices], dtype=float) <= 1e6)
    kept = [label for label in sorted(set(indices)) if data.draw(st.booleans())]
    output = tuple(data.draw(st.permutations(kept)))
    a = array(indices, sizes, dtype, 0)
    numbers = {label: place for place, label in enumerate("abcd")}
    text = text_of([Operand(Name("a"), indices)], output, sizes, a.dtype.kind)
    expected = np.einsum(
        a, [numbers[label] for label in indices], [numbers[label] for label in output]
    )
    found = run(text, a=a)
    assert np.asarray(found).dtype == expected.dtype
    assert np.array_equal(found, expected)


CALLS = {
    "ij,jk->ik": "a.dot(b)",
    "ij,kj->ik": "a.dot(b.T)",
    "ji,jk->ik": "a.T.dot(b)",
    "ij,j->i": "a.dot(b)",
    "ij,i->j": "b.dot(a)",
    "i,i->": "a.dot(b)",
    "ij,ij->": "a.ravel().dot(b.ravel())",
    "ij,ij->i": "np.vecdot(a, b)",
    "bij,bjk->bik": "np.matmul(a, b)",
    "bqhd,bkhd->bhqk": "np.matmul(a.transpose(0, 2, 1, 3), b.transpose(0, 2, 3, 1))",
    "ij,ij->ij": "a * b",
    "i,ij->ij": "a[:, None] * b",
    "i,j->ij": "a[:, None].dot(b[None])",
    "abc,cd->abd": "a.reshape(36, 6).dot(b).reshape(6, 6, 6)",
}


@pytest.mark.parametrize("string", CALLS)
def test_known_forms_are_the_calls_that_a_person_writes(string):
    left, output = string.split("->")
    first, second = left.split(",")
    sizes = dict.fromkeys("abcdijkhqkd", 6)
    operands = [Operand(Name("a"), tuple(first)), Operand(Name("b"), tuple(second))]
    assert text_of(operands, tuple(output), sizes) == CALLS[string]


SMALL_CALLS = {
    "lj,pjk->lpk": "a.dot(b)",
    "pjk,lj->lpk": "b.dot(a)",
    "pjk,j->pk": "b.dot(a)",
    "ijk,kl->ijl": "a.dot(b)",
    "ijk,lk->ijl": "a.dot(b.T)",
    "ikj,lkm->ijlm": "a.transpose(0, 2, 1).dot(b)",
    "ijkl,mkln->ijmn": "a.reshape(2, 2, 4).dot(b.reshape(2, 4, 2))",
    "ij,jk->ik": "a.dot(b)",
}


@pytest.mark.parametrize("string", SMALL_CALLS)
def test_small_arrays_are_multiplied_without_being_made_matrices(string):
    left, output = string.split("->")
    first, second = left.split(",")
    operands = [Operand(Name("a"), tuple(first)), Operand(Name("b"), tuple(second))]
    sizes = dict.fromkeys("ijklmnp", 2)
    assert text_of(operands, tuple(output), sizes) == SMALL_CALLS[string]
    many = text_of(operands, tuple(output), dict.fromkeys("ijklmnp", 20))
    assert len(output) == 2 or many != SMALL_CALLS[string]


def test_what_is_copied_to_be_a_matrix_is_copied_in_the_order_of_the_result():
    operands = [Operand(Name("a"), tuple("ikjl")), Operand(Name("b"), tuple("km"))]
    sizes = {"i": 20, "k": 6, "j": 2, "l": 2, "m": 20}
    text = text_of(operands, tuple("ljim"), sizes)
    index = "np.arange(480).reshape(120, 2, 2).transpose(2, 1, 0).reshape(80, 6)"
    assert text == f"a.take({index}).dot(b).reshape(2, 2, 20, 20)"


@pytest.mark.parametrize("dtypes", [("f8", "f8"), ("f4", "f8"), ("f8", "f4"), ("c16", "f8")])
def test_short_rows_of_mixed_dtypes_have_numpys_value_and_dtype(dtypes):
    a = array(tuple("ir"), {"i": 200, "r": 16}, dtypes[0], 0)
    b = array(tuple("jr"), {"j": 250, "r": 16}, dtypes[1], 1)
    found, expected = eg.einsum("ir,jr->ijr", a, b), np.einsum("ir,jr->ijr", a, b)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


def test_a_stack_is_multiplied_from_the_side_that_the_result_wants():
    operands = [Operand(Name("a"), tuple("oij")), Operand(Name("b"), tuple("bi"))]
    sizes = dict.fromkeys("bijo", 30)
    assert text_of(operands, tuple("obj"), sizes) == "np.matmul(b, a)"
    turned = text_of(operands, tuple("ojb"), sizes)
    assert turned == "np.matmul(a.transpose(0, 2, 1), b.T)"
