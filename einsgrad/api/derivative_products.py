"""Products with derivatives: `vjp`, `jvp`, `hvp`, `directional`, without forming a Jacobian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from einsgrad.api.derivatives import as_function, read_variables
from einsgrad.calculus import derivatives as calculus
from einsgrad.engine.caches import remember
from einsgrad.errors import ArgumentTypeError
from einsgrad.expressions.nodes import Expr, Node, Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.strings.calls import as_equation, read_call
from einsgrad.strings.equation import Equation

if TYPE_CHECKING:
    from einsgrad.results.numbers.pullbacks import Plan, Pullback

# What is known of vjp on arrays, by string and by the arrays' types, shapes and dtypes.
_plans: dict[Any, Plan] = {}


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
    if len(arguments) != 2:
        raise ArgumentTypeError("hvp takes what to differentiate in and a vector: hvp(E, x, v).")
    if isinstance(target, Node):
        wrt, vector = arguments
        return calculus.hvp(as_expr(target), calculus.check_variable(wrt), as_expr(vector))
    from einsgrad.results.numbers import of_functions as traced

    primals, vector = arguments
    return traced.function_hvp(as_function(target), primals, vector)


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
    key: Any = None
    if type(target) is str and wrt is None and names is None:
        try:
            key = (target, *[(type(a), a.shape, a.dtype) for a in arguments])
            return _called(_plans[key], arguments)
        except (AttributeError, KeyError, TypeError):
            # The first call for arrays like these, or no arrays at all.
            pass
    if isinstance(target, Node):
        variables, single = read_variables(arguments[:-1])
        shares = calculus.vjp(as_expr(target), as_expr(arguments[-1]), variables)
        return shares[0] if single else shares
    if callable(target) and not isinstance(target, Equation):
        from einsgrad.results.numbers import of_functions as traced

        return traced.function_vjp(target, *arguments)
    from einsgrad.results.numbers import of_einsums as numeric

    value, pullback = numeric.vjp(*read_call((target, *arguments)), wrt, names)
    if key is not None and numeric.are_arrays(arguments):
        remember(_plans, key, pullback.plan)
    return value, pullback


def _called(plan: Plan, arrays: tuple[Any, ...]) -> tuple[Any, Pullback]:
    from einsgrad.results.numbers.pullbacks import Pullback

    return plan.value(*arrays), Pullback(plan, arrays)


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
        variables, single = read_variables((primals,))
        moved = [tangents] if single else tangents
        pairs = zip(variables, map(as_expr, moved), strict=True)
        return calculus.jvp(as_expr(target), pairs)
    if callable(target) and not isinstance(target, Equation):
        from einsgrad.results.numbers import of_functions as traced

        return traced.function_jvp(target, primals, tangents)
    from einsgrad.results.numbers import of_einsums as numeric

    return numeric.jvp(as_equation(target), primals, tangents)
