"""In which notation a text is written: told by signs that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, cast, get_args

from einsgrad.errors import ArgumentError, as_text, clip
from einsgrad.reading.formula_tree import (
    CallWritten,
    Chained,
    FormulaNode,
    Normed,
    Raised,
    TransposeWritten,
    WrittenName,
    WrittenNumber,
    WrittenOnes,
    from_leaves,
    parts_in,
)
from einsgrad.reading.tokens import Token, TokenKind, tokens_of

Syntax: TypeAlias = Literal["numpy", "matrix", "index", "latex"]
SYNTAXES: tuple[Syntax, ...] = get_args(Syntax)
# Names that are no functions of numpy, and whose variables are none.
_MATRIX_NAMES = ("tr", "Tr", "norm1", "vector", "matrix", "I")
_MATRIX_SIGNS = ("‖", "|", "⊘", "⊗", ".*", "./", ".^", "^∘", "^", "√", "∘")
_NUMPY_SIGNS = ("@", "**")
_NUMPY_NAMES = ("np", "numpy", "eg")
_SUMS = ("Σ", "∑")
_DELTAS = ("δ", "delta", "size")
_REDUCED = "sum tr Tr trace det logdet norm norm1 norm2 mean prod max min logsumexp sum_squares"
_REDUCTIONS = frozenset(_REDUCED.split())
_COMMAND = re.compile(r"\\[A-Za-z|{},;!]")
# `x_i`, `A_mn`: a name, and letters for indices.
_INDEXED = re.compile(r"(.+)_([^\W\d_]{0,4})")


def as_syntax(value: object) -> Syntax | None:
    """Return the name of a notation, or None.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If there is no such notation.
    """
    if value is None:
        return None
    if as_text(value, "syntax") not in SYNTAXES:
        raise ArgumentError(f"{clip(value)} is no syntax. Choose one of {', '.join(SYNTAXES)}.")
    return cast(Syntax, value)


def is_latex(text: str) -> bool:
    r"""Tell whether a text has commands of LaTeX.

    Examples
    --------
    >>> is_latex(r"x^\top A x"), is_latex("A x")
    (True, False)
    """
    return _COMMAND.search(text) is not None


@dataclass(frozen=True, slots=True)
class TextSigns:
    """The signs of a text that only one notation has.

    Parameters
    ----------
    index, matrix, numpy
        Whether there are some of index notation, of matrix notation, of numpy code.
    """

    index: bool
    matrix: bool
    numpy: bool

    @property
    def syntax(self) -> Syntax | None:
        """The notation that they tell, if they tell one without doubt."""
        if self.index:
            return "index"
        if self.matrix:
            return "matrix"
        return "numpy" if self.numpy else None


def signs_in(
    text: str,
    ranks: Mapping[str, int],
    *,
    are_all_known: bool,
    dims: Collection[object] = (),
) -> TextSigns:
    """Look for the signs that only one notation has.

    Parameters
    ----------
    text
        The text, without commands of LaTeX.
    ranks
        The ranks of the variables, and of named parts.
    are_all_known
        Whether no other name is a variable.
    dims
        The dims of the variables.

    Examples
    --------
    >>> signs_in("A_ij x_j", {"A": 2, "x": 1}, are_all_known=True).syntax
    'index'
    >>> signs_in("||A*x||", {"A": 2, "x": 1}, are_all_known=True).syntax
    'matrix'
    >>> signs_in("A*x", {"A": 2, "x": 1}, are_all_known=True).syntax
    """
    tokens = tokens_of(text)
    pairs = list(pairwise(tokens))
    index = brackets_hold_letters(text) or any(
        _is_indexed(one, behind, ranks, are_all_known) for one, behind in pairs
    )
    matrix = any(
        _is_matrix_sign(before, one, ranks) or _are_ones(before, one, dims)
        for before, one in pairwise([None, *tokens])
    )
    numpy = any(
        one.is_sign(*_NUMPY_SIGNS)
        or (one.is_sign(".") and behind.text == "T")
        or (one.text in _NUMPY_NAMES and behind.is_sign("."))
        or one.kind is TokenKind.STRING
        for one, behind in pairs
    )
    return TextSigns(index, matrix, numpy)


def _is_indexed(one: Token, behind: Token, ranks: Mapping[str, int], are_all_known: bool) -> bool:
    """Tell whether a name, or a bracket, has indices."""
    if one.is_sign(")") and behind.kind is TokenKind.INDEX and one.end == behind.column:
        return True
    if one.kind is not TokenKind.NAME or one.text in ranks:
        return False
    if behind.is_sign("=") and "_" in one.text:
        return True
    split = _INDEXED.fullmatch(one.text)
    if split is None or (not split[2] and not behind.is_sign("{")):
        return False
    name = split[1]
    if name == "I" and name not in ranks:
        return False
    return name in (*_SUMS, *_DELTAS) or name in ranks or not are_all_known


def _is_matrix_sign(before: Token | None, one: Token | None, ranks: Mapping[str, int]) -> bool:
    assert one is not None
    match one.kind:
        case TokenKind.QUOTE:
            return True
        case TokenKind.SIGN:
            return one.text in _MATRIX_SIGNS
        case TokenKind.MARK:
            is_one = before is not None and before.text == "1"
            return one.text[0] == "⁻" or "ᴴ" in one.text or (is_one and "ᵀ" in one.text)
        case TokenKind.NAME:
            is_sized = one.text.startswith("I_") and "I" not in ranks
            return one.text not in ranks and (one.text in _MATRIX_NAMES or is_sized)
        case _:
            return False


def _are_ones(before: Token | None, one: Token | None, dims: Collection[object]) -> bool:
    """Tell whether `1_3` is a vector of ones, and no number: 3 is the size of an axis."""
    if before is None or one is None or one.kind is not TokenKind.INDEX or before.text != "1":
        return False
    size = one.text.strip("_{}")
    return one.column == before.end and size.isdecimal() and int(size) in dims


def brackets_hold_letters(text: str) -> bool:
    """Tell whether indices stand in brackets: `A[m,n]`, `inv(A)[i,j]`.

    Examples
    --------
    >>> brackets_hold_letters("A[m,n]*x[n]"), brackets_hold_letters("x[0]")
    (True, False)
    """
    pairs = pairwise(tokens_of(text))
    return any(one.is_sign("[") and behind.kind is TokenKind.NAME for one, behind in pairs)


def is_matrix_tree(tree: FormulaNode, ranks: Mapping[str, int]) -> bool:
    """Tell whether tensors stand side by side, or a matrix is raised by a superscript.

    A function whose argument has no brackets is not read elsewhere either.
    """
    found: dict[FormulaNode, int] = {}
    for node in from_leaves(tree):
        found[node] = _apparent_rank(node, found, ranks)
        if isinstance(node, Raised) and node.sign == "superscript" and found[node.base] == 2:
            return True
        if isinstance(node, Chained) and _has_neighbours(node, found):
            return True
        if isinstance(node, CallWritten) and node.is_bare:
            return True
    return False


def _apparent_rank(
    node: FormulaNode, found: Mapping[FormulaNode, int], ranks: Mapping[str, int]
) -> int:
    """Return the highest rank that a part has within; a reduction has none."""
    match node:
        case WrittenName(name=name):
            return ranks.get(name, 0)
        case WrittenOnes(order=order):
            return order
        case Normed():
            return 0
        case CallWritten(path=path, options=()) if path[-1] in _REDUCTIONS:
            return 0
        case _:
            return max((found[part] for part in parts_in(node)), default=0)


def _has_neighbours(node: Chained, found: Mapping[FormulaNode, int]) -> bool:
    """Tell whether tensors stand side by side, or a 1 beside something that is no number."""
    first = node.operands[0]
    is_tensor, is_number = found[first] > 0, isinstance(first, WrittenNumber)
    for place, sign in enumerate(node.signs):
        operand = node.operands[place + 1]
        if sign == " ":
            after = (is_tensor and found[operand]) or (_is_one(operand) and not is_number)
            if after or (_is_one(first) and _is_row_of(operand, found)):
                return True
        is_tensor = is_tensor or found[operand] > 0
        is_number = is_number and isinstance(operand, WrittenNumber)
    return False


def _is_one(node: FormulaNode) -> bool:
    return isinstance(node, WrittenNumber) and node.value == 1 and not node.is_wrapped


def _is_row_of(node: FormulaNode, found: Mapping[FormulaNode, int]) -> bool:
    return isinstance(node, TransposeWritten) and found[node] > 0


def listed_parts(names: Sequence[str], ranks: Mapping[str, int]) -> dict[str, int]:
    """Add named parts, whose ranks are not known yet, to those of the variables."""
    return {**ranks, **dict.fromkeys(names, 2)}
