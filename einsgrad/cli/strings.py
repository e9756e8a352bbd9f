"""Derivatives of einsum strings on the command line: read the options, derive, lay out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from einsgrad.api import einsums as api
from einsgrad.api import jacobians
from einsgrad.api.checking import check_grads
from einsgrad.claims.check import check
from einsgrad.cli.terminal import Paint, shows_progress
from einsgrad.errors import ArgumentError, clip
from einsgrad.results.formulas.record import Derivative
from einsgrad.strings.equation import Equation
from einsgrad.strings.parsing import parse


@dataclass(frozen=True)
class Request:
    """What the command line asks for, read and checked."""

    text: str
    equation: Equation
    wrt: tuple[int | str, ...]
    names: tuple[str, ...] | None
    sizes: dict[str, int]
    seed: int
    check: bool
    claim: str | None


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
        printed = {"einsum": request.text, "derivatives": sections}
        return json.dumps(printed, ensure_ascii=False), fine
    if options.latex:
        return "\n\n".join(section["latex"]["derivation"] for section in sections), fine
    texts = [_text(section, paint) for section in sections]
    return "\n\n".join([_heading(request), *texts]), fine


def _read(options: argparse.Namespace) -> Request:
    equation = parse(options.text)
    names = tuple(options.names.split(",")) if options.names is not None else None
    wrt: Sequence[int | str]
    if options.wrt is None:
        named = names or tuple(range(len(equation.subscripts.inputs)))
        wrt = tuple(dict.fromkeys(named))
    else:
        wrt = tuple(_operand(text) for text in options.wrt)
    if options.claim is not None and len(wrt) != 1:
        raise ArgumentError("--claim: a claim is about one operand. Say which: --wrt 0.")
    sizes = read_sizes(options.sizes)
    return Request(
        options.text,
        equation,
        tuple(wrt),
        names,
        sizes,
        options.seed,
        not options.no_check,
        options.claim,
    )


def _operand(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def read_sizes(text: str) -> dict[str, int]:
    """Read sizes written as `m=3,n=2`.

    Raises
    ------
    ArgumentError
        If they are not.

    Examples
    --------
    >>> read_sizes("m=3,n=2")
    {'m': 3, 'n': 2}
    """
    sizes = {}
    for item in filter(None, text.split(",")):
        label, _, size = item.partition("=")
        if not size.isdecimal():
            raise ArgumentError(f"--sizes: {clip(item)} is no size. Write it like m=3,n=2.")
        sizes[label.strip()] = int(size)
    return sizes


def _section(request: Request, wrt: int | str) -> dict[str, Any]:
    """Derive everything that is printed for one operand."""
    general = api.adjoint(request.equation, wrt, names=request.names)
    ranks = request.equation.ranks()
    adjoint = api.adjoint(request.equation, wrt, names=request.names, ranks=ranks)
    jacobian = jacobians.jacobian(request.equation, wrt, names=request.names, ranks=ranks)
    section: dict[str, Any] = {
        "operand": wrt,
        "name": adjoint.operation.names[adjoint.positions[0]],
        "jacobian": _facts(jacobian),
        "adjoint": _facts(general) | {"sum_over": general.sum_over},
        "steps": [
            {"rule": s.rule, "left": s.left, "right": s.right, "note": s.note}
            for s in adjoint.steps
        ],
        "derivation": adjoint.derivation,
        "latex": {
            "jacobian": jacobian.latex,
            "adjoint": adjoint.latex,
            "derivation": adjoint.derivation_latex,
        },
        "one_axis": request.equation.has_ellipsis,
    }
    if request.check:
        section["check"] = _check(request, wrt)
    if request.claim is not None:
        verdict = check(request.claim, request.text, wrt, names=request.names)
        section["claim"] = verdict.facts() | {"text": str(verdict)}
    return section


def _facts(derivative: Derivative) -> dict[str, Any]:
    return {
        "terms": [
            {
                "coefficient": term.coefficient,
                "subscripts": str(term),
                "operands": list(term.operands),
            }
            for term in derivative.terms
        ],
        "index": derivative.index,
        "text": repr(derivative),
    }


def _check(request: Request, wrt: int | str) -> dict[str, Any]:
    from einsgrad.engine.random_arrays import random_operands

    operands = random_operands(request.equation, request.seed, request.sizes, request.names)
    report = check_grads(
        request.equation,
        *operands,
        order=1,
        wrt=[wrt],
        names=request.names,
        progress=shows_progress(),
    )
    shapes = [list(array.shape) for array in operands]
    return {"shapes": shapes, "error": report.error, "method": report.method, "text": str(report)}


def _heading(request: Request) -> str:
    first = api.adjoint(
        request.equation, 0, names=request.names, ranks=request.equation.ranks()
    ).steps[0]
    return f"{request.text}    {first.left} = {first.right}"


def _text(section: dict[str, Any], paint: Paint) -> str:
    name = section["name"]
    number = section["operand"]
    title = f"operand {number}: {name}" if isinstance(number, int) else f"operand {name}"
    derivation = section["derivation"].replace("\n", "\n    ")
    jacobian = section["jacobian"]
    adjoint = section["adjoint"]
    lines = [
        paint.title(title),
        *(["  (Jacobian and derivation for '...' over one axis)"] if section["one_axis"] else []),
        f"  Jacobian    {jacobian['text']}  =  {jacobian['index']}",
        "  derivation",
        f"    {derivation}",
        f"  adjoint     {adjoint['text']}  =  {adjoint['index']}",
    ]
    if adjoint["sum_over"]:
        lines.append(f"              then {adjoint['sum_over']}")
    if "check" in section:
        shapes = " ".join("x".join(map(str, s)) or "scalar" for s in section["check"]["shapes"])
        lines.append(f"  check       {section['check']['text']}, shapes {shapes}")
    if "claim" in section:
        lines.append(claim_lines(section["claim"], paint))
    return "\n".join(lines)


def claim_lines(claim: dict[str, Any], paint: Paint) -> str:
    """Lay out what was found about a claim, in colour on a terminal."""
    first, *rest = claim["text"].split("\n")
    shown = paint.good(first) if claim["equal"] else paint.bad(first)
    return "\n".join([f"  claim       {shown}", *(f"              {line}" for line in rest)])
