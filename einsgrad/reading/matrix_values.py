"""What the operators of matrix notation do: columns, rows and matrices side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from einsgrad.errors import ArgumentError, EinsgradError, ShapeError
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_table import function_at
from einsgrad.reading.plain import OPERATORS_BY_SIGN, ReadValue, is_number, operated
from einsgrad.reading.unknown_dims import UnknownDims, is_unknown

_ENTRYWISE = {"⊙": "*", "∘": "*", "⊘": "/", ".*": "*", "./": "/"}


@dataclass(frozen=True, slots=True)
class MatrixValue:
    """A part of a formula.

    Parameters
    ----------
    value
        The expression, a plain number, or what else an argument of a function is.
    is_row
        Whether a vector is a row: it was transposed.
    """

    value: ReadValue
    is_row: bool = False

    @property
    def shape(self) -> Shape:
        """The axes of an expression; a number has none."""
        return self.value.shape if isinstance(self.value, Node) else ()

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def expr(self) -> Expr:
        """The value as an expression."""
        return as_expr(self.value)

    def described(self) -> str:
        """Say what it is, for a message."""
        kinds = {0: "a number", 1: "a row" if self.is_row else "a column", 2: "a matrix"}
        dims = ",".join("?" if is_unknown(dim) else str(dim) for dim in self.shape)
        return kinds.get(self.rank, "a tensor") + (f" [{dims}]" if self.shape else "")


@dataclass(frozen=True)
class MatrixOperations:
    """The operators of one text.

    Parameters
    ----------
    dims
        Its unknown dims.
    is_strict
        Whether a scalar is refused beside a tensor in a sum.
    """

    dims: UnknownDims
    is_strict: bool = False

    def combined(self, sign: str, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        """Do what a sign says that stands between two operands."""
        if sign == "×" and left.rank and right.rank:
            raise ArgumentError("× stands between two tensors. Write cross(x, y), or ⊙.")
        if sign in (" ", "*", "@", "·", "×"):
            return self.product(left, right)
        if sign == "/":
            return self.quotient(left, right)
        if sign == "⊗":
            return self.tensor(left, right)
        return self.entrywise(_ENTRYWISE.get(sign, sign), (left, right))

    def product(self, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        """Multiply two factors: `A x`, `x yᵀ`, `xᵀ y`, `2 A`.

        Raises
        ------
        ArgumentError, ShapeError
            If they do not fit side by side.
        """
        if not left.rank or not right.rank:
            return self._scaled(left, right)
        if left.rank > 2 or right.rank > 2:
            raise ArgumentError(
                f"{left.described()} stands beside {right.described()}. "
                "Write factors with more than two axes with indices."
            )
        if (left.rank, left.is_row, right.rank) == (1, False, 1) and right.is_row:
            return MatrixValue(words.outer(left.value, right.value))
        self._require_side_by_side(left, right)
        if not self.dims.agree(left.shape[-1], right.shape[0]):
            raise ShapeError(
                f"{left.described()} stands before {right.described()}: the inner dims "
                f"{left.shape[-1]} and {right.shape[0]} differ. Transpose one, or exchange them."
            )
        is_row = left.rank == 1 and right.rank == 2
        return MatrixValue(words.matmul(left.value, right.value), is_row)

    def _require_side_by_side(self, left: MatrixValue, right: MatrixValue) -> None:
        columns = left.rank == 1 and not left.is_row
        rows = right.rank == 1 and right.is_row
        if columns or rows:
            raise ArgumentError(
                f"{left.described()} stands before {right.described()}. "
                "Transpose one of them, or write ⊙ or .* for a product entry by entry."
            )

    def _scaled(self, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        is_row = left.is_row or right.is_row
        return MatrixValue(operated(OPERATORS_BY_SIGN["*"], left.value, right.value), is_row)

    def quotient(self, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        """Divide by a number.

        Raises
        ------
        ArgumentError
            If it is none.
        """
        if right.rank:
            raise ArgumentError(
                f"{right.described()} stands behind /. "
                "Write ⊘ or ./ to divide entry by entry, or multiply by an inverse."
            )
        return MatrixValue(operated(OPERATORS_BY_SIGN["/"], left.value, right.value), left.is_row)

    def entrywise(self, sign: str, values: Sequence[MatrixValue]) -> MatrixValue:
        """Add, multiply, divide or compare entry by entry; a number counts for every entry.

        Raises
        ------
        ArgumentError, ShapeError
            If the axes differ.
        """
        left, right = values
        is_sum = self.is_strict and sign in "+-"
        if (left.rank and right.rank) or (is_sum and _is_node(left) and _is_node(right)):
            self.require_alike(left, right)
        result = operated(OPERATORS_BY_SIGN[sign], left.value, right.value)
        return MatrixValue(result, left.is_row or right.is_row)

    def require_alike(self, left: MatrixValue, right: MatrixValue) -> None:
        """Refuse two tensors whose axes differ."""
        if left.rank != right.rank or (left.rank == 1 and left.is_row != right.is_row):
            raise ArgumentError(
                f"{left.described()} meets {right.described()}, entry by entry. "
                "Transpose one of them, or multiply by ones."
            )
        if not all(map(self.dims.agree, left.shape, right.shape)):
            raise ShapeError(
                f"{left.described()} meets {right.described()}, entry by entry. "
                "Both need the same dims."
            )

    def tensor(self, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        """Write the axes of two factors one after another."""
        if not left.rank or not right.rank:
            return self._scaled(left, right)
        return MatrixValue(words.outer(left.value, right.value))

    def transposed(self, one: MatrixValue, *, is_conjugated: bool = False) -> MatrixValue:
        """Transpose a matrix, or turn a column into a row.

        Raises
        ------
        ArgumentError
            If it has more axes.
        """
        if one.rank > 2:
            raise ArgumentError(f"{one.described()} is transposed. Write it with indices.")
        if not isinstance(one.value, Node) and not is_number(one.value):
            raise ArgumentError("this is no tensor. Transpose an expression.")
        value = words.conj(one.value) if is_conjugated else one.value
        if one.rank < 2:
            return MatrixValue(value, one.rank == 1 and not one.is_row)
        return MatrixValue(as_expr(value).T)

    def raised(self, base: MatrixValue, exponent: MatrixValue, sign: str) -> MatrixValue:
        """Raise a number, a square matrix, or each entry: `s^2`, `X²`, `X^-1`, `x.^2`.

        Raises
        ------
        ArgumentError
            If a vector is raised, a matrix by no whole number, or by a tensor.
        """
        if sign in (".^", "**", "^∘"):
            return self.entrywise("**", (base, exponent))
        if exponent.rank:
            raise ArgumentError(
                f"the exponent is {exponent.described()}. Write .^ to raise entry by entry."
            )
        if base.rank == 2:
            return self._matrix_power(base, exponent.value)
        # `x²` of a column has no other meaning; typed as `x^2` it is often xᵀx that is meant.
        if base.rank and not (sign == "superscript" and _is_positive(exponent.value)):
            raise ArgumentError(
                f"{base.described()} is raised to a power. "
                "Write x.^2 or x ⊙ x for entry by entry, ‖x‖² for the square of its length."
            )
        return self.entrywise("**", (base, exponent))

    def _matrix_power(self, base: MatrixValue, exponent: ReadValue) -> MatrixValue:
        if not isinstance(exponent, int):
            raise ArgumentError(
                "a matrix is raised to a power that is no whole number. "
                "Write X^∘(1/2) or .^ for entry by entry, sqrtm(X) for a root of the matrix."
            )
        self.require_square(base, "a power")
        if exponent == -1:
            return MatrixValue(words.inverse(base.value))
        power = function_at("linalg.matrix_power")
        assert power is not None
        return MatrixValue(power(base.value, exponent))

    def require_square(self, one: MatrixValue, what: str) -> None:
        """Refuse a matrix that is not square."""
        if one.rank != 2 or not self.dims.agree(*one.shape):
            raise ShapeError(
                f"{one.described()} has {what}, and only a square matrix has one. "
                "Write X^∘2, X .^ 2 or X ⊙ X for entry by entry."
            )

    def norm(self, one: MatrixValue, index: str) -> MatrixValue:
        """Take the norm of an index: `‖x‖`, `‖x‖_1`, `‖X‖_F`.

        Raises
        ------
        ArgumentError
            If there is no such norm.
        """
        if one.rank > 2:
            raise ArgumentError(f"the norm of {one.described()}. Write it with indices.")
        if index not in _ORDERS or (index == "*" and one.rank < 2):
            raise ArgumentError(f"no norm has the index {index!r}. Write ‖x‖, ‖x‖_1, ‖X‖_F.")
        if not one.rank:
            return MatrixValue(words.abs(one.value))
        order = _ORDERS[index]
        if index in ("", "F") or (order == 2 and one.rank == 1):
            return MatrixValue(words.norm(one.value))
        return MatrixValue(words.norm(one.value, order))

    def barred(self, one: MatrixValue) -> MatrixValue:
        """Take the modulus of numbers and entries, the determinant of a matrix."""
        if one.rank == 2:
            self.require_square(one, "a determinant")
            return MatrixValue(words.det(one.value))
        return replace(one, value=words.abs(one.value))


_ORDERS: dict[str, object] = {
    "": None, "F": "fro", "1": 1, "2": 2, "∞": float("inf"), "inf": float("inf"), "*": "nuc",
}  # fmt: skip


def _is_node(one: MatrixValue) -> bool:
    return isinstance(one.value, Node)


def _is_positive(exponent: ReadValue) -> bool:
    return isinstance(exponent, int) and exponent > 0


def headline_and_remedy(error: EinsgradError) -> tuple[str, str]:
    """Split an error without a place into its headline and its remedy."""
    headline, _, remedy = str(error).partition(". ")
    return headline.rstrip("."), remedy
