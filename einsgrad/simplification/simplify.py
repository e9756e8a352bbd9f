"""Simplification: each node once, its parts first, by the rules for its kind.

Together the rules end in a canonical form: expressions that are equal up to the names of
labels, the order of factors and the order of terms become the same node, so that like
terms merge.

A rule may assume that the parts of its node are simple and that an einsum is normal. It
looks at the node and a bounded number of levels below it, never through the graph.

It gives back the node itself, or None from a rule for functions, where it does not apply.
What is done with merged products is an einsum of simple operands; what `REPLACING_RULES` and
`MAP_RULES` give may hold anything and is simplified anew. No rule undoes another:
each result is nearer to the canonical form, or simplification would not end.

It keeps the shape, dim by dim, and the value wherever the node has one; where the node is
undefined, at a division by 0, the result may be defined. It keeps stability: the result
overflows and cancels nowhere where the node did not. It asks about complex values, and
what it does not know about a function it does not assume.

A new rule is a named function in the file of its subject, with an example that it applies
to, and an entry in a tuple of `rules`; its order is the order of trial. `tests/test_simplify.py`
and `tests/test_expressions.py` try all rules on random expressions, against numpy and once
more on their own result; a rule that they would not meet gets an expression of its own there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import assert_never, cast

from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import (
    fold_constants,
    folds,
    is_moderate,
    opened,
    product_of_numbers,
    tidy,
    unwrap,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.walks import children, rebuild_all, topological, with_children
from einsgrad.simplification.brackets import with_parts_joined
from einsgrad.simplification.cancelling import (
    cancelling_sum,
    multiplied_out,
    opposite_logistics,
)
from einsgrad.simplification.common_denominators import (
    is_no_longer,
    over_common_denominator,
    stays_over,
)
from einsgrad.simplification.contents import factor_out
from einsgrad.simplification.distribution import distributed, with_terms_summed
from einsgrad.simplification.flattening import (
    LONGEST_CHAIN,
    merge_products,
)
from einsgrad.simplification.grouping import (
    Simplifying,
    factored_inside,
    grouped,
    grouped_entrywise,
    less_divided,
    shorter,
    with_sum_taken,
)
from einsgrad.simplification.leading_back import unless_led_back
from einsgrad.simplification.lengths import length_of_scaled
from einsgrad.simplification.lookups import evenly_picked
from einsgrad.simplification.matrix_powers import join_matrix_powers
from einsgrad.simplification.mirrored import sum_last
from einsgrad.simplification.powers import merge_powers, open_power
from einsgrad.simplification.rules import (
    MAP_RULES,
    MATRIX_RULES,
    SUM_RULES,
    SYMBOLIC_MAP_RULES,
    SYMBOLIC_MATRIX_RULES,
    SYMBOLIC_SUM_RULES,
    replaced_by_rules,
)
from einsgrad.simplification.selectors import contract_selectors
from einsgrad.simplification.sums import (
    LONGEST_SUM,
    collect,
    innermost_terms,
    scaled,
    split_coefficient,
)
from einsgrad.simplification.symmetry import canonicalise
from einsgrad.simplification.turning import (
    is_turned_symmetric,
    turn_functions,
    turn_into_map,
    turn_reduce,
    turn_sums,
)
from einsgrad.simplification.written_powers import are_simple
from einsgrad.strings.subscripts import Subscripts


def simplify_expr(expr: Expr) -> Expr:
    """Bring an expression into the form that a person would write.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    >>> swapped = build_einsum(Subscripts((("j",), ("i", "j")), ("i",)), (x, A))
    >>> straight = build_einsum(Subscripts((("a", "b"), ("b",)), ("a",)), (A, x))
    >>> simplify_expr(swapped) is simplify_expr(straight)
    True
    """
    return simplify_all([expr])[0]


def simplify_all(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Simplify several expressions, each node once as long as it lives: it keeps its form."""
    for expr in topological(*exprs, below=_not_simplified):
        if not _is_simplified(expr):
            simple = _simplified(with_children(expr, [_form(part) for part in _parts(expr)]))
            if simple is not expr:
                expr.remember_form(simple)
    return tuple([_form(expr) for expr in exprs])


def _is_simplified(expr: Expr) -> bool:
    return expr.known_simple or expr.known_form is not None


def _not_simplified(expr: Expr) -> tuple[Expr, ...]:
    return () if _is_simplified(expr) else _parts(expr)


def _parts(expr: Expr) -> tuple[Expr, ...]:
    """Return what is simplified before a node; sums within a sum are one sum."""
    return innermost_terms(expr) if isinstance(expr, Add) else children(expr)


def _form(expr: Expr) -> Expr:
    """Return the simplest form of a node that is simplified already."""
    return expr if expr.known_simple else cast("Expr", expr.known_form)


def _simplified(expr: Expr) -> Expr:
    """Simplify one node whose parts are simple."""
    if _is_simplified(expr):
        return _form(expr)
    ways = (simplify_node, _as_it_stands)
    found = (unless_led_back(expr, simplify) for simplify in ways)
    simple = next((one for one in found if one is not None), expr)
    simple.remember_simple()
    return simple


