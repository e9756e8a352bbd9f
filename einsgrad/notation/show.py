"""Any expression in four notations: einsum calls, index notation, matrix notation, LaTeX."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from typing import Literal, TypeAlias

from einsgrad.errors import ArgumentError, as_flag, as_text, clip
from einsgrad.expressions.nodes import Expr, MatrixMap, Variable
from einsgrad.expressions.parts import as_symbols
from einsgrad.expressions.printing import write
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import children, variables_in
from einsgrad.notation.ascii import ASCII_LAYOUT
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.left_sides import LeftSide, as_variables, left_side_of
from einsgrad.notation.matrix import MatrixWriter
from einsgrad.notation.naming import named_parts
from einsgrad.notation.pieces import NotedFormula
from einsgrad.notation.presentation import presented_all
from einsgrad.notation.told_sizes import tells_sizes
from einsgrad.strings.letters import fresh_name

Notation: TypeAlias = 'Literal["einsum", "index", "matrix"]'


def show(
    expr: object,
    notation: Notation = "matrix",
    *,
    name: str = "",
    wrt: object = (),
    ascii: bool = False,
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
    wrt
        For a derivative, the variable that it is taken in, or several in turn. The left side
        is then `∂E/∂x`, or `∂Y_i/∂A_jk`; `name` says what is differentiated.
    ascii
        Write `A.T @ (A @ x - b)`, which is Python over einsgrad's functions, and
        `A[m,n]*(A[m,i]*x[i] - b[m])`.

    Returns
    -------
    str
        The formula. Lines under it define the parts that were named because they stand
        several times; a part may use those below it. A formula with indices that do not tell
        the order of the axes has a left side even without a name.

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
    >>> print(eg.show(gradient, wrt=x))
    ∂E/∂x = Aᵀ (A x - b)
    """
    as_flag(ascii, "ascii")
    if as_text(notation, "notation") == "einsum":
        if ascii:
            raise ArgumentError(
                "einsum calls are not written in ASCII: they hold deltas δ. "
                'Ask for the "index" or "matrix" notation.'
            )
        if as_variables(wrt):
            raise ArgumentError("einsum calls have no indices for wrt. Give a name.")
        return f"{name} = {write(as_expr(expr))}" if name else write(as_expr(expr))
    return _formula(expr, notation, name, wrt, ASCII_LAYOUT if ascii else TEXT_LAYOUT)


def latex(
    expr: object,
    notation: Literal["matrix", "index"] = "matrix",
    *,
    name: str = "",
    wrt: object = (),
) -> str:
    r"""Write an expression as LaTeX.

    Parameters
    ----------
    expr, notation, name, wrt
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
    return _formula(expr, notation, name, wrt, LATEX_LAYOUT)


def printed(expr: Expr, *, name: str = "", wrt: Sequence[Variable] = ()) -> str:
    """Write an expression as `print` does: as matrices, else with indices and a left side.

    What has more than two axes is written with indices: a tensor product `I ⊗ x` does not
    say which axis is which.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> print(printed(A @ x))
    A x
    >>> print(printed(eg.jacobian(A @ x, A)))
    D_min = δ_mi x_n
    >>> print(printed(eg.jacobian(A @ x, A), wrt=[A]))
    ∂Y_m/∂A_in = δ_mi x_n
    """
    return _printed(expr, name, wrt, TEXT_LAYOUT)


def printed_latex(expr: Expr, *, name: str = "", wrt: Sequence[Variable] = ()) -> str:
    """Write an expression as notebooks show it."""
    return _printed(expr, name, wrt, LATEX_LAYOUT)


def _printed(expr: Expr, name: str, wrt: Sequence[Variable], layout: Layout) -> str:
    left = _left_side(expr, name, tuple(wrt))
    return _written(expr, printed_notation(expr), left, layout, always=True)


def printed_notation(expr: Expr) -> Literal["matrix", "index"]:
    """Return the notation that `print` tries first."""
    return "matrix" if len(expr.shape) <= 2 else "index"


def _left_side(expr: Expr, name: str, wrt: tuple[Variable, ...]) -> LeftSide | None:
    return left_side_of(expr, name, wrt) if wrt else LeftSide(name) if name else None


def _formula(expr: object, notation: str, name: str, wrt: object, layout: Layout) -> str:
    as_text(name, "name")
    if as_text(notation, "notation") not in ("matrix", "index"):
        raise ArgumentError(
            f'{clip(notation)} is no notation for this. Choose "matrix" or "index".'
        )
    node = as_expr(expr)
    return _written(node, notation, _left_side(node, name, as_variables(wrt)), layout)


def _written(
    expr: Expr, notation: str, left: LeftSide | None, layout: Layout, *, always: bool = False
) -> str:
    """Write an expression; one with indices gets a left side where that tells the axes.

    Parameters
    ----------
    expr, notation, left, layout
        What is written, how, and its left side if it has been given one.
    always
        Whether every formula with indices gets a left side.
    """
    taken = frozenset() if left is None else left.names
    found = noted_formula(expr, notation, layout, taken, stands_alone=True)
    if left is None and found.letters and (always or not found.tells_order):
        used = {*found.names, *(v.name for v in variables_in(expr))}
        left = LeftSide(fresh_name("D", used))
    whole = found.text
    if left is not None:
        whole = layout.equation(left.written(layout, found.letters), whole)
    return layout.with_notes(whole, found.notes)


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
    body = None if writer is None else writer.bodies[root]
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
