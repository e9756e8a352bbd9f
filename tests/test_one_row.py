"""A row that is written into a table's file, and into no other, is found everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import einsgrad as eg

PACKAGE = Path(eg.__file__).parent

# The file of a table, what is written at its end, and what holds then.
WRITTEN = {
    "special.py": """

analytic(
    "exp3",
    lambda m, x, y: math.log(3) * y,
    latex="3^{{{0}}}",
    numpy=Form("3.0 ** {x}"),
    torch=Form("3.0 ** {x}"),
    jax=Form("3.0 ** {x}"),
    public=("exp3",),
)
unary(
    "versine",
    lambda m, x, y: m.sin(x),
    numpy=Form("1 - np.cos({x})"),
    torch=Form("1 - torch.cos({x})"),
    jax=Form("1 - jnp.cos({x})"),
    public=("versine", "versin"),
)
""",
    "several.py": """

binary(
    "nextafter",
    lambda m, x, y, z: 1,
    None,
    (POSITIVE, LINE),
    **everywhere("nextafter", 2),
)
""",
    "reductions.py": """

_entered(
    Reduction(
        "cubic_norm",
        Body("np.sum(np.abs(x) ** 3, axis=axis) ** (1 / 3)"),
        lambda m, x, y, axes: x * m.abs(x) * m.reciprocal(y * y),
        (0.5, 3.0),
        public=("cubic_norm",),
        torch=Form("torch.sum(torch.abs({x}) ** 3, {axes}) ** (1 / 3)"),
        jax=Form("jnp.sum(jnp.abs({x}) ** 3, {axes}) ** (1 / 3)"),
    )
)
_entered(
    MatrixFunction(
        "trace_of_square",
        Form("np.einsum('...ij,...ji->...', {x}, {x})"),
        "nn->",
        lambda m, x, y, t: 2 * m.traces(x @ t),
        public=("trace_of_square",),
        torch=Form("torch.einsum('...ij,...ji->...', {x}, {x})"),
        jax=Form("jnp.einsum('...ij,...ji->...', {x}, {x})"),
    )
)
""",
}

SCRIPTS = {
    "special.py": """
    assert {"exp3", "versine", "versin"} <= set(dir(eg)) & set(eg.__all__) & set(names)
    assert str(inspect.signature(eg.versine)) == "(x: 'Any') -> 'Expr'"
    from einsgrad import versin, versine
    x, y = eg.variables("x[n] y[n]")
    assert versine(x) is versin(x) is eg.parse("versin(x)", "x[n]")
    assert eg.latex(eg.exp3(x)) == "3^{x}"
    array = np.array([1.5, 2.0, 2.7])
    assert np.allclose(eg.grad(lambda x: versine(x).sum())(array), np.sin(array))
    for expr in (versine(x), eg.exp3(x), eg.exp3(x) * versine(x)):
        assert eg.check_grads(expr, {"x": array}).order == 2
        f = eg.compile(expr)
        f(x=array)
        assert "1 - torch.cos(x)" in f.code("torch") or "3.0 ** x" in f.code("jax")
    """,
    "several.py": """
    assert "nextafter" in set(dir(eg)) & set(eg.__all__) & set(names) & set(eg.numpy_functions())
    x, y = eg.variables("x[n] y[n]")
    assert np.nextafter(x, y) is eg.nextafter(x, y) is eg.parse("nextafter(x, y)", "x[n] y[n]")
    found = eg.grad(lambda x, y: np.nextafter(x, y) @ y)(np.array([-2.0, 3.0]), np.array([1.0, -1]))
    assert (found == [1, -1]).all()
    """,
    "reductions.py": """
    assert {"cubic_norm", "trace_of_square"} <= set(dir(eg)) & set(eg.__all__) & set(names)
    A, x = eg.variables("A[n,n] x[n]")
    array = np.array([[1.0, -2], [-3, 4]])
    expr = eg.cubic_norm(A, 1)
    assert eg.parse("cubic_norm(A, 1)", "A[n,n]") is expr
    assert eg.parse("cubic_norm[j](A[i,j])", "A[n,n]", output="i") is expr
    assert np.allclose(eg.evaluate(expr, A=array), (np.abs(array) ** 3).sum(1) ** (1 / 3))
    assert eg.check_grads(expr @ A, {"A": array}).order == 2
    square = eg.trace_of_square(A)
    assert eg.evaluate(square, A=array) == np.trace(array @ array)
    assert eg.simplify(eg.grad(square, A)) is eg.simplify(2 * A.T)
    assert eg.parse("trace_of_square(A) * x[i]", "A[n,n] x[n]", output="i") is square * x
    """,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_one_row_in_one_file_is_found_everywhere(name, tmp_path):
    copy = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "expressions" / "tables" / name).open("a", encoding="utf-8") as file:
        file.write(WRITTEN[name])
    lines = (line.removeprefix("    ") for line in SCRIPTS[name].splitlines())
    head = "import inspect\nimport numpy as np\nimport einsgrad as eg\nnames = {}\n"
    script = "\n".join([head, 'exec("from einsgrad import *", names)', *lines])
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
