"""Einsums with affine labels by their definition: a loop over all labels, nothing of einsgrad."""

import re
from itertools import product

import numpy as np

_LABEL = re.compile(r"\([^)]*\)|[a-zA-Z]")


def lists_of(string):
    """Return the labels of the operands' lists, and of the output's."""
    inputs, _, output = string.partition("->")
    return [_LABEL.findall(part) for part in inputs.split(",")], _LABEL.findall(output)


def place(label, at):
    """Return the index that a label is, where each letter has one."""
    return eval(re.sub(r"(\d)([a-zA-Z])", r"\1*\2", label), {}, at)


def plain_affine(string, arrays, ranges, without=None):
    """Return the value of an einsum; outside of arrays are zeros.

    With `without`, return its derivative in that operand: an array of the value's shape and
    then the operand's.
    """
    inputs, output = lists_of(string)
    letters = sorted(set(re.findall("[a-zA-Z]", string)))
    shape = tuple(ranges[label] for label in output)
    own = () if without is None else np.shape(arrays[without])
    result = np.zeros(shape + own, dtype=np.result_type(*arrays))
    for index in product(*(range(ranges[letter]) for letter in letters)):
        at = dict(zip(letters, index, strict=True))
        places = [tuple(place(label, at) for label in indices) for indices in inputs]
        here = tuple(place(label, at) for label in output)
        inside = [_within(p, np.shape(a)) for p, a in zip(places, arrays, strict=True)]
        if not all(inside) or not _within(here, shape):
            continue
        factors = [
            a[p] for k, (a, p) in enumerate(zip(arrays, places, strict=True)) if k != without
        ]
        target = here if without is None else here + places[without]
        result[target] += np.prod(factors) if factors else 1
    return result


def _within(index, shape):
    return all(0 <= i < size for i, size in zip(index, shape, strict=True))
