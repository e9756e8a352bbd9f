"""Relations between an einsum and a changed one, which must hold for values and adjoints."""

import functools
import itertools

import numpy as np
import opt_einsum
from hypothesis import assume, given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.strategies import arrays, einsum_cases

LATIN = "ijkmnpqr"
GREEK = "αβγδεζηθ"
plain = einsum_cases(ellipsis=False)


def split(string):
    inputs, _, output = string.partition("->")
    return inputs.split(","), output


def joined(inputs, output):
    return ",".join(inputs) + "->" + output


def gradients(string, operands, g):
    return eg.vjp(string, *operands)[1](g)


def cotangent(data, string, operands):
    return data.draw(arrays(np.shape(eg.einsum(string, *operands))))


def same(one, other):
    return np.shape(one) == np.shape(other) and bool((np.asarray(one) == other).all())


@given(case=einsum_cases(), data=st.data())
def test_relabelling_with_greek_letters_changes_nothing(case, data):
    greek = case.string.translate(str.maketrans(LATIN, GREEK))
    g = cotangent(data, case.string, case.arrays)
    assert same(eg.einsum(greek, *case.arrays), eg.einsum(case.string, *case.arrays))
    for one, other in zip(
        gradients(greek, case.arrays, g), gradients(case.string, case.arrays, g), strict=True
    ):
        assert same(one, other)


def numbered(string):
    """Number the labels in order of appearance, so that only the joins remain."""
    seen = {}
    return [x if x in ",->" else seen.setdefault(x, len(seen)) for x in string]


@given(case=plain)
def test_relabelling_a_string_relabels_its_adjoints(case):
    table = str.maketrans(LATIN, GREEK)
    for position in range(len(case.arrays)):
        latin = eg.adjoint(case.string, position)
        greek = eg.adjoint(case.string.translate(table), position)
        assert latin.operands == greek.operands
        assert numbered(str(latin)) == numbered(str(greek))
        fresh = set(str(latin)) - set(case.string)
        if not fresh:
            assert str(greek) == str(latin).translate(table)


@given(case=plain, data=st.data())
def test_hashable_labels_in_place_of_letters_change_nothing(case, data):
    inputs, output = split(case.string)
    pairs = [(letter, number) for number, letter in enumerate(LATIN)]
    names = dict(zip(LATIN, pairs, strict=True))
    lists = [[names[letter] for letter in indices] for indices in inputs]
    interleaved = [x for pair in zip(case.arrays, lists, strict=True) for x in pair]
    last = [names[letter] for letter in output]
    g = cotangent(data, case.string, case.arrays)
    value, pullback = eg.vjp(*interleaved, last)
    assert same(value, eg.einsum(case.string, *case.arrays))
    for one, other in zip(pullback(g), gradients(case.string, case.arrays, g), strict=True):
        assert same(one, other)


@given(case=einsum_cases(), data=st.data())
def test_permuting_operands_permutes_the_gradients(case, data):
    inputs, output = split(case.string)
    order = data.draw(st.permutations(range(len(inputs))))
    moved = joined([inputs[place] for place in order], output)
    operands = [case.arrays[place] for place in order]
    g = cotangent(data, case.string, case.arrays)
    assert same(eg.einsum(moved, *operands), eg.einsum(case.string, *case.arrays))
    before = gradients(case.string, case.arrays, g)
    for place, gradient in zip(order, gradients(moved, operands, g), strict=True):
        assert same(gradient, before[place])


@given(case=plain, data=st.data())
def test_transposing_the_output_transposes_the_cotangent(case, data):
    inputs, output = split(case.string)
    order = data.draw(st.permutations(range(len(output))))
    moved = joined(inputs, "".join(output[axis] for axis in order))
    g = cotangent(data, case.string, case.arrays)
    value = eg.einsum(case.string, *case.arrays)
    assert same(eg.einsum(moved, *case.arrays), np.transpose(value, order))
    before = gradients(case.string, case.arrays, g)
    after = gradients(moved, case.arrays, np.transpose(g, order))
    assert all(same(one, other) for one, other in zip(before, after, strict=True))


@given(case=einsum_cases(ellipsis=False, broadcasting=False), data=st.data())
def test_transposing_an_operand_transposes_its_gradient(case, data):
    inputs, output = split(case.string)
    place = data.draw(st.integers(0, len(inputs) - 1))
    order = data.draw(st.permutations(range(len(inputs[place]))))
    inputs[place] = "".join(inputs[place][axis] for axis in order)
    operands = list(case.arrays)
    operands[place] = operands[place].transpose(order)
    g = cotangent(data, case.string, case.arrays)
    before = gradients(case.string, case.arrays, g)
    after = gradients(joined(inputs, output), operands, g)
    assert same(after[place], before[place].transpose(order))


