"""The names that the nodes of a formula bring to it, which its indices keep apart from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.nodes import Expr, Pick, Variable
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.expressions.walks import topological


@dataclass(frozen=True, slots=True)
class FormulaNames:
    """The names that nodes bring to a formula.

    Parameters
    ----------
    variables, dims
        The names of variables, and those of their sizes.
    sizes, shifted
        The dims that are written as numbers, and those that indices are shifted in or compared.
    selects, has_sized_ones
        Whether there are selectors, and ones whose number of entries no letter tells: `1_i`.
    """

    variables: frozenset[str]
    dims: frozenset[str]
    sizes: frozenset[Dim]
    shifted: frozenset[Dim]
    selects: bool
    has_sized_ones: bool

    @classmethod
    def of(cls, nodes: Sequence[Expr]) -> FormulaNames:
        """Read nodes."""
        variables = [node for node in nodes if isinstance(node, Variable)]
        deltas = [node for node in nodes if isinstance(node, Delta)]
        targets = [node.target for node in nodes if isinstance(node, Affine)]
        rows = [node.rows for node in nodes if isinstance(node, Step)]
        return cls(
            frozenset([node.name for node in variables]),
            frozenset(names_in([dim for node in variables for dim in node.shape])),
            frozenset([node.dim for node in deltas if not node.order]),
            frozenset([*targets, *rows]),
            any(isinstance(node, (Affine, Step, Pick)) for node in nodes),
            any(node.order == 1 and isinstance(node.dim, int) for node in deltas),
        )

    def joined(self, other: FormulaNames) -> FormulaNames:
        """Return what both bring."""
        return FormulaNames(
            self.variables | other.variables,
            self.dims | other.dims,
            self.sizes | other.sizes,
            self.shifted | other.shifted,
            self.selects or other.selects,
            self.has_sized_ones or other.has_sized_ones,
        )


@lru_cache(maxsize=16)
def names_of_parts(parts: tuple[Expr, ...]) -> FormulaNames:
    """Return the names that named parts bring; each definition of a formula asks for them.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ("m",))
    >>> sorted(names_of_parts((x, y)).variables)
    ['x', 'y']
    """
    return FormulaNames.of(topological(*parts))
