"""A sum of dense terms as numpy operations, each into a temporary that is dead if there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsgrad.engine.backends.numpy.lifetimes import Lifetimes
from einsgrad.engine.backends.numpy.spelling import Spelling, literal
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.steps import Combine, Register, Term
from einsgrad.expressions.nodes import Number
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class Part:
    """A term as text: a coefficient, and the array aligned to the result; no text for ones."""

    coefficient: Number
    text: str
    out: str | None
    held: frozenset[int]


def write_sum(
    names: Mapping[Register, str],
    lifetimes: Lifetimes,
    spelling: Spelling,
    place: int,
    step: Combine,
    terms: Sequence[Term],
) -> Iterator[str]:
    """Write the lines that add terms."""
    met = common_dtype([step.target, *(term.core for term in terms if term.core is not None)])

    def number(value: Number) -> str:
        return spelling.number(value, met)

    parts = [_part(names, lifetimes, place, step, term) for term in terms]
    parts.sort(key=lambda part: (part.coefficient != 1, part.text == "", -len(part.held)))
    factor = _common(parts)
    name = names[step.target]
    in_place = bool(step.target.shape)
    rank = len(step.target.shape)
    first, *rest = parts
    if not rest and _is_cast(terms[0], step.target):
        yield f"{name} = {first.text}.astype('{step.target.dtype.str}')"
        return
    if not rest:
        yield f"{name} = {_scaled(first, first.coefficient, first.out, number)}"
        return
    held = first.held
    text, out = _relative(first, factor, number), first.out
    for part in rest:
        coefficient = _ratio(part.coefficient, factor)
        negative = not isinstance(coefficient, complex) and coefficient < 0
        size = -coefficient if negative else coefficient
        other = part.text or number(size)
        if part.text and size != 1:
            other = f"{number(size)} * {part.text}"
        elif out is None:
            out = part.out
        function = "np.subtract" if negative else "np.add"
        sign = "-" if negative else "+"
        if out is not None:
            yield f"{name} = {function}({text}, {other}, {out})"
        else:
            yield f"{name} = {text} {sign} {other}"
        held |= part.held
        text = name
        out = name if in_place and len(held) == rank else None
    if factor != 1:
        yield f"{name} = {_scaled(Part(1, name, name, held), factor, out, number)}"


def _part(
    names: Mapping[Register, str], lifetimes: Lifetimes, place: int, step: Combine, term: Term
) -> Part:
    if term.core is None:
        return Part(term.coefficient, "", None, frozenset())
    axes: Indices = tuple(range(len(step.target.shape)))
    positions = {label: axis for axis, label in enumerate(term.classes)}
    held = tuple(positions[label] for label in term.held)
    text = aligned(Operand(names[term.core], held), axes)
    if term.core.dtype.kind == "b":
        text = f"(1 * {text})"
    # Lines that follow may read what this term shares memory with.
    roots = lifetimes.roots[term.core]
    cores = [other.core for other in step.terms if other.core is not None]
    alone = sum(bool(roots & lifetimes.roots[core]) for core in cores) == 1
    free = held == axes and alone and lifetimes.may_overwrite(place, term.core)
    return Part(term.coefficient, text, names[term.core] if free else None, frozenset(held))


def _is_cast(term: Term, target: Register) -> bool:
    return term.core is not None and term.coefficient == 1 and term.core.dtype != target.dtype


def _common(parts: Sequence[Part]) -> Number:
    """Return the number that all coefficients are, up to sign; 1 if they differ."""
    first = parts[0].coefficient
    if all(part.text and part.coefficient in (first, -first) for part in parts):
        return first
    return 1


def _ratio(coefficient: Number, factor: Number) -> Number:
    if factor == 1:
        return coefficient
    return 1 if coefficient == factor else -1


def _relative(part: Part, factor: Number, number: Callable[[Number], str]) -> str:
    coefficient = _ratio(part.coefficient, factor)
    if not part.text:
        return number(coefficient)
    return part.text if coefficient == 1 else f"{number(coefficient)} * {part.text}"


def _scaled(part: Part, factor: Number, out: str | None, number: Callable[[Number], str]) -> str:
    """Multiply an array by a number, in place if it may be."""
    if not part.text:
        return literal(part.coefficient)
    if factor == 1:
        return out or f"{part.text}.copy()"
    if factor == -1:
        return f"np.negative({part.text}, {out})" if out else f"-{part.text}"
    if out:
        return f"np.multiply({part.text}, {number(factor)}, {out})"
    return f"{number(factor)} * {part.text}"


def common_dtype(registers: Iterable[Register]) -> np.dtype[Any] | None:
    """Return the dtype that arrays share; None where they differ, or one has no axes."""
    dtypes = {register.dtype if register.shape else None for register in registers}
    return dtypes.pop() if len(dtypes) == 1 else None
