"""Declarations as people type them: `A[m,n]`, `A(m,n)`, `A: m,n`, `A ∈ ℝ^{m×n}`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[^\W\d]\w*"
_IN = r"(?:∈|\\in\b|\bin\b)"
_BRACKETED = re.compile(rf"({_NAME})\s*(?:\[([^\[\]]*)\]|\(([^()]*)\))")
_SPACE_OF = re.compile(
    rf"({_NAME})\s*{_IN}\s*\\?(?:mathbb\s*\{{?\s*)?([RCℝℂ])\s*\}}?"
    r"(?:\s*\^\s*(?:\{([^{}]*)\}|\(([^()]*)\)|(\w+(?:\s*×\s*\w+)*))|([ᵃ-ᵿᴬ-ᵪˣⁿ⁰-⁹¹²³×]+))?(?![\w^])"
)
_LISTED = re.compile(
    rf"({_NAME})\s*:\s*([\w+\-]+(?:\s*[,×]\s*(?!{_NAME}\s*(?:[:\[(∈]|\\in\b|in\b))[\w+\-]+)*)"
)
_ALONE = re.compile(_NAME)
_BETWEEN = re.compile(r"[\s,;]*")
_TIMES = re.compile(r"\s*(?:×|\\times|,)\s*|\s+x\s+")
# `2x3`, `mxn`: numbers and letters, and an x between.
_CROSSED = re.compile(r"(\d+|[^\W\d])x(\d+|[^\W\d])(?:x(\d+|[^\W\d]))?")


@dataclass(frozen=True, slots=True)
class TypedDeclaration:
    """One variable of a declaration.

    Parameters
    ----------
    name
        Its name.
    dims
        The text of each dim.
    column
        Where the dims stand, or the name.
    is_complex
        Whether it is said to have complex entries.
    """

    name: str
    dims: tuple[str, ...]
    column: int
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class UnreadPlace:
    """A place of a declaration where no variable is declared."""

    column: int


def read_declarations(text: str) -> Iterator[TypedDeclaration | UnreadPlace]:
    """Yield the variables of a declaration, up to the first place that is none.

    Examples
    --------
    >>> [one.dims for one in read_declarations("A[m,n], x(n); B: n,k y ∈ ℝ^{m×2} s")]
    [('m', 'n'), ('n',), ('n', 'k'), ('m', '2'), ()]
    """
    position = _after_gap(text, 0)
    while position < len(text):
        for read in (_bracketed, _in_space, _listed, _alone):
            found = read(text, position)
            if found is not None:
                declaration, position = found
                yield declaration
                break
        else:
            yield UnreadPlace(position)
            return
        position = _after_gap(text, position)


def _after_gap(text: str, position: int) -> int:
    gap = _BETWEEN.match(text, position)
    return gap.end() if gap else position


def _bracketed(text: str, position: int) -> tuple[TypedDeclaration, int] | None:
    match = _BRACKETED.match(text, position)
    if match is None:
        return None
    place = 2 if match[2] is not None else 3
    inside = match[place]
    dims = tuple(part.strip() for part in inside.split(",")) if inside.strip() else ()
    return TypedDeclaration(match[1], dims, match.start(place)), match.end()


def _in_space(text: str, position: int) -> tuple[TypedDeclaration, int] | None:
    """Read `A ∈ ℝ^{m×n}`."""
    match = _SPACE_OF.match(text, position)
    if match is None:
        return None
    inside = match[3] or match[4] or match[5] or unicodedata.normalize("NFKC", match[6] or "")
    crossed = _CROSSED.fullmatch(inside.strip())
    parts = [part for part in crossed.groups() if part] if crossed else _TIMES.split(inside.strip())
    dims = tuple(parts) if inside.strip() else ()
    declaration = TypedDeclaration(match[1], dims, match.start(2), match[2] in "Cℂ")
    return declaration, match.end()


def _listed(text: str, position: int) -> tuple[TypedDeclaration, int] | None:
    """Read `A: m,n`."""
    match = _LISTED.match(text, position)
    if match is None:
        return None
    dims = tuple(re.split(r"\s*[,×]\s*", match[2]))
    return TypedDeclaration(match[1], dims, match.start(2)), match.end()


def _alone(text: str, position: int) -> tuple[TypedDeclaration, int] | None:
    match = _ALONE.match(text, position)
    if match is None or text[match.end() : match.end() + 1] in ("[", "("):
        return None
    return TypedDeclaration(match[0], (), position), match.end()
