"""Einsums as steps: factors whose labels are joined, then contracted.

A delta, like any term that is spread, only says which labels are one; a fuse says which
axis is split into which; an inverse becomes the solution of a linear system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TypeGuard

from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.pairwise import Contractions
from einsgrad.engine.programs.selecting import Selecting
from einsgrad.engine.programs.selector_products import SelectorProduct, Waiting
from einsgrad.engine.programs.solving import HeldFactor, LazyInverse, Solving, is_lazy
from einsgrad.engine.programs.steps import Held, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.expressions.nodes import Constant, Einsum, Expr, MatrixMap, Number, Pick
from einsgrad.expressions.products import folds
from einsgrad.expressions.selecting import is_joining
from einsgrad.expressions.selectors import Delta, Fourier, Step
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label


@dataclass(slots=True)
class Gathered:
    """What the operands of an einsum consist of.

    Parameters
    ----------
    joins
        Which labels are one.
    factors
        The registers, and the inverses that are not formed.
    selectors
        The steps, the transforms and the look-ups.
    fuses
        The labels of each fuse: the joined axis, then its parts.
    coefficient
        The product of the coefficients.
    """

    joins: Joins[Label] = field(default_factory=Joins)
    factors: list[HeldFactor] = field(default_factory=list)
    selectors: list[Waiting] = field(default_factory=list)
    fuses: list[Indices] = field(default_factory=list)
    coefficient: Number = 1

    def add(self, place: int, indices: Indices, term: Term) -> None:
        """Add an operand: its number, its register, and which labels its pattern joins."""
        self.coefficient = self.coefficient * term.coefficient
        for label, own in zip(indices, term.classes, strict=True):
            self.joins.join(label, (place, own))
        if term.core is not None:
            held = tuple((place, own) for own in term.held)
            self.factors.append(Held(term.core, held))


class Einsums:
    """Lowers einsums.

    Parameters
    ----------
    steps
        The steps so far.
    sums
        What writes terms out as arrays.
    contractions
        What contracts registers.
    solving
        What makes registers of inverses.
    values
        The values of the operands.
    selecting
        What takes selectors out of products.
    """

    def __init__(
        self,
        steps: Steps,
        sums: Sums,
        contractions: Contractions,
        solving: Solving,
        values: NodeValues,
        selecting: Selecting,
    ) -> None:
        self._steps = steps
        self._sums = sums
        self._contractions = contractions
        self._solving = solving
        self._values = values
        self._selecting = selecting

    def lower(self, node: Einsum) -> Term:
        """Return the value of an einsum."""
        gathered = self._gathered(node)
        find = gathered.joins.find
        sizes = {find(label): self._values.size(dim) for label, dim in node.dims.items()}
        splits = {find(one[0]): tuple(map(find, one[1:])) for one in gathered.fuses}
        output = tuple(map(find, node.subscripts.output))
        spread = _split(output, splits)
        factors = [self._factor(factor, gathered, splits, sizes) for factor in gathered.factors]
        product = self._eliminated(factors, gathered, spread, sizes)
        factors = product.factors
        present = {x for factor in factors for x in factor.indices} | set(spread) | set(splits)
        present |= product.gone
        times = prod(size for label, size in sizes.items() if label not in present)
        times *= prod(self._values.size(one.dim) for one in node.operands if _is_size(one))
        # A sum of no terms is 0, also where each would be infinite.
        held = factors if times else []
        value = self._contracted(held, gathered.coefficient * times, spread, sizes)
        if spread == output:
            return value
        joined = self._sums.array(value, [sizes[x] for x in spread])
        order = tuple(range(len(spread)))
        return Term.of(self._steps.reshape(joined, order, [sizes[x] for x in output]))

    def _eliminated(
        self,
        factors: list[HeldFactor],
        gathered: Gathered,
        output: Indices,
        sizes: Mapping[Label, int],
    ) -> SelectorProduct:
        """Take the selectors out of a product."""
        find = gathered.joins.find
        waiting = [Waiting(one.node, tuple(map(find, one.indices))) for one in gathered.selectors]
        product = SelectorProduct(
            factors, waiting, output, sizes, self._solving.formed, self._held_product
        )
        if waiting:
            self._selecting.eliminate(product)
        return product

    def _held_product(
        self, factors: Sequence[HeldFactor], kept: Indices, sizes: Mapping[Label, int]
    ) -> Held:
        arrays = self._solving.solved(factors, kept, sizes)
        return self._contractions.contract(arrays, kept, sizes)

    def _gathered(self, node: Einsum) -> Gathered:
        """Collect registers, numbers and joined labels from the operands."""
        numbers = [one.value for one in node.operands if isinstance(one, Constant)]
        gathered = Gathered(coefficient=prod(numbers))
        for place, (indices, operand) in enumerate(
            zip(node.subscripts.inputs, node.operands, strict=True)
        ):
            if _is_size(operand):
                continue
            if is_joining(operand) and all(one[0] != indices[0] for one in gathered.fuses):
                gathered.fuses.append(indices)
            elif isinstance(operand, Step | Pick | Fourier):
                gathered.selectors.append(Waiting(operand, indices))
            elif isinstance(operand, MatrixMap) and is_lazy(operand):
                matrix = self._values.matrix(operand)
                gathered.factors.append(LazyInverse(matrix, indices, operand))
            else:
                gathered.add(place, indices, self._moved(operand, gathered.coefficient))
        return gathered

    def _moved(self, operand: Expr, number: Number) -> Term:
        """Return the value of a factor; its coefficient only if it may join the product's."""
        term = self._values.of(operand)
        if isinstance(operand, Constant):
            return Term(1, None, (), ())
        return term if folds(term.coefficient, number) else self._sums.scaled(term)

    def _factor(
        self,
        factor: HeldFactor,
        gathered: Gathered,
        splits: Mapping[Label, Indices],
        sizes: Mapping[Label, int],
    ) -> HeldFactor:
        """Give a factor the joined labels, and view every axis that a fuse joins as its parts."""
        indices = tuple(map(gathered.joins.find, factor.indices))
        parts = _split(indices, splits)
        if isinstance(factor, LazyInverse):
            factor = LazyInverse(factor.matrix, indices, factor.node)
            if parts == indices:
                return factor
            factor = self._solving.formed(factor)
        if parts == indices:
            return Held(factor.register, indices)
        order = tuple(range(len(indices)))
        viewed = self._steps.reshape(factor.register, order, [sizes[x] for x in parts])
        return Held(viewed, parts)

    def _contracted(
        self,
        factors: Sequence[HeldFactor],
        coefficient: Number,
        output: Indices,
        sizes: Mapping[Label, int],
    ) -> Term:
        arrays = self._solving.solved(factors, output, sizes)
        if not arrays:
            return Term(coefficient, None, (), output)
        held = {x for array in arrays for x in array.indices}
        kept = tuple(x for x in dict.fromkeys(output) if x in held)
        result = self._contractions.contract(arrays, kept, sizes)
        return Term(coefficient, result.register, result.indices, output)


def _is_size(expr: Expr) -> TypeGuard[Delta]:
    """Tell whether an operand is the size of a dim, the sum of as many ones."""
    return isinstance(expr, Delta) and not expr.order


def _split(indices: Indices, splits: Mapping[Label, Indices]) -> Indices:
    """Replace the labels of fused axes by those of their parts."""
    if not splits:
        return indices
    return tuple(part for x in indices for part in splits.get(x, (x,)))
