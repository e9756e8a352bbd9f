"""numpy's functions that look into a list by themselves, while a function is traced.

`numpy.array([x, y])` asks no protocol: it looks for numbers in the list, and expressions in it can
but refuse; so does every function that is given a list in the place of an array. So for as long
as a trace lasts, numpy's modules are of a class of their own, whose attributes are functions that
know such lists. What holds no expression, in this thread or in another, has numpy's answer. The
functions of numpy's that are called entry by entry stay what they are: code asks whether it was
given `numpy.tanh`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from functools import cache, wraps
from types import ModuleType
from typing import Any

from einsgrad.errors import ArgumentTypeError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.operators import call_operation
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary.joining import array_like, concatenated, holds_expression
from einsgrad.expressions.vocabulary.numpy_rearranging import broadcast_to, ravel


def own_function(path: str) -> Any:
    """Return a function as numpy has it, also within a trace.

    Examples
    --------
    >>> own_function("linalg.norm").__name__
    'norm'
    """
    import numpy as np

    *modules, name = path.split(".")
    found: Any = np
    for module in modules:
        found = getattr(found, module)
    return vars(found)[name]


@cache
def _classes() -> list[tuple[Any, type[ModuleType], type[ModuleType]]]:
    """Return numpy's modules, the class of each, and the class with functions that know lists."""
    import numpy as np

    found = []
    for module, place in ((np, ""), (np.linalg, "linalg."), (np.fft, "fft.")):
        own = type(module)
        found.append((module, own, type("Module", (own,), dict(_attributes(place)))))
    return found


def _attributes(place: str) -> Iterator[tuple[str, property]]:
    import numpy as np

    # Loaded when a function is traced.
    from einsgrad.expressions.vocabulary.numpy_table import BUILT_IN

    for path in {*BUILT_IN, *_KNOWING, "einsum"}:
        name = path.removeprefix(place)
        if path.startswith(place) and "." not in name:
            own = own_function(path)
            if not isinstance(own, np.ufunc):
                knowing: Callable[[Any], Any] = _KNOWING.get(path, _reading_lists)
                yield name, _attribute(name, own, knowing(own))


def _attribute(name: str, own: Any, value: Any) -> property:
    """Return an attribute that stands for numpy's, unless somebody has put another there."""

    def get(module: ModuleType) -> Any:
        found = vars(module)[name]
        return value if found is own else found

    def put(module: ModuleType, other: Any) -> None:
        vars(module)[name] = own if other is value else other

    return property(get, put)


class _ListsAsArrays:
    """Lets numpy's functions take lists with expressions in them, for as long as a trace lasts.

    Traces may lie within another, and in several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._traces = 0

    def __enter__(self) -> None:
        classes = _classes()
        with self._lock:
            if not self._traces:
                for module, _, knowing in classes:
                    module.__class__ = knowing
            self._traces += 1

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._traces -= 1
            if not self._traces:
                for module, own, _ in _classes():
                    module.__class__ = own


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
        if any(map(_is_list, arguments)) or (options and any(map(_is_list, options.values()))):
            read = {name: _as_array(one) for name, one in options.items()}
            return own(*map(_as_array, arguments), **read)
        return own(*arguments, **options)

    return function


def _as_array(argument: Any) -> Any:
    return array_like(argument) if _is_list(argument) else argument


def _is_list(argument: Any) -> bool:
    """Tell whether an argument is a list with expressions in it."""
    return isinstance(argument, list | tuple) and holds_expression(argument)


def _reading_sequences(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return numpy's function of sequences of arrays, of which some may be lists."""

    @wraps(own)
    def function(*arguments: Any, **options: Any) -> Any:
        return own(
            *[type(a)(map(_as_array, a)) if _is_list(a) else a for a in arguments], **options
        )

    return function


def _knowing_full(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return `numpy.full`, which an expression may fill."""

    @wraps(own)
    def full(shape: Any, fill_value: Any, dtype: Any = None, **options: Any) -> Any:
        if not holds_expression(fill_value):
            return own(shape, fill_value, dtype, **options)
        return broadcast_to(array_of(fill_value, dtype), shape)

    return full


# What stands in numpy's place, where it is not the function on an array of the list.
_KNOWING: dict[str, Callable[[Any], Any]] = {
    "array": _knowing,
    "asarray": _knowing,
    "asanyarray": _knowing,
    "full": _knowing_full,
    "r_": _InARow,
    "c_": _InARow,
    **dict.fromkeys(
        [
            *("concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "select"),
            *("choose", "piecewise", "lexsort", "linalg.multi_dot"),
        ],
        _reading_sequences,
    ),
    # It reads lists in lists.
    "block": lambda own: own,
}
LISTS_AS_ARRAYS = _ListsAsArrays()
