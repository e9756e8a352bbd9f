"""Code for torch and jax, where they are installed: for every row, mix of dtypes and size."""

from itertools import product

import numpy as np
import pytest
from library_code import converter, function_of, run

import einsgrad as eg
from einsgrad.expressions.tables.rows import ELEMENTWISE
from einsgrad.expressions.vocabulary.application import apply

PAIR = np.array([0.5, 0.7])


# Rows whose function another library has for real numbers only, or not for arrays of orders.
REAL_ONLY = {"relu", "gelu", "erf", "digamma", "logit", "sign", "maximum", "minimum", "xlogy"}
REAL_ONLY |= {"erfc", "ndtr", "log_ndtr", "xlog1py", "exp1"}
REAL_ONLY |= {"greater", "greater_equal", "less", "less_equal", "polygamma", "sinc_derivative"}


def settings(row):
    """Yield which arguments are arrays, and which are complex."""
    for arrays in product([True, False], repeat=row.arity):
        if any(arrays) and not (row.name in REAL_ONLY and row.arity == 2 and not all(arrays)):
            yield arrays, (False,) * row.arity
            if row.name not in REAL_ONLY and row.analytic:
                for place in range(row.arity):
                    yield arrays, tuple(place == other for other in range(row.arity))


def placed(row, arrays, complex_):
    """Return an expression of a row, its variables, and arrays for them."""
    names = "xyz"[: row.arity]
    declared = eg.variables(
        " ".join(f"{name}[n]" for name in names),
        complex=[name for name, one in zip(names, complex_, strict=True) if one],
    )
    arguments, inputs, given = [], [], []
    for place, (low, high) in enumerate(row.domain):
        number = (low + high) / 2 + (0.3j if complex_[place] else 0)
        arguments.append(declared[place] if arrays[place] else number)
        if arrays[place]:
            inputs.append(declared[place])
            given.append(number + np.array([-0.02, 0.03]) * (high - low))
    return apply(row, *arguments), inputs, given


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in ("polygamma",)])
def test_the_code_of_a_row_runs_with_numbers_reals_and_complex_numbers_in_each_place(name, library):
    converter(library)
    row = ELEMENTWISE[name]
    for arrays, complex_ in settings(row):
        if name == "sinc_derivative" or (row.torch if library == "torch" else row.jax) is None:
            continue
        expr, inputs, given = placed(row, arrays, complex_)
        for one in (expr, 2.5 * expr, expr + 1):
            f = eg.compile(one, inputs=inputs)
            expected = f(*given)
            assert np.allclose(run(f, library, given), expected, rtol=1e-6), (arrays, complex_)


MATRIX = np.array([[2.0, 1.0], [0.5, 3.0]])
FORMS = {
    "product": lambda A, z, t, w: A @ z,
    "two products": lambda A, z, t, w: z @ A @ w,
    "sum": lambda A, z, t, w: A @ z + w,
    "outer": lambda A, z, t, w: eg.outer(w, z),
    "three factors": lambda A, z, t, w: eg.einsum("ij,j,j->i", A, z, w),
    "solution": lambda A, z, t, w: eg.solve(A, z),
    "inverse": lambda A, z, t, w: eg.inverse(A) + eg.outer(z, w),
    "determinant": lambda A, z, t, w: eg.det(A) * z,
    "difference": lambda A, z, t, w: z - 2 * w,
    "diagonal": lambda A, z, t, w: eg.diag(z) + A,
    "total": lambda A, z, t, w: eg.sum(z) * w,
    "mean": lambda A, z, t, w: eg.mean(A @ z) * w,
    "number": lambda A, z, t, w: t * z,
    "identity": lambda A, z, t, w: eg.eye("n") * t + A,
    "conjugate": lambda A, z, t, w: eg.conj(z),
    "gradient": lambda A, z, t, w: eg.grad(eg.real(eg.sum((A @ w) * eg.conj(z))), w),
}
DTYPES = [("f8", "f8"), ("f8", "c16"), ("c16", "f8"), ("f4", "f8"), ("f8", "i8"), ("f4", "c16")]


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
@pytest.mark.parametrize("form", FORMS)
def test_code_runs_on_arrays_of_mixed_dtypes(form, dtypes, library):
    converter(library)
    matrices, vectors = dtypes
    complex_ = [n for n, d in zip("Az", dtypes, strict=True) if d == "c16"]
    declared = eg.variables("A[n,n] z[n] t w[n]", complex=complex_)
    A, z = MATRIX.astype(matrices), (10 * PAIR).astype(vectors)
    given = {"A": A, "z": z, "t": np.array(1.5), "w": PAIR}
    expr = FORMS[form](*declared)
    inputs = [v for v in declared if v.name in eg.compile(expr).variables]
    f = eg.compile(expr, inputs=inputs)
    arrays = [given[v.name] for v in inputs]
    expected = f(*arrays)
    assert np.allclose(run(f, library, arrays), expected, rtol=1e-5)


