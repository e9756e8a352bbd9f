"""Arrays of every dtype: values are those of the mathematics, in numpy's dtype for floats."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.tables.rows import ELEMENTWISE, MATRIX_FUNCTIONS, REDUCTIONS, Elementwise
from einsgrad.testing.expressions import SIZES, expressions, values

INTEGERS = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
REALS = ["f2", "f4", "f8"]
COMPLEX = ["c8", "c16"]
SOME = ["?", "u1", "i8", "f2", "f4", "f8", "c8"]


def as_floats(dtypes):
    """Return what numpy's product with floats of the least precision among them would have."""
    given_ = [np.dtype(one) for one in dtypes]
    floats = [np.finfo(one).dtype for one in given_ if one.kind in "fc"] or [np.dtype(float)]
    least = min(floats, key=lambda one: one.itemsize)
    return [one if one.kind in "fc" else np.result_type(one, least) for one in given_]


def common(dtypes):
    return np.result_type(*as_floats(dtypes))


def close(found, expected, dtype, factor=200):
    unit = factor * np.finfo(dtype).eps
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    return np.allclose(found, expected, rtol=unit, atol=unit * scale, equal_nan=True)


def wide(array):
    return array.astype(complex if array.dtype.kind == "c" else float)


def every_way(expr, arrays, **options):
    """Yield the value of an expression as each way of evaluation has it."""
    yield eg.evaluate(expr, **arrays, **options)
    compiled = eg.compile(expr, **options)
    needed = {name: arrays[name] for name in compiled.variables}
    yield compiled(**needed)
    yield compiled.specialize(**needed)(*needed.values())
    yield eg.compile(expr, structured=True, **options)(**needed).dense()


ROWS = [
    row
    for table in (ELEMENTWISE, REDUCTIONS, MATRIX_FUNCTIONS)
    for row in table.values()
    if row.public and row.name not in ("real", "imag", "conj", "where")
]


