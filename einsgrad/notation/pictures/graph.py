"""The graph of an expression: a box for each node, users above what they use.

Deltas and numbers are told within the products that hold them. A node that several others
use stands once, in another colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, assert_never

from einsgrad.errors import ArgumentError
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
from einsgrad.expressions.printing import write
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.notation.pictures.library import graphs
from einsgrad.notation.pictures.svg import PLAIN, SHARED, Canvas, Position, box_size
from einsgrad.notation.terms import SpelledTerm, spell

_ROW, _SPACE = 66.0, 26.0
_SWEEPS = 6
_MOST_NODES = 300


@dataclass(frozen=True)
class Box:
    """A node as it is drawn: its text, and the nodes that it uses, in order."""

    text: str
    uses: tuple[Expr, ...] = ()


def box_of(node: Expr) -> Box:
    """Say what stands in a node's box."""
    match node:
        case Variable(name=name):
            return Box(name)
        case Constant() | Delta() | Affine():
            return Box(write(node))
        case Step() | Integers() | Fourier():
            return Box(type(node).__name__.lower())
        case Pick(indices=indices):
            return Box("pick", (indices,))
        case Places(name=name, operand=operand):
            return Box(name, (operand,))
        case Einsum():
            (term,) = spell(node)
            return _product(term)
        case Add(terms=terms):
            return Box("+", terms)
        case Map(function=function, operands=operands):
            return Box(function.name, operands)
        case Reduce(function=reduction, operand=operand, axes=axes):
            inner = f" over {', '.join(str(operand.shape[axis]) for axis in axes)}"
            return Box(reduction.name + (inner if len(operand.shape) > 1 else ""), (operand,))
        case Called(call=call, operands=operands):
            return Box(str(call), operands)
        case MatrixMap(function=matrix_function, operand=operand):
            return Box(matrix_function.name, (operand,))
        case _ as unreachable:
            assert_never(unreachable)


def _product(term: SpelledTerm) -> Box:
    term = term.spelled
    uses = tuple(factor for factor in term.factors if not isinstance(factor, Delta | Constant))
    told = [str(term.subscripts)]
    if len(term.factors) == 1 and term.subscripts.inputs[0] == term.subscripts.output:
        told = []
    number = "" if term.coefficient == 1 else f"{term.coefficient}"
    return Box(" ".join([number, *told]).strip(), uses)


def boxes_under(roots: Sequence[Expr]) -> dict[Expr, Box]:
    """Return the boxes of all nodes, users first.

    Raises
    ------
    ArgumentError
        If there are too many to be read.
    """
    found: dict[Expr, Box] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found[node] = box_of(node)
        waiting.extend(reversed(found[node].uses))
        if len(found) > _MOST_NODES:
            raise ArgumentError(
                f"the expression has more than {_MOST_NODES} nodes, too many to be read in a "
                "picture. Draw its parts."
            )
    return found


@dataclass(frozen=True)
class Arrangement:
    """Where the boxes stand, and through which points the lines between them go."""

    places: dict[Expr, Position]
    lines: list[list[Position]]


def arrange_graph(boxes: Mapping[Expr, Box], widths: Mapping[Expr, float]) -> Arrangement:
    """Place users above what they use, row by row, with few lines crossing."""
    graph = graphs().DiGraph()
    graph.add_nodes_from(boxes)
    graph.add_edges_from((user, used) for user, box in boxes.items() for used in box.uses)
    rows = {
        node: k for k, row in enumerate(graphs().topological_generations(graph)) for node in row
    }
    chains = [list(_chain(user, used, rows)) for user, used in graph.edges]
    ordered = _order(_by_rows(rows, chains), chains)
    places = _spread(ordered, widths)
    lines = [[places[point] for point in chain] for chain in chains]
    return Arrangement({node: places[node] for node in boxes}, lines)


def _chain(user: Expr, used: Expr, rows: Mapping[Any, int]) -> Iterator[Any]:
    """Yield the stops of a line: one in each row that it passes."""
    yield user
    for row in range(rows[user] + 1, rows[used]):
        yield user, used, row
    yield used


def _by_rows(rows: Mapping[Any, int], chains: Sequence[Sequence[Any]]) -> list[list[Any]]:
    found: list[list[Any]] = [[] for _ in range(max(rows.values()) + 1)]
    for node, row in rows.items():
        found[row].append(node)
    for chain in chains:
        for stop in chain[1:-1]:
            found[stop[2]].append(stop)
    return found


def _order(rows: list[list[Any]], chains: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Order each row by the mean places of what its nodes are joined to, down and up in turn."""
    above: dict[Any, list[Any]] = {}
    below: dict[Any, list[Any]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    for sweep in range(_SWEEPS):
        neighbours = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            place = {stop: k / len(one) for one in rows for k, stop in enumerate(one)}
            row.sort(key=lambda stop: _mean([place[n] for n in neighbours.get(stop, [stop])]))
    return rows


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _spread(rows: Sequence[Sequence[Any]], widths: Mapping[Any, float]) -> dict[Any, Position]:
    places: dict[Any, Position] = {}
    for number, row in enumerate(rows):
        sizes = [widths.get(stop, 0.0) + _SPACE for stop in row]
        left = -sum(sizes) / 2
        for stop, size in zip(row, sizes, strict=True):
            places[stop] = (left + size / 2, number * _ROW)
            left += size
    return places


def draw_graph(roots: Mapping[str, Expr], canvas: Canvas) -> None:
    """Draw the graph of expressions with their names; an empty name is not shown."""
    boxes = boxes_under(list(roots.values()))
    widths = {node: box_size(box.text)[0] for node, box in boxes.items()}
    arranged = arrange_graph(boxes, widths)
    for line in arranged.lines:
        canvas.path(line)
    uses = [used for box in boxes.values() for used in box.uses]
    for node, box in boxes.items():
        shared = uses.count(node) > 1
        root = node in roots.values()
        canvas.box(arranged.places[node], box.text, SHARED if shared else PLAIN, thick=root)
    for name, root_node in roots.items():
        x, y = arranged.places[root_node]
        canvas.text((x, y - 26), name)
