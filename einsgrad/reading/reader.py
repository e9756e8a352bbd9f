"""Reading a text from its leaves up: each node becomes a plain value or an indexed product."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from einsgrad.errors import ArgumentError, EinsgradError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.reading.built_in import BuiltInNames
from einsgrad.reading.calls import Calls
from einsgrad.reading.combining import Combining, Read, Side
from einsgrad.reading.convention import Convention
from einsgrad.reading.dims import DeltaDims
from einsgrad.reading.indexed import IndexedFactor, IndexedProduct, negated, scalar
from einsgrad.reading.names import CONSTANTS, DELTA_NAMES, DeclaredNames, bare_name
from einsgrad.reading.plain import (
    OPERATORS,
    check_joined,
    is_number,
    is_tensor,
    operated,
    result_of,
)
from einsgrad.reading.scope_parts import is_delta
from einsgrad.reading.scopes import Scopes
from einsgrad.reading.selecting import SelectedFactors
from einsgrad.reading.shifted import (
    IndexReader,
    holds_shifts,
    is_condition,
    is_numpy_index,
    key_of,
    letters_of,
)
from einsgrad.reading.source import ReadText
from einsgrad.reading.syntax import ZEROS, Place, brackets_of, elements, is_special, path_of, places
from einsgrad.reading.unsized import UnsizedDelta
from einsgrad.strings.subscripts import Label


class Reader:
    """Reads one text."""

    def __init__(
        self,
        source: ReadText,
        names: DeclaredNames,
        shape: Shape | None = None,
        ranges: Mapping[str, Dim] | None = None,
    ) -> None:
        self.source = source
        self.names = names
        self.shape = shape
        self.ranges = dict(ranges or {})
        self.values: dict[ast.AST, Read] = {}
        self.selecting: SelectedFactors | None = None

    def _selecting(
        self, tree: ast.expr, order: Sequence[Place], output: Sequence[str] | None
    ) -> SelectedFactors | None:
        """Find how far letters run, if any index of the text is more than a letter."""
        if not self.ranges and not holds_shifts(tree):
            return None
        letters = letters_of(tree, self.names) | frozenset(output or ())
        reader = IndexReader(self.source, self.names, letters)
        shapes = {node: one.shape for node, one in self.values.items() if isinstance(one, Node)}
        scopes = Scopes(reader, self.names, shapes)
        known: dict[Label, Dim] = dict(zip(output or (), self.shape or (), strict=False))
        known.update(self.ranges)
        scopes.find(order, known)
        return SelectedFactors(self.source, reader, scopes)

    def _agree(self, dims: DeltaDims) -> None:
        """Take dims for those that the text agrees on."""
        self.combining = Combining(self.source, Convention(self.source, self.names, dims))
        self.built_in = BuiltInNames(self.source, self.names, dims)
        self.calls = Calls(self.names, self.combining, self.shape, self.values)

    def read(self, tree: ast.expr, output: Sequence[str] | None, kept: Sequence[str] = ()) -> Expr:
        """Return the expression of a syntax tree.

        Parameters
        ----------
        tree
            The tree.
        output
            The labels of the result's axes in order; without them, the free labels in
            order of appearance.
        kept
            Other labels that are not summed.

        Raises
        ------
        EinsgradError
            If the text is wrong; the message points at the place.
        """
        order = places(tree, self.names, frozenset(output or ()) | frozenset(kept))
        bases = [place for place in order if place.in_base]
        if bases:
            self._agree(DeltaDims({}))
        for place in bases:
            self._enter(place)
        self.selecting = self._selecting(tree, order, output)
        self._agree(self._agreed(order, output))
        for place in order[len(bases) :]:
            self._enter(place)
        return self._whole(order[-1], output)

    def _whole(self, place: Place, output: Sequence[str] | None) -> Expr:
        """Return the expression of the whole text, its axes in the order of the output."""
        value = self.values[place.node]
        if isinstance(value, IndexedProduct):
            factor = self.combining.close(value, place.kept)
            if output is None and self.shape is not None:
                output = self.combining.convention.order_like(factor, self.shape)
            return self.combining.convention.finished(factor, output)
        if isinstance(value, UnsizedDelta) and self.shape is not None:
            return value.sized(self.shape)
        if not is_tensor(value):
            headline = f"{clip(value)} is no tensor"
            raise self.source.error(headline, place.node, "Write an expression.")
        if output:
            headline = f"the output has indices ({', '.join(output)}) and the expression has none"
            remedy = "Write the factors with indices, 'A[m,n]*x[n]', or leave the output out."
            raise self.source.error(headline, place.node, remedy)
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

    def _agreed(self, order: Sequence[Place], output: Sequence[str] | None) -> DeltaDims:
        """Find the dims of the labels of a text before anything is contracted."""
        lists: list[list[str]] = []
        shapes: list[Shape | None] = []
        for node in (place.node for place in order if isinstance(place.node, ast.Subscript)):
            base = self.values.get(node.value)
            if (isinstance(base, Node) or is_delta(node)) and self.selecting is None:
                named = (one for one in elements(node.slice) if isinstance(one, ast.Name))
                lists.append([one.id for one in named])
                shapes.append(base.shape if isinstance(base, Node) else None)
        expected: dict[Label, Dim] = dict(zip(output or (), self.shape or (), strict=False))
        return DeltaDims.of_text(lists, shapes, expected)

    def _value(self, place: Place) -> Read:
        node = place.node
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._named(name)
            case ast.List() if is_condition(node):
                return self._condition(node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.values[part] for part in parts)
            case ast.Dict(keys=keys, values=sizes):
                pairs = zip(keys, sizes, strict=True)
                return {ast.literal_eval(key): ast.literal_eval(size) for key, size in pairs if key}
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
                return self.calls.read(node, place.kept)
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
            return UnsizedDelta()
        if self.names.function(name) is not None:
            raise ArgumentError(f"{clip(name)} is a function. Call it: {name}(...).")
        raise ArgumentError(
            f"no variable is named {clip(name)}. Declared are: {self.names.described()}."
        )

    def _negative(self, value: Read) -> Read:
        if isinstance(value, IndexedProduct):
            return negated(value)
        if isinstance(value, UnsizedDelta):
            return UnsizedDelta(-value.factor)
        if not is_tensor(value):
            raise ArgumentError(f"{clip(value)} has no negative. Give an expression or a number.")
        return -value if is_number(value) else words.negative(value)

    def _binary(self, place: Place, sign: ast.AST, left: ast.expr, right: ast.expr) -> Read:
        one, other = self.values[left], self.values[right]
        if isinstance(one, IndexedProduct) or isinstance(other, IndexedProduct):
            return self.combining.binary(sign, Side(left, one), Side(right, other), place.kept)
        if isinstance(place.node, ast.BinOp) and self.source.is_joined(place.node):
            check_joined(one, other, right)
        return operated(OPERATORS[type(sign)], one, other)

    def _attribute(self, attribute: str, value: ast.expr) -> Read:
        path = path_of(value)
        receiver = self.values.get(value)
        if isinstance(receiver, Node) and attribute in ("T", "real", "imag"):
            return getattr(receiver, attribute)
        if path is not None and bare_name((*path, attribute)) in CONSTANTS:
            return CONSTANTS[attribute]
        if attribute in getattr(receiver, "_fields", ()):
            return getattr(receiver, attribute)
        if isinstance(receiver, IndexedProduct):
            raise ArgumentError(f".{attribute} of an indexed factor. Exchange its indices instead.")
        raise ArgumentError(
            f"the attribute {clip(attribute)} is not supported. Write .T, or a function."
        )

    def _subscript(self, node: ast.Subscript) -> Read:
        special = is_special(node, self.names)
        if is_numpy_index(node) and not special:
            return self._numpy_index(node)
        if isinstance(node.value, ast.Name) and node.value.id == ZEROS and special:
            return self.built_in.zeros(node)
        if self.selecting is not None and (is_delta(node) or not special):
            return self._selected(node, self.selecting)
        brackets = brackets_of(node, self.source)
        if special:
            return self.built_in.factor(node, brackets)
        base = self._base(node)
        if not isinstance(base, Node) or len(base.shape) != len(brackets.labels):
            axes = len(base.shape) if isinstance(base, Node) else 0
            raise ArgumentError(
                f"{clip(base)} has {axes} axes and {len(brackets.labels)} indices. "
                "Give one index for each axis, separated by commas."
            )
        return IndexedProduct((IndexedFactor(as_expr(base), brackets.labels, brackets.places),))

    def _base(self, node: ast.Subscript) -> Read:
        """Return what stands before brackets, without indices so far."""
        base = self.values.get(node.value)
        if isinstance(base, IndexedProduct):
            raise ArgumentError("indices are given twice. Give them once, at each variable.")
        return base

    def _numpy_index(self, node: ast.Subscript) -> Read:
        """Take entries and slices as numpy does."""
        base = self._base(node)
        if isinstance(base, tuple):
            return result_of(base, key_of(node))
        if not isinstance(base, Node):
            raise ArgumentError(f"{clip(base)} has no entries. Index a tensor.")
        return base[key_of(node)]

    def _selected(self, node: ast.Subscript, selecting: SelectedFactors) -> Read:
        """Read a factor whose indices may be shifted."""
        parts = elements(node.slice)
        if is_special(node, self.names):
            if len(parts) == 1:
                return IndexedProduct((selecting.ones(node),))
            if len(parts) != 2:
                labels = brackets_of(node, self.source).labels
                return IndexedProduct((IndexedFactor(None, labels, tuple(parts)),))
            return IndexedProduct((selecting.matched(node, parts[0], parts[1]),))
        base = self._base(node)
        return IndexedProduct((selecting.factor(as_expr(base), node, node),))

    def _condition(self, node: ast.List) -> Read:
        """Read Iverson's bracket."""
        assert self.selecting is not None
        factors = tuple(replace(one, is_condition=True) for one in self.selecting.conditions(node))
        return IndexedProduct(factors or scalar(Constant(1)).factors)
