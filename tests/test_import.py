"""The house: modules import only from those above them, and deriving needs no numpy."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import einsgrad

PACKAGE = Path(einsgrad.__file__).parent

# Each module imports only from those above it. A new module gets its place here.
ORDER = [
    "einsgrad.errors",
    "einsgrad.letters",
    "einsgrad.subscripts",
    "einsgrad.network",
    "einsgrad.subsets",
    "einsgrad.greedy",
    "einsgrad.trees",
    "einsgrad.bisection",
    "einsgrad.reconfigure",
    "einsgrad.search",
    "einsgrad.paths",
    "einsgrad.equation",
    "einsgrad.parsing",
    "einsgrad.deltas",
    "einsgrad.rows",
    "einsgrad.elementwise",
    "einsgrad.reductions",
    "einsgrad.operators",
    "einsgrad.interning",
    "einsgrad.expr",
    "einsgrad.construct",
    "einsgrad.capture",
    "einsgrad.shaping",
    "einsgrad.graph",
    "einsgrad.reshaping",
    "einsgrad.products",
    "einsgrad.canonical",
    "einsgrad.arithmetic",
    "einsgrad.views",
    "einsgrad.gathers",
    "einsgrad.matrices",
    "einsgrad.small_products",
    "einsgrad.matrix_products",
    "einsgrad.contraction",
    "einsgrad.declare",
    "einsgrad.stable",
    "einsgrad.functions",
    "einsgrad.fuses",
    "einsgrad.linear",
    "einsgrad.composed",
    "einsgrad.language",
    "einsgrad.maps",
    "einsgrad.differentiate",
    "einsgrad.definition",
    "einsgrad.notation",
    "einsgrad.notation.lettering",
    "einsgrad.notation.strings",
    "einsgrad.notation.style",
    "einsgrad.notation.terms",
    "einsgrad.notation.index",
    "einsgrad.operation",
    "einsgrad.arguments",
    "einsgrad.derivation",
    "einsgrad.powers",
    "einsgrad.binding",
    "einsgrad.steps",
    "einsgrad.notation.html",
    "einsgrad.program",
    "einsgrad.lifetimes",
    "einsgrad.slicing",
    "einsgrad.spelling",
    "einsgrad.sum_source",
    "einsgrad.optimizers",
    "einsgrad.kernels",
    "einsgrad.lines",
    "einsgrad.codegen",
    "einsgrad.ordering",
    "einsgrad.adding",
    "einsgrad.parts",
    "einsgrad.contracting",
    "einsgrad.factors",
    "einsgrad.peephole",
    "einsgrad.lowering",
    "einsgrad.signs",
    "einsgrad.regrouping",
    "einsgrad.logistic",
    "einsgrad.rewrites",
    "einsgrad.libraries",
    "einsgrad.sums",
    "einsgrad.distribution",
    "einsgrad.orientation",
    "einsgrad.lengths",
    "einsgrad.inverses",
    "einsgrad.simplification",
    "einsgrad.bracketing",
    "einsgrad.calculus",
    "einsgrad.costs",
    "einsgrad.structured",
    "einsgrad.caches",
    "einsgrad.compilation",
    "einsgrad.evaluation",
    "einsgrad.notation.pieces",
    "einsgrad.notation.layout",
    "einsgrad.notation.layout_ascii",
    "einsgrad.notation.layout_latex",
    "einsgrad.notation.presentation",
    "einsgrad.notation.naming",
    "einsgrad.notation.factors",
    "einsgrad.notation.expression_index",
    "einsgrad.notation.network",
    "einsgrad.notation.matrix",
    "einsgrad.notation.show",
    "einsgrad.notation.stacked",
    "einsgrad.notation.kronecker",
    "einsgrad.notation.differential",
    "einsgrad.derivative",
    "einsgrad.pullbacks",
    "einsgrad.numeric",
    "einsgrad.testing.diagnosis",
    "einsgrad.testing.expressions",
    "einsgrad.testing.finite_differences",
    "einsgrad.progress",
    "einsgrad.testing.comparison",
    "einsgrad.testing.drawing",
    "einsgrad.testing.check",
    "einsgrad.testing.pullbacks",
    "einsgrad.testing",
    "einsgrad.telling",
    "einsgrad.expression_derivation",
    "einsgrad.api",
    "einsgrad.testing.strategies",
    "einsgrad.traced",
    "einsgrad.derivatives",
    "einsgrad.derivative_products",
    "einsgrad.tracing",
    "einsgrad.compiling",
    "einsgrad.squares",
    "einsgrad.reading",
    "einsgrad.reading.shorthand",
    "einsgrad.reading.source",
    "einsgrad.reading.names",
    "einsgrad.reading.dims",
    "einsgrad.reading.plain",
    "einsgrad.reading.indexed",
    "einsgrad.reading.combining",
    "einsgrad.reading.syntax",
    "einsgrad.reading.text",
    "einsgrad.reading.parse",
    "einsgrad.claims",
    "einsgrad.claims.verdict",
    "einsgrad.claims.question",
    "einsgrad.claims.reading",
    "einsgrad.claims.monomials",
    "einsgrad.claims.mutations",
    "einsgrad.claims.points",
    "einsgrad.claims.whole",
    "einsgrad.claims.causes",
    "einsgrad.claims.counterexamples",
    "einsgrad.claims.shares",
    "einsgrad.claims.comparison",
    "einsgrad.claims.check",
    "einsgrad.drawing.svg",
    "einsgrad.drawing.library",
    "einsgrad.drawing.network",
    "einsgrad.drawing.graph",
    "einsgrad.drawing.draw",
    "einsgrad.deriving",
    "einsgrad.einsum_calls",
    "einsgrad",
    "einsgrad.cli.terminal",
    "einsgrad.cli.strings",
    "einsgrad.cli.forms",
    "einsgrad.cli.expressions",
    "einsgrad.cli.options",
    "einsgrad.cli.command",
    "einsgrad.cli",
    "einsgrad.__main__",
    "einsgrad.drawing",
]


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def is_for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def imported(tree):
    """Yield the dotted names that a module imports, also within functions."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if is_for_types(node):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def module_of(name):
    """Return the module that a dotted name is or stands in, if it is one of the package."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def tree_of(name):
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def dependencies(name):
    return {module_of(other) for other in imported(tree_of(name))} - {"", name}


def test_every_module_has_its_place_in_the_order():
    assert sorted(ORDER) == sorted(MODULES)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_from_those_above_it(name):
    assert dependencies(name) <= set(ORDER[: ORDER.index(name)])


def test_the_reader_of_imports_sees_functions_and_passes_over_types():
    source = """
