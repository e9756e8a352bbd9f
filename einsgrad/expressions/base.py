"""What all nodes share: interned, immutable, each with a shape of dims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias
from zlib import crc32

from einsgrad.expressions.array_methods import ArrayMethods
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.interning import Interned
from einsgrad.expressions.operators import Operators
from einsgrad.expressions.records import as_record, from_record
from einsgrad.expressions.refusing import Refusing

Key: TypeAlias = "tuple[int, str, str, str]"

_SHALLOW = 20
# What is written out in a message: so deep, and in so many characters.
_SHORT, _FEW = 2, 30


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
    known_form: Node | None = field(init=False)

    def _initialise(
        self, shape: Shape, is_complex: bool, text: str, children: tuple[Node, ...] = ()
    ) -> None:
        depth, lead, digests = 0, text, ()
        if children:
            depths, leads, _, digests = zip(*[child.key for child in children], strict=True)
            depth, lead = max(depths) + 1, min(filter(None, leads), default=text)
        parts = "|".join((type(self).__name__, text, repr(shape), *digests))
        digest = f"{crc32(parts.encode('utf-8', 'replace')):08x}"
        put = object.__setattr__
        put(self, "shape", shape)
        put(self, "is_complex", is_complex)
        put(self, "key", (depth, lead, text, digest))
        put(self, "known_symmetric", None)
        put(self, "known_simple", False)
        put(self, "known_form", None)

    def remember_symmetric(self, symmetric: bool) -> bool:
        """Keep whether the node is a symmetric matrix, once that has been found out."""
        object.__setattr__(self, "known_symmetric", symmetric)
        return symmetric

    def remember_simple(self) -> None:
        """Keep that the node is in its simplest form."""
        object.__setattr__(self, "known_simple", True)

    def remember_form(self, simple: Node) -> None:
        """Keep the simplest form of the node, which is another one."""
        object.__setattr__(self, "known_form", simple)

    def describe(self) -> str:
        """Say what the node is in a few characters: `A[m,n]`, `A[0]`, or `Einsum[m,n]`."""
        if self.key[0] <= _SHORT:
            text = repr(self)
            if len(text) <= _FEW and '"' not in text and "\n" not in text:
                return text
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
