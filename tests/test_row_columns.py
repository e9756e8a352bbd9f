"""What the rows claim is tried at random points; a new row needs no other file."""

import ast
import re
from contextlib import contextmanager
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import write_functions
from numpy.lib import stride_tricks

import einsgrad as eg
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.tables.entering import enter
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import ELEMENTWISE, TABLES, Elementwise, Reduction, all_rows
from einsgrad.expressions.tables.spellings import (
    Body,
    ComparisonUfunc,
    Form,
    Given,
    Ufunc,
    needs_scipy,
)
from einsgrad.expressions.vocabulary.application import apply, apply_to_matrices, reduce
from einsgrad.expressions.walks import variables_in
from einsgrad.simplification.bounds import is_nonnegative

GENERATOR = np.random.default_rng(0)
ROWS = list(all_rows())


def claiming(column, rows=ROWS):
    """Parametrize a test over the rows that say something in a column."""
    found = [row for row in rows if getattr(row, column, None) not in (None, (), "")]
    assert found, column
    return pytest.mark.parametrize("row", found, ids=str)


def points(row, count=200):
    """Draw real arguments: over the line, and over the domain where the line is too wide."""
    if isinstance(row, Elementwise):
        wide = [GENERATOR.uniform(-6, 6, count) for _ in row.domain]
        near = [GENERATOR.uniform(low, high, count) for low, high in row.domain]
        return [np.concatenate(pair) for pair in zip(wide, near, strict=True)]
    return [GENERATOR.uniform(*row.domain, (count, 3))]


def value(row, *arguments):
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    with np.errstate(all="ignore"):
        found = row_value(row, *arguments, *([1] if isinstance(row, Reduction) else []))
    return np.asarray(found)


# Others than positive definite matrices may have no value.
OF_DEFINITE = ("cholesky", "logm", "sqrtm", "regular_sqrtm", "positive_definite")


def matrices(row):
    found = GENERATOR.standard_normal((4, 3, 3)) + 3 * np.eye(3)
    return found @ found.swapaxes(-1, -2) if row.name in OF_DEFINITE else found


@claiming("bounds")
def test_values_lie_within_the_bounds(row):
    arguments = points(row)
    low, high, where = row.bounds
    for place in where:
        arguments[place] = GENERATOR.uniform(max(low, -9), min(high, 9), len(arguments[place]))
    found = value(row, *arguments)
    found = found[~np.isnan(found)]
    assert found.size > 50
    assert ((found >= low) & (found <= high)).all()


@claiming("inverse", ELEMENTWISE.values())
def test_a_function_undoes_its_inverse(row):
    inner = ELEMENTWISE[row.inverse.name]
    (x,) = points(inner)
    within = value(row, value(inner, x))
    known = ~np.isnan(value(inner, x)) & np.isfinite(within)
    assert known.sum() > 100
    assert np.allclose(within[known], x[known], rtol=1e-6, atol=1e-6)
    (v,) = eg.variables("v[n]")
    assert eg.simplify(apply(row, apply(inner, v))) is v
    (w,) = eg.variables("w[n]", complex="w")
    if row.inverse.real:
        assert eg.simplify(apply(row, apply(inner, w))) is not w
    else:
        z = GENERATOR.uniform(-0.6, 0.6, 50) + 1j * GENERATOR.uniform(-0.6, 0.6, 50)
        assert np.allclose(value(row, value(inner, z)), z)


@claiming("shares")
def test_a_value_shares_memory_only_where_the_row_says_so(row):
    if isinstance(row, MatrixFunction):
        arguments = [matrices(row)]
    else:
        # One entry along an axis is what could be answered with a view.
        arguments = [a[:, :1] if a.ndim > 1 else a for a in points(row)]
    found = value(row, *arguments)
    assert any(np.shares_memory(found, a) for a in arguments) == (
        row.name in ("real", "stop_gradient")
    )
    if row.shares:
        complex_ = arguments[0] + 1j
        assert np.shares_memory(value(row, complex_), complex_)


def test_rows_that_may_share_memory_are_marked():
    assert {row.name for row in ROWS if row.shares is not False} == {
        "real",
        "imag",
        "stop_gradient",
    }


@claiming("number", ELEMENTWISE.values())
def test_the_value_of_a_number_is_that_of_an_array(row):
    for place in range(5):
        chosen = [float(argument[-1 - place]) for argument in points(row)]
        assert np.isclose(row.number(*chosen), value(row, *map(np.asarray, chosen)))


