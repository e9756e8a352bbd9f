"""What is drawn: einsums with their adjoints, expressions with their derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einsgrad.calculus.derivatives import check_variable, gradients, jacobian
from einsgrad.errors import ArgumentError
from einsgrad.expressions.base import Node
from einsgrad.expressions.named import Operation, as_operation
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.notation.pictures.graph import draw_graph
from einsgrad.notation.pictures.network import DrawnNetwork, EndKind, arrange_network, draw_network
from einsgrad.notation.pictures.svg import Canvas, Picture
from einsgrad.notation.terms import SpelledTerm
from einsgrad.results.formulas.of_einsums import adjoint_of_einsum
from einsgrad.simplification.simplify import simplify_expr


def draw(target: Any, wrt: Any = None, *, names: Sequence[str] | None = None) -> Picture:
    """Draw an einsum as a tensor network, or an expression as a graph.

    Parameters
    ----------
    target
        An einsum string or `equation`; or an expression.
    wrt
        For an einsum, an operand by number or name: the adjoint is drawn beside it, with the
        cotangent, in another colour, in the operand's place. For an expression, a variable:
        the derivative is drawn with it, and nodes that both use are shared.
    names
        For a string, the names of the operands.

    Returns
    -------
    Picture
        `svg`, which notebooks show; `save(path)` writes it.

    Raises
    ------
    ArgumentError
        If networkx is not installed, or there is too much to draw.
    EinsgradError
        If the einsum is wrong, or there is no such operand or variable.

    Examples
    --------
    >>> import einsgrad as eg
    >>> picture = eg.draw("mn,n->m", "A", names=("A", "x"))
    >>> picture.svg.count("<circle")
    4
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> eg.draw(eg.sum_squares(A @ x), x).svg.startswith("<svg")
    True
    """
    canvas = Canvas()
    if not isinstance(target, Node):
        _draw_einsum(as_operation(target, names), wrt, canvas)
    elif names is not None:
        raise ArgumentError("names are for einsum strings. An expression has its own.")
    else:
        _draw_expression(as_expr(target), wrt, canvas)
    return Picture(canvas.svg())


def _draw_expression(expr: Expr, wrt: Variable | None, canvas: Canvas) -> None:
    if wrt is None:
        draw_graph({"": expr}, canvas)
        return
    check_variable(wrt)
    # Only what is in canonical form is the same node in the value and in the derivative.
    expr = simplify_expr(expr)
    if expr.shape:
        draw_graph({"Y": expr, f"∂Y/∂{wrt.name}": jacobian(expr, wrt)}, canvas)
    else:
        draw_graph({"E": expr, f"∂E/∂{wrt.name}": gradients(expr, [wrt])[0]}, canvas)


def _draw_einsum(bound: Operation, wrt: int | str | None, canvas: Canvas) -> None:
    network = DrawnNetwork(bound.subscripts, bound.names, f'"{bound.subscripts}"')
    positions = arrange_network(network)
    draw_network(network, positions, canvas)
    if wrt is None:
        return
    adjoint = adjoint_of_einsum(bound, wrt)
    fixed = {end: point for end, point in positions.items() if end.kind is not EndKind.OPEN}
    for term in (term.spelled for term in adjoint.terms):
        beside = Canvas()
        network = _adjoint_network(term, adjoint.cotangent)
        draw_network(network, arrange_network(network, fixed), beside)
        canvas.put_beside(beside)


def _adjoint_network(term: SpelledTerm, cotangent: Variable | None) -> DrawnNetwork:
    number = "" if term.coefficient == 1 else f"{term.coefficient} * "
    marked = [place for place, factor in enumerate(term.factors) if factor is cotangent]
    return DrawnNetwork(
        term.subscripts, term.operands, f'{number}"{term.subscripts}"', frozenset(marked)
    )
