"""Random and adversarial texts: legal ones, legal ones with mistakes, and rubbish."""

import re

import numpy as np

from fuzzing.grammar import SHAPES, grown

DECLARATION = "A[m,n] B[n,n] C[n,m] x[n] y[m] z[n] s T[m,n,n] u[4] M[2,2]"

LEGAL = (
    "0.5*sum((A@x - y)**2)", "A[m,n]*x[n] - y[m]", "A_mn x_n - y_m", "C[i,j] = A[j,i]",
    "tanh(A[m,k]*x[k])*y[m]", "sum[i](x[i]**2)", "x[i] - logsumexp[j](x[j])*s", "B[i,i]",
    "inv(B)[i,j]*x[j]", "delta[i,j]*x[j]", "size[n]*x[i]", "Σ_j A_ij + y_i", "1_i x_j B_ij",
    '"mn,n->m"(A, x)', '2 * "n,n->n"(x, x) + "ij->ji"(B)', "trace(B @ B.T)", "Aᵀ y − 2 x",
    "logdet(B + eye(n))", "solve(B, x)", "x.T @ B @ x / norm(x)", "softmax(A, axis=1)",
    "where(x > 0, x, -x)", "max(A, axis=0, keepdims=True)", "np.linalg.inv(B) @ z",
    "np.einsum('mn,n->m', A, x)", "outer(x, z) - diag(x)", "reshape(u, (2, 2)) @ M",
    "2^s + s**-1.5", "r @ r\nwhere r = A @ x - y", "A'y", "x .* z", "‖A x − y‖²", "tr(BᵀB)",
    "exp(-x**2/2)/sqrt(2*pi)", "prod(x) + mean(A) - min(z)", "x_i z_i B_ij", "A_{mn} x_{n}",
    "sum(relu(A@x + y))", "-x", "+s", "abs(sin(x)*cos(z))", "T[a,b,b]*x[b]", "1e-3*x + 3.5e+2*z",
    "x > z", "sum(log(sigmoid(x)))", "½ x",
)  # fmt: skip
STRINGS = (
    "mn,n->m", "i,ij,j->", "bij,bjk->bik", "ii->", "ii->i", "...ij,...jk->...ik", "i->ii", "->",
    "ab,cd->", "i,i", "ij", "i j, j k -> i k", ",->", "αβ,βγ->αγ", "abc,bcd,cde->ae",
    "b...,b...->b",
)  # fmt: skip
ADVERSARIAL = (
    "", " ", "\n", "\t\r\n", "\0", "\ud800", "(" * 300, ")" * 50, "[" * 300 + "]" * 300,
    "-" * 500 + "x", "+".join(["x"] * 400), "*".join(["s"] * 400), "@".join(["B"] * 60) + "@x",
    "sin(" * 150 + "x" + ")" * 150, "x" + "**2" * 40, "x" + ".T" * 300, "9" * 5000, "1e999*x",
    "9**9**9", "9**9**9**9", "x**1e308", "x**(10**9)", "s**-10**400", "1/0", "0/0*x", "x/0",
    "x/(1-1)", "ones(10**9)", "ones(10**12)@x", "eye(10**6)@x", "reshape(u,(10**9,))", "x*1j",
    "nan*x", "inf*x", "x[0]", "x[1:2]", "x[...]", "x[-1]", "A[m,n,n]*x[n]", "A[m", "A]", "A_",
    "A_{", "A_{m", "_", "__", "__import__('os')", "x.__class__", "(lambda: x)()", "x if s else z",
    "[x for x in A]", "{x}", "f'{x}'", "x := z", "import os", "x; z", "x == z", "x is z",
    "x and z", "not x", "sum(*x)", "sum(**x)", "sum()", "sum(x, 1, 2, 3)", "sum(x, axis=99)",
    "sum(x, axis='n')", "sum(x, axis=x)", "norm(A, 1)", "norm(x, 'fro')", "max()", "where(x)",
    "inv(x)", "inv(A)", "det(T)", "trace(x)", "solve(x, B)", "einsum('->', x)", "einsum('i,i', x)",
    "einsum(x, x)", "einsum('i->j', x)", '"mn,n->m"(A)', '"mn"(', '"(A)', "delta", "delta[i]",
    "delta[]", "δ_", "δ_i", "δ_ijkl x_l", "1_", "1_i", "size[]", "size[q]", "sum[](x)", "sum[i]",
    "Σ", "Σ_", "Σ_i", "Σ_j x_i", "x_i y_i", "x_ii", "A_mnk", "x^T^T", "x'" * 100, "''", '"', "'x'",
    "b'x'", "x\nwhere", "x\nwhere x = x", "r\nwhere r = r", "r\nwhere r = q\nwhere q = r",
    "x where r = 2", "a\nwhere a = b = c", "x" * 3000, "é" * 200, "𝐱 + 𝑥", "x²³", "x⁻¹", "x⁻",
    "xᵀᵀ", "‖x", "‖x‖", "|x|", "|x", "∂x", "∇x", "√x", "∞", "x·z", "x×z", "A∘A", "A⊗B", "A⊙A",
    "∑_i x_i", "∏_i x_i", "\N{RIGHT-TO-LEFT OVERRIDE}x", "x\N{ZERO WIDTH SPACE}z", "x \\ z",
    "x # z", "x $ z", "x ? z", "x ! z", "x ~ z", "x & z", "x | z", "x << z", "x // z", "x % z",
    "~x", "0x10*x", "0b1*x", "1_000*x", "01*x", "1.*x", ".5x", "1e*x", "1.2.3", "x..z", "x,z",
    "(x, z)", "()", "None", "True*x", "False", "Ellipsis", "print(x)", "exec('1')", "einsum",
    "sum", "exp", "np", "np.exp", "np.", "eg.grad(x, x)", "compile(x)", "variables('q')",
    "polygamma(x, x)", "polygamma(1, x)", "heaviside(x)", "power(x)", "x**A", "A**x", "2**x**2",
    "x@x@x@x", "A@A", "s@s", "x@s",
)  # fmt: skip

