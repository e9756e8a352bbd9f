"""`x[key]` with arrays of integers and masks: numpy's values, shapes, errors and pullbacks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

import einsgrad as eg

LABELS = np.array([2, 0, 2, -1])


def filled(*shape):
    """Return an array of different whole numbers."""
    return np.arange(1.0, 1 + math.prod(shape)).reshape(shape)


def kind_of_error(key, array):
    """Return the kind of error that numpy raises, if it does."""
    try:
        array[key]
    except (IndexError, ValueError) as error:
        return IndexError if isinstance(error, IndexError) else ValueError
    return None


def agrees(key, shape):
    """Compare value and pullback with those of numpy, with `==`; or the kind of error."""
    array = filled(*shape)
    kind = kind_of_error(key, array)
    if kind is not None:
        with pytest.raises(eg.EinsgradError) as caught:
            eg.vjp(lambda x: x[key], array)
        assert isinstance(caught.value, kind)
        return
    expected = array[key]
    value, pullback = eg.vjp(lambda x: x[key], array)
    assert np.shape(value) == np.shape(expected)
    assert np.array_equal(value, expected)
    cotangent = filled(*np.shape(expected))
    pulled = np.zeros(shape)
    np.add.at(pulled, key, cotangent)
    assert np.array_equal(pullback(cotangent)[0], pulled)
    declared = eg.variables(f"x[{','.join(map(str, shape))}]")[0]
    assert np.array_equal(eg.evaluate(declared[key], x=array), expected)


@st.composite
def integer_arrays(draw, size, shape):
    """Draw integers for an axis, in a shape that broadcasts to another one."""
    own = [draw(st.sampled_from([n, n, 1])) for n in shape[draw(st.integers(0, len(shape))) :]]
    count = math.prod(own)
    entries = draw(st.lists(st.integers(-size, size - 1), min_size=count, max_size=count))
    kind = draw(st.sampled_from([np.int64, np.int8, np.intp]))
    return np.array(entries, dtype=kind).reshape(own)


@st.composite
def keys(draw):
    """Draw a shape, and an index with parts of every kind."""
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    common = tuple(draw(st.lists(st.integers(0, 3), max_size=2)))
    parts, axis = [], 0
    while axis < len(shape):
        kind = draw(st.sampled_from(["array"] * 4 + ["slice", "int", "None", "mask", "end"]))
        size = shape[axis]
        if kind == "end":
            break
        if kind == "None":
            parts.append(None)
            continue
        if kind == "array":
            parts.append(draw(integer_arrays(size, common)))
        elif kind == "slice":
            parts.append(draw(st.slices(size)))
        elif kind == "int":
            parts.append(draw(st.integers(-size, size - 1)))
        else:
            rank = draw(st.integers(1, len(shape) - axis))
            parts.append(draw(of_numpy.arrays(bool, shape[axis : axis + rank])))
            axis += rank - 1
        axis += 1
    if draw(st.booleans()):
        # In the place of axes that are not read, or of none.
        parts.insert(draw(st.integers(0, len(parts))) if axis == len(shape) else len(parts), ...)
    return tuple(parts), shape


@given(keys())
def test_arrays_slices_and_masks_mix_as_in_numpy(case):
    agrees(*case)


@given(st.data())
def test_arrays_of_integers_alone(data):
    shape = data.draw(of_numpy.array_shapes(min_dims=1, max_dims=3, max_side=5))
    agrees(data.draw(of_numpy.integer_array_indices(shape)), shape)


AT, TO = np.array([0, 2]), np.array([1, 3, 0])
FORMS = {
    "a list": [2, 0],
    "a list in a tuple": ([2, 0],),
    "nested lists": [[0, 1], [2, 2]],
    "a list of nothing": [],
    "nested lists of nothing": ([[]], 0),
    "a range": range(2),
    "unsigned": np.array([0, 2], np.uint8),
    "counted from the end": np.array([-1, -3]),
    "without axes": (np.array(1), [0, 1]),
    "pairs": (AT, AT),
    "an outer product": (AT[:, None], TO),
    "apart": (AT, None, AT),
    "apart by a slice": (AT, slice(None), AT),
    "apart by dots that stand for nothing": (slice(None), AT, ..., AT),
    "a number beside": (0, slice(None), AT),
    "a number beside it": (slice(None), 1, AT),
    "a number of numpy": (np.int64(1), slice(None), AT),
    "after a slice": (slice(1, None), AT),
    "stepped": (slice(None, None, -2), AT),
    "new axes": (None, AT, None, slice(None), None),
    "a mask": np.array([True, False, True]),
    "a mask that is a list": [True, False, True],
    "a mask of two axes": filled(3, 4) % 3 == 0,
    "a mask of the last axis": (..., np.array([True, False, True])),
    "a mask and a list": ([True, False, True], [0, 1]),
    "masks": ([True, False, True], [True, False, False, True]),
    "a mask of nothing": np.zeros(3, bool),
    "ix_": np.ix_([0, 2], [True, False, True, False], [1]),
    "true": True,
    "false": False,
    "true beside": (slice(None), True, AT),
    "true apart": (True, slice(None), AT),
    "none of them": (False, AT[:1]),
    "nonzero": (filled(3, 4) > 5).nonzero(),
    "triangle": (slice(None), *np.tril_indices(3)),
    "too large": [0, 3],
    "too small": [0, -4],
    "too large, of none": ([7], []),
    "too many": (AT, AT, AT, AT),
    "too many by a mask": (0, np.ones((4, 3), bool), 0),
    "another size": ([0, 1], [0, 1, 2]),
    "a mask that is too short": [True, False],
    "a mask of another axis": (slice(None), [True, False, True]),
    "a mask that is too long": np.ones((3, 5), bool),
    "floats": [0.0, 1.0],
    "floats of numpy": np.ones(2),
    "no floats": np.ones(0),
    "complex": np.ones(2, complex),
    "texts": ["a"],
    "objects": np.array([None]),
    "lists of several lengths": [[0, 1], [2]],
    "a list with a slice": [slice(None), 1],
    "two dots": (..., AT, ...),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_an_advanced_index_is_numpys(name):
    agrees(FORMS[name], (3, 4, 3))


def test_messages_name_the_index_and_the_axis():
    A, W = eg.variables("A[3,4] W[v,d]")
    for key, said in [
        ((0, [1, 4]), r"index 4 is out of bounds for axis 1 of A\[3,4\], which has size 4"),
        ([True, False], r"did not match A\[3,4\] along axis 0: its size is 3, that of the mask 2"),
        (([0, 1], [0, 1, 2]), r"could not be broadcast together with shapes \(2\) \(3\)"),
        (A > 1, r"Use where\(mask, x, 0\)"),
        (eg.exp(A), r"must be of integer \(or boolean\) type"),
        ([A, A], r"numpy\.stack"),
    ]:
        with pytest.raises(eg.IndexingError, match=said):
            A[key]
    with pytest.raises(eg.IndexingError, match="its size is v, that of the mask 2"):
        W[[True, False]]


def test_a_mask_that_depends_on_the_arguments_is_refused():
    x = filled(4)
    for function in (lambda x: x[x > 2], lambda x: x[np.logical_and(x > 1, x < 3)]):
        with pytest.raises(eg.IndexingError, match=r"Use where\(mask, x, 0\)"):
            eg.grad(lambda x: np.sum(function(x)))(x)  # noqa: B023
    with pytest.raises(eg.IndexingError, match="Use where"):
        eg.jit(lambda x, mask: x[mask])(x, x > 2)
    assert np.array_equal(eg.vjp(lambda y: y[x > 2], x)[0], x[x > 2])


def loss(W, labels):
    return np.sum(np.tanh(W[labels]) ** 2)


def slope_by_numpy(W, labels):
    found = np.zeros_like(W)
    value = np.tanh(W[labels])
    np.add.at(found, labels, 2 * value * (1 - value**2))
    return found


def test_labels_are_arguments_without_a_derivative():
    W = np.sin(filled(3, 2))
    for labels in (LABELS, LABELS.reshape(2, 2), LABELS.astype(np.int8), LABELS[:0], np.int64(1)):
        assert np.allclose(eg.grad(loss)(W, labels), slope_by_numpy(W, labels))
        assert np.allclose(eg.grad(eg.jit(loss))(W, labels), slope_by_numpy(W, labels))
    assert np.allclose(eg.grad(loss)(W, [0, 1]), slope_by_numpy(W, [0, 1]))


def test_other_labels_are_no_reason_to_trace_again():
    traces = []

    def counted(W, labels):
        traces.append(labels)
        return loss(W, labels)

    W = np.sin(filled(3, 2))
    jitted = eg.jit(counted)
    slope = eg.grad(jitted)
    for labels in (LABELS, LABELS[::-1].copy(), np.zeros(4, int)):
        assert np.allclose(jitted(W, labels), loss(W, labels))
        assert np.allclose(slope(W, labels), slope_by_numpy(W, labels))
    assert len(traces) == 1


def test_declared_variables_are_indices_by_name():
    W, labels, other = eg.variables("W[v,d] labels[b] other[b]")
    E = W[labels]
    assert E.shape == ("b", "d")
    assert W[labels, other].shape == ("b",)
    assert W[labels[:, None], other].shape == ("b", "b")
    table = np.sin(filled(5, 2))
    slope = eg.compile(eg.grad(eg.sum(eg.tanh(E) ** 2), W))
    assert np.allclose(slope(W=table, labels=LABELS), slope_by_numpy(table, LABELS))
    pairs = eg.evaluate(W[labels, other], W=table, labels=LABELS, other=[1, 0, 1, 1])
    assert np.array_equal(pairs, table[LABELS, [1, 0, 1, 1]])


# Indices that are computed of integers, within a trace.
COMPUTED = {
    "shifted": lambda W, i: W[i + 1],
    "negative": lambda W, i: W[-i],
    "reversed": lambda W, i: W[len(W) - 1 - i],
    "doubled": lambda W, i: W[2 * i],
    "of another": lambda W, i: W[i][i],
    "a part of them": lambda W, i: W[i[1:]],
    "one of them": lambda W, i: W[i[0]] * W[i[-1], 1],
    "unpacked": lambda W, i: sum(W[one] for one in i),
    "chosen": lambda W, i: W[np.where(i > 0, i, 2)],
    "bounded": lambda W, i: W[np.minimum(i, 1)],
    "counted": lambda W, i: W[np.sum(i > 0)],
    "a comparison as a number": lambda W, i: W[(i > 0) * 1],
    "squared": lambda W, i: W[i**2],
    "a maximum": lambda W, i: W[np.max(i)],
}


@pytest.mark.parametrize("name", COMPUTED)
def test_an_index_may_be_computed_of_integers(name):
    W, i = np.sin(filled(6, 2)), np.array([0, 2, 1, 2])
    function = eg.jit(COMPUTED[name])
    assert np.allclose(function(W, i), COMPUTED[name](W, i))
    value, pullback = eg.vjp(function, W, i, wrt=[0])
    cotangent = np.cos(filled(*np.shape(value)))
    direction = np.sin(W)
    # Each of them is linear in W, but for one, of which this is the derivative, too.
    apart = [COMPUTED[name](W + sign * 0.5 * direction, i) for sign in (1, -1)]
    assert np.allclose(
        np.sum(pullback(cotangent)[0] * direction), np.sum(cotangent * (apart[0] - apart[1]))
    )
