"""Names with brackets that are no variables: deltas, sizes and zeros."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.reading.dims import DeltaDims
from einsgrad.reading.indexed import IndexedFactor, IndexedProduct
from einsgrad.reading.names import DELTA_NAMES, SIZE, DeclaredNames
from einsgrad.reading.shifted import IndexReader
from einsgrad.reading.source import ReadText
from einsgrad.reading.syntax import Brackets, elements


@dataclass(frozen=True)
class BuiltInNames:
    """Reads such names in one text.

    Parameters
    ----------
    source
        The text, for errors.
    names
        The variables.
    dims
        The dims of labels, where all factors of the text agree on one.
    """

    source: ReadText
    names: DeclaredNames
    dims: DeltaDims

    def factor(self, node: ast.Subscript, brackets: Brackets) -> IndexedProduct | Delta:
        """Read a delta, or the size of a dim."""
        assert isinstance(node.value, ast.Name)
        name = node.value.id
        if name in DELTA_NAMES:
            return IndexedProduct((IndexedFactor(None, brackets.labels, brackets.places),))
        if name == SIZE:
            return Delta(self._dim(brackets.labels[0]), 0)
        shown = f"{name}[{','.join(brackets.labels)}]"
        raise ArgumentError(
            f"{shown} is a function of what follows in parentheses. Write {shown}(...)."
        )

    def zeros(self, node: ast.Subscript) -> Expr:
        """Read an array of zeros: `zeros[n-1,3]`."""
        return zeros(tuple(map(self._dim_of_zeros, elements(node.slice))))

    def _dim_of_zeros(self, node: ast.expr) -> Dim:
        if isinstance(node, ast.Name):
            return self._dim(node.id)
        form = IndexReader(self.source, self.names, ()).form(node)
        if form.terms:
            raise self.source.error("this is no size", node, "Name a declared dim.")
        return form.offset

    def _dim(self, label: str) -> Dim:
        dim = self.dims.named(label, self.names)
        if dim is None:
            raise ArgumentError(f"the dim of {clip(label)} cannot be told. Name a declared dim.")
        return dim
