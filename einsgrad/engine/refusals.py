"""What a program cannot compute: matrices without a value, arrays that are too large.

Errors of numpy and scipy become errors of this package where a program calls them; those of
functions that users defined pass through as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from math import log10, prod
from typing import Any

import numpy as np

from einsgrad.errors import EinsgradError, IndexingError, ShapeError, SizeError, clip
from einsgrad.expressions.own_calls import OwnValue

MOST_BYTES = 1 << 32
"""How large an array is made unasked, if those that are given are smaller: 4 GiB."""

MOST_AXES = 64
"""How many axes an array of numpy can have."""

_TIMES_GIVEN = 4


class MatrixError(EinsgradError, np.linalg.LinAlgError):
    """A matrix function or a linear system has no value: the matrix is singular, for example."""


def check_place(index: int, dim: object, size: int) -> None:
    """Refuse an index that leaves an axis, which only its size tells.

    Raises
    ------
    IndexingError

    Examples
    --------
    >>> try:
    ...     check_place(3, "n", 2)
    ... except IndexError as error:
    ...     print(str(error).replace("with at least 4 entries along it.", "..."))
    index 3 is out of bounds for dim n, which has size 2. Give an array ...
    """
    if not 0 <= index < size:
        least = index + 1 if index >= 0 else size - index
        raise IndexingError(
            f"index {index} is out of bounds for dim {dim}, which has size {size}. "
            f"Give an array with at least {least} entries along it."
        )


def most_bytes(given: int, memory_limit: int | None = None) -> int:
    """Return how large an array may be where so many bytes are given.

    Examples
    --------
    >>> most_bytes(10), most_bytes(1 << 40), most_bytes(10, memory_limit=1 << 50)
    (4294967296, 4398046511104, 1125899906842624)
    """
    return max(MOST_BYTES, _TIMES_GIVEN * given, memory_limit or 0)


def check_array(shape: Sequence[int], itemsize: int, most: int = MOST_BYTES) -> None:
    """Refuse an array that is too large, or has more axes than numpy has.

    Raises
    ------
    SizeError, ShapeError

    Examples
    --------
    >>> try:
    ...     check_array((10**9,), 8)
    ... except MemoryError as error:
    ...     print(str(error).partition(",000,000,000 bytes")[0])
    an array of shape (1000000000,) would take 8
    """
    if len(shape) > MOST_AXES:
        raise ShapeError(
            f"an array with {len(shape)} axes would be needed, and numpy has at most {MOST_AXES}. "
            "Merge axes, or take the derivative of a part."
        )
    size = prod(shape) * itemsize
    if size > most:
        raise SizeError(
            f"an array of shape {clip(tuple(shape))} would take {_counted(size)} bytes, and at "
            f"most {_counted(most)} are taken unasked. Make the sizes smaller, or allow it: "
            "compile(..., memory_limit=bytes)."
        )


def _counted(number: int) -> str:
    return f"{number:,}" if number < 10**24 else f"over 10^{int(log10(number))}"


def of_user(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a user's function, marked so that its errors are told from those of programs.

    Raises
    ------
    ShapeError
        When it is called, if it is one of entries and does not give a value for each.
    """

    @wraps(function, updated=())
    def called_for_user(*arguments: Any) -> Any:
        return function(*arguments)

    if isinstance(function, OwnValue):
        # It knows its own shape.
        return called_for_user

    def checked(*arguments: Any) -> Any:
        return entry_by_entry(called_for_user(*arguments), arguments)

    return checked


def entry_by_entry(value: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what a user's elementwise function gave, if it is a value for each entry.

    Raises
    ------
    ShapeError

    Examples
    --------
    >>> entry_by_entry(np.zeros(2), (np.ones(2), 1.0))
    array([0., 0.])
    """
    expected = np.broadcast_shapes(*map(np.shape, arguments))
    if isinstance(value, np.ndarray | np.generic | int | float | complex):
        found = np.shape(value)
        said = f"an array of shape {found}" if found else "one number"
    else:
        found, said = None, clip(value)
    if found != expected:
        raise ShapeError(
            f"a function made by define() gave {said} for arguments of shape {expected}. "
            "Let it give an array with one value for each entry."
        )
    return value


def is_users_own(error: BaseException) -> bool:
    """Tell whether an error came out of a function that a user defined."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "called_for_user" and code.co_filename == __file__:
            return True
        trace = trace.tb_next
    return False


def refusing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a program's function with numpy's errors as errors of this package."""

    def compute(*arrays: Any) -> Any:
        try:
            return function(*arrays)
        except (np.linalg.LinAlgError, MemoryError, IndexError) as error:
            if isinstance(error, EinsgradError) or is_users_own(error):
                raise
            raise _own(error) from error

    return compute


def _own(error: np.linalg.LinAlgError | MemoryError | IndexError) -> EinsgradError:
    if isinstance(error, IndexError):
        return _outside(error)
    if isinstance(error, MemoryError):
        return SizeError(f"the memory is used up: {clip(str(error))}. Make the sizes smaller.")
    text = str(error)
    # A name such as SVD keeps its capitals.
    reason = (text if text[1:2].isupper() else text[:1].lower() + text[1:]).rstrip(".")
    return MatrixError(
        f"a matrix function or a linear system has no value: {reason}. "
        "Give matrices that have one, or add a multiple of the identity."
    )


def _outside(error: IndexError) -> EinsgradError:
    """Say which index leaves an axis, as numpy does."""
    return IndexingError(
        f"an integer points outside of an axis: {str(error).rstrip('.')}. Give smaller ones."
    )


def refuse_outside(entries: Iterable[int], size: int) -> None:
    """Refuse integers that leave an axis of a size.

    Raises
    ------
    IndexingError

    Examples
    --------
    >>> refuse_outside([0, -2], 2)
    >>> try:
    ...     refuse_outside([4, 7], 5)
    ... except IndexError as error:
    ...     print(error)
    index 7 is out of bounds for an axis of size 5. Give integers from -5 to 4.
    """
    for entry in entries:
        if not -size <= entry < size:
            remedy = f"Give integers from {-size} to {size - 1}." if size else "It has no entries."
            raise IndexingError(
                f"index {entry} is out of bounds for an axis of size {size}. {remedy}"
            )
