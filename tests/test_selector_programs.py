"""Einsums with affine selectors as programs: exact values, views where they can be, no copies."""

import numpy as np
import pytest
from counting import bytes_in
from hypothesis import given
from hypothesis import strategies as st
from library_code import run
from plain import plain_value

import einsgrad as eg
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.engine.programs.steps import Fill
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import linear
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.selecting import placed, viewed
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.walks import variables_in
from einsgrad.strings.subscripts import Subscripts

SIZES = st.sampled_from([0, 1, 2, 2, 3, 3, 4, 5, 7])


@st.composite
def selector_einsums(draw):
    """Draw an einsum of affine selectors and arrays that share labels, and its arrays."""
    sizes = {label: draw(SIZES) for label in range(draw(st.integers(1, 4)))}
    lists, operands = [], []
    for number in range(draw(st.integers(1, 3))):
        target = draw(st.sampled_from([*sizes, ("target", number)]))
        size = sizes.setdefault(target, draw(SIZES))
        others = [label for label in sizes if label != target]
        sources = draw(st.permutations(others))[: draw(st.integers(0, min(2, len(others))))]
        strides = [draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2])) for _ in sources]
        offset = draw(st.integers(-3, 4))
        dims = tuple(sizes[x] for x in sources)
        lists.append((target, *sources))
        operands.append(Affine(size, dims, tuple(strides), offset))
    arrays = {}
    for name in "xy"[: draw(st.integers(0, 2))]:
        indices = tuple(draw(st.lists(st.sampled_from(list(sizes)), min_size=1, max_size=3)))
        shape = tuple(sizes[x] for x in indices)
        lists.append(indices)
        operands.append(Variable(name, shape))
        arrays[name] = whole_numbers(shape)
    used = list(dict.fromkeys(x for indices in lists for x in indices))
    output = draw(st.lists(st.sampled_from(used), max_size=3))
    return build_einsum(Subscripts(tuple(lists), tuple(output)), operands), arrays


def whole_numbers(shape):
    """Return an array of small whole numbers, so that sums of products are exact."""
    generator = np.random.default_rng(shape)
    return generator.integers(-4, 5, shape).astype(float)


def evaluate(arrays, *exprs):
    """Compile expressions and evaluate them; an array may have cancelled."""
    read = {variable.name for expr in exprs for variable in variables_in(eg.simplify(expr))}
    return eg.compile(*exprs)(**{name: arrays[name] for name in arrays if name in read})


@given(selector_einsums())
def test_values_are_those_of_the_selectors_multiplied_out(case):
    expr, arrays = case
    found = evaluate(arrays, expr)
    assert np.array_equal(found, plain_value(expr, arrays, {}))


@given(selector_einsums(), selector_einsums())
def test_sums_of_einsums_with_selectors(one, other):
    (expr, arrays), (second, more) = one, other
    if expr.shape != second.shape or any(
        arrays[name].shape != more[name].shape for name in arrays.keys() & more.keys()
    ):
        return
    total, given_arrays = 2 * expr - second, arrays | more
    assert np.array_equal(evaluate(given_arrays, total), plain_value(total, given_arrays, {}))


@given(selector_einsums())
def test_derivatives_are_those_of_the_selectors_multiplied_out(case):
    expr, arrays = case
    total = eg.sum(expr**2) if expr.shape else expr**2
    for name, array in arrays.items():
        variable = Variable(name, array.shape)
        for derivative in (eg.grad(total, variable), eg.hessian(total, variable)):
            found = evaluate(arrays, derivative)
            assert np.array_equal(found, plain_value(derivative, arrays, {}))


@given(selector_einsums(), st.sampled_from(["F", "strided", "reversed"]))
def test_arrays_of_any_layout_and_no_result_shares_with_them(case, layout):
    expr, arrays = case
    laid = {name: laid_out(array, layout) for name, array in arrays.items()}
    kept = {name: array.copy() for name, array in arrays.items()}
    found = np.asarray(evaluate(laid, expr))
    assert np.array_equal(found, plain_value(expr, arrays, {}))
    if found.flags.writeable and found.size:
        found[...] = 7
        assert np.all(found == 7)
    assert all(np.array_equal(laid[name], array) for name, array in kept.items())


def laid_out(array, order):
    """Return the same entries with another layout in memory."""
    if order == "F":
        return np.asfortranarray(array)
    flip = tuple(slice(None, None, -1 if order == "reversed" else 2) for _ in array.shape)
    if order == "reversed":
        return np.ascontiguousarray(array[flip])[flip]
    wide = np.zeros([2 * size for size in array.shape])
    wide[flip] = array
    return wide[flip]


