"""The tree of a formula in matrix notation. Each node knows its column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never


@dataclass(frozen=True, eq=False, slots=True)
class WrittenNumber:
    """A number. In parentheses a 1 is no vector of ones."""

    value: int | float | complex
    column: int
    is_wrapped: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class WrittenText:
    """A text in quotes, such as the order of a norm."""

    text: str
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class WrittenName:
    """A variable, a size or a constant."""

    name: str
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class WrittenOnes:
    """`1_m`, `I_n`: ones or an identity whose dim is written.

    Parameters
    ----------
    dim
        The text of the dim.
    order
        1 for the ones, 2 for an identity.
    column
        Where it stands.
    """

    dim: str
    order: int
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class Chained:
    """Operands with signs between them that bind alike, taken from the left.

    Parameters
    ----------
    operands
        The operands.
    signs
        The sign before each but the first; a space for none.
    column
        Where the first stands.
    """

    operands: tuple[FormulaNode, ...]
    signs: tuple[str, ...]
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class Negated:
    """A minus sign before an operand."""

    operand: FormulaNode
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class TransposeWritten:
    """A transpose, also conjugated."""

    operand: FormulaNode
    column: int
    is_conjugated: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Raised:
    """A power.

    Parameters
    ----------
    base, exponent
        Its parts.
    column
        Where the sign of the power stands.
    sign
        `^` or a superscript, or what raises each entry: `.^`, `^∘`, `**`.
    """

    base: FormulaNode
    exponent: FormulaNode
    column: int
    sign: str = "^"


@dataclass(frozen=True, eq=False, slots=True)
class Normed:
    """`‖x‖` with the index behind it."""

    operand: FormulaNode
    index: str
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class Barred:
    """`|x|`: a modulus, of a matrix its determinant."""

    operand: FormulaNode
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class CallWritten:
    """A function's call; without brackets it has one argument.

    Parameters
    ----------
    path
        The function's name, with what stands before its dots.
    arguments, options
        What stands in the brackets.
    column
        Where the name stands.
    is_bare
        Whether its argument is in no brackets.
    """

    path: tuple[str, ...]
    arguments: tuple[FormulaNode, ...]
    options: tuple[tuple[str, FormulaNode], ...]
    column: int
    is_bare: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Listing:
    """`(2, 3)`: sizes or axes."""

    parts: tuple[FormulaNode, ...]
    column: int


@dataclass(frozen=True, eq=False, slots=True)
class EntryWritten:
    """`x[0]`, `X[:, 1]`: entries by numbers, as numpy takes them."""

    operand: FormulaNode
    key: tuple[int | slice, ...]
    column: int


FormulaNode: TypeAlias = (
    "WrittenNumber | WrittenText | WrittenName | WrittenOnes | Chained | Negated "
    "| TransposeWritten | Raised | Normed | Barred | CallWritten | Listing | EntryWritten"
)


def parts_in(node: FormulaNode) -> tuple[FormulaNode, ...]:
    """Return the parts of a node."""
    match node:
        case WrittenNumber() | WrittenText() | WrittenName() | WrittenOnes():
            return ()
        case Chained(operands=operands):
            return operands
        case Raised(base=base, exponent=exponent):
            return (base, exponent)
        case CallWritten(arguments=arguments, options=options):
            return (*arguments, *(value for _, value in options))
        case Listing(parts=parts):
            return parts
        case (
            Negated(operand=operand)
            | TransposeWritten(operand=operand)
            | Normed(operand=operand)
            | Barred(operand=operand)
            | EntryWritten(operand=operand)
        ):
            return (operand,)
        case _ as unreachable:
            assert_never(unreachable)


def from_leaves(root: FormulaNode) -> Iterator[FormulaNode]:
    """Yield all nodes, each behind its parts."""
    stack = [(root, False)]
    while stack:
        node, is_ready = stack.pop()
        if is_ready:
            yield node
        else:
            stack.append((node, True))
            stack.extend((part, False) for part in reversed(parts_in(node)))
