"""What an einsum string with shifted labels means, entry by entry; and random strings of them."""

import re

import numpy as np

_LABEL = re.compile(r"\(([^)]*)\)|(\w)")
_TERM = re.compile(r"([+-]?)(\d*)([a-z]?)")


def read(string):
    """Return the forms of the operands and of the output: offset, and strides by label."""
    inputs, output = string.split("->")
    return [_forms(text) for text in inputs.split(",")], _forms(output)


def _forms(text):
    return [_form(inside or letter) for inside, letter in _LABEL.findall(text)]


def _form(text):
    offset, strides = 0, {}
    for sign, digits, letter in _TERM.findall(text.replace(" ", "")):
        if not digits and not letter:
            continue
        number = int(sign + (digits or "1"))
        if letter:
            strides[letter] = strides.get(letter, 0) + number
        else:
            offset += number
    return offset, strides


def ranges(string, shapes, sizes=None):
    """Return the size of each label: the largest for which no place exceeds its axis."""
    inputs, _ = read(string)
    found = dict(sizes or {})
    axes = [
        (form, size)
        for forms, shape in zip(inputs, shapes, strict=True)
        for form, size in zip(forms, shape, strict=True)
    ]
    for (offset, strides), size in axes:
        if offset == 0 and list(strides.values()) == [1]:
            found.setdefault(*strides, size)
    for (offset, strides), size in axes:
        missing = [label for label in strides if label not in found]
        if len(missing) == 1:
            (label,) = missing
            others = sum(s * (found[one] - 1) for one, s in strides.items() if one != label)
            found[label] = (size - 1 - offset - others) // strides[label] + 1
    return found


def value(string, *arrays, sizes=None):
    """Multiply at every value of every label; places that an axis lacks hold zeros."""
    inputs, output = read(string)
    counts = ranges(string, [np.shape(array) for array in arrays], sizes)
    labels = sorted(counts)
    grids = dict(zip(labels, np.indices([counts[one] for one in labels]), strict=True))
    product = np.ones([counts[one] for one in labels])
    for forms, array in zip(inputs, arrays, strict=True):
        product = product * _seen(np.asarray(array), forms, grids, product.shape)
    places = [np.broadcast_to(_place(form, grids), product.shape) for form in output]
    shape = [_reach(form, counts) for form in output]
    inside = np.ones(product.shape, bool)
    for place in places:
        inside &= place >= 0
    result = np.zeros(shape, product.dtype)
    np.add.at(result, tuple(place[inside] for place in places), product[inside])
    return result


def _place(form, grids):
    offset, strides = form
    return offset + sum(stride * grids[label] for label, stride in strides.items())


def _reach(form, counts):
    offset, strides = form
    return max(0, 1 + offset + sum(s * (counts[one] - 1) for one, s in strides.items()))


def _seen(array, forms, grids, shape):
    places = [np.broadcast_to(_place(form, grids), shape) for form in forms]
    inside = np.ones(shape, bool)
    for place, size in zip(places, array.shape, strict=True):
        inside &= (place >= 0) & (place < size)
    if not array.size:
        return np.zeros(shape, array.dtype)
    clipped = [np.clip(p, 0, s - 1) for p, s in zip(places, array.shape, strict=True)]
    return np.where(inside, array[tuple(clipped)], 0)


_PATTERNS = (
    "({a}i+{b}k-{p}),k->i",
    "({a}i-{p}),i->i",
    "n({a}i+{b}k),k->ni",
    "({a}i+{b}k-{p})c,kc->i",
    "({a}i+k)({b}j+l),kl->ij",
    "i,k->({a}i+{b}k)",
    "ni,k->n({a}i+{b}k)",
    "({a}i+k)(k+{b}j),k->ij",
    "(i+{p})->i",
    "(i+{p})j->ji",
    "ij->({a}i+{b}j)",
    "i->({a}i+{p})",
)


def drawn(random):
    """Draw a string and shapes for its operands, of which no range is empty."""
    pattern = _PATTERNS[int(random.integers(len(_PATTERNS)))]
    numbers = {name: int(random.integers(1, 4)) for name in "ab"}
    string = pattern.format(**numbers, p=int(random.integers(0, 3)))
    inputs, _ = read(string)
    labels = sorted({label for forms in inputs for _, strides in forms for label in strides})
    counts = {label: int(random.integers(1, 5)) for label in labels}
    shapes = [[_reach(form, counts) for form in forms] for forms in inputs]
    return string, shapes, counts


def every(count, seed):
    """Yield strings with integer arrays."""
    for number in range(count):
        random = np.random.default_rng([seed, number])
        string, shapes, counts = drawn(random)
        arrays = [random.integers(-3, 4, shape).astype(float) for shape in shapes]
        yield string, arrays, counts
