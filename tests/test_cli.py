"""The command line: what it prints, where, and with which exit status."""

import json
import os
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
    assert "Exit status: 0, or 2 for wrong input" in out


def test_the_version_is_the_packages(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"einsgrad {__version__}\n"


LEAST = ("0.5*sum((A@x - b)**2)", "--vars", "A[m,n] x[n] b[m]")


def test_an_expression_is_derived_in_every_variable(run):
    status, out, err = run(*LEAST)
    assert (status, err) == (0, "")
    assert out.startswith("0.5*sum((A@x - b)**2)\n\ngradient in A, axes [m,n]\n")
    assert "\ngradient in x, axes [n]\n  ∂E/∂x = Aᵀ (A x - b)\n" in out
    assert "check" not in out


def test_orders_and_mixed_derivatives(run):
    _, out, _ = run(*LEAST, "--wrt", "x", "--order", "2")
    assert "Hessian in x, axes [n,n]\n  ∂²E/∂x² = Aᵀ A\n" in out
    _, out, _ = run(*LEAST, "--wrt", "x,b")
    assert "Hessian in x, b, axes [n,m]\n  ∂²E/∂x ∂b = -Aᵀ\n" in out
    _, out, _ = run("A @ x", "--vars", "A[m,n] x[n]", "--wrt", "x")
    assert "Jacobian in x, axes [m,n]\n  ∂Y/∂x = A\n" in out
    _, out, _ = run("A @ x", "--vars", "A[m,n] x[n]", "--wrt", "A", "--cotangent", "g")
    assert "adjoint in A, axes [m,n], where g = ∂E/∂Y\n  ∂E/∂A = g xᵀ\n" in out


def test_an_expression_is_checked_by_differences_when_asked(run):
    status, out, _ = run(*LEAST, "--wrt", "x", "--check", "--sizes", "m=5,n=4")
    assert status == 0
    assert "check       agrees with 4 finite differences" in out
    assert ", A 5x4, b 5, x 4" in out
    status, out, _ = run("sum(x)", "--vars", "x[n]", "--order", "2", "--check")
    assert (status, "nothing depends on it" in out) == (0, True)


def test_a_claim_is_compared_and_decides_the_exit_status(run):
    status, out, _ = run(*LEAST, "--wrt", "x", "--claim", "A.T @ (A@x - b)")
    assert status == 0
    assert "claim       equal: " in out
    status, out, _ = run(*LEAST, "--wrt", "x", "--claim", "A_mn A_mk x_k")
    assert status == 1
    assert "claim       different: " in out
    assert "likely cause: the term -" in out
    status, out, _ = run("mn,n->m", "--wrt", "0", "--claim", "m,n->mn", "--no-check")
    assert status == 0
    status, out, _ = run("mn,n->m", "--names", "A,x", "--wrt", "A", "--claim", "m,n->nm")
    assert (status, out.count("different")) == (1, 1)


def test_a_check_that_fails_exits_with_1(run, monkeypatch):
    monkeypatch.setattr(
        "einsgrad.testing.expression_checks.pullback", lambda e, g, wrt: [3 * v for v in wrt]
    )
    status, out, err = run(*LEAST, "--wrt", "x", "--check")
    assert (status, out) == (1, "")
    assert err.startswith("einsgrad: the derivative in x is wrong")


def test_json_of_an_expression_has_every_field(run):
    _, out, _ = run(*LEAST, "--wrt", "x", "--json", "--check", "--claim", "A.T @ (A@x)")
    printed = json.loads(out)
    assert printed["expression"] == LEAST[0]
    (section,) = printed["derivatives"]
    assert (section["wrt"], section["kind"], section["axes"]) == (["x"], "gradient", ["n"])
    assert section["text"] == "∂E/∂x = Aᵀ (A x - b)"
    assert section["check"]["shapes"] == {"A": [2, 3], "b": [2], "x": [3]}
    assert section["claim"]["equal"] is False
    assert [cause["name"] for cause in section["claim"]["causes"]] == ["missing term"]


def test_traits_are_declared_by_options(run):
    _, out, _ = run("x @ S @ x", "--vars", "S[n,n] x[n]", "--symmetric", "S", "--wrt", "x")
    assert "∂E/∂x = 2 S x" in out
    _, out, _ = run("sum_squares(z)", "--vars", "z[n]", "--complex", "z")
    assert "∂E/∂z = 2 z" in out


WRONG_EXPRESSIONS = [
    (["A @ x"], "einsgrad: the variables of 'A @ x' are not declared. Declare them"),
    (["x'*S*x", "--symmetric", "S"], "einsgrad: --symmetric is said of variables. Declare them"),
    (["A @ y", "--vars", "A[m,n]"], "einsgrad: no variable is named 'y'\n  A @ y\n      ^\n"),
    (["x", "--vars", "x[n"], "einsgrad: the declaration cannot be read"),
    (["x", "--vars", "x[n]", "--wrt", "y"], "einsgrad: --wrt: 'y' is not among the variables"),
    (["x", "--vars", "x[n]", "--order", "0"], "einsgrad: --order: 0 is no order"),
    ([*LEAST, "--claim", "x"], "einsgrad: --claim: a claim is about one variable"),
    (["mn,n->m", "--claim", "m"], "einsgrad: --claim: a claim is about one operand"),
    ([*LEAST, "--wrt", "x", "--check", "--sizes", "q=2"], "einsgrad: a size is given for 'q'"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_EXPRESSIONS)
def test_wrong_expressions_are_shown_on_stderr_and_exit_with_2(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(message)


def test_colour_is_for_terminals_only(capsys, monkeypatch):
    arguments = (*LEAST, "--wrt", "x", "--claim", "x")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(arguments)
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(arguments)
    assert "\x1b[1mgradient in x\x1b[0m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(arguments)
    assert "\x1b" not in capsys.readouterr().out


def test_a_reader_that_stops_early_is_no_error():
    command = [sys.executable, "-m", "einsgrad", *LEAST]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


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


def test_steps_of_an_expression_are_told_as_latex_too(run):
    arguments = ["A@x", "--vars", "A[m,n] x[n]", "--wrt", "x", "--cotangent", "g", "--steps"]
    status, out, _ = run(*arguments, "--latex", "--detail", "landmarks")
    assert status == 0
    assert r"\begin{align*}" in out
    assert r"\frac{\partial E}{\partial x} &= A^{\top} g" in out
    assert "δ" not in run(*arguments, "--detail", "landmarks")[1]
    assert "δ" in run(*arguments)[1]


MATRICES = ("--vars", "B[n,n] C[n,n] u[n]")
TYPED = [
    (["-u@B@u", *MATRICES, "--wrt", "u"], "gradient in u"),
    (["--wrt", "u", *MATRICES, "-u@B@u"], "gradient in u"),
    (["--wrt", "u", *MATRICES, "--", "--u@B@u"], "gradient in u"),
    (["-B", *MATRICES, "--wrt", "B"], "Jacobian in B"),
    (["- u @ u", *MATRICES, "--claim", "-2*u"], "claim       equal"),
    (["u@u", *MATRICES, "--claim=2*u", "--wrt=u"], "claim       equal"),
    (["u@u", *MATRICES, "--claim", "--2*u"], "claim       equal"),
    (["u@u", *MATRICES, "--cl", "2*u"], "claim       equal"),
    (["u@u", *MATRICES, "--claim", "r+r\nwhere r = u"], "claim       equal"),
    (["exp(-B)[i,j]*u[j]", *MATRICES, "--wrt", "u", "--as", "index"], "∂Y_n/∂u_i = "),
    (["inv(B)@C", *MATRICES, "--wrt", "B", "--as", "matrix"], "∂Y_ni/∂B_jk = "),
    (
        ["inv(B)@C", *MATRICES, "--wrt", "B", "--latex"],
        r"\frac{\partial Y_{ni}}{\partial B_{jk}} = ",
    ),
    (["trace(B@C@B)", *MATRICES, "--wrt", "B", "--as", "index"], "∂E/∂B_ni = "),
    (["u@B@u", *MATRICES, "--wrt", "u", "--as", "index", "--order", "2"], "∂²E/∂u_n ∂u_i = "),
    (["u@B@E", *MATRICES, "--vars", "E[n]", "--wrt", "B", "--as", "index"], "∂E0/∂B_ni = "),
    (["B@Y", *MATRICES, "--vars", "Y[n]", "--wrt", "B", "--as", "index"], "∂Y0_n/∂B_ij = "),
    (["B@C", *MATRICES, "--wrt", "B", "--as", "kron", "--latex"], r"\otimes"),
    (["mn,n->m", "--names", "A", "--names", "x", "--wrt", "x", "--wrt", "A"], "operand A"),
    (["mn,n->m", "--sizes", "m=2", "--sizes", " n = 4"], "shapes 2x4 4"),
    (["mn,n->m", "--latex", "--wrt", "0", "--claim", "m,n->mn"], "% equal"),
    (["u@B@u", *MATRICES, "--code", "numpy", "--sizes", "n=4", "--wrt", "u"], "B[4,4]"),
]


@pytest.mark.parametrize(("arguments", "part"), TYPED)
def test_any_formula_and_every_list_may_be_typed(run, arguments, part):
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    assert part in out


def test_traits_may_be_repeated_and_listed(run):
    asked = ("u@B@C@u", *MATRICES, "--wrt", "u")
    listed = run(*asked, "--symmetric", "B,C")
    assert listed == run(*asked, "--symmetric", "B", "--symmetric", "C")
    assert listed != run(*asked, "--symmetric", "B")


def test_derivatives_stand_in_the_order_of_the_declaration(run):
    _, out, _ = run("z*exp(a)*sum(m)", "--vars", "z m[k]", "--vars", "a unused[k]")
    titles = [line.split(",")[0] for line in out.split("\n") if line.startswith("gradient")]
    assert titles == ["gradient in z", "gradient in m", "gradient in a"]


IDLE = [
    *(
        (["ij->i", *option], f"einsgrad: {option[0]} has no effect on an einsum string.")
        for option in (
            ["--order", "2"],
            ["--order", "1"],
            ["--symmetric", "A"],
            ["--complex", "A"],
            ["--cotangent", "g"],
            ["--as", "index"],
            ["--as", "einsum"],
            ["--steps"],
            ["--detail", "all"],
            ["--code", "torch"],
            ["--check"],
        )
    ),
    (["u@u", *MATRICES, "--names", "A"], "einsgrad: --names has no effect on an expression."),
    (["u@u", *MATRICES, "--no-check"], "einsgrad: --no-check has no effect on an expression."),
    (["u@u", *MATRICES, "--seed", "1"], "einsgrad: --seed has no effect without a check."),
    (["ij->i", "--no-check", "--seed", "1"], "einsgrad: --seed has no effect without a check."),
    (["u@u", *MATRICES, "--sizes", "n=3"], "einsgrad: --sizes has no effect without a check or"),
    (["u@u", *MATRICES, "--detail", "all"], "einsgrad: --detail has no effect without --steps."),
    (["u@u", *MATRICES, "--latex", "--as", "einsum"], "einsgrad: --as einsum has no LaTeX."),
    (
        ["u*u", *MATRICES, "--as", "kron", "--cotangent", "g"],
        "einsgrad: --cotangent has no effect on --as kron",
    ),
    (["u@B@u", *MATRICES, "--wrt", "u,u", "--order", "2"], "einsgrad: --order: u,u already says"),
    (["ij->i", "--seed", "-1"], "einsgrad: --seed: -1 is no seed. Give a whole number"),
    (["u@u", *MATRICES, "--check", "--seed=-7"], "einsgrad: --seed: -7 is no seed."),
    (["ij->i", "--sizes", "i=" + "9" * 5000], "einsgrad: --sizes: "),
    (["ij->i", "--sizes", "=3"], "einsgrad: --sizes: '=3' is no size."),
    (["ij->i", "--sizes", "i=3", "--sizes", "i=2"], "einsgrad: --sizes: 'i' has two sizes."),
    (
        ["u@u", *MATRICES, "--code", "numpy", "--sizes", "q=3"],
        "einsgrad: a size is given for 'q', which is no dim.",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), IDLE)
def test_an_option_acts_or_is_refused(run, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(message)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ij->i", "--jsn"],
        ["ij->i", "--jsn=3"],
        ["-sum(u)", *MATRICES, "-u"],
        ["u", *MATRICES, "--claim"],
        ["u", *MATRICES, "--claim", "--json"],
        ["u", "--s", "u"],
        ["--", *MATRICES],
        ["ij->i", "--seed", "9" * 5000],
        ["u", *MATRICES, "--order", "1.5"],
    ],
)
def test_a_word_that_is_no_option_is_a_usage_error(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "einsgrad: error: " in capsys.readouterr().err


WORDS = [
    *("-u", "u@u", "-sum(B@u)", "mn,n->m", "", " ", "-", "--", "-2*u", "\x00", "\udc80", "u=1"),
    *("--vars", "--wrt", "--claim", "--order", "--symmetric", "--names", "--json", "--latex"),
    *("--seed", "--sizes", "--no-check", "--steps", "--as", "index", "kron", "B[n,n] u[n]"),
    *("n=2", "-1", "0", "B", "u", "B,u", ",", "9" * 30, "--cotangent", "g", "--complex", "²"),
]


def test_any_list_of_arguments_ends_without_a_traceback(capsys):
    random = np.random.default_rng(5)
    for _ in range(400):
        words = random.choice(WORDS, size=random.integers(1, 7)).tolist()
        try:
            status = main([*words, *MATRICES] if random.random() < 0.5 else words)
        except SystemExit as end:
            status = end.code
        assert status in (0, 1, 2)
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("string", ["Ellipsis", "abcdefghijkl->", "abcdefghijklmnopqrstuvwxyzA->a"])
def test_the_check_of_many_axes_takes_small_arrays(run, string):
    status, out, _ = run(string)
    assert (status, out.count("agrees with")) == (0, 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_disk_that_is_full_gets_one_line():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "einsgrad", "ii->"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"einsgrad: the output cannot be written: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--claim", ("-2*x", "2*x")),
        ("--order", ("1", "2")),
        ("--as", ("matrix", "index")),
        ("--cotangent", ("g", "h")),
        ("--code", ("numpy", "torch")),
        ("--seed", ("0", "1")),
    ],
)
def test_an_option_with_one_value_is_refused_where_it_is_given_twice(run, option, values):
    given = [word for value in values for word in (option, value)]
    status, _, err = run("-x@x", "--vars", "x[n]", *given)
    assert status == 2
    assert f"{option} is given twice" in err


def test_what_is_assumed_of_a_text_is_printed(run):
    status, out, _ = run("x'*A*x + c*sin(y)'*x", "--wrt", "x")
    assert status == 0
    assert out.startswith(
        "x'*A*x + c*sin(y)'*x\nread as matrix notation\nassumed: x[n] A[n,n] c y[n]\n\n"
    )
    _, out, _ = run("A_ij x_j", "--wrt", "x")
    assert out.startswith("A_ij x_j\nread as index notation\nassumed: A[i,j] x[j]\n\nJacobian in x")
    _, out, _ = run(r"\|A x - b\|_2^2", "--wrt", "x", "--claim", "2 Aᵀ (A x - b)")
    assert "read as LaTeX\nassumed: A[m,n] x[n] b[m]\n" in out
    assert "claim       equal" in out


def test_the_notation_is_chosen_by_signs_or_by_an_option(run):
    declared = ("--vars", "A[n,n] x[n]", "--wrt", "x", "--as", "matrix")
    _, by_sign, _ = run("(A*x)'*x", *declared)
    _, as_numpy, _ = run("sum(A*x)", *declared)
    _, as_matrix, _ = run("sum(A*x)", "--syntax", "matrix", *declared)
    assert by_sign.split("\n")[1] == "read as matrix notation"
    assert as_numpy.split("\n")[1] == as_matrix.split("\n")[1] == ""
    assert as_numpy.split("\n")[3] == as_matrix.split("\n")[3]
    printed = json.loads(run("A*x", "--syntax", "matrix", "--json", "--wrt", "x")[1])
    assert printed["syntax"] == "matrix"
    assert printed["variables"] == "A[m,n] x[n]"
    assert printed["derivatives"][0]["axes"] == ["m", "n"]


def test_a_claim_is_read_in_the_notation_of_the_text(run):
    given = ("v'*A*x", "--vars", "A[n,n] x[n] v[n]", "--wrt", "v", "--claim", "A*x")
    assert "claim       equal" in run(*given, "--syntax", "matrix")[1]
    assert "claim       different" in run(*given)[1]
