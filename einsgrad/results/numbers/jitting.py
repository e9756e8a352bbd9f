"""Functions that are traced once for each signature of their arguments, because a user says so."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, is_
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.caches import Recent
from einsgrad.engine.namespaces import known_shape
from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.capture import NUMBER_KINDS
from einsgrad.expressions.current import innermost
from einsgrad.expressions.foreign_arrays import dtype_name, namespace_of
from einsgrad.results.numbers.arguments import (
    Arguments,
    Where,
    holds_arrays,
    read_arguments,
)
from einsgrad.results.numbers.arrangements import Containers, as_returned
from einsgrad.results.numbers.callables import callable_name, name_of
from einsgrad.results.numbers.frozen import frozen
from einsgrad.results.numbers.prepared import Prepared
from einsgrad.results.numbers.requests import Request
from einsgrad.results.numbers.static_arguments import static_arguments, static_key
from einsgrad.results.numbers.tracing import Trace, trace_function
from einsgrad.results.numbers.transforms import VALUE
from einsgrad.results.numbers.trees import leaves, open_container

_ENTRIES = 1024
_BYTES = 1 << 28


@dataclass(eq=False, slots=True)
class Ready:
    """What was prepared for a signature, and the arrays that were met when it was.

    Parameters
    ----------
    prepared, frozen
        The program, and the arrays that it takes after those of the arguments.
    result
        What the function returned.
    forms
        Shape and dtype of each argument, if all are arrays.
    is_precise
        Whether the program is known to return the dtypes that are asked for.
    containers
        The containers of the arguments to differentiate in, if one is a container.
    function
        What the program runs, if it returns these dtypes for all arrays that fit.
    """

    prepared: Prepared
    frozen: Sequence[Array]
    result: Any
    forms: Sequence[tuple[tuple[int, ...], np.dtype[Any]]] | None
    is_precise: bool = False
    containers: Containers = None
    function: Callable[..., Sequence[Any]] | None = None

    @property
    def held_bytes(self) -> int:
        """About how many bytes are held."""
        return self.prepared.held_bytes + sum(getattr(array, "nbytes", 0) for array in self.frozen)

    def fits(self, arguments: tuple[Any, ...]) -> bool:
        """Tell whether it is for arrays like these."""
        if self.forms is None or len(arguments) != len(self.forms):
            return False
        for one, (shape, dtype) in zip(arguments, self.forms, strict=True):
            if type(one) is not np.ndarray or one.shape != shape or one.dtype is not dtype:
                return False
        return True

    def values(self, arrays: Sequence[Any]) -> Sequence[Any]:
        """Return the results at arrays."""
        if self.function is not None:
            return self.function(*arrays, *self.frozen)
        found: Sequence[Any] = self.prepared.compiled(*arrays, *self.frozen)
        if self.is_precise:
            return found
        precise = self.prepared.precise(found, arrays)
        self.is_precise = all(map(is_, precise, found))
        if self.is_precise and self.forms is not None:
            self.function = self.prepared.compiled.kernel((*arrays, *self.frozen)).function
        return precise


class Jitted:
    """A function that is traced once for each signature.

    Parameters
    ----------
    function
        The function.
    static_argnums, static_argnames
        Its arguments that are part of the signature by their value.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        static_argnums: Sequence[int],
        static_argnames: Sequence[str],
    ) -> None:
        self.function = function
        self.static = static_arguments(function, static_argnums, static_argnames)
        self._given = function, static_argnums, static_argnames
        self._traces: Recent[Trace] = Recent(_ENTRIES, _BYTES, _captured_bytes)
        self._asked: dict[Request, FrozenCalls] = {}
        self._value = self.asked(Request(VALUE, None, as_returned))
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", type(function).__name__)
        self.__doc__ = getattr(function, "__doc__", None)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Evaluate the function."""
        found = self._value.ready_for(arguments, keywords)
        if found is None:
            return self.function(*arguments, **keywords)
        return self._value.arranged(*found)

    def __reduce__(self) -> tuple[Any, ...]:
        return Jitted, self._given

    def __repr__(self) -> str:
        return f"jit({callable_name(self.function)})"

    def asked(self, request: Request) -> FrozenCalls:
        """Return what is kept of a request."""
        return self._asked.setdefault(request, FrozenCalls(self, request))

    def traced(self, signature: Hashable, arguments: Arguments) -> Trace:
        """Return what the function did when the signature was new."""
        found = self._traces.get(signature)
        if found is None:
            found = frozen(trace_function(self.function, arguments), arguments)
            self._traces.keep(signature, found)
        return found

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Return the method of an object; name `self` static: `static_argnums=0`."""
        return self if instance is None else partial(self, instance)


