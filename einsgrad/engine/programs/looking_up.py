"""Look-ups in products: entries are taken at integers, or added up at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from einsgrad.engine.programs.actions import Lookup, ScatterSum
from einsgrad.engine.programs.index_arrays import IndexArrays
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.selector_products import SelectorProduct, Waiting
from einsgrad.engine.programs.steps import Held, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.programs.tensors import Agreement
from einsgrad.expressions.nodes import Pick
from einsgrad.expressions.selectors import Integers
from einsgrad.strings.subscripts import Label


class LookingUp:
    """Takes look-ups out of products.

    Parameters
    ----------
    steps, sums
        What makes steps, and writes terms out.
    integers
        What makes registers of indices.
    """

    def __init__(self, steps: Steps, sums: Sums, integers: IndexArrays) -> None:
        self._steps = steps
        self._sums = sums
        self._integers = integers

    def meet(self, product: SelectorProduct) -> bool:
        """Compare the integers of two look-ups into one label that is summed."""
        for one in _picks(product.waiting):
            target = one.indices[0]
            twins = [other for other in _picks(product.waiting) if other.indices[0] == target]
            if len(twins) < 2 or target in product.fixed(*twins) or _points_within(twins[:1]):
                continue
            first, second = (self._index(each) for each in twins[:2])
            shape = (*first.register.shape, *second.register.shape)
            tensor = Agreement(product.sizes[target])
            registers = (first.register, second.register)
            made = self._steps.fill(tensor, registers, shape, self._sums.dtype)
            product.waiting.remove(twins[1])
            product.factors.append(Held(made, (*first.indices, *second.indices)))
            return True
        return False

    def look_up(self, product: SelectorProduct) -> bool:
        """Take the entries of every factor that the look-ups point into."""
        picks = [
            one
            for one in _picks(product.waiting)
            if one.indices[0] not in product.fixed(one) and one.indices[0] not in one.indices[1:]
        ]
        if not picks:
            return False
        for one in picks:
            _contract_before(product, one)
        for place in range(len(product.factors)):
            self._look_up_in(product, place, picks)
        for one in picks:
            product.waiting.remove(one)
            product.gone.add(one.indices[0])
        return True

    def _look_up_in(self, product: SelectorProduct, place: int, picks: Sequence[Waiting]) -> None:
        """Take entries of one factor, at once where look-ups share labels."""
        for group in _groups(picks):
            own = [one for one in group if one.indices[0] in product.factors[place].indices]
            for part in _groups(own):
                product.factors[place] = self._looked_up(product.held(place), part, product)

    def _looked_up(self, factor: Held, picks: Sequence[Waiting], product: SelectorProduct) -> Held:
        indices = [self._index(one) for one in picks]
        pairs = zip(picks, indices, strict=True)
        looked = tuple((pick.indices[0], index.indices) for pick, index in pairs)
        action = Lookup.of(factor.indices, looked)
        registers = (factor.register, *(one.register for one in indices))
        shape = [product.sizes[x] for x in action.output]
        return Held(self._steps.select(action, registers, shape), action.output)

    def _index(self, one: Waiting) -> Held:
        """Return the integers of a look-up, their labels distinct."""
        assert isinstance(one.node, Pick)
        held = Held(self._integers.of(one.node), one.indices[1:])
        labels = tuple(dict.fromkeys(held.indices))
        if labels == held.indices:
            return held
        return Held(self._steps.contract((held,), labels), labels)

    def scatter(self, product: SelectorProduct) -> bool:
        """Add up what is summed over the labels of look-ups that point to labels that are kept."""
        for group in _groups(_picks(product.waiting)):
            labels = {x for one in group for x in one.indices[1:]}
            if not labels or labels & product.fixed(*group) or _points_within(group):
                continue
            # In factors that have the integers' labels too, the two labels are one.
            self._look_up_each(product, product.holders(labels), group)
            for one in group:
                product.waiting.remove(one)
            targets = [one.indices[0] for one in group]
            fixed = {*product.fixed(), *targets}
            held = product.gathered_along(sorted(labels, key=repr), fixed, targets)
            product.factors.append(self._scattered(product, held, group))
            product.gone |= labels
            return True
        return False

    def _look_up_each(
        self, product: SelectorProduct, places: Sequence[int], picks: Sequence[Waiting]
    ) -> None:
        """Take entries of some factors, by one look-up after the other."""
        for place in places:
            for one in picks:
                if one.indices[0] in product.factors[place].indices:
                    made = self._looked_up(product.held(place), [one], product)
                    product.factors[place] = made

    def _scattered(
        self, product: SelectorProduct, held: Held | None, group: Sequence[Waiting]
    ) -> Held:
        """Put entries, or add them up, at the places that look-ups point to."""
        own = tuple(dict.fromkeys(x for one in group for x in one.indices[1:]))
        rest = tuple(x for x in held.indices if x not in own) if held else ()
        distinct = all(x in product.output for x in own) or _are_distinct(group, product)
        # Ones that go to places of their own need not be written out.
        inputs = () if distinct and held is None else (*own, *rest)
        term = Term(1, held.register, held.indices, inputs) if held else Term(1, None, (), inputs)
        values = self._sums.array(term, [product.sizes[x] for x in inputs])
        targets = tuple(one.indices[0] for one in group)
        output = (*(x for x in own if x in product.output), *targets, *rest)
        indices = [self._index(one) for one in group]
        looked = tuple(zip(targets, (one.indices for one in indices), strict=True))
        action = ScatterSum(inputs, looked, output, distinct)
        registers = (values, *(one.register for one in indices))
        made = self._steps.select(action, registers, [product.sizes[x] for x in output])
        return Held(made, output)

    def is_last(self, product: SelectorProduct, one: Waiting) -> bool:
        """Tell whether a look-up may be applied to the whole product."""
        group = next(group for group in _groups(_picks(product.waiting)) if one in group)
        others = {
            x
            for other in product.waiting
            if other not in group and isinstance(other.node, Pick)
            for x in other.indices
        }
        bound = {
            x
            for other in product.waiting
            if not isinstance(other.node, Pick)
            for x in other.indices
            if x not in product.output
        }
        labels = {x for each in group for x in each.indices}
        targets = {each.indices[0] for each in group}
        return targets <= set(product.output) and not (
            labels & (others | bound) or _points_within(group)
        )

    def spread(self, product: SelectorProduct) -> None:
        """Put the product of all factors at the places that the remaining look-ups point to."""
        picks = _picks(product.waiting)
        if not picks:
            return
        targets = {one.indices[0] for one in picks}
        self._look_up_each(product, range(len(product.factors)), picks)
        own = {x for one in picks for x in one.indices[1:]}
        keep = {*product.output, *own} - targets
        places = range(len(product.factors))
        held = product.taken_out(places, product.kept(places, keep))
        for group in _groups(picks):
            held = self._scattered(product, held, group)
            product.gone |= {x for one in group for x in one.indices[1:] if x not in product.output}
        product.factors = [held] if held else []
        product.waiting = [one for one in product.waiting if one not in picks]


def _picks(waiting: Collection[Waiting]) -> list[Waiting]:
    return [one for one in waiting if isinstance(one.node, Pick)]


def _groups(picks: Sequence[Waiting]) -> list[list[Waiting]]:
    """Group look-ups whose integers share labels."""
    groups: list[tuple[set[Label], list[Waiting]]] = []
    for one in picks:
        labels = set(one.indices[1:])
        joined = [group for group in groups if group[0] & labels]
        groups = [group for group in groups if group not in joined]
        members = [each for group in joined for each in group[1]]
        groups.append((labels.union(*(group[0] for group in joined)), [*members, one]))
    return [members for _, members in groups]


def _points_within(group: Sequence[Waiting]) -> bool:
    """Tell whether a target is also a label of integers, or that of two look-ups."""
    targets = [one.indices[0] for one in group]
    labels = {x for one in group for x in one.indices[1:]}
    return bool(labels & set(targets)) or len(set(targets)) < len(targets)


def _are_distinct(group: Sequence[Waiting], product: SelectorProduct) -> bool:
    """Tell whether the integers are known, and none is there twice."""
    if len(group) > 1:
        return False
    (one,) = group
    assert isinstance(one.node, Pick)
    node = one.node.indices
    if not isinstance(node, Integers):
        return False
    size = max(product.sizes[one.indices[0]], 1)
    found = {entry % size for entry in node.entries}
    return len(found) == len(node.entries)


def _contract_before(product: SelectorProduct, one: Waiting) -> None:
    """Contract what a look-up points into with other factors, if that leaves less to look up."""
    target, labels = one.indices[0], one.indices[1:]
    if product.sizes[target] > product.size(labels):
        return
    fixed = {*product.fixed(one), *labels, target}
    places = product.connected([target], fixed)
    if len(places) < 2 or set(labels) & {x for k in places for x in product.factors[k].indices}:
        return
    kept = product.kept(places, fixed)
    before = sum(product.size(set(product.factors[k].indices)) for k in product.holders([target]))
    if product.size(kept) < before:
        made = product.taken_out(places, kept)
        assert made is not None
        product.factors.append(made)
