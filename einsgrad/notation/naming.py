"""Names for parts of an expression that are large and stand several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from einsgrad.expressions.dims import names_in
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Pick, Variable
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.notation.recognised import as_softmax, divided_by, shown_children
from einsgrad.strings.letters import fresh_names

# In symbols. What is longer is named wherever it stands, so that a formula stays readable
# and nothing is nested deeper than this.
_LONGEST = 40
_WORTH_A_NAME = 3
_POOLS = ("stuvwc", "rsuvwzpq", "RSTUWPQH")


def named_parts(
    *roots: Expr,
    needs_name: Callable[[Expr], bool] = lambda node: False,
    taken: Collection[str] = (),
) -> dict[Expr, str]:
    """Choose the parts of expressions that get a name, and the names.

    Parameters
    ----------
    roots
        The expressions.
    needs_name
        Which parts must be named whatever their length.
    taken
        Names that are not free, beside those of the variables.

    Returns
    -------
    dict
        Parts and their names, each before the parts that it is made of.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import matmul, sigmoid
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> s = sigmoid(matmul(A, x))
    >>> named_parts(s * (1 - s))
    {sigmoid("mn,n->m"(A, x)): 'r'}
    """
    nodes = shown_nodes(*roots)
    uses = _uses(nodes)
    weights: dict[Expr, int] = {}
    chosen: list[Expr] = []
    for node in nodes:
        weight = _own_weight(node) + sum(weights[child] for child in shown_children(node))
        repeated = uses[node] > 1 and weight >= _WORTH_A_NAME + isinstance(node, Einsum)
        repeated = repeated and not _divides(node)
        if node not in roots and (repeated or weight > _LONGEST or needs_name(node)):
            chosen.append(node)
            weight = 1
        weights[node] = weight
    variables = {node.name for node in nodes if isinstance(node, Variable)}
    dims = set(names_in(dim for node in nodes for dim in node.shape))
    names = _names(chosen[::-1], variables | dims | set(taken))
    return dict(zip(chosen[::-1], names, strict=True))


def _written_out(node: Expr) -> Iterator[Expr]:
    """Yield the parts of a node, each as often as it is written: numbers once, as a power."""
    parts = shown_children(node)
    yield from dict.fromkeys(part for part in parts if not part.shape)
    yield from (part for part in parts if part.shape)


def shown_nodes(*roots: Expr) -> list[Expr]:
    """Return every node that is written out, each after its parts."""
    order: dict[Expr, None] = {}
    stack: list[tuple[Expr, bool]] = [(root, False) for root in roots]
    while stack:
        node, ready = stack.pop()
        if ready:
            order[node] = None
        elif node not in order:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(shown_children(node)))
    return list(order)


def _uses(nodes: Sequence[Expr]) -> Counter[Expr]:
    """Count how often each node is written; a number as often as its reciprocal."""
    uses: Counter[Expr] = Counter()
    for node in nodes:
        uses.update(_written_out(node))
    for node in reversed(nodes):
        if _divides(node):
            uses.update(dict.fromkeys(shown_children(node), uses[node] - 1))
    return uses


def _divides(node: Expr) -> bool:
    """Tell whether a node is the reciprocal of a number, which is written as `/ s`."""
    return not node.shape and divided_by(node) is not None


def _own_weight(node: Expr) -> int:
    match node:
        case Constant() | Delta(order=0 | 1) | Affine() | Step() | Pick():
            return 0
        case Einsum():
            return int(len(node.operands) < 2)
        case _:
            return 1


def _names(nodes: Sequence[Expr], taken: set[str]) -> Iterator[str]:
    used = set(taken)
    # One supply for all parts: to look from the first number each time takes quadratic time.
    numbered = fresh_names(used, (), "t")
    for node in nodes:
        pool = _POOLS[min(len(node.shape), 2)]
        if as_softmax(node) is not None:
            pool = ("p" if len(node.shape) < 2 else "P") + pool
        name = next((letter for letter in pool if letter not in used), None) or next(numbered)
        used.add(name)
        yield name
