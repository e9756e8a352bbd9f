"""Walks over expressions, none of them recursive: an expression may be 10,000 nodes deep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import assert_never

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
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the operands of a node, in order."""
    # The most frequent nodes first: walks are long.
    match expr:
        case Map(operands=operands) | Einsum(operands=operands):
            return operands
        case Add(terms=terms):
            return terms
        case Variable() | Constant() | Delta() | Affine() | Step() | Integers() | Fourier():
            return ()
        case Reduce(operand=operand) | MatrixMap(operand=operand) | Places(operand=operand):
            return (operand,)
        case Called(operands=operands):
            return operands
        case Pick(indices=indices):
            return (indices,)
        case _ as unreachable:
            assert_never(unreachable)


def topological(*roots: Expr, below: Callable[[Expr], Sequence[Expr]] = children) -> list[Expr]:
    """Return every node under the roots once, each after its children.

    Parameters
    ----------
    roots
        Where to begin.
    below
        Which nodes come before a node: all its children, or some of them.

    Examples
    --------
    >>> from einsgrad.expressions.construct import add_terms
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ()), Variable("y", ())
    >>> [node.name for node in topological(add_terms([x, y], ()))[:2]]
    ['x', 'y']
    """
    order: dict[Expr, None] = {}
    stack: list[tuple[Expr, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order[node] = None
        elif node not in order:
            parts = below(node)
            if parts:
                stack.append((node, True))
                stack.extend([(child, False) for child in reversed(parts)])
            else:
                order[node] = None
    return list(order)


def with_children(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """Build the same node over other children of the same shapes."""
    if all(map(is_, children(expr), parts)):
        return expr
    match expr:
        case Variable() | Constant() | Delta() | Affine() | Step() | Integers() | Fourier():
            return expr
        case Einsum(subscripts=subscripts):
            return Einsum(subscripts, tuple(parts))
        case Add():
            return Add(tuple(parts))
        case Map(function=function):
            return Map(function, tuple(parts))
        case Reduce(function=reduction, axes=axes):
            return Reduce(reduction, parts[0], axes)
        case MatrixMap(function=matrix_function):
            return MatrixMap(matrix_function, parts[0])
        case Called(call=call, sizes=sizes, dtype=dtype):
            return Called(call, tuple(parts), sizes, dtype)
        case Pick(target=target):
            return Pick(target, parts[0])
        case Places(name=name, axis=axis):
            return Places(name, parts[0], axis)
        case _ as unreachable:
            assert_never(unreachable)


def rebuild(root: Expr, rule: Callable[[Expr], Expr]) -> Expr:
    """Rebuild an expression from its leaves up, with `rule` applied to each new node.

    Examples
    --------
    >>> from einsgrad.expressions.construct import add_terms
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ()), Variable("y", ())
    >>> doubled = rebuild(add_terms([x, y], ()), lambda node: y if node is x else node)
    >>> doubled is add_terms([y, y], ())
    True
    """
    return rebuild_all([root], rule)[0]


def rebuild_all(
    roots: Sequence[Expr],
    rule: Callable[[Expr], Expr],
    below: Callable[[Expr], Sequence[Expr]] = children,
) -> list[Expr]:
    """Rebuild several expressions in one walk: what they share is rebuilt once.

    Parameters
    ----------
    roots, rule
        The expressions, and what becomes of a node over its new children.
    below
        Which nodes are rebuilt before a node; what is not rebuilt stays as it is.
    """
    done: dict[Expr, Expr] = {}
    for node in topological(*roots, below=below):
        parts = below(node)
        done[node] = rule(with_children(node, [done[part] for part in parts]) if parts else node)
    return [done[root] for root in roots]


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What is known while expressions are rebuilt.

    Parameters
    ----------
    uses
        How often each node of the old expressions is used; a root once more.
    done
        What the old nodes have become, from the leaves up.
    """

    uses: Mapping[Expr, int]
    done: Mapping[Expr, Expr]


def rebuild_knowing(
    roots: Sequence[Expr], rule: Callable[[Expr, Expr, Rebuilding], Expr]
) -> tuple[Expr, ...]:
    """Rebuild expressions in one walk, with a rule that depends on what else uses a node.

    Parameters
    ----------
    roots
        The expressions.
    rule
        What becomes of a node, given the node, the same node over its new children, and
        what is known.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import exp, sin
    >>> x, y = Variable("x", ()), Variable("y", ())
    >>> def halted(node, new, known):
    ...     return new if known.uses[node] == 1 else y
    >>> rebuild_knowing([sin(exp(x)) + exp(x)], halted)
    (sin(y) + y,)
    """
    order = topological(*roots)
    uses = Counter(child for node in order for child in children(node))
    uses.update(roots)
    done: dict[Expr, Expr] = {}
    known = Rebuilding(uses, done)
    for node in order:
        new = with_children(node, [done[child] for child in children(node)])
        done[node] = rule(node, new, known)
    return tuple(done[root] for root in roots)


def substitute(root: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """Replace nodes by others of the same shapes.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x, y = Variable("x", ()), Variable("y", ())
    >>> substitute(x, {x: y}) is y
    True
    """
    return rebuild(root, lambda node: values.get(node, node))


def variables_in(*roots: Expr) -> tuple[Variable, ...]:
    """Return the variables under the roots, ordered by name."""
    found = [node for node in topological(*roots) if isinstance(node, Variable)]
    return tuple(sorted(found, key=lambda node: node.key))
