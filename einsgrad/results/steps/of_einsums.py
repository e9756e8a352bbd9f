"""The derivative told step by step: product rule, chain rule, each delta contracted, renaming.

A step is a line of the derivation and at the same time an expression that can be
evaluated. The labels here are the letters that are shown; the deltas are contracted by
the same function that contracts them inside expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from einsgrad.expressions.affine_spelling import form_of
from einsgrad.expressions.construct import add_terms, build_einsum, scale
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.named import Operation
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.notation.style import TEXT, Style
from einsgrad.notation.terms import (
    SpelledTerm,
    factor_symbol,
    index_notation,
    indexed_by,
    shifted,
    spell,
)
from einsgrad.results.steps.contracted_terms import contract_factor
from einsgrad.results.steps.derivation import WrittenLine
from einsgrad.simplification.flattening import flatten_one
from einsgrad.strings.affine_labels import distinct
from einsgrad.strings.letters import fresh_name
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation.

    Parameters
    ----------
    rule
        What was done: `operation`, `product rule` (`derivative` of a single operand),
        `chain rule`, `contract`, `rename`, `collect` or `einsum`.
    left, right
        The two sides of the line; an empty left side continues the line above.
    note
        What the rule used, such as `δ_im: i → m`.
    expr
        The right side as an expression.
    """

    rule: str
    left: str
    right: str
    note: str
    expr: Expr

    def __str__(self) -> str:
        line = f"{self.left} = {self.right}".strip()
        return f"{line}    [{self.note}]" if self.note else line

    @property
    def written(self) -> WrittenLine:
        """The line as a row of a table."""
        return WrittenLine(self.left, self.right, self.note or _UNNOTED[self.rule])

    @property
    def latex(self) -> str:
        """The line as a row of an `align*` block, if it is told in LaTeX."""
        if self.rule == "einsum":
            shown = self.right.replace("δ", r"$\delta$").replace("_", r"\_")
            return rf"{self.left} &= \texttt{{{shown}}}"
        note = rf" && {self.note}" if self.note else ""
        return f"{self.left} &= {self.right}{note}"


