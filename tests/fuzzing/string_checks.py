"""Einsum strings on arrays of all dtypes and layouts: values, products, compiled strings."""

import numpy as np

import einsgrad as eg
from fuzzing import reference
from fuzzing.arrays import drawn_dtype, laid_out, precision, rounded
from fuzzing.checks import Difference, agree

LETTERS = "ijkl"


class StringCase:
    """A string with arrays, the numbers that they stand for, and what rounding may lose."""

    def __init__(self, seed):
        self.random = np.random.default_rng([seed, 11])
        sizes = {letter: int(self.random.choice([1, 2, 3, 2, 3, 0])) for letter in LETTERS}
        lists = [self._labels(3) for _ in range(1 + int(self.random.integers(4)))]
        known = sorted(set("".join(lists)))
        output = "".join(self.random.permutation(known)[: int(self.random.integers(3))])
        if output and self.random.random() < 0.1:
            output += output[0]
        self.string = f"{','.join(lists)}->{output}"
        self.arrays = [
            self._array([self._size(sizes[x]) for x in labels], labels) for labels in lists
        ]
        wide = [complex if a.dtype.kind == "c" else float for a in self.arrays]
        self.exact = [a.astype(dtype) for a, dtype in zip(self.arrays, wide, strict=True)]
        self.eps = 64 * precision([a.dtype for a in self.arrays])

    @property
    def of_integers(self):
        """Whether all arrays hold whole numbers, whose sums wrap as numpy's do."""
        return all(array.dtype.kind not in "fc" for array in self.arrays)

    def _labels(self, most):
        return "".join(self.random.choice(list(LETTERS), int(self.random.integers(most + 1))))

    def _size(self, size):
        return 1 if self.random.random() < 0.08 else size

    def _array(self, shape, labels):
        # Within one operand a label has one size.
        shape = [shape[labels.index(label)] for label in labels]
        value = self.random.uniform(-1.5, 1.5, shape)
        dtype = drawn_dtype(self.random)
        if dtype.kind == "c":
            value = value + 1j * self.random.uniform(-1.5, 1.5, shape)
        return rounded(value, dtype, self.random)

    def laid(self):
        return [laid_out(array, self.random) for array in self.arrays]

    def value(self, arrays=None):
        """Return numpy's value, and how far rounding may move it."""
        arrays = self.exact if arrays is None else arrays
        spread = self._spread(arrays)
        return reference.einsum(self.string, *spread), self.eps * reference.einsum(
            self.string, *(np.abs(array) for array in spread)
        )

    def _spread(self, arrays):
        """Stretch axes of size 1, which numpy does not within all strings."""
        inputs = self.string.partition("->")[0].split(",")
        sizes = {}
        for labels, array in zip(inputs, arrays, strict=True):
            for label, size in zip(labels, array.shape, strict=True):
                sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
        return [
            np.broadcast_to(array, [sizes[label] for label in labels])
            for labels, array in zip(inputs, arrays, strict=True)
        ]

    def __str__(self):
        shown = "; ".join(
            f"{a.dtype}{list(a.shape)} {' '.join(str(a.tolist()).split())}" for a in self.arrays
        )
        return f"eg.einsum({self.string!r}): {shown}"


def einsum(case):
    agree("einsum", eg.einsum(case.string, *case.laid()), *case.value())


def compiled(case):
    f = eg.compile(case.string)
    for _ in range(2):
        agree("compiled string", f(*case.laid()), *case.value())


def jvp(case):
    moves = [
        case.random.uniform(-1, 1, a.shape) if a.dtype.kind in "fc" else None for a in case.arrays
    ]
    expected, uncertain = 0.0, 0.0
    for place, move in enumerate(moves):
        if move is not None:
            parts = [*case.exact[:place], move, *case.exact[place + 1 :]]
            one, other = case.value(parts)
            expected, uncertain = expected + one, uncertain + other
    value, got = eg.jvp(case.string, case.laid(), moves)
    agree("value of jvp", value, *case.value())
    if any(move is not None for move in moves):
        agree("jvp", got, expected, uncertain)


def vjp(case):
    """The plain transpose: cotangent times the change along a move is the share times the move."""
    wrt = [place for place, a in enumerate(case.arrays) if a.dtype.kind in "fc"]
    if not wrt:
        return
    value, pullback = eg.vjp(case.string, *case.laid(), wrt=wrt)
    expected, uncertain = case.value()
    agree("value of vjp", value, expected, uncertain)
    cotangent = case.random.uniform(-1, 1, np.shape(expected))
    for place, share in zip(wrt, pullback(cotangent), strict=True):
        move = case.random.uniform(-1, 1, case.arrays[place].shape)
        if np.shape(share) != move.shape:
            raise Difference(f"vjp: shape {np.shape(share)}")
        change, unsure = case.value([*case.exact[:place], move, *case.exact[place + 1 :]])
        agree("vjp", np.sum(share * move), np.sum(cotangent * change), np.sum(unsure) + 1e-12)


CHECKS = (einsum, compiled, jvp, vjp)
