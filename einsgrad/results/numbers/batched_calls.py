"""Functions of one example called with a batch: traced for one, and run for all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from einsgrad.calculus.batching import batched
from einsgrad.engine.foreign_values import first_entry, permuted
from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import NUMBER_KINDS
from einsgrad.expressions.construct import as_whole
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr, permute
from einsgrad.expressions.walks import variables_in
from einsgrad.results.numbers.answers import answer_of
from einsgrad.results.numbers.arguments import Place, Where, read_arguments
from einsgrad.results.numbers.arrangements import as_returned
from einsgrad.results.numbers.callables import callable_name, name_of
from einsgrad.results.numbers.prepared import prepared
from einsgrad.results.numbers.tracing import require_arrays, trace_function
from einsgrad.results.numbers.transforms import Transform, Variables, Wanted
from einsgrad.results.numbers.trees import leaves, open_container, paths, with_leaves
from einsgrad.simplification.simplify import simplify_all

Axes: TypeAlias = Any
"""An axis for each argument: a number, None, or containers of these like the arguments."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A leaf of the arguments that has an entry for each example.

    Parameters
    ----------
    place
        Where it stands.
    value
        The array or expression with the batch as its first axis.
    """

    place: Place
    value: Any


class Vectorized:
    """A function of one example as a function of a batch; made by `vmap`.

    Parameters
    ----------
    function
        The function of one example.
    in_axes, out_axes
        The axes of the batch in arguments and results.
    """

    def __init__(self, function: Callable[..., Any], in_axes: Axes, out_axes: Axes) -> None:
        self.function = function
        self.in_axes = in_axes
        self.out_axes = out_axes
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", type(function).__name__)
        self.__doc__ = getattr(function, "__doc__", None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Vectorized, (self.function, self.in_axes, self.out_axes)

    def __repr__(self) -> str:
        return f"vmap({callable_name(self.function)})"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Evaluate the function for all examples."""
        mapped, size = self._mapped(arguments, keywords)
        positional, named = _of_one_example(arguments, keywords, mapped)
        given = read_arguments(positional, named, NUMBER_KINDS)
        traced = trace_function(self.function, given)
        require_arrays(traced, self.function)
        wrt = tuple([traced.variables[one.place] for one in mapped])
        ends = self._out_axes(traced.result, traced.exprs, wrt)
        found = answer_of(prepared(_batching(size, ends), traced, wrt), given, traced)
        return as_returned(traced.result, found.at(*[one.value for one in mapped]), None)

    def _mapped(
        self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[list[Mapped], int]:
        axes = self.in_axes
        if isinstance(axes, tuple | list):
            if len(axes) != len(arguments):
                raise ArgumentError(
                    f"in_axes has {len(axes)} entries, and {name_of(self.function)} is called with "
                    f"{len(arguments)} arguments by position. Give one for each."
                )
        else:
            axes = (axes,) * len(arguments)
        places: list[tuple[Where, Any, Axes]] = [
            *[
                (place, one, axis)
                for place, (one, axis) in enumerate(zip(arguments, axes, strict=True))
            ],
            *[(name, one, 0) for name, one in keywords.items()],
        ]
        mapped = [one for place in places for one in _leaves_along(*place, self.function)]
        sizes = {one.value.shape[0]: one.place for one in mapped}
        if not sizes:
            raise ArgumentError(
                f"vmap of {name_of(self.function)}: no argument has an axis for the batch. "
                "Give in_axes a number for one."
            )
        if len(sizes) > 1:
            told = ", ".join(f"{size} in argument {place}" for size, place in sizes.items())
            raise ShapeError(
                f"vmap of {name_of(self.function)}: the batch has different sizes: {told}. "
                "Give arrays with as many examples each."
            )
        return mapped, next(iter(sizes))

    def _out_axes(
        self, result: Any, exprs: Sequence[Expr], wrt: Sequence[Variable]
    ) -> tuple[int | None, ...]:
        axes = tuple(_axes_like(result, self.out_axes, "out_axes"))
        for axis, expr in zip(axes, exprs, strict=True):
            if axis is None and not set(wrt).isdisjoint(variables_in(expr)):
                raise ArgumentError(
                    f"vmap of {name_of(self.function)}: out_axes is None for a result that differs "
                    "from example to example. Give it the number of an axis."
                )
        return axes


def _leaves_along(
    place: Where, argument: Any, axes: Axes, function: Callable[..., Any]
) -> list[Mapped]:
    """Return the leaves of an argument that have an axis for the batch, with that axis first."""
    found: list[Mapped] = []
    if axes is None:
        return found
    is_array = 0 in read_arguments((argument,), {}, NUMBER_KINDS).values
    given = [("", argument)] if is_array else list(paths(argument))
    each = [axes] if is_array else list(_axes_like(argument, axes, "in_axes"))
    for (path, leaf), axis in zip(given, each, strict=True):
        if axis is None:
            continue
        where: Place = (place, path) if path else place
        found.append(Mapped(where, _with_first(leaf, axis, where, function)))
    return found


def _with_first(leaf: Any, axis: Any, place: Place, function: Callable[..., Any]) -> Any:
    """Return an array or expression with an axis moved to the front."""
    number = as_whole(axis)
    if number is None:
        raise ArgumentTypeError(f"an axis is a number or None, not {clip(axis)}. Give in_axes=0.")
    is_foreign = namespace_of(leaf) is not None
    value = leaf if is_foreign or isinstance(leaf, Node) else np.asarray(leaf)
    rank = len(value.shape)
    if isinstance(value, np.ndarray) and value.dtype.kind not in NUMBER_KINDS:
        raise ArgumentTypeError(
            f"vmap of {name_of(function)}: argument {place} is no array: {clip(leaf)}. "
            "Give in_axes None for it."
        )
    if not -rank <= number < rank:
        raise ShapeError(
            f"vmap of {name_of(function)}: argument {place} has {rank} axes, and none is axis "
            f"{number}. Give in_axes None for an argument that is the same for all examples."
        )
    first = number % rank
    order = (first, *[other for other in range(rank) if other != first])
    return permute(as_expr(value), order) if isinstance(value, Node) else permuted(value, order)


def _axes_like(value: Any, axes: Axes, option: str) -> list[Any]:
    """Return an axis for each leaf, given axes for whole containers or for their entries."""
    if axes is None or as_whole(axes) is not None:
        return [axes] * len(list(leaves(value)))
    found = open_container(value)
    if found is None:
        raise ArgumentTypeError(
            f"{option}: {clip(axes)} is given for one array. Give a number or None."
        )
    inner = open_container(axes)
    keys = [key for key, _ in found.entries]
    parts = dict(inner.entries) if inner is not None else {}
    if parts.keys() != set(keys):
        raise ArgumentTypeError(
            f"{option}: {clip(axes)} has not the form of {clip(value)}. Give the same containers, "
            "or one number for all."
        )
    return [axis for key, one in found.entries for axis in _axes_like(one, parts[key], option)]


def _of_one_example(
    arguments: tuple[Any, ...], keywords: Mapping[str, Any], mapped: Sequence[Mapped]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with the first example in the place of the batch."""
    first = {one.place: _first_entry(one.value) for one in mapped}

    def of_one(place: Where, argument: Any) -> Any:
        if place in first:
            return first[place]
        given = list(paths(argument))
        if not any((place, path) in first for path, _ in given):
            return argument
        return with_leaves(argument, iter([first.get((place, path), x) for path, x in given]))

    positional = tuple([of_one(place, one) for place, one in enumerate(arguments)])
    return positional, {name: of_one(name, one) for name, one in keywords.items()}


def _first_entry(value: Any) -> Any:
    if isinstance(value, Node):
        return as_expr(value)[0]
    if namespace_of(value) is not None:
        return first_entry(value)
    if not value.shape[0]:
        return np.zeros(value.shape[1:], value.dtype)
    return np.asarray(value[0])


@lru_cache(maxsize=1024)
def _batching(size: int, ends: tuple[int | None, ...]) -> Transform:
    """Return what derives a program for a batch, with the batch at given axes of the results."""

    def further(exprs: Sequence[Expr], wrt: Variables) -> Variables:
        return tuple([Variable(f"the batch of {v.name}", (size, *v.shape), v.traits) for v in wrt])

    def derive(exprs: Sequence[Expr], wrt: Variables, batches: Variables) -> Wanted:
        given: dict[Expr, Expr] = dict(zip(wrt, batches, strict=True))
        shared = [expr for expr, end in zip(exprs, ends, strict=True) if end is None]
        varied = [expr for expr, end in zip(exprs, ends, strict=True) if end is not None]
        left, other = iter(batched(varied, given, size)), iter(shared)
        placed = [next(other) if end is None else _placed(next(left), end) for end in ends]
        return [(expr, None) for expr in simplify_all(placed)]

    return Transform(f"batch of {size}", derive, further)


def _placed(expr: Expr, axis: int) -> Expr:
    rank = len(expr.shape)
    if not -rank <= axis < rank:
        raise ShapeError(
            f"out_axes: a result for all examples has {rank} axes, and none is axis {axis}. "
            "Give a smaller one."
        )
    order = list(range(1, rank))
    order.insert(axis % rank, 0)
    return permute(expr, tuple(order))
