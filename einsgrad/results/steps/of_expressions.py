"""The derivative of an expression told step by step: its parts, their cotangents, the result.

Parts are named `u1`, `u2`, ... from the inside out; `g1` is `∂E/∂u1`, and each follows from
those of the parts that use it by one rule. Every step is an equation whose right side can be
evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from einsgrad.calculus.derivatives import check_variable, gradients, vjp
from einsgrad.calculus.rules import adjoint_operand, depending, shares_of
from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import add, variable
from einsgrad.expressions.nodes import (
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
from einsgrad.expressions.products import contract_deltas
from einsgrad.expressions.walks import children, substitute, topological, variables, with_children
from einsgrad.results.steps.derivation import Derivation, Told
from einsgrad.simplification.simplify import simplify
from einsgrad.strings.letters import fresh_names
from einsgrad.strings.subscripts import Subscripts, fresh_numbers

Detail = Literal["all", "landmarks"]

_REORDERED = "in canonical order"


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
    >>> print(tell(0.5 * eg.norm2(A @ x - b), A))
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
    return Derivation(tuple(_Teller(simplify(expr), wrt, detail, cotangent).steps()))


@dataclass(frozen=True, slots=True)
class _Share:
    """What a node receives from one place in which it is used, before and after contraction."""

    user: Expr
    spelled: Expr
    contracted: Expr


class _Teller:
    def __init__(
        self, expr: Expr, wrt: Variable, detail: Detail, cotangent: Variable | None
    ) -> None:
        self.expr = expr
        self.wrt = wrt
        self.detail = detail
        self.taken = {v.name for v in (*variables(expr), wrt, cotangent) if v is not None}
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
        if expr is not wrt:
            self.symbols[expr] = variable(self.name, expr.shape)
        self.delta_name = self._unused("δ")
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
        self._pass_back(self.expr, self.seed)
        for part in reversed(self.parts):
            cotangent = self.cotangents[part]
            assert isinstance(cotangent, Variable)
            yield from self._told(part, cotangent.name)
            self._pass_back(part, cotangent)
        title = f"∂E/∂{self.wrt.name}"
        yield from self._told(self.wrt, title)
        if self.parts:
            result = self._result()
            yield Told(title, result, result, "the parts put in, simplified")

    def _over_parts(self, node: Expr) -> Expr:
        """Write a node over the names of its parts."""
        known = [self.symbols.get(child, child) for child in children(node)]
        return with_children(node, known)

    def _pass_back(self, node: Expr, cotangent: Expr) -> None:
        """Give each operand its share of a node's cotangent."""
        own = self._over_parts(node)
        targets = {self.symbols.get(c, c): c for c in children(node)}
        wanted = {s for s, child in targets.items() if child in self.symbols or child is self.wrt}
        for operand, share in self._shares(node, own, cotangent, wanted):
            self.received.setdefault(targets[operand], []).append(share)

    def _shares(
        self, node: Expr, own: Expr, cotangent: Expr, wanted: set[Expr]
    ) -> Iterator[tuple[Expr, _Share]]:
        """Yield what each place of a node, written over the names of its parts, passes on."""
        if isinstance(own, Einsum):
            for position, operand in enumerate(own.operands):
                if operand in wanted:
                    spelled = spelled_adjoint(own, position, cotangent, self.delta_name)
                    contracted = contract_deltas(adjoint_operand(own, position, cotangent))
                    yield operand, _Share(node, spelled, contracted)
            return
        name = self.symbols.get(node)
        for operand, share in shares_of(own, cotangent, wanted):
            told = share if name is None else substitute(share, {own: name})
            yield operand, _Share(node, told, told)

    def _told(self, node: Expr, name: str) -> Iterator[Told]:
        """Yield the cotangent of a node: as its rules give it, contracted, collected, short."""
        shares = self.received.get(node, [])
        total = self._total(node)
        short = Told(name, total, self._value(total), self._rule(node))
        products = any(isinstance(share.user, Einsum) for share in shares)
        if self.detail == "landmarks" or not products:
            yield short
            return
        spelled = add([share.spelled for share in shares], node.shape)
        contracted = add([share.contracted for share in shares], node.shape)
        stages = [
            Told(name, spelled, self._value(spelled), short.rule, "index"),
            Told(name, contracted, self._value(contracted), "deltas contracted", "index"),
            replace(short, rule=_tidying(contracted, total), notation="index"),
            replace(short, rule="in matrix notation"),
        ]
        if short.text == stages[2].text:
            del stages[3]
        elif stages[2].rule == _REORDERED:
            del stages[2]
        texts = ["", *(stage.text for stage in stages)]
        yield from (stage for k, stage in enumerate(stages) if stage.text != texts[k])

    def _total(self, node: Expr) -> Expr:
        shares = self.received.get(node, [])
        return simplify(add([share.contracted for share in shares], node.shape))

    def _value(self, told: Expr) -> Expr:
        """Write a step in terms of the variables alone."""
        deltas: dict[Expr, Expr] = {
            v: Delta(v.shape[0], 2) for v in variables(told) if v.name == self.delta_name
        }
        told = substitute(told, deltas)
        for part in self.parts:
            cotangent = self.cotangents[part]
            if any(node is cotangent for node in topological(told)):
                told = substitute(told, {cotangent: self._total(part)})
        for part in reversed([*self.parts, self.expr]):
            if part in self.symbols:
                told = substitute(told, {self.symbols[part]: self._over_parts(part)})
        return told

    def _rule(self, node: Expr) -> str:
        """Say by which rules a node's cotangent follows."""
        users = dict.fromkeys(share.user for share in self.received.get(node, []))
        rules = dict.fromkeys(self._one_rule(user, node) for user in users)
        return "; ".join(rules) or "nothing depends on it"

    def _one_rule(self, user: Expr, node: Expr) -> str:
        named = self.symbols.get(node, node)
        name = named.name if isinstance(named, Variable) else "its"
        match user:
            case Einsum(operands=operands):
                count = operands.count(node)
                if count > 1:
                    return f"product rule: the cotangent takes each of {count} places"
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


def _tidying(before: Expr, after: Expr) -> str:
    """Name what simplification has done to a sum of contracted products."""
    terms = [len(e.terms) if isinstance(e, Add) else 1 for e in (before, after)]
    return "terms collected" if terms[1] < terms[0] else _REORDERED


def spelled_adjoint(node: Einsum, position: int, cotangent: Expr, delta: str) -> Einsum:
    """Return an adjoint with its deltas: one for each axis of the operand, not contracted.

    The deltas are variables of the given name, so that nothing contracts them.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, g = eg.variables("A[m,n] x[n] g[m]")
    >>> print(eg.show(spelled_adjoint(A @ x, 0, g, "δ"), "index"))
    g_i δ_im δ_jn x_j
    """
    subscripts = node.subscripts
    taken = subscripts.inputs[position]
    fresh = fresh_numbers(subscripts.labels)
    free = tuple(next(fresh) for _ in taken)
    lists = [subscripts.output, *zip(taken, free, strict=True)]
    operands = [cotangent, *(variable(delta, (dim, dim)) for dim in node.operands[position].shape)]
    for k, (indices, operand) in enumerate(zip(subscripts.inputs, node.operands, strict=True)):
        if k != position:
            lists.append(indices)
            operands.append(operand)
    return Einsum(Subscripts(tuple(lists), free).numbered(), tuple(operands))
