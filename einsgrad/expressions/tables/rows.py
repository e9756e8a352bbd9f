"""What a row of a function table says, and the tables themselves.

To add a function is to add one row. What else knows of functions is `vocabulary.functions`,
which `python tests/write_functions.py` writes from the rows, and rules that are about one.

A derivative is written over a namespace `m`, the arguments and the value:
`lambda m, x, y: 1 - y * y` for tanh. Given numpy's functions it is a number, given einsgrad's
own it is an expression. A column that is left out means "not known", and what is not known
is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

from einsgrad.expressions.tables import spellings
from einsgrad.expressions.tables.latex_names import latex_call, latex_name
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS, MatrixFunction
from einsgrad.expressions.tables.properties import Bounds, Inverse, Kind

Partial: TypeAlias = "Callable[..., Any] | None"
Interval: TypeAlias = "tuple[float, float]"

PARAMETERS = ("x", "y", "z")


@dataclass(frozen=True, eq=False, slots=True)
class Elementwise:
    """A function that acts on every entry.

    Parameters
    ----------
    name
        Its name.
    numpy
        The value on arrays.
    partials
        For each argument the derivative, a function of the namespace, the arguments and
        the value; None where it is zero almost everywhere.
    domain
        For each argument an interval that random tests draw from, free of kinks.
    latex
        How it is set, with `{0}`, `{1}` for the arguments; by default its name.
    meaning
        What it is, in words that go on from "Return".
    kinks
        What the derivative is where there is none, in words.
    public
        The names that users call it by.
    numpy_names
        Names of the numpy functions that become this row on symbolic tensors.
    torch, jax
        The value in code for these libraries.
    number
        The value of Python's real numbers, without numpy.
    bounds
        What the values lie between.
    inverse
        The function that it undoes.
    quotient
        The names of the two functions whose quotient it is, as `sin` and `cos` of `tan`.
    parity
        1 for an even function, -1 for an odd one.
    commutes
        Whether its two arguments may be exchanged.
    shares
        Whether the value may share memory with an argument.
    transpose
        The transposed map of a function that is linear over the reals only, such as `conj`.
    real_valued
        Whether the value is real for complex arguments too.
    analytic
        Whether the function is complex differentiable on its domain.
    kind
        What numpy holds the values in.
    part
        The name that the function gives to its argument, which it leaves as it is.
    """

    name: str
    numpy: spellings.ElementwiseCode
    partials: tuple[Partial, ...]
    domain: tuple[Interval, ...]
    latex: str = ""
    meaning: str = ""
    kinks: str = ""
    public: tuple[str, ...] = ()
    numpy_names: tuple[str, ...] = ()
    torch: spellings.LibraryCode | None = None
    jax: spellings.LibraryCode | None = None
    number: Callable[..., float] | None = None
    bounds: Bounds | None = None
    inverse: Inverse | None = None
    quotient: tuple[str, str] | None = None
    parity: int | None = None
    commutes: bool | None = None
    shares: bool | None = None
    transpose: Callable[..., Any] | None = None
    real_valued: bool | None = None
    analytic: bool | None = None
    kind: Kind | None = None
    part: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "latex", self.latex or latex_call(self.name, self.arity))

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.partials)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (naming_row, (self.part,)) if self.part else (elementwise_row, (self.name,))


@dataclass(frozen=True, eq=False, slots=True)
class Reduction:
    """A function that reduces axes to one number.

    Parameters
    ----------
    name, numpy, meaning, kinks, public, numpy_names, torch, jax, bounds, shares, analytic, kind
        As for `Elementwise`; the value has `x` and the axes.
    partial
        The derivative in each entry: a function of the namespace, the operand, the value
        spread over the operand's axes, and the reduced axes; None where it is not known.
    domain
        The interval that random tests draw entries from.
    latex
        The sign that stands before the operand, by default its name; indices stand below it.
    keeps_sign
        Whether the value is not negative where no entry is.
    keeps_single
        Whether the value of a single entry is that entry.
    parts
        The ufunc of numpy that joins values of parts, such as "logaddexp". Where a single
        entry is kept, its `reduce` is the function itself.
    """

    name: str
    numpy: spellings.ReductionCode
    partial: Callable[..., Any] | None
    domain: Interval
    latex: str = ""
    meaning: str = ""
    kinks: str = ""
    public: tuple[str, ...] = ()
    numpy_names: tuple[str, ...] = ()
    torch: spellings.LibraryCode | None = None
    jax: spellings.LibraryCode | None = None
    bounds: Bounds | None = None
    shares: bool | None = None
    analytic: bool | None = None
    keeps_sign: bool | None = None
    keeps_single: bool | None = None
    parts: str | None = None
    kind: Kind | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "latex", self.latex or latex_name(self.name))

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return reduction_row, (self.name,)


Row: TypeAlias = Elementwise | Reduction | MatrixFunction

ELEMENTWISE: dict[str, Elementwise] = {}
REDUCTIONS: dict[str, Reduction] = {}
TABLES: tuple[Mapping[str, Row], ...] = (ELEMENTWISE, REDUCTIONS, MATRIX_FUNCTIONS)


def all_rows() -> Iterator[Row]:
    """Yield the rows of all tables."""
    return chain.from_iterable(table.values() for table in TABLES)


def names_of(row: Row) -> tuple[str, ...]:
    """Return all names of a row: its own, those that users call it by, and numpy's.

    Examples
    --------
    >>> names_of(elementwise_row("deg2rad"))
    ('deg2rad', 'radians')
    """
    return tuple(dict.fromkeys((row.name, *row.public, *row.numpy_names)))


def public_row(name: str) -> Row | None:
    """Return the row that users call by a name, if any.

    Examples
    --------
    >>> public_row("tanh"), public_row("tan h")
    (tanh, None)
    """
    return next((row for row in all_rows() if name in row.public), None)


def elementwise_row(name: str) -> Elementwise:
    """Return the row of an elementwise function."""
    return ELEMENTWISE[name]


@cache
def naming_row(name: str) -> Elementwise:
    """Return the function that gives a name to its argument, one for each name.

    Examples
    --------
    >>> naming_row("h") is naming_row("h"), naming_row("h").part
    (True, 'h')
    """
    return Elementwise(
        f"named {name}",
        spellings.Form("{x}"),
        (lambda m, x, y: 1,),
        ((-3.0, 3.0),),
        latex="{0}",
        torch=spellings.Form("{x}"),
        jax=spellings.Form("{x}"),
        shares=True,
        analytic=True,
        kind=Kind.SAME,
        part=name,
    )


def reduction_row(name: str) -> Reduction:
    """Return the row of a reduction."""
    return REDUCTIONS[name]
