"""Left sides of derivatives: `∂E/∂A_mn =`, `∂²E/∂x_n ∂x_i =`, `dY[i]/dx[j] =`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from einsgrad.reading.index_spelling import split_indices

_NAME = r"[^\W\d_]\w*?"
_INDICES = r"(?:_\{([^{}]*)\}|_([^\W\d_]+)|\[([^\[\]]*)\])?"
_SIGN = r"[∂d][²³⁴-⁹2-9]?\s*"
_ABOVE = re.compile(rf"\s*{_SIGN}({_NAME}){_INDICES}\s*/")
_BELOW = re.compile(rf"\s*/?\s*[∂d]\s*({_NAME})(?:[²³⁴-⁹](?![^\W\d]))?{_INDICES}(?=\s*(?:[/∂=]|d))")
_EQUALS = re.compile(r"\s*(?==(?!=))")


@dataclass(frozen=True, slots=True)
class DerivativeSide:
    """A left side.

    Parameters
    ----------
    labels
        The indices of what is derived, then those of the variables in turn.
    column, end
        Where its first name stands, and the equals sign behind it.
    """

    labels: tuple[str, ...]
    column: int
    end: int


def derivative_side(text: str) -> DerivativeSide | None:
    """Read the left side of a derivative; None if the text has none.

    Examples
    --------
    >>> derivative_side("∂²E/∂A_mn ∂x_i = 2 A_mi x_n").labels
    ('m', 'n', 'i')
    >>> derivative_side("dE/dx = 2*x").labels, derivative_side("d/dx = x")
    ((), None)
    """
    above = _ABOVE.match(text)
    if above is None:
        return None
    labels = [*_labels_of(above)]
    place = above.end()
    below = _BELOW.match(text, place)
    while below is not None:
        labels += _labels_of(below)
        place = below.end()
        equals = _EQUALS.match(text, place)
        if equals is not None:
            return DerivativeSide(tuple(labels), above.start(1), equals.end())
        below = _BELOW.match(text, place)
    return None


def _labels_of(match: re.Match[str]) -> list[str]:
    inside = match[2] or match[3] or match[4]
    return split_indices(inside.replace(",", ", ")) if inside else []
