"""Python's operators and numpy's protocols on expressions.

A node must know its operators, but what they build is decided further up. So this mixin
looks each operation up by name; `api.operators` says what each of them is, and the package
hands that to `provide` when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from einsgrad.errors import ArgumentTypeError, clip, shorten
from einsgrad.expressions.call_sites import CallSite, calling_site
from einsgrad.expressions.current import current

if TYPE_CHECKING:
    from einsgrad.expressions.dims import Shape
    from einsgrad.expressions.nodes import Expr

_operations: dict[str, Callable[..., Any]] = {}


def provide(operations: Mapping[str, Callable[..., Any]]) -> None:
    """Enter the functions that the operators call, by the names that they are looked up by."""
    _operations.update(operations)


def _build(name: str, *arguments: Any, **options: Any) -> Expr:
    expr: Expr = _operations[name](*arguments, **options)
    return expr


def call_operation(name: str, *arguments: Any, **options: Any) -> Any:
    """Call what an operation of the package is."""
    return _operations[name](*arguments, **options)


def numpy_method(name: str, *arguments: Any, **options: Any) -> Expr:
    """Call what a function of numpy becomes on expressions."""
    expr: Expr = _operations["numpy_method"](name, *arguments, **options)
    return expr


class Operators:
    """The arithmetic of expressions, `@`, indices, and numpy functions of them."""

    __slots__ = ()

    shape: Shape

    # numpy arrays leave a binary operation with an expression to the expression.
    __array_priority__ = 1000

    def __add__(self, other: Any) -> Expr:
        return _build("add", self, other)

    def __radd__(self, other: Any) -> Expr:
        return _build("add", other, self)

    def __sub__(self, other: Any) -> Expr:
        return _build("subtract", self, other)

    def __rsub__(self, other: Any) -> Expr:
        return _build("subtract", other, self)

    def __mul__(self, other: Any) -> Expr:
        return _build("multiply", self, other)

    def __rmul__(self, other: Any) -> Expr:
        return _build("multiply", other, self)

    def __truediv__(self, other: Any) -> Expr:
        return _build("divide", self, other)

    def __rtruediv__(self, other: Any) -> Expr:
        return _build("divide", other, self)

    def __pow__(self, other: Any, modulus: object = None) -> Expr:
        if modulus is not None:
            raise ArgumentTypeError(f"pow of {clip(self)} takes no modulus. Leave it out.")
        return _build("power", self, other)

    def __rpow__(self, other: Any) -> Expr:
        return _build("power", other, self)

    def __matmul__(self, other: Any) -> Expr:
        return _build("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Expr:
        return _build("matmul", other, self)

    def __floordiv__(self, other: Any) -> Expr:
        return _build("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Expr:
        return _build("floor_divide", other, self)

    def __mod__(self, other: Any) -> Expr:
        return _build("remainder", self, other)

    def __rmod__(self, other: Any) -> Expr:
        return _build("remainder", other, self)

    def __divmod__(self, other: Any) -> tuple[Expr, Expr]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Expr, Expr]:
        return other // self, other % self

    def __floor__(self) -> Expr:
        return self._rounded("floor")

    def __ceil__(self) -> Expr:
        return self._rounded("ceil")

    def __trunc__(self) -> Expr:
        return self._rounded("trunc")

    def __round__(self, digits: Any = None) -> Expr:
        return self._rounded("rint") if digits is None else numpy_method("round", self, digits)

    def _rounded(self, name: str) -> Expr:
        """Round a number to an integer, as Python does; arrays have no such method."""
        if self.shape:
            raise ArgumentTypeError(
                f"{name}: {clip(self)} is no number, which Python can round to an integer. "
                f"Use numpy.{name}."
            )
        return _build("as_integer", _build(name, self))

    def __neg__(self) -> Expr:
        return _build("negative", self)

    def __pos__(self) -> Operators:
        return self

    def __abs__(self) -> Expr:
        return _build("abs", self)

    def __lt__(self, other: Any) -> Expr:
        return _build("less", self, other)

    def __le__(self, other: Any) -> Expr:
        return _build("less_equal", self, other)

    def __gt__(self, other: Any) -> Expr:
        return _build("greater", self, other)

    def __ge__(self, other: Any) -> Expr:
        return _build("greater_equal", self, other)

    def __and__(self, other: object) -> Expr:
        return numpy_method("bitwise_and", self, other)

    def __or__(self, other: object) -> Expr:
        return numpy_method("bitwise_or", self, other)

    def __xor__(self, other: object) -> Expr:
        return numpy_method("bitwise_xor", self, other)

    def __invert__(self) -> Expr:
        return numpy_method("invert", self)

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__

    def __getitem__(self, key: object) -> Expr:
        return _build("index", self, key)

    def __len__(self) -> int:
        return self._known_length("has no len()")

    def _known_length(self, refusal: str) -> int:
        if not self.shape:
            raise ArgumentTypeError(f"{clip(self)} is a number and {refusal}.")
        first = self.shape[0]
        if isinstance(first, int):
            return first
        raise ArgumentTypeError(
            f"{clip(self)} {refusal}: the size of dim {clip(str(first))} is not known while an "
            "expression is built. Declare it with sizes, or use operations on whole axes."
        )

    def __iter__(self) -> Iterator[Expr]:
        return map(
            self.__getitem__, range(self._known_length("cannot be iterated over or unpacked"))
        )

    def _repr_latex_(self) -> str:
        return f"${_operations['latex'](self)}$"

    def __str__(self) -> str:
        return str(_operations["printed"](self))

    def __repr__(self) -> str:
        return str(_operations["write"](self))

    # Of an expression and another, `==` is identity; it compares entries where a function is
    # traced, whose author thinks of arrays.

    def __eq__(self, other: object) -> Any:
        if isinstance(other, _COMPARED) and _compares_entries(other):
            return _build("equal", self, other)
        return self is other if isinstance(other, Operators) else NotImplemented

    def __ne__(self, other: object) -> Any:
        if isinstance(other, _COMPARED) and _compares_entries(other):
            return _build("not_equal", self, other)
        return self is not other if isinstance(other, Operators) else NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        known: bool | None = _operations["truth"](self)
        if known is not None:
            return known
        site = calling_site(1)
        condition = _named_condition(self)
        if _UNNAMED.search(condition):
            condition = shorten(site.condition()) or condition
        raise ArgumentTypeError(
            f"the truth of {condition} depends on data that is not known while an expression is "
            f"built. {_in_place_of(site, condition)}"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return _operations["ufunc"](ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return _operations["array_function"](function, args, options)


# How a message names an expression that is too long to be written in it.
_UNNAMED = re.compile(r"\b(Add|Einsum|Map|Reduce|MatrixMap)\[")
_COMPARED = (Operators, int, float, complex, list, tuple)
_SIGNS = {
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}


# What of Python's own asks whether one is the larger, or true.
_OF_PYTHON = {
    "min": "numpy.min(x), or numpy.minimum(a, b)",
    "max": "numpy.max(x), or numpy.maximum(a, b)",
    "sorted": "numpy.sort(x)",
    "any": "numpy.any(x)",
    "all": "numpy.all(x)",
}


def _in_place_of(site: CallSite, condition: str) -> str:
    """Say what to write in place of what asks for a truth."""
    if site.module == "builtins" and site.name in _OF_PYTHON:
        return f"Use {_OF_PYTHON[site.name]} in place of {site.name}()."
    return f"Use numpy.where({condition}, a, b) in place of if, and, or, not."


def _compares_entries(other: object) -> bool:
    """Tell whether a comparison with an object is one of entries."""
    return not isinstance(other, Operators | list | tuple) or current() is not None


def _named_condition(condition: Any) -> str:
    """Write a comparison by its sign, for use inside a message."""
    sign = _SIGNS.get(getattr(getattr(condition, "function", None), "name", ""))
    if sign is None:
        return clip(condition)
    left, right = condition.operands
    return f"{clip(left)} {sign} {clip(right)}"
