"""What is kept between the calls of a function: derivatives and programs, by the expression.

A function may build another expression at each call, so nothing is kept by the function.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.engine.caches import Recent
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.foreign_values import as_booleans, with_dtypes
from einsgrad.engine.kernels import Options
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.capture import TRACED
from einsgrad.expressions.current import innermost, suspended
from einsgrad.expressions.foreign_arrays import namespace_of
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.repetition import repeatable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import rebuild_all, topological, variables_in
from einsgrad.results.numbers.tracing import Trace
from einsgrad.results.numbers.transforms import Transform
from einsgrad.simplification.simplify import simplify_all


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """Derived expressions, and the program that evaluates them.

    Parameters
    ----------
    exprs
        The expressions.
    inputs
        The variables of the arguments, then the further ones.
    captured
        The variables of the captured arrays that occur.
    foreign
        Variables that are neither: those of a function around, or of expressions that a
        user declared.
    compiled
        A function of the arrays of `inputs` and `captured`.
    precisions
        For each derivative the places of the inputs whose precision it has at least; None for
        a value.
    masks
        The places of the values that are booleans, as numpy's are.
    nodes
        How many nodes the function's expressions and these have.
    """

    exprs: tuple[Expr, ...]
    inputs: tuple[Variable, ...]
    captured: tuple[Variable, ...]
    foreign: tuple[Variable, ...]
    compiled: Compiled
    precisions: tuple[tuple[int, ...] | None, ...]
    masks: tuple[int, ...]
    nodes: int

    @property
    def held_bytes(self) -> int:
        """About how many bytes are held, the program among them."""
        return self.nodes * _BYTES_OF_A_NODE + self.compiled.held_bytes

    def evaluate(self, arrays: Sequence[Any], met: Sequence[Array]) -> Sequence[Any]:
        """Evaluate at an array for each input, and for each captured one."""
        self.refuse_foreign()
        if innermost.get() is None:
            return self.precise(self.compiled(*arrays, *met), arrays)
        with suspended():
            return self.precise(self.compiled(*arrays, *met), arrays)

    def precise(self, values: Sequence[Any], arrays: Sequence[Any]) -> Sequence[Any]:
        """Return derivatives with the dtypes that they have at least, and masks as booleans."""
        found = [
            value if places is None else _with_dtypes(value, [arrays[p].dtype for p in places])
            for value, places in zip(values, self.precisions, strict=True)
        ]
        for place in self.masks:
            found[place] = as_booleans(found[place])
        return found

    def substituted(self, values: Sequence[Any], met: Sequence[Array]) -> tuple[Expr, ...]:
        """Return the expressions with others in the place of the inputs."""
        exprs = tuple([as_expr(one) for one in (*values, *met)])
        found: tuple[Expr, ...] = _substituted(self.exprs, (*self.inputs, *self.captured), exprs)
        return found

    def arrays_of(self, captured: Mapping[Variable, Array]) -> list[Array]:
        """Return the captured arrays that occur."""
        found = [captured.get(symbol) for symbol in self.captured]
        for symbol, array in zip(self.captured, found, strict=True):
            if array is None:
                raise _without_array(symbol)
        return found  # type: ignore[return-value]

    def refuse_foreign(self) -> None:
        """Refuse variables that no array is known for.

        Raises
        ------
        ArgumentError
            If there is one.
        """
        for symbol in self.foreign:
            raise _without_array(symbol)


def _without_array(symbol: Variable) -> ArgumentError:
    kind = "a value of another call" if TRACED in symbol.traits else "no argument"
    return ArgumentError(
        f"the function uses {clip(symbol)}, which is {kind}, so that it has no array. "
        "Give the function all that it computes with as arguments."
    )


def _with_dtypes(value: Any, dtypes: list[Any]) -> Any:
    """Return a derivative in its own dtype and the given ones: whole numbers count for nothing."""
    if namespace_of(value) is not None:
        return with_dtypes(value, dtypes)
    own = value.dtype
    if all(own is dtype for dtype in dtypes) and own.kind in "fc":
        return value
    known = [own, *dtypes] if own.kind in "fc" else dtypes or [np.dtype(float)]
    return value.astype(np.result_type(*known), copy=False)


def _substitute(
    exprs: tuple[Expr, ...], variables: tuple[Variable, ...], values: tuple[Expr, ...]
) -> tuple[Expr, ...]:
    put: dict[Expr, Expr] = dict(zip(variables, values, strict=True))
    with suspended():
        return tuple(rebuild_all(exprs, lambda node: put.get(node, node)))


_substituted = repeatable(_substitute)

_BYTES_OF_A_NODE = 1000
"""About what a node takes, with its share of the program in which it occurs."""

_prepared: Recent[Prepared] = Recent(1024, 1 << 26, attrgetter("held_bytes"))


def prepared(transform: Transform, traced: Trace, wrt: tuple[Variable, ...]) -> Prepared:
    """Return what a transform makes of what a function did, derived if it is new."""
    known = prepared_before(transform, traced, wrt)
    if known is None:
        with suspended():
            known = _prepare(transform, traced, wrt)
        _prepared.keep(_key(transform, traced, wrt), known)
    return known


def prepared_before(
    transform: Transform, traced: Trace, wrt: tuple[Variable, ...]
) -> Prepared | None:
    """Return what a transform makes of what a function did, if it is known."""
    return _prepared.get(_key(transform, traced, wrt))


def _key(transform: Transform, traced: Trace, wrt: tuple[Variable, ...]) -> Hashable:
    return transform, traced.exprs, traced.beside, tuple(traced.variables.values()), wrt


def _prepare(transform: Transform, traced: Trace, wrt: tuple[Variable, ...]) -> Prepared:
    further = transform.further(traced.exprs, wrt)
    derived = transform.derive(traced.exprs, wrt, further)
    beside = [(expr, None) for expr in simplify_all(traced.beside)]
    wanted = [*derived, *beside]
    exprs = tuple([expr for expr, _ in wanted])
    inputs = (*traced.variables.values(), *further)
    places = {symbol: place for place, symbol in enumerate(inputs)}
    others = [symbol for symbol in variables_in(*exprs) if symbol not in places]
    captured = tuple([symbol for symbol in others if symbol in traced.captured])
    # Values come in the order in which the function returned them.
    returned = iter(traced.exprs)
    as_built = [next(returned) if s is None else expr for expr, s in derived]
    as_built += traced.beside
    are_complex = tuple([expr.is_complex for expr in as_built])
    # The value that is differentiated is a number, also where it counts.
    first = len(derived) if transform.of_number else 0
    values = [place for place, (_, s) in enumerate(wanted) if s is None and place >= first]
    options = Options(as_declared=False, are_complex=are_complex)
    return Prepared(
        exprs,
        inputs,
        captured,
        tuple([symbol for symbol in others if symbol not in traced.captured]),
        Compiled(exprs, (*inputs, *captured), {}, options),
        tuple([s if s is None else tuple([places[one] for one in s]) for _, s in wanted]),
        tuple([place for place in values if kind_of(as_built[place]) == "b"]),
        len(topological(*traced.exprs, *exprs)),
    )
