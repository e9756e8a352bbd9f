"""The conditions of one product, with which labels hold them, and how they get fewer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

from einsgrad.expressions.construct import build_einsum, factor_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Constant, Einsum, Expr
from einsgrad.expressions.products import contract_deltas, contracted
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.simplification.checked_targets import UNKNOWN, target_of, without_check
from einsgrad.simplification.conditions import (
    Condition,
    condition_of,
    covers,
    is_equality,
    is_view,
    keeps_range,
    plus,
    renamed,
)
from einsgrad.simplification.orientation import selector_of
from einsgrad.simplification.reducing import jointly, reduced
from einsgrad.strings.deltas import Factor
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(slots=True)
class System:
    """The conditions of a product, which are made fewer, and its other factors.

    Parameters
    ----------
    conditions, factors
        What the selectors say, and all other operands with their labels.
    output, dims
        The labels of the output, and the dim of every label.
    labels
        The labels that are there, but for those whose sums are done.
    """

    conditions: list[Condition]
    factors: list[tuple[Indices, Expr]]
    output: Indices
    dims: dict[Label, Dim]
    labels: list[Label]

    @classmethod
    def of(cls, node: Einsum) -> System:
        """Read the selectors of a product, of which the deltas are contracted."""
        product, dims = contracted(node), dict(node.dims)
        conditions: list[Condition] = []
        factors: list[tuple[Indices, Expr]] = []
        for factor in product.factors:
            operand = factor_expr(factor, node.operands, dims)
            if isinstance(operand, Affine | Step):
                conditions.append(condition_of(operand, factor.indices))
            else:
                factors.append((factor.indices, operand))
        return cls(conditions, factors, product.output, dims, list(product.subscripts.labels))

    def solve(self) -> bool:
        """Apply all rules until none applies; false if no indices satisfy the conditions."""
        while True:
            if not self._reduce():
                return False
            before = self.conditions
            if not self._compare():
                return False
            if self.conditions == before and not self._shorten():
                self._detach()
                return True

    def _shorten(self) -> bool:
        rules = (self._join, self._match, self._place, self._eliminate, self._cover)
        return any(rule() for rule in rules)

    def written(self) -> Einsum | None:
        """Return the product; None if a condition cannot be written."""
        pairs: list[tuple[Indices, Expr]] = []
        for condition in self.conditions:
            written = selector_of(condition, self.dims)
            if written is None:
                return None
            pairs.append(written)
        pairs += self.factors
        held = set(chain.from_iterable(indices for indices, _ in pairs))
        for label in self.labels:
            if label not in held:
                free = label in self.output
                lone = Factor((label,) if free else (), None, label)
                pairs.append((lone.indices, factor_expr(lone, (), self.dims)))
        subscripts = Subscripts(tuple(indices for indices, _ in pairs), self.output)
        return contract_deltas(build_einsum(subscripts, [operand for _, operand in pairs]))

    def _reduce(self) -> bool:
        result: list[Condition] = []
        for condition in self.conditions:
            pieces = reduced(without_check(condition, self.dims), self.dims)
            if pieces is None:
                return False
            result.extend(pieces)
        self.conditions = result
        return True

    def _compare(self) -> bool:
        """Drop what others imply; false where two contradict each other."""
        kept: list[Condition] = []
        for condition in self.conditions:
            new = condition
            for place, other in enumerate(kept):
                both = jointly(new, other, self.dims)
                if both is None:
                    continue
                if not both:
                    return False
                kept[place], new = both[0], both[-1]
            if not any(new is other for other in kept):
                kept.append(new)
        self.conditions = kept
        return True

    def _join(self) -> bool:
        """Make one label of two that are equal."""
        for condition in self.conditions:
            if is_equality(condition, self.dims):
                self.conditions.remove(condition)
                self._rename(*condition.labels)
                return True
        return False

    def _match(self) -> bool:
        """Make one label of two that an index of the output shows to be equal."""
        for place, one in enumerate(self.conditions):
            for other in self.conditions[:place]:
                shared = set(self.output) & set(one.labels) & set(other.labels)
                if not shared or one.bounds or other.bounds:
                    continue
                for left in (plus(one, -1, other), plus(one, 1, other)):
                    if is_equality(left, self.dims):
                        self.conditions[place] = left
                        return True
        return False

    def _detach(self) -> None:
        """Let factors be seen at an index that spreads them, not at one of its many places.

        Of `x_a [a = j] [b = j]`, where `j` is summed, and `x_b [a = j] [b = j]` there is one form.
        """
        output = set(self.output)
        for label in set(self.labels) - self._held():
            holders = [one for one in self.conditions if one.coefficient(label)]
            ends = [x for one in holders for x in one.labels if x != label and len(one.terms) == 2]
            if len(ends) < max(2, len(holders)) or not output.issuperset(ends):
                continue
            for one, end in zip(holders, ends, strict=True):
                self._see_through(one, end)

    def _see_through(self, condition: Condition, end: Label) -> None:
        """Give factors a label of their own in the place of one of the output."""
        new = object()
        changed: list[tuple[Indices, Expr]] = []
        for indices, operand in self.factors:
            moved = tuple(new if x == end else x for x in indices)
            changed.append((indices if isinstance(operand, Delta) else moved, operand))
        if changed != self.factors:
            self.factors = changed
            self.labels.append(new)
            self.dims[new] = self.dims[end]
            self.conditions.append(renamed(condition, end, new))

    def _held(self) -> set[Label]:
        """Return the labels that the output has, or a factor that is no selector."""
        return set(chain(self.output, *(indices for indices, _ in self.factors)))

    def _rename(self, one: Label, other: Label) -> None:
        kept, gone = (one, other) if one in self.output else (other, one)
        self.conditions = [renamed(condition, gone, kept) for condition in self.conditions]
        self.factors = [
            (tuple(kept if label == gone else label for label in indices), operand)
            for indices, operand in self.factors
        ]
        if gone in self.output:
            self.factors.append(((kept, gone), Delta(self.dims[kept], 2)))
        else:
            self.labels.remove(gone)

    def _place(self) -> bool:
        """Put the place of an index that is known into the other conditions."""
        for known in self.conditions:
            if len(known.terms) != 1 or known.bounds or known.target is not None:
                continue
            ((label, number),) = known.terms
            for place, other in enumerate(self.conditions):
                if other is known or other.target == label or not other.coefficient(label):
                    continue
                new = plus(other, -number * other.coefficient(label), known)
                if abs(number) == 1 and self._is_short(new, len(other.terms)):
                    self.conditions[place] = new
                    return True
        return False

    def _eliminate(self) -> bool:
        """Put what a label equals, which only selectors hold, into its other conditions."""
        held = self._held()
        labels = dict.fromkeys(chain.from_iterable(one.labels for one in self.conditions))
        return any(self._without(label) for label in labels if label not in held)

    def _cover(self) -> bool:
        """Drop a condition that sums to 1: each place of its target is met once, by lone labels."""
        for condition in self.conditions:
            elsewhere = [one.labels for one in self.conditions if one is not condition]
            around = self._held().union(*elsewhere)
            held = [label for label in condition.labels if label in around]
            if len(held) == 1 and covers(condition, held[0], self.dims):
                self.conditions.remove(condition)
                self.labels = [x for x in self.labels if x not in condition.labels or x in held]
                return True
        return False

    def _without(self, label: Label) -> bool:
        holders = [one for one in self.conditions if one.coefficient(label)]
        rest = [one for one in self.conditions if not one.coefficient(label)]
        for solved in sorted(holders, key=lambda one: len(one.terms)):
            if solved.bounds or abs(solved.coefficient(label)) != 1:
                continue
            others = [one for one in holders if one is not solved]
            found = self._substituted(label, solved, others, rest)
            if found is not None:
                self.conditions = [*rest, *found]
                self.labels.remove(label)
                return True
        return False

    def _substituted(
        self, label: Label, solved: Condition, others: list[Condition], rest: list[Condition]
    ) -> list[Condition] | None:
        """Return conditions without a label that one of them gives; None if that may not be."""
        new = []
        single = sum(not isinstance(one, Constant | Delta) for _, one in self.factors) < 2
        for other in others:
            factor = -solved.coefficient(label) * other.coefficient(label)
            target = target_of(label, solved, other, self.dims)
            if target is UNKNOWN:
                return None
            one = replace(plus(other, factor, solved), target=target)
            if not self._is_short(one, max(len(solved.terms), len(other.terms)), single):
                return None
            new.append(one)
        helpers = [one for one in (*new, *rest) if not one.bounds]
        form = solved.form.solved_for(label)
        if solved.target is not None:
            return new if others else None
        if keeps_range(form, self.dims[label], self.dims, helpers):
            return new
        return None

    def _is_short(self, condition: Condition, longest: int, single: bool = False) -> bool:
        """Tell whether a condition can be written as selectors that are no longer.

        Of a single factor a view of a view may be longer: it is one view.
        """
        pieces = reduced(condition, self.dims)
        return pieces is None or all(
            (len(one.terms) <= longest or (single and is_view(one)))
            and selector_of(one, self.dims) is not None
            for one in pieces
        )