def arguments_of(row, dtypes):
    """Declare arguments of a row, and make arrays of small whole numbers for them."""
    names = "xyz"[: len(dtypes)]
    axes = "n,n" if row in MATRIX_FUNCTIONS.values() else "n"
    complex_ = [n for n, dtype in zip(names, dtypes, strict=True) if np.dtype(dtype).kind == "c"]
    declared = eg.variables(" ".join(f"{name}[{axes}]" for name in names), complex=complex_)
    if axes == "n,n":
        entries = [np.array([[9, 2, 1], [0, 7, 3], [0, 0, 8]])]
    else:
        entries = [np.array([5, 1, 3]), np.array([2, 4, 1])]
    if "?" in dtypes:
        entries = [np.minimum(one, 1) for one in entries]
    arrays = [one.astype(dtype) for one, dtype in zip(entries, dtypes, strict=False)]
    return declared, dict(zip(names, arrays, strict=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_function_has_the_value_of_floats_in_each_dtype(row):
    arity = row.arity if isinstance(row, Elementwise) else 1
    all_of_them = [*INTEGERS, *REALS, *COMPLEX]
    for dtypes in product(all_of_them if arity == 1 else SOME, repeat=arity):
        declared, arrays = arguments_of(row, dtypes)
        try:
            expr = getattr(eg, row.public[0])(*declared)
            with np.errstate(all="ignore"):
                expected = eg.evaluate(expr, **{name: wide(one) for name, one in arrays.items()})
        except eg.EinsgradError:
            # Not every function takes complex numbers, or is there without scipy.
            continue
        if not np.isfinite(expected).all():
            continue
        dtype = common(dtypes)
        if not np.iscomplexobj(expected):
            dtype = np.finfo(dtype).dtype
        totals = [(expr, expected), (eg.mean(3 * expr - 1), np.mean(3 * expected - 1))]
        for whole, value in totals:
            with np.errstate(all="ignore"):
                for found in every_way(whole, arrays):
                    assert found.dtype == dtype, dtypes
                    assert close(found, value, dtype), dtypes


LOSSES = {
    "mean": eg.mean,
    "mean of a multiple": lambda x: eg.mean(x * 3.0),
    "sum": eg.sum,
    "norm": eg.norm,
    "squares": lambda x: eg.sum(x * x * x),
    "softmax": eg.softmax,
    "difference": lambda x: eg.sum(1 - x),
    "negative": lambda x: -x,
    "large factor": lambda x: 70000 * x,
    "reciprocal powers": lambda x: (1 + x) ** -3,
    "variance": lambda x: eg.mean((x - eg.mean(x)) ** 2),
    "ones": lambda x: eg.sum(x - eg.ones("n")),
    "gradient": lambda x: eg.grad(eg.sum(x**4), x),
    "hessian": lambda x: eg.hessian(eg.sum(x**3), x),
    "outer": lambda x: eg.outer(x, x),
    "cancelled": lambda x: x - x,
}


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_integers_do_not_wrap_and_booleans_count(loss, dtype):
    (x,) = eg.variables("x[n]")
    largest = 1 if dtype == "?" else min(np.iinfo(dtype).max, 50_000)
    array = np.array([largest, 0, largest, largest // 2 + 1]).astype(dtype)
    expr = loss(x)
    expected = eg.evaluate(expr, x=array.astype(float))
    for found in every_way(expr, {"x": array}, sizes={"n": 4}):
        assert found.dtype == float
        assert close(found, expected, float)


@given(expressions(max_depth=3), st.integers(0, 99), st.data())
def test_expressions_of_mixed_dtypes_have_numpys_value_and_dtype(expr, seed, data):
    arrays = values(expr, seed)
    dtypes = [data.draw(st.sampled_from([*INTEGERS, *REALS])) for _ in arrays]
    given_ = {
        name: (array if np.dtype(dtype).kind == "f" else np.rint(array)).astype(dtype)
        for (name, array), dtype in zip(arrays.items(), dtypes, strict=True)
    }
    least = min((np.finfo(d).dtype for d in as_floats(dtypes)), key=lambda one: one.itemsize)
    with np.errstate(all="ignore"):
        expected = eg.evaluate(expr, sizes=SIZES, **{n: wide(a) for n, a in given_.items()})
        assume(np.isfinite(expected).all() and np.abs(expected).max(initial=0) < 1e3)
        for found in every_way(expr, given_, sizes=SIZES):
            assert np.finfo(found.dtype).eps <= np.finfo(least).eps
            assert found.dtype.kind == "f"
            assert close(found, expected, least, 1e4)


def mapped_by_registers(compiled, arrays):
    """Run the text of a program, and yield each register with the array that it got."""
    head, _, _ = compiled.source.rpartition("    return ")
    names = {}
    exec(f"{head}    return dict(locals())\n", names)
    made = names["compute"](*(arrays[name] for name in compiled.variables))
    for place, step in enumerate(compiled.program.steps):
        if f"t{place}" in made:
            yield step.target, made[f"t{place}"]


@given(expressions(max_depth=3), st.integers(0, 99), st.data())
def test_every_array_of_a_program_has_the_dtype_that_the_program_says(expr, seed, data):
    arrays = values(expr, seed)
    dtypes = [data.draw(st.sampled_from(["?", "i4", *REALS, "c8", "c16"])) for _ in arrays]
    given_ = {n: a.astype(d) for (n, a), d in zip(arrays.items(), dtypes, strict=True)}
    with np.errstate(all="ignore"):
        compiled = eg.compile(expr, eg.sum(expr), sizes=SIZES)
        compiled.options = eg.engine.kernels.Options(as_declared=False)
        compiled(**given_)
        for register, array in mapped_by_registers(compiled, given_):
            if isinstance(array, np.ndarray | np.generic):
                assert array.dtype == register.dtype
