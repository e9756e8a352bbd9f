"""Mistakes in a derivation: a part taken for constant, a chain cut, a function's slope wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from einsgrad.claims.points import SamplePoint, are_close
from einsgrad.claims.values import Values
from einsgrad.claims.verdict import in_one_line
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Add, Expr, Map, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import children, substitute, topological, variables_in

Derive: TypeAlias = Callable[[Expr, Variable], Expr]
Slope: TypeAlias = Callable[[Expr, Expr], object]

_MOST_PARTS = 14
_LONGEST = 90


@dataclass(frozen=True)
class Misderivation:
    """What is derived, in what, how, and at which point.

    Parameters
    ----------
    expr, wrt
        What is derived, and in what.
    derive
        Takes a derivative.
    point
        The point.
    claimed
        What the claim is there.
    """

    expr: Expr
    wrt: Variable
    derive: Derive
    point: SamplePoint
    claimed: Array

    def parts(self) -> list[Expr]:
        """Return the parts between the variable and the whole, each with what is below it."""
        depends: set[Expr] = {self.wrt}
        found = []
        for node in topological(self.expr):
            if any(child in depends for child in children(node)):
                depends.add(node)
                if node is not self.expr:
                    found.append(node)
        return found[-_MOST_PARTS:]

    def value(self, expr: Expr, given: dict[Variable, Expr]) -> Array | None:
        """Return the derivative of an expression in which variables stand for parts."""
        arrays = {node.name: self.point.values.of(part) for node, part in given.items()}
        values = Values({**self.point.arrays, **arrays}, self.point.sizes)
        try:
            value = values.of(self.derive(expr, self.wrt))
        except np.linalg.LinAlgError:
            return None
        return value if np.all(np.isfinite(value)) else None

    def claims(self, value: Array | None) -> bool:
        """Tell whether a value is what is claimed."""
        return are_close(self.claimed, value)


def _constant(part: Expr, name: str = "part#") -> Variable:
    return Variable(name, part.shape)


def taken_for_constant(asked: Misderivation) -> Iterator[str]:
    """Yield the parts whose dependence on the variable is forgotten."""
    for part in asked.parts():
        fixed = _constant(part)
        if asked.claims(asked.value(substitute(asked.expr, {part: fixed}), {fixed: part})):
            yield (
                f"{_short(part)} is taken for constant: its derivative, by the product rule or "
                f"the chain rule, is forgotten, and a term is missing"
            )


def chain_cut(asked: Misderivation) -> Iterator[str]:
    """Yield the parts in which the claim is the derivative."""
    nodes = topological(asked.expr)
    terms = {term for node in nodes if isinstance(node, Add) for term in node.terms}
    for part in asked.parts():
        inner = _constant(part)
        outer = substitute(asked.expr, {part: inner})
        # The derivative in a term is that in the sum, which is told.
        if part in terms or inner not in variables_in(outer):
            continue
        arrays = {inner.name: asked.point.values.of(part)}
        values = Values({**asked.point.arrays, **arrays}, asked.point.sizes)
        if asked.claims(values.of(asked.derive(outer, inner))):
            yield (
                f"this is the derivative in {_short(part)}: the chain rule's inner factor, the "
                f"derivative of {_short(part)} in {asked.wrt.name}, is missing"
            )


# What is written for the slope of a function of the table: of its argument and of its value.
_ANY: tuple[tuple[str, Slope], ...] = (
    ("1, as if it were not there,", lambda u, f: 1),
    ("the function itself", lambda u, f: f),
)
_SLOPES: dict[str, tuple[tuple[str, Slope], ...]] = {
    "tanh": (
        ("1 - tanh", lambda u, f: 1 - f),
        ("1 + tanh²", lambda u, f: 1 + f * f),
        ("tanh (1 - tanh)", lambda u, f: f * (1 - f)),
    ),
    "sigmoid": (
        ("1 - sigmoid", lambda u, f: 1 - f),
        ("sigmoid²", lambda u, f: f * f),
        ("sigmoid (1 + sigmoid)", lambda u, f: f * (1 + f)),
        ("1 - sigmoid²", lambda u, f: 1 - f * f),
    ),
    "exp": (("the argument times exp", lambda u, f: u * f),),
    "log": (("the argument", lambda u, f: u), ("-1/argument", lambda u, f: -1 / u)),
    "reciprocal": (
        ("1/argument² with the wrong sign", lambda u, f: f * f),
        ("-1/argument", lambda u, f: -f),
        ("log", lambda u, f: -f * f * f),
    ),
    "sqrt": (
        ("1/sqrt, without the factor 1/2", lambda u, f: 1 / f),
        ("sqrt/2", lambda u, f: f / 2),
        ("2/sqrt", lambda u, f: 2 / f),
    ),
    "norm": (("the argument, not divided by the norm", lambda u, f: u),),
}


def wrong_slope(asked: Misderivation) -> Iterator[str]:
    """Yield the functions whose slope is another one in the claim."""
    for node in [*asked.parts(), asked.expr]:
        if not isinstance(node, Map) or len(node.operands) != 1:
            continue
        (operand,) = node.operands
        value, argument = _constant(node, "value#"), _constant(operand, "argument#")
        for words, slope in (*_SLOPES.get(node.function.name, ()), *_ANY):
            linear = value + as_expr(slope(argument, value)) * (operand - argument)
            expr = substitute(asked.expr, {node: linear})
            if asked.claims(asked.value(expr, {value: node, argument: operand})):
                yield (
                    f"the derivative of {node.function.name} is wrong: {words} stands for it, "
                    f"and the factor that belongs there is missing, in {_short(node)}"
                )


def other_function(asked: Misderivation) -> Iterator[str]:
    """Yield what is derived in the claim, in the place of the expression or of the variable."""
    expr = asked.expr
    if asked.claims(asked.value(expr * expr, {})):
        yield "this is the derivative of the square: a square root or a norm is missing"
    if not expr.shape:
        root = Variable("root#", ())
        outer = as_expr(expr / (2 * root))
        given = {root.name: np.sqrt(np.abs(asked.point.values.of(expr)))}
        values = Values({**asked.point.arrays, **given}, asked.point.sizes)
        slope = asked.derive(outer, asked.wrt)
        if asked.claims(values.of(slope)):
            yield "this is the derivative of the square root: of a norm, not of its square"
    for other in variables_in(expr):
        if other is not asked.wrt and other.shape == asked.wrt.shape:
            values = asked.point.values
            if asked.claims(values.of(asked.derive(expr, other))):
                yield f"this is the derivative in {other.name}, not in {asked.wrt.name}"


def _short(part: Expr) -> str:
    text = in_one_line(part)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


DERIVATIONS: tuple[tuple[str, Callable[[Misderivation], Iterator[str]]], ...] = (
    ("chain rule", chain_cut),
    ("part taken for constant", taken_for_constant),
    ("slope of a function", wrong_slope),
    ("other function", other_function),
)
"""What may go wrong in a derivation, each with its name."""
