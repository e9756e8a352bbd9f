"""Arrays of torch, jax, dask and the array API: results of their own kind, equal to numpy's."""

import numpy as np
import pytest
from namespaces import NAMES, error, is_of, maker

import einsgrad as eg
from einsgrad.engine.backends.libraries import LIBRARIES
from einsgrad.expressions.nodes import Reduce
from einsgrad.expressions.tables.rows import Elementwise, Reduction, all_rows
from einsgrad.expressions.vocabulary.application import apply, apply_to_matrices
from einsgrad.expressions.walks import variables_in

A, x, t = eg.variables("A[m,n] x[n] t[m]")
INPUTS = A, x, t
LOSS = eg.mean((A @ x - t) ** 2) + eg.logsumexp(A @ x)
GENERATOR = np.random.default_rng(0)
ARRAYS = [GENERATOR.random(shape) for shape in ((3, 2), (2,), (3,))]


def loss(A, x, t):
    return np.mean((A @ x - t) ** 2) + np.log(np.sum(np.exp(A @ x)))


def of_one_row(a, x):
    return np.sum(np.exp(a * x))


CALLS = {
    "compile": eg.compile(LOSS, eg.grad(LOSS, A), inputs=INPUTS),
    "evaluate": lambda a, x, t: eg.evaluate(eg.hessian(LOSS, INPUTS[1]), A=a, x=x, t=t),
    "einsum": lambda a, x, t: eg.einsum("mn,n->m", a, x),
    "compiled string": lambda a, x, t: eg.compile("mn,mk->nk")(a, a),
    "trace": lambda a, x, t: eg.einsum("mm,n->nm", eg.einsum("mn,kn->mk", a, a), x),
    "vjp": lambda a, x, t: eg.vjp("mn,n->m", a, x)[1](t),
    "jvp": lambda a, x, t: eg.jvp("mn,n->m", (a, x), (None, x)),
    "grad": eg.grad(loss, (0, 1, 2)),
    "value and gradient": eg.value_and_grad(loss, "x"),
    "hessian": eg.hessian(loss, (1, 2)),
    "jacobian": lambda a, x, t: eg.jacobian(lambda x, t: np.tanh(np.outer(x, t)), 0)(x, t),
    "jacrev": lambda a, x, t: eg.jacrev(lambda x, t: np.tanh(np.outer(x, t)), 1)(x, t),
    "function vjp": lambda a, x, t: eg.vjp(lambda x, t: np.outer(np.sin(x), t), x, t)[1](
        eg.einsum("i,j->ij", x, t)
    ),
    "function jvp": lambda a, x, t: eg.jvp(lambda x: np.sin(x) * x, (x,), (x,)),
    "hvp": lambda a, x, t: eg.hvp(lambda x: np.sum(np.exp(x * x)), (x,), x),
    "linearize": lambda a, x, t: eg.linearize(np.sin, x)[1](x),
    "vmap": lambda a, x, t: eg.vmap(of_one_row, (0, None))(a, x),
    "vmap along an axis": lambda a, x, t: eg.vmap(of_one_row, (1, None))(a, t),
    "jit": eg.jit(loss),
    "gradient of jit": eg.grad(eg.jit(loss), 1),
    "container": lambda a, x, t: eg.grad(lambda p: np.sum(np.exp(p["a"] @ p["x"])))(
        {"a": a, "x": x}
    )["a"],
    "auxiliary": lambda a, x, t: eg.grad(lambda x: (np.sum(x**3), 2 * x), has_aux=True)(x),
    "number beside arrays": lambda a, x, t: eg.grad(lambda x, s: np.sum(np.exp(s * x)), 1)(x, 2.0),
    "choice": lambda a, x, t: eg.grad(lambda x: np.sum(np.where(x > 0.5, x, 0) * x))(x),
    "indices": lambda a, x, t: eg.grad(lambda t: np.sum(t[1:] * t[:-1]) * t[0])(t),
    "reversed": lambda a, x, t: eg.value_and_grad(lambda t: np.sum(t[::-1] * np.cumsum(t)))(t),
    "solution": lambda a, x, t: eg.grad(
        lambda a, x: np.sum(np.linalg.solve(a.T @ a, x) ** 2), (0, 1)
    )(a, x),
}
# Dask has no determinants, and solves by square chunks.
LACKING = {"dask.array": ("solution",)}


