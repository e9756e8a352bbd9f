"""Reading one einsum: what is nested in it, its deltas, its numbers, its ones.

What is changed keeps value and shape.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import copysign, inf, isfinite, sqrt, ulp

from einsgrad.expressions.construct import from_product
from einsgrad.expressions.nodes import Constant, Einsum, Expr, Number, Pick
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Step
from einsgrad.strings.deltas import Product, as_product, contract
from einsgrad.strings.subscripts import Indices, Label, Subscripts, fresh_numbers

_EXACT = 2**53
_HUGE = 2**1023
# Products with such numbers are far from the ends of single precision, too.
_LARGEST, _SMALLEST = 2.0**64, 2.0**-64
# Of the fractions that a rounded product may be.
_LARGEST_DENOMINATOR = 12
# Of the numbers whose root it may be.
_LARGEST_SQUARE = 1000
# From here on the digits of a number are not those that a person types.
_UNENDING_DIGITS = 16


def opened(node: Einsum, chosen: Callable[[Einsum], bool] = lambda operand: True) -> Einsum:
    """Write the chosen nested einsums into the outer one, as far as their numbers may move."""
    fresh = fresh_numbers(node.subscripts.labels)
    inputs: list[Indices] = []
    operands: list[Expr] = []
    number = _number_of(node)
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        opens = isinstance(operand, Einsum) and chosen(operand)
        if opens and isinstance(operand, Einsum) and _may_move(operand, number, node):
            number = number * _number_of(operand)
            inner = operand.subscripts
            names: dict[Label, Label] = dict(zip(inner.output, indices, strict=True))
            names |= {label: next(fresh) for label in inner.summed}
            inputs.extend(inner.relabel(names).inputs)
            operands.extend(operand.operands)
        else:
            inputs.append(indices)
            operands.append(operand)
    return Einsum(Subscripts(tuple(inputs), node.subscripts.output).numbered(), tuple(operands))


def _number_of(node: Einsum) -> Number:
    """Return the product of the numbers of an einsum."""
    number: Number = 1
    if Constant in node.kinds:
        for operand in node.operands:
            if isinstance(operand, Constant):
                number = number * operand.value
    return number


def _may_move(inner: Einsum, number: Number, outer: Einsum) -> bool:
    """Tell whether the numbers of an einsum may stand in the outer one, which has a number."""
    own = _number_of(inner)
    if own in (1, -1) or folds(own, number):
        return True
    others = [operand for operand in outer.operands if not isinstance(operand, Constant | Delta)]
    return number in (1, -1) and len(others) == 1


def is_moderate(value: Number) -> bool:
    """Tell whether a number may be moved within a product: 0, or neither very large nor small.

    A very small factor can keep an overflow away from where it was written, and only there.

    Examples
    --------
    >>> is_moderate(-0.5), is_moderate(1e-200), is_moderate(0)
    (True, False, True)
    """
    return value == 0 or _SMALLEST <= abs(value) <= _LARGEST


def folds(one: Number, other: Number) -> bool:
    """Tell whether two factors may become one number wherever they stand in a product."""
    return is_moderate(one) and is_moderate(other) and is_moderate(one * other)


SELECTORS = (Affine, Step, Pick, Fourier)


def holds_selector(node: Einsum) -> bool:
    """Tell whether an einsum has a selector other than a delta."""
    return not node.kinds.isdisjoint(SELECTORS)


def selector_count(node: Einsum) -> int:
    """Count the selectors of an einsum other than deltas."""
    if not holds_selector(node):
        return 0
    return sum([isinstance(operand, SELECTORS) for operand in node.operands])


def contracted(node: Einsum) -> Product:
    """Contract all deltas of an einsum; the result may repeat labels within an operand.

    Factors keep the positions of the node's operands as their source. This is the form
    that is shown and evaluated: a delta is left only where the output needs it.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> print(contracted(build_einsum(Subscripts(((0, 0),), (0,)), (A,))).subscripts)
    00->0
    """
    if Delta not in node.kinds:
        return as_product(node.subscripts)
    deltas = [place for place, operand in enumerate(node.operands) if isinstance(operand, Delta)]
    return _contracted(node.subscripts, frozenset(deltas))


@lru_cache(maxsize=4096)
def _contracted(subscripts: Subscripts, deltas: frozenset[int]) -> Product:
    return contract(as_product(subscripts), deltas)


def contract_deltas(node: Einsum) -> Einsum:
    """Contract the deltas of an einsum as far as they go, keeping its factors in order."""
    if Delta not in node.kinds:
        return node
    return from_product(contracted(node), node.operands, node.dims)


def fold_constants(node: Einsum) -> tuple[Number, Einsum]:
    """Take the numbers out of an einsum: their product, and the einsum of the rest."""
    if Constant not in node.kinds:
        return 1, node
    coefficient: Number = 1
    inputs = []
    operands = []
    for indices, operand in zip(node.subscripts.inputs, node.operands, strict=True):
        if isinstance(operand, Constant):
            coefficient = product_of_numbers(coefficient, operand.value)
        else:
            inputs.append(indices)
            operands.append(operand)
    rest = Subscripts(tuple(inputs), node.subscripts.output)
    return tidy(coefficient), Einsum(rest.numbered(), tuple(operands))


def product_of_numbers(one: Number, other: Number) -> Number:
    """Multiply two numbers; a fraction that is one but for rounding is that.

    Examples
    --------
    >>> 3 * 0.1, product_of_numbers(3, 0.1), product_of_numbers(1, 0.7999999999999999)
    (0.30000000000000004, 0.3, 0.7999999999999999)
    """
    product = one * other
    is_rounded = isinstance(product, float) and not product.is_integer()
    if not is_rounded or abs(one) == 1 or abs(other) == 1:
        return product
    return without_rounding(product)


def tidy(value: Number) -> Number:
    """Write a whole float as an integer, so that 2 * 0.5 and 1 are the same factor.

    An integer beyond what floats hold exactly becomes one: its digits would grow without bound.
    """
    if isinstance(value, int) and abs(value) >= _EXACT:
        return float(value) if abs(value) < _HUGE else inf * (1 if value > 0 else -1)
    if isinstance(value, float) and isfinite(value) and abs(value) < _EXACT and value.is_integer():
        return int(value)
    return value


@lru_cache(maxsize=1024)
def without_rounding(value: Number) -> Number:
    """Return the small fraction, or its root, that a product of numbers is but for rounding.

    Examples
    --------
    >>> 3**0.5 * 3**0.5, without_rounding(3**0.5 * 3**0.5)
    (2.9999999999999996, 3)
    """
    if not isinstance(value, float) or not isfinite(value):
        return tidy(value)
    near, square = small_fraction(value), small_fraction(value * value)
    if near is not None:
        return near.numerator if near.denominator == 1 else near.numerator / near.denominator
    if square is not None and square.numerator <= _LARGEST_SQUARE:
        root = copysign(sqrt(square.numerator / square.denominator), value)
        return root if abs(root - value) <= 2 * ulp(value) else value
    return tidy(value)


@lru_cache(maxsize=1024)
def small_fraction(value: float) -> Fraction | None:
    """Return the fraction with a small denominator that a number is but for rounding, if any.

    Examples
    --------
    >>> small_fraction(2**0.5), small_fraction(2**0.5 * 2**0.5)
    (None, Fraction(2, 1))
    """
    near = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
    is_near = abs(near.numerator / near.denominator - value) <= 2 * ulp(value)
    return near if near and is_near else None


def is_unending(value: Number) -> bool:
    """Tell whether a number is none that a person types in digits: √2, but no fraction.

    Examples
    --------
    >>> is_unending(2**0.5), is_unending(0.3), is_unending(1 / 3)
    (True, False, False)
    """
    if not isinstance(value, float) or len(repr(value)) < _UNENDING_DIGITS:
        return False
    return isfinite(value) and small_fraction(value) is None


def is_ones_vector(expr: Expr) -> bool:
    """Tell whether an expression is a delta of one index: a vector of ones."""
    return isinstance(expr, Delta) and expr.order == 1


def is_labelled_delta(expr: Expr) -> bool:
    """Tell whether an expression is a delta with indices, which a size is not."""
    return isinstance(expr, Delta) and expr.order > 0


def is_one_everywhere(expr: Expr) -> bool:
    """Tell whether every entry of an expression is 1, as far as its form shows.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> spread = build_einsum(Subscripts(((0,), (1,)), (0, 1)), (Delta("m", 1), Delta("n", 1)))
    >>> row_sums = build_einsum(Subscripts(((0,), (1,)), (0,)), (Delta("m", 1), Delta("n", 1)))
    >>> is_one_everywhere(spread), is_one_everywhere(row_sums)
    (True, False)
    """
    products: set[Einsum] = set()
    waiting = [expr]
    while waiting:
        match waiting.pop():
            case Constant(value=1) | Delta(order=1):
                pass
            case Einsum(operands=operands) as node:
                if node not in products:
                    products.add(node)
                    waiting.extend(operands)
            case _:
                return False
    return not any(node.subscripts.summed for node in products)


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the operands of a product, and another expression as the only one.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ())
    >>> factors_of(x * x), factors_of(x)
    ((x, x), (x,))
    """
    return expr.operands if isinstance(expr, Einsum) else (expr,)


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
