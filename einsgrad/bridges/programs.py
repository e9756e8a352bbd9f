"""The derivatives of an expression as programs, each derived and compiled when first used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from einsgrad.api.compiling import compile as compiled
from einsgrad.calculus import derivatives as calculus
from einsgrad.calculus.called import fresh_like
from einsgrad.engine.compiled import Compiled
from einsgrad.expressions.nodes import Expr, Variable


@dataclass(frozen=True, eq=False)
class Programs:
    """An expression and its derivatives as functions of the unknowns, then of the data.

    Parameters
    ----------
    expr
        The expression.
    unknowns
        What it is differentiated in.
    known
        Its other variables.
    sizes
        Sizes of dims that no array has.
    """

    expr: Expr
    unknowns: tuple[Variable, ...]
    known: tuple[Variable, ...]
    sizes: Mapping[str, int] | None = None

    @cached_property
    def gradients(self) -> tuple[Expr, ...]:
        """The gradient in each unknown."""
        return calculus.gradients(self.expr, self.unknowns)

    @cached_property
    def value(self) -> Compiled:
        """The value alone."""
        return self._compiled(self.expr)

    @cached_property
    def value_and_gradients(self) -> Compiled:
        """The value, and the gradient in each unknown."""
        return self._compiled(self.expr, *self.gradients)

    @cached_property
    def hessian_blocks(self) -> Compiled:
        """The blocks of the Hessian on and right of its diagonal, row by row."""
        blocks = [
            calculus.jacobian(gradient, other)
            for row, gradient in enumerate(self.gradients)
            for other in self.unknowns[row:]
        ]
        return self._compiled(*blocks)

    @cached_property
    def products(self) -> Compiled:
        """The Hessian times a direction; the directions of the unknowns come first."""
        directions = [fresh_like(one, "direction") for one in self.unknowns]
        pairs = list(zip(self.unknowns, directions, strict=True))
        found = [calculus.jvp(gradient, pairs) for gradient in self.gradients]
        return self._compiled(*found, before=directions)

    @cached_property
    def jacobians(self) -> Compiled:
        """The Jacobian in each unknown, its deltas not multiplied out."""
        found = [calculus.jacobian(self.expr, one) for one in self.unknowns]
        return self._compiled(*found, structured=True)

    @cached_property
    def tangents(self) -> Compiled:
        """The Jacobian times a direction; the directions of the unknowns come first."""
        directions = [fresh_like(one, "direction") for one in self.unknowns]
        pairs = list(zip(self.unknowns, directions, strict=True))
        return self._compiled(calculus.jvp(self.expr, pairs), before=directions)

    @cached_property
    def cotangents(self) -> Compiled:
        """The transposed Jacobian times a cotangent, which comes first."""
        cotangent = fresh_like(self.expr, "cotangent")
        found = calculus.vjp(self.expr, cotangent, self.unknowns)
        return self._compiled(*found, before=[cotangent])

    def _compiled(
        self, *exprs: Expr, before: list[Variable] | None = None, structured: bool = False
    ) -> Compiled:
        inputs = (*(before or ()), *self.unknowns, *self.known)
        return compiled(*exprs, inputs=inputs, sizes=self.sizes, structured=structured)


def results(found: Any) -> tuple[Any, ...]:
    """Return what a program of one or of several expressions gave as a tuple."""
    return found if isinstance(found, tuple) else (found,)
