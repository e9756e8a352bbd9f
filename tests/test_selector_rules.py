"""Contraction of selectors: it never changes a value, and it ends in one form."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import evaluated, linear
from einsgrad.expressions.nodes import Einsum, Variable
from einsgrad.expressions.products import selector_count
from einsgrad.expressions.selecting import placed, viewed
from einsgrad.expressions.selectors import Affine, Delta, Step
from einsgrad.simplification.simplify import simplify_expr, simplify_node
from einsgrad.strings.subscripts import Subscripts
from tests.plain import plain_value

N = "n"
SIZES = (1, 2, 3, 4, 5)


def shifted(number, factor=1):
    return linear((factor, N), (number, 1))


DIMS = [0, 1, 2, 3, 4, 5, 6, N, shifted(-1), shifted(1), shifted(2), shifted(0, 2)]
OFFSETS = [-3, -2, -1, 0, 0, 0, 1, 2, 3, N, shifted(-1), linear((-1, N), (1, 1))]
STRIDES = [-2, -1, 1, 1, 1, 1, 2, 3, 0]


def values_of(expr, size):
    """Evaluate an expression with whole numbers in its variables, all different."""
    arrays = {}
    for name, dim in (("x", N), ("y", 4), ("z", 5)):
        arrays[name] = 1 + 7 ** np.arange(evaluated(dim, {N: size}))
    arrays["M"] = np.arange(3 * size).reshape(size, 3) + 1
    return plain_value(expr, arrays, {N: size})


X, Y, Z, M = Variable("x", (N,)), Variable("y", (4,)), Variable("z", (5,)), Variable("M", (N, 3))


def assert_kept(expr):
    simple = simplify_expr(expr)
    assert simple.shape == expr.shape
    # Of three equations or more it depends on their order which are solved for an index.
    if not isinstance(expr, Einsum) or selector_count(expr) < 3:
        assert simplify_node(simple) is simple
    for size in SIZES:
        assert np.array_equal(values_of(simple, size), values_of(expr, size))


@st.composite
def products(draw):
    """Draw a product of selectors and of vectors, over labels with dims of all kinds."""
    dims = draw(st.lists(st.sampled_from(DIMS), min_size=2, max_size=5))
    labels = st.integers(0, len(dims) - 1)
    factors = []
    for _ in range(draw(st.integers(1, 3))):
        chosen = draw(st.lists(labels, min_size=1, max_size=3, unique=True))
        sources = tuple(dims[label] for label in chosen[1:])
        strides = tuple(draw(st.sampled_from(STRIDES)) for _ in sources)
        offset = draw(st.sampled_from(OFFSETS))
        if len(chosen) == 2 and draw(st.integers(0, 2)) == 0:
            factors.append((tuple(chosen), Step(dims[chosen[0]], *sources, offset)))
        else:
            factors.append((tuple(chosen), Affine(dims[chosen[0]], sources, strides, offset)))
    for variable in (X, Y, Z):
        fitting = [label for label, dim in enumerate(dims) if (dim,) == variable.shape]
        if fitting and draw(st.booleans()):
            factors.append(((draw(st.sampled_from(fitting)),), variable))
    for one, other in draw(st.lists(st.tuples(labels, labels), max_size=1)):
        if dims[one] == dims[other] and one != other:
            factors.append(((one, other), Delta(dims[one], 2)))
    held = sorted({label for indices, _ in factors for label in indices})
    output = draw(st.lists(st.sampled_from(held), unique=True, max_size=3))
    subscripts = Subscripts(tuple(indices for indices, _ in factors), tuple(output))
    return build_einsum(subscripts, [operand for _, operand in factors])


@given(products())
def test_contracting_keeps_the_value_for_all_sizes(product):
    assert_kept(product)


@st.composite
def chains(draw):
    """Draw views of paddings of views of a vector, and sums of two of one shape."""
    expr = draw(st.sampled_from([X, Y, Z]))
    for _ in range(draw(st.integers(1, 4))):
        dim, offset = draw(st.sampled_from(DIMS)), draw(st.sampled_from(OFFSETS))
        stride = draw(st.sampled_from([-1, 1, 1, 1, 2]))
        if draw(st.booleans()):
            expr = viewed(expr, 0, [dim], [stride], offset)
        else:
            other = placed(expr, 0, dim, stride, offset)
            expr = other + other * 2 if draw(st.booleans()) else other
            if draw(st.booleans()):
                expr = expr - placed(Y, 0, dim, 1, draw(st.sampled_from(OFFSETS)))
    return expr


@given(chains())
def test_views_of_paddings_of_sums_keep_their_values(chain):
    assert_kept(chain)
