"""What a comparison of a claim with a derivative found, as a record that can be printed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log2
from typing import Any, Literal, TypeAlias

from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.html import formula_html, text_html
from einsgrad.notation.layout import TEXT_LAYOUT
from einsgrad.notation.noted import noted_formula
from einsgrad.notation.show import printed, printed_latex, printed_notation

How: TypeAlias = Literal["simplification", "proof", "random points", "counterexample", "shape"]


def bound_text(error: float) -> str:
    """Say what an error is below, as a power of two; of no error that it is exact.

    Examples
    --------
    >>> bound_text(2.0**-61), bound_text(0.0)
    ('error below 2⁻⁶¹', 'exactly')
    """
    if not error:
        return "exactly"
    return "error below 2" + str(ceil(log2(error))).translate(_RAISED)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache(maxsize=4096)
def in_one_line(expr: Expr) -> str:
    """Write an expression for reading, in one line and without a left side.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> in_one_line(A @ x)
    'A x'
    """
    found = noted_formula(expr, printed_notation(expr), TEXT_LAYOUT)
    return "; ".join([found.text, *found.notes])


@dataclass(frozen=True, slots=True)
class Cause:
    """What went wrong: the name of the mistake, and a sentence about where it is."""

    name: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Small arrays at which claim and derivative differ.

    Parameters
    ----------
    arrays
        The arrays by name, as nested lists.
    entry
        The entry of the derivative that is compared.
    claimed, true
        The claim's value there, and the derivative's.
    """

    arrays: dict[str, Any]
    entry: tuple[int, ...]
    claimed: complex
    true: complex

    def __str__(self) -> str:
        return self.told("claim", "derivative")

    def told(self, first: str, second: str) -> str:
        """Say what differs, with names for both.

        Examples
        --------
        >>> Counterexample({"x": 2}, (), 3, 4).told("first", "second")
        'for x = 2: the first is 3, the second 4'
        """
        given = ", ".join(f"{name} = {value}" for name, value in self.arrays.items())
        place = f" at entry {list(self.entry)}" if self.entry else ""
        where = f"for {given}: " if given else ""
        return f"{where}the {first} is {self.claimed:g}{place}, the {second} {self.true:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim is the derivative; true where it is.

    Parameters
    ----------
    equal
        Whether it is.
    how
        How that was found: both simplify to the same, or are proved equal, or agree at random
        points; or by a counterexample, or by the shape alone.
    claim, derivative
        Both as expressions, simplified.
    counterexample
        Where they differ; None if they do not, or if the shapes differ.
    causes
        The mistakes that lead from the derivative to the claim; none if none known does.
    holds_if
        What would make the claim right: `A is symmetric`, `sum(y) = 1`; else empty.
    error
        Of a proof, what the chance of an error is below.
    assuming
        What was assumed, as it was given; else empty.
    others
        Other ways to see the mistake; none where the cause is plain.
    wrt
        The variables whose axes the derivative has last.
    """

    equal: bool
    how: How
    claim: Expr
    derivative: Expr
    counterexample: Counterexample | None = None
    causes: tuple[Cause, ...] = ()
    holds_if: str = ""
    error: float = 0.0
    assuming: str = ""
    others: tuple[Cause, ...] = ()
    wrt: tuple[Variable, ...] = ()

    def __bool__(self) -> bool:
        return self.equal

    def facts(self) -> dict[str, Any]:
        """Return what was found as plain values, for JSON."""
        found = self.counterexample
        return {
            "equal": self.equal,
            "how": self.how,
            "causes": [{"name": cause.name, "words": cause.words} for cause in self.causes],
            "others": [{"name": cause.name, "words": cause.words} for cause in self.others],
            "holds_if": self.holds_if,
            "assuming": self.assuming,
            "counterexample": None if found is None else str(found),
        }

    def _repr_html_(self) -> str:
        words = "\n".join(self._words())
        formula = formula_html(printed_latex(self.derivative, wrt=self.wrt))
        return text_html(f"{'✓' if self.equal else '✗'} {words}") + formula

    def __str__(self) -> str:
        words, derivative = self._words(), printed(self.derivative, wrt=self.wrt)
        if self.how == "simplification":
            return f"{words[0]} to {derivative}"
        return "\n".join(words if self.equal else [*words, f"the derivative is {derivative}"])

    def _words(self) -> list[str]:
        """Say in lines what was found, but for the derivative itself."""
        under = f", assuming {self.assuming}" if self.assuming else ""
        if self.how == "simplification":
            return [f"equal{under}: claim and derivative both simplify"]
        if self.how == "proof":
            return [f"equal{under}, proved ({bound_text(self.error)})"]
        if self.equal:
            return [
                f"equal at random points{under}, to rounding; the forms differ, so this is no proof"
            ]
        lines = [f"different{under}"]
        if self.how == "shape":
            lines[0] += f": {_about_axes(self.claim.shape, self.derivative.shape)}"
        if self.counterexample is not None:
            lines[0] += f": {self.counterexample}"
        lines.extend(f"likely cause: {cause}" for cause in self.causes)
        lines.extend(f"perhaps: {cause}" for cause in self.others)
        if self.holds_if:
            lines.append(f"it holds where {self.holds_if}")
        return lines

    __repr__ = __str__


def _about_axes(claimed: Shape, true: Shape) -> str:
    """Say which axes a claim has, and which of the derivative's are missing."""
    told = f"the claim has {_axes(claimed)}, the derivative {_axes(true)}"
    missing, extra = Counter(true) - Counter(claimed), Counter(claimed) - Counter(true)
    if not missing and not extra:
        return f"{told}, in another order"
    parts = [
        *(f"{dim} is missing" for dim in missing.elements()),
        *(f"{dim} is too many" for dim in extra.elements()),
    ]
    return f"{told}: {', '.join(parts)}"


def _axes(shape: Shape) -> str:
    return f"axes [{','.join(map(str, shape))}]" if shape else "no axes"
