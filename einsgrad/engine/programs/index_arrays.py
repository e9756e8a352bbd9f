"""Integers that point into axes, as registers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from einsgrad.engine.programs.making_steps import Steps
from einsgrad.engine.programs.node_values import NodeValues
from einsgrad.engine.programs.steps import Register
from einsgrad.engine.programs.sums import Sums
from einsgrad.engine.refusals import refuse_outside
from einsgrad.errors import IndexDtypeError, clip
from einsgrad.expressions.nodes import Pick, Variable
from einsgrad.expressions.selectors import Integers

_PLACE = np.dtype(np.intp)


class IndexArrays:
    """Makes registers of integers out of index expressions.

    Parameters
    ----------
    inputs
        The arrays that are given, as they are.
    steps, sums, values
        What other expressions are computed by.
    """

    def __init__(
        self,
        inputs: Mapping[Variable, Register],
        steps: Steps,
        sums: Sums,
        values: NodeValues,
    ) -> None:
        self._inputs = inputs
        self._steps = steps
        self._sums = sums
        self._values = values

    def of(self, pick: Pick) -> Register:
        """Return the integers of a look-up, with their axes in order.

        Raises
        ------
        IndexDtypeError
            If what is given holds no integers.
        IndexingError
            If integers that are known leave the axis.
        """
        node = pick.indices
        if isinstance(node, Variable):
            register = self._inputs[node]
            _refuse_others(node, register)
        else:
            if isinstance(node, Integers):
                refuse_outside(node.entries, self._values.size(pick.target))
            register = self._sums.array(self._values.of(node), self._values.shape(node))
        return self._steps.cast(register, _PLACE)


def _refuse_others(node: Variable, register: Register) -> None:
    kind = register.dtype.kind
    if kind in "iu" or not register.size:
        return
    remedy = "Give integers: a.astype(int)."
    if kind == "b":
        remedy = "Give the places where it is true: np.nonzero(a)[0]."
    raise IndexDtypeError(
        f"{clip(node)} is an index, and its array has dtype {register.dtype}. {remedy}"
    )
