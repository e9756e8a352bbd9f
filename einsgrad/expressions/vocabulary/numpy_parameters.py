"""How numpy's functions are called: their parameters, and which values of them are supported."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, clip
from einsgrad.expressions.operators import call_operation
from einsgrad.expressions.shaping import as_expr

_ONLY_DEFAULT, _IS_HINT, _CONVERTS_OPERAND, _CONVERTS_RESULT = "~", "-", "<", ">"
_SIGNS = _ONLY_DEFAULT + _IS_HINT + _CONVERTS_OPERAND + _CONVERTS_RESULT
_ANY_NUMBER = 1 << 30
_OUTSIDE_PARENTHESES = re.compile(r", (?![^(]*\))")


@dataclass(frozen=True)
class NumpyFunction:
    """A function of numpy, as it is on expressions.

    Parameters
    ----------
    path
        Its name with the modules: "numpy.linalg.norm".
    build
        What builds the expression; its parameters have numpy's names, but for the first ones.
    parameters
        numpy's parameters in numpy's order. One that is supported with its default only has
        the sign `~` in front; one that says nothing of values, but how they are computed, `-`;
        a dtype `<` if the first operand is converted to it, and `>` if the result is.

    Examples
    --------
    >>> import inspect
    >>> total = NumpyFunction("numpy.sum", sum, "a, start=0, ~out=None")
    >>> total([1, 2], out=None), str(inspect.signature(total))
    (3, '(a, start=0, out=None)')
    """

    path: str
    build: Callable[..., Any]
    parameters: str

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Build the expression, once the arguments are read as numpy reads them."""
        try:
            if not options and len(arguments) == self._operands:
                return self.build(*arguments)
            return self._read(arguments, options)
        except (ArgumentError, ArgumentTypeError, ShapeError) as error:
            if self.path in str(error) or "\n" in str(error):
                raise
            raise type(error)(self._named(str(error))) from None

    def _named(self, message: str) -> str:
        """Put the name into a message that has it without the modules, or not at all."""
        package, _, name = self.path.rpartition(".")
        if message.startswith((f"{name} ", f"{name}:")):
            return f"{package}.{message}"
        return f"{self.path}: {message}"

    @cached_property
    def __signature__(self) -> Signature:
        """The signature, as `inspect.signature` shows it."""
        return Signature([one for one, _ in self._marked.values()])

    def taken(self) -> tuple[Parameter, ...]:
        """Return the parameters that may have any value.

        Examples
        --------
        >>> [one.name for one in NumpyFunction("numpy.sum", sum, "a, start=0, ~out=None").taken()]
        ['a', 'start']
        """
        return tuple([one for one, sign in self._marked.values() if sign != _ONLY_DEFAULT])

    def only_defaults(self) -> tuple[str, ...]:
        """Return the names of the parameters that may be given with their defaults only."""
        return tuple([name for name, (_, sign) in self._marked.items() if sign == _ONLY_DEFAULT])

    @cached_property
    def _marked(self) -> dict[str, tuple[Parameter, str]]:
        """The parameters by name, and the sign that each has in front."""
        found: dict[str, tuple[Parameter, str]] = {}
        kind: Any = Parameter.POSITIONAL_OR_KEYWORD
        for text in _OUTSIDE_PARENTHESES.split(self.parameters):
            if text == "/":
                for name, (one, sign) in found.items():
                    found[name] = (one.replace(kind=Parameter.POSITIONAL_ONLY), sign)
            elif text == "*":
                kind = Parameter.KEYWORD_ONLY
            elif text.startswith("*"):
                found[text[1:]] = (Parameter(text[1:], Parameter.VAR_POSITIONAL), "")
                kind = Parameter.KEYWORD_ONLY
            else:
                name, equals, default = text.lstrip(_SIGNS).partition("=")
                value = ast.literal_eval(default) if equals else Parameter.empty
                one = Parameter(name, kind, default=value)
                found[name] = (one, text[0] if text[0] in _SIGNS else "")
        return found

    @cached_property
    def _operands(self) -> int:
        """The number of arguments that have no default; out of reach where any number is taken."""
        parameters = [one for one, _ in self._marked.values()]
        if any(one.kind is Parameter.VAR_POSITIONAL for one in parameters):
            return _ANY_NUMBER
        return sum(one.default is Parameter.empty for one in parameters)

    @cached_property
    def _takes_only_operands(self) -> bool:
        """Whether all that is given by place are operands, in any number."""
        return next(iter(self._marked.values()))[0].kind is Parameter.VAR_POSITIONAL

    @cached_property
    def _by_place(self) -> tuple[str, ...]:
        """The names of the parameters that may be given by place."""
        by_place = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(name for name, (one, _) in self._marked.items() if one.kind in by_place)

    @cached_property
    def _by_name(self) -> frozenset[str]:
        """The names of the parameters that may be given by name."""
        by_name = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        return frozenset(name for name, (one, _) in self._marked.items() if one.kind in by_name)

    def _read(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        operands: list[Any] = []
        handed: dict[str, Any] = {}
        converted: dict[str, Any] = {}
        for name, value in self._bound(arguments, options).items():
            one, sign = self._marked[name]
            if one.kind is Parameter.VAR_POSITIONAL:
                operands.extend(value)
            elif one.default is Parameter.empty:
                operands.append(value)
            elif value is one.default or _is_left_out(value) or sign == _IS_HINT:
                pass
            elif sign == _ONLY_DEFAULT:
                self._refuse(one, value)
            elif sign:
                converted[sign] = value
            else:
                handed[name] = value
        if _CONVERTS_OPERAND in converted:
            operands[0] = _as_type(operands[0], converted[_CONVERTS_OPERAND])
        found = self.build(*operands, **handed)
        if _CONVERTS_RESULT in converted:
            return _as_type(found, converted[_CONVERTS_RESULT])
        return found

    def _bound(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by the names of their parameters."""
        # Python's own way takes longer than to build the expression.
        if self._operands <= len(arguments) <= len(self._by_place):
            bound = dict(zip(self._by_place, arguments, strict=False))
            if bound.keys().isdisjoint(options) and options.keys() <= self._by_name:
                return bound | options
        elif self._takes_only_operands and options.keys() <= self._by_name:
            return {next(iter(self._marked)): arguments} | options
        try:
            return self.__signature__.bind(*arguments, **options).arguments
        except TypeError as error:
            raise ArgumentTypeError(
                f"{self.path}: {error}. It is called {self.path}{self.__signature__}."
            ) from None

    def _refuse(self, parameter: Parameter, value: Any) -> None:
        """Refuse another value than the default."""
        # A ufunc tells of out= as of a tuple.
        alone = value[0] if isinstance(value, tuple) and len(value) == 1 else value
        if _is_same(alone, parameter.default):
            return
        if parameter.name == "out":
            raise ArgumentTypeError(
                f"{self.path} of an expression does not write into an array: neither out= nor "
                "an operator such as += with an array on its left. Write a = a + x."
            )
        raise ArgumentTypeError(
            f"{self.path} of an expression does not take {parameter.name}={clip(value)}, but its "
            f"default {parameter.default!r} only. Leave it out."
        )


def _as_type(value: Any, dtype: Any) -> Any:
    if isinstance(value, tuple):
        # The samples, and how far they are apart.
        return (_as_type(value[0], dtype), *value[1:])
    return call_operation("astype", as_expr(value), dtype)


def _is_left_out(value: object) -> bool:
    """Tell whether a value is numpy's sign for a parameter that was not given."""
    return type(value).__name__ == "_NoValueType"


def _is_same(value: Any, default: Any) -> bool:
    """Tell whether a value is a parameter's default, or equal to it as a plain number or text."""
    plain = isinstance(value, bool | int | float | str) and default is not None
    return value is default or (plain and bool(value == default))


def refused(path: str, remedy: str = "") -> ArgumentTypeError:
    """Return the error that a function is not supported.

    Examples
    --------
    >>> print(refused("numpy.unique", "How many there are depends on data."))
    numpy.unique is not supported on expressions. How many there are depends on data.
    """
    usual = "Write it with einsum and the functions of einsgrad, or add a row for it with define()."
    return ArgumentTypeError(f"{path} is not supported on expressions. {remedy or usual}")
