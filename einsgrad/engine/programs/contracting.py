"""Contractions of many registers as steps: pairs in an order, slices where memory is short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.contractions.contraction import plan_for
from einsgrad.engine.contractions.matrices import VIEW
from einsgrad.engine.programs.adding import Adding, DType
from einsgrad.engine.programs.ordering import order_pairs
from einsgrad.engine.programs.reuse import Array, Consumer, PartKeys, consumer_of
from einsgrad.engine.programs.steps import Combine, Contract, Register, Sliced, Term
from einsgrad.errors import ArgumentError
from einsgrad.orders.others import Optimizer
from einsgrad.orders.paths import find_path, peak, sliced
from einsgrad.strings.subscripts import Indices, Label


class Contracting(Adding):
    """Contracts registers; parts that other products have computed are used again.

    Parameters
    ----------
    dtype
        The dtype of arrays that are made of deltas and numbers alone.
    memory_limit
        The most bytes that a contraction of many operands may take.
    optimize
        What finds the order of contractions of three and more operands; by default this
        package's own search.
    """

    def __init__(
        self, dtype: DType, memory_limit: int | None = None, optimize: Optimizer | None = None
    ) -> None:
        super().__init__(dtype)
        self.memory_limit = memory_limit
        self.optimize = optimize
        self._parts: dict[Any, tuple[Register, tuple[Any, ...]]] = {}

    def contract(
        self, arrays: Sequence[Array], output: Indices, sizes: Mapping[Label, int]
    ) -> Array:
        """Contract registers over the labels that the output lacks.

        Returns
        -------
        Register and its labels
            In an order that needs no transpose, the output's where there is a choice.
        """
        arrays = self._promoted(arrays)
        arrays = [self._alone(arrays, place, output, sizes) for place in range(len(arrays))]
        lists = [indices for _, indices in arrays]
        if self.memory_limit is not None and len(arrays) > 1:
            whole = self._within_limit(arrays, output, sizes)
            if whole is not None:
                return whole, output
        keys = PartKeys(arrays, output)
        pairs = self._pairs(lists, output, sizes, keys)
        members = _members(len(arrays), pairs)
        results: list[Array | None] = [*arrays, *(self._known(part, keys) for part in members)]
        members = [*(frozenset([place]) for place in range(len(arrays))), *members]
        needed = _needed(pairs, results)
        for number, (one, other) in enumerate(pairs, len(arrays)):
            if number not in needed or results[number] is not None:
                continue
            first, second = results[one], results[other]
            assert first is not None
            assert second is not None
            last = number == len(results) - 1
            consumer = None if last else consumer_of(number, pairs, members, results, keys)
            made = self.pair(first, second, output, sizes, consumer)
            self._remember(made, members[number], keys)
            results[number] = made
        result = results[-1]
        assert result is not None
        return result

    def _pairs(
        self, lists: Sequence[Indices], output: Indices, sizes: Mapping[Label, int], keys: PartKeys
    ) -> Sequence[tuple[int, int]]:
        """Find the order in which to contract."""
        return order_pairs(
            lists, output, sizes, lambda part: keys.of(part) in self._parts, self.optimize
        )

    def _known(self, part: frozenset[int], keys: PartKeys) -> Array | None:
        """Return the product of some factors if another product has computed it."""
        known = self._parts.get(keys.of(part))
        return None if known is None else (known[0], keys.labels(known[1], part))

    def _remember(self, made: Array, part: frozenset[int], keys: PartKeys) -> None:
        key = keys.of(part)
        if key is not None:
            self._parts[key] = made[0], keys.names(made[1], part)

    def _within_limit(
        self, arrays: Sequence[Array], output: Indices, sizes: Mapping[Label, int]
    ) -> Register | None:
        """Contract in slices if the intermediates would take more memory than allowed."""
        assert self.memory_limit is not None
        lists = [indices for _, indices in arrays]
        dtype = np.result_type(*(register.dtype for register, _ in arrays))
        result = prod(sizes[label] for label in output)
        if result * dtype.itemsize > self.memory_limit:
            raise ArgumentError(
                f"memory_limit={self.memory_limit}: a result of shape "
                f"{tuple(sizes[label] for label in output)} alone needs "
                f"{result * dtype.itemsize} bytes. Allow at least as many."
            )
        # A product, its two operands and a copy of one of them are alive at one time.
        entries = max(self.memory_limit // (4 * dtype.itemsize), result, 1)
        pairs = find_path(lists, output, sizes, memory_limit=entries)
        if peak(pairs, lists, output, sizes) <= entries:
            return None
        labels = sliced(pairs, lists, output, sizes, entries)
        registers = tuple(register for register, _ in arrays)
        spec = ([sizes[x] for x in output], dtype)
        return self.step(Sliced, spec, registers, tuple(lists), output, labels, pairs)

    def _promoted(self, arrays: Sequence[Array]) -> list[Array]:
        """Convert integers to the common dtype first, in which `numpy.einsum` adds them."""
        common = np.result_type(*(register.dtype for register, _ in arrays))
        return [
            (self._cast(register, common), indices)
            if register.dtype.kind in "biu" and register.dtype != common
            else (register, indices)
            for register, indices in arrays
        ]

    def _cast(self, register: Register, dtype: DType) -> Register:
        axes = tuple(range(len(register.shape)))
        return self.step(Combine, (register.shape, dtype), (Term(1, register, axes, axes),))

    def _alone(
        self, arrays: Sequence[Array], place: int, output: Indices, sizes: Mapping[Label, int]
    ) -> Array:
        """Take diagonals, and sum over labels that no other array has."""
        register, indices = arrays[place]
        others = {label for p, (_, labels) in enumerate(arrays) if p != place for label in labels}
        kept = tuple(x for x in dict.fromkeys(indices) if x in others or x in output)
        if kept == indices:
            return register, indices
        order = plan_for([indices], kept, sizes, register.dtype.kind).output
        return self._contraction((register,), (indices,), order, sizes), order

    def pair(
        self,
        first: Array,
        second: Array,
        output: Indices,
        sizes: Mapping[Label, int],
        consumer: Consumer | None = None,
    ) -> Array:
        """Contract two registers into the output's order, or one that the consumer takes best."""
        lists = [first[1], second[1]]
        kind = np.result_type(first[0].dtype, second[0].dtype).kind
        if consumer is None:
            order = plan_for(lists, output, sizes, kind).output
        else:
            calls = [plan_for(lists, order, sizes, kind) for order in consumer.orders()]
            prices = [
                consumer.price(call.output, sizes) + VIEW / 2 * call.transposes for call in calls
            ]
            order = calls[prices.index(min(prices))].output
        target = self._contraction((first[0], second[0]), (first[1], second[1]), order, sizes)
        return target, order

    def _contraction(
        self,
        registers: tuple[Register, ...],
        lists: tuple[Indices, ...],
        order: Indices,
        sizes: Mapping[Label, int],
    ) -> Register:
        numbers: dict[Label, Label] = {}
        for label in (x for indices in lists for x in indices):
            numbers.setdefault(label, len(numbers))
        inputs = tuple(tuple(numbers[x] for x in indices) for indices in lists)
        dtype = np.result_type(*(register.dtype for register in registers))
        spec = ([sizes[x] for x in order], dtype)
        return self.step(Contract, spec, registers, inputs, tuple(numbers[x] for x in order))


def _members(count: int, pairs: Sequence[tuple[int, int]]) -> list[frozenset[int]]:
    """Return the factors of each pair's product."""
    members = [frozenset([place]) for place in range(count)]
    for one, other in pairs:
        members.append(members[one] | members[other])
    return members[count:]


def _needed(pairs: Sequence[tuple[int, int]], results: Sequence[Array | None]) -> set[int]:
    """Return the results that must be computed, from the last one back."""
    needed = {len(results) - 1}
    first = len(results) - len(pairs)
    for number in reversed(range(first, len(results))):
        if number in needed and results[number] is None:
            needed.update(pairs[number - first])
    return needed
