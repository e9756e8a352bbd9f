"""Einsums as steps: factors whose labels are joined, then contracted.

A delta, like any term that is spread, only says which labels are one; a selector says which
label is an affine form of others; an inverse becomes the solution of a linear system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from math import prod
from typing import TypeGuard

from einsgrad.engine.programs.affine_axes import AffineAxis, affine_axes, both_ways
from einsgrad.engine.programs.contracting import Contracting
from einsgrad.engine.programs.gathered import Gathered
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.selecting import Selecting
from einsgrad.engine.programs.selector_products import SelectorProduct, Waiting, looked_up_twice
from einsgrad.engine.programs.solving import HeldFactor, LazyInverse, Solving, is_lazy
from einsgrad.engine.programs.steps import Held, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.expressions.nodes import Constant, Einsum, Expr, MatrixMap, Number, Pick
from einsgrad.expressions.products import folds
from einsgrad.expressions.selectors import Delta, Fourier, Step
from einsgrad.strings.subscripts import Indices, Label


class Einsums:
    """Lowers einsums.

    Parameters
    ----------
    steps
        The steps so far.
    sums
        What writes terms out as arrays.
    solving
        What makes registers of inverses.
    values
        The values of the operands.
    selecting
        What takes selectors out of products.
    contracting
        What contracts the rest of them.
    """

    def __init__(
        self,
        steps: Steps,
        sums: Sums,
        solving: Solving,
        values: NodeValues,
        selecting: Selecting,
        contracting: Contracting,
    ) -> None:
        self._steps = steps
        self._sums = sums
        self._solving = solving
        self._values = values
        self._selecting = selecting
        self._contracting = contracting

    def lower(self, node: Einsum) -> Term:
        """Return the value of an einsum."""
        gathered = self._gathered(node)
        find = gathered.joins.find
        sizes = {find(label): self._values.size(dim) for label, dim in node.dims.items()}
        output = tuple(map(find, node.subscripts.output))
        sizes |= gathered.equated_sizes()
        factors = [self._factor(one, find) for one in gathered.factors]
        if gathered.equations and gathered.selectors:
            for equation, label in list(self._before_look_ups(factors, gathered, output, sizes)):
                del sizes[label]
                gathered.equations.remove(equation)
        product = self._without_selectors(factors, gathered, (*output, *gathered.equated), sizes)
        times = prod(self._values.size(one.dim) for one in node.operands if _is_size(one))
        if product.waiting:
            return self._with_waiting(gathered, product, output, sizes, times)
        return self._contracting.term(gathered, product, output, sizes, gathered.coefficient, times)

    def _with_waiting(
        self,
        gathered: Gathered,
        product: SelectorProduct,
        output: Indices,
        sizes: Mapping[Label, int],
        times: int,
    ) -> Term:
        """Take out selectors that meet affine forms: once the product without them is written."""
        first = product.without_waiting(output, gathered.equated)
        own = {x: size for x, size in sizes.items() if x in first.labels(gathered.equated)}
        term = self._contracting.term(
            gathered, first, first.output, own, gathered.coefficient, times
        )
        number = term.coefficient if term.core is not None else 1
        if term.core is not None:
            term = replace(term, coefficient=1)
        array = self._sums.array(term, [sizes[x] for x in first.output])
        rest = replace(product, factors=[Held(array, first.output)], output=output, gone=set())
        self._selecting.eliminate(rest)
        rest.gone |= product.gone | {x for x in own if x not in first.output}
        return self._contracting.term(
            replace(gathered, equations=[]), rest, output, sizes, number, 1
        )

    def _before_look_ups(
        self,
        factors: list[HeldFactor],
        gathered: Gathered,
        output: Indices,
        sizes: Mapping[Label, int],
    ) -> Iterator[tuple[tuple[Label, AffineAxis], Label]]:
        """See a factor through the selectors whose labels a look-up would give it again.

        Its entries are looked up along the axis that it has then, not for each of its places.
        """
        find = gathered.joins.find
        looked = [tuple(map(find, one.indices)) for one in gathered.selectors]
        uses = Counter(chain(output, *looked, gathered.equated))
        for equation in list(gathered.equations):
            named = find(equation[0]), equation[1].renamed(find)
            for label, axis in both_ways(*named, sizes):
                is_alone = uses[label] == 1
                place = looked_up_twice(factors, label, axis, looked) if is_alone else None
                if place is not None:
                    factors[place] = self._seen_along(factors[place], label, axis)
                    uses -= Counter((named[0], *named[1].labels))
                    yield equation, label
                    break

    def _seen_along(self, factor: HeldFactor, label: Label, axis: AffineAxis) -> Held:
        """See one axis of a factor through a form of other labels."""
        assert isinstance(factor, Held)
        classes = tuple(axis if x == label else x for x in factor.indices)
        return self._steps.window(factor.register, affine_axes(classes, factor.register.shape))

    def _without_selectors(
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
            factors, waiting, output, sizes, self._solving.formed, self._contracting.held
        )
        if waiting:
            self._selecting.eliminate(product, partly=bool(gathered.equations))
        return product

    def _gathered(self, node: Einsum) -> Gathered:
        """Collect registers, numbers and joined labels from the operands."""
        numbers = [one.value for one in node.operands if isinstance(one, Constant)]
        gathered = Gathered(coefficient=prod(numbers))
        for place, (indices, operand) in enumerate(
            zip(node.subscripts.inputs, node.operands, strict=True)
        ):
            if _is_size(operand):
                continue
            if isinstance(operand, Step | Pick | Fourier):
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

    def _factor(self, factor: HeldFactor, find: Callable[[Label], Label]) -> HeldFactor:
        """Give a factor the joined labels."""
        indices = tuple(map(find, factor.indices))
        if isinstance(factor, LazyInverse):
            return LazyInverse(factor.matrix, indices, factor.node)
        return Held(factor.register, indices)


def _is_size(expr: Expr) -> TypeGuard[Delta]:
    """Tell whether an operand is the size of a dim, the sum of as many ones."""
    return isinstance(expr, Delta) and not expr.order
