"""Jacobians derived forward and in reverse: equal, and of the cost of the smaller side."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.calculus import derivatives as calculus

rng = np.random.default_rng(11)
W, V = rng.standard_normal((3, 4)), rng.standard_normal((2, 3))
x = rng.standard_normal(4)
FUNCTIONS = {
    "wide": lambda x: V @ np.tanh(W @ np.sin(x)),
    "number": lambda x: np.sum(x**3),
    "square": lambda x: np.outer(x, np.exp(x)),
    "sorted": lambda x: np.sort(x) * np.cumsum(x),
    "solved": lambda x: np.linalg.solve(np.outer(x, x) + 9 * np.eye(4), x),
    "factor": lambda x: np.linalg.cholesky(np.outer(x, x) + 9 * np.eye(4)),
    "exponents": lambda x: np.abs(np.fft.fft(x)),
    "constant": lambda x: np.ones(2),
    "complex": lambda x: x * (1 + 2j),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_both_directions_give_the_jacobian(name):
    f = FUNCTIONS[name]
    step = 1e-6
    columns = [(f(x + step * e) - f(x - step * e)) / (2 * step) for e in np.eye(4)]
    expected = np.stack(columns, -1)
    for derive in (eg.jacobian, eg.jacfwd, eg.jacrev):
        assert np.allclose(derive(f)(x), expected, atol=1e-7)
        assert np.allclose(derive(eg.jit(f))(x), expected, atol=1e-7)


def test_a_complex_function_has_one_jacobian():
    z = np.array([1 + 2j, 3 - 1j])
    for derive in (eg.jacobian, eg.jacfwd, eg.jacrev):
        assert np.allclose(derive(lambda z: z * z)(z), np.diag(2 * z))
        with pytest.raises(eg.EinsgradError, match="not complex differentiable"):
            derive(lambda z: np.conj(z) * z)(z)


def test_arguments_containers_and_what_is_beside_are_those_of_jacobian():
    def f(p, y):
        return {"a": p["w"] * y}, "beside"

    given = {"w": np.array([1.0, 2.0])}, 3.0
    for derive in (eg.jacfwd, eg.jacrev):
        found, beside = derive(f, argnums=(0, "y"), has_aux=True)(*given)
        assert beside == "beside"
        of_p, of_y = found["a"]
        assert of_p["w"].tolist() == [[3, 0], [0, 3]]
        assert of_y.tolist() == [1, 2]


@pytest.mark.parametrize("dims", ["2 64 64 64 64", "64 64 64 64 2"])
@pytest.mark.parametrize("derive", [calculus.jacobian, calculus.jacobian_in_reverse])
def test_the_cost_is_that_of_the_smaller_side(derive, dims):
    fourth, third, second, first, size = map(int, dims.split())
    A, B, C, D, u = eg.variables(
        f"A[{fourth},{third}] B[{third},{second}] C[{second},{first}] D[{first},{size}] u[{size}]"
    )
    expr = A @ eg.tanh(B @ eg.tanh(C @ eg.tanh(D @ u)))
    f = eg.compile(derive(expr, u))
    f(**{v.name: rng.standard_normal(v.shape) for v in (A, B, C, D, u)})
    flops = f.program.flops
    # Each of two products with a matrix of 64 x 64, and a few with smaller ones.
    assert flops <= 2 * 2 * 64 * 64 * 5
