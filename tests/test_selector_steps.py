"""Steps, look-ups and transforms in programs: values against numpy, memory, what is refused."""

import random
from itertools import product

import numpy as np
import pytest
from library_code import run
from plain import plain_value

import einsgrad as eg
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.nodes import Pick, Places, Variable
from einsgrad.expressions.selectors import Affine, Fourier, Integers, Step
from einsgrad.expressions.walks import variables_in
from einsgrad.strings.subscripts import Subscripts

SIZES = {"a": 2, "b": 3, "c": 4, "d": 3, "e": 2, "f": 4, "g": 1}


def einsum(string, *operands):
    """Build an einsum of selectors and other operands."""
    inputs, output = string.split("->")
    return build_einsum(Subscripts(tuple(map(tuple, inputs.split(","))), tuple(output)), operands)


def compiled(expr, **arrays):
    """Return what a program computes, and the program."""
    f = eg.compile(expr)
    return f(**arrays), f


def whole(*shape, seed=0):
    """Return floats that are integers, so that sums are exact."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(float)


class Drawing:
    """A random product of selectors and arrays."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.arrays, self.factors = {}, []
        self.labels = self.random.sample(sorted(SIZES), self.random.randint(2, 5))

    def draw(self):
        """Return an einsum, and arrays for its variables."""
        for place in range(self.random.randint(1, 3)):
            kind = self.random.choice([self.step, self.look_up, self.look_up, self.transform])
            kind(f"i{place}")
        for place in range(self.random.randint(0, 3)):
            labels = self.some(self.random.randint(0, 3))
            self.add(self.given(f"x{place}", labels), labels)
        self.random.shuffle(self.factors)
        used = sorted({x for _, labels in self.factors for x in labels})
        output = self.random.sample(used, self.random.randint(0, min(4, len(used))))
        lists = tuple(tuple(labels) for _, labels in self.factors)
        expr = build_einsum(Subscripts(lists, tuple(output)), [one for one, _ in self.factors])
        return expr, self.arrays

    def some(self, count):
        return [self.random.choice(self.labels) for _ in range(count)]

    def add(self, node, labels):
        self.factors.append((node, labels))

    def given(self, name, labels):
        shape = tuple(SIZES[x] for x in labels)
        self.arrays[name] = self.numbers.integers(-5, 6, shape).astype(float)
        return Variable(name, shape)

    def step(self, _):
        rows, columns = labels = self.some(2)
        self.add(Step(SIZES[rows], SIZES[columns], self.random.randint(-4, 4)), labels)

    def transform(self, _):
        (first,) = self.some(1)
        second = self.random.choice([x for x in self.labels if SIZES[x] == SIZES[first]])
        self.add(Fourier(SIZES[first], self.random.random() < 0.5), [first, second])

    def look_up(self, name):
        target, *labels = self.some(self.random.randint(1, 3))
        shape, size = tuple(SIZES[x] for x in labels), SIZES[target]
        integers = self.numbers.integers(-size, size, shape)
        if self.random.random() < 0.4:
            node = Integers(shape, tuple(integers.ravel().tolist()))
        else:
            node = Variable(name, shape)
            self.arrays[name] = integers
        self.add(Pick(size, node), [target, *labels])


def check_values(drawing, seeds):
    """Compare random products with the products of their dense arrays."""
    for seed in seeds:
        expr, arrays = drawing(seed).draw()
        expected, found = plain_value(expr, arrays, {}), evaluate_expr(expr, arrays)
        assert np.shape(found) == np.shape(expected), seed
        assert np.allclose(found, expected), seed


@pytest.mark.parametrize("block", range(10))
def test_random_products_of_selectors_have_the_value_of_their_dense_arrays(block):
    check_values(Drawing, range(60 * block, 60 * block + 60))


OFFSETS = [-9, -2, -1, 0, 1, 2, 9]
SHAPES = [(5, 5), (3, 6), (6, 3), (1, 4), (4, 1), (0, 3), (3, 0)]


