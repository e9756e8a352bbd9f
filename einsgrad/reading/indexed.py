"""Products of indexed factors: nothing in them is summed before they are complete."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from einsgrad.expressions.nodes import Constant, Expr


@dataclass(frozen=True, slots=True)
class IndexedFactor:
    """An expression with a label for each axis, and where the labels stand in the text.

    Parameters
    ----------
    expr
        The expression; None for a Kronecker delta, whose dim other factors tell.
    labels
        A label for each axis.
    places
        The node of the text that each label comes from.
    is_condition
        Whether it is a bracket, which does not count where labels that stand twice are summed.
    """

    expr: Expr | None
    labels: tuple[str, ...]
    places: tuple[ast.expr, ...]
    is_condition: bool = False

    @property
    def tensor(self) -> Expr:
        """The expression of a factor that is no delta, as a closed product is."""
        assert self.expr is not None
        return self.expr


@dataclass(frozen=True, slots=True)
class IndexedProduct:
    """A product that may still grow: nothing is summed before it is complete."""

    factors: tuple[IndexedFactor, ...]

    @property
    def has_labels(self) -> bool:
        """Whether any factor has a label, summed or not."""
        return any(factor.labels for factor in self.factors)

    @property
    def places(self) -> dict[str, list[ast.expr]]:
        """The nodes of the text that each label comes from, those that count."""
        found: dict[str, list[ast.expr]] = {}
        for factor in sorted(self.factors, key=lambda one: one.is_condition):
            for label, place in zip(factor.labels, factor.places, strict=True):
                if not factor.is_condition or label not in found:
                    found.setdefault(label, []).append(place)
        return found

    @property
    def is_closed(self) -> bool:
        """Whether it is one expression whose labels differ."""
        if len(self.factors) > 1 or self.factors[0].expr is None:
            return False
        return len(set(self.factors[0].labels)) == len(self.factors[0].labels)


def times(left: IndexedProduct, right: IndexedProduct) -> IndexedProduct:
    """Multiply two products that are not complete yet."""
    return IndexedProduct((*left.factors, *right.factors))


def scalar(expr: Expr) -> IndexedProduct:
    """Return an expression without axes as a product."""
    return IndexedProduct((IndexedFactor(expr, (), ()),))


def negated(product: IndexedProduct) -> IndexedProduct:
    """Return a product with the factor -1."""
    return times(scalar(Constant(-1)), product)


def mapped(factor: IndexedFactor, expr: Expr) -> IndexedProduct:
    """Return a product of a new expression with a closed product's labels."""
    return IndexedProduct((replace(factor, expr=expr),))
