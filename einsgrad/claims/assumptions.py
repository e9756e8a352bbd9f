"""What a person assumes, read from a text: `sum(y) = 1, A = A.T, Q is orthogonal, x > 0`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from einsgrad.calculus.derivatives import jacobian
from einsgrad.claims.assumed import NOTHING, Assumed, Choose
from einsgrad.claims.parametrised import (
    Parametrise,
    as_definite,
    as_orthogonal,
    as_skew,
    as_symmetric,
    as_unit,
    equations_of,
    explicit,
    linear_solution,
    signs_of,
    to_positive,
    to_signs,
)
from einsgrad.errors import ArgumentError, ArgumentTypeError, EinsgradError, as_sequence, clip
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import substitute, variables_in
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.read_lines import read
from einsgrad.simplification.simplify import simplify_expr

_SHAPES: dict[str, tuple[int, Parametrise]] = {
    "symmetric": (2, as_symmetric),
    "skew": (2, as_skew),
    "skew-symmetric": (2, as_skew),
    "antisymmetric": (2, as_skew),
    "orthogonal": (2, as_orthogonal),
    "positive definite": (2, as_definite),
    "positive-definite": (2, as_definite),
    "unit norm": (1, as_unit),
    "unit length": (1, as_unit),
    "unit": (1, as_unit),
    "normalised": (1, as_unit),
    "normalized": (1, as_unit),
}
_WORDS = "|".join(sorted((*_SHAPES, "positive"), key=len, reverse=True))
_SAID = re.compile(
    rf"(?P<first>\w+)\s+(?:(?:is|are|has|have)\s+)?(?:a\s+|an\s+|of\s+)?(?P<word>{_WORDS})"
    rf"(?:\s+(?:matrix|vector))?|(?P<word2>{_WORDS})\s+(?P<second>\w+)"
)
_POSITIVE = re.compile(r"(\w+)\s*(?:>=?|≥)\s*0|0\s*(?:<=?|≤)\s*(\w+)")
_SIZE = re.compile(r"(\w+)\s*=\s*(\d{1,3})")
_EQUAL = re.compile(r"(?<![<>=!])={1,2}(?!=)")
_REMEDY = "Write equations and words, as in 'sum(y) = 1, A is symmetric, x > 0'."


def read_assumptions(given: str | Iterable[str], names: DeclaredNames) -> Assumed:
    """Read assumptions, in a text with commas or semicolons between them, or one by one.

    Parameters
    ----------
    given
        Equations that are linear in a variable, `sum(y) = 1`, `y = A @ x`; others, which are
        met at points; and words: symmetric, skew, orthogonal, positive definite, positive,
        unit norm.
    names
        The variables.

    Raises
    ------
    ArgumentError
        If one cannot be read.

    Examples
    --------
    >>> y, A = Variable("y", ("n",)), Variable("A", ("n", "n"))
    >>> read_assumptions("y = 2*A@y; A is symmetric", DeclaredNames((y, A))).words
    'y = 2*A@y, A is symmetric'
    """
    parts = [given] if isinstance(given, str) else list(as_sequence(given, "assuming"))
    if not all(isinstance(part, str) for part in parts):
        raise ArgumentTypeError(f"assuming: {clip(given)} is no text. {_REMEDY}")
    texts = [text for part in parts for text in _joined(_split(part))]
    if given == ():
        return NOTHING
    if not texts:
        raise ArgumentError(f"assuming: nothing is assumed. {_REMEDY}")
    assumed = NOTHING
    for text in texts:
        assumed = _with(assumed, text, names)
    return replace(assumed, words=", ".join(texts))


def _split(text: str) -> Iterator[str]:
    """Split a text at commas, semicolons and line ends that stand in no bracket."""
    depth, start = 0, 0
    for place, letter in enumerate(f"{text},"):
        depth += (letter in "([{") - (letter in ")]}")
        if letter in ",;\n" and (not depth or place == len(text)):
            if text[start:place].strip():
                yield text[start:place].strip()
            start = place + 1


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """Give a word to every name before it: `A, B symmetric`, `A and B are symmetric`."""
    waiting: list[str] = []
    for text in texts:
        *others, last = re.split(r"\s+and\s+", text)
        waiting += others
        said = _SAID.fullmatch(last)
        if said is None and last.isidentifier():
            waiting.append(last)
            continue
        word = said["word"] or said["word2"] if said else ""
        for name in waiting:
            yield f"{name} is {word}" if word and name.isidentifier() else name
        waiting.clear()
        yield last
    yield from waiting


def _with(assumed: Assumed, text: str, names: DeclaredNames) -> Assumed:
    """Add one assumption."""
    said, above, size = (row.fullmatch(text) for row in (_SAID, _POSITIVE, _SIZE))
    if above:
        return with_choice(assumed, _variable(above[1] or above[2], text, names), to_positive)
    if said:
        node = _variable(said["first"] or said["second"], text, names)
        word = said["word"] or said["word2"]
        if word == "positive":
            return with_choice(assumed, node, to_positive)
        rank, make = _SHAPES[word]
        if len(node.shape) != rank or len(set(node.shape)) != 1:
            what = "square matrix" if rank == 2 else "vector"
            raise ArgumentError(f"assuming {clip(text)}: {node.describe()} is no {what}.")
        return with_parameters(assumed, node, make)
    if size and size[1] in {dim for v in names.declared for dim in v.shape}:
        return replace(assumed, sizes={**assumed.sizes, size[1]: int(size[2])})
    return _with_equation(assumed, text, names)


def _variable(name: str, text: str, names: DeclaredNames) -> Variable:
    if name not in names.variables:
        raise ArgumentError(
            f"assuming {clip(text)}: no variable is named {clip(name)}. "
            f"Declared are: {names.described()}."
        )
    return names.variables[name]


def _with_equation(assumed: Assumed, text: str, names: DeclaredNames) -> Assumed:
    sides = [side.strip() for side in _EQUAL.split(_outside(text))]
    if len(sides) != 2:
        raise ArgumentError(f"assuming: {clip(text)} is no assumption. {_REMEDY}")
    left, right = (text[: len(sides[0])], text[len(text) - len(sides[1]) :])
    try:
        equation = simplify_expr(read(f"({left}) - ({right})", names))
    except EinsgradError as error:
        raise ArgumentError(f"assuming {clip(text)}: {error}") from None
    return with_equation(assumed, equation, text)


def _outside(text: str) -> str:
    """Hide what stands in brackets, where `=` gives an option."""
    depth, shown = 0, []
    for letter in text:
        depth -= letter in ")]}"
        shown.append("." if depth else letter)
        depth += letter in "([{"
    return "".join(shown)


def with_equation(assumed: Assumed, equation: Expr, text: str) -> Assumed:
    """Assume that an expression vanishes.

    Raises
    ------
    ArgumentError
        If it has no variable that could be changed so that it does.
    """
    equation = assumed.put_in(equation)
    free = variables_in(equation)
    if not free:
        if equation is simplify_expr(0 * equation):
            return assumed
        raise ArgumentError(f"assuming {clip(text)}: this never holds. {_REMEDY}")
    for node in free:
        for pattern, make in equations_of(node):
            plain = simplify_expr(pattern)
            if plain in (equation, simplify_expr(-equation)):
                return with_parameters(assumed, node, make)
    for solve in (explicit, linear_solution):
        for node in free:
            value = solve(equation, node)
            if value is not None:
                return with_value(assumed, node, value)
    slopes = tuple((node, simplify_expr(jacobian(equation, node))) for node in free)
    return replace(
        assumed,
        equations=(*assumed.equations, equation),
        slopes=(*assumed.slopes, slopes),
    )


def with_parameters(assumed: Assumed, node: Variable, make: Parametrise) -> Assumed:
    """Let an expression of parameters stand for a variable."""
    made = with_value(assumed, node, make(node))
    return with_choice(made, signs_of(node), to_signs) if make is as_orthogonal else made


def with_value(assumed: Assumed, node: Variable, value: Expr) -> Assumed:
    """Let an expression stand for a variable, also within what stands for others."""
    one: dict[Expr, Expr] = {node: value}
    values = {other: simplify_expr(substitute(old, one)) for other, old in assumed.values.items()}
    return replace(assumed, values={**values, node: simplify_expr(value)})


def with_choice(assumed: Assumed, node: Variable, choose: Choose) -> Assumed:
    """Let the numbers that are drawn for a variable be chosen."""
    return replace(assumed, choices={**assumed.choices, node: choose})


def taken_together(assumptions: Sequence[Assumed]) -> Assumed:
    """Join assumptions about different variables."""
    joined = NOTHING
    for one in assumptions:
        joined = replace(
            joined,
            values={**joined.values, **one.values},
            choices={**joined.choices, **one.choices},
            equations=(*joined.equations, *one.equations),
            slopes=(*joined.slopes, *one.slopes),
            sizes={**joined.sizes, **one.sizes},
        )
    return joined