@pytest.mark.parametrize(("shape", "offset"), list(product(SHAPES, OFFSETS)))
def test_a_step_is_a_triangle_of_a_matrix_and_a_running_sum_of_a_vector(shape, offset):
    rows, columns = shape
    step, mask = Step(rows, columns, offset), np.tri(rows, columns, -offset)
    A, x, y = Variable("A", shape), Variable("x", (columns,)), Variable("y", (rows,))
    a, b, c = whole(*shape), whole(columns), whole(rows)
    assert (evaluate_expr(einsum("rc,rc->rc", step, A), {"A": a}) == np.tril(a, -offset)).all()
    assert (evaluate_expr(einsum("rc,c->r", step, x), {"x": b}) == mask @ b).all()
    assert (evaluate_expr(einsum("rc,r->c", step, y), {"y": c}) == c @ mask).all()
    assert (evaluate_expr(einsum("rc->r", step), {}) == mask.sum(1)).all()
    assert evaluate_expr(einsum("rc->", step), {}) == mask.sum()
    assert (evaluate_expr(step, {}) == mask).all()


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("labels", ["rbc", "brc", "bcr", "crb", "cbr", "rcb"])
def test_a_triangle_stands_in_any_two_axes_and_keeps_the_dtype(labels, dtype):
    sizes = {"r": 3, "b": 2, "c": 4}
    shape = tuple(sizes[x] for x in labels)
    a = whole(*shape).astype(dtype)
    A = Variable("A", shape, frozenset({"complex"}) if dtype[0] == "c" else frozenset())
    found, f = compiled(einsum(f"rc,{labels}->{labels}", Step(3, 4, 0), A), A=a)
    expected = np.einsum(f"rc,{labels}->{labels}", np.tri(3, 4), a)
    assert found.dtype == dtype
    assert (found == expected).all()
    # No array of steps, of 8 bytes for each entry, is multiplied.
    assert len(f.program.steps) == 1


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_running_sums_and_transforms_run_along_any_axis(axis, dtype):
    a = whole(3, 4, 5).astype(dtype)
    A = Variable("A", a.shape, frozenset({"complex"}) if dtype[0] == "c" else frozenset())
    size, labels = a.shape[axis], "abc"
    output = labels.replace(labels[axis], "t")
    running = einsum(f"t{labels[axis]},{labels}->{output}", Step(size, size, 0), A)
    found = evaluate_expr(running, {"A": a})
    assert found.dtype == dtype
    assert (found == np.cumsum(a, axis)).all()
    for conjugated in (False, True):
        node = Fourier(size, conjugated)
        found = evaluate_expr(einsum(f"t{labels[axis]},{labels}->{output}", node, A), {"A": a})
        expected = (
            np.fft.ifft(a, axis=axis, norm="forward") if conjugated else np.fft.fft(a, axis=axis)
        )
        assert found.dtype == expected.dtype
        assert (found == expected).all()


def test_a_running_sum_and_its_gradient_take_memory_of_the_vector():
    n = 10_000
    x = Variable("x", ("n",))
    running = einsum("rc,c->r", Step("n", "n", 0), x)
    for expr in (running, eg.grad(eg.sum(running**2), x)):
        found, f = compiled(expr, x=np.ones(n))
        assert f.program.peak_bytes <= 5 * 8 * n
    assert (found == 2 * np.cumsum(np.arange(1.0, n + 1)[::-1])[::-1]).all()


def test_what_makes_a_running_sum_smaller_comes_before_it():
    A, x = Variable("A", (50, 40)), Variable("x", (40,))
    _, f = compiled(einsum("rc,cd,d->r", Step(50, 50, 0), A, x), A=whole(50, 40), x=whole(40))
    assert f.program.peak_bytes < 8 * (50 * 40 + 40 + 150)


def test_a_bounded_product_is_made_first_where_that_is_smaller():
    q, k, v = (whole(30, 20, seed=seed) for seed in range(3))
    Q, K, V = (Variable(name, (30, 20)) for name in "QKV")
    node = einsum("qd,kd,qk,ke->qe", Q, K, Step(30, 30, 0), V)
    found, f = compiled(node, Q=q, K=k, V=v)
    assert (found == np.tril(q @ k.T) @ v).all()
    assert f.program.peak_bytes < 8 * (4 * 600 + 3 * 900)


