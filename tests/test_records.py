"""The engine decides on records: no line of it looks for something in text that it generated."""

import ast
from pathlib import Path

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.engine.backends.numpy.lifetimes import Lifetimes
from einsgrad.engine.contractions.arrays import Name, Transposed, walk
from einsgrad.engine.contractions.contraction import plan_for

ENGINE = Path(eg.__file__).parent / "engine"
FILES = sorted(ENGINE.rglob("*.py"))
SEARCHES = {
    "endswith",
    "find",
    "findall",
    "fullmatch",
    "partition",
    "removeprefix",
    "removesuffix",
    "rpartition",
    "split",
    "startswith",
    "strip",
    "sub",
}
# Methods of these names that are not methods of text.
MEANT = {"computed.find", "classes.count", "indices.count", "joins.find", "joined.find"}
MEANT |= {"np.split"}


def calls(tree):
    """Yield the methods that a file calls: the last name of what they are called on, and theirs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = node.func.value
            of = getattr(value, "attr", getattr(value, "id", ""))
            yield f"{of}.{node.func.attr}"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_nothing_in_the_engine_searches_text(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert "re" not in names | {getattr(node, "module", "") for node in imports}
    searching = {call for call in calls(tree) if call.rpartition(".")[2] in {*SEARCHES, "count"}}
    assert searching <= MEANT
    contained = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and any(isinstance(operator, ast.In) for operator in node.ops)
        and not isinstance(node.comparators[0], ast.Tuple | ast.Set)
    ]
    assert contained == []


def test_a_search_in_text_would_be_seen():
    tree = ast.parse("text.count('.T'); self.line.endswith(')')")
    assert list(calls(tree)) == ["text.count", "line.endswith"]


@pytest.mark.parametrize("string", ["ij,jk->ik", "ij,kj->ik", "ji,jk->ki", "ji,kj->ik"])
def test_a_planned_call_knows_how_many_arrays_it_transposes(string):
    left, output = string.split("->")
    first, second = left.split(",")
    call = plan_for([tuple(first), tuple(second)], tuple(output), dict.fromkeys("ijk", 9))
    assert call.transposes == str(call.value).count(".T")
    assert call.transposes == sum(isinstance(part, Transposed) for part in walk(call.value))
    assert {part for part in walk(call.value) if isinstance(part, Name)} == {Name("")}


SINGLE = ["ij->ij", "ij->ji", "ii->i", "iij->ij", "ij->i", "ij->", "ii->", "iji->j", "iji->ij"]


@pytest.mark.parametrize("string", SINGLE)
def test_a_result_that_shares_memory_with_an_input_is_known_to_do_so(string):
    left, output = string.split("->")
    A = eg.variables(f"A[{','.join(left)}]")[0]
    array = np.random.default_rng(0).random([3] * len(left))
    fn = eg.compile(eg.einsum(string, A), inputs=(A,))
    found = fn(array)
    lifetimes = Lifetimes(fn.program)
    shares = not lifetimes.is_owned(fn.program.outputs[0].register)
    assert shares == (set(output) == set(left))
    if np.shares_memory(found, array):
        assert shares
        assert not found.flags.writeable
