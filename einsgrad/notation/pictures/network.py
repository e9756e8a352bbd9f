"""The tensor network of an einsum: operands are discs, labels are the lines between them.

A label that stands in two places is a line; one that stands in more meets in a point, one
that stands alone ends in a point. An affine label is a point in which its axis meets the
labels within. The output's labels are open ends with their letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from math import dist

from einsgrad.notation.pictures.library import graphs
from einsgrad.notation.pictures.line_letters import letter_place
from einsgrad.notation.pictures.svg import (
    MARKED,
    PLAIN,
    Canvas,
    Position,
    between,
    disc_radius,
    magnified,
    unit,
)
from einsgrad.strings.affine_labels import AffineLabel, all_labels, forms_in
from einsgrad.strings.subscripts import Label, Subscripts

_LENGTH, _LEG, _BEND = 95.0, 30.0, 24.0
_WEAK = 0.5


class EndKind(Enum):
    """What stands at the end of a line."""

    OPERAND = auto()
    MEETING = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class End:
    """An end of a line: an operand by place, a meeting by label, an open end by axis."""

    kind: EndKind
    which: Hashable


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line between two ends, the second of which may be open, and the letter that it shows."""

    start: End
    end: End
    letter: str

    @property
    def is_open(self) -> bool:
        """Whether it leads to an open end."""
        return self.end.kind is EndKind.OPEN

    @property
    def is_loop(self) -> bool:
        """Whether both ends are one."""
        return self.start == self.end


@dataclass(frozen=True)
class DrawnNetwork:
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

    @property
    def operands(self) -> list[End]:
        """The ends at its operands, in order."""
        return [End(EndKind.OPERAND, place) for place in range(len(self.names))]

    def lines(self) -> Iterator[DrawnLine]:
        """Yield the lines, label by label."""
        for label in all_labels(self.subscripts):
            ends = list(self._ends(label))
            letter = "..." if label is Ellipsis else str(label)
            if isinstance(label, AffineLabel):
                letter = label.text
            elif len(ends) == 2:
                yield DrawnLine(ends[0], ends[1], letter)
                continue
            meeting = End(EndKind.MEETING, label)
            for number, end in enumerate(ends, 1):
                shown = letter if number == len(ends) else ""
                pair = (meeting, end) if end.kind is EndKind.OPEN else (end, meeting)
                yield DrawnLine(*pair, shown)

    def _ends(self, label: Label) -> Iterator[End]:
        for operand, indices in zip(self.operands, self.subscripts.inputs, strict=True):
            yield from [operand] * indices.count(label)
        for form in forms_in(self.subscripts.labels):
            if label in form.labels:
                yield End(EndKind.MEETING, form)
        for axis, one in enumerate(self.subscripts.output):
            if one == label:
                yield End(EndKind.OPEN, axis)


def arrange_network(
    network: DrawnNetwork, fixed: Mapping[End, Position] | None = None
) -> dict[End, Position]:
    """Place operands, meeting points and open ends; those in `fixed` stay where they are."""
    graph = graphs().Graph()
    graph.add_nodes_from(network.operands)
    # Operands without a common label stay near each other too, in their order.
    graph.add_edges_from(pairwise(network.operands), weight=_WEAK)
    joined = ((line.start, line.end) for line in network.lines() if not line.is_loop)
    graph.add_edges_from(joined, weight=1)
    known = {end: point for end, point in (fixed or {}).items() if end in graph}
    held = {end: magnified(point, 1 / _LENGTH) for end, point in known.items()}
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
    found = {end: magnified(point, _LENGTH / unit_length) for end, point in points.items()}
    return _with_legs(network, found if held else _levelled(found))


def _mean_length(network: DrawnNetwork, points: Mapping[End, Position]) -> float:
    lengths = [
        dist(points[line.start], points[line.end])
        for line in network.lines()
        if not (line.is_open or line.is_loop)
    ]
    return sum(lengths) / len(lengths) if lengths else 1.0


def _levelled(found: dict[End, Position]) -> dict[End, Position]:
    """Turn the first and the last operand to one height."""
    operands = [point for end, point in found.items() if end.kind is EndKind.OPERAND]
    if len(operands) < 2:
        return found
    x, y = unit(operands[0], operands[-1])
    return {end: (p[0] * x + p[1] * y, p[1] * x - p[0] * y) for end, p in found.items()}


def _with_legs(network: DrawnNetwork, found: dict[End, Position]) -> dict[End, Position]:
    """Give the open ends one length."""
    radii = {
        end: disc_radius(name) for end, name in zip(network.operands, network.names, strict=True)
    }
    for line in network.lines():
        if line.is_open:
            start, end = found[line.start], found[line.end]
            x, y = magnified(unit(start, end), radii.get(line.start, 0.0) + _LEG)
            found[line.end] = (start[0] + x, start[1] + y)
    return found


def draw_network(network: DrawnNetwork, positions: Mapping[End, Position], canvas: Canvas) -> None:
    """Draw lines, then what they join, then the letters and the title."""
    letters: list[tuple[Position, str]] = []
    taken = [positions[operand] for operand in network.operands]
    drawn: Counter[frozenset[End]] = Counter()
    for line in network.lines():
        ends = frozenset((line.start, line.end))
        points = _path(positions[line.start], positions[line.end], drawn[ends], own=line.is_loop)
        drawn[ends] += 1
        canvas.path(points)
        if line.letter:
            spot = letter_place(points, taken, at_end=line.is_open)
            letters.append((spot, line.letter))
            taken.append(spot)
    for end, point in positions.items():
        if end.kind is EndKind.MEETING:
            canvas.dot(point)
    for place, (operand, name) in enumerate(zip(network.operands, network.names, strict=True)):
        fill = MARKED if place in network.marked else PLAIN
        canvas.disc(positions[operand], name, fill)
    for point, letter in letters:
        canvas.text(point, letter, halo=True)
    centre = sum(x for x, _ in positions.values()) / len(positions)
    lowest = max(y for _, y in (*positions.values(), *taken))
    canvas.text((centre, lowest + 44), network.title)


def _path(a: Position, b: Position, number: int, *, own: bool) -> list[Position]:
    """Return the points of a line: straight, bent beside others, or a loop."""
    if own:
        size = 46 + 20 * number
        return [a, (a[0] - size, a[1] - size), (a[0] + size, a[1] - size), a]
    if number == 0:
        return [a, b]
    x, y = unit(a, b)
    side = _BEND * ((number + 1) // 2) * 2 * (-1) ** number
    middle = between(a, b)
    return [a, (middle[0] - side * y, middle[1] + side * x), b]
