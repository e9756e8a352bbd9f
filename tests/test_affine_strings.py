"""Einsum strings with affine labels: their values, ranges, derivatives, forms and errors."""

import pickle
import re

import numpy as np
import pytest
from affine_reference import lists_of, place, plain_affine
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.cli.command import main
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.selectors import Affine
from einsgrad.strings.deltas import as_product, close
from einsgrad.strings.parsing import parse_einsum
from einsgrad.strings.subscripts import Subscripts, fresh_numbers
from einsgrad.testing.affine_strategies import affine_cases
from einsgrad.testing.strategies import arrays


@given(case=affine_cases())
def test_a_string_has_the_value_of_its_definition(case):
    expected = plain_affine(case.string, case.arrays, case.ranges)
    for _ in range(2):
        found = eg.einsum(case.string, *case.arrays, sizes=case.sizes)
        assert np.shape(found) == expected.shape
        assert (found == expected).all()
    compiled = eg.compile(case.string, sizes=case.sizes if "(" in case.string else None)
    assert (compiled(*case.arrays) == expected).all()


@given(case=affine_cases(max_operands=2), data=st.data())
def test_products_with_the_jacobian_are_those_of_the_definition(case, data):
    value = plain_affine(case.string, case.arrays, case.ranges)
    g = data.draw(arrays(value.shape))
    found, pullback = eg.vjp(case.string, *case.arrays, sizes=case.sizes)
    assert (found == value).all()
    moves = [data.draw(arrays(array.shape)) for array in case.arrays]
    tangent = np.zeros(value.shape)
    for position, (array, share) in enumerate(zip(case.arrays, pullback(g), strict=True)):
        jacobian = plain_affine(case.string, case.arrays, case.ranges, without=position)
        assert share.shape == array.shape
        assert (share == np.tensordot(g, jacobian, g.ndim)).all()
        tangent = tangent + np.tensordot(jacobian, moves[position], array.ndim)
        assert (
            eg.jacobian(case.string, position, *case.arrays, sizes=case.sizes) == jacobian
        ).all()
    _, moved = eg.jvp(case.string, case.arrays, moves, sizes=case.sizes)
    assert (moved == tangent).all()


@given(case=affine_cases(max_operands=2), data=st.data())
def test_an_adjoint_string_is_evaluated_as_it_is_printed(case, data):
    value = plain_affine(case.string, case.arrays, case.ranges)
    g = data.draw(arrays(value.shape))
    named = {f"x{place}": array for place, array in enumerate(case.arrays)} | {"g": g}
    shapes = [array.shape for array in case.arrays]
    for position in range(len(case.arrays)):
        derived = eg.adjoint(case.string, position, shapes=shapes, sizes=case.sizes)
        jacobian = plain_affine(case.string, case.arrays, case.ranges, without=position)
        expected = np.tensordot(g, jacobian, g.ndim)
        assert (derived.evaluate(named) == expected).all()
        inputs, output = lists_of(str(derived))
        operands = derived.numpy_operands(named)
        sizes = {k: v for k, v in zip(output, expected.shape, strict=True) if "(" in k}
        letters = set(re.findall("[a-zA-Z]", str(derived)))
        sizes |= {k: v for k, v in case.ranges.items() if k in letters}
        assert [np.ndim(operand) for operand in operands] == list(map(len, inputs))
        assert (eg.einsum(str(derived), *operands, sizes=sizes) == expected).all()


def selector(form, letters, ranges):
    """Write a selector out: 1 where the first index is what the form gives of the others."""
    shape = (ranges[form], *(ranges[letter] for letter in letters))
    result = np.zeros(shape)
    for index in np.ndindex(shape):
        result[index] = index[0] == place(form, dict(zip(letters, index[1:], strict=True)))
    return result


