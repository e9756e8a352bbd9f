"""What notebooks show: HTML that holds what the text says, with everything escaped."""

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
        assert Reader(verdict._repr_html_()).text.startswith(f"{sign} {verdict}")


def test_a_derivation_opens_on_a_click():
    adjoint = eg.adjoint("mn,n->m", 0)
    read = Reader(adjoint._repr_html_())
    assert "details" in read.seen
    assert adjoint.derivation in read.text
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
