"""Steps that are made once: contractions of many registers, sums, dense arrays of terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from einsgrad.contraction import Operand, natural_order
from einsgrad.errors import ArgumentError
from einsgrad.optimizers import Optimizer, path_by
from einsgrad.ordering import order_pairs
from einsgrad.paths import find_path, peak, sliced
from einsgrad.program import Combine, Contract, Register, Reshape, Sliced, Step, Term
from einsgrad.subscripts import Indices, Label

DType = np.dtype[Any]
Array = tuple[Register, Indices]


class Contracting:
    """The steps so far, and which of them there are already.

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
        self.dtype = dtype
        self.memory_limit = memory_limit
        self.optimize = optimize
        self.steps: list[Step] = []
        self._count = 0
        self._made: dict[tuple[Any, ...], Register] = {}
        self._scaled: dict[tuple[str, Register], Register] = {}
        self._parts: dict[Any, tuple[Register, tuple[Any, ...]]] = {}

    def register(self, shape: Sequence[int], dtype: DType) -> Register:
        """Make a register."""
        self._count += 1
        return Register(self._count - 1, tuple(shape), dtype)

    def step(self, kind: Any, spec: tuple[Sequence[int], DType], *parts: Any) -> Register:
        """Make a step, or return the result of the same step made before."""
        key = (kind, tuple(spec[0]), spec[1], *map(_hashable, parts))
        if key not in self._made:
            target = self.register(*spec)
            self.steps.append(kind(target, *parts))
            self._made[key] = target
        return self._made[key]

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
        keys = _PartKeys(arrays, output)
        if self.optimize is not None and len(arrays) > 2:
            pairs = path_by(self.optimize, lists, output, sizes)
        else:
            pairs = order_pairs(lists, output, sizes, lambda part: keys.of(part) in self._parts)
        members = [frozenset([place]) for place in range(len(arrays))]
        results: list[Array | None] = list(arrays)
        for one, other in pairs:
            part = members[one] | members[other]
            members.append(part)
            results.append(None)
            known = self._parts.get(keys.of(part))
            if known is not None:
                results[-1] = known[0], keys.labels(known[1], part)
        wanted = self._needed(pairs, results)
        for number, (one, other) in enumerate(pairs, len(arrays)):
            if number not in wanted or results[number] is not None:
                continue
            part = members[number]
            kept = keys.kept(part)
            first, second = results[one], results[other]
            assert first is not None
            assert second is not None
            last = number == len(results) - 1
            hint = output
            if not last:
                later = keys.kept(_consumer(number, pairs, members))
                both = dict.fromkeys((*first[1], *second[1]))
                own = tuple(label for label in both if label in kept)
                hint = _hint(number, pairs, results, own, later)
            order = tuple(label for label in dict.fromkeys(hint) if label in kept)
            made = results[number] = self.pair(first, second, order, sizes)
            key = keys.of(part)
            if key is not None:
                self._parts[key] = made[0], keys.names(made[1], part)
        result = results[-1]
        assert result is not None
        return result

    @staticmethod
    def _needed(pairs: Sequence[tuple[int, int]], results: Sequence[Array | None]) -> set[int]:
        """Return the results that must be computed, from the last one back."""
        needed = {len(results) - 1}
        first = len(results) - len(pairs)
        for number in reversed(range(first, len(results))):
            if number in needed and results[number] is None:
                needed.update(pairs[number - first])
        return needed

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
                f"memory_limit={self.memory_limit}: the result alone needs "
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
        order = natural_order([Operand("", indices)], kept, sizes, register.dtype.kind)
        return self._contraction((register,), (indices,), order, sizes), order

    def pair(
        self, first: Array, second: Array, output: Indices, sizes: Mapping[Label, int]
    ) -> Array:
        """Contract two registers."""
        operands = [Operand("", first[1]), Operand("", second[1])]
        kind = np.result_type(first[0].dtype, second[0].dtype).kind
        order = natural_order(operands, output, sizes, kind)
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

    def add_terms(self, terms: Sequence[Term], shape: Sequence[int]) -> Term:
        """Add terms; those that are spread alike are added before they are spread."""
        groups = _grouped(terms)
        if len(groups) == 1:
            ((classes, group),) = groups.items()
            return self._joined(group, classes, shape)
        parts: list[Term] = []
        for classes, group in groups.items():
            if group[0].is_spread:
                parts.append(self._joined(group, classes, shape))
            else:
                parts.extend(group)
        parts.sort(key=lambda term: term.is_spread)
        axes = tuple(range(len(shape)))
        order = _base_order(parts[0], axes)
        moved = [
            Term(t.coefficient, t.core, t.held, tuple(t.classes[axis] for axis in order))
            for t in parts
        ]
        return Term(1, self._combine(moved, [shape[axis] for axis in order]), order, axes)

    def by_pattern(self, terms: Sequence[Term], shape: Sequence[int]) -> list[Term]:
        """Add the terms that are spread alike."""
        groups = _grouped(terms).items()
        return [self._joined(group, classes, shape) for classes, group in groups]

    def number(self, term: Term) -> Term:
        """Write a coefficient as an array without axes."""
        return Term(1, self._combine([Term(term.coefficient, None, (), ())], ()), (), term.classes)

    def _joined(self, group: Sequence[Term], classes: Indices, shape: Sequence[int]) -> Term:
        """Add terms of one pattern over the labels that any of them holds."""
        if len(group) == 1:
            return group[0]
        if all(term.core is None for term in group):
            return Term(sum(term.coefficient for term in group), None, (), classes)
        lists = sorted((term.held for term in group), key=len, reverse=True)
        order = tuple(dict.fromkeys(x for held in lists for x in held))
        flat = [Term(term.coefficient, term.core, term.held, order) for term in group]
        sizes = dict(zip(classes, shape, strict=True))
        return Term(1, self._combine(flat, [sizes[x] for x in order]), order, classes)

    def _combine(self, terms: Sequence[Term], shape: Sequence[int]) -> Register:
        cores = [term.core.dtype for term in terms if term.core is not None]
        numbers = [term.coefficient for term in terms]
        if len(terms) > 1:
            terms = [self._scaled_before(term) for term in terms]
        dtype = np.result_type(*(cores or [self.dtype]), *numbers)
        return self.step(Combine, (shape, dtype), tuple(map(_numbered, terms)))

    def scaled(self, term: Term) -> Term:
        """Multiply the coefficient in."""
        if term.coefficient == 1 or term.core is None:
            return term
        key = (repr(term.coefficient), term.core)
        if key not in self._scaled:
            core = Term(term.coefficient, term.core, term.held, term.held)
            self._scaled[key] = self._combine([core], term.core.shape)
        return Term(1, self._scaled[key], term.held, term.classes)

    def _scaled_before(self, term: Term) -> Term:
        """Use the product with the coefficient if there is one already."""
        known = (repr(term.coefficient), term.core) in self._scaled
        return self.scaled(term) if known else term

    def dense(self, term: Term, shape: Sequence[int]) -> Term:
        """Write a term out: no coefficient, no delta, no missing axis."""
        if term.core is not None and not term.is_spread and len(term.held) == len(term.classes):
            return self.scaled(term)
        axes = tuple(range(len(shape)))
        return Term(1, self._combine([term], shape), axes, axes)

    def plain(self, term: Term, shape: Sequence[int]) -> Register:
        """Write a term as a register whose axes lie in the term's order."""
        full = self.dense(term, shape)
        assert full.core is not None
        if full.held == full.classes:
            return full.core
        order = tuple(full.held.index(x) for x in full.classes)
        return self.step(Reshape, (shape, full.core.dtype), full.core, order)


