"""An expression as a sum of monomials: a number, factors with labels, and the output's labels.

Deltas are dissolved into equal labels, so that a mistake with an index is a change of
labels, whether the index stood at a factor, at a delta or in the output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from einsgrad.engine.rewriting.matrix_powers import open_powers
from einsgrad.expressions.construct import build_einsum, factor_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Number
from einsgrad.expressions.products import contracted, fold_constants, holds_selector, opened
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# Up to so many terms a sum is multiplied out to look for mistakes in them.
_MOST_TERMS = 40


@dataclass(frozen=True)
class MonomialFactor:
    """An expression with a label for each axis."""

    expr: Expr
    labels: Indices


@dataclass(frozen=True)
class Monomial:
    """A number times factors, summed over every label that the output lacks.

    Parameters
    ----------
    coefficient
        The number.
    factors
        The factors, without deltas.
    output
        The labels of the axes. Where one repeats there is a delta; where no factor has
        it, the monomial is the same along the axis.
    dims
        The dim of every label.
    """

    coefficient: Number
    factors: tuple[MonomialFactor, ...]
    output: Indices
    dims: Mapping[Label, Dim] = field(hash=False)

    @property
    def labels(self) -> Indices:
        """All labels, the output's first."""
        held = chain.from_iterable(factor.labels for factor in self.factors)
        return tuple(dict.fromkeys((*self.output, *held)))

    @property
    def summed(self) -> Indices:
        """The labels that the output lacks."""
        return tuple(label for label in self.labels if label not in self.output)

    def expr(self) -> Expr:
        """Return the monomial as an expression."""
        held = set(chain.from_iterable(factor.labels for factor in self.factors))
        spread = [label for label in dict.fromkeys(self.output) if label not in held]
        lists = [(), *(factor.labels for factor in self.factors), *((x,) for x in spread)]
        operands = [
            Constant(self.coefficient),
            *(factor.expr for factor in self.factors),
            *(Delta(self.dims[x], 1) for x in spread),
        ]
        return build_einsum(Subscripts(tuple(lists), self.output), operands)


def monomials(expr: Expr, *, expanded: bool) -> tuple[Monomial, ...]:
    """Write an expression as monomials.

    Parameters
    ----------
    expr
        The expression, simplified.
    expanded
        Whether products are multiplied out over sums.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, x, b = Variable("A", ("m", "n")), Variable("x", ("n",)), Variable("b", ("m",))
    >>> len(monomials((A @ x - b) * b, expanded=True))
    2
    """
    # A person multiplies the factors of a power, and mistakes are made with one of them.
    (opened_,) = open_powers([expr])
    return tuple(_monomial(term) for term in _terms(opened_, expanded=expanded))


def _terms(expr: Expr, *, expanded: bool) -> Iterator[Expr]:
    stack = [expr]
    count = 0
    while stack:
        term = stack.pop()
        if isinstance(term, Einsum) and not holds_selector(term):
            term = opened(term)
        place = _sum_among(term) if expanded and count + len(stack) < _MOST_TERMS else None
        if isinstance(term, Add):
            stack.extend(reversed(term.terms))
        elif place is not None and isinstance(term, Einsum):
            inner = term.operands[place]
            assert isinstance(inner, Add)
            for one in reversed(inner.terms):
                operands = (*term.operands[:place], one, *term.operands[place + 1 :])
                stack.append(Einsum(term.subscripts, operands))
        else:
            count += 1
            yield term


def _sum_among(term: Expr) -> int | None:
    """Return the place of a sum among the factors of a product."""
    operands = term.operands if isinstance(term, Einsum) else ()
    return next((place for place, one in enumerate(operands) if isinstance(one, Add)), None)


def _monomial(term: Expr) -> Monomial:
    if not isinstance(term, Einsum):
        axes: Indices = tuple(range(len(term.shape)))
        return Monomial(
            1, (MonomialFactor(term, axes),), axes, dict(zip(axes, term.shape, strict=True))
        )
    coefficient, rest = fold_constants(term)
    dims = label_dims(rest.subscripts, rest.operands)
    product = contracted(rest)
    same: dict[Label, Label] = {}
    factors = []
    for factor in product.factors:
        expr = factor_expr(factor, rest.operands, dims)
        if isinstance(expr, Delta) and expr.order:
            same |= dict.fromkeys(factor.indices, same.get(factor.indices[0], factor.indices[0]))
        else:
            factors.append(MonomialFactor(expr, factor.indices))
    return Monomial(
        coefficient,
        tuple(MonomialFactor(f.expr, tuple(same.get(x, x) for x in f.labels)) for f in factors),
        tuple(same.get(x, x) for x in product.output),
        dims,
    )
