"""A product over the indices of two matrices as a matrix over their stacked entries.

A factor that joins an index of one matrix to an index of the other is a factor of a
Kronecker product. A factor over the indices of one of them is a diagonal matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from einsgrad.expressions.dims import Dim
from einsgrad.notation.matrix_network import Chain, Edge, MatrixNetwork
from einsgrad.notation.pieces import Link, flipped
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class Stacked:
    """A product, the labels of Y and those of X.

    Parameters
    ----------
    network
        The product.
    above, below
        The labels of the rows and of the columns of the result, of two, one or no axes.
    dims
        The dims of X.
    """

    network: MatrixNetwork
    above: Indices
    below: Indices
    dims: tuple[Dim, ...]

    def chain(self, *, by_columns: bool) -> Chain | None:
        """Write the product as one of matrices; None where there is no such form."""
        across = [
            e for e in self.network.edges if (e.row in self.above) != (e.column in self.above)
        ]
        if not across:
            left, right = self._vector(self.above), self._vector(self.below)
            return (*left, *flipped(right))
        pairs = self._pairs(across)
        if pairs is None:
            return None
        step = -1 if by_columns else 1
        outer, inner = self.above[::step], self.below[::step]
        crossed = len(pairs) == 2 and pairs[outer[0]][0] != inner[0]
        parts = self._in_order(pairs, outer, inner[::-1] if crossed else inner)
        links = [*self._diagonals(self.above), *self._kronecker(parts)]
        if crossed:
            rows, columns = self.dims[::-step]
            links.append(self._commutation(rows, columns))
        links.extend(self._diagonals(self.below))
        proper = tuple(link for link in links if not link.identity)
        return proper or tuple(links[:1])

    def _pairs(self, across: Sequence[Edge]) -> dict[Label, tuple[Label, Chain]] | None:
        """Return, for each label of Y that is joined to one of X, that and the matrix."""
        edges = [edge if edge.row in self.above else edge.facing(edge.column) for edge in across]
        pairs = {e.row: (e.column, self.network.weighted(e)) for e in edges}
        distinct = {column for column, _ in pairs.values()}
        return pairs if len(distinct) == len(pairs) == len(edges) else None

    def _in_order(
        self, pairs: Mapping[Label, tuple[Label, Chain]], above: Indices, below: Indices
    ) -> list[Chain]:
        """Put matrices, columns and rows into the order of both stacked indices."""
        rest = list(below)
        parts: list[Chain] = []
        for label in above:
            if label not in pairs:
                parts.append(self._weight(label))
                continue
            column, chain = pairs[label]
            while rest[0] != column:
                parts.append(flipped(self._weight(rest.pop(0))))
            rest.pop(0)
            parts.append(chain)
        parts.extend(flipped(self._weight(label)) for label in rest)
        return parts

    def _kronecker(self, parts: list[Chain]) -> Chain:
        merged = [parts[0]]
        for part in parts[1:]:
            column, row = sorted((merged[-1], part), key=_is_row)
            if _is_vector(column) and _is_vector(row) and _is_row(row) != _is_row(column):
                merged[-1] = (*column, *row)
            else:
                merged.append(part)
        if len(merged) == 1:
            return merged[0]
        layout = self.network.layout
        identity = all(part[0].identity for part in merged)
        return (
            Link(
                layout.kronecker(merged),
                2,
                identity=identity,
                transpose=layout.kronecker([flipped(part) for part in merged]),
            ),
        )

    def _commutation(self, rows: Dim, columns: Dim) -> Link:
        layout = self.network.layout
        return Link(
            layout.commutation(rows, columns), 2, transpose=layout.commutation(columns, rows)
        )

    def _weight(self, label: Label) -> Chain:
        ones = (Link(self.network.layout.ones(self.network.dims[label]), 1),)
        return self.network.weight(label) or ones

    def _inside(self, labels: Indices) -> list[Edge]:
        edges = [e for e in self.network.edges if e.row in labels and e.column in labels]
        return [edge.facing(labels[0]) for edge in edges]

    def _diagonals(self, labels: Indices) -> list[Link]:
        layout = self.network.layout
        return [
            Link(layout.diag(layout.vec(layout.chain(edge.chain))), 2, symmetric=True)
            for edge in self._inside(labels)
        ]

    def _vector(self, labels: Indices) -> Chain:
        """Write a factor over the labels of one matrix as a stacked vector."""
        layout = self.network.layout
        if len(labels) < 2:
            return self._weight(labels[0]) if labels else ()
        inside = self._inside(labels)
        if inside:
            matrix = self.network.weighted(inside[0])
        else:
            matrix = (*self._weight(labels[0]), *flipped(self._weight(labels[1])))
        return (Link(layout.vec(layout.chain(matrix)), 1),)


def _is_row(chain: Chain) -> bool:
    return chain[0].rank == 1 and chain[0].transposed


def _is_vector(chain: Chain) -> bool:
    return (chain[0].rank == 1 and chain[0].transposed) != (
        chain[-1].rank == 1 and not chain[-1].transposed
    )
