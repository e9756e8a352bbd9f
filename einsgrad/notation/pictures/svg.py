"""Shapes and texts, written as SVG by the standard library, which escapes all text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip

Position: TypeAlias = "tuple[float, float]"

PLAIN, MARKED, SHARED = "#dbe7f6", "#f7c873", "#d8ecd2"

_INK = "#22303f"
_SIZE = 14
_MARGIN, _GAP = 12, 70


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG text, which notebooks show.

    Parameters
    ----------
    svg
        The SVG document.

    Examples
    --------
    >>> canvas = Canvas()
    >>> canvas.dot((0, 0))
    >>> Picture(canvas.svg()).svg.startswith("<svg")
    True
    """

    svg: str

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the picture to a file whose name ends in `.svg`.

        Raises
        ------
        ArgumentError
            If the name ends otherwise: nothing else is written.
        ArgumentTypeError
            If it is no name.
        """
        if not isinstance(path, str | PathLike):
            raise ArgumentTypeError(f"a path is expected, not {clip(path)}. Give 'picture.svg'.")
        file = Path(path)
        if file.suffix.lower() != ".svg":
            raise ArgumentError(
                f"{clip(file.name)} does not end in '.svg', and pictures are written as SVG. "
                "Give such a name; other programs convert it."
            )
        file.write_text(self.svg, encoding="utf-8")


@dataclass(slots=True)
class Canvas:
    """Collects shapes: what is put first lies below; the size is found at the end."""

    shapes: list[ElementTree.Element] = field(default_factory=list)
    points: list[Position] = field(default_factory=list)

    def path(self, points: Sequence[Position]) -> None:
        """Draw a smooth line through points."""
        self.points += points
        command = f"M {_at(points[0])}"
        if len(points) == 2:
            command += f" L {_at(points[1])}"
        last = len(points) - 2
        for number, control in enumerate(points[1:-1], 1):
            end = points[-1] if number == last else between(control, points[number + 1])
            command += f" Q {_at(control)} {_at(end)}"
        self._add("path", d=command, fill="none", stroke=_INK)

    def dot(self, centre: Position) -> None:
        """Draw a point where lines meet or end."""
        self._circle(centre, 3.5, _INK)

    def disc(self, centre: Position, text: str, fill: str = PLAIN) -> None:
        """Draw a disc, as wide as the text in it needs."""
        self._circle(centre, disc_radius(text), fill)
        self.text(centre, text)

    def _circle(self, centre: Position, radius: float, fill: str) -> None:
        self._reach(centre, radius, radius)
        x, y = map(_number, centre)
        self._add("circle", cx=x, cy=y, r=_number(radius), fill=fill, stroke=_INK)

    def box(self, centre: Position, text: str, fill: str = PLAIN, *, thick: bool = False) -> None:
        """Draw a box, as wide as the text in it needs."""
        width, height = box_size(text)
        self._reach(centre, width / 2, height / 2)
        corner = (centre[0] - width / 2, centre[1] - height / 2)
        x, y = map(_number, corner)
        frame = {"width": _number(width), "height": _number(height), "rx": "5"}
        self._add("rect", x=x, y=y, **frame, fill=fill, stroke=_INK, **_weight(thick))
        self.text(centre, text)

    def text(self, centre: Position, text: str, *, halo: bool = False) -> None:
        """Write a line of text; a halo keeps it readable on lines."""
        self._reach(centre, text_width(text) / 2, _SIZE / 2)
        x, y = _number(centre[0]), _number(centre[1])
        around = {"stroke": "white", "stroke-width": "5", "paint-order": "stroke"} if halo else {}
        shape = self._add("text", x=x, y=y, fill=_INK, **{"stroke": "none", **around})
        shape.text = text

    def put_beside(self, other: Canvas) -> None:
        """Put another canvas on the right, both at the heights that they have."""
        shift = max(x for x, _ in self.points) - min(x for x, _ in other.points) + _GAP
        group = self._add("g", transform=f"translate({_number(shift)},0)")
        group.extend(other.shapes)
        self.points += [(x + shift, y) for x, y in other.points]

    def svg(self) -> str:
        """Return the document."""
        xs, ys = zip(*self.points, strict=True)
        left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
        width, height = max(xs) + _MARGIN - left, max(ys) + _MARGIN - top
        frame = {"width": _number(width), "height": _number(height)}
        root = ElementTree.Element(
            "svg",
            {"xmlns": "http://www.w3.org/2000/svg", "role": "img"},
            viewBox=" ".join(map(_number, (left, top, width, height))),
            **frame,
        )
        attributes = {
            "font-family": "ui-monospace, monospace",
            "font-size": str(_SIZE),
            "text-anchor": "middle",
            "dominant-baseline": "central",
        }
        x, y = _number(left), _number(top)
        ElementTree.SubElement(root, "rect", {**frame, "x": x, "y": y, "rx": "6"}, fill="white")
        ElementTree.SubElement(root, "g", attributes).extend(self.shapes)
        return ElementTree.tostring(root, encoding="unicode")

    def _add(self, tag: str, **attributes: str) -> ElementTree.Element:
        shape = ElementTree.Element(tag, attributes)
        self.shapes.append(shape)
        return shape

    def _reach(self, centre: Position, wide: float, high: float) -> None:
        self.points += [
            (centre[0] - wide, centre[1] - high),
            (centre[0] + wide, centre[1] + high),
        ]


def text_width(text: str) -> float:
    """Return about how wide a line of text is."""
    return 0.61 * _SIZE * len(text)


def disc_radius(text: str) -> float:
    """Return the radius of a disc with a text in it."""
    return max(15.0, text_width(text) / 2 + 6)


def box_size(text: str) -> tuple[float, float]:
    """Return the width and height of a box with a text in it."""
    return max(30.0, text_width(text) + 14), 26.0


def between(a: Position, b: Position) -> Position:
    """Return the point in the middle between two others."""
    return (a[0] + (b[0] - a[0]) / 2, a[1] + (b[1] - a[1]) / 2)


def magnified(point: Position, factor: float) -> Position:
    """Return a point as many times farther from the origin."""
    return (point[0] * factor, point[1] * factor)


def unit(a: Position, b: Position) -> Position:
    """Return the direction from one point to another; to the right where they are one."""
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length) if length else (1.0, 0.0)


def _weight(thick: bool) -> dict[str, str]:
    return {"stroke-width": "2.5"} if thick else {}


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _at(point: Position) -> str:
    return f"{_number(point[0])},{_number(point[1])}"
