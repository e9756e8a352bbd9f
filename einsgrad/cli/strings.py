"""Derivatives of einsum strings on the command line: read the options, derive, lay out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from einsgrad.api import einsums, jacobians
from einsgrad.api.checking import check_grads
from einsgrad.claims.check import check
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
from einsgrad.errors import ArgumentError
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.results.formulas.record import Derivative
from einsgrad.strings.equation import Equation
from einsgrad.strings.parsing import parse_einsum


@dataclass(frozen=True)
class StringRequest:
    """What the command line asks for about an einsum string."""

    equation: Equation
    wrt: tuple[int | str, ...]
    names: tuple[str, ...] | None
    sizes: dict[str, int]
    options: argparse.Namespace
    kind: ClassVar[str] = "einsum"

    @classmethod
    def of(cls, options: argparse.Namespace) -> StringRequest:
        """Read and check the options."""
        equation = parse_einsum(options.text)
        names = tuple(list_parts(options.names)) if options.names is not None else None
        asked: Sequence[int | str] = names or tuple(range(len(equation.subscripts.inputs)))
        if options.wrt is not None:
            asked = [_operand(text) for text in options.wrt]
        wrt = tuple(dict.fromkeys(asked))
        if options.claim is not None and len(wrt) != 1:
            raise ArgumentError("--claim: a claim is about one operand. Say which: --wrt 0.")
        sizes = read_sizes(options.sizes)
        if equation.forms:
            equation = with_sizes(equation, dict(sizes))
        return cls(equation, wrt, names, sizes, options)

    @property
    def text(self) -> str:
        """The einsum string."""
        text: str = self.options.text
        return text

    def facts(self) -> Section:
        """Return nothing: a string is read in one way."""
        return {}

    def sections(self) -> list[Section]:
        """Derive what is asked for, for each operand."""
        return [self._section(wrt) for wrt in self.wrt]

    def _section(self, wrt: int | str) -> Section:
        section = self._derived(wrt)
        if not self.options.no_check:
            section["check"] = self._check(wrt)
        if self.options.claim is not None:
            verdict = check(
                self.options.claim,
                self.text,
                wrt,
                names=self.names,
                assuming=self.options.assuming or (),
            )
            section["claim"] = claim_facts(verdict)
        return section

    def _derived(self, wrt: int | str) -> Section:
        equation, names = self.equation, self.names
        general = einsums.adjoint(equation, wrt, names=names)
        ranks = equation.ranks()
        adjoint = einsums.adjoint(equation, wrt, names=names, ranks=ranks)
        jacobian = jacobians.jacobian(equation, wrt, names=names, ranks=ranks)
        return {
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
            "one_axis": equation.has_ellipsis,
        }

    def _check(self, wrt: int | str) -> Section:
        from einsgrad.engine.random_arrays import random_operands, sized_for

        operands = random_operands(self.equation, self.options.seed or 0, self.sizes, self.names)
        report = check_grads(
            sized_for(self.equation, operands),
            *operands,
            order=1,
            wrt=[wrt],
            names=self.names,
            progress=shows_progress(),
        )
        return check_facts(report, [list(array.shape) for array in operands])

    def laid_out(self, sections: Sequence[Section], paint: Paint) -> str:
        """Lay out a heading and a section for each operand; or the derivations as LaTeX."""
        if self.options.latex:
            return "\n\n".join(map(_latex, sections))
        return "\n\n".join([self._heading(), *(_text(section, paint) for section in sections)])

    def _heading(self) -> str:
        equation = self.equation
        adjoint = einsums.adjoint(equation, 0, names=self.names, ranks=equation.ranks())
        first = adjoint.steps[0]
        return f"{self.text}    {first.left} = {first.right}"


def _operand(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


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


def _latex(section: Section) -> str:
    """Return a derivation, with what was found about a claim as comments of LaTeX."""
    lines = [section["latex"]["derivation"]]
    if "claim" in section:
        lines.extend(f"% {line}" for line in ["claim", *section["claim"]["text"].split("\n")])
    return "\n".join(lines)


def _text(section: Section, paint: Paint) -> str:
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
        shapes = " ".join(size_text(s) for s in section["check"]["shapes"])
        lines.append(f"  check       {section['check']['text']}, shapes {shapes}")
    if "claim" in section:
        lines.append(claim_lines(section["claim"], paint))
    return "\n".join(lines)
