"""Every numpy function that is supported, over all of its parameters, against numpy itself.

A call has numpy's value and shape, or is refused by the name of its function; where numpy
refuses, it is refused.
"""

import inspect
import random
import warnings
from itertools import combinations, product

import numpy as np
import pytest
from test_numpy_calls import skip_without_scipy

import einsgrad as eg
from einsgrad.expressions.vocabulary.numpy_table import BUILT_IN

SHAPES = [(), (1,), (3,), (2, 3), (3, 3), (1, 3), (2, 3, 3), (3, 3, 2), (1, 1, 1)]
EMPTY = [(0,), (0, 2), (2, 0, 3)]
# Of no entries these have no value, or the sizes of numpy's own result are divided by 0.
NOT_OF_EMPTY = (
    {"nanargmax", "nanargmin", "roots", "nanmedian"}
    | {"max", "amax", "min", "amin", "ptp", "average", "linalg.norm"}
    | {
        "median",
        "nanmedian",
        "linalg.vector_norm",
        "linalg.matrix_norm",
    }
)
# numpy itself ends the process where `out` has too few axes.
ENDED_BY_OUT = {f"numpy.cum{name}" for name in ("sum", "prod", "ulative_sum", "ulative_prod")}
ENDED_BY_OUT |= {"numpy.nancumsum", "numpy.nancumprod"}
RNG = np.random.default_rng(5)
EMPTY_PARAMETER = inspect.Parameter.empty

# What parameters are tried with, by their names.
VALUES = {
    "axis": [None, 0, 1, -1, -3, 7, (0,), (0, 1), (-1, 0), (0, 0), (), np.int64(0), [1, 0]],
    "axis1": [0, 1, -1, 5],
    "axis2": [1, 0, -2, np.int8(1)],
    "axes": [None, (1, 0), (0, 2, 1), (-1, 0), (0, 0)],
    "keepdims": [False, True],
    "ddof": [0, 1, 3],
    "correction": [0, 1],
    "dtype": [None, np.float32],
    "out": [None, np.zeros(())],
    "initial": [2.0],
    "where": [True, np.array(True)],
    "offset": [0, 1, -1],
    "k": [0, 1],
    "ord": [None, 0, 1, 2, 3, -1, np.inf, -np.inf, "fro", "nuc", "x"],
    "order": ["C", "F", "K"],
    "copy": [None, True],
    "a_min": [None, -0.3],
    "a_max": [None, 0.4],
    "min": [0.1],
    "max": [0.2],
    "weights": [None],
    "returned": [False],
    "subok": [False, True],
    "casting": ["same_kind", "unsafe"],
    "device": [None, "cpu"],
    "signature": ["dd->d"],
    "decimals": [0, 1, 2, -1],
    "kind": [None, "stable", "quicksort", "nonsense"],
    "stable": [None, True],
}


def by_path(path):
    found = np
    for part in path.split("."):
        found = getattr(found, part)
    return found


def array(shape, *, special=False):
    values = np.array(RNG.uniform(0.1, 0.9, shape))
    if special and values.size:
        values.flat[0] = RNG.choice([np.nan, np.inf, -np.inf, 0.0])
    return values


def outcome(call, *errors):
    """Return the value of a call and no message, or no value and the message of its error."""
    try:
        return call(), None
    except errors as error:
        return None, str(error)


def agrees(function, arrays, others=(), options=None):
    """Compare a call with numpy's; tell whether it has a value."""
    options = options or {}
    here = function.__name__, [np.shape(one) for one in arrays], others, options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, refusal = outcome(
            lambda: function(*arrays, *others, **options), ValueError, TypeError, IndexError
        )
        # What numpy itself refuses before it asks anyone is no error of einsgrad.
        found, message = outcome(
            lambda: eg.vjp(lambda *a: function(*a, *others, **options), *arrays)[0],
            *((eg.EinsgradError,) if refusal is None else (eg.EinsgradError, TypeError)),
        )
    if message is not None:
        names = function.__name__, "abs" if function is np.abs else "conj"
        assert refusal is not None or any(name in message for name in names), (here, message)
        return False
    assert refusal is None, (here, refusal)
    assert np.shape(found) == np.shape(expected), here
    close = np.allclose(found, expected, rtol=1e-10, atol=1e-12, equal_nan=True)
    assert close, (here, found, expected)
    return True


