"""What a user differentiates with: of strings, of expressions, of ordinary numpy functions.

Each function looks at what it is given first: an einsum string (formulas, or numbers if
arrays follow), an expression (expressions), or a function (numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from einsgrad import calculus, derivative
from einsgrad.arguments import Shapes, as_equation, as_operation, read_call
from einsgrad.equation import Equation
from einsgrad.errors import ArgumentTypeError, clip
from einsgrad.expr import Expr, Node, Variable
from einsgrad.shaping import as_expr
from einsgrad.simplification import simplify as simplify_expr

Argnums = int | Sequence[int]


def _variables(wrt: Sequence[Any]) -> tuple[list[Variable], bool]:
    """Read variables given one by one or as a sequence; also tell whether there was just one."""
    if len(wrt) == 1 and isinstance(wrt[0], list | tuple):
        return [calculus.check_variable(one) for one in wrt[0]], False
    if not wrt:
        raise ArgumentTypeError("name the variable to differentiate in: grad(E, x).")
    return [calculus.check_variable(one) for one in wrt], len(wrt) == 1


def _function(target: object) -> Callable[..., Any]:
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
    >>> eg.grad(0.5 * eg.norm2(A @ x - t), x)
    "mn,m->n"(A, -t + "mn,n->m"(A, x))
    >>> import numpy as np
    >>> eg.grad(lambda x: np.sum(np.sin(x)))(np.zeros(2))
    array([1., 1.])
    """
    if isinstance(target, Node):
        variables, single = _variables(wrt)
        found = calculus.gradients(as_expr(target), variables)
        return found[0] if single else found
    from einsgrad import traced

    return traced.grad(_function(target), argnums)


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
    from einsgrad import traced

    return traced.grad(_function(target), argnums, with_value=True)


def jacobian(
    target: Any,
    *arguments: Any,
    argnums: Argnums = 0,
    names: Sequence[str] | None = None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
) -> Any:
    """Derive a Jacobian: of an einsum string, of an expression, or of a numpy function.

    Its axes are the output's, then the variable's.

    Parameters
    ----------
    target
        An einsum string or `equation`, an expression, or a function of arrays.
    arguments
        For a string, the operand (by number or name), and arrays for all operands if
        numbers are wanted. For an expression, the variables.
    argnums
        For a function, the positions of the arguments.
    names, ranks, shapes
        For a string, as for `adjoint`.

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
    if isinstance(target, Node):
        variables, single = _variables(arguments)
        found = tuple(calculus.jacobian(as_expr(target), one) for one in variables)
        return found[0] if single else found
    if isinstance(target, str | Equation):
        if not arguments:
            raise ArgumentTypeError("name the operand: jacobian('mn,n->m', 0).")
        wrt, *operands = arguments
        if operands:
            from einsgrad import numeric

            return numeric.jacobian(as_equation(target), wrt, operands, names)
        return derivative.jacobian(as_operation(target, names, ranks, shapes), wrt)
    from einsgrad import traced

    return traced.function_jacobian(_function(target), argnums)


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
    >>> eg.hessian(0.5 * eg.norm2(A @ x), x)
    "mn,mi->ni"(A, A)
    """
    if isinstance(target, Node):
        variables, _ = _variables(wrt)
        if len(variables) > 2:
            raise ArgumentTypeError("a Hessian has one variable or two.")
        return calculus.hessian(as_expr(target), variables[0], variables[-1])
    from einsgrad import traced

    return traced.function_hessian(_function(target), argnums)


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
    >>> eg.hvp(0.5 * eg.norm2(A @ x), x, v)
    "mn,mi,i->n"(A, A, v)
    """
    if isinstance(target, Node):
        wrt, vector = arguments
        return calculus.hvp(as_expr(target), calculus.check_variable(wrt), as_expr(vector))
    from einsgrad import traced

    primals, vector = arguments
    return traced.function_hvp(_function(target), primals, vector)


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


def vjp(
    target: Any,
    *arguments: Any,
    wrt: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
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
        The operands whose cotangents the pullback returns, by number or name; by
        default all, one for each position.
    names
        Names of the operands; equal names mean the same array, whose cotangent is the
        sum over its occurrences.

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
    if isinstance(target, Node):
        variables, single = _variables(arguments[:-1])
        shares = calculus.vjp(as_expr(target), as_expr(arguments[-1]), variables)
        return shares[0] if single else shares
    if callable(target) and not isinstance(target, Equation):
        from einsgrad import traced

        return traced.function_vjp(target, *arguments)
    from einsgrad import numeric

    return numeric.vjp(*read_call((target, *arguments)), wrt, names)


def jvp(target: Any, primals: Any, tangents: Any) -> Any:
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

    Returns
    -------
    Expr, or (value, tangent)

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.jvp("i,i->", ([1.0, 2.0], [3.0, 4.0]), ([1.0, 0.0], None))
    (np.float64(11.0), np.float64(3.0))
    """
    if isinstance(target, Node):
        variables, single = _variables((primals,))
        moved = [tangents] if single else tangents
        pairs = zip(variables, map(as_expr, moved), strict=True)
        return calculus.jvp(as_expr(target), pairs)
    if callable(target) and not isinstance(target, Equation):
        from einsgrad import traced

        return traced.function_jvp(target, primals, tangents)
    from einsgrad import numeric

    return numeric.jvp(as_equation(target), primals, tangents)


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
    from einsgrad.evaluation import evaluate as evaluate_expr

    return evaluate_expr(as_expr(expr), arrays, {**(sizes or {})})


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
