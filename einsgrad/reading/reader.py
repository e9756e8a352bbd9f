"""Reading a text from its leaves up: each node becomes a plain value or an indexed product."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from einsgrad.errors import ArgumentError, EinsgradError, clip
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import Delta, Dim, Expr, Node, Shape
from einsgrad.expressions.operators import Operators
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words as language
from einsgrad.reading.combining import Combining
from einsgrad.reading.dims import agreed_dims
from einsgrad.reading.indexed import Convention, Factor, Product, label_of, negated
from einsgrad.reading.names import (
    CONSTANTS,
    DELTA_NAMES,
    SIZE,
    Names,
    bare_name,
)
from einsgrad.reading.plain import (
    OPERATORS,
    Value,
    called,
    einsum_called,
    is_number,
    is_tensor,
    operated,
)
from einsgrad.reading.source import Source
from einsgrad.reading.syntax import (
    ZEROS,
    Place,
    elements,
    is_special,
    path_of,
    places,
    receiver_of,
)

Read: TypeAlias = "Value | Product"
METHODS = frozenset(
    name for name, method in vars(Operators).items() if callable(method) and name[0] != "_"
)


class Reader:
    """Reads one text."""

    def __init__(self, source: Source, names: Names, shape: Shape | None = None) -> None:
        self.source = source
        self.names = names
        self.shape = shape
        self.values: dict[ast.AST, Read] = {}
        self.combining = Combining(source, Convention(source, names, {}))

    def read(self, tree: ast.expr, output: Sequence[str] | None) -> Expr:
        """Return the expression of a syntax tree.

        Parameters
        ----------
        tree
            The tree.
        output
            The labels of the result's axes in order; without them, the free labels in
            order of appearance.

        Raises
        ------
        EinsgradError
            If the text is wrong; the message points at the place.
        """
        order = places(tree, self.names, frozenset(output or ()))
        bases = [place for place in order if place.in_base]
        for place in bases:
            self._enter(place)
        dims = self._dims(order, output)
        self.combining = Combining(self.source, Convention(self.source, self.names, dims))
        for place in order[len(bases) :]:
            self._enter(place)
        value = self.values[tree]
        if isinstance(value, Product):
            factor = self.combining.close(value, order[-1].kept)
            if output is None and self.shape is not None:
                output = self.combining.convention.order_like(factor, self.shape)
            return self.combining.convention.finished(factor, output)
        if not is_tensor(value):
            raise self.source.error(f"{clip(value)} is no tensor", tree, "Write an expression.")
        if output:
            raise self.source.error(
                f"the output has indices ({', '.join(output)}) and the expression has none",
                tree,
                "Write the factors with indices, 'A[m,n]*x[n]', or leave the output out.",
            )
        return as_expr(value)

    def _enter(self, place: Place) -> None:
        node = place.node
        try:
            self.values[node] = self._value(place)
        except EinsgradError as error:
            if "\n" in str(error):
                raise
            headline, _, remedy = str(error).partition(". ")
            where = node.right if isinstance(node, ast.BinOp) else node
            raise self.source.error(headline.rstrip("."), where, remedy, type(error)) from None

    def _dims(self, order: Sequence[Place], output: Sequence[str] | None) -> dict[str, Dim]:
        """Find the dims of the labels of a text before anything is contracted."""
        shapes: list[tuple[list[str], Shape]] = []
        deltas = []
        for node in (place.node for place in order if isinstance(place.node, ast.Subscript)):
            labels = [one.id for one in elements(node.slice) if isinstance(one, ast.Name)]
            base = self.values.get(node.value)
            if isinstance(base, Node):
                shapes.append((labels, base.shape))
            elif isinstance(node.value, ast.Name) and node.value.id in DELTA_NAMES:
                deltas.append(labels)
        known = zip(output or (), self.shape or (), strict=False)
        return agreed_dims(shapes, deltas, dict(known))

    def _value(self, place: Place) -> Read:
        node = place.node
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._named(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.values[part] for part in parts)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._negative(self.values[operand])
            case ast.UnaryOp(operand=operand):
                return self.values[operand]
            case ast.BinOp(left=left, op=sign, right=right):
                return self._binary(place, sign, left, right)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._binary(place, sign, left, right)
            case ast.Attribute(attr=attribute, value=value):
                return self._attribute(attribute, value)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self._call(node, place)
            case _:
                raise ArgumentError("this does not belong here. Compare two things at a time.")

    def _named(self, name: str) -> Read:
        if name in self.names.variables:
            return self.names.variables[name]
        if name in self.names.dims:
            return Delta(name, 0)
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in DELTA_NAMES:
            return name
        if self.names.function(name) is not None:
            raise ArgumentError(f"{clip(name)} is a function. Call it: {name}(...).")
        raise ArgumentError(
            f"no variable is named {clip(name)}. Declared are: {self.names.described()}."
        )

    def _negative(self, value: Read) -> Read:
        if isinstance(value, Product):
            return negated(value)
        if not is_tensor(value):
            raise ArgumentError(f"{clip(value)} has no negative. Give an expression or a number.")
        return -value if is_number(value) else language.negative(value)

    def _binary(self, place: Place, sign: ast.AST, left: ast.expr, right: ast.expr) -> Read:
        one, other = self.values[left], self.values[right]
        if isinstance(one, Product) or isinstance(other, Product):
            return self.combining.binary(sign, (left, one), (right, other), place.kept)
        both = all(isinstance(value, Node) and value.shape for value in (one, other))
        if both and isinstance(place.node, ast.BinOp) and self.source.is_joined(place.node):
            raise ArgumentError(
                "a sign is missing between two tensors. "
                "Write * for entry by entry, @ for matrices, or give indices."
            )
        return operated(OPERATORS[type(sign)], one, other)

    def _attribute(self, attribute: str, value: ast.expr) -> Read:
        path = path_of(value)
        receiver = self.values.get(value)
        if isinstance(receiver, Node) and attribute in ("T", "real", "imag"):
            return getattr(receiver, attribute)
        if path is not None and bare_name((*path, attribute)) in CONSTANTS:
            return CONSTANTS[attribute]
        if isinstance(receiver, Product):
            raise ArgumentError(f".{attribute} of an indexed factor. Exchange its indices instead.")
        raise ArgumentError(
            f"the attribute {clip(attribute)} is not supported. Write .T, or a function."
        )

    def _subscript(self, node: ast.Subscript) -> Read:
        inside = tuple(elements(node.slice))
        labels = tuple(label_of(one, self.source) for one in inside)
        if is_special(node, self.names):
            return self._special(node, labels, inside)
        base = self.values[node.value]
        if isinstance(base, Product):
            raise ArgumentError("indices are given twice. Give them once, at each variable.")
        if not isinstance(base, Node) or len(base.shape) != len(labels):
            axes = len(base.shape) if isinstance(base, Node) else 0
            raise ArgumentError(
                f"{clip(base)} has {axes} axes and {len(labels)} indices. "
                "Give one index for each axis, separated by commas."
            )
        return Product((Factor(as_expr(base), labels, inside),))

    def _special(
        self, node: ast.Subscript, labels: tuple[str, ...], inside: tuple[ast.expr, ...]
    ) -> Read:
        assert isinstance(node.value, ast.Name)
        name = node.value.id
        if name in DELTA_NAMES:
            return Product((Factor(None, labels, inside),))
        if name in (SIZE, ZEROS):
            dims = [self._dim(label) for label in labels]
            return zeros(tuple(dims)) if name == ZEROS else Delta(dims[0], 0)
        raise ArgumentError(
            f"{name}[{','.join(labels)}] is a function of what follows in parentheses. "
            f"Write {name}[{','.join(labels)}](...)."
        )

    def _dim(self, label: str) -> Dim:
        dims = self.combining.convention.dims
        dim = dims[label] if label in dims else self.names.dim_like(label)
        if dim is None:
            raise ArgumentError(f"the dim of {clip(label)} cannot be told. Name a declared dim.")
        return dim

    def _call(self, node: ast.Call, place: Place) -> Read:
        arguments = [self.values[argument] for argument in node.args]
        options = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ArgumentError("** does not belong into a call. Write the options out.")
            options[keyword.arg] = self.values[keyword.value]
        match node.func:
            case ast.Constant(value=str(text)):
                return self._einsum(text, arguments, options)
            case ast.Subscript() as reduced if is_special(reduced, self.names):
                return self._reduced(node, reduced, options, place)
        receiver = receiver_of(node.func, self.names)
        if receiver is not None:
            return self._method(node.func, self.values[receiver], arguments, options)
        path = path_of(node.func)
        name = bare_name(path) if path else None
        if name == "einsum":
            return self._einsum(arguments[0] if arguments else None, arguments[1:], options)
        function = self.names.function(name) if name else None
        if name is None or function is None:
            shown = clip(".".join(path)) if path else "this"
            raise ArgumentError(
                f"{shown} is no function that is known. "
                "Known are numpy's names, such as sum, exp and inv; see numpy_functions()."
            )
        if any(isinstance(value, Product) for value in arguments):
            pairs = list(zip(node.args, arguments, strict=True))
            return self.combining.mapped(name, function, pairs, place.kept)
        return called(name, function, arguments, options)

    def _einsum(self, string: Value, operands: list[Value], options: dict[str, Value]) -> Expr:
        for option in options.keys() - {"optimize"}:
            raise ArgumentError(f"einsum does not take {clip(option)} here. Leave it out.")
        return einsum_called(string, operands, self.names, self.shape)

    def _reduced(
        self, node: ast.Call, reduced: ast.Subscript, options: dict[str, Value], place: Place
    ) -> Read:
        assert isinstance(reduced.value, ast.Name)
        name = reduced.value.id
        function = self.names.function(name)
        if function is None or len(node.args) != 1 or options:
            raise ArgumentError(f"{name}[...] takes one argument. Write sum[k](A[i,k]*x[k]).")
        inside = elements(reduced.slice)
        labels = tuple(label_of(one, self.source) for one in inside)
        argument = node.args[0]
        kept = place.kept | frozenset(labels)
        return self.combining.reduced(
            name, function, (labels, tuple(inside)), (argument, self.values[argument]), kept
        )

    def _method(
        self, node: ast.expr, receiver: Read, arguments: list[Value], options: dict[str, Value]
    ) -> Read:
        assert isinstance(node, ast.Attribute)
        if node.attr not in METHODS or not isinstance(receiver, Node):
            raise ArgumentError(
                f"the method {clip(node.attr)} is not supported. Write a function of numpy."
            )
        return called(node.attr, getattr(Operators, node.attr), [receiver, *arguments], options)
