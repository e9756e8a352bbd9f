"""Dims: sizes, names, and linear forms of names, such as `n-1` of a slice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TypeAlias

from einsgrad.strings.affine_labels import form_text


@dataclass(frozen=True, slots=True, repr=False)
class Linear:
    """A linear form of names with whole coefficients; `linear` makes it.

    Parameters
    ----------
    terms
        Names with their coefficients, ordered by name; none is 0.
    constant
        The number that is added.
    """

    terms: tuple[tuple[str, int], ...]
    constant: int

    def __str__(self) -> str:
        return form_text(sorted(self.terms, key=lambda term: term[1] < 0), self.constant)

    def __repr__(self) -> str:
        """Write the form as the name of a dim is written: `'n-1'`."""
        return repr(str(self))


# Of any number that a size can have.
_MOST_DIGITS = 19

_TERM = re.compile(r"\s*([+-]?)\s*([0-9]*)\s*\*?\s*([^\W\d]\w*)?\s*")

# The size of an axis, or what an index is shifted by.
Dim: TypeAlias = "int | str | Linear"
Shape: TypeAlias = "tuple[Dim, ...]"


def linear(*terms: tuple[int, Dim]) -> Dim:
    """Add multiples of dims: a number or a name where it is one.

    Examples
    --------
    >>> print(linear((1, "n"), (-1, 1)), linear((1, "m"), (2, "k"), (-3, 1)))
    n-1 2k+m-3
    >>> linear((1, linear((1, "n"), (-1, 1))), (1, 1))
    'n'
    """
    constant = 0
    named = []
    for factor, dim in terms:
        if isinstance(dim, int):
            constant += factor * dim
        else:
            named.append((factor, dim))
    if not named:
        return constant
    names = Counter[str]()
    for factor, dim in named:
        inner, added = parts_of(dim)
        constant += factor * added
        for name, number in inner:
            names[name] += factor * number
    kept = tuple(sorted((name, number) for name, number in names.items() if number))
    if not kept:
        return constant
    return kept[0][0] if kept == ((kept[0][0], 1),) and not constant else Linear(kept, constant)


def parts_of(dim: Dim) -> tuple[tuple[tuple[str, int], ...], int]:
    """Return the names of a dim with their coefficients, and the number that is added.

    Examples
    --------
    >>> parts_of("n"), parts_of(3)
    (((('n', 1),), 0), ((), 3))
    """
    match dim:
        case int():
            return (), dim
        case str():
            return ((dim, 1),), 0
        case Linear(terms=terms, constant=constant):
            return terms, constant


def names_in(dims: Iterable[Dim]) -> tuple[str, ...]:
    """Return the names that stand in dims, each once, in order.

    Examples
    --------
    >>> names_in([linear((1, "n"), (-1, 1)), 3, "m", "n"])
    ('n', 'm')
    """
    return tuple(dict.fromkeys(name for dim in dims for name, _ in parts_of(dim)[0]))


def evaluated(dim: Dim, sizes: Mapping[str, int]) -> int:
    """Return the size of a dim whose names all have one.

    Examples
    --------
    >>> evaluated(linear((1, "n"), (-1, 1)), {"n": 5})
    4
    """
    terms, constant = parts_of(dim)
    return constant + sum(number * sizes[name] for name, number in terms)


def is_at_least(one: Dim, other: Dim) -> bool | None:
    """Tell whether a dim is as large as another for all sizes of names; None if that varies.

    Examples
    --------
    >>> is_at_least("n", linear((1, "n"), (-1, 1))), is_at_least(2, 3), is_at_least("n", 3)
    (True, False, None)
    """
    terms, constant = parts_of(linear((1, one), (-1, other)))
    numbers = [number for _, number in terms]
    if constant >= 0 and all(number > 0 for number in numbers):
        return True
    if constant < 0 and all(number < 0 for number in numbers):
        return False
    return None


def read_dim(text: str) -> Dim | None:
    """Read a dim as it is written: `n`, `3`, `2n+1`, `m+k-1`; None if it cannot be read.

    Examples
    --------
    >>> print(read_dim("2n + 1"), read_dim("m+k-1"), read_dim("n+"))
    2n+1 k+m-1 None
    """
    terms: list[tuple[int, Dim]] = []
    position = 0
    while position < len(text) or not terms:
        match = _TERM.match(text, position)
        sign, digits, name = match.groups() if match else ("", "", None)
        unsigned = bool(terms) and not sign
        if match is None or not (digits or name) or unsigned or len(digits) > _MOST_DIGITS:
            return None
        if not name and "*" in match[0]:
            return None
        number = int(f"{sign}{digits or 1}")
        terms.append((number, name or 1))
        position = match.end()
    return linear(*terms)


def learn(dim: Dim, size: int, sizes: MutableMapping[Dim, int]) -> bool | None:
    """Take the sizes of names from the size of a dim.

    Returns
    -------
    agrees
        Whether a whole number from 0 on does; None if more than one name has no size yet.

    Examples
    --------
    >>> sizes = {}
    >>> learn(linear((2, "n"), (1, 1)), 7, sizes), sizes, learn("n", 4, sizes)
    (True, {'n': 3}, False)
    """
    if isinstance(dim, str):
        return sizes.setdefault(dim, size) == size
    terms, left = parts_of(dim)
    unknown: list[tuple[str, int]] = []
    for name, number in terms:
        if name in sizes:
            left += number * sizes[name]
        else:
            unknown.append((name, number))
    if not unknown:
        return left == size
    if len(unknown) > 1:
        return None
    ((name, number),) = unknown
    found, rest = divmod(size - left, number)
    if rest or found < 0:
        return False
    sizes[name] = found
    return True


def presumed(dim: Dim, sizes: Mapping[Dim, int], size: int) -> int:
    """Return the size of a dim of which names without a size are presumed to have a given one.

    Examples
    --------
    >>> presumed(linear((1, "n"), (1, "m"), (-1, 1)), {"n": 5}, 8)
    12
    """
    if isinstance(dim, str):
        return sizes.get(dim, size)
    terms, constant = parts_of(dim)
    return max(constant + sum(number * sizes.get(name, size) for name, number in terms), 0)
