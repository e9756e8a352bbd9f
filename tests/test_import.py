"""The house: modules import only from those above them, and deriving needs no numpy."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import einsgrad
from einsgrad.api.operators import OPERATIONS
from einsgrad.expressions.vocabulary.numpy_table import BUILT_IN

PACKAGE = Path(einsgrad.__file__).parent

# What each room stands on. It may import from those, and from whatever they stand on.
# A file at the top of the package is a room of its own.
ROOMS = {
    "errors": [],
    "html": [],
    "progress": ["errors"],
    "strings": ["errors"],
    "orders": ["strings", "progress"],
    "expressions": ["strings", "html"],
    "simplification": ["expressions"],
    "reading": ["expressions"],
    "notation": ["simplification", "reading"],
    "engine": ["simplification", "orders"],
    "calculus": ["simplification", "orders"],
    "results": ["calculus", "notation", "engine"],
    "proof": ["engine"],
    "claims": ["calculus", "proof", "reading", "notation"],
    "testing": ["results", "claims"],
    "api": ["testing"],
    "bridges": ["api"],
    "__init__": ["bridges"],
    "cli": ["__init__"],
    "__main__": ["cli"],
}


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


def room_of(name):
    return (*name.split("."), "__init__")[1]


def allowed(room):
    """Return the rooms that a room may import from, itself among them."""
    found, pending = set(), [room]
    while pending:
        one = pending.pop()
        found.add(one)
        pending.extend(ROOMS[one])
    return found


def reading_order(name):
    """Return the files and rooms of a room as its face lists them."""
    docstring = ast.get_docstring(tree_of(name))
    return re.findall(r"`(\w+)`", docstring.partition("Read in this order:")[2])


FACES = [name for name, path in MODULES.items() if path.name == "__init__.py" and "." in name]


def inside(name, face):
    """Return the file or room of `face` that a module stands in, if it stands in one."""
    return name.removeprefix(f"{face}.").partition(".")[0] if name.startswith(f"{face}.") else None


def test_every_room_has_its_rule_and_no_rule_is_a_circle():
    assert {room_of(name) for name in MODULES} == set(ROOMS)
    assert all(room not in allowed(other) for room in ROOMS for other in ROOMS[room])


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_from_rooms_that_its_room_stands_on(name):
    assert not {room_of(other) for other in dependencies(name)} - allowed(room_of(name))


@pytest.mark.parametrize("face", FACES)
def test_a_face_lists_all_that_stands_in_its_room(face):
    assert sorted(reading_order(face)) == sorted({inside(n, face) for n in MODULES} - {None})


@pytest.mark.parametrize("face", FACES)
def test_within_a_room_a_file_imports_only_from_those_before_it(face):
    order = reading_order(face)
    for name in MODULES:
        if (here := inside(name, face)) is not None:
            used = {inside(other, face) for other in dependencies(name)} - {None, here}
            assert used <= set(order[: order.index(here)]), name


def test_no_face_imports_but_those_that_users_import_from():
    users = {"einsgrad.bridges", "einsgrad.cli", "einsgrad.testing"}
    assert {face for face in FACES if dependencies(face)} == users


def test_the_reader_of_imports_sees_functions_and_passes_over_types():
    source = """
import json
if TYPE_CHECKING:
    from einsgrad.api.einsums import einsum
def later():
    from einsgrad.results.numbers import of_einsums as numeric
"""
    names = set(imported(ast.parse(source)))
    assert names == {"json", "einsgrad.results.numbers.of_einsums"}
    assert module_of("einsgrad.results.numbers.of_einsums") == "einsgrad.results.numbers.of_einsums"
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


def test_everything_that_operators_look_up_is_provided():
    source = MODULES["einsgrad.expressions.operators"].read_text(encoding="utf-8")
    names = re.findall(r"""(?:_build\(|_operations\[)["'](\w+)""", source)
    assert len(set(names)) > 15
    assert set(names) <= set(OPERATIONS)
    source = MODULES["einsgrad.expressions.array_methods"].read_text(encoding="utf-8")
    names = re.findall(r"""numpy_method\(["'](\w+)""", source)
    assert len(set(names)) > 20
    assert set(names) <= set(BUILT_IN)


def test_operators_work_for_who_imports_the_nodes_alone():
    done = python(
        "from einsgrad.expressions.nodes import Variable; x = Variable('x', (2, 3));"
        "print(x @ x.T, x.reshape(6).shape, x._repr_latex_())"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "x xᵀ (6,) $x$\n"
