"""Products of a vector's windows with a vector, which numpy correlates without windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from einsgrad.engine.contractions.arrays import (
    FunctionCall,
    Name,
    NumpyValue,
    Subarray,
    Transposed,
)
from einsgrad.engine.programs.changing import uses_of
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import (
    Contract,
    Register,
    Step,
    Window,
)
from einsgrad.strings.subscripts import Label

# Fewer and longer rows than this many entries in all are multiplied one after the other: set by
# the convolutions of `python -m benchmarks --only selectors`.
_LONG = 1 << 14


@dataclass(frozen=True, slots=True)
class Correlation:
    """A vector seen in windows, times a vector.

    Parameters
    ----------
    window, weights
        The windows, and the other vector.
    kept, summed
        The axis of the windows that is kept, and the one that is summed.
    """

    window: Window
    weights: Register
    kept: int
    summed: int

    @property
    def is_of_rows(self) -> bool:
        """Whether a few long windows are multiplied as the rows of a matrix."""
        shape, strides = self.window.target.shape, self.window.axes[0].strides
        is_long = shape[self.kept] < shape[self.summed] and self.window.target.size > _LONG
        return is_long and strides[self.summed] == 1

    def value(self, names: Mapping[Register, Name]) -> NumpyValue:
        """Write the call."""
        weights = names[self.weights]
        if self.is_of_rows:
            rows: NumpyValue = names[self.window.target]
            return FunctionCall("np.vecdot", (rows if self.summed else Transposed(rows), weights))
        # A convolution goes through one of the vectors backwards.
        strides = self.window.axes[0].strides
        function = "np.correlate" if strides[self.summed] == 1 else "np.convolve"
        found = FunctionCall(function, (self._vector(names), weights, Name("'valid'")))
        return found if strides[self.kept] == 1 else Subarray(found, "::-1")

    def _vector(self, names: Mapping[Register, Name]) -> NumpyValue:
        """Return what the windows are seen in, all of which they see."""
        (axis,), window = self.window.axes, self.window
        if not window.is_view:
            return zeros_around(names[window.target])
        first, end = axis.lowest, axis.highest + 1
        whole = (first, end) == (0, window.operand.shape[0])
        name = names[window.operand]
        return name if whole else Subarray(name, f"{first or ''}:{end}")


def zeros_around(target: Name) -> Name:
    """Name the array with zeros around that windows are seen in."""
    return Name(f"p{target.text[1:]}")


class Correlations:
    """The correlations of a program, and the windows that nothing else sees.

    Parameters
    ----------
    program
        The program.
    """

    def __init__(self, program: Program) -> None:
        self.found: dict[Step, Correlation] = {}
        self._unseen: set[Register] = set()
        windows = {step.target: step for step in program.steps if isinstance(step, Window)}
        if not windows:
            return
        contractions = [step for step in program.steps if isinstance(step, Contract)]
        found = {step: _correlation(step, windows) for step in contractions}
        self.found.update({step: one for step, one in found.items() if one is not None})
        uses = uses_of(program)
        values = self.found.values()
        unseen = Counter(one.window.target for one in values if not one.is_of_rows)
        self._unseen = {register for register, count in unseen.items() if count == uses[register]}

    def is_seen(self, register: Register) -> bool:
        """Tell whether anything needs windows as an array."""
        return register not in self._unseen


def _correlation(step: Contract, windows: Mapping[Register, Window]) -> Correlation | None:
    """Return what a contraction correlates, if it does."""
    if len(step.operands) != 2 or step.target.dtype.kind != "f" or not step.target.size:
        return None
    pairs = list(zip(step.operands, step.inputs, strict=True))
    for (seen, labels), (weights, others) in (pairs, pairs[::-1]):
        window = windows.get(seen)
        if window is None or len(window.axes) != 1 or not seen.size:
            continue
        axis: Mapping[Label, int] = {label: number for number, label in enumerate(labels)}
        is_plain = {*window.axes[0].strides} <= {1, -1} and len(axis) == 2
        is_product = len(step.output) == len(others) == 1 and {*step.output, *others} == set(axis)
        if is_plain and is_product:
            return Correlation(window, weights, axis[step.output[0]], axis[others[0]])
    return None
