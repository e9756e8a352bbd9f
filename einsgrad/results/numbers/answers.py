"""What is asked of a function at a call, with the program that answers it and the arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, as_input
from einsgrad.engine.foreign_values import copy_of
from einsgrad.engine.namespaces import numpy_dtype, one_namespace
from einsgrad.errors import DtypeError
from einsgrad.expressions.base import Node
from einsgrad.expressions.current import innermost
from einsgrad.expressions.nodes import Variable
from einsgrad.results.numbers.arguments import Arguments, read_arguments
from einsgrad.results.numbers.arrangements import Containers
from einsgrad.results.numbers.first_calls import first_answer
from einsgrad.results.numbers.jitting import Jitted, is_symbolic
from einsgrad.results.numbers.prepared import Prepared, prepared, prepared_before
from einsgrad.results.numbers.requests import Request
from einsgrad.results.numbers.tracing import Trace, trace_function


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked of a function, at arguments.

    Parameters
    ----------
    prepared
        The program.
    values
        Arrays for the arguments, or expressions.
    met
        The arrays that the function met.
    is_symbolic
        Whether the result is an expression: within a trace whose values the function uses, or
        if it is called on expressions.
    containers
        The containers of the arguments, if one is a container.
    """

    prepared: Prepared
    values: Sequence[Any]
    met: Sequence[Array]
    is_symbolic: bool
    containers: Containers = None

    def at(self, *further: Any) -> Sequence[Any]:
        """Return the results, given the inputs beside the arguments."""
        if self.is_symbolic or any(isinstance(one, Node) for one in further):
            return self.prepared.substituted([*self.values, *further], self.met)
        inputs = self.prepared.inputs[len(self.values) :]
        like = [*self.values, *self.met]
        arrays = [_as_real(one, symbol, like) for one, symbol in zip(further, inputs, strict=True)]
        return self.prepared.evaluate([*self.values, *arrays], self.met)

    def kept(self) -> Answer:
        """Return the same with copies of the arguments, which a user may change."""
        values = [
            one.copy("K") if isinstance(one, np.ndarray) else copy_of(one) for one in self.values
        ]
        return replace(self, values=values)


def _as_real(value: Any, symbol: Variable, like: Sequence[Any]) -> Any:
    """Return an array for an input beside the arguments, real if what it belongs to is."""
    names = [symbol.name, *["an argument"] * len(like)]
    array = as_input(one_namespace([value, *like], names)[0], symbol.name)
    if numpy_dtype(array, symbol.name).kind == "c" and not symbol.is_complex:
        raise DtypeError(
            f"{symbol.name} is complex, and what it belongs to is real. Give a real one."
        )
    return array


def answers_to(
    function: Callable[..., Any],
    requests: Sequence[Request],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> list[tuple[Answer, Any]]:
    """Return the answer to each request, and what the function returned; it is traced once."""
    if isinstance(function, Jitted) and not is_symbolic(arguments, keywords):
        found = [function.asked(one).look_up(arguments, keywords) for one in requests]
        return [
            (Answer(ready.prepared, arrays, ready.frozen, False, ready.containers), ready.result)
            for ready, arrays in found
        ]
    given = read_arguments(arguments, keywords)
    places = [one.places(function, given) for one in requests]
    traced = trace_function(function, given)
    return [
        (answer_of(one.prepare(traced, function, where), given, traced, containers), traced.result)
        for one, (where, containers) in zip(requests, places, strict=True)
    ]


def derivative_at(
    function: Callable[..., Any],
    request: Request,
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> Any:
    """Return what is asked for, with nothing further given; early calls need no program."""
    given = read_arguments(arguments, keywords)
    places, containers = request.places(function, given)
    traced = trace_function(function, given)
    asked = request.transform, *request.asked_of(traced, function, places)
    program = prepared_before(*asked)
    if program is None and request.auxiliary is None and innermost.get() is None:
        found = first_answer(*asked, given)
        if found is not None:
            return request.arranged(traced.result, found, containers)
    answer = answer_of(program or prepared(*asked), given, traced, containers)
    return request.arranged(traced.result, answer.at(), containers)


def answer_of(
    program: Prepared, given: Arguments, traced: Trace, containers: Containers = None
) -> Answer:
    """Return the answer that a program gives to a call."""
    met = program.arrays_of(traced.captured)
    is_inner = bool(program.foreign) and innermost.get() is not None
    if is_inner or not given.are_arrays:
        return Answer(program, tuple(given.values.values()), met, True, containers)
    return Answer(program, given.arrays(tuple(traced.captured.values())), met, False, containers)
