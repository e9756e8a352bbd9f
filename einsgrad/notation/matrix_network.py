"""Products of matrices and vectors, found in a product of indexed factors.

Labels are points, matrices are edges between two points, vectors are weights on one. Point
by point the summed labels are eliminated: a point on two edges joins them to a matrix
product, a point on one edge makes a vector, a closed edge a trace, parallel edges an
entrywise product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Number
from einsgrad.notation.layout import Layout
from einsgrad.notation.pieces import Link, Written, WrittenTerm, flipped
from einsgrad.strings.subscripts import Indices, Label

Chain = tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A matrix whose rows and columns have labels."""

    row: Label
    column: Label
    chain: Chain

    def facing(self, label: Label) -> Edge:
        """Turn the matrix so that the label is that of its rows."""
        if self.row == label:
            return self
        return Edge(self.column, self.row, flipped(self.chain))

    def other(self, label: Label) -> Label:
        """Return the label at the other end."""
        return self.column if self.row == label else self.row


@dataclass(slots=True)
class MatrixNetwork:
    """A product of vectors and matrices, some of whose labels are still to be summed.

    Parameters
    ----------
    layout
        How pieces are set.
    dims
        The dim of every label.
    free
        The labels that are not summed.
    coefficient
        The number that it is multiplied by.
    squares
        Whether `rᵀ r` is the square of a norm, as it is for real numbers.
    """

    layout: Layout
    dims: Mapping[Label, Dim]
    free: Indices
    coefficient: Number = 1
    squares: bool = True
    scalars: list[Written] = field(default_factory=list)
    divisors: list[Written] = field(default_factory=list)
    weights: dict[Label, list[Chain]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def put(self, link: Link, labels: Indices) -> None:
        """Add a vector or a matrix."""
        link = replace(link, place=len(self.edges))
        if len(labels) == 1:
            self._weigh(labels[0], (link,))
        else:
            self.edges.append(Edge(labels[0], labels[1], (link,)))

    def eliminate(self) -> bool:
        """Sum all labels that are not free; return whether that is matrix algebra."""
        while True:
            self._open_loops()
            label = self._next()
            if label is not None:
                self._sum(label)
            elif not self._merge_parallel():
                return all(x in self.free for x in self._labels())

    def weight(self, label: Label) -> Chain | None:
        """Multiply the vectors on a label entry by entry."""
        chains = self.weights.get(label, [])
        if len(chains) < 2:
            return chains[0] if chains else None
        return (Link(self._entries(chains), 1),)

    def weighted(self, edge: Edge) -> Chain:
        """Multiply a matrix from both sides by the diagonal matrices of its labels' vectors."""
        left, right = self.weight(edge.row), self.weight(edge.column)
        if edge.chain[0].identity:
            both = [*self.weights.get(edge.row, []), *self.weights.get(edge.column, [])]
            if not both:
                return edge.chain
            vector = both[0] if len(both) == 1 else (Link(self._entries(both), 1),)
            return (self._diagonal(vector),)
        before = () if left is None else (self._diagonal(left),)
        after = () if right is None else (self._diagonal(right),)
        return (*before, *edge.chain, *after)

    def written(self) -> WrittenTerm | None:
        """Write the product, if its free labels are those of vectors and matrices."""
        groups = self._groups()
        return None if groups is None else self.dressed(self._core(groups) if groups else None)

    def _core(self, groups: list[Chain]) -> Written:
        if len(self.free) == len(groups) == 2:
            column, row = groups
            return self.layout.chain((*column, *flipped(row)))
        return self.layout.tensor([self.layout.chain(group) for group in groups])

    def _groups(self) -> list[Chain] | None:
        """Read the free labels, in order, as those of vectors and matrices, if they are."""
        free = list(self.free)
        groups: list[Chain] = []
        while free:
            label = free.pop(0)
            match self.meeting(label):
                case []:
                    weight = self.weight(label)
                    if weight is None:
                        return None
                    groups.append(weight)
                case [edge] if free and edge.other(label) == free[0]:
                    if len(self.meeting(free.pop(0))) > 1:
                        return None
                    groups.append(self.weighted(edge.facing(label)))
                case _:
                    return None
        return groups

    def dressed(self, core: Written | None) -> WrittenTerm:
        """Write the product's numbers in front of a tensor, or under it."""
        body = self.layout.scaled(self._powers(self.scalars), core)
        if self.divisors:
            body = self.layout.quotient(body, self._powers(self.divisors))
        return WrittenTerm(self.coefficient, body)

    def _powers(self, scalars: list[Written]) -> list[Written]:
        """Write equal scalars as a power."""
        counts = {scalar: scalars.count(scalar) for scalar in scalars}
        return [
            scalar if number == 1 else self.layout.power(scalar, self.layout.number(number))
            for scalar, number in counts.items()
        ]

    def meeting(self, label: Label) -> list[Edge]:
        """Return the edges at a label."""
        return [edge for edge in self.edges if label in (edge.row, edge.column)]

    def _labels(self) -> list[Label]:
        ends = (label for edge in self.edges for label in (edge.row, edge.column))
        return list(dict.fromkeys([*self.weights, *ends]))

    def _next(self) -> Label | None:
        """Choose the label to sum: ends of chains first, then what lies between two matrices."""
        degrees = {
            label: len(self.meeting(label)) for label in self._labels() if label not in self.free
        }
        ends = [label for label, degree in degrees.items() if degree < 2]
        if ends:
            return min(ends, key=degrees.__getitem__)
        return next((x for x, n in degrees.items() if n == 2 and self._joins(x)), None)

    def _joins(self, label: Label) -> bool:
        """Tell whether two edges at a label are read as a matrix product, not entry by entry."""
        first, second = (edge.facing(label) for edge in self.meeting(label))
        end = first.column
        if end != second.column:
            return True
        weighed = label in self.weights or end in self.weights
        if end not in self.free and len(self.meeting(end)) == 2:
            return not weighed
        chained = _transposes((*flipped(first.chain), *second.chain))
        apart = min(_transposes(_turned([first, second], x)) for x in (label, end))
        return not weighed and chained < apart

    def _sum(self, label: Label) -> None:
        edges = self.meeting(label)
        vectors = self.weights.get(label, [])
        weight = self.weight(label)
        self.weights.pop(label, None)
        for edge in edges:
            self.edges.remove(edge)
        match edges:
            case []:
                self.scalars.append(self._contracted(vectors, label))
            case [Edge(row=row, column=column, chain=chain)] if row == column:
                self.scalars.append(self._trace(chain))
            case [edge]:
                vector = weight or (Link(self.layout.ones(self.dims[label]), 1),)
                chain = (*flipped(edge.facing(label).chain), *vector)
                self._weigh(edge.other(label), chain)
            case _:
                first, second = (edge.facing(label) for edge in edges)
                middle = () if weight is None else (self._diagonal(weight),)
                chain = (*flipped(first.chain), *middle, *second.chain)
                self.edges.append(Edge(first.column, second.column, chain))

    def _weigh(self, label: Label, chain: Chain) -> None:
        self.weights.setdefault(label, []).append(chain)

    def _open_loops(self) -> None:
        """Write a matrix whose two labels are one as its diagonal, unless it is a trace."""
        for edge in [edge for edge in self.edges if edge.row == edge.column]:
            label = edge.row
            if label in self.free or label in self.weights or len(self.meeting(label)) > 1:
                self.edges.remove(edge)
                diagonal = self.layout.diag(self.layout.chain(edge.chain))
                self._weigh(label, (Link(diagonal, 1),))

    def _merge_parallel(self) -> bool:
        """Write the matrices between two labels as one entrywise product, if there are several."""
        for edge in self.edges:
            ends = (edge.row, edge.column)
            parallel = [other for other in self.edges if {other.row, other.column} == set(ends)]
            if len(parallel) > 1:
                row = min(ends, key=lambda end: _transposes(_turned(parallel, end)))
                self.edges = [other for other in self.edges if other not in parallel]
                chains = [other.facing(row).chain for other in parallel]
                merged = (Link(self._entries(chains), 2, place=chains[0][0].place),)
                self.edges.append(Edge(row, edge.other(row), merged))
                return True
        return False

    def _entries(self, chains: Sequence[Chain]) -> Written:
        above, below = [], []
        for chain in chains:
            divisor = chain[0].divisor if len(chain) == 1 and not chain[0].transposed else None
            if divisor is None:
                above.append(self.layout.chain(chain))
            else:
                below.append(divisor)
        return self.layout.entries(above, below)

    def _diagonal(self, vector: Chain) -> Link:
        return Link(self.layout.diag(self.layout.chain(vector)), 2, symmetric=True)

    def _contracted(self, vectors: list[Chain], label: Label) -> Written:
        """Write the inner product of vectors."""
        if len(vectors) == 1:
            vectors = [(Link(self.layout.ones(self.dims[label]), 1),), *vectors]
        first, *rest = vectors
        second = rest[0] if len(rest) == 1 else (Link(self._entries(rest), 1),)
        chains = [(*flipped(first), *second), (*flipped(second), *first)]
        chain = min(chains, key=lambda one: (_bare_conjugates(one), _transposes(one)))
        root = _square_root(chain) if self.squares else None
        if root:
            return self.layout.norm_squared(self.layout.chain(root), 1)
        return self.layout.chain(chain)

    def _trace(self, chain: Chain) -> Written:
        both = (chain, flipped(chain))
        turns = [turned[k:] + turned[:k] for turned in both for k in range(len(chain))]
        for turn in turns if self.squares else ():
            root = _square_root(turn)
            if root:
                return self.layout.norm_squared(self.layout.chain(root), 2)
        best = min(turns, key=lambda turn: (_transposes(turn), turn[0].place))
        return self.layout.trace(self.layout.chain(best))


def _turned(edges: Sequence[Edge], row: Label) -> Chain:
    """Return the factors of matrices that all have a label for their rows."""
    return tuple(link for edge in edges for link in edge.facing(row).chain)


def _transposes(chain: Chain) -> int:
    return sum(link.transposed and link.rank == 2 for link in chain)


def _bare_conjugates(chain: Chain) -> int:
    """Count the factors that are conjugated and not transposed: `wᴴ z`, not `zᵀ conj(w)`."""
    return sum(link.conjugated and not link.transposed for link in chain)


def _square_root(chain: Chain) -> Chain | None:
    """Return C of a product that reads `Cᵀ C`."""
    half = len(chain) // 2
    second = chain[half:]
    return second if len(chain) % 2 == 0 and flipped(second) == chain[:half] else None
