"""How functions are written: by their names, with indices, between bars."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction
from einsgrad.notation.pieces import Written
from einsgrad.notation.style import TEXT, Letter, Style


class FunctionLayout:
    """Unicode text of functions."""

    style: Style = TEXT

    def call(self, row: Elementwise, arguments: Sequence[Written]) -> Written:
        """Write an elementwise function."""
        return self.named_call(row.name, arguments)

    def named_call(
        self, name: str, arguments: Sequence[Written], letters: Sequence[Letter] = ()
    ) -> Written:
        """Write a function by its name, with the indices of the axes that it acts along."""
        head = self.style.symbol(name, letters)
        return Written(f"{head}({', '.join(argument.text for argument in arguments)})")

    def reduced(self, row: Reduction, argument: Written, letters: Sequence[Letter]) -> Written:
        """Write a reduction over indices."""
        return self.named_call(row.name, [argument], letters)

    def matrix_call(
        self, row: MatrixFunction, argument: Written, letters: Sequence[Letter] = ()
    ) -> Written:
        """Write a scalar function of a matrix."""
        return self.named_call(row.name, [argument], letters)

    def matrix_entry(
        self, row: MatrixFunction, argument: Written, letters: Sequence[Letter]
    ) -> Written:
        """Write an entry of a matrix that is a function of one."""
        return self.matrix_call(row, argument, letters)

    def conjugate(self, piece: Written) -> Written:
        """Write a complex conjugate."""
        return self.named_call("conj", [piece])

    def vec(self, matrix: Written) -> Written:
        """Write a matrix stacked to a vector."""
        return self.named_call("vec", [matrix])

    def diag(self, vector: Written) -> Written:
        """Write the diagonal matrix of a vector, or the diagonal of a matrix."""
        return self.named_call("diag", [vector])

    def trace(self, matrix: Written) -> Written:
        """Write a trace."""
        return self.named_call("tr", [matrix])

    def norm(self, piece: Written, rank: int) -> Written:
        """Write a Euclidean or Frobenius norm."""
        return Written(f"‖{piece.text}‖" + "_F" * (rank == 2))

    def norm_squared(self, piece: Written, rank: int) -> Written:
        """Write the square of a norm."""
        root = self.norm(piece, rank)
        return Written(f"{root.text}²", base=root, exponent=2)
