"""Adjoints, Jacobians and tangents of an einsum, as einsum strings with named operands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from einsgrad.calculus.rules import adjoint_operand, pushforward, tangent_operand
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import add, identity, scale, variable
from einsgrad.expressions.lettering import Lettering
from einsgrad.expressions.named import Operation
from einsgrad.expressions.nodes import COMPLEX, Add, Expr, Number, Variable
from einsgrad.expressions.products import contract_deltas
from einsgrad.expressions.walks import variables
from einsgrad.html import details_html, text_html
from einsgrad.notation.style import LATEX, TEXT, Style
from einsgrad.notation.terms import SpelledTerm, index_notation, spell
from einsgrad.results.steps.of_einsums import Problem, Step, derive
from einsgrad.simplification.flattening import flatten, flatten_one
from einsgrad.simplification.simplify import simplify
from einsgrad.simplification.sums import split_coefficient
from einsgrad.strings.letters import fresh_letters, fresh_name

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Derivative:
    r"""A derivative of an einsum: one einsum, or a sum of several.

    `str` gives the einsum string, `repr` the string with its operands.

    Parameters
    ----------
    operation
        The einsum that was differentiated.
    expr
        The derivative as an expression.
    lettering
        The letters that its labels show.
    positions
        The operands that it was differentiated in; several when they are one array.
    cotangent
        The variable for the cotangent; None for a Jacobian or a tangent.

    Examples
    --------
    >>> import einsgrad as eg
    >>> dA = eg.adjoint("mn,n->m", 0, names=("A", "x"))
    >>> dA
    "m,n->mn"(g, x)
    >>> dA.subscripts, dA.operands, dA.index, dA.latex
    ('m,n->mn', ('g', 'x'), 'g_m x_n', 'g_{m} \\, x_{n}')
    """

    operation: Operation
    expr: Expr
    lettering: Lettering
    positions: tuple[int, ...]
    cotangent: Variable | None = None

    @cached_property
    def terms(self) -> tuple[SpelledTerm, ...]:
        """The einsums that add up to the derivative, each with its coefficient."""
        return spell(self.expr, self.lettering)

    @property
    def strings(self) -> list[str]:
        """The einsum strings of the terms."""
        return [str(term) for term in self.terms]

    @property
    def subscripts(self) -> str:
        """The einsum string, where the derivative is a single einsum."""
        return str(self._single())

    @property
    def operands(self) -> tuple[str, ...]:
        """The operands' names in order, where the derivative is a single einsum."""
        return self._single().operands

    @property
    def index(self) -> str:
        """The derivative in index notation."""
        return index_notation(self.terms)

    @property
    def latex(self) -> str:
        """The derivative in index notation, as LaTeX."""
        return index_notation(self.terms, LATEX)

    @property
    def sum_over(self) -> str:
        """What remains to be summed where a `...` of unknown rank may broadcast, in words.

        Empty when nothing can remain; always so once ranks or shapes are given.
        """
        dotted = [
            position
            for position, indices in enumerate(self.operation.subscripts.inputs)
            if Ellipsis in indices
        ]
        if self.cotangent is None or not dotted or dotted == list(self.positions):
            return ""
        names = " and ".join(dict.fromkeys(self.operation.names[p] for p in self.positions))
        if not set(self.positions) & set(dotted):
            return f"sum over all axes of '...': {names} has none of them"
        return f"sum over the axes of '...' that {names} lacks, or has with size 1"

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The derivation, line by line; see `einsgrad.results.steps.of_einsums`."""
        return self._steps(TEXT)

    @property
    def derivation(self) -> str:
        """The derivation as text, one line a step."""
        return _aligned(self.steps)

    @property
    def derivation_latex(self) -> str:
        """The derivation as a LaTeX `align*` block."""
        lines = [_latex_line(step) for step in self._steps(LATEX)]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"

    def numpy_operands(
        self, arrays: Mapping[str, np.ndarray[Any, Any]], sizes: Mapping[str, int] | None = None
    ) -> list[Any]:
        """Return the arrays that `numpy.einsum(str(self), *arrays)` takes, deltas and ones too.

        Parameters
        ----------
        arrays
            The operands and the cotangent, by name.
        sizes
            Sizes of labels that no array has.
        """
        from einsgrad.engine.evaluation import factor_arrays

        return factor_arrays(self._single().factors, arrays, self._sizes(sizes))

    def evaluate(self, arrays: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Any:
        """Evaluate the derivative.

        Parameters
        ----------
        arrays
            The operands and the cotangent, by name.
        sizes
            Sizes of labels that no array has.
        """
        from einsgrad.engine.evaluation import evaluate

        known = {*self.operation.names, *(v.name for v in variables(self.expr))}
        unknown = [name for name in arrays if name not in known]
        if unknown:
            raise ArgumentError(
                f"{clip(unknown[0])} is none of the operands {clip(', '.join(sorted(known)))}."
            )
        return evaluate(self.expr, arrays, self._sizes(sizes))

    def _repr_html_(self) -> str:
        steps = text_html(self.derivation)
        return text_html(repr(self)) + details_html("derivation", steps)

    def __call__(self, /, **arrays: Any) -> Any:
        """Evaluate the derivative on arrays given by operand name.

        Examples
        --------
        >>> import einsgrad as eg
        >>> eg.adjoint("i,i->", 0)(g=2.0, x1=[3.0, 4.0])
        array([6., 8.])
        """
        return self.evaluate(arrays)

    def _sizes(self, sizes: Mapping[str, int] | None) -> dict[Any, int]:
        return {**self.operation.dim_sizes, **(sizes or {})}

    def _steps(self, style: Style) -> tuple[Step, ...]:
        refuse_dots(self.operation, "A derivation")
        problem = Problem(self.operation, self.positions, self.cotangent, self.expr, self.terms)
        return derive(problem, style)

    def _single(self) -> SpelledTerm:
        if len(self.terms) != 1 or self.terms[0].coefficient != 1:
            raise ArgumentError(
                f"this derivative is a sum, {clip(self)}, not a single einsum. Read `terms`."
            )
        return self.terms[0]

    def __str__(self) -> str:
        if len(self.terms) == 1 and self.terms[0].coefficient == 1:
            return str(self.terms[0])
        return repr(self)

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.terms))


def refuse_dots(operation: Operation, what: str) -> None:
    """Refuse a `...` of unknown rank.

    Raises
    ------
    ArgumentError
        If the operation's equation still holds `...`.
    """
    if operation.equation.has_ellipsis:
        raise ArgumentError(
            f"{what} needs the number of axes that '...' covers. Give ranks= or shapes=."
        )


def adjoint(operation: Operation, wrt: int | str) -> Derivative:
    """Derive the adjoint in one operand, or in all occurrences of a name."""
    positions = operation.positions(wrt)
    node = operation.expr
    cotangent = variable(fresh_name("g", operation.names), node.shape, COMPLEX)
    shares = [contract_deltas(adjoint_operand(node, p, cotangent)) for p in positions]
    letters = operation.operand_letters(positions[0])
    expr = merge_like(shares)
    return Derivative(operation, expr, operation.lettering(letters), positions, cotangent)


def jacobian(operation: Operation, wrt: int | str) -> Derivative:
    """Derive the Jacobian in one operand, or in all occurrences of a name."""
    refuse_dots(operation, "A Jacobian")
    positions = operation.positions(wrt)
    node = operation.expr
    seed = identity(operation.variables[positions[0]].shape)
    shares = [contract_deltas(flatten(tangent_operand(node, p, seed))) for p in positions]
    fresh = fresh_letters(tuple(operation.letters.values()))
    letters = [
        *islice(fresh, len(node.shape)),
        *operation.operand_letters(positions[0]),
    ]
    return Derivative(operation, merge_like(shares), operation.lettering(letters), positions)


def tangent(operation: Operation) -> Derivative:
    """Derive the tangent: one term for each operand, which its tangent replaces there."""
    names = list(operation.names)
    tangents: dict[Expr, Expr] = {}
    for node in operation.variables:
        if node not in tangents:
            name = fresh_name(f"d{node.name}", names)
            names.append(name)
            tangents[node] = variable(name, node.shape, COMPLEX)
    expr = pushforward(operation.expr, tangents)
    shares = expr.terms if isinstance(expr, Add) else (expr,)
    output = operation.subscripts.output
    letters = [None if x in output[:place] else x for place, x in enumerate(output)]
    everywhere = tuple(range(len(operation.names)))
    return Derivative(operation, merge_like(shares), operation.lettering(letters), everywhere)


def merge_like(terms: Iterable[Expr]) -> Expr:
    """Add up terms that are equal up to labels and order, as the first of them shows it."""
    shown: dict[Expr, Expr] = {}
    coefficients: dict[Expr, Number] = {}
    for term in terms:
        coefficient, core = split_coefficient(simplify(term))
        shown.setdefault(core, term)
        coefficients[core] = coefficients.get(core, 0) + coefficient
    parts: list[Expr] = []
    for core, term in shown.items():
        own, _ = split_coefficient(simplify(term))
        scaled = scale(coefficients[core] if own == 1 else coefficients[core] / own, term)
        parts.append(flatten_one(scaled))
    return add(parts, parts[0].shape)


def _aligned(steps: Iterable[Step]) -> str:
    lines = list(steps)
    left = max(len(step.left) for step in lines)
    right = max(len(step.right) for step in lines)
    rows = [
        f"{step.left:<{left}} = {step.right:<{right}}   {step.note or _SILENT[step.rule]}"
        for step in lines
    ]
    return "\n".join(row.rstrip() for row in rows)


_SILENT = {"operation": "", "einsum": "as an einsum"}


def _latex_line(step: Step) -> str:
    if step.rule == "einsum":
        shown = step.right.replace("δ", r"$\delta$").replace("_", r"\_")
        return rf"{step.left} &= \texttt{{{shown}}}"
    note = rf" && {step.note}" if step.note else ""
    return f"{step.left} &= {step.right}{note}"