@claiming("kind")
def test_values_are_of_the_kind_that_the_row_says(row):
    if isinstance(row, Reduction):
        arguments = [GENERATOR.integers(-5, 6, (50, 3))]
    else:
        arguments = [GENERATOR.integers(1, 6, 50) for _ in row.domain]
    axes = [1] if isinstance(row, Reduction) else []
    names = [name for name in row.numpy_names if hasattr(np, name)]
    expected = [getattr(np, name)(*arguments, *axes).dtype.kind for name in names] or ["i"]
    kinds = []

    def applied(*traced):
        call = reduce if isinstance(row, Reduction) else apply
        kinds.append(kind_of(call(row, *traced)))
        return 0.0

    eg.jit(applied)(*arguments)
    assert kinds == expected[:1]
    assert kind_of(expression(row)) in (None, "b", "i")


@claiming("keeps_sign")
def test_a_reduction_keeps_the_sign_where_it_says_so(row):
    assert (value(row, GENERATOR.uniform(0, 2, (50, 3))) >= 0).all()


@claiming("keeps_single")
def test_a_single_entry_is_kept_where_the_row_says_so(row):
    entries = GENERATOR.standard_normal((50, 1))
    assert np.allclose(value(row, entries), entries[:, 0])


@claiming("parts")
def test_values_of_parts_are_joined_to_the_value_of_the_whole(row):
    entries = GENERATOR.uniform(*row.domain, (20, 5))
    parts = [value(row, entries[:, :2]), value(row, entries[:, 2:])]
    ufunc = getattr(np, row.parts)
    assert np.allclose(ufunc.reduce(parts), value(row, entries))
    if row.keeps_single:
        (X,) = eg.variables("X[m,n]")
        assert ufunc.reduce(X) is reduce(row, X, 0)
        assert ufunc.reduce(X, axis=1, keepdims=True) is reduce(row, X, 1, keepdims=True)
        slope = eg.grad(ufunc.reduce)(entries[0])
        assert np.allclose(slope, eg.grad(lambda x: reduce(row, x))(entries[0]))


@claiming("symmetric")
def test_a_matrix_function_keeps_symmetry_where_it_says_so(row):
    found = value(row, (m := matrices(row)) + m.swapaxes(-1, -2))
    assert np.allclose(found, found.swapaxes(-1, -2))


@claiming("definite")
def test_a_matrix_function_keeps_definiteness_where_it_says_so(row):
    found = value(row, (m := matrices(row)) @ m.swapaxes(-1, -2))
    assert (np.linalg.eigvalsh(found) > 0).all()


@claiming("transposes")
def test_a_matrix_function_of_a_transpose_is_the_transposed_value(row):
    turned = value(row, (m := matrices(row)).swapaxes(-1, -2))
    expected = value(row, m)
    assert np.allclose(turned, expected if expected.ndim < m.ndim else expected.swapaxes(-1, -2))


def expression(row):
    """Apply a row to variables."""
    if isinstance(row, Elementwise):
        return apply(row, *eg.variables(" ".join(f"{v}[n]" for v in "uvw"[: row.arity])))
    if isinstance(row, Reduction):
        return reduce(row, eg.variables("u[m,n]")[0], 1)
    return apply_to_matrices(row, eg.variables("u[n,n]")[0])


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_latex_is_balanced_and_names_no_command_that_latex_lacks(row):
    text = eg.latex(expression(row))
    assert text.count("{") == text.count("}")
    commands = set(re.findall(r"\\([A-Za-z]+)", text))
    assert commands <= KNOWN_COMMANDS, text


KNOWN_COMMANDS = {
    *("operatorname", "frac", "sqrt", "left", "right", "log", "exp", "sin", "cos", "tan", "arcsin"),
    *("arccos", "arctan", "sinh", "cosh", "tanh", "sigma", "Gamma", "psi", "theta", "overline"),
    *("lfloor", "rfloor", "lceil", "rceil", "bmod"),
    *("max", "min", "prod", "ge", "le", "ne", "text", "det", "circ", "oslash"),
}


@claiming("public")
def test_public_names_are_there_and_read_and_apply_the_row(row):
    for name in row.public:
        assert name in eg.__all__
        assert getattr(eg, name).__doc__
        if isinstance(row, Elementwise):
            declared = " ".join(f"{v}[n]" for v in "uvw"[: row.arity])
            text = repr(expression(row)).replace(row.name, name, 1)
            made = getattr(eg, name)(*eg.variables(declared))
            assert eg.parse(text, declared) is made or name in ("square", "real", "imag", "conj")


@claiming("numpy_names")
def test_numpy_has_the_names_and_lists_them(row):
    for name in row.numpy_names:
        assert hasattr(np, name) or hasattr(np.linalg, name)
        assert name in eg.numpy_functions()


