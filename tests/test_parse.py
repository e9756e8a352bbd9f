"""Reading expressions from text: values against numpy, safety, messages."""

import builtins
import contextlib
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.nodes import Variable
from einsgrad.testing.expressions import SIZES, expressions, values

DECLARED = "A[m,n] B[n,n] C[n,m] x[n] y[m] z[n] s"
VARIABLES = eg.variables(DECLARED)
EXTRA = {"m": 2, "n": 3}


def arrays(seed=0):
    generator = np.random.default_rng(seed)
    return {v.name: generator.uniform(0.2, 0.9, [EXTRA[dim] for dim in v.shape]) for v in VARIABLES}


def softmax(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis, keepdims=True)


NUMPY = {
    **{
        name: getattr(np, name)
        for name in dir(np)
        if callable(getattr(np, name)) and name not in dir(builtins)
    },
    "sum": np.sum,
    "max": np.max,
    "min": np.min,
    "abs": np.abs,
    "np": np,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "solve": np.linalg.solve,
    "norm": np.linalg.norm,
    "logdet": lambda x: np.linalg.slogdet(x)[1],
    "logsumexp": lambda x, axis=None: np.log(np.sum(np.exp(x), axis=axis)),
    "softmax": softmax,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "norm2": np.linalg.norm,
    "sum_squares": lambda x: np.sum(x**2),
    **EXTRA,
}


def same(text, **options):
    """Compare the value with numpy's, which Python itself computes from the same text."""
    given_ = arrays()
    expected = eval(text, {**NUMPY, **given_})  # the text is one of this file
    found = eg.evaluate(eg.parse(text, DECLARED, **options), sizes=EXTRA, **given_)
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, rtol=1e-12)


NUMPY_TEXTS = [
    "0.5*sum((A@x - y)**2)",
    "trace(B @ B.T) + s",
    "np.linalg.inv(B) @ x",
    "solve(B, x) - inv(B) @ x",
    "logdet(A.T @ A + 3*eye(n))",
    "einsum('ij,j->i', A, x)",
    'np.einsum("ij,j", A, x)',
    "softmax(A, axis=0) * softmax(A)",
    "logsumexp(A, axis=1)",
    "outer(x, y) + C",
    "dot(x, z) * x",
    "diag(x) @ B @ diag(z)",
    "diag(B)",
    "maximum(x, 0.5) - minimum(z, 0.5)",
    "where(x > z, x, -z)",
    "where((x <= z), 1, 0)",
    "transpose(A, (1, 0))",
    "A.sum(axis=0) + x.mean()",
    "A.T.dot(y)",
    "norm(x) + norm2(y) - sum_squares(A)",
    "norm(x, 1) + np.linalg.norm(A, 1) - np.linalg.norm(B, ord=np.inf)",
    "norm(A, axis=1) * norm(A, 3, 1)",
    "det(B)",
    "ones((m, n)) * 2 + A / m",
    "-x**2",
    "2**-1 * x",
    "(1 + 2) * 3 * s",
    "+x",
    "mean(A, axis=(0, 1))",
    "sum(A, axis=1, keepdims=True) + A",
    "np.tanh(np.pi * s)",
    "1 / (1 + exp(-x)) - sigmoid(x)",
    "x / sum(x)",
    "abs(x - z)",
    "np.linalg.slogdet(B)[1] + np.linalg.slogdet(B).logabsdet",
    "np.linalg.eigh(B @ B.T)[0] + np.linalg.eigh(B + B.T).eigenvalues",
    "np.linalg.qr(B)[1][0] + np.linalg.matrix_power(B, 3)[:, -1]",
    "np.var(x) + np.std(A, axis=1).sum() + np.cumsum(z)[1]",
    "np.clip(x, 0, 1) + np.log2(2 + x**2) - x[::-1]",
    "np.linalg.norm(A, 'fro') * x[1]",
    "((x[:, None] - z[None, :])**2).sum(axis=-1)",
]


@pytest.mark.parametrize("text", NUMPY_TEXTS)
def test_numpy_like_text_has_the_value_that_numpy_gives(text):
    assert same(text)


