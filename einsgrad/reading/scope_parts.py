"""What stands in the parts of a text: letters, indices, and what keeps them within axes."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.index_forms import IndexForm
from einsgrad.reading.names import DELTA_NAMES

_MADE_OF = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Tuple, ast.List, ast.Call, ast.Attribute)


@dataclass
class ScopePart:
    """What stands in a part of a text.

    Parameters
    ----------
    counts
        How often each letter stands in a product that may still grow.
    holders
        The nodes that have each letter that is not summed yet.
    factors
        The indexed factors of the product itself.
    inside
        All indexed nodes in it.
    conditions
        The brackets of the product.
    """

    counts: Counter[str] = field(default_factory=Counter)
    holders: dict[str, list[ast.AST]] = field(default_factory=dict)
    factors: list[ast.AST] = field(default_factory=list)
    inside: list[ast.AST] = field(default_factory=list)
    conditions: list[ast.AST] = field(default_factory=list)

    def put(self, other: ScopePart) -> None:
        """Add another part as a further factor, or term."""
        self.counts += other.counts
        for letter, nodes in other.holders.items():
            self.holders.setdefault(letter, []).extend(nodes)
        self.factors += other.factors
        self.inside += other.inside
        self.conditions += other.conditions


@dataclass(frozen=True, slots=True)
class StatedIndex:
    """An index of an axis.

    Parameters
    ----------
    node
        The node whose letters it has.
    form, dim
        The index, and the dim of the axis.
    is_factor
        Whether a product is 0 where the index leaves the axis; an index of indices is none.
    """

    node: ast.AST
    form: IndexForm
    dim: Dim
    is_factor: bool = True


def is_bound_of(end: IndexForm, letter: str) -> bool:
    """Tell whether a form that is not below 0 bounds one letter."""
    return end.terms == ((letter, -1),)


def size_below(end: IndexForm) -> Dim:
    """Return how far a letter runs that such a form bounds."""
    return linear((1, end.offset), (1, 1))


def is_delta(node: ast.Subscript) -> bool:
    """Tell whether brackets follow a delta."""
    return isinstance(node.value, ast.Name) and node.value.id in DELTA_NAMES


def ends_of(stated: StatedIndex) -> tuple[IndexForm, IndexForm]:
    """Return the forms that are not below 0 where an index is within its axis."""
    last = IndexForm((), linear((1, stated.dim), (-1, 1)))
    return stated.form, last.plus(-1, stated.form)


def implies(one: IndexForm, other: IndexForm) -> bool:
    """Tell whether a form is not below 0 wherever another is not."""
    rest = other.plus(-1, one)
    return not rest.terms and bool(is_at_least(rest.offset, 0))


def parts_below(node: ast.expr) -> list[ast.expr]:
    """Return the parts that a node is made of, without names of functions."""
    if isinstance(node, ast.Call):
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return [*receiver, *node.args, *(one.value for one in node.keywords)]
    if isinstance(node, _MADE_OF):
        return [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
    return []
