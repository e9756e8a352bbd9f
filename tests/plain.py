"""Expressions evaluated node by node with nothing but numpy: the reference for programs."""

import numpy as np

from einsgrad.engine.row_values import row_value
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Delta,
    Einsum,
    Fuse,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.walks import topological


def plain_value(expr, arrays, sizes):
    """Evaluate an expression; every delta is written out, every node is one numpy call."""
    known = dict(sizes)
    for node in topological(expr):
        if isinstance(node, Variable):
            shape = np.shape(arrays[node.name])
            known |= {d: s for d, s in zip(node.shape, shape, strict=True) if isinstance(d, str)}
    values = {}
    for node in topological(expr):
        values[node] = _value(node, values, arrays, known)
    return values[expr]


def _value(node, values, arrays, sizes):
    def size(dim):
        return dim if isinstance(dim, int) else sizes[dim]

    match node:
        case Variable(name=name):
            return np.asarray(arrays[name])
        case Constant(value=value):
            return value
        case Delta(dim=dim, order=order):
            if order == 0:
                return size(dim)
            index = np.indices((size(dim),) * order)
            return np.all(index == index[0], axis=0).astype(int)
        case Fuse(dims=dims):
            return np.eye(int(np.prod(dims)), dtype=int).reshape(node.shape)
        case Einsum(subscripts=subscripts, operands=operands):
            pairs = zip(operands, subscripts.inputs, strict=True)
            lists = [part for o, labels in pairs for part in (values[o], list(labels))]
            return np.einsum(*lists, list(subscripts.output))
        case Add(terms=terms):
            return sum(values[term] for term in terms)
        case Map(function=row, operands=operands):
            return row_value(row, *(values[operand] for operand in operands))
        case Reduce(function=reduction, operand=operand, axes=axes):
            return row_value(reduction, np.asarray(values[operand]), axes)
        case MatrixMap(function=function, operand=operand):
            return row_value(function, np.asarray(values[operand]))
