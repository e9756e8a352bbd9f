"""How a function is written in code: what the columns `numpy`, `torch` and `jax` of a row hold.

Each kind of value is a record, so that a writer prints it and never has to read it. They are
named tuples, which cost a fifth of a dataclass at import. In text the arguments are `x`, `y`
and `z`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple, TypeAlias


class Ufunc(NamedTuple):
    """A ufunc of numpy, which can write into an array.

    Parameters
    ----------
    name
        Its name in numpy.
    arguments
        Names of arguments and numbers that it is called with; by default the arguments.
    """

    name: str
    arguments: tuple[str | int, ...] = ()


class Reduced(NamedTuple):
    """A ufunc of two arguments that is applied along axes, as `np.maximum.reduce`."""

    name: str


class ComparisonUfunc(NamedTuple):
    """A ufunc whose booleans become numbers: sums of booleans are no counts."""

    name: str


class Stable(NamedTuple):
    """A function of `einsgrad.engine.stable`, whose text is copied.

    Parameters
    ----------
    name
        Its name.
    scipy
        Whether it imports scipy.
    """

    name: str
    scipy: bool = False


class Form(NamedTuple):
    """Text with places: `{x}`, `{y}`, `{z}` for arguments, `{axes}` for the axes of a reduction.

    Parameters
    ----------
    text
        The text.
    numbers
        The arguments that may be numbers of Python where the library else wants arrays, if
        not all of these are numbers.
    needs
        The functions of `einsgrad.engine.backends.helpers` that the text calls.
    """

    text: str
    numbers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text.format(x="x", y="y", z="z", axes="axis")


class Bounded(NamedTuple):
    """A form with a place `{limit}` for the largest number of the dtype, or its logarithm.

    Parameters
    ----------
    text
        The text.
    logarithm
        Whether the limit is the logarithm.
    most
        What the limit does not exceed.
    """

    text: str
    logarithm: bool = False
    most: float = inf


class EachAxis(NamedTuple):
    """A form with a place `{axis}`: a reduction that takes one axis at a time."""

    text: str


class Body(NamedTuple):
    """An expression of the arguments, and `axis`, that is the body of a function of its own.

    Parameters
    ----------
    text
        The expression, in `np` and `special`.
    special
        The functions of `scipy.special` that it calls.
    """

    text: str
    special: tuple[str, ...] = ()


class TupleEntry(NamedTuple):
    """An entry of a tuple of arrays: a program that needs several of them calls once.

    Parameters
    ----------
    call
        What returns the tuple.
    place
        Which entry it is.
    alone
        What to call where no other entry is needed; by default the same.
    """

    call: Form | Stable
    place: int
    alone: Form | None = None


class Given(NamedTuple):
    """A Python function of arrays that a user gave."""

    function: Callable[..., Any]


# Which of them the column `numpy` of each table may hold.
PlainCode: TypeAlias = Stable | Form | Body | Given
MatrixCode: TypeAlias = TupleEntry | PlainCode
ReductionCode: TypeAlias = Reduced | PlainCode
ElementwiseCode: TypeAlias = Ufunc | ComparisonUfunc | Bounded | PlainCode
LibraryCode: TypeAlias = Form | EachAxis

# What Python's own mathematics has, so that it is there without scipy.
WITHOUT_SCIPY = frozenset(["erf"])


def needs_scipy(code: ElementwiseCode | ReductionCode | MatrixCode) -> bool:
    """Tell whether only scipy has the function.

    Examples
    --------
    >>> needs_scipy(Body("special.digamma(x)", ("digamma",))), needs_scipy(Ufunc("tanh"))
    (True, False)
    """
    match code:
        case Body(special=special):
            return not WITHOUT_SCIPY.issuperset(special)
        case Stable(scipy=scipy):
            return scipy
        case TupleEntry(call=call):
            return needs_scipy(call)
        case _:
            return False
