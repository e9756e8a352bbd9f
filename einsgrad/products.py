"""Rules for one einsum: flatten nested ones, contract deltas, fold numbers, merge powers.

Each rule takes a normal einsum and returns one of the same value and shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, combinations
from math import isfinite

from einsgrad.construct import einsum, from_product
from einsgrad.deltas import Product, as_product, contract
from einsgrad.expr import Constant, Delta, Einsum, Expr, Fuse, Map, Number
from einsgrad.language import power, reciprocal
from einsgrad.subscripts import Indices, Label, Subscripts, fresh_numbers

# Larger products are kept as products of products: nested chains stay linear in size,
# and shared parts are not written out again in every product that uses them.
MOST_FACTORS = 8
_EXACT = 2**53


def flatten(node: Einsum, most: int = MOST_FACTORS) -> Einsum:
    """Write nested einsums as one, if the result has few enough factors.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> y = einsum(Subscripts(((0, 1), (1,)), (0,)), (A, x))
    >>> str(flatten(einsum(Subscripts(((0,), (0,)), ()), (y, y))).subscripts)
    '01,1,02,2->'
    """
    nested = [operand for operand in node.operands if isinstance(operand, Einsum)]
    if not nested:
        return node
    total = _weight(node) - len(nested) + sum(_weight(inner) for inner in nested)
    # A reshape stays a step of its own.
    small = total <= most and not any(map(holds_fuse, (node, *nested)))
    return _opened(node, lambda operand: small or _is_plain(operand))


def _opened(node: Einsum, chosen: Callable[[Einsum], bool] = lambda operand: True) -> Einsum:
    """Write the chosen nested einsums into the outer one."""
    fresh = fresh_numbers(node.subscripts.labels)
    inputs: list[Indices] = []
    operands: list[Expr] = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, Einsum) and chosen(operand):
            inner = operand.subscripts
            names: dict[Label, Label] = dict(zip(inner.output, indices, strict=True))
            names |= {label: next(fresh) for label in inner.summed}
            inputs.extend(inner.relabel(names).inputs)
            operands.extend(operand.operands)
        else:
            inputs.append(indices)
            operands.append(operand)
    return Einsum(Subscripts(tuple(inputs), node.subscripts.output).numbered(), tuple(operands))


def holds_fuse(node: Einsum) -> bool:
    """Tell whether an einsum reshapes."""
    return any(isinstance(operand, Fuse) for operand in node.operands)


def _weight(node: Einsum) -> int:
    """Count the factors that are neither numbers nor deltas."""
    return sum(not isinstance(operand, Constant | Delta) for operand in node.operands)


def cancel_fuses(node: Einsum) -> Einsum:
    """Undo a reshape by its inverse: two fuses of one index are one fuse and deltas.

    Examples
    --------
    >>> from einsgrad.expr import Variable
    >>> from einsgrad.reshaping import reshape
    >>> x = Variable("x", (2, 3))
    >>> cancel_fuses(reshape(reshape(x, 6), 2, 3)).operands[0]
    x[2,3]
    """
    outer = [operand for operand in node.operands if isinstance(operand, Fuse)]
    inner = [op for op in node.operands if isinstance(op, Einsum) and holds_fuse(op)]
    if not outer or (len(outer) == 1 and not inner):
        return node
    merged = _merge_fuses(_opened(node) if inner else node)
    left = sum(isinstance(operand, Fuse) for operand in merged.operands)
    return merged if left < len(outer) + len(inner) - 1 or not inner else node


def _merge_fuses(node: Einsum) -> Einsum:
    factors: list[tuple[Indices, Expr]] = []
    kept: list[tuple[Fuse, Indices]] = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        twin = _twin(operand, indices, kept)
        if twin is not None:
            pairs = zip(twin, indices, operand.shape, strict=True)
            factors.extend(((a, b), Delta(dim, 2)) for a, b, dim in pairs if a != b)
            continue
        if isinstance(operand, Fuse):
            kept.append((operand, indices))
        factors.append((indices, operand))
    if len(kept) == sum(isinstance(operand, Fuse) for operand in node.operands):
        return node
    rest = _without_lone_fuses(factors, node)
    subscripts = Subscripts(tuple(indices for indices, _ in rest), node.subscripts.output)
    return contract_deltas(einsum(subscripts, [operand for _, operand in rest]))


def _twin(operand: Expr, indices: Indices, kept: list[tuple[Fuse, Indices]]) -> Indices | None:
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
        if isinstance(operand, Fuse) and not held & set(joined):
            result.extend(((x,), Delta(dim, 1)) for x, dim in zip(parts, operand.dims, strict=True))
        elif isinstance(operand, Fuse) and not held & set(parts):
            result.append((joined, Delta(operand.shape[0], 1)))
        else:
            result.append((indices, operand))
    return result


def _is_plain(node: Einsum) -> bool:
    """Tell whether an einsum has one factor at most, beside numbers and deltas."""
    return _weight(node) <= 1 and not holds_fuse(node)


def flatten_one(expr: Expr) -> Expr:
    """Apply `flatten` to an einsum, and leave other nodes."""
    return flatten(expr) if isinstance(expr, Einsum) else expr


def contracted(node: Einsum) -> Product:
    """Contract all deltas of an einsum; the result may repeat labels within an operand.

    Factors keep the positions of the node's operands as their source. This is the form
    that is shown and evaluated: a delta is left only where the output needs it.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> print(contracted(einsum(Subscripts(((0, 0),), (0,)), (A,))).subscripts)
    00->0
    """
    deltas = {place for place, operand in enumerate(node.operands) if isinstance(operand, Delta)}
    return contract(as_product(node.subscripts), deltas)


def contract_deltas(node: Einsum) -> Einsum:
    """Contract the deltas of an einsum as far as they go, keeping its factors in order."""
    if not any(isinstance(operand, Delta) for operand in node.operands):
        return node
    return from_product(contracted(node), node.operands, node.dims)


def fold_constants(node: Einsum) -> tuple[Number, Einsum]:
    """Take the numbers out of an einsum: their product, and the einsum of the rest."""
    coefficient: Number = 1
    inputs = []
    operands = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, Constant):
            coefficient = coefficient * operand.value
        else:
            inputs.append(indices)
            operands.append(operand)
    if len(operands) == len(node.operands):
        return 1, node
    rest = Subscripts(tuple(inputs), node.subscripts.output)
    return tidy(coefficient), Einsum(rest.numbered(), tuple(operands))


def tidy(value: Number) -> Number:
    """Write a whole float as an integer, so that 2 * 0.5 and 1 are the same factor."""
    if isinstance(value, float) and isfinite(value) and abs(value) < _EXACT and value.is_integer():
        return int(value)
    return value


def merge_powers(node: Einsum) -> Einsum:
    """Multiply powers of the same factor over the same labels: `x · 1/x`, `√x · √x`.

    Examples
    --------
    >>> from einsgrad.expr import Variable
    >>> from einsgrad.language import multiply
    >>> x = Variable("x", ("n",))
    >>> product = multiply(x, reciprocal(x))
    >>> merge_powers(product).operands
    (1,)
    """
    if not any(isinstance(operand, Map) for operand in node.operands):
        return node
    groups: dict[tuple[Expr, Indices], list[Number]] = {}
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        base, exponent = _base(operand)
        groups.setdefault((base, indices), []).append(exponent)
    if all(len(exponents) == 1 or set(exponents) == {1} for exponents in groups.values()):
        return node
    factors: list[tuple[Indices, Expr]] = []
    for (base, indices), exponents in groups.items():
        if len(exponents) == 1 or set(exponents) == {1}:
            rebuilt = [_raised(base, exponent) for exponent in exponents]
        else:
            rebuilt = _powers(base, tidy(sum(exponents)))
        factors.extend((indices, factor) for factor in rebuilt)
    return _einsum_of(factors, node)


def _base(expr: Expr) -> tuple[Expr, Number]:
    """Read a factor as a power."""
    match expr:
        case Map(function=row, operands=(inner,)) if row.name == "reciprocal":
            base, exponent = _base(inner)
            return base, -exponent
        case Map(function=row, operands=(inner,)) if row.name == "sqrt":
            return inner, 0.5
        case Map(function=row, operands=(inner, Constant(value=value))) if row.name == "power":
            return inner, value
        case _:
            return expr, 1


def _raised(base: Expr, exponent: Number) -> Expr:
    if exponent == -0.5:
        return reciprocal(power(base, 0.5))
    return power(base, exponent)


def _powers(base: Expr, exponent: Number) -> list[Expr]:
    """Write a power as factors: a whole one as copies of the base or its reciprocal."""
    if isinstance(exponent, int):
        one = base if exponent > 0 else reciprocal(base)
        return [one] * abs(exponent)
    return [_raised(base, exponent)]


def _einsum_of(factors: Iterable[tuple[Indices, Expr]], node: Einsum) -> Einsum:
    """Build an einsum of other factors; labels of the output that none holds get ones."""
    pairs = list(factors)
    held = set(chain.from_iterable(indices for indices, _ in pairs))
    dims = node.dims
    gone = [label for label in node.subscripts.labels if label not in held]
    for label in gone:
        free = label in node.subscripts.output
        pairs.append(((label,) if free else (), Delta(dims[label], 1 if free else 0)))
    subscripts = Subscripts(tuple(indices for indices, _ in pairs), node.subscripts.output)
    operands = [operand for _, operand in pairs]
    return from_product(as_product(subscripts), operands, dims)


def unwrap(node: Einsum) -> Expr:
    """Replace an einsum that copies its only operand by the operand."""
    inputs, output = node.subscripts.inputs, node.subscripts.output
    return node.operands[0] if inputs == (output,) else node


def degree(lists: Iterable[Indices], output: Indices) -> int:
    """Estimate the cost class of a product: the most labels that one pairwise contraction has.

    Pairs are chosen greedily, the smallest first.

    Examples
    --------
    >>> degree(["ij", "jk", "k"], "i")
    2
    """
    sets = [frozenset(indices) for indices in lists if indices]
    worst = max((len(labels) for labels in sets), default=0)
    while len(sets) > 1:
        first, second = min(combinations(sets, 2), key=lambda pair: len(pair[0] | pair[1]))
        sets.remove(first)
        sets.remove(second)
        joint = first | second
        worst = max(worst, len(joint))
        rest = frozenset(output).union(*sets)
        sets.append(joint & rest)
    return worst