def options_of(known):
    """Yield values for the parameters behind the operands: one and two of them at a time."""
    parameters = inspect.signature(known).parameters.values()
    names = [p.name for p in parameters if p.default is not p.empty and p.name in VALUES]
    if known.path in ENDED_BY_OUT:
        names.remove("out")
    yield {}
    for one in names:
        yield from ({one: value} for value in VALUES[one])
    for pair in combinations(names, 2):
        yield from (dict(zip(pair, v, strict=True)) for v in product(*map(VALUES.get, pair)))


def by_place(known, options):
    """Return the same arguments by place, if that can be."""
    parameters = list(inspect.signature(known).parameters.values())
    given = [place for place, p in enumerate(parameters) if p.name in options]
    before = parameters[: max(given, default=-1) + 1]
    if any(p.kind is p.KEYWORD_ONLY or p.default is ... for p in before):
        return None
    return [options.get(p.name, p.default) for p in before if p.default is not p.empty]


def operands_of(path):
    defaults = [p.default for p in inspect.signature(BUILT_IN[path]).parameters.values()]
    return defaults.count(EMPTY_PARAMETER)


# Of several arrays, of lists of them, or with several results.
SHAPED = {"linalg.multi_dot", "broadcast_arrays", "meshgrid", "unstack", "array", "asarray"}
SHAPED |= {"modf", "lexsort", "bincount", "poly", "where"}
SHAPED |= {"concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "block", "ix_"}
# These have values only with other arguments: `test_tensor_systems.py` gives them.
SHAPED |= {"linalg.tensorinv", "linalg.cond"}
# Of Hermitian or definite matrices, or with several results: `test_decompositions.py` has them.
DECOMPOSED = ("cholesky", "eigh", "eigvalsh", "eig", "svd", "qr", "slogdet", "matrix_rank")
SHAPED |= {f"linalg.{name}" for name in DECOMPOSED}
# Of booleans, and of integers that expressions do not have: `test_numpy_calls.py` gives them.
OF_BITS = {"invert", "bitwise_and", "bitwise_or", "bitwise_xor"}
SHAPED |= OF_BITS
OF_ONE = [path for path in BUILT_IN if operands_of(path) == 1 and path not in SHAPED]


@pytest.mark.parametrize("path", OF_ONE)
def test_a_function_of_one_array_is_numpys(path):
    skip_without_scipy(path)
    function, known = by_path(path), BUILT_IN[path]
    shapes = SHAPES if path in NOT_OF_EMPTY else SHAPES + EMPTY
    calls = [(shape, options) for shape in shapes for options in options_of(known)]
    # A ufunc has many parameters, and none of them is supported.
    most = 15 if isinstance(function, np.ufunc) else 30
    for shape, options in random.Random(path).sample(calls, min(most, len(calls))):
        agrees(function, [array(shape)], (), options)
        others = None if isinstance(function, np.ufunc) else by_place(known, options)
        if others:
            agrees(function, [array(shape)], others)
    plain = [agrees(function, [array(shape)]) for shape in shapes]
    # A sum over all of an axis, of which one entry is nan or infinite.
    four = () if path.startswith("fft.") else range(4)
    special = [agrees(function, [array((2, 2), special=True)]) for _ in four]
    assert any(plain + special)


BINARY = [
    path
    for path in BUILT_IN
    if isinstance(by_path(path), np.ufunc)
    and (by_path(path).nin, by_path(path).nout) == (2, 1)
    and "vec" not in path
    and path not in OF_BITS
]
PAIRS = [
    ((), ()),
    ((3,), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((2, 3), (2, 3)),
    ((2, 3), (3, 2)),
    ((3,), (1,)),
    ((1,), (0,)),
    ((2, 3, 3), (3, 3)),
    ((2, 3, 3), (1, 3, 1)),
    ((0, 2), (2,)),
    ((3,), (2,)),
    ((3, 3), (3,)),
    ((2, 2), (4,)),
    ((2, 2, 3), (2, 3, 2)),
]
PRODUCTS = ["dot", "vdot", "inner", "outer", "kron", "tensordot", "vecdot", "matvec", "vecmat"] + [
    f"linalg.{name}" for name in ("matmul", "vecdot", "outer", "tensordot")
]


@pytest.mark.parametrize("path", [*BINARY, *PRODUCTS])
def test_a_function_of_two_arrays_is_numpys(path):
    function = by_path(path)
    found = [agrees(function, list(map(array, shapes))) for shapes in PAIRS]
    assert sum(found) >= 3
    if path in BINARY and path != "matmul":
        values = [np.nan, np.inf, -np.inf, 0.0, -1.5, 2.0, 1.0]
        grid = np.array(list(product(values, values))).T
        agrees(function, list(grid))
        agrees(function, [grid[0]], [2.0])


AXES = [
    *(0, 1, 2, 3, -1, (0, 0), (-1, 0)),
    ([0, 1], [1, 0]),
    ([0, 0], [0, 1]),
    ([0], [0, 1]),
    ([-1, 0], [0, -1]),
    ((), ()),
    ([5], [0]),
    (np.int64(1), np.int64(0)),
    1.5,
    [[0]],
]


@pytest.mark.parametrize("function", [np.tensordot, np.linalg.tensordot])
def test_axes_of_tensordot_are_numpys(function):
    for shapes, axes in product(PAIRS, AXES):
        agrees(function, list(map(array, shapes)), (), {"axes": axes})


@pytest.mark.parametrize("path", ["add", "multiply", "maximum", "minimum", "logaddexp"])
def test_a_ufunc_along_axes_is_numpys(path):
    for shape, axis, keepdims in product(SHAPES[1:], [0, -1, None, (0, 1), 4], [False, True]):
        function = by_path(path)
        reduced = function.reduce
        agrees(reduced, [array(shape)], (), {"axis": axis, "keepdims": keepdims})
    agrees(by_path(path).reduce, [array((2, 3))])
    agrees(by_path(path).outer, [array((2, 3)), array((2,))])
    for shape, axis in product([(3,), (2, 3), (2, 0), (0, 2)], [0, -1, 4]):
        agrees(by_path(path).accumulate, [array(shape)], (), {"axis": axis})
    agrees(by_path(path).accumulate, [array((2, 3))])
    with pytest.raises(eg.ArgumentTypeError, match=rf"numpy\.{path}\.reduceat"):
        eg.vjp(lambda x: by_path(path).reduceat(x, [0]), array((3,)))


@pytest.mark.parametrize("path", ["add", "multiply", "maximum", "minimum"])
def test_a_ufunc_along_axes_takes_what_its_reduction_takes(path):
    mask = np.array([[True, False, True], [False, True, True]])
    reduced = by_path(path).reduce
    for axis, keepdims in product([0, 1, None, (0, 1)], [False, True]):
        given = {"axis": axis, "keepdims": keepdims}
        agrees(reduced, [array((2, 3))], (), {**given, "initial": 0.3})
        agrees(reduced, [array((2, 3))], (), {**given, "initial": 0.3, "where": mask})
        agrees(reduced, [array((0, 3))], (), {"axis": 0, "initial": 0.3})


@pytest.mark.parametrize(("path", "asked"), [("logical_and", np.all), ("logical_or", np.any)])
def test_a_question_of_all_entries_may_be_a_ufunc_along_axes(path, asked):
    points = np.array([[0.5, -1.0, 2.0], [1.5, -2.0, 3.0]])
    for axis in (0, 1, None):
        found = eg.jit(lambda x, a=axis: by_path(path).reduce(x > 0, axis=a) * 1.0)(points)
        assert np.array_equal(found, asked(points > 0, axis=axis))


def test_a_ufunc_that_writes_or_has_two_results_is_refused_with_a_way_to_write_it():
    with pytest.raises(eg.ArgumentTypeError, match=r"numpy\.add\.at.*x\.at\[key\]\.add"):
        eg.grad(lambda x: np.add.at(x, [0], 1.0))(array((3,)))
    with pytest.raises(eg.ArgumentTypeError, match=r"numpy\.divmod\.outer"):
        eg.vjp(lambda x: np.divmod.outer(x, x), array((3,)))


SHAPES_ASKED = [-1, (-1,), (3, -1), (9,), (2, 3), (3, 3), (2, 9), (1, 2, 3), (0, 3), (0,), 6]


@pytest.mark.parametrize("order", ["C", "F", "A"])
def test_reshapes_are_numpys(order):
    for shape, asked in product(SHAPES + EMPTY, SHAPES_ASKED):
        agrees(np.reshape, [array(shape)], (asked,), {"order": order})
        agrees(np.broadcast_to, [array(shape)], (asked,))


def test_axes_move_as_numpys_do():
    for shape, one, other in product(SHAPES, [0, 1, -1, (0, 1), 4], [-1, 0, (1, 0), (0,)]):
        agrees(np.moveaxis, [array(shape)], (one, other))
        agrees(np.swapaxes, [array(shape)], (one, other))
        agrees(np.expand_dims, [array(shape)], (one,))
        agrees(np.full_like, [array(shape)], (one,))


def test_powers_and_products_of_matrices_are_numpys():
    for n in [0, 1, 2, 5, -1, -3, 1.5, np.int64(3)]:
        agrees(np.linalg.matrix_power, [array((3, 3)) + 2 * np.eye(3)], (n,))
        agrees(np.linalg.matrix_power, [array((2, 3))], (n,))
    for shapes in [((3,), (3, 2), (2, 4)), ((2, 3), (3, 2), (2,)), ((2, 3), (3,)), ((3,), (3,))]:
        arrays = list(map(array, shapes))
        found = eg.vjp(lambda *a: np.linalg.multi_dot(a), *arrays)[0]
        assert np.allclose(found, np.linalg.multi_dot(arrays))
    for shapes in [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3, 1)), ((3, 3), (2, 3, 1))]:
        agrees(np.linalg.solve, [array(shapes[0]) + 2 * np.eye(3), array(shapes[1])])
    agrees(np.where, [array((2, 3)), array((3,)), array((2, 1))])
    agrees(np.where, [array((2, 3))])


