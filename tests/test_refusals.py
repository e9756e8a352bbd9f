"""What cannot be computed: matrices without a value, nothing to reduce, arrays too large."""

import pickle

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine import making_kernels
from einsgrad.engine.random_arrays import random_operands
from einsgrad.strings.calls import as_equation

A, B = eg.variables("A[n,n] B[n,n]")
x, y = eg.variables("x[n] y[m]")
(T,) = eg.variables("T[k,m,n]")
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
NAN = np.array([[np.nan, 1.0], [1.0, 2.0]])

# Expressions that have no value at a singular matrix, or whose derivative has none.
NEED_INVERSES = {
    "inverse": eg.inverse(A),
    "solve": eg.solve(A, x),
    "two solutions": eg.solve(A, x) + eg.solve(A.T, x),
    "inverse and logdet": eg.trace(eg.inverse(A)) + eg.logdet(A),
    "quadratic form": x @ eg.inverse(A) @ x,
    "a stack": eg.inverse(eg.einsum("k,ij->kij", y, A)),
    "gradient of logdet": eg.grad(eg.logdet(A), A),
}


@pytest.mark.parametrize("name", NEED_INVERSES)
def test_a_singular_matrix_is_an_error_of_the_family_and_of_numpy(name):
    arrays = {"A": SINGULAR, "x": np.ones(2), "y": np.ones(3)}
    expr = NEED_INVERSES[name]
    given = {v: arrays[v] for v in eg.compile(expr).variables}
    with pytest.raises(eg.EinsgradError) as caught:
        eg.evaluate(expr, **given)
    assert isinstance(caught.value, np.linalg.LinAlgError)
    assert isinstance(caught.value, eg.MatrixError)
    assert "singular" in str(caught.value)
    assert type(pickle.loads(pickle.dumps(caught.value))) is eg.MatrixError


@pytest.mark.parametrize(
    "call",
    [
        lambda: eg.grad(lambda a: np.sum(np.linalg.inv(a)))(SINGULAR),
        lambda: eg.vjp(np.linalg.inv, SINGULAR),
        lambda: eg.jacobian(lambda a: np.linalg.solve(a, np.ones(2)))(SINGULAR),
        lambda: eg.compile(eg.inverse(A)).specialize(A=SINGULAR)(SINGULAR),
        lambda: eg.compile(eg.inverse(A), structured=True)(A=SINGULAR),
    ],
)
def test_every_door_of_programs_translates_errors_of_matrices(call):
    with pytest.raises(eg.MatrixError):
        call()


@pytest.mark.parametrize(
    "expr",
    [
        eg.det(A) + eg.logdet(A),
        eg.trace(eg.inverse(A)) * eg.det(A),
        x @ eg.solve(A, x) + x @ eg.solve(A.T, x),
    ],
    ids=["det and logdet", "inverse and det", "two solutions"],
)
def test_a_matrix_with_nan_gives_nan_also_where_it_is_factorised_once(expr):
    arrays = {"A": NAN, "x": np.ones(2)}
    given = {v: arrays[v] for v in eg.compile(expr).variables}
    with np.errstate(all="ignore"):
        assert np.all(np.isnan(eg.evaluate(expr, **given)))


@pytest.mark.filterwarnings("error:Diagonal")
def test_a_singular_matrix_that_has_a_determinant_brings_no_warning_of_scipy():
    with np.errstate(all="ignore"):
        found = eg.evaluate(eg.det(A) + eg.exp(eg.logdet(A)), A=SINGULAR)
    assert abs(found) < 1e-12


def own_error(kind):
    def raise_it(x):
        if x.shape == (2,) and x[0] == 7:
            raise kind("own")
        return x * 1.0

    return raise_it


