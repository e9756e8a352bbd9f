"""What can go wrong, and how it is said.

Only the exception classes and the layout of their messages live here. Every message
speaks of the string that the user wrote: a headline, the string with a caret under the
column, and one sentence of remedy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TypeVar

_WINDOW = 72
_CLIP = 40
T = TypeVar("T")


class EinsgradError(Exception):
    """The root of every exception that leaves the public interface.

    Examples
    --------
    >>> import einsgrad as eg
    >>> try:
    ...     eg.adjoint("mn,n->k", 0)
    ... except eg.EinsgradError as error:
    ...     print(error)
    output label 'k' stands in no operand
      mn,n->k
            ^
    Write 'k' into an operand, or take it out of the output.
    """


class SubscriptsError(EinsgradError, ValueError):
    """The einsum string itself is wrong: a stray character, an unknown output label."""


class ShapeError(EinsgradError, ValueError):
    """Operands and string do not fit: their number, their ranks or their sizes."""


class ArgumentError(EinsgradError, ValueError):
    """An argument has a value outside what the function accepts."""


class ArgumentTypeError(EinsgradError, TypeError):
    """An argument has a type that the function does not accept."""


class DtypeError(EinsgradError, TypeError):
    """An array has a dtype without a derivative, or one that is no number."""


class IndexingError(EinsgradError, IndexError):
    """An index leaves an axis, or is none."""


class SizeError(ArgumentError, MemoryError):
    """An array would be larger than what is made unasked, or than the memory there is."""


class IndexDtypeError(DtypeError, IndexError):
    """An array that is an index holds no integers."""


class UnknownAttributeError(EinsgradError, AttributeError):
    """An expression has no such attribute, though an array may have it."""


class GradientMismatch(EinsgradError, AssertionError, ValueError):
    """A derivative differs from its finite difference."""


def clip(value: object) -> str:
    """Return a printable `repr` of at most 40 characters, for use inside a message.

    Examples
    --------
    >>> clip("mn")
    "'mn'"
    >>> len(clip("m" * 1000))
    40
    """
    try:
        # An expression describes itself; written out it may be long.
        text = value.describe() if hasattr(value, "describe") else repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return shorten(text)


def shorten(text: str) -> str:
    """Return a text printable and with at most 40 characters, for use inside a message."""
    text = printable(" ".join(text.split()))
    return text if len(text) <= _CLIP else text[: _CLIP - 1] + "…"


def as_sequence(values: Iterable[T], what: str) -> tuple[T, ...]:
    """Return the values as a tuple, or refuse what is no sequence, or a string.

    Raises
    ------
    ArgumentTypeError
    """
    if not isinstance(values, str):
        try:
            entries = iter(values)
        except TypeError:
            pass
        else:
            # Outside: what a generator raises is its own.
            return tuple(entries)
    raise ArgumentTypeError(f"{what}: a sequence is expected, not {clip(values)}.")


def as_text(value: object, what: str) -> str:
    """Return a string, or refuse what is none.

    Raises
    ------
    ArgumentTypeError
    """
    if not isinstance(value, str):
        raise ArgumentTypeError(f"{what}: a string is expected, not {clip(value)}.")
    return value


def as_names(names: str | Iterable[str], what: str) -> tuple[str, ...]:
    """Return names that stand in a string, with commas or spaces, or in a sequence.

    Raises
    ------
    ArgumentTypeError

    Examples
    --------
    >>> as_names("A, B", "symmetric"), as_names(["A"], "symmetric")
    (('A', 'B'), ('A',))
    """
    if isinstance(names, str):
        return tuple(names.replace(",", " ").split())
    return tuple(as_text(name, what) for name in as_sequence(names, what))


def as_flag(value: object, what: str) -> bool:
    """Return True or False, or refuse what is neither.

    Raises
    ------
    ArgumentTypeError
    """
    # numpy has booleans of its own, and is not loaded here.
    if type(value).__name__ not in ("bool", "bool_"):
        raise ArgumentTypeError(f"{what}: True or False is expected, not {clip(value)}.")
    return bool(value)


def printable(text: str) -> str:
    """Replace every character that a terminal would not print as itself."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def pointed(headline: str, text: str, column: int, remedy: str) -> str:
    """Lay out a message: the headline, `text` with a caret under `column`, the remedy.

    A long text is shown as a window around the column, so that a message never echoes
    more than a line of it.

    Examples
    --------
    >>> print(pointed("no such label", "mn,n->k", 6, "Take it out."))
    no such label
      mn,n->k
            ^
    Take it out.
    """
    start = max(0, min(column - _WINDOW // 2, len(text) - _WINDOW))
    end = start + _WINDOW
    before = ("…" if start else "") + printable(text[start:column])
    after = printable(text[column:end]) + ("…" if end < len(text) else "")
    return f"{headline}\n  {before}{after}\n  {' ' * _width(before)}^\n{remedy}"


def _width(text: str) -> int:
    """Count terminal columns: wide and full-width characters take two."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.combining(char) > 0 for char in text)
    return len(text) + wide - marks
