"""Hypothesis strategies for einsum strings with affine labels, arrays and sizes.

They draw slices, windows, dilations, padding on both sides, entries, repeated affine
labels, several in one list, in operands and in the output. Needs hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from einsgrad.strings.affine_labels import AffineLabel, forms_in
from einsgrad.testing.strategies import arrays

_LETTERS = "ijkl"
_MOST_ENTRIES = 400


@dataclass(frozen=True)
class AffineCase:
    """An einsum string with affine labels, and arrays that fit it.

    Parameters
    ----------
    string
        The einsum string, with explicit output.
    arrays
        One array for each operand.
    sizes
        The sizes that are given beside the string.
    ranges
        The sizes of all labels, those of affine ones under their text.
    """

    string: str
    arrays: tuple[np.ndarray[Any, Any], ...]
    sizes: Mapping[str, int]
    ranges: Mapping[str, int]

    def __repr__(self) -> str:
        shapes = [array.shape for array in self.arrays]
        return f"AffineCase({self.string!r}, shapes={shapes}, sizes={self.sizes})"


@st.composite
def affine_labels(draw: st.DrawFn, letters: str = _LETTERS) -> AffineLabel:
    """Draw an affine label over some letters, now and then a number alone.

    Parameters
    ----------
    letters
        The letters that may stand in it.
    """
    count = draw(st.sampled_from([1, 1, 2, 2, 2, 3, 0]))
    chosen = draw(st.permutations(letters))[:count]
    factors = st.sampled_from([1, 1, 1, 2, 3, -1, -2])
    terms = tuple((letter, draw(factors)) for letter in chosen)
    return AffineLabel(terms, draw(st.integers(-2, 3) if terms else st.integers(0, 2)))


@st.composite
def affine_cases(
    draw: st.DrawFn, *, max_operands: int = 3, repeated: bool = True, dtype: Any = float
) -> AffineCase:
    """Draw an einsum string with affine labels, and arrays of small integers that fit it.

    Parameters
    ----------
    max_operands
        The largest number of operands.
    repeated
        Whether a list may hold a label twice.
    dtype
        A float or complex dtype.
    """
    letters = _LETTERS[: draw(st.integers(2, len(_LETTERS)))]
    label = st.one_of(st.sampled_from(letters), st.sampled_from(letters), affine_labels(letters))
    lists = draw(
        st.lists(
            st.lists(label, max_size=3, unique_by=None if repeated else str),
            min_size=1,
            max_size=max_operands,
        )
    )
    held = sorted({letter for indices in lists for one in indices for letter in _letters_of(one)})
    output: list[Any] = []
    if held:
        within = st.one_of(st.sampled_from(held), affine_labels("".join(held)))
        output = draw(st.lists(within, max_size=2, unique_by=None if repeated else str))
    # Equal forms may be drawn in other orders of their terms, and are spelled alike here.
    spelled: dict[Any, Any] = {}
    lists = [[spelled.setdefault(one, one) for one in indices] for indices in lists]
    output = [spelled.setdefault(one, one) for one in output]
    ranges = {letter: draw(st.sampled_from([2, 3, 1, 4, 0])) for letter in held}
    loose = _loose(lists, ranges)
    given = {letter: ranges[letter] for letter in held if letter not in loose}
    plain = {one for indices in lists for one in indices if isinstance(one, str)}
    for form in forms_in(chain(*lists, output)):
        size = ranges[str(form)] = draw(_lengths(form, _size(form, ranges), loose))
        if form in output and not any(form in indices for indices in lists):
            given[str(form)] = size
    shapes = [tuple(ranges[str(one)] for one in indices) for indices in lists]
    assume(all(prod(shape) <= _MOST_ENTRIES for shape in shapes))
    sizes = {name: size for name, size in given.items() if name not in plain or draw(st.booleans())}
    string = ",".join("".join(map(str, indices)) for indices in lists)
    string += "->" + "".join(map(str, output))
    made = tuple(draw(arrays(shape, dtype)) for shape in shapes)
    return AffineCase(string, made, sizes, ranges)


@st.composite
def _lengths(draw: st.DrawFn, form: AffineLabel, size: int, loose: set[str]) -> int:
    """Draw the length of a form's axis: what just holds its places, or a bit more or less."""
    if loose & set(_letters_of(form)):
        return size
    more = st.sampled_from([0, 0, 1, 2, -1]) if form.terms else st.integers(0, 2)
    return max(0, size + draw(more))


def _letters_of(label: str | AffineLabel) -> Sequence[Any]:
    return label if isinstance(label, str) else label.labels


def _loose(lists: Sequence[Sequence[Any]], ranges: Mapping[str, int]) -> set[str]:
    """Return letters whose range their forms tell: none by itself, one in each form, forward."""
    loose: set[str] = set()
    forms = [one for indices in lists for one in indices if isinstance(one, AffineLabel)]
    plain = {one for indices in lists for one in indices if isinstance(one, str)}
    for letter in ranges:
        own = [form for form in forms if letter in form.labels]
        ahead = all(dict(form.terms)[letter] > 0 < _size(form, ranges) for form in own)
        ahead = ahead and ranges[letter] > 0
        if letter not in plain and ahead and not any(loose & set(form.labels) for form in own):
            loose.add(letter)
    return loose


def _size(form: AffineLabel, ranges: Mapping[str, int]) -> int:
    """Return the size that just holds the places of a form."""
    ends = [(n, ranges[str(letter)]) for letter, n in form.terms if n > 0]
    return max(0, form.constant + 1 + sum(n * (size - 1) for n, size in ends if size))
