"""Indices as they are written by hand, put into Python's syntax: `2i+1`, `labels_a`, `i ≥ j`."""

from __future__ import annotations

import re

# What compares indices.
COMPARISONS = re.compile(r"[≤≥<>]=?|==?")
_COMPARED = {"≤": "<=", "≥": ">=", "=": "=="}
_MULTIPLE = re.compile(r"(?<![\w.])(\d+)(?=[^\W\d_])")
_LOOKED_UP = re.compile(r"([^\W\d_]\w*?|\([\d,()]*\))_(?:\{([^{}]*)\}|([^\W\d_]+|\d))")
_SHIFTED = re.compile(r"[-+−*≤≥<>=\d_()]")
_SQUARE = str.maketrans("()", "[]")


def name_and_indices(token: str) -> tuple[str, str, str]:
    """Split a name from its indices: at the brace, or at the last underscore."""
    if token.endswith("}") and "_{" in token:
        name, _, indices = token.partition("_{")
        return name, "_", indices[:-1]
    return token.rpartition("_")


def split_indices(indices: str) -> list[str]:
    """Read indices: letters side by side, or with commas what is more than letters.

    Examples
    --------
    >>> split_indices("mn"), split_indices("i+1,j"), split_indices("2i+3k-1")
    (['m', 'n'], ['i+1', 'j'], ['2*i+3*k-1'])
    """
    if not _SHIFTED.search(indices):
        letters = [letter for letter in indices if letter not in ", "]
        return letters if all(map(str.isalpha, letters)) else []
    parts, depth, start = [], 0, 0
    for place, char in enumerate(indices + ","):
        depth += (char in "({") - (char in ")}")
        if char == "," and not depth:
            parts.append(indices[start:place])
            start = place + 1
    return [spelled_index(part.strip()) for part in parts]


def spelled_index(text: str) -> str:
    """Spell an index, or a condition on indices: `2i+1`, `labels_a`, `0 ≤ j-k < m`."""
    text = COMPARISONS.sub(lambda sign: _COMPARED.get(sign[0], sign[0]), text.replace("−", "-"))
    return _MULTIPLE.sub(r"\1*", _LOOKED_UP.sub(_looked_up, text))


def _looked_up(match: re.Match[str]) -> str:
    """Spell `labels_a`, or `(2,0,1)_a`, whose numbers are written out."""
    inner = split_indices(match[2] or match[3])
    return f"{match[1].translate(_SQUARE)}[{','.join(inner)}]"
