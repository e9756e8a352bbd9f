"""Sums in the terms of a sum, multiplied out where what is in them merges with other terms.

`x (x + y) - x y` is `x²`. Third derivatives come so: each factor is derived in its turn, and what
stands in the brackets of one stands beside those of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Einsum, Expr
from einsgrad.expressions.products import as_einsum, factors_of, holds_selector
from einsgrad.simplification.flattening import products_with
from einsgrad.simplification.powers import merge_powers
from einsgrad.simplification.reading_powers import Exponent
from einsgrad.simplification.sums import split_coefficient
from einsgrad.simplification.symmetry import simple_product
from einsgrad.simplification.term_powers import TermPowers

# Sums of more terms are not looked through, and products with longer sums stay.
_MOST_TERMS = 16
_MOST_IN_BRACKET = 4
_MOST_PRODUCTS = 12

_Bases: TypeAlias = "frozenset[tuple[Expr, Exponent]]"


@dataclass(frozen=True, slots=True)
class OpenedSum:
    """A sum of which terms are multiplied out.

    Parameters
    ----------
    whole
        The sum.
    repeated
        How many factors more may be written of it than before: of tensors with three axes or
        more the terms are written out, so that one sees that these are each other's transposes.
    """

    whole: Expr
    repeated: int


@dataclass(frozen=True, slots=True)
class _Bracket:
    """A term of a sum that holds a sum, and the products that it is multiplied out."""

    term: Expr
    products: tuple[Einsum, ...]

    def bases(self) -> list[_Bases]:
        """Return of what each product has powers."""
        return [_bases(product) for product in self.products]

    def cores(self) -> list[Expr]:
        """Return the products in the form that they have as terms, without numbers."""
        simple = [simple_product(merge_powers(one)) for one in self.products]
        return [split_coefficient(one)[1] for one in simple]


def with_brackets_opened(node: Add) -> Iterator[OpenedSum]:
    """Yield a sum with terms multiplied out that merge then: all of them, or each alone.

    In a sum with three axes or more it is enough that they have the factors of other terms.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> [opened] = with_brackets_opened(Add((eg.simplify(x * (x + y)), eg.simplify(-x * y))))
    >>> print(eg.show(eg.simplify(opened.whole)))
    x ⊙ x
    """
    terms = [term for term in node.terms if _may_be_opened(term)]
    if not terms or len(node.terms) > _MOST_TERMS:
        return
    is_tensor = len(node.shape) > 2
    for opened in (_over_one_sum, _over_all_sums) if is_tensor else (_over_only_sum,):
        brackets = [one for term in terms for one in opened(term)]
        alike = _alike(node, brackets)
        found = _merging(node, alike)
        if is_tensor:
            found = [one for one in alike if one in found or _is_turned(node, one)]
        for tried in [found, *([one] for one in found if len(found) > 1)]:
            if tried and (is_tensor or _merging(node, tried)):
                yield _opened(node, tried)


def _may_be_opened(term: Expr) -> bool:
    return isinstance(term, Einsum) and Add in term.kinds and not holds_selector(term)


def _over_only_sum(term: Expr) -> Iterator[_Bracket]:
    """Yield a term that holds one sum: the steps of a loop, sums within sums, would double."""
    if sum([isinstance(one, Add) for one in factors_of(term)]) == 1:
        yield from _over_one_sum(term)


def _over_one_sum(term: Expr) -> Iterator[_Bracket]:
    product = as_einsum(term)
    times = Counter(product.operands)
    for place, one in enumerate(product.operands):
        if times[one] == 1 and (parts := _parts(one)):
            yield _Bracket(term, tuple(products_with(product, place, parts)))


def _over_all_sums(term: Expr) -> Iterator[_Bracket]:
    """Yield a term that holds sums within sums, or several, multiplied out as far as it goes."""
    products, waiting, steps = list[Einsum](), [as_einsum(term)], 0
    while waiting and len(products) + len(waiting) <= _MOST_PRODUCTS:
        product = waiting.pop()
        places = [place for place, one in enumerate(product.operands) if _parts(one)]
        if places:
            waiting += products_with(product, places[0], _parts(product.operands[places[0]]))
            steps += 1
        else:
            products.append(product)
    if steps > 1 and not waiting:
        yield _Bracket(term, tuple(products))


@lru_cache(maxsize=1024)
def _parts(factor: Expr) -> tuple[Expr, ...]:
    """Return what a factor is the sum of, if it is a short one; `A + Aᵀ` is one part."""
    if not isinstance(factor, Add) or len(factor.terms) > _MOST_IN_BRACKET:
        return ()
    groups: dict[object, list[Expr]] = {}
    for term in factor.terms:
        bases = _bases(term)
        groups.setdefault(bases if len(bases) == 1 else term, []).append(term)
    parts = tuple([add_terms(terms, factor.shape) for terms in groups.values()])
    return parts if len(parts) > 1 else ()


@lru_cache(maxsize=1024)
def _bases(term: Expr) -> _Bases:
    """Return of what a term has which powers; numbers, ones and diagonals do not count."""
    found: dict[Expr, Exponent] = {}
    for (base, _), exponent in TermPowers.read(term).powers.items():
        found[base] = found.get(base, 0) + exponent
    return frozenset(found.items())


def _alike(node: Add, brackets: Sequence[_Bracket]) -> list[_Bracket]:
    """Return those of which a product has the same factors as another term, or part of one."""
    sources: dict[_Bases, set[Expr]] = {}
    for term in node.terms if brackets else ():
        sources.setdefault(_bases(term), set()).add(term)
    for one in brackets:
        for bases in one.bases():
            sources.setdefault(bases, set()).add(one.term)
    return [one for one in brackets if any(len(sources[bases]) > 1 for bases in one.bases())]


def _merging(node: Add, brackets: Sequence[_Bracket]) -> list[_Bracket]:
    """Return those of which a product is a multiple of another term, or of part of one."""
    if not brackets:
        return []
    held = {one.term for one in brackets}
    sources = {split_coefficient(term)[1]: {term} for term in node.terms if term not in held}
    parts = [one.cores() for one in brackets]
    for one, cores in zip(brackets, parts, strict=True):
        for core in cores:
            sources.setdefault(core, set()).add(one.term)
    return [
        one
        for one, cores in zip(brackets, parts, strict=True)
        if any(len(sources[core]) > 1 for core in cores)
    ]


def _is_turned(node: Add, bracket: _Bracket) -> bool:
    """Tell whether a term without a sum has the same factors as one product of a bracket."""
    plain = {_bases(term) for term in node.terms if not _may_be_opened(term)}
    return not plain.isdisjoint(bracket.bases())


def _opened(node: Add, brackets: Sequence[_Bracket]) -> OpenedSum:
    """Multiply terms of a sum out, each over the first of the sums in it."""
    first = {one.term: one.products for one in reversed(brackets)}
    terms = [part for term in node.terms for part in first.get(term, (term,))]
    beside = [(len(products) - 1) * (len(factors_of(term)) - 1) for term, products in first.items()]
    return OpenedSum(add_terms(terms, node.shape), sum(beside) if len(node.shape) > 2 else 0)