@pytest.mark.parametrize(
    "kind",
    [
        KeyError, TypeError, ValueError, AttributeError, LookupError, StopIteration,
        np.linalg.LinAlgError, MemoryError, RecursionError, ArithmeticError,
    ],
)  # fmt: skip
def test_the_error_of_a_users_function_arrives_as_it_is_after_one_call(kind):
    calls = []

    def counted(x):
        calls.append(np.shape(x))
        return own_error(kind)(x)

    function = eg.define(f"own_{kind.__name__}", counted, lambda m, x, y: 1 + 0 * x)
    programs = [
        eg.compile(function(x), inputs=(x,)),
        eg.compile(eg.solve(A, function(x)), inputs=(A, x)),
    ]
    bad = np.array([7.0, 1.0])
    for program in programs:
        others = [2 * np.eye(2)] * (len(program.variables) - 1)
        program(*others, np.ones(2))
        calls.clear()
        for call in (program, program.specialize(*others, np.ones(2))):
            with pytest.raises(kind) as caught:
                call(*others, bad)
            assert type(caught.value) is kind
            assert caught.value.args == ("own",)
        assert calls.count((2,)) == 2
    for call in (
        lambda: eg.evaluate(function(x), x=bad),
        lambda: eg.grad(lambda x: np.sum(function(x) ** 2))(bad),
        lambda: eg.vjp(lambda x: function(x) ** 2, bad)[0],
    ):
        calls.clear()
        with pytest.raises(kind):
            call()
        assert calls.count((2,)) == 1


EMPTY = [
    (eg.max(x), {"x": np.zeros(0)}),
    (eg.min(T, axis=1), {"T": np.zeros((2, 0, 3))}),
    (eg.max(T, axis=(0, 2)), {"T": np.zeros((2, 1, 0))}),
    (eg.grad(eg.max(x), x), {"x": np.zeros(0)}),
]


@pytest.mark.parametrize(("expr", "arrays"), EMPTY)
def test_the_largest_of_no_entries_is_refused(expr, arrays):
    with pytest.raises(eg.ShapeError, match="no entries"):
        eg.evaluate(expr, **arrays)


@pytest.mark.parametrize(
    ("expr", "shape", "expected"),
    [
        (eg.sum(T, axis=1), (2, 0, 3), np.zeros((2, 3))),
        (eg.prod(T, axis=1), (2, 0, 3), np.ones((2, 3))),
        (eg.logsumexp(T, axis=1), (2, 0, 3), np.full((2, 3), -np.inf)),
        (eg.norm(T, axis=0), (0, 2, 3), np.zeros((2, 3))),
        (eg.max(T, axis=0), (2, 0, 3), np.zeros((0, 3))),
        (eg.softmax(T, axis=1), (2, 0, 3), np.zeros((2, 0, 3))),
        (eg.exp(T), (0, 2, 3), np.zeros((0, 2, 3))),
    ],
)
def test_what_has_a_value_for_no_entries_has_that_value(expr, shape, expected):
    with np.errstate(all="ignore"):
        assert np.array_equal(eg.evaluate(expr, T=np.zeros(shape)), expected)


