"""What the operands of an einsum consist of: registers, selectors, and labels that are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from einsgrad.engine.programs.affine_axes import AffineAxis
from einsgrad.engine.programs.elimination import Elimination, equation_of
from einsgrad.engine.programs.selector_products import Waiting
from einsgrad.engine.programs.solving import HeldFactor
from einsgrad.engine.programs.steps import Held, Term
from einsgrad.expressions.nodes import Number
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label


@dataclass(slots=True)
class Gathered:
    """What the operands of an einsum consist of.

    Parameters
    ----------
    joins
        Which labels are one.
    factors
        The registers, and the inverses that are not formed.
    selectors
        The steps, the transforms and the look-ups.
    equations
        Labels, and the affine forms of others that they are.
    coefficient
        The product of the coefficients.
    """

    joins: Joins[Label] = field(default_factory=Joins)
    factors: list[HeldFactor] = field(default_factory=list)
    selectors: list[Waiting] = field(default_factory=list)
    equations: list[tuple[Label, AffineAxis]] = field(default_factory=list)
    coefficient: Number = 1

    def add(self, place: int, indices: Indices, term: Term) -> None:
        """Add an operand: its number, its register, and what its pattern says of the labels."""
        self.coefficient = self.coefficient * term.coefficient
        for label, own in zip(indices, term.classes, strict=True):
            if isinstance(own, AffineAxis):
                self.equations.append((label, own.renamed(lambda x: (place, x))))
            else:
                self.joins.join(label, (place, own))
        if term.core is not None:
            held = tuple((place, own) for own in term.held)
            self.factors.append(Held(term.core, held))

    @property
    def equated(self) -> Indices:
        """The joined labels of all affine forms."""
        find = self.joins.find
        return tuple(find(x) for label, axis in self.equations for x in (label, *axis.labels))

    def equated_sizes(self) -> dict[Label, int]:
        """Return the sizes of the labels in affine forms."""
        pairs = [
            pair for _, axis in self.equations for pair in zip(axis.labels, axis.sizes, strict=True)
        ]
        return {self.joins.find(label): size for label, size in pairs}

    def eliminated(
        self, factors: Sequence[HeldFactor], sizes: Mapping[Label, int], output: Indices
    ) -> Elimination | None:
        """Solve the equations between labels; None if there are none."""
        if not self.equations:
            return None
        find = self.joins.find
        named = [(find(label), axis.renamed(find)) for label, axis in self.equations]
        held = {x for factor in factors for x in factor.indices}
        system = Elimination(dict(sizes), held, output)
        system.solve([(label, equation_of(label, axis)) for label, axis in named])
        return system
