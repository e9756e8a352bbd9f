"""Arrays as a program names, views and computes them: records that print themselves as numpy code.

What is written is decided on these records, and the text is made of them last: no decision
looks at text.

>>> a, b = Name("a"), Name("b")
>>> str(dot_call(Transposed(a), Reshaped(b, (6, 2))))
'a.T.dot(b.reshape(6, 2))'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """An array by its name, or a number as it is written."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Ones:
    """A vector of ones with the dtype of another array."""

    size: int
    like: NumpyValue

    def __str__(self) -> str:
        return f"np.ones({self.size}, {self.like}.dtype)"


@dataclass(frozen=True, slots=True)
class Index:
    """The places of the entries of an array whose axes are reordered.

    Parameters
    ----------
    widths
        The array's shape.
    places
        The order of its axes in the index.
    shape
        The shape of the index.
    """

    widths: tuple[int, ...]
    places: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of places."""
        return prod(self.widths)

    def __str__(self) -> str:
        return str(self.moved(Name(f"np.arange({self.size})")))

    def moved(self, array: NumpyValue) -> View:
        """Reorder an array's entries without an index.

        Examples
        --------
        >>> str(Index((2, 3), (1, 0), (6,)).moved(Name("a")))
        'a.reshape(2, 3).transpose(1, 0).ravel()'
        """
        permuted = Permuted(Reshaped(array, self.widths), self.places)
        return Raveled(permuted) if len(self.shape) == 1 else Reshaped(permuted, self.shape)


@dataclass(frozen=True, slots=True)
class View:
    """An array seen in another way; a copy where numpy has to make one."""

    array: NumpyValue


@dataclass(frozen=True, slots=True)
class Transposed(View):
    """All axes in reverse order."""

    def __str__(self) -> str:
        return f"{based(self.array)}.T"


@dataclass(frozen=True, slots=True)
class Permuted(View):
    """The axes in another order."""

    order: tuple[int, ...]

    def __str__(self) -> str:
        return f"{based(self.array)}.transpose({', '.join(map(str, self.order))})"


@dataclass(frozen=True, slots=True)
class Reshaped(View):
    """Another shape."""

    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{based(self.array)}.reshape({', '.join(map(str, self.shape)) or '()'})"


@dataclass(frozen=True, slots=True)
class Raveled(View):
    """One axis."""

    def __str__(self) -> str:
        return f"{based(self.array)}.ravel()"


@dataclass(frozen=True, slots=True)
class Spread(View):
    """New axes of size 1 where a slot is false; axes behind the last slot stay."""

    slots: tuple[bool, ...]

    def __str__(self) -> str:
        slots = ", ".join(":" if slot else "None" for slot in self.slots)
        return f"{based(self.array)}[{slots}]"


@dataclass(frozen=True, slots=True)
class Subarray(View):
    """What an index of slices and numbers leaves."""

    index: str

    def __str__(self) -> str:
        return f"{based(self.array)}[{self.index}]"


@dataclass(frozen=True, slots=True)
class Diagonal(View):
    """The diagonal of a square matrix."""

    def __str__(self) -> str:
        return f"{based(self.array)}.diagonal()"


@dataclass(frozen=True, slots=True)
class Taken:
    """The entries at the places of an index, along one axis or of the whole array."""

    array: NumpyValue
    index: Index | Name
    axis: int | None = None

    def __str__(self) -> str:
        axis = "" if self.axis is None else f", {self.axis}"
        return f"{based(self.array)}.take({self.index}{axis})"


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A method of the first operand, called with the others."""

    name: str
    operands: tuple[NumpyValue, ...]

    def __str__(self) -> str:
        first, *others = self.operands
        return f"{based(first)}.{self.name}({', '.join(map(str, others))})"


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function of numpy, called with operands."""

    name: str
    operands: tuple[NumpyValue, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.operands))})"


SIGNS = {"add": "+", "subtract": "-", "multiply": "*"}


@dataclass(frozen=True, slots=True)
class Entrywise:
    """A sum, difference or product of entries, or a negative; into `out` if there is one."""

    function: str
    operands: tuple[NumpyValue, ...]
    out: Name | None = None

    def __str__(self) -> str:
        if self.out is not None:
            return f"np.{self.function}({', '.join(map(str, (*self.operands, self.out)))})"
        if self.function == "negative":
            return f"-{self.operands[0]}"
        return f" {SIGNS[self.function]} ".join(map(str, self.operands))


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call whose text another part of the writer made, and the arrays that it reads."""

    text: str
    operands: tuple[NumpyValue, ...] = ()

    def __str__(self) -> str:
        return self.text


NumpyValue: TypeAlias = (
    Name | Ones | Index | View | Taken | MethodCall | FunctionCall | Entrywise | WrittenCall
)  # what a program names or computes


def dot_call(first: NumpyValue, second: NumpyValue) -> MethodCall:
    """Multiply two arrays by `dot`."""
    return MethodCall("dot", (first, second))


def based(value: NumpyValue) -> str:
    """Write a value so that a method of it can be called."""
    if isinstance(value, Entrywise) and value.out is None:
        return f"({value})"
    return str(value)


def parts(value: NumpyValue) -> tuple[NumpyValue, ...]:
    """Return the values that a value is made of."""
    match value:
        case Name() | Index():
            return ()
        case Ones(like=like):
            return (like,)
        case View(array=array):
            return (array,)
        case Taken(array=array, index=index):
            return (array, index)
        case Entrywise(operands=operands, out=Name() as out):
            return (*operands, out)
        case MethodCall() | FunctionCall() | Entrywise() | WrittenCall():
            return value.operands


def walk(value: NumpyValue) -> Iterator[NumpyValue]:
    """Yield a value and all that it is made of."""
    yield value
    for part in parts(value):
        yield from walk(part)
