"""Mistakes with a derivative as a whole, each a row of a table: tests on its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from einsgrad.claims.points import close
from einsgrad.engine.binding import Array

_MOST_AXES = 5
_MOST_SHARES = 8
_NEAR = 1e-7


@dataclass(frozen=True)
class Compared:
    """Values at one point.

    Parameters
    ----------
    claimed, true
        The claim's, and the derivative's.
    split
        How many axes of the derivative are the expression's own; the variable's follow.
    shares
        The parts of the derivative that come from each occurrence of the variable.
    symmetric
        For a square matrix variable, the claim's value and that of the derivative in
        independent entries, at a symmetric matrix.
    declared
        Whether the variable is declared symmetric.
    sizes
        The sizes of the axes that may be summed over.
    jacobian
        The Jacobian, where a cotangent is given.
    """

    claimed: Array
    true: Array
    split: int
    shares: tuple[Array, ...]
    symmetric: tuple[Array, Array] | None = None
    declared: bool = False
    sizes: frozenset[int] = frozenset()
    jacobian: Array | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A mistake: its name, and a test that yields what happened, in words."""

    name: str
    found: Callable[[Compared], Iterator[str]]


def _ratio(c: Compared) -> complex:
    """Return the number that the derivative is multiplied by in the claim; 0 if there is none."""
    norm = float(np.vdot(c.true, c.true).real) if c.claimed.shape == c.true.shape else 0.0
    ratio = complex(np.vdot(c.true, c.claimed)) / norm if norm else 0.0
    return ratio if ratio and close(c.claimed, ratio * c.true) else 0.0


def _factor(c: Compared) -> Iterator[str]:
    ratio = _ratio(c)
    if not ratio.real or abs(ratio.imag) > _NEAR:
        return
    for value, what in ((ratio.real, "too many"), (1 / ratio.real, "missing")):
        whole = round(value)
        if abs(value - whole) < _NEAR and abs(whole) > 1:
            size = ", the size of an axis: sum and mean are confused" if whole in c.sizes else ""
            yield f"a factor {whole} is {what}{size}"


def _proportional(c: Compared) -> Iterator[str]:
    if _ratio(c):
        yield "the claim is a multiple of the derivative: a scalar factor is missing, or too many"


def _sign(c: Compared) -> Iterator[str]:
    if close(c.claimed, -c.true):
        yield "the sign is wrong"


def _layout(c: Compared) -> Iterator[str]:
    rank = c.true.ndim
    if c.claimed.ndim != rank or not 2 <= rank <= _MOST_AXES:
        return
    for order in permutations(range(rank)):
        if order == tuple(range(rank)) or not close(c.claimed, c.true.transpose(order)):
            continue
        if 0 < c.split < rank and order == (*range(c.split, rank), *range(c.split)):
            yield (
                "the other layout: the claim has the axes of the variable first, a Jacobian "
                "here has those of the expression first"
            )
        else:
            yield "the axes are permuted: a transpose is missing, or one too many"
        return


def _conjugate(c: Compared) -> Iterator[str]:
    if np.iscomplexobj(c.true) and close(c.claimed, c.true.conj()):
        yield "the conjugate is taken"


def _symmetric(c: Compared) -> Iterator[str]:
    if c.symmetric is None or c.symmetric[0].shape != c.symmetric[1].shape:
        return
    claimed, plain = c.symmetric
    both = plain + np.swapaxes(plain, -1, -2)
    if close(claimed, both - np.eye(plain.shape[-1]) * plain):
        yield (
            "this is the derivative in the n(n+1)/2 independent entries of a symmetric matrix, "
            "G + Gᵀ - diag(G), and no gradient for the product of matrices"
        )
    elif close(claimed, both / 2) and not close(claimed, plain):
        yield (
            "this is the derivative within the symmetric matrices, (G + Gᵀ)/2, and the "
            "variable is not declared symmetric"
        )
    elif c.declared and close((claimed + np.swapaxes(claimed, -1, -2)) / 2, c.true):
        yield "the variable is symmetric: its derivative is (G + Gᵀ)/2, and this is G"
    elif c.declared and close(claimed, both):
        yield "the variable is symmetric: its derivative is (G + Gᵀ)/2, and this is twice that"


def _occurrence(c: Compared) -> Iterator[str]:
    count = len(c.shares)
    if not 2 <= count <= _MOST_SHARES:
        return
    for size in range(1, count):
        for kept in combinations(range(count), size):
            if close(c.claimed, np.asarray(sum(c.shares[place] for place in kept))):
                yield (
                    f"the product rule has one term for each of the {count} occurrences of the "
                    f"variable, and only {size} {'is' if size == 1 else 'are'} here: "
                    "an occurrence is forgotten"
                )
                return


def _summed(c: Compared) -> Iterator[str]:
    for axes in _axis_sets(c.true.ndim):
        for keep in (True, False):
            reduced = c.true.sum(axes, keepdims=keep)
            if keep and c.claimed.shape == c.true.shape:
                reduced = reduced + np.zeros(c.true.shape)
            if c.true.size > 1 and close(c.claimed, reduced):
                yield f"the derivative is summed over {_named(axes)}: free indices stay free"
                return


def _not_summed(c: Compared) -> Iterator[str]:
    for axes in _axis_sets(c.claimed.ndim):
        if close(c.claimed.sum(axes), c.true):
            yield f"a sum is missing, over {_named(axes)} of the claim"
            return


def _diagonal(c: Compared) -> Iterator[str]:
    for first, second in combinations(range(c.true.ndim), 2):
        if c.true.shape[first] != c.true.shape[second]:
            continue
        diagonal = np.diagonal(c.true, axis1=first, axis2=second)
        mask = np.eye(c.true.shape[first])
        shape = [c.true.shape[a] if a in (first, second) else 1 for a in range(c.true.ndim)]
        if close(c.claimed, diagonal) or close(c.claimed, c.true * mask.reshape(shape)):
            yield "only a diagonal of the derivative is here"
        elif close(c.claimed, diagonal.sum(-1)):
            yield "the trace of the derivative is here, and not the derivative"


def _filled(c: Compared) -> Iterator[str]:
    zero = np.abs(c.true) <= _NEAR * np.abs(c.true).max(initial=0.0)
    some = c.claimed.shape == c.true.shape and zero.any() and not zero.all()
    if some and close(c.claimed[~zero], c.true[~zero]):
        yield "entries of the derivative that are 0 are filled in the claim: a δ is missing"


def _uncontracted(c: Compared) -> Iterator[str]:
    if close(c.claimed, c.jacobian):
        yield "this is the Jacobian: it is not contracted with the cotangent yet"


def _axis_sets(rank: int) -> Iterator[tuple[int, ...]]:
    if rank <= _MOST_AXES:
        for size in range(1, rank + 1):
            yield from combinations(range(rank), size)


def _named(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"


WHOLE: tuple[Whole, ...] = (
    Whole("sign", _sign),
    Whole("symmetric convention", _symmetric),
    Whole("forgotten occurrence", _occurrence),
    Whole("constant factor", _factor),
    Whole("layout", _layout),
    Whole("conjugate", _conjugate),
    Whole("missing sum", _not_summed),
    Whole("diagonal", _diagonal),
    Whole("missing delta", _filled),
    Whole("uncontracted Jacobian", _uncontracted),
    Whole("summed free index", _summed),
)

# Said only where no mistake with a term explains the claim.
LAST = Whole("scalar factor", _proportional)
