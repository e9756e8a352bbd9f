"""Derivatives of expressions on the command line: read the options, derive, lay out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from einsgrad.claims.check import check
from einsgrad.claims.question import Question
from einsgrad.cli.forms import FORMS, code_of
from einsgrad.cli.strings import claim_lines, read_sizes
from einsgrad.cli.terminal import Paint, shows_progress
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.declare import variables
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import variables as variables_of
from einsgrad.reading.parse import parse
from einsgrad.results.steps.of_expressions import tell
from einsgrad.simplification.simplify import simplify

_MOST_ORDER = 6


@dataclass(frozen=True)
class Request:
    """What the command line asks for about an expression."""

    expr: Expr
    wrt: tuple[tuple[Variable, ...], ...]
    options: argparse.Namespace

    def question(self, wrt: Sequence[Variable]) -> Question:
        """Return what is asked about variables in turn."""
        return Question.of(self.expr, wrt, self.options.cotangent)


def run(options: argparse.Namespace, paint: Paint) -> tuple[str, bool]:
    """Derive what the options ask for; returns the text to print, and whether all is right.

    Raises
    ------
    EinsgradError
        If the input is wrong, or a derivative differs from its finite difference.
    """
    request = _read(options)
    sections = [_section(request, wrt) for wrt in request.wrt]
    fine = all(section["claim"]["equal"] for section in sections if "claim" in section)
    if options.json:
        printed = {"expression": options.text, "derivatives": sections}
        return json.dumps(printed, ensure_ascii=False), fine
    return "\n\n".join([options.text, *(_text(one, paint) for one in sections)]), fine


def _read(options: argparse.Namespace) -> Request:
    declared = variables(options.vars, symmetric=options.symmetric, complex=options.complex)
    expr = parse(options.text, declared)
    if not 1 <= options.order <= _MOST_ORDER:
        raise ArgumentError(f"--order: {options.order} is no order between 1 and {_MOST_ORDER}.")
    named = {v.name: v for v in declared}
    chosen = options.wrt or [v.name for v in variables_of(expr)]
    for name in (name for one in chosen for name in one.split(",")):
        if name not in named:
            raise ArgumentError(f"--wrt: {clip(name)} is not among the variables of --vars.")
    if options.claim is not None and len(chosen) != 1:
        raise ArgumentError("--claim: a claim is about one variable. Say which: --wrt x.")
    wrt = (tuple(named[name] for name in one.split(",")) for one in chosen)
    return Request(
        expr, tuple(one * options.order if len(one) == 1 else one for one in wrt), options
    )


def _section(request: Request, wrt: tuple[Variable, ...]) -> dict[str, Any]:
    """Derive everything that is printed for one variable, or for several in turn."""
    question = request.question(wrt)
    last = question.last()
    derivative = simplify(question.derived(last, wrt[-1]))
    options = request.options
    section: dict[str, Any] = {
        "wrt": [v.name for v in wrt],
        "kind": _kind(request, wrt),
        "axes": list(derivative.shape),
        "text": FORMS["latex" if options.latex else options.form](derivative, last, wrt[-1]),
    }
    if options.steps:
        named = question.cotangent if isinstance(question.cotangent, Variable) else None
        derivation = tell(last, wrt[-1], options.detail, named if last.shape else None)
        section["steps"] = derivation.latex if options.latex else str(derivation)
    if options.code is not None:
        arguments, source = code_of(
            derivative, request.expr, options.code, read_sizes(options.sizes)
        )
        section |= {"arguments": arguments, "code": source}
    if options.check:
        section["check"] = _check(last, wrt[-1], options)
    if options.claim is not None:
        verdict = check(options.claim, request.expr, *wrt, cotangent=options.cotangent)
        section["claim"] = verdict.facts() | {"text": str(verdict)}
    return section


def _kind(request: Request, wrt: Sequence[Variable]) -> str:
    if request.options.cotangent is not None:
        return "adjoint"
    if request.expr.shape:
        return "Jacobian" if len(wrt) == 1 else f"derivative of order {len(wrt)}"
    return {1: "gradient", 2: "Hessian"}.get(len(wrt), f"derivative of order {len(wrt)}")


def _check(expr: Expr, wrt: Variable, options: argparse.Namespace) -> dict[str, Any]:
    """Compare the derivative with finite differences of what it is the derivative of."""
    from einsgrad.engine.random_arrays import random_arrays
    from einsgrad.testing.comparison import Setting
    from einsgrad.testing.expression_checks import check_expr

    if wrt not in variables_of(expr):
        return {"shapes": {}, "error": 0.0, "method": "none", "text": "nothing depends on it"}
    arrays = random_arrays(expr, options.seed, read_sizes(options.sizes))
    setting = Setting("entries", 3, options.seed, None, shows_progress())
    report = check_expr(expr, arrays, 1, setting, only=[wrt])
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    return {"shapes": shapes, "error": report.error, "method": report.method, "text": str(report)}


def _text(section: dict[str, Any], paint: Paint) -> str:
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
        shown = [f", {name} {'x'.join(map(str, s)) or 'scalar'}" for name, s in shapes]
        lines.append(f"  check       {section['check']['text']}{''.join(shown)}")
    if "claim" in section:
        lines.append(claim_lines(section["claim"], paint))
    return "\n".join(lines)