def flat(result):
    return [one for part in result for one in flat(part)] if isinstance(result, tuple) else [result]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", CALLS)
def test_every_call_returns_arrays_of_the_callers_kind_that_equal_numpys(what, name):
    make = maker(name)
    if what in LACKING.get(name, ()):
        pytest.skip("the library lacks it")
    expected = flat(CALLS[what](*ARRAYS))
    found = flat(CALLS[what](*map(make, ARRAYS)))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert is_of(one, name)
        assert error(one, other) < 1e-12


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_arrays_that_a_function_uses_are_of_the_callers_library(name):
    make = maker(name)
    a, x, t = map(make, ARRAYS)
    found = eg.grad(lambda x: np.sum((a @ x - t) ** 2))(x)
    assert is_of(found, name)
    assert error(found, eg.grad(loss_of(ARRAYS))(ARRAYS[1])) < 1e-12
    with pytest.raises(eg.ArgumentError, match="Nothing is converted to another library"):
        eg.grad(lambda x: np.sum((ARRAYS[0] @ x) ** 2))(x)


def loss_of(arrays):
    a, _, t = arrays
    return lambda x: np.sum((a @ x - t) ** 2)


def test_nothing_is_converted(monkeypatch):
    torch = pytest.importorskip("torch")
    tensors = [torch.as_tensor(one) for one in ARRAYS]
    counted = []

    def counting(name):
        original = getattr(torch.Tensor, name)

        def counted_call(self, *arguments, **options):
            counted.append(name)
            return original(self, *arguments, **options)

        return counted_call

    for name in ("__array__", "numpy", "tolist", "item", "cpu", "__float__", "__bool__"):
        monkeypatch.setattr(torch.Tensor, name, counting(name))
    for what, call in CALLS.items():
        call(*tensors)
        assert not counted, (what, counted)


@pytest.mark.parametrize("what", CALLS)
def test_every_call_is_one_that_jax_traces(what):
    # Within jit an array has no entries that could be converted.
    make = maker("jax")
    jax = pytest.importorskip("jax")
    expected = flat(CALLS[what](*ARRAYS))
    found = flat(tuple(jax.tree.leaves(jax.jit(CALLS[what])(*map(make, ARRAYS)))))
    for one, other in zip(found, jax.tree.leaves(tuple(expected)), strict=True):
        assert error(one, other) < 1e-12


def test_jax_transforms_what_is_compiled():
    make = maker("jax")
    jax = pytest.importorskip("jax")
    f = eg.compile(LOSS, inputs=(A, x, t))
    a, v, b = map(make, ARRAYS)
    gradient, hessian = eg.grad(LOSS, x), eg.hessian(LOSS, x)
    given = dict(zip("Axt", ARRAYS, strict=True))
    assert error(jax.grad(f, 1)(a, v, b), eg.evaluate(gradient, **given)) < 1e-12
    assert error(jax.hessian(f, 1)(a, v, b), eg.evaluate(hessian, **given)) < 1e-12
    many = jax.jit(jax.vmap(f, (None, 0, None)))(a, jax.numpy.stack([v, 2 * v]), b)
    assert error(many[1], f(ARRAYS[0], 2 * ARRAYS[1], ARRAYS[2])) < 1e-12


