"""Any expression in four notations: einsum calls, index notation, matrix notation, LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Literal, TypeAlias

from einsgrad.errors import ArgumentError, as_flag, as_text, clip
from einsgrad.expressions.nodes import Expr, MatrixMap, Variable
from einsgrad.expressions.printing import write
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import children, variables_in
from einsgrad.notation.ascii import ASCII_LAYOUT
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.matrix import MatrixWriter
from einsgrad.notation.naming import named_parts
from einsgrad.notation.presentation import presented

Notation: TypeAlias = 'Literal["einsum", "index", "matrix"]'


def show(
    expr: object, notation: Notation = "matrix", *, name: str = "", ascii: bool = False
) -> str:
    """Write an expression for reading.

    Parameters
    ----------
    expr
        The expression; it is written as it is, not simplified.
    notation
        `"matrix"` writes `Aᵀ (A x - b)`, and what has no such form in index notation;
        `"index"` writes `A_mn (A_mi x_i - b_m)`; `"einsum"` writes einsum calls.
    name
        What the expression is called. The formula is then an equation, `J_ijk = δ_ij x_k`,
        whose left side shows the order of the axes.
    ascii
        Write `A.T @ (A @ x - b)`, which is Python over einsgrad's functions, and
        `A[m,n]*(A[m,i]*x[i] - b[m])`.

    Returns
    -------
    str
        The formula. Lines under it define the parts that were named because they stand
        several times, and say which repeated indices are not summed.

    Raises
    ------
    ArgumentError
        If there is no such notation, or einsum calls are asked for in ASCII.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> gradient = eg.grad(0.5 * eg.sum_squares(A @ x - b), x)
    >>> print(eg.show(gradient))
    Aᵀ (A x - b)
    >>> print(eg.show(gradient, "index"))
    A_mn (A_mi x_i - b_m)
    >>> print(eg.show(gradient, ascii=True))
    A.T @ (A @ x - b)
    >>> print(eg.show(eg.jacobian(A @ x, A), "index", name="J"))
    J_min = δ_mi x_n
    """
    as_flag(ascii, "ascii")
    if as_text(notation, "notation") == "einsum":
        if ascii:
            raise ArgumentError(
                "einsum calls are not written in ASCII: they hold deltas δ. "
                'Ask for the "index" or "matrix" notation.'
            )
        return f"{name} = {write(as_expr(expr))}" if name else write(as_expr(expr))
    return _formula(expr, notation, name, ASCII_LAYOUT if ascii else TEXT_LAYOUT)


def latex(expr: object, notation: Literal["matrix", "index"] = "matrix", *, name: str = "") -> str:
    r"""Write an expression as LaTeX.

    Parameters
    ----------
    expr, notation, name
        As for `show`.

    Raises
    ------
    ArgumentError
        If there is no such notation.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> print(eg.latex(A.T @ (A @ x - b)))
    A^{\top} \left(A x - b\right)
    """
    return _formula(expr, notation, name, LATEX_LAYOUT)


def _formula(expr: object, notation: str, name: str, layout: Layout) -> str:
    as_text(name, "name")
    if as_text(notation, "notation") not in ("matrix", "index"):
        raise ArgumentError(
            f'{clip(notation)} is no notation for this. Choose "matrix" or "index".'
        )
    root = presented(as_expr(expr))
    layout = apart_from_variables(layout, root)
    names, writer = _plan(root, layout, taken={name}, matrix=notation == "matrix")
    indexed = IndexWriter(layout, names)
    notes: list[str] = []
    body = None if writer is None else writer.bodies[root]
    if body is not None:
        formula = layout.equation(layout.symbol(name).text, body.text) if name else body.text
    elif name:
        formula = indexed.definition(root, name)
    else:
        found = indexed.formula(root)
        formula = found.text
        if found.unsummed:
            notes.append(layout.unsummed(found.unsummed))
    return layout.with_notes(formula, [*notes, *definitions(names, indexed, writer)])


def apart_from_variables(layout: Layout, root: Expr) -> Layout:
    """Return a layout that writes sizes and π apart from the variables of an expression."""
    made = copy(layout)
    made.taken = frozenset(v.name for v in variables_in(root))
    return made


def definitions(
    names: Mapping[Expr, str], indexed: IndexWriter, writer: MatrixWriter | None
) -> Iterator[str]:
    """Yield the definitions of named parts, as matrices where they have been written so."""
    layout = indexed.layout
    for part, name in names.items():
        body = None if writer is None else writer.bodies[part]
        if body is None:
            yield layout.where(indexed.definition(part, name))
        else:
            yield layout.where(layout.equation(layout.symbol(name).text, body.text))


def _plan(
    root: Expr, layout: Layout, *, taken: set[str], matrix: bool
) -> tuple[dict[Expr, str], MatrixWriter | None]:
    """Choose the named parts, and write them as matrices where that is asked for.

    In index notation the operand of an inverse needs a name: its entries have no indices.
    """
    needed: set[Expr] = set()
    while True:
        names = named_parts(root, needs_name=needed.__contains__, taken=taken)
        writer = MatrixWriter(layout, names) if matrix else None
        if writer is not None:
            writer.write(root)
        blocks = [node for node in (root, *names) if writer is None or writer.bodies[node] is None]
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
