"""The derivative of an expression told step by step: its parts, their cotangents, the result.

Parts are named `u1`, `u2`, ... from the inside out; `g1` is `∂E/∂u1`, and each follows from
those of the parts that use it by one rule. Every step is an equation whose right side can be
evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from einsgrad.calculus.derivatives import check_variable, gradients, vjp
from einsgrad.calculus.rules import depending
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import add_terms, variable
from einsgrad.expressions.nodes import COMPLEX, Constant, Einsum, Expr, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.structures import is_structured, said_of
from einsgrad.expressions.walks import (
    children,
    rebuild,
    substitute,
    topological,
    variables_in,
    with_children,
)
from einsgrad.results.steps.derivation import Derivation, Told
from einsgrad.results.steps.passed_back import passed_back
from einsgrad.results.steps.wording import REORDERED, rule_between, tidying
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.letters import fresh_names

Detail = Literal["all", "landmarks"]


def tell(
    expr: Expr, wrt: Variable, detail: Detail = "all", cotangent: Variable | None = None
) -> Derivation:
    """Derive an expression in a variable, step by step.

    Parameters
    ----------
    expr
        The expression. Of one with axes the adjoint is derived: `∂E/∂x` for a number `E`
        that depends on it.
    wrt
        The variable.
    detail
        `"all"` steps, one for each rule; or the `"landmarks"`, one for each part and each
        cotangent.
    cotangent
        The cotangent of an expression with axes; by default a variable `g`.

    Raises
    ------
    ArgumentError
        If there is no such detail, something is complex, or a number is given a cotangent.
    ShapeError
        If the cotangent's shape is not the expression's.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> print(tell(0.5 * eg.sum_squares(A @ x - b), A))
    u1       = A x                             a part
    u2       = u1 - b                          a part
    E        = 1/2 ‖u2‖²                       the expression
    g2_m     = 1/2 δ_im u2_i + 1/2 δ_im u2_i   product rule: the cotangent takes each of 2 places
             = 1/2 u2_m + 1/2 u2_m             deltas contracted
             = u2_m                            terms collected
             = u2                              in matrix notation
    g1       = g2                              a sum: each term has the sum's cotangent
    ∂E/∂A_mn = g1_i δ_im δ_jn x_j              product rule: the cotangent takes A's place
             = g1_m x_n                        deltas contracted
             = g1 xᵀ                           in matrix notation
             = (A x - b) xᵀ                    the parts put in, simplified
    """
    check_variable(wrt)
    if detail not in ("all", "landmarks"):
        raise ArgumentError(f'{clip(detail)} is no detail. Choose "all" or "landmarks".')
    if expr.is_complex or COMPLEX in wrt.traits:
        raise ArgumentError("derivations are told for real expressions. Use grad, or vjp.")
    if cotangent is not None and not expr.shape:
        raise ArgumentError("a number has no cotangent to name. Leave it out.")
    if cotangent is not None and cotangent.shape != expr.shape:
        raise ShapeError(f"the cotangent {clip(cotangent)} has not the shape of what is derived.")
    return Derivation(tuple(_ExpressionTeller(simplify_expr(expr), wrt, detail, cotangent).steps()))


@dataclass(frozen=True, slots=True)
class _Share:
    """What a node receives from one that uses it, before and after deltas are contracted."""

    user: Expr
    spelled: Expr
    contracted: Expr


class _ExpressionTeller:
    def __init__(
        self, expr: Expr, wrt: Variable, detail: Detail, cotangent: Variable | None
    ) -> None:
        self.expr = expr
        self.wrt = wrt
        self.detail = detail
        self.taken = {v.name for v in (*variables_in(expr), wrt, cotangent) if v is not None}
        self.seed: Expr = Constant(1) if cotangent is None else cotangent
        if expr.shape and cotangent is None:
            self.seed = variable(self._unused("g"), expr.shape)
        needed = depending(expr, [wrt])
        self.parts = [n for n in topological(expr) if n in needed and n not in (expr, wrt)]
        self.symbols: dict[Expr, Expr] = {}
        self.cotangents: dict[Expr, Expr] = {}
        for number, part in enumerate(self.parts, 1):
            self.symbols[part] = variable(self._unused(f"u{number}"), part.shape)
            self.cotangents[part] = variable(self._unused(f"g{number}"), part.shape)
        self.name = self._unused("Y" if expr.shape else "E")
        self.target = self._unused("E") if expr.shape else self.name
        if expr is not wrt:
            self.symbols[expr] = variable(self.name, expr.shape)
        self.delta_name = self._unused("δ")
        self.totals: dict[Expr, Expr] = {}
        # What the names stand for, in terms of the variables alone.
        self.meanings = {symbol: part for part, symbol in self.symbols.items()}
        self.received: dict[Expr, list[_Share]] = {}
        if expr is wrt:
            self.received[wrt] = [_Share(wrt, self.seed, self.seed)]

    def _unused(self, name: str) -> str:
        # A number behind `u1` would make it the name of another part.
        fresh = next(fresh_names(self.taken, (name, name[0] + name), 2 * name[0] + name))
        self.taken.add(fresh)
        return fresh

    def steps(self) -> Iterator[Told]:
        """Yield the parts from the inside out, then the cotangents from the outside in."""
        for part in self.parts:
            symbol = self.symbols[part]
            assert isinstance(symbol, Variable)
            yield Told(symbol.name, self._over_parts(part), part, "a part")
        yield Told(self.name, self._over_parts(self.expr), self.expr, "the expression")
        if isinstance(self.seed, Variable):
            meaning = f"∂{self.target}/∂{self.name}"
            yield Told(self.seed.name, self.seed, self.seed, "the cotangent", meaning=meaning)
        self._pass_back(self.expr, self.seed)
        for part in reversed(self.parts):
            cotangent = self.cotangents[part]
            assert isinstance(cotangent, Variable)
            yield from self._told(part, cotangent.name)
            self.meanings[cotangent] = self._value(self._total(part))
            self._pass_back(part, cotangent)
        title = f"∂{self.target}/∂{self.wrt.name}"
        free = self._unused("G") if is_structured(self.wrt) else title
        yield from self._told(self.wrt, free)
        if self.parts or free != title:
            result = self._result()
            rule = "the parts put in, simplified"
            if free != title:
                rule = f"the part of {free} that leaves {self.wrt.name} {said_of(self.wrt)}"
            yield Told(title, result, result, rule)

    def _over_parts(self, node: Expr) -> Expr:
        """Write a node over the names of its parts."""
        known = [self.symbols.get(child, child) for child in children(node)]
        return with_children(node, known)

    def _pass_back(self, node: Expr, cotangent: Expr) -> None:
        """Give each operand its share of a node's cotangent, over the names of the parts."""
        own = self._over_parts(node)
        targets = {self.symbols.get(c, c): c for c in children(node)}
        wanted = {s for s, child in targets.items() if child in self.symbols or child is self.wrt}
        name = None if isinstance(own, Einsum) else self.symbols.get(node)
        for share in passed_back(own, cotangent, wanted, self.delta_name):
            spelled, contracted = share.spelled, share.contracted
            if name is not None:
                spelled = contracted = substitute(contracted, {own: name})
            received = self.received.setdefault(targets[share.operand], [])
            received.append(_Share(node, spelled, contracted))

    def _told(self, node: Expr, name: str) -> Iterator[Told]:
        """Yield the cotangent of a node: as its rules give it, contracted, collected, short."""
        shares = self.received.get(node, [])
        total = self._total(node)
        short = Told(name, total, self._value(total), self._rule(node))
        products = any(isinstance(share.user, Einsum) for share in shares)
        if self.detail == "landmarks" or not products:
            yield short
            return
        spelled = add_terms([share.spelled for share in shares], node.shape)
        contracted = add_terms([share.contracted for share in shares], node.shape)
        stages = [
            Told(name, spelled, self._value(spelled), short.rule, "index"),
            Told(name, contracted, self._value(contracted), "deltas contracted", "index"),
            replace(short, rule=tidying(contracted, total), notation="index"),
            replace(short, rule="in matrix notation"),
        ]
        if short.text == stages[2].text:
            del stages[3]
        elif stages[2].rule == REORDERED:
            del stages[2]
        texts = ["", *(stage.text for stage in stages)]
        yield from (stage for k, stage in enumerate(stages) if stage.text != texts[k])

    def _total(self, node: Expr) -> Expr:
        if node not in self.totals:
            shares = [share.contracted for share in self.received.get(node, [])]
            self.totals[node] = simplify_expr(add_terms(shares, node.shape))
        return self.totals[node]

    def _value(self, told: Expr) -> Expr:
        """Write a step in terms of the variables alone."""
        return rebuild(told, self._meaning)

    def _meaning(self, node: Expr) -> Expr:
        if isinstance(node, Variable) and node.name == self.delta_name:
            return Delta(node.shape[0], 2)
        return self.meanings.get(node, node)

    def _rule(self, node: Expr) -> str:
        """Say by which rules a node's cotangent follows."""
        users = dict.fromkeys(share.user for share in self.received.get(node, []))
        named = self.symbols.get(node, node)
        name = named.name if isinstance(named, Variable) else "its"
        rules = dict.fromkeys(rule_between(user, node, name) for user in users)
        return "; ".join(rules) or "nothing depends on it"

    def _result(self) -> Expr:
        if self.expr.shape:
            return vjp(self.expr, self.seed, [self.wrt])[0]
        return gradients(self.expr, [self.wrt])[0]
