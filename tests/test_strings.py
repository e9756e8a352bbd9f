"""Everything that numpy.einsum takes has its value; words and any symbols may be labels."""

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.strings.parsing import parse_einsum

SIZES = {"a": 2, "b": 3, "c": 1, "Z": 2}
DOTTED = (4, 2)


def drawn(random):
    """Draw a string, legal or not, and arrays that mostly fit it."""
    lists, arrays = [], []
    for _ in range(random.integers(1, 4)):
        labels = [str(label) for label in random.choice(list(SIZES), random.integers(0, 4))]
        shape = [SIZES[label] if random.random() < 0.9 else 1 for label in labels]
        if random.random() < 0.3:
            place = int(random.integers(0, len(labels) + 1))
            covered = random.integers(0, 3)
            labels.insert(place, "...")
            dots = [size if random.random() < 0.8 else 1 for size in DOTTED[2 - covered :]]
            shape[place:place] = dots
        lists.append(spaced(labels, random))
        arrays.append(random.integers(-3, 4, size=shape).astype(float))
    text = ",".join(lists)
    if random.random() < 0.8:
        held = sorted(set("".join(lists)) & set(SIZES))
        output = [str(x) for x in random.permutation(held)[: random.integers(0, len(held) + 1)]]
        if random.random() < 0.5:
            output.insert(int(random.integers(0, len(output) + 1)), "...")
        text += "->" + spaced(output, random)
    if random.random() < 0.05:
        place = int(random.integers(0, len(text) + 1))
        text = text[:place] + str(random.choice(list(".->,$1i"))) + text[place:]
    return text, arrays


def spaced(labels, random):
    """Write labels with a space before, between or behind them, now and then."""
    gap = " " if random.random() < 0.2 else ""
    return gap + gap.join(labels) + (" " if random.random() < 0.2 else "")


def numpys(text, arrays):
    try:
        return np.einsum(text, *arrays)
    except (ValueError, TypeError, IndexError):
        return None


def test_a_string_has_numpys_value_or_is_refused_as_numpy_does():
    random = np.random.default_rng(11)
    taken = 0
    for _ in range(2000):
        text, arrays = drawn(random)
        expected = numpys(text, arrays)
        try:
            found = eg.einsum(text, *arrays)
        except eg.EinsgradError:
            found = None
        if expected is None:
            continue
        taken += 1
        repeats = any(len(set(part)) < len(part) for part in text.replace(" ", "").split(","))
        if found is None and repeats:
            # Whether size 1 fits within one operand differs between versions of numpy.
            assert any(1 in array.shape for array in arrays), text
            continue
        assert found is not None, text
        assert np.array_equal(found, expected), text
    assert taken > 500


def test_what_numpy_refuses_is_refused_but_for_repeated_output_labels():
    random = np.random.default_rng(12)
    for _ in range(1000):
        text, arrays = drawn(random)
        output = text.rpartition("->")[2].replace(" ", "")
        if numpys(text, arrays) is not None or ("->" in text and len(set(output)) < len(output)):
            continue
        try:
            eg.einsum(text, *arrays)
        except eg.EinsgradError:
            continue
        pytest.fail(f"{text!r} of {[array.shape for array in arrays]}")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ij->...ji", "ij->ji"),
        ("ij,j->i...", "ij,j->i"),
        ("i->...", "i->"),
        ("ba->b ... a", "ba->ba"),
    ],
)
def test_dots_of_the_output_alone_stand_for_no_axes(text, plain):
    assert parse_einsum(text).subscripts == parse_einsum(plain).subscripts
    assert repr(eg.adjoint(text, 0)) == repr(eg.adjoint(plain, 0))


def test_dots_of_an_interleaved_output_alone_stand_for_no_axes():
    array = np.arange(6.0).reshape(2, 3)
    assert eg.einsum(array, [4, 7], [..., 7]).tolist() == array.sum(0).tolist()
    (gradient,) = eg.vjp(array, [4, 7], [7, ...])[1](np.ones(3))
    assert gradient.tolist() == np.ones((2, 3)).tolist()


