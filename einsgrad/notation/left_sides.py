"""What stands on the left of a formula: a name, or what was differentiated in what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einsgrad.errors import ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.layout import Layout
from einsgrad.strings.letters import fresh_name
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class LeftSide:
    """The left side of a formula.

    Parameters
    ----------
    name
        What the formula defines, or what was differentiated.
    wrt
        For a derivative, the variables, in turn. Their axes are the formula's last.
    """

    name: str
    wrt: tuple[Variable, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names that it shows."""
        return frozenset({self.name, *(v.name for v in self.wrt)})

    def written(self, layout: Layout, letters: Indices = ()) -> str:
        """Write it, with the letters of the formula's axes if it has any.

        Examples
        --------
        >>> from einsgrad.notation.layout import TEXT_LAYOUT
        >>> X = Variable("X", ("n", "n"))
        >>> LeftSide("Y", (X,)).written(TEXT_LAYOUT, tuple("nijk"))
        '∂Y_ni/∂X_jk'
        """
        start = len(letters) - sum(len(v.shape) for v in self.wrt)
        above = layout.symbol(self.name, letters[: max(start, 0)] if self.wrt else letters).text
        if not self.wrt:
            return above
        below = []
        for one in self.wrt:
            stop = start + len(one.shape)
            below.append(layout.symbol(one.name, letters[start:stop] if letters else ()).text)
            start = stop
        return layout.derivative(above, below)


def left_side_of(derivative: Expr, name: str, wrt: Sequence[Variable]) -> LeftSide:
    """Return the left side of a derivative: of `E`, or of `Y` if that has axes, if unnamed.

    Raises
    ------
    ShapeError
        If the last axes of the derivative are not those of the variables.
    """
    dims = tuple(dim for one in wrt for dim in one.shape)
    if derivative.shape[len(derivative.shape) - len(dims) :] != dims:
        raise ShapeError(
            f"{clip(derivative)} is no derivative in {', '.join(one.name for one in wrt)}: its "
            f"last axes are not {clip(','.join(map(str, dims)))}. Name the variables in turn."
        )
    taken = {v.name for v in (*variables_in(derivative), *wrt)}
    whole = len(derivative.shape) == len(dims)
    return LeftSide(name or fresh_name("E" if whole else "Y", taken), tuple(wrt))


def as_variables(wrt: object) -> tuple[Variable, ...]:
    """Read one variable, or several in turn.

    Raises
    ------
    ArgumentTypeError
        If something else is given.
    """
    given = tuple(wrt) if isinstance(wrt, list | tuple) else (wrt,)
    for one in given:
        if not isinstance(one, Node) or not isinstance(one, Variable):
            raise ArgumentTypeError(
                f"wrt is a variable or several in turn, not {clip(one)}. Write wrt=(x, x)."
            )
    return given
