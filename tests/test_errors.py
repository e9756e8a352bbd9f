"""Errors: the exact messages, their shortness, and that no other exception gets out."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.expressions.construct import variable

A = np.ones((2, 3))
x = np.ones(3)
CONTROL = "Take it out: control characters and surrogates are never labels."
SIGNS = "Labels are letters; besides them ',', '->', '...' and spaces are allowed."
COUNT = "Give one operand for each comma-separated list."
RANK = "Give one label for each axis, or '...' for the leading ones."


def text(headline, string, caret, remedy):
    return f"{headline}\n  {string}\n  {' ' * caret}^\n{remedy}"


STRINGS = [
    ("mn,n->k", "output label 'k' stands in no operand", "mn,n->k", 6,
     "Write 'k' into an operand, or take it out of the output."),
    ("->i", "output label 'i' stands in no operand", "->i", 2,
     "Write 'i' into an operand, or take it out of the output."),
    ("mn,n-m", "'-' without '>'", "mn,n-m", 4,
     "Write '->' between the operands and the output."),
    ("mn,n->m->", "a second '->'", "mn,n->m->", 7, "An einsum has one output."),
    ("mn,n->m,k", "a second output", "mn,n->m,k", 7,
     "An einsum has one output: no ',' after '->'."),
    ("a.b->a", "'.' outside '...'", "a.b->a", 1, "Write three dots for the unnamed axes."),
    ("..i->i", "'.' outside '...'", "..i->i", 0, "Write three dots for the unnamed axes."),
    ("...i...->i", "a second '...' in one list", "...i...->i", 4,
     "A list holds '...' at most once."),
    ("i$->i", "'$' does not belong into an einsum string", "i$->i", 1, SIGNS),
    ("i1->", "'1' does not belong into an einsum string", "i1->", 1, SIGNS),
    ("i>j", "'>' does not belong into an einsum string", "i>j", 1, SIGNS),
    ("i_->", "'_' does not belong into an einsum string", "i_->", 1, SIGNS),
    ("日本$", "'$' does not belong into an einsum string", "日本$", 4, SIGNS),
    ("i\n->", "the character U+000A does not belong into an einsum string", "i�->", 1, CONTROL),
    ("i\tj->", "the character U+0009 does not belong into an einsum string", "i�j->", 1, CONTROL),
    ("\x00", "the character U+0000 does not belong into an einsum string", "�", 0, CONTROL),
    ("i\x1b->", "the character U+001B does not belong into an einsum string", "i�->", 1, CONTROL),
    ("\ud800->", "the character U+D800 does not belong into an einsum string", "�->", 0, CONTROL),
    ("i\u200b->", "the character U+200B does not belong into an einsum string", "i�->", 1, CONTROL),
    ("i\u202e->", "the character U+202E does not belong into an einsum string", "i�->", 1, CONTROL),
    ("a\u0301->a", "the combining mark U+0301 is no label of its own", "a\u0301->a", 1,
     "Use a letter that is a single character."),
]  # fmt: skip


@pytest.mark.parametrize(("string", "headline", "shown", "caret", "remedy"), STRINGS)
def test_a_wrong_string_is_shown_with_a_caret(string, headline, shown, caret, remedy):
    with pytest.raises(eg.SubscriptsError) as caught:
        eg.adjoint(string, 0)
    assert str(caught.value) == text(headline, shown, caret, remedy)


OPERANDS = [
    (("mn,n->m", A), "the string has 2 operands, 1 given", 3, COUNT),
    (("mn,n->m", A, x, x), "the string has 2 operands, 3 given", 3, COUNT),
    (("mn,n->m",), "the string has 2 operands, 0 given", 0, COUNT),
    (("mn,n->m", A, A), "operand 1 has 2 axes, its list has 1 label", 3, RANK),
    (("mn,n->m", x, x), "operand 0 has 1 axis, its list has 2 labels", 0, RANK),
    (("...mn,n->...m", x, x), "operand 0 has 1 axis, its list has at least 2 labels", 0, RANK),
    (("mn,n->m", A, np.ones(4)),
     "label 'n' has size 4 in operand 1 of shape (4,), but size 3 since operand 0", 3,
     "Axes that share a label have equal sizes, or size 1."),
    (("ij,jk,ki->", np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 5))),
     "label 'i' has size 5 in operand 2 of shape (4, 5), but size 2 since operand 0", 7,
     "Axes that share a label have equal sizes, or size 1."),
    (("i,i,i->", np.ones(1), np.ones(2), np.ones(3)),
     "label 'i' has size 3 in operand 2 of shape (3,), but size 2 since operand 1", 4,
     "Axes that share a label have equal sizes, or size 1."),
    (("ii->i", np.ones((1, 3))),
     "label 'i' repeats within operand 0 of shape (1, 3) with sizes 1 and 3", 1,
     "Axes of one operand that share a label have equal sizes; size 1 does not broadcast here."),
    (("...mn,n->m", np.ones((2, 2, 3)), x),
     "the output lacks the '...' that covers 1 axis of operand 0", 9,
     "Write '...' into the output, or name the axes and sum them."),
    (("...i,...i->...", np.ones((2, 4)), np.ones((3, 4))),
     "label 'a' has size 3 in operand 1 of shape (3, 4), but size 2 since operand 0", 5,
     "Axes that share a label have equal sizes, or size 1."),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "headline", "caret", "remedy"), OPERANDS)
@pytest.mark.parametrize("function", [eg.einsum, eg.vjp])
def test_operands_that_do_not_fit_are_shown_in_the_string(
    function, arguments, headline, caret, remedy
):
    with pytest.raises(eg.ShapeError) as caught:
        function(*arguments)
    assert str(caught.value) == text(headline, arguments[0], caret, remedy)


@pytest.mark.parametrize(("arguments", "headline", "caret", "remedy"), OPERANDS)
def test_expressions_that_do_not_fit_are_shown_like_arrays(arguments, headline, caret, remedy):
    string, *arrays = arguments
    symbols = [variable(f"x{place}", array.shape) for place, array in enumerate(arrays)]
    with pytest.raises(eg.ShapeError) as caught:
        eg.einsum(string, *symbols)
    assert str(caught.value) == text(headline, string, caret, remedy)


OTHERS = [
    (lambda: eg.adjoint("mn,n->m", 2), eg.ArgumentError,
     text("operand 2 is out of range", "mn,n->m", 3, "The operands are counted from 0 to 1.")),
    (lambda: eg.jacobian("mn,n->m", -3), eg.ArgumentError,
     text("operand -3 is out of range", "mn,n->m", 3, "The operands are counted from 0 to 1.")),
    (lambda: eg.adjoint("mn,n->m", "A"), eg.ArgumentError,
     "no operand is named 'A'. The operands are 'x0, x1'."),
    (lambda: eg.adjoint("mn,n->m", 1.0), eg.ArgumentTypeError,
     "an operand's number or name is expected, not 1.0."),
    (lambda: eg.adjoint(3, 0), eg.ArgumentTypeError,
     "an einsum string is expected, not 3. Write it like 'mn,n->m'."),
    (eg.einsum, eg.ArgumentTypeError,
     "an einsum string is expected. Write einsum('mn,n->m', A, x)."),
    (lambda: eg.einsum(7), eg.ArgumentTypeError,
     "an einsum string is expected, not 7. Write einsum('mn,n->m', A, x)."),
    (lambda: eg.adjoint("i,j->", 0, names="xy"), eg.ArgumentTypeError,
     "names are given as a sequence of strings, one for each operand."),
    (lambda: eg.vjp("i,i->", x, x, names="xy"), eg.ArgumentTypeError,
     "names are given as a sequence of strings, one for each operand."),
    (lambda: eg.adjoint("i,j->", 0, names=["x"]), eg.ArgumentError,
     "1 names given for 2 operands. Give one name for each operand."),
    (lambda: eg.adjoint("i->", 0, names=["1"]), eg.ArgumentError,
     "'1' cannot name a variable. Use a Python identifier."),
    (lambda: eg.adjoint("i,jk->", 0, names=["x", "x"]), eg.ArgumentError,
     "operands 0 and 1 are both named 'x', with 1 and 2 axes. "
     "Give different arrays different names."),
    (lambda: eg.adjoint("...,i->...i", 0, names=["x", "x"]), eg.ArgumentError,
     "operands 0 and 1 are both named 'x', and '...' meets a label. "
     "Give ranks= or shapes=, or different names."),
    (lambda: eg.vjp("i,i->", x, x + 1, names=["x", "x"]), eg.ShapeError,
     "operands 0 and 1 are both named 'x' but differ. "
     "Give different arrays different names."),
    (lambda: eg.einsum(A, [0, [1]], x, [1], [0]), eg.ArgumentTypeError,
     "label [1] is not hashable. Use letters, numbers or tuples as labels."),
    (lambda: eg.einsum(A, "mn", x, "n", "m"), eg.ArgumentTypeError,
     "a list of labels is expected, not 'mn'. "
     "Write the interleaved form as einsum(A, [0, 1], x, [1], [0])."),
    (lambda: eg.einsum(A, [0, 1], x, [1], [2]), eg.SubscriptsError,
     text("output label 2 stands in no operand", "[0, 1], [1] -> [2]", 16,
          "Write 2 into an operand, or take it out of the output.")),
    (lambda: eg.einsum(A, ["m", "n"], np.ones(4), ["n"], ["m"]), eg.ShapeError,
     text("label 'n' has size 4 in operand 1 of shape (4,), but size 3 since operand 0",
          "['m', 'n'], ['n'] -> ['m']", 13,
          "Axes that share a label have equal sizes, or size 1.")),
    (lambda: eg.einsum(A, [0, "a"]), eg.ArgumentTypeError,
     "labels of these types cannot be sorted for an implicit output. Give the output's list."),
    (lambda: eg.einsum(A, [..., ...]), eg.SubscriptsError,
     "a second '...' in one list. A list holds '...' at most once."),
    (lambda: eg.einsum("i->", ["a"]), eg.DtypeError,
     "operand 0 has dtype <U1. Give booleans, integers, floats or complex numbers."),
    (lambda: eg.einsum("i->", [[1, 2], [3]]), eg.DtypeError,
     "operand 0 is no array of numbers: [[1, 2], [3]]. Give numbers, or lists of equal lengths."),
    (lambda: eg.vjp("i->", [1, 2]), eg.DtypeError,
     "operand 0 (x0) has dtype int64, which has no derivative. "
     "Convert it to floats, or leave it out with wrt=."),
    (lambda: eg.vjp("i->", x)[1]([1.0]), eg.ShapeError,
     "the cotangent has shape (1,), the value (). Give it the value's shape."),
    (lambda: eg.jvp("i,i->", [x, x], [x]), eg.ShapeError,
     "2 operands, but 1 tangents. Give one for each."),
    (lambda: eg.jvp("i->", [x], [1.0]), eg.ShapeError,
     "tangent 0 has shape (), its operand (3,). Give it the operand's shape."),
    (lambda: eg.jvp("i->", x, 3), eg.ShapeError,
     text("the string has 1 operand, 3 given", "i->", 0, COUNT)),
    (lambda: eg.jvp("i->", 3, [x]), eg.ArgumentTypeError,
     "primals: a sequence is expected, not 3."),
    (lambda: eg.vjp("i->", x, wrt=0), eg.ArgumentTypeError,
     "wrt: a sequence is expected, not 0."),
    (lambda: eg.jacobian("...i->...", 0), eg.ArgumentError,
     "A Jacobian needs the number of axes that '...' covers. Give ranks= or shapes=."),
    (lambda: eg.adjoint("i,ij,j->", "x", names=list("xAx")).subscripts, eg.ArgumentError,
     "this derivative is a sum, \",ij,j->i\"(g, A, x) + \"j,ji,->i\"(x, A, …, "
     "not a single einsum. Read `terms`."),
    (lambda: eg.adjoint("i->", 0, ranks=3), eg.ArgumentTypeError,
     "ranks: a sequence is expected, not 3."),
    (lambda: eg.adjoint("i->", 0, ranks=[1.5]), eg.ArgumentTypeError,
     "ranks is given as whole numbers, not (1.5,)."),
    (lambda: eg.adjoint("i->", 0, shapes=[(-1,)]), eg.ArgumentError,
     "a shape holds a negative number: (-1,)."),
    (lambda: eg.equation(3), eg.ArgumentTypeError, "label lists: a sequence is expected, not 3."),
    (lambda: eg.check_grads("i->", x, mode="all"), eg.ArgumentError,
     "mode='all' is neither 'entries' nor 'directions'."),
    (lambda: eg.check_grads("i->", x, order=0), eg.ArgumentError,
     "order=0 is out of range. Orders are counted from 1."),
    (lambda: eg.check_grads("i->", x, directions=0), eg.ArgumentError,
     "directions=0 is too few. Take at least 1."),
    (lambda: eg.check_grads("i->", x, wrt=[]), eg.ArgumentError,
     "there is nothing to check. Give an operand that has a derivative."),
    (lambda: eg.adjoint("i->", 0)(g=1.0), eg.ArgumentError,
     "the size of dim 'i' is not known from any array. Give it: sizes={'i': ...}."),
    (lambda: eg.adjoint("mn,n->m", 0)(g=x), eg.ArgumentError,
     "no array given for x1[n]. Give it by keyword: x1=..."),
    (lambda: eg.adjoint("mn,n->m", 0)(g=x, x1=A), eg.ShapeError,
     "x1[n] needs 1 axes, 2 given."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "message"), OTHERS)
def test_a_wrong_argument_is_named_with_its_remedy(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


def test_errors_are_the_builtins_that_numpy_users_expect():
    assert issubclass(eg.SubscriptsError, ValueError)
    assert issubclass(eg.ShapeError, ValueError)
    assert issubclass(eg.ArgumentError, ValueError)
    assert issubclass(eg.ArgumentTypeError, TypeError)
    assert issubclass(eg.DtypeError, TypeError)
    assert issubclass(eg.GradientMismatch, AssertionError)
    assert issubclass(eg.SizeError, MemoryError)
    assert issubclass(eg.IndexingError, IndexError)
    assert issubclass(eg.MatrixError, np.linalg.LinAlgError)
    kinds = [getattr(eg, name) for name in eg.__all__]
    errors = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception)]
    assert issubclass(eg.UnknownAttributeError, AttributeError)
    assert len(errors) == 11
    assert all(issubclass(kind, eg.EinsgradError) for kind in errors)


def test_the_caret_stands_under_the_column_in_a_long_string():
    string = "i" * 500 + "$" + "j" * 500
    with pytest.raises(eg.SubscriptsError) as caught:
        eg.adjoint(string, 0)
    _, line, caret, _ = str(caught.value).split("\n")
    assert line[caret.index("^")] == "$"
    assert len(line) < 80
    assert line.strip().startswith("…")
    assert line.endswith("…")


LONG = st.integers(201, 3000).map(lambda count: "q" * count)
ECHOES = [
    lambda q: eg.adjoint(q + "$", 0),
    lambda q: eg.adjoint("$" + q, 0),
    lambda q: eg.adjoint(f"i->{q}", 0),
    lambda q: eg.einsum(f"{q}->", 1.0),
    lambda q: eg.einsum(q, q),
    lambda q: eg.einsum(A, [q, 0], [q, q + "z"]),
    lambda q: eg.einsum(A, [(q,), [q]], []),
    lambda q: eg.einsum(A, q, [0]),
    lambda q: eg.einsum(A, [q, q], [q]),
    lambda q: eg.adjoint("i->", q),
    lambda q: eg.adjoint("i->", 0, names=[q + "$"]),
    lambda q: eg.adjoint("i,ij->", 0, names=[q, q]),
    lambda q: eg.adjoint("i->", "z", names=[q]),
    lambda q: eg.adjoint("i,ij,j->", q, names=[q, "A", q]).subscripts,
    lambda q: eg.adjoint("i,i->", 0, names=["A", q])(g=1.0),
    lambda q: eg.adjoint("i,i->", 0, names=["A", q])(g=1.0, **{q: A}),
    lambda q: eg.adjoint("i,i->", 0, names=["A", q])(g=1.0, **{q: ["a"]}),
    lambda q: eg.vjp("i->", [1, 2], names=[q]),
    lambda q: eg.vjp("i->", q),
    lambda q: eg.vjp("i->", [q, [q]]),
    lambda q: eg.vjp("i->", x, wrt=q),
    lambda q: eg.vjp("i->", x, wrt=[q]),
    lambda q: eg.vjp("i,i->", x, x + 1, names=[q, q]),
    lambda q: eg.jvp("i->", [x], [q]),
    lambda q: eg.jvp("i->", [x], q),
    lambda q: eg.check_grads("i->", x, mode=q),
    lambda q: eg.check_grads(q + "->z"),
    lambda q: eg.adjoint("i->", 0, ranks=q),
    lambda q: eg.adjoint("i->", 0, ranks=[q]),
    lambda q: eg.einsum("i->", np.zeros(2, [(q, float)])),
]  # fmt: skip


@pytest.mark.parametrize("call", ECHOES)
@given(q=LONG)
def test_a_message_never_echoes_more_than_200_characters(call, q):
    with pytest.raises(eg.EinsgradError) as caught:
        call(q)
    assert str(caught.value).count("q") <= 200
    assert len(str(caught.value)) < 500


def test_a_long_shape_is_not_echoed():
    shape = (2,) * 299 + (3,)
    with pytest.raises(eg.ShapeError) as caught:
        eg.adjoint("i" * 300 + "->", 0, shapes=[shape])
    assert str(caught.value).count("2") < 50


@given(st.text(max_size=300))
def test_any_text_is_an_einsum_or_an_error_that_prints(string):
    try:
        shown = repr(eg.adjoint(string))
    except eg.SubscriptsError as error:
        shown = str(error)
    assert shown.encode()
    assert all(char.isprintable() or char == "\n" for char in shown)


ALPHABET = [
    *"iijjkkAβ日", *",,,", "->", "->", *"->.", "...", " ", "\x00", "\n", "\t", "\x7f", "\x1b",
    "\ud800", "\udfff", "\u0301", "\u200b", "\u202e", "1", "$", "_", "\U0010ffff", "²", "ß",
]  # fmt: skip
CALLS = 30_000


def random_call(source):
    """Derive from a random string, and on some evaluate it with arrays of random ranks."""
    legible = ALPHABET[:18] if source.random() < 0.6 else ALPHABET
    string = "".join(source.choices(legible, k=source.randrange(9)))
    if source.random() < 0.8:
        return eg.adjoint(string)
    operands = [
        np.ones([source.randrange(4) for _ in range(source.randrange(3))])
        for _ in range(source.choice([string.partition("->")[0].count(",") + 1, 1]))
    ]
    return source.choice([eg.einsum, eg.vjp])(string, *operands)


def test_only_the_projects_errors_leave_for_random_strings():
    source = random.Random(20240229)
    kinds = Counter()
    for _ in range(CALLS):
        try:
            random_call(source)
        except eg.EinsgradError as error:
            kinds[type(error)] += 1
    assert all(issubclass(kind, ValueError | TypeError) for kind in kinds)
    assert 0.2 * CALLS < kinds.total() < 0.9 * CALLS
    assert min(kinds[eg.SubscriptsError], kinds[eg.ShapeError]) > 1000
