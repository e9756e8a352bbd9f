"""What the docs build makes with the library itself: gallery, lists of functions, pictures."""

import re
import sys
from pathlib import Path

import numpy as np

import einsgrad as eg
from einsgrad.expressions.walks import substitute, variables_in

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

sys.path.insert(0, str(HERE))

import array_libraries_page  # noqa: E402
import numpy_page  # noqa: E402
import scipy_page  # noqa: E402
from questions import CASES, build, derivative, setting  # noqa: E402

MARKUP = re.compile(r"[\\`*_<>\[\]|$]")

INTRODUCTION = """\
# Gallery

Forty derivatives that people asked for in public, each with the place where it was asked, and
the answer in every notation. The page is written by einsgrad when the documentation is built.
`eg.prove` compares each answer with a verified one, and the tests compare them entry by entry.
Thirteen of the questions also have a formula that was printed in that place and is not the
derivative.

The derivative is called `D`. Its axes are those of what is derived, then those of the
variables. `I` is the identity, `1` a vector of ones, `δ` a Kronecker delta.
"""


INDEXED = """\
## Code with indices

Derivatives of numpy code that shifts, looks up or adds up along an axis. A bracket is 1 where
its condition holds, and 0 elsewhere.
"""

# What it is, the variables, the variable of the derivative, and the code.
INDEXED_CASES = (
    ("Finite differences", "x[n]", "x", "np.sum((x[1:] - x[:-1]) ** 2) / 2"),
    (
        "Convolution, in its kernel",
        "x[n] w[m] t[n-m+1]",
        "w",
        'np.sum((eg.einsum("(i+k),k->i", x, w) - t) ** 2) / 2',
    ),
    (
        "Convolution, in its signal",
        "x[n] w[m] t[n-m+1]",
        "x",
        'np.sum((eg.einsum("(i+k),k->i", x, w) - t) ** 2) / 2',
    ),
    ("Embedding", "W[v,d] a[s] t[s,d]", "W", "np.sum((W[a] - t) ** 2) / 2"),
    ("Cumulative sums", "x[n] c[n]", "x", "np.sum((np.cumsum(x) - c) ** 2) / 2"),
    ("Causal mask", "Q[t,d] K[t,d]", "Q", "np.sum(np.tril(Q @ K.T) ** 2) / 2"),
)


def gallery():
    """Return the page of questions and answers."""
    return "\n".join([INTRODUCTION, *map(entry, CASES), INDEXED, *map(indexed, INDEXED_CASES)])


def indexed(case):
    """Return what is told of code with indices."""
    title, declaration, wrt, code = case
    variables = {one.name: one for one in eg.variables(declaration)}
    value = eval(code, {"np": np, "eg": eg, **variables})
    answer = eg.grad(value, variables[wrt])
    lines = [
        f"### {title}\n",
        f"With `{declaration}`, the derivative in `{wrt}` of `{code}`,\n",
        formula(value),
        "is\n",
        formula(answer, name="D"),
        block(written(answer)),
    ]
    return "\n".join(lines)


def entry(case):
    """Return what is told of one question."""
    variables, _ = setting(case)
    declared = " ".join(f"{name}[{','.join(dims)}]" for name, dims in case["shapes"].items())
    wrt = " and ".join(f"`{name}`" for name in case["wrt"])
    answer = derivative(case, variables)
    heading = MARKUP.sub(lambda sign: "\\" + sign[0], case["q"])
    lines = [
        f"## {heading}\n",
        f"Asked at {case['src']}. With `{declared}`{traits(case)}, the derivative in {wrt} of\n",
        formula(build(case["fwd"], variables)),
        "is\n",
        formula(answer, name="D"),
        block(written(answer)),
        f"Compared with the verified answer: {compared(answer, build(case['ans'], variables))}.\n",
    ]
    if case["claim"]:
        claim = build(case["claim"], variables)
        lines += [
            f"Not the derivative, but printed there ({case['who']}):\n",
            formula(claim),
            f"Compared with the derivative: {compared(claim, answer)}.\n",
        ]
    return "\n".join(lines)


def compared(one, other):
    """Say whether two expressions are equal, where e0 is the first unit vector."""
    units = {v: eg.eye(v.shape[0])[0] for v in variables_in(one, other) if v.name == "e0"}
    return eg.prove(substitute(one, units), substitute(other, units))


def traits(case):
    """Say what is known of the variables."""
    symmetric = [f"`{name}` symmetric" for name in case["sym"]]
    return f", {', '.join(symmetric)}" if symmetric else ""


def formula(expr, name=""):
    """Return displayed formulas, one for each line."""
    return "\n".join(f"$$\n{line}\n$$\n" for line in eg.latex(expr, name=name).split("\n"))


def written(expr):
    """Return an expression in all notations, with their names."""
    matrix, index = eg.show(expr, name="D"), eg.show(expr, "index", name="D")
    return {
        **({"matrix notation": matrix} if matrix != index else {}),
        "index notation": index,
        "einsum": eg.show(expr, "einsum"),
        "numpy-like": eg.show(expr, name="D", ascii=True),
        "LaTeX": eg.latex(expr, name="D"),
    }


def block(texts):
    """Return texts under their names, without layout."""
    rows = []
    for name, text in texts.items():
        first, *more = text.split("\n")
        rows += [f"{name:<17}{first}", *(f"{'':<17}{line}" for line in more)]
    return "\n".join(["```text", *rows, "```\n"])


def pictures():
    """Return the pictures that pages show, by their file names."""
    A, x, b = eg.variables("A[m,n] x[n] b[m]")
    return {
        "product.svg": eg.draw("mn,n->m", "A", names=("A", "x")),
        "chain.svg": eg.draw("ij,jk,kl->il", "B", names=("A", "B", "C")),
        "trace.svg": eg.draw("ii->", "A", names=("A",)),
        "quadratic-form.svg": eg.draw("i,ij,j->", "x", names=("x", "A", "x")),
        "batched.svg": eg.draw("bi,oij,bj->bo", "W", names=("x", "W", "y")),
        "least-squares.svg": eg.draw(0.5 * eg.sum_squares(A @ x - b), A),
        "softplus.svg": eg.draw(eg.sum(eg.softplus(A @ x)), x),
    }


def write(folder=HERE):
    """Write everything into a folder."""
    (folder / "gallery.md").write_text(gallery(), encoding="utf-8")
    text = array_libraries_page.page()
    (folder / "array-libraries.md").write_text(text, encoding="utf-8")
    (folder / "numpy-functions.md").write_text(numpy_page.page(), encoding="utf-8")
    (folder / "scipy-functions.md").write_text(scipy_page.page(), encoding="utf-8")
    (folder / "_pictures").mkdir(exist_ok=True)
    for name, picture in pictures().items():
        picture.save(folder / "_pictures" / name)


if __name__ == "__main__":
    write()