x = Variable("x", ("n",))
DIFFERENCES = viewed(x, 0, [linear((1, "n"), (-1, 1))], [1], 1) - viewed(
    x, 0, [linear((1, "n"), (-1, 1))], [1], 0
)


def steps_of(expr, **arrays):
    compiled = eg.compile(expr)
    compiled(**arrays)
    return compiled.program.steps


def test_slices_are_read_only_views_of_the_input():
    array = np.arange(9.0)
    view = eg.compile(viewed(x, 0, [4], [-2], 7))(x=array)
    assert np.shares_memory(view, array)
    assert not view.flags.writeable
    assert view.tolist() == [7, 5, 3, 1]


def test_windows_are_views_of_the_input():
    array = np.arange(9.0)
    view = eg.compile(viewed(x, 0, [7, 3], [1, 1], 0))(x=array)
    assert np.shares_memory(view, array)
    assert np.array_equal(view, np.lib.stride_tricks.sliding_window_view(array, 3))


def test_no_selector_is_multiplied_out():
    energy = eg.sum(DIFFERENCES**2)
    for expr in (energy, eg.grad(energy, x), placed(x, 0, linear((1, "n"), (1, 3)), 1, 2)):
        compiled = eg.compile(expr)
        compiled(x=np.arange(1000.0))
        assert not any(isinstance(step, Fill) for step in compiled.program.steps)
        assert compiled.program.peak_bytes < 8 * 1000 * 6


@pytest.mark.parametrize("index", [2, 5])
def test_an_index_that_has_no_place_is_an_error_that_says_so(index):
    entry = viewed(x, 0, [], [], index, checked=True)
    assert eg.compile(entry)(x=np.arange(6.0)) == index
    with pytest.raises(IndexError, match=f"index {index} .* dim n, which has size 2"):
        eg.compile(entry)(x=np.zeros(2))
    with pytest.raises(eg.EinsgradError):
        eg.compile(entry)(x=np.zeros(2))


def test_a_compiled_entry_is_checked_for_every_size():
    entry = eg.compile(viewed(x, 0, [], [], 3, checked=True))
    assert entry(x=np.arange(6.0)) == 3
    with pytest.raises(IndexError, match="index 3"):
        entry(x=np.zeros(2))


def test_a_slice_of_fewer_entries_than_it_leaves_out_is_an_error():
    with pytest.raises(eg.ShapeError, match="n-1"):
        eg.compile(DIFFERENCES)(x=np.zeros(0))


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (5, 5)])
@pytest.mark.parametrize("offset", [-1, 0, 1, 2])
def test_diagonals_of_rectangles_are_written_to_their_places(shape, offset):
    array = whole_numbers(shape)
    diagonal = np.diagonal(array, offset)
    weights = np.arange(1.0, len(diagonal) + 1)
    found = eg.grad(lambda m: np.sum(np.diagonal(m, offset) * weights))(array)
    expected = np.zeros(shape)
    places = np.arange(len(weights))
    expected[places - min(offset, 0), places + max(offset, 0)] = weights
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(("shape", "kernel"), [((2, 9, 8, 3), 3), ((8, 34, 33, 8), 4)])
@pytest.mark.parametrize(("stride", "dilation", "padding"), [(1, 1, 0), (2, 1, 1), (1, 2, 3)])
def test_convolutions_of_images_and_their_adjoints(shape, kernel, stride, dilation, padding):
    x, w = whole_numbers(shape), whole_numbers((kernel, kernel, shape[-1], 2))
    places = [range(0, size + 2 * padding - dilation * (kernel - 1), stride) for size in shape[1:3]]
    wide = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    rows, columns = map(len, places)
    g = whole_numbers((shape[0], rows, columns, 2))
    value, by_x, by_w = np.zeros(g.shape), np.zeros(wide.shape), np.zeros(w.shape)
    for k, m in np.ndindex(kernel, kernel):
        rows_at, columns_at = np.array(places[0]) + dilation * k, np.array(places[1]) + dilation * m
        part = wide[:, rows_at][:, :, columns_at]
        value += part @ w[k, m]
        by_w[k, m] = np.einsum("bijc,bijo->co", part, g)
        by_x[:, rows_at[:, None], columns_at] += g @ w[k, m].T
    inner = slice(padding, -padding or None)
    form = [f"{stride}{i}+{dilation}{k}-{padding}" for i, k in ("ik", "jl")]
    string = f"b({form[0]})({form[1]})c"
    sizes = {"i": rows, "j": columns}
    assert np.array_equal(eg.einsum(f"{string},klco->bijo", x, w, sizes=sizes), value)
    image, kernels = Variable("x", shape), Variable("w", w.shape)
    G = Variable("g", g.shape)
    energy = eg.sum(eg.einsum(f"{string},klco->bijo", image, kernels, sizes=sizes) * G)
    by_image, by_kernels = eg.compile(eg.grad(energy, image), eg.grad(energy, kernels))(
        x=x, w=w, g=g
    )
    assert np.array_equal(by_image, by_x[:, inner, inner])
    assert np.array_equal(by_kernels, by_w)


