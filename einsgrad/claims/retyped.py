"""Operators that are taken for one another in a text like numpy code: `*` for `@`, `/` for `*`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from einsgrad.claims.points import SamplePoint, are_close
from einsgrad.engine.binding import Array
from einsgrad.errors import EinsgradError
from einsgrad.expressions.nodes import Expr

# Up to so many operators are changed.
_MOST_OPERATORS = 24
_LONGEST = 90

_ENTRIES, _MATRICES = ast.Mult, ast.MatMult
_WORDS: dict[tuple[type[ast.operator], type[ast.operator]], str] = {
    (_ENTRIES, _MATRICES): "* stands where @ belongs: a product by entries, not of matrices,",
    (_MATRICES, _ENTRIES): "@ stands where * belongs: a product of matrices, not by entries,",
    (ast.Div, ast.Mult): "a quotient stands where a product belongs: a reciprocal too many,",
    (ast.Mult, ast.Div): "a product stands where a quotient belongs: a reciprocal is missing,",
}


def retyped(
    text: object, read: Callable[[str], Expr], point: SamplePoint, true: Array
) -> Iterator[str]:
    """Yield the operators that make a claim right when another one is typed.

    Parameters
    ----------
    text
        The claim; nothing is found unless it is a text like numpy code.
    read
        Reads a claim.
    point, true
        A point, and the derivative's value there.
    """
    if not isinstance(text, str) or "\n" in text:
        return
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return
    operators = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
    for node in operators[:_MOST_OPERATORS]:
        typed = node.op
        for (wrong, right), words in _WORDS.items():
            if not isinstance(typed, wrong):
                continue
            shown = ast.unparse(node)
            node.op = right()
            try:
                value = point.value(read(ast.unparse(tree)))
            except EinsgradError:
                value = None
            node.op = typed
            if are_close(value, true):
                yield f"{words} in {shown if len(shown) <= _LONGEST else f'{shown[:_LONGEST]}…'}"
