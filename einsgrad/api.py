"""What a user calls. Strings and label lists give formulas; arrays beside them give numbers.

Nothing here loads numpy until arrays are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from einsgrad import derivative
from einsgrad.arguments import Einsum, Shapes, as_equation, as_operation, read_call
from einsgrad.derivative import Derivative

if TYPE_CHECKING:
    from einsgrad.numeric import Pullback
    from einsgrad.testing.comparison import GradientReport


def einsum(*arguments: Any) -> Any:
    """Evaluate an einsum of arrays.

    Parameters
    ----------
    arguments
        An einsum string and an array for each operand; or, interleaved, each array
        followed by its list of labels, and the output's list at the end.

    Returns
    -------
    numpy.ndarray or numpy scalar
        A new array, of the dtype that numpy gives the operands' product. Labels may be
        any letters; the output may repeat labels (`i->ii` is a diagonal matrix).

    Raises
    ------
    SubscriptsError, ShapeError, DtypeError
        If the string is wrong or the arrays do not fit it.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.einsum("mn,n->m", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
    array([3., 7.])
    >>> eg.einsum([1, 2], ["row"], ["row", "row"])
    array([[1, 0],
           [0, 2]])
    """
    from einsgrad import numeric

    return numeric.einsum(*read_call(arguments))


@overload
def adjoint(
    einsum: Einsum,
    wrt: int | str,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Derivative: ...


@overload
def adjoint(
    einsum: Einsum,
    wrt: None = None,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> tuple[Derivative, ...]: ...


def adjoint(
    einsum: Einsum,
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


def jacobian(
    einsum: Einsum,
    wrt: int | str,
    *operands: Any,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Any:
    """Derive the Jacobian of an einsum, or evaluate it when arrays are given.

    Its axes are the output's, then the operand's.

    Parameters
    ----------
    einsum
        The einsum string, or an `equation`.
    wrt
        The operand, by number or name; see `adjoint`.
    operands
        Arrays for all operands, or none.
    names, ranks, shapes
        As for `adjoint`.

    Returns
    -------
    Derivative or numpy.ndarray

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.jacobian("mn,n->m", 0), eg.jacobian("mn,n->m", 1)
    ("im,n->imn"(δ, x1), "in->in"(x0))
    >>> eg.jacobian("i,i->", 0, [1.0, 2.0], [3.0, 4.0])
    array([3., 4.])
    """
    if operands:
        from einsgrad import numeric

        return numeric.jacobian(as_equation(einsum), wrt, operands, names)
    return derivative.jacobian(as_operation(einsum, names, ranks, shapes), wrt)


def tangent(
    einsum: Einsum,
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


def vjp(
    *arguments: Any,
    wrt: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
) -> tuple[Any, Pullback]:
    """Evaluate an einsum of arrays and return its pullback, the transposed Jacobian.

    Parameters
    ----------
    arguments
        As for `einsum`.
    wrt
        The operands whose cotangents the pullback returns, by number or name; by
        default all, one for each position.
    names
        Names of the operands; equal names mean the same array, whose cotangent is the
        sum over its occurrences.

    Returns
    -------
    value : numpy.ndarray
    pullback : callable
        Takes a cotangent of the value's shape, returns a tuple of cotangents of the
        operands' shapes. The transpose is plain, without conjugation, as in JAX; for
        the direction of steepest ascent of a real loss conjugate the result.

    Raises
    ------
    DtypeError
        If a derivative in an integer or boolean operand is asked for.

    Examples
    --------
    >>> import einsgrad as eg
    >>> y, pullback = eg.vjp("mn,n->m", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
    >>> dA, dx = pullback([1.0, 0.0])
    >>> dA
    array([[1., 1.],
           [0., 0.]])
    >>> dx
    array([1., 2.])
    """
    from einsgrad import numeric

    return numeric.vjp(*read_call(arguments), wrt, names)


def jvp(einsum: Einsum, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Evaluate an einsum of arrays and its tangent, the Jacobian times `tangents`.

    Parameters
    ----------
    einsum
        The einsum string, or an `equation`.
    primals
        An array for each operand.
    tangents
        An array of the operand's shape for each operand, or None for zeros.

    Returns
    -------
    value, tangent : numpy.ndarray

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.jvp("i,i->", ([1.0, 2.0], [3.0, 4.0]), ([1.0, 0.0], None))
    (np.float64(11.0), np.float64(3.0))
    """
    from einsgrad import numeric

    return numeric.jvp(as_equation(einsum), primals, tangents)


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


def derive(
    einsum: Einsum,
    wrt: int | str,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> str:
    """Tell step by step how the adjoint of an einsum is found.

    Examples
    --------
    >>> import einsgrad as eg
    >>> print(eg.derive("mn,n->m", 0, names=("A", "x")))
    y_m        = A_mn x_n
    ∂y_i/∂A_mn = δ_im δ_jn x_j       ∂A_ij/∂A_mn = δ_im δ_jn
    ∂E/∂A_mn   = g_i δ_im δ_jn x_j   g_i = ∂E/∂y_i
               = g_m δ_jn x_j        δ_im: i → m
               = g_m x_n             δ_jn: j → n
               = "m,n->mn"(g, x)     as an einsum
    """
    return adjoint(einsum, wrt, names=names, ranks=ranks, shapes=shapes).derivation