def _as_it_stands(expr: Expr) -> Expr:
    """Simplify a node without what is only tried: a product stays one, and a sum stays one."""
    match expr:
        case Einsum():
            return _simplify_einsum(expr, None, may_open=False)
        case Add(terms=terms):
            return _settled(collect(terms, expr), None)
        case _:
            return expr


@dataclass(frozen=True, slots=True)
class Shared:
    """What several nodes use, and stays whole within each of them.

    Parameters
    ----------
    whole
        The nodes that stay whole.
    simple
        The nodes that are simple as far as that allows.
    """

    whole: set[Expr]
    simple: set[Expr]

    def simplified(self, expr: Expr) -> Expr:
        """Simplify one node whose children are simple already."""
        if expr.known_simple or expr in self.simple:
            return expr
        simple = simplify_node(expr, self)
        self.simple.add(simple)
        return simple

    def again(self, expr: Expr) -> Expr:
        """Simplify what a rule gave."""
        return rebuild_all([expr], self.simplified, self._below)[0]

    def _below(self, expr: Expr) -> tuple[Expr, ...]:
        return () if expr.known_simple or expr in self.simple else children(expr)


def simplify_node(expr: Expr, shared: Shared | None = None) -> Expr:
    """Simplify one node whose children are simple already."""
    match expr:
        case (
            Variable()
            | Constant()
            | Affine()
            | Step()
            | Integers()
            | Fourier()
            | Places()
            | Called()
        ):
            return expr
        case Pick():
            shift = evenly_picked(expr)
            return expr if shift is None else shift
        case Delta(dim=dim, order=order):
            if order == 0:
                return Constant(dim) if isinstance(dim, int) else expr
            return expr if order <= 2 else _simplify_einsum(_star(expr), shared)
        case Einsum():
            return _simplify_einsum(expr, shared)
        case Add(terms=terms):
            return _simplify_sum(collect(terms, expr, _whole(shared)), shared)
        case Map():
            return _simplify_map(expr, shared)
        case Reduce():
            return _simplify_reduction(expr, shared)
        case MatrixMap():
            return _simplify_matrix_map(expr, shared)
        case _ as unreachable:
            assert_never(unreachable)


def _simplify_sum(node: Expr, shared: Shared | None) -> Expr:
    """Apply the rules of sums to one whose terms are collected."""
    total = _settled(node, shared)
    if shared is not None or not isinstance(total, Add):
        return total
    mirrored = opposite_logistics(total)
    opened_up = None if mirrored is None else shorter(total, simplify_expr(mirrored), _BY)
    if opened_up is not None:
        return opened_up
    best, fraction = grouped(total, _BY), over_common_denominator(total)
    joined = None if fraction is None else less_divided(total, fraction, _BY)
    if joined is not None and is_no_longer(joined, best):
        best = joined
    if best is not total:
        return best
    rewritten = with_sum_taken(total, _BY)
    if rewritten is None:
        rewritten = with_parts_joined(total)
    return grouped_entrywise(total, _BY) if rewritten is None else simplify_expr(rewritten)


def _settled(node: Expr, shared: Shared | None) -> Expr:
    """Apply the rules that leave a sum a sum of products, until none applies."""
    rules = SYMBOLIC_SUM_RULES if shared is None else SUM_RULES
    while isinstance(node, Add):
        simpler = next((new for rule in rules if (new := rule(node)) is not node), None)
        if simpler is None:
            break
        if not isinstance(simpler, Add):
            return _put_back(simpler, shared)
        node = collect([_again(term, shared) for term in simpler.terms], node, _whole(shared))
    return node


def _put_back(product: Expr, shared: Shared | None) -> Expr:
    """Simplify what a rule made of a sum; the product is not multiplied out to the sum again."""
    if shared is not None or not isinstance(product, Einsum):
        return _again(product, shared)
    product = opened(product)
    operands = tuple(map(simplify_expr, product.operands))
    return _simplify_einsum(Einsum(product.subscripts, operands), None, may_open=False)


def _simplify_map(node: Map, shared: Shared | None) -> Expr:
    for rule in SYMBOLIC_MAP_RULES if shared is None else MAP_RULES:
        simpler = rule(node)
        if simpler is not None:
            known = any(simpler is operand for operand in node.operands)
            return simpler if known else _again(simpler, shared)
    return node


def _simplify_reduction(node: Reduce, shared: Shared | None) -> Expr:
    for rule in (turn_reduce, length_of_scaled, open_power):
        simpler = rule(node)
        if simpler is not None:
            return _again(simpler, shared)
    return node


def _simplify_matrix_map(node: MatrixMap, shared: Shared | None) -> Expr:
    for rule in SYMBOLIC_MATRIX_RULES if shared is None else MATRIX_RULES:
        simpler = rule(node)
        if simpler is not None:
            return _again(simpler, shared)
    return node


