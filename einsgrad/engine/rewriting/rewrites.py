"""Rewrites for speed: named rules over expressions, each with the condition under which it pays.

They run before an expression is lowered, keep value and shape, and are not meant to be
read: simplification is for people, this is for machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from math import prod

from einsgrad.engine.rewriting.determinant_products import open_log_of_product
from einsgrad.engine.rewriting.determinants import join_adjugate, mark_definite, open_log_of_det
from einsgrad.engine.rewriting.directions import LENGTHS, guard_directions
from einsgrad.engine.rewriting.logistic import DimSizes, open_sigmoid, open_softplus, share_softplus
from einsgrad.engine.rewriting.matrix_powers import open_powers
from einsgrad.engine.rewriting.powers_at_zero import guard_powers
from einsgrad.engine.rewriting.regrouping import factored, flattened
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import presumed
from einsgrad.expressions.idioms import log_normaliser
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, MatrixMap, Reduce
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.products import is_one_everywhere
from einsgrad.expressions.shaping import unreduce
from einsgrad.expressions.tables.elementwise import (
    EXP,
    HEAVISIDE,
    POWER,
    RECIPROCAL,
    RELU,
    SIGMOID,
    SIGN,
    SOFTPLUS,
    TIED_STEP,
)
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import DET, INVERSE, LOGDET, LOGSUMEXP, MAX, NORM
from einsgrad.expressions.tables.rows import Elementwise, Row
from einsgrad.expressions.tables.spellings import Bounded, Stable
from einsgrad.expressions.vocabulary.words import add, exp, multiply, reciprocal, sqrt, subtract
from einsgrad.expressions.walks import Rebuilding, rebuild_all, rebuild_knowing, topological
from einsgrad.simplification.bounds import is_nonnegative
from einsgrad.simplification.sums import split_coefficient
from einsgrad.strings.subscripts import Subscripts, unique

# Multiply-adds of a Gram product from which a square root on both sides pays: from 100,000
# on processors with AVX2, from 10,000,000 with AVX-512, whose symmetric products are slow
# ("logistic regression" in `python -m benchmarks --only hessians`).
_GRAM = 1_000_000
# Larger powers are as fast by `numpy.power`.
_MOST_MULTIPLIED = 16
# The size of a name that none is known of.
_PRESUMED = 64
Rule = Callable[[Expr, DimSizes], "Expr | None"]
# The largest entry is subtracted before exponentials are summed; where it is infinite the
# difference would be undefined.
_FINITE = Elementwise(
    "finite",
    Bounded("np.minimum(np.maximum({x}, -{limit}), {limit})"),
    (None,),
    ((-3.0, 3.0),),
    shares=False,
    real_valued=True,
)
# The sum of no exponentials is 0, and its logarithm is no error.
_QUIET_LOG = Elementwise("quiet_log", Stable("quiet_log"), (None,), ((0.2, 3.0),), shares=False)


def rewritten(exprs: Sequence[Expr], sizes: DimSizes) -> tuple[Expr, ...]:
    """Apply all rules to expressions that are lowered together.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.norms import norm
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> rewritten([norm(x)], {"n": 3})
    (sqrt("n,n->"(x, x)),)
    """
    found = list(without_names(exprs))
    nodes = topological(*found)
    used: set[Row] = {n.function for n in nodes if isinstance(n, Map | Reduce | MatrixMap)}
    if any(isinstance(row, MatrixFunction) and row.exponent for row in used):
        found = open_powers(found)
    if used & LENGTHS and RECIPROCAL in used:
        found = list(guard_directions(found))
    if POWER in used:
        found = list(guard_powers(found))
    for triggers, rules in STAGES:
        if triggers & used or not triggers:
            found = rebuild_all(found, partial(_apply, rules, sizes))
    if used & _LOGISTIC:
        found = rebuild_all(share_softplus(found), partial(_apply, _OPEN_LOGISTIC, sizes))
    if LOGSUMEXP in used:
        found = list(without_guards(found))
    return flattened(factored(found))


def _apply(rules: Sequence[Rule], sizes: DimSizes, node: Expr) -> Expr:
    for rule in rules:
        better = rule(node, sizes)
        if better is not None:
            return better
    return node


def _exponentials(node: Reduce) -> tuple[Expr, Expr, Expr]:
    """Return the shift, exp(x - shift), and its sum."""
    shift: Expr = Map(_FINITE, (Reduce(MAX, node.operand, node.axes),))
    powers = exp(subtract(node.operand, unreduce(shift, node.operand.shape, node.axes)))
    full = tuple(range(len(node.operand.shape)))
    kept = tuple(axis for axis in full if axis not in node.axes)
    return shift, powers, build_einsum(Subscripts((full,), kept), (powers,))


def _is_of_nothing(node: Reduce, sizes: DimSizes) -> bool:
    """Tell whether no entries are reduced, of which there is no largest one."""
    dims = (node.operand.shape[axis] for axis in node.axes)
    return any(presumed(dim, sizes, _PRESUMED) == 0 for dim in dims)


def share_exponentials(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write softmax, exp(x - logsumexp(x)), with the exponentials that logsumexp adds."""
    match node:
        case Map(function=row, operands=(Add() as difference,)) if row is EXP:
            reduced = log_normaliser(difference)
        case _:
            return None
    if reduced is None or reduced.is_complex or _is_of_nothing(reduced, sizes):
        return None
    _, powers, total = _exponentials(reduced)
    full = tuple(range(len(node.shape)))
    kept = tuple(axis for axis in full if axis not in reduced.axes)
    return build_einsum(Subscripts((full, kept), full), (powers, reciprocal(total)))


