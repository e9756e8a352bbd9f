"""The tensor network of an einsum: operands are discs, labels are the lines between them.

A label that stands in two places is a line; one that stands in more meets in a point, one
that stands alone ends in a point. The output's labels are open ends with their letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import Any, TypeAlias

from einsgrad.notation.pictures.library import graphs
from einsgrad.notation.pictures.svg import (
    MARKED,
    PLAIN,
    Canvas,
    Point,
    between,
    disc_radius,
    scaled,
    unit,
)
from einsgrad.strings.subscripts import Label, Subscripts

# An operand by its place, a meeting point by its label, an open end by its axis.
End: TypeAlias = "tuple[str, Any]"

_LENGTH, _LEG, _BEND = 95.0, 30.0, 24.0
_WEAK = 0.5


@dataclass(frozen=True)
class Network:
    """An einsum to draw.

    Parameters
    ----------
    subscripts
        Its lists, with letters as labels.
    names
        The names of its operands.
    title
        What is written under it.
    marked
        The places of operands that stand out.
    """

    subscripts: Subscripts
    names: Sequence[str]
    title: str
    marked: frozenset[int] = frozenset()

    def lines(self) -> Iterator[tuple[End, End, str]]:
        """Yield the two ends of every line, and the letter that it shows."""
        for label in self.subscripts.labels:
            ends = list(self._ends(label))
            letter = "..." if label is Ellipsis else str(label)
            if len(ends) == 2:
                yield ends[0], ends[1], letter
                continue
            shown = len(ends) - 1
            for number, end in enumerate(ends):
                pair = (
                    (end, ("meeting", label)) if end[0] == "operand" else (("meeting", label), end)
                )
                yield *pair, letter if number == shown else ""

    def _ends(self, label: Label) -> Iterator[End]:
        for place, indices in enumerate(self.subscripts.inputs):
            yield from [("operand", place)] * indices.count(label)
        for axis, one in enumerate(self.subscripts.output):
            if one == label:
                yield "leg", axis


def arrange(network: Network, fixed: Mapping[End, Point] | None = None) -> dict[End, Point]:
    """Place operands, meeting points and open ends; those in `fixed` stay where they are."""
    graph = graphs().Graph()
    places = [("operand", place) for place in range(len(network.names))]
    graph.add_nodes_from(places)
    # Operands without a common label stay near each other too, in their order.
    graph.add_edges_from(pairwise(places), weight=_WEAK)
    graph.add_edges_from(((a, b) for a, b, _ in network.lines() if a != b), weight=1)
    known = {end: point for end, point in (fixed or {}).items() if end in graph}
    held = {end: scaled(point, 1 / _LENGTH) for end, point in known.items()}
    start = {end: (float(k % 7), 0.35 * (-1) ** k + 0.1 * k) for k, end in enumerate(graph)}
    layout = graphs().spring_layout(
        graph,
        pos=start | held,
        fixed=list(held) or None,
        k=1.0,
        iterations=400,
        seed=0,
        scale=None,
    )
    points = {end: (float(x), float(y)) for end, (x, y) in layout.items()}
    unit_length = 1.0 if held else _mean_length(network, points)
    found = {end: scaled(point, _LENGTH / unit_length) for end, point in points.items()}
    return _with_legs(network, found if held else _levelled(found))


def _mean_length(network: Network, points: Mapping[End, Point]) -> float:
    lengths = [
        dist(points[a], points[b]) for a, b, _ in network.lines() if b[0] != "leg" and a != b
    ]
    return sum(lengths) / len(lengths) if lengths else 1.0


def _levelled(found: dict[End, Point]) -> dict[End, Point]:
    """Turn the first and the last operand to one height."""
    operands = [point for (kind, _), point in found.items() if kind == "operand"]
    if len(operands) < 2:
        return found
    x, y = unit(operands[0], operands[-1])
    return {end: (p[0] * x + p[1] * y, p[1] * x - p[0] * y) for end, p in found.items()}


def _with_legs(network: Network, found: dict[End, Point]) -> dict[End, Point]:
    """Give the open ends one length."""
    for a, b, _ in network.lines():
        if b[0] == "leg":
            radius = disc_radius(network.names[a[1]]) if a[0] == "operand" else 0.0
            x, y = scaled(unit(found[a], found[b]), radius + _LEG)
            found[b] = (found[a][0] + x, found[a][1] + y)
    return found


def draw_network(network: Network, positions: Mapping[End, Point], canvas: Canvas) -> None:
    """Draw lines, then what they join, then the letters and the title."""
    letters: list[tuple[Point, str]] = []
    drawn: dict[frozenset[End], int] = {}
    for a, b, letter in network.lines():
        number = drawn.setdefault(frozenset((a, b)), 0)
        drawn[frozenset((a, b))] += 1
        points = _line(positions[a], positions[b], number, own=a == b)
        canvas.path(points)
        letters.append((points[-1] if b[0] == "leg" else _middle(points), letter))
    for end, point in positions.items():
        if end[0] == "meeting":
            canvas.dot(point)
    for place, name in enumerate(network.names):
        fill = MARKED if place in network.marked else PLAIN
        canvas.disc(positions["operand", place], name, fill)
    for point, letter in letters:
        if letter:
            canvas.text(point, letter, halo=True)
    centre = sum(x for x, _ in positions.values()) / len(positions)
    lowest = max(y for _, y in positions.values())
    canvas.text((centre, lowest + 44), network.title)


def _line(a: Point, b: Point, number: int, *, own: bool) -> list[Point]:
    """Return the points of a line: straight, bent beside others, or a loop."""
    if own:
        size = 46 + 14 * number
        return [a, (a[0] - size, a[1] - size), (a[0] + size, a[1] - size), a]
    if number == 0:
        return [a, b]
    x, y = unit(a, b)
    side = _BEND * ((number + 1) // 2) * 2 * (-1) ** number
    middle = between(a, b)
    return [a, (middle[0] - side * y, middle[1] + side * x), b]


def _middle(points: Sequence[Point]) -> Point:
    if len(points) == 2:
        return between(points[0], points[1])
    return between(between(points[0], points[-1]), between(points[1], points[-2]))
