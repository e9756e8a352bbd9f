"""The steps of a derivation as they are read: text, LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeAlias

from einsgrad.expressions.nodes import Expr
from einsgrad.html import steps_html
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.presentation import presented
from einsgrad.notation.show import apart_from_variables, latex, show
from einsgrad.notation.style import Letter

ToldNotation: TypeAlias = 'Literal["index", "matrix"]'


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line of a derivation as text: two sides of an equation, and why it holds.

    The left side is empty where the equation of the line before goes on.
    """

    left: str
    right: str
    reason: str


def aligned_text(lines: Sequence[WrittenLine]) -> str:
    """Write lines as a table.

    Examples
    --------
    >>> print(aligned_text([WrittenLine("y", "A x", "a part"), WrittenLine("", "z", "as before")]))
    y = A x   a part
      = z     as before
    """
    first = max(len(line.left) for line in lines)
    second = max(len(line.right) for line in lines)
    return "\n".join(
        f"{line.left:<{first}} = {line.right:<{second}}   {line.reason}".rstrip() for line in lines
    )


def aligned_latex(rows: Iterable[str]) -> str:
    r"""Write rows, in which `&` marks what stands below each other, as an `align*` block."""
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


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
    meaning
        For a symbol that is given: what it stands for, shown as the right side.
    """

    name: str
    expr: Expr
    value: Expr
    rule: str
    notation: ToldNotation = "matrix"
    meaning: str = ""

    def written(self, layout: Layout) -> WrittenLine:
        """Write both sides of the equation, and the rule."""
        if self.notation == "index":
            node = presented(self.expr)
            formula = IndexWriter(apart_from_variables(layout, node), {}).formula(node)
            return WrittenLine(self._left(layout, formula.letters), formula.text, self.rule)
        if self.meaning:
            right = _name_text(self.meaning, layout)
            return WrittenLine(self._left(layout), right, self.rule)
        write = latex if layout is LATEX_LAYOUT else show
        right = write(self.expr).replace("\n", "; ")
        return WrittenLine(self._left(layout), right, self.rule)

    @property
    def text(self) -> str:
        """The right side as text."""
        return self.written(TEXT_LAYOUT).right

    def _left(self, layout: Layout, letters: tuple[Letter, ...] = ()) -> str:
        return _name_text(self.name, layout, letters)


def _name_text(name: str, layout: Layout, letters: tuple[Letter, ...] = ()) -> str:
    """Write a name, or the partial derivative that it says."""
    if not name.startswith("∂"):
        return layout.symbol(name, letters).text
    target, _, wrt = name.removeprefix("∂").partition("/∂")
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

    def lines(self, layout: Layout) -> Iterator[WrittenLine]:
        """Write each step; the left side is empty where the equation before goes on."""
        before = ""
        for step in self.steps:
            line = step.written(layout)
            yield replace(line, left="") if step.name == before else line
            before = step.name

    def __str__(self) -> str:
        return aligned_text(list(self.lines(TEXT_LAYOUT)))

    @property
    def latex(self) -> str:
        """The steps as an `align*` block."""
        return aligned_latex(
            rf"{line.left} &= {line.right} && \text{{{line.reason}}}".lstrip()
            for line in self.lines(LATEX_LAYOUT)
        )

    @property
    def markdown(self) -> str:
        """The steps as a numbered list with formulas between dollar signs."""
        return "\n".join(
            f"{number}. ${line.left} = {line.right}$ ({line.reason})".replace("$ = ", "$= ")
            for number, line in enumerate(self.lines(LATEX_LAYOUT), 1)
        )

    def _repr_html_(self) -> str:
        """Show one line for each equation; its steps open on a click."""
        rows = []
        for name, group in groupby(self.steps, lambda step: step.name):
            lines = list(Derivation(tuple(group)).lines(TEXT_LAYOUT))
            note = aligned_text(lines) if len(lines) > 1 else ""
            rows.append((f"{name} = {lines[-1].right}", lines[0].reason, note))
        return steps_html(rows)