def test_all_names_that_are_listed_are_numpys():
    assert not [
        name
        for name in eg.numpy_functions()
        if not any(hasattr(module, name) for module in (np, np.linalg, np.fft, stride_tricks))
    ]


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_code_for_other_libraries_calls_them_and_runs_where_they_are_installed(row, library):
    column = getattr(row, library)
    expr = expression(row)
    domains = row.domain if isinstance(row, Elementwise) else [(1.2, 1.4)]
    if row.name == "polygamma":
        # torch takes the order as a number only.
        expr, domains = eg.polygamma(1, eg.variables("v[n]")[0]), row.domain[1:]
    if row.name == "sinc_derivative":
        # Its order is a number, too.
        expr, domains = apply(row, 1, eg.variables("v[n]")[0]), row.domain[1:]
    f = eg.compile(expr)
    arrays = {
        v.name: GENERATOR.uniform(*domain, [3] * len(v.shape))
        for v, domain in zip(variables_in(expr), domains, strict=True)
    }
    if isinstance(row, MatrixFunction):
        # Positive definite, and without equal eigenvalues.
        arrays["u"] += np.diag([3.0, 4.0, 5.0])
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    expected = f(**arrays)
    if column is None:
        with pytest.raises(eg.ArgumentError, match="lacks"):
            f.code(library)
        return
    code = f.code(library)
    ast.parse(code)
    assert "{" not in code.partition("def ")[2]
    found = np.asarray(ran(library, f, arrays))
    assert np.allclose(found, expected, rtol=1e-4)


def ran(library, f, arrays):
    """Run the code that a compiled function has for a library."""
    code = f.code(library)
    module = pytest.importorskip(library)
    if library == "jax":
        module.config.update("jax_enable_x64", True)
    convert = module.as_tensor if library == "torch" else module.numpy.asarray
    names = {}
    exec(code, names)
    return names["compute"](
        *(convert(arrays[one]) for one in signature(names["compute"]).parameters)
    )


# The order of a derivative is a number.
OF_ORDERS = ("polygamma", "sinc_derivative")
SEVERAL = [row for row in ELEMENTWISE.values() if row.arity > 1 and row.name not in OF_ORDERS]


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("number", [2, -2, 0.1])
@pytest.mark.parametrize("row", SEVERAL, ids=str)
def test_numbers_are_arguments_in_code_for_other_libraries(row, number, library):
    if getattr(row, library) is None:
        pytest.skip("no code for it")
    if needs_scipy(row.numpy):
        pytest.importorskip("scipy")
    if library == "jax" and row.name in ("beta", "betaln") and number < 0:
        pytest.skip("jax has no value at negative integers")
    for place in range(row.arity):
        given = list(eg.variables(" ".join(f"{v}[n]" for v in "uvw"[: row.arity])))
        given[place] = number
        f = eg.compile(apply(row, *given))
        # Powers of negative numbers are finite for whole exponents.
        arrays = {
            v.name: GENERATOR.uniform(*row.domain[k], 4).round(1 - k)
            for k, v in enumerate(given)
            if v is not number
        }
        with np.errstate(all="ignore"):
            expected = f(**arrays)
        found = ran(library, f, arrays)
        rtol = 1e-12 if library == "torch" else 1e-5
        assert np.allclose(found, expected, rtol=rtol, atol=0, equal_nan=True)


def test_comparisons_meet_matrices_of_every_precision_in_torch():
    torch = pytest.importorskip("torch")
    A, x = eg.variables("A[m,n] x[n]")
    f = eg.compile(A @ (x > 0.5) + A @ eg.where(x, 0.1, x))
    arrays = {"A": np.ones((2, 3)), "x": np.array([0.0, 1, 2])}
    f(**arrays)
    assert ran("torch", f, arrays).dtype == torch.float64
    single = {name: array.astype(np.float32) for name, array in arrays.items()}
    assert ran("torch", f, single).dtype == torch.float32


def test_a_negative_number_in_a_form_is_one_number():
    row = Elementwise(
        "square_times",
        Form("{x} ** 2 * {y}"),
        (lambda m, x, y, z: 2 * x * y, lambda m, x, y, z: x * x),
        ((-3, 3), (-3, 3)),
        torch=Form("{x} ** 2 * {y}", ("x",)),
        jax=Form("{x} ** 2 * {y}"),
    )
    with entered(row):
        f = eg.compile(apply(row, -2, eg.variables("y[n]")[0]))
        assert (f(y=np.array([1, 3])) == [4, 12]).all()
        assert (f(y=np.array([1.0, 3])) == [4, 12]).all()
        for library in ("torch", "jax"):
            assert "(-2) ** 2 * y" in f.code(library)


def test_the_functions_that_users_call_are_those_of_the_rows():
    is_current = write_functions.PLACE.read_text(encoding="utf-8") == write_functions.written()
    assert is_current, "the rows have changed: run python tests/write_functions.py"


