"""Properties of random expressions over all nodes; differences are the reference."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import plain_value

import einsgrad as eg
from einsgrad.calculus.rules import pullback, pushforward
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.walks import topological, variables_in
from einsgrad.testing.expressions import SIZES, expressions, values

FEWER = settings(max_examples=60)


def close(one, other):
    scale = max(1.0, float(np.abs(other).max(initial=0)))
    return np.allclose(one, other, rtol=1e-9, atol=1e-9 * scale)


def evaluated(expr, arrays):
    """Evaluate an expression as it is written, without any rule that makes it simpler."""
    return plain_value(expr, arrays, SIZES)


@FEWER
@given(expressions(), st.integers(0, 99))
def test_first_and_second_derivatives_agree_with_differences(expr, seed):
    arrays = values(expr, seed)
    report = eg.check_grads(expr, arrays, order=2, mode="directions", directions=1, tolerance=1e-5)
    assert report.order == 2


@given(expressions(), st.integers(0, 99))
def test_simplification_keeps_value_and_shape_and_is_idempotent(expr, seed):
    arrays = values(expr, seed)
    simple = eg.simplify(expr)
    assert simple.shape == expr.shape
    assert close(evaluated(simple, arrays), evaluated(expr, arrays))
    assert eg.simplify(simple) is simple


@given(expressions(), st.integers(0, 99))
def test_forward_and_reverse_agree(expr, seed):
    arrays = values(expr, seed)
    wrt = variables_in(expr)
    tangents = {v: Variable(f"d{v.name}", v.shape) for v in wrt}
    cotangent = Variable("cotangent", expr.shape)
    generator = np.random.default_rng(seed)
    extra = {
        v.name: generator.standard_normal([SIZES[d] for d in v.shape])
        for v in (*tangents.values(), cotangent)
    }
    known = {**arrays, **extra}
    forward = np.sum(extra["cotangent"] * evaluated(pushforward(expr, tangents), known))
    shares = [evaluated(share, known) for share in pullback(expr, cotangent, wrt)]
    reverse = sum(
        np.sum(share * extra[tangents[v].name]) for share, v in zip(shares, wrt, strict=True)
    )
    assert close(forward, reverse)


@FEWER
@given(expressions(scalar=True), st.integers(0, 99))
def test_a_hessian_is_symmetric_and_its_product_needs_no_hessian(expr, seed):
    arrays = values(expr, seed)
    wrt = variables_in(expr)[0]
    hessian = np.asarray(evaluated(eg.hessian(expr, wrt), arrays))
    rank = len(wrt.shape)
    assert close(hessian, hessian.transpose(*range(rank, 2 * rank), *range(rank)))
    vector = Variable("vector", wrt.shape)
    v = np.random.default_rng(seed).standard_normal([SIZES[d] for d in wrt.shape])
    product = evaluated(eg.hvp(expr, wrt, vector), {**arrays, "vector": v})
    assert close(product, np.tensordot(hessian, v, rank))


@given(expressions())
def test_every_expression_can_be_printed(expr):
    simple = eg.simplify(expr)
    names = {node.name for node in topological(simple) if isinstance(node, Variable)}
    assert all(name in repr(simple) for name in names)


@st.composite
def sums_of_ones(draw):
    """1 as a number or a tensor of ones, or a sum of ones, which looks like it and is not."""
    dims = draw(st.sampled_from([(), ("n",), ("n", "n")]))
    ones = eg.ones(*dims) if dims else 1
    axes = draw(st.sampled_from([(), 0, (0, 1)][: len(dims) + 1]))
    return eg.sum(ones, axes) if dims else ones


@st.composite
def logistic(draw):
    """Sums and products of ones and of the functions that rules join with a 1."""
    outer = draw(st.sampled_from([eg.log, lambda x: 1 / x]))
    terms = [eg.softplus(S), draw(sums_of_ones()) - eg.sigmoid(S)]
    terms.append(outer(draw(sums_of_ones()) + eg.exp(S)))
    chosen = draw(st.lists(st.sampled_from(terms), min_size=2, max_size=4))
    return draw(st.sampled_from([eg.multiply, eg.add]))(*chosen)


(S,) = eg.variables("s")


@given(logistic(), st.floats(-2, 2))
def test_one_and_a_sum_of_ones_are_told_apart_on_every_path(expr, s):
    expected = plain_value(expr, {"s": s}, SIZES)
    assert close(eg.evaluate(expr, sizes=SIZES, s=s), expected)
    assert close(evaluate_expr(expr, {"s": s}, SIZES), expected)
    assert close(eg.compile(expr, sizes=SIZES)(s=s), expected)
