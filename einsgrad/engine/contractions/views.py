"""Arrays seen in another way: other axes in another order, groups of axes as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod

from einsgrad.engine.contractions.arrays import (
    FunctionCall,
    Name,
    NumpyValue,
    Permuted,
    Reshaped,
    Spread,
    Transposed,
    walk,
)
from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Indices, Label

Sizes = Mapping[Label, int]

SMALL = 4096
"""With fewer entries a call's overhead is what counts (`python -m benchmarks --only forms`)."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An array, and the labels of its axes as they lie in memory.

    `is_alike` says that it is known to have the dtype of the result, `is_window` that it is a
    view with gaps or overlaps, which every change of its shape copies.
    """

    array: NumpyValue
    indices: Indices
    is_alike: bool = False
    is_window: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A result as it is computed, and the labels of its axes."""

    value: NumpyValue
    output: Indices

    @property
    def transposes(self) -> int:
        """The number of arrays in it whose axes are reversed."""
        return sum(isinstance(part, Transposed) for part in walk(self.value))


def ordered(operand: Operand, output: Indices) -> NumpyValue:
    """Transpose an array's axes to an order of labels."""
    indices = operand.indices
    if indices == output:
        return operand.array
    if indices == output[::-1]:
        return Transposed(operand.array)
    return Permuted(operand.array, tuple(indices.index(label) for label in output))


def shaped(array: NumpyValue, shape: Sequence[int]) -> Reshaped:
    """Reshape an array."""
    return Reshaped(array, tuple(shape))


def aligned(operand: Operand, output: Indices) -> NumpyValue:
    """View an array so that it broadcasts against others with the labels of `output`.

    Examples
    --------
    >>> v = Name("v")
    >>> str(aligned(Operand(v, ("i",)), ("i", "j"))), str(aligned(Operand(v, ("j",)), ("i", "j")))
    ('v[:, None]', 'v')
    """
    if operand.indices == output:
        return operand.array
    held = tuple(label for label in output if label in operand.indices)
    array = ordered(operand, held)
    if not held:
        return array
    start = output.index(held[0])
    slots = tuple(label in held for label in output[start:])
    return array if all(slots) else Spread(array, slots)


def einsum_string(lists: Sequence[Indices], output: Indices) -> str:
    """Write label lists with letters, for `numpy.einsum`."""
    letters: dict[Label, str] = {}
    names = fresh_letters(())
    for label in chain(*lists, output):
        if label not in letters:
            letters[label] = next(names)
    inputs = ",".join("".join(letters[label] for label in indices) for indices in lists)
    return f"{inputs}->{''.join(letters[label] for label in output)}"


def einsum_call(operands: Sequence[Operand], output: Indices) -> Call:
    """Call `numpy.einsum`."""
    string = einsum_string([operand.indices for operand in operands], output)
    arrays = (operand.array for operand in operands)
    return Call(FunctionCall("np.einsum", (Name(f"'{string}'"), *arrays)), output)


def size_of_labels(labels: Collection[Label], sizes: Sizes) -> int:
    """Return the number of values that some labels take together."""
    return prod(sizes[label] for label in labels)


def stack(operand: Operand, batch: Indices, groups: Sequence[Indices], sizes: Sizes) -> NumpyValue:
    """View an array as a stack of matrices: batch axes stay apart, other groups are fused."""
    array = ordered(operand, (*batch, *chain(*groups)))
    if all(len(group) == 1 for group in groups):
        return array
    shape = [sizes[label] for label in batch] + [size_of_labels(group, sizes) for group in groups]
    return shaped(array, shape)
