"""Products of indexed factors, and the summation convention that contracts them.

Within a product a label that stands twice is summed, unless it is kept: by the stated
output, or by an explicit sum around the product. A label that stands once is free.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.construct import einsum as build_einsum
from einsgrad.expressions.nodes import Constant, Delta, Dim, Expr, Shape
from einsgrad.expressions.shaping import permute
from einsgrad.reading.dims import spread_dims
from einsgrad.reading.names import Names
from einsgrad.reading.source import Source
from einsgrad.strings.subscripts import Label, Subscripts

Labels = frozenset[str]


@dataclass(frozen=True, slots=True)
class Factor:
    """An expression with a label for each axis, and where the labels stand in the text.

    Parameters
    ----------
    expr
        The expression; None for a Kronecker delta, whose dim other factors tell.
    labels
        A label for each axis.
    places
        The node of the text that each label comes from.
    """

    expr: Expr | None
    labels: tuple[str, ...]
    places: tuple[ast.expr, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product that may still grow: nothing is summed before it is complete."""

    factors: tuple[Factor, ...]

    @property
    def has_labels(self) -> bool:
        """Whether any factor has a label, summed or not."""
        return any(factor.labels for factor in self.factors)

    @property
    def is_closed(self) -> bool:
        """Whether it is one expression whose labels differ."""
        if len(self.factors) > 1 or self.factors[0].expr is None:
            return False
        return len(set(self.factors[0].labels)) == len(self.factors[0].labels)