x, y, B = eg.variables("x[n] y[m] B[m,n]")
(x3,) = eg.variables("x3[3]")
SIZED = {
    "mean": (eg.mean(x) * x, [x]),
    "number of entries": (eg.sum(x) * eg.sum(eg.ones("n")), [x]),
    "declared size": (eg.mean(x3) * x3, [x3]),
    "diagonal": (eg.diag(x), [x]),
    "constant": (eg.hessian(eg.sum(x * x), x), [x]),
    "spread": (eg.outer(y, eg.ones("n")) + B, [y, B]),
    "variance": (eg.mean((B - eg.mean(B, axis=0, keepdims=True)) ** 2), [B]),
    "batch of products": (eg.einsum("mn,mk->mnk", B, B), [B]),
    "softmax": (eg.softmax(B, axis=1), [B]),
    "loss": (eg.grad(eg.sum(eg.tanh(B @ x) ** 2), x), [B, x]),
}


def drawn(inputs, sizes, seed=0):
    generator = np.random.default_rng(seed)
    return [
        generator.standard_normal([dim if isinstance(dim, int) else sizes[dim] for dim in v.shape])
        for v in inputs
    ]


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("name", SIZED)
def test_code_has_the_right_value_at_other_sizes_or_says_that_it_does_not_fit(name, library):
    convert = converter(library)
    expr, inputs = SIZED[name]
    f = eg.compile(expr, inputs=inputs)
    f(*drawn(inputs, {"n": 3, "m": 4}))
    code = function_of(f.code(library))
    same = drawn(inputs, {"n": 3, "m": 4}, seed=1)
    assert np.allclose(np.asarray(code(*map(convert, same))), f(*same))
    others = [np.ones(tuple(size + 2 for size in array.shape)) for array in same]
    for arrays in (others, [array * 2 for array in others]):
        try:
            found = np.asarray(code(*map(convert, arrays)))
        except (AssertionError, ValueError):
            continue
        assert np.allclose(found, eg.compile(expr, inputs=inputs)(*arrays))


def test_code_that_holds_no_sizes_asserts_that_arrays_agree_and_no_numbers():
    f = eg.compile(eg.tanh(B @ x) + y, inputs=(B, x, y))
    f(*drawn((B, x, y), {"n": 3, "m": 4}))
    assert "assert" not in f.code("numpy")
    for library in ("torch", "jax", "array_api", "dask"):
        assert "assert y.shape == (m,)" in f.code(library)
        assert "3" not in f.code(library)


@pytest.mark.parametrize("order", [2, 2.0])
def test_the_order_of_polygamma_is_an_integer_for_jax(order):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        x, n = eg.variables("x[n] n")
        given = jax.numpy.asarray([0.5, 0.8])
        for expr, arrays in (
            (eg.polygamma(order, x), (given,)),
            (eg.polygamma(n, x), (1.0, given)),
        ):
            inputs = (x,) if len(arrays) == 1 else (n, x)
            f = eg.compile(expr, inputs=inputs)
            expected = f(*map(np.asarray, arrays))
            found = function_of(f.code("jax"))(*map(jax.numpy.asarray, arrays))
            assert np.allclose(found, expected)


