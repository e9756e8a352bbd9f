"""Entries of expressions at integers, as numpy's indices that are arrays have them.

Each array of integers is a selector that holds it. Where several broadcast together, their
selectors share labels; a mask is the integers of the places where it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from einsgrad.errors import EinsgradError, IndexingError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.current import current
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.repetition import repeatable
from einsgrad.expressions.selectors import Delta, Integers
from einsgrad.expressions.shaping import as_expr, broadcast_shape, is_of_numpy, stretched
from einsgrad.expressions.vocabulary.indexing import (
    Indexing,
    basic_part,
    for_each_axis,
    not_an_index,
    out_of_range,
    selected,
)
from einsgrad.strings.subscripts import Label

# Functions whose arrays are read while an expression is built: what they select depends on them.
READ_BY_VALUE = frozenset(
    {"take", "take_along_axis", "compress", "extract", "choose", "ix_", "delete", "insert"}
    | {"repeat", "interp", "gradient", "bincount", "digitize"}
    | {"quantile", "percentile", "nanquantile", "nanpercentile"}
)

# A boolean reads no axis, and adds one of size 1 or 0.
Part: TypeAlias = "int | slice | Expr | bool | None"


def indexed(x: Expr, key: object) -> Expr:
    """Return what numpy's `x[key]` is.

    Raises
    ------
    IndexingError
        If an index is out of range, there are more than axes, or one is of another kind.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", (4, "n"))
    >>> indexed(A, (None, slice(None, None, 2), -1)).shape
    (1, 2)
    >>> indexed(A, [[0, 3], [1, 1], [2, 0]]).shape
    (3, 2, 'n')
    """
    given = key if type(key) is tuple else (key,)
    if not any(map(_is_array, given)):
        return selected(x, *map(basic_part, given))
    read = [as_index(one) if _is_array(one) else basic_part(one) for one in given]
    parts = for_each_axis(x, read, list(map(_axes_read, read)))
    is_empty = any(getattr(part, "size", 1) == 0 for part in parts if is_of_numpy(part))
    return gathered(x, _stands_apart(read), *_with_expressions(x, parts, checked=not is_empty))


def _is_array(part: object) -> bool:
    """Tell whether a part of an index is an array, or is read as one."""
    if type(part) is int or part is None or part is ... or isinstance(part, slice):
        return False
    if isinstance(part, bool | Node | list | tuple | range):
        return True
    if not is_of_numpy(part):
        return hasattr(part, "__array__")
    array: Any = part
    # An integer of numpy is one of Python.
    return bool(array.shape != () or array.dtype.kind not in "iu")


def as_index(given: Any) -> Any:
    """Return an array of integers or booleans, an expression of integers, or a boolean.

    Raises
    ------
    IndexingError
        If it is another thing, or a mask whose values are not known.
    """
    if isinstance(given, Node):
        expr = as_expr(given)
        _refuse_no_integers(expr)
        return expr
    array = _as_array(given)
    if array.dtype.kind not in "biu":
        raise _of_another_kind(given) if is_of_numpy(given) else not_an_index(given)
    return array if array.shape else array.item()


def _as_array(given: Any) -> Any:
    import numpy as np

    try:
        array = np.asarray(given)
    except EinsgradError:
        raise IndexingError(
            f"{clip(given)} is no index: a list of expressions is no array. Join them with "
            "numpy.stack."
        ) from None
    except ValueError as error:
        raise ShapeError(f"{clip(given)} is no index: {error} Give lists of one length.") from None
    # A list without entries is one of integers here.
    return array if array.size or is_of_numpy(given) else array.astype(int)


def _of_another_kind(given: object) -> IndexingError:
    return IndexingError(
        f"arrays used as indices must be of integer (or boolean) type, unlike {clip(given)}. "
        "Convert it with astype(int)."
    )


def _refuse_no_integers(expr: Expr) -> None:
    """Refuse an expression as index that is known to have no integers.

    Raises
    ------
    IndexingError
        If it has none, or is a mask.
    """
    kind = kind_of(expr)
    if kind == "b":
        raise unknown_mask(expr)
    if kind in ("f", "c"):
        raise _of_another_kind(expr)


def unknown_mask(mask: object) -> IndexingError:
    """Return the error that a mask is an expression."""
    return IndexingError(
        f"the mask {clip(mask)} depends on data that is not known while an expression is "
        "built, and so does the size of what it selects. Use where(mask, x, 0)."
    )


def _axes_read(part: Any) -> int:
    """Return how many axes a part of an index reads."""
    if part is None or part is ... or isinstance(part, bool):
        return 0
    return part.ndim if is_of_numpy(part) and part.dtype.kind == "b" else 1


def _stands_apart(parts: Sequence[Any]) -> bool:
    """Tell whether another part stands between arrays, so that their axes come first."""
    places = [place for place, part in enumerate(parts) if not _is_kept(part)]
    return places != list(range(places[0], places[-1] + 1))


def _is_kept(part: object) -> bool:
    return part is None or part is ... or isinstance(part, slice)


def _with_expressions(x: Expr, parts: Sequence[Any], *, checked: bool) -> Iterator[Part]:
    """Yield the parts of an index with expressions in the place of arrays."""
    axis = 0
    for part in parts:
        if not is_of_numpy(part):
            yield part
        elif part.dtype.kind == "b":
            _refuse_other_sizes(x, axis, part)
            yield from map(known_integers, part.nonzero())
        else:
            if checked:
                refuse_out_of_range(x, axis, part)
            # Of no entries none is out of range.
            yield known_integers(part if checked else 0 * part)
        axis += _axes_read(part)


def known_integers(array: Any) -> Expr:
    """Return integers that are known: a traced function may meet others at the next call."""
    capture = current()
    if capture is not None:
        return capture.variable(array)
    return Integers(tuple(array.shape), tuple(array.ravel().tolist()))


def _refuse_other_sizes(x: Expr, first: int, mask: Any) -> None:
    """Refuse a mask whose sizes are not those of the axes that it reads."""
    for axis, size in enumerate(mask.shape, first):
        if x.shape[axis] != size:
            raise IndexingError(
                f"boolean index did not match {clip(x)} along axis {axis}: its size is "
                f"{x.shape[axis]}, that of the mask {size}. Give a mask of the same sizes."
            )


def refuse_out_of_range(x: Expr, axis: int, integers: Any) -> None:
    """Refuse integers that are known, of which an axis lacks an entry.

    Raises
    ------
    IndexingError
        If there are such.
    """
    size = x.shape[axis]
    if not isinstance(size, int) or not integers.size:
        return
    if integers.max() >= size or integers.min() < -size:
        outside = integers[(integers < -size) | (integers >= size)]
        raise out_of_range(x, axis, size, int(outside.flat[0]))


def _gathered(x: Expr, apart: bool, *parts: Part) -> Expr:
    arrays = [_with_shape(one) for one in parts if isinstance(one, Node | bool)]
    shape = _common_shape(arrays)
    labels: list[Label] = [("place", axis) for axis in range(len(shape))]
    found = Indexing(x)
    held: set[int] = set()
    is_open = not apart
    if apart:
        found.output.extend(labels)
    for part in parts:
        if is_open and not _is_kept(part):
            found.output.extend(labels)
            is_open = False
        if isinstance(part, Node):
            axes, indices = stretched(part, shape)
            found.see(Pick(x.shape[found.axis], indices), *(labels[axis] for axis in axes))
            held.update(axes)
        elif not isinstance(part, bool):
            found.read(part)
    for axis in sorted(held.symmetric_difference(range(len(shape)))):
        found.multiply((labels[axis],), Delta(shape[axis], 1))
    return found.result()


gathered: Callable[..., Expr] = repeatable(_gathered)
"""What numpy's `x[key]` is, given whether the arrays of the index stand apart, and its parts."""


def _with_shape(part: Expr | bool) -> Expr:
    return Delta(int(part), 1) if isinstance(part, bool) else part


def _common_shape(arrays: Sequence[Expr]) -> Shape:
    try:
        return broadcast_shape(*arrays)
    except ShapeError:
        shapes = " ".join(f"({','.join(map(str, array.shape))})" for array in arrays)
        raise IndexingError(
            "shape mismatch: indexing arrays could not be broadcast together with shapes "
            f"{shapes}. Give sizes that are equal, or 1."
        ) from None
