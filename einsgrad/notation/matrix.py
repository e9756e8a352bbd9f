"""Matrix notation of expressions: `Aᵀ (A x - b)`, `g xᵀ`, `tr(A B)`, `Xᵀ diag(s) X`.

What has no such form, as a product whose summed label stands in three matrices, is left
to index notation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.printing import write
from einsgrad.expressions.products import contracted, fold_constants
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.tables.elementwise import CONJ, POWER, SQUARE
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.reductions import INVERSE, NORM
from einsgrad.expressions.tables.rows import Elementwise
from einsgrad.notation.index_factors import spliced
from einsgrad.notation.layout import Layout
from einsgrad.notation.matrix_network import MatrixNetwork
from einsgrad.notation.naming import shown_nodes
from einsgrad.notation.pieces import (
    Link,
    Written,
    WrittenTerm,
    if_known,
    shared_number,
    without_number,
)
from einsgrad.notation.recognised import as_softmax, as_triangle, divided_by
from einsgrad.notation.reshapes import reshaped, shape_text, with_reshapes
from einsgrad.simplification.standing import clearly_straight_axes
from einsgrad.simplification.symmetry import is_own_transpose, turned
from einsgrad.strings.subscripts import Indices


@dataclass(slots=True)
class MatrixWriter:
    """Writes the parts of an expression, each from its own parts.

    Parameters
    ----------
    layout
        How it is set.
    names
        The named parts.
    bodies
        What has been written, by part; None where matrix notation has no form for it.
    """

    layout: Layout
    names: Mapping[Expr, str]
    bodies: dict[Expr, Written | None] = field(default_factory=dict)
    turned: dict[Expr, Written | None] = field(default_factory=dict)

    def write(self, root: Expr) -> Written | None:
        """Write an expression and all its parts."""
        for node in shown_nodes(root):
            if node not in self.bodies:
                self.bodies[node] = self._body(node)
        return self.bodies[root]

    def whole(self, root: Expr) -> Written | None:
        """Write an expression that stands alone: `(X A + A X)ᵀ`, with one transpose for many."""
        body = self.write(root)
        if body is None or not isinstance(root, Add) or len(root.shape) != 2:
            return body
        axes = clearly_straight_axes(root.terms, 2)
        straight = [self.term(turned(term, axes)) for term in root.terms] if axes else []
        found = if_known(self._transposed, straight) if straight else None
        return found if found is not None and len(found.text) < len(body.text) else body

    def _transposed(self, terms: list[WrittenTerm]) -> Written:
        number = shared_number(terms)
        bare = self.layout.terms(without_number(number, terms))
        inside = Link(bare, 2, transposed=True)
        return self.layout.terms([WrittenTerm(number, self.layout.link(inside))])

    def shown(self, node: Expr) -> Written | None:
        """Return what stands for a part in a larger one: its name if it has one."""
        if node in self.names:
            return self.layout.symbol(self.names[node])
        return self.bodies[node] if node in self.bodies else self.write(node)

    def network(self, node: Einsum) -> MatrixNetwork | None:
        """Read a product as a network with its summed labels eliminated."""
        coefficient, rest = fold_constants(spliced(node, self.names))
        rest = with_reshapes(rest)
        product = contracted(rest)
        network = MatrixNetwork(
            self.layout, rest.dims, product.output, coefficient, squares=not node.is_complex
        )
        for factor in product.factors:
            expr = factor_expr(factor, rest.operands, rest.dims)
            if not self._put(network, expr, factor.indices):
                return None
        return network if network.eliminate() else None

    def link(self, node: Expr) -> Link | None:
        """Return a vector or a matrix as a factor of a matrix product."""
        rank = len(node.shape)
        inside = self._inside(node, CONJ)
        base, exponent = self._base_and_exponent(inside)
        body = self.shown(base)
        if body is None:
            return None
        return Link(
            body,
            rank,
            inverse=exponent < 0,
            power=abs(exponent),
            conjugated=inside is not node,
            symmetric=rank == 2 and is_own_transpose(node),
            identity=isinstance(node, Delta) and node.order == 2,
            divisor=self._divisor(node),
            transpose=self._turned_sum(node) if node is base and rank == 2 else None,
        )

    def _turned_sum(self, node: Expr) -> Written | None:
        """Write the transpose of a sum term by term, where that is no longer: `G Vᵀ - 1 aᵀ`."""
        if not isinstance(node, Add) or node in self.names:
            return None
        if node not in self.turned:
            terms = [self.term(permute(term, (1, 0))) for term in node.terms]
            found, straight = if_known(self.layout.terms, terms), self.shown(node)
            longer = found is None or straight is None or len(found.text) > len(straight.text)
            self.turned[node] = None if longer else found
        return self.turned[node]

    def _base_and_exponent(self, node: Expr) -> tuple[Expr, int]:
        """Read a matrix as a power of another one, as far as it has no name."""
        inner = self._inside(node, INVERSE)
        if inner is not node:
            return inner, -1
        if isinstance(node, MatrixMap) and node.function.exponent and node not in self.names:
            inner = self._inside(node.operand, INVERSE)
            return inner, node.function.exponent * (1 if inner is node.operand else -1)
        return node, 1

    def _inside(self, node: Expr, row: Elementwise | MatrixFunction) -> Expr:
        """Return what a function acts on, where it is written as a mark; else the node."""
        if isinstance(node, Map | MatrixMap) and node.function is row and node not in self.names:
            return node.operands[0] if isinstance(node, Map) else node.operand
        return node

    def _put(self, network: MatrixNetwork, expr: Expr, labels: Indices) -> bool:
        """Add a factor to a network; return whether it has a form there."""
        if len(labels) > 2:
            return False
        if labels:
            link = self.link(expr)
            if link is not None:
                network.put(link, labels)
            return link is not None
        scalar, divisor = self.shown(expr), self._divisor(expr)
        if scalar is None:
            return False
        if divisor is not None:
            network.divisors.append(divisor)
        else:
            network.scalars.append(scalar)
        return True

    def _divisor(self, node: Expr) -> Written | None:
        """Return what a factor divides by, unless it is shown by its name."""
        inner = divided_by(node)
        return None if inner is None or node in self.names else self.shown(inner)

    def _body(self, node: Expr) -> Written | None:
        layout = self.layout
        match node:
            case Variable(name=name):
                return layout.symbol(name) if len(node.shape) <= 2 else None
            case Constant(value=value):
                return layout.number(value)
            case Delta(dim=dim, order=order):
                signs = (layout.matrix_size, layout.ones, layout.identity)
                return signs[order](dim) if order <= 2 else None
            case Affine() | Step() | Pick() | Integers() | Fourier() | Places():
                return None
            case Called():
                return layout.symbol(write(node)) if len(node.shape) <= 2 else None
            case Einsum():
                return if_known(layout.terms, [self._product(node)])
            case Add(terms=terms):
                return if_known(layout.terms, [self.term(term) for term in terms])
            case Map():
                return self._map(node)
            case Reduce():
                return self._reduction(node)
            case MatrixMap():
                return self._matrix_function(node)
            case _ as unreachable:
                assert_never(unreachable)

    def term(self, node: Expr) -> WrittenTerm | None:
        """Write an expression as a number and the rest."""
        if node not in self.names:
            if isinstance(node, Constant):
                return WrittenTerm(node.value)
            if isinstance(node, Einsum):
                return self._product(node)
        return if_known(lambda found: WrittenTerm(1, *found), [self.shown(node)])

    def _map(self, node: Map) -> Written | None:
        below = divided_by(node)
        if below is not None:
            return if_known(partial(self._quotient, node), [self.shown(below)])
        softmax = as_softmax(node)
        if softmax is None:
            operands = [self.shown(operand) for operand in node.operands]
            return if_known(partial(self._call, node), operands)
        if softmax.axis != len(node.shape) - 1 or softmax.axis > 1:
            return None
        name = partial(self.layout.named_call, "softmax")
        return if_known(name, [self.shown(softmax.argument)])

    def _quotient(self, node: Map, below: list[Written]) -> Written:
        layout = self.layout
        return layout.entries([], below) if node.shape else layout.quotient(None, below)

    def _call(self, node: Map, operands: list[Written]) -> Written:
        layout = self.layout
        power = layout.entry_power if node.shape else layout.power
        if node.function is POWER:
            return power(operands[0], operands[1])
        if node.function is SQUARE:
            return power(operands[0], layout.number(2))
        return layout.call(node.function, operands)

    def _reduction(self, node: Reduce) -> Written | None:
        """Write a reduction of a whole vector or matrix."""
        rank = len(node.operand.shape)
        operand = self.shown(node.operand)
        if operand is None or len(node.axes) < rank or rank > 2:
            return None
        if node.function is NORM:
            return self.layout.norm(operand, rank)
        return self.layout.reduced(node.function, operand, ())

    def _matrix_function(self, node: MatrixMap) -> Written | None:
        operand = self.shown(node.operand)
        if operand is None or len(node.operand.shape) > 2:
            return None
        if node.function is INVERSE:
            return self.layout.link(Link(operand, 2, inverse=True))
        if node.function.exponent is not None:
            base = self._inside(node.operand, INVERSE)
            inverse, power = base is not node.operand, node.function.exponent
            body = self.shown(base)
            return body and self.layout.link(Link(body, 2, inverse=inverse, power=power))
        return self.layout.matrix_call(node.function, operand)

    def _product(self, node: Einsum) -> WrittenTerm | None:
        reshape = self._reshape(node)
        if reshape is not None:
            return reshape
        triangle = as_triangle(node)
        if triangle is not None:
            inside = self.write(triangle.matrix)
            name = "tril" if triangle.is_lower else "triu"
            call = partial(self.layout.named_call, name)
            return if_known(lambda found: WrittenTerm(triangle.number, call(found)), [inside])
        network = self.network(node)
        if network is None:
            return None
        if network.coefficient == 0 and self.layout.bare_ones:
            return WrittenTerm(0)
        return network.written()

    def _reshape(self, node: Einsum) -> WrittenTerm | None:
        coefficient, rest = fold_constants(node)
        inner = reshaped(rest)
        if inner is None:
            return None
        whole = self.layout.symbol(inner.name) if isinstance(inner, Variable) else self.shown(inner)
        if whole is None:
            return None
        call = self.layout.named_call("reshape", [whole, Written(shape_text(node.shape))])
        return WrittenTerm(coefficient, call)
