"""An expression made ready for reading: products opened, and idioms found.

What is shown has the value of the expression, except that a quotient which is guarded
against a division by 0 shows without its guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from einsgrad import language
from einsgrad.construct import add
from einsgrad.elementwise import reciprocal_or_zero
from einsgrad.expr import Add, Delta, Einsum, Expr, Map, MatrixMap, Reduce
from einsgrad.graph import children, rebuild
from einsgrad.maps import matrix_rules, move_out
from einsgrad.products import contract_deltas, contracted, flatten, fold_constants, unwrap
from einsgrad.sums import MOST_TERMS


def presented(expr: Expr) -> Expr:
    """Rebuild an expression as it is to be read.

    Examples
    --------
    >>> from einsgrad.expr import Variable
    >>> A, B = Variable("A", ("m", "n")), Variable("B", ("n", "m"))
    >>> presented(language.matmul(A, language.matmul(B, A)))
    "mn,ni,ij->mj"(A, B, A)
    """
    return rebuild(expr, _presented_node)


def _presented_node(node: Expr) -> Expr:
    match node:
        case Einsum():
            return unwrap(contract_deltas(flatten(node)))
        case Add(terms=terms):
            return add(list(chain.from_iterable(map(_opened, terms))), node.shape)
        case Map(function=row) if row.name == "where":
            return _without_guard(node)
        case Map():
            moved = move_out(node)
            return node if moved is None else _presented_node(moved)
        case MatrixMap():
            moved = matrix_rules(node)
            return node if moved is None else _presented_node(moved)
        case _:
            return node


def _opened(term: Expr) -> tuple[Expr, ...]:
    """Return the terms of a nested sum, unless it is long."""
    if isinstance(term, Add) and len(term.terms) <= MOST_TERMS:
        return term.terms
    return (term,)


def _without_guard(node: Map) -> Expr:
    """Read `1/x, and 0 where x is 0` as `1/x`."""
    condition = node.operands[0]
    if isinstance(condition, Map) and condition.function.name == "greater":
        base = condition.operands[0]
        if reciprocal_or_zero(language, base) is node:
            return _presented_node(language.reciprocal(base))
    return node


@dataclass(frozen=True, slots=True)
class Softmax:
    """A softmax: its argument and the axis that it acts along."""

    argument: Expr
    axis: int


def as_softmax(node: Expr) -> Softmax | None:
    """Read `exp(x - logsumexp(x))` as a softmax.

    Examples
    --------
    >>> from einsgrad.expr import Variable
    >>> as_softmax(presented(language.softmax(Variable("x", ("n",)))))
    Softmax(argument=x[n], axis=0)
    """
    match node:
        case Map(function=row, operands=(Add(terms=terms) as exponent,)) if row.name == "exp":
            for place, term in enumerate(terms):
                rest = add([*terms[:place], *terms[place + 1 :]], exponent.shape)
                axis = _normalised_axis(term, rest)
                if axis is not None:
                    return Softmax(rest, axis)
    return None


def _normalised_axis(term: Expr, rest: Expr) -> int | None:
    """Return the axis for which a term is `-logsumexp(rest)`, spread over that axis."""
    if not isinstance(term, Einsum):
        return None
    coefficient, product = fold_constants(term)
    shown = contracted(product)
    sources = [f for f in shown.factors if f.source is not None and not _is_ones(product, f.source)]
    if coefficient != -1 or len(sources) != 1:
        return None
    (factor,) = sources
    operand = product.operands[factor.source]  # type: ignore[index]
    match operand:
        case Reduce(function=row, operand=inner, axes=(axis,)) if row.name == "logsumexp":
            kept = tuple(x for place, x in enumerate(shown.output) if place != axis)
            return axis if inner is rest and factor.indices == kept else None
        case _:
            return None


def _is_ones(node: Einsum, place: int) -> bool:
    operand = node.operands[place]
    return isinstance(operand, Delta) and operand.order == 1


def shown_children(node: Expr) -> tuple[Expr, ...]:
    """Return the parts of a node that are written out when it is."""
    softmax = as_softmax(node)
    return children(node) if softmax is None else (softmax.argument,)
