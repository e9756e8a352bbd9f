"""How much a search for an order may do, counted in its own work and not in seconds.

Two searches of one network do the same, whatever else the machine does. The counts come
from times for each operand, which are those of a network of 100 operands with three ties
each. What another choice does shows in the columns `ms` and `cost` of `python
benchmarks/paths.py`; each constant names the row where it shows most.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from einsgrad.orders.bisection import Neighbours

RATE = 1e9
"""Multiplications in a second: a contraction of so many is worth a second of search.

The values of "3-regular, 100" and "lattice 10 x 10" in `python -m benchmarks --only
networks` take 0.6 and 1.5 times as many.
"""

# Seconds for each operand that a finalist takes, and a sweep of the last annealing, where
# operands have so many ties. `ms` of "100 lattice 10x10, bonds of 4".
_FINALIST = 0.3e-3
_SWEEP = 0.8e-6
_TIES = 3
# Which parts of the time finalists may take, and the last annealing.
# `cost` of "200 hyperedges, with output".
_FINALISTS_SHARE = 0.4
_LAST_SHARE = 0.2
# By how much work takes longer where each operand is tied to many, and where masks are long.
# `ms` of "200 random, 5 bonds of 2 or 3"; `cost` of the same row.
_TIED = 0.7
_LONG = 1000
# A network of fewer operands gets more starts: they take no time. `ms` of the rows of 20.
_SMALL = 100


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for a start.

    Parameters
    ----------
    tries
        How often a large group is cut.
    sweeps
        How many sweeps tell a good start from a bad one.
    seconds
        The time that it takes for each operand.
    share
        Which part of all the time goes into starts.
    """

    tries: int
    sweeps: int
    seconds: float
    share: float


# `ms` of "200 tree"; `cost` of "200 hyperedges, with output".
BRIEF = Effort(3, 100, 0.13e-3, 0.3)
THOROUGH = Effort(8, 200, 0.32e-3, 0.4)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a search may do.

    Parameters
    ----------
    operands
        How many operands the network has.
    limit
        Seconds until the clock stops a machine that is far slower than the counts are for.
    share
        The time for each operand, as in the network that times are known for.
    worth
        Such time that one multiplication of an order is worth.
    """

    operands: int
    limit: float
    share: float
    worth: float

    @classmethod
    def of(cls, near: Neighbours, seconds: float | None = None) -> Budget:
        """Return the budget for a network, for as long as its contraction is worth it.

        Parameters
        ----------
        near
            How strongly the operands are tied together.
        seconds
            The seconds to search, if they are given.

        Examples
        --------
        >>> near = [{1: 3.0}, {0: 3.0, 2: 2.0}, {1: 2.0}]
        >>> Budget.of(near, seconds=1.0).limit
        1.0
        """
        operands = len(near)
        # The counts must end before the clock does, or two runs might differ.
        counted = _longest(operands) if seconds is None else 0.6 * seconds
        ties = max(1.0, sum(map(len, near)) / (_TIES * operands))
        return cls(
            operands,
            4 * counted if seconds is None else seconds,
            counted / operands / (ties**_TIED * (1 + operands / _LONG)),
            inf if seconds is not None else 1 / (RATE * operands),
        )

    @property
    def patience(self) -> int:
        """How many starts that save nothing are reason to stop."""
        return max(2, _SMALL // self.operands)

    def effort(self, total: float) -> Effort:
        """Return what to do for a start, where the known order costs so much."""
        return THOROUGH if total * self.worth > self.share else BRIEF

    def starts(self, effort: Effort) -> int:
        """Return how many starts there may be."""
        return max(self.patience, int(effort.share * self.share / effort.seconds))

    def is_spent(self, starts: int, total: float) -> bool:
        """Tell whether so many starts took more than an order that costs so much is worth."""
        return total * self.worth < starts * BRIEF.seconds

    def finalists(self, total: float) -> int:
        """Return how many starts are taken on, where the best costs so much."""
        useful = 2 + total * self.worth / _FINALIST
        return int(min(useful, max(2.0, _FINALISTS_SHARE * self.share / _FINALIST)))

    def last_sweeps(self, total: float) -> int:
        """Return how long the best order is annealed, if it costs so much; 0 if not at all."""
        sweeps = int(min(total * self.worth, _LAST_SHARE * self.share) / _SWEEP)
        return sweeps if sweeps >= BRIEF.sweeps else 0


def _longest(operands: int) -> float:
    """Return the seconds that a network of some operands gets at most.

    `ms` of the rows of 20, 50 and 200 operands.
    """
    return min(0.2 * float((operands / 50) ** 1.3), 3.0)