@pytest.mark.parametrize("strides", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
@pytest.mark.parametrize("sizes", [(6, 3), (3, 6), (200, 300)])
@pytest.mark.parametrize("padding", [0, 2])
def test_windows_of_a_vector_that_run_either_way(strides, sizes, padding):
    lowest = sum(min(0, s * (n - 1)) for s, n in zip(strides, sizes, strict=True))
    selector = Affine(sum(sizes) - 1 - padding, sizes, strides, -lowest - padding // 2)
    vector, weights = Variable("x", selector.shape[:1]), Variable("w", sizes[1:])
    lists = ((0, 1, 2), (0,), (2,))
    expr = build_einsum(Subscripts(lists, (1,)), (selector, vector, weights))
    arrays = {"x": whole_numbers(vector.shape), "w": whole_numbers(weights.shape)}
    places = np.add.outer(*(s * np.arange(n) for s, n in zip(strides, sizes, strict=True)))
    places += padding - lowest - padding // 2
    expected = np.pad(arrays["x"], padding)[places] @ arrays["w"]
    assert np.array_equal(eg.compile(expr)(**arrays), expected)


def test_a_gradient_of_differences_takes_no_more_than_by_hand():
    array = np.arange(1e6)
    compiled = eg.compile(eg.grad(eg.sum(DIFFERENCES**2), x))
    assert bytes_in(compiled, x=array) < 3.1 * array.nbytes


def test_a_full_convolution_never_has_all_products_side_by_side():
    g, w = Variable("g", ("n",)), Variable("w", ("k",))
    compiled = eg.compile(eg.einsum("i,k->(i+k)", g, w))
    values = {"g": whole_numbers((2000,)), "w": whole_numbers((1000,))}
    assert np.array_equal(compiled(**values), np.convolve(values["g"], values["w"]))
    assert compiled.program.peak_bytes < 8 * 2000 * 10


def test_parts_of_an_array_need_no_zeros_below_them():
    parts = [placed(Variable(name, (3,)), 0, 9, 1, 3 * k) for k, name in enumerate("abc")]
    compiled = eg.compile(parts[0] + parts[1] - parts[2])
    arrays = {name: np.arange(3.0) + ord(name) for name in "abc"}
    expected = np.concatenate([arrays["a"], arrays["b"], -arrays["c"]])
    assert np.array_equal(compiled(**arrays), expected)
    assert "np.zeros" not in compiled.source


def test_parts_that_two_axes_tell_apart_need_no_zeros():
    a, b, c = (
        Variable(name, shape) for name, shape in zip("abc", [(2, 3), (2, 4), (1, 7)], strict=True)
    )
    total = placed(placed(a, 1, 7, 1, 0) + placed(b, 1, 7, 1, 3), 0, 3, 1, 0)
    total = total + placed(c, 0, 3, 1, 2)
    compiled = eg.compile(total)
    arrays = {one.name: whole_numbers(one.shape) for one in (a, b, c)}
    expected = np.vstack([np.hstack([arrays["a"], arrays["b"]]), arrays["c"]])
    assert np.array_equal(compiled(**arrays), expected)
    assert "np.zeros" not in compiled.source


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize(
    ("string", "shapes"),
    [
        ("i,k->(i+k)", [(5,), (3,)]),
        ("bijo,klco->b(2i+k)(2j+l)c", [(2, 4, 4, 3), (3, 3, 2, 3)]),
        ("b(i+k)(j+l)c,klco->bijo", [(8, 40, 40, 8), (3, 3, 8, 3)]),
    ],
)
def test_what_numpy_loops_over_is_one_product_for_other_libraries(library, string, shapes):
    arrays = [whole_numbers(shape) for shape in shapes]
    compiled = eg.compile(string)
    expected = compiled(*arrays)
    assert np.array_equal(run(compiled, library, arrays), expected)


@pytest.mark.parametrize("number", [2, -3, 0.5])
def test_numbers_without_an_array_that_stand_at_two_places_are_kept(number):
    (x,) = eg.variables("x[3]")
    f = eg.compile(eg.jacobian(number * np.stack([x, x]), x), inputs=(x,))
    assert np.array_equal(f(np.ones(3)), number * np.stack([np.eye(3), np.eye(3)]))


MULTIPLES = st.sampled_from([1, -1, 2, -2, 4, -4, 3, 6, 0.5, -0.5, 1.5, 0.25])


@given(
    st.lists(st.tuples(MULTIPLES, st.integers(0, 3)), min_size=1, max_size=5),
    st.lists(st.tuples(MULTIPLES, st.integers(0, 3)), min_size=1, max_size=5),
    st.booleans(),
)
def test_multiples_of_one_array_at_many_places(seen, written, is_kept):
    x = whole_numbers((9,))

    def spread(x):
        made = sum(number * x[shift : shift + 6] for number, shift in seen) ** 2
        total = sum(number * np.pad(made, (s, 3 - s)) for number, s in written)
        return (total, made) if is_kept else (total,)

    variable = Variable("x", (9,))
    found = eg.compile(*spread(variable), inputs=(variable,))(x)
    for one, wanted in zip(found if is_kept else [found], spread(x), strict=True):
        assert np.array_equal(one, wanted)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: eg.sum((x[2:] - x[:-2]) ** 2),
        lambda x: eg.sum((x[2:] - 2 * x[1:-1] + x[:-2]) ** 2),
        lambda x: eg.sum((4 * x[1:-1] - x[2:] - x[:-2] - x[:-2]) ** 2),
    ],
)
def test_multiples_are_written_into_what_is_dead(loss):
    array = np.arange(1e6)
    x = Variable("x", array.shape)
    compiled = eg.compile(eg.grad(loss(x), x), inputs=(x,))
    assert bytes_in(compiled, array) < 2.1 * array.nbytes


