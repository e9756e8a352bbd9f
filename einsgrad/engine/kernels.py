"""What a program is made into: its source, the function that runs, and the options for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from einsgrad.engine.programs.program import Program
from einsgrad.expressions.nodes import Variable
from einsgrad.orders.others import Optimizer

Inputs = Mapping[Variable, tuple[tuple[int, ...], np.dtype[Any]]]
"""Shapes and dtypes of arrays, by variable."""


@dataclass(frozen=True)
class Source:
    """The text of a function, and the objects that the text refers to.

    Parameters
    ----------
    text
        Python source of a function `compute`.
    globals
        Functions of users that it calls, by the names made for them.
    checks
        Lines that compare shapes with those that it was written for, and where in the text
        they would stand.
    holds_sizes
        Tells whether the text has numbers that depend on these shapes.
    """

    text: str
    globals: dict[str, Any] = field(default_factory=dict)
    checks: tuple[str, int] = ("", 0)
    holds_sizes: Callable[[], bool] = field(default=lambda: False, compare=False)

    @property
    def checked(self) -> str:
        """The text with the lines that compare shapes."""
        lines, place = self.checks
        return self.text[:place] + lines + self.text[place:]

    def function(self) -> Callable[..., Any]:
        """Run the text, and return the function that it defines."""
        names = dict(self.globals)
        exec(compile(self.text, "<einsgrad program>", "exec"), names)
        function: Callable[..., Any] = names["compute"]
        return function


@dataclass(frozen=True, eq=False)
class Kernel:
    """A program for one signature, its source, and the function that the source defines.

    Parameters
    ----------
    program, source, function
        The program, its text, and what the text defines.
    plain
        Makes the program without the rewrites for numpy.
    is_foreign
        Whether the function is of arrays of another library than numpy.
    """

    program: Program
    source: Source
    function: Callable[..., Any]
    plain: Callable[[], Program]
    is_foreign: bool = False

    @property
    def held_bytes(self) -> int:
        """The bytes of its text, and of the arrays that it made once."""
        names = getattr(self.function, "__globals__", {}).values()
        return len(self.source.text) + sum(getattr(one, "nbytes", 0) for one in names)


@dataclass(frozen=True)
class Options:
    """How programs are made.

    Parameters
    ----------
    single
        Whether the only result is returned itself, not in a tuple.
    copy
        Whether results that would be read-only views of an input are copied.
    memory_limit
        The most bytes that a contraction of many operands may take.
    progress
        Whether contractions that are done in slices show how far they are.
    optimize
        What finds the order of contractions of three and more operands.
    structured
        Whether results are `Structured`, their deltas not multiplied out.
    as_declared
        Whether arrays are refused that are not what their variables are declared: complex
        ones for real variables, others than symmetric ones for symmetric matrices.
    as_einsum
        Whether integers and booleans are computed with as `numpy.einsum` does: they stay
        what they are. By default they become floats.
    are_complex
        Which results are complex also if they are numbers and deltas alone: simplification
        drops what made them so. By default those of complex expressions.
    block_rows
        Where structured results are blocks of one matrix, how many rows of blocks it has.
    """

    single: bool = False
    copy: bool = True
    memory_limit: int | None = None
    progress: bool = False
    optimize: Optimizer | None = None
    structured: bool = False
    as_declared: bool = True
    as_einsum: bool = False
    are_complex: tuple[bool, ...] | None = None
    block_rows: int = 0
