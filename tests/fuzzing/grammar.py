"""Texts of a given shape, in the many ways that a reader takes, legal ones for the most part."""

import ast
import re

_LEAVES = {
    "": (
        "s", "2", "-1", "0.5", "1e-3", "π", "x@z", "x'z", "x_i z_i", "y.T@y", "‖x‖", "x[i]*z[i]",
        "tr(B)", "sum(x)", "½",
    ),
    "n": (
        "x", "z", "B@x", "A.T@y", "Aᵀ y", "diag(B)", "B[i,j]*x[j]", "x_i", "2 x", "y A", "B'z",
        "1_i", "ones(n)", "sum(A, axis=0)",
    ),
    "m": (
        "y", "A@x", "A x", "A_mn x_n", "A[m,n]*x[n]", "C.T z", "diag(A@C)", "sum(A, axis=1)",
        "A B x",
    ),
    "mn": (
        "A", "C.T", "Cᵀ", "outer(y, x)", "y xᵀ", "A B", "A@B", "A_mn", "softmax(A, axis=0)",
        "transpose(C)", "y_m x_n",
    ),
    "nn": (
        "B", "B.T", "Bᵀ", "B B", "Aᵀ A", "A.T@A", "x xᵀ", "eye(n)", "C A", "diag(x)", "inv(B)",
        "B⁻¹", "B^-1", "δ_ij",
    ),
}  # fmt: skip
_ENTRIES = (
    "-{a}", "({a})", "{a} + {b}", "{a} - {b}", "({a})*({b})", "({a})/({b})", "exp({a})",
    "tanh({a})", "({a})**2", "sin({a})*cos({b})", "log(1 + exp({a}))", "where({a} > 0, {a}, {b})",
    "maximum({a}, {b})", "2*({a})", "({a})/3", "abs({a})", "({a}) .* ({b})", "{a} ∘ ({b})",
    "s*({a})", "relu({a})", "np.sqrt(({a})**2 + 1)", "{a} + 1", "({a}) * sigmoid({a})",
    "power({a}, 2)",
)  # fmt: skip
_OF_NUMBERS = (
    "sum({n})", "({n})@({o})", "trace({nn})", "logdet({nn})", "det({nn})", "norm({n})",
    "sum(({m} - y)**2)", "logsumexp({n})", "max({n})", "tr(({mn}) ({mn})ᵀ)", "prod({n})",
    "mean({mn})", "‖{m}‖²", "({n})ᵀ ({nn}) ({o})", "x@({nn})@z", "norm2({mn})", "({n})'({o})",
)  # fmt: skip
_OF_VECTORS = (
    "({nn})@({n})",
    "solve({nn}, {n})",
    "({n}) - logsumexp({n})",
    "softmax({n})",
    "diag({nn})",
    "({mn})ᵀ ({m})",
    "sum({nn}, axis=1)",
)
_OF_MATRICES = (
    "({nn})@({nn})",
    "inv({nn})",
    "({nn}).T",
    "outer({n}, {o})",
    "({nn}) + eye(n)",
    "({mn})ᵀ ({mn})",
    "inv(({nn}) + 3*eye(n))",
)
_SHAPED = {
    "": _OF_NUMBERS,
    "n": _OF_VECTORS,
    "m": ("({mn})@({n})", "sum({mn}, axis=1)", "({mn}) ({n})"),
    "mn": ("outer({m}, {n})", "({mn})@({nn})", "softmax({mn}, axis=1)", "({m}) ({n})ᵀ"),
    "nn": _OF_MATRICES,
}
SHAPES = tuple(_LEAVES)


_INDEX = re.compile(r"[xyzABδ1]_\{?[a-z]|\[")
_PLACE = re.compile(r"\{\w+\}")


def _is_plain(form):
    """Tell whether a form is Python code without indices, which nests in all others."""
    try:
        ast.parse(_PLACE.sub("q", form))
    except SyntaxError:
        return False
    return _INDEX.search(form) is None


def _plain(table):
    return {shape: tuple(filter(_is_plain, forms)) for shape, forms in table.items()}


_EVERY = (_LEAVES, _ENTRIES, _SHAPED)
_PLAIN = (_plain(_LEAVES), tuple(filter(_is_plain, _ENTRIES)), _plain(_SHAPED))


def grown(random, shape, depth, tables=None):
    """Write an expression of a shape, nested to a depth at most; by hand, or rather as code."""
    tables = tables or (_PLAIN if random.random() < 0.75 else _EVERY)
    leaves, entries, shaped = tables

    def pick(choices):
        return choices[int(random.integers(len(choices)))]

    if depth == 0 or random.random() < 0.15:
        return pick(leaves[shape])
    form = pick(entries) if random.random() < 0.5 else pick(shaped[shape])
    parts = {n: grown(random, n, depth - 1, tables) for n in leaves if n and f"{{{n}}}" in form}
    parts |= {name: grown(random, shape, depth - 1, tables) for name in "ab"}
    return form.format(o=grown(random, "n", depth - 1, tables), **parts)
