"""The rule for reshapes: a reshape and its inverse leave deltas."""

from __future__ import annotations

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import contract_deltas, holds_selector, opened
from einsgrad.expressions.selecting import is_joining
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.strings.subscripts import Indices, Subscripts


def cancel_fuses(node: Einsum) -> Einsum:
    """Undo a reshape by its inverse: two fuses of one index are one fuse and deltas.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.reshaping import reshape
    >>> x = Variable("x", (2, 3))
    >>> cancel_fuses(reshape(reshape(x, 6), 2, 3)).operands[0]
    x[2,3]
    """
    outer = [operand for operand in node.operands if _is_fuse(operand)]
    inner = [op for op in node.operands if isinstance(op, Einsum) and holds_selector(op)]
    if not outer or (len(outer) == 1 and not inner):
        return node
    merged = _merge_fuses(opened(node) if inner else node)
    left = sum(_is_fuse(operand) for operand in merged.operands)
    return merged if left < len(outer) + len(inner) - 1 or not inner else node


def _is_fuse(expr: Expr) -> bool:
    return isinstance(expr, Affine) and is_joining(expr)


def _merge_fuses(node: Einsum) -> Einsum:
    factors: list[tuple[Indices, Expr]] = []
    kept: list[tuple[Affine, Indices]] = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        twin = _twin(operand, indices, kept)
        if twin is not None:
            pairs = zip(twin, indices, operand.shape, strict=True)
            factors.extend(((a, b), Delta(dim, 2)) for a, b, dim in pairs if a != b)
            continue
        if isinstance(operand, Affine) and is_joining(operand):
            kept.append((operand, indices))
        factors.append((indices, operand))
    if len(kept) == sum(_is_fuse(operand) for operand in node.operands):
        return node
    rest = _without_lone_fuses(factors, node)
    subscripts = Subscripts(tuple(indices for indices, _ in rest), node.subscripts.output)
    return contract_deltas(build_einsum(subscripts, [operand for _, operand in rest]))


def _twin(operand: Expr, indices: Indices, kept: list[tuple[Affine, Indices]]) -> Indices | None:
    """Return the labels of an earlier equal fuse that joins, or splits, the same axes."""
    for fuse, labels in kept:
        if fuse is operand and (labels[0] == indices[0] or labels[1:] == indices[1:]):
            return labels
    return None


def _without_lone_fuses(
    factors: list[tuple[Indices, Expr]], node: Einsum
) -> list[tuple[Indices, Expr]]:
    """Replace fuses whose joined index, or whose parts, are summed alone: the sum is ones."""
    result: list[tuple[Indices, Expr]] = []
    for place, (indices, operand) in enumerate(factors):
        others = {x for p, (labels, _) in enumerate(factors) if p != place for x in labels}
        held = others | set(node.subscripts.output)
        joined, parts = indices[:1], indices[1:]
        if isinstance(operand, Affine) and is_joining(operand) and not held & set(joined):
            result.extend(
                ((x,), Delta(dim, 1)) for x, dim in zip(parts, operand.sources, strict=True)
            )
        elif _is_fuse(operand) and not held & set(parts):
            result.append((joined, Delta(operand.shape[0], 1)))
        else:
            result.append((indices, operand))
    return result
