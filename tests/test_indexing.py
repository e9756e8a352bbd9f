"""`x[key]` with integers, slices, `None`, `...`: numpy's values, shapes, errors and pullbacks."""

import itertools
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy
from indexed_arrays import agrees, filled

import einsgrad as eg
from einsgrad.expressions.dims import evaluated


@st.composite
def shapes_and_keys(draw):
    shape = draw(of_numpy.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
    key = draw(of_numpy.basic_indices(shape, allow_newaxis=True))
    return shape, key


@given(shapes_and_keys())
def test_an_index_selects_what_numpy_selects(case):
    shape, key = case
    agrees(key, shape)


BOUNDS = [None, -9, -4, -3, -1, 0, 1, 3, 4, 9]


@pytest.mark.parametrize("step", [None, 1, 2, 3, 7, -1, -2, -5])
def test_slices_are_clipped_as_those_of_numpy(step):
    for start, stop in itertools.product(BOUNDS, BOUNDS):
        agrees(slice(start, stop, step), (4,))


KEYS = [
    0,
    -1,
    np.int64(1),
    np.uint8(1),
    np.array(1),
    np.array(-2),
    (),
    (0,),
    (0, 1),
    ...,
    (..., 0),
    (0, ...),
    None,
    (None, 0),
    (0, None),
    (None, None),
    (..., None),
    (None, ..., None),
    (slice(None), None),
    (slice(None), 1),
    (slice(None, None, -1), slice(None, None, -1)),
    (slice(1, 1), 0),
    (slice(np.int64(1), None), slice(None, np.int8(-1))),
    (0, 0, ...),
    (0, ..., 0),
    (slice(True, None),),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_form_of_a_basic_index_is_numpys(key):
    agrees(key, (3, 4))


WRONG = [
    3,
    -4,
    (0, 4),
    (0, -5),
    (0, 0, 0),
    (..., ...),
    1.0,
    "a",
    (0, 1.5),
    np.float64(1),
    1j,
    {},
    object(),
    slice(1.5),
    slice(None, None, 0),
    slice("a", None),
    (slice(0, 2.0), 0),
    (None, 7),
    (3, None),
    (0, 0, None, 0),
]


@pytest.mark.parametrize("key", WRONG, ids=lambda key: str(key).partition(" at ")[0])
def test_what_numpy_refuses_is_refused_with_the_same_kind_of_error(key):
    with pytest.raises((IndexError, TypeError, ValueError)) as by_numpy:
        filled(3, 4)[key]
    with pytest.raises(eg.EinsgradError) as caught:
        eg.vjp(lambda x: x[key], filled(3, 4))
    assert isinstance(caught.value, by_numpy.type)


def test_an_index_out_of_range_is_named_with_axis_and_size():
    A, x = eg.variables("A[3,4] x[0]")
    with pytest.raises(eg.IndexingError) as caught:
        A[1, 4]
    assert str(caught.value) == (
        "index 4 is out of bounds for axis 1 of A[3,4], which has size 4. Give one from -4 to 3."
    )
    with pytest.raises(eg.IndexingError, match=r"size 0\. An empty axis has no entries"):
        x[0]
    with pytest.raises(eg.IndexingError, match=r"A\[3,4\] has 2 axes, and 3 are indexed"):
        A[0, 0, 0]


# Of an axis whose size is a name: each is read for all sizes at once.
NAMED = [
    0,
    2,
    -1,
    -3,
    slice(1, None),
    slice(None, -1),
    slice(1, -1),
    slice(2, -2),
    slice(None, 3),
    slice(1, 4),
    slice(-3, None),
    slice(-3, -1),
    slice(None, None, -1),
    slice(None, None, 1),
    slice(-2, None, -1),
    slice(None, 0, -1),
    slice(None, 1, -1),
    slice(3, None, -1),
    slice(3, 0, -2),
    slice(0, 4, 2),
    slice(0, 5, 3),
    slice(-4, None, 2),
    slice(-1, -5, -2),
    slice(2, 2),
    slice(3, 1),
    slice(-1, -2),
    slice(-3, 3),
    ...,
    None,
]


@pytest.mark.parametrize("key", NAMED, ids=str)
def test_a_dim_that_is_a_name_is_sliced_for_all_sizes(key):
    (x,) = eg.variables("x[n]")
    expr = x[key]
    for size in range(9):
        array = filled(size)
        try:
            expected = array[key]
        except IndexError:
            expected = None
        shape = tuple(evaluated(dim, {"n": size}) for dim in expr.shape)
        is_same = expected is not None and shape == expected.shape
        if is_same and size >= 4:
            assert np.array_equal(eg.evaluate(expr, x=array), expected)
        elif is_same:
            # numpy clips what leaves the axis, which is an error where its size is a name.
            with suppress(eg.IndexingError):
                assert np.array_equal(eg.evaluate(expr, x=array), expected)
        else:
            with pytest.raises(eg.EinsgradError):
                eg.evaluate(expr, x=array)


def test_a_slice_whose_size_is_no_linear_form_is_refused():
    x, y = eg.variables("x[n] y[n,m]")
    with pytest.raises(eg.ArgumentError, match="no linear form"):
        x[::2]
    with pytest.raises(eg.ArgumentError, match="no linear form"):
        y[:, ::-2]


def test_dims_that_are_names_have_no_length():
    x, y = eg.variables("x[n] y[3,n]")
    for use in (len, list, lambda x: [*x], lambda x: [*enumerate(x)], reversed, sum):
        with pytest.raises(eg.ArgumentTypeError, match="'n' is not known"):
            use(x)
    assert len(y) == 3
    assert [row.shape for row in y] == [("n",)] * 3


def unpacked(x):
    first, second, third = x
    return first * second + third


def unpacked_in_part(x):
    first, *rest = x
    return first + sum(rest)


# Over the first axis, as Python does with sequences.
ITERATED = {
    "unpacking": unpacked,
    "a starred rest": unpacked_in_part,
    "a list": lambda x: list(x)[1],
    "a tuple": lambda x: tuple(x)[-1],
    "a loop": lambda x: sum(row * number for number, row in enumerate(x)),
    "a sum": sum,
    "pairs": lambda x: sum(a * b for a, b in zip(x[1:], x, strict=False)),
    "backwards": lambda x: sum(n * row for n, row in enumerate(reversed(x))),
    "its length": lambda x: x[len(x) - 1],
    "an iterator": lambda x: next(iter(x)),
    "a comprehension": lambda x: [row**2 for row in x][2],
    "a range": lambda x: sum(x[i] for i in range(x.shape[0])),
}


@pytest.mark.parametrize("name", ITERATED)
@pytest.mark.parametrize("shape", [(3,), (3, 2), (3, 2, 2)])
def test_iteration_goes_over_the_first_axis(name, shape):
    array = filled(*shape)
    value, pullback = eg.vjp(ITERATED[name], array)
    assert np.allclose(value, ITERATED[name](array))
    direction = np.cos(array)
    _, tangent = eg.jvp(ITERATED[name], (array,), (direction,))
    cotangent = np.sin(filled(*np.shape(value)))
    assert np.allclose(np.sum(cotangent * tangent), np.sum(pullback(cotangent)[0] * direction))
    apart = [ITERATED[name](array + sign * 1e-6 * direction) for sign in (1, -1)]
    assert np.allclose(tangent, (apart[0] - apart[1]) / 2e-6)


def test_a_number_is_no_sequence():
    for use in (len, list, lambda x: x[0], lambda x: [*x]):
        with pytest.raises((TypeError, IndexError)) as by_numpy:
            use(np.array(2.0))
        with pytest.raises(eg.EinsgradError) as caught:
            eg.grad(use)(2.0)
        assert isinstance(caught.value, by_numpy.type)


def test_the_same_index_is_the_same_node():
    (x,) = eg.variables("x[5]")
    assert x[1:] is x[1:5] is x[-4:] is x[1:, ...]
    assert x[...] is x[:] is x[()] is x[0:5] is x
    assert x[2:2] is x[5:] is x[4:1]
    assert x[2] is x[-3] is x[(2,)]
