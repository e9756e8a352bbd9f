"""Where the letters of lines stand: on their line, and never upon another text."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

from einsgrad.notation.pictures.svg import Position, between

# The best place is in the middle; where that is taken, it moves along the line.
_WITHIN = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.45, 0.55, 0.36, 0.64, 0.2, 0.8)
_AT_END = (1.0, 1.25, 1.5, 1.75, 0.8)
_CLEAR = 15.0


def letter_place(
    points: Sequence[Position], taken: Sequence[Position], *, at_end: bool
) -> Position:
    """Choose a place for the letter of a line.

    Parameters
    ----------
    points
        The points that the line goes through, as it is drawn.
    taken
        The centres of the texts that stand already.
    at_end
        Whether the letter stands at the open end of the line.

    Examples
    --------
    >>> letter_place([(0, 0), (100, 0)], [], at_end=False)
    (50.0, 0.0)
    >>> letter_place([(0, 0), (100, 0)], [(50, 0)], at_end=False)
    (32.0, 0.0)
    """
    places = [point_on(points, fraction) for fraction in (_AT_END if at_end else _WITHIN)]
    room = [min((dist(place, other) for other in taken), default=_CLEAR) for place in places]
    clear = (place for place, free in zip(places, room, strict=True) if free >= _CLEAR)
    return next(clear, places[room.index(max(room))])


def point_on(points: Sequence[Position], fraction: float) -> Position:
    """Return the point at a fraction of a line; beyond 1 it goes on straight.

    Examples
    --------
    >>> point_on([(0, 0), (50, 50), (100, 0)], 0.5)
    (50.0, 25.0)
    """
    if len(points) == 2:
        return _along(points[0], points[1], fraction)
    if len(points) == 3:
        start, control, end = points
    elif fraction < 0.5:
        start, control, end = points[0], points[1], between(points[1], points[2])
        fraction *= 2
    else:
        start, control, end = between(points[1], points[2]), points[2], points[3]
        fraction = 2 * fraction - 1
    first, second = _along(start, control, fraction), _along(control, end, fraction)
    return _along(first, second, fraction)


def _along(a: Position, b: Position, fraction: float) -> Position:
    return (a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction)
