"""What a user differentiates numbers with: gradients, Hessians, and products with these.

Each function looks at what it is given first: an expression (the result is one), or an
ordinary numpy function (the result has numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from einsgrad.api.given import (
    GivenVariables,
    as_function,
    given_argnums,
    refuse_argnums,
    refuse_convention,
)
from einsgrad.api.several import hessian_rows
from einsgrad.calculus import derivatives as calculus
from einsgrad.calculus.within import Convention, as_convention
from einsgrad.errors import ArgumentTypeError
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.shaping import as_expr
from einsgrad.simplification.simplify import simplify_expr

if TYPE_CHECKING:
    from einsgrad.results.numbers.requests import Argnums


def grad(
    target: Any,
    *wrt: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    convention: Convention = "projected",
) -> Any:
    """Differentiate a real number: an expression, or the value of a numpy function.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    wrt
        For an expression, the variables, one by one or in a tuple. For a function, what
        `argnums` says.
    argnums
        For a function, the arguments: numbers, counted from 0, or names; by default the
        first. An argument may be a container of arrays: a dict, list, tuple, named tuple or
        dataclass, nested, or of a class that `register_container` knows.
    has_aux
        Whether the function returns a pair of the number and something else, which is returned
        beside the gradient.
    convention
        What a derivative in a symmetric matrix is: `"projected"`, the one within the symmetric
        matrices, or `"independent"`, the one in the entries on and below the diagonal, as in
        the Matrix Cookbook.

    Returns
    -------
    Expr, tuple of Expr, or callable
        For an expression, its gradient in the variable, of the variable's shape; zeros
        where the variable does not occur. For a function, the function of the same
        arguments, also by keyword, that evaluates the gradient. It calls the function each
        time, so that it sees whatever has changed outside of it; what it derives and
        compiles it keeps. With `jit` a function is called only once for each signature. The
        gradient in a container is such a container.

    Raises
    ------
    ShapeError
        If the target has axes.
    ArgumentError
        If it is complex.

    Notes
    -----
    In a complex variable the gradient is the direction of steepest ascent, `2z` for
    `|z|²`, as in PyTorch; JAX returns its conjugate, which is what `vjp` gives. In a
    symmetric variable it is the gradient within the symmetric matrices, the steepest ascent
    that leaves it symmetric, and so for all that `variables` declares: the orthogonal
    projection of any G that has the differential `tr(Gᵀ dS)`, `(G + Gᵀ)/2`. In the independent
    entries it is `G + Gᵀ - diag(G)`, which is no gradient for the product of matrices.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, t = eg.variables("A[m,n] x[n] t[m]")
    >>> eg.grad(0.5 * eg.sum_squares(A @ x - t), x)
    "mn,m->n"(A, -t + "mn,n->m"(A, x))
    >>> (S,) = eg.variables("S[n,n]", symmetric="S")
    >>> eg.grad(eg.logdet(S), S)
    inverse(S)
    >>> eg.grad(eg.logdet(S), S, convention="independent")
    2 * inverse(S) - "ni,nn->ni"(δ, inverse(S))
    >>> import numpy as np
    >>> eg.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    """
    if isinstance(target, Node):
        refuse_argnums(argnums, has_aux)
        variables = GivenVariables.of(wrt)
        found = calculus.gradients(
            as_expr(target), variables.each, convention=as_convention(convention)
        )
        return variables.results(found)
    refuse_convention(convention)
    from einsgrad.results.numbers.of_functions import function_gradient

    numbers = given_argnums(wrt, argnums)
    return function_gradient(as_function(target), numbers, has_aux=has_aux)


def value_and_grad(
    target: Any,
    *wrt: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    convention: Convention = "projected",
) -> Any:
    """Return value and gradient together; see `grad`. With `has_aux` the value is the pair.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> eg.value_and_grad(lambda x: np.sum(x * x))(np.ones(2))
    (np.float64(2.0), array([2., 2.]))
    """
    if isinstance(target, Node):
        refuse_argnums(argnums, has_aux)
        return simplify_expr(as_expr(target)), grad(target, *wrt, convention=convention)
    refuse_convention(convention)
    from einsgrad.results.numbers.of_functions import function_gradient

    numbers = given_argnums(wrt, argnums)
    return function_gradient(as_function(target), numbers, with_value=True, has_aux=has_aux)


def hessian(
    target: Any,
    *wrt: Any,
    argnums: Argnums | None = None,
    has_aux: bool = False,
    convention: Convention = "projected",
) -> Any:
    """Derive the second derivatives of a number.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    wrt
        For an expression, the variable; two, for the mixed derivatives; or a tuple of
        variables, for all blocks. For a function, what `argnums` says.
    argnums
        For a function, the argument by number or name, or a tuple of them, for all blocks.
    has_aux, convention
        As for `grad`.

    Returns
    -------
    Expr, tuple of tuples, or callable
        The axes of the first variable, then those of the second. Of a tuple `(x, y)` it is
        `((H_xx, H_xy), (H_yx, H_yy))`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> eg.hessian(0.5 * eg.sum_squares(A @ x), x)
    "mn,mi->ni"(A, A)
    >>> eg.hessian(eg.sum(A @ x), (A, x))[1][0]
    "ni,m->nmi"(δ, 1)
    """
    if isinstance(target, Node):
        refuse_argnums(argnums, has_aux)
        return _hessian_of_expression(as_expr(target), wrt, as_convention(convention))
    refuse_convention(convention)
    from einsgrad.results.numbers.of_functions import function_hessian

    numbers = given_argnums(wrt, argnums)
    return function_hessian(as_function(target), numbers, has_aux=has_aux)


def _hessian_of_expression(expr: Expr, wrt: Sequence[Any], convention: Convention) -> Any:
    variables = GivenVariables.of(wrt)
    if len(wrt) == 1 and not variables.is_alone:
        return hessian_rows(
            calculus.hessian_blocks(expr, variables.each, convention=convention), variables.each
        )
    if len(variables.each) > 2:
        raise ArgumentTypeError(
            "a Hessian has one variable or two. Give more in a tuple, for all blocks."
        )
    return calculus.hessian(expr, variables.each[0], variables.each[-1], convention)


def hvp(target: Any, *arguments: Any, argnums: Argnums | None = None) -> Any:
    """Multiply the Hessian of a number with a vector, without forming it.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    arguments
        For an expression: the variable and the vector. For a function: nothing, or the tuple
        of its arguments and the vector.
    argnums
        For a function, the argument to differentiate in, by number or name; by default the
        first. With a tuple of them the vector is a tuple, and so is the product.

    Returns
    -------
    Expr, array, or callable
        The product. For a function alone, a function of its arguments with the vector in the
        second place, `(x, v, *args)`, which is what scipy's `minimize` takes as `hessp`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, v = eg.variables("A[m,n] x[n] v[n]")
    >>> eg.hvp(0.5 * eg.sum_squares(A @ x), x, v)
    "mn,mi,i->n"(A, A, v)
    >>> import numpy as np
    >>> product = eg.hvp(lambda x, scale: scale * np.sum(x**3))
    >>> product(np.array([1.0, 2.0]), np.array([1.0, 0.5]), 2.0)
    array([12., 12.])
    """
    if isinstance(target, Node):
        return _hvp_of_expression(as_expr(target), arguments, argnums)
    from einsgrad.results.numbers.function_products import HessianProduct, function_hvp

    function = as_function(target)
    if len(arguments) < 2:
        return HessianProduct(function, given_argnums(arguments, argnums))
    if len(arguments) > 2:
        raise _not_for_a_product()
    primals, vector = arguments
    return function_hvp(function, primals, vector, 0 if argnums is None else argnums)


def _hvp_of_expression(expr: Expr, arguments: Sequence[Any], argnums: Argnums | None) -> Expr:
    refuse_argnums(argnums)
    if len(arguments) != 2:
        raise _not_for_a_product()
    wrt, vector = arguments
    return calculus.hvp(expr, calculus.check_variable(wrt), as_expr(vector))


def _not_for_a_product() -> ArgumentTypeError:
    return ArgumentTypeError(
        "hvp takes what to differentiate in and a vector: hvp(E, x, v), or hvp(f)(x, v)."
    )
