"""The derivative of an einsum as a record: strings, index notation, derivation, value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.lettering import Lettering
from einsgrad.expressions.named import Operation
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.html import block_html, details_html, formula_html, text_html
from einsgrad.notation.style import LATEX, TEXT, Style
from einsgrad.notation.terms import SpelledTerm, index_notation, spell
from einsgrad.results.steps.derivation import aligned_latex, aligned_text
from einsgrad.results.steps.of_einsums import Line, Problem, tell_einsum

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
    def steps(self) -> tuple[Line, ...]:
        """The derivation, line by line; see `einsgrad.results.steps.of_einsums`."""
        return self._steps(TEXT)

    @property
    def derivation(self) -> str:
        """The derivation as text, one line a step."""
        return aligned_text([line.written for line in self.steps])

    @property
    def derivation_latex(self) -> str:
        """The derivation as a LaTeX `align*` block."""
        return aligned_latex(line.latex for line in self._steps(LATEX))

    def numpy_operands(
        self, arrays: Mapping[str, np.ndarray[Any, Any]], sizes: Mapping[str, int] | None = None
    ) -> list[Any]:
        """Return the arrays that `numpy.einsum(str(self), *arrays)` takes, deltas and ones too.

        A string with affine labels takes einsgrad's own `einsum`.

        Parameters
        ----------
        arrays
            The operands and the cotangent, by name.
        sizes
            Sizes of labels that no array has.
        """
        from einsgrad.engine.evaluation import factor_arrays

        known = self._sizes(sizes, arrays)
        return factor_arrays(self._single().spelled.factors, arrays, known)

    def evaluate(self, arrays: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Any:
        """Evaluate the derivative.

        Parameters
        ----------
        arrays
            The operands and the cotangent, by name.
        sizes
            Sizes of labels that no array has.
        """
        from einsgrad.engine.evaluation import evaluate_expr

        known = {*self.operation.names, *(v.name for v in variables_in(self.expr))}
        unknown = [name for name in arrays if name not in known]
        if unknown:
            raise ArgumentError(
                f"{clip(unknown[0])} is none of the operands {clip(', '.join(sorted(known)))}."
            )
        return evaluate_expr(self.expr, arrays, self._sizes(sizes, arrays))

    def _repr_html_(self) -> str:
        string = text_html(repr(self))
        if self.operation.equation.has_ellipsis or self._is_tangent:
            return string
        steps = self._steps(LATEX)
        left = next(line.left for line in reversed(steps) if line.left)
        equation = formula_html(f"{left} = {self.latex}")
        block = aligned_latex(line.latex for line in steps)
        return equation + string + details_html("derivation", block_html(block))

    @property
    def _is_tangent(self) -> bool:
        return self.cotangent is None and not set(variables_in(self.expr)) <= {
            *self.operation.variables
        }

    def __call__(self, /, **arrays: Any) -> Any:
        """Evaluate the derivative on arrays given by operand name.

        Examples
        --------
        >>> import einsgrad as eg
        >>> eg.adjoint("i,i->", 0)(g=2.0, x1=[3.0, 4.0])
        array([6., 8.])
        """
        return self.evaluate(arrays)

    def _sizes(self, sizes: Mapping[str, int] | None, arrays: Mapping[str, Any]) -> dict[Any, int]:
        known: dict[Any, int] = {**self.operation.dim_sizes, **(sizes or {})}
        if not self.operation.equation.forms or self.operation.shapes is not None:
            return known
        from einsgrad.engine.binding import bind

        cotangent = [] if self.cotangent is None else [self.cotangent]
        given = [v for v in (*self.operation.variables, *cotangent) if v.name in arrays]
        _, found = bind(given, arrays, known)
        return {**found, **self.operation.told_sizes(found)}

    def _steps(self, style: Style) -> tuple[Line, ...]:
        refuse_dots(self.operation, "A derivation")
        if self._is_tangent:
            raise ArgumentError("a tangent is told by its terms. Derive in one operand: adjoint.")
        problem = Problem(self.operation, self.positions, self.cotangent, self.expr, self.terms)
        return tell_einsum(problem, style)

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
