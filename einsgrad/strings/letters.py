"""Letters for labels and names for arrays: which one is next when the best ones are taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, count

_LATIN = "ijklmnopqrstuvwxyzabcdefgh"
INDEX_LETTERS = _LATIN + _LATIN.upper() + "αβγδεζηθκλμνξπρστυφχψω"
BATCH_LETTERS = "abcdefgh" + INDEX_LETTERS
_FIRST_BEYOND = 0x0100
_SIGNS = frozenset("×÷")


def is_letter(char: str) -> bool:
    """Tell whether a text is one character that may be a label of a string.

    These are the letters of all scripts, the signs among the symbols that
    `opt_einsum.get_symbol` counts through for networks of more than 75 labels, and the
    symbols outside the basic plane, where it goes on.

    Examples
    --------
    >>> [is_letter(char) for char in "iλ×😀1_→"]
    [True, True, True, True, False, False, False]
    """
    if len(char) != 1:
        return False
    if char > "\uffff" and unicodedata.category(char)[0] in "SN":
        return True
    return char.isalpha() or char in _SIGNS or (unicodedata.category(char) == "Sk" and char > "~")


def fresh_letters(taken: Collection[object], pool: str = INDEX_LETTERS) -> Iterator[str]:
    """Yield letters that are not taken: first the pool's, then letters of other scripts.

    Examples
    --------
    >>> letters = fresh_letters("ijm")
    >>> next(letters), next(letters)
    ('k', 'l')
    """
    beyond = (chr(point) for point in count(_FIRST_BEYOND) if chr(point).isalpha())
    seen: set[object] = set(taken)
    for letter in chain(pool, beyond):
        if letter not in seen:
            seen.add(letter)
            yield letter


def fresh_names(taken: Collection[str], pool: Iterable[str], stem: str) -> Iterator[str]:
    """Yield names that are not taken: first the pool's, then the stem with a number.

    Examples
    --------
    >>> names = fresh_names(["Y", "t0"], ["Y", "F"], "t")
    >>> next(names), next(names), next(names)
    ('F', 't1', 't2')
    """
    seen = set(taken)
    for name in chain(pool, map(f"{stem}{{}}".format, count())):
        if name not in seen:
            seen.add(name)
            yield name


def fresh_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name that is not taken: the wanted one, or it with a number.

    Examples
    --------
    >>> fresh_name("g", ["A"]), fresh_name("g", ["A", "g"])
    ('g', 'g0')
    """
    return next(fresh_names(taken, [wanted], wanted))