@given(case=einsum_cases(ellipsis=False, broadcasting=False), data=st.data())
def test_splitting_a_label_with_an_identity_changes_nothing(case, data):
    inputs, output = split(case.string)
    places = [(p, axis) for p, indices in enumerate(inputs) for axis in range(len(indices))]
    assume(places)
    place, axis = data.draw(st.sampled_from(places))
    letter, indices = inputs[place][axis], inputs[place]
    inputs[place] = f"{indices[:axis]}z{indices[axis + 1 :]}"
    longer = joined([*inputs, letter + "z"], output)
    operands = [*case.arrays, np.eye(case.arrays[place].shape[axis])]
    g = cotangent(data, case.string, case.arrays)
    assert same(eg.einsum(longer, *operands), eg.einsum(case.string, *case.arrays))
    before = gradients(case.string, case.arrays, g)
    after = gradients(longer, operands, g)
    assert all(same(one, other) for one, other in zip(before, after, strict=False))


@given(case=plain, data=st.data())
def test_an_axis_of_size_one_changes_nothing_but_the_shape(case, data):
    inputs, output = split(case.string)
    place = data.draw(st.integers(0, len(inputs) - 1))
    axis = data.draw(st.integers(0, len(inputs[place])))
    inputs[place] = f"{inputs[place][:axis]}z{inputs[place][axis:]}"
    operands = list(case.arrays)
    operands[place] = np.expand_dims(operands[place], axis)
    g = cotangent(data, case.string, case.arrays)
    value = eg.einsum(case.string, *case.arrays)
    assert same(eg.einsum(joined(inputs, output), *operands), value)
    assert same(eg.einsum(joined(inputs, output + "z"), *operands), np.expand_dims(value, -1))
    before = list(gradients(case.string, case.arrays, g))
    before[place] = np.expand_dims(before[place], axis)
    after = gradients(joined(inputs, output), operands, g)
    assert all(same(one, other) for one, other in zip(before, after, strict=True))


@given(case=plain, data=st.data())
def test_broadcasting_sums_what_a_repeated_axis_would(case, data):
    inputs, output = split(case.string)
    size = data.draw(st.integers(2, 3))
    place = data.draw(st.integers(0, len(inputs) - 1))
    inputs[place] += "z"
    longer = joined([*inputs, "z"], output)
    weights = np.arange(1.0, size + 1)
    narrow, wide = list(case.arrays), list(case.arrays)
    narrow[place] = case.arrays[place][..., None]
    wide[place] = np.repeat(narrow[place], size, axis=-1)
    g = cotangent(data, case.string, case.arrays)
    once = gradients(longer, [*narrow, weights], g)
    each = gradients(longer, [*wide, weights], g)
    assert same(once[place], each[place].sum(axis=-1, keepdims=True))


def adjoint_of_adjoint(string, position):
    """Derive the adjoint of the adjoint in the cotangent: a map of the operand again."""
    once = eg.adjoint(string, position)
    return eg.adjoint(str(once), once.operands.index("g"))


@given(case=einsum_cases(broadcasting=False), data=st.data())
def test_the_adjoint_of_the_adjoint_is_the_value(case, data):
    for position in range(len(case.arrays)):
        once = eg.adjoint(case.string, position, shapes=case.shapes)
        named = {f"x{place}": x for place, x in enumerate(case.arrays)}
        g = cotangent(data, case.string, case.arrays)
        operands = once.numpy_operands(named | {"g": g})
        place = once.operands.index("g")
        _, pullback = eg.vjp(str(once), *operands, wrt=[place])
        (value,) = pullback(case.arrays[position])
        assert same(value, eg.einsum(case.string, *case.arrays))


@given(case=einsum_cases(ellipsis=False))
def test_the_adjoint_of_a_normal_strings_adjoint_is_the_string(case):
    inputs, output = split(case.string)
    lists = [*inputs, output]
    letters = set("".join(lists))
    repeats = any(len(set(indices)) < len(indices) for indices in lists)
    lone = any(sum(letter in indices for indices in lists) < 2 for letter in letters)
    for position in range(len(inputs)):
        twice = adjoint_of_adjoint(case.string, position)
        if not repeats and not lone:
            assert str(twice) == case.string
        assert len(str(twice).partition("->")[2]) == len(output)


@given(case=einsum_cases(max_operands=3), scale=st.integers(-3, 3), data=st.data())
def test_values_and_gradients_are_linear_in_each_operand(case, scale, data):
    g = cotangent(data, case.string, case.arrays)
    before = gradients(case.string, case.arrays, g)
    for position, array in enumerate(case.arrays):
        scaled = [*case.arrays[:position], scale * array, *case.arrays[position + 1 :]]
        value = eg.einsum(case.string, *scaled)
        assert same(value, scale * eg.einsum(case.string, *case.arrays))
        assert same(gradients(case.string, scaled, g)[position], before[position])


def test_strings_of_many_labels_may_hold_the_symbols_of_opt_einsum():
    labels = [opt_einsum.get_symbol(number) for number in range(601)]
    pairs = list(itertools.pairwise(labels))
    string = ",".join(map("".join, pairs)) + f"->{labels[0]}{labels[-1]}"
    matrices = [np.eye(2)[[place % 2, 1 - place % 2]] for place in range(len(pairs))]
    assert same(eg.einsum(string, *matrices), functools.reduce(np.matmul, matrices))
    assert str(eg.adjoint("×i,iħ->×ħ", 0)) == "×ħ,iħ->×i"
