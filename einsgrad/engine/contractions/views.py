"""The text of arrays seen in another way: other axes in another order, groups of axes as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod

from einsgrad.strings.letters import fresh_letters
from einsgrad.strings.subscripts import Indices, Label

Sizes = Mapping[Label, int]

# Below this many entries a call's overhead is what counts.
SMALL = 4096


@dataclass(frozen=True, slots=True)
class Operand:
    """The text of an array, and the labels of its axes as they lie in memory.

    `is_alike` says that it is known to have the dtype of the result.
    """

    text: str
    indices: Indices
    is_alike: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """The text of a result, and the labels of its axes."""

    text: str
    output: Indices


def ordered(operand: Operand, output: Indices) -> str:
    """Transpose a text's axes to an order of labels."""
    indices = operand.indices
    if indices == output:
        return operand.text
    if indices == output[::-1]:
        return f"{operand.text}.T"
    places = ", ".join(str(indices.index(label)) for label in output)
    return f"{operand.text}.transpose({places})"


def shaped(text: str, shape: Sequence[int]) -> str:
    """Reshape a text's array."""
    return f"{text}.reshape({', '.join(map(str, shape))})"


def aligned(operand: Operand, output: Indices) -> str:
    """View an array so that it broadcasts against others with the labels of `output`.

    Examples
    --------
    >>> aligned(Operand("v", ("i",)), ("i", "j")), aligned(Operand("v", ("j",)), ("i", "j"))
    ('v[:, None]', 'v')
    """
    held = tuple(label for label in output if label in operand.indices)
    text = ordered(operand, held)
    if not held:
        return text
    slots = [":" if label in held else "None" for label in output]
    while slots[0] == "None":
        del slots[0]
    return text if "None" not in slots else f"{text}[{', '.join(slots)}]"


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
    """Write a call of `numpy.einsum`."""
    string = einsum_string([operand.indices for operand in operands], output)
    texts = ", ".join(operand.text for operand in operands)
    return Call(f"np.einsum('{string}', {texts})", output)


def size_of_labels(labels: Collection[Label], sizes: Sizes) -> int:
    """Return the number of values that some labels take together."""
    return prod(sizes[label] for label in labels)


def stack(operand: Operand, batch: Indices, groups: Sequence[Indices], sizes: Sizes) -> str:
    """View an array as a stack of matrices: batch axes stay apart, other groups are fused."""
    text = ordered(operand, (*batch, *chain(*groups)))
    if all(len(group) == 1 for group in groups):
        return text
    shape = [sizes[label] for label in batch] + [size_of_labels(group, sizes) for group in groups]
    return shaped(text, shape)
