"""The einsum arm of the lowering: factors as registers whose labels are joined.

A delta, like any term that is spread, only says which labels are one; a fuse says which
axis is split into which; an inverse becomes the solution of a linear system with what it
is contracted with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from einsgrad.engine.binding import size_of
from einsgrad.engine.programs.contracting import Contracting
from einsgrad.engine.programs.reuse import Array
from einsgrad.engine.programs.steps import Register, Reshape, Solve, Term
from einsgrad.expressions.nodes import Dim, Einsum, Expr, Fuse, MatrixMap, Number
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class Factor:
    """A register and its labels; `inverse` if the inverse of that matrix is meant."""

    register: Register
    indices: Indices
    inverse: MatrixMap | None = None


@dataclass(slots=True)
class Gathered:
    """What the operands of an einsum consist of."""

    joins: Joins[Label] = field(default_factory=Joins)
    factors: list[Factor] = field(default_factory=list)
    fuses: list[Indices] = field(default_factory=list)
    coefficient: Number = 1

    def add(self, place: int, indices: Indices, term: Term) -> None:
        """Add an operand: its number, its register, and which labels its pattern joins."""
        self.coefficient = self.coefficient * term.coefficient
        for label, own in zip(indices, term.classes, strict=True):
            self.joins.join(label, (place, own))
        if term.core is not None:
            held = tuple((place, own) for own in term.held)
            self.factors.append(Factor(term.core, held))


class Factoring(Contracting):
    """Lowers einsums; the values of other nodes come from the subclass."""

    sizes: Mapping[Dim, int]

    def term(self, node: Expr) -> Term:
        """Return the value of a node."""
        raise NotImplementedError

    def matrix_of(self, node: MatrixMap) -> Register:
        """Return the operand of a matrix function as a register."""
        raise NotImplementedError

    def einsum(self, node: Einsum) -> Term:
        """Lower an einsum."""
        gathered = self._gathered(node)
        find = gathered.joins.find
        sizes = {find(label): size_of(dim, self.sizes) for label, dim in node.dims.items()}
        splits = {find(one[0]): tuple(map(find, one[1:])) for one in gathered.fuses}
        output = tuple(map(find, node.subscripts.output))
        spread = tuple(part for x in output for part in splits.get(x, (x,)))
        factors = [
            self._split(Factor(f.register, tuple(map(find, f.indices)), f.inverse), splits, sizes)
            for f in gathered.factors
        ]
        coefficient = gathered.coefficient
        present = {x for factor in factors for x in factor.indices} | set(spread) | set(splits)
        for label, size in sizes.items():
            if label not in present:
                coefficient = coefficient * size
        value = self._contracted(factors, coefficient, spread, sizes)
        if spread == output:
            return value
        joined = self.plain(value, [sizes[x] for x in spread])
        shape = [sizes[x] for x in output]
        axes = tuple(range(len(spread)))
        target = self.step(Reshape, (shape, joined.dtype), joined, axes)
        full = tuple(range(len(shape)))
        return Term(1, target, full, full)

    def _gathered(self, node: Einsum) -> Gathered:
        """Collect registers, numbers and joined labels from the operands."""
        gathered = Gathered()
        for place, (indices, operand) in enumerate(
            zip(node.subscripts.inputs, node.operands, strict=True)
        ):
            if isinstance(operand, Fuse) and all(one[0] != indices[0] for one in gathered.fuses):
                gathered.fuses.append(indices)
            elif isinstance(operand, MatrixMap) and is_lazy(operand):
                matrix = self.matrix_of(operand)
                gathered.factors.append(Factor(matrix, indices, operand))
            else:
                gathered.add(place, indices, self.term(operand))
        return gathered

    def _contracted(
        self,
        factors: list[Factor],
        coefficient: Number,
        output: Indices,
        sizes: Mapping[Label, int],
    ) -> Term:
        arrays = [(f.register, f.indices) for f in self._solved(factors, output, sizes)]
        if not arrays:
            return Term(coefficient, None, (), output)
        held = {x for _, indices in arrays for x in indices}
        core, order = self.contract(
            arrays, tuple(x for x in dict.fromkeys(output) if x in held), sizes
        )
        return Term(coefficient, core, order, output)

    def _split(
        self, factor: Factor, splits: Mapping[Label, Indices], sizes: Mapping[Label, int]
    ) -> Factor:
        """View every axis that a fuse joins as the axes that it was joined from."""
        if not splits.keys() & set(factor.indices):
            return factor
        if factor.inverse is not None:
            term = self.term(factor.inverse)
            assert term.core is not None
            factor = Factor(term.core, factor.indices)
        indices = tuple(part for x in factor.indices for part in splits.get(x, (x,)))
        shape = [sizes[x] for x in indices]
        axes = tuple(range(len(factor.indices)))
        spec = (shape, factor.register.dtype)
        return Factor(self.step(Reshape, spec, factor.register, axes), indices)

    def _solved(
        self, factors: list[Factor], output: Indices, sizes: Mapping[Label, int]
    ) -> list[Factor]:
        """Replace inverses by solutions; one that is contracted in a cycle is formed."""
        while any(factor.inverse is not None for factor in factors):
            factors = self._solve_one(factors, output, sizes)
        return factors

    def _solve_one(
        self, factors: list[Factor], output: Indices, sizes: Mapping[Label, int]
    ) -> list[Factor]:
        for place, factor in enumerate(factors):
            if factor.inverse is None or len(set(factor.indices)) != 2:
                continue
            others = factors[:place] + factors[place + 1 :]
            rows, columns = factor.indices
            for kept, summed, transposed in ((rows, columns, False), (columns, rows, True)):
                joined = _connected(others, summed, output)
                held = {x for k in joined for x in others[k].indices}
                ready = all(others[k].inverse is None for k in joined)
                if summed not in output and joined and ready and kept not in held:
                    right = tuple(dict.fromkeys(x for x in output if x in held))
                    parts = [(others[k].register, others[k].indices) for k in joined]
                    solution = self._solution(factor, parts, (summed, *right), sizes, transposed)
                    left = [one for k, one in enumerate(others) if k not in joined]
                    return [*left, Factor(solution, (kept, *right))]
        place = next(k for k, factor in enumerate(factors) if factor.inverse is not None)
        inverse = factors[place].inverse
        assert inverse is not None
        formed = self.term(inverse).core
        assert formed is not None
        return [Factor(formed, f.indices) if k == place else f for k, f in enumerate(factors)]

    def _solution(
        self,
        factor: Factor,
        parts: Sequence[Array],
        labels: Indices,
        sizes: Mapping[Label, int],
        transposed: bool,
    ) -> Register:
        core, order = self.contract(parts, labels, sizes)
        shape = [sizes[x] for x in labels]
        right = self.plain(Term(1, core, order, labels), shape)
        dtype = np.result_type(factor.register.dtype, right.dtype, 1.0)
        return self.step(Solve, (shape, dtype), factor.register, right, transposed)


def is_lazy(node: Expr) -> bool:
    """Tell whether a node is an inverse that is formed on demand only."""
    return isinstance(node, MatrixMap) and node.function.name == "inverse" and len(node.shape) == 2


def _connected(factors: Sequence[Factor], label: Label, output: Indices) -> list[int]:
    """Return the places of the factors that a summed label connects, directly or by others."""
    reached, labels = set[int](), {label}
    while True:
        touched = {k for k, factor in enumerate(factors) if labels & set(factor.indices)}
        new = touched - reached
        if not new:
            return sorted(reached)
        reached |= new
        labels |= {x for k in new for x in factors[k].indices if x not in output}
