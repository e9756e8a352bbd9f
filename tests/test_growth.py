"""How work grows with length, counted in calls of functions, and that no depth is too deep."""

import copy
import pickle
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from counting import calls_in

import einsgrad as eg
from einsgrad.expressions.walks import topological, variables_in

# Deeper than Python lets functions call themselves.
DEEP = 1_500


def chain(count, function=eg.tanh, name="x"):
    (x,) = eg.variables(f"{name}[n]")
    return x, reduce(lambda z, _: function(z), range(count), x)


def steps(count):
    x, z = chain(count, eg.sin)
    return str(eg.derive(eg.sum(z), x))


def simplified(count):
    x, z = chain(count, lambda z: eg.cos(z) * 2)
    return eg.simplify(z + x)


def gradient_and_value(count):
    x, z = chain(count, eg.arctan)
    return eg.evaluate(eg.grad(eg.sum(z), x), x=np.ones(2))


def recurrence(count):
    x, y = eg.variables("x[n] y[n]")
    z = reduce(lambda z, _: z * y + x, range(count), x)
    return eg.evaluate(eg.grad(eg.sum(z), y), x=np.ones(2), y=np.full(2, 0.5))


def network(count):
    letters = [chr(0x4E00 + place) for place in range(count + 1)]
    return ",".join(map("".join, pairwise(letters))) + f"->{letters[0]}{letters[-1]}"


def pullback(count):
    _, back = eg.vjp(network(count), *[np.eye(2)] * count)
    return back(np.ones((2, 2)))


def tangent(count):
    matrices = [np.eye(2)] * count
    return eg.jvp(network(count), matrices, matrices)


def product(count):
    return eg.einsum(network(count), *[np.eye(2)] * count)


