"""Compiled expressions: the values are numpy's, and what runs is what is printed."""

import pickle
import re
import threading
from itertools import product

import numpy as np
import pytest
from counting import bytes_in
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from plain import plain_value

import einsgrad as eg
from einsgrad.api import einsums
from einsgrad.engine.compiled import Compiled
from einsgrad.engine.programs.steps import Apply, Combine, Contract, Sliced
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.tables.rows import ELEMENTWISE, REDUCTIONS
from einsgrad.expressions.tables.spellings import Body
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import SIZES, expressions, values
from einsgrad.testing.strategies import einsum_cases

GENERATOR = np.random.default_rng(0)


def normal(*shape):
    return GENERATOR.standard_normal(shape)


def close(one, other, tolerance=1e-8):
    one, other = np.asarray(one), np.asarray(other)
    scale = max(1.0, float(np.abs(other).max(initial=0)))
    return one.shape == other.shape and np.allclose(
        one, other, rtol=tolerance, atol=tolerance * scale, equal_nan=True
    )


def laid_out(array, order):
    """Return the same entries with another layout in memory."""
    if not array.ndim:
        return array
    match order:
        case "C":
            return np.ascontiguousarray(array)
        case "F":
            return np.asfortranarray(array)
        case "strided":
            wide = np.zeros([2 * size for size in array.shape], array.dtype)
            view = wide[tuple(slice(None, None, 2) for _ in array.shape)]
            view[...] = array
            return view
        case "reversed":
            flip = tuple(slice(None, None, -1) for _ in array.shape)
            return np.ascontiguousarray(array[flip])[flip]
        case _:
            frozen = array.copy()
            frozen.flags.writeable = False
            return frozen


LAYOUTS = st.sampled_from(["C", "F", "strided", "reversed", "read-only"])
SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@SLOW
@given(expressions(), st.integers(0, 99), LAYOUTS)
def test_a_compiled_expression_has_the_value_of_its_nodes(expr, seed, layout):
    arrays = values(expr, seed)
    given_ = {name: laid_out(array, layout) for name, array in arrays.items()}
    with np.errstate(all="ignore"):
        expected = plain_value(expr, arrays, SIZES)
        assume(np.isfinite(expected).all())
        found = eg.compile(expr, sizes=SIZES)(**given_)
    assert close(found, expected)
    for name, array in arrays.items():
        assert np.array_equal(given_[name], array), "an input was overwritten"


@SLOW
@given(expressions(scalar=True), st.integers(0, 99))
def test_value_and_gradients_together_are_those_apart(expr, seed):
    arrays = values(expr, seed)
    wrt = variables_in(expr)
    gradients = eg.grad(expr, wrt)
    together = eg.compile(expr, *gradients, sizes=SIZES)(**arrays)
    with np.errstate(all="ignore"):
        apart = [plain_value(one, arrays, SIZES) for one in (expr, *gradients)]
    assume(all(np.isfinite(one).all() for one in apart))
    assert all(close(one, other) for one, other in zip(together, apart, strict=True))


@given(
    einsum_cases(repeated_output=False, broadcasting=False),
    st.sampled_from(["float32", "float64", "complex64", "complex128", "int64", "int8", "?"]),
    LAYOUTS,
)
def test_a_compiled_string_has_numpys_value_and_dtype(case, dtype, layout):
    arrays = [laid_out(array.astype(dtype), layout) for array in case.arrays]
    expected = np.einsum(case.string, *arrays)
    found = eg.compile(case.string)(*arrays)
    assert np.asarray(found).dtype == expected.dtype
    assert close(found, expected, 1e-5 if dtype in ("float32", "complex64") else 1e-10)


@pytest.mark.parametrize("sizes", [(0, 3, 2), (1, 1, 1), (2, 0, 0), (3, 1, 0)])
@pytest.mark.parametrize(
    "string",
    [
        "mn,nk->mk",
        "mn,n->m",
        "mn->m",
        "mn->n",
        "mn->",
        "mn,mn->",
        "m,n->mn",
        "mn,mk,nk->",
        "mnk->knm",
    ],
)
def test_axes_of_size_zero_and_one(string, sizes):
    known = dict(zip("mnk", sizes, strict=True))
    arrays = [normal(*(known[x] for x in part)) for part in string.split("->")[0].split(",")]
    assert close(eg.compile(string)(*arrays), np.einsum(string, *arrays))


