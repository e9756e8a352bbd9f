"""Bounds of degrees: how likely it is that a difference that is not 0 vanishes in a draw.

A difference is a rational function of the variables, of exponentials and logarithms of other
such functions, and of roots. One of degree d that is not 0 vanishes at no more than d of p
residues (J. T. Schwartz, R. Zippel). Exponentials and logarithms of functions that are
independent are algebraically independent (J. Ax), so each counts as a variable of its own. A root
doubles the degree, as the product over its signs has no root; which of both is positive is taken
for random, as is the side of each decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import lgamma, log, log2, prod

from einsgrad.engine.binding import size_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import (
    ARGSORT,
    Add,
    Called,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.tables.decompositions import CHOLESKY
from einsgrad.expressions.tables.elementwise import POWER, SQRT
from einsgrad.expressions.tables.reductions import MAX, MIN, PROD
from einsgrad.expressions.walks import children
from einsgrad.proof.chances import MOST, Chances, Degree
from einsgrad.proof.exponents import Exponents
from einsgrad.proof.functions import COMPARISONS, ROUNDED, whole_exponent
from einsgrad.proof.needed import fields_needed, operands_in


def chances(roots: Sequence[Expr], prime: int, sizes: Mapping[Dim, int]) -> Chances:
    """Bound how likely two expressions are taken for equal.

    Parameters
    ----------
    roots
        The expressions, in which functions are written out.
    prime, sizes
        The field, and the sizes of dims.
    """
    return _Analysis(sizes).chances(roots, prime)


# How often a matrix is inverted for its inverse, or pseudo-inverse.
_TIMES_INVERTED = {"inverse": 1, "pinv": 2, "truncated_pinv": 2, "double_pinv": 2}


@dataclass(eq=False)
class _Analysis:
    sizes: Mapping[Dim, int]
    known: dict[tuple[Expr, int], Degree] = field(default_factory=dict)
    decided: dict[Expr, Counter[tuple[Expr, bool]]] = field(default_factory=dict)
    extra: Counter[int] = field(default_factory=Counter)
    exponents: Exponents = field(init=False)

    def chances(self, roots: Sequence[Expr], prime: int) -> Chances:
        self.exponents = Exponents(roots, self.sizes)
        for node, primes in fields_needed(roots, prime).items():
            self.decided[node] = self._decisions(node)
            for one in primes:
                self.known[node, one] = self._degree(node, one)
        found = Chances()
        found.degrees[prime] = sum(
            self.known[root, prime].top + self.known[root, prime].bottom for root in roots
        )
        for one, degree in self.extra.items():
            found.degrees[one] = found.degrees.get(one, 0.0) + degree
        merged: Counter[tuple[Expr, bool]] = Counter()
        for root in roots:
            merged |= self.decided[root]
        found.roots = sum(count for (_, rooted), count in merged.items() if rooted)
        found.branches = sum(
            count * self._sides(node) for (node, rooted), count in merged.items() if not rooted
        )
        return found

    def _size(self, dims: Sequence[Dim]) -> int:
        return prod(size_of(dim, self.sizes) for dim in dims)

    def _summed(self, node: Einsum, place: int | None = None) -> int:
        """Return over how many entries is summed: of all operands, or of one."""
        dims, output = node.dims, node.subscripts.output
        labels = node.subscripts.labels if place is None else node.subscripts.inputs[place]
        return self._size([dims[label] for label in labels if label not in output])

    # ---- roots and decisions

    def _decisions(self, node: Expr) -> Counter[tuple[Expr, bool]]:
        """Return how many entries of which roots and decisions an entry depends on."""
        found: Counter[tuple[Expr, bool]] = Counter()
        for place, child in enumerate(children(node)):
            many = self._entries_used(node, place, child)
            for key, count in self.decided[child].items():
                most = max(self._size(key[0].shape), 1)
                found[key] = max(found[key], min(count * many, most))
        own = _own_decision(node)
        if own is not None:
            found[node, own] = 1
        return found

    def _sides(self, node: Expr) -> float:
        """Return the logarithm of how many sides a decision has: which entry is the largest."""
        match node:
            case Reduce(operand=operand, axes=axes):
                count = self._size([operand.shape[axis] for axis in axes])
            case Places(name=name, operand=operand, axis=axis):
                count = max(self._size([operand.shape[axis]]), 1)
                if name == ARGSORT:
                    return lgamma(count + 1) / log(2) / count
            case _:
                count = 2
        return log2(max(count, 1))

    def _entries_used(self, node: Expr, place: int, child: Expr) -> int:
        match node:
            case Einsum():
                return self._summed(node, place)
            case Reduce(axes=axes):
                return self._size([child.shape[axis] for axis in axes])
            case MatrixMap():
                return self._size(child.shape[-2:])
            case Called() | Places():
                return self._size(child.shape)
            case _:
                return 1

    # ---- degrees

    def _degree(self, node: Expr, prime: int) -> Degree:
        below = [self.known[one] for one in operands_in(node, prime)]
        match node:
            case Variable():
                return Degree(1.0)
            case Einsum():
                return self._of_product(node, below)
            case Add():
                return _of_sum(below, not node.shape)
            case Map():
                return self._of_map(node, prime, below)
            case Reduce(function=reduction, operand=operand, axes=axes):
                count = self._size([operand.shape[axis] for axis in axes])
                if reduction is PROD:
                    return Degree(below[0].top * count, below[0].bottom * count, not node.shape)
                if reduction not in (MAX, MIN):
                    self.extra[prime] += int(below[0].whole * count)
                    return Degree(1.0)
                return Degree(below[0].top, below[0].bottom, below[0].shared or not node.shape)
            case MatrixMap():
                return self._of_matrix(node, prime, below[0])
            case Called(operands=operands):
                self.extra[prime] += sum(
                    int(one.whole * self._size(operand.shape))
                    for one, operand in zip(below, operands, strict=True)
                )
                return Degree(1.0)
            case _:
                return Degree()

    def _of_product(self, node: Einsum, below: Sequence[Degree]) -> Degree:
        top, bottom = sum(one.top for one in below), sum(one.bottom for one in below)
        shared = all(one.shared or not one.bottom for one in below)
        count = 1 if shared or not bottom else self._summed(node)
        top, bottom = top + (count - 1) * bottom, bottom * count
        return Degree(min(top, MOST), min(bottom, MOST), shared or not node.shape)

    def _of_map(self, node: Map, prime: int, below: Sequence[Degree]) -> Degree:
        if node.function is POWER:
            return self._of_power(node, prime, below)
        name = node.function.name
        alone = not node.shape
        first = below[0]
        same = first.shared or alone
        match name:
            case "exp" | "sin" | "cos" if operands_in(node, prime)[0][1] != prime:
                lower = operands_in(node, prime)[0][1]
                self.extra[lower] += int(2 * (first.top + first.bottom))
                weight = self.exponents.degree(node.operands[0])
                return Degree(weight, weight, alone)
            case "log" if operands_in(node, prime)[0][1] != prime:
                self.extra[operands_in(node, prime)[0][1]] += int(2 * first.whole)
                return Degree(1.0)
            case "reciprocal":
                return Degree(first.bottom, first.top, same)
            case "where":
                yes, no = below[1], below[2]
                return Degree(max(yes.top, no.top), max(yes.bottom, no.bottom), alone)
            case "sqrt" | "abs" | "conj" | "real" | "imag":
                return Degree(first.top, first.bottom, same)
            case "sign":
                return Degree()
            case _ if name in COMPARISONS or name in ROUNDED:
                return Degree()
            case _:
                self.extra[prime] += int(2 * sum(one.whole for one in below))
                return Degree(1.0)

    def _of_power(self, node: Map, prime: int, below: Sequence[Degree]) -> Degree:
        first, same = below[0], below[0].shared or not node.shape
        exponent = whole_exponent(node)
        if exponent is None:
            if len(below) > 1 and operands_in(node, prime)[1][1] != prime:
                self.extra[operands_in(node, prime)[1][1]] += int(2 * below[1].whole)
            degree = min(self.exponents.degree(node.operands[1]) * max(first.whole, 1), MOST)
            return Degree(degree, degree, same)
        top, bottom = first.top * abs(exponent), first.bottom * abs(exponent)
        return Degree(top, bottom, same) if exponent >= 0 else Degree(bottom, top, same)

    def _of_matrix(self, node: MatrixMap, prime: int, below: Degree) -> Degree:
        rows, columns = (self._size([dim]) for dim in node.operand.shape[-2:])
        entries = rows * columns
        bottom = below.bottom if below.shared else below.bottom * entries
        top = below.top + bottom - below.bottom
        size = max(rows, columns)
        count = node.function.exponent
        if count is not None:
            return Degree(count * top, count * bottom, len(node.operand.shape) == 2)
        times = _TIMES_INVERTED.get(node.function.name)
        if times is not None:
            degree = times * size * (top + bottom)
            return Degree(degree, degree, len(node.operand.shape) == 2)
        match node.function.name:
            case "det":
                return Degree(size * top, size * bottom, len(node.operand.shape) == 2)
            case "cholesky" | "inverse_gaps" | "inverse_gaps_of_squares":
                degree = 2 * size * (top + bottom)
                return Degree(degree, degree, shared=False)
            case _:
                self.extra[prime] += int(2 * below.whole * entries)
                return Degree(1.0)


def _of_sum(below: Sequence[Degree], alone: bool) -> Degree:
    bottom = sum(one.bottom for one in below)
    top = max(one.top + bottom - one.bottom for one in below)
    shared = alone or all(one.shared or not one.bottom for one in below)
    return Degree(min(top, MOST), min(bottom, MOST), shared)


def _own_decision(node: Expr) -> bool | None:
    """Tell whether a node is a root or takes a decision: true for a root, None for neither."""
    match node:
        case Map(function=function, operands=operands):
            name = function.name
            if name in COMPARISONS or name in ROUNDED or name in ("abs", "sign"):
                return bool(operands[0].is_complex)
            rooted = function is SQRT or (function is POWER and whole_exponent(node) is None)
            return True if rooted and not isinstance(operands[0], Variable) else None
        case Reduce(function=reduction):
            return False if reduction in (MAX, MIN) else None
        case MatrixMap(function=row):
            return True if row is CHOLESKY else None
        case Places():
            return False
        case _:
            return None