@given(case=affine_cases())
def test_an_affine_label_is_a_plain_one_with_a_selector_behind_the_operands(case):
    equation = parse_einsum(case.string)
    lists = equation.numbered()
    count = len(case.arrays)
    closed = close(as_product(lists), fresh_numbers(lists.labels).__next__)
    assert closed.subscripts.is_normal()
    forms = [(str(form), list(map(str, form.labels))) for form in equation.forms]
    assert [len(indices) for indices in lists.inputs[count:]] == [1 + len(f[1]) for f in forms]
    selectors = [selector(form, letters, case.ranges) for form, letters in forms]
    letters = {label: chr(ord("a") + label) for label in lists.labels}
    # numpy repeats no label in an output.
    if len(set(lists.output)) == len(lists.output):
        text = str(lists.relabel(letters))
        found = np.einsum(text, *case.arrays, *selectors)
        assert (found == plain_affine(case.string, case.arrays, case.ranges)).all()


@given(case=affine_cases(repeated=False))
def test_adjoints_of_normal_strings_are_exchanges_and_come_back(case):
    inputs, output = lists_of(case.string)
    joined = "".join("".join(indices) for indices in [*inputs, output])
    plain = [label for indices in inputs for label in indices if "(" not in label]
    letters = set(re.findall("[a-zA-Z]", joined))
    if any(plain.count(letter) + output.count(letter) < 2 for letter in letters):
        return
    for position in range(len(inputs)):
        lists = ["".join(indices) for indices in inputs]
        lists[position], last = "".join(output), lists[position]
        exchanged = ",".join(lists) + "->" + last
        adjoint = eg.adjoint(case.string, position)
        assert str(adjoint) == exchanged
        assert str(eg.adjoint(str(adjoint), position)) == case.string


TABLE = [
    ("(i+k),k->i", 0, "i,k->(i+k)", ("g", "x1"), "g_i x1_k δ_{j,i+k}"),
    ("(i+k),k->i", 1, "(i+k),i->k", ("x0", "g"), "x0_{i+k} g_i"),
    ("i,k->(i+k)", 0, "(i+k),k->i", ("g", "x1"), "g_{i+k} x1_k"),
    ("i,k->(i+k)", 1, "i,(i+k)->k", ("x0", "g"), "x0_i g_{i+k}"),
    ("(2i+3k-1),k->i", 0, "i,k->(2i+3k-1)", ("g", "x1"), "g_i x1_k δ_{j,2i+3k-1}"),
    ("(2i+3k-1),k->i", 1, "(2i+3k-1),i->k", ("x0", "g"), "x0_{2i+3k-1} g_i"),
    (
        "b(i+k)(j+l)c,klco->bijo",
        0,
        "bijo,klco->b(i+k)(j+l)c",
        ("g", "x1"),
        "g_bijo x1_klco δ_{m,i+k} δ_{n,j+l}",
    ),
    (
        "b(i+k)(j+l)c,klco->bijo",
        1,
        "b(i+k)(j+l)c,bijo->klco",
        ("x0", "g"),
        "x0_{b,i+k,j+l,c} g_bijo",
    ),
    ("(i+1)->i", 0, "i->(i+1)", ("g",), "g_i δ_{j,i+1}"),
    ("i->(i+1)", 0, "(i+1)->i", ("g",), "g_{i+1}"),
    ("(-i+5)->i", 0, "i->(-i+5)", ("g",), "g_i δ_{j,-i+5}"),
    ("(3)j->j", 0, "j->(3)j", ("g",), "g_j δ_{i,3}"),
    ("(i+k)->i", 0, "i,k->(i+k)", ("g", "1"), "Σ_k g_i δ_{j,i+k}"),
    ("i(i+1)->i", 0, "i->i(i+1)", ("g",), "g_i δ_{j,i+1}"),
    ("(i+k)(i+k)->i", 0, "i,k->(i+k)(i+k)", ("g", "1"), "Σ_k g_i δ_{j,i+k} δ_jl"),
    ("...(i+k),k->...i", 0, "...i,k->...(i+k)", ("g", "x1"), "g_...i x1_k δ_{j,i+k}"),
    ("( i + k ) , k", 0, "i,k->(i+k)", ("g", "x1"), "g_i x1_k δ_{j,i+k}"),
    ("(2*i+k), k -> i", 1, "(2i+k),i->k", ("x0", "g"), "x0_{2i+k} g_i"),
    ("(row+col), col -> row", 1, "(r+c),r->c", ("x0", "g"), "x0_{r+c} g_r"),
]