def test_a_constant_in_the_shape_of_an_expression_has_the_sizes_of_its_array():
    x, A = eg.variables("x[n] A[m,n]")
    infinite = np.array([np.inf, np.nan, 1.0])
    for function in (np.zeros_like, np.ones_like, np.imag, lambda x: np.full_like(x, 2.5)):
        assert np.array_equal(eg.evaluate(function(x), x=infinite), function(infinite))
        found = eg.vjp(lambda x: function(x) * 1.0, infinite)[0]  # noqa: B023
        assert np.array_equal(found, function(infinite))
    spread = eg.evaluate(np.broadcast_to(x, A.shape) * A, A=np.ones((2, 3)), x=np.arange(3.0))
    assert np.array_equal(spread, [[0.0, 1.0, 2.0]] * 2)


SAMPLES = {
    "trace of other axes": lambda a: np.trace(a, axis1=2, axis2=1),
    "trace of the last axes": np.linalg.trace,
    "diagonal": lambda a: np.diagonal(a, 0, -1, 1) ** 2,
    "variance": lambda a: np.var(a, axis=(0, 2), ddof=1),
    "deviation": lambda a: np.std(a, axis=1, keepdims=True),
    "average": lambda a: np.average(a, axis=0, weights=a**2),
    "norms": lambda a: np.linalg.norm(a, 1, axis=(1, 2)) + np.linalg.norm(a),
    "order 3": lambda a: np.linalg.norm(a, 3, axis=-1),
    "flat outer": lambda a: np.outer(a, a) ** 2,
    "kron": lambda a: np.kron(a, np.ones((2, 1))) ** 2,
    "clip": lambda a: np.clip(a, 0.3, 0.6) * a,
    "moved": lambda a: np.moveaxis(a, 0, -1) @ np.mean(np.swapaxes(a, 1, 2), 1),
    "vecdot": lambda a: np.vecdot(a, a) + np.linalg.vecdot(a, a**2),
    "in Fortran order": lambda a: np.reshape(a, (18,), order="F") * np.arange(18.0),
    "outer sums": lambda a: np.multiply.outer(np.sum(a, (0, 1)), a),
    "each power": lambda a: np.linalg.matrix_power(a, 3),
    "scores": lambda a: (a - a.mean(-1, keepdims=True)) / a.std(-1, None, None, 0, True),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_derivatives_of_numpy_functions_are_those_of_finite_differences(name):
    function, a = SAMPLES[name], array((2, 3, 3))
    step = np.array(RNG.standard_normal(a.shape))
    value, tangent = eg.jvp(function, (a,), (step,))
    plain = [np.asarray(eg.vjp(function, a + sign * 1e-6 * step)[0]) for sign in (1, -1)]
    assert np.allclose(tangent, (plain[0] - plain[1]) / 2e-6, rtol=1e-6, atol=1e-7)
    g = np.array(RNG.standard_normal(np.shape(value)))
    assert np.allclose(np.sum(g * tangent), np.sum(eg.vjp(function, a)[1](g)[0] * step))


_GAPS = np.array([[0.5, np.nan, 2.0], [np.inf, -4.0, np.nan]])
_OTHER = np.array([[np.nan, np.nan, 3.0], [1.0, -5.0, 0.0]])
ON_GAPS = {
    "isnan": lambda x, y: np.isnan(x) + 0,
    "isinf": lambda x, y: np.isinf(x) + 0,
    "isfinite": lambda x, y: np.isfinite(x) + 0,
    "isclose": lambda x, y: np.isclose(x, x + 1e-9, equal_nan=True) + 0,
    "isclose of two": lambda x, y: np.isclose(x, y) + 0,
    "isclose of one": lambda x, y: np.isclose(x[0], np.array([np.inf, np.nan, 1.0]), rtol=0) + 0,
    "fmax": np.fmax,
    "fmin": np.fmin,
    "nansum": lambda x, y: np.nansum(x, axis=0),
    "any": lambda x, y: np.any(y > 2, axis=0) + 0,
    "all": lambda x, y: np.all(y < 2, axis=0) + 0,
    "count_nonzero": lambda x, y: np.count_nonzero(y, axis=1),
}


@pytest.mark.parametrize("name", ON_GAPS)
def test_entries_that_are_nan_or_infinite_are_told_apart_as_by_numpy(name):
    found, _ = eg.vjp(ON_GAPS[name], _GAPS, _OTHER)
    np.testing.assert_array_equal(found, ON_GAPS[name](_GAPS, _OTHER))


def test_the_gradient_of_what_passes_over_nan_is_that_of_the_other_number():
    def slopes(function):
        return eg.vjp(function, _GAPS[0], np.array([np.nan, 1.0, 3.0]))[1](np.ones(3))

    np.testing.assert_array_equal(slopes(np.fmax), [[1, 0, 0], [0, 1, 1]])
    np.testing.assert_array_equal(slopes(np.fmin), [[1, 0, 1], [0, 1, 0]])
    assert eg.grad(np.nansum)(_GAPS).tolist() == [[1, 0, 1], [1, 1, 0]]


SELECTED = {
    "sum": lambda x, y: np.sum(x, axis=0, where=y > 0, initial=3.0),
    "prod": lambda x, y: np.prod(x, axis=1, where=y > 0, initial=2.0, keepdims=True),
    "max": lambda x, y: np.max(x, axis=1, where=y > 0, initial=0.25),
    "min": lambda x, y: np.min(x, where=y > 0, initial=9.0),
    "mean": lambda x, y: np.mean(x, axis=1, where=y > 0),
    "var": lambda x, y: np.var(x, axis=1, where=y > 0),
    "std": lambda x, y: np.std(x, ddof=1, where=y > 0),
    "a row as the mask": lambda x, y: np.sum(x, where=np.array([True, False, True])),
    "any": lambda x, y: np.any(x > 2, axis=0, where=y > 0) + 0,
    "all": lambda x, y: np.all(x > 2, axis=0, where=y > 0) + 0,
    "nanmean": lambda x, y: np.nanmean(np.where(y > 0, x, np.nan), axis=1),
    "nanvar": lambda x, y: np.nanvar(np.where(y > 0, x, np.nan), axis=1),
    "nanstd": lambda x, y: np.nanstd(np.where(y > 0, x, np.nan), ddof=1),
    "nanprod": lambda x, y: np.nanprod(np.where(y > 0, x, np.nan), axis=0),
    "nanmax": lambda x, y: np.nanmax(np.where(y > 0, x, np.nan), axis=1),
    "nanmin": lambda x, y: np.nanmin(np.where(y > 0, x, np.nan), axis=1, keepdims=True),
}


@pytest.mark.parametrize("name", SELECTED)
def test_numbers_of_selected_entries_and_their_slopes_are_those_of_numpy(name):
    function = SELECTED[name]
    x, y = np.array([[0.5, 3.0, 2.0], [1.5, -4.0, 2.5]]), np.array([[1, 1, -1], [1, -1, 1.0]])
    step = np.array([[0.3, -0.7, 0.9], [-0.2, 0.4, 1.1]])
    value, tangent = eg.jvp(lambda x: function(x, y), (x,), (step,))
    np.testing.assert_allclose(value, function(x, y), rtol=1e-14)
    ahead, behind = (function(x + h * step, y) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(tangent, (ahead - behind) / 2e-6, rtol=1e-6, atol=1e-8)
    traced, _ = eg.vjp(function, x, y)
    np.testing.assert_allclose(traced, function(x, y), rtol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd", "nanmax", "nanmin"])
def test_nan_is_what_is_left_of_nothing_but_nan(name):
    x = np.array([[np.nan, np.nan], [2.0, np.nan]])
    found, _ = eg.vjp(lambda x: getattr(np, name)(x, axis=1), x)
    np.testing.assert_array_equal(found, getattr(np, name)(x, axis=1))


def test_a_mask_of_extremes_asks_for_a_number_to_start_with():
    with pytest.raises(eg.EinsgradError, match=r"numpy\.max: .* Give initial="):
        eg.vjp(lambda x: np.max(x, where=x > 0), np.ones(3))


INSTEAD = {
    "allclose": (
        lambda x: np.allclose(x, 2.0),
        lambda x: np.all(np.isclose(x, 2.0)) + 0,
    ),
    "array_equal": (
        lambda x: np.array_equal(x, np.array([1.0, 2.0])),
        lambda x: np.all(x == np.array([1.0, 2.0])) + 0,
    ),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_what_is_refused_as_an_answer_names_words_that_have_its_value(name):
    refused, instead = INSTEAD[name]
    x = np.array([1.0, 2.0])
    with pytest.raises(eg.EinsgradError, match=rf"numpy\.{name} .*numpy\.(all|any)"):
        eg.vjp(refused, x)
    assert np.array_equal(eg.vjp(instead, x)[0], refused(x))