def test_jax_runs_what_is_compiled_on_the_shards_of_a_mesh():
    make = maker("jax")
    jax = pytest.importorskip("jax")
    kind = (jax.sharding.AxisType.Auto,)
    mesh = jax.make_mesh((1,), ("s",), axis_types=kind)
    along, whole = jax.sharding.PartitionSpec("s"), jax.sharding.PartitionSpec()
    f = eg.compile(eg.grad(eg.sum_squares(A @ x - t), x), inputs=(A, x, t))

    def of_shard(a, v, b):
        return jax.lax.psum(f(a, v, b), "s")

    sharded = jax.shard_map(of_shard, mesh=mesh, in_specs=(along, whole, along), out_specs=whole)
    assert error(sharded(*map(make, ARRAYS)), f(*ARRAYS)) < 1e-12


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_torch_differentiates_what_is_compiled():
    torch = pytest.importorskip("torch")
    f = eg.compile(LOSS, inputs=(A, x, t))
    tensors = [torch.as_tensor(one).requires_grad_() for one in ARRAYS]
    assert torch.autograd.gradcheck(f, tensors)
    assert torch.autograd.gradgradcheck(f, tensors)
    plain = [one.detach() for one in tensors]
    hessian = torch.func.hessian(f, 1)(*plain)
    given = dict(zip("Axt", ARRAYS, strict=True))
    assert error(hessian, eg.evaluate(eg.hessian(LOSS, x), **given)) < 1e-12
    many = torch.func.vmap(f, (None, 0, None))(plain[0], torch.stack([plain[1]] * 2), plain[2])
    assert error(many[1], f(*ARRAYS)) < 1e-12


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["torch", "jax"])
def test_results_have_the_callers_dtype(name, dtype):
    maker(name)
    module = pytest.importorskip("torch" if name == "torch" else "jax.numpy")
    own = getattr(module, dtype)
    f = eg.compile(LOSS, eg.grad(LOSS, A), inputs=(A, x, t))
    arrays = [module.asarray(one, dtype=own) for one in ARRAYS]
    rtol = {"bfloat16": 2e-2, "float16": 2e-3}.get(dtype, 1e-5)
    for one, other in zip(f(*arrays), f(*ARRAYS), strict=True):
        assert one.dtype == own
        wide = one.double() if name == "torch" else one.astype("float64")
        assert np.allclose(np.asarray(wide), other, rtol=rtol, atol=rtol)
    (gradient,) = eg.vjp("mn,n->m", *arrays[:2])[1](arrays[2])[1:]
    assert gradient.dtype == own


def test_two_kinds_of_half_precision_are_refused():
    torch = pytest.importorskip("torch")
    halves = torch.ones(2, 2, dtype=torch.float16), torch.ones(2, dtype=torch.bfloat16)
    with pytest.raises(eg.DtypeError, match="bfloat16 and of float16"):
        eg.einsum("mn,n->m", *halves)


def test_whole_numbers_become_the_librarys_floats():
    torch = pytest.importorskip("torch")
    whole = [torch.ones(shape, dtype=torch.int64) for shape in ((3, 2), (2,), (3,))]
    assert eg.compile(LOSS, inputs=(A, x, t))(*whole).dtype == torch.float32
    small = torch.ones(2, 2, dtype=torch.int32)
    assert eg.einsum("mn->m", small).dtype == torch.int32
    assert eg.einsum("mn,nk->mk", small, small).dtype == torch.int32
    flags = torch.tensor([[True, False], [False, False]])
    assert eg.einsum("mn->m", flags).tolist() == [True, False]


def test_a_tensor_stays_on_its_device():
    torch = pytest.importorskip("torch")
    planned = [torch.as_tensor(one, device="meta") for one in ARRAYS]
    expr = eg.hessian(LOSS, x)
    found = eg.compile(LOSS, expr, eg.diag(x) + eg.ones("n", "n"), inputs=(A, x, t))(*planned)
    assert [one.device.type for one in found] == ["meta"] * 3
    assert [tuple(one.shape) for one in found] == [(), (2, 2), (2, 2)]


