"""A compiled einsum string, which is bound to the shapes of arrays when it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from einsgrad.engine.arguments import CallArguments
from einsgrad.engine.binding import Array
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.costs import Cost, cost
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.errors import ArgumentError, ShapeError, clip, shorten
from einsgrad.expressions.construct import variable
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.operand_names import operand_names
from einsgrad.results.numbers.of_einsums import apply_einsum
from einsgrad.strings.equation import Equation
from einsgrad.strings.subscripts import Indices


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

    def __repr__(self) -> str:
        bound = operation(self.equation, self.variables)
        return self._described(bound.variables, _list_text(bound.subscripts.output) or "number")

    def _converted(self, given: Mapping[str, Any]) -> tuple[Array, ...]:
        if len(given) < len(self.variables):
            raise ShapeError(
                f"{len(self.variables)} operands, but {len(given)} arrays. Give one for each."
            )
        return apply_einsum(self.equation, [given[name] for name in self.variables]).arrays

    def _written_parts(self) -> tuple[Sequence[Expr], Sequence[Variable]]:
        bound = operation(self.equation, self.variables)
        if any(label is Ellipsis for indices in bound.subscripts.inputs for label in indices):
            return (), self.symbols
        return (bound.expr,), bound.variables

    def _with(self, given: CallArguments) -> Compiled:
        raise ArgumentError(
            f"an array is given for {clip(given.further[0])}, and no operand has that name. "
            f"The operands are {shorten(', '.join(self.variables))}."
        )

    def _made(self, arrays: Sequence[Array]) -> Kernel:
        return apply_einsum(self.equation, arrays).kernel(self.options)


def _list_text(labels: Indices) -> str:
    """Write the labels of a result as its dims."""
    names = ("..." if label is Ellipsis else str(label) for label in labels)
    return f"[{','.join(names)}]" if labels else ""