@pytest.mark.parametrize(("string", "wrt", "adjoint", "operands", "index"), TABLE)
def test_adjoints_are_exactly_the_known_ones(string, wrt, adjoint, operands, index):
    derived = eg.adjoint(string, wrt)
    assert str(derived) == derived.subscripts == adjoint
    assert derived.operands == operands
    assert repr(derived) == f'"{adjoint}"({", ".join(operands)})'
    assert derived.index == index


def longest(form, at, size, coefficient):
    """Count from 0 how far an index can run while its places stay within an axis."""
    ahead = coefficient > 0
    return next(
        (n for n in range(100) if not (form(n, at) < size if ahead else form(n, at) >= 0)), 100
    )


@pytest.mark.parametrize("stride", [1, 2, 3, -1, -2])
@pytest.mark.parametrize("dilation", [1, 2, -1])
@pytest.mark.parametrize("shift", [-2, 0, 1, 4])
def test_a_label_runs_as_far_as_all_its_places_exist(stride, dilation, shift):
    sign = "" if dilation < 0 else "+"
    string = f"({stride}i{sign}{dilation}k{shift:+d}),k->i"
    for size in range(1, 9):
        for width in (1, 2, 3):
            farthest = max(
                (k for k in range(width)), key=lambda k: dilation * k * (1 if stride > 0 else -1)
            )
            expected = longest(
                lambda i, k: stride * i + dilation * k + shift, farthest, size, stride
            )
            x, w = np.arange(1.0, size + 1), np.arange(1.0, width + 1)
            room = size - shift - max(dilation * farthest, 0)
            room = room if stride > 0 else shift + 1 + min(dilation * farthest, 0)
            if room < 0:
                with pytest.raises(eg.ShapeError, match=r"leaves an axis of size \d+"):
                    eg.einsum(string, x, w)
                continue
            found = eg.einsum(string, x, w)
            assert found.shape == (expected,)
            ranges = {"i": expected, "k": width}
            assert (found == plain_affine(string, (x, w), ranges)).all()


@pytest.mark.parametrize(
    ("string", "arrays", "sizes", "expected"),
    [
        ("(i+1)->i", ([1, 2, 3],), None, [2, 3]),
        ("i->(i+1)", ([1, 2, 3],), None, [0, 1, 2, 3]),
        ("(i-1)->i", ([1, 2, 3],), None, [0, 1, 2, 3]),
        ("(-i+2)->i", ([1, 2, 3],), None, [3, 2, 1]),
        ("(2i)->i", ([1, 2, 3],), None, [1, 3]),
        ("(1)->", ([1, 2, 3],), None, 2),
        ("->(1)", (5,), None, [0, 5]),
        ("->(1)", (5,), {"(1)": 4}, [0, 5, 0, 0]),
        ("(i)->i", ([1, 2, 3],), {"i": 5}, [1, 2, 3, 0, 0]),
        ("(i)->i", ([1, 2, 3],), {"i": 2}, [1, 2]),
        ("i->(i)", ([1, 2, 3],), {"(i)": 5}, [1, 2, 3, 0, 0]),
        ("i->(i)", ([1, 2, 3],), {"(i)": 2}, [1, 2]),
        ("(i+k)->i", ([1, 2, 3],), {"k": 2}, [3, 5]),
        ("(i+k)->ik", ([1, 2, 3],), {"k": 2}, [[1, 2], [2, 3]]),
        ("i,k->(2i+k)", ([1, 2], [1, 1, 1]), None, [1, 1, 3, 2, 2]),
        ("(2i+3k-1),k->i", ([1, 2, 3, 4], [1, 1]), {"i": 4}, [3, 2, 4, 0]),
        ("(i+k), k", ([1, 2, 3], [1, 1]), None, [3, 5]),
        ("(i+i)->i", ([1, 2, 3],), None, [1, 3]),
        ("i(i+1)->i", ([[1, 2], [3, 4]],), None, [2, 0]),
        ("(i+1),i->i", ([1, 2, 3], [1, 1, 1]), None, [2, 3, 0]),
        ("(row+col),col->row", ([1, 2, 3], [1, 1]), None, [3, 5]),
        ("(2row + col) b, col -> b row", ([[1], [2], [3]], [1, 1]), None, [[3]]),
        ("(i+1)->i", ([],), None, []),
        ("(i+1)->i", ([1],), None, []),
    ],
)
def test_known_strings_have_their_values(string, arrays, sizes, expected):
    found = eg.einsum(string, *map(np.asarray, arrays), sizes=sizes)
    assert np.shape(found) == np.shape(expected)
    assert (found == np.asarray(expected)).all()


