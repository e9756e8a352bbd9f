"""What Python's operators and numpy's protocols do with expressions: all of it, in one place.

A node stands below the functions that build nodes and those that write them, so its
operators are told from above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

from einsgrad.errors import ArgumentError
from einsgrad.expressions.base import Node
from einsgrad.expressions.current import suspended
from einsgrad.expressions.nodes import Called, Expr, Variable
from einsgrad.expressions.printing import write
from einsgrad.expressions.repetition import repeatable
from einsgrad.expressions.vocabulary.gathering import READ_BY_VALUE, indexed
from einsgrad.expressions.vocabulary.words import VOCABULARY
from einsgrad.expressions.walks import topological
from einsgrad.results.numbers.trees import leaves, with_leaves

# What numpy's functions become is loaded when the first of them is met.


def _numpy_method(name: str, *arguments: Any, **options: Any) -> Expr:
    from einsgrad.expressions.vocabulary.numpy_table import method

    return method(name, *arguments, **options)


def _ufunc(function: Any, how: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    from einsgrad.expressions.vocabulary.numpy_protocol import ufunc

    return ufunc(function, how, inputs, options)


def _array_function(function: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    from einsgrad.expressions.vocabulary.numpy_protocol import array_function

    return array_function(function, arguments, options)


def _updates(expr: Expr) -> Any:
    from einsgrad.expressions.vocabulary.updating import Updates

    return Updates(expr)


def _printed(expr: Expr) -> str:
    # Loaded where an expression is shown: it takes longer to load than all the rest.
    from einsgrad.notation.show import printed

    return printed(expr)


def _latex(expr: Expr) -> str:
    from einsgrad.notation.show import printed_latex

    return printed_latex(expr)


def _dtype(expr: Expr) -> Any:
    # numpy is there where a dtype is asked for.
    from einsgrad.results.numbers.traced_dtypes import dtype_of_value

    return dtype_of_value(expr)


def _as_type(expr: Expr, *arguments: Any, **options: Any) -> Expr:
    from einsgrad.results.numbers.traced_dtypes import as_dtype

    converted: Expr = as_dtype(expr, *arguments, **options)
    return converted


def _truth(expr: Expr) -> bool | None:
    """Return whether a number holds that depends on no data, such as `iscomplex` of a real one."""
    if expr.shape or any(isinstance(node, Variable | Called) for node in topological(expr)):
        return None
    from einsgrad.engine.evaluation import evaluate_expr

    try:
        with suspended():
            return bool(evaluate_expr(expr, {}))
    except ArgumentError:
        # It has dims whose sizes are not known.
        return None


def _odeint(*arguments: Any, **options: Any) -> Any:
    from einsgrad.results.numbers.scipy_solvers import odeint

    return odeint(*arguments, **options)


def _solve_ivp(*arguments: Any, **options: Any) -> Any:
    from einsgrad.results.numbers.scipy_solvers import solve_ivp

    return solve_ivp(*arguments, **options)


def _public(operation: Callable[..., Any], *, of_operands: bool) -> Callable[..., Any]:
    """Return an operation that users call, too, and that pickle finds in the package."""
    found = repeatable(operation, of_operands=of_operands)
    found.__module__ = "einsgrad"
    return found


# Whose arguments are operands, all of them.
_OF_OPERANDS = (
    *("add", "subtract", "multiply", "divide", "matmul", "dot", "negative", "abs"),
    *("floor_divide", "remainder"),
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
)


def _of_leaves(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Return an operation that takes containers, too; one without expressions stays as it is."""

    @wraps(operation)
    def of_leaves(x: Any) -> Any:
        if not any(isinstance(one, Node) for one in leaves(x)):
            return x
        return with_leaves(x, map(operation, leaves(x)))

    of_leaves.__module__ = "einsgrad"
    return of_leaves


OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{
            name: _public(operation, of_operands=name in _OF_OPERANDS)
            for name, operation in VOCABULARY.items()
            if name != "stop_gradient"
        },
        "stop_gradient": _of_leaves(VOCABULARY["stop_gradient"]),
        "numpy_method": repeatable(_numpy_method, never=READ_BY_VALUE),
        "ufunc": repeatable(_ufunc, of_operands=True, unless=("power", "float_power")),
        "array_function": repeatable(_array_function, never=READ_BY_VALUE),
        "index": indexed,
        "at": _updates,
        "dtype": _dtype,
        "astype": _as_type,
        "odeint": _odeint,
        "solve_ivp": _solve_ivp,
        "truth": _truth,
        "write": write,
        "printed": _printed,
        "latex": _latex,
    }
)
