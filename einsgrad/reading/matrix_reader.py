"""A formula in matrix notation as an expression, built from its leaves up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never

from einsgrad.errors import ArgumentError, EinsgradError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.reading.formula_tree import (
    Barred,
    CallWritten,
    Chained,
    EntryWritten,
    FormulaNode,
    Listing,
    Negated,
    Normed,
    Raised,
    TransposeWritten,
    WrittenName,
    WrittenNumber,
    WrittenOnes,
    WrittenText,
    from_leaves,
    parts_in,
)
from einsgrad.reading.matrix_calls import MatrixCalls, MatrixLine
from einsgrad.reading.matrix_values import MatrixOperations, MatrixValue, headline_and_remedy
from einsgrad.reading.names import CONSTANTS, DELTA_NAMES, DeclaredNames
from einsgrad.reading.plain import is_number
from einsgrad.reading.ranges import read_size
from einsgrad.reading.unknown_dims import DimTold, UnknownDims, is_unknown


@dataclass
class MatrixReader:
    """Reads the lines of one text.

    Parameters
    ----------
    names
        The variables and functions.
    lines
        The lines, each behind those that it uses; the last one is the formula.
    assumed
        The ranks of variables that are not declared.
    is_strict
        Whether a scalar is refused beside a tensor in a sum.
    dims
        The dims that the neighbours tell.
    """

    names: DeclaredNames
    lines: Sequence[MatrixLine]
    assumed: Mapping[str, int] = field(default_factory=dict)
    is_strict: bool = False
    dims: UnknownDims = field(default_factory=UnknownDims)
    values: dict[FormulaNode, MatrixValue] = field(default_factory=dict)
    _parts: dict[str, FormulaNode] = field(default_factory=dict)
    # Nodes with unknown dims in them.
    _unsettled: set[FormulaNode] = field(default_factory=set)
    _line: MatrixLine | None = None

    def read(self, shape: Shape | None = None) -> Expr:
        """Return the expression of the formula.

        Parameters
        ----------
        shape
            The shape that it is expected to have, if known.

        Raises
        ------
        EinsgradError
            If the text is wrong; the message points at the place.
        """
        found = self.settled()
        if shape is not None and len(shape) == found.rank:
            found = self.settled(shape)
        self._fall_back()
        return self.settled().expr

    @property
    def _operations(self) -> MatrixOperations:
        return MatrixOperations(self.dims, self.is_strict)

    def settled(self, shape: Shape = ()) -> MatrixValue:
        """Return the value of the formula, with dims that nothing tells.

        It is built until no part tells another dim; each round tells one.
        """
        found = None
        while found is None:
            try:
                found = self._built(shape)
            except DimTold:
                self.forget_unsettled()
        return found

    def _built(self, shape: Shape) -> MatrixValue:
        for line in self.lines:
            self._read_line(line)
        found = self.values[self.lines[-1].tree]
        for one, other in zip(found.shape, shape, strict=False):
            self.dims.agree(one, other)
        return found

    def forget_unsettled(self) -> None:
        """Forget what was built with unknown dims."""
        for node in self._unsettled:
            self.values.pop(node, None)

    def _read_line(self, line: MatrixLine) -> None:
        self._line = line
        for node in from_leaves(line.tree):
            if node not in self.values:
                self.values[node] = self._at(node)
                if self._is_unsettled(node):
                    self._unsettled.add(node)
        self._parts[line.name] = line.tree
        found = self.values[line.tree]
        if not isinstance(found.value, Node) and not is_number(found.value):
            raise self.error("this is no tensor", line.tree, "Write an expression.")

    def _is_unsettled(self, node: FormulaNode) -> bool:
        parts = parts_in(node)
        if isinstance(node, WrittenName) and node.name in self._parts:
            parts = (self._parts[node.name],)
        within = any(part in self._unsettled for part in parts)
        return within or any(map(is_unknown, self.values[node].shape))

    def _fall_back(self) -> None:
        """Give dims that nothing tells the only one that there is."""
        left = list(self.dims.left())
        known = self.names.dims
        if left and len(known) != 1:
            raise self._untold()
        for unknown in left:
            self.dims.tell(unknown, next(iter(known)))
        if left:
            self.forget_unsettled()

    def _untold(self) -> EinsgradError:
        """Make the error of a dim that nothing tells."""
        for line in self.lines:
            for node in from_leaves(line.tree):
                if self.dims.is_untold(node) or self.dims.is_untold((node, 0)):
                    self._line = line
                    return self.error(
                        "the length of this cannot be told from its neighbours",
                        node,
                        "Write it with its dim: 1_n for a vector of ones, I_n for an identity.",
                    )
        return ArgumentError("sizes cannot be told. Declare the variables: 'A[m,n] x[n]'.")

    def error(self, headline: str, node: FormulaNode, remedy: str) -> EinsgradError:
        """Make an error that points at a node."""
        assert self._line is not None
        return self._line.source.error(headline, node.column, remedy)

    def _at(self, node: FormulaNode) -> MatrixValue:
        """Return the value of a node whose parts have theirs; errors point at it."""
        if isinstance(node, Chained):
            return self._chained(node)
        return self._placed(node.column, partial(self._value, node))

    def _placed(self, column: int, build: Callable[[], MatrixValue]) -> MatrixValue:
        try:
            return build()
        except EinsgradError as error:
            if "\n" in str(error):
                raise
            headline, remedy = headline_and_remedy(error)
            assert self._line is not None
            raise self._line.source.error(headline, column, remedy, type(error)) from None

    def _value(self, node: FormulaNode) -> MatrixValue:
        operations = self._operations
        match node:
            case WrittenNumber(value=value):
                return MatrixValue(value)
            case WrittenText(text=text):
                return MatrixValue(text)
            case WrittenName():
                return self._named(node)
            case WrittenOnes():
                return self._sized(node)
            case Negated(operand=operand):
                minus = MatrixValue(-1)
                return operations.product(minus, self.values[operand])
            case TransposeWritten(operand=operand, is_conjugated=is_conjugated):
                one = self._ones_if_one(operand) or self.values[operand]
                return operations.transposed(one, is_conjugated=is_conjugated)
            case Raised(base=base, exponent=exponent, sign=sign):
                return operations.raised(self.values[base], self.values[exponent], sign)
            case Normed(operand=operand, index=index):
                return operations.norm(self.values[operand], index)
            case Barred(operand=operand):
                return operations.barred(self.values[operand])
            case CallWritten(arguments=arguments, options=options):
                calls = MatrixCalls(self.names, self._operations)
                return calls.called(
                    node,
                    [self.values[one] for one in arguments],
                    {name: self.values[one].value for name, one in options},
                )
            case Listing(parts=parts):
                return MatrixValue(tuple(self.values[part].value for part in parts))
            case EntryWritten(operand=operand, key=key):
                return self._entry(self.values[operand], key)
            case Chained():
                return self._chained(node)
            case _ as unreachable:
                assert_never(unreachable)

    def _named(self, node: WrittenName) -> MatrixValue:
        name = node.name
        if name in self._parts:
            return self.values[self._parts[name]]
        if name in self.names.variables:
            return MatrixValue(self.names.variables[name])
        if name in self.assumed:
            dims = tuple(self.dims.of((name, axis)) for axis in range(self.assumed[name]))
            return MatrixValue(Variable(name, dims))
        if name in self.names.sizes:
            return MatrixValue(Delta(name, 0))
        if name in CONSTANTS:
            return MatrixValue(CONSTANTS[name])
        if name in ("I", "eye", *DELTA_NAMES):
            return MatrixValue(Delta(self.dims.of(node), 2))
        if self.names.function(name) is not None:
            raise ArgumentError(f"{clip(name)} is a function. Call it: {name}(...).")
        raise ArgumentError(
            f"no variable is named {clip(name)}. Declared are: {self.names.described()}."
        )

    def _sized(self, node: WrittenOnes) -> MatrixValue:
        """Read `1_m` and `I_n`, whose dim is written."""
        dim = read_size(node.dim, self.names)
        if dim is None:
            raise ArgumentError(f"{clip(node.dim)} is no declared dim. Name one.")
        return MatrixValue(Delta(dim, node.order))

    def _ones_if_one(self, node: FormulaNode) -> MatrixValue | None:
        """Return the vector of ones that a bare 1 stands for."""
        if not isinstance(node, WrittenNumber) or node.is_wrapped or node.value != 1:
            return None
        self._unsettled.add(node)
        return MatrixValue(Delta(self.dims.of(node), 1))

    def _entry(self, one: MatrixValue, key: tuple[int | slice, ...]) -> MatrixValue:
        if not isinstance(one.value, Node):
            raise ArgumentError("a number has no entries. Index a tensor.")
        found = one.value[key]
        return MatrixValue(found, one.is_row and len(found.shape) == 1)

    def _chained(self, node: Chained) -> MatrixValue:
        """Take operands from the left; an error points at the operand that does not fit."""
        found = self._first(node)
        for place, sign in enumerate(node.signs):
            operand = node.operands[place + 1]
            right = self.values[operand]
            beside = sign == " " and isinstance(found.value, Node)
            if beside or sign == "⊗" or (sign == "·" and self._precedes_row(node, place + 1)):
                right = self._ones_if_one(operand) or right
            found = self._placed(operand.column, partial(self._combined, sign, found, right))
        return found

    def _first(self, node: Chained) -> MatrixValue:
        """Return the first operand; a 1 before a row, or before ⊗, is a vector of ones."""
        is_ones = self._precedes_row(node, 0) or node.signs[0] == "⊗"
        ones = self._ones_if_one(node.operands[0]) if is_ones else None
        return ones or self.values[node.operands[0]]

    def _precedes_row(self, node: Chained, place: int) -> bool:
        if node.signs[place : place + 1] != (" ",):
            return False
        return self.values[node.operands[place + 1]].is_row

    def _combined(self, sign: str, left: MatrixValue, right: MatrixValue) -> MatrixValue:
        if sign == "*" and left.rank and right.rank and self._line and self._line.is_mixed:
            raise ArgumentError(
                "* between tensors is a product entry by entry in numpy, and one of matrices in "
                'matrix notation, and the text has signs of both. Say syntax="numpy" or "matrix".'
            )
        return self._operations.combined(sign, left, right)
