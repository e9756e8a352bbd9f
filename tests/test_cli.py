"""The command line: what it prints, where, and with which exit status."""

import json
import subprocess
import sys

import numpy as np
import pytest

from einsgrad import __version__
from einsgrad.cli import main


@pytest.fixture
def run(capsys):
    """Run the command line; return the exit status and what it printed."""

    def call(*arguments):
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_every_operand_is_derived_and_checked(run):
    status, out, err = run("mn,n->m", "--names", "A,x")
    assert (status, err) == (0, "")
    assert out.startswith("mn,n->m    y_m = A_mn x_n\n\noperand A\n")
    assert '  Jacobian    "im,n->imn"(δ, x)  =  δ_im x_n\n' in out
    assert '  adjoint     "m,n->mn"(g, x)  =  g_m x_n\n' in out
    assert '  adjoint     "mn,m->n"(A, g)  =  A_mn g_m\n' in out
    assert "    ∂E/∂A_mn   = g_i δ_im δ_jn x_j   g_i = ∂E/∂y_i\n" in out
    assert out.count("  check       agrees with ") == 2
    assert out.count("shapes 2x3 3") == 2


def test_operands_are_numbered_without_names(run):
    _, out, _ = run("mn,n->m")
    assert "operand 0: x0\n" in out
    assert "operand 1: x1\n" in out


def test_one_operand_can_be_chosen_by_number_or_name(run):
    _, by_number, _ = run("mn,n->m", "--wrt", "1", "--no-check")
    assert "operand 1: x1" in by_number
    assert "operand 0" not in by_number
    _, by_name, _ = run("mn,n->m", "--names", "A,x", "--wrt", "x", "--no-check")
    assert '"mn,m->n"(A, g)' in by_name
    assert "operand A" not in by_name
    assert "check" not in by_name


def test_a_repeated_name_is_one_operand(run):
    _, out, _ = run("i,ij,j->", "--names", "x,A,x")
    assert out.count("\noperand ") == 2
    assert '",ij,j->i"(g, A, x) + "j,ji,->i"(x, A, g)' in out


def test_sizes_are_used_in_the_check(run):
    _, out, _ = run("mn,n->m", "--sizes", "m=5,n=7", "--wrt", "0")
    assert "shapes 5x7 7" in out


def test_latex_is_an_align_block_for_each_operand(run):
    status, out, _ = run("mn,n->m", "--names", "A,x", "--latex")
    assert status == 0
    assert out.count(r"\begin{align*}") == out.count(r"\end{align*}") == 2
    assert r"\frac{\partial E}{\partial A_{mn}}" in out


def test_json_has_every_field(run):
    status, out, _ = run("mn,n->m", "--names", "A,x", "--json")
    assert status == 0
    printed = json.loads(out)
    assert printed["einsum"] == "mn,n->m"
    first, second = printed["derivatives"]
    assert (first["operand"], second["name"]) == ("A", "x")
    assert first["adjoint"]["terms"] == [
        {"coefficient": 1, "subscripts": "m,n->mn", "operands": ["g", "x"]}
    ]
    assert first["adjoint"]["index"] == "g_m x_n"
    assert first["adjoint"]["sum_over"] == ""
    assert first["jacobian"]["text"] == '"im,n->imn"(δ, x)'
    assert [step["rule"] for step in first["steps"]][:2] == ["operation", "product rule"]
    assert set(first["steps"][0]) == {"rule", "left", "right", "note"}
    assert set(first["latex"]) == {"jacobian", "adjoint", "derivation"}
    assert first["check"]["error"] < 1e-12
    assert first["check"]["shapes"] == [[2, 3], [3]]


def test_the_strings_in_json_are_what_numpy_takes(run):
    _, out, _ = run("mn,n->m", "--json", "--no-check")
    (term,) = json.loads(out)["derivatives"][0]["adjoint"]["terms"]
    arrays = {"g": np.array([1.0, 2.0]), "x1": np.array([3.0, 4.0, 5.0])}
    value = np.einsum(term["subscripts"], *(arrays[name] for name in term["operands"]))
    assert value.tolist() == np.outer(arrays["g"], arrays["x1"]).tolist()
    assert "check" not in json.loads(out)["derivatives"][0]


def test_dots_are_derived_for_every_rank(run):
    status, out, _ = run("...ij,...jk->...ik", "--names", "A,B")
    assert status == 0
    assert '"...ik,...jk->...ij"(g, B)' in out
    assert "then sum over the axes of '...' that A lacks, or has with size 1" in out
    assert "(Jacobian and derivation for '...' over one axis)" in out


def test_the_same_seed_gives_the_same_output(run):
    assert run("ij,jk->ik", "--seed", "3") == run("ij,jk->ik", "--seed", "3")


WRONG = [
    (["mn,n->k"], "einsgrad: output label 'k' stands in no operand\n  mn,n->k\n        ^\n"),
    (["i$->i"], "einsgrad: '$' does not belong into an einsum string\n  i$->i\n   ^\n"),
    (["mn,n->m", "--wrt", "2"], "einsgrad: operand 2 is out of range\n  mn,n->m\n     ^\n"),
    (["mn,n->m", "--wrt", "B"], "einsgrad: no operand is named 'B'."),
    (["mn,n->m", "--names", "A"], "einsgrad: 1 names given for 2 operands."),
    (["mn,n->m", "--sizes", "m=x"], "einsgrad: --sizes: 'm=x' is no size."),
    (["mn,n->m", "--sizes", "q=3"], "einsgrad: a size is given for 'q', which is no label."),
    (["mn\x00,n->m"], "einsgrad: the character U+0000 does not belong"),
    (["\udc80"], "einsgrad: the character U+DC80 does not belong"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_input_is_shown_on_stderr_and_exits_with_2(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [[], ["i->", "--bogus"], ["i->", "--seed", "x"]])
def test_wrong_options_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: einsgrad" in capsys.readouterr().err


def test_help_shows_examples_and_the_exit_status(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    assert 'einsgrad "mn,n->m" --names A,x' in out
    assert "Exit status: 0, or 2 for wrong input." in out


def test_the_version_is_the_packages(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"einsgrad {__version__}\n"


def python_m(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "einsgrad", *arguments],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), **environment},
    )


def test_it_runs_as_a_module():
    done = python_m("ii->", "--names", "A", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert '",ij->ij"(g, δ)' in done.stdout.decode()
    wrong = python_m("i->j")
    assert wrong.returncode == 2
    assert wrong.stdout == b""
    assert b"  i->j\n     ^\n" in wrong.stderr


def test_a_narrow_terminal_gets_escapes_rather_than_a_failure():
    done = python_m("ii->", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"\\u03b4" in done.stdout
