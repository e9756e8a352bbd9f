"""Arrays that a traced function meets: each becomes a variable that is bound to a copy of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from einsgrad.errors import ArgumentTypeError, DtypeError, clip
from einsgrad.expressions.current import current, innermost
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.foreign_arrays import kind_of_entries, namespace_of
from einsgrad.expressions.nodes import BOOLEAN, COMPLEX, INTEGER, UNKNOWN, Expr, Variable
from einsgrad.expressions.walks import variables_in

TRACED = "traced"
"""The trait of variables that a trace makes: none that a user declares is the same node."""

NUMBER_KINDS = "biufc"
"""The kinds of dtypes of arrays that expressions compute with."""


class Capture:
    """The variables of one trace, and the arrays that its function meets.

    Variables are named by the order in which arrays are met, so that a function that does
    the same at each call builds the same expression. Functions that are traced within the
    trace of another have names of their own.

    Attributes
    ----------
    arrays
        A copy of each array that was met, by its variable.
    given
        What the variable of each argument stands for.
    meetings
        How often an array was met.
    kinds, precisions
        What is known of the kinds and dtypes of expressions.
    """

    def __init__(self, depth: int = 0, outer: Capture | None = None) -> None:
        self.depth = depth
        self.outer = outer
        self.arrays: dict[Variable, Any] = {}
        self.given: dict[Variable, Any] = {}
        self.meetings = 0
        self.kinds: dict[Expr, str | None] = {}
        self.precisions: dict[Expr, Any] = {}
        self._known: dict[Hashable, Variable] = {}
        # What is known by its place in memory has to stay there.
        self._held: list[Any] = []

    def named(self, name: str, shape: Shape, kind: str | None) -> Variable:
        """Return a variable of this trace, for values of a kind of numpy's, or of any."""
        return _variable(name + "'" * self.depth, shape, kind)

    def variable(self, array: Any) -> Variable:
        """Return the variable that stands for an array, or for a scalar of numpy, as it is now.

        One that has changed since it was met gets another variable.
        """
        self.meetings += 1
        known = self._known.get(id(array))
        if known is None and namespace_of(array) is not None:
            return self._met(array)
        if known is None and (place := _place(array)) is not None:
            known = self._known.get(place)
            if known is not None:
                self._hold(array, known)
        if known is not None and _is_unchanged(array, self.arrays[known]):
            return known
        return self._met(array)

    def originals(self) -> dict[Variable, Any]:
        """Return the arrays that were met, no copies of them, by their variables."""
        return {self._known[id(array)]: array for array in self._held}

    def _met(self, array: Any) -> Variable:
        refuse_other_meaning(array, "an array that meets an expression")
        is_foreign = namespace_of(array) is not None
        kind = kind_of_entries(array) if is_foreign else array.dtype.kind
        if not kind or kind not in NUMBER_KINDS:
            raise ArgumentTypeError(
                f"an array of dtype {array.dtype} meets an expression: {clip(array)}. "
                "Give booleans, integers, floats or complex numbers."
            )
        shape = tuple(map(int, array.shape))
        # No name in Python has a space, so that no argument has this one.
        symbol = self.named(f"array {len(self.arrays)}", shape, kind)
        self._hold(array, symbol)
        place = None if is_foreign else _place(array)
        if place is not None:
            self._known[place] = symbol
        self.arrays[symbol] = array if place is None else array.copy("K")
        return symbol

    def _hold(self, array: Any, symbol: Variable) -> None:
        """Find an array by its address from now on, which therefore has to stay its own."""
        self._known[id(array)] = symbol
        self._held.append(array)


def refuse_other_meaning(value: object, what: str) -> None:
    """Refuse arrays of numpy that say more than their entries: masks, products of matrices.

    Raises
    ------
    DtypeError
        If it is one of these.
    """
    if namespace_of(value) is not None:
        return
    import numpy as np

    if isinstance(value, np.ma.MaskedArray):
        raise DtypeError(
            f"{what} is a masked array, and its mask would be lost. "
            "Fill it: a.filled(0), and give the mask as an array of its own."
        )
    if isinstance(value, np.matrix):
        raise DtypeError(
            f"{what} is a numpy.matrix, which * multiplies as matrices. "
            "Give the array: np.asarray(a)."
        )


def traced_variable(name: str, shape: Shape, is_complex: bool) -> Variable:
    """Return a variable of no argument and no array: one that is given a name of several words."""
    return _variable(name, shape, "c" if is_complex else "f")


@lru_cache(maxsize=4096)
def _variable(name: str, shape: Shape, kind: str | None) -> Variable:
    return Variable(name, shape, frozenset((TRACED, *_TRAITS[kind])))


_TRAITS: dict[str | None, tuple[str, ...]] = {
    "c": (COMPLEX,),
    "f": (),
    "i": (INTEGER,),
    "u": (INTEGER,),
    "b": (BOOLEAN,),
    None: (UNKNOWN,),
}


def _place(array: Any) -> Hashable | None:
    """Return where the entries of an array are, and how they are read; of a scalar None."""
    if not hasattr(array, "__setitem__"):
        return None
    where = array.__array_interface__["data"][0]
    return where, type(array), array.shape, array.strides, array.dtype


def _is_unchanged(array: Any, copied: Any) -> bool:
    """Tell whether an array still has the bits that it had when it was copied."""
    if array is copied:
        return True
    if array.nbytes <= _FEW:
        return bool(array.tobytes() == copied.tobytes())
    if array.dtype.kind == "c":
        return _is_unchanged(array.real, copied.real) and _is_unchanged(array.imag, copied.imag)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        # nan is not equal to itself, and -0.0 is equal to 0.0.
        bits = f"i{array.dtype.itemsize}"
        array, copied = array.view(bits), copied.view(bits)
    return bool((array == copied).all())


def _depth_within(symbol: Variable) -> int:
    """Return the depth of a trace within the one that a variable belongs to."""
    name = symbol.name
    return 1 + len(name) - len(name.rstrip("'")) if TRACED in symbol.traits else 0


_FEW = 4096
"""The bytes up to which two arrays are compared faster as bytes objects."""


@contextmanager
def capturing(given: Sequence[Expr] = ()) -> Iterator[Capture]:
    """Collect the arrays that expressions meet inside the block.

    The variables of the block are others than those in the expressions that are given to it:
    these may be traced by another thread, whose capture is not known in this one.
    """
    outer = current()
    depth = 0 if outer is None else outer.depth + 1
    if given:
        depth = max([depth, *map(_depth_within, variables_in(*given))])
    capture = Capture(depth, outer)
    token = innermost.set(capture)
    try:
        yield capture
    finally:
        innermost.reset(token)
