"""Lines that name parts of a formula, `where R = A @ x - b`, in whatever order they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from einsgrad.errors import ArgumentError, clip, shorten
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import COMPLEX, Expr
from einsgrad.expressions.walks import substitute
from einsgrad.reading.names import DeclaredNames

# A name, perhaps with indices: `R`, `R[i,j]`, `R_ij`.
_LEFT = re.compile(r"([^\W\d]\w*?)(?:_\{?[^\W\d_]+\}?)?\s*(?:\[[^=]*\])?\s*=(?!=)")
_NAME = re.compile(r"[^\W\d]\w*")
_POWERS = re.compile("[ᵀ⁰¹²³⁴-⁹]")


def read_parts(
    definitions: Sequence[str],
    names: DeclaredNames,
    read: Callable[[str, DeclaredNames], Expr],
) -> tuple[DeclaredNames, dict[Expr, Expr]]:
    """Read the named parts.

    Parameters
    ----------
    definitions
        The equations, without `where`.
    names
        The variables; a part hides a variable of its name.
    read
        Reads a text that uses the variables and the parts before it.

    Returns
    -------
    names, parts
        The variables with the symbols of the parts, and what each symbol stands for.

    Raises
    ------
    ArgumentError
        If a line is no equation, or a part is named twice or by means of itself.
    """
    texts = _by_name(definitions)
    parts: dict[Expr, Expr] = {}
    for name in _in_order(texts):
        value = read(texts[name], names)
        symbol = variable(name, value.shape, *({COMPLEX} if value.is_complex else ()))
        parts[symbol] = substitute(value, parts)
        others = (v for v in names.declared if v.name != name)
        names = DeclaredNames((*others, symbol))
    return names, parts


def _by_name(definitions: Sequence[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for text in map(str.strip, definitions):
        left = _LEFT.match(text)
        if left is None:
            raise ArgumentError(
                f"a line with 'where' names no part: {clip(text)}. Write it like 'where r = A @ x'."
            )
        if texts.setdefault(left[1], text) is not text:
            raise ArgumentError(f"the part {clip(left[1])} is named twice. Rename one.")
    return texts


def _in_order(texts: dict[str, str]) -> list[str]:
    """Order parts so that each stands behind those that it uses."""
    uses = {
        name: [one for one in _used(text) if one in texts and one != name]
        for name, text in texts.items()
    }
    order: dict[str, None] = {}
    open_ = dict.fromkeys(texts, False)
    stack = list(reversed(texts))
    while stack:
        name = stack[-1]
        missing = [one for one in uses[name] if one not in order]
        if not missing or name in order:
            order[stack.pop()] = None
        elif open_[name]:
            raise ArgumentError(
                f"the part {shorten(name)} is named by means of itself. Write one of its lines out."
            )
        else:
            open_[name] = True
            stack.extend(missing)
    return list(order)


def _used(text: str) -> dict[str, None]:
    """Return what may be the name of another part: `R` of `R` and of `R_ij`."""
    tokens = _NAME.findall(_POWERS.sub(" ", text.partition("=")[2]))
    return dict.fromkeys(name for token in tokens for name in (token, token.rpartition("_")[0]))
