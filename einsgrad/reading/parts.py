"""Lines that name parts of a formula, `where R = A @ x - b`, in whatever order they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from einsgrad.errors import ArgumentError, clip, shorten
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import COMPLEX, Expr
from einsgrad.expressions.walks import substitute
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.tokens import TokenKind, tokens_of

# A name, perhaps with indices: `R`, `R[i,j]`, `R_ij`.
_LEFT = re.compile(r"([^\W\d]\w*?)(?:_\{?[^\W\d_]+\}?)?\s*(?:\[[^=]*\])?\s*=(?!=)")
Line = TypeVar("Line")


def name_of_part(definition: str) -> str:
    """Return what a line with `where` names.

    Raises
    ------
    ArgumentError
        If it names nothing.

    Examples
    --------
    >>> name_of_part("r = A @ x - b"), name_of_part("P_ij = A_ik B_kj")
    ('r', 'P')
    """
    left = _LEFT.match(definition.strip())
    if left is None:
        raise ArgumentError(
            f"a line with 'where' names no part: {clip(definition.strip())}. "
            "Write it like 'where r = A @ x'."
        )
    return left[1]


def read_parts(
    definitions: Mapping[str, Line],
    names: DeclaredNames,
    read: Callable[[Line, DeclaredNames], Expr],
) -> tuple[DeclaredNames, dict[Expr, Expr]]:
    """Read the named parts.

    Parameters
    ----------
    definitions
        The lines by the names of the parts, each behind those that it uses.
    names
        The variables; a part hides a variable of its name.
    read
        Reads a line that uses the variables and the parts before it.

    Returns
    -------
    names, parts
        The variables with the symbols of the parts, and what each symbol stands for.
    """
    parts: dict[Expr, Expr] = {}
    for name, line in definitions.items():
        value = read(line, names)
        symbol = variable(name, value.shape, *({COMPLEX} if value.is_complex else ()))
        parts[symbol] = substitute(value, parts)
        others = (v for v in names.declared if v.name != name)
        names = DeclaredNames((*others, symbol))
    return names, parts


def in_order(texts: Sequence[tuple[str, str]]) -> list[str]:
    """Order named parts so that each stands behind those that it uses.

    Parameters
    ----------
    texts
        The names with their lines.

    Raises
    ------
    ArgumentError
        If a part is named twice, or by means of itself.

    Examples
    --------
    >>> in_order([("r", "r = s - b"), ("s", "s = A @ x")])
    ['s', 'r']
    """
    named: dict[str, str] = {}
    for name, text in texts:
        if name in named:
            raise ArgumentError(f"the part {clip(name)} is named twice. Rename one.")
        named[name] = text
    return _in_order(named)


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
    found = tokens_of(text.partition("=")[2])
    tokens = [token.text for token in found if token.kind is TokenKind.NAME]
    return dict.fromkeys(name for token in tokens for name in (token, token.rpartition("_")[0]))
