"""A compiled einsum string, which is bound to the shapes of arrays when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from einsgrad.engine.binding import Array
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.costs import Cost, cost
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.errors import ShapeError
from einsgrad.expressions.construct import variable
from einsgrad.expressions.named import operand_names, operation
from einsgrad.results.numbers.of_einsums import apply_einsum
from einsgrad.strings.equation import Equation


class CompiledEinsum(Compiled):
    """An einsum string as a function of arrays; bound to their shapes when it is called.

    Parameters
    ----------
    equation
        The einsum.
    options
        How programs are made.
    """

    def __init__(self, equation: Equation, options: Options) -> None:
        self.equation = equation
        names = operand_names(equation, None)
        options = replace(options, as_einsum=True)
        super().__init__((), [variable(name, ()) for name in names], {}, options)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.equation, self.options)

    @property
    def cost(self) -> Cost:
        """The multiply-adds as a polynomial in the labels, and what they depend on."""
        return cost("total", operation(self.equation, self.variables).expr)

    def _converted(self, arrays: Sequence[Any], named: Any) -> tuple[Array, ...]:
        given = self._by_name(arrays, named)
        missing = [name for name in self.variables if name not in given]
        if missing:
            raise ShapeError(
                f"{len(self.variables)} operands, but {len(given)} arrays. Give one for each."
            )
        return apply_einsum(self.equation, [given[name] for name in self.variables]).arrays

    def _made(self, arrays: Sequence[Array]) -> Kernel:
        return apply_einsum(self.equation, arrays).kernel(self.options)
