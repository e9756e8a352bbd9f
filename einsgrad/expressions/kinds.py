"""What numpy holds an expression in: booleans, integers, floats or complex numbers.

An index is an integer, and a mask is none: programs compute with floats, so that only the
expression can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from einsgrad.expressions.capture import TRACED
from einsgrad.expressions.current import current
from einsgrad.expressions.nodes import (
    BOOLEAN,
    INTEGER,
    UNKNOWN,
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
from einsgrad.expressions.tables.properties import Kind
from einsgrad.expressions.walks import children, topological, variables_in


def kind_of(expr: Expr) -> str | None:
    """Return the kind of an expression as a letter of numpy's; None if that is not known.

    Of a variable that a user declares it is not known: its array may be of any kind.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import greater, sin
    >>> x = Variable("x", ("n",))
    >>> kind_of(greater(x, 0)), kind_of(sin(x)), kind_of(x), kind_of(2 + greater(x, 0))
    ('b', 'f', None, 'i')
    """
    if expr.is_complex:
        return "c"
    capture = current()
    found: dict[Expr, str | None] = {} if capture is None else capture.kinds
    if expr not in found:
        for node in topological(expr, below=lambda one: () if one in found else _deciding(one)):
            if node not in found:
                found[node] = "c" if node.is_complex else _kind(node, found)
    return found[expr]


def _deciding(node: Expr) -> tuple[Expr, ...]:
    """Return the operands that decide of which kind a node is; a row may say that itself."""
    match node:
        case Map(function=function) if function.kind not in (Kind.SAME, Kind.CHOSEN):
            return ()
        case Reduce(function=reduction) if reduction.kind is not Kind.SAME:
            return ()
        case MatrixMap() | Called():
            return ()
        case _:
            return computed_from(node)


def computed_from(node: Expr) -> tuple[Expr, ...]:
    """Return the operands of a node whose kind its own depends on."""
    return () if isinstance(node, Pick | Places) else children(node)


def looked_up_in(roots: Iterable[Expr]) -> dict[Variable, list[Pick]]:
    """Return the variables that are indices only, with the look-ups that they stand in.

    Examples
    --------
    >>> W, labels = Variable("W", ("v",)), Variable("labels", ("n",))
    >>> list(looked_up_in([W, Pick("v", labels)]))
    [labels[n]]
    >>> looked_up_in([labels])
    {}
    """
    exprs = list(roots)
    found: dict[Variable, list[Pick]] = {}
    numbers = set(topological(*exprs, below=_numbers_below))
    for node in topological(*exprs):
        if isinstance(node, Pick):
            for symbol in variables_in(node.indices):
                if symbol not in numbers:
                    found.setdefault(symbol, []).append(node)
    return found


def _numbers_below(node: Expr) -> tuple[Expr, ...]:
    return () if isinstance(node, Pick) else children(node)


def _kind(node: Expr, found: dict[Expr, str | None]) -> str | None:
    match node:
        case Variable(traits=traits):
            return _kind_of_variable(traits)
        case Constant(value=value):
            return "i" if isinstance(value, int) else "f"
        case Delta() | Affine() | Step() | Integers() | Pick() | Places():
            return "i"
        case Fourier():
            return "c"
        case Einsum():
            return _kind_of_product(node, found)
        case Add(terms=terms):
            return _joined(found[term] for term in terms)
        case Map(function=function, operands=operands):
            given = operands[1:] if function.kind is Kind.CHOSEN else operands
            return _kind_of_value(function.kind, [found.get(one) for one in given])
        case Reduce(function=reduction, operand=operand):
            return _kind_of_value(reduction.kind, [found.get(operand)])
        case MatrixMap() | Called():
            return "f"
        case _ as unreachable:
            assert_never(unreachable)


def _kind_of_variable(traits: frozenset[str]) -> str | None:
    if TRACED not in traits or UNKNOWN in traits:
        return None
    return "i" if INTEGER in traits else "b" if BOOLEAN in traits else "f"


def _kind_of_value(kind: Kind | None, operands: list[str | None]) -> str | None:
    match kind:
        case None:
            return "f"
        case Kind.BOOLEAN:
            return "b"
        case Kind.INTEGER:
            return "i"
        case Kind.SAME | Kind.CHOSEN:
            return _joined(operands)
        case _ as unreachable:
            assert_never(unreachable)


def _kind_of_product(node: Einsum, found: dict[Expr, str | None]) -> str | None:
    others = [found[one] for one in node.operands if not isinstance(one, _SELECTORS)]
    kind = _joined(others) if others else "i"
    return "i" if kind == "b" and is_counting(node) else kind


def is_counting(node: Einsum) -> bool:
    """Tell whether an einsum adds entries of an operand up, and does not only select some."""
    pairs = list(zip(node.subscripts.inputs, node.operands, strict=True))
    selected = {x for indices, one in pairs if isinstance(one, Affine | Pick) for x in indices}
    kept = selected.union(node.subscripts.output)
    others = [indices for indices, one in pairs if not isinstance(one, _SELECTORS)]
    return not all(map(kept.issuperset, others))


def _joined(kinds: Iterable[str | None]) -> str | None:
    """Return the kind that values of several kinds are combined to."""
    given = set(kinds)
    return next((kind for kind in ("c", "f", None, "i", "b") if kind in given), "i")


_SELECTORS = (Delta, Affine, Step, Pick)
