"""The nodes of an expression: immutable, interned, each with a shape of dims.

Two nodes that are built alike are one object, so equality is identity. A dim is a size
(`3`) or a name (`"n"`) whose size is given with the arrays. Expressions are built with
the functions of `einsgrad.expressions.construct`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import TypeAlias

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.index_ranges import smaller
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.own_calls import OwnCall
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction
from einsgrad.strings.subscripts import Label, Subscripts

Number: TypeAlias = "int | float | complex"

COMPLEX = "complex"
SYMMETRIC = "symmetric"
# Of complex variables only.
HERMITIAN = "hermitian"
# Of symmetric and Hermitian variables only.
DEFINITE = "positive definite"
SKEW = "skew-symmetric"
# Of symmetric variables only.
DIAGONAL = "diagonal"
LOWER, UPPER = "lower triangular", "upper triangular"
ORTHOGONAL = "orthogonal"
# What follows says which axes may be exchanged.
EXCHANGED = "symmetric in "
# Of variables that a trace makes, if they are no floats: integers, booleans, what is not known.
INTEGER, BOOLEAN, UNKNOWN = "integer", "boolean", "of any kind"

_IS_COMPLEX = attrgetter("is_complex")

ARGMAX, ARGMIN, ARGSORT = "argmax", "argmin", "argsort"


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
class Pick(Node):
    """1 where the first index is what stands in an array of integers, else 0: a one-hot code.

    `W[labels]` is `W_tj [t = labels_a]`. An integer below 0 counts from the end.

    Parameters
    ----------
    target
        The dim of the first index.
    indices
        An expression whose entries are integers; its axes follow. No derivative passes it.

    Examples
    --------
    >>> Pick("v", Integers((2,), (0, 3))).shape
    ('v', 2)
    """

    target: Dim
    indices: Expr

    def __post_init__(self) -> None:
        self._initialise((self.target, *self.indices.shape), False, "", (self.indices,))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Places(Node):
    """Where entries of an array stand along an axis, as integers: no derivative passes it.

    Parameters
    ----------
    name
        `argmax` or `argmin`, which take the axis away, or `argsort`, which keeps it.
    operand
        An expression.
    axis
        The axis.

    Examples
    --------
    >>> Places("argmax", Variable("A", ("m", "n")), 1).shape
    ('m',)
    """

    name: str
    operand: Expr
    axis: int

    def __post_init__(self) -> None:
        shape = self.operand.shape
        kept = shape if self.name == ARGSORT else (*shape[: self.axis], *shape[self.axis + 1 :])
        self._initialise(kept, False, f"{self.name} {self.axis}", (self.operand,))


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Einsum(Node):
    """A normal einsum of its operands; `construct.build_einsum` makes it normal.

    It knows of which kinds its operands are, so that rules need not look at each of them.
    """

    subscripts: Subscripts
    operands: tuple[Expr, ...]
    kinds: frozenset[type[Node]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset(map(type, self.operands)))
        dims = label_dims(self.subscripts, self.operands)
        shape = tuple([dims[label] for label in self.subscripts.output])
        is_complex = any(map(_IS_COMPLEX, self.operands))
        self._initialise(shape, is_complex, _text_of(self.subscripts), self.operands)

    @property
    def dims(self) -> Mapping[Label, Dim]:
        """The dim of every label."""
        return label_dims(self.subscripts, self.operands)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Add(Node):
    """The sum of two or more terms of one shape; `construct.add_terms` checks that."""

    terms: tuple[Expr, ...]

    def __post_init__(self) -> None:
        is_complex = any(map(_IS_COMPLEX, self.terms))
        self._initialise(self.terms[0].shape, is_complex, "", self.terms)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Map(Node):
    """An elementwise function of operands that have the node's shape or none."""

    function: Elementwise
    operands: tuple[Expr, ...]

    def __post_init__(self) -> None:
        shape = max([operand.shape for operand in self.operands], key=len)
        for operand in self.operands:
            if operand.shape not in (shape, ()):
                raise ShapeError(
                    f"{self.function.name} has operands {clip(self.operands[0])} and "
                    f"{clip(operand)}. Operands of one function have equal dims."
                )
        is_complex = any(map(_IS_COMPLEX, self.operands))
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
    """A function of the matrix in the last two axes of the operand."""

    function: MatrixFunction
    operand: Expr

    def __post_init__(self) -> None:
        shape = self.operand.shape
        row = self.function
        if len(shape) < 2 or (row.square and shape[-1] != shape[-2]):
            kind, dims = ("square ", "are equal") if row.square else ("", "are a matrix's")
            raise ShapeError(
                f"{row.name} of {clip(self.operand)}: a {kind}matrix is needed. "
                f"Give an operand whose last two dims {dims}."
            )
        is_complex = (self.operand.is_complex and not row.real_valued) or bool(row.complex_valued)
        self._initialise(
            row.value_shape(shape, self._smaller), is_complex, row.name, (self.operand,)
        )

    def _smaller(self, rows: Dim, columns: Dim) -> Dim:
        found = smaller(rows, columns)
        if found is None:
            raise ShapeError(
                f"{self.function.name} of {clip(self.operand)}: which of {rows} and {columns} is "
                "smaller is not known. Give the sizes of the axes as numbers."
            )
        return found


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Called(Node):
    """The value of a function of whole arrays that a user gave, with its pullback.

    Parameters
    ----------
    call
        The function, and its arguments that are no operands.
    operands
        The others, in order.
    sizes, dtype
        The shape and the dtype of the value. By "" it has the precision of the operands, by
        "complex" that of complex numbers.
    """

    call: OwnCall
    operands: tuple[Expr, ...]
    sizes: tuple[int, ...]
    dtype: str

    def __post_init__(self) -> None:
        text = f"{self.call} {[other[2] for other in self.call.others]}"
        is_complex = self.dtype.startswith("complex")
        self._initialise(self.sizes, is_complex, text, self.operands)


Leaf: TypeAlias = Variable | Constant | Delta | Affine | Step | Integers | Fourier
# Nodes that no derivative passes.
Endpoint: TypeAlias = Leaf | Pick | Places
Expr: TypeAlias = Endpoint | Einsum | Add | Map | Reduce | MatrixMap | Called


@lru_cache(maxsize=4096)
def _text_of(subscripts: Subscripts) -> str:
    return ",".join([".".join(map(str, indices)) for indices in subscripts.lists])
