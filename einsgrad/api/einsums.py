"""What a user calls to derive einsums, and to simplify, evaluate and check expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from einsgrad.expressions.named import as_operation
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables
from einsgrad.results.formulas import of_einsums as derivative
from einsgrad.results.formulas.of_einsums import Derivative
from einsgrad.simplification.simplify import simplify as simplify_expr
from einsgrad.strings.calls import Shapes, WrittenEinsum

if TYPE_CHECKING:
    from einsgrad.testing.comparison import GradientReport


@overload
def adjoint(
    einsum: WrittenEinsum,
    wrt: int | str,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Derivative: ...


@overload
def adjoint(
    einsum: WrittenEinsum,
    wrt: None = None,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> tuple[Derivative, ...]: ...


def adjoint(
    einsum: WrittenEinsum,
    wrt: int | str | None = None,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Derivative | tuple[Derivative, ...]:
    """Derive the adjoint einsum: `dE/dx` from the cotangent `g = dE/dy`.

    Parameters
    ----------
    einsum
        The einsum string, or an `equation`.
    wrt
        An operand's number, or a name given in `names`; without it, all operands.
        A name that stands several times is one array: its derivative is the sum over
        the occurrences.
    names
        Names of the operands; by default `x0`, `x1`, ...
    ranks, shapes
        The operands' numbers of axes, or their shapes, to expand `...`. Without them the
        adjoint holds for every rank, and `sum_over` says what remains to be summed.

    Returns
    -------
    Derivative
        The cotangent stands in the operand's place, the other operands stay. Nothing is
        conjugated.

    Raises
    ------
    SubscriptsError, ShapeError, ArgumentError

    Examples
    --------
    >>> import einsgrad as eg
    >>> str(eg.adjoint("mn,n->m", 0))
    'm,n->mn'
    >>> eg.adjoint("ij->i")
    ("i,j->ij"(g, 1),)
    >>> eg.adjoint("i,ij,j->", "x", names=("x", "A", "x"))
    ",ij,j->i"(g, A, x) + "j,ji,->i"(x, A, g)
    """
    op = as_operation(einsum, names, ranks, shapes)
    if wrt is None:
        return tuple(derivative.adjoint(op, position) for position in range(len(op.names)))
    return derivative.adjoint(op, wrt)


def tangent(
    einsum: WrittenEinsum,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Derivative:
    """Derive the tangent of an einsum, the product rule `dy = dA x + A dx`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> product_rule = eg.tangent("mn,n->m", names=("A", "x"))
    >>> product_rule
    "mn,n->m"(dA, x) + "mn,n->m"(A, dx)
    >>> product_rule.strings
    ['mn,n->m', 'mn,n->m']
    """
    return derivative.tangent(as_operation(einsum, names, ranks, shapes))


def check_grads(*arguments: Any, **options: Any) -> GradientReport:
    """Check the derivatives of an einsum against finite differences.

    The arguments are those of `einsgrad.testing.check_grads`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.check_grads("ij,jk->ik", order=1).derivatives
    2
    """
    from einsgrad import testing

    return testing.check_grads(*arguments, **options)


def evaluate(expr: Expr, /, *, sizes: Mapping[str, int] | None = None, **arrays: Any) -> Any:
    """Evaluate an expression on arrays given by the variables' names.

    Parameters
    ----------
    expr
        The expression.
    sizes
        Sizes of dims that no array has.
    arrays
        An array for each variable.

    Raises
    ------
    ArgumentError
        If an array or a size is missing.
    ShapeError
        If an array does not fit its variable's dims.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> eg.evaluate(eg.softmax(x), x=[1000.0, 1000.0])
    array([0.5, 0.5])
    """
    from einsgrad.engine.binding import refuse_undeclared_complex
    from einsgrad.engine.evaluation import evaluate_simplified

    refuse_undeclared_complex(variables(as_expr(expr)), arrays)
    return evaluate_simplified(as_expr(expr), arrays, {**(sizes or {})})


def simplify(expr: Any) -> Expr:
    """Bring an expression into its simplest, canonical form.

    Expressions that are equal up to the names of labels, the order of factors and the
    order of terms become the same object.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, B = eg.variables("A[n,n] B[n,n]")
    >>> eg.simplify(eg.trace(A @ B)) is eg.simplify(eg.trace(B @ A))
    True
    """
    return simplify_expr(as_expr(expr))