A, x, b = eg.variables("A[m,n] x[n] b[m]")
SQUARES = 0.5 * eg.sum_squares(A @ x - b)


def test_what_outputs_share_is_computed_once():
    f = eg.compile(SQUARES, *eg.grad(SQUARES, (A, x)))
    f(A=normal(4, 3), x=normal(3), b=normal(4))
    products = [step for step in f.program.steps if isinstance(step, Contract)]
    # The residual's product, its square, and one product for each gradient.
    assert len(products) == 4


def test_the_printed_source_stands_alone_and_is_what_runs():
    f = eg.compile(SQUARES, eg.grad(eg.sum(eg.softplus(A @ x)), x), eg.sigmoid(b))
    arrays = {"A": normal(4, 3), "x": normal(3), "b": normal(4)}
    expected = f(**arrays)
    names = {}
    exec(f.source, names)
    found = names["compute"](*(arrays[name] for name in f.variables))
    assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))
    assert "einsgrad" not in f.source


def test_nothing_that_a_user_typed_gets_into_the_source():
    evil = "x'); import os; os.abort() #\n"
    symbol = Variable(evil, ("n\nimport os", 2))
    f = eg.compile(eg.sum(eg.tanh(symbol)) + 2 * eg.sum(symbol))
    value = f(**{evil: np.ones((3, 2))})
    assert np.isclose(value, 6 * np.tanh(1) + 12)
    for code in (f.source, f.code("torch"), f.code("jax")):
        assert "import os" not in code
        assert "abort" not in code


def test_a_function_of_a_user_is_called_by_a_name_made_here():
    cube = eg.define("cube_in_tests", lambda x: x**3, lambda m, x, y: 3 * m.square(x))
    (z,) = eg.variables("z[n]")
    f = eg.compile(cube(z), eg.grad(eg.sum(cube(z)), z))
    value, slope = f(z=np.array([1.0, 2.0]))
    assert value.tolist() == [1.0, 8.0]
    assert slope.tolist() == [3.0, 12.0]
    assert "cube_in_tests" not in f.source
    with pytest.raises(eg.ArgumentError, match="has no code for torch"):
        f.code("torch")


def test_results_share_memory_with_nothing_but_read_only_views():
    f = eg.compile(A.T, A, A @ x)
    arrays = {"A": normal(4, 3), "x": normal(3)}
    transposed, same, product = f(**arrays)
    assert not transposed.flags.writeable
    assert not same.flags.writeable
    assert product.flags.writeable
    for result in eg.compile(A.T, A, copy=True)(A=arrays["A"]):
        assert result.flags.writeable
        assert not np.shares_memory(result, arrays["A"])
    doubled = eg.compile(2 * A, 2 * A.T)(A=arrays["A"])
    assert not np.shares_memory(*doubled)


def test_a_view_that_is_read_later_is_not_overwritten():
    (S,) = eg.variables("S[n,n]")
    T = eg.tanh(S)
    expr = eg.exp(T) * T.T + eg.exp(T.T) - eg.diag(eg.diag(T))
    s = normal(4, 4)
    t = np.tanh(s)
    expected = np.exp(t) * t.T + np.exp(t.T) - np.diag(np.diag(t))
    assert close(eg.compile(expr)(S=s), expected)


def test_eight_threads_get_the_right_answers():
    f = eg.compile(SQUARES, eg.grad(SQUARES, A))
    wrong = []

    def work(seed):
        generator = np.random.default_rng(seed)
        for size in (3, 5, 8, 50):
            a, v, t = (generator.standard_normal(s) for s in ((size, 4), 4, size))
            for _ in range(30):
                value, gradient = f(A=a, x=v, b=t)
                residual = a @ v - t
                if not close(value, 0.5 * residual @ residual):
                    wrong.append(size)
                if not close(gradient, np.outer(residual, v)):
                    wrong.append(size)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_deltas_that_remain_are_never_multiplied_out():
    U, V, X = eg.variables("U[m,r] V[n,r] X[m,n]")
    loss = 0.5 * eg.sum_squares(X - eg.einsum("mr,nr->mn", U, V))
    f = eg.compile(eg.hessian(loss, U), inputs=(U, V))
    rows, columns, rank = 60, 40, 3
    u, v = normal(rows, rank), normal(columns, rank)
    found = f(u, v)
    assert close(found, np.einsum("ij,ab->iajb", np.eye(rows), v.T @ v))
    assert "eye" not in f.source
    assert bytes_in(f, u, v) <= 1.1 * (found.nbytes + u.nbytes + v.nbytes)


