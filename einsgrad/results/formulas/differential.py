"""Differentials in matrix notation: `dE = gᵀ dA x = g xᵀ : dA`.

`A : B` is the Frobenius product, the sum of the products of entries. What stands before
the colon is the gradient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from einsgrad.calculus.derivatives import check_variable, jvp, vjp
from einsgrad.errors import ArgumentError, ArgumentTypeError, as_text, clip
from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import COMPLEX, DEFINITE, ORTHOGONAL, Constant, Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LatexLayout
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.matrix import MatrixWriter
from einsgrad.notation.naming import named_parts
from einsgrad.notation.noted import definitions
from einsgrad.notation.pieces import NotedFormula, Written, WrittenTerm
from einsgrad.notation.presentation import presented_all
from einsgrad.notation.style import Letter
from einsgrad.strings.letters import fresh_name, fresh_names


class _Differentials(LatexLayout):
    """LaTeX in which `dA` is set as an upright d before the A."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> Written:
        """Write a symbol, a differential by that of its variable."""
        if name in self.variables:
            inner = super().symbol(self.variables[name], letters)
            return Written(rf"\mathrm{{d}}{inner.text}")
        return super().symbol(name, letters)


@dataclass(frozen=True)
class Differential:
    """The differential of an expression: `str` gives text, `latex` LaTeX.

    Parameters
    ----------
    expr
        The expression.
    tangents
        The variables, and the variables that stand for their differentials.
    name
        What the expression is called.
    """

    expr: Expr
    tangents: Mapping[Variable, Variable]
    name: str

    @cached_property
    def value(self) -> Expr:
        """The differential as an expression: the share of each variable, in order."""
        shares = [jvp(self.expr, [pair]) for pair in self.tangents.items()]
        moving = [
            share
            for share, move in zip(shares, self.tangents.values(), strict=True)
            if move in variables_in(share)
        ]
        return add_terms(moving, self.expr.shape)

    @cached_property
    def gradients(self) -> tuple[Expr, ...]:
        """For a number, what stands before the colons; otherwise nothing."""
        if self.expr.shape:
            return ()
        return vjp(self.expr, Constant(1), tuple(self.tangents))

    def __str__(self) -> str:
        formula = self._written(TEXT_LAYOUT)
        left = TEXT_LAYOUT.symbol(f"d{self.name}", formula.letters).text
        return TEXT_LAYOUT.with_notes(f"{left} = {formula.text}", formula.notes)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    @property
    def latex(self) -> str:
        """The equation as LaTeX."""
        layout = _Differentials({d.name: v.name for v, d in self.tangents.items()})
        formula = self._written(layout)
        name = layout.symbol(self.name, formula.letters).text
        return layout.with_notes(rf"\mathrm{{d}}{name} = {formula.text}", formula.notes)

    def _written(self, layout: Layout) -> NotedFormula:
        value, *gradients = presented_all((self.value, *self.gradients))
        names = named_parts(value, *gradients)
        writer = MatrixWriter(layout, names)
        if None in [writer.write(root) for root in (value, *gradients)]:
            return _over_indices(value, layout)
        forms = [layout.terms([found]).text for found in [writer.term(value)] if found]
        # Of a tensor there are no gradients, and so nothing before a colon.
        pairs = zip(gradients, self.tangents.values(), strict=False)
        inner = [self._inner(writer, gradient, tangent) for gradient, tangent in pairs]
        colons = [part for part in inner if part is not None]
        if colons:
            forms = list(dict.fromkeys([*forms, layout.terms(colons).text]))
        notes = definitions(names.items(), IndexWriter(layout, names), writer)
        return NotedFormula(" = ".join(forms), tuple(notes))

    def _inner(self, writer: MatrixWriter, gradient: Expr, tangent: Variable) -> WrittenTerm | None:
        layout = writer.layout
        found = writer.term(gradient)
        if found is None or found.coefficient == 0:
            return None
        move = layout.symbol(tangent.name)
        if not tangent.shape:
            scaled = layout.scaled([found.body] if found.body else [], move)
            return replace(found, body=scaled)
        one = layout.ones(tangent.shape[0])
        return replace(found, body=layout.inner(found.body or one, move))


def _over_indices(value: Expr, layout: Layout) -> NotedFormula:
    names = named_parts(value)
    indexed = IndexWriter(layout, names)
    found = indexed.formula(value)
    return NotedFormula(found.text, tuple(definitions(names.items(), indexed, None)), found.letters)


def differential(expr: object, *wrt: Variable, name: str = "") -> Differential:
    """Write the differential of an expression; for a number with its gradients.

    Parameters
    ----------
    expr
        The expression.
    wrt
        The variables that change; by default all.
    name
        What the expression is called; by default `E` for a number, `y` for a vector and
        `Y` for a matrix, or another letter where a variable has that name.

    Returns
    -------
    Differential
        For a number two forms: the change by the changes of the variables, and
        `gradient : change`, where the colon is the Frobenius product.

    Raises
    ------
    ArgumentTypeError
        If `wrt` holds something else than variables, or there is no variable.
    ArgumentError
        If a variable is complex.

    Examples
    --------
    >>> import einsgrad as eg
    >>> g, A, x = eg.variables("g[m] A[m,n] x[n]")
    >>> eg.differential(g @ A @ x, A)
    dE = gᵀ dA x = g xᵀ : dA
    >>> eg.differential(eg.inverse(eg.variables("X[n,n]")[0]))
    dY = -X⁻¹ dX X⁻¹
    """
    given = as_expr(expr)
    chosen = tuple(dict.fromkeys(map(check_variable, wrt))) or variables_in(given)
    if not chosen:
        raise ArgumentTypeError(f"{clip(given)} has no variables, so its differential is 0.")
    for variable in chosen:
        if COMPLEX in variable.traits:
            raise ArgumentError(
                f"{clip(variable)} is complex, and differentials are written for real variables. "
                "Use jvp."
            )
    taken = {variable.name for variable in variables_in(given, *chosen)}
    tangents: dict[Variable, Variable] = {}
    for variable in chosen:
        symbol = fresh_name(f"d{variable.name}", taken)
        taken.add(symbol)
        # Sums of these are not such matrices again.
        traits = variable.traits - {DEFINITE, ORTHOGONAL}
        tangents[variable] = Variable(symbol, variable.dims, traits)
    letters = ("EFLJ", "yzuv", "YZFG")[min(len(given.shape), 2)]
    return Differential(
        given, tangents, as_text(name, "name") or next(fresh_names(taken, letters, letters[0]))
    )