import json
if TYPE_CHECKING:
    from einsgrad.einsum_calls import einsum
def later():
    from einsgrad import numeric
"""
    names = set(imported(ast.parse(source)))
    assert names == {"json", "einsgrad.numeric"}
    assert module_of("einsgrad.numeric") == "einsgrad.numeric"
    assert module_of("einsgrad.errors.clip") == "einsgrad.errors"
    assert module_of("json") == ""


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_says_what_may_live_in_it(name):
    docstring = ast.get_docstring(tree_of(name))
    assert docstring
    assert docstring.split("\n")[0].endswith(".")


SYMBOLIC = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "opt_einsum"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
try:
    import numpy
except ImportError:
    pass
else:
    raise SystemExit("numpy is not blocked")

import json
import einsgrad as eg
from einsgrad.cli import main

A = eg.adjoint("mn,n->m", 0, names=("A", "x"))
print(json.dumps([
    str(A),
    A.latex,
    A.derivation.split("\\n")[-1],
    A.derivation_latex.split("\\n")[0],
    str(eg.jacobian("mn,n->m", 0)),
    eg.tangent("mn,n->m").strings,
    eg.derive("ii->", 0).split("\\n")[0],
    [str(one) for one in eg.adjoint("...ij,...jk->...ik", shapes=[(1, 2, 3), (5, 3, 4)])],
    eg.adjoint("i,ij,j->", "x", names=("x", "A", "x")).strings,
    main(["mn,n->m", "--no-check", "--latex"]),
    repr(eg.parse("A_mn x_n", "A[m,n] x[n]")),
    bool(eg.check("m,n->mn", "mn,n->m", 0)),
]), file=sys.stderr)
"""


def python(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": "utf-8"},
    )


def test_deriving_and_printing_work_without_numpy_and_opt_einsum():
    done = python(SYMBOLIC)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr) == [
        "m,n->mn",
        "g_{m} \\, x_{n}",
        '           = "m,n->mn"(g, x)     as an einsum',
        r"\begin{align*}",
        "im,n->imn",
        ["mn,n->m", "mn,n->m"],
        "y         = x0_ii",
        ["aik,ajk,l->lij", "lij,aik->ajk"],
        [",ij,j->i", "j,ji,->i"],
        0,
        '"mn,n->m"(A, x)',
        True,
    ]
    assert r"\begin{align*}" in done.stdout


def test_importing_einsgrad_loads_neither_numpy_nor_opt_einsum():
    done = python(
        "import sys, einsgrad; print([m for m in ('numpy', 'opt_einsum', 'hypothesis') "
        "if m in sys.modules])"
    )
    assert (done.returncode, done.stdout) == (0, "[]\n")


def test_every_public_name_exists_and_is_documented():
    for name in einsgrad.__all__:
        assert getattr(einsgrad, name).__doc__
