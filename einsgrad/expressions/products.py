"""Rules for one einsum: flatten nested ones, contract deltas, fold numbers.

Each rule takes a normal einsum and returns one of the same value and shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from math import inf, isfinite

from einsgrad.expressions.construct import from_product
from einsgrad.expressions.nodes import Constant, Delta, Einsum, Expr, Fuse, Number
from einsgrad.strings.deltas import Product, as_product, contract
from einsgrad.strings.subscripts import Indices, Label, Subscripts, fresh_numbers

# Larger products are kept as products of products: nested chains stay linear in size,
# and shared parts are not written out again in every product that uses them.
MOST_FACTORS = 8
_EXACT = 2**53
_HUGE = 2**1023


def flatten(node: Einsum, most: int = MOST_FACTORS) -> Einsum:
    """Write nested einsums as one, if the result has few enough factors.

    Examples
    --------
    >>> from einsgrad.expressions.construct import einsum
    >>> from einsgrad.expressions.nodes import Variable
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
    return opened(node, lambda operand: small or _is_plain(operand))


def opened(node: Einsum, chosen: Callable[[Einsum], bool] = lambda operand: True) -> Einsum:
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
    >>> from einsgrad.expressions.construct import einsum
    >>> from einsgrad.expressions.nodes import Variable
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
    """Write a whole float as an integer, so that 2 * 0.5 and 1 are the same factor.

    An integer beyond what floats hold exactly becomes one: its digits would grow without bound.
    """
    if isinstance(value, int) and abs(value) >= _EXACT:
        return float(value) if abs(value) < _HUGE else inf * (1 if value > 0 else -1)
    if isinstance(value, float) and isfinite(value) and abs(value) < _EXACT and value.is_integer():
        return int(value)
    return value


def is_ones_vector(expr: Expr) -> bool:
    """Tell whether an expression is a delta of one index: a vector of ones."""
    return isinstance(expr, Delta) and expr.order == 1


def is_one_everywhere(expr: Expr) -> bool:
    """Tell whether every entry of an expression is 1, as far as its form shows.

    Examples
    --------
    >>> from einsgrad.expressions.construct import einsum
    >>> spread = einsum(Subscripts(((0,), (1,)), (0, 1)), (Delta("m", 1), Delta("n", 1)))
    >>> row_sums = einsum(Subscripts(((0,), (1,)), (0,)), (Delta("m", 1), Delta("n", 1)))
    >>> is_one_everywhere(spread), is_one_everywhere(row_sums)
    (True, False)
    """
    waiting = [expr]
    for node in waiting:
        match node:
            case Constant(value=1) | Delta(order=1):
                continue
            case Einsum(subscripts=subscripts, operands=operands) if not subscripts.summed:
                waiting += [operand for operand in operands if operand not in waiting]
            case _:
                return False
    return True


def as_einsum(expr: Expr) -> Einsum:
    """Return an einsum as it is, and another expression as the only operand of one.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("m", "n"))
    >>> str(as_einsum(A).subscripts), unwrap(as_einsum(A)) is A
    ('01->01', True)
    """
    if isinstance(expr, Einsum):
        return expr
    labels = tuple(range(len(expr.shape)))
    return Einsum(Subscripts((labels,), labels), (expr,))


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