def _simplify_einsum(node: Einsum, shared: Shared | None, may_open: bool = True) -> Expr:
    if Delta in node.kinds and any(
        isinstance(operand, Delta) and operand.dim == 0 for operand in node.operands
    ):
        # A sum of no terms is 0, also where each would be infinite.
        return zeros(node.shape)
    if is_turned_symmetric(node):
        return node.operands[0]
    turned_inside = turn_into_map(node) if shared is None else None
    if turned_inside is not None:
        return _again(turned_inside, shared)
    whole, longest = _whole(shared), LONGEST_CHAIN if shared is None else 0
    product = turn_sums(contract_selectors(merge_products(node, whole, longest)), whole)
    if shared is None:
        product = turn_functions(product)
    replaced = replaced_by_rules(product)
    joined = join_matrix_powers(replaced) if shared is None else replaced
    if replaced is not product or (joined is not product and not _is_settled(joined)):
        return _again(joined, shared)
    product = joined
    content, primitive = factor_out(product, whole)
    if primitive is not product and replaced_by_rules(primitive) is not primitive:
        return _again(scaled(content, primitive), shared)
    merged = merge_powers(primitive, whole)
    if merged is not primitive and not are_simple(merged.operands):
        return _again(scaled(content, merged), shared)
    coefficient, rest = fold_constants(merged)
    coefficient = tidy(product_of_numbers(coefficient, content))
    if shared is None:
        other = _other_form(rest, may_open=may_open and is_moderate(coefficient))
        if other is not None:
            return simplify_expr(scaled(coefficient, other))
    if coefficient == 0:
        return zeros(node.shape)
    if not is_moderate(coefficient) and rest.operands:
        core = _simplify_einsum(rest, shared)
        return core if split_coefficient(core)[0] == 0 else scaled(coefficient, core)
    # A sum that stands alone is multiplied by a number term by term, below.
    alone = rest.operands and isinstance(unwrap(rest), Add)
    terms = distributed(rest, whole) if may_open and not alone else None
    if terms is not None:
        found = [_simplify_einsum(scaled(coefficient, t), shared) for t in terms]
        return _simplify_sum(collect(found, node, whole), shared)
    if not rest.operands:
        return Constant(coefficient)
    sign, ordered = canonicalise(sum_last(rest) if shared is None else rest)
    if sign == 0:
        return zeros(node.shape)
    coefficient, core = sign * coefficient, unwrap(ordered)
    match core:
        case Constant(value=value):
            return Constant(tidy(coefficient * value))
        case Add(terms=parts) if (
            coefficient != 1 and len(parts) <= LONGEST_SUM and core not in whole
        ):
            return collect([_scaled_term(coefficient, part, shared) for part in parts], core, whole)
        case _:
            return core if coefficient == 1 else scaled(coefficient, core)


def _other_form(node: Einsum, *, may_open: bool) -> Expr | None:
    """Return a product as a sum, a fraction or with other factors, if that is its form."""
    summed = with_terms_summed(node)
    if summed is not None:
        return summed
    place = cancelling_sum(node) if may_open else None
    if place is not None and not stays_over(node, place):
        # `(s - u)/u` is as long as `s/u - 1`, which is written.
        opened_up = simplify_expr(multiplied_out(node, place))
        as_sum = shorter(node, opened_up, _BY, or_as_long=True)
        if as_sum is not None:
            return as_sum
    fraction = over_common_denominator(node) if may_open else None
    quotient = None if fraction is None else less_divided(node, fraction, _BY)
    return factored_inside(node, _BY) if quotient is None else quotient


def _is_settled(node: Einsum) -> bool:
    """Tell whether a product whose powers are joined is what it is as long as these are simple."""
    return (
        merge_products(node) is node
        and replaced_by_rules(node) is node
        and all(simplify_expr(operand) is operand for operand in node.operands)
    )


def _scaled_term(coefficient: Number, term: Expr, shared: Shared | None) -> Expr:
    """Multiply a simple term by a number; what else it holds stays as it is."""
    own, core = split_coefficient(term)
    if isinstance(core, Constant) or not folds(coefficient, own):
        return _simplify_einsum(scaled(coefficient, term), shared)
    number = tidy(coefficient * own)
    return core if number == 1 else scaled(number, core)


def _whole(shared: Shared | None) -> Collection[Expr]:
    return () if shared is None else shared.whole


def _again(expr: Expr, shared: Shared | None) -> Expr:
    return simplify_expr(expr) if shared is None else shared.again(expr)


def _star(delta: Delta) -> Einsum:
    """Write a delta of order 3 or more as order-2 deltas around its first index."""
    labels = tuple(range(delta.order))
    pairs = tuple((0, label) for label in labels[1:])
    return Einsum(Subscripts(pairs, labels), (Delta(delta.dim, 2),) * len(pairs))


_BY = Simplifying(
    simplify_expr,
    lambda product: _simplify_einsum(product, None, may_open=False),
    lambda total: _settled(total, None),
)
