"""Calls in a text: functions by name, methods, einsums, and functions along named axes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.array_methods import ArrayMethods
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr
from einsgrad.reading.combining import Combining, Read, Side
from einsgrad.reading.convention import Labels
from einsgrad.reading.indexed import IndexedProduct
from einsgrad.reading.names import DeclaredNames, bare_name
from einsgrad.reading.plain import ReadValue, called, einsum_called
from einsgrad.reading.selector_calls import SELECTOR_CALLS, selector_called
from einsgrad.reading.syntax import brackets_of, is_special, path_of, receiver_of

METHODS = frozenset(
    name for name, method in vars(ArrayMethods).items() if callable(method) and name[0] != "_"
)


@dataclass(frozen=True)
class Calls:
    """Reads the calls of one text.

    Parameters
    ----------
    names
        The variables and functions.
    combining
        What combines indexed products.
    shape
        The shape that the whole is expected to have, if known.
    values
        What has been read, by node; arguments are read before their call.
    """

    names: DeclaredNames
    combining: Combining
    shape: Shape | None
    values: Mapping[ast.AST, Read]

    def read(self, node: ast.Call, kept: Labels) -> Read:
        """Return the value of a call; `kept` are the labels that a product must not sum.

        Raises
        ------
        ArgumentError
            If the function is unknown, or its arguments do not fit.
        """
        options = self._options(node)
        match node.func:
            case ast.Constant(value=str(text)):
                return self._einsum(text, self._arguments(node), options)
            case ast.Subscript() as reduced if is_special(reduced, self.names):
                return self._reduced(node, reduced, options, kept)
        receiver = receiver_of(node.func, self.names)
        if receiver is not None:
            assert isinstance(node.func, ast.Attribute)
            return self._method(node, node.func.attr, self.values[receiver], options)
        return self._function(node, options, kept)

    def _arguments(self, node: ast.Call) -> list[ReadValue]:
        return [self.values[argument] for argument in node.args]

    def _options(self, node: ast.Call) -> dict[str, ReadValue]:
        options = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ArgumentError("** does not belong into a call. Write the options out.")
            options[keyword.arg] = self.values[keyword.value]
        return options

    def _function(self, node: ast.Call, options: dict[str, ReadValue], kept: Labels) -> Read:
        arguments = self._arguments(node)
        path = path_of(node.func)
        name = bare_name(path) if path else None
        if name == "einsum":
            return self._einsum(arguments[0] if arguments else None, arguments[1:], options)
        function = self.names.function_of(path) if path else None
        if function is None and name in SELECTOR_CALLS:
            return selector_called(str(name), node, arguments, self.names)
        if name is None or function is None:
            shown = clip(".".join(path)) if path else "this"
            raise ArgumentError(
                f"{shown} is no function that is known. "
                "Known are numpy's names, such as sum, exp and inv; see numpy_functions()."
            )
        if any(isinstance(value, IndexedProduct) for value in arguments):
            sides = [Side(*pair) for pair in zip(node.args, arguments, strict=True)]
            return self.combining.mapped(name, function, sides, kept)
        return called(name, function, arguments, options, self.names)

    def _einsum(
        self, string: ReadValue, operands: list[ReadValue], options: dict[str, ReadValue]
    ) -> Expr:
        for option in options.keys() - {"optimize", "sizes"}:
            raise ArgumentError(f"einsum does not take {clip(option)} here. Leave it out.")
        sizes = options.get("sizes")
        return einsum_called(string, operands, self.names, self.shape, sizes)

    def _reduced(
        self, node: ast.Call, reduced: ast.Subscript, options: dict[str, ReadValue], kept: Labels
    ) -> Read:
        assert isinstance(reduced.value, ast.Name)
        name = reduced.value.id
        function = self.names.function(name)
        if function is None or len(node.args) != 1 or options:
            raise ArgumentError(f"{name}[...] takes one argument. Write sum[k](A[i,k]*x[k]).")
        over = brackets_of(reduced, self.combining.source)
        side = Side(node.args[0], self.values[node.args[0]])
        return self.combining.reduced(name, function, over, side, kept | frozenset(over.labels))

    def _method(
        self, node: ast.Call, name: str, receiver: Read, options: dict[str, ReadValue]
    ) -> Read:
        if name not in METHODS or not isinstance(receiver, Node):
            raise ArgumentError(
                f"the method {clip(name)} is not supported. Write a function of numpy."
            )
        arguments = [receiver, *self._arguments(node)]
        return called(name, getattr(ArrayMethods, name), arguments, options, self.names)