def test_arrays_of_several_libraries_are_refused():
    torch = pytest.importorskip("torch")
    make = maker("jax")
    f = eg.compile(A @ x, inputs=(A, x))
    with pytest.raises(eg.ArgumentError, match="torch and jax"):
        f(torch.ones(2, 2), make(np.ones(2)))
    for other in (np.ones(2), [1.0, 1.0]):
        with pytest.raises(eg.ArgumentError, match="Nothing is converted"):
            f(torch.ones(2, 2, dtype=torch.float64), other)
    with pytest.raises(eg.ArgumentError, match="Nothing is converted"):
        eg.vjp("mn,n->m", torch.ones(2, 2), torch.ones(2))[1](np.ones(2))


def test_where_numpys_arrays_are_needed_others_are_refused():
    torch = pytest.importorskip("torch")
    tensor = torch.ones(2, 2, dtype=torch.float64)
    with pytest.raises(eg.DtypeError, match="Nothing is converted unasked"):
        eg.check_grads(eg.sum(A), {"A": tensor})
    with pytest.raises(eg.ArgumentError, match="structured"):
        eg.compile(A @ A.T, inputs=(A,), structured=True)(tensor)


def test_what_is_declared_is_checked():
    torch = pytest.importorskip("torch")
    maker("jax")
    jax = pytest.importorskip("jax")
    S, L = eg.variables("S[n,n] L[n,n]", symmetric="S", lower="L")
    f, g = eg.compile(eg.sum(S @ S), inputs=(S,)), eg.compile(eg.sum(L), inputs=(L,))
    wrong = torch.arange(4.0).reshape(2, 2)
    for call in (f, g):
        with pytest.raises(eg.ArgumentError, match="is declared"):
            call(wrong)
        with pytest.raises(eg.ArgumentError, match="is declared"):
            call(jax.numpy.arange(4.0).reshape(2, 2))
    assert f(wrong + wrong.T) == ((wrong + wrong.T) @ (wrong + wrong.T)).sum()
    assert jax.jit(f)(jax.numpy.eye(2)) == 2
    assert [float(f(torch.zeros(0, 0))), float(f(jax.numpy.zeros((0, 0))))] == [0, 0]


def test_a_result_is_no_view_where_copies_are_asked_for():
    torch = pytest.importorskip("torch")
    tensor = torch.ones(2, 3)
    assert eg.compile(A.T, inputs=(A,))(tensor).data_ptr() == tensor.data_ptr()
    copied = eg.compile(A.T, A, inputs=(A,), copy=True)(tensor)
    assert all(one.data_ptr() != tensor.data_ptr() for one in copied)


def test_a_pullback_keeps_what_its_operands_were():
    torch = pytest.importorskip("torch")
    a, v = torch.ones(2, 2), torch.ones(2)
    _, pullback = eg.vjp("mn,n->m", a, v)
    a.mul_(3)
    assert pullback(torch.ones(2))[1].tolist() == [2, 2]


def test_what_a_library_lacks_is_named():
    strict = pytest.importorskip("array_api_strict")
    pytest.importorskip("scipy")
    with pytest.raises(eg.ArgumentError, match="'gammaln' has no code for the array API"):
        eg.evaluate(eg.gammaln(x), x=strict.asarray([1.0]))
    dask = pytest.importorskip("dask.array")
    with pytest.raises(eg.ArgumentError, match="'det' has no code for dask"):
        eg.evaluate(eg.det(eg.variables("M[n,n]")[0]), M=dask.eye(2))
    torch = pytest.importorskip("torch")
    many = [torch.ones(30, 30, 30)] * 3
    limited = eg.compile("iab,ibc,ica->", memory_limit=20_000)
    with pytest.raises(eg.ArgumentError, match="memory limit"):
        limited(*many)


COLUMNS = [
    (library, row)
    for library in ("array_api", "dask")
    for row in all_rows()
    if LIBRARIES[library].column(row) is not None and row.name not in ("positive_definite",)
]