@pytest.mark.parametrize("labels", ["𝑖𝑗", "𠀀𠀁", "😀🚀", "𞤀𞤁", "🂡🂢"])
def test_labels_may_lie_outside_of_the_basic_plane(labels):
    m, n = labels
    A, x = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    assert eg.einsum(f"{m}{n},{n}->{m}", A, x).tolist() == (A @ x).tolist()
    assert repr(eg.adjoint(f"{m}{n},{n}->{m}", 1)) == f'"{m}{n},{m}->{n}"(x0, g)'
    _, pullback = eg.vjp(f"{m}{n},{n}->{m}", A, x)
    assert pullback(np.ones(2))[1].tolist() == A.sum(0).tolist()
    assert eg.adjoint(f"{m}{n},{n}->{m}", 0).latex


WORDS = [
    ("rows cols, cols -> rows", "ij,j->i"),
    ("batch heads query, batch heads key -> batch query key", "abq,abk->aqk"),
    ("sample feature,feature unit->sample unit", "sf,fu->su"),
    ("  time channel -> channel  ", "tc->c"),
    ("... time channel, channel -> ... time", "...tc,c->...t"),
    ("row row, row col ->", "rr,rc->"),
]


@pytest.mark.parametrize(("words", "letters"), WORDS)
def test_words_between_spaces_are_labels(words, letters):
    found, plain = (parse_einsum(text).subscripts for text in (words, letters))
    assert found.numbered() == plain.numbered()
    random = np.random.default_rng(3)
    sizes = dict(zip("ijabqksfutcr", range(2, 14), strict=True))
    shapes = [[sizes[x] for x in labels if x is not Ellipsis] for labels in plain.inputs]
    arrays = [random.integers(-3, 4, shape).astype(float) for shape in shapes]
    assert eg.einsum(words, *arrays).tolist() == eg.einsum(letters, *arrays).tolist()
    one, other = eg.adjoint(words, 0), eg.adjoint(letters, 0)
    for first, second in zip(one.terms, other.terms, strict=True):
        assert first.subscripts.numbered() == second.subscripts.numbered()


@pytest.mark.parametrize(
    "text",
    [
        *("ij jk -> ik", "ij jk", "ab cd, cd ef", "row col, col -> colrow", "a (bc d) -> a"),
        *("row col, col -> roww", "row 1, row -> row", "row col, col; -> row"),
    ],
)
def test_words_that_do_not_fit_are_refused_and_never_read_letter_by_letter(text):
    with pytest.raises(eg.SubscriptsError):
        eg.adjoint(text, 0)


ORDERS = [
    ("ii,ii->", (1, 4), (4, 4)),
    ("ii,ij->j", (3, 1), (3, 2)),
    ("ijj,jk->ik", (2, 1, 5), (5, 1)),
]


@pytest.mark.parametrize(("text", "first", "second"), ORDERS)
@pytest.mark.parametrize("turned", [False, True])
def test_size_one_fits_no_other_size_within_one_operand(text, first, second, turned):
    lists, output = text.split("->")
    one, other = lists.split(",")
    shapes = (second, first) if turned else (first, second)
    text = f"{other},{one}->{output}" if turned else text
    arrays = [np.ones(shape) for shape in shapes]
    nodes = [eg.variables(f"v{k}{list(shape)}")[0] for k, shape in enumerate(shapes)]
    for call in (
        lambda: eg.einsum(text, *nodes),
        lambda: eg.einsum(text, *arrays),
        lambda: eg.vjp(text, *arrays),
        lambda: eg.jvp(text, arrays, arrays),
        lambda: eg.adjoint(text, 0, shapes=shapes),
        lambda: eg.jacobian(lambda a, b: np.einsum(text, a, b), *arrays)(*arrays),
        lambda: eg.parse(f"einsum('{text}', v0, v1)", nodes),
        lambda: eg.parse(f"'{text}'(v0, v1)", nodes),
    ):
        with pytest.raises(eg.EinsgradError):
            call()
