"""Hypothesis strategies for einsum strings with shapes and arrays.

They draw all that einsgrad accepts: repeated labels in operands and output, lone labels,
scalars, hyperedges, `...`, broadcasting axes of size 1, axes of size 0, one array in
several places. Needs hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

_LETTERS = "ijkmnpqr"


@dataclass(frozen=True)
class EinsumCase:
    """An einsum string with arrays that fit it.

    Parameters
    ----------
    string
        The einsum string, with explicit output.
    arrays
        One array for each operand; the same object may stand twice.
    names
        A name for each operand; equal names for the same array.
    """

    string: str
    arrays: tuple[np.ndarray[Any, Any], ...]
    names: tuple[str, ...]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The operands' shapes."""
        return tuple(array.shape for array in self.arrays)

    def __repr__(self) -> str:
        return f"EinsumCase({self.string!r}, shapes={self.shapes}, names={self.names})"


@st.composite
def arrays(draw: st.DrawFn, shape: tuple[int, ...], dtype: Any = float) -> Any:
    """Draw an array of small integers in a dtype: sums of their products are exact.

    Parameters
    ----------
    shape
        The shape.
    dtype
        A float or complex dtype.
    """
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    values = generator.integers(-3, 4, shape).astype(dtype)
    if values.dtype.kind == "c":
        values = values + 1j * generator.integers(-3, 4, shape)
    return np.asarray(values, dtype)


@st.composite
def einsum_strings(
    draw: st.DrawFn, *, max_operands: int = 4, max_axes: int = 4, repeated_output: bool = True
) -> str:
    """Draw an einsum string with explicit output.

    Parameters
    ----------
    max_operands, max_axes
        The largest numbers of operands, and of axes of an operand.
    repeated_output
        Whether the output may repeat labels, which numpy does not accept.
    """
    letters = st.sampled_from(_LETTERS[: draw(st.integers(1, len(_LETTERS)))])
    operand = st.lists(letters, max_size=max_axes).map("".join)
    inputs = draw(st.lists(operand, min_size=1, max_size=max_operands))
    known = sorted(set("".join(inputs)))
    output: list[str] = []
    if known:
        kept = st.lists(st.sampled_from(known), max_size=3, unique=not repeated_output)
        output = draw(kept)
    return ",".join(inputs) + "->" + "".join(output)


@st.composite
def einsum_cases(
    draw: st.DrawFn,
    *,
    max_operands: int = 4,
    repeated_output: bool = True,
    ellipsis: bool = True,
    broadcasting: bool = True,
    dtype: Any = float,
) -> EinsumCase:
    """Draw an einsum string with arrays of small integers that fit it.

    Parameters
    ----------
    max_operands
        The largest number of operands.
    repeated_output, ellipsis, broadcasting
        Whether the output may repeat labels, `...` may occur, and axes of size 1 may
        broadcast.
    dtype
        A float or complex dtype.
    """
    string = draw(einsum_strings(max_operands=max_operands, repeated_output=repeated_output))
    sizes = {letter: draw(_sizes()) for letter in sorted(set(string) - set(",->"))}
    inputs = string.partition("->")[0].split(",")
    shapes = [[sizes[letter] for letter in indices] for indices in inputs]
    if broadcasting:
        shapes = [
            _squeezed(draw, indices, shape) for indices, shape in zip(inputs, shapes, strict=True)
        ]
    if ellipsis and draw(st.booleans()):
        string, shapes = _dotted(draw, string, shapes)
    made: dict[tuple[int, ...], tuple[str, Any]] = {}
    operands = []
    for place, shape in enumerate(map(tuple, shapes)):
        reused = shape in made and draw(st.booleans())
        if not reused:
            made[shape] = (f"x{place}", draw(arrays(shape, dtype)))
        operands.append(made[shape])
    return EinsumCase(string, tuple(a for _, a in operands), tuple(name for name, _ in operands))


def _sizes() -> st.SearchStrategy[int]:
    return st.sampled_from([2, 3, 4, 1, 5, 0])


def _squeezed(draw: st.DrawFn, indices: str, shape: list[int]) -> list[int]:
    """Give some labels of an operand the size 1; a repeated label in all its places."""
    ones = {letter for letter in sorted(set(indices)) if draw(st.integers(0, 7)) == 7}
    return [1 if letter in ones else size for letter, size in zip(indices, shape, strict=True)]


def _dotted(draw: st.DrawFn, string: str, shapes: list[list[int]]) -> tuple[str, list[list[int]]]:
    """Put `...` into some operands, over axes of the same sizes or 1, and into the output."""
    inputs, _, output = string.partition("->")
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    lists, result = [], []
    for indices, shape in zip(inputs.split(","), shapes, strict=True):
        place = draw(st.integers(-1, len(indices)))
        if place < 0:
            lists.append(indices)
            result.append(shape)
            continue
        own = batch[draw(st.integers(0, len(batch))) :]
        own = [draw(st.sampled_from([size, size, 1])) for size in own]
        lists.append(f"{indices[:place]}...{indices[place:]}")
        result.append(shape[:place] + own + shape[place:])
    dotted = any("..." in indices for indices in lists)
    place = draw(st.integers(0, len(output)))
    output = f"{output[:place]}...{output[place:]}" if dotted else output
    return ",".join(lists) + "->" + output, result
