"""Expressions with their pullback and their tangent, which are of the same kind again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from einsgrad.calculus import derivatives as calculus
from einsgrad.calculus.bracketing import bracketed
from einsgrad.engine.caches import remember
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.kernels import Options
from einsgrad.expressions.capture import traced_variable
from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.vocabulary.words import conj, real
from einsgrad.simplification.simplify import simplify_all

Derived = dict[tuple[Variable, ...], "Differentiated"]


@dataclass(frozen=True, eq=False)
class Differentiated:
    """Expressions as a function of some variables, with derivatives of every order.

    Parameters
    ----------
    exprs
        The expressions.
    inputs
        The variables, in the order of the arguments.
    sizes
        Sizes of dims that no array has.
    order
        How often it was differentiated.
    """

    exprs: tuple[Expr, ...]
    inputs: tuple[Variable, ...]
    sizes: Mapping[Dim, int]
    order: int = 0
    _pullbacks: Derived = field(default_factory=dict, repr=False)
    _pushforwards: Derived = field(default_factory=dict, repr=False)

    @cached_property
    def value(self) -> Compiled:
        """The function of the values."""
        kinds = tuple([one.is_complex for one in self.exprs])
        options = Options(copy=True, as_declared=False, are_complex=kinds)
        return Compiled(self.exprs, self.inputs, self.sizes, options)

    @cached_property
    def cotangents(self) -> tuple[Variable, ...]:
        """A cotangent of each value."""
        return self._variables("cotangent", self.exprs)

    @cached_property
    def tangents(self) -> tuple[Variable, ...]:
        """A tangent of each input."""
        return self._variables("tangent", self.inputs)

    def pullback(self, wrt: tuple[Variable, ...]) -> Differentiated:
        """Return what is passed back to some inputs, as torch has it: conjugated twice."""
        return _once(self._pullbacks, wrt, self._passed_back)

    def pushforward(self, moved: tuple[Variable, ...]) -> Differentiated:
        """Return the tangents of the values, given those of some inputs."""
        return _once(self._pushforwards, moved, self._pushed)

    def _passed_back(self, wrt: tuple[Variable, ...]) -> Differentiated:
        each = [
            calculus.vjp(expr, conj(g), wrt)
            for expr, g in zip(self.exprs, self.cotangents, strict=True)
        ]
        totals = [
            conj(add_terms([shares[place] for shares in each], v.shape))
            for place, v in enumerate(wrt)
        ]
        shares = [one if v.is_complex else real(one) for one, v in zip(totals, wrt, strict=True)]
        return self._next(simplify_all(shares), self.cotangents)

    def _pushed(self, moved: tuple[Variable, ...]) -> Differentiated:
        tangents = dict(zip(self.inputs, self.tangents, strict=True))
        pairs = [(one, tangents[one]) for one in moved]
        found = [calculus.jvp(expr, pairs) for expr in self.exprs]
        return self._next(found, [tangents[one] for one in moved])

    def joint(self, wrt: tuple[Variable, ...]) -> tuple[Expr, ...]:
        """Return the values, then what is passed back, simplified together."""
        return bracketed(*simplify_all([*self.exprs, *self.pullback(wrt).exprs]))

    def _next(self, exprs: Sequence[Expr], further: Sequence[Variable]) -> Differentiated:
        inputs = (*self.inputs, *further)
        return Differentiated(tuple(exprs), inputs, self.sizes, self.order + 1)

    def _variables(self, role: str, like: Sequence[Any]) -> tuple[Variable, ...]:
        return tuple(
            [
                traced_variable(f"{role} {place} of order {self.order}", one.shape, one.is_complex)
                for place, one in enumerate(like)
            ]
        )


def _once(
    table: Derived,
    some: tuple[Variable, ...],
    derive: Callable[[tuple[Variable, ...]], Differentiated],
) -> Differentiated:
    found = table.get(some)
    return remember(table, some, derive(some)) if found is None else found
