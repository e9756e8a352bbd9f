"""The rule for nested products: when they are written as one, and what a product costs.

Where flattening ends is a choice of simplification; how an einsum is opened into another
is told in `expressions.products`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, combinations

from einsgrad.expressions.nodes import Constant, Einsum, Expr, Number
from einsgrad.expressions.products import (
    SELECTORS,
    contract_deltas,
    fold_constants,
    holds_selector,
    is_moderate,
    opened,
    unwrap,
)
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.walks import children
from einsgrad.strings.subscripts import Indices, Label, Subscripts

# Larger products are kept as products of products: nested chains stay linear in size,
# and shared parts are not written out again in every product that uses them. How long
# deriving then takes is seen in the chains of `python -m benchmarks --only builds`.
MOST_FACTORS = 8
# Chains of matrices, and products entry by entry, are written as one up to this length.
LONGEST_CHAIN = 32
# What does not count as a factor.
_NO_FACTORS = (Constant, Delta)


def flatten(
    node: Einsum,
    most: int = MOST_FACTORS,
    whole: Collection[Expr] = (),
    longest: int = LONGEST_CHAIN,
) -> Einsum:
    """Write nested einsums as one, if the result has few enough factors.

    Those that stay whole are opened only where they have one factor.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> y = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (A, x))
    >>> str(flatten(build_einsum(Subscripts(((0,), (0,)), ()), (y, y))).subscripts)
    '01,1,02,2->'
    """
    if Einsum not in node.kinds:
        return node
    nested = [operand for operand in node.operands if isinstance(operand, Einsum)]
    total = _weight(node) - len(nested) + sum(_weight(inner) for inner in nested)
    if holds_selector(node) or any(map(holds_selector, nested)):
        # What is seen through selectors stays a step of its own beside other factors.
        alone, few = _is_plain(node) or _are_reshapes((node, *nested)), total <= most
        return opened(
            _numbers_out(node),
            lambda operand: (
                _is_plain(operand)
                or (operand not in whole and (alone or (few and is_spread(operand))))
            ),
        )
    few = total <= most or (total <= longest and _are_alike(node, nested))
    return opened(
        node if few else _numbers_out(node, whole),
        lambda operand: _is_plain(operand) or (few and operand not in whole),
    )


def _numbers_out(node: Einsum, whole: Collection[Expr] = ()) -> Einsum:
    """Write the numbers of nested products into the outer one, but of those that stay whole."""
    numbers: list[Number] = []
    operands: list[Expr] = []
    for operand in node.operands:
        opens = isinstance(operand, Einsum) and operand not in whole
        number, core = fold_constants(operand) if opens else (1, operand)  # type: ignore[arg-type]
        if number == 1 or not is_moderate(number) or not children(core):
            operands.append(operand)
            continue
        numbers.append(number)
        operands.append(unwrap(core) if isinstance(core, Einsum) else core)
    if not numbers:
        return node
    lists = (*node.subscripts.inputs, *(() for _ in numbers))
    subscripts = Subscripts(lists, node.subscripts.output)
    return Einsum(subscripts, (*operands, *map(Constant, numbers)))


def merge_products(
    node: Einsum, whole: Collection[Expr] = (), longest: int = LONGEST_CHAIN
) -> Einsum:
    """Write nested products as one, but those that stay whole, and contract its deltas."""
    return contract_deltas(flatten(node, whole=whole, longest=longest))


def products_with(node: Einsum, place: int, terms: Sequence[Expr]) -> Iterator[Einsum]:
    """Yield a product with each of some terms in the place of a factor."""
    for term in terms:
        operands = (*node.operands[:place], term, *node.operands[place + 1 :])
        yield flatten(Einsum(node.subscripts, operands))


def stands_once(factor: Expr, node: Einsum) -> bool:
    """Tell whether a factor is no square: of `‖x - y‖²` the parts would cancel where x is near y.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x[n] y[n]")
    >>> stands_once(x, eg.simplify(x @ y)), stands_once(x, eg.simplify(x @ x))
    (True, False)
    """
    return sum([one is factor for one in node.operands]) == 1


def flatten_one(expr: Expr) -> Expr:
    """Apply `flatten` to an einsum, and leave other nodes."""
    return flatten(expr) if isinstance(expr, Einsum) else expr


def _are_alike(node: Einsum, nested: Sequence[Einsum]) -> bool:
    """Tell whether products are all chains, or all entry by entry."""
    products = (node, *nested)
    return all(map(is_chain, products)) or all(map(_is_entrywise, products))


def is_chain(node: Einsum) -> bool:
    """Tell whether each label joins two matrices, or is one of the output that one of them has.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> is_chain(Einsum(Subscripts((("i", "j"), ("j",)), ("i",)), (A, x)))
    True
    """
    if any(len(indices) > 2 for indices in node.subscripts.inputs):
        return False
    return set(Counter(chain(*node.subscripts.lists)).values()) <= {2}


def _is_entrywise(node: Einsum) -> bool:
    return all(indices in ((), node.subscripts.output) for indices in node.subscripts.inputs)


def _weight(node: Einsum) -> int:
    """Count the factors that are neither numbers nor deltas."""
    if node.kinds.isdisjoint(_NO_FACTORS):
        return len(node.operands)
    return sum([not isinstance(operand, _NO_FACTORS) for operand in node.operands])


def _is_plain(node: Einsum) -> bool:
    """Tell whether an einsum has one factor at most, beside numbers and deltas."""
    return _weight(node) <= 1


def _are_reshapes(products: Sequence[Einsum]) -> bool:
    """Tell whether products have one factor at most beside selectors that split or join axes."""
    return all(map(_is_reshape, products))


def _is_reshape(node: Einsum) -> bool:
    others = [one for one in node.operands if not isinstance(one, _NO_FACTORS)]
    selectors = [one for one in others if isinstance(one, Affine)]
    return len(others) - len(selectors) <= 1 and all(
        len(one.sources) > 1 and all(isinstance(dim, int) for dim in one.shape) for one in selectors
    )


def is_spread(node: Einsum) -> bool:
    """Tell whether selectors do no more than give the entries of a product further axes.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.selectors import Affine
    >>> from einsgrad.strings.subscripts import Subscripts
    >>> shift, e = Affine(5, (4,), (1,), 1), Variable("e", (4,))
    >>> is_spread(build_einsum(Subscripts(((0, 1), (1,)), (0, 1)), (shift, e)))
    True
    """
    output = set(node.subscripts.output)
    seen: set[Label] = set()
    spread = False
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, SELECTORS):
            spread = spread or output.issuperset(indices)
            seen |= set(indices[:1]) if output.issuperset(indices[1:]) else set()
    return spread and seen.issuperset(node.subscripts.summed)


def _joint_size(pair: tuple[frozenset[Label], frozenset[Label]]) -> tuple[int, int]:
    one, other = pair
    return len(one | other), -len(one & other)


def degree(lists: Iterable[Indices], output: Indices) -> int:
    """Estimate the cost class of a product: the most labels that one pairwise contraction has.

    Pairs are chosen greedily, the smallest first, and of those the one that shares most labels.

    Examples
    --------
    >>> degree(["ij", "jk", "k"], "i")
    2
    """
    sets = [frozenset(indices) for indices in lists if indices]
    worst = max((len(labels) for labels in sets), default=0)
    # What one factor alone is summed over is gone before it meets the others.
    once = {label for label, count in Counter(chain(output, *sets)).items() if count == 1}
    sets = [one for labels in sets if (one := labels - once)] if once else sets
    while len(sets) > 1:
        first, second = min(combinations(sets, 2), key=_joint_size)
        sets.remove(first)
        sets.remove(second)
        joint = first | second
        worst = max(worst, len(joint))
        rest = frozenset(output).union(*sets)
        sets.append(joint & rest)
    return worst