def _grouped(terms: Sequence[Term]) -> dict[Indices, list[Term]]:
    """Group terms by the pattern that they are spread by."""
    groups: dict[Indices, list[Term]] = {}
    for term in map(_numbered, terms):
        groups.setdefault(term.classes, []).append(term)
    return groups


def _base_order(base: Term, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the order in which a dense term's axes lie, into which others are added in place."""
    if base.is_spread or len(base.held) < len(axes):
        return axes
    return tuple(base.classes.index(label) for label in base.held)


def _consumer(
    number: int, pairs: Sequence[tuple[int, int]], members: Sequence[frozenset[int]]
) -> frozenset[int]:
    """Return the factors of the product that an intermediate result goes into."""
    count = len(members) - len(pairs)
    return next(members[count + place] for place, pair in enumerate(pairs) if number in pair)


def _hint(
    number: int,
    pairs: Sequence[tuple[int, int]],
    results: Sequence[Array | None],
    labels: Indices,
    later: frozenset[Label],
) -> Indices:
    """Order an intermediate's labels as its consumer wants them.

    That is: the labels that both have and keep, its own, the labels that are summed.
    """
    partner = next(sum(pair) - number for pair in pairs if number in pair)
    held = results[partner]
    theirs = held[1] if held is not None else ()
    batch = tuple(label for label in theirs if label in labels and label in later)
    own = tuple(label for label in labels if label not in theirs)
    if len(labels) <= 2:
        return labels
    return (*batch, *own, *(label for label in theirs if label in labels and label not in later))


class _PartKeys:
    """Names for the products of some of the arrays that do not depend on the labels' names.

    A label is known by the axes that it joins. Where one register stands twice that is
    not enough to tell products apart, so they have no name.
    """

    def __init__(self, arrays: Sequence[Array], output: Indices) -> None:
        self.arrays = arrays
        self.output = frozenset(output)
        self._keys: dict[frozenset[int], Any] = {}

    def places(self, part: frozenset[int]) -> dict[Label, tuple[tuple[int, int], ...]]:
        """Return, for each label of some arrays, the axes that have it."""
        found: dict[Label, list[tuple[int, int]]] = {}
        for place in sorted(part, key=lambda p: self.arrays[p][0].number):
            register, indices = self.arrays[place]
            for axis, label in enumerate(indices):
                found.setdefault(label, []).append((register.number, axis))
        return {label: tuple(places) for label, places in found.items()}

    def kept(self, part: frozenset[int]) -> frozenset[Label]:
        """Return the labels that the product of some arrays keeps."""
        inside = {label for place in part for label in self.arrays[place][1]}
        outside = {
            label
            for place, (_, indices) in enumerate(self.arrays)
            if place not in part
            for label in indices
        }
        return frozenset(inside & (outside | self.output))

    def of(self, part: frozenset[int]) -> Any:
        """Return the key of the product of some arrays; None if it has none."""
        if part not in self._keys:
            numbers = {self.arrays[place][0].number for place in part}
            if len(numbers) < len(part):
                return None
            kept = self.kept(part)
            self._keys[part] = (
                frozenset(numbers),
                frozenset((axes, label in kept) for label, axes in self.places(part).items()),
            )
        return self._keys[part]

    def names(self, labels: Indices, part: frozenset[int]) -> tuple[Any, ...]:
        """Name labels by the axes that they join."""
        places = self.places(part)
        return tuple(places[label] for label in labels)

    def labels(self, names: tuple[Any, ...], part: frozenset[int]) -> Indices:
        """Find the labels that join these axes."""
        found = {axes: label for label, axes in self.places(part).items()}
        return tuple(found[name] for name in names)


def _numbered(term: Term) -> Term:
    """Number the labels of a term by their first axis."""
    numbers: dict[Label, Label] = {}
    for axis, label in enumerate(term.classes):
        numbers.setdefault(label, axis)
    held = tuple(numbers[x] for x in term.held)
    return Term(term.coefficient, term.core, held, tuple(numbers[x] for x in term.classes))


def _hashable(part: Any) -> Any:
    """Tell numbers apart that are equal but not the same, such as 1 and 1.0."""
    if isinstance(part, tuple):
        return tuple(map(_hashable, part))
    if isinstance(part, Term):
        return (repr(part.coefficient), part.core, part.held, part.classes)
    return repr(part) if isinstance(part, int | float | complex) else part
