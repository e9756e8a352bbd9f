"""Whether two expressions are equal: at several sizes, in as many draws as the bound asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.random_arrays import intervals_of
from einsgrad.engine.random_sizes import enlarged, needs_of
from einsgrad.errors import EinsgradError
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.walks import rebuild_all, topological
from einsgrad.proof.definitions import defined
from einsgrad.proof.degrees import Chances, chances
from einsgrad.proof.draws import Draws
from einsgrad.proof.evaluation import FieldValues
from einsgrad.proof.fields import CHAIN

LEAST_BITS = 41
"""A bound of an error with fewer bits is no proof."""

# What is aimed at, and no more is claimed: what a generator draws is not more random.
_BITS = 64
_SIZES_TRIED = 10
_SIZES_NEEDED = 3
_FIRST_DRAWS = 48
_MOST_DRAWS = 4096
_MOST_NUMBERS = 4_000_000
_MOST_ENTRIES = 20_000
# Of floats that are equal but for rounding, and in which share of the draws they are.
_ROUNDING = 1e-6
_MOSTLY = 0.25


@dataclass(frozen=True, slots=True)
class Identity:
    """What was found about two expressions.

    Parameters
    ----------
    equal
        Whether all residues are equal.
    bits
        The error is below 2 to the negative of it.
    floats_agree
        Whether the floats are equal, too, up to rounding.
    """

    equal: bool
    bits: int
    floats_agree: bool

    @property
    def proved(self) -> bool:
        """Whether the expressions are equal, with an error that is small."""
        return self.equal and self.floats_agree and self.bits >= LEAST_BITS


@dataclass(frozen=True, slots=True)
class _SizeTrial:
    """What the draws at some sizes showed: None where no draw had a value."""

    equal: bool
    bits: float
    floats_agree: bool


def decide_identity(first: Expr, second: Expr) -> Identity | None:
    """Compare two expressions of one shape over prime fields; None if they have no value there.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> decide_identity(eg.exp(x + y), eg.exp(x) * eg.exp(y)).proved
    True
    >>> decide_identity(eg.exp(x * y), eg.exp(x) * eg.exp(y)).equal
    False
    """
    roots = rebuild_all([first, second], defined)
    trials: list[_SizeTrial] = []
    for sizes in _sizes_of(first, second):
        trial = _trial(roots, (first, second), sizes)
        if trial is None or (trial.equal and trial.bits < LEAST_BITS):
            continue
        if not trial.equal:
            return Identity(False, 0, trial.floats_agree)
        trials.append(trial)
        if len(trials) == _SIZES_NEEDED or not _names(first, second):
            break
    if not trials:
        return None
    agree = all(trial.floats_agree for trial in trials)
    return Identity(True, int(min(_BITS, *(trial.bits for trial in trials))), agree)


def _names(*exprs: Expr) -> tuple[str, ...]:
    return names_in([dim for node in topological(*exprs) for dim in node.shape])


def _sizes_of(*exprs: Expr) -> Iterator[dict[Dim, int]]:
    """Yield sizes for the dims: small ones that differ, then such that others are larger."""
    names, needs = _names(*exprs), needs_of(exprs)
    fixed: dict[Dim, int] = {
        dim: dim for node in topological(*exprs) for dim in node.shape if isinstance(dim, int)
    }
    generator = np.random.default_rng(len(names))
    count = len(names)
    few = 3 if count <= 4 else 2
    orders = [
        [2 + (place % few) for place in range(count)],
        [1 + few - (place % few) for place in range(count)],
    ]
    seen = set()
    for attempt in range(4 * _SIZES_TRIED):
        drawn = orders[attempt] if attempt < 2 else generator.integers(1, few + 2, count).tolist()
        sizes: dict[Dim, int] = {**fixed, **dict(zip(names, drawn, strict=True))}
        sizes = enlarged(sizes, needs, fixed)
        key = tuple(sizes.items())
        if key in seen or not _is_small(exprs, sizes):
            continue
        seen.add(key)
        yield sizes
        if len(seen) == _SIZES_TRIED:
            return


def _is_small(exprs: Sequence[Expr], sizes: dict[Dim, int]) -> bool:
    return all(_entries(node, sizes) <= _MOST_ENTRIES for node in topological(*exprs))


def _entries(node: Expr, sizes: dict[Dim, int]) -> int:
    return prod(size_of(dim, sizes) for dim in node.shape)


def _trial(
    roots: Sequence[Expr], exprs: Sequence[Expr], sizes: dict[Dim, int]
) -> _SizeTrial | None:
    """Compare expressions at some sizes; None where no draw has a value."""
    largest = max(_entries(node, sizes) for node in topological(*roots))
    most = max(8, min(_MOST_DRAWS, _MOST_NUMBERS // (largest * len(roots))))
    indices = _indices(exprs, sizes)
    for prime in CHAIN[2:4]:
        bound = chances(roots, prime, sizes)
        for interval in ((-0.9, 0.9), (0.2, 0.9), *intervals_of(exprs)):
            found = _compared(roots, prime, bound, _Drawing(sizes, interval, indices, most))
            if found is not None:
                return found
    return None


@dataclass(frozen=True, slots=True)
class _Drawing:
    """From where draws are taken, and how many at most."""

    sizes: dict[Dim, int]
    interval: Interval
    indices: dict[Variable, int]
    most: int

    def draws(self, count: int, seed: int) -> Draws:
        return Draws(count, self.sizes, self.interval, seed, self.indices)


def _indices(exprs: Sequence[Expr], sizes: dict[Dim, int]) -> dict[Variable, int]:
    """Return below which number the entries of variables stay that are indices only."""
    return {
        node: max(1, min(size_of(pick.target, sizes) for pick in picks))
        for node, picks in looked_up_in(exprs).items()
    }


def _compared(
    roots: Sequence[Expr], prime: int, bound: Chances, drawing: _Drawing
) -> _SizeTrial | None:
    """Compare in as many draws as the bound asks for; None where none has a value."""
    accepted = drawn = rooted = 0
    agree = True
    count = min(_FIRST_DRAWS, drawing.most)
    for seed in range(4):
        try:
            values = FieldValues(drawing.draws(count, seed), roots, prime)
        except EinsgradError:
            return None
        known = values.accepted()
        equal, close = _agreement(values, known)
        if not equal:
            return _SizeTrial(False, 0.0, close)
        accepted, drawn = accepted + int(known.sum()), drawn + count
        rooted += int(values.rooted.sum())
        agree = agree and close
        share = max(rooted, 1) / drawn
        bits = bound.bits(share, accepted)
        if bits >= _BITS or (seed and not accepted) or count == drawing.most:
            break
        each = bound.bits(share, 1) * max(accepted, 0.5) / drawn
        wanted = (_BITS - bits) / each if each > 1e-9 else drawing.most
        count = int(min(drawing.most, max(count, 1.2 * wanted + 8)))
    return _SizeTrial(True, bits, agree) if accepted else None


def _agreement(values: FieldValues, known: Array) -> tuple[bool, bool]:
    """Tell whether the residues, and the floats, of two expressions are equal where known."""
    first, second = values.roots
    one, other = (values.residues[root, values.prime] for root in values.roots)
    equal = _each((one - other).is_zero(), known).all()
    with np.errstate(all="ignore"):
        close = _each(_are_near(values.floats[first], values.floats[second]), known)
    return bool(equal), bool(close.mean() > _MOSTLY) if len(close) else True


def _are_near(one: Array, other: Array) -> Array:
    """Tell which entries are equal up to what rounding may make of them in bad draws."""
    scale = np.maximum(abs(one), abs(other))
    largest = scale.reshape(len(scale), -1).max(axis=1, initial=0.0)
    largest = largest.reshape(-1, *[1] * (scale.ndim - 1))
    return np.asarray(abs(one - other) <= _ROUNDING * (largest + 1))


def _each(entries: Array, known: Array) -> Array:
    """Tell in which of the known draws all entries hold."""
    whole = entries.reshape(entries.shape[0], -1).all(axis=1)
    return np.asarray(np.broadcast_to(whole, known.shape)[known])
