"""The derivative of an expression told step by step: its parts, their cotangents, the result.

Parts are named `u1`, `u2`, ... from the inside out; `g1` is `∂E/∂u1`, and each follows from
those of the parts that use it by one rule. Every step is an equation whose right side can be
evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

from einsgrad.calculus import check_variable, gradients, vjp
from einsgrad.construct import add, variable
from einsgrad.differentiate import depending, shares_of
from einsgrad.errors import ArgumentError, clip
from einsgrad.expr import (
    COMPLEX,
    Add,
    Constant,
    Delta,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.graph import children, substitute, topological, with_children
from einsgrad.notation.html import steps_html
from einsgrad.notation.show import latex, show
from einsgrad.simplification import simplify

Detail = Literal["all", "landmarks"]


@dataclass(frozen=True)
class Told:
    """One step: an equation, and the rule that gives it.

    Parameters
    ----------
    name
        The left side: the name of a part, of a cotangent, or the derivative.
    expr
        The right side, in terms of earlier parts and later cotangents.
    value
        The right side in terms of the variables alone.
    rule
        Why it holds.
    landmark
        Whether it is told when only the landmarks are.
    """

    name: str
    expr: Expr
    value: Expr
    rule: str
    landmark: bool = False


@dataclass(frozen=True)
class Derivation:
    """The steps of a derivation, as text, LaTeX, Markdown or HTML.

    Parameters
    ----------
    steps
        The steps, in order.
    """

    steps: tuple[Told, ...]

    def _lines(self, write: Callable[[Expr], str]) -> list[tuple[str, str, str]]:
        return [(step.name, write(step.expr).replace("\n", "; "), step.rule) for step in self.steps]

    def __str__(self) -> str:
        lines = self._lines(show)
        first = max(len(name) for name, _, _ in lines)
        second = max(len(formula) for _, formula, _ in lines)
        return "\n".join(
            f"{name:<{first}} = {formula:<{second}}   {rule}".rstrip()
            for name, formula, rule in lines
        )

    @property
    def latex(self) -> str:
        """The steps as an `align*` block."""
        rows = [
            rf"{_latex_name(name)} &= {formula} && \text{{{rule}}}"
            for name, formula, rule in self._lines(latex)
        ]
        body = " \\\\\n".join(rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    @property
    def markdown(self) -> str:
        """The steps as a numbered list with formulas between dollar signs."""
        return "\n".join(
            f"{number}. ${_latex_name(name)} = {formula}$ ({rule})"
            for number, (name, formula, rule) in enumerate(self._lines(latex), 1)
        )

    def _repr_html_(self) -> str:
        rows = [(f"{name} = {formula}", rule, "") for name, formula, rule in self._lines(show)]
        return steps_html(rows)


def _latex_name(name: str) -> str:
    if name.startswith("∂"):
        target, _, wrt = name.removeprefix("∂").partition("/∂")
        return rf"\frac{{\partial {target}}}{{\partial {wrt}}}"
    return latex(variable(name, ()))


def tell(expr: Expr, wrt: Variable, detail: Detail = "all") -> Derivation:
    """Derive an expression in a variable, step by step.

    Parameters
    ----------
    expr
        The expression; if it has axes, its cotangent is called `g`, and what is derived is
        the adjoint.
    wrt
        The variable.
    detail
        `"all"` steps, or the `"landmarks"`: the expression, the derivative from its parts,
        and the result.

    Raises
    ------
    ArgumentError
        If there is no such detail, or something is complex.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> print(tell(0.5 * eg.norm2(A @ x - b), A))
    u1    = A x            a part
    u2    = u1 - b         a part
    E     = 1/2 ‖u2‖²      the expression
    g2    = u2             product rule, 2 places: the cotangent takes each one's place
    g1    = g2             a sum: each term has the sum's cotangent
    ∂E/∂A = g1 xᵀ          product rule: the cotangent takes A's place
    ∂E/∂A = (A x - b) xᵀ   the parts put in, simplified
    """
    check_variable(wrt)
    if detail not in ("all", "landmarks"):
        raise ArgumentError(f'{clip(detail)} is no detail. Choose "all" or "landmarks".')
    if expr.is_complex or COMPLEX in wrt.traits:
        raise ArgumentError("derivations are told for real expressions. Use grad, or vjp.")
    steps = tuple(_Teller(simplify(expr), wrt).steps())
    chosen = steps if detail == "all" else tuple(step for step in steps if step.landmark)
    return Derivation(chosen)


class _Teller:
    def __init__(self, expr: Expr, wrt: Variable) -> None:
        self.expr = expr
        self.wrt = wrt
        self.seed: Expr = variable("g", expr.shape) if expr.shape else Constant(1)
        needed = depending(expr, [wrt])
        self.parts = [n for n in topological(expr) if n in needed and n not in (expr, wrt)]
        self.symbols: dict[Expr, Expr] = {
            part: variable(f"u{number}", part.shape) for number, part in enumerate(self.parts, 1)
        }
        self.cotangents: dict[Expr, Expr] = {
            part: variable(f"g{number}", part.shape) for number, part in enumerate(self.parts, 1)
        }
        self.received: dict[Expr, list[tuple[Expr, Expr]]] = {}
        if expr is wrt:
            self.received[wrt] = [(wrt, self.seed)]

    def steps(self) -> Iterator[Told]:
        """Yield the parts from the inside out, then the cotangents from the outside in."""
        name = "E" if not self.expr.shape else "Y"
        for part in self.parts:
            symbol = self.symbols[part]
            assert isinstance(symbol, Variable)
            yield Told(symbol.name, self._over_parts(part), part, "a part")
        yield Told(name, self._over_parts(self.expr), self.expr, "the expression", landmark=True)
        self._pass_back(self.expr, self.seed)
        for part in reversed(self.parts):
            cotangent = self.cotangents[part]
            assert isinstance(cotangent, Variable)
            total = self._total(part)
            yield Told(cotangent.name, total, self._value(total), self._rule(part))
            self._pass_back(part, cotangent)
        title = f"∂{name if name == 'E' else 'L'}/∂{self.wrt.name}"
        total = self._total(self.wrt)
        yield Told(title, total, self._value(total), self._rule(self.wrt), landmark=True)
        result = self._result()
        yield Told(title, result, result, "the parts put in, simplified", landmark=True)

    def _over_parts(self, node: Expr) -> Expr:
        """Write a node over the names of its parts."""
        known = [self.symbols.get(child, child) for child in children(node)]
        return with_children(node, known)

    def _pass_back(self, node: Expr, cotangent: Expr) -> None:
        """Give each operand its share of a node's cotangent."""
        own = self._over_parts(node)
        targets = {self.symbols.get(c, c): c for c in children(node)}
        wanted = {s for s, child in targets.items() if child in self.symbols or child is self.wrt}
        name = self.symbols.get(node)
        for operand, share in shares_of(own, cotangent, wanted):
            told = share if name is None else substitute(share, {own: name})
            self.received.setdefault(targets[operand], []).append((node, told))

    def _total(self, node: Expr) -> Expr:
        return simplify(add([share for _, share in self.received.get(node, [])], node.shape))

    def _value(self, told: Expr) -> Expr:
        """Write a step in terms of the variables alone."""
        for part in self.parts:
            cotangent = self.cotangents[part]
            if any(node is cotangent for node in topological(told)):
                told = substitute(told, {cotangent: self._total(part)})
        for part in reversed(self.parts):
            told = substitute(told, {self.symbols[part]: self._over_parts(part)})
        return told

    def _rule(self, node: Expr) -> str:
        """Say by which rules a node's cotangent follows."""
        users = dict.fromkeys(user for user, _ in self.received.get(node, []))
        rules = dict.fromkeys(self._one_rule(user, node) for user in users)
        return "; ".join(rules) or "nothing depends on it"

    def _one_rule(self, user: Expr, node: Expr) -> str:
        named = self.symbols.get(node, node)
        name = named.name if isinstance(named, Variable) else "its"
        match user:
            case Einsum(operands=operands):
                count = operands.count(node)
                if count > 1:
                    return f"product rule, {count} places: the cotangent takes each one's place"
                return f"product rule: the cotangent takes {name}'s place"
            case Add():
                return "a sum: each term has the sum's cotangent"
            case Map(function=function):
                return f"chain rule: the derivative of {function.name}"
            case Reduce(function=reduction):
                return f"chain rule: the derivative of {reduction.name}"
            case MatrixMap(function=matrix_function):
                return f"the differential of {matrix_function.name}"
            case Variable() | Constant() | Delta() | Fuse():
                return "the variable itself"
            case _ as unreachable:
                assert_never(unreachable)

    def _result(self) -> Expr:
        if self.expr.shape:
            return vjp(self.expr, self.seed, [self.wrt])[0]
        return gradients(self.expr, [self.wrt])[0]
