"""Derivatives of expressions on the command line: read the options, derive, lay out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from einsgrad.calculus.within import as_convention
from einsgrad.claims.check import check
from einsgrad.claims.question import Question
from einsgrad.cli.forms import FORMS, LATEX_FORMS, PrintedDerivative, code_of
from einsgrad.cli.options import STRUCTURES
from einsgrad.cli.sections import (
    Section,
    check_facts,
    claim_facts,
    claim_lines,
    list_parts,
    read_sizes,
    size_text,
)
from einsgrad.cli.terminal import Paint, shows_progress
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.declare import variables
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.show import printed, printed_latex
from einsgrad.reading.interpret import Interpretation, interpret
from einsgrad.results.steps.derivation import Derivation
from einsgrad.results.steps.of_expressions import tell
from einsgrad.results.steps.one_derivative import Detail
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.letters import fresh_name

_MOST_ORDER = 6


@dataclass(frozen=True)
class ExpressionRequest:
    """What the command line asks for about an expression."""

    found: Interpretation
    wrt: tuple[tuple[Variable, ...], ...]
    options: argparse.Namespace
    kind: ClassVar[str] = "expression"

    @classmethod
    def of(cls, options: argparse.Namespace) -> ExpressionRequest:
        """Read and check the options."""
        declared = None
        if options.vars is not None:
            declared = variables(" ".join(options.vars), **_said(options))
        found = interpret(options.text, declared, syntax=options.syntax)
        wrt = _chosen(options, found.variables, found.expr)
        if options.claim is not None and len(wrt) != 1:
            raise ArgumentError("--claim: a claim is about one variable. Say which: --wrt x.")
        return cls(found, wrt, options)

    @property
    def expr(self) -> Expr:
        """The expression."""
        return self.found.expr

    @property
    def text(self) -> str:
        """The text of the expression."""
        text: str = self.options.text
        return text

    def sections(self) -> list[Section]:
        """Derive what is asked for, for each variable."""
        return [self._section(wrt) for wrt in self.wrt]

    def _section(self, wrt: tuple[Variable, ...]) -> Section:
        """Derive what is printed for one variable, or for several in turn."""
        convention = as_convention(self.options.convention or "projected")
        question = Question.of(self.expr, wrt, self.options.cotangent)
        question = replace(question, convention=convention)
        last = question.last()
        derivative = simplify_expr(question.derived(last, wrt[-1]))
        options = self.options
        answer = self._printed(derivative, last, wrt)
        section: Section = {
            "wrt": [v.name for v in wrt],
            "kind": self._derivative_kind(wrt),
            "axes": list(derivative.shape),
            "text": self._written(answer),
        }
        if options.cotangent is not None and last.shape:
            below = fresh_name("Y", self._taken(wrt))
            section["cotangent"] = f"{options.cotangent} = ∂{answer.name}/∂{below}"
        if options.steps:
            derivation = self._derivation(question, last, wrt)
            section["steps"] = derivation.latex if options.latex else str(derivation)
        if options.code is not None:
            arguments, source = code_of(
                derivative, self.expr, options.code, read_sizes(options.sizes)
            )
            section |= {"arguments": arguments, "code": source}
        if options.check:
            section["check"] = self._check(last, wrt[-1])
        if options.claim is not None:
            verdict = check(
                options.claim,
                self.expr,
                *wrt,
                cotangent=options.cotangent,
                convention=convention,
                assuming=options.assuming or (),
                syntax=options.syntax,
            )
            section["claim"] = claim_facts(verdict)
        return section

    def _derivative_kind(self, wrt: Sequence[Variable]) -> str:
        if self.options.cotangent is not None:
            return "adjoint"
        if self.expr.shape:
            return "Jacobian" if len(wrt) == 1 else f"derivative of order {len(wrt)}"
        return {1: "gradient", 2: "Hessian"}.get(len(wrt), f"derivative of order {len(wrt)}")

    def _written(self, answer: PrintedDerivative) -> str:
        form, latex = self.options.form, self.options.latex
        if form is None:
            return answer.equation(printed_latex if latex else printed)
        return (LATEX_FORMS if latex else FORMS)[form](answer)

    def _printed(
        self, derivative: Expr, last: Expr, wrt: tuple[Variable, ...]
    ) -> PrintedDerivative:
        """Name what was differentiated: `E`, or `Y` if it has axes, apart from the variables."""
        turn = wrt if self.options.cotangent is None else wrt[-1:]
        whole = len(derivative.shape) == sum(len(one.shape) for one in turn)
        return PrintedDerivative(
            derivative, last, wrt[-1], turn, fresh_name("E" if whole else "Y", self._taken(wrt))
        )

    def _derivation(self, question: Question, last: Expr, wrt: tuple[Variable, ...]) -> Derivation:
        """Tell all derivatives in turn, or the last adjoint."""
        detail: Detail = self.options.detail or "all"
        cotangent = question.cotangent
        if isinstance(cotangent, Variable) and last.shape:
            return tell(last, wrt[-1], detail, cotangent)
        return tell(self.expr, wrt, detail)

    def _taken(self, wrt: Sequence[Variable]) -> set[str]:
        """Return the names of variables."""
        return {v.name for v in (*variables_in(self.expr), *wrt)} | {self.options.cotangent or ""}

    def _check(self, expr: Expr, wrt: Variable) -> Section:
        """Compare the derivative with finite differences of what it is the derivative of."""
        from einsgrad.engine.random_arrays import random_arrays
        from einsgrad.testing.comparison import Setting
        from einsgrad.testing.expression_checks import check_expr

        if wrt not in variables_in(expr):
            return {"shapes": {}, "error": 0.0, "method": "none", "text": "nothing depends on it"}
        options = self.options
        arrays = random_arrays(expr, options.seed or 0, read_sizes(options.sizes))
        setting = Setting("entries", 3, options.seed or 0, None, shows_progress())
        report = check_expr(expr, arrays, 1, setting, only=[wrt])
        shapes = {name: list(array.shape) for name, array in arrays.items()}
        return check_facts(report, shapes)

    def laid_out(self, sections: Sequence[Section], paint: Paint) -> str:
        """Lay out the text and a section for each variable."""
        head = "\n".join([self.text, *self._choices()])
        return "\n\n".join([head, *(_text(section, paint) for section in sections)])

    def _choices(self) -> list[str]:
        """Say what was chosen and assumed where the text or the options do not say it."""
        found = self.found
        was_chosen = self.options.syntax is None and found.syntax in ("matrix", "latex")
        lines = [f"read as {found.notation}"] if was_chosen or found.assumed else []
        return [*lines, *([f"assumed: {found.declaration}"] if found.assumed else [])]

    def facts(self) -> Section:
        """Return how the text was read."""
        found = self.found
        return {"syntax": found.syntax, "variables": found.declaration, "assumed": found.assumed}


def _said(options: argparse.Namespace) -> dict[str, str]:
    """Return what is said of the entries of variables: names, and axes behind a colon."""
    given = {name: getattr(options, name) for name in STRUCTURES}
    return {name: (";" if name == "symmetric" else ",").join(v) for name, v in given.items() if v}


def _chosen(
    options: argparse.Namespace, declared: Sequence[Variable], expr: Expr
) -> tuple[tuple[Variable, ...], ...]:
    """Return the variables to derive in, in the order of their declaration or as asked for."""
    order = 1 if options.order is None else options.order
    if not 1 <= order <= _MOST_ORDER:
        raise ArgumentError(f"--order: {order} is no order between 1 and {_MOST_ORDER}.")
    found = variables_in(expr)
    asked = options.wrt or [v.name for v in declared if v in found]
    named = {v.name: v for v in declared}
    chosen: list[tuple[Variable, ...]] = []
    for names in map(list_parts, ([one] for one in asked)):
        for name in names:
            if name not in named:
                raise ArgumentError(f"--wrt: {clip(name)} is not among the variables.")
        if len(names) > 1 and options.order is not None:
            raise ArgumentError(
                f"--order: {','.join(names)} already says how often to derive. Leave one out."
            )
        chosen.append(tuple(named[name] for name in names) * (order if len(names) == 1 else 1))
    return tuple(dict.fromkeys(chosen))


def _text(section: Section, paint: Paint) -> str:
    axes = f"[{','.join(map(str, section['axes']))}]" if section["axes"] else ""
    title = f"{section['kind']} in {', '.join(dict.fromkeys(section['wrt']))}"
    given = f", where {section['cotangent']}" if "cotangent" in section else ""
    body = section["text"].replace("\n", "\n    ")
    lines = [paint.title(title) + (f", axes {axes}" if axes else "") + given, f"  {body}"]
    if "steps" in section:
        lines += ["  steps", *(f"    {line}" for line in section["steps"].split("\n"))]
    if "code" in section:
        lines.append(f"  code        {section['arguments']}")
        lines += [f"    {line}".rstrip() for line in section["code"].rstrip().split("\n")]
    if "check" in section:
        shapes = section["check"]["shapes"].items()
        shown = [f", {name} {size_text(s)}" for name, s in shapes]
        lines.append(f"  check       {section['check']['text']}{''.join(shown)}")
    if "claim" in section:
        lines.append(claim_lines(section["claim"], paint))
    return "\n".join(lines)
