"""Sums of outer products are products of matrices, and other sums stay what they are."""

import numpy as np
import pytest
from plain import plain_value

import einsgrad as eg
from einsgrad.engine.rewriting.outer_products import joined_outer_products
from einsgrad.expressions.construct import variable
from einsgrad.expressions.nodes import Einsum, Variable
from einsgrad.expressions.walks import variables_in

U3, V4 = variable("u", (3,)), variable("v", (4,))


def outer_products(count, *, scales=(1, -2, 0.5)):
    """Terms that are outer products: of vectors, of products of vectors, of matrices and these."""
    u, v = ([variable(f"{name}{k}", (3,)) for k in range(count)] for name in "uv")
    M = variable("M", (4, 3))
    sides = [(u[k], M @ v[k]) if k % 2 else (u[k] * v[k], eg.sin(M @ u[k])) for k in range(count)]
    return [scales[k % 3] * eg.einsum("i,j->ij", *pair) for k, pair in enumerate(sides)]


def test_a_sum_of_outer_products_is_one_product_of_matrices():
    total = eg.simplify(sum(outer_products(6), start=eg.einsum("i,j->ij", U3, V4)))
    (better,) = joined_outer_products([total])
    assert isinstance(better, Einsum)
    assert [operand.shape for operand in better.operands] == [(7, 3), (7, 4)]
    rest = variable("R", (3, 4))
    (mixed,) = joined_outer_products([eg.simplify(total + rest)])
    assert {type(term) for term in mixed.terms} == {Einsum, Variable}
    for before, after in ((total, better), (eg.simplify(total + rest), mixed)):
        arrays = {
            one.name: np.random.default_rng(k).integers(-3, 4, one.shape).astype(float)
            for k, one in enumerate(variables_in(before))
        }
        expected = plain_value(before, arrays, {})
        np.testing.assert_allclose(plain_value(after, arrays, {}), expected, rtol=1e-13)


FEW = eg.simplify(sum(outer_products(3)))
SHARED = outer_products(5)
KEPT_SUMS = {
    "few": [FEW],
    "of columns": [
        eg.simplify(
            sum(
                eg.einsum("i,j->ij", variable(f"c{k}", (3,)), variable(f"d{k}", (1,)))
                for k in range(6)
            )
        )
    ],
    "each used elsewhere": [eg.simplify(sum(SHARED)), *(eg.simplify(one) for one in SHARED)],
    "no outer products": [
        eg.simplify(sum(variable(f"A{k}", (3, 3)) @ variable(f"B{k}", (3, 4)) for k in range(6)))
    ],
    "diagonals": [eg.simplify(sum(eg.diag(eg.sin(variable(f"e{k}", (3,)))) for k in range(6)))],
}


@pytest.mark.parametrize("name", KEPT_SUMS)
def test_other_sums_stay_sums(name):
    assert joined_outer_products(KEPT_SUMS[name]) == tuple(KEPT_SUMS[name])


def test_the_gradient_of_a_recurrent_net_multiplies_matrices_once_for_all_steps():
    inputs = np.random.default_rng(0).standard_normal((6, 3))

    def loss(W):
        state = np.zeros(3)
        for x in inputs:
            state = np.tanh(W @ state + x)
        return np.sum(state**2)

    W = np.random.default_rng(1).standard_normal((3, 3))
    jitted = eg.jit(loss)
    gradient = eg.grad(jitted)(W)
    (asked,) = [one for one in jitted._asked.values() if one.request.argnums is not None]
    source = asked.look_up((W,), {})[0].prepared.compiled.source
    assert "[None]" not in source
    assert source.count(".T.dot(") == 1
    states, state = [], np.zeros(3)
    for x in inputs:
        states.append(state)
        state = np.tanh(W @ state + x)
    expected, back = np.zeros((3, 3)), 2 * state
    for x, before in zip(inputs[::-1], states[::-1], strict=True):
        back = back * (1 - np.tanh(W @ before + x) ** 2)
        expected += np.outer(back, before)
        back = W.T @ back
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)
