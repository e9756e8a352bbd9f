"""Sizes that have names: integers that know how they are written as code.

A program that is lowered with them holds for all sizes, as far as its text is the same for
others: what is written where a size stands is its name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.expressions.tables.rows import Row

_SUM, _PRODUCT, _ATOM = 1, 2, 3

_INVERSE = "1 / "


class _Written:
    """A number with a text, and how strongly the text binds."""

    text: str
    level: int
    is_negated: bool = False

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return self.text

    def as_factor(self) -> str:
        """Write the number so that it can stand in a product."""
        return self.text if self.level >= _PRODUCT else f"({self.text})"

    def as_atom(self) -> str:
        """Write the number so that it can stand beside any operator."""
        return self.text if self.level == _ATOM else f"({self.text})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self._plain(), self.text, self.level)

    def _plain(self) -> float:
        raise AssertionError


def _made(value: float, text: str, level: int) -> Any:
    found: Any = NamedSize(value) if isinstance(value, int) else NamedNumber(value)
    found.text, found.level = text, level
    return found


def _binary(name: str, sign: str, level: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    compute = getattr(operator, name)

    def written(first: Any, second: Any) -> Any:
        if not isinstance(first, int | float) or not isinstance(second, int | float):
            return NotImplemented
        neutral = 1 if level == _PRODUCT else 0
        if not isinstance(second, _Written) and second == neutral:
            return first
        if sign in "+*" and not isinstance(first, _Written) and first == neutral:
            return second
        if level == _PRODUCT and sign != "//":
            if _is_negative(first):
                return -written(-first, second)
            if _is_negative(second):
                return -written(first, -second)
        value = compute(_plain_of(first), _plain_of(second))
        left, right = _text(first, level), _text(second, level + (sign in "-/"))
        if sign == "*" and right.startswith(_INVERSE):
            return _made(value, f"{left} / {right.removeprefix(_INVERSE)}", level)
        return _made(value, f"{left} {sign} {right}", level)

    return written, lambda self, other: written(other, self)


def _is_negative(value: Any) -> bool:
    """Tell whether a number is the negative of what is written as a product."""
    return value.is_negated if isinstance(value, _Written) else bool(value < 0)


def _text(value: Any, least: int) -> str:
    if isinstance(value, _Written):
        return value.text if value.level >= least else f"({value.text})"
    return repr(value) if value >= 0 else f"({value!r})"


def _plain_of(value: Any) -> Any:
    return value._plain() if isinstance(value, _Written) else value


class _Arithmetic(_Written):
    __add__, __radd__ = _binary("add", "+", _SUM)
    __sub__, __rsub__ = _binary("sub", "-", _SUM)
    __mul__, __rmul__ = _binary("mul", "*", _PRODUCT)
    __truediv__, __rtruediv__ = _binary("truediv", "/", _PRODUCT)
    __floordiv__, __rfloordiv__ = _binary("floordiv", "//", _PRODUCT)

    def __pow__(self, other: Any, modulus: None = None) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        value = _plain_of(self) ** _plain_of(other)
        return _made(value, f"{self.as_atom()} ** {_text(other, _ATOM)}", _PRODUCT)

    def __neg__(self) -> Any:
        if self.is_negated:
            return _made(-self._plain(), self.text[1:], _PRODUCT)
        found = _made(-self._plain(), f"-{self.as_factor()}", _SUM)
        found.is_negated = True
        return found

    def __abs__(self) -> Any:
        return self if self._plain() >= 0 else -self


class NamedSize(_Arithmetic, int):  # type: ignore[misc]
    """A size with a name.

    Examples
    --------
    >>> m, n = NamedSize.of("m", 3), NamedSize.of("n", 4)
    >>> m * n, m * (n + 1), 1 / (m * n), int(m * n)
    (m * n, m * (n + 1), 1 / (m * n), 12)
    """

    @classmethod
    def of(cls, name: str, value: int) -> NamedSize:
        """Give a size its name."""
        found: NamedSize = _made(value, name, _ATOM)
        return found

    def _plain(self) -> int:
        return int.__int__(self)


class NamedNumber(_Arithmetic, float):
    """A number that is made of sizes with names."""

    def _plain(self) -> float:
        return float.__float__(self)


def number_of_sizes(row: Row, numbers: Sequence[Any]) -> Any:
    """Return the value of a function of numbers of which one has a name; None if it gets none.

    Examples
    --------
    >>> number_of_sizes(RECIPROCAL, [NamedSize.of("n", 4)]), number_of_sizes(SQRT, [2.0])
    (1 / n, None)
    """
    first, *others = numbers
    if not isinstance(first, _Written) or any(isinstance(one, _Written) for one in others):
        return None
    if row is RECIPROCAL:
        return 1 / first  # type: ignore[operator]
    if row is SQRT:
        return first**0.5  # type: ignore[operator]
    return first ** others[0] if row is POWER else None


def size_text(number: object) -> str | None:
    """Write a number that has a name so that it can be a factor; None if it has none."""
    return number.as_factor() if isinstance(number, _Written) else None
