"""Sums within the terms of a sum, of which a part is a multiple of another term or its part.

`x (x + y) - x y` is `x²`. Such parts are joined in one of the brackets, and none is opened for
that: what stands together there may cancel, as in `x (y - z + u) + x u`. Only tensors of three axes
or more are written out, where the transposes of one product stand side by side then. Third
derivatives are sums like these: each factor is derived in its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from einsgrad.expressions.construct import add_terms, scale
from einsgrad.expressions.idioms import innermost_base
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, MatrixMap, Number, Reduce
from einsgrad.expressions.products import as_einsum, factors_of, holds_selector, is_moderate, tidy
from einsgrad.expressions.tables.reductions import NORM
from einsgrad.simplification.extent import extent_with_names
from einsgrad.simplification.flattening import products_with, stands_once
from einsgrad.simplification.matrix_powers import base_and_exponent, join_matrix_powers
from einsgrad.simplification.powers import merge_powers
from einsgrad.simplification.reading_powers import Exponent
from einsgrad.simplification.sums import collect, split_coefficient, with_coefficient
from einsgrad.simplification.symmetry import simple_product
from einsgrad.simplification.term_powers import TermPowers

# Sums of more terms are not looked through, and products with longer sums stay.
_MOST_TERMS = 16
_MOST_PARTS = 4
_MOST_PRODUCTS = 12
_MOST_FACTORS = 100

_Bases: TypeAlias = "frozenset[tuple[Expr, Exponent]]"


@dataclass(frozen=True, slots=True)
class _Bracket:
    """A sum in a term of a sum.

    Parameters
    ----------
    place
        Which of the terms.
    factor
        Which of its operands the sum is.
    parts
        What it is the sum of.
    products
        The term with each part in the place of the sum.
    """

    place: int
    factor: int
    parts: tuple[Expr, ...]
    products: tuple[Einsum, ...]


class _Source(NamedTuple):
    """A term, or the part of a bracket, that is a number times some product."""

    number: Number
    place: int
    bracket: _Bracket | None
    part: int


def with_parts_joined(node: Add) -> Expr | None:
    """Join multiples of one product that stand in a sum and in its brackets, if that is shorter.

    In a sum of tensors brackets are opened for parts that are other terms with axes exchanged.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> joined = with_parts_joined(Add((eg.simplify(x * (x + y)), eg.simplify(-x * y))))
    >>> print(eg.show(eg.simplify(joined)))
    x ⊙ x
    """
    brackets = list(_brackets(node)) if len(node.terms) <= _MOST_TERMS else []
    size = extent_with_names(node) if brackets else (0, 0)
    if not brackets or size[1] > _MOST_FACTORS:
        return None
    alike = _alike(node, brackets)
    if len(node.shape) > 2:
        for found in (alike, _alike(node, list(_opened_further(brackets)))):
            opened = _with_opened(node, found, size)
            if opened is not None:
                return opened
    # The steps of a loop, sums within sums, stay what they are, since other sums hold them, too.
    joined = _joined(node, [one for one in alike if not any(map(_holds_sum, one.parts))])
    if joined is None:
        return None
    terms, factors = extent_with_names(joined)
    is_shorter = (terms, factors) != size and terms <= size[0] and factors <= size[1]
    return joined if is_shorter else None


def _with_opened(node: Add, brackets: Sequence[_Bracket], size: tuple[int, int]) -> Expr | None:
    """Multiply terms out, all or else one, if no more terms are left of them."""
    for opened in [brackets, *([one] for one in brackets if len(brackets) > 1)]:
        if opened:
            whole, repeated = _opened(node, opened)
            terms, factors = extent_with_names(whole)
            if terms <= size[0] and factors <= size[1] + repeated:
                return whole
    return None


def _brackets(node: Add) -> Iterator[_Bracket]:
    for place, term in enumerate(node.terms):
        if not _holds_sum(term) or holds_selector(as_einsum(term)):
            continue
        for factor, one in enumerate(factors_of(term)):
            if (parts := _parts(one)) and stands_once(one, as_einsum(term)):
                products = tuple(products_with(as_einsum(term), factor, parts))
                yield _Bracket(place, factor, parts, products)


def _holds_sum(term: Expr) -> bool:
    return isinstance(term, Einsum) and Add in term.kinds


def _opened_further(brackets: Sequence[_Bracket]) -> Iterator[_Bracket]:
    """Yield the first bracket of each term that holds more, with all of them multiplied out."""
    for bracket in {one.place: one for one in reversed(brackets)}.values():
        products, waiting = list[Einsum](), list(bracket.products)
        while waiting and len(products) + len(waiting) <= _MOST_PRODUCTS:
            inner = waiting.pop()
            place = next((p for p, one in enumerate(inner.operands) if _parts(one)), None)
            if place is None:
                products.append(inner)
            else:
                waiting += products_with(inner, place, _parts(inner.operands[place]))
        if not waiting and len(products) > len(bracket.products):
            yield replace(bracket, products=tuple(products))


@lru_cache(maxsize=1024)
def _parts(factor: Expr) -> tuple[Expr, ...]:
    """Return what a factor is the sum of, if it is a short one; `A + Aᵀ` is one part."""
    if not isinstance(factor, Add) or len(factor.terms) > 2 * _MOST_PARTS:
        return ()
    groups: dict[object, list[Expr]] = {}
    for term in factor.terms:
        bases = _bases(term)
        groups.setdefault(bases if len(bases) == 1 else term, []).append(term)
    parts = tuple([add_terms(terms, factor.shape) for terms in groups.values()])
    return parts if 1 < len(parts) <= _MOST_PARTS else ()


@lru_cache(maxsize=4096)
def _bases(term: Expr) -> _Bases:
    """Return of what a term has which powers; numbers, ones and diagonals do not count."""
    found: dict[Expr, Exponent] = {}
    for (base, _), exponent in TermPowers.read(term).powers.items():
        _count(base, exponent, found)
    return frozenset(found.items())


def _count(base: Expr, exponent: Exponent, found: dict[Expr, Exponent]) -> None:
    """Count a power, that of a product or of its length as those of its factors."""
    match base:
        case Einsum(operands=operands):
            inner = operands
        case Reduce(function=row, operand=operand) if row is NORM:
            inner = factors_of(operand)
        case MatrixMap():
            matrix, own = base_and_exponent(base)
            found[matrix] = found.get(matrix, 0) + own * exponent
            return
        case _:
            found[base] = found.get(base, 0) + exponent
            return
    for one in inner:
        if innermost_base(one) is one and not isinstance(one, Constant):
            _count(one, exponent, found)


def _alike(node: Add, brackets: Sequence[_Bracket]) -> list[_Bracket]:
    """Return those of which a product has the same factors as another term, or part of one."""
    sources: dict[_Bases, set[int]] = {}
    for place, term in enumerate(node.terms) if brackets else ():
        sources.setdefault(_bases(term), set()).add(place)
    for one in brackets:
        for product in one.products:
            sources.setdefault(_bases(product), set()).add(one.place)
    return [
        one
        for one in brackets
        if any(len(sources[_bases(product)]) > 1 for product in one.products)
    ]


def _joined(node: Add, brackets: Sequence[_Bracket]) -> Expr | None:
    """Join what is a multiple of one product in the first bracket that has it."""
    numbers: dict[tuple[int, int], list[Number]] = {}
    chosen: dict[int, _Bracket | None] = {}
    apart: list[Expr] = []
    for core, sources in _sources(node, brackets).items():
        free = [one for one in sources if chosen.get(one.place, one.bracket) is one.bracket]
        if len({one.place for one in free}) < 2:
            continue
        keeping = next((one for one in free if one.bracket is not None), None)
        if keeping is None:
            continue
        total = tidy(sum([one.number for one in free]))
        ratio = _exact_ratio(total, keeping.number)
        if ratio is None:
            apart.append(with_coefficient(total, core))
        for one in free:
            chosen[one.place] = one.bracket
            if one.bracket is not None:
                own = numbers.setdefault(
                    (one.place, one.bracket.factor), [1] * len(one.bracket.parts)
                )
                own[one.part] = ratio if one is keeping and ratio is not None else 0
    if not chosen:
        return None
    terms = [
        _changed(node.terms[place], chosen[place], numbers) if place in chosen else term
        for place, term in enumerate(node.terms)
    ]
    return add_terms([*(term for term in terms if term is not None), *apart], node.shape)


def _sources(node: Add, brackets: Sequence[_Bracket]) -> dict[Expr, list[_Source]]:
    """Return which terms, and which parts of brackets, are multiples of which product."""
    found: dict[Expr, list[_Source]] = {}
    for bracket in brackets:
        for part, product in enumerate(bracket.products):
            number, core = split_coefficient(_simple(product))
            found.setdefault(core, []).append(_Source(number, bracket.place, bracket, part))
    for place, term in enumerate(node.terms):
        number, core = split_coefficient(term)
        if core in found:
            found[core].append(_Source(number, place, None, 0))
    return {core: sources for core, sources in found.items() if len(sources) > 1}


def _simple(product: Einsum) -> Expr:
    return simple_product(merge_powers(join_matrix_powers(product)))


def _exact_ratio(total: Number, own: Number) -> Number | None:
    """Divide two numbers where that rounds nothing."""
    if isinstance(total, complex) or isinstance(own, complex):
        return 1 if total == own else None
    if not (is_moderate(own) and (total == 0 or is_moderate(total))):
        return None
    ratio = tidy(total / own)
    is_exact = not isinstance(ratio, complex) and Fraction(ratio) * Fraction(own) == total
    return ratio if is_exact else None


def _changed(
    term: Expr, bracket: _Bracket | None, numbers: dict[tuple[int, int], list[Number]]
) -> Expr | None:
    """Write a term with other numbers before the parts of its bracket; None if nothing is left."""
    if bracket is None:
        return None
    own = numbers[bracket.place, bracket.factor]
    kept = [scale(n, part) for n, part in zip(own, bracket.parts, strict=True) if n != 0]
    if not kept:
        return None
    product = as_einsum(term)
    inner = add_terms(kept, product.operands[bracket.factor].shape)
    return next(products_with(product, bracket.factor, [inner]))


def _opened(node: Add, brackets: Sequence[_Bracket]) -> tuple[Expr, int]:
    """Multiply terms out, each over the first of its sums.

    Returns
    -------
    whole, repeated
        The sum, and how many factors have been written again.
    """
    first = {one.place: one for one in reversed(brackets)}
    terms: list[Expr] = []
    repeated = 0
    for place, term in enumerate(node.terms):
        if place in first:
            terms += map(_simple, first[place].products)
            repeated += (len(first[place].products) - 1) * (len(factors_of(term)) - 1)
        else:
            terms.append(term)
    return collect(terms, node), repeated