@pytest.mark.parametrize(("library", "row"), COLUMNS, ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_each_function_that_a_namespace_is_said_to_have_has_numpys_value(library, row):
    name = {"array_api": "array_api_strict", "dask": "dask.array"}[library]
    make = maker(name)
    if isinstance(row, Elementwise):
        names = "xyz"[: row.arity]
        operands = list(eg.variables(" ".join(f"{one}[n]" for one in names)))
        if row.name == "sinc_derivative":
            operands[0] = 1
        arrays = {one: GENERATOR.uniform(*row.domain[k], 5) for k, one in enumerate(names)}
        expr = apply(row, *operands)
        arrays = {one: array for one, array in arrays.items() if one in variable_names(expr)}
    elif isinstance(row, Reduction):
        expr, arrays = Reduce(row, A, (1,)), {"A": 0.5 + GENERATOR.random((3, 4))}
    else:
        (M,) = eg.variables("M[n,n]")
        root = GENERATOR.random((3, 3))
        expr, arrays = apply_to_matrices(row, M), {"M": root @ root.T + np.diag([3.0, 4.0, 6.0])}
    found = eg.evaluate(expr, **{one: make(array) for one, array in arrays.items()})
    expected = eg.evaluate(expr, **arrays)
    if row.name.startswith(("eigvec", "svd_", "qr_")):
        # Signs of columns are free.
        found, expected = np.abs(np.asarray(found)), np.abs(expected)
    assert error(found, expected) < 1e-11


def variable_names(expr):
    return {one.name for one in variables_in(expr)}


def test_dask_arrays_are_not_computed():
    dask = pytest.importorskip("dask.array")
    lazy = [dask.from_array(one) for one in ARRAYS]
    found = eg.compile(LOSS, eg.grad(LOSS, A), inputs=(A, x, t))(*lazy)
    assert all(hasattr(one, "compute") for one in found)
    expected = eg.evaluate(eg.grad(LOSS, A), **dict(zip("Axt", ARRAYS, strict=True)))
    assert error(found[1].compute(), expected) < 1e-12


@pytest.mark.parametrize("library", ["torch", "jax", "array_api", "dask"])
def test_code_needs_no_array_and_takes_sizes_from_its_arrays(library):
    f = eg.compile(LOSS, eg.hessian(LOSS, x), inputs=(A, x, t))
    source = f.code(library, name="loss_and_hessian")
    assert "def loss_and_hessian(A, x, t):\n" in source
    assert '"""A[m,n], x[n], t[m] -> (number, [n,n])"""' in source
    assert "m, n = A.shape" in source
    assert "einsum" not in source
    name = {"array_api": "array_api_strict", "dask": "dask.array"}.get(library, library)
    make = maker(name)
    space = {}
    exec(source, space)
    for sizes in ((3, 2), (1, 4), (5, 1)):
        m, n = sizes
        arrays = [GENERATOR.random(shape) for shape in ((m, n), (n,), (m,))]
        found = space["loss_and_hessian"](*map(make, arrays))
        for one, other in zip(found, f(*arrays), strict=True):
            assert is_of(one, name)
            assert error(one, other) < 1e-12
    with pytest.raises(AssertionError):
        space["loss_and_hessian"](*map(make, (np.ones((3, 2)), np.ones(1), np.ones(3))))


def test_code_of_strings_needs_no_array():
    source = eg.compile("bij,bjk->bik").code("torch")
    assert "t0 = x0 @ x1" in source
    assert "* " in eg.compile("ij,ij->ij").code("jax")
    assert "x0 @ x1.T" in eg.compile("ij,kj->ik").code("array_api")
    with pytest.raises(eg.ArgumentError, match="no program yet"):
        eg.compile("(2i+k),k->i").code("torch")
    with pytest.raises(eg.ArgumentError, match="no name of a function"):
        eg.compile("ij->ji").code("torch", name="two words")
