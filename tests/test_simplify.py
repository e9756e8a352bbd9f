"""Simplification: value and shape kept, one form for equal expressions, and interning."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.calculus.derivatives import jacobian
from einsgrad.calculus.rules import pullback
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.errors import ArgumentError, ShapeError
from einsgrad.expressions.construct import add_terms, build_einsum, identity, scale, variable, zeros
from einsgrad.expressions.nodes import Add, Constant, Einsum, Variable
from einsgrad.expressions.products import fold_constants
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import permute
from einsgrad.expressions.vocabulary.reshaping import reshape
from einsgrad.expressions.vocabulary.words import inverse, reciprocal, tanh
from einsgrad.expressions.walks import substitute, topological, variables_in
from einsgrad.simplification.asking import is_symmetric
from einsgrad.simplification.sharing import simplify_sharing
from einsgrad.simplification.simplify import simplify_expr
from einsgrad.strings.subscripts import Subscripts

# A random expression of depth two has up to twelve products, and is simplified whole.
FEWER = settings(max_examples=50)
SIZES = {"m": 2, "n": 3}
DIMS = ("m", "n", 2)
LETTERS = "abcdef"


def size(dim):
    return SIZES.get(dim, dim)


def leaf(draw, dims):
    """A variable, a delta or a number over label dims."""
    labels = draw(st.lists(st.sampled_from(LETTERS), max_size=3))
    kind = draw(st.sampled_from("vvvvdc"))
    if kind == "c":
        return Constant(draw(st.integers(-3, 3))), []
    if kind == "d" and labels:
        return Delta(dims[labels[0]], len(labels)), [labels[0]] * len(labels)
    shape = tuple(dims[label] for label in labels)
    name = draw(st.sampled_from("ABC")) + "".join(map(str, shape))
    return variable(name, shape), labels


@st.composite
def products(draw, output_dims):
    """The lists and operands of a product with an output of the given dims."""
    dims = {letter: draw(st.sampled_from(DIMS)) for letter in LETTERS}
    output = []
    for place, dim in enumerate(output_dims):
        dims[LETTERS[place]] = dim
        output.append(LETTERS[place])
    factors = [leaf(draw, dims) for _ in range(draw(st.integers(1, 3)))]
    held = {label for _, labels in factors for label in labels}
    factors += [(Delta(dims[label], 1), [label]) for label in output if label not in held]
    lists = tuple(tuple(labels) for _, labels in factors)
    return Subscripts(lists, tuple(output)), tuple(node for node, _ in factors)


@st.composite
def expressions(draw, output_dims=None, depth=2):
    """A random expression: sums of products, products of sums."""
    dims = draw(st.lists(st.sampled_from(DIMS), max_size=2)) if output_dims is None else output_dims
    terms = []
    for _ in range(draw(st.integers(1, 3))):
        subscripts, operands = draw(products(dims))
        if depth:
            shape = operands[0].shape
            inner = draw(expressions(list(shape), depth - 1))
            operands = (inner, *operands[1:])
        terms.append(
            scale(draw(st.sampled_from([1, 1, 2, -1, 0.5])), build_einsum(subscripts, operands))
        )
    return add_terms(terms, tuple(dims))


def arrays_for(expr, seed=0):
    generator = np.random.default_rng(seed)
    return {
        node.name: generator.integers(-2, 3, [size(dim) for dim in node.shape]).astype(float)
        for node in variables_in(expr)
    }


def value(expr):
    return evaluate_expr(expr, arrays_for(expr), SIZES)


@given(expressions())
def test_simplification_keeps_value_and_shape(expr):
    simple = simplify_expr(expr)
    assert simple.shape == expr.shape
    assert np.shape(value(simple)) == tuple(map(size, expr.shape))
    everything = arrays_for(expr)
    assert (
        evaluate_expr(simple, everything, SIZES) == evaluate_expr(expr, everything, SIZES)
    ).all()


@FEWER
@given(expressions())
def test_what_is_shared_keeps_value_and_shape_beside_what_uses_it(expr):
    square = build_einsum(Subscripts(((0, 1)[: len(expr.shape)],) * 2, ()), (expr, expr))
    moved = tanh(add_terms([expr, scale(2, expr)], expr.shape))
    arrays = arrays_for(expr)
    for simple, plain in zip(
        simplify_sharing([expr, square, moved]), [expr, square, moved], strict=True
    ):
        assert simple.shape == plain.shape
        own, expected = (evaluate_expr(one, arrays, SIZES) for one in (simple, plain))
        assert np.allclose(own, expected, rtol=1e-14, atol=0)


def test_a_product_or_sum_is_written_out_where_it_is_used_once_only():
    A, B, x = Variable("A", ("n", "n")), Variable("B", ("n", "n")), Variable("x", ("n",))
    matrix = build_einsum(Subscripts(((0, 1), (1, 2)), (0, 2)), (A, B))
    once = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (matrix, x))
    twice = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (matrix, once))
    assert simplify_sharing([once]) == (simplify_expr(once),)
    assert len(simplify_expr(once).operands) == 3
    (kept,) = simplify_sharing([twice])
    assert sum(node is simplify_expr(matrix) for node in topological(kept)) == 1
    assert simplify_expr(matrix) in kept.operands
    total = add_terms([A, tanh(B)], ("n", "n"))
    seen = [
        build_einsum(Subscripts(((0, 1), (0,), (1,)), ()), (total, x, x)),
        build_einsum(Subscripts(((0, 1), (0,)), (1,)), (total, x)),
    ]
    assert all(total in simple.operands for simple in simplify_sharing(seen))


def test_numbers_are_taken_out_of_reciprocals():
    x = Variable("x", ("n",))
    within = reciprocal(scale(0.25, x))
    assert simplify_sharing([within])[0] is scale(4, reciprocal(x))
    assert simplify_expr(within) is scale(4, reciprocal(x))


def test_factors_that_cancel_do_so_though_their_product_is_used_twice():
    A, x = Variable("A", ("n", "n")), Variable("x", ("n",))
    half = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (inverse(A), x))
    back = build_einsum(Subscripts(((0, 1), (1,)), (0,)), (A, half))
    assert simplify_sharing([back, half])[0] is x


@FEWER
@given(expressions())
def test_simplification_is_idempotent(expr):
    simple = simplify_expr(expr)
    assert simplify_expr(simple) is simple


@FEWER
@given(expressions())
def test_every_einsum_in_a_simple_expression_is_normal(expr):
    simple = simplify_expr(expr)
    einsums = [node for node in topological(simple) if isinstance(node, Einsum)]
    assert all(node.subscripts.is_normal() for node in einsums)
    assert not any(isinstance(operand, Einsum) for node in einsums for operand in node.operands), (
        "nested einsums are one"
    )


@given(output=st.lists(st.sampled_from(DIMS), max_size=2), data=st.data())
def test_labels_and_the_order_of_factors_do_not_matter(output, data):
    subscripts, operands = data.draw(products(output))
    order = data.draw(st.permutations(range(len(operands))))
    names = dict(zip(LETTERS, data.draw(st.permutations("uvwxyz")), strict=True))
    moved = Subscripts(tuple(subscripts.inputs[k] for k in order), subscripts.output)
    shuffled = build_einsum(moved.relabel(names), [operands[k] for k in order])
    assert simplify_expr(shuffled) is simplify_expr(build_einsum(subscripts, operands))


@given(output=st.lists(st.sampled_from(DIMS), max_size=2), data=st.data())
def test_the_order_of_terms_does_not_matter(output, data):
    terms = data.draw(st.lists(expressions(output, 0), min_size=1, max_size=4))
    moved = data.draw(st.permutations(terms))
    shape = tuple(output)
    assert simplify_expr(add_terms(terms, shape)) is simplify_expr(add_terms(moved, shape))


@FEWER
@given(expr=expressions())
def test_an_expression_minus_itself_is_zero(expr):
    difference = simplify_expr(add_terms([expr, scale(-1, expr)], expr.shape))
    assert difference is zeros(expr.shape)


@FEWER
@given(expr=expressions(depth=1), data=st.data())
def test_a_gradient_is_the_exact_quotient_of_the_expression(expr, data):
    named = arrays_for(expr)
    loss = build_einsum(Subscripts((tuple(range(len(expr.shape))),), ()), (expr,))
    wrt = variables_in(expr)
    for node, gradient in zip(wrt, pullback(loss, Constant(1), wrt), strict=True):
        step = data.draw(st.integers(0, 2**16).map(np.random.default_rng))
        direction = step.integers(-1, 2, named[node.name].shape)

        def at(time, name=node.name, direction=direction):
            return evaluate_expr(loss, named | {name: named[name] + time * direction}, SIZES)

        slope = interpolated_slope(at)
        found = (evaluate_expr(gradient, named, SIZES) * direction).sum()
        assert found == pytest.approx(slope, rel=1e-6, abs=1e-6)
        assert gradient.shape == node.shape


def interpolated_slope(function, degree=6):
    """The slope at 0 of a polynomial, from its values at whole numbers around 0."""
    points = np.arange(degree + 1) - degree // 2
    values = np.array([function(float(point)) for point in points])
    total = 0.0
    for place, point in enumerate(points):
        if point == 0:
            continue
        others = [q for q in points if q not in (0, point)]
        weight = np.prod([-q / (point - q) for q in others])
        total += (values[place] - values[list(points).index(0)]) * weight / point
    return total


def matrix(name="A", *dims):
    return variable(name, dims or ("n", "n"))


def trace_of_power(A, power):
    lists = tuple((place, (place + 1) % power) for place in range(power))
    return build_einsum(Subscripts(lists, ()), (A,) * power)


@pytest.mark.parametrize("power", [1, 2, 3, 4, 5])
def test_the_gradient_of_the_trace_of_a_power_is_one_term(power):
    A = matrix()
    (gradient,) = pullback(trace_of_power(A, power), Constant(1), [A])
    simple = simplify_expr(gradient)
    if power == 1:
        assert simple is Delta("n", 2)
        return
    assert not isinstance(simple, Add)
    coefficient, _ = fold_constants(simple)
    assert coefficient == power
    array = np.arange(9.0).reshape(3, 3) - 4
    expected = power * np.linalg.matrix_power(array, power - 1).T
    assert (evaluate_expr(simple, {"A": array}) == expected).all()


def test_like_terms_merge_and_opposite_ones_vanish():
    x = variable("x", ("n",))
    assert simplify_expr(add_terms([x, x], ("n",))) is simplify_expr(scale(2, x))
    assert simplify_expr(add_terms([scale(0.5, x), scale(0.5, x)], ("n",))) is x
    assert simplify_expr(add_terms([x, scale(-1, x)], ("n",))) is zeros(("n",))


def test_a_copy_of_an_operand_is_the_operand():
    A = matrix("A", "m", "n")
    assert simplify_expr(build_einsum(Subscripts((("i", "j"),), ("i", "j")), (A,))) is A
    transpose = build_einsum(Subscripts((("i", "j"),), ("j", "i")), (A,))
    twice = build_einsum(Subscripts((("i", "j"),), ("j", "i")), (transpose,))
    assert simplify_expr(transpose) is not A
    assert simplify_expr(twice) is A


def test_a_delta_of_high_order_is_products_of_identities():
    simple = simplify_expr(Delta("n", 4))
    assert all(isinstance(x, Delta) and x.order == 2 for x in simple.operands)
    dense = evaluate_expr(Delta("n", 4), {}, SIZES)
    assert (evaluate_expr(simple, {}, SIZES) == dense).all()
    assert dense.sum() == 3


def test_equal_nodes_are_one_object():
    assert Variable("a", ("n",)) is Variable("a", ("n",), frozenset())
    assert matrix() is matrix()
    assert Delta("n", 2) is Delta("n", 2)
    assert trace_of_power(matrix(), 3) is trace_of_power(matrix(), 3)
    assert add_terms([matrix(), matrix("B")], ("n", "n")) is add_terms(
        [matrix(), matrix("B")], ("n", "n")
    )


def test_numbers_that_compare_equal_are_still_different_nodes():
    assert Constant(1) is not Constant(1.0)
    assert Constant(0.0) is not Constant(-0.0)
    assert Constant(True) is not Constant(1)


@FEWER
@given(expressions())
def test_pickles_and_copies_of_an_expression_are_the_expression(expr):
    assert pickle.loads(pickle.dumps(expr)) is expr
    assert copy.copy(expr) is expr
    assert copy.deepcopy({"kept": expr})["kept"] is expr


def test_a_chain_of_thousands_of_nodes_is_no_recursion():
    x, y = variable("x", ("n",)), variable("y", ("n",))
    node = x
    for _ in range(2_000):
        product = Einsum(Subscripts(((0,), (0,)), (0,)), (node, y))
        node = Add((product, x))
    assert len(topological(node)) == 4_002
    ones = {"x": np.ones(2), "y": np.full(2, 0.5)}
    assert evaluate_expr(node, ones).tolist() == [2.0, 2.0]
    gradient = pullback(node, variable("g", ("n",)), [x])[0]
    assert evaluate_expr(gradient, ones | {"g": np.ones(2)}) == pytest.approx(2.0)
    assert substitute(node, {y: x}).shape == ("n",)
    assert variables_in(node) == (x, y)


def test_a_long_sum_is_simplified_without_recursion():
    node = variable("x", ("n",))
    for _ in range(5_000):
        node = Add((node, variable("x", ("n",))))
    assert simplify_expr(node) is simplify_expr(scale(5_001, variable("x", ("n",))))


def gram(count):
    """A product that is symmetric, of more factors than are written as one."""
    there = [(k, k + 1) for k in range(count)]
    back = [(k + 1, k) for k in range(count, 2 * count)]
    factors = [matrix(f"A{k}") for k in range(count)]
    subscripts = Subscripts((*there, *back), (0, 2 * count))
    return build_einsum(subscripts, (*factors, *reversed(factors)))


@pytest.mark.parametrize(
    ("square", "symmetric"),
    [
        (reshape(variable("x", (9,)), 3, 3), False),
        (add_terms([matrix(f"A{k}") for k in range(70)], ("n", "n")), False),
        (gram(5), True),
    ],
    ids=["a reshaped vector", "a sum of 70", "a product of 10"],
)
def test_whether_a_matrix_is_symmetric_is_asked_once_of_what_is_kept_whole(square, symmetric):
    simple = simplify_expr(square)
    assert is_symmetric(simple) == symmetric
    turned = simplify_expr(permute(square, (1, 0)))
    assert (turned is simple) == symmetric
    assert simplify_expr(permute(turned, (1, 0))) is simple
    total = simplify_expr(add_terms([square, permute(square, (1, 0))], square.shape))
    assert is_symmetric(total)
    assert (value(total) == value(square) + value(square).T).all()


def test_a_deep_matrix_is_asked_without_recursion_whether_it_is_symmetric():
    symmetric, other = variable("S", ("n", "n"), "symmetric"), matrix()
    for _ in range(3_000):
        symmetric, other = tanh(symmetric), tanh(other)
    assert is_symmetric(symmetric)
    assert not is_symmetric(other)


def test_constructors_refuse_what_does_not_fit():
    A, x = matrix(), variable("x", ("m",))
    with pytest.raises(ShapeError, match="has 2 axes and 1 labels"):
        build_einsum(Subscripts((("i",),), ()), (A,))
    with pytest.raises(ShapeError, match="Axes that share a label share a dim"):
        build_einsum(Subscripts((("i", "j"), ("j",)), ("i",)), (A, x))
    with pytest.raises(ShapeError, match="output label 'k' stands in no operand"):
        build_einsum(Subscripts((("i", "j"),), ("k",)), (A,))
    with pytest.raises(ShapeError, match="Terms of a sum have equal dims"):
        add_terms([A, x], ("n", "n"))
    with pytest.raises(ArgumentError, match="Use a Python identifier"):
        variable("not a name", ())
    with pytest.raises(ArgumentError, match="-1 is no dim"):
        variable("x", (-1,))
    with pytest.raises(ShapeError, match="must have the shape of"):
        pullback(A, x, [A])


def test_the_jacobian_of_a_node_in_itself_is_the_identity():
    A = matrix("A", "m", "n")
    assert jacobian(A, A) is simplify_expr(identity(("m", "n")))
    dense = evaluate_expr(jacobian(A, A), {}, SIZES)
    assert (dense.reshape(6, 6) == np.eye(6)).all()


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.permutations(range(3)), st.integers(1, 3)),
        min_size=1,
        max_size=4,
    ),
    st.permutations(range(3)),
)
def test_a_sum_and_its_transpose_are_the_same_factor_when_a_turn_leaves_fewer_transposes(
    parts, axes
):
    terms = [scale(c, permute(variable(name, (3, 3, 3)), order)) for name, order, c in parts]
    total, factor = add_terms(terms, (3, 3, 3)), variable("x", (3,))
    turned = add_terms([permute(term, axes) for term in terms], (3, 3, 3))
    product = build_einsum(Subscripts((tuple("ijk"), ("k",)), ("i", "j")), (total, factor))
    labels = tuple("ijk"[axis] for axis in axes)
    same = build_einsum(Subscripts((labels, ("k",)), ("i", "j")), (turned, factor))
    arrays = {name: np.arange(27.0).reshape(3, 3, 3) % 7 - k for k, name in enumerate("ABC")}
    arrays["x"] = np.array([1.0, -2.0, 4.0])
    values = [evaluate_expr(simplify_expr(one), arrays) for one in (product, same)]
    assert np.array_equal(
        values[0], np.einsum("ijk,k->ij", evaluate_expr(total, arrays), arrays["x"])
    )
    assert np.array_equal(values[0], values[1])
    if len(parts) == 1 or len({tuple(order) for _, order, _ in parts}) == 1:
        assert simplify_expr(product) is simplify_expr(same)


def test_a_sum_seen_on_its_diagonal_has_the_diagonals_of_its_terms():
    R, A, Z = eg.variables("R[m,n] A[m,n] Z[n,n]")
    gradient = eg.grad(eg.norm(Z - eg.eye("n") * (R.T @ A)) ** 2, R)
    inner = next(one for one in gradient.operands if isinstance(one, Add))
    assert inner.shape == ("n",)
    assert eg.show(gradient, "index", name="D") == "D_mn = 2 A_mn (A_in R_in - Z_nn)"
    arrays = {"R": np.arange(6.0).reshape(2, 3), "A": np.eye(2, 3), "Z": np.ones((3, 3))}
    expected = -2 * arrays["A"] * np.diag(arrays["Z"] - arrays["R"].T @ arrays["A"])
    assert (eg.evaluate(gradient, **arrays) == expected).all()
