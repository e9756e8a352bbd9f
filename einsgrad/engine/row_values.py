"""The values of table functions on numpy arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, assert_never

import numpy as np

from einsgrad.engine.copied_functions import copied_function
from einsgrad.engine.refusals import entry_by_entry
from einsgrad.errors import ArgumentError, DtypeError
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Reduction, Row
from einsgrad.expressions.tables.spellings import (
    WITHOUT_SCIPY,
    Body,
    Bounded,
    ComparisonUfunc,
    Form,
    Given,
    Reduced,
    Stable,
    TupleEntry,
    Ufunc,
    needs_scipy,
)

# Rounded down, so that its exponential is finite.
_LOG_LARGEST = 709.0


def row_value(row: Row, *arguments: Any) -> Any:
    """Evaluate a function of the tables.

    Raises
    ------
    ArgumentError
        If it needs scipy, which is not installed.
    DtypeError
        If it takes no arguments of these dtypes.

    Examples
    --------
    >>> from einsgrad.expressions.tables.rows import elementwise_row
    >>> row_value(elementwise_row("tanh"), np.zeros(2))
    array([0., 0.])
    """
    function = row_function(row)
    if isinstance(row.numpy, Given):
        return entry_by_entry(function(*arguments), arguments)
    try:
        return function(*arguments)
    except TypeError as error:
        kinds = ", ".join(np.asarray(one).dtype.name for one in arguments[: _arity(row)])
        raise DtypeError(
            f"{row.name} takes no arguments of dtype {kinds}. "
            "Convert them, or write it with other functions."
        ) from error


def has_value_of_nothing(row: Reduction) -> bool:
    """Tell whether a reduction has a value for no entries: a product has, a maximum has none.

    Examples
    --------
    >>> from einsgrad.expressions.tables.rows import reduction_row
    >>> has_value_of_nothing(reduction_row("prod")), has_value_of_nothing(reduction_row("max"))
    (True, False)
    """
    match row.numpy:
        case Reduced(name=name):
            return getattr(np, name).identity is not None
        case _:
            return True


def _arity(row: Row) -> int:
    return row.arity if isinstance(row, Elementwise) else 1


@cache
def row_function(row: Row) -> Callable[..., Any]:
    """Turn the numpy column of a row into a function of the arguments, or of `x` and `axis`."""
    match row.numpy:
        case Ufunc(name=name, arguments=()):
            return _attribute(np, name)
        case Ufunc(name=name, arguments=arguments):
            return _evaluated(row, f"np.{name}({', '.join(map(str, arguments))})")
        case Reduced(name=name):
            return _evaluated(row, f"np.{name}.reduce(x, axis)")
        case ComparisonUfunc(name=name):
            given = ", ".join(PARAMETERS[: _arity(row)])
            return _evaluated(row, f"np.{name}({given}).astype(np.result_type({given}, 0))")
        case TupleEntry(call=call, place=place, alone=alone):
            whole = _plain_function(row, call)
            return (lambda x: whole(x)[place]) if alone is None else _evaluated(row, str(alone))
        case Stable() as code:
            return _plain_function(row, code)
        case Bounded(text=text, logarithm=logarithm, most=most):
            limit = _LOG_LARGEST if logarithm else float(np.finfo(float).max)
            return _evaluated(row, text.format(x="x", limit=min(limit, most)))
        case Form() as form:
            return _evaluated(row, str(form))
        case Body(text=text):
            return _evaluated(row, text)
        case Given(function=function):
            return function
        case _ as unreachable:
            assert_never(unreachable)


def _plain_function(row: Row, code: Form | Stable) -> Callable[..., Any]:
    if isinstance(code, Form):
        return _evaluated(row, str(code))
    if needs_scipy(code) and find_spec("scipy") is None:
        raise without_scipy(row.name)
    return copied_function(code.name)


def without_scipy(name: str) -> ArgumentError:
    """Return the error of a function that only scipy has."""
    return ArgumentError(
        f"{name} is evaluated by scipy, which is not installed. "
        "Install it: pip install 'einsgrad[special]'."
    )


def _attribute(module: Any, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(module, name)
    return function


def _evaluated(row: Row, text: str) -> Callable[..., Any]:
    """Make a function of text, which comes from the tables of this package, never from a user."""
    parameters = ", ".join(PARAMETERS[: _arity(row)])
    if not isinstance(row, Elementwise):
        parameters += ", axis=None"
    names = {"np": np, "special": _Special(row.name)}
    function: Callable[..., Any] = eval(f"lambda {parameters}: {text}", names)
    return function


class _Special:
    """scipy's special functions, with the error function of the standard library without it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Any:
        try:
            from scipy import special
        except ImportError:
            if function in WITHOUT_SCIPY:
                return _erf
            raise without_scipy(self._name) from None
        return getattr(special, function)


def _erf(x: Any) -> Any:
    from math import erf

    found = np.vectorize(erf, otypes=[float])(x)
    return found.astype(np.result_type(np.asarray(x).dtype, np.float32))[()]