@dataclass(frozen=True)
class Convention:
    """The summation convention for one text.

    Parameters
    ----------
    source
        The text, for errors.
    names
        The variables.
    dims
        The dims of labels, where all factors of the text agree on one.
    """

    source: Source
    names: Names
    dims: Mapping[str, Dim]

    def close(self, product: Product, kept: Labels) -> Factor:
        """Contract a complete product: what stands twice and is not kept is summed.

        Raises
        ------
        ArgumentError
            If a label that is not kept stands three times.
        ShapeError
            If a label has two dims.
        """
        if product.is_closed:
            return product.factors[0]
        counts = Counter(chain.from_iterable(factor.labels for factor in product.factors))
        places = self._places(product)
        for label, count in counts.items():
            if count > 2 and label not in kept:
                raise self.source.error(
                    f"the index {clip(label)} stands {count} times in a product",
                    places[label][2],
                    f"Write sum[{label}](...) around the product to sum over it, or state the "
                    f"output to keep it: 'y[{label}] = ...'.",
                )
        free = tuple(x for x, count in counts.items() if count == 1 or x in kept)
        dims = self._dims(product)
        operands = [self._operand(factor, dims) for factor in product.factors]
        inputs = tuple(tuple(factor.labels) for factor in product.factors)
        expr: Expr = build_einsum(Subscripts(inputs, free), operands)
        if inputs == (free,):
            expr = operands[0]
        return Factor(expr, free, tuple(places[label][0] for label in free))

    def _places(self, product: Product) -> dict[str, list[ast.expr]]:
        places: dict[str, list[ast.expr]] = {}
        for factor in product.factors:
            for label, place in zip(factor.labels, factor.places, strict=True):
                places.setdefault(label, []).append(place)
        return places

    def _dims(self, product: Product) -> dict[Label, Dim]:
        """Find the dim of every label of a product; deltas take theirs from other factors."""
        dims: dict[Label, Dim] = {}
        for factor in product.factors:
            shape = factor.expr.shape if factor.expr is not None else ()
            for label, dim, place in zip(factor.labels, shape, factor.places, strict=False):
                if dims.setdefault(label, dim) != dim:
                    raise self.source.error(
                        f"the index {clip(label)} has dim {dim} here and {dims[label]} before",
                        place,
                        "An index runs over one dim.",
                        ShapeError,
                    )
        deltas = [factor.labels for factor in product.factors if factor.expr is None]
        spread_dims(dims, deltas)
        for label in chain.from_iterable(deltas):
            if label not in dims and label in self.dims:
                dims[label] = self.dims[label]
        spread_dims(dims, deltas)
        return dims

    def _operand(self, factor: Factor, dims: Mapping[Label, Dim]) -> Expr:
        if factor.expr is not None:
            return factor.expr
        found = [
            dims[label] if label in dims else self.names.dim_like(label) for label in factor.labels
        ]
        known = [dim for dim in found if dim is not None]
        if not known:
            raise self.source.error(
                f"the dim of the index {clip(factor.labels[0])} cannot be told",
                factor.places[0],
                "Use the index with a variable as well, or name it like a declared dim.",
            )
        for dim, place in zip(found, factor.places, strict=True):
            if dim not in (known[0], None):
                raise self.source.error(
                    f"a delta joins the dims {known[0]} and {dim}",
                    place,
                    "The indices of a delta run over one dim.",
                    ShapeError,
                )
        return Delta(known[0], len(factor.labels))

    def aligned(self, factors: Sequence[Factor]) -> tuple[Factor, ...]:
        """Bring the terms of a sum to the order of axes of the first.

        Raises
        ------
        ArgumentError
            If their free indices differ.
        """
        first = factors[0]
        result = [first]
        for factor in factors[1:]:
            if set(factor.labels) != set(first.labels):
                raise self._unequal(first, factor)
            result.append(self.ordered(factor, first.labels))
        return tuple(result)

    def ordered(self, factor: Factor, labels: Sequence[str]) -> Factor:
        """Permute the axes of a closed product."""
        assert factor.expr is not None
        order = [factor.labels.index(label) for label in labels]
        return Factor(
            permute(factor.expr, order), tuple(labels), tuple(factor.places[axis] for axis in order)
        )

    def _unequal(self, first: Factor, other: Factor) -> Exception:
        extra, holder = next(
            ((label, one) for one, rest in ((other, first), (first, other))
             for label in one.labels if label not in rest.labels)
        )  # fmt: skip
        return self.source.error(
            f"the free indices differ: one term has {listed(first.labels)}, "
            f"the other {listed(other.labels)}",
            holder.places[holder.labels.index(extra)],
            f"Sum over {clip(extra)} with sum[{extra}](...), give the other term the factor "
            f"delta[{extra}], or state the output: 'y[{extra}] = ...'.",
        )

    def order_like(self, factor: Factor, shape: Shape) -> tuple[str, ...] | None:
        """Order free labels like the dims of a shape; None if they have others.

        Raises
        ------
        ArgumentError
            If two labels have one dim, so that their order must be stated.
        """
        assert factor.expr is not None
        dims = factor.expr.shape
        if set(dims) != set(shape) or len(dims) != len(shape):
            return None
        if len(set(dims)) < len(dims):
            raise self.source.error(
                f"the order of the axes {', '.join(factor.labels)} is not stated",
                None,
                f"State it on the left side: 'D[{','.join(sorted(factor.labels))}] = ...'.",
            )
        return tuple(factor.labels[dims.index(dim)] for dim in shape)

    def finished(self, factor: Factor, output: Sequence[str] | None) -> Expr:
        """Put the free indices of the whole into the order of the output.

        Raises
        ------
        ArgumentError
            If they are others.
        """
        assert factor.expr is not None
        if output is None:
            return factor.expr
        for label, place in zip(factor.labels, factor.places, strict=True):
            if label not in output:
                raise self.source.error(
                    f"the index {clip(label)} stands once and is not in the output",
                    place,
                    f"Sum over it with sum[{label}](...), or write it into the output.",
                )
        for label in output:
            if label not in factor.labels:
                raise self.source.error(
                    f"the index {clip(label)} of the output stands in no factor",
                    None,
                    f"Write it into a factor, or multiply by delta[{label}] to spread over it.",
                )
        return self.ordered(factor, output).expr  # type: ignore[return-value]


def times(left: Product, right: Product) -> Product:
    """Multiply two products that are not complete yet."""
    return Product((*left.factors, *right.factors))


def scalar(expr: Expr) -> Product:
    """Return an expression without axes as a product."""
    return Product((Factor(expr, (), ()),))


def negated(product: Product) -> Product:
    """Return a product with the factor -1."""
    return times(scalar(Constant(-1)), product)


def mapped(factor: Factor, expr: Expr) -> Product:
    """Return a product of a new expression with a closed product's labels."""
    return Product((replace(factor, expr=expr),))


def listed(labels: Sequence[str]) -> str:
    """Write labels for a message."""
    return ", ".join(labels) if labels else "none"


def label_of(node: ast.expr, source: Source) -> str:
    """Read an index.

    Raises
    ------
    ArgumentError
        If it is no name.
    """
    if not isinstance(node, ast.Name):
        raise source.error(
            "an index is a letter or a name",
            node,
            "Slices and numbers are not supported: contract with a matrix that selects.",
            ArgumentError,
        )
    return node.id
