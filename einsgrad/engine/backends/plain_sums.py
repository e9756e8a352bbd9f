"""Sums of terms that deltas and ones spread, as calls of torch, jax or another namespace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from einsgrad.engine.backends.numpy.constants import literal, literal_atom
from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.backends.plain_windows import PlainWindows
from einsgrad.engine.programs.named_sizes import PRODUCT, spelled_number
from einsgrad.engine.programs.steps import Combine, Register, Term
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import SignedNumber, SignedText, signed_sum
from einsgrad.strings.subscripts import Indices, Label


def _number(value: Number, otherwise: Callable[[Number], str] = literal_atom) -> str:
    spelled = spelled_number(value)
    return otherwise(value) if spelled is None else spelled.written(PRODUCT)


@dataclass(frozen=True, slots=True)
class PlainSums:
    """Writes sums.

    Parameters
    ----------
    spelling, windows
        How views and affine forms are written.
    core
        Writes the array of a term in the dtype of a sum.
    """

    spelling: PlainSpelling
    windows: PlainWindows
    core: Callable[[Term, Register], str]

    def summed(self, step: Combine) -> str:
        """Write a sum of terms."""
        target, terms = step.target, step.terms
        if all(term.core is None and not term.is_spread for term in terms):
            total = sum(term.coefficient for term in terms)
            return self.spelling.filled(target.shape, _number(total, literal), target.dtype)
        signed = [self._signed(term, target) for term in terms]
        text = signed_sum(sorted(signed, key=lambda one: one.is_negative))
        covered = {axis for term in terms for axis in self._covered(term, target)}
        if len(covered) == len(target.shape):
            return text
        return self.spelling.broadcast(text, target.shape)

    def _covered(self, term: Term, target: Register) -> Sequence[int]:
        """Return the axes along which the text of a term has its full size."""
        if term.is_affine:
            return range(len(target.shape))
        repeated = [x for x in term.classes if term.classes.count(x) > 1]
        return [axis for axis, x in enumerate(term.classes) if x in (*term.held, *repeated)]

    def _signed(self, term: Term, target: Register) -> SignedText:
        number = SignedNumber.of(term.coefficient)
        body = self._term(term, target)
        if not body:
            return SignedText(number.is_negative, _number(number.size))
        if number.size == 1:
            return SignedText(number.is_negative, body)
        spelled = spelled_number(number.size)
        if spelled is not None and spelled.divisor:
            spelled.note()
            return SignedText(number.is_negative, f"{body} / {spelled.divisor}")
        return SignedText(number.is_negative, f"{_number(number.size)} * {body}")

    def _term(self, term: Term, target: Register) -> str:
        """Write a term without its coefficient; nothing for a number."""
        if term.is_affine:
            return self.windows.placed(term, target, self.core(term, target))
        if term.is_spread:
            return self._spread(term, target)
        if term.core is None:
            return ""
        axes = tuple(range(len(term.classes)))
        held = tuple(term.classes.index(label) for label in term.held)
        return self.spelling.aligned(self.core(term, target), held, axes)

    def _spread(self, term: Term, target: Register) -> str:
        """Write an array on the diagonals of its deltas, and zeros beside them."""
        first: dict[Label, int] = {}
        for axis, label in enumerate(term.classes):
            first.setdefault(label, axis)
        pairs = [(first[x], axis) for axis, x in enumerate(term.classes) if first[x] != axis]
        axes = tuple(range(len(term.classes)))
        if term.core is None:
            return " * ".join(self._delta(pair, axes, target, "") for pair in pairs)
        core = self.core(term, target)
        diagonal = self.spelling.library.diagonal
        if diagonal and term.held == term.classes[:1] and term.classes == term.held * 2:
            return diagonal.format(x=core)
        held: Indices = tuple(first[label] for label in term.held)
        mask = " & ".join(
            self._delta(pair, axes, target, f"{self.spelling.library.prefix}.bool")
            for pair in pairs
        )
        text = self.spelling.aligned(core, held, axes)
        return self.spelling.library.masked.format(mask=mask, x=text)

    def _delta(self, pair: tuple[int, int], axes: Indices, target: Register, own: str) -> str:
        size = target.shape[pair[0]]
        return self.spelling.aligned(self.spelling.identity(size, own or target.dtype), pair, axes)
