"""Differentials: what stands before the colon is the gradient; Frobenius identities."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.walks import variables_in

A, B, C, x, g, b, W, S = eg.variables(
    "A[m,n] B[m,n] C[m,n] x[n] g[m] b[m] W[n,n] S[n,n]", symmetric="S"
)
P, Q, R = eg.variables("P[m,k] Q[k,n] R[m,n]")
SIZES = {"m": 2, "n": 3, "k": 4}


def frobenius(one, other):
    return eg.einsum("ij,ij->", one, other)


def test_frobenius_products_commute_and_transpose():
    assert eg.simplify(frobenius(A, B)) is eg.simplify(frobenius(B, A))
    assert eg.simplify(frobenius(A, B)) is eg.simplify(frobenius(A.T, B.T))
    assert eg.simplify(frobenius(A, B)) is eg.simplify(eg.trace(A.T @ B))


def test_a_factor_of_a_frobenius_product_moves_to_the_other_side():
    whole = eg.simplify(frobenius(R, P @ Q))
    assert whole is eg.simplify(frobenius(R @ Q.T, P))
    assert whole is eg.simplify(frobenius(P.T @ R, Q))
    assert eg.simplify(g @ A @ x) is eg.simplify(frobenius(eg.outer(g, x), A))


@pytest.mark.parametrize(
    ("expr", "wrt", "shown"),
    [
        (g @ A @ x, [A], "dE = gᵀ dA x = g xᵀ : dA"),
        (g @ A @ x, [x], "dE = gᵀ A dx = Aᵀ g : dx"),
        (eg.trace(W @ W), [W], "dE = 2 tr(W dW) = 2 Wᵀ : dW"),
        (eg.sum_squares(A), [A], "dE = 2 tr(Aᵀ dA) = 2 A : dA"),
        (A @ x, [A, x], "dy = dA x + A dx"),
        (eg.inverse(W), [W], "dY = -W⁻¹ dW W⁻¹"),
        (
            0.5 * eg.sum_squares(A @ x - b),
            [x],
            "dE = rᵀ A dx = Aᵀ r : dx\nwhere r = A x - b",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_differential_reads_as_a_person_writes_it(expr, wrt, shown):
    assert str(eg.differential(expr, *wrt)) == shown


@pytest.mark.parametrize(
    "expr",
    [
        g @ A @ x,
        eg.logdet(W),
        0.5 * eg.sum_squares(A @ x - b),
        eg.trace(S @ W @ S),
        eg.logsumexp(A @ x),
    ],
    ids=eg.show,
)
def test_the_change_is_that_of_finite_differences(expr):
    generator = np.random.default_rng(4)
    form = eg.differential(expr)
    arrays, moves = {}, {}
    for variable, move in form.tangents.items():
        shape = [SIZES[dim] for dim in variable.shape]
        arrays[variable.name] = generator.uniform(0.5, 1.5, shape)
        moves[move.name] = generator.uniform(-1, 1, shape)
        if variable is S:
            arrays["S"] = arrays["S"] + arrays["S"].T
            moves["dS"] = moves["dS"] + moves["dS"].T
    step = 1e-6

    def moved(sign):
        changed = {name: a + sign * step * moves[f"d{name}"] for name, a in arrays.items()}
        return eg.evaluate(expr, **changed)

    expected = (moved(1) - moved(-1)) / (2 * step)
    names = {v.name for v in variables_in(form.value)}
    known = {name: array for name, array in (arrays | moves).items() if name in names}
    assert np.isclose(eg.evaluate(form.value, **known), expected, rtol=1e-6)
    colons = 0
    for gradient, move in zip(form.gradients, form.tangents.values(), strict=True):
        own = {v.name: arrays[v.name] for v in variables_in(gradient)}
        value = eg.evaluate(gradient, sizes=SIZES, **own)
        colons += np.sum(value * moves[move.name])
    assert np.isclose(colons, expected, rtol=1e-6)


def test_a_differential_over_more_axes_is_in_index_notation():
    (T,) = eg.variables("T[m,n,k]")
    form = eg.differential(eg.einsum("mnk,n->mk", T, x), x)
    assert str(form) == "dY_mk = T_mnk dx_n"
    assert form.latex == r"\mathrm{d}Y_{mk} = T_{mnk} \, \mathrm{d}x_{n}"


def test_latex_sets_the_d_upright():
    assert eg.differential(g @ A @ x, A).latex == (
        r"\mathrm{d}E = g^{\top} \mathrm{d}A x = g x^{\top} : \mathrm{d}A"
    )


def test_what_has_no_differential_is_an_error():
    with pytest.raises(eg.ArgumentTypeError, match="no variables"):
        eg.differential(eg.ones("n"))
    with pytest.raises(eg.ArgumentError, match="complex"):
        eg.differential(eg.sum_squares(eg.variables("z[n]", complex="z")[0]))
    with pytest.raises(eg.ArgumentTypeError, match="in a variable"):
        eg.differential(g @ A @ x, "A")


def test_a_variable_that_is_given_twice_changes_once():
    assert str(eg.differential(g @ A @ x, x, A, x)) == str(eg.differential(g @ A @ x, x, A))


def test_a_number_that_does_not_depend_on_a_variable_has_differential_0():
    (y,) = eg.variables("y[m]")
    assert str(eg.differential(eg.sum(x), y)) == "dE = 0"
