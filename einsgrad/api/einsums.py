"""What a user calls with einsum strings: values, adjoints and tangents.

Nothing here loads numpy until arrays are given. Then a call is one look-up and the
compiled function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, overload

from einsgrad.engine.signatures import NOT_KEPT, BySignature
from einsgrad.expressions.base import Node
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.named import as_operation
from einsgrad.results.formulas.of_einsums import adjoint_of_einsum, tangent_of_einsum
from einsgrad.results.formulas.record import Derivative
from einsgrad.strings.calls import Shapes, WrittenEinsum, read_call
from einsgrad.strings.equation import Equation

# The compiled function, by string and by arrays.
_functions: BySignature[Callable[..., Any]] = BySignature()
_find = _functions.find


class _Given(Enum):
    """What stands for a string that is not given; None may be given, by mistake."""

    NOTHING = "nothing"


def einsum(
    string: Any = _Given.NOTHING, /, *operands: Any, sizes: Mapping[str, Dim] | None = None
) -> Any:
    """Evaluate an einsum of arrays, or build the einsum of expressions.

    Parameters
    ----------
    string, operands
        An einsum string and an array or expression for each operand; or, interleaved, each
        operand followed by its list of labels, and the output's list at the end.

    Returns
    -------
    numpy.ndarray, numpy scalar or Expr
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
    >>> eg.einsum("(i+k),k->i", [1.0, 2.0, 4.0], [1.0, -1.0])
    array([-1., -2.])
    """
    if sizes is not None:
        arguments = operands if string is _Given.NOTHING else (string, *operands)
        return _first_call(arguments, sizes)
    try:
        function = _find[string](operands)
    except NOT_KEPT:
        pass
    else:
        return function(*operands)
    return _first_call(operands if string is _Given.NOTHING else (string, *operands))


def _first_call(arguments: tuple[Any, ...], sizes: Mapping[str, Dim] | None = None) -> Any:
    """Evaluate an einsum, and keep the function for arrays like these."""
    equation, operands = read_call(arguments)
    equation = with_sizes(equation, sizes)
    if any(isinstance(operand, Node) for operand in operands):
        return einsum_of(equation, operands)
    from einsgrad.results.numbers.of_einsums import are_arrays, einsum_and_function

    value, function = einsum_and_function(equation, operands)
    string = arguments[0]
    if sizes is None and isinstance(string, str | Equation) and are_arrays(operands):
        _functions.keep(string, operands, function)
    return value


@overload
def adjoint(
    einsum: WrittenEinsum,
    wrt: int | str,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
) -> Derivative: ...


@overload
def adjoint(
    einsum: WrittenEinsum,
    wrt: None = None,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
) -> tuple[Derivative, ...]: ...


def adjoint(
    einsum: WrittenEinsum,
    wrt: int | str | None = None,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
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
    sizes
        Sizes of labels that no shape tells.

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
    >>> eg.adjoint("(i+k),k->i", names=("x", "w"))
    ("i,k->(i+k)"(g, w), "(i+k),i->k"(x, g))
    >>> eg.adjoint("i,ij,j->", "x", names=("x", "A", "x"))
    ",ij,j->i"(g, A, x) + "j,ji,->i"(x, A, g)
    """
    op = as_operation(einsum, names, ranks, shapes, sizes)
    if wrt is None:
        return tuple(adjoint_of_einsum(op, position) for position in range(len(op.names)))
    return adjoint_of_einsum(op, wrt)


def tangent(
    einsum: WrittenEinsum,
    *,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
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
    return tangent_of_einsum(as_operation(einsum, names, ranks, shapes, sizes))
