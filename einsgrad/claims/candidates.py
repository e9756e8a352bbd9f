"""Under which simple assumption a claim that is different holds: a table of what to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from einsgrad.claims.assumed import NOTHING, Assumed, Choose
from einsgrad.claims.assumptions import taken_together, with_choice, with_equation, with_parameters
from einsgrad.claims.draws import PointSource, known_points
from einsgrad.claims.parametrised import (
    as_diagonal,
    as_orthogonal,
    as_skew,
    as_symmetric,
    as_unit,
    to_bits,
    to_positive,
    to_signs,
)
from einsgrad.claims.points import SamplePoint, are_close
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable
from einsgrad.expressions.vocabulary.composed import eye
from einsgrad.expressions.vocabulary.linear import sum as total
from einsgrad.expressions.walks import variables_in

# Up to so many variables one assumption is tried for all of them, and then for fewer.
_MOST_VARIABLES = 6
_POINTS = 3
_INTERVALS = ((-0.9, 0.9), (0.2, 0.9))
# An entry that is smaller is nothing that a claim could agree with.
_VANISHES = 1e-12
# How far values are apart where a first look is enough.
_APART = 1e-4


@dataclass(frozen=True, slots=True)
class Candidate:
    """An assumption on a variable, in words with `{0}` for its name, and how it is made.

    Parameters
    ----------
    words
        What is told.
    fits
        Of which variables it may be assumed.
    make
        The assumption on one.
    """

    words: str
    fits: Callable[[Variable], bool]
    make: Callable[[Variable], Assumed]


def _square(node: Variable) -> bool:
    return len(node.shape) == 2 and node.shape[0] == node.shape[1] and not node.traits - {COMPLEX}


def _oblong(node: Variable) -> bool:
    return len(node.shape) == 2 and node.shape[0] != node.shape[1] and COMPLEX not in node.traits


def _matrix(node: Variable) -> bool:
    return len(node.shape) == 2


def _vector(node: Variable) -> bool:
    return len(node.shape) == 1 and COMPLEX not in node.traits


def _real(node: Variable) -> bool:
    return COMPLEX not in node.traits


def _several(node: Variable) -> bool:
    return bool(node.shape) and _real(node)


def _scalar(node: Variable) -> bool:
    return not node.shape


def _made(make: Callable[[Variable], Expr]) -> Callable[[Variable], Assumed]:
    return lambda node: with_parameters(NOTHING, node, make)


def _drawn(choose: Choose) -> Callable[[Variable], Assumed]:
    return lambda node: with_choice(NOTHING, node, choose)


def _met(equation: Callable[[Variable], Expr]) -> Callable[[Variable], Assumed]:
    return lambda node: with_equation(NOTHING, equation(node), "")


ASSUMPTIONS: tuple[Candidate, ...] = (
    Candidate("{0} is symmetric", _square, _made(as_symmetric)),
    Candidate("sum({0}) = 1", _vector, _met(lambda x: total(x) - 1)),
    Candidate("sum({0}) = 0", _vector, _met(total)),
    Candidate("norm({0}) = 1", lambda x: _vector(x) and _real(x), _made(as_unit)),
    Candidate("{0} is orthogonal", lambda x: _square(x) and _real(x), _made(as_orthogonal)),
    Candidate("{0} is positive", _real, _drawn(to_positive)),
    Candidate("the entries of {0} are 1 or -1", _several, _drawn(to_signs)),
    Candidate("the entries of {0} are 0 or 1", _several, _drawn(to_bits)),
    Candidate("sum({0}, axis=1) = 1", _matrix, _met(lambda x: total(x, axis=1) - 1)),
    Candidate("sum({0}, axis=0) = 1", _matrix, _met(lambda x: total(x, axis=0) - 1)),
    Candidate("sum({0}, axis=0) = 0", _matrix, _met(lambda x: total(x, axis=0))),
    Candidate("sum({0}, axis=1) = 0", _matrix, _met(lambda x: total(x, axis=1))),
    Candidate("{0}.T @ {0} = I", _oblong, _met(lambda x: x.T @ x - eye(x.shape[1]))),
    Candidate("{0} @ {0}.T = I", _oblong, _met(lambda x: x @ x.T - eye(x.shape[0]))),
    Candidate("{0} is skew-symmetric", _square, _made(as_skew)),
    Candidate("{0} is diagonal", _square, _made(as_diagonal)),
)
"""What is tried of every variable."""

LAST_ASSUMPTIONS: tuple[Candidate, ...] = (
    Candidate("{0} = 1", _scalar, _met(lambda x: x - 1)),
    Candidate("{0} = 0", _scalar, _met(lambda x: x)),
)
"""What is tried where no mistake is known."""


def found_assumption(
    claimed: Expr,
    derivative: Expr,
    source: PointSource,
    point: SamplePoint,
    *,
    last: bool = False,
) -> str:
    """Say under which assumption a claim holds; empty if under none of the table.

    Parameters
    ----------
    claimed, derivative
        Both; where their shapes differ, nothing is found.
    source
        Where points come from.
    point
        A point where they differ.
    last
        Whether to try what nearly every claim would agree with, too.
    """
    if claimed.shape != derivative.shape:
        return ""
    holds = partial(_holds, claimed, derivative, source, point)
    values = source.assumed.values
    # What is an index has integers, of which no assumption is one.
    indices = looked_up_in((claimed, derivative))
    taken = {*values, *indices, *(variables_in(*values.values()) if values else ())}
    nodes = [node for node in variables_in(claimed, derivative) if node not in taken]
    for candidate in (*ASSUMPTIONS, *(LAST_ASSUMPTIONS if last else ())):
        fitting = [node for node in nodes if candidate.fits(node)][:_MOST_VARIABLES]
        for chosen_ in _fewest(candidate, fitting, holds):
            return " and ".join(candidate.words.format(node.name) for node in chosen_)
    return _of_sizes(claimed, derivative, source, holds) if last else ""


def _fewest(
    candidate: Candidate, nodes: Sequence[Variable], holds: Callable[[Assumed], bool]
) -> Iterator[Sequence[Variable]]:
    """Yield the variables of which an assumption is needed, if of all of them it is enough."""
    made = {node: _assumed(candidate, node) for node in nodes}
    if not nodes or not holds(taken_together(list(made.values()))):
        return
    for node in nodes:
        fewer = {other: one for other, one in made.items() if other is not node}
        if fewer and holds(taken_together(list(fewer.values()))):
            made = fewer
    yield list(made)


@lru_cache(maxsize=1024)
def _assumed(candidate: Candidate, node: Variable) -> Assumed:
    return candidate.make(node)


def _of_sizes(
    claimed: Expr, derivative: Expr, source: PointSource, holds: Callable[[Assumed], bool]
) -> str:
    """Say for which dim of size 1 a claim holds."""
    dims = dict.fromkeys(d for node in source.variables for d in node.shape if isinstance(d, str))
    for dim in dims:
        if holds(replace(NOTHING, sizes={dim: 1})):
            return f"{dim} = 1"
    return ""


def _holds(
    claimed: Expr, derivative: Expr, source: PointSource, point: SamplePoint, extra: Assumed
) -> bool:
    """Tell whether a claim holds under an assumption, where it is about something."""
    under = replace(source, assumed=taken_together([source.assumed, extra]))
    sizes: dict[Dim, int] = dict(point.sizes)
    sizes.update(extra.sizes)
    names = [dim for dim in sizes if isinstance(dim, str) and dim not in extra.sizes]
    # Columns of length 1 that are orthogonal need more rows than columns.
    turned = sizes | {dim: sizes[other] for dim, other in zip(names, names[::-1], strict=True)}
    return any(_holds_at(claimed, derivative, under, one) for one in (sizes, turned))


def _holds_at(
    claimed: Expr, derivative: Expr, under: PointSource, sizes: Mapping[Dim, int]
) -> bool:
    for interval in _INTERVALS:
        numbers = partial(np.random.default_rng(17).uniform, *interval)
        first = under.draw(sizes, numbers)
        if first is None:
            return False
        one, other = first.value(claimed), first.value(derivative)
        if one is not None and other is not None and not are_close(one, other, _APART):
            return False
        points = list(known_points(under, sizes, interval, _POINTS))
        if points:
            return _agree(claimed, derivative, points)
    return False


def _agree(claimed: Expr, derivative: Expr, points: Sequence[SamplePoint]) -> bool:
    """Tell whether two expressions are equal at points, and not only because both vanish."""
    values = [np.abs(point.values.of(derivative)).max(initial=0.0) for point in points]
    return max(values) > _VANISHES and not any(p.tells_apart(claimed, derivative) for p in points)
