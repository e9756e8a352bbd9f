"""Index notation of whole expressions: `A_mk (A_mn x_n - b_m)`, `tanh(A_mk x_k)`.

An index that stands exactly twice in a product, and not in the result, is summed. Where
that is not obvious there is a sum sign: the index stands once or three times, or within a
function, or is repeated within a factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from einsgrad.expressions.nodes import (
    Constant,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.elementwise import POWER, RECIPROCAL, SQUARE
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.expressions.walks import topological
from einsgrad.notation.index_factors import free_letters
from einsgrad.notation.index_letters import LetterChooser
from einsgrad.notation.layout import Layout
from einsgrad.notation.lettered import (
    Lettered,
    LetteredName,
    LetteredPart,
    LetteredPower,
    LetteredSum,
    LetteredTerm,
)
from einsgrad.notation.pieces import Written, WrittenTerm
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class IndexFormula:
    """A formula, the repeated letters in it that are not summed, and the letters of its axes."""

    text: str
    unsummed: Indices
    letters: Indices


@dataclass(frozen=True, slots=True)
class IndexWriter:
    """Writes parts of an expression; those that have names show them.

    Parts are written one within another, so names must keep that depth bounded.

    Parameters
    ----------
    layout
        How it is set.
    names
        The named parts.
    """

    layout: Layout
    names: Mapping[Expr, str]

    def definition(self, node: Expr, name: str) -> str:
        """Write a named part as an equation."""
        letters = free_letters(node, self._apart(node))
        left = self.layout.symbol(name, letters)
        return self.layout.equation(left.text, self.formula(node).text)

    def formula(self, root: Expr) -> IndexFormula:
        """Write an expression with letters that fit its dims."""
        apart = self._apart(root)
        letters = free_letters(root, apart)
        chooser = LetterChooser(self.names, self.layout.bare_ones, {*letters, *apart})
        lettered = chooser.whole(root, letters)
        unsummed = tuple(letter for letter in letters if letter in lettered.repeated)
        return IndexFormula(self._written(lettered).text, unsummed, letters)

    def _apart(self, root: Expr) -> frozenset[str]:
        """Return the letters that numbers and sizes have in a formula, and no index may."""
        nodes = topological(root)
        numbers = {node.name for node in nodes if isinstance(node, Variable) and not node.shape}
        sizes = {node.dim for node in nodes if isinstance(node, Delta) and not node.order}
        shown = sizes if self.layout.sizes_share_letters else set()
        return frozenset(numbers | {str(dim) for dim in shown})

    def _written(self, lettered: Lettered) -> Written:
        match lettered:
            case LetteredName(name=name, letters=letters):
                return self.layout.symbol(name, letters)
            case LetteredSum(terms=terms):
                return self.layout.terms([self._term(term) for term in terms])
            case LetteredPart():
                return self._part(lettered)
            case _ as unreachable:
                assert_never(unreachable)

    def _part(self, part: LetteredPart) -> Written:
        layout, letters = self.layout, part.letters
        match part.expr:
            case Variable(name=name):
                return layout.symbol(name, letters)
            case Constant(value=value):
                return layout.number(value)
            case Delta(dim=dim, order=order):
                return layout.delta(dim, letters) if order else layout.size(dim)
            case Affine() | Step() | Pick() | Integers() | Fourier() | Places() as node:
                return layout.symbol(type(node).__name__.lower(), letters)
            case Map() as node:
                return self._map(node, part)
            case Reduce(function=reduction):
                return layout.reduced(reduction, self._written(part.operands[0]), part.along)
            case MatrixMap(function=row):
                base = self._written(part.operands[0])
                if row.scalar:
                    return layout.matrix_call(row, base, letters)
                if row is INVERSE:
                    return layout.inverse_entry(base, letters)
                return layout.matrix_entry(row, base, letters)
            case _ as unreachable:
                assert_never(unreachable)

    def _map(self, node: Map, part: LetteredPart) -> Written:
        operands = [self._written(operand) for operand in part.operands]
        if part.along:
            return self.layout.named_call("softmax", operands, part.along)
        if node.function is POWER:
            return self.layout.power(operands[0], operands[1])
        if node.function is SQUARE:
            return self.layout.power(operands[0], self.layout.number(2))
        if node.function is RECIPROCAL:
            return self.layout.quotient(None, operands)
        return self.layout.call(node.function, operands)

    def _term(self, term: LetteredTerm) -> WrittenTerm:
        above = [self._power(power) for power in term.above]
        below = [self._power(power) for power in term.below]
        body = self.layout.product(above) if above else None
        if below:
            body = self.layout.quotient(body, below)
        if term.summed and body is not None:
            body = self.layout.summed(term.summed, body)
        return WrittenTerm(term.coefficient, body)

    def _power(self, power: LetteredPower) -> Written:
        base = self._written(power.base)
        if power.exponent == 1:
            return base
        return self.layout.power(base, self.layout.number(power.exponent))
