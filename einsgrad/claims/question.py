"""The question that a claim answers: what is derived, in what, and which names may be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from einsgrad.calculus.derivatives import gradients, jacobian, vjp
from einsgrad.calculus.real_values import is_known_real
from einsgrad.calculus.within import Convention
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.named import as_operation
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.words import real
from einsgrad.expressions.walks import substitute, variables_in
from einsgrad.reading.names import DeclaredNames, read_declaration
from einsgrad.reading.notation_signs import Syntax
from einsgrad.reading.read_lines import read
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.letters import fresh_name
from einsgrad.strings.parsing import parse_einsum


@dataclass(frozen=True)
class Question:
    """What is derived, in what, with which cotangent, and the variables that a claim may use."""

    expr: Expr
    wrt: tuple[Variable, ...]
    cotangent: Expr | None
    names: DeclaredNames
    convention: Convention = "projected"
    # The notation of texts; told by their signs where it is not said.
    syntax: Syntax | None = None

    @classmethod
    def of(
        cls,
        expr: Expr,
        wrt: Sequence[object],
        cotangent: Expr | str | None = None,
        more: Iterable[Variable] = (),
    ) -> Question:
        """Ask about an expression; the name of a cotangent may be new.

        Parameters
        ----------
        expr, wrt, cotangent
            What is derived, the variables in turn, also by name, and the cotangent, if the
            adjoint is asked for.
        more
            Variables that a claim may use beside those that occur.

        Examples
        --------
        >>> x = Variable("x", ("n",))
        >>> question = Question.of(x, ["x"], "g")
        >>> question.wrt, question.cotangent
        ((x[n],), g[n])
        """
        (expr,) = without_names([expr])
        known = [*variables_in(expr), *more, *(v for v in wrt if isinstance(v, Variable))]
        if isinstance(cotangent, str):
            cotangent = _cotangent(cotangent, expr, known)
        if cotangent is not None:
            known.extend(variables_in(as_expr(cotangent)))
        usable = DeclaredNames(tuple(dict.fromkeys(known)))
        return cls(expr, tuple(_named(one, usable) for one in wrt), cotangent, usable)

    def derived(self, expr: Expr, wrt: Variable) -> Expr:
        """Take one derivative: with the cotangent, a gradient, or a Jacobian."""
        if self.cotangent is not None:
            return vjp(expr, self.cotangent, [wrt], convention=self.convention)[0]
        if expr.shape:
            return jacobian(expr, wrt, convention=self.convention)
        # Wrong variants of what is real are compared by their real parts.
        if expr.is_complex and is_known_real(self.expr):
            expr = real(expr)
        return gradients(expr, [wrt], convention=self.convention)[0]

    def last(self) -> Expr:
        """Return what the last derivative is taken of."""
        expr = self.expr
        for wrt in self.wrt[:-1]:
            expr = self.derived(expr, wrt)
        return simplify_expr(expr)


def ask(
    claim: object,
    expr: Expr | str,
    wrt: Sequence[Variable | str | int],
    cotangent: Expr | str | None,
    variables: str | Iterable[Variable] | None,
    names: Sequence[str] | None,
    syntax: Syntax | None = None,
) -> Question:
    """Read the arguments of `check`.

    Raises
    ------
    EinsgradError
        If they cannot be read.
    """
    if not wrt:
        raise ArgumentError("no variable is given. Write check(claim, expr, x).")
    claimed = variables_in(as_expr(claim)) if isinstance(claim, Node) else ()
    if isinstance(expr, str) and variables is None:
        return replace(_of_einsum(expr, wrt, cotangent, names, claimed), syntax=syntax)
    given = () if variables is None else read_declaration(variables).declared
    if isinstance(expr, str):
        asked = read(expr, DeclaredNames(given), syntax=syntax)
    else:
        asked = as_expr(expr)
    return replace(Question.of(asked, wrt, cotangent, (*given, *claimed)), syntax=syntax)


def _of_einsum(
    string: str,
    wrt: Sequence[object],
    cotangent: Expr | str | None,
    names: Sequence[str] | None,
    more: Sequence[Variable],
) -> Question:
    """Ask about an einsum string, in operands by number or name; of a tensor the adjoint."""
    equation = parse_einsum(string)
    op = as_operation(equation, names, equation.ranks())
    real: dict[Expr, Expr] = {v: Variable(v.name, v.shape) for v in op.variables}
    operands = tuple(Variable(v.name, v.shape) for v in op.variables)
    chosen = [operands[op.positions(k)[0]] if isinstance(k, int | str) else k for k in wrt]
    asked = substitute(op.expr, real)
    if cotangent is None and asked.shape:
        cotangent = fresh_name("g", [v.name for v in operands])
    return Question.of(asked, chosen, cotangent, (*operands, *more))


def _cotangent(name: str, expr: Expr, known: Sequence[Variable]) -> Variable:
    """Return the variable of a cotangent's name, or a new one."""
    if not name.strip():
        raise ArgumentError("cotangent: an empty text is no name. Name it, as in cotangent='g'.")
    found = next((v for v in known if v.name == name), None)
    traits = frozenset({COMPLEX} if expr.is_complex else ())
    return found or Variable(name, expr.shape, traits)


def _named(value: object, names: DeclaredNames) -> Variable:
    """Return the variable of a name; a variable is returned as it is.

    Raises
    ------
    ArgumentError
        If no variable has the name.
    """
    if isinstance(value, str) and value in names.variables:
        return names.variables[value]
    if not isinstance(value, Node) or not isinstance(value, Variable):
        raise ArgumentError(f"{clip(value)} is no variable. Declared are: {names.described()}.")
    return value