def test_what_is_public_is_listed_once():
    assert sorted(dir(eg)) == sorted(eg.__all__)
    assert len(set(eg.__all__)) == len(eg.__all__)
    assert not {name for row in ROWS for name in row.public} - set(eg.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        eg.nonsense  # noqa: B018


@contextmanager
def entered(*rows):
    """Enter rows for a while."""
    for row in rows:
        enter(row)
    try:
        yield
    finally:
        for table in TABLES:
            for row in rows:
                table.pop(row.name, None)


# A ufunc of numpy, a function of numpy that is no ufunc, and a reduction: one row each.
UFUNC = Elementwise(
    "spacing",
    Ufunc("spacing"),
    (None,),
    ((1.2, 1.8),),
    public=("spacing",),
    numpy_names=("spacing",),
    torch=Form("torch.spacing({x})"),
    jax=Form("jnp.spacing({x})"),
)
NO_UFUNC = Elementwise(
    "trim_zeros",
    Form("np.trim_zeros({x})"),
    (lambda m, x, y: 1,),
    ((1.0, 3.0),),
    public=("trim_zeros",),
    numpy_names=("trim_zeros",),
    torch=Form("torch.trim_zeros({x})"),
    jax=Form("jnp.trim_zeros({x})"),
)
LOGSUM = Reduction(
    "logsum",
    Body("np.log(np.sum(x, axis=axis))"),
    lambda m, x, y, axes: m.exp(-y),
    (0.5, 3.0),
    public=("logsum",),
    torch=Form("torch.log(torch.sum({x}, {axes}))"),
    jax=Form("jnp.log(jnp.sum({x}, {axes}))"),
)


# Its differential is that of the inverse, where there is one.
PINV = MatrixFunction(
    "moore_penrose",
    Form("np.linalg.pinv({x})"),
    "nn->nn",
    lambda m, x, y, t: -(y @ t @ y),
    public=("moore_penrose",),
    numpy_names=(),
    torch=Form("torch.linalg.pinv({x})"),
    jax=Form("jnp.linalg.pinv({x})"),
)


@pytest.fixture
def new_rows():
    with entered(UFUNC, NO_UFUNC, LOGSUM, PINV):
        yield


NEW = pytest.mark.parametrize("row", [UFUNC, NO_UFUNC], ids=str)


@pytest.mark.usefixtures("new_rows")
@NEW
def test_a_new_function_is_one_row(row):
    (x,) = eg.variables("x[n]")
    expr = getattr(eg, row.name)(x)
    array = np.array([1.3, 1.9, 2.7])
    numpys = getattr(np, row.name)
    assert row.name in dir(eg)
    assert row.name in eg.numpy_functions()
    assert numpys(x) is expr
    assert eg.parse(f"{row.name}(x)", "x[n]") is expr
    indexed = eg.parse(f"{row.name}(x[i]) * x[i]", "x[n]")
    assert eg.simplify(indexed) is eg.simplify(eg.sum(expr * x))
    assert eg.latex(expr).startswith(rf"\operatorname{{{row.name.replace('_', chr(92) + '_')}}}(x")
    assert repr(expr) == f"{row.name}(x)"
    assert np.array_equal(eg.evaluate(expr, x=array), numpys(array))
    found = eg.grad(lambda x: np.sum(numpys(x) ** 2))(array)
    assert np.allclose(found, eg.evaluate(eg.grad(eg.sum(expr**2), x), x=array))
    # Without a first derivative there is no second to be checked.
    assert eg.check_grads(expr, {"x": array}).order == (1 if row.partials == (None,) else 2)
    f = eg.compile(expr)
    f(x=array)
    assert f"np.{row.name}(a0" in f.source
    assert f"torch.{row.name}(x)" in f.code("torch")
    assert f"jnp.{row.name}(x)" in f.code("jax")


@pytest.mark.usefixtures("new_rows")
def test_a_new_reduction_is_one_row():
    (Z,) = eg.variables("Z[n,k]")
    expr = eg.logsum(Z, 1)
    array = GENERATOR.uniform(0.5, 3, (4, 3))
    assert "logsum" in dir(eg)
    assert eg.parse("logsum(Z, 1)", "Z[n,k]") is expr
    assert eg.parse("logsum[j](Z[i,j])", "Z[n,k]", output="i") is expr
    assert r"\operatorname{logsum}_{" in eg.latex(expr, "index")
    assert np.allclose(eg.evaluate(expr, Z=array), np.log(array.sum(1)))
    assert np.allclose(eg.evaluate(eg.logsum(eg.sum(Z)), Z=array), np.log(array.sum()))
    assert eg.check_grads(expr, {"Z": array}).order == 2
    traced = eg.grad(lambda Z: eg.logsum(np.exp(Z)))(array)
    assert np.allclose(traced, np.exp(array) / np.exp(array).sum())
    f = eg.compile(expr)
    f(Z=array)
    assert "logsum(a0, 1)" in f.source
    assert "torch.log(torch.sum(Z, (1,)))" in f.code("torch")
    assert "jnp.log(jnp.sum(Z, (1,)))" in f.code("jax")


@pytest.mark.usefixtures("new_rows")
def test_a_new_matrix_function_is_one_row_and_is_not_taken_for_the_inverse():
    A, x = eg.variables("A[n,n] x[n]")
    expr = eg.moore_penrose(A)
    array = matrices(PINV)[0]
    assert eg.parse("moore_penrose(A)", "A[n,n]") is expr
    assert eg.parse("moore_penrose(A)[i,j] * x[j]", "A[n,n] x[n]") is eg.simplify(expr @ x)
    assert eg.latex(expr) == r"\operatorname{moore\_penrose}(A)"
    latex = r"\left(\operatorname{moore\_penrose}(A)\right)_{ni} \, x_{i}"
    assert eg.latex(expr @ x, "index") == latex
    assert eg.show(expr @ x, ascii=True) == "moore_penrose(A) @ x"
    assert eg.show(expr @ x, "index", ascii=True) == "moore_penrose(A)[n,i]*x[i]"
    assert eg.simplify(expr @ A) is not eg.simplify(eg.inverse(A) @ A)
    assert repr(eg.simplify(eg.moore_penrose(A.T))) == 'moore_penrose("in->ni"(A))'
    assert not eg.is_symmetric(eg.moore_penrose(eg.variables("S[n,n]", symmetric="S")[0]))
    assert eg.check_grads(expr, {"A": array}).order == 2
    # One matrix that several functions need is factorised once, but not for this one.
    f = eg.compile(expr, eg.inverse(A), eg.logdet(A))
    assert np.allclose(f(A=array)[0], np.linalg.pinv(array))
    assert "np.linalg.pinv(a0)" in f.source
    assert "torch.linalg.pinv(A)" in f.code("torch")


@pytest.mark.usefixtures("new_rows")
def test_the_sign_of_a_new_reduction_is_not_assumed():
    X, Z = eg.variables("X[n,d] Z[n,k]")
    weights = eg.logsum(Z * Z, 1)
    assert not is_nonnegative(weights)
    gram = eg.einsum("ni,n,nj->ij", X, weights, X)
    arrays = {"X": GENERATOR.standard_normal((400, 60)), "Z": GENERATOR.uniform(0, 0.1, (400, 3))}
    found = eg.evaluate(gram, **arrays)
    expected = np.log((arrays["Z"] ** 2).sum(1))
    assert np.allclose(found, arrays["X"].T * expected @ arrays["X"])


@pytest.mark.usefixtures("new_rows")
def test_rows_that_say_little_are_used_with_care():
    (x,) = eg.variables("x[n]")
    assert not is_nonnegative(eg.spacing(x))
    assert not is_nonnegative(1 - eg.spacing(x) ** 2)
    # Whether the value is a view is not known, so the result is a copy or cannot be written.
    array = np.array([0.5, 1.5])
    found = eg.compile(eg.trim_zeros(x))(x=array)
    assert not np.shares_memory(found, array) or not found.flags.writeable


def unary_row(name, numpy, partial=None):
    return Elementwise(name, numpy, (partial,), ((-3.0, 3.0),), public=(name,))


@pytest.mark.parametrize(
    ("numpy", "counted"),
    [
        (Ufunc("signbit"), 2),
        (Form("np.isfinite({x})"), 4),
        (Body("x > 1"), 1),
        (Given(lambda x: x > 1), 1),
        (ComparisonUfunc("isfinite"), 4),
    ],
)
def test_booleans_of_a_new_row_are_numbers(numpy, counted):
    with entered(unary_row("is_so", numpy)):
        (x,) = eg.variables("x[n]")
        so = eg.is_so(x)
        for dtype in (np.float64, np.float32):
            array = np.array([-1, -0.0, 1, 2], dtype)
            for expr in (eg.sum(so), so @ so, so @ eg.ones("n")):
                found = eg.evaluate(expr, x=array)
                assert found == counted
                assert found.dtype == dtype
            assert eg.evaluate(eg.grad(x @ so, x), x=array).dtype == dtype
        assert type(eg.evaluate(eg.is_so(eg.sum(x)) * 2 + 1, x=array)) is np.float32


def test_a_number_that_must_be_whole_stays_whole():
    row = Elementwise(
        "ldexp",
        Ufunc("ldexp"),
        (lambda m, x, y, z: m.exp2(y), None),
        ((-3.0, 3.0), (2, 2)),
        numpy_names=("ldexp",),
    )
    with entered(row):
        (x,) = eg.variables("x[n]")
        array = np.array([0.5, -1.5])
        assert (eg.evaluate(np.ldexp(x, 3), x=array) == [4, -12]).all()
        assert (eg.grad(lambda x: np.ldexp(x, np.array([1, 2])).sum())(array) == [2, 4]).all()
        with pytest.raises(eg.DtypeError, match="ldexp takes no arguments of dtype float64, float"):
            eg.evaluate(apply(row, x, x), x=array)


@pytest.mark.parametrize("name", ["np", "compute", "a0", "t0", "i7", "special", "quiet_log"])
def test_a_row_may_have_the_name_of_something_in_generated_code(name):
    pytest.importorskip("scipy")
    row = Elementwise(name, Body("np.sin(x) + 1"), (lambda m, x, y: m.cos(x),), ((-3, 3),))
    with entered(row):
        x, y = eg.variables("x[n] y[n]")
        rest = eg.logsumexp(x) * eg.digamma(y)
        arrays = {"x": np.array([0.5, -1.5]), "y": np.array([0.5, 1.5])}
        found = eg.evaluate(2.5 * apply(row, x) + rest, **arrays)
        assert np.allclose(found, eg.evaluate(2.5 * (eg.sin(x) + 1) + rest, **arrays))


@pytest.mark.parametrize("numpy", [Given(np.sum), Body("np.sum(x)"), Given(lambda x: 1.0)])
def test_a_function_that_does_not_act_entry_by_entry_is_refused(numpy):
    with entered(unary_row("whole", numpy)):
        (x,) = eg.variables("x[n]")
        with pytest.raises(
            eg.ShapeError, match=r"shape \(\) where|number for arguments of shape \("
        ):
            eg.evaluate(eg.whole(x), x=np.ones(3))


def test_complex_arguments_that_a_function_does_not_take_are_a_clear_error():
    (z,) = eg.variables("z[n]", complex="z")
    for function in (eg.cbrt, eg.deg2rad, lambda z: eg.logaddexp(z, 1)):
        with pytest.raises(eg.DtypeError, match="takes no arguments of dtype complex128"):
            eg.evaluate(function(z), z=np.array([1j]))


def test_a_derivative_that_is_not_known_is_an_error():
    rows = [
        Reduction("middle", Form("np.median({x}, axis={axes})"), None, (0, 1), public=("middle",)),
        MatrixFunction("turned", Form("np.rot90({x})"), "nn->nn", None, public=("turned",)),
    ]
    with entered(*rows):
        (A,) = eg.variables("A[n,n]")
        array = np.arange(9.0).reshape(3, 3)
        assert (eg.evaluate(eg.middle(A, 1), A=array) == [1, 4, 7]).all()
        assert (eg.evaluate(eg.turned(A), A=array) == np.rot90(array)).all()
        for expr in (eg.middle(A), eg.sum(eg.turned(A))):
            with pytest.raises(eg.ArgumentError, match="the derivative of"):
                eg.grad(expr, A)
            with pytest.raises(eg.ArgumentError, match="is not known"):
                eg.jacobian(expr, A)


def test_a_complex_derivative_is_taken_only_of_what_is_known_to_have_one():
    rows = [
        unary_row("square_of", Form("{x} ** 2"), lambda m, x, y: 2 * x),
        Reduction("middle", Form("np.mean({x}, {axes})"), lambda m, x, y, axes: 1, (0, 1)),
        MatrixFunction("same", Form("{x} * 1"), "nn->nn", lambda m, x, y, t: t),
    ]
    with entered(*rows):
        z, A, B = eg.variables("z[n] A[n,n] B[n,n]", complex="z A")
        exprs = [eg.square_of(z), reduce(rows[1], A, 0), apply_to_matrices(rows[2], A)]
        for expr, v in zip(exprs, (z, A, A), strict=True):
            for derive in (lambda e, v: eg.grad(eg.sum(eg.real(e)), v), eg.jacobian):
                with pytest.raises(eg.DtypeError, match="not known to be complex differentiable"):
                    derive(expr, v)
        assert eg.jacobian(reduce(rows[1], B, 0), B).shape == ("n", "n", "n")


@pytest.mark.parametrize("name", ["exp2", "logit", "log2", "log10", "sinc", "expit", "xlogy"])
def test_functions_that_are_complex_differentiable_are_checked_at_complex_arguments(name):
    z, w = eg.variables("z[n] w[n]", complex="z w")
    arrays = {"z": np.array([0.3 + 0.4j, -0.7 + 0.2j]), "w": np.array([0.5 + 0.1j, 0.2 - 0.3j])}
    expr = eg.xlogy(z, w) if name == "xlogy" else getattr(eg, name)(z)
    assert eg.check_grads(expr, arrays).order == 2


def test_second_derivatives_of_logit_are_infinite_at_its_ends():
    (x,) = eg.variables("x[n]")
    second = eg.grad(eg.sum(eg.grad(eg.sum(eg.logit(x)), x)), x)
    with np.errstate(all="ignore"):
        found = eg.evaluate(second, x=np.array([0.0, 1e-300, 0.5, 1.0]))
    assert (found == [-np.inf, -np.inf, 0, np.inf]).all()


def test_points_are_drawn_where_a_function_is_defined():
    (x,) = eg.variables("x[n]")
    assert eg.check_grads(eg.arccosh(x)).order == 2
    loss = eg.sum(eg.arccosh(x))
    assert eg.check("1/sqrt(x + 1)/sqrt(x - 1)", loss, x)
    assert not eg.check("1/x", loss, x)


def test_differences_that_are_not_finite_are_no_reference():
    (x,) = eg.variables("x[n]")
    for array in ([-1.0, -2.0], [0.0, 1.0], [-2.0, 2.0]):
        with pytest.raises(eg.ArgumentError, match="not finite"), np.errstate(all="ignore"):
            eg.check_grads(eg.log2(x), {"x": np.array(array)})


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"{0} \bmod {1}", r"\left(s + t\right) \bmod \left(2 s\right)"),
        (r"{{{0}}}^{{\underline{{{1}}}}}", r"{\left(s + t\right)}^{\underline{2 s}}"),
        (r"\binom{{{0}}}{{{1}}}", r"\binom{s + t}{2 s}"),
        (r"e^{{-{0}}}_{{{1}}}", r"e^{-\left(s + t\right)}_{2 s}"),
    ],
)
def test_arguments_in_latex_of_a_new_row_are_wrapped_where_nothing_encloses_them(latex, shown):
    row = Elementwise("two_of", Given(np.add), (None, None), ((0, 1), (0, 1)), latex)
    with entered(row):
        s, t = eg.variables("s t")
        assert eg.latex(apply(row, s + t, 2 * s)) == shown


