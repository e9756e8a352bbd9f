"""The nodes of an expression: immutable, interned, each with a shape of dims.

Two nodes that are built alike are one object, so equality is identity. A dim is a size
(`3`) or a name (`"n"`) whose size is given with the arrays. Expressions are built with
the functions of `einsgrad.construct`.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from einsgrad.errors import ShapeError, clip
from einsgrad.subscripts import Label, Subscripts

Dim: TypeAlias = "int | str"
Shape: TypeAlias = "tuple[Dim, ...]"
Number: TypeAlias = "int | float | complex"

_nodes: weakref.WeakValueDictionary[tuple[object, ...], Any] = weakref.WeakValueDictionary()
_lock = threading.RLock()
_serials = itertools.count()


class Interned(type):
    """A metaclass that returns the existing node when one was built from the same parts."""

    def __call__(cls, *parts: Any) -> Any:
        """Return the node of this kind with these parts, making it if there is none."""
        # repr tells 1 from 1.0 and -0.0 from 0.0, which compare equal.
        key = (cls, *(repr(part) if isinstance(part, _NUMBERS) else part for part in parts))
        with _lock:
            node = _nodes.get(key)
            if node is None:
                node = _nodes[key] = super().__call__(*parts)
        return node


_NUMBERS = (int, float, complex)


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True, repr=False)
class Node(metaclass=Interned):
    """What all nodes share: their shape, and a serial number that grows with their making."""

    shape: Shape = field(init=False)
    serial: int = field(init=False)

    def _initialise(self, shape: Shape) -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "serial", next(_serials))

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{','.join(map(str, self.shape))}]"

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

    def __post_init__(self) -> None:
        self._initialise(self.dims)

    def __repr__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.shape))}]"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Variable, (self.name, self.dims)


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
        self._initialise(())

    def __repr__(self) -> str:
        return repr(self.value)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Constant, (self.value,)


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
        self._initialise((self.dim,) * self.order)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Delta, (self.dim, self.order)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Einsum(Node):
    """A normal einsum of its operands. Build it with `construct.einsum`, which makes it normal."""

    subscripts: Subscripts
    operands: tuple[Expr, ...]

    def __post_init__(self) -> None:
        dims = label_dims(self.subscripts, self.operands)
        self._initialise(tuple(dims[label] for label in self.subscripts.output))

    @property
    def dims(self) -> dict[Label, Dim]:
        """The dim of every label."""
        return label_dims(self.subscripts, self.operands)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Einsum, (self.subscripts, self.operands)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Add(Node):
    """The sum of two or more terms of equal shapes. Build it with `construct.add`."""

    terms: tuple[Expr, ...]

    def __post_init__(self) -> None:
        self._initialise(self.terms[0].shape)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Add, (self.terms,)


Expr: TypeAlias = Variable | Constant | Delta | Einsum | Add


def label_dims(subscripts: Subscripts, operands: Sequence[Expr]) -> dict[Label, Dim]:
    """Return the dim of every label, taken from the operand's axis that it names."""
    dims: dict[Label, Dim] = {}
    for indices, operand in zip(subscripts.inputs, operands, strict=True):
        if len(indices) != len(operand.shape):
            raise ShapeError(
                f"operand {clip(operand)} has {len(operand.shape)} axes "
                f"and {len(indices)} labels. Give one label for each axis."
            )
        for label, dim in zip(indices, operand.shape, strict=True):
            if dims.setdefault(label, dim) != dim:
                raise ShapeError(
                    f"label {clip(label)} has dim {dims[label]} and, in operand "
                    f"{clip(operand)}, dim {dim}. Axes that share a label share a dim."
                )
    return dims
