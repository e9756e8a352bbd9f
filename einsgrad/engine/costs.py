"""What expressions cost, as polynomials in their dims, and which bracketing is cheaper when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from einsgrad.engine.polynomials import Polynomial
from einsgrad.engine.rewriting.rewrites import rewritten
from einsgrad.expressions.dims import Dim, presumed
from einsgrad.expressions.nodes import Einsum, Expr, Pick, Variable
from einsgrad.expressions.printing import operand_name
from einsgrad.expressions.products import SELECTORS, contracted, fold_constants
from einsgrad.expressions.selectors import Affine, Delta, Integers
from einsgrad.expressions.walks import topological
from einsgrad.orders.paths import find_path
from einsgrad.simplification.simplify import simplify_all
from einsgrad.strings.deltas import Product
from einsgrad.strings.subscripts import Indices, Label, unique

# Products of up to this many factors are compared in every bracketing. For more of them the
# best one is sought for named dims of this size.
_MOST_COMPARED = 4
_LARGE = 64
# Selectors are views and look-ups.
_WITHOUT_WORK = (Variable, Integers, Delta, *SELECTORS)


@dataclass(frozen=True)
class Bracketing:
    """One way to contract a product two factors at a time.

    Parameters
    ----------
    text
        The product with brackets.
    flops
        Its multiply-adds.
    """

    text: str
    flops: Polynomial


@dataclass(frozen=True)
class Cost:
    """The multiply-adds and function values that an expression needs.

    Parameters
    ----------
    name
        What it is the cost of.
    flops
        The count, with the cheapest bracketing for dims of equal sizes.
    choices
        For each product whose best bracketing depends on the sizes, the two that compete.
    """

    name: str
    flops: Polynomial
    choices: tuple[tuple[Bracketing, Bracketing], ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """For each choice, when the first way is cheaper than the second."""
        lines = []
        for first, second in self.choices:
            left, right = first.flops.without_common(second.flops)
            lines.append(f"{first.text} is cheaper than {second.text} when {left} < {right}")
        return tuple(lines)

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.flops}", *(f"  {c}" for c in self.conditions)])


def cost(name: str, *exprs: Expr) -> Cost:
    """Return the cost of expressions that are computed together.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, B, C = eg.variables("A[m,n] B[n,n] C[n,k]")
    >>> print(cost("product", A @ B @ C))
    product: kmn + mn²
      (A B) C is cheaper than (C B) A when m < k
    """
    total = Polynomial(())
    choices: list[tuple[Bracketing, Bracketing]] = []
    for node in topological(*rewritten(simplify_all(exprs), {})):
        if isinstance(node, Einsum):
            ways = list(_bracketings(node))
            best = min(ways, key=_degree)
            total += best.flops
            rival = next((way for way in sorted(ways, key=_degree) if _compete(best, way)), None)
            if rival is not None:
                choices.append((best, rival))
        elif not isinstance(node, _WITHOUT_WORK) and node.shape:
            total += Polynomial.of(node.shape)
    return Cost(name, total, tuple(choices))


def _degree(way: Bracketing) -> tuple[list[tuple[int, int]], str]:
    """Order by the highest degrees first: what is cheaper for large dims of equal sizes."""
    degrees = Counter({len(names): 0 for names, _ in way.flops.terms})
    for names, count in way.flops.terms:
        degrees[len(names)] += count
    return sorted(degrees.items(), reverse=True), way.text


def _compete(best: Bracketing, way: Bracketing) -> bool:
    """Tell whether neither of two ways is cheaper for all sizes."""
    left, right = best.flops.without_common(way.flops)
    return bool(left.terms and right.terms) and not left.is_covered_by(right)


@dataclass(frozen=True, slots=True)
class _Subproduct:
    """The product of some factors: with brackets, and the labels that it has."""

    text: str
    indices: Indices


def _bracketings(node: Einsum) -> Iterator[Bracketing]:
    """Yield the ways to contract a product; for many factors only the best one."""
    _, rest = fold_constants(node)
    product = contracted(rest)
    dims = rest.dims
    targets = _targets(product, rest.operands)
    selecting = {place for place, _ in targets.values()}
    parts = [
        _Subproduct(operand_name(rest.operands[factor.source]), _seen(factor.indices, targets))
        for place, factor in enumerate(product.factors)
        if factor.source is not None and place not in selecting
    ]
    output = frozenset(_seen(product.output, targets))
    if not parts:
        yield Bracketing("", Polynomial.of(node.shape))
        return
    if len(parts) > _MOST_COMPARED:
        yield _along_best_path(parts, output, dims)
        return
    yield from _ways(parts, output, dims, ())


def _targets(product: Product, operands: Sequence[Expr]) -> dict[Label, tuple[int, Indices]]:
    """Return the labels of axes that are seen through a selector: its place, and its sources.

    Such an axis is viewed, looked up or written in place, and nothing is multiplied.
    """
    found: dict[Label, tuple[int, Indices]] = {}
    for place, factor in enumerate(product.factors):
        if factor.source is None or not isinstance(operands[factor.source], Affine | Pick):
            continue
        target, *sources = factor.indices
        others = chain(*(f.indices for k, f in enumerate(product.factors) if k != place))
        if target not in found and (target in product.output or target in others):
            found[target] = place, tuple(sources)
    return found


def _seen(indices: Indices, targets: Mapping[Label, tuple[int, Indices]]) -> Indices:
    """Return labels, in the place of targets the sources of their selectors."""
    seen: Indices = ()
    for label in indices:
        _, sources = targets.get(label, (0, (label,)))
        # A selector of a selector is rare, and one of them is looked through.
        seen += sources
    return unique(seen)


def _along_best_path(
    parts: Sequence[_Subproduct], output: frozenset[Label], dims: Mapping[Label, Dim]
) -> Bracketing:
    """Return the cheapest way for large named dims of equal sizes."""
    sizes = {label: presumed(dim, {}, _LARGE) for label, dim in dims.items()}
    lists = [tuple(dict.fromkeys(part.indices)) for part in parts]
    labels = tuple(label for label in dict.fromkeys(chain(*lists)) if label in output)
    known = list(parts)
    steps: list[Sequence[Dim]] = []
    left = set(range(len(parts)))
    for one, other in find_path(lists, labels, sizes):
        left -= {one, other}
        joined = dict.fromkeys((*known[one].indices, *known[other].indices))
        needed = output.union(*(known[k].indices for k in left))
        kept = tuple(label for label in joined if label in needed)
        steps.append([dims[label] for label in joined])
        left.add(len(known))
        known.append(_Subproduct(f"({known[one].text} {known[other].text})", kept))
    return Bracketing(known[-1].text, Polynomial.of(*steps))


def _ways(
    parts: Sequence[_Subproduct],
    output: frozenset[Label],
    dims: Mapping[Label, Dim],
    done: Sequence[Sequence[Dim]],
) -> Iterator[Bracketing]:
    if len(parts) == 1:
        (whole,) = parts
        summed = set(whole.indices) - output
        last = [[dims[x] for x in dict.fromkeys(whole.indices)]] if summed or not done else []
        yield Bracketing(whole.text, Polynomial.of(*done, *last))
        return
    for one, other in combinations(parts, 2):
        rest = [part for part in parts if part is not one and part is not other]
        labels = dict.fromkeys((*one.indices, *other.indices))
        needed = output.union(*(part.indices for part in rest))
        kept = tuple(label for label in labels if label in needed)
        text = f"{one.text} {other.text}"
        joined = _Subproduct(f"({text})" if rest else text, kept)
        step = [dims[label] for label in labels]
        yield from _ways([joined, *rest], output, dims, [*done, step])
