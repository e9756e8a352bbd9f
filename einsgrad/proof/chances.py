"""How likely it is that a draw does not tell two expressions apart, given their degrees."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2

MOST = 1e12
"""No degree is counted as larger."""


@dataclass(frozen=True, slots=True)
class Degree:
    """The degrees of the entries of a node in a field.

    Parameters
    ----------
    top, bottom
        The degrees of numerators and denominators.
    shared
        Whether all entries have one denominator.
    """

    top: float = 0.0
    bottom: float = 0.0
    shared: bool = True

    @property
    def whole(self) -> float:
        """The larger of both."""
        return min(max(self.top, self.bottom), MOST)


@dataclass(eq=False)
class Chances:
    """How likely it is that a draw does not tell two expressions apart.

    Parameters
    ----------
    degrees
        In each field, the degree of what must not vanish there.
    roots, branches
        How many roots, and how many decisions, an entry depends on.
    """

    degrees: dict[int, float] = field(default_factory=dict)
    roots: float = 0.0
    branches: float = 0.0

    @property
    def missed(self) -> float:
        """The chance that a draw misses a difference."""
        chance = sum(degree / prime for prime, degree in self.degrees.items())
        # Residues have the signs of floats, so they are drawn from half of a field.
        chance *= 2 * 2 ** min(self.roots, 60)
        # A side of each decision is taken by about half of the draws.
        return 1 - 2 ** -min(self.branches, 60) * (1 - min(chance, 1.0))

    def bits(self, draws: int) -> float:
        """Return how many bits the bound of the error has after so many draws."""
        missed = self.missed
        if missed >= 1:
            return 0.0
        return -draws * log2(missed) if missed > 0 else 1e9