def test_an_adjoint_keeps_the_size_of_its_operand():
    x, w = np.arange(11.0), np.array([1.0, -1.0])
    value, pullback = eg.vjp("(3i+k),k->i", x, w)
    assert value.shape == (4,)
    dx, _ = pullback(np.ones(4))
    assert dx.shape == (11,)
    short = eg.einsum(str(eg.adjoint("(3i+k),k->i", 0)), np.ones(4), w)
    assert short.shape == (11,)
    whole = eg.einsum("i,k->(3i+k)", np.ones(4), w, sizes={"(k+3i)": 13})
    assert whole.shape == (13,)
    assert (whole[:11] == short).all()


def test_an_adjoint_is_evaluated_with_sizes_that_follow():
    derived = eg.adjoint("(i+k),k->i", 0, names=("x", "w"))
    g, w = np.ones(3), np.array([1.0, 2.0])
    assert derived(g=g, w=w).tolist() == [1, 3, 3, 2]
    assert derived(g=g, w=w, x=np.ones(6)).tolist() == [1, 3, 3, 2, 0, 0]
    assert derived.evaluate({"g": g, "w": w}, {"j": 5}).tolist() == [1, 3, 3, 2, 0]
    box = eg.adjoint("(i+k)->i", 0, sizes={"k": 2})
    assert box(g=g).tolist() == [1, 2, 2, 1]
    other = eg.adjoint("(i+k),k->i", 1, names=("x", "w"))
    assert other(g=g, x=np.arange(4.0)).tolist() == [3, 6]


@pytest.mark.parametrize(
    ("einsum", "text"),
    [
        ((["(row+col)"], ["col"], ["row"]), "(r+c),c->r"),
        ((["(2row - col + 1)"], ["col"], ["row"]), "(2r-c+1),c->r"),
        (([eg.affine({0: 1, 1: 2}, 3)], [1], [0]), "(i+2j+3),j->i"),
        (([eg.affine({"a": 1})], ["a"], []), "(a),a->"),
    ],
)
def test_lists_of_labels_may_hold_affine_ones(einsum, text):
    *inputs, output = einsum
    equation = eg.equation(inputs, output)
    shown = eg.adjoint(str(eg.adjoint(equation, 0)), 0)
    assert str(shown) == text
    x, w = np.arange(9.0), np.array([1.0, -1.0])
    interleaved = [part for pair in zip((x, w), inputs, strict=True) for part in pair]
    assert (eg.einsum(*interleaved, output) == eg.einsum(text, x, w)).all()


def test_an_affine_label_is_the_same_in_any_order():
    x = np.arange(9.0).reshape(3, 3)
    assert (eg.einsum("(i+1)(1+i)->i", x) == [4, 8]).all()
    assert eg.einsum("i,k->(k+i)", x[0], x[1], sizes={"(i + k)": 7}).shape == (7,)
    assert eg.affine({"i": 1, "k": 2}) == eg.affine({"k": 2, "i": 1})


