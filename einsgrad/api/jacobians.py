"""What a user differentiates arrays with: Jacobians, and products with them.

Each function looks at what it is given first: an einsum string (formulas, or numbers if
arrays follow), an expression (expressions), or an ordinary numpy function (numbers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from einsgrad.api.given import (
    GivenVariables,
    as_function,
    given_argnums,
    refuse_argnums,
    refuse_convention,
)
from einsgrad.calculus import derivatives as calculus
from einsgrad.calculus.within import Convention, as_convention
from einsgrad.engine.signatures import NOT_KEPT, BySignature
from einsgrad.errors import ArgumentError, ArgumentTypeError, as_sequence
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.named import as_operation
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.results.formulas.of_einsums import jacobian_of_einsum
from einsgrad.strings.calls import Shapes, as_equation, read_call
from einsgrad.strings.equation import Equation

if TYPE_CHECKING:
    from einsgrad.results.numbers.pullbacks import Plan, Pullback
    from einsgrad.results.numbers.requests import Argnums

# What is known of vjp on arrays, by string and by arrays.
_plans: BySignature[Plan] = BySignature()


def jacobian(
    target: Any,
    *arguments: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
    convention: Convention = "projected",
) -> Any:
    """Derive a Jacobian: of an einsum string, of an expression, or of a numpy function.

    Its axes are the output's, then the variable's.

    Parameters
    ----------
    target
        An einsum string or `equation`, an expression, or a function of arrays.
    arguments
        For a string, the operand (by number or name), and arrays for all operands if
        numbers are wanted. For an expression, the variables. For a function, what
        `argnums` says.
    argnums
        For a function, the arguments by number or name. It may return a container of arrays:
        the result is such a container of Jacobians.
    has_aux
        Whether the function returns a pair of its value and something else, which is returned
        beside the Jacobian.
    names, ranks, shapes, sizes
        For a string, as for `adjoint`.
    convention
        For an expression, as for `grad`.

    Returns
    -------
    Derivative, numpy.ndarray, Expr, tuple of Expr, or callable

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.jacobian("mn,n->m", 0), eg.jacobian("mn,n->m", 1)
    ("im,n->imn"(δ, x1), "in->in"(x0))
    >>> eg.jacobian("i,i->", 0, [1.0, 2.0], [3.0, 4.0])
    array([3., 4.])
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> eg.jacobian(A @ x, A)
    "mi,n->min"(δ, x)
    """
    if isinstance(target, str | Equation | Node):
        refuse_argnums(argnums, has_aux)
    if not isinstance(target, str | Equation):
        _refuse_sizes(sizes)
    if isinstance(target, Node):
        variables = GivenVariables.of(arguments)
        expr, said = as_expr(target), as_convention(convention)
        found = [calculus.jacobian(expr, v, convention=said) for v in variables.each]
        return variables.results(found)
    refuse_convention(convention)
    if isinstance(target, str | Equation):
        if not arguments:
            raise ArgumentTypeError("name the operand: jacobian('mn,n->m', 0).")
        wrt, *operands = arguments
        if operands:
            from einsgrad.results.numbers.of_einsums import jacobian_of_arrays

            return jacobian_of_arrays(with_sizes(as_equation(target), sizes), wrt, operands, names)
        return jacobian_of_einsum(as_operation(target, names, ranks, shapes, sizes), wrt)
    from einsgrad.results.numbers.of_functions import function_jacobian

    numbers = given_argnums(arguments, argnums)
    return function_jacobian(as_function(target), numbers, has_aux=has_aux)


def vjp(
    target: Any,
    *arguments: Any,
    wrt: Sequence[int | str] | None = None,
    has_aux: bool = False,
    names: Sequence[str] | None = None,
    sizes: Mapping[str, Dim] | None = None,
    convention: Convention = "projected",
) -> Any:
    """Multiply the transposed Jacobian with a cotangent, or return that as a pullback.

    Parameters
    ----------
    target
        An einsum string or `equation`, an expression, or a function of arrays.
    arguments
        For a string, an array for each operand. For an expression, the variable (or a
        tuple of them) and the cotangent. For a function, its arguments.
    wrt
        The operands, or arguments of a function, whose cotangents the pullback returns, by
        number or name; by default all, one for each position (of a function: for each
        argument that is an array of floats, or a container with one).
    has_aux
        Whether the function returns a pair of its value and something else, which is returned
        behind the pullback.
    names
        Names of the operands; equal names mean the same array, whose cotangent is the
        sum over its occurrences.
    sizes
        For a string, sizes of labels, as for `einsum`.
    convention
        For an expression, as for `grad`.

    Returns
    -------
    Expr, tuple of Expr, or (value, pullback)
        For an expression the product. For arrays the value and a pullback, which takes a
        cotangent of the value's shape and returns a tuple of cotangents of the operands'
        shapes. The transpose is plain, without conjugation, as in JAX; for the direction
        of steepest ascent of a real loss conjugate the result.

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
    if (
        type(target) is str
        and wrt is None
        and names is None
        and sizes is None
        and has_aux is False
        and type(convention) is str
        and convention == "projected"
    ):
        try:
            plan = _plans.find[target](arguments)
        except NOT_KEPT:
            pass
        else:
            return plan(arguments)
        return _first_vjp(target, arguments)
    if not isinstance(target, str | Equation):
        _refuse_sizes(sizes)
    if isinstance(target, str | Equation | Node):
        refuse_argnums(None, has_aux)
    if isinstance(target, Node):
        variables = GivenVariables.of(arguments[:-1])
        cotangent, said = as_expr(arguments[-1]), as_convention(convention)
        found = calculus.vjp(as_expr(target), cotangent, variables.each, convention=said)
        return variables.results(found)
    refuse_convention(convention)
    if callable(target) and not isinstance(target, Equation):
        if names is not None:
            raise ArgumentTypeError("names is for einsum strings: a function names its own.")
        from einsgrad.results.numbers.function_products import function_vjp

        return function_vjp(target, arguments, wrt, has_aux=has_aux)
    from einsgrad.results.numbers.of_einsums import vjp_of_arrays

    equation, operands = read_call((target, *arguments))
    return vjp_of_arrays(with_sizes(equation, sizes), operands, wrt, names)