_TOKEN = re.compile(r"\w+|\s+|->|\*\*|[^\w\s]", re.UNICODE)
_WORDS = (
    "x", "A", "B", "s", "y", "T", "sum", "inv", "exp", "norm", "diag", "@", "*", "**", "-", "+",
    "/", "(", ")", "[", "]", ",", "_", "ᵀ", ".T", "'", '"', "->", "...", "=", "0", "1", "2.5",
    "1e300", "-1", "i", "j", "m", "n", ":", " ", "where", "\n", "delta", "δ", "Σ", "axis=0",
    "axis=-1", "²", "⁻¹", ">", "<", "‖", "∂", "√", "π", "log", "det", "trace",
)  # fmt: skip
_ALPHABET = (
    "".join(map(chr, range(32, 127)))
    + "\n\t\0αβδΣ∑ᵀ²⁻¹‖∂∇√π·×−½ⅷ𝐱é\u0301\u200b\u202e\ufeff\uffff🙂٣"
)


def text_of(random, shape=None):
    """Draw a text: legal, of a shape; mutated; put together from words; of any characters."""
    kind = random.random()
    if kind < 0.02:
        return _pick(random, ADVERSARIAL)
    if kind < 0.55:
        shape = _pick(random, SHAPES) if shape is None else shape
        text = grown(random, shape, int(random.integers(1, 4)))
        return text if kind < 0.4 else mutated(text, random)
    if kind < 0.75:
        text = _pick(random, LEGAL)
        for _ in range(int(random.integers(1, 4))):
            text = mutated(text, random)
        return text
    if kind < 0.9:
        return " ".join(_pick(random, _WORDS) for _ in range(int(random.integers(1, 12))))
    return "".join(_pick(random, _ALPHABET) for _ in range(int(random.integers(1, 25))))


def string_of(random):
    """Draw an einsum string, legal or not."""
    text = _pick(random, STRINGS)
    for _ in range(int(random.integers(0, 3))):
        text = mutated(text, random)
    return text


def mutated(text, random):
    """Make one mistake in a text, or put another text into it."""
    tokens = _TOKEN.findall(text) or [""]
    place = int(random.integers(len(tokens)))
    other = int(random.integers(len(tokens)))
    match int(random.integers(9)):
        case 0:
            del tokens[place]
        case 1:
            tokens.insert(place, _pick(random, _WORDS))
        case 2:
            tokens[place] = _pick(random, _WORDS)
        case 3:
            tokens[place], tokens[other] = tokens[other], tokens[place]
        case 4:
            tokens.insert(place, tokens[other])
        case 5:
            tokens[place] = f"({_pick(random, LEGAL)})"
        case 6:
            character = _pick(random, _ALPHABET)
            tokens[place] += character
        case 7:
            cut = slice(*sorted((place, other)))
            tokens[cut] = tokens[cut] * 2
        case _:
            tokens = [
                f"{_pick(random, ('sum', 'inv', 'exp', 'tr', '-', '2*', 'x@'))}(",
                *tokens,
                ")",
            ]
    return "".join(tokens)[:4000]


def _pick(random, choices):
    return choices[int(random.integers(len(choices)))]


def generator(*seed):
    return np.random.default_rng(seed)
