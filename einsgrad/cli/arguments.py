"""What was typed, put into the order in which argparse reads it.

A formula may begin with a minus sign, and so may the value of an option: argparse alone would
take either for an option.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

_LOOKS_LIKE_AN_OPTION = re.compile(r"--[a-z][a-z-]+(=|\Z)", re.IGNORECASE)


def arranged(typed: Sequence[str], made: argparse.ArgumentParser) -> list[str]:
    """Join options with their values, and put what is no option behind `--`.

    Parameters
    ----------
    typed
        The arguments of the command line.
    made
        The parser that reads them.

    Examples
    --------
    >>> made = argparse.ArgumentParser()
    >>> _ = made.add_argument("--claim"), made.add_argument("--json", action="store_true")
    >>> arranged(["-sum(x)", "--claim", "-2*x", "--json"], made)
    ['--claim=-2*x', '--json', '--', '-sum(x)']
    """
    actions = {name: action for action in made._actions for name in action.option_strings}
    options: list[str] = []
    formulas: list[str] = []
    rest = list(typed)
    while rest:
        word = rest.pop(0)
        if word == "--":
            formulas.extend(rest)
            break
        name, equals, _ = word.partition("=")
        action = actions.get(_full_name(name, actions))
        if action is None and _LOOKS_LIKE_AN_OPTION.match(word) is None:
            formulas.append(word)
        elif action is None or equals or action.nargs == 0 or not rest or rest[0] in actions:
            options.append(word)
        else:
            options.append(f"{word}={rest.pop(0)}")
    return [*options, "--", *formulas] if formulas else options


def _full_name(word: str, names: Sequence[str] | dict[str, argparse.Action]) -> str:
    """Return the option that a word is or begins."""
    begun = [name for name in names if name.startswith(word)]
    return begun[0] if len(begun) == 1 and word[:2] == "--" and word != "--" else word