@pytest.mark.parametrize(("count", "is_long"), [(100, True), (5, False)])
def test_no_loop_runs_over_a_short_axis_if_another_is_long(count, is_long):
    points = Variable("x", (count, 3))
    compiled = eg.compile(eg.sum((points[:, None] - points) ** 2, -1))
    array = whole_numbers((count, 3))
    assert np.array_equal(compiled(x=array), ((array[:, None] - array) ** 2).sum(-1))
    assert ("order='C'" in compiled.source) == is_long


def test_entries_of_a_sum_are_looked_up_before_it_is_added():
    places, labels = 3 * np.arange(40) % 40, np.arange(40) ** 2 % 7
    scores = Variable("z", (40, 7))
    compiled = eg.compile(eg.sum(eg.log_softmax(scores)[places, labels]))
    z = whole_numbers((40, 7))
    logs = z - np.log(np.exp(z).sum(1, keepdims=True))
    np.testing.assert_allclose(compiled(z=z), logs[places, labels].sum())
    # The exponents and their exponentials.
    assert [step.target.size for step in compiled.program.steps].count(z.size) == 2


@pytest.mark.parametrize(
    "places", [np.arange(39), np.arange(1, 40), np.arange(40)[::-1], np.arange(0, 40, 3)]
)
def test_entries_of_rows_that_are_a_slice_are_no_diagonal_of_all_pairs(places):
    labels = np.arange(len(places)) ** 2 % 7
    scores, z = Variable("z", (40, 7)), whole_numbers((40, 7))
    compiled = eg.compile(eg.sum(scores[places, labels] ** 2))
    assert compiled(z=z) == (z[places, labels] ** 2).sum()
    assert max(step.target.size for step in compiled.program.steps) <= z.size
    gradient = np.zeros((40, 7))
    np.add.at(gradient, (places, labels), 2 * z[places, labels])
    assert np.array_equal(
        eg.compile(eg.grad(eg.sum(scores[places, labels] ** 2), scores))(z=z), gradient
    )


def test_multiples_of_entries_that_have_no_axes():
    array = whole_numbers((4,))
    x = Variable("x", (4,))
    assert eg.compile(2 * x[1] + x[0] - 3 * x[3] * x[3])(x=array) == 2 * array[1] + array[0] - 3 * (
        array[3] ** 2
    )
    total = eg.sum(x * x)
    ends = zip([2, 4, -4], [(0, 3), (1, 2), (2, 1)], strict=True)
    spread = sum(number * np.pad(total[None], end) for number, end in ends)
    square = array.dot(array)
    assert np.array_equal(eg.compile(spread)(x=array), np.array([2.0, 4, -4, 0]) * square)


def test_joined_arrays_that_sum_nothing_are_zero():
    B, y = eg.variables("B[n,n] y[n]")
    empty = (B[:, :-2].T @ y)[:, None]
    joined = eg.sum(np.concatenate([empty, empty], axis=1))
    assert evaluate_expr(joined, {"B": np.ones((2, 2)), "y": np.ones(2)}) == 0
