"""Arrays for variables: what is given becomes arrays, and sizes become known for dims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from einsgrad.engine.namespaces import known_shape, numpy_dtype
from einsgrad.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    clip,
    printable,
    shorten,
)
from einsgrad.expressions.capture import NUMBER_KINDS, refuse_other_meaning
from einsgrad.expressions.construct import as_size
from einsgrad.expressions.dims import Dim, Linear, evaluated, learn, names_in, read_dim
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import topological

Array: TypeAlias = np.ndarray[Any, Any]


def as_input(value: Any, what: str) -> Any:
    """Return an array of another library as it is, and all else as an array of numpy.

    Raises
    ------
    DtypeError, ShapeError
        If it holds no numbers, or its sizes are not known.
    """
    if namespace_of(value) is None:
        return as_array(value, what)
    numpy_dtype(value, what)
    known_shape(value, what)
    return value


def as_array(value: object, what: str) -> Array:
    """Convert a number or a nested list to an array, as `numpy.asarray` does.

    Raises
    ------
    DtypeError
        If the result holds no numbers, or would lose a mask, or what `*` means; if it is an
        array of another library, which nothing converts unasked.
    """
    if type(value) is not np.ndarray and not isinstance(value, list | tuple):
        refuse_lost_meaning(value, what)
    try:
        array = np.asarray(value)
    except RuntimeError as error:
        # A tensor that needs a gradient is one, and says so.
        raise DtypeError(f"{what} becomes no array of numpy: {printable(str(error))}") from error
    except (ValueError, TypeError, OverflowError) as error:
        raise DtypeError(
            f"{what} is no array of numbers: {clip(value)}. "
            "Give numbers, or lists of equal lengths."
        ) from error
    if array.dtype.kind not in NUMBER_KINDS:
        raise DtypeError(
            f"{what} has dtype {shorten(str(array.dtype))}. "
            "Give booleans, integers, floats or complex numbers."
        )
    if isinstance(value, list | tuple):
        refuse_lost_meaning(value, what)
    return array


def refuse_lost_meaning(value: object, what: str) -> None:
    """Refuse what numpy's arrays cannot say: masked entries, products of matrices, sparsity.

    Raises
    ------
    DtypeError
        If it is one of these, or a list that holds one.
    """
    if isinstance(value, list | tuple):
        for part in _parts(value):
            refuse_lost_meaning(part, what)
    refuse_other_meaning(value, what)
    namespace = namespace_of(value)
    if namespace is not None:
        raise DtypeError(
            f"{what} is an array of {namespace.title}, and here only numpy's are taken. "
            "Nothing is converted unasked. Give numpy.asarray(...) of it."
        )
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        raise DtypeError(f"{what} is a sparse array. Write it out: a.toarray().")


def _parts(value: Sequence[Any]) -> Iterator[object]:
    """Yield all that lists hold, and the lists within."""
    pending: list[object] = [*value]
    while pending:
        part = pending.pop()
        if isinstance(part, list | tuple):
            pending.extend(part)
        elif not isinstance(part, float | int | complex):
            yield part


def refuse_undeclared_complex(symbols: Iterable[Variable], arrays: Mapping[str, Any]) -> None:
    """Refuse a complex array for a variable that is declared real.

    Conjugates of real expressions are dropped when they are built, so the value would be
    wrong.

    Raises
    ------
    DtypeError
        If there is one.
    """
    for node in symbols:
        given = arrays.get(node.name)
        if node.is_complex or given is None:
            continue
        if numpy_dtype(as_input(given, node.name), node.name).kind != "c":
            continue
        raise DtypeError(
            f"{clip(node)} is declared real, and its array is complex. "
            f"Declare it so: variables(..., complex={node.name!r})."
        )


def bind(
    nodes: Iterable[Expr], arrays: Mapping[str, Any], sizes: Mapping[Dim, int]
) -> tuple[dict[str, Any], dict[Dim, int]]:
    """Match arrays with the variables among the nodes, and collect the sizes of dims."""
    inputs: dict[str, Any] = {}
    told: list[tuple[Variable, Dim, int]] = []
    for node in nodes:
        if not isinstance(node, Variable):
            continue
        if node.name not in arrays:
            raise ArgumentError(
                f"no array given for {clip(node)}. Give it by keyword: {shorten(node.name)}=..."
            )
        array = as_input(arrays[node.name], shorten(node.name))
        inputs[node.name] = array
        if array.ndim != len(node.shape):
            raise ShapeError(f"{clip(node)} needs {len(node.shape)} axes, {array.ndim} given.")
        shape = known_shape(array, node.name) if type(array) is not np.ndarray else array.shape
        told.extend((node, *pair) for pair in zip(node.shape, shape, strict=True))
    return inputs, _agreed(told, sizes)


def _agreed(told: Sequence[tuple[Variable, Dim, int]], sizes: Mapping[Dim, int]) -> dict[Dim, int]:
    """Return the sizes of names that the sizes of axes tell.

    Raises
    ------
    ShapeError
        If they contradict each other.
    """
    known = dict(sizes)
    waiting = told
    while waiting:
        open_ones = []
        for node, dim, size in waiting:
            agrees = learn(dim, size, known)
            if agrees is False:
                raise ShapeError(f"{clip(node)} has size {size}{_contradicted(dim, known)}.")
            if agrees is None:
                open_ones.append((node, dim, size))
        if len(open_ones) == len(waiting):
            return _agreed_as_wholes(open_ones, known)
        waiting = open_ones
    return known


def _agreed_as_wholes(
    told: Sequence[tuple[Variable, Dim, int]], known: dict[Dim, int]
) -> dict[Dim, int]:
    """Take the sizes of dims of which several names have none: of no others is anything told."""
    for node, dim, size in told:
        if known.setdefault(dim, size) != size:
            raise ShapeError(f"{clip(node)} has size {size} where dim {dim} is {known[dim]}.")
    return known


def _contradicted(dim: Dim, known: Mapping[Dim, int]) -> str:
    """Say which size a dim has, or that no size of its name fits."""
    open_names = [name for name in names_in([dim]) if name not in known]
    if open_names:
        return f", and dim {dim} has that for no size of {open_names[0]}"
    means = f", as {', '.join(f'{name} is {known[name]}' for name in names_in([dim]))}"
    return f" where dim {dim} is {size_of(dim, known)}{means if isinstance(dim, Linear) else ''}"


def checked_sizes(sizes: object) -> dict[Dim, int]:
    """Return sizes of dims as plain integers.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If what is given is no mapping of names to sizes.

    Examples
    --------
    >>> checked_sizes({"n": np.int64(3)})
    {'n': 3}
    """
    if sizes is None:
        return {}
    if not isinstance(sizes, Mapping):
        raise ArgumentTypeError(f"sizes: {clip(sizes)} is no mapping. Give {{'n': 3}}.")
    known: dict[Dim, int] = {}
    for dim, given in sizes.items():
        size = as_size(given)
        if size is None or not isinstance(dim, str) or not _is_learnt(dim, size, known):
            raise ArgumentError(
                f"{clip(given)} is no size for dim {clip(dim)}. Give an integer from 0 on."
            )
    return known


def _is_learnt(text: str, size: int, known: dict[Dim, int]) -> bool:
    """Take the size of a dim that is given by its text; false if it tells no size of a name."""
    name = str.__str__(text)
    read = read_dim(name)
    return bool(learn(read if isinstance(read, Linear) else name, size, known))


def size_of(dim: Dim, sizes: Mapping[Dim, int]) -> int:
    """Return the size of a dim.

    Raises
    ------
    ArgumentError
        If it is a name whose size is not known.
    """
    if isinstance(dim, int):
        return dim
    if isinstance(dim, Linear) and dim not in sizes:
        return evaluated(dim, {name: size_of(name, sizes) for name in names_in([dim])})
    if dim not in sizes:
        raise ArgumentError(
            f"the size of dim {clip(dim)} is not known from any array. "
            f"Give it: sizes={{{clip(dim)}: ...}}."
        )
    return sizes[dim]


def dims_of(exprs: Sequence[Expr]) -> tuple[str, ...]:
    """Return the names of the dims that occur in expressions, each once.

    Examples
    --------
    >>> dims_of([Variable("A", ("m", 3)), Variable("x", ("n",))])
    ('m', 'n')
    """
    nodes = topological(*exprs)
    dims = [dim for node in nodes for dim in node.shape]
    return names_in([*dims, *(node.dim for node in nodes if isinstance(node, Delta))])