TABLE, LABELS = whole(5, 3), np.array([0, 4, -1, 2, 2, -5])


@pytest.mark.parametrize("kind", ["i1", "i4", "i8", "u1", "u8"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16"])
def test_rows_of_a_table_are_taken_and_their_gradient_is_added_up(dtype, kind):
    labels = LABELS % 5 if kind[0] == "u" else LABELS
    labels, table = labels.astype(kind), TABLE.astype(dtype)
    W = Variable("W", ("v", "d"), frozenset({"complex"}) if dtype[0] == "c" else frozenset())
    i = Variable("i", ("n",))
    found, _ = compiled(einsum("vn,vd->nd", Pick("v", i), W), W=table, i=labels)
    assert found.dtype == dtype
    assert (found == table[labels]).all()
    given = whole(6, 3).astype(dtype)
    G = Variable("G", ("n", "d"), W.traits)
    added, _ = compiled(einsum("vn,nd,ve->ed", Pick("v", i), G, W), W=table, i=labels, G=given)
    total = np.zeros((5, 3), dtype)
    np.add.at(total, labels, given)
    assert added.dtype == dtype
    assert (added == table.T @ total).all()


def test_integers_that_share_labels_are_looked_up_together():
    a, rows, columns = whole(5, 4, 6), np.array([0, -1, 3]), np.array([[1], [-4]])
    A, i, j = Variable("A", a.shape), Variable("i", (3,)), Variable("j", (2, 1))
    for string, expected in {
        "ax,cy,abc->xby": a[rows][:, :, rows % 6],
        "ax,cx,abc->xb": a[rows, :, rows],
        "ax,cx,abc->bx": a[rows, :, rows].T,
        "ax,bx,abc->xc": a[rows, rows],
        "ax,bx,abc->c": a[rows, rows].sum(0),
    }.items():
        picks = [Pick(a.shape["abc".index(x)], i) for x in (string[0], string[3])]
        assert (evaluate_expr(einsum(string, *picks, A), {"A": a, "i": rows}) == expected).all()
    node = einsum("bxy,abc->xayc", Pick(4, j), A)
    assert (evaluate_expr(node, {"A": a, "j": columns}) == np.moveaxis(a[:, columns], 0, 1)).all()


def test_entries_of_rows_are_picked_by_one_index_and_their_gradient_is_stored():
    scores, labels = whole(6, 5), LABELS
    L, i = Variable("L", ("n", "v")), Variable("i", ("n",))
    picked = einsum("vn,nv->n", Pick("v", i), L)
    found, f = compiled(picked, L=scores, i=labels)
    assert (found == scores[np.arange(6), labels]).all()
    assert len(f.program.steps) == 1
    gradient, _ = compiled(eg.grad(eg.sum(picked**2), L), L=scores, i=labels)
    expected = np.zeros((6, 5))
    expected[np.arange(6), labels] = 2 * found
    assert (gradient == expected).all()


@pytest.mark.parametrize("string", ["vn,n->nv", "vn,n->vn"])
@pytest.mark.parametrize("number", [1, -1, 2.5])
def test_what_is_added_at_some_places_goes_onto_the_sum(string, number):
    shape = (6, 5) if string[-1] == "v" else (5, 6)
    L, y, i = Variable("L", shape), Variable("y", (6,)), Variable("i", (6,))
    expr = L**3 + number * einsum(string, Pick(5, i), y)
    given, values = whole(*shape), whole(6)
    _, f = found = compiled(expr, L=given, y=values, i=LABELS)
    expected = (given**3).T if string[-1] == "n" else given**3
    expected[np.arange(6), LABELS] += number * values
    assert (found[0] == (expected.T if string[-1] == "n" else expected)).all()
    assert "zeros" not in f.source


def test_a_sum_is_not_changed_where_it_is_needed_again():
    L, y, i = Variable("L", (6, 5)), Variable("y", (6,)), Variable("i", (6,))
    added = L + einsum("vn,n->nv", Pick(5, i), y)
    given = whole(6, 5)
    first, second = eg.compile(L, added)(L=given, y=np.ones(6), i=LABELS)
    assert (first == given).all()
    assert (given == whole(6, 5)).all()
    assert (second - first).sum() == 6


def test_a_look_up_by_itself_is_a_one_hot_code_and_two_are_compared():
    i, j = Variable("i", (6,)), Variable("j", (2, 2))
    code = evaluate_expr(Pick(5, i), {"i": LABELS})
    assert (code == (np.arange(5)[:, None] == LABELS % 5)).all()
    other = np.array([[4, -5], [2, 1]])
    met = einsum("va,vbc->abc", Pick(5, i), Pick(5, j))
    found = evaluate_expr(met, {"i": LABELS, "j": other})
    assert (found == (LABELS[:, None, None] % 5 == other % 5)).all()
    counts = evaluate_expr(einsum("va->v", Pick(5, i)), {"i": LABELS})
    assert (counts == np.bincount(LABELS % 5, minlength=5)).all()


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (3,), (2, 3)])
def test_integers_may_have_any_shape(shape):
    integers = np.random.default_rng(1).integers(-5, 5, shape)
    W, i = Variable("W", (5, 3)), Variable("i", shape)
    labels = "xy"[: len(shape)]
    taken = einsum(f"v{labels},vd->{labels}d", Pick(5, i), W)
    assert (evaluate_expr(taken, {"W": TABLE, "i": integers}) == TABLE[integers]).all()
    given = whole(*shape, 3)
    G = Variable("G", (*shape, 3))
    expected = np.zeros((5, 3))
    np.add.at(expected, integers, given)
    added = einsum(f"v{labels},{labels}d->vd", Pick(5, i), G)
    assert (evaluate_expr(added, {"G": given, "i": integers}) == expected).all()