s, k, t, X2, K2, at = eg.variables("s[9] k[3] t[4,3] X2[6,5] K2[3,2] at[4]")
IMAGES = eg.einsum("(i+k)(j+l),kl->ij", X2, K2)
SELECTED = {
    "turned around, every third": (s[7:1:-3] * 2, [s]),
    "padded": (np.pad(s, (1, 2), mode="reflect"), [s]),
    "rolled and joined": (np.concatenate([np.roll(s, 2), k[::-1]]), [s, k]),
    "second difference": (eg.grad(eg.sum(np.diff(s, 2) ** 2), s), [s]),
    "looked up": (t[at] ** 2, [t, at]),
    "added up": (eg.grad(eg.sum(t[at] ** 3), t), [t, at]),
    "summed from behind": (np.cumsum(s[::-1])[::-1], [s]),
    "triangle": (np.triu(X2, 1), [X2]),
    "transform": (eg.sum(np.abs(np.fft.fft(s)) ** 2) * s, [s]),
    "largest": (s[np.argmax(s)] * s, [s]),
    "sorted": (np.sort(s)[:3] ** 2, [s]),
    "convolution": (np.convolve(s, k), [s, k]),
    "stride and padding": (eg.einsum("(2i+3m-1),m->i", s, k, sizes={"i": 3}), [s, k]),
    "image": (IMAGES, [X2, K2]),
    "gradient in the image": (eg.grad(eg.sum(IMAGES**2), X2), [X2, K2]),
    "gradient in the filter": (eg.grad(eg.sum(IMAGES**2), K2), [X2, K2]),
}


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("kind", ["f4", "f8"])
@pytest.mark.parametrize("name", SELECTED)
def test_code_of_selectors_has_their_value_and_dtype(name, kind, library):
    expr, inputs = SELECTED[name]
    f = eg.compile(expr, inputs=inputs)
    generator = np.random.default_rng(0)
    arrays = [
        np.array([0, -1, 2, 0]) if one is at else generator.standard_normal(one.shape).astype(kind)
        for one in inputs
    ]
    expected = f(*arrays)
    found = run(f, library, arrays)
    assert found.dtype == kind
    assert found.shape == expected.shape
    assert np.allclose(found, expected, 1e-4 if kind == "f4" else 1e-10, 1e-5)


@pytest.mark.parametrize("name", SELECTED)
def test_torch_differentiates_the_code_of_selectors(name):
    torch = pytest.importorskip("torch")
    expr, inputs = SELECTED[name]
    f = eg.compile(expr, inputs=inputs)
    generator = np.random.default_rng(0)
    integers = np.array([0, -1, 2, 0])
    arrays = [integers if one is at else generator.standard_normal(one.shape) for one in inputs]
    tensors = [torch.as_tensor(one) for one in arrays]
    tensors[0].requires_grad_()
    f(*arrays)
    code = function_of(f.code("torch"))
    assert torch.autograd.gradcheck(lambda x: code(x, *tensors[1:]), tensors[:1])


def test_code_of_shifted_entries_pads_and_flips():
    expr, inputs = SELECTED["second difference"]
    f = eg.compile(expr, inputs=inputs)
    f(np.ones(9))
    assert "torch.nn.functional.pad(" in f.code("torch")
    assert "jnp.pad(" in f.code("jax")
    for library in ("torch", "jax"):
        assert "arange" not in f.code(library)
    turned = eg.compile(np.cumsum(s[::-1]), inputs=[s])
    turned(np.ones(9))
    assert "torch.flip(s, (0,))" in turned.code("torch")
