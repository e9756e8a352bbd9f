"""Random and adversarial texts get an answer or an error of the family, at once.

10,000 texts of fixed seeds; `python tests/fuzz_texts.py` puts more through each door.
"""

import contextlib

import pytest
from fuzzing import doors
from fuzzing.doors import DOORS, troubles
from fuzzing.grammar import SHAPES, grown
from fuzzing.texts import ADVERSARIAL, DECLARATION, generator

import einsgrad as eg

BLOCK = 400
BLOCKS = {"parse": 12, "parse with output": 3, "declare": 4, "check": 3, "command": 3}


@pytest.mark.parametrize(
    ("door", "first"),
    [(door, BLOCK * number) for door, count in BLOCKS.items() for number in range(count)],
)
def test_every_text_has_an_answer_or_an_error_of_the_family(door, first):
    assert troubles(door, range(first, first + BLOCK)) == []


def test_ten_thousand_texts_are_tried():
    assert BLOCK * sum(BLOCKS.values()) == 10_000
    assert set(BLOCKS) == set(DOORS)
    assert len(ADVERSARIAL) < BLOCK


def test_most_of_the_grown_texts_are_read():
    read = 0
    for seed in range(200):
        text = grown(generator(seed), SHAPES[seed % len(SHAPES)], 2)
        try:
            eg.parse(text, DECLARATION)
        except eg.EinsgradError:
            continue
        read += 1
    assert read > 100


def test_a_foreign_exception_and_a_hang_are_seen(monkeypatch):
    def fails(random, text):
        raise KeyError(text)

    def hangs(random, text):
        while True:
            pass

    monkeypatch.setattr(doors, "LONGEST", 0.05)
    monkeypatch.setitem(DOORS, "fails", fails)
    monkeypatch.setitem(DOORS, "hangs", hangs)
    assert troubles("fails", [0])[0].kind.startswith("KeyError")
    assert troubles("hangs", [0])[0].kind == "hangs"


SIGNS = r"\frac \top { } ^ ^T _ || | \mathbf \left( \right) ⊙ ⊘ ⊗ ᵀ ⁻¹ ⁻ᵀ I 1 1_n I_n ' .* ./ .^"
NAMES = r"tr ‖ ∘ \| \sum_ vector(1) \text √ {i=1} log det norm1 e λ .T np. [0] [:,1] × ∈ R^n x A B"
OTHERS = "s y T_abc x_i A_ij = ∂E/∂x \nwhere \nno ( ) + - * / @ , 2 1.5 sin sum"
WORDS = [word for words in (SIGNS, NAMES, OTHERS) for word in words.split(" ")]


def test_words_of_formulas_in_any_order_get_an_answer_at_every_door():
    for seed in range(400):
        random = generator(seed, 77)
        count = int(random.integers(1, 14))
        drawn = [WORDS[int(random.integers(len(WORDS)))] for _ in range(count)]
        text = ("" if random.random() < 0.4 else " ").join(drawn)
        syntax = ("numpy", "matrix", "index", "latex")[seed % 4]
        for door in (
            lambda text: eg.parse(text, DECLARATION),
            lambda text, syntax=syntax: eg.parse(text, DECLARATION, syntax=syntax),
            eg.interpret,
            eg.variables,
        ):
            with contextlib.suppress(eg.EinsgradError):
                door(text)
