"""What notebooks show: HTML that holds what the text says, with everything escaped."""

import copy
import pickle
from html.parser import HTMLParser

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.nodes import Variable
from einsgrad.html import details_html, steps_html, table_html, text_html
from einsgrad.notation.latex import LATEX_LAYOUT

A, x, b = eg.variables("A[m,n] x[n] b[m]")
E = 0.5 * eg.sum_squares(A @ x - b)


class Reader(HTMLParser):
    """Checks that tags are closed in order, and keeps the text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def compiled():
    function = eg.compile(E, eg.grad(E, x))
    function(A=np.eye(2), x=np.ones(2), b=np.zeros(2))
    return function


def test_a_program_is_a_table_of_its_steps():
    program = compiled().program
    read = Reader(program._repr_html_())
    assert read.seen.count("tr") == 1 + len(program.steps)
    assert "einsum ij,j->i" in read.text
    assert f"{program.flops:,} flops" in read.text


def test_a_compiled_function_shows_program_and_source():
    function = compiled()
    read = Reader(function._repr_html_())
    assert read.seen.count("details") == 2
    assert function.source in read.text
    assert "function of A, b, x" in Reader(eg.compile(E)._repr_html_()).text


def test_reports_and_verdicts_show_their_text():
    report = eg.check_grads("mn,n->m")
    assert str(report) in Reader(report._repr_html_()).text
    for claim, sign in (("A.T @ (A@x - b)", "✓"), ("A.T @ (A@x + b)", "✗")):
        verdict = eg.check(claim, E, x)
        first = str(verdict).split("\n")[0].partition(" to ")[0]
        read = Reader(verdict._repr_html_()).text
        assert read.startswith(f"{sign} {first}")
        assert read.endswith(f"${eg.latex(eg.grad(E, x), wrt=x)}$")


def test_a_derivation_opens_on_a_click():
    adjoint = eg.adjoint("mn,n->m", 0)
    read = Reader(adjoint._repr_html_())
    assert "details" in read.seen
    assert adjoint.derivation_latex in read.text
    assert r"$\frac{\partial E}{\partial {x_{0}}_{mn}} = g_{m} \, {x_{1}}_{n}$" in read.text
    steps = Reader(steps_html([("a", "chain rule", []), ("b", "delta", [("δ", "i → m")])]))
    assert steps.seen.count("li") == 3
    assert steps.seen.count("details") == 1


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "a & b", '"><img src=x>'])
def test_nothing_that_a_user_typed_is_markup(evil):
    symbol = Variable(evil, ("n",))
    function = eg.compile(eg.sum(eg.tanh(symbol)))
    function(**{evil: np.ones(2)})
    pieces = [
        function._repr_html_(),
        function.program._repr_html_(),
        text_html(evil),
        table_html([evil], [[evil]], evil),
        details_html(evil, text_html(evil)),
        steps_html([(evil, evil, [(evil, evil)])]),
    ]
    for piece in pieces:
        read = Reader(piece)
        assert not {"script", "img"} & set(read.seen)
        assert evil in read.text


def test_the_steps_of_an_equation_open_on_a_click():
    derivation = eg.derive(E, A)
    shown = Reader(derivation._repr_html_())
    several = len(derivation.steps) - 4
    assert shown.seen.count("li") == len({step.name for step in derivation.steps}) + several
    assert shown.seen.count("details") == 2
    for line in derivation.lines(LATEX_LAYOUT):
        assert line.right in shown.text
        assert line.reason in shown.text


def test_what_has_no_derivation_shows_its_strings():
    for one in (eg.adjoint("...ij,...jk->...ik", 0), eg.tangent("mn,n->m")):
        assert repr(one) in Reader(one._repr_html_()).text
    with pytest.raises(eg.ArgumentError, match="a tangent is told by its terms"):
        eg.tangent("mn,n->m").derivation  # noqa: B018


def test_tuples_of_derivatives_are_typeset_with_their_left_sides():
    found = eg.grad(E, (A, x))
    assert found == (eg.grad(E, A), eg.grad(E, x))
    read = Reader(found._repr_html_()).text
    for one, symbol in zip(found, (A, x), strict=True):
        assert f"${eg.latex(one, wrt=symbol)}$" in read
    rows = eg.hessian(E, (A, x))
    assert str(rows).count("∂²E/∂") == 4
    assert str(rows[1]).split("\n")[-1] == "∂²E/∂x² = Aᵀ A"
    assert "Aᵀ A" not in repr(rows)
    copies = [copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))]
    assert all(str(one) == str(found) for one in copies)


def test_stacked_jacobians_and_differentials_are_typeset():
    B, X = eg.variables("B[k,m] X[m,n]")
    for form in (eg.vec_jacobian(B @ X, X), eg.differential(eg.trace(X @ X.T), X)):
        assert form._repr_latex_() == f"${form.latex}$"