@pytest.mark.parametrize("wrong", [5, -6, 100])
def test_an_integer_that_leaves_the_axis_is_an_error_that_says_so(wrong):
    W, i, y = Variable("W", ("v", "d")), Variable("i", ("n",)), Variable("y", ("n",))
    integers = np.array([0, wrong])
    look_up = einsum("vn,vd->nd", Pick("v", i), W)
    add_up = einsum("vn,n->v", Pick("v", i), y)
    one_hot = einsum("vn,n->nv", Pick("v", i), y)
    known = Pick(5, Integers((2,), (0, wrong)))
    for call in (
        lambda: eg.compile(look_up)(W=TABLE, i=integers),
        lambda: eg.compile(add_up, sizes={"v": 5})(y=np.ones(2), i=integers),
        lambda: eg.compile(one_hot, sizes={"v": 5})(y=np.ones(2), i=integers),
        lambda: evaluate_expr(known, {}),
        lambda: evaluate_expr(einsum("vn,vd->nd", known, Variable("W", (5, 3))), {"W": TABLE}),
    ):
        with pytest.raises(IndexError, match=rf"index {wrong} is out of bounds.*size 5") as caught:
            call()
        assert isinstance(caught.value, eg.EinsgradError)


@pytest.mark.parametrize(("given", "remedy"), [([0.0, 1.0], "astype"), ([True, False], "nonzero")])
def test_an_index_that_holds_no_integers_is_refused(given, remedy):
    W, i = Variable("W", ("v", "d")), Variable("i", ("n",))
    for family in (eg.DtypeError, IndexError):
        with pytest.raises(family, match=rf"i\[n\] is an index.*{remedy}"):
            eg.compile(einsum("vn,vd->nd", Pick("v", i), W))(W=TABLE, i=np.array(given))


