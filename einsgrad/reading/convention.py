"""The summation convention, which contracts products of indexed factors.

Within a product a label that stands twice is summed, unless it is kept: by the stated
output, or by an explicit sum around the product. A label that stands once is free.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from einsgrad.errors import ShapeError, clip
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import permute
from einsgrad.reading.dims import DeltaDims
from einsgrad.reading.indexed import IndexedFactor, IndexedProduct
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.source import ReadText
from einsgrad.strings.subscripts import Subscripts

Labels = frozenset[str]


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

    source: ReadText
    names: DeclaredNames
    dims: DeltaDims

    def close(self, product: IndexedProduct, kept: Labels) -> IndexedFactor:
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
        places = product.places
        self._require_pairs(places, kept)
        free = tuple(x for x, found in places.items() if len(found) == 1 or x in kept)
        operands = self._operands(product)
        inputs = tuple(factor.labels for factor in product.factors)
        expr: Expr = build_einsum(Subscripts(inputs, free), operands)
        if inputs == (free,):
            expr = operands[0]
        return IndexedFactor(expr, free, tuple(places[label][0] for label in free))

    def _require_pairs(self, places: Mapping[str, Sequence[ast.expr]], kept: Labels) -> None:
        for label, found in places.items():
            if len(found) > 2 and label not in kept:
                raise self.source.error(
                    f"the index {clip(label)} stands {len(found)} times in a product",
                    found[2],
                    f"Write sum[{label}](...) around the product to sum over it, or state the "
                    f"output to keep it: 'y[{label}] = ...'.",
                )

    def _operands(self, product: IndexedProduct) -> list[Expr]:
        """Return the factors as expressions; deltas take their dims from the others."""
        self._require_one_dim(product)
        lists = [factor.labels for factor in product.factors]
        shapes = [None if f.expr is None else f.expr.shape for f in product.factors]
        dims = DeltaDims.of(lists, shapes, self.dims.dims)
        return [
            self._delta(factor, dims) if factor.expr is None else factor.expr
            for factor in product.factors
        ]

    def _require_one_dim(self, product: IndexedProduct) -> None:
        dims: dict[str, Dim] = {}
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

    def _delta(self, factor: IndexedFactor, dims: DeltaDims) -> Delta:
        found = [dims.named(label, self.names) for label in factor.labels]
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

    def aligned(self, factors: Sequence[IndexedFactor], kept: Labels) -> tuple[IndexedFactor, ...]:
        """Bring the terms of a sum to the same labels, in order of appearance.

        A term is spread over a label that it lacks where that is meant: the label is one of
        the output or of a sum around, or the terms differ in labels alone, as in
        `X[i,d] - X[j,d]`.

        Raises
        ------
        ArgumentError
            If their free indices differ otherwise.
        """
        first = factors[0]
        dims: dict[str, Dim] = {}
        for factor in factors:
            for label, dim in zip(factor.labels, factor.tensor.shape, strict=True):
                dims.setdefault(label, dim)
            alike = sorted(map(str, factor.tensor.shape)) == sorted(map(str, first.tensor.shape))
            differing = set(factor.labels) ^ set(first.labels)
            if differing and not alike and not differing <= kept:
                raise self._unequal(first, factor)
        places = [place for factor in factors for place in factor.places]
        return tuple(self._spread(factor, dims, places[:1]) for factor in factors)

    def _spread(
        self, factor: IndexedFactor, dims: Mapping[str, Dim], places: Sequence[ast.expr]
    ) -> IndexedFactor:
        """Repeat a term over labels that it lacks, and put all into one order."""
        missing = [label for label in dims if label not in factor.labels]
        if not missing:
            return self.ordered(factor, tuple(dims))
        lists = (factor.labels, *((label,) for label in missing))
        ones = (Delta(dims[label], 1) for label in missing)
        expr = build_einsum(Subscripts(lists, tuple(dims)), (factor.tensor, *ones))
        known = dict(zip(factor.labels, factor.places, strict=True))
        place = (*factor.places, *places)[0]
        return IndexedFactor(expr, tuple(dims), tuple(known.get(x, place) for x in dims))

    def ordered(self, factor: IndexedFactor, labels: Sequence[str]) -> IndexedFactor:
        """Permute the axes of a closed product."""
        order = [factor.labels.index(label) for label in labels]
        return IndexedFactor(
            permute(factor.tensor, order),
            tuple(labels),
            tuple(factor.places[axis] for axis in order),
        )

    def _unequal(self, first: IndexedFactor, other: IndexedFactor) -> Exception:
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

    def order_like(self, factor: IndexedFactor, shape: Shape) -> tuple[str, ...] | None:
        """Order free labels like the dims of a shape; None if they have others.

        Raises
        ------
        ArgumentError
            If two labels have one dim, so that their order must be stated.
        """
        dims = factor.tensor.shape
        if set(dims) != set(shape) or len(dims) != len(shape):
            return None
        if len(set(dims)) < len(dims):
            raise self.source.error(
                f"the order of the axes {', '.join(factor.labels)} is not stated",
                None,
                f"State it on the left side: 'D[{','.join(sorted(factor.labels))}] = ...'.",
            )
        return tuple(factor.labels[dims.index(dim)] for dim in shape)

    def finished(self, factor: IndexedFactor, output: Sequence[str] | None) -> Expr:
        """Put the free indices of the whole into the order of the output.

        Raises
        ------
        ArgumentError
            If they are others.
        """
        if output is None:
            return factor.tensor
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
        return self.ordered(factor, output).tensor


def listed(labels: Sequence[str]) -> str:
    """Write labels for a message."""
    return ", ".join(labels) if labels else "none"
