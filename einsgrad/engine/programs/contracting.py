"""What is left of a product once its selectors are out: its labels are solved, then contracted.

The axes of factors are seen through the affine forms that their labels are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from einsgrad.engine.programs.affine_axes import (
    AffineAxis,
    Room,
    affine_axes,
    label_sizes,
    labels_in,
    labels_to_loop_over,
)
from einsgrad.engine.programs.elimination import Elimination
from einsgrad.engine.programs.gathered import Gathered
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.pairwise import Contractions
from einsgrad.engine.programs.selector_products import SelectorProduct
from einsgrad.engine.programs.solving import HeldFactor, LazyInverse, Solving
from einsgrad.engine.programs.steps import Held, Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.programs.tensors import InRange
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.expressions.nodes import Number
from einsgrad.strings.subscripts import Indices, Label


class Contracting:
    """Contracts products.

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
    """

    def __init__(
        self, steps: Steps, sums: Sums, contractions: Contractions, solving: Solving
    ) -> None:
        self._steps = steps
        self._sums = sums
        self._contractions = contractions
        self._solving = solving

    def held(
        self, factors: Sequence[HeldFactor], kept: Indices, sizes: Mapping[Label, int]
    ) -> Held:
        """Contract some factors to labels that are kept."""
        arrays = self._solving.solved(factors, kept, sizes)
        return self._contractions.contract(arrays, kept, sizes)

    def term(
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