(huge,) = eg.variables("huge[1000000000000000000]")
TOO_LARGE = {
    "ones": lambda: eg.evaluate(eg.ones(10**9)),
    "identity": lambda: eg.evaluate(eg.eye(10**6)),
    "gradient": lambda: eg.evaluate(eg.grad(eg.sum(huge), huge)),
    "outer product": lambda: eg.einsum("i,j->ij", np.ones(10**5), np.ones(10**5)),
    "diagonal": lambda: eg.einsum("i->iiii", np.ones(10**3)),
    "Hessian": lambda: eg.hessian(lambda x: np.sum(np.exp(x)) ** 2)(np.ones(10**5)),
    "Jacobian": lambda: eg.jacobian("mn,n->m", 0, np.ones((3000, 1000)), np.ones(1000)),
    "compiled": eg.compile(eg.exp(eg.ones(10**10))),
    "random array": lambda: eg.check_grads(eg.sum(huge)),
    "random operand": lambda: random_operands(as_equation("ij->"), sizes={"i": 10**9, "j": 10}),
    "dense": lambda: eg.compile(eg.eye(10**5) * 2, structured=True)().dense(),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_an_array_that_is_too_large_is_refused_before_it_is_made(name):
    with pytest.raises(eg.SizeError, match="bytes") as caught:
        TOO_LARGE[name]()
    assert isinstance(caught.value, MemoryError)
    assert isinstance(caught.value, eg.EinsgradError)


def test_what_needs_no_array_may_have_any_size():
    assert eg.evaluate(eg.sum(eg.ones(10**12))) == 10**12
    assert eg.evaluate(eg.trace(eg.eye(10**15))) == 10**15


def test_a_memory_limit_that_is_larger_allows_larger_arrays():
    product = eg.compile("i,j->ij", memory_limit=1 << 40)
    a, b = np.lib.stride_tricks.as_strided(np.ones(1), (10**5,), (0,)), np.ones(10**4)
    assert product.kernel((a, b)).program.outputs[0].register.bytes == 8 * 10**9
    with pytest.raises(eg.SizeError):
        eg.compile("i,j->ij").kernel((a, b))


def test_memory_that_is_used_up_is_an_error_of_the_family(monkeypatch):
    monkeypatch.setattr(making_kernels, "_LARGE", 0)

    def no_memory(*arrays):
        raise MemoryError("Unable to allocate")

    monkeypatch.setattr("einsgrad.engine.kernels.Source.function", lambda self: no_memory)
    with pytest.raises(eg.SizeError, match="Unable to allocate"):
        eg.compile(eg.exp(x * 3.25))(x=np.ones(2))


@pytest.mark.parametrize("axes", [33, 40, 64])
def test_more_axes_than_numpy_has_are_refused(axes):
    (X,) = eg.variables("X[" + ",".join(["1"] * axes) + "]")
    with pytest.raises(eg.ShapeError, match="axes"):
        eg.evaluate(eg.hessian(eg.sum(X**3), X), X=np.ones((1,) * axes))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: eg.sum(x, keepdims=np.ones(2)), "keepdims"),
        (lambda: eg.max(A, 0, keepdims=np.zeros((2, 2))), "keepdims"),
        (lambda: eg.norm(A, 1, (0, 1), keepdims=np.ones(2)), "keepdims"),
        (lambda: eg.vjp(lambda a: a.mean(0, keepdims=np.array([True, False])), NAN), "keepdims"),
        (lambda: eg.norm(x, 10**400), "order"),
        (lambda: eg.vjp(lambda a: np.linalg.matrix_power(a, 10**400), NAN), "too large a power"),
        (lambda: eg.is_symmetric(object()), "object"),
    ],
)
def test_values_that_an_option_cannot_have_are_refused(call, says):
    with pytest.raises(eg.EinsgradError, match=says):
        call()


def test_numbers_are_symmetric_or_not_as_expressions_are():
    assert not eg.is_symmetric(2)
    assert not eg.is_symmetric(np.float64(0.5))


def test_an_order_beyond_integers_of_the_machine_ends_in_a_value():
    pytest.importorskip("scipy")
    with np.errstate(all="ignore"):
        assert np.isnan(eg.evaluate(eg.polygamma(10**20, x), x=[0.5, 2.0])).all()


@pytest.mark.parametrize(
    ("name", "function", "says"),
    [
        ("summing", np.sum, "one number"),
        ("doubling", lambda x: np.stack([x, x]), "an array of shape"),
        ("silent", lambda x: None, "None"),
        ("listing", lambda x: [[1.0], [1.0, 2.0]], "for each entry"),
        ("emptying", lambda x: np.ravel(x)[:0], "an array of shape"),
    ],
)
def test_a_function_of_ones_own_has_to_give_one_value_for_each_entry(name, function, says):
    own = eg.define(name, function, lambda m, x, y: 2 * x)
    arrays = {"x": np.arange(3.0), "A": np.eye(3)}
    calls = [
        lambda: eg.evaluate(own(x), x=arrays["x"]),
        lambda: eg.compile(eg.sum(own(x) * x))(x=arrays["x"]),
        lambda: eg.evaluate(A @ own(x), **arrays),
        lambda: eg.jit(own)(arrays["x"]),
    ]
    for call in calls:
        with pytest.raises(eg.EinsgradError, match=f"{says}|one value for each entry"):
            call()
    with pytest.raises(eg.EinsgradError, match=says):
        calls[0]()
