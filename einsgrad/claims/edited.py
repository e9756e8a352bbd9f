"""A formula's parts and their values: what the whole becomes when one part has another value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from einsgrad.claims.points import SamplePoint
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.walks import children, topological

# So many nodes are evaluated again before the search ends.
_MOST_STEPS = 10_000
# What so many entries more take as long as a node does.
_ENTRIES_OF_A_STEP = 4000

# Values that would mend a part, each with the detail that tells it.
Edited: TypeAlias = "Iterator[tuple[str, Array]]"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a formula: a node, under one of its users or under all of them.

    Parameters
    ----------
    node
        What stands there.
    user
        The node that has it as an operand; None for all users, and for the whole.
    place
        Which operand it is.
    """

    node: Expr
    user: Expr | None = None
    place: int = 0


class Formula:
    """An expression at a point, with the values of all its parts.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> formula = Formula(x * x, SamplePoint({"x": np.array([2.0, 3.0])}, {"n": 2}))
    >>> formula.with_part(Spot(x), np.ones(2))
    array([1., 1.])
    """

    def __init__(self, root: Expr, point: SamplePoint) -> None:
        self.root = root
        self.point = point
        self.value = point.values.of(root)
        self._order = topological(root)
        self._users: dict[Expr, list[Expr]] = {}
        self._left = _MOST_STEPS

    @property
    def nodes(self) -> Sequence[Expr]:
        """All nodes, the whole first."""
        return self._order[::-1]

    @property
    def is_exhausted(self) -> bool:
        """Whether enough has been tried."""
        return self._left <= 0

    def allow(self, steps: int) -> None:
        """Let no more than so many nodes be evaluated from now on."""
        self._left = min(self._left, steps)

    def of(self, node: Expr) -> Array:
        """Return the value of a node."""
        return self.point.values.of(node)

    def parts(self) -> Iterator[Spot]:
        """Yield the places, the whole first; what stands in several, also in all at once."""
        uses = Counter(child for node in self._order for child in children(node))
        yield Spot(self.root)
        for user in self.nodes:
            for place, node in enumerate(children(user)):
                yield Spot(node, user, place)
        yield from (Spot(node) for node in self.nodes if uses[node] > 1)

    def with_part(self, part: Spot, value: Array) -> Array | None:
        """Return what the whole becomes when a part has another value; None if it has none."""
        if part.user is None:
            return self.with_values({part.node: value})
        parts = [self.of(child) for child in children(part.user)]
        parts[part.place] = value
        changed = self._again(part.user, parts)
        return None if changed is None else self.with_values({part.user: changed})

    def with_values(self, values: dict[Expr, Array]) -> Array | None:
        """Return what the whole becomes when nodes have other values."""
        changed = dict(values)
        for node in self._above(tuple(values)):
            if node in values:
                continue
            parts = [changed[c] if c in changed else self.of(c) for c in children(node)]
            value = self._again(node, parts)
            if value is None:
                return None
            changed[node] = value
        return changed.get(self.root, self.value)

    def _again(self, node: Expr, parts: Sequence[Array]) -> Array | None:
        self._left -= 1 + sum(part.size for part in parts) // _ENTRIES_OF_A_STEP
        with np.errstate(all="ignore"):
            try:
                return self.point.values.node(node, parts)
            except (ValueError, np.linalg.LinAlgError):
                return None

    def _above(self, nodes: tuple[Expr, ...]) -> Sequence[Expr]:
        """Return the nodes that depend on others, each after what it depends on."""
        if len(nodes) == 1 and nodes[0] in self._users:
            return self._users[nodes[0]]
        reached = set(nodes)
        found = []
        for node in self._order:
            if node not in reached and any(child in reached for child in children(node)):
                reached.add(node)
                found.append(node)
        if len(nodes) == 1:
            self._users[nodes[0]] = found
        return found
