"""The command line: `einsgrad "mn,n->m"` prints derivatives, their derivation and a check."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from einsgrad import __version__, api, derivatives
from einsgrad.derivative import Derivative
from einsgrad.equation import Equation
from einsgrad.errors import ArgumentError, EinsgradError, clip
from einsgrad.parsing import parse

_DESCRIPTION = """\
Derive the adjoint of an einsum in each operand.

For every operand the Jacobian with its Kronecker deltas is printed, the derivation step
by step, the adjoint einsum string with its operands, and a check against finite
differences on random arrays.
"""

_EXAMPLES = """\
examples:
  einsgrad "mn,n->m" --names A,x           the gradient of a matrix-vector product
  einsgrad "bij,bjk->bik" --wrt 1          one operand only
  einsgrad "i,ij,j->" --names x,A,x --wrt x
                                           one array in two places: the sum over both
  einsgrad "...ij,...jk->...ik"            for every number of leading axes
  einsgrad "ii->" --latex                  an align* block for a paper
  einsgrad "mn,n->m" --json | jq .         for other programs

The cotangent g = dE/dy stands in the operand's place; δ is the identity, 1 a vector of ones.
The printed strings are accepted by numpy.einsum. Exit status: 0, or 2 for wrong input.
"""


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _tolerate_encoding()
    try:
        request = _read(options)
        sections = [_section(request, wrt) for wrt in request.wrt]
    except EinsgradError as error:
        print(f"einsgrad: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"einsum": request.text, "derivatives": sections}, ensure_ascii=False))
    elif options.latex:
        print("\n\n".join(section["latex"]["derivation"] for section in sections))
    else:
        print("\n\n".join([_heading(request), *map(_text, sections)]))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="einsgrad",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("einsum", help="the einsum string, such as 'mn,n->m'")
    parser.add_argument(
        "--wrt",
        action="append",
        metavar="K",
        help="an operand's number or name; may be repeated (default: every operand)",
    )
    parser.add_argument("--names", metavar="A,x", help="names of the operands (default: x0,x1,...)")
    parser.add_argument(
        "--sizes",
        metavar="m=3,n=2",
        default="",
        help="sizes of labels in the check (default: different small ones)",
    )
    parser.add_argument("--seed", type=int, default=0, help="random seed of the check (default: 0)")
    parser.add_argument("--no-check", action="store_true", help="leave the check out")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--latex", action="store_true", help="print the derivations as LaTeX")
    form.add_argument("--json", action="store_true", help="print everything as one JSON object")
    parser.add_argument("--version", action="version", version=f"einsgrad {__version__}")
    return parser


def _tolerate_encoding() -> None:
    """Print what a narrow terminal encoding lacks as escapes, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _read(options: argparse.Namespace) -> Request:
    equation = parse(options.einsum)
    names = tuple(options.names.split(",")) if options.names is not None else None
    wrt: Sequence[int | str]
    if options.wrt is None:
        named = names or tuple(range(len(equation.subscripts.inputs)))
        wrt = tuple(dict.fromkeys(named))
    else:
        wrt = tuple(_operand(text) for text in options.wrt)
    sizes = _sizes(options.sizes)
    return Request(
        options.einsum, equation, tuple(wrt), names, sizes, options.seed, not options.no_check
    )


def _operand(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _sizes(text: str) -> dict[str, int]:
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
    jacobian = derivatives.jacobian(request.equation, wrt, names=request.names, ranks=ranks)
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
    from einsgrad.testing import check_grads
    from einsgrad.testing.drawing import random_operands

    operands = random_operands(request.equation, request.seed, request.sizes, request.names)
    report = check_grads(request.equation, *operands, order=1, wrt=[wrt], names=request.names)
    shapes = [list(array.shape) for array in operands]
    return {"shapes": shapes, "error": report.error, "method": report.method, "text": str(report)}


def _heading(request: Request) -> str:
    first = api.adjoint(
        request.equation, 0, names=request.names, ranks=request.equation.ranks()
    ).steps[0]
    return f"{request.text}    {first.left} = {first.right}"


def _text(section: dict[str, Any]) -> str:
    name = section["name"]
    number = section["operand"]
    title = f"operand {number}: {name}" if isinstance(number, int) else f"operand {name}"
    derivation = section["derivation"].replace("\n", "\n    ")
    jacobian = section["jacobian"]
    adjoint = section["adjoint"]
    lines = [
        title,
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
    return "\n".join(lines)