MALFORMED = [
    ("(i+k,k->i", 0, "'(' without ')'"),
    ("i+k),k->i", 1, "'+' does not belong into an einsum string"),
    ("i),k->i", 1, "')' without '('"),
    ("()->", 1, "empty parentheses"),
    ("( )->", 2, "empty parentheses"),
    ("(ik),k->i", 2, "a product of labels"),
    ("(i*k)->i", 2, "a product of labels"),
    ("(i k)->i", 3, "a product of labels"),
    ("(2i3k)->i", 3, "a number behind a label"),
    ("(1.5i)->i", 2, "no whole number"),
    ("(.5i)->i", 1, "no whole number"),
    ("(i/2)->i", 2, "no whole number"),
    ("(i2)->i", 2, "a number behind a label"),
    ("(2*3)->", 3, "a number times a number"),
    ("(0i+k)->k", 1, "label 'i' has the coefficient 0"),
    ("(k+i-i)->k", 3, "label 'i' cancels"),
    ("(i+)->i", 3, "')' where a label or a number is expected"),
    ("(i++k)->i", 3, "'+' where a label or a number is expected"),
    ("((i)+1)->i", 1, "a parenthesis within parentheses"),
    ("(...)->", 1, "'...' within parentheses"),
    ("(i=1)->i", 2, "'=' does not belong into a form of labels"),
    ("(i+1)->j", 7, "output label 'j' stands in no operand"),
    ("i->(i+k)", 3, "output label 'k' stands in no operand"),
    ("(99999999999999999999i)->i", 1, "'99999999999999999999' is too large"),
    ("(i+k),k->i,j", 10, "a second output"),
]


@pytest.mark.parametrize(("string", "column", "headline"), MALFORMED)
def test_what_is_malformed_is_pointed_at(string, column, headline):
    with pytest.raises(eg.SubscriptsError) as found:
        eg.einsum(string, np.ones(3))
    first, text, caret, _ = str(found.value).split("\n")
    assert first == headline
    assert text == f"  {string}"
    assert caret.index("^") == column + 2


UNFIT = [
    ("(i+k),k->i", [3, 5], None, 0, "(i+k) leaves an axis of size 3 at its first index"),
    ("(i+4)->i", [3], None, 0, "(i+4) leaves an axis of size 3 at its first index"),
    ("(-i-2)->i", [3], None, 0, "(-i-2) leaves an axis of size 3 at its first index"),
    ("(i+k)->i", [3], None, 0, "how far label 'i' runs cannot be told"),
    ("j(i+k)->ij", [2, 3], None, 1, "how far label 'i' runs cannot be told"),
    ("(3)->", [3], None, 0, "(3) is no index of an axis of size 3"),
    ("(-1)->", [3], None, 0, "(-1) is no index of an axis of size 3"),
    ("(i+1),(i+1)->i", [3, 4], None, 6, "label '(i+1)' has size 4 in operand 1"),
    ("(i+1),(i+1)->i", [3, 1], None, 6, "label '(i+1)' has size 1 in operand 1"),
    ("(i+1),i->", [3, 4], {"i": 2}, 6, "label 'i' has size 4 in operand 1"),
    ("i->(i+1)i", [3], {"i": 2}, 0, "label 'i' has size 3 in operand 0"),
    ("(i+1),i->", [3, 4], {"(i+1)": 2}, 0, "label '(i+1)' has size 3 in operand 0"),
]


@pytest.mark.parametrize(("string", "sizes", "given", "column", "headline"), UNFIT)
def test_sizes_that_do_not_fit_are_pointed_at(string, sizes, given, column, headline):
    count = string.partition("->")[0].count(",") + 1
    arrays = [np.ones(sizes)] if count == 1 else [np.ones(size) for size in sizes]
    with pytest.raises(eg.ShapeError) as found:
        eg.einsum(string, *arrays, sizes=given)
    first, text, caret, _ = str(found.value).split("\n")
    assert first.startswith(headline)
    assert text == f"  {string}"
    assert caret.index("^") == column + 2


