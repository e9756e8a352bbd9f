"""What a user gives for a function of another library: expressions in an order, or a string."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from einsgrad.bridges.orders import Differentiated
from einsgrad.engine.arguments import ordered_inputs
from einsgrad.engine.binding import checked_sizes
from einsgrad.engine.caches import remember
from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.operand_names import operand_names
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.simplify import simplify_all
from einsgrad.strings.calls import as_equation
from einsgrad.strings.equation import Equation

Shapes = tuple[tuple[int, ...], ...]
Make = Callable[[Differentiated], Callable[..., tuple[Any, ...]]]


class BridgedFunction:
    """Expressions as a function of arrays of another library.

    Parameters
    ----------
    names
        The names of the arguments.
    function_of
        Returns the function of several results for some arguments.
    single
        Whether it returns its only result, and no tuple.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        function_of: Callable[[Sequence[Any]], Callable[..., tuple[Any, ...]]],
        *,
        single: bool,
    ) -> None:
        self.variables = names
        self._function_of = function_of
        self._single = single

    def __repr__(self) -> str:
        return f"<bridged function of {', '.join(self.variables) or 'nothing'}>"

    def __call__(self, *arrays: Any) -> Any:
        """Evaluate at arrays, in the order of `variables`.

        Raises
        ------
        ArgumentError
            If there are more or fewer, or they are of several libraries.
        ShapeError, DtypeError
            If an array does not fit its variable.
        """
        if len(arrays) != len(self.variables):
            raise ArgumentError(
                f"{len(arrays)} arrays given for {len(self.variables)} arguments, which are "
                f"{clip(', '.join(self.variables)) or 'none'}. Give one for each."
            )
        results = self._function_of(arrays)(*arrays)
        return results[0] if self._single else results


def require_library(name: str) -> None:
    """Import the library that a function is made for.

    Raises
    ------
    ArgumentError
        If it is not installed.
    """
    try:
        import_module(name)
    except ModuleNotFoundError:
        raise ArgumentError(
            f"a function of {name} needs {name}, which is not installed. "
            f"Install it: pip install 'einsgrad[{name}]'."
        ) from None


def stated(
    targets: Sequence[Any],
    inputs: Sequence[Variable] | None,
    sizes: Mapping[str, int] | None,
    make: Make,
) -> BridgedFunction:
    """Return the function of what a user gives.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If that is nothing, no expression, or has a variable that is not among the inputs.
    """
    if not targets:
        raise ArgumentError("nothing is given. Give expressions, or an einsum string.")
    if isinstance(targets[0], str | Equation):
        return _of_string(targets, inputs, sizes, make)
    exprs = simplify_all([as_expr(one) for one in targets])
    symbols = _ordered(variables_in(*map(as_expr, targets)), inputs)
    function = make(Differentiated(tuple(exprs), symbols, checked_sizes(sizes)))
    names = tuple([one.name for one in symbols])
    return BridgedFunction(names, lambda arrays: function, single=len(targets) == 1)


def _ordered(
    present: tuple[Variable, ...], inputs: Sequence[Variable] | None
) -> tuple[Variable, ...]:
    """Return the inputs in their order; they are all that occur."""
    if inputs is None and len(present) > 1:
        listed = ", ".join(one.name for one in present)
        raise ArgumentError(f"the variables have no order. Give it: inputs=({listed}).")
    if inputs is None:
        return present
    return ordered_inputs(present, inputs)


def _of_string(
    targets: Sequence[Any],
    inputs: Sequence[Variable] | None,
    sizes: Mapping[str, int] | None,
    make: Make,
) -> BridgedFunction:
    if len(targets) > 1:
        raise ArgumentTypeError("one einsum string is bridged at a time. Give one.")
    if inputs is not None:
        raise ArgumentError("inputs=: a string has its operands' order. Leave inputs out.")
    equation = with_sizes(as_equation(targets[0]), sizes)
    names = operand_names(equation, None)
    known: dict[Shapes, Callable[..., tuple[Any, ...]]] = {}

    def function_of(arrays: Sequence[Any]) -> Callable[..., tuple[Any, ...]]:
        shapes = tuple([tuple(getattr(one, "shape", ())) for one in arrays])
        found = known.get(shapes)
        if found is None:
            bound = operation(equation, names, shapes=shapes)
            parts = Differentiated((bound.expr,), tuple(bound.variables), bound.dim_sizes)
            found = remember(known, shapes, make(parts))
        return found

    return BridgedFunction(names, function_of, single=True)
