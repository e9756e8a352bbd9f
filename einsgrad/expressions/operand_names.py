"""Names for the operands of an einsum: operands of equal names are one array.

Their axes have one dim, so that labels may be joined by names.
"""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.errors import ArgumentError, ArgumentTypeError, as_sequence, clip
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.lettering import DOTS
from einsgrad.strings.equation import Equation
from einsgrad.strings.joins import Joins


def operand_names(equation: Equation, names: Sequence[str] | None) -> tuple[str, ...]:
    """Check the names given for the operands, or make `x0`, `x1`, ...

    Raises
    ------
    ArgumentError
        If their number is not that of the operands.
    ArgumentTypeError
        If they are no strings.
    """
    count = len(equation.subscripts.inputs)
    if names is None:
        return tuple(f"x{position}" for position in range(count))
    if isinstance(names, str) or not all(
        isinstance(name, str) for name in as_sequence(names, "names")
    ):
        raise ArgumentTypeError("names are given as a sequence of strings, one for each operand.")
    if len(names) != count:
        raise ArgumentError(
            f"{len(names)} names given for {count} operands. Give one name for each operand."
        )
    return tuple(str(name) for name in names)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names without repetition, in order."""
    return tuple(dict.fromkeys(names))


def unified_dims(names: Sequence[str], shapes: Sequence[Shape]) -> list[Shape]:
    """Join the dims of operands that have the same name, axis by axis."""
    joins: Joins[Dim] = Joins()
    first: dict[str, int] = {}
    for position, (name, shape) in enumerate(zip(names, shapes, strict=True)):
        earlier = first.setdefault(name, position)
        if len(shapes[earlier]) != len(shape):
            raise ArgumentError(
                f"operands {earlier} and {position} are both named {clip(name)}, "
                f"with {len(shapes[earlier])} and {len(shape)} axes. "
                "Give different arrays different names."
            )
        for one, other in zip(shapes[earlier], shape, strict=True):
            if one != other and DOTS in (one, other):
                raise ArgumentError(
                    f"operands {earlier} and {position} are both named {clip(name)}, and '...' "
                    "meets a label. Give ranks= or shapes=, or different names."
                )
            keep, drop = joins.find(one), joins.find(other)
            if isinstance(drop, int):
                keep, drop = drop, keep
            joins.join(keep, drop)
    return [tuple(map(joins.find, shape)) for shape in shapes]
