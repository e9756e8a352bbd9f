"""Arrays of every dtype: values are those of the mathematics, in numpy's dtype for floats."""

from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.nodes import MatrixMap
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.rows import ELEMENTWISE, REDUCTIONS, Elementwise
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

INTEGERS = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
REALS = ["f2", "f4", "f8"]
COMPLEX = ["c8", "c16"]
SOME = ["?", "u1", "i8", "f2", "f4", "f8", "c8"]
# Every two of some, in one order or the other.
PAIRS = [
    pair[:: (-1) ** place] for place, pair in enumerate(combinations_with_replacement(SOME, 2))
]


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
    for dtypes in PAIRS if arity == 2 else product([*INTEGERS, *REALS, *COMPLEX], repeat=arity):
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
    # What runs with numbers of Python falls back to the same steps in arrays.
    called = "in_arrays" if "def in_arrays(" in compiled.source else "compute"
    source, *_ = compiled.source.split("\n\n\ndef compute(" if called == "in_arrays" else "\0")
    head, _, _ = source.rpartition("    return ")
    names = {}
    exec(f"{head}    return dict(locals())\n", names)
    made = names[called](*(arrays[name] for name in compiled.program.names))
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
        try:
            compiled(**given_)
        except eg.DtypeError:
            # Some functions, such as gelu, have no values of complex numbers.
            assert any(np.iscomplexobj(array) for array in given_.values())
            reject()
        for register, array in mapped_by_registers(compiled, given_):
            if isinstance(array, np.ndarray | np.generic):
                assert array.dtype == register.dtype


x, y, S = eg.variables("x[n] y[n] S[n,n]", symmetric="S")
ones, ones3 = np.ones(2), np.ones(3)


class Coordinates:
    """What is no array, and becomes an array of objects."""


NO_NUMBERS = {
    "masked": np.ma.masked_array([1.0, 2.0], mask=[False, True]),
    "masked in a list": [np.ma.masked_array([1.0, 2.0], mask=[False, True])],
    "matrix": ones.reshape(1, 2).view(np.matrix),
    "objects": np.array([1.0, None]),
    "an object": Coordinates(),
    "none": None,
    "text": "12",
    "texts": np.array(["1", "2"]),
    "times": np.array([1, 2], "M8[s]"),
    "records": np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    "ragged": [[1.0, 2.0], [3.0]],
    "large": [2**70, 1],
}
hessian = eg.compile(eg.hessian(eg.sum(x**3), x), structured=True)
ENTRANCES = {
    "evaluate": lambda bad: eg.evaluate(eg.sum(x), x=bad),
    "compile": lambda bad: eg.compile(x * y)(x=ones, y=bad),
    "specialize": lambda bad: eg.compile(x * y).specialize(x=ones, y=bad),
    "einsum": lambda bad: eg.einsum("i,i->", bad, ones),
    "compiled string": lambda bad: eg.compile("i,i->")(ones, bad),
    "vjp": lambda bad: eg.vjp("i,i->", ones, bad),
    "cotangent": eg.vjp("i,i->i", ones, ones)[1],
    "jvp": lambda bad: eg.jvp("i,i->", (ones, bad), (ones, None)),
    "tangent": lambda bad: eg.jvp("i,i->", (ones, ones), (bad, ones)),
    "jacobian": lambda bad: eg.jacobian("i,i->i", 0, ones, bad),
    "check_grads": lambda bad: eg.check_grads("i,i->", ones, bad),
    "checked expression": lambda bad: eg.check_grads(x @ y, {"x": ones, "y": bad}),
    "structured": lambda bad: hessian(x=ones).contract(bad),
}


