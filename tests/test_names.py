"""Names: each stands for one thing, and `eg.<TAB>` shows what a user calls."""

import ast
import inspect
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import einsgrad

PACKAGE = Path(einsgrad.__file__).parent
CALCULUS = "api: of strings, expressions and functions; calculus: of expressions alone"
STABLE = "engine/stable: of arrays, its text is part of generated code; vocabulary: of expressions"
# Public names that two modules define, and why both are meant.
MEANT = {
    "check_grads": "api: loads numpy when it is called; testing: for those who import it there",
    "einsum": "api: of arrays and expressions; vocabulary: of expressions, for derivatives of rows",
    **dict.fromkeys(["hessian", "hvp", "jacobian", "jvp", "vjp"], CALCULUS),
    **dict.fromkeys(
        ["logit", "logsumexp", "sigmoid", "silu", "softplus", "tied_step", "xlogy"],
        STABLE,
    ),
}


def definitions():
    """Return the files that define each class and each function at their top level."""
    found = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name].add(path.relative_to(PACKAGE).as_posix())
    return found


def test_a_public_class_or_function_name_stands_for_one_thing():
    several = {name for name, files in definitions().items() if len(files) > 1}
    assert {name for name in several if not name.startswith("_")} == set(MEANT)


def test_private_classes_of_two_files_have_two_names():
    several = [name for name, files in definitions().items() if len(files) > 1]
    assert [name for name in several if name[0] == "_" and name[1:2].isupper()] == []


def test_no_two_files_of_a_room_differ_in_an_ending_only():
    for folder in [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]:
        stems = sorted(path.stem for path in folder.glob("*.py"))
        assert not [s for s in stems if f"{s}s" in stems or f"{s}es" in stems], folder


def test_checkers_of_types_know_the_names_that_are_loaded_later():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and not node.orelse][:1]
    told = {(node.module, node.names[0].name) for node in block.body}
    later = {(module, name) for module, names in einsgrad._LATER.items() for name in names}
    assert told == later | {("einsgrad", room) for room in einsgrad._ROOMS}
    assert all(node.names[0].asname == node.names[0].name for node in block.body)


def test_dir_is_all_and_no_submodule_leaks_but_rooms_that_users_know():
    assert dir(einsgrad) == sorted(einsgrad.__all__)
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.name for path in PACKAGE.iterdir() if path.is_dir()
    }
    assert modules & set(einsgrad.__all__) == set(einsgrad._ROOMS)


@pytest.mark.parametrize("name", sorted(einsgrad.__all__))
def test_every_public_name_exists_and_is_documented(name):
    assert getattr(einsgrad, name).__doc__


@pytest.mark.parametrize("name", sorted(einsgrad.__all__))
def test_help_shows_no_address(name):
    value = getattr(einsgrad, name)
    if inspect.isfunction(value):
        assert " at 0x" not in str(inspect.signature(value))


def test_completion_does_not_depend_on_what_was_imported_before():
    code = "import einsgrad, einsgrad.cli, einsgrad.testing; print(*dir(einsgrad))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout.split() == sorted(einsgrad.__all__)
