"""The value of an einsum, in every form in which it can be written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.strategies import einsum_cases

FORMS = [
    ("mn,n->m", [(2, 3), (3,)]),
    ("mn,n", [(2, 3), (3,)]),
    ("ba", [(2, 3)]),
    ("bA", [(2, 3)]),
    ("aB,bA", [(2, 3), (4, 5)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ii", [(3, 3)]),
    (" i j , j k -> i k ", [(2, 3), (3, 4)]),
    ("ij,jk ->ki", [(2, 3), (3, 4)]),
    ("ii->", [(3, 3)]),
    ("ii->i", [(3, 3)]),
    ("iij->ji", [(2, 2, 3)]),
    ("ijji,kji,jj->kj", [(2, 3, 3, 2), (4, 3, 2), (3, 3)]),
    ("nd,nn->d", [(3, 2), (3, 3)]),
    ("ij->", [(2, 3)]),
    ("ij->i", [(2, 3)]),
    ("ij,k->i", [(2, 3), (4,)]),
    (",->", [(), ()]),
    (",ij->ij", [(), (2, 3)]),
    (",", [(), ()]),
    ("->", [()]),
    ("i,ij,j->", [(2,), (2, 3), (3,)]),
    ("bi,bj,bk->bijk", [(2, 3), (2, 4), (2, 5)]),
    ("...", [(2, 3)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (5, 3, 4)]),
    ("...ij,...jk->...ik", [(5, 1, 2, 3), (6, 3, 4)]),
    ("...ij,...jk", [(5, 2, 3), (3, 4)]),
    ("i...j,...->...ji", [(2, 5, 6, 3), (6,)]),
    ("...i,...i->...", [(1, 3), (4, 3)]),
    ("i...->i", [(3,)]),
    ("ij,ij->ij", [(2, 1), (1, 3)]),
    ("i,i->", [(1,), (4,)]),
    ("i,ij->j", [(1,), (4, 2)]),
    ("ij,jk->ik", [(2, 0), (0, 3)]),
    ("ij->j", [(0, 3)]),
    ("ij->i", [(0, 3)]),
    ("i,j->ij", [(0,), (3,)]),
]


@pytest.mark.parametrize(("string", "shapes"), FORMS)
def test_every_form_that_numpy_accepts_has_numpys_value(string, shapes, small_integers):
    arrays = [small_integers(shape, seed=place) for place, shape in enumerate(shapes)]
    expected = np.einsum(string, *arrays)
    value = eg.einsum(string, *arrays)
    assert np.shape(value) == np.shape(expected)
    assert (value == expected).all()


@given(case=einsum_cases(repeated_output=False))
def test_a_random_einsum_has_numpys_value(case):
    expected = np.einsum(case.string, *case.arrays)
    value = eg.einsum(case.string, *case.arrays)
    assert np.shape(value) == np.shape(expected)
    assert (value == expected).all()


@given(case=einsum_cases())
def test_a_random_einsum_has_the_value_of_its_definition(case, reference_einsum):
    expected = reference_einsum(case.string, *case.arrays)
    value = eg.einsum(case.string, *case.arrays)
    assert np.shape(value) == expected.shape
    assert (value == expected).all()


@given(case=einsum_cases(repeated_output=False))
def test_the_reference_agrees_with_numpy(case, reference_einsum):
    assert (
        reference_einsum(case.string, *case.arrays) == np.einsum(case.string, *case.arrays)
    ).all()


@given(case=einsum_cases(dtype=complex))
def test_a_random_complex_einsum_has_the_value_of_its_definition(case, reference_einsum):
    expected = reference_einsum(case.string, *case.arrays)
    assert (eg.einsum(case.string, *case.arrays) == expected).all()


@given(
    case=einsum_cases(repeated_output=False, broadcasting=False),
    dtypes=st.lists(st.sampled_from(["?", "int8", "int64", "float32", "complex64"]), min_size=4),
)
def test_values_and_dtypes_of_mixed_operands_are_numpys(case, dtypes):
    arrays = [array.astype(dtype) for array, dtype in zip(case.arrays, dtypes, strict=False)]
    expected = np.einsum(case.string, *arrays)
    value = eg.einsum(case.string, *arrays)
    assert np.asarray(value).dtype == expected.dtype
    assert (value == expected).all()


@pytest.mark.parametrize(("string", "size"), [("i->ii", 3), ("i->iii", 2), ("i->ii", 0)])
def test_a_repeated_output_label_makes_a_diagonal(string, size):
    x = np.arange(1.0, size + 1)
    value = eg.einsum(string, x)
    assert value.shape == (size,) * (len(string) - 3)
    for entry in np.ndindex(value.shape):
        assert value[entry] == (x[entry[0]] if len(set(entry)) == 1 else 0)


@pytest.mark.parametrize("string", ["ij,j->iij", "ij,jk->kiik", "ii->ii", "ij->jiij"])
def test_repeated_output_labels_agree_with_the_definition(string, small_integers, reference_einsum):
    arrays = [small_integers((3,) * len(x)) for x in string.partition("->")[0].split(",")]
    assert (eg.einsum(string, *arrays) == reference_einsum(string, *arrays)).all()


@pytest.mark.parametrize("labels", ["αβγ", "абв", "日本語", "אבג", "ñöß", "ǅʰꜱ", "𝐀𝐁𝐂"])
def test_letters_of_any_script_are_labels(labels, small_integers):
    a, b, c = labels
    A, B = small_integers((2, 3)), small_integers((3, 4))
    assert (eg.einsum(f"{a}{b},{b}{c}->{a}{c}", A, B) == A @ B).all()


def test_implicit_output_is_sorted_by_code_point():
    A = np.arange(6.0).reshape(2, 3)
    assert (eg.einsum("βα", A) == A.T).all()
    assert (eg.einsum("zÄ", A) == A).all()
    assert (eg.einsum("zZ", A) == A.T).all()


def test_the_interleaved_form_with_integers_is_numpys(small_integers):
    A, B = small_integers((2, 3)), small_integers((3, 4))
    assert (eg.einsum(A, [0, 1], B, [1, 2], [0, 2]) == A @ B).all()
    assert (eg.einsum(A, [0, 1], B, [1, 2]) == np.einsum(A, [0, 1], B, [1, 2])).all()
    assert (eg.einsum(A, [7, 3]) == np.einsum(A, [7, 3])).all()
    assert eg.einsum(A, [0, 1], []) == A.sum()


def test_the_interleaved_form_takes_dots(small_integers):
    A, B = small_integers((5, 2, 3)), small_integers((3, 4))
    value = eg.einsum(A, [..., 0, 1], B, [1, 2], [..., 0, 2])
    assert (value == A @ B).all()


LABELS = [
    ("batch", "head", "time"),
    (("a", 1), ("a", 2), ("b", 1)),
    ((0, 0), (0, 1), (1, 0)),
    (None, frozenset(), 2.5),
    (0, 1.0, 2.0),
    (-1, 0, True),
    ("", " ", ","),
    (b"i", int, len),
]


@pytest.mark.parametrize("labels", LABELS, ids=repr)
def test_the_interleaved_form_takes_any_hashable_labels(labels, small_integers):
    a, b, c = labels
    A, B = small_integers((2, 3)), small_integers((3, 4))
    assert (eg.einsum(A, (a, b), B, (b, c), (a, c)) == A @ B).all()
    D = small_integers((2, 2, 3))
    assert (eg.einsum(D, (a, a, b), (a, b)) == np.einsum("aab->ab", D)).all()
    assert (eg.einsum(D, (b, b, c), (b, c)) == np.einsum("aab->ab", D)).all()


@pytest.mark.parametrize("labels", LABELS, ids=repr)
def test_hashable_labels_broadcast_axes_of_size_one(labels, small_integers):
    a, b, _ = labels
    A, x = small_integers((1, 3)), small_integers((4,))
    assert (eg.einsum(A, (a, b), x, (a,), (a, b)) == np.einsum("ab,a->ab", A, x)).all()
    assert (eg.einsum(A, (b, a), x, (b,), (a, b)) == np.einsum("ba,b->ab", A, x)).all()


def test_more_than_52_labels_in_one_call(small_integers):
    vectors = [small_integers((2,), seed=place) + 5 for place in range(60)]
    arguments = [part for place, x in enumerate(vectors) for part in (x, [place])]
    expected = 1.0
    for x in vectors:
        expected *= x.sum()
    assert eg.einsum(*arguments, []) == pytest.approx(expected, rel=1e-12)


def test_arrays_of_40_axes_with_more_than_64_labels(small_integers):
    A, B = small_integers((2, *[1] * 38, 3)), small_integers((3, *[1] * 38, 4))
    left, right = list(range(40)), list(range(39, 79))
    assert (eg.einsum(A, left, B, right, [0, 78]) == A.reshape(2, 3) @ B.reshape(3, 4)).all()
    apart = eg.einsum(A, left, B, list(range(40, 80)), [0, 79])
    assert (apart == np.outer(A.reshape(2, 3).sum(1), B.reshape(3, 4).sum(0))).all()


def test_the_same_array_may_stand_in_several_places(small_integers):
    A = small_integers((3, 3))
    assert (eg.einsum("ij,jk,kl->il", A, A, A) == A @ A @ A).all()


@pytest.mark.parametrize("dtype", ["?", "b", "u1", "i8", "f2", "f4", "f8", "g", "F", "D"])
@pytest.mark.parametrize("string", ["ij,jk->ik", "ii->i", "ij->", "ij->ji", "ij,ij->ij"])
def test_values_and_dtypes_are_numpys(string, dtype, small_integers):
    arrays = [small_integers((3, 3), dtype, place) for place in range(1 + string.count(","))]
    expected = np.einsum(string, *arrays)
    value = eg.einsum(string, *arrays)
    assert np.asarray(value).dtype == expected.dtype
    assert (value == expected).all()


def test_small_integers_wrap_as_in_numpy():
    x = np.array([100, 100], np.int8)
    assert eg.einsum("i->", x) == np.einsum("i->", x) == -56


def test_nested_lists_and_numbers_are_operands():
    assert eg.einsum("ij,j->i", [[1, 2], [3, 4]], (1, 1)).tolist() == [3, 7]
    assert eg.einsum(",->", 2, 3.5) == 7.0


@given(case=einsum_cases())
def test_a_value_never_shares_memory_with_an_operand_and_can_be_written(case):
    value = eg.einsum(case.string, *case.arrays)
    if np.ndim(value):
        assert value.flags.writeable
        assert not any(np.shares_memory(value, array) for array in case.arrays)


@pytest.mark.parametrize("string", ["i->i", "ii->i", "ij->ji", "ij->ij", "i...->...i", "->"])
def test_a_view_is_copied(string):
    array = np.ones((2,) * len(string.partition("->")[0].replace("...", "")))
    before = array.copy()
    value = np.asarray(eg.einsum(string, array))
    value[...] = 7
    assert (array == before).all()
