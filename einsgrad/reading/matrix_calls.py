"""Functions in matrix notation: what they ask of their arguments, and of which kind they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.numpy_table import row_named
from einsgrad.reading.formula_tree import CallWritten, FormulaNode
from einsgrad.reading.matrix_values import MatrixOperations, MatrixValue
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.plain import ReadValue, called
from einsgrad.reading.typed_text import TypedText

# Functions of square matrices, and what such a matrix has.
_SQUARE = {
    **dict.fromkeys(("inv", "inverse"), "an inverse"),
    **dict.fromkeys(("det", "logdet"), "a determinant"),
    **dict.fromkeys(("trace", "tr", "Tr"), "a trace"),
    **dict.fromkeys(("expm", "logm", "sqrtm"), "a function of matrices"),
}


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """A line of a text in matrix notation.

    Parameters
    ----------
    name
        What it names; nothing for the formula itself.
    source
        The line, for errors.
    tree
        What stands in it.
    is_mixed
        Whether it has signs of numpy code, too, so that `*` may mean two things.
    """

    name: str
    source: TypedText
    tree: FormulaNode
    is_mixed: bool = False


_EXTREMES = {("max",): ("maximum",), ("min",): ("minimum",)}


@dataclass(frozen=True)
class MatrixCalls:
    """Reads the calls of one text.

    Parameters
    ----------
    names
        The functions.
    operations
        What operators do.
    """

    names: DeclaredNames
    operations: MatrixOperations

    def called(
        self, node: CallWritten, arguments: Sequence[MatrixValue], options: dict[str, ReadValue]
    ) -> MatrixValue:
        """Call a function; a vector that one is applied to entry by entry stays a row.

        Raises
        ------
        EinsgradError
            If there is no such function, or its arguments do not fit.
        """
        name = node.path[-1]
        if len(node.path) == 1 and name in ("vector", "matrix") and self._is_filling(name):
            return self._filled(node, arguments)
        path = node.path
        if path in _EXTREMES and len(arguments) == 2 and not options:
            # Of two things, the larger in every entry; numpy takes the second for an axis.
            path = _EXTREMES[path]
            name = path[-1]
        function = self.names.function_of(path)
        if function is None:
            raise ArgumentError(
                f"{clip('.'.join(node.path))} is no function that is known. "
                "Known are numpy's names, such as sum, exp and inv; see numpy_functions()."
            )
        tensors = [one for one in arguments if one.rank]
        if name in _SQUARE and len(tensors) == 1:
            self.operations.require_square(tensors[0], _SQUARE[name])
        is_entrywise = row_named(name) is not None
        if is_entrywise:
            for one in tensors[1:]:
                self.operations.require_alike(tensors[0], one)
        found = called(name, function, [one.value for one in arguments], options, self.names)
        is_row = is_entrywise and any(one.is_row for one in tensors)
        return MatrixValue(found, is_row and isinstance(found, Node) and len(found.shape) == 1)

    def _is_filling(self, name: str) -> bool:
        return self.names.function(name) is None

    def _filled(self, node: CallWritten, arguments: Sequence[MatrixValue]) -> MatrixValue:
        """Read `vector(1)`, `matrix(c)`: a number in every entry."""
        if len(arguments) != 1 or arguments[0].rank or node.options:
            raise ArgumentError(f"{node.path[0]} takes one number. Write {node.path[0]}(1).")
        axes = (0,) if node.path[0] == "vector" else (0, 1)
        ones: Expr = Delta(self.operations.dims.of((node, 0)), 1)
        if len(axes) == 2:
            ones = words.outer(ones, Delta(self.operations.dims.of((node, 1)), 1))
        return MatrixValue(words.multiply(arguments[0].value, ones))
