"""Powers `x^y` beside `y` and beside `log(x)`: 0 in place of 0 times infinity.

The derivative of `x^y` in `x` is `y x^(y - 1)`, where an exponent of 0 makes 0 times an
infinity if `x` is 0; that in `y` is `x^y log(x)`, where a base of 0 does. Both are 0 there, as
in jax, also where the products have been multiplied out or stand in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from einsgrad.expressions.construct import add_terms, build_einsum
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Map, Variable
from einsgrad.expressions.products import is_ones_vector, unwrap
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.tables.elementwise import LOG, NOT_EQUAL, POWER, WHERE
from einsgrad.expressions.walks import children, rebuild_all, topological, with_children
from einsgrad.simplification.powers import merge_powers
from einsgrad.simplification.product_costs import expanded
from einsgrad.simplification.term_powers import TermPowers
from einsgrad.simplification.varied_powers import has_varied_exponent
from einsgrad.strings.subscripts import Subscripts

Axes = tuple[int, ...]
# Factors beside a node, each with the axis of the node that each of its own axes is.
Beside = frozenset[tuple[Expr, Axes]]
_NOTHING: Beside = frozenset()


def guard_powers(exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Take no power of 0 and no logarithm of 0 that is multiplied by 0.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, y = eg.variables("x y")
    >>> guard_powers([x**y])[0] is x**y
    True
    >>> guard_powers([y * x ** (y - 1)])[0].operands[1]
    power(x, where(not_equal(y, 0), y - 1, 0))
    >>> guard_powers([x**y * eg.log(x)])[0].operands[1]
    log(where(not_equal(x, 0), x, 1))
    """
    if not any(map(has_varied_exponent, topological(*exprs))):
        return tuple(exprs)
    guarded = _Guarded()
    return tuple(guarded.of(expr, _NOTHING) for expr in rebuild_all(exprs, _multiplied_out))


def _multiplied_out(node: Expr) -> Expr:
    """Multiply `x^q` into a sum that holds x, too: `x^(q - 1) (q + x)` is 1 where both are 0."""
    if not isinstance(node, Einsum) or Add not in node.kinds:
        return node
    bases = {
        (_base_of(one)[0], tuple(labels[axis] for axis in _base_of(one)[1]))
        for one, labels in zip(node.operands, node.subscripts.inputs, strict=True)
        if has_varied_exponent(one)
    }
    for place, one in enumerate(node.operands) if bases else ():
        labels = node.subscripts.inputs[place]
        if isinstance(one, Add) and any(
            (base, tuple(labels[axis] for axis in axes)) in bases
            for term in one.terms
            for base, axes in _raised_in(term)
        ):
            terms = [unwrap(merge_powers(product)) for product in expanded(node, place)]
            return add_terms([_multiplied_out(term) for term in terms], node.shape)
    return node


def _raised_in(term: Expr) -> Iterator[tuple[Expr, Axes]]:
    """Yield the bases of the powers that a term is made of, with their axes."""
    for power, axes in TermPowers.read(term).powers:
        if min(axes, default=0) >= 0:
            base, own = _base_of(power) if has_varied_exponent(power) else (power, _all_axes(power))
            yield base, tuple(axes[axis] for axis in own)


@dataclass
class _Guarded:
    """What nodes become, by what they are multiplied by."""

    known: dict[tuple[Expr, Beside], Expr] = field(default_factory=dict)

    def of(self, node: Expr, beside: Beside) -> Expr:
        """Return a node that is multiplied by some factors, guarded."""
        if (node, beside) not in self.known:
            self.known[node, beside] = self._found(node, beside)
        return self.known[node, beside]

    def _found(self, node: Expr, beside: Beside) -> Expr:
        match node:
            case Einsum():
                parts = [
                    self.of(operand, _beside_operand(node, position, beside))
                    for position, operand in enumerate(node.operands)
                ]
            case Add():
                parts = [self.of(term, beside) for term in node.terms]
            case _:
                parts = [self.of(child, _NOTHING) for child in children(node)]
        found = with_children(node, parts)
        match node, found:
            case Map(), Map(operands=(base, exponent)) if has_varied_exponent(node):
                return _guarded_power(node, base, exponent, beside)
            case Map(function=row), Map(operands=(operand,)) if row is LOG:
                is_beside = any(_is_power_of(one, node, axes) for one, axes in beside)
                return Map(LOG, (_unless_zero(operand, operand, 1),)) if is_beside else found
        return found


