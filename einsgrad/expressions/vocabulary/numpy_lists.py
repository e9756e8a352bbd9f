"""numpy's functions that look into a list by themselves, while a function is traced.

`numpy.array([x, y])` asks no protocol: it looks for numbers in the list, and expressions in it can
but refuse. So for as long as a trace lasts, some names of numpy's modules stand for functions
that know such lists. They call numpy's own function first; what holds no expression, in this
thread or in another, has numpy's answer.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from einsgrad.errors import ArgumentTypeError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.operators import call_operation
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.joining import array_like, concatenated, holds_expression
from einsgrad.expressions.vocabulary.numpy_rearranging import broadcast_to, ravel


@cache
def own_functions() -> dict[str, Any]:
    """Return those functions as numpy has them, which is asked before any trace."""
    import numpy as np

    return {name: getattr(np, name) for name in _KNOWING}


@cache
def _knowing_functions() -> dict[str, Any]:
    return {name: _KNOWING[name](own) for name, own in own_functions().items()}


class _ListsAsArrays:
    """Lets numpy's functions take lists with expressions in them, for as long as a trace lasts.

    Traces may lie within another, and in several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._traces = 0

    def __enter__(self) -> None:
        import numpy as np

        known = _knowing_functions()
        with self._lock:
            if not self._traces:
                vars(np).update(known)
            self._traces += 1

    def __exit__(self, *raised: object) -> None:
        import numpy as np

        with self._lock:
            self._traces -= 1
            if not self._traces:
                vars(np).update(own_functions())


def array_of(
    object: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    copy: Any = None,
    subok: bool = True,
    ndmin: int = 0,
    like: Any = None,
    device: Any = None,
) -> Expr:
    """Read a list with expressions in it as `numpy.array` reads a list of numbers."""
    expr = array_like(object)
    if dtype is not None:
        expr = call_operation("astype", expr, dtype)
    missing = ndmin - len(expr.shape)
    return expr[(None,) * missing] if missing > 0 else expr


def _knowing(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return numpy's function, with an answer of our own where it met expressions in a list."""

    @wraps(own)
    def function(*arguments: Any, **options: Any) -> Any:
        try:
            return own(*arguments, **options)
        except ArgumentTypeError:
            if not arguments or not holds_expression(arguments[0]):
                raise
        return array_of(*arguments, **options)

    return function


class _InARow:
    """`numpy.r_` or `numpy.c_`: where each entry goes is found with numbers in their place."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def __len__(self) -> int:
        return len(self._own)

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not any(map(holds_expression, parts)):
            return self._own[key]
        exprs: list[Expr] = []
        places = self._own[tuple([self._numbered(part, exprs) for part in parts])]
        return concatenated(exprs)[places]

    def _numbered(self, part: Any, exprs: list[Expr]) -> Any:
        """Return the places of a part's entries among those of all the parts."""
        if isinstance(part, str):
            return part
        import numpy as np

        expr = as_expr(self._own[part]) if isinstance(part, slice) else array_like(part)
        shape: Any = expr.shape
        start = sum([one.size for one in exprs])
        exprs.append(ravel(expr))
        numbers = start + np.arange(math.prod(shape)).reshape(shape)
        return numbers if shape else int(numbers)


def _reading_lists(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return numpy's function, which makes an array of a list with expressions in it before."""

    @wraps(own)
    def function(*arguments: Any, **options: Any) -> Any:
        if arguments and type(arguments[0]) in (list, tuple) and holds_expression(arguments[0]):
            return own(array_like(arguments[0]), *arguments[1:], **options)
        return own(*arguments, **options)

    return function


def _knowing_full(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return `numpy.full`, which an expression may fill."""

    @wraps(own)
    def full(shape: Any, fill_value: Any, dtype: Any = None, **options: Any) -> Any:
        if not holds_expression(fill_value):
            return own(shape, fill_value, dtype, **options)
        return broadcast_to(array_of(fill_value, dtype), shape)

    return full


# What stands in numpy's place, by its name.
_KNOWING: dict[str, Callable[[Any], Any]] = {
    "array": _knowing,
    "asarray": _knowing,
    "asanyarray": _knowing,
    "full": _knowing_full,
    **dict.fromkeys(
        [
            *("sum", "prod", "mean", "var", "std", "max", "min", "amax", "amin", "median"),
            *("average", "cumsum", "cumprod", "diff", "sort", "argmax", "argmin", "diag"),
        ],
        _reading_lists,
    ),
    "r_": _InARow,
    "c_": _InARow,
}
LISTS_AS_ARRAYS = _ListsAsArrays()
