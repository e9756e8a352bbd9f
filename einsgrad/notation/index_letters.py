"""Letters for every part of a formula in index notation, and the sums that it needs to show.

All that is chosen is chosen here, from the outside in; nothing is written yet. Terms of a
sum may use the same letters, factors of a product may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.lettering import Lettering, name_labels
from einsgrad.expressions.nodes import (
    Add,
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
from einsgrad.expressions.products import contracted, fold_constants, is_ones_vector
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.notation.index_factors import (
    LetteredFactor,
    divisor_of,
    letter_counts,
    needs_sum,
    with_powers,
)
from einsgrad.notation.lettered import (
    Lettered,
    LetteredName,
    LetteredPart,
    LetteredPower,
    LetteredSum,
    LetteredTerm,
    repeated_in,
)
from einsgrad.notation.presentation import as_softmax, scalar_core
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
    """

    names: Mapping[Expr, str]
    bare_ones: bool
    taken: set[Label]

    def part(self, node: Expr, letters: Indices) -> Lettered:
        """Choose letters for a part, which is shown by its name if it has one."""
        if node in self.names:
            return LetteredName(self.names[node], letters)
        return self.whole(node, letters)

    def whole(self, node: Expr, letters: Indices) -> Lettered:
        """Choose letters for a part that is written in full, with these for its axes."""
        match node:
            case (
                Variable()
                | Constant()
                | Delta()
                | Affine()
                | Step()
                | Integers()
                | Fourier()
                | Pick()
                | Places()
            ):
                return LetteredPart(node, letters)
            case Einsum():
                return LetteredSum((self._product(node, letters, bare=False),))
            case Add():
                return self._sum(node, letters)
            case Map():
                return self._map(node, letters)
            case Reduce():
                return self._reduction(node, letters)
            case MatrixMap(operand=operand):
                return LetteredPart(node, letters, (self.part(operand, ()),))
            case _ as unreachable:
                assert_never(unreachable)

    def _map(self, node: Map, letters: Indices) -> Lettered:
        softmax = as_softmax(node)
        # On a diagonal, one letter would stand for the axis of the softmax and for another.
        if softmax is not None and letters.count(letters[softmax.axis]) == 1:
            argument = self.part(softmax.argument, letters)
            return LetteredPart(node, letters, (argument,), (letters[softmax.axis],))
        operands = (self.part(x, letters if x.shape else ()) for x in node.operands)
        return LetteredPart(node, letters, tuple(operands))

    def _reduction(self, node: Reduce, letters: Indices) -> Lettered:
        outer = iter(letters)
        axes = tuple(range(len(node.operand.shape)))
        fixed = tuple(None if axis in node.axes else next(outer) for axis in axes)
        dims: dict[Label, Dim] = dict(enumerate(node.operand.shape))
        names = self._named(Product((Factor(axes, 0),), axes), dims, fixed)
        operand = self.part(node.operand, tuple(names[axis] for axis in axes))
        return LetteredPart(node, letters, (operand,), tuple(names[axis] for axis in node.axes))

    def _sum(self, node: Add, letters: Indices) -> Lettered:
        spread = [scalar_core(term) is not None for term in node.terms]
        bare = self.bare_ones and not all(spread)
        terms, used = [], set(self.taken)
        for term, is_number in zip(node.terms, spread, strict=True):
            own = replace(self, taken=set(self.taken))
            terms.append(own._term(term, letters, bare=bare and is_number))
            used |= own.taken
        self.taken |= used
        return LetteredSum(tuple(terms))

    def _term(self, node: Expr, letters: Indices, *, bare: bool) -> LetteredTerm:
        """Choose letters for a term of a sum; `bare` leaves out vectors of ones."""
        if node not in self.names:
            if isinstance(node, Constant):
                return LetteredTerm(node.value)
            if isinstance(node, Einsum):
                return self._product(node, letters, bare=bare)
            if bare and is_ones_vector(node):
                return LetteredTerm(1)
        part = self.part(node, letters)
        # On a diagonal the term repeats a letter that it does not sum.
        diagonal = {letter for letter in letters if letters.count(letter) > 1}
        return LetteredTerm(1, (LetteredPower(part),), repeated=part.repeated | diagonal)

    def _product(self, node: Einsum, letters: Indices, *, bare: bool) -> LetteredTerm:
        coefficient, rest = fold_constants(node)
        product = contracted(rest)
        names = self._named(product, rest.dims, letters)
        if coefficient == 0 and self.bare_ones:
            return LetteredTerm(0)
        factors = [
            (factor_expr(factor, rest.operands, rest.dims), tuple(names[x] for x in factor.indices))
            for factor in product.factors
        ]
        if bare:
            factors = [(expr, indices) for expr, indices in factors if not is_ones_vector(expr)]
        summed = tuple(names[label] for label in product.subscripts.summed)
        return self._quotient(coefficient, with_powers(factors, summed), letters, summed)

    def _quotient(
        self,
        coefficient: Number,
        factors: Sequence[LetteredFactor],
        letters: Indices,
        summed: Indices,
    ) -> LetteredTerm:
        above: list[LetteredPower] = []
        below: list[LetteredPower] = []
        for factor in factors:
            divisor = None if factor.expr in self.names else divisor_of(factor)
            shown = divisor or factor
            power = LetteredPower(self.part(shown.expr, shown.letters), shown.exponent)
            (above if divisor is None else below).append(power)
        inner = repeated_in([power.base for power in (*above, *below)])
        counts = letter_counts(replace(factor, exponent=1) for factor in factors)
        own = {letter for letter in letters if counts[letter] > 1}
        return LetteredTerm(
            coefficient,
            tuple(above),
            tuple(below),
            needs_sum(summed, factors, self.names, inner),
            (inner - set(summed)) | own,
        )

    def _named(
        self, product: Product, dims: Mapping[Label, Dim], output: tuple[Label | None, ...]
    ) -> dict[Label, Label]:
        """Choose letters for the labels of a product that are free, and take them."""
        avoid = frozenset(letter for letter in self.taken if isinstance(letter, str))
        names = name_labels(product, dims, Lettering(output, avoid=avoid))
        self.taken.update(names.values())
        return names
