"""One derivative told step by step: the parts of an expression, their cotangents, the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from einsgrad.calculus.derivatives import gradients, jacobian, vjp
from einsgrad.calculus.rules import depending
from einsgrad.expressions.construct import add_terms, variable
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.structures import is_structured, said_of
from einsgrad.expressions.walks import children, rebuild, substitute, topological, with_children
from einsgrad.notation.left_sides import LeftSide
from einsgrad.results.steps.derivation import Told
from einsgrad.results.steps.passed_back import passed_back
from einsgrad.results.steps.wording import REORDERED, rule_between, tidying
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.letters import fresh_names

Detail = Literal["all", "landmarks"]
# What the first derivative is called where it is derived again, then the second, ...
_AGAIN = "GHD"
# Cotangents of the first derivative that is told, of the second, ...
_COTANGENTS = "ghcd"
# Numbers that depend on what is derived.
_NUMBERS = "ELMN"


@dataclass(slots=True)
class Story:
    """What the derivatives of one derivation share, each of which derives the one before.

    Parameters
    ----------
    base
        What the first expression is called.
    taken
        The names in use.
    done
        The variables of the derivatives that have been told.
    parts
        The names of the parts.
    numbers
        Their numbers.
    delta
        The name that the deltas of products have.
    """

    base: str
    taken: set[str]
    done: tuple[Variable, ...] = ()
    parts: dict[Expr, Variable] = field(default_factory=dict)
    numbers: dict[Expr, int] = field(default_factory=dict)
    delta: str = field(init=False)

    def __post_init__(self) -> None:
        self.delta = self.unused("δ")

    def unused(self, name: str) -> str:
        """Return a name that is not taken, and take it."""
        # A number behind `u1` would make it the name of another part.
        fresh = next(fresh_names(self.taken, (name, name[0] + name), 2 * name[0] + name))
        self.taken.add(fresh)
        return fresh

    def name_parts(self, parts: list[Expr]) -> list[Expr]:
        """Name the parts that have no names; return these."""
        fresh = [part for part in parts if part not in self.parts]
        for part in fresh:
            number = self.numbers[part] = len(self.numbers) + 1
            self.parts[part] = variable(self.unused(f"u{number}"), part.shape)
        return fresh


@dataclass(frozen=True, slots=True)
class _Share:
    """What a node receives from one that uses it, before and after deltas are contracted."""

    user: Expr
    spelled: Expr
    contracted: Expr


class DerivativeTeller:
    """Tells one derivative.

    Parameters
    ----------
    story
        What it shares with those before.
    expr, wrt
        What is derived, and in what.
    detail
        All steps, or only those where something has a name.
    cotangent
        The cotangent of an expression with axes, where the adjoint is all that is asked for.
    """

    def __init__(
        self,
        story: Story,
        expr: Expr,
        wrt: Variable,
        detail: Detail,
        cotangent: Variable | None,
    ) -> None:
        self.story = story
        self.expr = expr
        self.wrt = wrt
        self.detail = detail
        self.is_adjoint = cotangent is not None
        order = len(story.done)
        needed = depending(expr, [wrt])
        self.parts = [n for n in topological(expr) if n in needed and n not in (expr, wrt)]
        self.fresh = story.name_parts(self.parts)
        self.name = story.unused(_AGAIN[min(order, 3) - 1]) if order else story.base
        self.symbols: dict[Expr, Expr] = dict(story.parts)
        if expr is not wrt:
            self.symbols[expr] = variable(self.name, expr.shape)
        self.active = {expr, wrt, *self.parts}
        letter = _COTANGENTS[min(order, 3)]
        self.seed: Expr = Constant(1) if cotangent is None else cotangent
        if expr.shape and cotangent is None:
            self.seed = variable(story.unused(letter), expr.shape)
        self.target = story.unused(_NUMBERS[min(order, 3)]) if expr.shape else self.name
        self.cotangents = {
            part: variable(story.unused(f"{letter}{story.numbers[part]}"), part.shape)
            for part in self.parts
        }
        self.totals: dict[Expr, Expr] = {}
        # What the names stand for, in terms of the variables alone.
        self.meanings = {symbol: part for part, symbol in self.symbols.items()}
        self.received: dict[Expr, list[_Share]] = {}
        if expr is wrt:
            self.received[wrt] = [_Share(wrt, self.seed, self.seed)]

    def steps(self) -> Iterator[Told]:
        """Yield the parts from the inside out, then the cotangents from the outside in."""
        yield from self._parts()
        self._pass_back(self.expr, self.seed)
        for part in reversed(self.parts):
            cotangent, symbol = self.cotangents[part], self.symbols[part]
            assert isinstance(cotangent, Variable)
            assert isinstance(symbol, Variable)
            first, *rest = self._told(part, LeftSide(cotangent.name))
            yield replace(first, meaning=LeftSide(self.target, (symbol,)))
            yield from rest
            self.meanings[cotangent] = self._value(self._total(part))
            self._pass_back(part, cotangent)
        yield from self._results()

    def _parts(self) -> Iterator[Told]:
        for part in self.fresh:
            name = self.story.parts[part].name
            yield Told(LeftSide(name), self._over_parts(part), part, "a part")
        done = self.story.done
        meaning = LeftSide(self.story.base, done) if done else None
        rule = "derived again" if done else "the expression"
        whole = self._over_parts(self.expr)
        yield Told(LeftSide(self.name), whole, self.expr, rule, meaning=meaning)
        if isinstance(self.seed, Variable):
            meaning = LeftSide(self.target, (variable(self.name, self.expr.shape),))
            left = LeftSide(self.seed.name)
            yield Told(left, self.seed, self.seed, "the cotangent", meaning=meaning)

    def _results(self) -> Iterator[Told]:
        """Yield the cotangent of the variable, and what is printed for the derivative."""
        left = LeftSide(self.target, (self.wrt,))
        free = LeftSide(self.story.unused("G")) if is_structured(self.wrt) else left
        yield from self._told(self.wrt, free)
        if self.parts or free != left:
            rule = "the parts put in, simplified"
            if free != left:
                rule = f"the part of {free.name} that leaves {self.wrt.name} {said_of(self.wrt)}"
            yield self._printed(left, self._adjoint(), rule)
        if self.expr.shape and not self.is_adjoint:
            whole = LeftSide(self.story.base, (*self.story.done, self.wrt))
            assert isinstance(self.seed, Variable)
            rule = f"what {self.seed.name} is multiplied by"
            yield self._printed(whole, self.derivative, rule)

    def _printed(self, left: LeftSide, value: Expr, rule: str) -> Told:
        return Told(left, value, value, rule, taken=frozenset(self.story.taken))

    @cached_property
    def derivative(self) -> Expr:
        """The gradient, or of an expression with axes the Jacobian."""
        if self.expr.shape:
            return jacobian(self.expr, self.wrt)
        return gradients(self.expr, [self.wrt])[0]

    def _adjoint(self) -> Expr:
        return vjp(self.expr, self.seed, [self.wrt])[0] if self.expr.shape else self.derivative

    def _over_parts(self, node: Expr) -> Expr:
        """Write a node over the names of its parts."""
        known = [self.symbols.get(child, child) for child in children(node)]
        return with_children(node, known)

    def _pass_back(self, node: Expr, cotangent: Expr) -> None:
        """Give each operand its share of a node's cotangent, over the names of the parts."""
        own = self._over_parts(node)
        targets = {self.symbols.get(c, c): c for c in children(node)}
        wanted = {s for s, child in targets.items() if child in self.active}
        name = None if isinstance(own, Einsum) else self.symbols.get(node)
        for share in passed_back(own, cotangent, wanted, self.story.delta):
            spelled, contracted = share.spelled, share.contracted
            if name is not None:
                spelled = contracted = substitute(contracted, {own: name})
            received = self.received.setdefault(targets[share.operand], [])
            received.append(_Share(node, spelled, contracted))

    def _told(self, node: Expr, left: LeftSide) -> Iterator[Told]:
        """Yield the cotangent of a node: as its rules give it, contracted, collected, short."""
        shares = self.received.get(node, [])
        total = self._total(node)
        short = Told(left, total, self._value(total), self._rule(node))
        products = any(isinstance(share.user, Einsum) for share in shares)
        if self.detail == "landmarks" or not products:
            yield short
            return
        spelled = add_terms([share.spelled for share in shares], node.shape)
        contracted = add_terms([share.contracted for share in shares], node.shape)
        stages = [
            Told(left, spelled, self._value(spelled), short.rule, "index"),
            Told(left, contracted, self._value(contracted), "deltas contracted", "index"),
            replace(short, rule=tidying(contracted, total), notation="index"),
            replace(short, rule="in matrix notation" if len(node.shape) <= 2 else "as printed"),
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
        if isinstance(node, Variable) and node.name == self.story.delta:
            return Delta(node.shape[0], 2)
        return self.meanings.get(node, node)

    def _rule(self, node: Expr) -> str:
        """Say by which rules a node's cotangent follows."""
        users = dict.fromkeys(share.user for share in self.received.get(node, []))
        named = self.symbols.get(node, node)
        name = named.name if isinstance(named, Variable) else "its"
        rules = dict.fromkeys(rule_between(user, node, name) for user in users)
        return "; ".join(rules) or "nothing depends on it"
