"""Index notation of whole expressions: `A_mk (A_mn x_n - b_m)`, `tanh(A_mk x_k)`.

An index that stands exactly twice in a product, and not in the result, is summed. Where
that is not obvious there is a sum sign: the index stands once or three times, or within a
function, or is repeated within a factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.lettering import Lettering, name_labels
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Delta,
    Dim,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contracted, fold_constants, is_ones_vector
from einsgrad.notation.index_factors import (
    IndexedFactor,
    divisor_of,
    free_letters,
    letter_counts,
    needs_sum,
    with_powers,
)
from einsgrad.notation.layout import Layout
from einsgrad.notation.pieces import Written
from einsgrad.notation.presentation import as_softmax, scalar_core
from einsgrad.strings.deltas import Factor, Product
from einsgrad.strings.subscripts import Indices, Label


@dataclass(slots=True)
class Scope:
    """The letters in use where a part of a formula is written.

    Parameters
    ----------
    taken
        Letters that a summed index may not have.
    repeated
        Letters that stand several times in one product without being summed there.
    """

    taken: set[Label]
    repeated: set[Label] = field(default_factory=set)

    @property
    def letters(self) -> frozenset[str]:
        """The letters that are taken, as strings."""
        return frozenset(letter for letter in self.taken if isinstance(letter, str))


@dataclass(frozen=True, slots=True)
class IndexWriter:
    """Writes parts of an expression; those that have names show them.

    Parts are written one within another, so names must keep that depth bounded.

    Parameters
    ----------
    layout
        How it is set.
    names
        The named parts.
    """

    layout: Layout
    names: Mapping[Expr, str]

    def definition(self, node: Expr, name: str) -> str:
        """Write a named part as an equation."""
        letters = free_letters(node)
        left = self.layout.symbol(name, letters)
        right = self.body(node, letters, Scope(set(letters)))
        return self.layout.equation(left.text, right.text)

    def formula(self, root: Expr) -> tuple[str, tuple[Label, ...]]:
        """Write an expression, and tell which repeated letters are not summed."""
        letters = free_letters(root)
        scope = Scope(set(letters))
        text = self.body(root, letters, scope).text
        return text, tuple(letter for letter in letters if letter in scope.repeated)

    def written(self, node: Expr, letters: Indices, scope: Scope) -> Written:
        """Write a part, by its name if it has one."""
        if node in self.names:
            return self.layout.symbol(self.names[node], letters)
        return self.body(node, letters, scope)

    def body(self, node: Expr, letters: Indices, scope: Scope) -> Written:
        """Write a part in full."""
        layout = self.layout
        match node:
            case Variable(name=name):
                return layout.symbol(name, letters)
            case Constant(value=value):
                return layout.number(value)
            case Delta(dim=dim, order=order):
                return layout.delta(letters) if order else layout.size(dim)
            case Fuse():
                return layout.symbol("fuse", letters)
            case Einsum():
                return layout.terms([self._product(node, letters, scope, bare=False)])
            case Add():
                return self._sum(node, letters, scope)
            case Map():
                return self._map(node, letters, scope)
            case Reduce():
                return self._reduction(node, letters, scope)
            case MatrixMap(function=row, operand=operand):
                batch, entry = letters[: len(operand.shape) - 2], letters[-2:]
                base = self.written(operand, (), scope)
                if row.scalar:
                    return layout.matrix_call(row, base, batch)
                return layout.inverse_entry(base, (*batch, *entry))

    def _map(self, node: Map, letters: Indices, scope: Scope) -> Written:
        softmax = as_softmax(node)
        # On a diagonal, one letter would stand for the axis of the softmax and for another.
        if softmax is not None and letters.count(letters[softmax.axis]) == 1:
            argument = self.written(softmax.argument, letters, scope)
            return self.layout.named_call("softmax", [argument], (letters[softmax.axis],))
        arguments = [
            self.written(operand, letters if operand.shape else (), scope)
            for operand in node.operands
        ]
        match node.function.name:
            case "power":
                return self.layout.power(arguments[0], arguments[1])
            case "square":
                return self.layout.power(arguments[0], self.layout.number(2))
            case "reciprocal":
                return self.layout.quotient(None, arguments)
            case _:
                return self.layout.call(node.function, arguments)

    def _reduction(self, node: Reduce, letters: Indices, scope: Scope) -> Written:
        outer = iter(letters)
        axes = tuple(range(len(node.operand.shape)))
        fixed = tuple(None if axis in node.axes else next(outer) for axis in axes)
        dims: dict[Label, Dim] = dict(enumerate(node.operand.shape))
        product = Product((Factor(axes, 0),), axes)
        names = name_labels(product, dims, Lettering(fixed, avoid=scope.letters))
        scope.taken.update(names.values())
        inner = tuple(names[axis] for axis in axes)
        bound = tuple(names[axis] for axis in node.axes)
        argument = self.written(node.operand, inner, scope)
        scope.repeated -= set(bound)
        return self.layout.reduced(node.function, argument, bound)

    def _sum(self, node: Add, letters: Indices, scope: Scope) -> Written:
        spread = [scalar_core(term) is not None for term in node.terms]
        bare = self.layout.bare_ones and not all(spread)
        parts, used = [], set(scope.taken)
        for term, is_number in zip(node.terms, spread, strict=True):
            own = Scope(set(scope.taken), scope.repeated)
            parts.append(self._term(term, letters, own, bare=bare and is_number))
            used |= own.taken
        scope.taken |= used
        return self.layout.terms(parts)

    def _term(
        self, node: Expr, letters: Indices, scope: Scope, *, bare: bool = False
    ) -> tuple[Number, Written | None]:
        """Write a term as its number and the rest; `bare` leaves out vectors of ones."""
        if node not in self.names:
            if isinstance(node, Constant):
                return node.value, None
            if isinstance(node, Einsum):
                return self._product(node, letters, scope, bare=bare)
            if bare and is_ones_vector(node):
                return 1, None
        # On a diagonal the term repeats a letter that it does not sum.
        scope.repeated |= {letter for letter in letters if letters.count(letter) > 1}
        return 1, self.written(node, letters, scope)

    def _product(
        self, node: Einsum, letters: Indices, scope: Scope, *, bare: bool
    ) -> tuple[Number, Written | None]:
        coefficient, rest = fold_constants(node)
        dims = rest.dims
        product = contracted(rest)
        names = name_labels(product, dims, Lettering(letters, avoid=scope.letters))
        scope.taken.update(names.values())
        factors = [
            (factor_expr(factor, rest.operands, dims), tuple(names[x] for x in factor.indices))
            for factor in product.factors
        ]
        if bare or (coefficient == 0 and self.layout.bare_ones):
            factors = [(expr, indices) for expr, indices in factors if not is_ones_vector(expr)]
        if coefficient == 0 and self.layout.bare_ones:
            return 0, None
        summed = tuple(names[label] for label in product.subscripts.summed)
        items = with_powers(factors, summed)
        inner = Scope(scope.taken)
        above: list[Written] = []
        below: list[Written] = []
        for item in items:
            divisor = None if item.expr in self.names else divisor_of(item)
            (above if divisor is None else below).append(self._factor(divisor or item, inner))
        explicit = needs_sum(summed, items, self.names, inner.repeated)
        scope.repeated |= inner.repeated - set(summed)
        counts = letter_counts(replace(item, exponent=1) for item in items)
        scope.repeated |= {letter for letter in letters if counts[letter] > 1}
        body = self.layout.product(above) if above else None
        if below:
            body = self.layout.quotient(body, below)
        if explicit and body is not None:
            body = self.layout.summed(explicit, body)
        return coefficient, body

    def _factor(self, item: IndexedFactor, scope: Scope) -> Written:
        base = self.written(item.expr, item.letters, scope)
        if item.exponent == 1:
            return base
        return self.layout.power(base, self.layout.number(item.exponent))
