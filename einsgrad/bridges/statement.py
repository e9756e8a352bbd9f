"""What a problem states: an expression, its unknowns and its data; and where a solver starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from einsgrad.bridges.bounds import UnknownBounds, read_bounds, refuse_outside_bounds
from einsgrad.bridges.known_arrays import KnownArrays, read_named, read_unknowns
from einsgrad.bridges.objective import Objective
from einsgrad.bridges.packing import Packing
from einsgrad.bridges.programs import Programs
from einsgrad.bridges.residuals import Residuals
from einsgrad.bridges.vector_lengths import packing_of_length
from einsgrad.engine.binding import Array
from einsgrad.engine.caches import remember
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.nodes import Variable


@dataclass(frozen=True, eq=False)
class Start:
    """Where a solver starts, and between which bounds it stays.

    Parameters
    ----------
    packing
        Where the unknowns stand in the vector.
    vector
        The vector of unknowns.
    bounds
        Their bounds.
    """

    packing: Packing
    vector: Array
    bounds: UnknownBounds


@dataclass(frozen=True, eq=False)
class Statement:
    """An expression, its unknowns and its data.

    Parameters
    ----------
    programs
        The expression and its derivatives.
    known
        The data.
    """

    programs: Programs
    known: KnownArrays

    @property
    def unknowns(self) -> tuple[Variable, ...]:
        """The variables whose entries are the unknowns."""
        return self.programs.unknowns

    @cached_property
    def _packings(self) -> dict[int, Packing]:
        """Where the unknowns stand, by their number."""
        return {}

    def packing(self, vector: Any) -> Packing:
        """Return where the unknowns of a vector stand.

        Raises
        ------
        ArgumentError, ShapeError
            If a size is not known, and the vector's length does not tell it.
        """
        length = np.size(vector)
        found = self._packings.get(length)
        if found is None:
            found = packing_of_length(self.unknowns, self.known.sizes, length)
            remember(self._packings, length, found, most=64)
        return found

    def objective(self, packing: Packing) -> Objective:
        """Return the number as a function of a vector of unknowns.

        Raises
        ------
        ShapeError
            If the expression has axes.
        """
        expr = self.programs.expr
        if expr.shape:
            raise ShapeError(
                f"{clip(expr)} has axes, and what is minimized is a number. Sum it, or use "
                "least_squares or root."
            )
        return Objective(self.programs, packing, self.known.arrays)

    def residuals(self, packing: Packing) -> Residuals:
        """Return all entries as a function of a vector of unknowns."""
        return Residuals(self.programs, packing, self.known.arrays)

    def refuse_number(self) -> None:
        """Refuse a number where residuals are expected.

        Raises
        ------
        ShapeError
        """
        if not self.programs.expr.shape:
            raise ShapeError(
                f"{clip(self.programs.expr)} is a number, and least_squares takes residuals. "
                "Give the tensor whose squares are summed, or use minimize."
            )

    def arrays(
        self, given: object, named: Mapping[str, Any], what: str
    ) -> tuple[Packing, dict[str, Array]]:
        """Return arrays for all unknowns, and how arrays of their shapes are packed."""
        read = read_named(self.unknowns, given, named, what)
        found = read_unknowns(self.unknowns, read, self.known.sizes, what)
        shapes = tuple([found[one.name].shape for one in self.unknowns])
        return Packing(self.unknowns, shapes), found

    def start(self, given: object, bounds: object) -> Start:
        """Return where a solver starts.

        Raises
        ------
        ArgumentError
            If there are no unknowns, or the start is not finite or not between the bounds.
        """
        packing, found = self.arrays(given, {}, "start")
        start = Start(packing, packing.packed(found), read_bounds(bounds, packing))
        if not start.vector.size:
            raise ArgumentError("there are no unknowns: all arrays are empty. Give larger ones.")
        if not np.isfinite(start.vector).all():
            raise ArgumentError("an entry of the start is infinite or nan. Give finite numbers.")
        refuse_outside_bounds(start.vector, start.bounds, packing)
        return start