def test_an_index_changes_no_dtype_and_may_be_a_number_too():
    W, i = Variable("W", ("v", "d")), Variable("i", ("n",))
    table, labels = TABLE.astype("f4"), np.array([1, 3])
    looked_up = einsum("vn,vd->nd", Pick("v", i), W)
    both = einsum("n,nd->d", i, looked_up)
    found, _ = compiled(looked_up + 1, W=table, i=labels)
    assert found.dtype == "f4"
    assert (found == table[labels] + 1).all()
    assert (evaluate_expr(both, {"W": table, "i": labels}) == labels @ TABLE[labels]).all()


@pytest.mark.parametrize("name", ["argmax", "argmin", "argsort"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_places_are_those_of_numpy_and_the_first_of_equals(name, axis):
    a = np.random.default_rng(0).integers(0, 3, (3, 4, 5)).astype(float)
    node = Places(name, Variable("A", a.shape), axis)
    kind = {"kind": "stable"} if name == "argsort" else {}
    found = evaluate_expr(node, {"A": a})
    assert found.dtype.kind == "i"
    assert (found == getattr(np, name)(a, axis=axis, **kind)).all()


def test_a_look_up_at_computed_places_is_a_sort():
    a = whole(7)
    x = Variable("x", (7,))
    ordered = einsum("tn,t->n", Pick(7, Places("argsort", x, 0)), x)
    assert (evaluate_expr(ordered, {"x": a}) == np.sort(a)).all()


@pytest.mark.parametrize("seed", range(40))
def test_gradients_of_products_with_selectors_are_difference_quotients(seed):
    expr, arrays = Drawing(1000 + seed).draw()
    floats = {name for name, array in arrays.items() if array.dtype.kind == "f"}
    variables = [v for v in variables_in(expr) if v.name in floats]
    if expr.is_complex or not variables:
        return
    # A product is linear in each factor, so the quotient is exact for integers.
    for x in variables:
        derivative = evaluate_expr(eg.grad(eg.sum(expr), x), arrays)
        for place in np.ndindex(arrays[x.name].shape):
            moved = dict(arrays)
            moved[x.name] = arrays[x.name].copy()
            moved[x.name][place] += 1
            change = plain_value(expr, moved, {}).sum() - plain_value(expr, arrays, {}).sum()
            assert derivative[place] == change


def computed_by(library, f, arrays):
    """Return what the code for a library computes."""
    found = run(f, library, arrays)
    assert "np." not in f.code(library).replace("jnp.", "")
    return found


def check_code(library, drawing, seeds):
    """Compare what the code for a library computes of random products with numpy's."""
    for seed in seeds:
        expr, arrays = drawing(seed).draw()
        f = eg.compile(expr, inputs=variables_in(expr))
        given = [arrays[name] for name in f.variables]
        expected = f(*given)
        found = computed_by(library, f, given)
        assert found.shape == np.shape(expected), seed
        assert np.allclose(found, expected), seed


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("block", range(4))
def test_code_for_other_libraries_gives_the_same(library, block):
    check_code(library, Drawing, range(2000 + 8 * block, 2008 + 8 * block))


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_places_triangles_and_losses_have_code_for_other_libraries(library):
    A, L, i = Variable("A", (3, 4, 4)), Variable("L", (6, 5)), Variable("i", (6,))
    picked = einsum("vn,nv->n", Pick(5, i), L)
    loss = eg.mean(eg.logsumexp(L, axis=1) - picked)
    a, scores = whole(3, 4, 4), whole(6, 5)
    for expr, arrays in (
        (Places("argsort", A, 1), [a]),
        (Places("argmax", A, 2), [a]),
        (einsum("rc,rbc->cbr", Step(4, 4, 1), Variable("A", (4, 3, 4))), [a.transpose(1, 0, 2)]),
        (einsum("rc,rbc->cbr", Step(3, 4, -1), A), [a]),
        (loss, [scores, LABELS.astype("i4")]),
        (eg.grad(loss, L), [scores, LABELS]),
        (L**2 + einsum("vn,n->nv", Pick(5, i), picked), [scores, LABELS]),
        (L.T**2 + einsum("vn,n->vn", Pick(5, i), picked), [scores, LABELS]),
    ):
        variables = [v for v in (A, L, i) if v.name in eg.compile(expr).variables]
        f = eg.compile(expr)
        assert f.variables == tuple(v.name for v in variables)
        expected = f(**dict(zip(f.variables, arrays, strict=True)))
        assert np.allclose(computed_by(library, f, arrays), expected)


def test_no_places_may_be_looked_up_in_an_axis_without_entries():
    value, pullback = eg.vjp(lambda x: x[:, np.array([], dtype=int)], np.zeros((0, 0)))
    assert value.shape == (0, 0)
    assert pullback(np.zeros((0, 0)))[0].shape == (0, 0)


class MixedDrawing(Drawing):
    """A random product that has affine selectors too."""

    def transform(self, name):
        if self.random.random() < 0.3:
            super().transform(name)
            return
        target, *sources = labels = self.some(self.random.randint(1, 3))
        strides = tuple(self.random.choice([-2, -1, 1, 1, 2]) for _ in sources)
        offset = self.random.randint(-2, 3)
        node = Affine(SIZES[target], tuple(SIZES[x] for x in sources), strides, offset)
        self.add(node, labels)


@pytest.mark.parametrize("block", range(10))
def test_selectors_of_all_kinds_may_meet(block):
    check_values(MixedDrawing, range(60 * block, 60 * block + 60))


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("block", range(4))
def test_code_for_other_libraries_sees_and_writes_shifted_places(library, block):
    check_code(library, MixedDrawing, range(3000 + 6 * block, 3006 + 6 * block))


WINDOWS = {
    "slice": Affine(9, (4,), (2,), 1),
    "back": Affine(9, (4,), (-2,), 7),
    "entry": Affine(9, (), (), 3),
    "padded": Affine(9, (13,), (1,), -2),
    "cropped": Affine(9, (3,), (3,), -1),
    "outside": Affine(9, (3,), (1,), 12),
    "windows": Affine(9, (4, 3), (2, 1), 1),
    "dilated": Affine(9, (4, 3), (1, 2), -1),
    "split": Affine(9, (3, 3), (3, 1), 0),
}


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("name", WINDOWS)
def test_windows_and_their_adjoints_have_code_for_other_libraries(name, library):
    selector = WINDOWS[name]
    own = "ik"[: len(selector.sources)]
    A = Variable("A", (2, 9, 2))
    Y = Variable("Y", (2, *selector.sources, 2))
    seen = einsum(f"t{own},atb->a{own}b", selector, A)
    written = einsum(f"t{own},a{own}b->atb", selector, Y)
    for expr, array in ((seen, whole(2, 9, 2)), (written, whole(*Y.shape))):
        f = eg.compile(expr, inputs=variables_in(expr))
        expected = f(array)
        found = computed_by(library, f, [array])
        assert found.shape == expected.shape
        assert (found == expected).all()


def test_running_sums_of_slices_and_slices_of_running_sums_form_no_matrix():
    n = 3000
    x = Variable("x", (n,))
    tail = einsum("ti,t->i", Affine(n, (n - 1,), (1,), 1), x)
    running = einsum("rc,c->r", Step(n, n, 0), x)
    both = (
        einsum("rc,tc,t->r", Step(n - 1, n - 1, 0), Affine(n, (n - 1,), (1,), 1), x),
        einsum("rc,c->r", Step(n - 1, n - 1, 0), tail),
        einsum("ri,rc,c->i", Affine(n, (n - 1,), (1,), 1), Step(n, n, 0), x),
        einsum("ri,r->i", Affine(n, (n - 1,), (1,), 1), running),
    )
    values = whole(n)
    for expr, expected in zip(
        both, [np.cumsum(values[1:])] * 2 + [np.cumsum(values)[1:]] * 2, strict=True
    ):
        for one in (expr, eg.grad(eg.sum(expr**2), x)):
            _, f = compiled(one, x=values)
            assert f.program.peak_bytes < 80 * n
        assert (evaluate_expr(expr, {"x": values}) == expected).all()
