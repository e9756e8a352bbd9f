"""The steps of a derivation as they are read: text, LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeAlias

from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.html import steps_html
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.left_sides import LeftSide
from einsgrad.notation.noted import apart_from_variables, noted_formula
from einsgrad.notation.pieces import NotedFormula
from einsgrad.notation.presentation import presented
from einsgrad.notation.show import printed_notation

ToldNotation: TypeAlias = 'Literal["index", "printed"]'
# A side of an equation that is longer does not move what stands behind the others.
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line of a derivation as text: two sides of an equation, and why it holds.

    The left side is empty where the equation of the line before goes on. Notes define what
    the right side names.
    """

    left: str
    right: str
    reason: str
    notes: tuple[str, ...] = ()


def aligned_text(lines: Sequence[WrittenLine]) -> str:
    """Write lines as a table.

    Examples
    --------
    >>> print(aligned_text([WrittenLine("y", "A x", "a part"), WrittenLine("", "z", "as before")]))
    y = A x   a part
      = z     as before
    """
    first = max(len(line.left) for line in lines)
    short = [len(line.right) for line in lines if len(line.right) <= _WIDEST]
    second = max(short, default=0)
    return "\n".join(
        text
        for line in lines
        for text in (
            f"{line.left:<{first}} = {line.right:<{second}}   {line.reason}".rstrip(),
            *(f"{'':<{first}}   {note}" for note in line.notes),
        )
    )


def aligned_latex(rows: Iterable[str]) -> str:
    r"""Write rows, in which `&` marks what stands below each other, as an `align*` block."""
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


@dataclass(frozen=True)
class Told:
    """One step: an equation, and the rule that gives it.

    Parameters
    ----------
    left
        The left side: the name of a part, of a cotangent, or the derivative. A step with the
        left side of the one before it continues that equation.
    expr
        The right side, in terms of earlier parts and later cotangents.
    value
        The right side in terms of the variables alone.
    rule
        Why it holds.
    notation
        Whether both sides are written with indices, or as `print` writes them.
    meaning
        What a name stands for, which is shown first; of a symbol that is given, nothing else.
    taken
        Names that no part of the right side may have.
    """

    left: LeftSide
    expr: Expr
    value: Expr
    rule: str
    notation: ToldNotation = "printed"
    meaning: LeftSide | None = None
    taken: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The left side as text, without indices."""
        return self.left.written(TEXT_LAYOUT)

    def written(self, layout: Layout) -> WrittenLine:
        """Write both sides of the equation, and the rule."""
        found = self._right(layout)
        right = found.text
        if self.meaning is not None:
            meaning = self.meaning.written(layout, found.letters)
            right = meaning if self._is_given else layout.equation(meaning, right)
        return WrittenLine(self.left.written(layout, found.letters), right, self.rule, found.notes)

    @property
    def _is_given(self) -> bool:
        return isinstance(self.expr, Variable) and self.left == LeftSide(self.expr.name)

    def _right(self, layout: Layout) -> NotedFormula:
        if self._is_given:
            return NotedFormula(layout.symbol(self.left.name).text)
        if self.notation == "index":
            node = presented(self.expr)
            found = IndexWriter(apart_from_variables(layout, node), {}).formula(node)
            return NotedFormula(found.text, (), found.letters)
        return noted_formula(self.expr, printed_notation(self.expr), layout, self.taken)

    @property
    def text(self) -> str:
        """The right side as text."""
        return self.written(TEXT_LAYOUT).right


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
            row
            for line in self.lines(LATEX_LAYOUT)
            for row in (
                rf"{line.left} &= {line.right} && \text{{{line.reason}}}".lstrip(),
                *(rf"& \quad {note}" for note in line.notes),
            )
        )

    @property
    def markdown(self) -> str:
        """The steps as a numbered list with formulas between dollar signs."""
        return "\n".join(
            f"{number}. {_in_dollars(line)} ({line.reason})"
            for number, line in enumerate(self.lines(LATEX_LAYOUT), 1)
        )

    def _repr_html_(self) -> str:
        """Show one line for each equation; its steps open on a click."""
        rows = []
        for _, group in groupby(self.steps, lambda step: step.name):
            lines = list(Derivation(tuple(group)).lines(LATEX_LAYOUT))
            last = replace(lines[-1], left=lines[0].left)
            notes = [(_in_dollars(line), line.reason) for line in lines]
            rows.append((_in_dollars(last), lines[0].reason, notes if len(lines) > 1 else []))
        return steps_html(rows)


def _in_dollars(line: WrittenLine) -> str:
    """Write an equation, and the definitions of what it names, between dollar signs."""
    equation = f"{line.left} = {line.right}".lstrip()
    return "; ".join(f"${one}$" for one in (equation, *line.notes))
