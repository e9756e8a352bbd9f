"""Matrix notation of expressions: `Aᵀ (A x - b)`, `g xᵀ`, `tr(A B)`, `Xᵀ diag(s) X`.

What has no such form, as a product whose summed label stands in three matrices, is left
to index notation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Delta,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Number,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contracted, fold_constants
from einsgrad.notation.layout import Layout
from einsgrad.notation.matrix_network import Chain, Network
from einsgrad.notation.naming import shown_nodes
from einsgrad.notation.pieces import Link, Written
from einsgrad.notation.presentation import as_softmax
from einsgrad.simplification.simplify import is_symmetric


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

    def write(self, root: Expr) -> Written | None:
        """Write an expression and all its parts."""
        for node in shown_nodes(root):
            if node not in self.bodies:
                self.bodies[node] = self._body(node)
        return self.bodies[root]

    def shown(self, node: Expr) -> Written | None:
        """Return what stands for a part in a larger one: its name if it has one."""
        if node in self.names:
            return self.layout.symbol(self.names[node])
        return self.bodies[node] if node in self.bodies else self.write(node)

    def network(self, node: Einsum) -> tuple[Number, Network] | None:
        """Read a product as a number and a network with its summed labels eliminated."""
        coefficient, rest = fold_constants(node)
        product = contracted(rest)
        network = Network(self.layout, rest.dims, product.output, not node.is_complex)
        for factor in product.factors:
            expr = factor_expr(factor, rest.operands, rest.dims)
            if not self._put(network, expr, factor.indices):
                return None
        return (coefficient, network) if network.eliminate() else None

    def link(self, node: Expr) -> Link | None:
        """Return a vector or a matrix as a factor of a matrix product."""
        rank = len(node.shape)
        if isinstance(node, MatrixMap) and node not in self.names:
            base = self.shown(node.operand)
            if base is None:
                return None
            return Link(base, rank, inverse=True, symmetric=is_symmetric(node))
        body = self.shown(node)
        if body is None:
            return None
        divisor = None
        match node:
            case Map(function=row, operands=(inner,)) if row.name == "reciprocal":
                divisor = None if node in self.names else self.shown(inner)
        identity = isinstance(node, Delta) and node.order == 2
        symmetric = rank == 2 and is_symmetric(node)
        return Link(body, rank, symmetric=symmetric, identity=identity, divisor=divisor)

    def _put(self, network: Network, expr: Expr, labels: tuple[object, ...]) -> bool:
        if len(labels) > 2:
            return False
        if labels:
            link = self.link(expr)
            if link is not None:
                network.put(link, labels)
            return link is not None
        scalar = self.shown(expr)
        if scalar is None:
            return False
        match expr:
            case Map(function=row, operands=(inner,)) if row.name == "reciprocal":
                divisor = None if expr in self.names else self.shown(inner)
                if divisor is not None:
                    network.divisors.append(divisor)
                    return True
        network.scalars.append(scalar)
        return True

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
            case Fuse():
                return None
            case Einsum():
                term = self._product(node)
                return None if term is None else layout.terms([term])
            case Add(terms=terms):
                parts = [self.term(term) for term in terms]
                known = [part for part in parts if part is not None]
                return layout.terms(known) if len(known) == len(parts) else None
            case Map():
                return self._map(node)
            case Reduce(function=row, operand=operand, axes=axes):
                argument = self.shown(operand)
                if argument is None or len(axes) < len(operand.shape) or len(axes) > 2:
                    return None
                if row.name == "norm":
                    return layout.norm(argument, len(axes))
                return layout.reduced(row, argument, ())
            case MatrixMap(function=function, operand=operand):
                argument = self.shown(operand)
                if argument is None or len(operand.shape) > 2:
                    return None
                if function.scalar:
                    return layout.matrix_call(function, argument)
                return layout.link(Link(argument, 2, inverse=True))
            case _ as unreachable:
                assert_never(unreachable)

    def term(self, node: Expr) -> tuple[Number, Written | None] | None:
        """Write an expression as a number and the rest."""
        if node not in self.names:
            if isinstance(node, Constant):
                return node.value, None
            if isinstance(node, Einsum):
                return self._product(node)
        body = self.shown(node)
        return None if body is None else (1, body)

    def _map(self, node: Map) -> Written | None:
        layout = self.layout
        softmax = as_softmax(node)
        if softmax is not None:
            argument = self.shown(softmax.argument)
            last = softmax.axis == len(node.shape) - 1 < 2
            return layout.named_call("softmax", [argument]) if argument and last else None
        found = [self.shown(operand) for operand in node.operands]
        arguments = [argument for argument in found if argument is not None]
        if len(arguments) < len(found):
            return None
        power = layout.entry_power if node.shape else layout.power
        match node.function.name:
            case "power":
                return power(arguments[0], arguments[1])
            case "square":
                return power(arguments[0], layout.number(2))
            case "reciprocal" if node.shape:
                return layout.entries([], arguments)
            case "reciprocal":
                return layout.quotient(None, arguments)
            case _:
                return layout.call(node.function, arguments)

    def _product(self, node: Einsum) -> tuple[Number, Written | None] | None:
        found = self.network(node)
        if found is None:
            return None
        coefficient, network = found
        if coefficient == 0 and self.layout.bare_ones:
            return 0, None
        groups = _groups(network)
        if groups is None:
            return None
        core = None
        if groups:
            core = self._core(groups, len(network.free))
        return coefficient, network.dressed(core)

    def _core(self, groups: list[Chain], rank: int) -> Written:
        if rank == 2 and len(groups) == 2:
            column, row = groups
            turned = tuple(link.flipped for link in reversed(row))
            return self.layout.chain((*column, *turned))
        return self.layout.tensor([self.layout.chain(group) for group in groups])


def _groups(network: Network) -> list[Chain] | None:
    """Read a network's free labels, in order, as those of vectors and matrices."""
    free = list(network.free)
    groups: list[Chain] = []
    while free:
        label = free.pop(0)
        edges = network.meeting(label)
        match edges:
            case []:
                weight = network.weight(label)
                if weight is None:
                    return None
                groups.append(weight)
            case [edge] if free and edge.other(label) == free[0]:
                if len(network.meeting(free.pop(0))) > 1:
                    return None
                groups.append(network.weighted(edge.facing(label)))
            case _:
                return None
    return groups
