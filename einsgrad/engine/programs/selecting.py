"""Steps, transforms and look-ups in products, without their matrices.

A selector is linear along one label: what is summed over that label is contracted first,
then summed up, transformed or looked up along it. What is left at the end bounds, or spreads,
the labels of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from einsgrad.engine.programs.actions import (
    FastTransform,
    RunningSum,
    Triangle,
)
from einsgrad.engine.programs.index_arrays import IndexArrays
from einsgrad.engine.programs.looking_up import LookingUp
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.selector_products import SelectorProduct, Waiting
from einsgrad.engine.programs.steps import Held, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.expressions.nodes import Pick
from einsgrad.expressions.selectors import Fourier, Step
from einsgrad.strings.subscripts import Label


class Selecting:
    """Takes selectors out of products.

    Parameters
    ----------
    steps, sums, values
        What makes steps, writes terms out, and knows the values of nodes.
    integers
        What makes registers of indices.
    """

    def __init__(self, steps: Steps, sums: Sums, values: NodeValues, integers: IndexArrays) -> None:
        self._steps = steps
        self._sums = sums
        self._values = values
        self._looking_up = LookingUp(steps, sums, integers)

    def eliminate(self, product: SelectorProduct, *, partly: bool = False) -> None:
        """Replace the selectors of a product by factors without them.

        Parameters
        ----------
        product
            The product.
        partly
            Whether selectors stay for which there is no rule as yet; otherwise these are
            written out.
        """
        rules: Sequence[Callable[[SelectorProduct], bool]] = (
            self._bound,
            self._looking_up.meet,
            self._looking_up.look_up,
            self._along,
            self._looking_up.scatter,
        )
        for one in list(product.waiting):
            if isinstance(one.node, Step) and one.indices[0] == one.indices[1]:
                self._put_on_diagonal(product, one)
        while product.waiting:
            if any(rule(product) for rule in rules):
                continue
            odd = [one for one in product.waiting if not self._is_last(product, one)]
            if not odd:
                break
            if partly:
                return
            self._fill(product, min(odd, key=lambda one: product.size(one.indices)))
        if product.waiting:
            self._finish(product)

    def _is_last(self, product: SelectorProduct, one: Waiting) -> bool:
        """Tell whether a selector may be applied to the whole product."""
        if isinstance(one.node, Step):
            both = all(product.holders([x]) for x in one.indices)
            return both and set(one.indices) <= set(product.output)
        return isinstance(one.node, Pick) and self._looking_up.is_last(product, one)

    def _fill(self, product: SelectorProduct, one: Waiting) -> None:
        """Write a selector out: nothing better is known."""
        register = self._values.of(one.node).register
        product.waiting.remove(one)
        product.factors.append(Held(register, one.indices))

    def _put_on_diagonal(self, product: SelectorProduct, one: Waiting) -> None:
        """Drop a step whose labels are one: it is 1, or the product 0."""
        assert isinstance(one.node, Step)
        if self._values.number(one.node.offset) > 0:
            self._fill(product, one)
        else:
            product.waiting.remove(one)

    def _bound(self, product: SelectorProduct) -> bool:
        """Apply a step to the smallest factor that has both of its labels."""
        for one in product.waiting:
            if not isinstance(one.node, Step):
                continue
            both = [
                k for k in product.holders(one.indices[:1]) if k in product.holders(one.indices[1:])
            ]
            if both:
                least = min(both, key=lambda k: product.size(set(product.factors[k].indices)))
                product.factors[least] = self._triangle(product.held(least), one)
                product.waiting.remove(one)
                return True
        return False

    def _triangle(self, factor: Held, one: Waiting) -> Held:
        assert isinstance(one.node, Step)
        offset = self._values.number(one.node.offset)
        rows, columns = map(factor.indices.index, one.indices)
        register = factor.register
        action = Triangle(rows, columns, offset)
        made = self._steps.select(action, (register,), register.shape)
        return Held(made, factor.indices)

    def _along(self, product: SelectorProduct) -> bool:
        """Replace a step or a transform with what is summed over one of its labels."""
        choices = [
            (one, place)
            for one in product.waiting
            if not isinstance(one.node, Pick) and one.indices[0] != one.indices[1]
            for place in (1, 0)
            if one.indices[place] not in product.fixed(one) and not self._is_mixed(product, one)
        ]
        if not choices:
            return False
        one, place = min(choices, key=lambda choice: self._length(product, *choice))
        if isinstance(one.node, Step) and self._has_product(product, one, one.indices[place]):
            return True
        summed, kept = one.indices[place], one.indices[1 - place]
        product.waiting.remove(one)
        held = product.gathered_along([summed], {kept, *product.fixed()}, [kept])
        if held is None:
            ones = Term(1, None, (), (0,))
            held = Held(self._sums.array(ones, [product.sizes[summed]]), (summed,))
        product.factors.append(self._moved_along(product, held, one, place))
        product.gone.add(summed)
        return True

    def _is_mixed(self, product: SelectorProduct, one: Waiting) -> bool:
        """Tell whether a factor has both labels of a transform: then it is no transform."""
        return any(set(one.indices) <= set(factor.indices) for factor in product.factors)

    def _length(self, product: SelectorProduct, one: Waiting, place: int) -> int:
        places = product.holders([one.indices[place]])
        return product.size(product.kept(places, product.fixed()))

    def _has_product(self, product: SelectorProduct, one: Waiting, summed: Label) -> bool:
        """Contract two factors if their product is smaller than what would be summed up."""
        rows, columns = one.indices
        fixed = product.fixed()
        pairs = [(a, b) for a in product.holders([rows]) for b in product.holders([columns])]
        sizes = [product.size(product.kept(pair, fixed)) for pair in pairs]
        joined = product.kept(product.holders([summed]), fixed)
        if not pairs or min(sizes) > product.size(joined):
            return False
        pair = pairs[sizes.index(min(sizes))]
        if len(pair) < 2 or not set(product.factors[pair[0]].indices) & set(
            product.factors[pair[1]].indices
        ):
            return False
        kept = product.kept(pair, fixed)
        made = product.taken_out(pair, kept)
        assert made is not None
        product.factors.append(made)
        return True

    def _moved_along(self, product: SelectorProduct, held: Held, one: Waiting, place: int) -> Held:
        summed, kept = one.indices[place], one.indices[1 - place]
        axis = held.indices.index(summed)
        labels = (*held.indices[:axis], kept, *held.indices[axis + 1 :])
        shape = [product.sizes[x] for x in labels]
        node = one.node
        if isinstance(node, Fourier):
            action: FastTransform | RunningSum = FastTransform(axis, node.conjugated)
        else:
            assert isinstance(node, Step)
            size, offset = product.sizes[kept], self._values.number(node.offset)
            if place == 0:
                # Counted from the end, the columns are rows.
                offset += size - product.sizes[summed]
            action = RunningSum(axis, size, offset, place == 0)
        return Held(self._steps.select(action, (held.register,), shape), labels)

    def _finish(self, product: SelectorProduct) -> None:
        """Contract all factors, then spread and bound the result."""
        steps = [one for one in product.waiting if isinstance(one.node, Step)]
        self._looking_up.spread(product)
        labels = product.kept(range(len(product.factors)), product.output)
        held = product.taken_out(range(len(product.factors)), labels)
        assert held is not None
        for one in steps:
            held = self._triangle(held, one)
        product.waiting = []
        product.factors = [held]
