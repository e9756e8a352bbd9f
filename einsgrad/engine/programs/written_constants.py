"""Selectors and constant integers that a step writes out, where no product takes them up."""

from __future__ import annotations

from math import prod

import numpy as np

from einsgrad.engine.programs.actions import ScatterSum
from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.engine.programs.index_arrays import IndexArrays
from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.steps import Register, Term
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.programs.tensors import (
    FourierMatrix,
    ListedIntegers,
    PlacesAlong,
    StepTensor,
    Tensor,
    ValueOf,
)
from einsgrad.engine.refusals import check_place
from einsgrad.expressions.nodes import Called, Expr, Pick, Places
from einsgrad.expressions.own_calls import OwnValue
from einsgrad.expressions.selectors import Affine, Fourier, Integers, Step


class WrittenConstants:
    """Writes selectors and integers as arrays; affine selectors are patterns.

    Parameters
    ----------
    steps, sums, values
        What other expressions are computed by.
    integers
        The registers of indices.
    """

    def __init__(self, steps: Steps, sums: Sums, values: NodeValues, integers: IndexArrays) -> None:
        self._steps = steps
        self._sums = sums
        self._values = values
        self._integers = integers

    def pattern(self, node: Affine) -> Term:
        """Return an affine selector: ones, spread over the places of its sources."""
        target, *sizes = self._values.shape(node)
        sources = tuple(range(1, len(sizes) + 1))
        axis = AffineAxis(sources, node.strides, tuple(sizes), self._values.number(node.offset))
        if node.checked:
            for index in {axis.lowest, axis.highest} if prod(sizes) else ():
                check_place(index, node.target, target)
        return Term(1, None, (), (axis, *sources))

    def of(self, node: Expr) -> Register:
        """Write a selector, or integers, as an array."""
        operands: tuple[Register, ...] = ()
        match node:
            case Step(offset=offset):
                tensor: Tensor = StepTensor(self._values.number(offset))
            case Pick():
                return self._one_hot(node)
            case Integers(entries=entries):
                tensor = ListedIntegers(entries)
            case Fourier(conjugated=conjugated):
                tensor = FourierMatrix(conjugated)
            case Places(name=name, operand=operand, axis=axis):
                tensor = PlacesAlong(name, axis)
                operands = (
                    self._sums.array(self._values.of(operand), self._values.shape(operand)),
                )
            case Called(call=call, operands=parts, sizes=sizes, dtype=own):
                values = [
                    self._sums.array(self._values.of(x), self._values.shape(x)) for x in parts
                ]
                least = np.complex64 if node.is_complex else np.float16
                known = np.result_type(least, *[x.dtype for x in values])
                dtype = known if own in ("", "complex") else np.dtype(own)
                tensor = ValueOf(OwnValue(call, sizes, dtype.name))
                return self._steps.fill(tensor, tuple(values), sizes, dtype)
            case _:
                raise AssertionError(node)
        return self._steps.fill(tensor, operands, self._values.shape(node), self._sums.dtype)

    def _one_hot(self, node: Pick) -> Register:
        """Write ones where integers point to."""
        shape = self._values.shape(node)
        axes = tuple(range(1, len(shape)))
        ones = self._sums.array(Term(1, None, (), ()), ())
        action = ScatterSum((), ((0, axes),), (*axes, 0), is_distinct=True)
        made = self._steps.select(action, (ones, self._integers.of(node)), (*shape[1:], shape[0]))
        return self._steps.reshape(made, (len(axes), *range(len(axes))), shape)
