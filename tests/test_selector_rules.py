"""Contraction of selectors: it never changes a value, and it ends in one form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.construct import build_einsum, zeros
from einsgrad.expressions.dims import evaluated, linear
from einsgrad.expressions.nodes import Add, Einsum, Pick, Variable
from einsgrad.expressions.products import selector_count
from einsgrad.expressions.selecting import placed, viewed
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.simplification.asking import is_symmetric
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
    for variable in (X, Y, Z, A, B, G, C):
        shape = [evaluated(dim, {N: size}) for dim in variable.shape]
        arrays[variable.name] = 1 + (np.arange(np.prod(shape)) ** 3 % 997).reshape(shape)
    return plain_value(expr, arrays, {N: size})


X, Y, Z = Variable("x", (N,)), Variable("y", (4,)), Variable("z", (5,))
C = Variable("c", (4,), frozenset({"complex"}))
A, B, G = Variable("A", (N, N)), Variable("B", (24,)), Variable("G", (N, 4))


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


def cut(expr, low=0, high=0, axis=0):
    """Leave entries out in front and behind."""
    return viewed(expr, axis, [linear((1, expr.shape[axis]), (-low - high, 1))], [1], low)


def padded(expr, low=0, high=0, axis=0):
    return placed(expr, axis, linear((1, expr.shape[axis]), (low + high, 1)), 1, low)


def flipped(expr):
    return viewed(expr, 0, expr.shape[:1], [-1], linear((1, expr.shape[0]), (-1, 1)))


def stepped(expr, stride, count):
    return viewed(expr, 0, [count], [stride])


def joined(one, other):
    whole = linear((1, one.shape[0]), (1, other.shape[0]))
    return placed(one, 0, whole) + placed(other, 0, whole, offset=one.shape[0])


def picked(expr, entries):
    numbers = Integers((len(entries),), tuple(entries))
    lists = Subscripts(((0, 1), (0,)), (1,))
    return build_einsum(lists, (Pick(expr.shape[0], numbers), expr))


def entry(expr, place):
    return viewed(expr, 0, [], [], place)


def banded(matrix, *steps):
    """Keep the entries of a matrix where steps are 1, each as it is or turned."""
    lists = tuple((1, 0) if turned else (0, 1) for turned, _ in steps)
    dim = matrix.shape[0]
    masks = tuple(Step(dim, dim, offset) for _, offset in steps)
    return build_einsum(Subscripts(((0, 1), *lists), (0, 1)), (matrix, *masks))


def transformed(expr, conjugated):
    lists = Subscripts(((0, 1), (1,)), (0,))
    return build_einsum(lists, (Fourier(expr.shape[0], conjugated), expr))


def windows(expr, size):
    rest = linear((1, expr.shape[0]), (1 - size, 1))
    return viewed(expr, 0, [rest, size], [1, 1])


SAME = {
    "a slice of a slice": (cut(cut(X, 1), 2), cut(X, 3)),
    "of sizes": (cut(cut(Z, 1), 2, 1), cut(Z, 3, 1)),
    "slices from both ends": (cut(cut(X, 1, 2), 1, 1), cut(X, 2, 3)),
    "every third of every second": (stepped(stepped(B, 2, 12), 3, 4), stepped(B, 6, 4)),
    "flipped twice": (flipped(flipped(X)), X),
    "a slice between flips": (flipped(cut(flipped(X), 1, 2)), cut(X, 2, 1)),
    "what was padded is cut": (cut(padded(X, 2, 1), 2, 1), X),
    "cut less than it was padded": (cut(padded(X, 2, 1), 1, 1), padded(X, 1)),
    "cut more than it was padded": (cut(padded(X, 2), 3), cut(X, 1)),
    "padded twice": (padded(padded(X, 1, 2), 3), padded(X, 4, 2)),
    "an entry of a slice": (entry(cut(X, 2), 3), entry(X, 5)),
    "an entry of a flip": (entry(flipped(X), 0), viewed(X, 0, [], [], shifted(-1))),
    "an entry of the padding": (entry(padded(X, 2), 1), zeros(())),
    "the first part": (viewed(joined(X, Y), 0, [N], [1]), X),
    "the second part": (viewed(joined(X, Y), 0, [4], [1], N), Y),
    "within a part": (viewed(joined(X, Y), 0, [2], [1], shifted(1)), cut(Y, 1, 1)),
    "differences of differences": (
        cut(cut(X, 1) - cut(X, 0, 1), 1) - cut(cut(X, 1) - cut(X, 0, 1), 0, 1),
        cut(X, 2) - 2 * cut(X, 1, 1) + cut(X, 0, 2),
    ),
    "a slice of a difference": (cut(cut(X, 1) - cut(X, 0, 1), 1), cut(X, 2) - cut(X, 1, 1)),
    "reshaped and back": (reshape(reshape(B, 2, 12), 24), B),
    "reshaped by way of others": (reshape(reshape(B, 6, 4), 2, 3, 4), reshape(B, 2, 3, 4)),
    "reshaped from one to another": (reshape(reshape(B, 4, 6), 3, 8), reshape(B, 3, 8)),
    "windows of a slice": (windows(cut(X, 1), 3), viewed(X, 0, [shifted(-3), 3], [1, 1], 1)),
    "windows, sources exchanged": (
        permute(viewed(X, 0, [3, shifted(-2)], [1, 1]), (1, 0)),
        windows(X, 3),
    ),
    "windows from behind": (flipped(viewed(X, 0, [N], [-1], shifted(-1))), X),
    "numbers that grow evenly": (picked(B, [0, 2, 4]), stepped(B, 2, 3)),
    "all numbers": (picked(Y, range(4)), Y),
    "numbers from behind": (picked(Y, [-1, -2, -3, -4]), flipped(Y)),
    "numbers of a slice": (picked(cut(B, 2), [0, 3, 1]), picked(B, [2, 5, 3])),
    "a slice of numbers": (cut(picked(B, [0, 3, 1, 7]), 1), picked(B, [3, 1, 7])),
    "the part of two triangles": (
        banded(A, (False, 0), (True, 0)),
        banded(A, (True, 0), (False, 0)),
    ),
    "a narrower triangle": (banded(A, (False, 0), (False, 2)), banded(A, (False, 2))),
    "triangles that do not meet": (banded(A, (False, 1), (True, 0)), zeros((N, N))),
    "transformed and back": (
        build_einsum(
            Subscripts(((0, 1), (1, 2), (2,)), (0,)), (Fourier(4, True), Fourier(4, False), C)
        ),
        4 * C,
    ),
    "the sum of a transform": (
        build_einsum(Subscripts(((0, 1), (1,)), ()), (Fourier(4, False), C)),
        4 * entry(C, 0),
    ),
    "a slice of columns of a transpose": (
        cut(permute(G, (1, 0)), 1),
        permute(cut(G, 1, axis=1), (1, 0)),
    ),
    "of a multiple": (cut(2 * X, 1), 2 * cut(X, 1)),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_equal_is_one_node(name):
    one, other = SAME[name]
    assert simplify_expr(one) is simplify_expr(other)
    assert np.allclose(values_of(one, 7), values_of(other, 7))
    assert np.allclose(values_of(simplify_expr(one), 7), values_of(one, 7))


def test_a_real_array_that_is_transformed_and_back_stays_complex():
    back = transformed(transformed(Y, False), True)
    assert simplify_expr(back).is_complex
    assert np.allclose(values_of(simplify_expr(back), 2), 4 * values_of(Y, 2))


def test_two_triangles_leave_the_diagonal():
    diagonal = build_einsum(Subscripts(((0, 1), (0, 1)), (0, 1)), (A, Delta(N, 2)))
    assert simplify_expr(banded(banded(A, (True, 0)), (False, 0))) is simplify_expr(diagonal)


DIFFERENCE = cut(X, 1) - cut(X, 0, 1)
CURVES = {
    "of squares": eg.sum(DIFFERENCE**2),
    "of a function": eg.sum(eg.tanh(DIFFERENCE)),
    "of products": eg.sum(cut(X, 1) * cut(X, 0, 1) ** 2),
    "of a valley": eg.sum(100 * (cut(X, 1) - cut(X, 0, 1) ** 2) ** 2 + (1 - cut(X, 0, 1)) ** 2),
    "of second differences": eg.sum((cut(X, 2) - 2 * cut(X, 1, 1) + cut(X, 0, 2)) ** 2),
}


@pytest.mark.parametrize("name", CURVES)
def test_hessians_of_neighbours_are_bands_that_are_recognised_as_symmetric(name):
    hessian = eg.hessian(CURVES[name], X)
    assert is_symmetric(hessian)
    assert isinstance(hessian, Add)
    assert all(isinstance(term, Affine | Einsum) for term in hessian.terms)


def test_the_gradient_of_differences_is_two_shifts_of_one_sum():
    gradient = eg.grad(eg.sum(DIFFERENCE**2), X)
    assert isinstance(gradient, Add)
    sums = {part for term in gradient.terms for part in term.operands if isinstance(part, Add)}
    assert len(gradient.terms) == 2
    assert sums == {simplify_expr(DIFFERENCE)}


def checked(expr, place):
    return viewed(expr, 0, [], [], place, checked=True)


def test_what_may_leave_its_axis_is_checked_until_it_is_decided():
    def is_checked(expr):
        return [one.checked for one in simplify_expr(expr).operands if isinstance(one, Affine)]

    assert is_checked(checked(X, 3)) == [True]
    assert is_checked(checked(cut(X, 1), 2)) == [True]
    assert simplify_expr(checked(cut(X, 1), 2)) is simplify_expr(checked(X, 3))
    assert simplify_expr(cut(viewed(X, 0, [5], [1], checked=True), 1, 1)) is simplify_expr(
        viewed(X, 0, [3], [1], 1, checked=True)
    )
    assert is_checked(checked(padded(X, 2, 2), 3)) == [False]
    padding = viewed(padded(X, 4), 0, [3], [1], 1, checked=True)
    assert simplify_expr(padding) is simplify_expr(zeros((3,)))


@pytest.mark.parametrize("count", [4, 16])
def test_a_row_of_slices_stays_one_slice(count):
    row = X
    for _ in range(count):
        row = cut(row, 1)
    assert simplify_expr(row) is simplify_expr(cut(X, count))
