"""The nodes of an expression: immutable, interned, each with a shape of dims.

Two nodes that are built alike are one object, so equality is identity. A dim is a size
(`3`) or a name (`"n"`) whose size is given with the arrays. Expressions are built with
the functions of `einsgrad.expressions.construct`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from math import prod
from typing import Any, TypeAlias
from zlib import crc32

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.array_methods import ArrayMethods
from einsgrad.expressions.interning import Interned
from einsgrad.expressions.operators import Operators
from einsgrad.expressions.records import as_record, from_record
from einsgrad.expressions.refusing import Refusing
from einsgrad.expressions.tables.rows import Elementwise, MatrixFunction, Reduction
from einsgrad.strings.subscripts import Indices, Label, Subscripts

Dim: TypeAlias = "int | str"
Shape: TypeAlias = "tuple[Dim, ...]"
Key: TypeAlias = "tuple[int, str, str, str]"
Number: TypeAlias = "int | float | complex"

COMPLEX = "complex"
SYMMETRIC = "symmetric"

_SHALLOW = 20


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True, repr=False)
class Node(Operators, ArrayMethods, Refusing, metaclass=Interned):
    """What all nodes share.

    `key` puts expressions into an order that is the same in every run: simple ones before
    nested ones, then by the first variable's name, so that `A` stands before `x`.
    """

    shape: Shape = field(init=False)
    is_complex: bool = field(init=False)
    key: Key = field(init=False)
    known_symmetric: bool | None = field(init=False)
    known_simple: bool = field(init=False)

    def _initialise(
        self, shape: Shape, is_complex: bool, text: str, children: tuple[Node, ...] = ()
    ) -> None:
        keys = [child.key for child in children]
        parts = [type(self).__name__, text, repr(shape), *[key[3] for key in keys]]
        digest = f"{crc32('|'.join(parts).encode('utf-8', 'replace')):08x}"
        depth = max([key[0] for key in keys]) + 1 if keys else 0
        lead = min([key[1] for key in keys if key[1]], default=text)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "is_complex", is_complex)
        object.__setattr__(self, "key", (depth, lead, text, digest))
        object.__setattr__(self, "known_symmetric", None)
        object.__setattr__(self, "known_simple", False)

    def remember_symmetric(self, symmetric: bool) -> bool:
        """Keep whether the node is a symmetric matrix, once that has been found out."""
        object.__setattr__(self, "known_symmetric", symmetric)
        return symmetric

    def remember_simple(self) -> None:
        """Keep that the node is in its simplest form."""
        object.__setattr__(self, "known_simple", True)

    def describe(self) -> str:
        """Say what the node is in a few characters: `A[m,n]`, or `Einsum[m,n]`."""
        return f"{type(self).__name__}[{','.join(map(str, self.shape))}]"

    def parts(self) -> tuple[Any, ...]:
        """Return what the node is built from, in order."""
        return tuple(getattr(self, one.name) for one in fields(self) if one.init)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        # Pickle is recursive: what is shallow is left to it, so that what nodes share is kept
        # once; what is deep becomes a list.
        if self.key[0] <= _SHALLOW:
            return type(self), self.parts()
        return from_record, (as_record(self),)

    def __copy__(self) -> Node:
        return self

    def __deepcopy__(self, memo: object) -> Node:
        return self


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Variable(Node):
    """An input.

    Examples
    --------
    >>> Variable("A", ("m", "n")) is Variable("A", ("m", "n"))
    True
    """

    name: str
    dims: Shape
    traits: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        text = " ".join((self.name, *sorted(self.traits)))
        self._initialise(self.dims, COMPLEX in self.traits, text)

    def describe(self) -> str:
        """Give name and dims: `A[m,n]`; the name alone for a number."""
        return f"{self.name}[{','.join(map(str, self.shape))}]" if self.shape else self.name

    def __repr__(self) -> str:
        return self.describe()


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Constant(Node):
    """A number.

    Examples
    --------
    >>> Constant(2).shape
    ()
    """

    value: Number

    def __post_init__(self) -> None:
        self._initialise((), isinstance(self.value, complex), repr(self.value))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Delta(Node):
    """The Kronecker delta: 1 where all its `order` indices agree, else 0.

    Order 2 is the identity matrix, order 1 a vector of ones, order 0 the size of the dim.

    Examples
    --------
    >>> Delta("n", 2).shape
    ('n', 'n')
    """

    dim: Dim
    order: int

    def __post_init__(self) -> None:
        self._initialise((self.dim,) * self.order, False, f"{self.dim}^{self.order}")


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Fuse(Node):
    """The tensor that joins axes to one: 1 where the first index numbers the others in C order.

    A reshape is an einsum with it, so that its derivative is an exchange like any other.
    It is never multiplied out: contracting with it is a reshape of the other operand.

    Examples
    --------
    >>> Fuse((2, 3)).shape
    (6, 2, 3)
    """

    dims: tuple[int, ...]

    def __post_init__(self) -> None:
        shape = (prod(self.dims), *self.dims)
        self._initialise(shape, False, repr(self.dims))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Einsum(Node):
    """A normal einsum of its operands; `construct.build_einsum` makes it normal."""

    subscripts: Subscripts
    operands: tuple[Expr, ...]

    def __post_init__(self) -> None:
        dims = label_dims(self.subscripts, self.operands)
        shape = tuple(dims[label] for label in self.subscripts.output)
        is_complex = any(operand.is_complex for operand in self.operands)
        self._initialise(shape, is_complex, _text_of(self.subscripts), self.operands)

    @property
    def dims(self) -> dict[Label, Dim]:
        """The dim of every label."""
        return label_dims(self.subscripts, self.operands)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Add(Node):
    """The sum of two or more terms of one shape; `construct.add_terms` checks that."""

    terms: tuple[Expr, ...]

    def __post_init__(self) -> None:
        is_complex = any(term.is_complex for term in self.terms)
        self._initialise(self.terms[0].shape, is_complex, "", self.terms)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Map(Node):
    """An elementwise function of operands that have the node's shape or none."""

    function: Elementwise
    operands: tuple[Expr, ...]

    def __post_init__(self) -> None:
        shape = max((operand.shape for operand in self.operands), key=len)
        for operand in self.operands:
            if operand.shape not in (shape, ()):
                raise ShapeError(
                    f"{self.function.name} has operands {clip(self.operands[0])} and "
                    f"{clip(operand)}. Operands of one function have equal dims."
                )
        is_complex = any(operand.is_complex for operand in self.operands)
        is_complex = is_complex and not self.function.real_valued
        self._initialise(shape, is_complex, self.function.name, self.operands)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Reduce(Node):
    """A reduction of some axes of the operand to one number; the axes are sorted."""

    function: Reduction
    operand: Expr
    axes: tuple[int, ...]

    def __post_init__(self) -> None:
        kept = (dim for axis, dim in enumerate(self.operand.shape) if axis not in self.axes)
        text = f"{self.function.name} {self.axes}"
        self._initialise(tuple(kept), self.operand.is_complex, text, (self.operand,))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class MatrixMap(Node):
    """A function of the square matrix in the last two axes of the operand."""

    function: MatrixFunction
    operand: Expr

    def __post_init__(self) -> None:
        shape = self.operand.shape
        if len(shape) < 2 or shape[-1] != shape[-2]:
            raise ShapeError(
                f"{self.function.name} of {clip(self.operand)}: a square matrix is needed. "
                "Give an operand whose last two dims are equal."
            )
        kept = shape[:-2] if self.function.scalar else shape
        self._initialise(kept, self.operand.is_complex, self.function.name, (self.operand,))


