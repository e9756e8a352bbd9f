"""Which axes of a tensor may be exchanged, with which sign: groups of permutations.

They are written with a letter for each axis, in the alphabet's order: `ab` exchanges two axes,
`abc` any of three, `ab|cd` two pairs, and a sign in front changes that of the tensor. The
integrals of quantum chemistry have `ab, cd, ab|cd`, a Riemann tensor `-ab, -cd, ab|cd`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase, digits
from typing import TypeAlias

from einsgrad.errors import ArgumentError, clip

AxisOrder: TypeAlias = "tuple[int, ...]"

# More exchanges than six axes that are all alike have would make sums that no one reads.
_MOST = 720

_TERM = re.compile(r"([+-]?)\s*(\w+(?:\s*\|\s*\w+)*)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """An order of a tensor's axes, and the number by which this multiplies the tensor: 1 or -1.

    Parameters
    ----------
    order
        The axes, as for a transpose.
    sign
        The number.
    """

    order: AxisOrder
    sign: int

    def after(self, other: Exchange) -> Exchange:
        """Return the exchange that makes this one of a tensor already exchanged by another.

        Examples
        --------
        >>> Exchange((1, 0, 2), -1).after(Exchange((0, 2, 1), -1))
        Exchange(order=(2, 0, 1), sign=1)
        """
        return Exchange(tuple([other.order[axis] for axis in self.order]), self.sign * other.sign)


def read_group(text: str, rank: int) -> tuple[Exchange, ...]:
    """Read which axes may be exchanged, and return all exchanges that follow from them.

    Raises
    ------
    ArgumentError
        If the text cannot be read, is about other axes, or leaves no tensor but zero.

    Examples
    --------
    >>> [one.order for one in read_group("ab|cd", 4)]
    [(0, 1, 2, 3), (2, 3, 0, 1)]
    >>> len(read_group("ab, cd, abcd", 4)), len(read_group("abcd", 4))
    (8, 24)
    """
    return closed(exchanges_in(text, rank), rank, text)


def exchanges_in(text: str, rank: int) -> tuple[Exchange, ...]:
    """Read which axes may be exchanged: a few exchanges that lead to all others.

    Raises
    ------
    ArgumentError
        If the text cannot be read, or is about other axes.

    Examples
    --------
    >>> [one.order for one in exchanges_in("abc", 3)]
    [(1, 0, 2), (0, 2, 1)]
    """
    terms = [_read_term(part, text) for part in text.split(",") if part.strip()]
    axes = _axes_of("".join(letters for _, blocks in terms for letters in blocks), rank, text)
    written = {blocks[0] for _, blocks in terms if len(blocks) == 1}
    found: list[Exchange] = []
    for sign, blocks in terms:
        for one, other in pairwise(_parts_of(blocks, written)):
            order = list(range(rank))
            for first, second in zip(one, other, strict=True):
                order[axes[first]], order[axes[second]] = axes[second], axes[first]
            found.append(Exchange(tuple(order), sign))
    return tuple(found)


def closed(made_by: Iterable[Exchange], rank: int, text: str = "") -> tuple[Exchange, ...]:
    """Return all exchanges that some lead to, in order; `text` says which, for messages.

    Raises
    ------
    ArgumentError
        If they are many, or only zero has them.
    """
    first = Exchange(tuple(range(rank)), 1)
    found = {first.order: first}
    waiting = [first]
    generators = tuple(made_by)
    while waiting:
        last = waiting.pop()
        for step in generators:
            one = step.after(last)
            known = found.setdefault(one.order, one)
            if known is not one and known.sign != one.sign:
                raise ArgumentError(
                    f"{clip(text)} leaves no tensor but zero: an exchange of axes would change "
                    "the sign and keep it. Leave a sign out."
                )
            if known is one:
                waiting.append(one)
        if len(found) > _MOST:
            raise ArgumentError(
                f"{clip(text)} makes more than {_MOST} exchanges of axes. Name fewer axes."
            )
    return tuple(found[order] for order in sorted(found))


def freely_exchanged(group: Sequence[Exchange]) -> AxisOrder | None:
    """Number the axes, equally where any may be exchanged; None if that is not all of a group.

    Examples
    --------
    >>> freely_exchanged(read_group("abd", 4)), freely_exchanged(read_group("ab|cd", 4))
    ((0, 0, 2, 0), None)
    """
    rank = len(group[0].order)
    first = tuple(min(one.order[axis] for one in group) for axis in range(rank))
    size = 1
    for axis in range(rank):
        size *= first[: axis + 1].count(first[axis])
    plain = all(one.sign == 1 for one in group)
    return first if plain and size == len(group) else None


def _read_term(part: str, text: str) -> tuple[int, list[str]]:
    match = _TERM.fullmatch(part.strip())
    blocks = [block.strip() for block in match[2].split("|")] if match else []
    if match is None or len({len(block) for block in blocks}) != 1:
        raise _unreadable(text)
    letters = "".join(blocks)
    if len(letters) < 2 or len(set(letters)) < len(letters):
        raise _unreadable(text)
    return -1 if match[1] == "-" else 1, blocks


def _parts_of(blocks: Sequence[str], written: set[str]) -> Sequence[str]:
    """Return what is exchanged: blocks, or letters; of `abcd` beside `ab` and `cd`, these."""
    if len(blocks) > 1:
        return blocks
    (letters,) = blocks
    for size in range(2, len(letters) // 2 + 1):
        halves = [letters[place : place + size] for place in range(0, len(letters), size)]
        if len(letters) % size == 0 and written.issuperset(halves):
            return halves
    return letters


def _axes_of(letters: str, rank: int, text: str) -> dict[str, int]:
    """Return the axis that each letter stands for."""
    used = sorted(set(letters))
    for alphabet in (ascii_lowercase[:rank], digits[:rank]):
        if set(used) <= set(alphabet):
            return {letter: place for place, letter in enumerate(alphabet)}
    if len(used) != rank:
        raise ArgumentError(
            f"{clip(text)} names {len(used)} axes of a tensor that has {rank}. "
            f"The axes are {', '.join(ascii_lowercase[:rank])}."
        )
    return {letter: place for place, letter in enumerate(used)}


def _unreadable(text: str) -> ArgumentError:
    return ArgumentError(
        f"{clip(text)} does not say which axes may be exchanged. "
        "Write letters for the axes, such as 'ab, cd, ab|cd', or '-ab' with a sign."
    )
