"""Derivatives of expressions on the command line: read the options, derive, lay out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from einsgrad.claims.check import check
from einsgrad.claims.question import Question
from einsgrad.cli.forms import FORMS, code_of
from einsgrad.cli.sections import (
    Section,
    check_facts,
    claim_facts,
    claim_lines,
    read_sizes,
    size_text,
)
from einsgrad.cli.terminal import Paint, shows_progress
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.declare import variables
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables_in
from einsgrad.reading.parse import parse
from einsgrad.results.steps.of_expressions import tell
from einsgrad.simplification.simplify import simplify_expr

_MOST_ORDER = 6


@dataclass(frozen=True)
class ExpressionRequest:
    """What the command line asks for about an expression."""

    expr: Expr
    wrt: tuple[tuple[Variable, ...], ...]
    options: argparse.Namespace
    kind: ClassVar[str] = "expression"

    @classmethod
    def of(cls, options: argparse.Namespace) -> ExpressionRequest:
        """Read and check the options."""
        declared = variables(options.vars, symmetric=options.symmetric, complex=options.complex)
        expr = parse(options.text, declared)
        if not 1 <= options.order <= _MOST_ORDER:
            raise ArgumentError(
                f"--order: {options.order} is no order between 1 and {_MOST_ORDER}."
            )
        named = {v.name: v for v in declared}
        chosen = options.wrt or [v.name for v in variables_in(expr)]
        for name in (name for one in chosen for name in one.split(",")):
            if name not in named:
                raise ArgumentError(f"--wrt: {clip(name)} is not among the variables of --vars.")
        if options.claim is not None and len(chosen) != 1:
            raise ArgumentError("--claim: a claim is about one variable. Say which: --wrt x.")
        wrt = (tuple(named[name] for name in one.split(",")) for one in chosen)
        return cls(
            expr, tuple(one * options.order if len(one) == 1 else one for one in wrt), options
        )

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
        question = Question.of(self.expr, wrt, self.options.cotangent)
        last = question.last()
        derivative = simplify_expr(question.derived(last, wrt[-1]))
        options = self.options
        section: Section = {
            "wrt": [v.name for v in wrt],
            "kind": self._derivative_kind(wrt),
            "axes": list(derivative.shape),
            "text": FORMS["latex" if options.latex else options.form](derivative, last, wrt[-1]),
        }
        if options.steps:
            named = question.cotangent if isinstance(question.cotangent, Variable) else None
            derivation = tell(last, wrt[-1], options.detail, named if last.shape else None)
            section["steps"] = derivation.latex if options.latex else str(derivation)
        if options.code is not None:
            arguments, source = code_of(
                derivative, self.expr, options.code, read_sizes(options.sizes)
            )
            section |= {"arguments": arguments, "code": source}
        if options.check:
            section["check"] = self._check(last, wrt[-1])
        if options.claim is not None:
            verdict = check(options.claim, self.expr, *wrt, cotangent=options.cotangent)
            section["claim"] = claim_facts(verdict)
        return section

    def _derivative_kind(self, wrt: Sequence[Variable]) -> str:
        if self.options.cotangent is not None:
            return "adjoint"
        if self.expr.shape:
            return "Jacobian" if len(wrt) == 1 else f"derivative of order {len(wrt)}"
        return {1: "gradient", 2: "Hessian"}.get(len(wrt), f"derivative of order {len(wrt)}")

    def _check(self, expr: Expr, wrt: Variable) -> Section:
        """Compare the derivative with finite differences of what it is the derivative of."""
        from einsgrad.engine.random_arrays import random_arrays
        from einsgrad.testing.comparison import Setting
        from einsgrad.testing.expression_checks import check_expr

        if wrt not in variables_in(expr):
            return {"shapes": {}, "error": 0.0, "method": "none", "text": "nothing depends on it"}
        options = self.options
        arrays = random_arrays(expr, options.seed, read_sizes(options.sizes))
        setting = Setting("entries", 3, options.seed, None, shows_progress())
        report = check_expr(expr, arrays, 1, setting, only=[wrt])
        shapes = {name: list(array.shape) for name, array in arrays.items()}
        return check_facts(report, shapes)

    def laid_out(self, sections: Sequence[Section], paint: Paint) -> str:
        """Lay out the text and a section for each variable."""
        return "\n\n".join([self.text, *(_text(section, paint) for section in sections)])


def _text(section: Section, paint: Paint) -> str:
    axes = f"[{','.join(map(str, section['axes']))}]" if section["axes"] else ""
    title = f"{section['kind']} in {', '.join(dict.fromkeys(section['wrt']))}"
    body = section["text"].replace("\n", "\n    ")
    lines = [paint.title(title) + (f", axes {axes}" if axes else ""), f"  {body}"]
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
