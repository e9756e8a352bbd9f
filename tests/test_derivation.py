"""The derivation: what it says, and that all its steps have the same value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.testing.strategies import arrays, einsum_cases

MATRIX_VECTOR = """\
y_m        = A_mn x_n
∂y_i/∂A_mn = δ_im δ_jn x_j       ∂A_ij/∂A_mn = δ_im δ_jn
∂E/∂A_mn   = g_i δ_im δ_jn x_j   g_i = ∂E/∂y_i
           = g_m δ_jn x_j        δ_im: i → m
           = g_m x_n             δ_jn: j → n
           = "m,n->mn"(g, x)     as an einsum"""

TRACE = """\
y        = A_ii
∂y/∂A_ij = δ_ki δ_kj         ∂A_kk/∂A_ij = δ_ki δ_kj
∂E/∂A_ij = g δ_ki δ_kj       g = ∂E/∂y
         = g δ_ij            δ_ki: k → i
         = ",ij->ij"(g, δ)   as an einsum"""

ROW_SUM = """\
y_i        = Σ_j A_ij
∂y_k/∂A_ij = Σ_l δ_ki δ_lj       ∂A_kl/∂A_ij = δ_ki δ_lj
∂E/∂A_ij   = Σ_l g_k δ_ki δ_lj   g_k = ∂E/∂y_k
           = Σ_l g_i δ_lj        δ_ki: k → i
           = g_i 1_j             Σ_l δ_lj = 1_j
           = "i,j->ij"(g, 1)     as an einsum"""

QUADRATIC = """\
y       = x_i A_ij x_j
∂y/∂x_i = δ_ki A_kl x_l + x_k A_kl δ_li               ∂x_k/∂x_i = δ_ki, ∂x_l/∂x_i = δ_li
∂E/∂x_i = g δ_ki A_kl x_l + g x_k A_kl δ_li           g = ∂E/∂y
        = g A_il x_l + g x_k A_kl δ_li                δ_ki: k → i
        = g A_il x_l + g x_k A_ki                     δ_li: l → i
        = g A_ij x_j + g x_j A_ji                     l → j, k → j
        = ",ij,j->i"(g, A, x) + "j,ji,->i"(x, A, g)   as an einsum"""

TOLD = [
    ("mn,n->m", "A", ("A", "x"), MATRIX_VECTOR),
    ("ii->", "A", ("A",), TRACE),
    ("ij->i", "A", ("A",), ROW_SUM),
    ("i,ij,j->", "x", ("x", "A", "x"), QUADRATIC),
]

MATRIX_VECTOR_LATEX = [
    r"\begin{align*}",
    r"y_{m} &= A_{mn} \, x_{n} \\",
    r"\frac{\partial y_{i}}{\partial A_{mn}} &= \delta_{im} \, \delta_{jn} \, x_{j}"
    r" && \frac{\partial A_{ij}}{\partial A_{mn}} = \delta_{im} \, \delta_{jn} \\",
    r"\frac{\partial E}{\partial A_{mn}} &= g_{i} \, \delta_{im} \, \delta_{jn} \, x_{j}"
    r" && g_{i} = \frac{\partial E}{\partial y_{i}} \\",
    r" &= g_{m} \, \delta_{jn} \, x_{j} && \delta_{im}: i \to m \\",
    r" &= g_{m} \, x_{n} && \delta_{jn}: j \to n \\",
    r' &= \texttt{"m,n->mn"(g, x)}',
    r"\end{align*}",
]

TRACE_LATEX = [
    r"\begin{align*}",
    r"y &= A_{ii} \\",
    r"\frac{\partial y}{\partial A_{ij}} &= \delta_{ki} \, \delta_{kj}"
    r" && \frac{\partial A_{kk}}{\partial A_{ij}} = \delta_{ki} \, \delta_{kj} \\",
    r"\frac{\partial E}{\partial A_{ij}} &= g \, \delta_{ki} \, \delta_{kj}"
    r" && g = \frac{\partial E}{\partial y} \\",
    r" &= g \, \delta_{ij} && \delta_{ki}: k \to i \\",
    r' &= \texttt{",ij->ij"(g, $\delta$)}',
    r"\end{align*}",
]


@pytest.mark.parametrize(("string", "wrt", "names", "text"), TOLD)
def test_the_derivation_tells_the_known_story(string, wrt, names, text):
    assert eg.derive(string, wrt, names=names) == text
    assert eg.adjoint(string, wrt, names=names).derivation == text


@pytest.mark.parametrize(
    ("string", "names", "lines"),
    [("mn,n->m", ("A", "x"), MATRIX_VECTOR_LATEX), ("ii->", ("A",), TRACE_LATEX)],
)
def test_the_derivation_is_told_in_latex_too(string, names, lines):
    assert eg.adjoint(string, 0, names=names).derivation_latex.split("\n") == lines


def test_latex_of_a_row_sum_and_of_a_repeated_array_is_complete():
    row_sum = eg.adjoint("ij->i", "A", names=("A",)).derivation_latex
    assert r"y_{i} &= \sum_{j} \, A_{ij}" in row_sum
    assert r"\sum_{l} \delta_{lj} = 1_{j}" in row_sum
    quadratic = eg.adjoint("i,ij,j->", "x", names=("x", "A", "x")).derivation_latex
    assert r" &= g \, A_{ij} \, x_{j} + g \, x_{j} \, A_{ji} && l \to j, k \to j" in quadratic


def test_steps_are_named_and_the_last_is_the_einsum():
    steps = eg.adjoint("mn,n->m", 0, names=("A", "x")).steps
    assert [step.rule for step in steps] == [
        "operation",
        "product rule",
        "chain rule",
        "contract",
        "contract",
        "einsum",
    ]
    assert steps[-1].right == '"m,n->mn"(g, x)'
    assert str(steps[3]) == "= g_m δ_jn x_j    [δ_im: i → m]"


def test_like_terms_are_collected_in_a_step_of_their_own():
    steps = eg.adjoint("i,i->", "x", names=("x", "x")).steps
    assert steps[-2].rule == "collect"
    assert steps[-2].right == "2 g x_i"


def test_a_jacobian_is_derived_without_a_cotangent():
    steps = eg.jacobian("mn,n->m", 0, names=("A", "x")).steps
    assert [step.rule for step in steps] == ["operation", "product rule", "contract", "einsum"]
    assert steps[2].right == "δ_im x_n"


def test_names_of_value_and_loss_avoid_the_users():
    text = eg.derive("y,y->", 0, names=("y", "E"))
    assert text.startswith("y0 ")
    assert "∂E0/∂y_y" in text


def test_a_derivation_with_dots_needs_their_rank():
    with pytest.raises(eg.ArgumentError, match="A derivation needs the number of axes"):
        eg.derive("...i->...", 0)


def named_arrays(case, data):
    named = dict(zip(case.names, case.arrays, strict=True))
    g = data.draw(arrays(np.shape(eg.einsum(case.string, *case.arrays))))
    return named | {"g": g}


def values(derived, named):
    sizes = derived.operation.dim_sizes
    return [evaluate_expr(step.expr, named, sizes) for step in derived.steps]


@given(case=einsum_cases(), data=st.data())
def test_all_steps_of_a_gradients_derivation_have_one_value(
    case, data, exact_gradient, exact_jacobian, reference_einsum
):
    named = named_arrays(case, data)
    for name in dict.fromkeys(case.names):
        places = [place for place, other in enumerate(case.names) if other == name]
        derived = eg.adjoint(case.string, name, names=case.names, shapes=case.shapes)
        value, product_rule, *gradients = values(derived, named)
        assert (value == reference_einsum(case.string, *case.arrays)).all()
        jacobian = sum(exact_jacobian(case.string, case.arrays, place) for place in places)
        assert (product_rule == jacobian).all()
        expected = exact_gradient(case.string, case.arrays, places, named["g"])
        assert len(gradients) >= 2
        assert all((gradient == expected).all() for gradient in gradients)


@given(case=einsum_cases())
def test_all_steps_of_a_jacobians_derivation_have_one_value(case, exact_jacobian):
    named = {f"x{place}": array for place, array in enumerate(case.arrays)}
    for position in range(len(case.arrays)):
        derived = eg.jacobian(case.string, position, shapes=case.shapes)
        expected = exact_jacobian(case.string, case.arrays, position)
        _, *steps = values(derived, named)
        assert len(steps) >= 2
        assert all((step == expected).all() for step in steps)


def read_product(text, named, sizes):
    """Evaluate `2 g_i δ_im x_j` by numpy: its labels, its arrays, its number."""
    number, lists, operands = 1, [], []
    pending = []
    for token in text.split(" "):
        name, _, letters = token.partition("_")
        if name == "Σ":
            continue
        if name.isdecimal() and not letters:
            number *= int(name)
        elif name in ("δ", "1"):
            pending.append(letters)
        else:
            lists.append(letters)
            operands.append(named[name])
            sizes |= dict(zip(letters, np.shape(named[name]), strict=True))
    for _ in pending:
        for letters in pending:
            sizes |= {x: sizes[y] for x in letters for y in letters if y in sizes}
    for letters in pending:
        lists.append(letters)
        size = sizes[letters[0]]
        operands.append(np.eye(size) if len(letters) == 2 else np.ones(size))
    return number, lists, operands


def read_line(text, named, output, shape):
    """Evaluate index notation by numpy, with the free indices `output`."""
    total = np.zeros(shape)
    for product in text.split(" + "):
        free = dict(zip(output, shape, strict=True))
        number, lists, operands = read_product(product, named, free)
        total = total + number * np.einsum(",".join(lists) + "->" + output, *operands)
    return total


@given(case=einsum_cases(), data=st.data())
def test_the_text_of_every_line_means_its_value(case, data):
    named = named_arrays(case, data)
    for name in dict.fromkeys(case.names):
        derived = eg.adjoint(case.string, name, names=case.names, shapes=case.shapes)
        gradient = derived.evaluate(named)
        lines = [step for step in derived.steps[2:] if step.rule != "einsum"]
        output = lines[0].left.partition("/")[2].partition("_")[2]
        for step in lines:
            assert (read_line(step.right, named, output, gradient.shape) == gradient).all()