def adjoint(count):
    return str(eg.adjoint(network(count), count // 3))


def many_variables(count):
    variables = eg.variables(" ".join(f"x{place}[n]" for place in range(count)))
    total = reduce(lambda sum_, x: sum_ + eg.norm2(x), variables, eg.sum(variables[0]))
    return eg.grad(total, variables)


def claim(count):
    (x,) = eg.variables("x[n]")
    total = reduce(lambda sum_, k: sum_ + eg.exp(x / k), range(1, count + 1), x)
    return eg.check(
        "1+" + "+".join(f"exp(x/{k})/{k}" for k in range(1, count + 1)), eg.sum(total), x
    )


def mistaken_claim(count):
    (x,) = eg.variables("x[n]")
    total = reduce(lambda sum_, k: sum_ + eg.sinh(x / k), range(1, count + 1), x)
    claim = "2+" + "+".join(f"cosh(x/{k})/{k}" for k in range(1, count + 1))
    return eg.check(claim, eg.sum(total), x)


def mistaken_chain(count):
    x, z = chain(count)
    return eg.check(z, eg.sum(z), x)


def shown(count):
    x, z = chain(count, eg.sin)
    gradient = eg.grad(eg.sum(z), x)
    return eg.show(gradient) + eg.latex(gradient)


def shown_in_indices(count):
    x, *weights = eg.variables("x[n] " + " ".join(f"W{layer}[n,n]" for layer in range(count)))
    z = reduce(lambda z, weight: eg.tanh(weight @ z), weights, x)
    return eg.show(eg.grad(eg.sum(z), weights[0]), notation="index")


def mistaken_factor(count):
    x, *factors = eg.variables("x[n] " + " ".join(f"A{place}[n,n]" for place in range(count)))
    total = eg.sum(reduce(lambda z, factor: factor @ z, factors, x))
    return eg.check(3 * eg.grad(total, x), total, x)


def residual_steps(count):
    x, z = chain(count, lambda z: z + 0.5 * eg.sin(z))
    return eg.grad(eg.sum(z), x)


def filter_steps(count):
    def loss(A, Q):
        m, P, total = np.ones(2), np.eye(2), 0.0
        for _ in range(count):
            m, P = A @ m, A @ P @ A.T + Q @ Q.T
            total = total + m @ np.linalg.inv(P) @ m
            P = P - P @ P.T / (1 + np.trace(P))
        return total

    return eg.grad(loss, argnums=(0, 1))(0.5 * np.eye(2), np.eye(2))


def heun_steps(count):
    def loss(A, x):
        for _ in range(count):
            slope = np.tanh(A @ x)
            x = x + 0.1 * (slope + np.tanh(A @ (x + 0.2 * slope)))
        return np.sum(x * x)

    return eg.grad(loss)(np.eye(2), np.ones(2))


def newton_steps(count):
    def loss(A, b):
        x = b
        for _ in range(count):
            x = x - np.linalg.solve(A + 3 * np.diag(x**2), A @ x + x**3 - b)
        return np.sum(x)

    return eg.grad(loss)(np.eye(2) + 0.1, np.ones(2))


def recurrence_over_entries(count):
    def loss(x):
        return reduce(lambda h, t: np.tanh(h + x[t]), range(count), 0.0)

    return eg.grad(loss)(np.ones(count))


def recurrence_over_rows(count):
    def loss(W, x):
        h = np.zeros(2)
        for row in x:
            h = np.tanh(W @ h + row)
        return np.sum(h)

    return eg.grad(loss, argnums=(0, 1))(np.eye(2), np.ones((count, 2)))


def slices(count):
    def loss(x):
        return np.sum(reduce(lambda z, _: z[1:], range(count), x) ** 2)

    return eg.grad(loss)(np.ones(count + 3))


def differences(count):
    def loss(x):
        return np.sum(reduce(lambda z, _: np.sin(z[1:] - z[:-1]), range(count), x))

    return eg.grad(loss)(np.ones(count + 3))


def unpacked(count):
    return eg.grad(lambda x: reduce(lambda total, one: total + one * one, x))(np.ones(count))


def convolutions(count):
    def loss(x, w):
        for _ in range(count):
            x = np.tanh(eg.einsum("(i+k-1),k->i", x, w, sizes={"i": 8}))
        return np.sum(x)

    return eg.grad(loss, argnums=(0, 1))(np.ones(8), np.ones(3))


def rolled_steps(count):
    (x,) = eg.variables("x[37]")
    z = x
    for _ in range(count):
        z = z + 0.1 * (np.roll(z, 1) - 2 * z + np.roll(z, -1))
    return eg.grad(eg.sum(z**2), x)


@pytest.mark.parametrize(
    ("work", "short", "most"),
    [
        (steps, 12, 2.6),
        (simplified, 30, 2.4),
        (gradient_and_value, 40, 2.6),
        (recurrence, 40, 2.6),
        (adjoint, 50, 2.6),
        (product, 60, 2.8),
        (pullback, 60, 2.8),
        (tangent, 60, 2.8),
        (many_variables, 40, 2.8),
        (claim, 80, 2.6),
        (mistaken_claim, 12, 2.6),
        (mistaken_chain, 4, 2.4),
        (shown, 40, 2.4),
        (shown_in_indices, 20, 2.4),
        (mistaken_factor, 20, 2.4),
        (residual_steps, 70, 2.5),
        (filter_steps, 4, 3.0),
        (heun_steps, 4, 3.6),
        (newton_steps, 3, 3.0),
        (recurrence_over_entries, 25, 2.6),
        (recurrence_over_rows, 12, 2.6),
        (slices, 25, 2.6),
        (differences, 10, 2.6),
        (unpacked, 50, 2.6),
        (convolutions, 8, 2.6),
        # Its sums have four terms more with each step.
        (rolled_steps, 4, 4.0),
    ],
)
def test_twice_the_length_is_about_twice_the_work(work, short, most):
    work(2)
    counts = [calls_in(work, count) for count in (short, 2 * short)]
    assert counts[1] <= most * counts[0]


def test_an_expression_is_simplified_for_its_first_derivative_alone():
    X, V, W, Y = eg.variables("X[b,n] V[n,h] W[h,k] Y[b,k]")
    loss = eg.norm2(eg.tanh(eg.tanh(X @ V) @ W) - Y)
    first, second = calls_in(eg.grad, loss, W), calls_in(eg.grad, loss, W)
    assert second < 0.6 * first


@pytest.mark.parametrize("number", [1, 0.5, -2])
def test_a_gradient_of_residual_steps_has_a_few_nodes_for_each(number):
    def nodes(count):
        x, z = chain(count, lambda z: z + number * eg.sin(z))
        return len(topological(eg.grad(eg.sum(z), x)))

    assert nodes(60) <= 2.6 * nodes(30)
    assert nodes(60) <= 480


def nested_text(count):
    return "tanh(" * count + "x" + ")" * count


def _refused(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except eg.EinsgradError:
        return True
    return False


@pytest.mark.parametrize(
    "entry",
    [
        str,
        repr,
        eg.simplify,
        eg.show,
        eg.latex,
        variables_in,
        copy.deepcopy,
        lambda z: eg.show(z, "index"),
        lambda z: eg.show(z, "matrix"),
        eg.is_symmetric,
        lambda z: eg.compile(z).cost,
        lambda z: eg.evaluate(z, x=np.ones(1)),
        lambda z: eg.grad(eg.sum(z), variables_in(z)[0]),
        lambda z: eg.jvp(z, variables_in(z)[0], variables_in(z)[0]),
        lambda z: eg.check(eg.grad(eg.sum(z), variables_in(z)[0]), eg.sum(z), "x"),
        eg.expand_squares,
        lambda z: _refused(eg.draw, z),
    ],
)
def test_no_entry_is_recursive_in_the_depth_of_an_expression(entry):
    _, z = chain(DEEP if entry is not str else 10_000)
    entry(z)


@pytest.mark.parametrize("count", [3, 30, 700, 3_000])
def test_an_expression_of_any_depth_is_pickled(count):
    x, z = chain(count, lambda z: eg.exp(z) * 2 - z)
    assert pickle.loads(pickle.dumps(z)) is z
    again, both = pickle.loads(pickle.dumps((x, [z, z + x])))
    assert again is x
    assert both[0] is z
    assert both[1] is z + x


def test_a_compiled_function_of_a_deep_expression_is_pickled():
    x, z = chain(DEEP // 2, lambda z: eg.sin(z) + z)
    function = eg.compile(z, inputs=(x,))
    again = pickle.loads(pickle.dumps(function))
    assert np.array_equal(again(np.ones(2)), function(np.ones(2)))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9_000 + "x" + ")" * 9_000,
        nested_text(3_000),
        "-" * 15_000 + "x",
        "+".join(["x"] * 9_000),
        "*".join(["x_i"] * 4_000),
        "**".join(["x"] * 5_000),
        "[" * 9_000,
        "sum(" * 4_000,
    ],
)
def test_a_long_or_deeply_nested_text_is_read_or_refused(text):
    assert _refused(eg.parse, text, "x[n]") or eg.parse(text, "x[n]").shape == ("n",)


@pytest.mark.parametrize(
    "claim", ["*".join(["(x-y)"] * 150), "@".join(["(A+A.T)"] * 60) + "@x", "*".join(["x"] * 150)]
)
def test_a_claim_of_many_factors_gets_a_verdict(claim):
    A, x, y = eg.variables("A[n,n] x[n] y[n]")
    verdict = eg.check(claim, eg.norm2(A @ x - y), x)
    assert not verdict
    assert "different" in str(verdict)


def test_a_claim_of_giant_arrays_is_refused_before_they_are_made():
    x, y = eg.variables("x[n] y[n]")
    with pytest.raises(eg.EinsgradError, match="2000000000 entries, too many"):
        eg.check("ones(2*10**9)", eg.sum(x * y), x)


def test_shares_of_many_operands_are_those_of_few():
    generator = np.random.default_rng(3)
    matrices = [generator.integers(-1, 2, (2, 2)).astype(float) for _ in range(12)]
    string, names = network(12), ["A", "B", "C"] * 4
    for used in (None, names):
        given = matrices if used is None else matrices[:3] * 4
        g = generator.integers(-2, 3, (2, 2)).astype(float)
        value, back = eg.vjp(string, *given, names=used)
        np.testing.assert_array_equal(value, reduce(np.matmul, given))
        for place, share in enumerate(back(g)):
            left = reduce(np.matmul, given[:place], np.eye(2))
            right = reduce(np.matmul, given[place + 1 :], np.eye(2))
            np.testing.assert_array_equal(share, left.T @ g @ right.T)
    _, moved = eg.jvp(string, matrices, [None, matrices[0], *[None] * 9, matrices[1]])
    changed = [reduce(np.matmul, [*matrices[:1], matrices[0], *matrices[2:]])]
    changed.append(reduce(np.matmul, [*matrices[:11], matrices[1]]))
    np.testing.assert_array_equal(moved, sum(changed))
    _, back = eg.vjp(string, *(matrices[:3] * 4), wrt=["B", 0], names=names)
    assert [share.shape for share in back(np.eye(2))] == [(2, 2), (2, 2)]


def shifted_sum(count):
    (x,) = eg.variables("x[100]")
    return eg.simplify(sum((np.roll(eg.sin(x * k), k) for k in range(1, count)), eg.cos(x)))


def test_a_long_sum_that_is_shifted_as_a_whole_is_not_shifted_term_by_term():
    short, long = shifted_sum(8), shifted_sum(32)
    few = calls_in(lambda: eg.simplify(np.roll(short, 1)))
    many = calls_in(lambda: eg.simplify(np.roll(long, 1)))
    assert many < 2 * few
