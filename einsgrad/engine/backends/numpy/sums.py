"""A sum of dense terms as numpy operations, each into a temporary that is dead if there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope, common_dtype
from einsgrad.engine.backends.numpy.statements import Assign
from einsgrad.engine.contractions.arrays import Entrywise, MethodCall, Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.steps import Combine, DType, Register, Term
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import SignedNumber
from einsgrad.strings.subscripts import Indices

_ONE = Name("1")

# Loops over an axis of at most so many entries cost more than steps over memory, if another is
# so many times as long: set by `python -m benchmarks --only selectors`.
_SHORT, _LONG = 8, 4


@dataclass(frozen=True, slots=True)
class Addend:
    """A term of a sum, or the sum of some.

    Parameters
    ----------
    coefficient
        A number.
    array
        The array aligned to the result; None for ones.
    out
        What the sum may be written into.
    held
        The axes of the result that the array has.
    dtype
        The dtype of the array; None for ones, which take that of what they meet.
    is_part
        Whether the array is a part of another.
    """

    coefficient: Number
    array: NumpyValue | None
    out: Name | None
    held: frozenset[int]
    dtype: DType | None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class SumWriter:
    """Writes the sum of one step.

    Parameters
    ----------
    scope
        What is known of the program.
    place, step
        The step, and its place in the program.
    """

    scope: WriterScope
    place: int
    step: Combine

    def statements(self, terms: Sequence[Term]) -> Iterator[Assign]:
        """Yield the statements that add terms."""
        roots = self.scope.lifetimes.roots
        cores = [term.core for term in self.step.terms if term.core is not None]
        shares = Counter(root for core in cores for root in roots[core])
        addends = [self._addend(term, shares) for term in terms]
        addends.sort(key=lambda one: (one.coefficient != 1, one.array is None, -len(one.held)))
        if addends[0].coefficient == -1:
            # What is subtracted from a number needs no negative of its own.
            addends.sort(key=lambda one: one.array is not None)
        first, *rest = addends
        if rest:
            yield from self._chain(first, rest)
        elif first.array is not None and self._is_cast(terms[0]):
            yield self._cast(first.array)
        else:
            yield Assign(self._target, self._scaled(first))
            if first.array is not None and not self._is_whole(first):
                yield self._cast(self._target)

    def _chain(self, first: Addend, rest: Sequence[Addend]) -> Iterator[Assign]:
        """Add one term after the other; a number that all have in common is multiplied in last."""
        factor = _common([first, *rest])
        total = replace(first, coefficient=_ratio(first.coefficient, factor))
        scaled = self._first_scaled([first, *rest]) if factor == 1 else None
        if scaled is not None:
            yield Assign(self._target, self._scaled(scaled))
            total = replace(scaled, coefficient=1, array=self._target, out=self._target)
            rest = [one for one in (first, *rest) if one is not scaled]
        for addend in rest:
            relative = replace(addend, coefficient=_ratio(addend.coefficient, factor))
            yield Assign(self._target, self._added(total, relative))
            total = self._so_far(total, relative)
        total = replace(total, coefficient=factor)
        if factor != 1:
            yield Assign(self._target, self._scaled(total))
        if not self._is_whole(total):
            yield self._cast(self._target)

    def _first_scaled(self, addends: Sequence[Addend]) -> Addend | None:
        """Return a part of an array whose multiple is new, so that all else is added in its place.

        Where a term may be overwritten it takes the sum.
        """
        whole = set(range(len(self.step.target.shape)))
        # A number is no array that could be written into.
        if not whole or len(addends) < 3 or any(one.out is not None for one in addends):
            return None
        return next(
            (
                one
                for one in addends
                if one.is_part
                and one.coefficient not in (1, -1)
                and one.held == whole
                and self._is_whole(one)
            ),
            None,
        )

    def _cast(self, array: NumpyValue) -> Assign:
        """Bring the dense terms to the dtype of the sum, which what is spread may have alone."""
        dtype = Name(f"'{self.step.target.dtype.str}'")
        return Assign(self._target, MethodCall("astype", (array, dtype)))

    def _added(self, total: Addend, addend: Addend) -> NumpyValue:
        number = SignedNumber.of(addend.coefficient)
        operands = self._product(total), self._product(replace(addend, coefficient=number.size))
        # A product with a number is no array that could be written into.
        out = total.out or (addend.out if number.size == 1 else None)
        function = "subtract" if number.is_negative else "add"
        if out is None and self._is_laid_out_badly():
            text = f"np.{function}({', '.join(map(str, operands))}, order='C')"
            return WrittenCall(text, operands)
        return Entrywise(function, operands, out)

    def _is_laid_out_badly(self) -> bool:
        """Tell whether numpy would let a short axis vary fastest, as it does in all operands."""
        shape = self.step.target.shape
        cores = [t for t in self.step.terms if t.core is not None and t.core.shape]
        if len(shape) < 3 or any(t.is_spread for t in self.step.terms) or not cores:
            return False
        (axis, *others) = {t.classes.index(t.held[-1]) for t in cores}
        is_alone = not others and all(len(t.held) < len(shape) for t in cores)
        return is_alone and axis < len(shape) - 1 and _is_short(shape[axis], shape[-1])

    def _so_far(self, total: Addend, addend: Addend) -> Addend:
        """Return the sum up to here, written into once it has all axes and the sum's dtype."""
        rank, held = len(self.step.target.shape), total.held | addend.held
        dtype = self._dtype_of(total, addend)
        complete = rank > 0 and len(held) == rank and dtype == self.step.target.dtype
        return Addend(1, self._target, self._target if complete else None, held, dtype)

    def _is_whole(self, total: Addend) -> bool:
        """Tell whether a total, times its coefficient, has the dtype of the sum."""
        return self._dtype_of(total) == self.step.target.dtype

    def _dtype_of(self, *addends: Addend) -> DType:
        """Return the dtype of a sum of addends."""
        dtypes = [one.dtype for one in addends if one.dtype is not None]
        if self.step.target.dtype in dtypes:
            return self.step.target.dtype
        return np.result_type(*dtypes, *(one.coefficient for one in addends))

    def _product(self, addend: Addend) -> NumpyValue:
        """Multiply an array by its coefficient."""
        if addend.array is None:
            return self._number(addend.coefficient)
        if addend.coefficient == 1:
            return addend.array
        return Entrywise("multiply", self._pair(addend.coefficient, addend.array))

    def _scaled(self, addend: Addend) -> NumpyValue:
        """Multiply an array by its coefficient, in place if it may be; never the array itself."""
        coefficient, array, out = addend.coefficient, addend.array, addend.out
        if array is None:
            # The sum has no axes: a scalar of its dtype, as arrays have them.
            return Name(f"np.asarray({literal(coefficient)}, '{self.step.target.dtype.str}')[()]")
        if coefficient == 1:
            return out or MethodCall("copy", (array,))
        if coefficient == -1:
            return Entrywise("negative", (array,), out)
        if out:
            return Entrywise("multiply", (array, self._number(coefficient)), out)
        return Entrywise("multiply", self._pair(coefficient, array))

    def _pair(self, coefficient: Number, array: NumpyValue) -> tuple[NumpyValue, NumpyValue]:
        """Return a number and an array as they are multiplied.

        A complex number of Python takes a scalar of numpy for a float, and the product is
        none of numpy's.
        """
        number = self._number(coefficient)
        return (array, number) if isinstance(coefficient, complex) else (number, array)

    @property
    def _target(self) -> Name:
        return self.scope.names[self.step.target]

    def _number(self, value: Number) -> Name:
        cores = [term.core for term in self.step.terms if not term.is_spread]
        met = common_dtype([self.step.target, *(core for core in cores if core is not None)])
        return self.scope.constants.number(value, met)

    def _is_cast(self, term: Term) -> bool:
        core, target = term.core, self.step.target
        return core is not None and term.coefficient == 1 and core.dtype != target.dtype

    def _addend(self, term: Term, shares: Mapping[Register, int]) -> Addend:
        if term.core is None:
            return Addend(term.coefficient, None, None, frozenset(), None)
        name = self.scope.names[term.core]
        axes: Indices = tuple(range(len(self.step.target.shape)))
        positions = {label: axis for axis, label in enumerate(term.classes)}
        held = tuple(positions[label] for label in term.held)
        array = aligned(Operand(name, held), axes)
        dtype = term.core.dtype
        if dtype.kind == "b":
            array, dtype = Entrywise("multiply", (_ONE, array)), np.result_type(dtype, 1)
        free = held == axes and self._may_overwrite(term.core, shares)
        out = name if free else None
        is_part = self.scope.lifetimes.is_part(term.core)
        return Addend(term.coefficient, array, out, frozenset(held), dtype, is_part)

    def _may_overwrite(self, core: Register, shares: Mapping[Register, int]) -> bool:
        """Tell whether the sum may take a term's place; later lines may read other terms.

        `shares` says how many terms of the step have each array below them.
        """
        lifetimes = self.scope.lifetimes
        alone = all(shares[root] == 1 for root in lifetimes.roots[core])
        return alone and lifetimes.may_overwrite(self.place, core)


def _is_short(size: int, last: int) -> bool:
    return size <= _SHORT and last >= _LONG * size


def _common(addends: Sequence[Addend]) -> Number:
    """Return the number that all coefficients are, up to sign; 1 if they differ."""
    first = addends[0].coefficient
    if all(one.array is not None and one.coefficient in (first, -first) for one in addends):
        return first
    return 1


def _ratio(coefficient: Number, factor: Number) -> Number:
    if factor == 1:
        return coefficient
    return 1 if coefficient == factor else -1
