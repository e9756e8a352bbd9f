"""Einsums as steps: factors whose labels are joined, then contracted.

A delta, like any term that is spread, only says which labels are one; a selector says which
label is an affine form of others; an inverse becomes the solution of a linear system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import prod
from typing import TypeGuard

from einsgrad.engine.programs.affine_axes import (
    AffineAxis,
    Room,
    affine_axes,
    both_ways,
    label_sizes,
    labels_in,
    labels_to_loop_over,
)
from einsgrad.engine.programs.elimination import Elimination
from einsgrad.engine.programs.gathered import Gathered
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.pairwise import Contractions
from einsgrad.engine.programs.selecting import Selecting
from einsgrad.engine.programs.selector_products import SelectorProduct, Waiting, looked_up_twice
from einsgrad.engine.programs.solving import HeldFactor, LazyInverse, Solving, is_lazy
from einsgrad.engine.programs.steps import Held, Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.programs.tensors import InRange
from einsgrad.expressions.index_forms import IndexForm
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
        return self._solved(gathered, product, output, sizes, gathered.coefficient, times)

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
        term = self._solved(gathered, first, first.output, own, gathered.coefficient, times)
        number = term.coefficient if term.core is not None else 1
        if term.core is not None:
            term = replace(term, coefficient=1)
        array = self._sums.array(term, [sizes[x] for x in first.output])
        rest = replace(product, factors=[Held(array, first.output)], output=output, gone=set())
        self._selecting.eliminate(rest)
        rest.gone |= product.gone | {x for x in own if x not in first.output}
        return self._solved(replace(gathered, equations=[]), rest, output, sizes, number, 1)

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

    def _solved(
        self,
        gathered: Gathered,
        product: SelectorProduct,
        output: Indices,
        sizes: Mapping[Label, int],
        coefficient: Number,
        times: int,
    ) -> Term:
        """Contract what is left of a product, its axes seen through affine selectors.

        It is added up as many times as are given, and for each value of a label that is left.
        """
        factors = product.factors
        system = gathered.eliminated(factors, sizes, output)
        shape = [sizes[x] for x in output]
        if system is None:
            classes = output
        elif system.is_empty:
            return Term(0, None, (), tuple(range(len(output))))
        else:
            sizes = {x: size for x, size in system.sizes.items() if x not in system.forms}
            factors = [self._seen(one, system) for one in factors]
            factors += [self._mask(form, end, system) for form, end in system.bounds]
            classes = tuple(system.axis(x) or x for x in output)
        spread = labels_in(classes)
        present = {x for factor in factors for x in factor.indices} | set(spread) | product.gone
        times *= prod(size for label, size in sizes.items() if label not in present)
        # A sum of no terms is 0, also where each would be infinite.
        held = factors if times else []
        arrays = self._solving.solved(held, spread, sizes)
        value = self._contracted(arrays, coefficient * times if times else 0, classes, shape, sizes)
        return self._joined(value, shape) if value.is_spread and classes != output else value

    def _joined(self, term: Term, shape: Sequence[int]) -> Term:
        """Write a term whose affine axes are all joined of others, which a reshape does."""
        pairs = list(zip(term.classes, shape, strict=True))
        if not all(axis.is_whole(n) for axis, n in pairs if isinstance(axis, AffineAxis)):
            return term
        sizes = label_sizes(term.classes, shape)
        parts = tuple(
            x
            for one in term.classes
            for x in (one.labels if isinstance(one, AffineAxis) else (one,))
        )
        joined = self._sums.array(replace(term, classes=parts), [sizes[x] for x in parts])
        order = tuple(range(len(parts)))
        return Term.of(self._steps.reshape(joined, order, shape))

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
            factors, waiting, output, sizes, self._solving.formed, self._held_product
        )
        if waiting:
            self._selecting.eliminate(product, partly=bool(gathered.equations))
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

    def _seen(self, factor: HeldFactor, system: Elimination) -> HeldFactor:
        """Give a factor the labels that are left, and see the axes of others through them."""
        if not any(x in system.forms for x in factor.indices):
            return factor
        if isinstance(factor, LazyInverse):
            factor = self._solving.formed(factor)
        classes = tuple(system.axis(x) or x for x in factor.indices)
        return self._steps.window(factor.register, affine_axes(classes, factor.register.shape))

    def _mask(self, form: IndexForm, end: int, system: Elimination) -> Held:
        """Write out where a form is in range, if nothing else keeps it there."""
        axis = system.as_axis(form)
        tensor = InRange(axis.strides, axis.offset, end)
        return Held(self._steps.fill(tensor, (), axis.sizes, self._sums.dtype), axis.labels)

    def _contracted(
        self,
        arrays: Sequence[Held],
        coefficient: Number,
        classes: Indices,
        shape: Sequence[int],
        sizes: Mapping[Label, int],
    ) -> Term:
        """Contract arrays over the labels that no axis of the result has."""
        if not arrays:
            return Term(coefficient, None, (), classes)
        held = {x for array in arrays for x in array.indices}
        kept = tuple(x for x in labels_in(classes) if x in held)
        if len(arrays) == 1 or not any(isinstance(one, AffineAxis) for one in classes):
            looped: Indices = ()
        else:
            looped = labels_to_loop_over(affine_axes(classes, shape), sizes)
        if looped and held.issuperset(labels_in(classes)):
            total = self._added_up(arrays, classes, looped, shape, sizes)
            return replace(Term.of(total), coefficient=coefficient)
        result = self._contractions.contract(arrays, kept, sizes)
        return Term(coefficient, result.register, result.indices, classes)

    def _added_up(
        self,
        arrays: Sequence[Held],
        classes: Indices,
        looped: Indices,
        shape: Sequence[int],
        sizes: Mapping[Label, int],
    ) -> Register:
        """Add products up where they come to one place, so that they never stand side by side."""
        room = Room.of(classes, shape)
        pair = self._contractions.last_pair(arrays, labels_in(classes), sizes)
        total = self._steps.slice_up(pair, room.classes, looped, ((0, 1),), room.shape)
        if room.shape == tuple(shape):
            return total
        return self._steps.window(total, room.part).register


def _is_size(expr: Expr) -> TypeGuard[Delta]:
    """Tell whether an operand is the size of a dim, the sum of as many ones."""
    return isinstance(expr, Delta) and not expr.order
