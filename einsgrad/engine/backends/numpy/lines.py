"""Improvements of generated code that look at its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# Uses for which only the order in memory counts; an index without an axis is one.
_SHAPELESS = re.compile(r"\b(t\d+)\.(?:reshape\(|ravel\(\)|take\(c\d+\))")
_RESHAPED = re.compile(r"(t\d+) = (.*)\.reshape\([\d, ]*\)")


def without_double_reshapes(lines: Sequence[str]) -> list[str]:
    """Drop the reshape of a result that every use reshapes again, or takes by one index.

    Examples
    --------
    >>> without_double_reshapes(["t0 = a.dot(b).reshape(2, 3)", "t1 = t0.reshape(6).dot(c)"])
    ['t0 = a.dot(b)', 't1 = t0.reshape(6).dot(c)']
    >>> without_double_reshapes(["t0 = a.dot(b).reshape(2, 3)", "t1 = t0.take(c0).dot(c)"])
    ['t0 = a.dot(b)', 't1 = t0.take(c0).dot(c)']
    """
    text = "\n".join(lines)
    uses = Counter(re.findall(r"\bt\d+\b", text))
    again = Counter(_SHAPELESS.findall(text))
    kept = []
    for line in lines:
        match = _RESHAPED.fullmatch(line)
        # Once where it is made, and for all other times reshaped.
        single = match is not None and uses[match[1]] == again[match[1]] + 1
        kept.append(f"{match[1]} = {match[2]}" if match is not None and single else line)
    return kept
