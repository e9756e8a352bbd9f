"""How symbols are set: as plain text or as LaTeX. What is said is decided elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

Letter = object

_INDEXED_NAME = re.compile(r"([^\W\d_]+)(?:(\d+)|_([^\W_]+))")


@dataclass(frozen=True, slots=True)
class Text:
    """Unicode text: `A_mn`, `δ_im`, `∂E/∂A_mn`."""

    delta: str = "δ"
    ones: str = "1"
    times: str = " "
    arrow: str = "→"
    otherwise: str = ", else 0"

    def label(self, letter: Letter) -> str:
        """Write one index."""
        return "..." if letter is Ellipsis else str(letter)

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> str:
        """Write a name with its indices."""
        return name + "_" * bool(letters) + self._indices(letters)

    def _indices(self, letters: Sequence[Letter]) -> str:
        labels = listed_labels([*map(self.label, letters)])
        simple = len(labels) == len(letters) or Ellipsis in letters
        return labels if simple else f"{{{labels}}}"

    def sum(self, letters: Sequence[Letter]) -> str:
        """Write a sum sign over indices."""
        return "Σ_" + self._indices(letters)

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
    otherwise: str = r",\ \text{else } 0"

    def label(self, letter: Letter) -> str:
        """Write one index, a Greek letter by its command, a name as names are written."""
        text = str(letter)
        if letter is Ellipsis:
            return r"\dots "
        return self._name(text) if len(text) > 1 and text.isidentifier() else _latex_letter(text)

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> str:
        """Write a name with its indices; a number behind the name becomes a subscript."""
        base = self._name(name)
        if not letters:
            return base
        return (f"{{{base}}}" if "_" in base else base) + f"_{{{self.indices(letters)}}}"

    def indices(self, letters: Sequence[Letter]) -> str:
        """Write indices side by side."""
        return listed_labels([*map(self.label, letters)])

    def sum(self, letters: Sequence[Letter]) -> str:
        """Write a sum sign over indices."""
        return rf"\sum_{{{self.indices(letters)}}}"

    def partial(self, above: str, below: str) -> str:
        """Write the partial derivative of one thing by another."""
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    def _name(self, name: str) -> str:
        if name in (self.delta, self.ones) or name.isdecimal():
            return name
        indexed = _INDEXED_NAME.fullmatch(name)
        if indexed and (indexed[2] or len(indexed[1]) == 1 or _is_greek(indexed[1])):
            return f"{self._name(indexed[1])}_{{{self._name(indexed[2] or indexed[3])}}}"
        if len(name) == 1:
            return _latex_letter(name)
        if _is_greek(name):
            return _greek(name.lower(), name[0].isupper()) or rf"\mathrm{{{name}}}"
        return r"\mathrm{" + name.replace("_", r"\_") + "}"


def listed_labels(labels: Sequence[str]) -> str:
    """Write indices side by side, with commas where one is more than a letter.

    Examples
    --------
    >>> listed_labels(["i", "j"]), listed_labels(["i+1", "j"]), listed_labels(["i+1"])
    ('ij', 'i+1,j', 'i+1')
    """
    letters = all(_is_letter(label) for label in labels)
    return ("" if letters else ",").join(labels)


def _is_letter(label: str) -> bool:
    """Tell whether an index is a letter, a command that is one, or dots."""
    return not label[:1].isdigit() and (len(label) == 1 or label[-1] in " .")


Style = Text | Latex
TEXT = Text()
LATEX = Latex()


def _latex_letter(letter: str) -> str:
    """Write a Greek letter as its command; letters without one stand for themselves."""
    if len(letter) != 1:
        return letter
    words = unicodedata.name(letter, "").lower().split()
    if words[:1] != ["greek"]:
        return letter
    return _greek(words[-1].replace("lamda", "lambda"), "capital" in words) or letter


def _is_greek(name: str) -> bool:
    """Tell whether a name spells a Greek letter."""
    return name.lower() in _GREEK_COMMANDS and name in (name.lower(), name.capitalize())


def _greek(name: str, capital: bool) -> str:
    """Write the command of a Greek letter, or nothing where LaTeX has none."""
    if name not in (_CAPITAL_COMMANDS if capital else _GREEK_COMMANDS):
        return ""
    return f"\\{name.capitalize() if capital else name} "


_CAPITAL_COMMANDS = frozenset(
    ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
)
_GREEK_COMMANDS = (
    _CAPITAL_COMMANDS
    | {"alpha", "beta", "epsilon", "zeta", "eta", "iota", "kappa", "mu", "nu", "rho", "tau", "chi"}
    | {"varepsilon", "vartheta", "varphi", "varrho", "varsigma"}
)