def test_the_size_of_a_trace_belongs_to_the_program():
    (S,) = eg.variables("S[n,n]")
    gradient = eg.grad(eg.trace(S), S)
    assert np.array_equal(eg.compile(gradient, inputs=(S,))(normal(3, 3)), np.eye(3))
    assert np.array_equal(eg.compile(gradient, sizes={"n": 3})(), np.eye(3))
    with pytest.raises(eg.ArgumentError, match="size of dim 'n' is not known"):
        eg.compile(gradient)()


def test_arguments_that_do_not_fit_are_refused():
    f = eg.compile(SQUARES)
    a, v, t = normal(4, 3), normal(3), normal(4)
    with pytest.raises(eg.ArgumentError, match="no array given for x"):
        f(A=a, b=t)
    with pytest.raises(eg.ShapeError, match="dim n is 3"):
        f(A=a, b=t, x=t)
    with pytest.raises(eg.ArgumentError, match="given twice"):
        eg.compile(SQUARES, inputs=(A, b, x))(a, A=a, b=t, x=v)
    with pytest.raises(eg.ArgumentError, match="4 arrays given for 3"):
        eg.compile(SQUARES, inputs=(A, b, x))(a, t, v, v)
    with pytest.raises(eg.DtypeError, match="declared real"):
        f(A=a + 0j, b=t, x=v)
    with pytest.raises(eg.ArgumentError, match="not among the inputs"):
        eg.compile(SQUARES, inputs=(A, x))
    with pytest.raises(eg.ArgumentError, match="nothing to compile"):
        eg.compile()
    with pytest.raises(eg.ArgumentError, match="no program yet"):
        _ = eg.compile(SQUARES).program
    same = eg.compile("i->i")
    same(v)
    with pytest.raises(eg.ArgumentError, match="no code can be written"):
        same.code("fortran")


def test_a_program_prints_its_steps_and_totals():
    f = eg.compile(SQUARES)
    f(A=normal(4, 3), x=normal(3), b=normal(4))
    text = str(f.program)
    assert "einsum ij,j->i  A x" in text
    assert "flops, at most" in text
    assert f.program.flops == 2 * 4 * 3 + 4 + 4 + 2 * 4 + 1
    assert f.program.peak_bytes >= 8 * (12 + 3 + 4)


