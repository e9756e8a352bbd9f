r"""The names that LaTeX sets by a command of their own; all others are `\operatorname`."""

from __future__ import annotations

_COMMANDS = frozenset(
    [
        *("arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det"),
        *("dim", "exp", "gcd", "inf", "ker", "lg", "lim", "ln", "log", "max", "min", "sec", "sin"),
        *("sinh", "sup", "tan", "tanh"),
    ]
)


def latex_name(name: str) -> str:
    r"""Write the name of a function as LaTeX sets it.

    Examples
    --------
    >>> print(latex_name("sin"), latex_name("log2"))
    \sin \operatorname{log2}
    """
    if name in _COMMANDS:
        return f"\\{name}"
    escaped = name.replace("_", r"\_")
    return rf"\operatorname{{{escaped}}}"


def latex_call(name: str, arity: int = 1) -> str:
    r"""Write a function of arguments that `str.format` puts in.

    Examples
    --------
    >>> print(latex_call("log2"), latex_call("log2").format("x"))
    \operatorname{{log2}}({0}) \operatorname{log2}(x)
    """
    shown = latex_name(name).replace("{", "{{").replace("}", "}}")
    return f"{shown}({', '.join(f'{{{place}}}' for place in range(arity))})"
