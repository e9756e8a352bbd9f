"""Whether two expressions are equal: at several sizes, in as many draws as the bound asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.random_arrays import intervals_of
from einsgrad.errors import EinsgradError
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.walks import rebuild_all, topological
from einsgrad.proof.chances import Chances
from einsgrad.proof.definitions import defined
from einsgrad.proof.degrees import chances
from einsgrad.proof.draws import Draws
from einsgrad.proof.evaluation import FieldValues
from einsgrad.proof.needed import fields_to_try
from einsgrad.proof.sizes import (
    FEW_ROOTS,
    Roots,
    Sizes,
    count_of_entries,
    count_of_roots,
    names_of_dims,
    sizes_to_try,
)

LEAST_BITS = 41
"""A bound of an error with fewer bits is no proof."""

# What is aimed at, and no more is claimed: what a generator draws is not more random.
_BITS = 64
_SIZES_NEEDED = 3
_FIRST_DRAWS = 24
_MOST_DRAWS = 16384
_MOST_BATCHES = 5
_MOST_NUMBERS = 8_000_000
_ANY_SIGN, _POSITIVE = (-0.9, 0.9), (0.2, 0.9)
# If so many draws had all roots and none a value, then the functions are not defined there.
_ENOUGH = 8
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
    """What the draws at some sizes showed."""

    sizes: Sizes
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
    roots = tuple(rebuild_all([first, second], defined))
    names, fields = names_of_dims(roots), fields_to_try(roots)
    trials: list[_SizeTrial] = []
    for sizes in sizes_to_try(roots):
        trial = _trial(roots, fields, sizes)
        if trial is None or (trial.equal and trial.bits < LEAST_BITS):
            continue
        if not trial.equal:
            return Identity(False, 0, trial.floats_agree)
        trials.append(trial)
        if not names or (len(trials) >= _SIZES_NEEDED and _are_covered(names, trials)):
            break
    if not trials or not _are_covered(names, trials):
        return None
    agree = all(trial.floats_agree for trial in trials)
    return Identity(True, int(min(_BITS, *(trial.bits for trial in trials))), agree)


def _are_covered(names: Sequence[str], trials: Sequence[_SizeTrial]) -> bool:
    """Tell whether each dim was larger than 1 at some sizes."""
    return all(any(trial.sizes[name] > 1 for trial in trials) for name in names)


def _trial(roots: Roots, fields: Sequence[int], sizes: Sizes) -> _SizeTrial | None:
    """Compare expressions at some sizes; None where no draw has a value."""
    numbers = sum(count_of_entries(node, sizes) for node in topological(*roots))
    most = max(8, min(_MOST_DRAWS, _MOST_NUMBERS // numbers))
    indices = _indices(roots, sizes)
    drawing = _Drawing(sizes, _ANY_SIGN, indices, most)
    if count_of_roots(roots, sizes) > FEW_ROOTS:
        found = _rootless(roots, fields[0], drawing)
        if found is not None:
            return found
    for prime in fields:
        bound = chances(roots, prime, sizes)
        for interval in (_ANY_SIGN, _POSITIVE, *intervals_of(roots)):
            search = _DrawSearch(roots, prime, bound, replace(drawing, interval=interval))
            found = search.result()
            if found is not None:
                return found
            if search.lacks_roots:
                break
        if not search.lacks_numbers:
            return None
    return None


def _rootless(roots: Roots, prime: int, drawing: _Drawing) -> _SizeTrial | None:
    """Prove an identity that holds whatever stands in the place of roots; None if it does not."""
    bound = replace(chances(roots, prime, drawing.sizes), roots=0.0)
    for interval in (_ANY_SIGN, _POSITIVE, *intervals_of(roots)):
        one = replace(drawing, interval=interval)
        found = _DrawSearch(roots, prime, bound, one, rootless=True).result()
        if found is not None:
            return found if found.equal and found.bits >= LEAST_BITS else None
    return None


@dataclass(frozen=True, slots=True)
class _Drawing:
    """From where draws are taken, and how many at most."""

    sizes: Sizes
    interval: Interval
    indices: dict[Variable, int]
    most: int

    def draws(self, count: int, seed: int) -> Draws:
        return Draws(count, self.sizes, self.interval, seed, self.indices)


def _indices(roots: Roots, sizes: Sizes) -> dict[Variable, int]:
    """Return below which number the entries of variables stay that are indices only."""
    return {
        node: max(1, min(size_of(pick.target, sizes) for pick in picks))
        for node, picks in looked_up_in(roots).items()
    }


@dataclass(eq=False)
class _DrawSearch:
    """As many draws as the bound asks for.

    Parameters
    ----------
    roots, prime, bound, drawing
        What is compared in which field, how likely a difference is missed, and in which draws.
    rootless
        Whether nothing is known of roots.
    """

    roots: Roots
    prime: int
    bound: Chances
    drawing: _Drawing
    rootless: bool = False
    accepted: int = 0
    drawn: int = 0
    rooted: int = 0
    lacks_numbers: bool = False

    @property
    def lacks_roots(self) -> bool:
        """Whether no draw had all roots, so that other numbers would not help."""
        return self.drawn > 0 and not self.rooted

    def result(self) -> _SizeTrial | None:
        """Compare; None where no draw has a value."""
        count, agree = min(_FIRST_DRAWS, self.drawing.most), True
        for seed in range(_MOST_BATCHES):
            try:
                draws = self.drawing.draws(count, seed)
                values = FieldValues(draws, self.roots, self.prime, self.rootless)
            except EinsgradError:
                return None
            known = values.accepted()
            equal, close = _agreement(values, known)
            if not equal:
                return _SizeTrial(self.drawing.sizes, False, 0.0, close)
            agree = agree and close
            self.accepted += int(known.sum())
            self.drawn += count
            self.rooted += int(values.rooted.sum())
            self.lacks_numbers = self.lacks_numbers or values.lacks_numbers
            bits = self.bound.bits(self.accepted)
            if bits >= _BITS or self._is_hopeless(seed):
                break
            count = self._wanted(bits)
        if not self.accepted:
            return None
        return _SizeTrial(self.drawing.sizes, True, bits, agree)

    def _is_hopeless(self, seed: int) -> bool:
        most = (_MOST_BATCHES - 1 - seed) * self.drawing.most
        if self.lacks_numbers or self.bound.bits(self.accepted + most) < LEAST_BITS:
            return True
        return not self.accepted and (self.rooted > _ENOUGH or seed > 0)

    def _wanted(self, bits: float) -> int:
        """Return how many draws are likely to be enough."""
        share = max(self.accepted, 0.25) / self.drawn
        wanted = 1.2 * (_BITS - bits) / (self.bound.bits(1) * share) + 8
        return int(min(self.drawing.most, max(_FIRST_DRAWS, wanted)))


def _agreement(values: FieldValues, known: Array) -> tuple[bool, bool]:
    """Tell whether the residues, and the floats, of two expressions are equal where known."""
    first, second = values.roots
    one, other = (values.known.residues[root, values.prime] for root in values.roots)
    equal = _each((one - other).is_zero(), known).all()
    with np.errstate(all="ignore"):
        close = _each(_are_near(values.known.floats[first], values.known.floats[second]), known)
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
