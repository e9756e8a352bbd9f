"""`x.at[key].set(value)` and its kin: what writing in place is in numpy; writing is refused."""

import math

import numpy as np
import pytest

import einsgrad as eg


def filled(*shape):
    """Return an array of different numbers, none of them 0."""
    return np.sin(np.arange(1.0, 1 + math.prod(shape))).reshape(shape)


KEYS = {
    "a slice": slice(1, None),
    "steps": slice(None, None, 2),
    "backwards": slice(None, None, -1),
    "one": 1,
    "an entry": (2, -1),
    "a column": (slice(None), 0),
    "dots": (..., slice(1, 3)),
    "a new axis": (None, 0),
    "all": ...,
    "nothing": slice(0, 0),
    "integers": [2, 0],
    "pairs": ([2, 0], [1, 3]),
    "an open mesh": np.ix_([0, 2], [1, 3]),
    "a mask": np.array([True, False, True]),
    "a mask of all": filled(3, 4) > 0,
}
OPERATIONS = {
    "set": np.copyto,
    "add": lambda part, value: np.add(part, value, out=part),
    "subtract": lambda part, value: np.subtract(part, value, out=part),
    "multiply": lambda part, value: np.multiply(part, value, out=part),
    "divide": lambda part, value: np.divide(part, value, out=part),
    "power": lambda part, value: np.power(part, value, out=part),
    "min": lambda part, value: np.minimum(part, value, out=part),
    "max": lambda part, value: np.maximum(part, value, out=part),
}


def in_place(x, key, name, value):
    x = x.copy()
    part = np.array(x[key])
    OPERATIONS[name](part, value)
    x[key] = part
    return x


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_update_is_what_numpy_does_in_place(name, key):
    key = KEYS[key]
    x = filled(3, 4) ** 2 if name == "power" else filled(3, 4)
    for value in (np.cos(filled(*x[key].shape)), 1.5):

        def updated(x, value):
            return getattr(x.at[key], name)(value)

        found = eg.vjp(updated, x, value)
        assert np.allclose(found[0], in_place(x, key, name, value), rtol=1e-14)
        cotangent = np.cos(3 * filled(3, 4))
        slopes = found[1](cotangent)
        directions = np.sin(2 * x), np.cos(np.asarray(value))
        apart = [
            in_place(x + h * directions[0], key, name, value + h * directions[1])
            for h in (1e-6, -1e-6)
        ]
        expected = np.sum(cotangent * (apart[0] - apart[1])) / 2e-6
        moved = sum(np.sum(s * d) for s, d in zip(slopes, directions, strict=True))
        assert np.allclose(moved, expected, rtol=1e-6, atol=1e-8)


def test_get_is_the_index_itself():
    x = filled(3, 4)
    for key in KEYS.values():
        assert np.array_equal(eg.vjp(lambda x: x.at[key].get(), x)[0], x[key])  # noqa: B023


def test_entries_that_stand_twice_are_added_twice():
    x, labels = filled(4), np.array([0, 2, 0])
    expected = x.copy()
    np.add.at(expected, labels, [1.0, 2.0, 4.0])
    values = np.array([1.0, 2.0, 4.0])
    assert np.allclose(eg.jit(lambda x, i, v: x.at[i].add(v))(x, labels, values), expected)
    assert np.array_equal(eg.jit(lambda x, i: x.at[i].set(7.0))(x, labels), [7, x[1], 7, x[3]])
    for change in (
        lambda x, i: x.at[labels].set(values),
        lambda x, i: x.at[i].set(values),
        lambda x, i: x.at[[1, 1]].multiply(2.0),
        lambda x, i: x.at[[1, -3]].max(values[:2]),
    ):
        with pytest.raises(eg.IndexingError, match=r"\.add\(value\)"):
            eg.jit(change)(x, labels)


def test_what_is_overwritten_is_gone_even_if_it_is_no_number():
    x = np.array([1.0, np.nan, np.inf])
    value, pullback = eg.vjp(lambda x: x.at[1:].set(2.0), x)
    assert np.array_equal(value, [1, 2, 2])
    assert np.array_equal(pullback(np.ones(3))[0], [1, 0, 0])


def test_names_of_dims_are_kept():
    x, y = eg.variables("x[n] y[m]")
    added = x.at[1:3].add(1.0) + x.at[-1].set(2.0)
    assert added.shape == ("n",)
    found = eg.evaluate(added, x=np.arange(4.0))
    assert np.array_equal(found, [0, 3, 5, 5])
    with pytest.raises(eg.ShapeError):
        x.at[1:3].add(y)


def assigned(x):
    y = np.zeros(4)
    y[1:] = x[1:]
    return y


def assigned_one_by_one(x):
    y = np.zeros(4)
    for place in range(4):
        y[place] = np.sum(x[place:])
    return y


def assigned_as_integers(x):
    y = np.zeros(4, int)
    y[0] = x[0]
    return y


def assigned_to_its_like(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1]
    return y


def added_to_its_like(x):
    y = np.zeros_like(x)
    y[1:] += x[:-1]
    return y


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (assigned, r"numpy\.concatenate\(\[x, y\]\).*y\.at\[key\]\.set\(x\)"),
        (assigned_one_by_one, r"write it into an array.*numpy\.stack"),
        (assigned_as_integers, "write it into an array"),
        (assigned_to_its_like, r"x\.at\[key\]\.set\(value\)"),
        (added_to_its_like, r"\.add\(value\) for \+="),
    ],
)
def test_writing_is_refused_with_the_functional_form(function, said):
    with pytest.raises(eg.ArgumentTypeError, match=said):
        eg.vjp(function, filled(4))
    assert function(filled(4)) is not None
