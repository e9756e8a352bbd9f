"""The sizes at which expressions are compared: small ones at which few roots are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import TypeAlias

import numpy as np

from einsgrad.engine.binding import size_of
from einsgrad.engine.random_sizes import enlarged, needs_of
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.nodes import Constant, Expr, Map, MatrixMap, Variable
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.expressions.tables.decompositions import CHOLESKY
from einsgrad.expressions.tables.elementwise import POWER, SQRT
from einsgrad.expressions.walks import topological
from einsgrad.proof.fields import CHAIN
from einsgrad.proof.functions import whole_exponent
from einsgrad.proof.needed import fields_needed, strict_nodes

Sizes: TypeAlias = "Mapping[Dim, int]"
Roots: TypeAlias = "tuple[Expr, ...]"

_MOST = 12
_ATTEMPTS = 60
_MOST_ENTRIES = 20_000
FEW_ROOTS = 5
"""A number is a square in half of the draws, which for so many is no trouble."""
_MANY_ROOTS = 12


def names_of_dims(roots: Roots) -> tuple[str, ...]:
    """Return the names of all dims, also of those that stand as numbers.

    Examples
    --------
    >>> names_of_dims((Delta("n", 0),))
    ('n',)
    """
    return names_in([dim for node in topological(*roots) for dim in _dims(node)])


def _dims(node: Expr) -> tuple[Dim, ...]:
    match node:
        case Delta(dim=dim):
            return (dim,)
        case Affine(offset=offset) | Step(offset=offset):
            return (*node.shape, offset)
        case _:
            return node.shape


def count_of_entries(node: Expr, sizes: Sizes) -> int:
    """Return how many entries a node has."""
    return prod(size_of(dim, sizes) for dim in node.shape)


def sizes_to_try(roots: Roots) -> Iterator[Sizes]:
    """Yield sizes for the dims: small ones that differ, then such that others are larger.

    Examples
    --------
    >>> A = Variable("A", ("m", "n"))
    >>> next(sizes_to_try((A,)))
    {'m': 2, 'n': 3}
    """
    found = [
        (_rank(count_of_roots(roots, sizes)), place, sizes)
        for place, sizes in enumerate(_small_sizes(roots))
    ]
    found.sort(key=lambda one: one[:2])
    names = names_of_dims(roots)
    # One with all dims larger than 1 is worth the trouble.
    whole = [one for one in found if all(one[2][name] > 1 for name in names)]
    first = whole[:1] if whole and whole[0][0] <= _MANY_ROOTS else []
    rest = [one for one in found if one not in first]
    yield from [one[2] for one in (*first, *rest)][:_MOST]


def _rank(count: int) -> int:
    return 0 if count <= FEW_ROOTS else count


def _small_sizes(roots: Roots) -> Iterator[Sizes]:
    names, needs = names_of_dims(roots), needs_of(roots)
    fixed: dict[Dim, int] = {
        dim: dim for node in topological(*roots) for dim in _dims(node) if isinstance(dim, int)
    }
    generator = np.random.default_rng(len(names))
    count = len(names)
    few = 3 if count <= 4 else 2
    orders = [
        [2 + (place % few) for place in range(count)],
        [1 + few - (place % few) for place in range(count)],
        [2] * count,
    ]
    seen = set()
    for attempt in range(_ATTEMPTS):
        most = few + 2 if attempt % 2 else 3
        drawn = orders[attempt] if attempt < 3 else generator.integers(1, most, count).tolist()
        sizes = enlarged({**fixed, **dict(zip(names, drawn, strict=True))}, needs, fixed)
        key = tuple(sizes.items())
        if key not in seen and _is_small(roots, sizes):
            seen.add(key)
            yield sizes


def _is_small(roots: Roots, sizes: Sizes) -> bool:
    return all(count_of_entries(node, sizes) <= _MOST_ENTRIES for node in topological(*roots))


def count_of_roots(roots: Roots, sizes: Sizes) -> int:
    """Return how many numbers have to be squares in a draw."""
    return sum(count_of_entries(node, sizes) for node in _checked_nodes(roots))


@lru_cache(maxsize=16)
def _checked_nodes(roots: Roots) -> tuple[Expr, ...]:
    """Return the nodes that have a value only where numbers are squares, once for each field."""
    needed = fields_needed(roots, CHAIN[2])
    strict = strict_nodes(roots)
    rooted = any(isinstance(node, Map) and node.function is SQRT for node in needed)
    return tuple(
        node
        for node, primes in needed.items()
        if _is_checked(node, node in strict, rooted)
        for _ in primes
    )


def _is_checked(node: Expr, strict: bool, rooted: bool) -> bool:
    match node:
        case Map(function=function, operands=operands):
            if isinstance(operands[0], Variable | Constant):
                return False
            if function is POWER:
                return whole_exponent(node) is None
            match function.name:
                case "sqrt":
                    return True
                case "log":
                    return strict
                case "abs" | "sign":
                    return rooted or operands[0].is_complex
                case _:
                    return False
        case MatrixMap(function=row):
            return row is CHOLESKY
        case _:
            return False
