"""The dtypes that a program's numbers have: of inputs, of constants, and of results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from einsgrad.engine.dtypes import HALF, computed_in, float_dtypes, widest
from einsgrad.engine.programs.steps import DType, Register
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables_in


@dataclass(frozen=True, slots=True)
class NumberDtypes:
    """In which dtypes a program computes.

    Parameters
    ----------
    of_inputs
        What the entries of each input become.
    of_constants
        The dtype of deltas that no array is multiplied with.
    widest
        The dtype that holds the entries of all inputs.
    halves
        The inputs in half precision: what depends on them alone is rounded to it.
    indices
        The inputs that are used as indices only.
    is_half
        Whether results that depend on no input are in half precision.
    """

    of_inputs: Mapping[Variable, DType]
    of_constants: DType
    widest: DType
    halves: frozenset[Variable] = frozenset()
    indices: frozenset[Variable] = frozenset()
    is_half: bool = False

    @classmethod
    def of(
        cls,
        inputs: Mapping[Variable, Register],
        dtype: DType | None,
        places: Collection[Variable],
        whole: DType | None = None,
        *,
        as_einsum: bool,
    ) -> NumberDtypes:
        """Choose dtypes.

        Parameters
        ----------
        inputs
            The arrays that are given.
        dtype
            The dtype of constants, if it is asked for.
        places
            The inputs that are used as indices only; no number has their dtype.
        whole
            The floats that integers and booleans become; by default those that hold them.
        as_einsum
            Whether integers and booleans stay what they are, as in `numpy.einsum`.
        """
        given = [register.dtype for register in inputs.values()]
        numbers = dict(zip(inputs, given if as_einsum else float_dtypes(given, whole), strict=True))
        apart = {x for x, one in inputs.items() if x in places and one.dtype.kind in "iu"}
        most = widest([own for x, own in numbers.items() if x not in apart])
        if dtype is None or not (as_einsum or dtype.kind in "fc"):
            # A real function takes no complex numbers that are real.
            dtype = most if as_einsum else np.finfo(most).dtype
        if as_einsum:
            return cls(numbers, dtype, most)
        halves = frozenset(x for x, own in numbers.items() if own == HALF)
        computed = {x: computed_in(own) for x, own in numbers.items()}
        indices = frozenset(apart)
        return cls(computed, computed_in(dtype), most, halves, indices, dtype == HALF)

    def of_result(self, expr: Expr, computed: DType, is_complex: bool) -> DType:
        """Return the dtype of a result: half precision if all that it depends on has that.

        Parameters
        ----------
        expr, computed
            What is computed, and in which dtype.
        is_complex
            Whether it is complex also if it is a number.
        """
        if is_complex and computed.kind == "f" and not variables_in(expr):
            return np.result_type(computed, self.widest)
        if not self.halves and not self.is_half:
            return computed
        variables = {*variables_in(expr)} - self.indices
        is_half = self.halves.issuperset(variables) if variables else self.is_half
        return HALF if is_half and computed == computed_in(HALF) else computed
