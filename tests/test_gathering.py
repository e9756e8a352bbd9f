"""`x[key]` with arrays of integers and masks: numpy's values, shapes, errors and pullbacks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy
from indexed_arrays import agrees, filled

import einsgrad as eg

LABELS = np.array([2, 0, 2, -1])


def kind_of_error(key, array):
    """Return the kind of error that numpy raises, if it does."""
    try:
        array[key]
    except (IndexError, ValueError) as error:
        return IndexError if isinstance(error, IndexError) else ValueError
    return None


def agrees_or_is_refused(key, shape):
    """Compare value and pullback with those of numpy, with `==`; or the kind of error."""
    array = filled(*shape)
    kind = kind_of_error(key, array)
    if kind is not None:
        with pytest.raises(eg.EinsgradError) as caught:
            eg.vjp(lambda x: x[key], array)
        assert isinstance(caught.value, kind)
        return
    agrees(key, shape)
    declared = eg.variables(f"x[{','.join(map(str, shape))}]")[0]
    assert np.array_equal(eg.evaluate(declared[key], x=array), array[key])


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
    agrees_or_is_refused(*case)


@given(st.data())
def test_arrays_of_integers_alone(data):
    shape = data.draw(of_numpy.array_shapes(min_dims=1, max_dims=3, max_side=5))
    agrees_or_is_refused(data.draw(of_numpy.integer_array_indices(shape)), shape)


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
    agrees_or_is_refused(FORMS[name], (3, 4, 3))


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


X, Y = np.sin(filled(3, 4)), np.cos(filled(4))
# Functions of numpy that select, with everything but the array constant.
SELECTING = {
    "take": lambda x: np.take(x, [0, 2, 2]),
    "take of an axis": lambda x: np.take(x, [[0, -1], [1, 1]], axis=1),
    "take of one": lambda x: np.take(x, 2, axis=0),
    "take by a method": lambda x: x.take([1, 0], 0),
    "take of truths": lambda x: np.take(x, [True, False], axis=1),
    "take_along_axis": lambda x: np.take_along_axis(x, LABELS.reshape(1, 4) % 3, 0),
    "take_along_axis of rows": lambda x: np.take_along_axis(x, np.array([[0], [1], [3]]), axis=1),
    "take_along_axis of all": lambda x: np.take_along_axis(x, np.array([7, 0, -1]), None),
    "take_along_axis stretched": lambda x: np.take_along_axis(
        x[:, :1], np.tile([2, 0], (4, 1)).T, 0
    ),
    "compress": lambda x: np.compress([False, True, True], x, axis=0),
    "compress of all": lambda x: np.compress([0, 1, 0, 2], x),
    "compress by a method": lambda x: x.compress([True, False, True, False], axis=1),
    "extract": lambda x: np.extract(X > 0, x),
    "choose": lambda x: np.choose(LABELS % 3, [x[0], x[1], 2.0]),
    "choose of entries": lambda x: np.choose([[0], [1], [1]], (x, 2 * x)),
    "select": lambda x: np.select([X > 0.5, X > 0], [x, 2 * x]),
    "select of conditions": lambda x: np.select([x > 0.5, x < -0.5], [x, -x], 7.0),
    "ix_": lambda x: x[np.ix_([2, 0], [False, True, True, False])],
    "sort": np.sort,
    "sort of columns": lambda x: np.sort(x, axis=0),
    "sort of all": lambda x: np.sort(x, axis=None),
    "argsort": lambda x: x[:, np.argsort(x[0])],
    "in order": lambda x: np.take_along_axis(x, np.argsort(x, axis=1), axis=1),
    "by a method": lambda x: x[:, x[1].argsort()[::-1]],
    "the largest": lambda x: x[np.arange(3), np.argmax(x, axis=1)],
    "the least": lambda x: x.ravel()[x.argmin()],
    "the largest kept": lambda x: np.take_along_axis(x, np.argmax(x, 1, keepdims=True), 1),
    "where it is largest": lambda x: x[np.unravel_index(np.argmax(x), x.shape)],
    "the middle": np.median,
    "the middle of rows": lambda x: np.median(x, axis=1),
    "the middle of columns": lambda x: np.median(x, axis=0, keepdims=True),
    "the middle of both": lambda x: np.median(x, axis=(0, 1)),
    "an order statistic": lambda x: np.partition(x, 2, axis=1)[:, 2],
    "flat": lambda x: x.flat[5] + sum(x.flat),
    "delete": lambda x: np.delete(x, 1, axis=1),
    "delete of several": lambda x: np.delete(x, [0, -1], axis=1),
    "delete of a slice": lambda x: np.delete(x, slice(None, None, 2), axis=0),
    "delete by a mask": lambda x: np.delete(x, [True, False, True, True], axis=1),
    "delete of all": lambda x: np.delete(x, [0, 5]),
    "insert": lambda x: np.insert(x, 1, Y, axis=0),
    "insert of a number": lambda x: np.insert(x, -1, 5.0, axis=1),
    "insert of itself": lambda x: np.insert(x, 2, x[0], axis=0),
    "insert at several": lambda x: np.insert(x, [0, 2, 2], 7.0, axis=1),
    "insert of several": lambda x: np.insert(x, [1, 3], x[:, :2], axis=1),
    "insert into all": lambda x: np.insert(x, 3, x[0, :2]),
    "insert at a slice": lambda x: np.insert(x, slice(0, 2), 1.0, axis=0),
}


@pytest.mark.parametrize("name", SELECTING)
def test_functions_that_select_are_numpys(name):
    function = SELECTING[name]
    value, pullback = eg.vjp(function, X)
    assert np.shape(value) == np.shape(function(X))
    assert np.allclose(value, function(X), rtol=1e-14)
    direction, cotangent = np.cos(3 * X), np.sin(1 + filled(*np.shape(value)))
    apart = [function(X + sign * 1e-6 * direction) for sign in (1, -1)]
    slope = np.sum(cotangent * (apart[0] - apart[1])) / 2e-6
    assert np.allclose(np.sum(pullback(cotangent)[0] * direction), slope, rtol=1e-6)
    _, tangent = eg.jvp(function, (X,), (direction,))
    assert np.allclose(np.sum(cotangent * tangent), slope, rtol=1e-6)


REFUSED = {
    "out of range": lambda x: np.take(x, 4, axis=1),
    "out of the whole": lambda x: np.take(x, [12]),
    "an unknown mode": lambda x: np.take(x, [0], mode="fold"),
    "floats": lambda x: np.take(x, [0.5]),
    "another axis": lambda x: np.take(x, 0, axis=2),
    "too few axes": lambda x: np.take_along_axis(x, np.array([0]), 0),
    "floats along": lambda x: np.take_along_axis(x, np.zeros((3, 1)), 1),
    "too large along": lambda x: np.take_along_axis(x, np.full((3, 1), 4), 1),
    "other sizes along": lambda x: np.take_along_axis(x, np.zeros((2, 1), int), 1),
    "a long condition": lambda x: np.compress([0, 0, 0, 1], x, axis=0),
    "a condition of two axes": lambda x: np.compress([[True]], x),
    "no choice": lambda x: np.choose([3, 0, 0, 0], [x[0], x[1]]),
    "other numbers of choices": lambda x: np.select([X > 0], [x, x]),
    "a far kth": lambda x: np.partition(x, 4, axis=1),
    "an unknown kind": lambda x: np.sort(x, kind="fast"),
    "delete out of range": lambda x: np.delete(x, 4, axis=1),
    "delete by a short mask": lambda x: np.delete(x, [True, False], axis=1),
    "insert out of range": lambda x: np.insert(x, 5, 0.0, axis=1),
    "insert of other sizes": lambda x: np.insert(x, [0, 1], np.ones((3, 3)), axis=1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_these_functions_do_not_take_is_refused(name):
    function = REFUSED[name]
    if name != "floats":
        with pytest.raises((IndexError, ValueError, TypeError)):
            function(X)
    with pytest.raises(eg.EinsgradError):
        eg.vjp(function, X)


def test_what_depends_on_data_is_refused_with_a_remedy():
    for function in (
        lambda x: np.compress(x[0] > 0, x, axis=1),
        lambda x: np.extract(x > 0, x),
        lambda x: np.delete(x, x > 0),
        lambda x: x[np.nonzero(x > 0)],
        np.unique,
        np.argwhere,
    ):
        with pytest.raises(eg.EinsgradError, match=r"[wW]here\(mask, x, 0\)|numpy\.unique"):
            eg.vjp(function, X)


def test_places_have_no_derivative_and_equal_entries_keep_their_order():
    x = np.array([2.0, 1.0, 2.0, 1.0])
    assert np.array_equal(eg.jit(np.argsort)(x), [1, 3, 0, 2])
    assert eg.jit(np.argmax)(x) == 0
    assert eg.jit(np.argmin)(x) == 1
    slope = eg.grad(lambda x: np.sum(np.argsort(x) * x))(x)
    assert np.array_equal(slope, [1, 3, 0, 2])
    slope = eg.grad(lambda x: np.sort(x) @ np.arange(4.0))(x)
    assert np.array_equal(slope, [2, 0, 3, 1])


def test_a_median_of_a_nan_is_nan():
    x = np.array([1.0, np.nan, 3.0])
    assert np.isnan(eg.jit(np.median)(x))
    assert eg.jit(np.median)(np.array([1.0, np.inf, 3.0])) == 3


def test_an_array_is_taken_from_at_traced_integers():
    table, labels = np.cos(filled(3, 2)), np.array([2, 0])
    function = eg.jit(lambda x, i: np.sum(x * eg.take(table, i, axis=0)))
    assert np.allclose(eg.grad(function)(np.ones(2), labels), table[labels].sum(0))
    for wrong in (
        lambda i: table[i],
        lambda i: table[0, i],
        lambda i: table[i:],
        lambda i: [1, 2][i],
    ):
        for index in (labels, np.int64(1)):
            with pytest.raises(eg.EinsgradError, match=r"einsgrad\.take\("):
                eg.jit(wrong)(index)


def test_derivatives_of_look_ups_are_checked_at_integers():
    W, labels, other = eg.variables("W[v,d] labels[b] other[b]")
    for expr in (
        W[labels],
        eg.sum(eg.tanh(W[labels]) ** 2),
        W[labels + 1, other],
        eg.sum(W[labels] @ W[other].T),
    ):
        assert eg.check_grads(expr).order == 2
    assert eg.check_grads(W[labels], {"W": filled(3, 2), "labels": LABELS}).order == 2
    loss = eg.sum(W[labels] ** 2)
    gradient = eg.grad(loss, W)
    assert eg.check(gradient, loss, W)
    assert not eg.check(3 * gradient, loss, W)


def test_entries_that_lack_an_axis_of_a_sum_are_not_put_into_it():
    matrix, _ = eg.variables("A[m,k] z")
    picked = matrix[:, np.array([0, -3, 3])]
    mixed = eg.sum(picked) * eg.exp(picked) - eg.sum(eg.exp(picked)) * picked
    value = eg.compile(eg.softmax(mixed, axis=1))
    data = np.random.default_rng(5).normal(size=(4, 4)) / 4
    found = eg.compile(eg.jacobian(eg.softmax(mixed, axis=1), matrix))(A=data)
    for at in np.ndindex(4, 4):
        step = np.zeros((4, 4))
        step[at] = 1e-6
        slope = (value(A=data + step) - value(A=data - step)) / 2e-6
        np.testing.assert_allclose(found[(..., *at)], slope, rtol=1e-6, atol=1e-8)