def test_rows_that_are_taken_out_leave_nothing():
    for name in ("spacing", "trim_zeros", "logsum", "moore_penrose"):
        assert not hasattr(eg, name)
        assert name not in dir(eg)


def test_a_function_of_ones_own_says_what_it_is_known_for():
    cube = eg.define(
        "cube_of",
        lambda x: x**3,
        lambda m, x, y: 3 * m.square(x),
        torch="{x} ** 3",
        bounds=(-np.inf, np.inf),
        public=True,
    )
    try:
        (x,) = eg.variables("x[n]")
        assert eg.cube_of(x) is cube(x)
        f = eg.compile(cube(x))
        f(x=np.ones(2))
        assert "x ** 3" in f.code("torch")
        with pytest.raises(eg.ArgumentError, match="has no code for jax"):
            f.code("jax")
    finally:
        del ELEMENTWISE["cube_of"]


TAKEN = ["tanh", "expit", "absolute", "inv", "softmax", "sum", "sum_squares", "reshape", "einsum"]


@pytest.mark.parametrize("name", [*TAKEN, "lambda", "None", "", "two words", "\u212f", "2x"])
def test_a_name_that_would_be_read_as_something_else_is_refused(name):
    with pytest.raises(eg.ArgumentError, match=r"is taken|is no identifier|is read as"):
        eg.define(name, np.sin, lambda m, x, y: m.cos(x))
    if name in TAKEN:
        with pytest.raises(eg.ArgumentError, match="is taken"):
            eg.define(name, np.sin, None, public=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"latex": r"\foo{{{1}}}"}, "places that are no arguments"),
        ({"latex": r"\foo{bar}({0})"}, "places that are no arguments"),
        ({"torch": "torch.sin({y})"}, "places that are no arguments"),
        ({"jax": "jnp.sin({x)"}, "places that are no arguments"),
        ({"domain": (0, 1)}, "two numbers are expected"),
        ({"domain": [(1, 0)]}, "two numbers are expected"),
        ({"domain": [(0, 1), (0, 1)]}, "a derivative and an interval for each"),
        ({"bounds": (1, -1)}, "two numbers are expected"),
        ({"bounds": (0, 1, 2)}, "two numbers are expected"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(eg.ArgumentError, match=message):
        eg.define("ill_fitting", np.sin, lambda m, x, y: m.cos(x), **options)
    assert "ill_fitting" not in ELEMENTWISE


def test_what_is_no_function_is_refused():
    for arguments in (("not_one", "sin", None), ("not_one", np.sin, "cos"), (3, np.sin, None)):
        with pytest.raises(eg.ArgumentTypeError):
            eg.define(*arguments)
    assert "not_one" not in ELEMENTWISE


def test_a_function_of_ones_own_may_be_complex_differentiable():
    (z,) = eg.variables("z[n]", complex="z")
    cube = eg.define("cube_of_complex", lambda x: x**3, lambda m, x, y: 3 * x * x, analytic=True)
    try:
        assert eg.check_grads(cube(z), {"z": np.array([1 + 2j, -1j])}).order == 2
    finally:
        del ELEMENTWISE["cube_of_complex"]


def test_a_public_name_that_is_taken_is_refused():
    row = Elementwise("tanh2", Ufunc("tanh"), (None,), ((0, 1),), public=("expit",))
    with pytest.raises(eg.ArgumentError, match="'expit' is taken"):
        enter(row)
    assert "tanh2" not in ELEMENTWISE


# The rows that came last, against what numpy and scipy say at their edges.


def test_sinc_and_its_derivatives_are_exact_near_zero():
    (x,) = eg.variables("x[n]")
    first = eg.grad(eg.sum(eg.sinc(x)), x)
    second = eg.grad(eg.sum(first), x)
    third = eg.grad(eg.sum(second), x)
    near = np.array([0.0, 1e-12, -1e-7, 1e-4, 3.0, -25.5])
    u = np.pi * near
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(eg.evaluate(eg.sinc(x), x=near), np.sinc(near))
        slope = eg.evaluate(first, x=near)
        bend = eg.evaluate(second, x=near)
        assert eg.evaluate(third, x=near)[0] == 0
    assert slope[0] == 0
    assert np.allclose(slope[:4], -np.pi * u[:4] / 3, rtol=1e-6, atol=0)
    assert np.allclose(slope[4:], (np.cos(u) - np.sinc(near))[4:] / near[4:])
    assert np.allclose(bend[:4], -(np.pi**2) / 3)


def test_cbrt_is_right_for_negative_numbers():
    (x,) = eg.variables("x[n]")
    array = np.array([-8.0, -1.0, 27.0])
    assert np.allclose(eg.evaluate(eg.cbrt(x), x=array), [-2, -1, 3])
    assert np.allclose(
        eg.evaluate(eg.grad(eg.sum(eg.cbrt(x)), x), x=array), [1 / 12, 1 / 3, 1 / 27]
    )


def test_xlogy_is_zero_at_zero_without_a_warning():
    x, y = eg.variables("x[n] y[n]")
    arrays = {"x": np.array([0.0, 0.0, 2.0]), "y": np.array([0.0, 3.0, 4.0])}
    value, slope = eg.xlogy(x, y), eg.grad(eg.sum(eg.xlogy(x, y)), y)
    with np.errstate(all="raise"):
        assert np.allclose(eg.evaluate(value, **arrays), [0, 0, 2 * np.log(4)])
        assert np.allclose(eg.evaluate(slope, **arrays), [0, 0, 0.5])
        mixed = eg.evaluate(eg.grad(eg.sum(slope), x), **arrays)
    assert np.allclose(mixed, [0, 1 / 3, 1 / 4])


@pytest.mark.parametrize("name", ["logaddexp", "logaddexp2"])
def test_sums_of_exponentials_do_not_overflow(name):
    x, y = eg.variables("x[n] y[n]")
    expr = getattr(eg, name)(x, y)
    arrays = {"x": np.array([1e3, -1e3, 0.0]), "y": np.array([0.0, -1e3, 1e3])}
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(eg.evaluate(expr, **arrays), getattr(np, name)(arrays["x"], arrays["y"]))
        for v in (x, y):
            assert np.isfinite(eg.evaluate(eg.grad(eg.sum(expr), v), **arrays)).all()


def test_expit_is_the_sigmoid_and_logit_its_inverse():
    (x,) = eg.variables("x[n]")
    assert eg.expit(x) is eg.sigmoid(x)
    assert eg.simplify(eg.logit(eg.expit(x))) is x
    assert eg.parse("expit(x)", "x[n]") is eg.sigmoid(x)
    array = np.array([0.0, 1e-300, 0.5 + 1e-10, 1.0])
    with np.errstate(all="raise"):
        found = eg.evaluate(eg.logit(x), x=array)
    assert np.allclose(found, [-np.inf, np.log(1e-300), 4e-10, np.inf], rtol=1e-6, atol=0)


def test_scipys_ufuncs_of_expressions_become_rows():
    special = pytest.importorskip("scipy.special")
    x, y = eg.variables("x[n] y[n]")
    assert special.expit(x) is eg.sigmoid(x)
    assert special.logit(x) is eg.logit(x)
    assert special.xlogy(x, y) is eg.xlogy(x, y)
    assert special.erf(x) is eg.erf(x)


COMPARED = re.compile(r"(?:function|row|reduction)\.name (?:==|!=|in|not in) |case \"(?:power|inv)")


def test_no_rule_tells_functions_by_their_names():
    package = Path(eg.__file__).parent
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in sorted(package.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if COMPARED.search(line) and "inverse.name" not in line
    ]
    assert not found