_UNNOTED = {"operation": "", "einsum": "as an einsum"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is derived: an operation, the operands' positions, and with or without cotangent."""

    operation: Operation
    positions: tuple[int, ...]
    cotangent: Expr | None
    result: Expr
    result_terms: tuple[SpelledTerm, ...]


def tell_einsum(problem: Problem, style: Style = TEXT) -> tuple[Line, ...]:
    """Tell how the derivative is found.

    All steps after the first have the same value; without a cotangent it is the
    Jacobian, with one the product rule's line is the Jacobian and the rest its product
    with the cotangent.
    """
    return tuple(_EinsumTeller(problem, style).steps())


class _EinsumTeller:
    """Holds what all lines of one derivation share: the letters, the names, the style."""

    def __init__(self, problem: Problem, style: Style) -> None:
        self.problem = problem
        self.style = style
        operation = problem.operation
        first = problem.positions[0]
        shown = problem.result_terms[0].subscripts.output
        value_rank = len(shown) - len(operation.subscripts.inputs[first])
        self.wrt: Indices = shown[value_rank:]
        taken = frozenset(map(str, (*operation.letters.values(), *self.wrt)))
        if operation.equation.forms:
            # Forms read best over the user's letters.
            taken = frozenset(map(str, self.wrt))
        lettering = operation.lettering(shown[:value_rank], avoid=taken)
        self.primal = spell(operation.expr, lettering)[0]
        # The labels of axes that are affine, which are shown as their forms.
        self.forms: dict[Label, Label] = {
            indices[0]: form_of(factor, indices[1:])
            for factor, indices in self.primal.pairs
            if isinstance(factor, Affine) and isinstance(factor.offset, int)
        }
        self.name = operation.names[first]
        self.value = fresh_name("y", operation.names)
        self.loss = fresh_name("E", (*operation.names, self.value))

    def steps(self) -> Iterator[Line]:
        yield self._operation()
        terms = [self._product_rule(position) for position in self.problem.positions]
        noted = "product rule" if self._is_product() else "derivative"
        partials = ", ".join(dict.fromkeys(map(self._partial_note, self.problem.positions)))
        yield self._line(noted, self._jacobian_symbol(), terms, partials)
        if self.problem.cotangent is not None:
            terms = [self._chained(term, self.problem.cotangent) for term in terms]
            yield self._line("chain rule", self._gradient_symbol(), terms, self._chain_note())
        for number in range(len(terms)):
            for term, note in self._contractions(terms[number]):
                terms[number] = term
                if note:
                    yield self._line("contract", "", terms, note)
        renamed = [self._rename(term) for term in terms]
        notes = [note for _, note in renamed if note]
        if notes:
            terms = [term for term, _ in renamed]
            yield self._line("rename", "", terms, ", ".join(dict.fromkeys(notes)))
        yield from self._shifted(terms)
        result = self.problem.result_terms
        if len(result) < len(terms):
            yield self._line("collect", "", result, "like terms")
        yield Line("einsum", "", " + ".join(map(repr, result)), "", self.problem.result)

    def _is_product(self) -> bool:
        return len(self.primal.factors) > 1

    def _operation(self) -> Line:
        operation = self.problem.operation
        shown = spell(operation.expr, operation.lettering(distinct(operation.subscripts.output)))
        left = self.style.symbol(self.value, shown[0].subscripts.output)
        return Line("operation", left, index_notation(shown, self.style), "", operation.expr)

    def _product_rule(self, position: int) -> SpelledTerm:
        """Replace one occurrence of the operand by its derivative, a product of deltas."""
        inputs = list(self.primal.subscripts.inputs)
        factors = list(self.primal.factors)
        pairs = self._delta_labels(position)
        deltas = tuple(Delta(dim, 2) for dim in factors[position].shape)
        inputs[position : position + 1] = pairs
        factors[position : position + 1] = deltas
        if not factors:
            inputs, factors = [()], [Constant(1)]
        output = self.primal.subscripts.output + self.wrt
        return SpelledTerm(1, Subscripts(tuple(inputs), output), tuple(factors))

    def _chained(self, term: SpelledTerm, cotangent: Expr) -> SpelledTerm:
        inputs = (self.primal.subscripts.output, *term.subscripts.inputs)
        return SpelledTerm(1, Subscripts(inputs, self.wrt), (cotangent, *term.factors))

    def _partial_note(self, position: int) -> str:
        above = self._symbol(self.name, self.primal.subscripts.inputs[position])
        below = self.style.symbol(self.name, self.wrt)
        deltas = [self._symbol(self.style.delta, pair) for pair in self._delta_labels(position)]
        right = self.style.times.join(deltas) or "1"
        return f"{self.style.partial(above, below)} = {right}"

    def _delta_labels(self, position: int) -> tuple[Indices, ...]:
        """Return the labels of the delta of each axis: what selects stands behind its index."""
        return tuple(
            (free, own) if own in self.forms else (own, free)
            for own, free in zip(self.primal.subscripts.inputs[position], self.wrt, strict=True)
        )

    def _symbol(self, name: str, labels: Indices) -> str:
        shown = [indexed_by(self.forms.get(label, label), self.style) for label in labels]
        return self.style.symbol(name, shown)

    def _shifted(self, terms: Sequence[SpelledTerm]) -> Iterator[Line]:
        """Contract each selector of the output with a factor whose index it shifts."""
        total = add_terms([_as_expr(term) for term in terms], self.problem.result.shape)
        shown = list(terms)
        for number in range(len(shown)):
            for place in reversed(range(len(shown[number].factors))):
                found = shifted(shown[number], place)
                if found is None:
                    continue
                delta = factor_symbol(
                    shown[number].factors[place],
                    shown[number].subscripts.inputs[place],
                    self.style,
                )
                shown[number], old, new = found
                arrow = f"{self.style.label(old)} {self.style.arrow} {indexed_by(new, self.style)}"
                note = f"{delta}: {arrow}{self.style.otherwise}"
                yield Line("contract", "", index_notation(shown, self.style), note, total)

    def _jacobian_symbol(self) -> str:
        above = self.style.symbol(self.value, self.primal.subscripts.output)
        return self.style.partial(above, self.style.symbol(self.name, self.wrt))

    def _gradient_symbol(self) -> str:
        below = self.style.symbol(self.name, self.wrt)
        return self.style.partial(self.style.symbol(self.loss), below)

    def _chain_note(self) -> str:
        assert self.problem.cotangent is not None
        output = self.primal.subscripts.output
        left = factor_symbol(self.problem.cotangent, output, self.style)
        value = self.style.symbol(self.value, output)
        return f"{left} = {self.style.partial(self.style.symbol(self.loss), value)}"

    def _line(self, rule: str, left: str, terms: Sequence[SpelledTerm], note: str) -> Line:
        exprs = [_as_expr(term) for term in terms]
        total = add_terms(exprs, exprs[0].shape)
        return Line(rule, left, index_notation(terms, self.style), note, total)

    def _contractions(self, term: SpelledTerm) -> Iterator[tuple[SpelledTerm, str]]:
        """Contract the deltas of a term one after the other, where they can be."""
        place = 0
        while place < len(term.factors):
            factor = term.factors[place]
            indices = term.subscripts.inputs[place]
            free = set(indices) & set(term.subscripts.output)
            if isinstance(factor, Delta) and factor.order == 2 and len(free) < 2:
                term = contract_factor(term, place)
                # That of an axis with a form only renames an index that is not shown.
                shows = self.forms.keys().isdisjoint(indices)
                yield term, self._contraction_note(term, indices) if shows else ""
            else:
                place += 1

    def _contraction_note(self, term: SpelledTerm, indices: Indices) -> str:
        delta = self.style.symbol(self.style.delta, indices)
        left = [label for label in indices if label in term.subscripts.labels]
        gone = [label for label in indices if label not in left]
        if not gone or not left:
            return delta
        old, new = self.style.label(gone[0]), self.style.label(left[0])
        ones = (left[0],) in _ones(term)
        if ones:
            return f"{self.style.sum(gone)} {delta} = {self.style.symbol('1', left)}"
        return f"{delta}: {old} {self.style.arrow} {new}"

    def _rename(self, term: SpelledTerm) -> tuple[SpelledTerm, str]:
        """Give the summed labels letters of the user's, as far as they are free."""
        labels = term.subscripts.labels
        dims = label_dims(term.subscripts, term.factors)
        lettering = self.problem.operation.lettering()
        used = set(labels)
        names: dict[Label, Label] = {}
        selectors = {i[0] for f, i in term.pairs if isinstance(f, Affine)}
        for label in term.subscripts.summed:
            if label in selectors:
                continue
            own = lettering.candidates.get(dims[label], ())
            free = [letter for letter in own if letter not in used]
            if free:
                names[label] = free[0]
                used.add(free[0])
        arrow = self.style.arrow
        pairs = [f"{self.style.label(o)} {arrow} {self.style.label(n)}" for o, n in names.items()]
        return replace(term, subscripts=term.subscripts.relabel(names)), ", ".join(pairs)


def _ones(term: SpelledTerm) -> list[Indices]:
    pairs = term.pairs
    return [labels for one, labels in pairs if isinstance(one, Delta) and one.order == 1]


def _as_expr(term: SpelledTerm) -> Expr:
    return flatten_one(scale(term.coefficient, build_einsum(term.subscripts, term.factors)))
