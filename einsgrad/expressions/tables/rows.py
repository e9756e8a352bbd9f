"""What a row of a function table says, and the tables themselves.

To add a function is to add one row. A derivative is written over a namespace `m`, the
arguments and the value: `lambda m, x, y: 1 - y * y` for tanh. Given numpy's functions it
is a number, given einsgrad's own it is an expression.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from einsgrad.errors import ArgumentError, clip

Partial: TypeAlias = "Callable[..., Any] | None"
Interval: TypeAlias = "tuple[float, float]"
Numeric: TypeAlias = "str | Callable[..., Any]"

PARAMETERS = ("x", "y", "z")


@dataclass(frozen=True, eq=False, slots=True)
class Elementwise:
    """A function that acts on every entry.

    Parameters
    ----------
    name
        Its name, which is also that of the numpy ufunc unless `ufuncs` says otherwise.
    numpy
        The value on arrays: an expression in `np`, `special`, `stable` and the arguments `x`, `y`,
        `z`, or a callable of the arguments.
    partials
        For each argument the derivative, a function of the namespace, the arguments and
        the value; None where it is zero almost everywhere.
    domain
        For each argument an interval that random tests draw from, free of kinks.
    latex
        How it is set, with `{0}`, `{1}` for the arguments.
    kinks
        What the derivative is where there is none, in words.
    ufuncs
        Names of the numpy functions that become this row on symbolic tensors.
    transpose
        For a function that is linear over the reals only (such as `conj`): the transposed
        map, a function of the namespace and the cotangent.
    real_valued
        Whether the value is real for complex arguments too.
    analytic
        Whether the function is complex differentiable on its domain.
    """

    name: str
    numpy: Numeric
    partials: tuple[Partial, ...]
    domain: tuple[Interval, ...]
    latex: str
    kinks: str = ""
    ufuncs: tuple[str, ...] = ()
    transpose: Callable[..., Any] | None = None
    real_valued: bool = False
    analytic: bool = True

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.partials)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return elementwise_row, (self.name,)


@dataclass(frozen=True, eq=False, slots=True)
class Reduction:
    """A function that reduces axes to one number.

    Parameters
    ----------
    name, numpy, latex
        As for `Elementwise`; the numpy expression has `x` and `axis`.
    partial
        The derivative of the value in each entry: a function of the namespace, the
        operand, the value spread over the operand's axes, and the reduced axes.
    domain
        The interval that random tests draw entries from.
    kinks
        What the derivative is where there is none, in words.
    """

    name: str
    numpy: Numeric
    partial: Callable[..., Any]
    domain: Interval
    latex: str
    kinks: str = ""

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return reduction_row, (self.name,)


@dataclass(frozen=True, eq=False, slots=True)
class MatrixFunction:
    """A function of the matrix in the last two axes.

    Its differential is an einsum of expressions and of the matrix's differential, whose
    place is marked; the pullback is that einsum exchanged.

    Parameters
    ----------
    name, numpy, latex
        As for `Elementwise`.
    scalar
        Whether the value is a number for each matrix, and no matrix.
    differential
        Given the namespace, the operand and the value: a coefficient, the einsum string
        for the last axes with the differential's list first, and the other operands.
    """

    name: str
    numpy: Numeric
    scalar: bool
    differential: Callable[..., tuple[int, str, tuple[Any, ...]]]
    latex: str

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return matrix_row, (self.name,)


ELEMENTWISE: dict[str, Elementwise] = {}
REDUCTIONS: dict[str, Reduction] = {}
MATRIX_FUNCTIONS: dict[str, MatrixFunction] = {}


def enter(row: Elementwise) -> Elementwise:
    """Put a row into the table of elementwise functions.

    Raises
    ------
    ArgumentError
        If the name is taken or no identifier, or the row does not fit its arity.
    """
    if not row.name.isidentifier() or row.name in ELEMENTWISE:
        raise ArgumentError(f"{clip(row.name)} is taken, or no identifier. Choose another name.")
    if not 1 <= row.arity <= len(PARAMETERS) or len(row.domain) != row.arity:
        raise ArgumentError(
            f"{clip(row.name)} needs one to three arguments, with a derivative and an "
            "interval for each."
        )
    ELEMENTWISE[row.name] = row
    return row


def elementwise_row(name: str) -> Elementwise:
    """Return the row of an elementwise function."""
    return ELEMENTWISE[name]


def reduction_row(name: str) -> Reduction:
    """Return the row of a reduction."""
    return REDUCTIONS[name]


def matrix_row(name: str) -> MatrixFunction:
    """Return the row of a matrix function."""
    return MATRIX_FUNCTIONS[name]
