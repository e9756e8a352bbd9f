"""What is subtracted for stability before a logsumexp is taken, such as the maximum.

It changes no value. Where it cancels, nothing is derived through it.
"""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Number, Reduce
from einsgrad.expressions.products import factors_of, fold_constants, is_ones_vector
from einsgrad.expressions.tables.reductions import LOGSUMEXP
from einsgrad.simplification.sums import collect, scaled, split_coefficient
from einsgrad.simplification.symmetry import simple_product
from einsgrad.strings.subscripts import Subscripts


def without_shift(node: Add) -> Expr:
    """Take a term out of a logsumexp where it merges with one outside: `c + logsumexp(x - c)`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, c = eg.variables("x[n] c")
    >>> total = eg.simplify(eg.logsumexp(x - c))
    >>> without_shift(total + c)
    logsumexp(x, axis=(0,))
    """
    for place, term in enumerate(node.terms):
        # Most sums have no such term, which is told without a call for each of them.
        kinds = set(map(type, term.operands)) if isinstance(term, Einsum) else {type(term)}
        found = _logsumexp(term) if Reduce in kinds else None
        if found is None:
            continue
        reduced, coefficient, core = found
        assert isinstance(reduced.operand, Add)
        others = _opened(node, place, reduced.operand)
        cores = {split_coefficient(other)[1] for other in others}
        for shift in reduced.operand.terms:
            inner = _without_axes(shift, reduced.axes)
            if inner is None:
                continue
            number, outside = split_coefficient(_put(core, reduced, inner))
            if outside in cores:
                rest = collect([t for t in reduced.operand.terms if t is not shift], shift)
                smaller = _put(core, reduced, Reduce(LOGSUMEXP, rest, reduced.axes))
                moved = [(coefficient, smaller), (coefficient * number, outside)]
                total = collect([*others, *(_times(*one) for one in moved)], node)
                return without_shift(total) if isinstance(total, Add) else total
    return node


def _times(number: Number, core: Expr) -> Expr:
    return core if number == 1 else scaled(number, core)


def _opened(node: Add, place: int, whole: Add) -> list[Expr]:
    """Return the other terms, with those of what the logsumexp is taken of in its place."""
    others = [*node.terms[:place], *node.terms[place + 1 :]]
    if whole not in others:
        return others
    return [*(one for one in others if one is not whole), *whole.terms]


def _logsumexp(term: Expr) -> tuple[Reduce, Number, Expr] | None:
    """Read a term as a number times the logsumexp of a sum, spread over axes that it lacks."""
    if isinstance(term, Reduce):
        coefficient: Number = 1
        core: Expr = term
        found: list[Expr] = [term]
    elif isinstance(term, Einsum):
        coefficient, core = split_coefficient(term)
        operands = factors_of(core)
        found = [one for one in operands if not is_ones_vector(one)]
    else:
        return None
    if len(found) != 1 or not isinstance(found[0], Reduce) or found[0].is_complex:
        return None
    reduced = found[0]
    if reduced.function is not LOGSUMEXP or not isinstance(reduced.operand, Add):
        return None
    return reduced, coefficient, core


def _put(core: Expr, old: Expr, new: Expr) -> Expr:
    """Put an expression in the place of the only factor of a product."""
    if core is old:
        return new
    assert isinstance(core, Einsum)
    return simple_product(
        Einsum(core.subscripts, tuple(new if one is old else one for one in core.operands))
    )


def _without_axes(term: Expr, axes: Sequence[int]) -> Expr | None:
    """Return a term without axes along which only ones spread it; None where others do."""
    if is_ones_vector(term):
        return Constant(1)
    if not isinstance(term, Einsum):
        return None
    output = term.subscripts.output
    gone = {output[axis] for axis in axes}
    pairs = list(zip(term.subscripts.inputs, term.operands, strict=True))
    kept = [pair for pair in pairs if not gone & set(pair[0])]
    if len(set(output)) < len(output) or not all(
        is_ones_vector(one) for indices, one in pairs if gone & set(indices)
    ):
        return None
    left = tuple(label for label in output if label not in gone)
    number, rest = fold_constants(
        Einsum(Subscripts(tuple(i for i, _ in kept), left), tuple(o for _, o in kept))
    )
    core = simple_product(rest) if rest.operands else Constant(1)
    return core if number == 1 else scaled(number, core)