Expr: TypeAlias = Variable | Constant | Delta | Fuse | Einsum | Add | Map | Reduce | MatrixMap


@lru_cache(maxsize=4096)
def _text_of(subscripts: Subscripts) -> str:
    return ",".join([".".join(map(str, indices)) for indices in subscripts.lists])


def label_dims(subscripts: Subscripts, operands: Sequence[Expr]) -> dict[Label, Dim]:
    """Return the dim of every label, taken from the operand's axis that it names."""
    dims: dict[Label, Dim] = {}
    before: tuple[Indices, Shape] = (), ()
    for indices, operand in zip(subscripts.inputs, operands, strict=True):
        shape = operand.shape
        # Many products are entrywise: of a list that was just read there is nothing to learn.
        if before == (indices, shape):
            continue
        before = indices, shape
        if len(indices) != len(shape):
            raise ShapeError(
                f"operand {clip(operand)} has {len(operand.shape)} axes "
                f"and {len(indices)} labels. Give one label for each axis."
            )
        for label, dim in zip(indices, shape, strict=True):
            if dims.setdefault(label, dim) != dim:
                raise ShapeError(
                    f"label {clip(label)} has dim {dims[label]} and, in operand "
                    f"{clip(operand)}, dim {dim}. Axes that share a label share a dim."
                )
    return dims
