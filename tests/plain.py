"""Expressions evaluated node by node with nothing but numpy: the reference for programs."""

import numpy as np

from einsgrad.engine.row_values import row_value
from einsgrad.expressions.dims import evaluated
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Einsum,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
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
        return evaluated(dim, sizes)

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
        case Affine(strides=strides, offset=offset):
            first, *others = np.indices(tuple(map(size, node.shape)))
            shift = np.asarray(
                size(offset) + sum(s * i for s, i in zip(strides, others, strict=True))
            )
            return (first == shift).astype(int)
        case Step(offset=offset):
            rows, columns = np.indices(tuple(map(size, node.shape)))
            return (rows >= columns + size(offset)).astype(int)
        case Pick(target=target, indices=indices):
            found = np.asarray(values[indices]) % max(size(target), 1)
            first = np.arange(size(target)).reshape(-1, *[1] * found.ndim)
            return (first == found).astype(int)
        case Integers(sizes=shape, entries=entries):
            return np.array(entries, dtype=int).reshape(shape)
        case Fourier(dim=dim, conjugated=conjugated):
            matrix = np.fft.fft(np.eye(size(dim)))
            return matrix.conj() if conjugated else matrix
        case Places(name=name, operand=operand, axis=axis):
            options = {"kind": "stable"} if name == "argsort" else {}
            return getattr(np, name)(values[operand], axis=axis, **options)
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
