"""The steps of a derivation as they are read: text, LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from einsgrad.expressions.nodes import Expr
from einsgrad.html import steps_html
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.index_factors import free_letters
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.presentation import presented
from einsgrad.notation.show import latex, show
from einsgrad.notation.style import Letter

ToldNotation: TypeAlias = 'Literal["index", "matrix"]'


@dataclass(frozen=True)
class Told:
    """One step: an equation, and the rule that gives it.

    Parameters
    ----------
    name
        The left side: the name of a part, of a cotangent, or the derivative. A step with the
        name of the one before it continues that equation.
    expr
        The right side, in terms of earlier parts and later cotangents.
    value
        The right side in terms of the variables alone.
    rule
        Why it holds.
    notation
        Whether both sides are written with indices, or as matrices where that is possible.
    """

    name: str
    expr: Expr
    value: Expr
    rule: str
    notation: ToldNotation = "matrix"

    def sides(self, layout: Layout) -> tuple[str, str]:
        """Write both sides of the equation."""
        if self.notation == "index":
            node = presented(self.expr)
            right = IndexWriter(layout, {}).formula(node).text
            return self._left(layout, free_letters(node)), right
        write = latex if layout is LATEX_LAYOUT else show
        return self._left(layout), write(self.expr).replace("\n", "; ")

    @property
    def text(self) -> str:
        """The right side as text."""
        return self.sides(TEXT_LAYOUT)[1]

    def _left(self, layout: Layout, letters: tuple[Letter, ...] = ()) -> str:
        if not self.name.startswith("∂"):
            return layout.symbol(self.name, letters).text
        target, _, wrt = self.name.removeprefix("∂").partition("/∂")
        return layout.style.partial(target, layout.symbol(wrt, letters).text)


@dataclass(frozen=True)
class Derivation:
    """The steps of a derivation, as text, LaTeX, Markdown or HTML.

    Parameters
    ----------
    steps
        The steps, in order.
    """

    steps: tuple[Told, ...]

    def lines(self, layout: Layout) -> Iterator[tuple[str, str, str]]:
        """Yield the left side, the right side and the rule of each step.

        The left side is empty where the equation of the step before goes on.
        """
        before = ""
        for step in self.steps:
            left, right = step.sides(layout)
            yield "" if step.name == before else left, right, step.rule
            before = step.name

    def __str__(self) -> str:
        return _aligned(list(self.lines(TEXT_LAYOUT)))

    @property
    def latex(self) -> str:
        """The steps as an `align*` block."""
        rows = [
            rf"{left} &= {right} && \text{{{rule}}}".lstrip()
            for left, right, rule in self.lines(LATEX_LAYOUT)
        ]
        body = " \\\\\n".join(rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    @property
    def markdown(self) -> str:
        """The steps as a numbered list with formulas between dollar signs."""
        return "\n".join(
            f"{number}. ${left} = {right}$ ({rule})".replace("$ = ", "$= ")
            for number, (left, right, rule) in enumerate(self.lines(LATEX_LAYOUT), 1)
        )

    def _repr_html_(self) -> str:
        """Show one line for each equation; its steps open on a click."""
        rows = []
        for name, group in groupby(self.steps, lambda step: step.name):
            steps = Derivation(tuple(group))
            lines = list(steps.lines(TEXT_LAYOUT))
            note = _aligned(lines) if len(lines) > 1 else ""
            rows.append((f"{name} = {lines[-1][1]}", lines[0][2], note))
        return steps_html(rows)


def _aligned(lines: Sequence[tuple[str, str, str]]) -> str:
    first = max(len(left) for left, _, _ in lines)
    second = max(len(right) for _, right, _ in lines)
    return "\n".join(
        f"{left:<{first}} = {right:<{second}}   {rule}".rstrip() for left, right, rule in lines
    )
