"""A formula with the parts that it names: which those are, and how they are defined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from copy import copy

from einsgrad.expressions.nodes import Expr, MatrixMap, Variable
from einsgrad.expressions.parts import as_symbols
from einsgrad.expressions.walks import children, variables_in
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.left_sides import LeftSide
from einsgrad.notation.matrix import MatrixWriter
from einsgrad.notation.naming import named_parts
from einsgrad.notation.pieces import NotedFormula
from einsgrad.notation.presentation import presented_all
from einsgrad.notation.told_sizes import tells_sizes


def noted_formula(
    expr: Expr,
    notation: str,
    layout: Layout,
    taken: Collection[str] = (),
    *,
    stands_alone: bool = False,
) -> NotedFormula:
    """Write an expression in matrix or index notation, and the parts that it names.

    Parameters
    ----------
    expr, notation, layout
        What is written, and how.
    taken
        Names that no part may have, beside those of variables.
    stands_alone
        Whether nothing around the formula tells the sizes of ones and identities.
    """
    if stands_alone and notation == "matrix" and layout.bare_ones:
        layout = copy(layout)
        layout.sized = not _tells_sizes(expr, taken)
    return _noted(expr, notation, layout, taken)


def _tells_sizes(expr: Expr, taken: Collection[str]) -> bool:
    """Tell whether a formula says the sizes of its ones and identities, as text."""
    found = _noted(expr, "matrix", TEXT_LAYOUT, taken)
    return bool(found.letters) or tells_sizes(expr, found.text, found.notes)


def _noted(expr: Expr, notation: str, layout: Layout, taken: Collection[str]) -> NotedFormula:
    whole, parts = as_symbols(expr)
    root, *given = presented_all((whole, *parts.values()))
    layout = apart_from_variables(layout, root, *given)
    names, writer = _plan((root, *given), layout, taken=set(taken), matrix=notation == "matrix")
    indexed = IndexWriter(layout, names)
    defined = [(part, symbol.name) for symbol, part in zip(parts, given, strict=True)]
    notes = tuple(definitions([*defined, *names.items()], indexed, writer))
    named = (*(name for _, name in defined), *names.values())
    body = None if writer is None else writer.whole(root)
    if body is not None:
        return NotedFormula(body.text, notes, names=named)
    found = indexed.formula(root)
    return NotedFormula(found.text, notes, found.letters, found.tells_order, named)


def apart_from_variables(layout: Layout, *roots: Expr) -> Layout:
    """Return a layout that writes sizes and π apart from the variables of expressions."""
    made = copy(layout)
    made.taken = frozenset(v.name for v in variables_in(*roots))
    return made


def definitions(
    names: Iterable[tuple[Expr, str]], indexed: IndexWriter, writer: MatrixWriter | None
) -> Iterator[str]:
    """Yield the definitions of named parts, as matrices where they have been written so."""
    layout = indexed.layout
    for part, name in names:
        body = None if writer is None else writer.bodies[part]
        if body is None:
            yield layout.where(indexed.definition(part, LeftSide(name)))
        else:
            yield layout.where(layout.equation(LeftSide(name).written(layout), body.text))


def _plan(
    roots: tuple[Expr, ...], layout: Layout, *, taken: set[str], matrix: bool
) -> tuple[dict[Expr, str], MatrixWriter | None]:
    """Choose the named parts, and write them as matrices where that is asked for.

    In index notation the operand of an inverse needs a name: its entries have no indices.
    """
    needed: set[Expr] = set()
    while True:
        names = named_parts(*roots, needs_name=needed.__contains__, taken=taken)
        writer = MatrixWriter(layout, names) if matrix else None
        if writer is not None:
            for root in roots:
                writer.write(root)
        blocks = [
            node for node in (*roots, *names) if writer is None or writer.bodies[node] is None
        ]
        missing = {
            node.operand
            for block in blocks
            for node in _within(block, names)
            if isinstance(node, MatrixMap)
            and not isinstance(node.operand, Variable)
            and node.operand not in names
        }
        if not missing:
            return names, writer
        needed |= missing


def _within(block: Expr, names: dict[Expr, str]) -> list[Expr]:
    """Return the nodes of a part down to those that have names of their own."""
    found: dict[Expr, None] = {}
    stack = [block]
    while stack:
        node = stack.pop()
        if node not in found:
            found[node] = None
            stack.extend(child for child in children(node) if child not in names)
    return list(found)
