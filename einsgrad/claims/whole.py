"""Mistakes with a derivative as a whole, each a row of a table: tests on its value.

There are two tables. What `check` says speaks of a claim; what `check_grads` says speaks
of an array whose entries differ from finite differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from einsgrad.claims.compared import MOST_AXES, NEAR, Compared
from einsgrad.claims.points import are_close
from einsgrad.engine.binding import Array

# How far finite differences may be from what they measure.
_MEASURED = 1e-5


@dataclass(frozen=True, slots=True)
class Whole:
    """A mistake: its name, and a test that yields what happened, in words."""

    name: str
    found: Callable[[Compared], Iterator[str]]


def _factor(c: Compared) -> Iterator[str]:
    ratio = c.ratio
    if not ratio.real or abs(ratio.imag) > NEAR:
        return
    for value, what in ((ratio.real, "too many"), (1 / ratio.real, "missing")):
        whole = round(value)
        if abs(value - whole) < NEAR and abs(whole) > 1:
            size = ", the size of an axis: sum and mean are confused" if whole in c.sizes else ""
            yield f"a factor {whole} is {what}{size}"


def _proportional(c: Compared) -> Iterator[str]:
    if c.ratio:
        yield "the claim is a multiple of the derivative: a scalar factor is missing, or too many"


def _sign(c: Compared) -> Iterator[str]:
    if c.claims(-c.true):
        yield "the sign is wrong"


def _layout(c: Compared) -> Iterator[str]:
    rank = c.true.ndim
    for order in c.orders():
        if 0 < c.split < rank and order == (*range(c.split, rank), *range(c.split)):
            yield (
                "the other layout: the claim has the axes of the variable first, a Jacobian "
                "here has those of the expression first"
            )
        else:
            yield "the axes are permuted: a transpose is missing or one too many"
        return


def _conjugate(c: Compared) -> Iterator[str]:
    if np.iscomplexobj(c.true) and c.claims(c.true.conj()):
        yield "the conjugate is taken"


def _symmetric(c: Compared) -> Iterator[str]:
    if c.symmetric is None or c.symmetric.claimed.shape != c.symmetric.plain.shape:
        return
    claimed, plain = c.symmetric.claimed, c.symmetric.plain
    both = plain + np.swapaxes(plain, -1, -2)
    if are_close(claimed, both - np.eye(plain.shape[-1]) * plain):
        yield (
            "this is the derivative in the n(n+1)/2 independent entries of a symmetric matrix, "
            "G + Gᵀ - diag(G), and no gradient for the product of matrices"
        )
    elif are_close(claimed, both / 2) and not are_close(claimed, plain):
        yield (
            "this is the derivative within the symmetric matrices, (G + Gᵀ)/2, and the "
            "variable is not declared symmetric"
        )
    elif c.declared and are_close((claimed + np.swapaxes(claimed, -1, -2)) / 2, c.true):
        yield "the variable is symmetric: its derivative is (G + Gᵀ)/2, and this is G"
    elif c.declared and are_close(claimed, both):
        yield "the variable is symmetric: its derivative is (G + Gᵀ)/2; a factor 2 is too many"


def _declared(c: Compared) -> Iterator[str]:
    if c.within is not None and are_close(c.within.value, c.true, c.tolerance):
        yield (
            f"the variable is declared {c.within.said}: its derivative is the part of this "
            "that leaves it so"
        )


def _occurrence(c: Compared) -> Iterator[str]:
    count = len(c.shares)
    if count < 2:
        return
    for size in range(1, count):
        for kept in combinations(range(count), size):
            if c.claims(np.asarray(sum(c.shares[place] for place in kept))):
                yield (
                    f"the product rule has one term for each of the {count} occurrences of the "
                    f"variable, and only {size} {'is' if size == 1 else 'are'} here: "
                    "an occurrence is forgotten"
                )
                return


def _summed(c: Compared) -> Iterator[str]:
    for axes in _axis_sets(c.true.ndim):
        if c.true.size > 1 and (c.claims(c.spread(axes)) or _is_reduced(c, axes)):
            yield f"the derivative is summed over {_named(axes)}: free indices stay free"
            return


def _is_reduced(c: Compared, axes: tuple[int, ...]) -> bool:
    return c.claims(c.true.sum(axes, keepdims=True)) or c.claims(c.true.sum(axes))


def _not_summed(c: Compared) -> Iterator[str]:
    for axes in _axis_sets(c.claimed.ndim):
        if are_close(c.claimed.sum(axes), c.true):
            yield f"a sum is missing, over {_named(axes)} of the claim"
            return


def _diagonal(c: Compared) -> Iterator[str]:
    for first, second in combinations(range(c.true.ndim), 2):
        if c.true.shape[first] != c.true.shape[second]:
            continue
        diagonal = np.diagonal(c.true, axis1=first, axis2=second)
        mask = np.eye(c.true.shape[first])
        shape = [c.true.shape[a] if a in (first, second) else 1 for a in range(c.true.ndim)]
        if c.claims(diagonal) or c.claims(c.true * mask.reshape(shape)):
            yield "only a diagonal of the derivative is here"
        elif c.claims(diagonal.sum(-1)):
            yield "the trace of the derivative is here, and not the derivative"


def _filled(c: Compared) -> Iterator[str]:
    if c.fills:
        yield "entries of the derivative that are 0 are filled in the claim: a δ is missing"


def _uncontracted(c: Compared) -> Iterator[str]:
    if c.claims(c.jacobian):
        yield "this is the Jacobian: it is not contracted with the cotangent yet"


def _axis_sets(rank: int) -> Iterator[tuple[int, ...]]:
    if rank <= MOST_AXES:
        for size in range(1, rank + 1):
            yield from combinations(range(rank), size)


def _named(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"


WHOLE: tuple[Whole, ...] = (
    Whole("sign", _sign),
    Whole("symmetric convention", _symmetric),
    Whole("declared convention", _declared),
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


def likely_cause(claimed: Array, reference: Array) -> str:
    """Say what turns measured derivatives into the claimed ones; empty if nothing known does.

    Examples
    --------
    >>> A = np.arange(4.0).reshape(2, 2)
    >>> likely_cause(A.T, A)
    'the axes are permuted: a transpose is missing or one too many'
    >>> likely_cause(2 * A, A)
    'a factor 2: an occurrence or a term is counted twice'
    """
    compared = Compared(claimed, reference, tolerance=_MEASURED)
    for row in ENTRIES:
        for words in row.found(compared):
            return words
    return ""


def _counted(c: Compared) -> Iterator[str]:
    ratio = c.ratio
    if not ratio:
        return
    sizes = {1.0 / size for size in (*c.true.shape, c.true.size)}
    if _is(ratio, 2):
        yield "a factor 2: an occurrence or a term is counted twice"
    elif _is(ratio, 0.5):
        yield "a factor 1/2: an occurrence is forgotten"
    elif any(_is(ratio, size) for size in sizes):
        yield f"a factor {ratio.real:.4g}: a mean where a sum belongs"
    else:
        yield f"a factor {ratio:.6g}"


def _is(ratio: complex, value: float) -> bool:
    return abs(ratio - value) < 1e-4 * abs(value)


def _delta(c: Compared) -> Iterator[str]:
    if c.fills:
        yield "entries that vanish are filled: a delta is missing"
    elif c.empties:
        yield "entries are missing: a delta too many, or an occurrence forgotten"


def _lost(c: Compared) -> Iterator[str]:
    for axis, size in enumerate(c.true.shape):
        total = c.spread((axis,))
        for name, reduced in (("sum", total), ("mean", total / max(size, 1))):
            if size > 1 and c.claims(reduced):
                yield f"axis {axis} is lost: the entries along it are replaced by their {name}"


ENTRIES: tuple[Whole, ...] = (
    Whole("sign", _sign),
    Whole("constant factor", _counted),
    Whole("conjugate", _conjugate),
    Whole("layout", _layout),
    Whole("delta", _delta),
    Whole("lost axis", _lost),
)
