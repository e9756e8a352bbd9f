"""Declaring variables, and einsums of expressions given by a string."""

from __future__ import annotations

import re
from collections.abc import Sequence
from weakref import WeakValueDictionary

from einsgrad.errors import ArgumentError, ArgumentTypeError, as_names, clip, pointed, shorten
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.construct import variable as build_variable
from einsgrad.expressions.dims import Dim, Linear, read_dim
from einsgrad.expressions.label_ranges import completed, selectors_of
from einsgrad.expressions.nodes import COMPLEX, DEFINITE, SYMMETRIC, Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.strings.equation import Equation

# All that are alive, so that an array for one that has cancelled still gives its sizes.
_declared: WeakValueDictionary[tuple[object, ...], Variable] = WeakValueDictionary()

# Of any size that an array can have.
_MOST_DIGITS = 19

_DECLARATION = re.compile(r"\s*([^\W\d]\w*)\s*(?:\[([^\[\]]*)\])?\s*")


def variables(
    declaration: str,
    *,
    symmetric: str | Sequence[str] = (),
    complex: str | Sequence[str] = (),
    positive_definite: str | Sequence[str] = (),
) -> tuple[Variable, ...]:
    """Declare variables with their dims.

    Parameters
    ----------
    declaration
        Names with dims in brackets, such as `"A[m,n] x[n] t"`; a dim is a name, a size, or
        made of these, as in `"d[n-1] y[m+k-1]"`. Equal names of dims mean equal sizes.
    symmetric
        Names of matrices that are symmetric: `A` and its transpose are the same, and a
        derivative is the one within the symmetric matrices, `(G + Gᵀ)/2`. (Some texts
        differentiate in the n(n+1)/2 independent entries instead; that gives
        `G + Gᵀ - diag(G)`, which is no gradient for the product of matrices.)
    complex
        Names of variables that are complex.
    positive_definite
        Names of matrices that are symmetric and positive definite: systems with them, and
        their determinants, are computed by Cholesky factors.

    Raises
    ------
    ArgumentError
        If the declaration cannot be read, or a trait names no variable or no square matrix.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> A @ x
    "mn,n->m"(A, x)
    """
    if not isinstance(declaration, str):
        raise ArgumentTypeError(
            f"a declaration is expected, not {clip(declaration)}. Write it like 'A[m,n] x[n]'."
        )
    definite = tuple(as_names(positive_definite, "positive_definite"))
    traits = {
        SYMMETRIC: (*as_names(symmetric, "symmetric"), *definite),
        DEFINITE: definite,
        COMPLEX: as_names(complex, "complex"),
    }
    found: dict[str, Variable] = {}
    position = 0
    while position < len(declaration):
        match = _DECLARATION.match(declaration, position)
        if match is None:
            raise _unreadable(declaration, position)
        name, inside = match[1], match[2]
        shape = tuple(_dim(text, declaration, match.start(2)) for text in _dims(inside))
        own = [trait for trait, names in traits.items() if name in names]
        if SYMMETRIC in own and (len(shape) != 2 or shape[0] != shape[1]):
            said = "positive definite" if DEFINITE in own else "symmetric"
            raise ArgumentError(
                f"{clip(name)} is declared {said} and is no square matrix. Give it two equal dims."
            )
        if DEFINITE in own and COMPLEX in own:
            raise ArgumentError(
                f"{clip(name)} is declared complex and positive definite. Such a matrix is "
                "Hermitian, and no symmetric one: write positive_definite(...) where it is used."
            )
        if name in found:
            raise ArgumentError(f"{clip(name)} is declared twice.")
        found[name] = build_variable(name, shape, *own)
        _declared[name, shape, *own] = found[name]
        position = match.end()
    for name in (name for names in traits.values() for name in names):
        if name not in found:
            raise ArgumentError(f"{clip(name)} is not among the declared variables.")
    return tuple(found.values())


def declared_as(name: str) -> list[Variable]:
    """Return the variables of a name that were declared and are still in use.

    Examples
    --------
    >>> x, = variables("x_cancelled[n]")
    >>> declared_as("x_cancelled"), declared_as("x_never")
    ([x_cancelled[n]], [])
    """
    return [variable for variable in list(_declared.values()) if variable.name == name]


def _dims(inside: str | None) -> list[str]:
    return [text.strip() for text in inside.split(",")] if inside and inside.strip() else []


def _dim(text: str, declaration: str, column: int) -> Dim:
    if text.isdecimal():
        if len(text) > _MOST_DIGITS:
            raise ArgumentError(
                f"{shorten(text)} is no size: no array has so many entries. Give a smaller one."
            )
        return int(text)
    if text.isidentifier():
        return text
    dim = read_dim(text)
    if not isinstance(dim, Linear):
        raise _unreadable(declaration, column)
    return dim


def _unreadable(declaration: str, position: int) -> ArgumentError:
    return ArgumentError(
        pointed(
            "the declaration cannot be read",
            declaration,
            position,
            "Write names with dims in brackets, such as 'A[m,n] x[n] t'.",
        )
    )


def einsum_of(equation: Equation, operands: Sequence[object]) -> Expr:
    """Build an einsum of expressions from a user's equation; size 1 broadcasts.

    Raises
    ------
    ShapeError
        If ranks or dims do not fit, or a range cannot be told; the message points at the
        label and tells both operands.
    """
    exprs = [as_expr(operand) for operand in operands]
    aligned = equation.aligned([expr.shape for expr in exprs])
    lists = aligned.equation.numbered(aligned.stretched)
    if not equation.forms:
        return build_einsum(lists, exprs)
    dims = completed(aligned.equation, aligned.sizes)
    return build_einsum(lists, (*exprs, *selectors_of(aligned.equation, dims)))