def _are_arrays(arguments: tuple[Any, ...]) -> bool:
    return all(type(one) is np.ndarray for one in arguments)


def _captured_bytes(traced: Trace) -> int:
    return sum(getattr(array, "nbytes", 0) for array in traced.captured.values())


def is_symbolic(arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> bool:
    """Tell whether a function is called within a trace, or on expressions."""
    if innermost.get() is not None:
        return True
    return any(_has_expressions(one) for one in (*arguments, *keywords.values()))


def _has_expressions(argument: Any) -> bool:
    if isinstance(argument, Node):
        return True
    if type(argument) is np.ndarray:
        return False
    return any(isinstance(leaf, Node) for leaf in leaves(argument))


class FrozenCalls:
    """What is asked of a jitted function, kept by the signatures of its calls.

    Parameters
    ----------
    jitted, request
        The function, and what is asked of it.
    """

    def __init__(self, jitted: Jitted, request: Request) -> None:
        self.jitted = jitted
        self.request = request
        self._latest: Ready | None = None
        self._ready: Recent[Ready] = Recent(_ENTRIES, _BYTES, attrgetter("held_bytes"))

    def ready_for(
        self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[Ready, Sequence[Any]] | None:
        """Return what is ready for a call at arrays, and these; None within a trace."""
        latest = self._latest
        if latest is not None and not keywords and latest.fits(arguments):
            return (latest, arguments) if innermost.get() is None else None
        return None if is_symbolic(arguments, keywords) else self.look_up(arguments, keywords)

    def arranged(self, ready: Ready, arrays: Sequence[Any]) -> Any:
        """Return what is asked for at arrays."""
        return self.request.arranged(ready.result, ready.values(arrays), ready.containers)

    def look_up(
        self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[Ready, Sequence[Any]]:
        """Return what is ready for arguments like these, and their arrays."""
        latest = self._latest
        if latest is not None and not keywords and latest.fits(arguments):
            return latest, arguments
        key = self._signature(arguments, keywords)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._made(key, arguments, keywords)
        if ready.forms is not None:
            self._latest = ready
            return ready, arguments
        given = read_arguments(arguments, keywords, NUMBER_KINDS, self.jitted.static)
        return ready, given.arrays(ready.frozen)

    def _made(
        self, key: Hashable, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Ready:
        given = read_arguments(arguments, keywords, NUMBER_KINDS, self.jitted.static)
        places, containers = self.request.places(self.jitted.function, given)
        traced = self.jitted.traced(key, given)
        prepared = self.request.prepare(traced, self.jitted.function, places)
        prepared.refuse_foreign()
        met = prepared.arrays_of(traced.captured)
        are_arrays = not keywords and not self.jitted.static and _are_arrays(arguments)
        forms = [(one.shape, one.dtype) for one in arguments] if are_arrays else None
        ready = Ready(prepared, met, traced.result, forms, containers=containers)
        self._ready.keep(key, ready)
        return ready

    def _signature(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Hashable:
        static = self.jitted.static
        if not keywords and not static:
            return tuple([self._part(place, one) for place, one in enumerate(arguments)])
        # In the order of the call, which is that of the program's inputs.
        places: list[tuple[Where, Any]] = [*enumerate(arguments), *keywords.items()]
        return tuple(
            [
                (place, static_key(one) if place in static else self._part(place, one))
                for place, one in places
            ]
        )

    def _part(self, place: Where, argument: Any) -> Hashable:
        """Return what an argument that is not static adds to the signature."""
        kind = type(argument)
        if kind is np.ndarray:
            return argument.shape, argument.dtype
        if kind is float or kind is complex:
            return (kind,)
        if isinstance(argument, np.ndarray | np.generic):
            return kind, argument.shape, argument.dtype
        if namespace_of(argument) is not None:
            return kind, known_shape(argument, f"argument {place}"), dtype_name(argument)
        if isinstance(argument, list) and not holds_arrays(argument):
            try:
                array = np.asarray(argument)
            except ValueError:
                array = np.empty(0, object)
            if array.dtype.kind in NUMBER_KINDS:
                return kind, array.shape, array.dtype
        if argument is None or isinstance(argument, int | float | complex | str):
            return static_key(argument)
        found = open_container(argument)
        if found is not None:
            parts = tuple([(key, self._part(place, one)) for key, one in found.entries])
            return kind, parts, static_key(found.rest)
        raise ArgumentTypeError(
            f"argument {place} of {name_of(self.jitted.function)} is no array and no number: "
            f"{clip(argument)}. Name it in static_argnums or static_argnames."
        )