@pytest.mark.parametrize("bad", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("use", ENTRANCES.values(), ids=ENTRANCES)
def test_what_is_no_plain_array_of_numbers_is_refused_at_every_entrance(use, bad):
    if bad is None and use is ENTRANCES["tangent"]:
        pytest.skip("None is a tangent of zeros")
    for _ in range(2):
        with pytest.raises(eg.DtypeError):
            use(bad)


def test_a_masked_array_is_refused_after_plain_ones_of_its_shape():
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    for name in ("evaluate", "compile", "einsum", "vjp", "cotangent"):
        ENTRANCES[name](ones)
        with pytest.raises(eg.DtypeError, match="its mask would be lost"):
            ENTRANCES[name](masked)


MET = {
    "on the right": lambda w, a: np.sum(w * a),
    "on the left": lambda w, a: np.sum(a * w),
    "by a function": lambda w, a: np.sum(np.add(w, a)),
    "by a product": lambda w, a: np.sum(np.matmul(w, a)),
}


@pytest.mark.parametrize("meet", MET.values(), ids=MET)
@pytest.mark.parametrize("kind", ["masked", "matrix"])
def test_a_traced_function_that_meets_more_than_entries_is_refused_at_each_call(meet, kind):
    masked = np.ma.masked_array(np.eye(3), mask=np.eye(3) > 0)
    given = masked if kind == "masked" else np.eye(3).view(np.matrix)
    slope = eg.grad(lambda w: meet(w, given))
    for _ in range(3):
        with pytest.raises(eg.EinsgradError):
            slope(np.arange(3.0))


def test_a_sparse_array_is_refused_with_the_way_to_write_it_out():
    sparse = pytest.importorskip("scipy.sparse")
    for array in (sparse.eye_array(2), sparse.csr_matrix(np.eye(2))):
        with pytest.raises(eg.DtypeError, match=r"sparse array. Write it out: a.toarray\(\)"):
            eg.evaluate(S @ x, S=array, x=ones)


ASYMMETRIC = {
    "float": np.array([[1.0, 2.0], [0.0, 1.0]]),
    "single": np.array([[1.0, 2.0], [2.01, 1.0]], np.float32),
    "integer": np.array([[1, 2], [3, 1]]),
    "boolean": np.array([[True, True], [False, True]]),
    "a nan alone": np.array([[1.0, np.nan], [2.0, 1.0]]),
    "infinite": np.array([[1.0, np.inf], [-np.inf, 1.0]]),
    "small beside large": np.array([[1.0, 1e8], [1e8 + 1, 1.0]]),
}
of_symmetric = eg.compile(S @ x, S.T)
OF_SYMMETRIC = {
    "evaluate": lambda array: eg.evaluate(S.T @ x - 2 * (S @ x), S=array, x=ones),
    "compile": lambda array: of_symmetric(S=array, x=ones),
    "structured": lambda array: eg.compile(S.T @ x, structured=True)(S=array, x=ones),
    "check_grads": lambda array: eg.check_grads(S @ x, {"S": array.astype(float), "x": ones}),
}


@pytest.mark.parametrize("array", ASYMMETRIC.values(), ids=ASYMMETRIC)
@pytest.mark.parametrize("use", OF_SYMMETRIC.values(), ids=OF_SYMMETRIC)
def test_an_array_that_is_not_symmetric_is_refused_where_that_is_declared(use, array):
    for again in (array, np.maximum(array, array.T), array):
        if again is array:
            with pytest.raises(eg.ArgumentError, match="S is declared symmetric"):
                use(again)
        elif np.isfinite(again).all():
            use(again)


def test_symmetric_up_to_rounding_is_symmetric(small_integers):
    A = np.random.default_rng(0).standard_normal((40, 40))
    covariance = A @ (A.T + A) @ A.T
    covariance[0, 1] = np.nextafter(covariance[1, 0], 0)
    for dtype in (np.float64, np.float32):
        rounded = covariance.astype(dtype)
        assert np.isfinite(eg.evaluate(eg.sum(S @ S), S=rounded))
    covariance[2, 3] = covariance[3, 2] = np.nan
    covariance[4, 5] = covariance[5, 4] = np.inf
    assert np.isnan(eg.evaluate(eg.trace(S @ S), S=covariance))


@pytest.mark.parametrize("dtypes", list(product(["i8", "f2", "f4", "f8", "c8"], repeat=3)), ids=str)
def test_systems_that_share_a_matrix_are_solved_in_the_precision_of_each(dtypes):
    names = [n for n, dtype in zip("Axy", dtypes, strict=True) if dtype == "c8"]
    A, x, y = eg.variables("A[n,n] x[n] y[n]", complex=names)
    results = (eg.solve(A, x), eg.solve(A.T, y), eg.det(A), eg.inverse(A))
    depends = [(0, 1), (0, 2), (0,), (0,)]
    matrix = 3 * np.eye(3) + np.array([[0, 1, 2], [1, 0, 0], [5, 0, 0]])
    made = [one.astype(d) for one, d in zip((matrix, ones3 / 3, ones3 / 7), dtypes, strict=True)]
    arrays = dict(zip("Axy", made, strict=True))
    expected = eg.compile(*results)(**{name: wide(one) for name, one in arrays.items()})
    found = eg.compile(*results)(**arrays)
    own = as_floats(dtypes)
    for one, other, places in zip(found, expected, depends, strict=True):
        dtype = np.result_type(*(own[place] for place in places))
        assert one.dtype == dtype
        assert close(one, other, dtype)


@pytest.mark.parametrize("use", [eg.inverse, eg.det, lambda A: eg.solve(A, x), lambda A: A @ x])
def test_long_doubles_are_computed_or_refused(use):
    (A,) = eg.variables("A[n,n]")
    arrays = {"A": np.eye(2, dtype="g"), "x": ones}
    needed = {v.name: arrays[v.name] for v in variables_in(use(A))}
    if isinstance(use(A), MatrixMap) or "inverse" in repr(use(A)):
        with pytest.raises(eg.DtypeError, match="takes no arguments of dtype"):
            eg.evaluate(use(A), **needed)
    else:
        assert eg.evaluate(use(A), **needed).dtype == np.longdouble


def test_functions_of_whole_constants_are_those_of_floats():
    two = 2 * eg.ones("n")
    expr = x + eg.power(two, -3) + eg.power(10 * eg.ones("n"), 20) + eg.maximum(two, 5)
    assert (eg.evaluate(expr, x=np.array([1, 2])) == [6.125 + 1e20, 7.125 + 1e20]).all()


def test_counts_and_sizes_are_floats():
    for dtype in ("?", "i4", "f2", "f4", "f8"):
        array = np.ones(3, dtype)
        f = eg.compile(eg.sum(eg.ones("n")), eg.eye("n"), eg.sum(x - x), inputs=[x])
        for found in f(array):
            assert found.dtype == common([dtype])


(M,) = eg.variables("M[n,n]")
SUMS = {
    "products first": M @ x + x - y,
    "products last": x - M @ x - 3 * y,
    "two products": 2 * (M @ x) + 2 * (M.T @ y),
    "a difference inside": M @ (x - y) - x,
    "a diagonal": eg.diag(x) - M + 0.5 * eg.outer(y, x),
    "an identity": M @ M - M.T + eg.diag(y) - 3 * eg.eye("n") - eg.outer(x, x),
    "functions": eg.tanh(M @ x) - eg.exp(-y) + 1,
    "cases": eg.where(eg.greater(x, y), M @ x, 2 * y) - x,
    "numbers": eg.sum(M @ x) - eg.sum(y) * x + 1,
}


@pytest.mark.parametrize("expr", SUMS.values(), ids=SUMS)
@pytest.mark.parametrize("narrow", ["f4", "?", "u1"])
def test_no_sum_loses_the_wider_dtype_of_one_of_its_terms(expr, narrow):
    for wider in [*product([narrow, "f8"], repeat=3), ("f8", narrow, "f4")]:
        own = np.random.default_rng(1).integers(0, 2, 9).reshape(3, 3)
        arrays = {
            name: (array if np.dtype(dtype).kind in "bu" else array + 1 / 3).astype(dtype)
            for name, array, dtype in zip("Mxy", (own, own[0], own[1]), wider, strict=True)
        }
        expected = eg.evaluate(expr, **{name: wide(array) for name, array in arrays.items()})
        precise = np.finfo(common(wider)).dtype
        least = max(np.finfo(one).eps for one in as_floats(wider))
        for found in every_way(expr, arrays):
            assert found.dtype == precise
            assert np.allclose(found, expected, rtol=20 * least, atol=20 * least)


(z,), (Z,) = eg.variables("z[n]", complex="z"), eg.variables("Z[n,n]", complex="Z")
CANCELLED = {
    "difference": z - z,
    "quotient": z / z,
    "identity": Z @ eg.inverse(Z),
    "identity of a system": eg.solve(Z, Z),
    "zeros of its shape": 0 * eg.outer(z, z),
}
REAL_PARTS = {
    "itself": lambda whole: whole,
    "modulus": abs,
    "real part": eg.real,
    "imaginary part": eg.imag,
    "sum of moduli": lambda whole: eg.sum(abs(whole)),
    "squares": eg.sum_squares,
    "angle of more": lambda whole: eg.arctan2(abs(whole) + 1, eg.real(whole)),
    "difference of moduli": lambda whole: abs(whole) - abs(whole),
}


@pytest.mark.parametrize("whole", CANCELLED.values(), ids=CANCELLED)
@pytest.mark.parametrize("part", REAL_PARTS.values(), ids=REAL_PARTS)
@pytest.mark.parametrize("dtype", COMPLEX)
def test_what_cancels_is_as_complex_as_before_and_no_more(whole, part, dtype):
    number = np.array([1 + 1j, 2 - 0.5j], dtype)
    arrays = {"z": number, "Z": (np.diag(number) + 1).astype(dtype)}
    expr = part(whole)
    needed = {one.name: arrays[one.name] for one in variables_in(expr)}
    expected = eg.evaluate(expr, **{name: wide(one) for name, one in needed.items()})
    kind = np.dtype(dtype) if part is REAL_PARTS["itself"] else np.finfo(dtype).dtype
    ways = [
        eg.evaluate(expr, **needed),
        eg.compile(expr, inputs=(z, Z))(**arrays),
        eg.compile(eg.sum(abs(z)), expr, inputs=(z, Z))(**arrays)[1],
        eg.compile(expr, inputs=(z, Z), structured=True)(**arrays).dense(),
    ]
    for found in ways:
        assert found.dtype == kind
        assert close(found, expected, dtype)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_values_of_functions_that_cancel_are_as_complex_as_numpys(dtype):
    array = np.array([1 + 1j, 2 - 0.5j], dtype)
    functions = [
        lambda z: z - z,
        lambda z: abs(z - z),
        lambda z: (abs(z / z) ** 2).sum(),
        lambda z: (z / z).imag,
    ]
    for function in functions:
        value = function(array)
        for found in (eg.jit(function)(array), eg.vjp(function, array)[0]):
            assert found.dtype == value.dtype
            assert close(found, value, dtype)
        assert eg.jvp(function, (array,), (array,))[0].dtype == value.dtype


CHOICES = {
    "the argument or another": (lambda m, a, b: m.where(a, b, a), [0, 1, 1]),
    "a number or the argument": (lambda m, a, b: m.where(b > 2, 4, a), [1, 0, 0]),
    "twice the argument or half of another": (lambda m, a, b: m.where(a, 2 * a, b / 2), [2, 0, 0]),
    "the argument, negated or not": (lambda m, a, b: m.where(b, -a, a), [-1, -1, 1]),
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("dtype", REALS)
def test_a_slope_that_chooses_between_numbers_has_the_dtype_of_the_arrays(name, dtype):
    chosen, _slope = CHOICES[name]
    x, y = eg.variables("x[n] y[n]")
    arrays = [np.array(a, dtype) for a in ([3, 0, 0], [1, 4, 0])]
    gradient = eg.grad(eg.sum(chosen(eg, x, y)), x)
    found = [
        eg.compile(gradient, inputs=(x, y), sizes={"n": 3})(*arrays),
        eg.jacobian(lambda a: np.sum(chosen(np, a, arrays[1])))(arrays[0]),
    ]
    for one in found:
        assert one.dtype == dtype
    assert np.array_equal(found[0], found[1])
    assert eg.compile(eg.where(x > 1, 2, 3))(x=arrays[0]).dtype == dtype


Z, W = eg.variables("Z[k,k] W[k,k]", complex="Z W")
BECOME_REAL = {
    "nothing left": lambda m, z, inverse: z - z,
    "a product with nothing": lambda m, z, inverse: (z - z) * m.exp(z) + 0 * z,
    "one": lambda m, z, inverse: z / z,
    "an identity": lambda m, z, inverse: inverse(z) @ z,
    "sums of an identity": lambda m, z, inverse: m.sum(inverse(z) @ z, axis=0),
    "a real part": lambda m, z, inverse: m.real(z) + (z - z),
    "a turned modulus": lambda m, z, inverse: 1j * m.abs(z),
    "a number": lambda m, z, inverse: m.trace(z - z),
}
OF_COMPLEX = {
    "abs": lambda m, z: m.abs(z),
    "real": lambda m, z: m.real(z),
    "imag": lambda m, z: m.imag(z) + 0,
    "root of the modulus": lambda m, z: m.sqrt(m.abs(z)),
    "largest modulus": lambda m, z: m.max(m.abs(z)),
    "beside a real array": lambda m, z: m.sum(m.abs(z)) * 2 + m.arctan2(m.imag(z), 1.5),
}


@pytest.mark.parametrize("inner", BECOME_REAL)
@pytest.mark.parametrize("outer", OF_COMPLEX)
@pytest.mark.parametrize("dtype", COMPLEX)
def test_a_real_function_of_what_becomes_real_gives_reals(inner, outer, dtype):
    def built(m, z, inverse):
        return OF_COMPLEX[outer](m, BECOME_REAL[inner](m, z, inverse))

    drawn = np.random.default_rng(3).standard_normal((2, 3, 3))
    z = (drawn[0] + 1j * drawn[1] + 3 * np.eye(3)).astype(dtype)
    wanted, expr = built(np, z, np.linalg.inv), built(eg, Z, eg.inverse)
    f = eg.jit(lambda one: built(np, one, np.linalg.inv))
    found = [
        eg.evaluate(expr, Z=z),
        eg.compile(expr, inputs=(Z,))(z),
        eg.compile(Z + 1, expr, inputs=(Z,))(z)[1],
        f(z),
        eg.jvp(f, (z,), (z,))[0],
    ]
    for one in found:
        assert one.dtype == wanted.dtype
        assert one.shape == wanted.shape
        assert np.allclose(one, wanted, rtol=1e-4, atol=1e-3)


def test_slopes_in_complex_variables_are_complex_also_if_constant():
    def f(z):
        return np.sum(np.real(z)) + np.sum(np.abs(z - z))

    z = np.array([1 + 2j, 3j])
    assert eg.grad(f)(z).dtype == complex
    assert np.array_equal(eg.grad(f)(z), [1, 1])


def test_complex_numbers_times_scalars_are_numpys_scalars():
    s, t = eg.variables("s t")
    for expr in (2j * s, 1j * s - 3 * t, (1 - 1j) * s * t + t, s + 2j * eg.exp(t)):
        for dtype, wanted in (("f4", "c8"), ("f8", "c16")):
            given_ = {"s": np.array(0.5, dtype), "t": np.array(-2, dtype)}
            needed = {v.name: given_[v.name] for v in variables_in(expr)}
            for found in (eg.evaluate(expr, **needed), eg.compile(expr)(**needed)):
                assert isinstance(found, np.generic)
                assert found.dtype == wanted
    value, slope = eg.jvp(lambda a: 2j * np.sum(a * a), (np.ones(2),), (np.ones(2),))
    assert value.dtype == slope.dtype == complex


CHOSEN = {
    "whole numbers": lambda c: eg.where(c, 0, 1),
    "floats": lambda c: eg.where(c, 0.5, 1.5),
    "both": lambda c: eg.where(c, 0, 0.1),
    "complex numbers": lambda c: eg.where(c, 1j, 2),
    "ones": lambda c: eg.where(c, eg.ones("n"), 0.25),
    "product with it": lambda c: eg.where(c, 3, 0.5) * c,
    "second derivative of a product": lambda c: eg.hessian(eg.prod(c), c),
}
OF_ONE = {
    "vector": lambda use: use(x),
    "number": lambda use: eg.sum(use(eg.sum(x))),
}


@pytest.mark.parametrize("use", CHOSEN.values(), ids=CHOSEN)
@pytest.mark.parametrize("of", OF_ONE.values(), ids=OF_ONE)
@pytest.mark.parametrize("dtype", ["?", "i2", *REALS])
def test_numbers_that_an_array_chooses_have_its_precision(use, of, dtype):
    try:
        expr = of(use)
    except eg.EinsgradError:
        pytest.skip("for vectors alone")
    array = np.array([1, 0, 1]).astype(dtype)
    expected = eg.evaluate(expr, x=wide(array), sizes={"n": 3})
    precise = common([dtype])
    is_complex = np.iscomplexobj(expected)
    for found in every_way(expr, {"x": array}, sizes={"n": 3}):
        wanted = np.result_type(precise, np.complex64) if is_complex else precise
        assert found.dtype == wanted
        assert close(found, expected, precise)


def test_wider_choices_keep_their_digits():
    for dtypes in product(["f4", "f8"], repeat=2):
        array, other = (np.array([0.0, 0.1]).astype(one) for one in dtypes)
        found = eg.evaluate(eg.where(x, 0.1, y), x=array, y=other)
        assert found.dtype == dtypes[1]
        assert close(found, np.where(array, 0.1, other), found.dtype, 1)