def network(operands, bond, seed):
    """Return the einsum of a random network of matrices and vectors, with its variables."""
    generator = np.random.default_rng(seed)
    edges = [(place, int(generator.integers(0, place))) for place in range(1, operands)]
    edges += [tuple(generator.choice(operands, 2, replace=False)) for _ in range(operands // 3)]
    lists = [[] for _ in range(operands)]
    for label, (one, other) in enumerate(edges):
        lists[one].append(label)
        lists[other].append(label)
    dims = ["[" + ",".join([str(bond)] * len(labels)) + "]" for labels in lists]
    symbols = eg.variables(" ".join(f"T{place}{dim}" for place, dim in enumerate(dims)))
    parts = [part for pair in zip(symbols, lists, strict=True) for part in pair]
    return symbols, eg.einsum(*parts, [])


@pytest.mark.parametrize("operands", [3, 5, 8, 9, 12, 30, 60])
def test_all_gradients_of_a_network_cost_a_few_times_its_value(operands):
    symbols, value = network(operands, 3, operands)
    arrays = {symbol.name: normal(*symbol.shape) for symbol in symbols}
    alone = eg.compile(value)
    alone(**arrays)
    f = eg.compile(value, *eg.grad(value, symbols))
    number, *gradients = f(**arrays)
    assert f.program.flops <= 4 * alone.program.flops
    # The value is linear in each factor.
    for symbol, gradient in zip(symbols, gradients, strict=True):
        assert close(np.sum(gradient * arrays[symbol.name]), number)


def test_a_memory_limit_slices_and_keeps_to_it():
    operands = 8
    size = 64
    lists = [(place, place + operands, place + 1) for place in range(operands)]
    lists = [(a % operands, b, c % operands) for a, b, c in lists]
    output = tuple(range(operands, operands + 3))
    arrays = [normal(size, 2, size) for _ in range(operands)]
    dims = {label: 2 if label >= operands else size for pair in lists for label in pair}
    string = ",".join("".join(chr(97 + x) for x in labels) for labels in lists)
    string += "->" + "".join(chr(97 + x) for x in output)
    assert dims
    expected = np.einsum(string, *arrays, optimize=True)
    free = eg.compile(string)
    assert close(free(*arrays), expected)
    limit = 4 * size * size * 8
    f = eg.compile(string, memory_limit=limit)
    assert close(f(*arrays), expected)
    assert any(isinstance(step, Sliced) for step in f.program.steps)
    assert "slices" in str(f.program)

    assert bytes_in(f, *arrays) < bytes_in(free, *arrays)
    # The slices of the operands that are being read are copied too.
    assert bytes_in(f, *arrays) <= 1.5 * limit


def test_a_limit_that_cannot_be_kept_says_what_is_needed():
    with pytest.raises(eg.ArgumentError, match="alone needs 648 bytes"):
        eg.compile("ij,jk,kl->il", memory_limit=1)(normal(9, 9), normal(9, 9), normal(9, 9))


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_code_for_other_libraries_gives_the_same_values(library):
    module = pytest.importorskip(library)
    if library == "jax":
        module.config.update("jax_enable_x64", True)
    convert = module.as_tensor if library == "torch" else module.numpy.asarray
    S, v = eg.variables("S[n,n] v[n]")
    softmax = eg.softmax(S @ v)
    exprs = (
        eg.jacobian(softmax, v),
        eg.logdet(S @ S.T + eg.eye("n")) + eg.sum(eg.relu(S)),
        eg.solve(S + 3 * eg.eye("n"), v),
        eg.max(S, axis=0) * eg.prod(v),
        eg.hessian(eg.sum(eg.softplus(S @ v)), v),
    )
    f = eg.compile(*exprs)
    arrays = {"S": normal(4, 4), "v": normal(4)}
    expected = f(**arrays)
    names = {}
    exec(f.code(library), names)
    found = names["compute"](*(convert(arrays[name]) for name in f.variables))
    assert all(close(np.asarray(one), two) for one, two in zip(found, expected, strict=True))


def test_code_of_linear_systems_holds_no_sizes():
    S, v = eg.variables("S[n,n] v[n]")
    f = eg.compile(eg.solve(S, v), eg.grad(v @ eg.inverse(S) @ v, S), eg.inverse(S) @ S.T)
    f(S=normal(37, 37), v=normal(37))
    for library in ("torch", "jax"):
        assert "37" not in f.code(library)


PLAIN_ROWS = [
    row
    for row in (*ELEMENTWISE.values(), *REDUCTIONS.values())
    if row.public and not (isinstance(row.numpy, Body) and row.numpy.special) and row.name != "imag"
]


@pytest.mark.parametrize("size", [3, 300])
@pytest.mark.parametrize("row", PLAIN_ROWS, ids=lambda row: row.name)
@pytest.mark.filterwarnings("error")
def test_single_precision_stays_single(row, size):
    names = "xyz"[: getattr(row, "arity", 1)]
    arguments = eg.variables(" ".join(f"{name}[n]" for name in names))
    expr = getattr(eg, row.name)(*arguments)
    # An area cosine has values from 1 on.
    points = np.linspace(0.1, 0.9, size) + (row.name == "arccosh")
    arrays = {name: points.astype(np.float32) for name in names}
    f = eg.compile(2 * expr - 1, eg.sum(expr))
    double = f(**dict.fromkeys(names, points))
    for single, wide in zip(f(**arrays), double, strict=True):
        assert np.asarray(single).dtype == np.float32
        assert np.allclose(single, wide, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtypes", list(product(["i8", "f4", "f8", "c16"], repeat=3)), ids=str)
@pytest.mark.parametrize("numbers", [(1, 1, 1), (2, 1, -1), (3, 3, -3), (1, 1, 1j), (1j, -1j, 1j)])
def test_a_sum_is_written_into_no_array_of_too_narrow_a_dtype(dtypes, numbers):
    arrays = [np.array([value, 5]).astype(d) for value, d in zip((7, 2, 3), dtypes, strict=True)]
    complex_ = [name for name, dtype in zip("xyz", dtypes, strict=True) if dtype == "c16"]
    declared = eg.variables("x[n] y[n] z[n]", complex=complex_)
    total = sum(number * v for number, v in zip(numbers, declared, strict=True))
    found = eg.compile(total, inputs=declared)(*arrays)
    common = np.result_type(*arrays, *numbers)
    if common.kind == "i":
        common = np.dtype(float)
    terms = [number * array.astype(common) for number, array in zip(numbers, arrays, strict=True)]
    assert found.dtype == common
    assert np.array_equal(found, sum(terms))


@pytest.mark.parametrize("dtypes", list(product(["?", "i8", "f4", "f8"], repeat=2)), ids=str)
@pytest.mark.parametrize("numbers", [(1, 0, 1), (2, 0, 0.5), (1, 1, 1j), (3, -3, 1.5)])
def test_a_diagonal_of_a_wider_dtype_is_added_to_a_matrix(dtypes, numbers):
    A, x = normal(3, 3).astype(dtypes[0]), normal(3).astype(dtypes[1])
    plain, scaled, turned = numbers
    matrix, vector = eg.variables("A[n,n] x[n]")
    total = plain * matrix + scaled * matrix.T + turned * eg.diag(vector)
    found = eg.compile(total)(A=A, x=x)
    counted = 1 * A
    assert np.allclose(found, plain * counted + scaled * counted.T + turned * np.diag(1 * x))


def test_equal_numbers_of_different_types_are_told_apart():
    x = eg.variables("x[n]")[0]
    array = np.arange(3.0, dtype=np.float32)
    for number, dtype in ((1.0, "f4"), (1, "f4"), (1 + 0j, "c8"), (1.0, "f4")):
        diagonal = eg.einsum("i->ii", eg.maximum(x, number))
        assert eg.compile(diagonal)(x=array).dtype == dtype


@given(expressions(), st.integers(0, 99))
def test_every_constant_before_the_function_is_used(expr, seed):
    f = eg.compile(expr, sizes=SIZES)
    with np.errstate(all="ignore"):
        f(**values(expr, seed))
    for name in re.findall(r"^(c\d+) = ", f.source, re.MULTILINE):
        assert len(re.findall(rf"\b{name}\b", f.source)) > 1


class Special(np.ndarray):
    """An array whose product is no product of entries."""

    def __mul__(self, other):
        raise AssertionError


CALLS_OF = ["mn->nm", "mn,nk->mk", "mn,nk,kl->ml", "mn,nk,kl,lm->"]


@given(st.sampled_from(CALLS_OF), st.data())
def test_one_string_serves_any_sequence_of_shapes_dtypes_and_types(string, data):
    for _ in range(4):
        size = data.draw(st.integers(1, 3))
        count = string.count(",") + 1
        dtypes = data.draw(st.tuples(*[st.sampled_from(["f8", "f4", "i8", ">f8"])] * count))
        arrays = [np.arange(size * size).reshape(size, size).astype(dtype) for dtype in dtypes]
        kinds = data.draw(st.tuples(*[st.sampled_from(["array", "subclass", "list"])] * count))
        given_ = [
            array.view(Special)
            if kind == "subclass"
            else array.tolist()
            if kind == "list"
            else array
            for array, kind in zip(arrays, kinds, strict=True)
        ]
        plain = [np.asarray(array) for array in given_]
        found, expected = eg.einsum(string, *given_), np.einsum(string, *plain)
        assert np.array_equal(found, expected)
        assert np.asarray(found).dtype == expected.dtype
        assert not isinstance(found, Special)


def test_array_calls_are_compiled_once():
    a, v = normal(4, 3), normal(3)
    assert close(eg.einsum("mn,n->m", a, v), a @ v)
    before = dict(einsums._functions._kept)
    assert close(eg.einsum("mn,n->m", 2 * a, v), 2 * a @ v)
    assert einsums._functions._kept == before
    # Lists, subclasses and other dtypes take the way with all checks.
    assert close(eg.einsum("mn,n->m", a.tolist(), v), a @ v)
    special = a.view(Special)
    assert close(eg.einsum("mn,mn->mn", special, special), a * a)
    assert type(eg.einsum("mn,mn->mn", special, special)) is np.ndarray
    assert eg.einsum("mn,n->m", a.astype("f4"), v.astype("f4")).dtype == np.float32
    value, pullback = eg.vjp("mn,n->m", a, v)
    again, second = eg.vjp("mn,n->m", a, 3 * v)
    assert close(again, 3 * value)
    g = normal(4)
    assert close(second(g)[0], np.outer(g, 3 * v))
    assert close(pullback(g)[1], g @ a)
    with pytest.raises(eg.ShapeError, match="cotangent has shape"):
        second(normal(3))


class Failing:
    """A user's function that raises an error once it is given one."""

    def __init__(self):
        self.error = None
        self.calls = 0

    def __call__(self, values, *_):
        if self.error is not None:
            self.calls += 1
            raise self.error("mine")
        return values


ERRORS = [AttributeError, KeyError, TypeError, ValueError]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_a_users_function_arrives_and_the_function_is_called_once(error):
    function = Failing()
    own = eg.define(f"failing_by_{error.__name__}", function, lambda m, x, y: m.ones(3))
    (x,) = eg.variables("x[n]")
    f = eg.compile(own(x), inputs=(x,))
    f(normal(3))
    function.error = error
    with pytest.raises(error, match="mine"):
        f(normal(3))
    assert function.calls == 1


@pytest.mark.parametrize("call", [eg.einsum, eg.vjp, eg.compile("mn,n->m")])
def test_a_wrong_call_says_nothing_of_the_look_up_before_it(call):
    string = [] if isinstance(call, Compiled) else ["mn,n->m"]
    call(*string, normal(3, 2), normal(2))
    with pytest.raises(eg.ShapeError) as caught:
        call(*string, normal(3, 2), normal(3))
    assert caught.value.__context__ is None


huge = np.full(3, 1e200)


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    ("call", "string", "arrays"),
    [
        (eg.einsum, "i->", [1e108 * huge]),
        (eg.einsum, "i,i->i", [huge, huge]),
        (eg.einsum, "i,i,i->i", [huge, huge, huge]),
        (eg.einsum, "i,i,i,i->i", [huge, huge, huge, huge]),
        (eg.vjp, "i,i->i", [huge, huge]),
    ],
)
def test_an_error_on_overflow_arrives_and_the_call_is_made_once(call, string, arrays, error):
    function = Failing()
    function.error = error
    with np.errstate(over="ignore"):
        call(string, *arrays)
    before = np.seterrcall(function)
    try:
        with np.errstate(over="call"), pytest.raises(error, match="mine"):
            call(string, *arrays)
    finally:
        np.seterrcall(before)
    assert function.calls == 1


def test_an_elementwise_result_goes_into_a_dead_temporary():
    f = eg.compile(eg.tanh(A @ x) ** 2 + b)
    f(A=normal(40, 30), x=normal(30), b=normal(40))
    assert "np.tanh(t0, t0)" in f.source
    assert {type(step) for step in f.program.steps} <= {Contract, Apply, Combine}


@pytest.mark.parametrize("optimize", ["greedy", "dp", "auto", "cotengra"])
def test_the_order_may_come_from_elsewhere(optimize):
    if optimize == "cotengra":
        cotengra = pytest.importorskip("cotengra")
        optimize = cotengra.GreedyOptimizer()
    symbols, value = network(7, 2, 0)
    arrays = {symbol.name: normal(*symbol.shape) for symbol in symbols}
    expected = eg.compile(value)(**arrays)
    assert close(eg.compile(value, optimize=optimize)(**arrays), expected)


def test_what_finds_no_order_is_refused():
    for optimize in ("quickest", 3):
        with pytest.raises(eg.ArgumentError, match="finds no contraction order"):
            eg.compile(SQUARES, optimize=optimize)


def test_a_diagonal_is_added_to_the_real_part_of_a_temporary():
    (Z,) = eg.variables("Z[n,n]", complex="Z")
    z = normal(4, 4) + 1j * normal(4, 4)
    expr = eg.real(eg.exp(Z)) + 2 * eg.eye("n")
    assert close(eg.compile(expr)(Z=z), np.exp(z).real + 2 * np.eye(4))


@SLOW
@given(expressions(), st.integers(0, 99))
def test_a_structured_result_is_the_dense_one(expr, seed):
    arrays = values(expr, seed)
    wrt = variables_in(expr)
    assume(wrt)
    jacobian = eg.jacobian(expr, wrt[0])
    with np.errstate(all="ignore"):
        expected = np.asarray(plain_value(jacobian, arrays, SIZES))
        assume(np.isfinite(expected).all())
        f = eg.compile(jacobian, inputs=wrt, sizes=SIZES, structured=True)
        found = f(*(arrays[v.name] for v in wrt))
    assert close(found.dense(), expected)
    direction = np.random.default_rng(seed).standard_normal(np.shape(arrays[wrt[0].name]))
    contracted = np.tensordot(expected, direction, direction.ndim)
    assert close(found.contract(direction), contracted)


def test_a_structured_hessian_holds_the_small_arrays_only():
    U, V, X = eg.variables("U[m,r] V[n,r] X[m,n]")
    loss = 0.5 * eg.sum_squares(X - eg.einsum("mr,nr->mn", U, V))
    u, v = normal(200, 3), normal(100, 3)
    found = eg.compile(eg.hessian(loss, U), inputs=(U, V), structured=True)(u, v)
    assert found.shape == (200, 3, 200, 3)
    assert found.nbytes == 9 * 8
    assert close(found.contract(u), u @ (v.T @ v))
    with pytest.raises(eg.ShapeError, match="cannot be contracted"):
        found.contract(v)


def test_a_compiled_function_can_be_pickled():
    a, v, t = normal(4, 3), normal(3), normal(4)
    for function, arrays in (
        (eg.compile(SQUARES, inputs=(A, b, x)), (a, t, v)),
        (eg.compile("mn,n->m"), (a, v)),
    ):
        again = pickle.loads(pickle.dumps(function))
        assert close(again(*arrays), function(*arrays))


def test_the_program_counts_the_arrays_of_a_slice():
    string, shape = "apb,bqc,crd,dsa->pqrs", (12, 3, 12)
    names = [f"T{k}" for k in range(4)]
    tensors = eg.variables(
        " ".join(f"{n}[{','.join(s)}]" for n, s in zip(names, string[:-6].split(","), strict=True))
    )
    arrays = {name: np.random.default_rng(1).standard_normal(shape) for name in names}
    function = eg.compile(eg.einsum(string, *tensors), memory_limit=10_000)
    function(**arrays)
    (step,) = function.program.steps
    assert function.program.peak_bytes == 4 * 12 * 3 * 12 * 8 + 81 * 8 + step.working_bytes
    assert 81 * 8 < bytes_in(function, **arrays) < 81 * 8 + 2 * step.working_bytes + 2_000


def test_a_factor_of_several_products_is_multiplied_by_a_number_once():
    u, v, w = eg.variables("u[n] v[n] w[n]")
    program = eg.compile(
        *[1 + 2 * eg.einsum("i,j->ij", eg.sin(u), other) for other in (v, w)], inputs=(u, v, w)
    )
    arrays = [np.arange(40.0) / 7, np.arange(40.0), np.ones(40)]
    found = program(*arrays)
    for one, other in zip(found, arrays[1:], strict=True):
        np.testing.assert_allclose(one, 1 + 2 * np.outer(np.sin(arrays[0]), other), rtol=1e-14)
    doubled = [step for step in program.program.steps if step.target.shape == (40,)]
    assert len(doubled) == 2


def test_a_multiple_that_products_need_is_copied_into_a_joined_array():
    u, v = eg.variables("u[6] v[40]")

    def function(w):
        outer = 2 * np.multiply.outer(np.sin(w), np.arange(40.0))
        return np.sum(outer * outer) + np.sum(np.stack([w, np.cos(w)]) ** 3)

    w = np.arange(1.0, 7.0)
    expected = 8 * np.sin(w) * np.cos(w) * np.sum(np.arange(40.0) ** 2)
    expected += 3 * w**2 - 3 * np.cos(w) ** 2 * np.sin(w)
    np.testing.assert_allclose(eg.grad(eg.jit(function))(w), expected, rtol=1e-12)
    joined = np.concatenate([2 * u, eg.sin(u)])
    program = eg.compile(1 + 2 * eg.einsum("i,j->ij", u, v), joined, inputs=(u, v))
    first, second = program(w, np.arange(40.0))
    np.testing.assert_allclose(first, 1 + 2 * np.outer(w, np.arange(40.0)), rtol=1e-15)
    np.testing.assert_allclose(second, np.concatenate([2 * w, np.sin(w)]), rtol=1e-15)
    assert program.source.count("c0 * a0") == 1