def open_logsumexp(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write logsumexp as max + log(sum(exp(x - max)))."""
    match node:
        case Reduce(function=row) if row is LOGSUMEXP and not node.is_complex:
            if _is_of_nothing(node, sizes):
                return None
            shift, _, total = _exponentials(node)
            return add(Map(_QUIET_LOG, (total,)), shift)
        case _:
            return None


def open_norm(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write a norm as the root of a contraction."""
    match node:
        case Reduce(function=row, operand=operand, axes=axes) if row is NORM:
            full = tuple(range(len(operand.shape)))
            kept = tuple(axis for axis in full if axis not in axes)
            return sqrt(build_einsum(Subscripts((full, full), kept), (operand, operand)))
        case _:
            return None


def multiply_out_power(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write a whole power as products, each the square of the one before: `x³` as `(x · x) · x`."""
    match node:
        case Map(function=row, operands=(base, Constant(value=int() as exponent))) if (
            row is POWER and 1 < exponent <= _MOST_MULTIPLIED
        ):
            powers = {1: base}
            for number in range(2, exponent + 1):
                half = number // 2
                powers[number] = multiply(powers[number - half], powers[half])
            return powers[exponent]
        case _:
            return None


def sign_steps(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write a step function whose value at 0 is 0 as the sign of relu, which is faster."""
    match node:
        case Map(function=row, operands=(x, Constant(value=0))):
            return Map(SIGN, (Map(RELU, (x,)),)) if row is HEAVISIDE and not x.is_complex else None
        case _:
            return None


def compare_arrays(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write the step of a difference, 1/2 at 0, so that it is that also of equal infinities."""
    match node:
        case Map(function=row, operands=(Add(terms=(one, other)), Constant(value=0.5))):
            if row is not HEAVISIDE or node.is_complex:
                return None
        case _:
            return None
    (number, core), (second, rest) = split_coefficient(one), split_coefficient(other)
    if {number, second} != {1, -1} or is_one_everywhere(core) or is_one_everywhere(rest):
        return None
    return Map(TIED_STEP, (core, rest) if number == 1 else (rest, core))


def split_gram(node: Expr, sizes: DimSizes) -> Expr | None:
    """Write `Xᵀ diag(s) X` with s ≥ 0 as `(√s X)ᵀ (√s X)`, which is a symmetric product.

    It pays where the product is large: a symmetric product takes half the operations.
    """
    if not isinstance(node, Einsum) or _space(node, sizes) < _GRAM:
        return None
    lists, operands = node.subscripts.inputs, node.operands
    if len(set(operands)) == len(operands):
        return None
    numbers = [p for p, operand in enumerate(operands) if isinstance(operand, Constant)]
    for one, other in combinations(range(len(operands)), 2):
        shared = set(lists[one]) & set(lists[other])
        if operands[one] is not operands[other] or not shared:
            continue
        others = [p for p in range(len(operands)) if p not in (one, other, *numbers)]
        if not others:
            continue
        weights = all(set(lists[p]) <= shared and is_nonnegative(operands[p]) for p in others)
        if weights and shared != set(lists[one]) and not node.is_complex:
            return _split(node, one, other, others)
    return None


def _split(node: Einsum, one: int, other: int, others: Sequence[int]) -> Expr:
    lists, operands = node.subscripts.inputs, node.operands
    labels = unique(x for place in others for x in lists[place])
    weight = build_einsum(
        Subscripts(tuple(lists[p] for p in others), labels), [operands[p] for p in others]
    )
    root = sqrt(weight)
    half = build_einsum(Subscripts((lists[one], labels), lists[one]), (operands[one], root))
    rest = [p for p in range(len(operands)) if p not in (one, other, *others)]
    kept = (lists[one], lists[other], *(lists[p] for p in rest))
    parts = (half, half, *(operands[p] for p in rest))
    return build_einsum(Subscripts(kept, node.subscripts.output), parts)


def _space(node: Einsum, sizes: DimSizes) -> int:
    dims = node.dims.values()
    return prod(presumed(dim, sizes, 1) for dim in dims)


def without_guards(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Drop the guard against infinite entries where only a softmax uses it.

    A softmax with an infinite entry is undefined with and without the guard.
    """
    return rebuild_knowing(exprs, _without_guard)


def _without_guard(node: Expr, new: Expr, known: Rebuilding) -> Expr:
    match new:
        case Map(function=row, operands=(inner,)) if row is _FINITE and known.uses[node] == 1:
            return inner
        case _:
            return new


_DETERMINANTS: tuple[Rule, ...] = (
    open_log_of_det,
    open_log_of_product,
    join_adjugate,
)
# Each stage with the functions that it is for; none are those that are for einsums too.
STAGES: tuple[tuple[frozenset[Row], tuple[Rule, ...]], ...] = (
    (frozenset([LOGSUMEXP]), (share_exponentials,)),
    (frozenset([DET]), _DETERMINANTS),
    (frozenset(), (open_norm, multiply_out_power, sign_steps, compare_arrays, split_gram)),
    (frozenset([LOGSUMEXP]), (open_logsumexp,)),
    (frozenset([DET, INVERSE, LOGDET]), (mark_definite,)),
)
_LOGISTIC = frozenset([SOFTPLUS, SIGMOID])
_OPEN_LOGISTIC: tuple[Rule, ...] = (open_softplus, open_sigmoid)
