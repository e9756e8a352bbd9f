"""What a row may say of values: what they lie between, what undoes them, of what kind they are."""

from __future__ import annotations

from enum import Enum
from math import inf
from typing import NamedTuple


class Bounds(NamedTuple):
    """Two numbers that the values lie between where the arguments are real.

    Parameters
    ----------
    low, high
        The numbers.
    where
        Places of arguments: the value is at least `low` where these are, and at most `high`
        where these are. What 1/x says about its sign is `Bounds(0, inf, (0,))`.
    """

    low: float = -inf
    high: float = inf
    where: tuple[int, ...] = ()


class Inverse(NamedTuple):
    """The function that a row undoes: `f(g(x))` is `x` wherever `g` is defined.

    Parameters
    ----------
    name
        The name of the row of `g`.
    real
        Whether that holds for real `x` only.
    """

    name: str
    real: bool = False


class Kind(Enum):
    """What numpy holds the values of a function in, if that is no float.

    `SAME` is what the arguments are held in, `CHOSEN` what those after the first are.
    """

    BOOLEAN = "boolean"
    INTEGER = "integer"
    SAME = "same"
    CHOSEN = "chosen"