def _refuse_sizes(sizes: object) -> None:
    if sizes is not None:
        raise ArgumentTypeError("sizes is for einsum strings: what else is given tells its own.")


def _first_vjp(string: str, arguments: tuple[Any, ...]) -> tuple[Any, Pullback]:
    """Multiply with the Jacobian of an einsum, and keep the plan for arrays like these."""
    from einsgrad.results.numbers.of_einsums import are_arrays, vjp_of_arrays

    equation, operands = read_call((string, *arguments))
    value, pullback = vjp_of_arrays(equation, operands, None, None)
    if are_arrays(operands):
        _plans.keep(string, operands, pullback.plan)
    return value, pullback


def jvp(
    target: Any,
    primals: Any,
    tangents: Any,
    *,
    has_aux: bool = False,
    sizes: Mapping[str, Dim] | None = None,
) -> Any:
    """Multiply the Jacobian with tangents.

    Parameters
    ----------
    target
        An einsum string or `equation`, an expression, or a function of arrays.
    primals
        An array for each operand or argument; for an expression, the variable or a tuple
        of them.
    tangents
        An array of the operand's shape for each operand, or None for zeros; for an
        expression, the tangent of each variable.
    has_aux
        Whether the function returns a pair of its value and something else, which is returned
        behind the tangent.
    sizes
        For a string, sizes of labels, as for `einsum`.

    Returns
    -------
    Expr, or (value, tangent)

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.jvp("i,i->", ([1.0, 2.0], [3.0, 4.0]), ([1.0, 0.0], None))
    (np.float64(11.0), np.float64(3.0))
    """
    if not isinstance(target, str | Equation):
        _refuse_sizes(sizes)
    if isinstance(target, str | Equation | Node):
        refuse_argnums(None, has_aux)
    if isinstance(target, Node):
        variables = GivenVariables.of((primals,))
        moved = (tangents,) if variables.is_alone else as_sequence(tangents, "tangents")
        if len(moved) != len(variables.each):
            raise ArgumentError(
                f"{len(variables.each)} variables and {len(moved)} tangents are given. "
                "Give a tangent for each variable."
            )
        return calculus.jvp(as_expr(target), zip(variables.each, moved, strict=True))
    if callable(target) and not isinstance(target, Equation):
        from einsgrad.results.numbers.function_products import function_jvp

        return function_jvp(target, primals, tangents, has_aux=has_aux)
    from einsgrad.results.numbers.of_einsums import jvp_of_arrays

    return jvp_of_arrays(with_sizes(as_equation(target), sizes), primals, tangents)


def directional(target: Expr, wrt: Variable, direction: Any) -> Expr:
    """Derive an expression along a direction in a variable: the slope at step 0.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, v = eg.variables("x[n] v[n]")
    >>> eg.directional(eg.sum(eg.exp(x)), x, v)
    "n,n->"(v, exp(x))
    """
    return calculus.jvp(as_expr(target), [(calculus.check_variable(wrt), as_expr(direction))])
