"""The factors of a product in index notation: letters, powers, divisors, sum signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.lettering import Lettering, name_labels
from einsgrad.expressions.nodes import Einsum, Expr, Map, Reduce
from einsgrad.expressions.products import contracted, holds_selector, is_ones_vector, opened
from einsgrad.notation.lettered import letters_in
from einsgrad.notation.recognised import divided_by
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class LetteredFactor:
    """A factor of a product, its letters, and how often it stands there."""

    expr: Expr
    letters: Indices
    exponent: int = 1


def spliced(node: Einsum, named: Container[Expr]) -> Einsum:
    """Write the products that stand in a product, and have no name, into it.

    Simplification keeps products of many factors nested. A reader does not: brackets in a
    product say nothing, and its sign and its numbers stand in front. Scalars that stand
    several times stay: they are written as powers.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, B = Variable("A", ("m", "n")), Variable("B", ("n", "m"))
    >>> spliced(A @ (-2 * (B @ A)), {})
    -2 * "mi,ij,jn->mn"(A, B, A)
    """
    while True:
        counts = Counter(node.operands)
        inner = {
            one
            for one in node.operands
            if isinstance(one, Einsum)
            and one not in named
            and not holds_selector(one)
            and (one.shape or counts[one] == 1)
        }
        whole = opened(node, inner.__contains__) if inner else node
        if whole is node or len(whole.operands) == len(node.operands):
            return whole
        node = whole


def free_letters(
    node: Expr, avoid: frozenset[str] = frozenset(), reserved: frozenset[str] = frozenset()
) -> Indices:
    """Choose letters for the axes of an expression, by the names of its dims.

    Parameters
    ----------
    node
        The expression.
    avoid
        Letters that are taken.
    reserved
        Letters that are names of dims.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> free_letters(Variable("A", ("m", "n", "n")))
    ('m', 'n', 'i')
    """
    axes = tuple(range(len(node.shape)))
    product = Product((Factor(axes, 0),), axes)
    dims: dict[Label, Dim] = dict(enumerate(node.shape))
    names = name_labels(product, dims, Lettering(avoid=avoid, reserved=reserved))
    return tuple(names[axis] for axis in axes)


def with_powers(factors: Sequence[tuple[Expr, Indices]], summed: Indices) -> list[LetteredFactor]:
    """Write equal factors as a power, except a pair that is summed: `x_i x_i`."""
    counts = Counter(factors)
    total = Counter(chain.from_iterable(letters_in(indices) for _, indices in factors))
    items = []
    for (expr, indices), number in counts.items():
        letters = letters_in(indices)
        pair = number == 2 and letters and all(x in summed and total[x] == 2 for x in letters)
        if number > 1 and not pair:
            items.append(LetteredFactor(expr, indices, number))
        else:
            items.extend([LetteredFactor(expr, indices)] * number)
    return items


def divisor_of(item: LetteredFactor) -> LetteredFactor | None:
    """Return what a factor divides by."""
    inner = divided_by(item.expr)
    return None if inner is None else LetteredFactor(inner, item.letters, item.exponent)


def shown_axes(terms: Sequence[Expr]) -> frozenset[int]:
    """Return the axes of a sum along which some term has more than a vector of ones.

    There the other terms need none: in `X_id - X_jd` each is taken for every `i` and `j`.
    """
    return frozenset(chain.from_iterable(map(_own_axes, terms)))


def _own_axes(term: Expr) -> Iterator[int]:
    if not isinstance(term, Einsum):
        yield from () if is_ones_vector(term) else range(len(term.shape))
        return
    product, dims = contracted(term), term.dims
    held: set[Label] = set()
    for factor in product.factors:
        expr = factor_expr(factor, term.operands, dims)
        held.update(() if is_ones_vector(expr) else factor.indices)
    yield from (axis for axis, label in enumerate(product.output) if label in held)


def letter_counts(items: Iterable[LetteredFactor]) -> Counter[Label]:
    """Count how often each letter stands in a product."""
    return Counter(chain.from_iterable(letters_in(item.letters) * item.exponent for item in items))


def needs_sum(
    summed: Indices,
    items: Sequence[LetteredFactor],
    named: Container[Expr],
    repeated: Container[Label],
) -> Indices:
    """Return the summed letters for which that is not obvious."""
    counts = letter_counts(items)
    hidden = {
        letter
        for item in items
        if item.exponent > 1 or (isinstance(item.expr, Map | Reduce) and item.expr not in named)
        for letter in letters_in(item.letters)
    }
    return tuple(x for x in summed if counts[x] != 2 or x in hidden or x in repeated)