def tree_texts():
    """Texts that numpy and einsgrad both read, of one shape at a time."""
    vectors = st.sampled_from(["x", "z", "diag(B)", "2.5", "s"])

    def grow(inner):
        unary = st.sampled_from(["tanh", "exp", "sin", "sigmoid", "square"])
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
            st.builds("{}({})".format, unary, inner),
            st.builds("-{}".format, inner),
            st.builds("(B @ (x + {}))".format, inner),
            st.builds("einsum('ij,j->i', B, x * {})".format, inner),
            st.builds("sum(x * {})".format, inner),
            st.builds("{} / (2 + {}**2)".format, inner, inner),
        )

    return st.recursive(vectors, grow, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(tree_texts())
def test_random_text_has_the_value_that_python_gives(text):
    with np.errstate(all="ignore"):
        assert same(text)


INDEX_TEXTS = [
    ("A[m,n]*x[n] - y[m]", lambda v: v["A"] @ v["x"] - v["y"]),
    ("A_mn x_n - y_m", lambda v: v["A"] @ v["x"] - v["y"]),
    ("A_{mn} x_{n} − y_{m}", lambda v: v["A"] @ v["x"] - v["y"]),
    ("C[i,j] = A[j,i]", lambda v: v["A"].T),
    ("T[n,m] = A[m,n]*x[n]", lambda v: (v["A"] * v["x"]).T),
    ("tanh(A[m,k]*x[k])*y[m]", lambda v: np.tanh(v["A"] @ v["x"]) @ v["y"]),
    ("sum[i](x[i]**2)", lambda v: v["x"] @ v["x"]),
    ("x[i]**2", lambda v: v["x"] ** 2),
    ("sum[i](x[i]*z[i]*x[i])*x[j]", lambda v: (v["x"] ** 2 @ v["z"]) * v["x"]),
    ("y[i] = x[i]*z[i]*x[i]", lambda v: v["x"] ** 2 * v["z"]),
    ("B[i,i]", lambda v: np.trace(v["B"])),
    ("d[i] = B[i,i]", lambda v: np.diag(v["B"])),
    ("inv(B)[i,j]*x[j]", lambda v: np.linalg.solve(v["B"], v["x"])),
    ("(B @ B)[i,j]*x[j]", lambda v: v["B"] @ v["B"] @ v["x"]),
    ("Bᵀ[i,j]*x[j]", lambda v: v["B"].T @ v["x"]),
    ("delta[i,j]*x[j]", lambda v: v["x"]),
    ("J[n,k,l] = δ_nk x_l", lambda v: np.einsum("ik,l->ikl", np.eye(3), v["x"])),
    ("delta[i,j,k]*x[i]", lambda v: np.diag(v["x"])),
    ("delta[i]*x[i]", lambda v: v["x"].sum()),
    ("1_i x_j B_ij", lambda v: v["B"].sum(0) @ v["x"]),
    ("size[n]*x[i]", lambda v: 3 * v["x"]),
    ("Σ_j A_ij + y_i", lambda v: v["A"].sum(1) + v["y"]),
    ("x[i] - logsumexp[j](x[j])*s", lambda v: v["x"] - np.log(np.exp(v["x"]).sum()) * v["s"]),
    ("s + x[i]", lambda v: v["s"] + v["x"]),
    ("1 - tanh(x[i])**2", lambda v: 1 - np.tanh(v["x"]) ** 2),
    ("softmax[n](A[m,n])*x[n]", lambda v: softmax(v["A"]) @ v["x"]),
    ("logsumexp[m](A[m,n])", lambda v: np.log(np.exp(v["A"]).sum(0))),
    ("max[m,n](A[m,n])", lambda v: v["A"].max()),
    ("maximum(x[i], z[i])", lambda v: np.maximum(v["x"], v["z"])),
    ("where(x[i] > z[i], x[i], 0)", lambda v: np.where(v["x"] > v["z"], v["x"], 0)),
    ("x[i]/z[j]", lambda v: np.outer(v["x"], 1 / v["z"])),
    ("x[i]/s", lambda v: v["x"] / v["s"]),
    ("(x[i] + z[i])*B[i,j]", lambda v: (v["x"] + v["z"]) @ v["B"]),
    ("-(x[i] - 2*z[i])", lambda v: 2 * v["z"] - v["x"]),
    ("trace(B)*x[i]", lambda v: np.trace(v["B"]) * v["x"]),
    ("2 B_ij x_j + 0.5 x_i", lambda v: 2 * v["B"] @ v["x"] + 0.5 * v["x"]),
    ("s**2*x[i]", lambda v: v["s"] ** 2 * v["x"]),
    ("2**x[i]", lambda v: 2 ** v["x"]),
    ("(x_i z_i)²", lambda v: (v["x"] @ v["z"]) ** 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), INDEX_TEXTS)
def test_index_notation_has_the_value_that_numpy_gives(text, expected):
    given_ = arrays()
    found = eg.evaluate(eg.parse(text, DECLARED), sizes=EXTRA, **given_)
    assert np.shape(found) == np.shape(expected(given_))
    assert np.allclose(found, expected(given_), rtol=1e-12)


def test_the_output_may_be_stated_beside_the_text():
    A, x = eg.variables("A[m,n] x[n]")
    text = "A[m,n]*x[n]"
    assert eg.parse(text, [A, x]).shape == ("m",)
    assert eg.parse(text, [A, x], output="nm").shape == ("n", "m")
    assert eg.parse(text, [A, x], output=["m", "n"]).shape == ("m", "n")


def test_variables_may_have_greek_names_and_traits():
    expr = eg.parse("λ*μ @ Σ2", "λ μ[n] Σ2[n]")
    assert {v.name for v in eg.variables("λ μ[n] Σ2[n]")} <= set("λμ") | {"Σ2"}
    assert expr.shape == ()
    # Python reads the micro sign as the Greek letter.
    assert eg.parse("\N{MICRO SIGN}*2", "\N{MICRO SIGN}[n]").shape == ("n",)
    expr = eg.parse("trace(S) + sum(real(z))", "S[n,n] z[n]", symmetric="S", complex="z")
    assert not expr.is_complex


@settings(max_examples=150, deadline=None)
@given(expressions(max_depth=3), st.integers(0, 9))
def test_what_einsgrad_prints_can_be_read(expr, seed):
    text = repr(expr)
    # A variable alone is printed like its declaration.
    assume("\n" not in text and not isinstance(expr, Variable))
    try:
        again = eg.parse(text, DECLARED)
    except eg.ArgumentError:
        # Printed deltas and ones do not say their dims.
        assert any(sign in text for sign in ("δ", "(1", ", 1"))
        return
    given_ = values(expr, seed)
    with np.errstate(all="ignore"):
        one = eg.evaluate(expr, sizes=SIZES, **given_)
        other = eg.evaluate(again, sizes=SIZES, **given_)
    assert np.shape(one) == np.shape(other)
    assert np.allclose(one, other, rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize(
    "string", ["mn,n->m", "i,ij,j->", "ij,jk->ik", "ii->", "ij->i", "i,i->i", "ij,ij,j->j"]
)
def test_printed_index_notation_can_be_read(string):
    for adjoint in eg.adjoint(string):
        (position,) = adjoint.positions
        variables = (*adjoint.operation.variables, adjoint.cotangent)
        labels = string.partition("->")[0].split(",")[position]
        if len(set(labels)) == len(labels):
            again = eg.parse(adjoint.index, variables, output=labels)
            assert eg.simplify(again) is eg.simplify(adjoint.expr)


HOSTILE = [
    "x.__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "__import__('os').system('touch hacked')",
    "x.__array_ufunc__(1)",
    "open('/etc/passwd')",
    "os.remove('x')",
    "np.load('x')",
    "np.random.rand(3)",
    "np.ctypeslib.os.system('x')",
    "eval('1')",
    "exec('1')",
    "globals()",
    "getattr(x, 'shape')",
    "apply(x, x)",
    "elementwise_function('exp')",
    "provide(x)",
    "lambda: x",
    "[x for x in x]",
    "{x: x}",
    "{x}",
    "f'{x}'",
    "(y := x)",
    "x if x else x",
    "x and x",
    "not x",
    "x is x",
    "x in x",
    "x; x",
    "import os",
    "x = y = z",
    "del x",
    "x[0.5]",
    "x['a']",
    "x[1:x]",
    "x[i:j]",
    "[None]",
    "x[i*j]",
    "x[2*i*i]",
    "[i + 1]",
    "x[tanh(i)]",
    "x[i] for i",
    "x[i] for i < x",
    "x[i] for i in x",
    "sum(x for x in x)",
    "sum(*x)",
    "sum(**x)",
    "await x",
    "yield",
    "x % 2",
    "x // 2",
    "~x",
    "x << 2",
    "x # comment",
    "x\\",
    "'text'",
    "None",
    "...",
    "b'x'",
    "10**10**10",
    "10.0**1000",
    "9" * 400,
    "9" * 5000,
    "1e999*x",
    "(2 + 1j)**999999",
    "0**-1",
    "1/0",
    "(" * 500 + "x" + ")" * 500,
    "-" * 15000 + "x",
    "x" + "+x" * 9000,
    "x" + ".T" * 6000,
    "2**" * 5000 + "2",
    "x*" * 30000,
    "tensordot(x, x, 1000000000)",
    "x\x00",
    "\ud800",
    "",
    " ",
    "\t",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_what_is_no_formula_is_refused_and_nothing_runs(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = []
    sys.addaudithook(lambda event, args: ran.append(event) if watching else None)
    watching = True
    try:
        with pytest.raises(eg.EinsgradError) as caught:
            eg.parse(text, "x[n]")
    finally:
        watching = False
    assert len(str(caught.value)) < 600
    assert not {"exec", "os.system", "open", "import", "subprocess.Popen"} & set(ran)
    assert not list(tmp_path.iterdir())


HOW = "Write it like numpy code, 'A @ x - b', or with indices, 'A[m,n]*x[n] - b[m]'."
MESSAGES = [
    ("A @ q", "no variable is named 'q'", 4,
     "Declared are: A[m,n], x[n], b[m], B[n,n], λ."),
    ("A @ b", "A[m,n] @ b[m]: the inner dims n and m differ.", 4, None),
    ("λ*A @ q", "no variable is named 'q'", 6, None),
    ("A^2", "a matrix [m,n] has a power, and only a square matrix has one", 1,
     "Write X^∘2, X .^ 2 or X ⊙ X for entry by entry."),
    ("x x", "a column [n] stands before a column [n]", 2,
     "Transpose one of them, or write ⊙ or .* for a product entry by entry."),
    ("λ 1", "the length of this cannot be told from its neighbours", 2,
     "Write it with its dim: 1_n for a vector of ones, I_n for an identity."),
    ("λ λ A +", "this is no expression: invalid syntax", 7, HOW),
    ("tanh(x", "this is no expression: '(' was never closed", 4, HOW),
    ("lm(x)", "'lm' is no function that is known", 0, None),
    ("tanh", "'tanh' is a function", 0, "Call it: tanh(...)."),
    ("x[0.5]", "an index is no such thing", 2,
     "Write sums of letters, numbers and sizes, like x[2*i+k-1], or an entry of integers."),
    ("A[i*j,j]", "two indices are multiplied", 2, None),
    ("b[i+j]", "how far the index 'i' runs cannot be told", 2,
     "Say it behind the formula, '... for i < 5', or declare sizes."),
    ("x[i] + b[i] + x[i+1]", "how far the index 'i' runs depends on the sizes of names", 2, None),
    ("sum[i+1](x[i])", "an index here is a letter or a name", 4, None),
    ("A[m]", "A[m,n] has 2 axes and 1 indices", 0, None),
    ("A_mn x_m", "the index 'm' has dim n here and m before", 5, "An index runs over one dim."),
    ("A[m,n]*x[m]", "the index 'm' has dim n here and m before", 9,
     "An index runs over one dim."),
    ("x[i]*x[i]*x[i]", "the index 'i' stands 3 times in a product", 12,
     "Write sum[i](...) around the product to sum over it, or state the output to keep it: "
     "'y[i] = ...'."),
    ("s[] = x[i]**2", "this is no expression: invalid syntax", 2, HOW),
    ("x[i] + b[m]", "the free indices differ: one term has i, the other m", 9, None),
    ("x[n]*x[n] + x[i]", "the free indices differ: one term has none, the other i", 14, None),
    ("einsum('ij->i', A, out=x)", "einsum does not take 'out' here", 0, "Leave it out."),
    ("A[m,n] + x", "x[n] stands without indices beside factors with indices", 9,
     "Give indices to every tensor, 'A[m,n]*x[n]', or to none, 'A @ x'."),
    ("A[m,n] @ x[n]", "@ between indexed factors", 0, "Indexed factors are multiplied with *."),
    ("softmax(A[m,n])", "softmax is no function of single entries", 0,
     "Name the indices that it takes: softmax[k](...)."),
    ("inv(B[i,j])", "inv is no function of single entries", 0,
     "Give indices to its result: inv(A)[i,j]."),
    ("sum[k](x[i])", "the index 'k' stands in no factor behind sum", 4, None),
    ("y[m,k] = A[m,n]*x[n]", "the index 'k' of the output stands in no factor", 0, None),
    ("y[m] = A[m,n]", "the index 'n' stands once and is not in the output", 11,
     "Sum over it with sum[n](...), or write it into the output."),
    ("y[m] = A @ x", "the output has indices (m) and the expression has none", 7, None),
    ("y[m,m] = A[m,n]*x[n]", "the output repeats the index 'm'", 0, None),
    ("A[m,n]**x[n]", "the free indices differ: one term has m, n, the other n", 2, None),
    ("10**400", "10 ** 400 is not finite", 4, "Write smaller numbers."),
    ("99999999999999999999", "this integer is too large", 0, "Write it as a float, like 1e30."),
    ("solve(B)", "solve: missing a required argument: 'b'", 0, "It is called solve(a, b)."),
    ("x # y", "the character U+0023 does not belong into an expression", 2, "Take it out."),
    ("'x'", "'x' is no tensor", 0, "Write an expression."),
    ("f = g = x", "one expression is expected", 0, HOW),
    ("delta[i,j]", "the dim of the index 'i' cannot be told", 6, None),
    ("einsum('ij,j->k', A, x)", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "headline", "caret", "remedy"), MESSAGES)
def test_messages_point_into_the_text(text, headline, caret, remedy):
    with pytest.raises(eg.EinsgradError) as caught:
        eg.parse(text, "A[m,n] x[n] b[m] B[n,n] λ")
    if headline is None:
        # The message of the einsum string itself, with a caret into that.
        assert "output label 'k' stands in no operand\n  ij,j->k" in str(caught.value)
        return
    lines = str(caught.value).split("\n")
    assert lines[0] == headline.rstrip(".")
    assert lines[1] == f"  {text}"
    assert lines[2] == " " * (caret + 2) + "^"
    assert remedy is None or lines[3:] == [remedy]


SIGNS = ["A", "x", "b", "B", "m", "n", "i", "2", ".5", "+", "-", "*", "/", "**", "@", "(", ")"]
SIGNS += [
    "[",
    "]",
    ",",
    "=",
    " ",
    "_",
    "δ",
    "Σ_",
    "delta",
    "sum",
    "tanh",
    "inv",
    ".T",
    "ᵀ",
    "²",
    "1",
]
SIGNS += [
    "A_mn",
    "x_n",
    "einsum",
    '"ij->i"',
    "np.",
    "size",
    "<",
    "x[i]",
    "A[m,n]",
    "ϵ",
    "\\",
    "{",
    "}",
]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join))
def test_any_text_is_read_or_refused_with_a_message(text):
    try:
        expr = eg.parse(text, "A[m,n] x[n] b[m] B[n,n]")
    except eg.EinsgradError:
        return
    eg.simplify(expr)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_any_characters_are_read_or_refused(text):
    with contextlib.suppress(eg.EinsgradError):
        eg.parse(text, "A[m,n] x[n]")
