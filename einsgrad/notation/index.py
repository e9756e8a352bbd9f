"""Index notation of whole expressions: `A_mk (A_mn x_n - b_m)`, `tanh(A_mk x_k)`.

An index that stands exactly twice in a product, and not in the result, is summed. Where
that is not obvious there is a sum sign: the index stands once or three times, or within a
function, or is repeated within a factor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from einsgrad.expressions.dims import names_in
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.printing import write
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.elementwise import POWER, SQUARE
from einsgrad.expressions.tables.reductions import INVERSE
from einsgrad.expressions.walks import children, topological
from einsgrad.notation.absorbed import Bound, ShownCondition
from einsgrad.notation.conditions import compared
from einsgrad.notation.extents import ShownNames, narrowed
from einsgrad.notation.formula_names import FormulaNames, names_of_parts
from einsgrad.notation.index_factors import free_letters
from einsgrad.notation.index_letters import LetterChooser
from einsgrad.notation.layout import Layout
from einsgrad.notation.left_sides import LeftSide
from einsgrad.notation.lettered import (
    Lettered,
    LetteredEntry,
    LetteredName,
    LetteredPart,
    LetteredPower,
    LetteredSum,
    LetteredTerm,
    shown_order,
)
from einsgrad.notation.pieces import Written, WrittenTerm
from einsgrad.notation.style import Letter
from einsgrad.simplification.contents import axes_of_ones
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class IndexFormula:
    """A formula, the letters of its axes, and whether it tells their order by itself.

    It does not where a letter is missing or stands behind a later one, or is repeated and
    not summed.
    """

    text: str
    letters: Indices
    tells_order: bool


@dataclass(frozen=True, slots=True)
class ChosenLetters:
    """A formula with its letters, those of its axes, and how far these run if that is said."""

    lettered: Lettered
    letters: Indices
    bounds: tuple[Bound, ...] = ()


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

    def definition(self, node: Expr, left: LeftSide) -> str:
        """Write a part as an equation."""
        chosen = self._chosen(node)
        written = left.written(self.layout, chosen.letters)
        return self._with_ranges(self.layout.equation(written, self._text(chosen)), chosen)

    def formula(self, root: Expr) -> IndexFormula:
        """Write an expression with letters that fit its dims."""
        chosen = self._chosen(root)
        letters = chosen.letters
        order = tuple(letter for letter in shown_order(chosen.lettered) if letter in letters)
        told = order == letters and chosen.lettered.repeated.isdisjoint(letters)
        told = told and not (letters and self._spreads(root))
        return IndexFormula(self._with_ranges(self._text(chosen), chosen), letters, told)

    def _spreads(self, root: Expr) -> bool:
        """Tell whether a term of a sum lacks an index of others: `x_i y_i + y_n`."""
        return self.layout.bare_ones and any(
            isinstance(node, Add) and any(map(_lacks_index, node.terms))
            for node in topological(root, below=self._shown_below(root))
        )

    def _text(self, chosen: ChosenLetters) -> str:
        return self._written(chosen.lettered).text

    def _with_ranges(self, text: str, chosen: ChosenLetters) -> str:
        """Say how far letters run, where what is written does not tell that."""
        bounds = [self._condition(bound) for bound in chosen.bounds]
        return self.layout.ranged(text, bounds) if bounds else text

    def _chosen(self, root: Expr, sizes: frozenset[str] = frozenset()) -> ChosenLetters:
        """Choose letters; where a size is shown whose letter an index has, choose anew."""
        shown = topological(root, below=self._shown_below(root))
        told = FormulaNames.of(shown).joined(names_of_parts(tuple(self.names)))
        apart = self._apart(told) | sizes
        reserved = frozenset(name for name in told.dims if len(name) == 1)
        letters = free_letters(root, apart, reserved)
        chooser = LetterChooser(
            self.names,
            self.layout.bare_ones,
            {*letters, *apart},
            selecting=told.selects,
            ranges=dict(zip(letters, root.shape, strict=True)),
            reserved=reserved,
        )
        lettered = chooser.whole(root, letters)
        if not told.selects and not (told.has_sized_ones and self.layout.bare_ones):
            return ChosenLetters(lettered, letters)
        bounds = narrowed(dict(zip(letters, root.shape, strict=True)), lettered)
        names = ShownNames()
        names.look_through(lettered, bounds)
        # A letter that stands in forms alone, as in `x_{k+1}`, would seem to be a size, too.
        like_sizes = told.dims & (names.shifted - names.alone)
        mistaken = (names.sizes | like_sizes) & (chooser.taken - apart)
        if mistaken:
            return self._chosen(root, sizes | names.sizes | like_sizes)
        return ChosenLetters(lettered, letters, bounds)

    def _shown_below(self, root: Expr) -> Callable[[Expr], tuple[Expr, ...]]:
        """Say of a node which ones are written in a part; those of other parts are not."""
        return lambda node: () if node is not root and node in self.names else children(node)

    def _apart(self, told: FormulaNames) -> frozenset[str]:
        """Return the letters that variables, parts and sizes have in a formula, and no index may.

        In `x_{n-1}` a letter that is also the name of the axis would seem to be its size.
        """
        sizes = told.sizes if self.layout.sizes_share_letters else frozenset()
        return told.variables.union(self.names.values(), names_in(sizes | told.shifted))

    def _written(self, lettered: Lettered) -> Written:
        match lettered:
            case LetteredName(name=name, letters=letters):
                return self.layout.symbol(name, self._indices(letters))
            case LetteredSum(terms=terms):
                return self.layout.terms([self._term(term) for term in terms])
            case LetteredPart():
                return self._part(lettered)
            case _ as unreachable:
                assert_never(unreachable)

    def _indices(self, letters: Indices) -> list[Letter]:
        return [self._index(letter) for letter in letters]

    def _index(self, index: Label) -> Letter:
        """Write an index that is more than a letter."""
        match index:
            case IndexForm(terms=terms, offset=offset):
                written = [(str(self._index(one)), number) for one, number in terms]
                return self.layout.index_form(written, offset)
            case LetteredEntry(shown=shown):
                return self._written(shown).text
            case _:
                return index

    def _part(self, part: LetteredPart) -> Written:
        layout, letters = self.layout, self._indices(part.letters)
        match part.expr:
            case Variable(name=name):
                return layout.symbol(name, letters)
            case Constant(value=value):
                return layout.number(value)
            case Delta(dim=dim, order=order):
                return layout.delta(dim, letters) if order else layout.size(dim)
            case Affine():
                return layout.matching(letters)
            case Integers(sizes=sizes, entries=entries):
                return layout.integers(sizes, entries, letters)
            case Fourier(dim=dim, conjugated=conjugated):
                return layout.fourier(dim, letters, conjugated=conjugated)
            case Places(name=name):
                return layout.named_call(name, self._operands(part), self._along(part))
            case Map() as node:
                return self._map(node, part)
            case Reduce(function=reduction):
                (argument,) = self._operands(part)
                return layout.reduced(reduction, argument, self._along(part))
            case MatrixMap(function=row):
                (base,) = self._operands(part)
                if row.scalar:
                    return layout.matrix_call(row, base, letters)
                if row is INVERSE:
                    return layout.inverse_entry(base, letters)
                if row.exponent is not None:
                    return layout.power_entry(base, row.exponent, letters)
                return layout.matrix_entry(row, base, letters)
            case Called() as node:
                return layout.symbol(write(node), letters)
            case Step() | Pick():
                raise AssertionError("a step or a look-up is a condition of a product")
            case _ as unreachable:
                assert_never(unreachable)

    def _operands(self, part: LetteredPart) -> list[Written]:
        return [self._written(operand) for operand in part.operands]

    def _along(self, part: LetteredPart) -> list[Letter]:
        """Write the letters that a part acts along, each with what bounds it."""
        bounds = {bound.form.index: bound for bound in part.bounds}
        return [
            self._condition(bounds[letter], spaced=False) if letter in bounds else letter
            for letter in part.along
        ]

    def _map(self, node: Map, part: LetteredPart) -> Written:
        operands = self._operands(part)
        if part.along:
            return self.layout.named_call("softmax", operands, self._along(part))
        if node.function is POWER:
            return self.layout.power(operands[0], operands[1])
        if node.function is SQUARE:
            return self.layout.power(operands[0], self.layout.number(2))
        return self.layout.call(node.function, operands)

    def _term(self, term: LetteredTerm) -> WrittenTerm:
        below = [self._power(power) for power in term.below]
        ranges, conditions = self._ranges(term)
        brackets = [self.layout.bracket(self._condition(one)) for one in conditions]
        above = [*(self._power(power) for power in term.above), *brackets]
        body = self.layout.product(above) if above else None
        if below:
            body = self.layout.quotient(body, below)
        if term.summed and body is not None:
            body = self.layout.summed(ranges, body)
        return WrittenTerm(term.coefficient, body)

    def _ranges(self, term: LetteredTerm) -> tuple[list[Letter], list[ShownCondition]]:
        """Write the letters under a sum sign; where there is one, with a bound of it."""
        conditions = list(term.conditions)
        for one in conditions if self.layout.bounded_sums and len(term.summed) == 1 else []:
            if isinstance(one, Bound) and abs(dict(one.form.terms).get(term.summed[0], 0)) == 1:
                conditions.remove(one)
                return [self._condition(one, term.summed[0], spaced=False)], conditions
        return list(term.summed), conditions

    def _condition(
        self, condition: ShownCondition, letter: Label | None = None, *, spaced: bool = True
    ) -> str:
        """Write a condition as a chain of comparisons."""
        chain = compared(condition, letter)
        return self.layout.compared(
            [str(self._index(side)) for side in chain.sides], chain.signs, spaced=spaced
        )

    def _power(self, power: LetteredPower) -> Written:
        base = self._written(power.base)
        if power.exponent == 1:
            return base
        return self.layout.power(base, self.layout.number(power.exponent))


def _lacks_index(term: Expr) -> bool:
    """Tell whether a term is repeated over an axis of a sum, and has other indices."""
    if not isinstance(term, Einsum) or not axes_of_ones(term):
        return False
    others = [one for one in term.operands if not isinstance(one, (Constant, Delta))]
    return any(one.shape or isinstance(one, Reduce) for one in others)
