"""Sizes that have names: integers that know how they are written as code.

A program that is lowered with them holds for all sizes, as far as its text is the same for
others: what is written where a size stands is its name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQRT
from einsgrad.expressions.tables.rows import Row

_SUM, PRODUCT, _ATOM = 1, 2, 3
"""How strongly what is written binds."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """How a number that is made of sizes is written.

    Parameters
    ----------
    text
        The text, without the sign of a negative product.
    level
        How strongly it binds: a sum, a product, or neither.
    names, used
        The names in it, and where they are noted when it is written.
    is_negated
        Whether the number is the negative of the text.
    divisor
        What the number 1 is divided by, if it is such a quotient.
    """

    text: str
    level: int
    names: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    is_negated: bool = False
    divisor: str = ""

    def written(self, least: int = _SUM) -> str:
        """Write the number so that it binds as strongly as is needed."""
        self.note()
        text = f"-{self._at_least(PRODUCT)}" if self.is_negated else self.text
        level = _SUM if self.is_negated else self.level
        return text if level >= least else f"({text})"

    def note(self) -> None:
        """Note that the names are written."""
        self.used.update(self.names)

    def _at_least(self, least: int) -> str:
        return self.text if self.level >= least else f"({self.text})"


class _Written:
    """A number that is written by the names of sizes."""

    spelled: Spelled

    def __str__(self) -> str:
        return self.spelled.written()

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return self.spelled.written()

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (_plain(self), self.spelled)


def _made(value: float, spelled: Spelled) -> Any:
    found: Any = NamedSize(value) if isinstance(value, int) else NamedNumber(value)
    found.spelled = spelled
    return found


def _plain(value: Any) -> Any:
    """Return a number without its name."""
    if not isinstance(value, _Written):
        return value
    return int.__int__(value) if isinstance(value, int) else float.__float__(value)  # type: ignore[arg-type]


def _spelled(value: Any) -> Spelled:
    if isinstance(value, _Written):
        return value.spelled
    return Spelled(repr(abs(value)), _ATOM, is_negated=value < 0)


def _binary(name: str, sign: str, level: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    compute = getattr(operator, name)
    neutral = 1 if level == PRODUCT else 0

    def combined(first: Any, second: Any) -> Any:
        if not isinstance(first, int | float) or not isinstance(second, int | float):
            return NotImplemented
        if not isinstance(second, _Written) and second == neutral:
            return first
        if sign in ("+", "*") and not isinstance(first, _Written) and first == neutral:
            return second
        value = compute(_plain(first), _plain(second))
        return _made(value, _joined(_spelled(first), _spelled(second), sign, level))

    return combined, lambda self, other: combined(other, self)


def _joined(first: Spelled, second: Spelled, sign: str, level: int) -> Spelled:
    """Return how the sum or product of two numbers is written; signs stand before products."""
    names, used = first.names | second.names, first.used if first.names else second.used
    negated = False
    if sign in ("*", "/"):
        negated = first.is_negated != second.is_negated
        first, second = replace(first, is_negated=False), replace(second, is_negated=False)
    divisor = ""
    right = second.written(level + (sign in ("-", "/", "//")))
    if sign == "*" and second.divisor:
        sign, right = "/", second.divisor
    if sign == "/" and first.text == "1":
        divisor = right
    return Spelled(f"{first.written(level)} {sign} {right}", level, names, used, negated, divisor)


class _Arithmetic(_Written):
    __add__, __radd__ = _binary("add", "+", _SUM)
    __sub__, __rsub__ = _binary("sub", "-", _SUM)
    __mul__, __rmul__ = _binary("mul", "*", PRODUCT)
    __truediv__, __rtruediv__ = _binary("truediv", "/", PRODUCT)
    __floordiv__, __rfloordiv__ = _binary("floordiv", "//", PRODUCT)

    def __pow__(self, other: Any, modulus: None = None) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        own, exponent = self.spelled, _spelled(other)
        text = f"{own.written(_ATOM)} ** {exponent.written(_ATOM)}"
        spelled = Spelled(text, PRODUCT, own.names | exponent.names, own.used)
        return _made(_plain(self) ** _plain(other), spelled)

    def __neg__(self) -> Any:
        own = self.spelled
        return _made(-_plain(self), replace(own, is_negated=not own.is_negated))

    def __abs__(self) -> Any:
        return self if _plain(self) >= 0 else -self


class NamedSize(_Arithmetic, int):  # type: ignore[misc]
    """A size with a name.

    Examples
    --------
    >>> m, n = NamedSize.of("m", 3), NamedSize.of("n", 4)
    >>> m * n, m * (n + 1), 1 / (m * n), 2 * (1 / m), -(1 / m), int(m * n)
    (m * n, m * (n + 1), 1 / (m * n), 2 / m, -1 / m, 12)
    """

    @classmethod
    def of(cls, name: str, value: int, used: set[str] | None = None) -> NamedSize:
        """Give a size its name, which is noted among those that are used when it is written."""
        noted = set() if used is None else used
        found: NamedSize = _made(value, Spelled(name, _ATOM, frozenset([name]), noted))
        return found


class NamedNumber(_Arithmetic, float):
    """A number that is made of sizes with names."""


def number_of_sizes(row: Row, numbers: Sequence[Any]) -> Any:
    """Return the value of a function of numbers of which one has a name; None if it gets none.

    Examples
    --------
    >>> number_of_sizes(RECIPROCAL, [NamedSize.of("n", 4)]), number_of_sizes(SQRT, [2.0])
    (1 / n, None)
    """
    first, *others = numbers
    if not isinstance(first, _Arithmetic) or any(isinstance(one, _Written) for one in others):
        return None
    if row is RECIPROCAL:
        return 1 / first
    if row is SQRT:
        return first**0.5
    return first ** others[0] if row is POWER else None


def spelled_number(number: object) -> Spelled | None:
    """Return how a number that is made of sizes is written; None of others."""
    return number.spelled if isinstance(number, _Written) else None
