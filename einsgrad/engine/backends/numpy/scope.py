"""What all parts of the writer know of the program that they write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.backends.numpy.constants import Constants
from einsgrad.engine.backends.numpy.lifetimes import Lifetimes
from einsgrad.engine.backends.numpy.spelling import Spelling
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import Register


@dataclass(frozen=True, slots=True)
class WriterScope:
    """A program, the names of its registers, and what its text needs besides.

    Parameters
    ----------
    program, lifetimes
        The program, and how long its registers live.
    names
        The name of each register.
    constants, spelling
        What is made before the function, and how functions are called.
    """

    program: Program
    lifetimes: Lifetimes
    names: Mapping[Register, Name]
    constants: Constants
    spelling: Spelling

    @classmethod
    def of(cls, program: Program) -> WriterScope:
        """Name the registers of a program.

        Names are made of numbers; nothing that a user typed gets into the text.
        """
        names = {register: Name(f"a{place}") for place, register in enumerate(program.inputs)}
        names |= {step.target: Name(f"t{place}") for place, step in enumerate(program.steps)}
        constants = Constants()
        return cls(program, Lifetimes(program), names, constants, Spelling(constants))


def common_dtype(registers: Iterable[Register]) -> np.dtype[Any] | None:
    """Return the dtype that arrays share; None where they differ, or one has no axes."""
    dtypes = {register.dtype if register.shape else None for register in registers}
    return dtypes.pop() if len(dtypes) == 1 else None


def new_array(function: str, register: Register) -> Name:
    """Write the call of a function of numpy that makes an array, such as `np.zeros`.

    Examples
    --------
    >>> print(new_array("np.zeros", Register(0, (2, 3), np.dtype(float))))
    np.zeros((2, 3,), '<f8')
    """
    sizes = "".join(f"{size}, " for size in register.shape)[:-1]
    return Name(f"{function}(({sizes}), '{register.dtype.str}')")


def shape_checks(registers: Iterable[Register], names: Mapping[Register, object]) -> list[str]:
    """Write that arrays have the shapes that a function was written for.

    Examples
    --------
    >>> x = Register(0, (2, 3), np.dtype(float))
    >>> shape_checks([x], {x: "a0"})
    ['    assert a0.shape == (2, 3)']
    """
    return [f"    assert {names[one]}.shape == {one.shape}" for one in registers if one.shape]