@pytest.mark.parametrize(
    ("sizes", "error", "match"),
    [
        ({"q": 2}, eg.ArgumentError, "which is no label of"),
        ({"k": 2.5}, eg.ArgumentError, "no dim"),
        ({"k": -1}, eg.ArgumentError, "no dim"),
        ({"k": "m"}, eg.ArgumentError, "has no size 'm'"),
        ({"(i+": 2}, eg.SubscriptsError, "without"),
        ([2], eg.ArgumentTypeError, "no mapping"),
    ],
)
def test_sizes_are_those_of_labels(sizes, error, match):
    with pytest.raises(error, match=match):
        eg.einsum("(i+k)->i", np.ones(4), sizes=sizes)


def test_what_makes_an_affine_label_is_checked():
    with pytest.raises(eg.ArgumentError, match="coefficient 0"):
        eg.affine({"i": 0})
    for terms, constant in [({"i": 1.5}, 0), ({"i": 1}, "2"), ({"i": True}, 0), ("i+k", 0)]:
        with pytest.raises(eg.ArgumentTypeError):
            eg.affine(terms, constant)
    with pytest.raises(eg.ArgumentTypeError, match="within"):
        eg.affine({eg.affine({"i": 1}): 1})
    with pytest.raises(eg.ArgumentTypeError, match="within"):
        eg.affine({...: 1})


def test_one_array_in_two_places_has_the_sum_of_its_adjoints():
    x = np.array([1.0, -2.0, 3.0, 2.0])
    report = eg.check_grads("(i+k),k->i", x, x, names=("x", "x"), sizes={"i": 3})
    assert report.numbers > 8
    adjoint = eg.adjoint("(i+k),k->i", "x", names=("x", "x"))
    assert repr(adjoint) == '"i,j->(i+j)"(g, x) + "(i+k),i->k"(x, g)'


STRINGS = [
    "(i+k),k->i",
    "i,k->(i+k)",
    "(2i+3k-1),k->i",
    "b(i+k)(j+l)c,klco->bijo",
    "(i+1)->i",
    "(-i+5)->i",
    "(i+k)->i",
    "(i+k)(i+k)->i",
    "(3)j->j",
    "j->(2)j",
    "...(i+k),k->...i",
    "(i+k),k->(i+k)",
    "i->(i+1)(2i)",
    "(i-k),k->i",
    "(i+k+l),k,l->i",
]


@pytest.mark.parametrize("string", STRINGS)
def test_random_arrays_that_fit_are_drawn_and_checked(string):
    assert eg.check_grads(string).error < 1e-12


@pytest.mark.parametrize("string", STRINGS)
def test_drawings_and_derivations_are_made_of_every_string(string):
    assert eg.draw(string, 0).svg.startswith("<svg")
    if "..." not in string:
        assert eg.derive(string, 0).endswith("as an einsum")
        assert "align*" in eg.adjoint(string, 0).derivation_latex


@pytest.mark.parametrize("string", STRINGS)
def test_all_lines_of_a_derivation_have_one_value(string):
    if "..." in string:
        return
    random = np.random.default_rng(1)
    for position in range(string.partition("->")[0].count(",") + 1):
        derived = eg.adjoint(string, position)
        sizes = {node: 4 + k % 2 for k, node in enumerate(derived.operation.letters.values())}
        named = {
            node.name: random.integers(-3, 4, [sizes[dim] for dim in node.shape]).astype(float)
            for node in (*derived.operation.variables, derived.cotangent)
        }
        lines = [line for line in derived.steps if line.left.startswith("∂E") or not line.left]
        values = [evaluate_expr(line.expr, named, sizes) for line in lines]
        assert all((value == values[0]).all() for value in values)


