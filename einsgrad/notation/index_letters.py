"""Letters for every part of a formula in index notation, and the sums that it needs to show.

All that is chosen is chosen here, from the outside in; nothing is written yet. Terms of a
sum may use the same letters, factors of a product may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import assert_never

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.lettering import Lettering, name_labels
from einsgrad.expressions.nodes import (
    ARGSORT,
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import as_einsum, contracted, fold_constants, is_ones_vector
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.notation.absorbed import Absorbing, Bound
from einsgrad.notation.extents import bounded, narrowed
from einsgrad.notation.index_factors import (
    LetteredFactor,
    divisor_of,
    letter_counts,
    needs_sum,
    shown_axes,
    spliced,
    with_powers,
)
from einsgrad.notation.lettered import (
    Lettered,
    LetteredName,
    LetteredPart,
    LetteredPower,
    LetteredSum,
    LetteredTerm,
    letters_in,
    repeated_in,
)
from einsgrad.notation.lettered_forms import LetteredForms
from einsgrad.notation.recognised import as_softmax, divided_by, scalar_core
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Label


@dataclass(slots=True)
class LetterChooser:
    """Chooses the letters of one formula.

    Parameters
    ----------
    names
        The named parts.
    bare_ones
        Whether a number stands for itself in every entry of a sum with tensors.
    taken
        The letters in use; those that are chosen are added.
    selecting
        Whether the formula has selectors, so that what bounds an index must be looked for.
    ranges
        How far the letters run that have been chosen.
    reserved
        The letters that are names of dims.
    contracted
        The letters that a product around sums: every term of a factor shows those it has.
    """

    names: Mapping[Expr, str]
    bare_ones: bool
    taken: set[Label]
    selecting: bool = False
    ranges: dict[Label, Dim] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    contracted: frozenset[Label] = frozenset()

    def part(self, node: Expr, letters: Indices) -> Lettered:
        """Choose letters for a part, which is shown by its name if it has one."""
        if node in self.names:
            return LetteredName(self.names[node], letters, node.shape)
        return self.whole(node, letters)

    def whole(self, node: Expr, letters: Indices) -> Lettered:
        """Choose letters for a part that is written in full, with these for its axes."""
        match node:
            case Variable() | Constant() | Delta() | Integers() | Fourier():
                return LetteredPart(node, letters)
            case Affine() | Step() | Pick():
                return self.whole(as_einsum(node), letters)
            case Places():
                return self._places(node, letters)
            case Einsum():
                return LetteredSum((self._product(node, letters),))
            case Add():
                return self._sum(node, letters)
            case Map():
                return self._map(node, letters)
            case Reduce():
                return self._reduction(node, letters)
            case Called():
                return LetteredPart(node, letters)
            case MatrixMap(operand=operand):
                return LetteredPart(node, letters, (self.part(operand, ()),))
            case _ as unreachable:
                assert_never(unreachable)

    def _map(self, node: Map, letters: Indices) -> Lettered:
        below = divided_by(node)
        if below is not None:
            power = LetteredPower(self.part(below, letters if below.shape else ()))
            return LetteredSum((LetteredTerm(1, (), (power,), repeated=power.base.repeated),))
        softmax = as_softmax(node)
        # On a diagonal, one letter would stand for the axis of the softmax and for another.
        if softmax is not None and self._is_whole(letters, softmax.axis, node.shape):
            along = (letters[softmax.axis],)
            argument = self.part(softmax.argument, letters)
            bounds = self._bounds(along, (node.shape[softmax.axis],), argument)
            return LetteredPart(node, letters, (argument,), along, bounds)
        shown = self._implied(node.operands, letters)
        operands = (self._operand(x, letters if x.shape else (), shown) for x in node.operands)
        return LetteredPart(node, letters, tuple(operands))

    def _operand(self, node: Expr, letters: Indices, implied: Set[int]) -> Lettered:
        """Choose letters for an operand, without ones along axes that another one shows."""
        if isinstance(node, Einsum) and node not in self.names:
            return LetteredSum((self._product(node, letters, implied),))
        return self.part(node, letters)

    def _implied(self, parts: Sequence[Expr], letters: Indices) -> frozenset[int]:
        """Return the axes along which some part shows a letter that no product around sums."""
        if not letters:
            # The argument of a function of matrices is written without letters.
            return frozenset()
        return frozenset(
            axis
            for axis in shown_axes(parts)
            if self.contracted.isdisjoint(letters_in([letters[axis]]))
        )

    def _is_whole(self, letters: Indices, axis: int, dims: Shape) -> bool:
        """Tell whether a letter stands for a whole axis, and for no other."""
        letter, dim = letters[axis], dims[axis]
        alone = isinstance(letter, str) and letters_in(letters).count(letter) == 1
        return alone and self.ranges.get(letter, dim) == dim

    def _reduction(self, node: Reduce, letters: Indices) -> Lettered:
        names, operand = self._along(node.operand, node.axes, letters)
        along = tuple(names[axis] for axis in node.axes)
        dims = tuple(node.operand.shape[axis] for axis in node.axes)
        bounds = self._bounds(along, dims, operand)
        return LetteredPart(node, letters, (operand,), along, bounds)

    def _places(self, node: Places, letters: Indices) -> Lettered:
        if node.name == ARGSORT:
            return LetteredPart(node, letters, (self.part(node.operand, letters),), letters)
        names, operand = self._along(node.operand, (node.axis,), letters)
        along = (names[node.axis],)
        bounds = self._bounds(along, (node.operand.shape[node.axis],), operand)
        return LetteredPart(node, letters, (operand,), along, bounds)

    def _along(
        self, operand: Expr, gone: Sequence[int], letters: Indices
    ) -> tuple[dict[Label, Label], Lettered]:
        """Choose letters for an operand of which some axes are reduced."""
        outer = iter(letters)
        axes = tuple(range(len(operand.shape)))
        fixed = tuple(None if axis in gone else next(outer) for axis in axes)
        dims: dict[Label, Dim] = dict(enumerate(operand.shape))
        names = self._named(Product((Factor(axes, 0),), axes), dims, fixed)
        return names, self.part(operand, tuple(names[axis] for axis in axes))

    def _bounds(self, along: Indices, dims: Shape, operand: Lettered) -> tuple[Bound, ...]:
        """Return what bounds letters of these dims, as far as their places do not."""
        if not self.selecting:
            return ()
        return narrowed(dict(zip(along, dims, strict=True)), operand)

    def _sum(self, node: Add, letters: Indices) -> Lettered:
        spread = [scalar_core(term) is not None for term in node.terms]
        bare = self.bare_ones and not all(spread)
        every = frozenset(range(len(node.shape)))
        told = self._implied(node.terms, letters)
        terms, used = [], set(self.taken)
        for term, is_number in zip(node.terms, spread, strict=True):
            own = replace(self, taken=set(self.taken))
            implied = told if not is_number else every if bare else frozenset()
            terms.append(own._term(term, letters, implied))
            used |= own.taken
        self.taken |= used
        return LetteredSum(tuple(terms))

    def _term(self, node: Expr, letters: Indices, implied: Set[int]) -> LetteredTerm:
        """Choose letters for a term of a sum, without vectors of ones along some axes."""
        if node not in self.names:
            if isinstance(node, Constant):
                return LetteredTerm(node.value)
            if isinstance(node, Einsum):
                return self._product(node, letters, implied)
            if implied and is_ones_vector(node):
                return LetteredTerm(1)
        part = self.part(node, letters)
        # On a diagonal the term repeats a letter that it does not sum.
        shown = letters_in(letters)
        diagonal = {letter for letter in shown if shown.count(letter) > 1}
        return LetteredTerm(1, (LetteredPower(part),), repeated=part.repeated | diagonal)

    def _product(
        self, node: Einsum, letters: Indices, implied: Set[int] = frozenset()
    ) -> LetteredTerm:
        coefficient, rest = fold_constants(spliced(node, self.names))
        product, dims = contracted(rest), rest.dims
        pairs = [
            (factor_expr(factor, rest.operands, dims), factor.indices) for factor in product.factors
        ]
        absorbed = Absorbing(dims, product.output)
        absorbed.absorb(pairs)
        left = absorbed.product
        names = self._named(left, dims, letters)
        if coefficient == 0 and self.bare_ones:
            return LetteredTerm(0)
        forms = LetteredForms(names, self.part)
        kept_ones = {x for axis, x in enumerate(product.output) if axis not in implied}
        factors = [
            factor
            for one in absorbed.factors
            if not is_ones_vector(one.expr) or one.indices[0].index in kept_ones
            for factor in self._plain_ones(one.expr, forms.indices(one.indices))
        ]
        shown = left.subscripts.labels
        kept = [x for x in product.subscripts.summed if x in shown]
        summed = tuple(names[label] for label in kept)
        conditions = forms.conditions(absorbed.conditions, self.ranges)
        around = replace(self, contracted=self.contracted | set(summed))
        inside = around if len(factors) > 1 else self
        term = inside._quotient(coefficient, with_powers(factors, summed), letters, summed)
        if not self.selecting:
            return term
        inner = {names[label]: dims[label] for label in kept}
        return bounded(replace(term, conditions=conditions), inner)

    def _plain_ones(self, expr: Expr, letters: Indices) -> list[tuple[Expr, Indices]]:
        """Write ones at a shifted index as ones at each letter of it."""
        shown = tuple(dict.fromkeys(letters_in(letters)))
        if not is_ones_vector(expr) or shown == letters:
            return [(expr, letters)]
        dim = expr.shape[0]
        return [(Delta(self.ranges.get(letter, dim), 1), (letter,)) for letter in shown]

    def _quotient(
        self,
        coefficient: Number,
        factors: Sequence[LetteredFactor],
        letters: Indices,
        summed: Indices,
    ) -> LetteredTerm:
        above: list[LetteredPower] = []
        below: list[LetteredPower] = []
        # Numbers stand in front of tensors.
        for factor in sorted(factors, key=lambda one: bool(one.letters)):
            divisor = None if factor.expr in self.names else divisor_of(factor)
            shown = divisor or factor
            power = LetteredPower(self._factor(shown.expr, shown.letters), shown.exponent)
            (above if divisor is None else below).append(power)
        inner = repeated_in([power.base for power in (*above, *below)])
        counts = letter_counts(replace(factor, exponent=1) for factor in factors)
        own = {letter for letter in letters_in(letters) if counts[letter] > 1}
        return LetteredTerm(
            coefficient,
            tuple(above),
            tuple(below),
            needs_sum(summed, factors, self.names, inner),
            (inner - set(summed)) | own,
        )

    def _factor(self, expr: Expr, letters: Indices) -> Lettered:
        """Choose letters for a factor; a selector that stays is a delta of two indices."""
        return LetteredPart(expr, letters) if isinstance(expr, Affine) else self.part(expr, letters)

    def _named(
        self, product: Product, dims: Mapping[Label, Dim], output: tuple[Label | None, ...]
    ) -> dict[Label, Label]:
        """Choose letters for the labels of a product that are free, and take them."""
        lettering = Lettering(output, avoid=frozenset(self.taken), reserved=self.reserved)
        names = name_labels(product, dims, lettering)
        self.taken.update(names.values())
        self.ranges.update({names[label]: dims[label] for label in names})
        return names
