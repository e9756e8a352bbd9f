"""Expressions for a batch of examples: one more label, which every part that varies gets.

A node that depends on what is given for each example has the batch as its first axis; the others
stay as they are, and are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, assert_never

from einsgrad.expressions.capture import traced_variable
from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.own_calls import OwnCall, OwnFunction
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import as_expr, broadcast, unreduce
from einsgrad.expressions.walks import children, topological
from einsgrad.strings.subscripts import Subscripts

_BATCH = "batch"


def batched(exprs: Sequence[Expr], given: Mapping[Expr, Expr], size: int) -> list[Expr]:
    """Return expressions for all examples of a batch.

    Parameters
    ----------
    exprs
        Expressions of one example.
    given
        What stands for a variable: an expression with the batch as its first axis.
    size
        How many examples there are.

    Returns
    -------
    list of Expr
        The expressions with the batch as their first axis, also those that do not depend on
        what is given.

    Examples
    --------
    >>> A, x, xs = Variable("A", (2, 3)), Variable("x", (3,)), Variable("xs", (5, 3))
    >>> batched([build_einsum(Subscripts(("mn", "n"), "m"), (A, x))], {x: xs}, 5)
    ["jk,ik->ij"(A, xs)]
    """
    batch = _Batch(size, dict(given))
    return [batch.of(expr) for expr in exprs]


class _Batch:
    """What is known of a batch: which nodes vary, and the node that each became."""

    def __init__(self, size: int, known: dict[Expr, Expr]) -> None:
        self.size = size
        self.known = known

    def of(self, root: Expr) -> Expr:
        """Return an expression with the batch as its first axis."""
        for node in topological(root):
            if node not in self.known and any(part in self.known for part in children(node)):
                self.known[node] = self._built(node)
        return self._spread(root, root.shape)

    def _built(self, node: Expr) -> Expr:
        match node:
            case Einsum():
                return self._einsum(node)
            case Add(terms=terms):
                spread = [self._spread(term, node.shape) for term in terms]
                return add_terms(spread, (self.size, *node.shape))
            case Map(function=function, operands=operands):
                return Map(function, tuple([self._operand(one, node) for one in operands]))
            case Reduce(function=reduction, operand=operand, axes=axes):
                return Reduce(reduction, self.known[operand], tuple([a + 1 for a in axes]))
            case MatrixMap(function=matrix_function, operand=operand):
                return MatrixMap(matrix_function, self.known[operand])
            case Places(name=name, operand=operand, axis=axis):
                return Places(name, self.known[operand], axis + 1)
            case Pick():
                picked = self._picked(node)
                axes = tuple(range(len(picked.shape)))
                output = (axes[1], axes[0], *axes[2:])
                return build_einsum(Subscripts((axes,), output), (picked,))
            case Called(call=call, operands=operands, sizes=sizes, dtype=dtype):
                varying = tuple([one in self.known for one in operands])
                parts = tuple([self.known.get(one, one) for one in operands])
                return Called(_call(call, varying, self.size), parts, (self.size, *sizes), dtype)
            case Variable() | Constant() | Delta() | Affine() | Step() | Integers() | Fourier():
                raise AssertionError("a leaf depends on nothing")
            case _ as unreachable:
                assert_never(unreachable)

    def _einsum(self, node: Einsum) -> Expr:
        lists, operands = [], []
        for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
            if operand not in self.known:
                lists.append(indices)
                operands.append(operand)
            elif isinstance(operand, Pick):
                # In a product the look-up itself stands, with its target first.
                lists.append((indices[0], _BATCH, *indices[1:]))
                operands.append(self._picked(operand))
            else:
                lists.append((_BATCH, *indices))
                operands.append(self.known[operand])
        return build_einsum(Subscripts(tuple(lists), (_BATCH, *node.subscripts.output)), operands)

    def _picked(self, node: Pick) -> Pick:
        return Pick(node.target, self.known[node.indices])

    def _operand(self, operand: Expr, node: Map) -> Expr:
        """Return an operand of an elementwise function: of the full shape, or a number."""
        if operand not in self.known and not operand.shape:
            return operand
        full = (self.size, *node.shape)
        if operand in self.known and not operand.shape and node.shape:
            return unreduce(self.known[operand], full, tuple(range(1, len(full))))
        return self._spread(operand, node.shape)

    def _spread(self, expr: Expr, shape: tuple[Any, ...]) -> Expr:
        if expr in self.known:
            return self.known[expr]
        return broadcast(expr, (self.size, *shape))


def _call(call: OwnCall, varying: tuple[bool, ...], size: int) -> OwnCall:
    """Return the call of a user's function at every example of a batch."""
    function = _for_each(call.function, call.places, varying, size)
    return OwnCall(function, call.others, call.count, call.kinds)


@lru_cache(maxsize=256)
def _for_each(
    function: OwnFunction, places: tuple[int, ...], varying: tuple[bool, ...], size: int
) -> OwnFunction:
    """Return a user's function at every example, whose pullback is his for a batch.

    Programs call it for one example after the other; its pullback is an expression.
    """
    vary = [place for place, flag in zip(places, varying, strict=True) if flag]

    def value(*arguments: Any) -> Any:
        import numpy as np

        return np.stack(
            [
                function.value(*[a[n] if p in vary else a for p, a in enumerate(arguments)])
                for n in range(size)
            ]
        )

    def pullback(cotangent: Any, node: Any, *arguments: Any) -> list[Any]:
        one = {p: _example(a, f"argument {p}") for p, a in enumerate(arguments) if p in vary}
        fresh = _example(cotangent, "cotangent"), _example(node, "value")
        single = [one.get(place, a) for place, a in enumerate(arguments)]
        cotangents = function.cotangents(*fresh, *single)
        given: dict[Expr, Expr] = {fresh[0]: as_expr(cotangent), fresh[1]: as_expr(node)}
        given.update({one[place]: as_expr(arguments[place]) for place in vary})
        return [
            None if share is None else _share(share, given, size, arguments[p], p in vary)
            for p, share in enumerate(cotangents)
        ]

    return OwnFunction(function.name, value, pullback)


def _example(expr: Expr, role: str) -> Variable:
    return traced_variable(f"{role} of an example", expr.shape[1:], expr.is_complex)


def _share(share: Any, given: Mapping[Expr, Expr], size: int, argument: Expr, varies: bool) -> Expr:
    shape = argument.shape[1:] if varies else argument.shape
    whole = as_expr(share)
    (found,) = batched([whole if whole.shape == shape else broadcast(whole, shape)], given, size)
    if varies:
        return found
    axes = tuple(range(len(found.shape)))
    return build_einsum(Subscripts((axes,), axes[1:]), (found,))
