"""What a user differentiates numbers with: gradients, Hessians, and products with these.

Each function looks at what it is given first: an expression (the result is one), or an
ordinary numpy function (the result has numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from einsgrad.calculus import derivatives as calculus
from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expressions.nodes import Expr, Node, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.simplification.simplify import simplify_expr

if TYPE_CHECKING:
    from einsgrad.results.numbers.of_functions import Argnums


@dataclass(frozen=True, slots=True)
class GivenVariables:
    """The variables to differentiate in, and whether one was given alone, in no sequence."""

    each: tuple[Variable, ...]
    is_alone: bool

    @classmethod
    def of(cls, wrt: Sequence[Any]) -> GivenVariables:
        """Read variables given one by one, or as a sequence."""
        if len(wrt) == 1 and isinstance(wrt[0], list | tuple):
            return cls(tuple(map(calculus.check_variable, wrt[0])), False)
        if not wrt:
            raise ArgumentTypeError("name the variable to differentiate in: grad(E, x).")
        return cls(tuple(map(calculus.check_variable, wrt)), len(wrt) == 1)

    def results(self, found: Sequence[Expr]) -> Expr | tuple[Expr, ...]:
        """Return a tuple with a result for each variable; the result for one that is alone."""
        return found[0] if self.is_alone else tuple(found)


def as_function(target: object) -> Callable[..., Any]:
    """Refuse what is neither an expression nor a function."""
    if not callable(target):
        raise ArgumentTypeError(
            f"an expression or a function is expected, not {clip(target)}. "
            "Build an expression from variables('x[n]'), or give a numpy function."
        )
    return target


def grad(target: Any, *wrt: Any, argnums: Argnums = 0) -> Any:
    """Differentiate a real number: an expression, or the value of a numpy function.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    wrt
        For an expression, the variables, one by one or in a tuple.
    argnums
        For a function, the positions of the arguments.

    Returns
    -------
    Expr, tuple of Expr, or callable
        For an expression, its gradient in the variable, of the variable's shape; zeros
        where the variable does not occur. For a function, the function that evaluates
        the gradient, traced once for each signature of shapes.

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
    symmetric variable it is the gradient within the symmetric matrices; see `variables`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, t = eg.variables("A[m,n] x[n] t[m]")
    >>> eg.grad(0.5 * eg.sum_squares(A @ x - t), x)
    "mn,m->n"(A, -t + "mn,n->m"(A, x))
    >>> import numpy as np
    >>> eg.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    """
    if isinstance(target, Node):
        variables = GivenVariables.of(wrt)
        return variables.results(calculus.gradients(as_expr(target), variables.each))
    from einsgrad.results.numbers.of_functions import function_gradient

    return function_gradient(as_function(target), argnums)


def value_and_grad(target: Any, *wrt: Any, argnums: Argnums = 0) -> Any:
    """Return value and gradient together; see `grad`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> import numpy as np
    >>> eg.value_and_grad(lambda x: np.sum(x * x))(np.ones(2))
    (np.float64(2.0), array([2., 2.]))
    """
    if isinstance(target, Node):
        return simplify_expr(as_expr(target)), grad(target, *wrt)
    from einsgrad.results.numbers.of_functions import function_gradient

    return function_gradient(as_function(target), argnums, with_value=True)


def hessian(target: Any, *wrt: Any, argnums: int = 0) -> Any:
    """Derive the second derivatives of a number.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    wrt
        For an expression, the variable; or two, for the mixed derivatives.
    argnums
        For a function, the position of the argument.

    Returns
    -------
    Expr or callable
        The axes of the first variable, then those of the second.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x = eg.variables("A[m,n] x[n]")
    >>> eg.hessian(0.5 * eg.sum_squares(A @ x), x)
    "mn,mi->ni"(A, A)
    """
    if isinstance(target, Node):
        variables = GivenVariables.of(wrt).each
        if len(variables) > 2:
            raise ArgumentTypeError("a Hessian has one variable or two.")
        return calculus.hessian(as_expr(target), variables[0], variables[-1])
    from einsgrad.results.numbers.of_functions import function_hessian

    return function_hessian(as_function(target), argnums)


def hvp(target: Any, *arguments: Any) -> Any:
    """Multiply the Hessian of a number with a vector, without forming it.

    Parameters
    ----------
    target
        An expression without axes, or a function of arrays that returns a number.
    arguments
        For an expression: the variable and the vector. For a function: the tuple of its
        arguments, the first of which is differentiated in, and the vector.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, v = eg.variables("A[m,n] x[n] v[n]")
    >>> eg.hvp(0.5 * eg.sum_squares(A @ x), x, v)
    "mn,mi,i->n"(A, A, v)
    """
    if len(arguments) != 2:
        raise ArgumentTypeError("hvp takes what to differentiate in and a vector: hvp(E, x, v).")
    if isinstance(target, Node):
        wrt, vector = arguments
        return calculus.hvp(as_expr(target), calculus.check_variable(wrt), as_expr(vector))
    from einsgrad.results.numbers.of_functions import function_hvp

    primals, vector = arguments
    return function_hvp(as_function(target), primals, vector)
