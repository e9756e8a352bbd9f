"""Contractions of many registers: a pair at a time, in an order that is found for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from einsgrad.engine.contractions.contraction import plan_for
from einsgrad.engine.contractions.matrices import VIEW
from einsgrad.engine.programs.branches import Consumer, consumer_of, grown, without_results
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.ordering import order_pairs
from einsgrad.engine.programs.reuse import Computed, PartKeys
from einsgrad.engine.programs.slicing import contract_in_slices, labels_of_windows
from einsgrad.engine.programs.steps import Held
from einsgrad.orders.others import Optimizer
from einsgrad.strings.subscripts import Indices, Label


class Contractions:
    """Contracts registers; parts that other contractions have computed are used again.

    Parameters
    ----------
    steps
        The steps so far.
    memory_limit
        The most bytes that a contraction of many operands may take.
    optimize
        What finds the order of contractions of three and more operands; by default this
        package's own search.
    """

    def __init__(
        self, steps: Steps, memory_limit: int | None = None, optimize: Optimizer | None = None
    ) -> None:
        self._steps = steps
        self._memory_limit = memory_limit
        self._optimize = optimize
        self._computed = Computed()

    def contract(
        self, factors: Sequence[Held], output: Indices, sizes: Mapping[Label, int]
    ) -> Held:
        """Contract registers over the labels that the output lacks.

        The result has its labels in an order that needs no transpose, the output's where
        there is a choice.
        """
        factors = self._prepared(factors, output, sizes)
        if self._memory_limit is not None and len(factors) > 1:
            limit = self._memory_limit
            if whole := contract_in_slices(self._steps, factors, output, sizes, limit):
                return whole
        return self._grown(factors, output, sizes)[-1]

    def last_pair(
        self, factors: Sequence[Held], output: Indices, sizes: Mapping[Label, int]
    ) -> tuple[Held, Held]:
        """Contract registers until two are left, whose product is the whole."""
        first, second = self._grown(self._prepared(factors, output, sizes), output, sizes, 2)
        return first, second

    def _prepared(
        self, factors: Sequence[Held], output: Indices, sizes: Mapping[Label, int]
    ) -> list[Held]:
        """Give factors one dtype, and sum over the labels that one alone has."""
        factors = self._promoted(factors)
        holders = Counter(x for factor in factors for x in set(factor.indices))
        return [self._alone(factor, holders, output, sizes) for factor in factors]

    def _grown(
        self,
        factors: Sequence[Held],
        output: Indices,
        sizes: Mapping[Label, int],
        left: int = 1,
    ) -> list[Held]:
        """Contract the pairs of the best tree, but for those whose products are known.

        One product is left, or the two parts of the last.
        """
        keys, computed = PartKeys(factors, output), self._computed
        lists = [factor.indices for factor in factors]
        pairs = order_pairs(lists, output, sizes, lambda: computed.within(keys), self._optimize)
        branches = grown(factors, pairs)
        for branch in branches[len(factors) :]:
            branch.result = computed.find(branch.members, keys)
        wanted = list(branches[-1].parts) if left > 1 else branches[-1:]
        for branch in without_results(branches, wanted):
            first, second = (part.result for part in branch.parts)
            assert first is not None
            assert second is not None
            branch.result = self._pair(first, second, output, sizes, consumer_of(branch, keys))
            computed.keep(branch.result, branch.members, keys)
        return [branch.result for branch in wanted if branch.result is not None]

    def _promoted(self, factors: Sequence[Held]) -> list[Held]:
        """Convert integers to the common dtype first, in which `numpy.einsum` adds them."""
        common = np.result_type(*(factor.register.dtype for factor in factors))
        promoted = []
        for factor in factors:
            own = factor.register
            if own.dtype.kind in "biu":
                own = self._steps.cast(own, common)
            promoted.append(Held(own, factor.indices))
        return promoted

    def _alone(
        self,
        factor: Held,
        holders: Mapping[Label, int],
        output: Indices,
        sizes: Mapping[Label, int],
    ) -> Held:
        """Take diagonals, and sum over labels that no other factor has."""
        kept = tuple(x for x in dict.fromkeys(factor.indices) if holders[x] > 1 or x in output)
        if kept == factor.indices:
            return factor
        order = plan_for([factor.indices], kept, sizes, factor.register.dtype.kind).output
        return Held(self._steps.contract((factor,), order), order)

    def _pair(
        self,
        first: Held,
        second: Held,
        output: Indices,
        sizes: Mapping[Label, int],
        consumer: Consumer | None,
    ) -> Held:
        """Contract two registers into the output's order, or one that the consumer takes best."""
        lists = [first.indices, second.indices]
        kind = np.result_type(first.register.dtype, second.register.dtype).kind
        if consumer is None:
            order = plan_for(lists, output, sizes, kind).output
        else:
            calls = [plan_for(lists, order, sizes, kind) for order in consumer.orders()]
            prices = [
                consumer.price(call.output, sizes) + VIEW / 2 * call.transposes for call in calls
            ]
            order = calls[prices.index(min(prices))].output
        if looped := labels_of_windows(self._steps, (first, second), order, sizes):
            sliced = self._steps.slice_up((first, second), order, looped, ((0, 1),))
            return Held(sliced, order)
        return Held(self._steps.contract((first, second), order), order)