def test_a_derivation_contracts_the_delta_that_shifts():
    assert eg.derive("(i+k),k->i", 0, names=("x", "w")).split("\n") == [
        "y_i       = x_{i+k} w_k",
        "∂y_i/∂x_j = δ_{j,i+k} w_k        ∂x_{i+k}/∂x_j = δ_{j,i+k}",
        "∂E/∂x_j   = g_i δ_{j,i+k} w_k    g_i = ∂E/∂y_i",
        "          = g_{j-k} w_k          δ_{j,i+k}: i → j-k, else 0",
        '          = "i,k->(i+k)"(g, w)   as an einsum',
    ]
    assert eg.derive("(i+k),k->i", 1, names=("x", "w")).split("\n")[-2:] == [
        "          = g_i x_{i+k}          δ_lk: l → k",
        '          = "(i+k),i->k"(x, g)   as an einsum',
    ]
    assert r"\delta_{j,i+k}" in eg.adjoint("(i+k),k->i", 0).derivation_latex


def test_the_command_line_tells_all_of_a_string(capsys):
    assert main(["(i+k),k->i", "--names", "x,w"]) == 0
    told = capsys.readouterr().out
    for part in ("δ_{j,i+k}", '"i,k->(i+k)"(g, w)', '"(i+k),i->k"(x, g)', "agrees with"):
        assert part in told
    assert main(["(i+k)->i", "--sizes", "i=4,k=3"]) == 0
    assert "shapes 6" in capsys.readouterr().out
    assert main(["(i+k),k->i", "--wrt", "1", "--claim", "(i+k),i->k"]) == 0
    assert main(["(i+k),k->i", "--wrt", "1", "--claim", "(2i+k),i->k"]) == 1
    capsys.readouterr()
    assert main(["(i+k,k->i"]) == 2
    assert "'(' without ')'" in capsys.readouterr().err


@pytest.mark.parametrize("wrt", [0, 1])
def test_claims_may_be_strings_with_affine_labels(wrt):
    claims = ["i,k->(2i+k-1)", "(2i+k-1),i->k"]
    x, w = np.arange(11.0), np.arange(3.0)
    eg.check_grads("(2i+k-1),k->i", x, w, claims={wrt: claims[wrt]})
    assert eg.check(claims[wrt], "(2i+k-1),k->i", wrt).equal
    with pytest.raises(eg.GradientMismatch):
        eg.check_grads("(2i+k-1),k->i", x, w, claims={wrt: claims[wrt].replace("2i", "i")})


def test_one_place_of_two_axes_is_written_where_their_sizes_agree():
    x, w, A = eg.variables("x[3] w[3] A[2,4]")
    first = Affine(3, (), (), 0)
    lists = (("j",), ("k",), ("j",), ("k",))
    even = build_einsum(Subscripts(lists, ()), (x, w, first, first))
    assert repr(even) == '"(0),(0)->"(x, w)'
    lists = (("j",), ("i", "k"), ("j",), ("k",))
    uneven = build_einsum(Subscripts(lists, ("i",)), (x, A, first, Affine(4, (), (), 0)))
    assert repr(uneven) == '"(0),ik,k->i"(x, A, affine(4, [], [], 0))'
    assert eg.parse(repr(uneven), "x[3] A[2,4]").shape == (2,)
    values = {"x": np.array([3.0, 1, 1]), "A": np.arange(8.0).reshape(2, 4)}
    assert eg.evaluate(uneven, values).tolist() == [0, 12]


def test_expressions_take_strings_with_affine_labels():
    x, w = eg.variables("x[n] w[m]")
    y = eg.einsum("(i+k),k->i", x, w)
    assert list(map(str, y.shape)) == ["n-m+1"]
    assert list(map(str, eg.einsum("i,k->(2i+k)", x, w).shape)) == ["m+2n-2"]
    values = {"x": np.arange(5.0), "w": np.array([1.0, -2.0])}
    assert eg.evaluate(y, values).tolist() == [-2, -3, -4, -5]
    gradient = eg.evaluate(eg.grad(eg.sum_squares(y), w), values)
    windows = np.lib.stride_tricks.sliding_window_view(values["x"], 2)
    assert (gradient == 2 * windows.T @ (windows @ values["w"])).all()
    with pytest.raises(eg.ShapeError, match="cannot be told"):
        eg.einsum("(2i)->i", x)
    halves = eg.einsum("(2i)->i", x, sizes={"i": "h"})
    assert eg.compile(halves, sizes={"h": 4})(x=np.arange(5.0)).tolist() == [0, 2, 4, 0]
    with pytest.raises(eg.ShapeError, match="no index"):
        eg.einsum("(7)->", eg.variables("z[5]")[0])