def _beside_operand(node: Einsum, position: int, beside: Beside) -> Beside:
    """Return what stands beside an operand, in its product and in those around it."""
    own = {label: axis for axis, label in enumerate(node.subscripts.inputs[position])}
    output = node.subscripts.output
    around = ((factor, [output[axis] for axis in axes]) for factor, axes in beside)
    others = (
        (factor, [labels[axis] for axis in axes])
        for other, labels in enumerate(node.subscripts.inputs)
        if other != position
        for factor, axes in _factors(node.operands[other])
    )
    return frozenset(
        (factor, tuple(own[label] for label in labels))
        for factor, labels in (*around, *others)
        if own.keys() >= set(labels)
    )


def _factors(node: Expr) -> Iterator[tuple[Expr, Axes]]:
    """Yield what every term of an expression is multiplied by, with the axes that they are."""
    yield node, _all_axes(node)
    match node:
        case Map() if has_varied_exponent(node) and _base_of(node)[1] != _all_axes(node):
            # All along the axes that its base is spread over, a power is one of the same entry.
            yield node, _base_of(node)[1]
        case Einsum(subscripts=subscripts):
            place = {label: axis for axis, label in enumerate(subscripts.output)}
            for operand, labels in zip(node.operands, subscripts.inputs, strict=True):
                for factor, axes in _factors(operand):
                    if all(labels[axis] in place for axis in axes):
                        yield factor, tuple(place[labels[axis]] for axis in axes)
        case Add():
            first, *rest = [set(_factors(term)) for term in node.terms]
            yield from first.intersection(*rest)


def _base_of(power: Expr) -> tuple[Expr, Axes]:
    """Return the base of a power without the ones that spread it, and the axes that it is over."""
    base = children(power)[0]
    if isinstance(base, Einsum):
        kept = [k for k, one in enumerate(base.operands) if not is_ones_vector(one)]
        labels = base.subscripts.inputs[kept[0]] if len(kept) == 1 else ()
        if len(kept) == 1 and set(labels) <= set(base.subscripts.output):
            axes = tuple(base.subscripts.output.index(label) for label in labels)
            return base.operands[kept[0]], axes
    # It has the axes of the power, or none.
    return base, _all_axes(base)


def _is_power_of(factor: Expr, log: Map, axes: Axes) -> bool:
    """Tell whether a factor is a power of what a logarithm is taken of, entry by entry."""
    if not has_varied_exponent(factor) or axes != _all_axes(log):
        return False
    return _base_of(factor)[0] is log.operands[0] or children(factor)[0] is log.operands[0]


def _guarded_power(node: Map, base: Expr, exponent: Expr, beside: Beside) -> Expr:
    """Return a power whose exponent is 0 where a factor is 0 that depends on the exponent alone."""
    own = node.operands[1]
    held, below = _variables(own), _variables(node.operands[0])
    for factor, axes in sorted(beside, key=lambda one: (one[0].key, one[1])):
        variables = _variables(factor)
        if variables and variables <= held and variables.isdisjoint(below):
            spread = _spread(factor, axes, own)
            if spread is not None:
                exponent = _unless_zero(spread, exponent, 0)
    return Map(POWER, (base, exponent))


def _variables(expr: Expr) -> frozenset[Expr]:
    return frozenset(node for node in topological(expr) if isinstance(node, Variable))


def _spread(factor: Expr, axes: Axes, exponent: Expr) -> Expr | None:
    """Return a factor with the axes of an exponent, if it has no others."""
    every = _all_axes(exponent)
    if len(axes) != len(factor.shape) or len(set(axes)) < len(axes) or not set(axes) <= set(every):
        return None
    missing = [axis for axis in every if axis not in axes]
    ones = [Delta(exponent.shape[axis], 1) for axis in missing]
    lists = Subscripts((axes, *((axis,) for axis in missing)), every)
    return unwrap(build_einsum(lists, (factor, *ones)))


def _unless_zero(expr: Expr, other: Expr, number: int) -> Expr:
    return Map(WHERE, (Map(NOT_EQUAL, (expr, Constant(0))), other, Constant(number)))


def _all_axes(expr: Expr) -> Axes:
    return tuple(range(len(expr.shape)))
