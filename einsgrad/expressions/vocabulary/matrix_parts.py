"""Parts of the matrices in the last two axes, which differentials of matrix functions are made of.

They take leading axes along, and fold nothing: rules for products do that.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.construct import add_terms, build_einsum, zeros
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import SYMMETRIC, Expr, MatrixMap, Variable
from einsgrad.expressions.selectors import Delta, Step
from einsgrad.expressions.shaping import as_expr, broadcast, broadcast_shape, unreduce
from einsgrad.expressions.tables.matrix_powers import matrix_power_row
from einsgrad.expressions.vocabulary.arithmetic import conj, real
from einsgrad.expressions.vocabulary.axis_parts import axis_part, between_zeros, in_a_row
from einsgrad.strings.subscripts import Label, Subscripts


def traces(x: Any) -> Expr:
    """Return the traces.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> traces(Variable("A", ("b", "n", "n"))).shape
    ('b',)
    """
    return _rearranged(x, ("row", "row"), ())


def diagonals(x: Any) -> Expr:
    """Return the main diagonals."""
    return _rearranged(x, ("row", "row"), ("row",))


def with_diagonals(x: Any) -> Expr:
    """Return the diagonal matrices whose diagonals are the last axis."""
    expr = as_expr(x)
    batch = tuple(range(len(expr.shape) - 1))
    lists = ((*batch, "row"), ("row", "column"))
    output = (*batch, "row", "column")
    return build_einsum(Subscripts(lists, output), (expr, Delta(expr.shape[-1], 2)))


def with_diagonal(x: Any, k: int) -> Expr:
    """Return the matrices of zeros whose diagonal number k is the last axis.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> print(with_diagonal(Variable("x", ("b", "n")), -1).shape[-1])
    n+1
    """
    square = with_diagonals(x)
    below, beside = max(-k, 0), max(k, 0)
    rank = len(square.shape)
    high = between_zeros(square, rank - 2, below, beside)
    return between_zeros(high, rank - 1, beside, below)


def conjugate_transpose(x: Any) -> Expr:
    """Exchange rows and columns, and conjugate what is complex."""
    turned = exchanged(x)
    return conj(turned) if turned.is_complex else turned


def hermitian_part(x: Any) -> Expr:
    """Return the mean of a matrix and its conjugate transpose; what is symmetric stays as it is."""
    expr = as_expr(x)
    if _is_declared_symmetric(expr):
        return expr
    return (expr + conjugate_transpose(expr)) / 2


def hermitian_of_triangle(x: Any, *, lower: bool) -> Expr:
    """Return the Hermitian matrix that has a triangle of another, as LAPACK reads it."""
    expr = as_expr(x)
    if _is_declared_symmetric(expr):
        return expr
    strict = below_diagonal(expr if lower else conjugate_transpose(expr))
    return hermitian_sum(strict) + with_diagonals(real(diagonals(expr)))


def _is_declared_symmetric(expr: Expr) -> bool:
    return isinstance(expr, Variable) and SYMMETRIC in expr.traits and not expr.is_complex


def below_diagonal(x: Any) -> Expr:
    """Put zeros on the main diagonal and above it."""
    expr = as_expr(x)
    return _masked(expr, Step(expr.shape[-2], expr.shape[-1], 1))


def half_lower_triangle(x: Any) -> Expr:
    """Put zeros above the main diagonal, and halve it."""
    return below_diagonal(x) + with_diagonals(diagonals(x)) / 2


def hermitian_sum(x: Any) -> Expr:
    """Add the conjugate transpose."""
    expr = as_expr(x)
    return expr + conjugate_transpose(expr)


def as_rows(x: Any) -> Expr:
    """Return vectors as matrices of one row, which stretch along the columns."""
    expr = as_expr(x)
    shape = (*expr.shape[:-1], 1, expr.shape[-1])
    return unreduce(expr, shape, (len(shape) - 2,))


def as_columns(x: Any) -> Expr:
    """Return vectors as matrices of one column, which stretch along the rows."""
    expr = as_expr(x)
    shape = (*expr.shape, 1)
    return unreduce(expr, shape, (len(shape) - 1,))


def gaps(x: Any) -> Expr:
    """Return the differences x_j - x_i of the entries of vectors, as matrices."""
    return as_rows(x) - as_columns(x)


def with_numbers(numbers: Any, x: Any) -> Expr:
    """Multiply each matrix with its number."""
    factors, expr = as_expr(numbers), as_expr(x)
    labels = tuple(range(len(expr.shape)))
    return build_einsum(Subscripts((labels[:-2], labels), labels), (factors, expr))


def exchanged(x: Any) -> Expr:
    """Exchange rows and columns."""
    return _rearranged(x, ("row", "column"), ("column", "row"))


def power_slope(x: Any, exponent: int, t: Any, turned: bool) -> Expr:
    """Put t for each factor of a whole power of the matrices, or of the turned matrices; add up.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> power_slope(Variable("A", ("n", "n")), 2, Variable("T", ("n", "n")), True)
    "nj,ij->ni"(T, A) + "jn,ji->ni"(A, T)
    """
    places = range(exponent)
    terms = [_between_powers(x, k, t, exponent - 1 - k, turned=turned) for k in places]
    return add_terms(terms, terms[0].shape)


def _between_powers(x: Any, before: int, t: Any, behind: int, *, turned: bool) -> Expr:
    """Multiply t by powers from both sides."""
    matrix, middle = as_expr(x), as_expr(t)
    batch: tuple[Label, ...] = tuple(range(len(middle.shape) - 2))
    own = batch[len(middle.shape) - len(matrix.shape) :]
    left, right = "left" if before else "row", "right" if behind else "column"
    factors: list[tuple[tuple[Label, ...], Expr]] = [((*batch, left, right), middle)]
    for exponent, ends in ((before, ("row", left)), (behind, (right, "column"))):
        if exponent:
            power = matrix if exponent == 1 else MatrixMap(matrix_power_row(exponent), matrix)
            factor = (*own, *(ends[::-1] if turned else ends)), power
            factors.insert(0 if ends[0] == "row" else len(factors), factor)
    lists = tuple([indices for indices, _ in factors])
    subscripts = Subscripts(lists, (*batch, "row", "column"))
    return build_einsum(subscripts, [one for _, one in factors])


def block_triangle(x: Any, t: Any) -> Expr:
    """Return the block matrices with x twice on the diagonal, t above it and zeros below."""
    above = as_expr(t)
    beside = broadcast(as_expr(x), above.shape)
    columns = len(above.shape) - 1
    upper = in_a_row([beside, above], columns)
    lower = in_a_row([zeros(above.shape), beside], columns)
    return in_a_row([upper, lower], columns - 1)


def upper_right_block(x: Any, like: Any) -> Expr:
    """Return the block above the diagonal, as large as another matrix is."""
    expr, size = as_expr(x), as_expr(like).shape[-1]
    rank = len(expr.shape)
    return axis_part(axis_part(expr, rank - 2, 0, size), rank - 1, size, size)


def in_thirds(*parts: Any) -> Expr:
    """Put three square matrices side by side; leading axes broadcast."""
    exprs = [as_expr(part) for part in parts]
    shape = broadcast_shape(*exprs)
    return in_a_row([broadcast(expr, shape) for expr in exprs], len(shape) - 1)


def third(x: Any, place: int) -> Expr:
    """Return one of three square matrices that stand side by side."""
    expr = as_expr(x)
    size = expr.shape[-2]
    return axis_part(expr, len(expr.shape) - 1, linear((place, size)), size)


def square_part(x: Any) -> Expr:
    """Return the first rows, as many as there are columns."""
    expr = as_expr(x)
    return axis_part(expr, len(expr.shape) - 2, 0, expr.shape[-1])


def _masked(expr: Expr, step: Step) -> Expr:
    labels = tuple(range(len(expr.shape)))
    return build_einsum(Subscripts((labels[-2:], labels), labels), (step, expr))


def _rearranged(x: Any, indices: tuple[Label, ...], output: tuple[Label, ...]) -> Expr:
    expr = as_expr(x)
    batch = tuple(range(len(expr.shape) - 2))
    return build_einsum(Subscripts(((*batch, *indices),), (*batch, *output)), (expr,))
