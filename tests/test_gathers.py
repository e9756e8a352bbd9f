"""Copies in another order: by an index or not, they have the entries of numpy's transpose."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.backends.numpy import constants
from einsgrad.engine.backends.numpy.constants import Constants
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.gathers import gather_axes
from einsgrad.engine.contractions.views import Operand


@st.composite
def copies(draw):
    """Draw labels in two orders, cuts of the second, and sizes on both sides of the thresholds."""
    labels = "abcdefgh"[: draw(st.integers(1, 8))]
    sizes = {}
    for label in labels:
        room = 200_000 // math.prod(sizes.values())
        sizes[label] = min(draw(st.sampled_from([1, 2, 2, 3, 4, 8, 9, 64, 130])), max(room, 1))
    target = draw(st.permutations(labels))
    cuts = sorted(draw(st.sets(st.integers(1, len(labels)), max_size=3)) | {len(labels)})
    groups = [tuple(target[a:b]) for a, b in itertools.pairwise([0, *cuts])]
    return tuple(labels), groups, sizes


@given(copies(), st.sampled_from(["C", "F", "strided"]))
def test_a_copy_has_the_entries_of_a_transposed_and_reshaped_array(copy, layout):
    labels, groups, sizes = copy
    shape = [sizes[label] for label in labels]
    a = np.arange(math.prod(shape), dtype=float).reshape(shape)
    if layout == "F":
        a = np.asfortranarray(a)
    if layout == "strided":
        a = np.repeat(a, 2, axis=0)[::-2]
    copy = gather_axes(Operand(Name("a"), labels), groups, sizes)
    found = eval(str(copy), {"np": np, "a": a})
    order = [labels.index(label) for group in groups for label in group]
    expected = a.transpose(order).reshape(
        [math.prod(sizes[label] for label in group) for group in groups]
    )
    assert found.shape == expected.shape
    assert np.array_equal(found, expected)
    plain = str(Constants(most_indexed=0).hoisted(copy, a.dtype))
    assert "take" not in plain
    assert np.array_equal(eval(plain, {"a": a}), expected)


@pytest.mark.parametrize("size", [0, 1])
def test_axes_without_entries_or_of_one_entry_are_copied_too(size):
    a = np.ones((2, size, 3, 2))
    sizes = {"i": 2, "j": size, "k": 3, "l": 2}
    copy = gather_axes(Operand(Name("a"), tuple("ijkl")), [tuple("lj"), tuple("ki")], sizes)
    assert np.array_equal(eval(str(copy), {"np": np, "a": a}), np.ones((2 * size, 6)))


@pytest.mark.parametrize(("most", "kept"), [(0, "op"), (1 << 21, "po")])
def test_an_index_is_made_once_before_the_function_unless_it_is_one_too_many(
    most, kept, monkeypatch
):
    monkeypatch.setattr(constants, "MOST_INDEXED", most)
    a, b = np.arange(2.0**14).reshape((2,) * 14), np.arange(16.0).reshape((2,) * 4)
    string = f"abcdefghijklmn,mbop->cadefghijkln{kept}"
    fn = eg.compile(string)
    expected = np.einsum(string, a, b)
    assert np.array_equal(fn(a, b), expected)
    header, body = fn.source.split("def compute")
    assert ("np.arange(" in header) == (".take(c" in body) == (most > 0)
    assert "np.arange(" not in body