@pytest.mark.parametrize(
    ("string", "operands", "printed"),
    [
        ("(i+k),k->i", "x[n] w[m]", '"(i+m),m->i"(x, w)'),
        ("i,k->(i+k)", "x[n] w[m]", '"n,m->(n+m)"(x, w)'),
        ("(i+1)->i", "x[n]", "x[1:]"),
        ("(2i)->i", "x[7]", "x[::2]"),
        ("(3)j->j", "X[n,m]", "X[3]"),
        ("b(i+k)(j+l)c,klco->bijo", "X[b,h,w,c] K[k,l,c,o]", '"b(i+k)(j+l)c,klco->bijo"(X, K)'),
    ],
)
def test_expressions_print_affine_labels(string, operands, printed):
    assert repr(eg.einsum(string, *eg.variables(operands))) == printed


def test_a_size_that_a_printed_string_does_not_tell_is_printed():
    x, w = eg.variables("x[n] w[m]")
    strided = eg.einsum("(2i+k),k->i", x, w, sizes={"i": "h"})
    assert repr(strided) == '"(2h+m),m->h"(x, w, sizes={"h": "h"})'
    padded = eg.einsum("i,k->(i+k)", x, w, sizes={"(i+k)": 9})
    assert repr(padded) == '"n,m->(n+m)"(x, w, sizes={"(n+m)": 9})'


def test_compiled_strings_have_sizes():
    x = np.arange(1.0, 5.0)
    blur = eg.compile("(i+k)->i", sizes={"k": 2})
    assert blur(x).tolist() == [3, 5, 7]
    assert pickle.loads(pickle.dumps(blur))(x).tolist() == [3, 5, 7]
    assert eg.compile("(i+k),k->i")(x, x[:2]).tolist() == [5, 8, 11]


def test_a_function_may_use_a_string_with_affine_labels():
    def loss(x, w):
        return np.sum(eg.einsum("(i+k),k->i", x, w) ** 2)

    x, w = np.arange(5.0), np.array([1.0, -2.0])
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    expected = 2 * windows.T @ (windows @ w)
    assert (eg.grad(loss, argnums=1)(x, w) == expected).all()


def test_many_operands_share_their_parts():
    letters = "abcdefghjk"
    string = f"(i+l),{','.join('l' for _ in letters)}->i"
    arrays_ = [np.arange(1.0, 6.0), *(np.arange(1.0, 4.0) for _ in letters)]
    value, pullback = eg.vjp(string, *arrays_)
    expected = plain_affine(string, arrays_, {"i": 3, "l": 3})
    assert (value == expected).all()
    first, second, *_ = pullback(np.ones(3))
    jacobian = plain_affine(string, arrays_, {"i": 3, "l": 3}, without=0)
    assert (first == jacobian.sum(0)).all()
    jacobian = plain_affine(string, arrays_, {"i": 3, "l": 3}, without=1)
    assert (second == jacobian.sum(0)).all()


@pytest.mark.parametrize(
    ("string", "cost"),
    [
        ("(i+k),k->i", "total: ik"),
        ("i,k->(2i+k)", "total: ik"),
        ("(i+1)->i", "total: i"),
        ("b(i+k)(j+l)c,klco->bijo", "total: bcijklo"),
    ],
)
def test_selectors_cost_nothing(string, cost):
    assert str(eg.compile(string).cost) == cost
