"""How symbols are set: as plain text or as LaTeX. What is said is decided elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

Letter = object

_INDEXED_NAME = re.compile(r"([^\W\d_]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Text:
    """Unicode text: `A_mn`, `δ_im`, `∂E/∂A_mn`."""

    delta: str = "δ"
    ones: str = "1"
    times: str = " "
    arrow: str = "→"

    def label(self, letter: Letter) -> str:
        """Write one index."""
        return "..." if letter is Ellipsis else str(letter)

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> str:
        """Write a name with its indices."""
        return name + "_" * bool(letters) + "".join(map(self.label, letters))

    def sum(self, letters: Sequence[Letter]) -> str:
        """Write a sum sign over indices."""
        return "Σ_" + "".join(map(self.label, letters))

    def partial(self, above: str, below: str) -> str:
        """Write the partial derivative of one thing by another."""
        return f"∂{above}/∂{below}"


@dataclass(frozen=True, slots=True)
class Latex:
    r"""LaTeX: `A_{mn}`, `\delta_{im}`, `\frac{\partial E}{\partial A_{mn}}`."""

    delta: str = r"\delta"
    ones: str = "1"
    times: str = r" \, "
    arrow: str = r"\to"

    def label(self, letter: Letter) -> str:
        """Write one index, a Greek letter by its command."""
        return r"\dots " if letter is Ellipsis else _latex_letter(str(letter))

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> str:
        """Write a name with its indices; a number behind the name becomes a subscript."""
        base = self._name(name)
        if not letters:
            return base
        indices = "".join(map(self.label, letters))
        return (f"{{{base}}}" if "_" in base else base) + f"_{{{indices}}}"

    def sum(self, letters: Sequence[Letter]) -> str:
        """Write a sum sign over indices."""
        return r"\sum_{" + "".join(map(self.label, letters)) + "}"

    def partial(self, above: str, below: str) -> str:
        """Write the partial derivative of one thing by another."""
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    def _name(self, name: str) -> str:
        if name in (self.delta, self.ones) or name.isdecimal():
            return name
        numbered = _INDEXED_NAME.fullmatch(name)
        if numbered:
            return f"{self._name(numbered[1])}_{{{numbered[2]}}}"
        if len(name) == 1:
            return _latex_letter(name)
        if name.lower() in _GREEK_COMMANDS and name in (name.lower(), name.capitalize()):
            return _greek(name.lower(), name[0].isupper()) or rf"\mathrm{{{name}}}"
        return r"\mathrm{" + name.replace("_", r"\_") + "}"


Style = Text | Latex
TEXT = Text()
LATEX = Latex()


def _latex_letter(letter: str) -> str:
    """Write a Greek letter as its command; letters without one stand for themselves."""
    words = unicodedata.name(letter, "").lower().split()
    if words[:1] != ["greek"]:
        return letter
    return _greek(words[-1].replace("lamda", "lambda"), "capital" in words) or letter


def _greek(name: str, capital: bool) -> str:
    """Write the command of a Greek letter, or nothing where LaTeX has none."""
    if name not in (_CAPITAL_COMMANDS if capital else _GREEK_COMMANDS):
        return ""
    return f"\\{name.capitalize() if capital else name} "


_CAPITAL_COMMANDS = frozenset(
    ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
)
_GREEK_COMMANDS = _CAPITAL_COMMANDS | frozenset(
    ("alpha", "beta", "epsilon", "zeta", "eta", "iota", "kappa", "mu", "nu", "rho", "tau", "chi")
)
