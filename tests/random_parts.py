"""Random sums of products over axes of rows and columns, with deltas and shifts."""

from __future__ import annotations

import math

import numpy as np

from einsgrad.engine.labelled_arrays import Labelled
from einsgrad.engine.parts import Part
from einsgrad.engine.programs.affine_axes import AffineAxis


def multiple_of_identity(shape, number):
    """Return a part that is a number times the identity."""
    labels = tuple(range(len(shape)))
    return Part((Labelled(np.array(number), ()),), labels * 2, tuple(shape) * 2)


def transposed(part):
    """Return the part of the adjoint."""
    half = len(part.shape) // 2
    order = (*range(half, 2 * half), *range(half))
    return Part(
        tuple(Labelled(one.array.conj(), one.labels) for one in part.factors),
        tuple(part.pattern[k] for k in order),
        tuple(part.shape[k] for k in order),
    )


def entries(generator, shape, is_complex):
    """Return random numbers."""
    found = np.asarray(generator.standard_normal(shape))
    return found + 1j * generator.standard_normal(shape) if is_complex else found


def random_part(generator, rows, columns, is_complex):
    """Return a part of any pattern: deltas at any axes, sums, sometimes a shift."""
    pattern = [("row", axis) for axis in range(len(rows))]
    sizes = dict(zip(pattern, rows, strict=True))
    for axis, size in enumerate(columns):
        same = [label for label in pattern if sizes[label] == size]
        label = ("column", axis)
        if same and generator.random() < 0.6:
            own = ("row", axis)
            is_own = own in same and generator.random() < 0.8
            label = own if is_own else same[generator.integers(len(same))]
        pattern.append(label)
        sizes[label] = size
    if pattern and generator.random() < 0.1:
        place = generator.integers(len(pattern))
        label = pattern[place]
        offset = int(generator.integers(-1, 2))
        pattern[place] = AffineAxis((label,), (1,), (sizes[label],), offset)
    for number in range(generator.integers(3)):
        sizes["sum", number] = int(generator.integers(1, 3))
    lists = [
        tuple(label for label in sizes if generator.random() < 0.4)
        for _ in range(generator.integers(1, 4))
    ]
    factors = tuple(
        Labelled(entries(generator, [sizes[x] for x in own], is_complex), own) for own in lists
    )
    return Part(factors, tuple(pattern), (*rows, *columns))


def random_groups(generator, count):
    """Split axes into groups at random."""
    order = [int(axis) for axis in generator.permutation(count)]
    groups = []
    while order:
        size = min(len(order), int(generator.integers(1, 3)))
        groups.append(sorted(order[:size]))
        order = order[size:]
    return groups


def random_kronecker(generator, is_complex):
    """Return parts that are matrices on groups of axes, with the shapes of rows and of columns.

    They are products of such, sums, or both; the order of the columns is sometimes another one, and
    one axis sometimes a delta whose factors depend on it.
    """
    count = int(generator.integers(2, 5))
    rows = [int(generator.integers(1, 4)) for _ in range(count)]
    order = generator.permutation(count) if generator.random() < 0.2 else np.arange(count)
    batch = int(generator.integers(count)) if generator.random() < 0.4 else None
    is_hermitian = generator.random() < 0.6
    groups = random_groups(generator, count)
    shared = {}

    def matrix(group):
        shape = [rows[axis] for axis in group]
        size = math.prod(shape)
        found = entries(generator, (size, size), is_complex)
        found = found + found.conj().T if is_hermitian else found
        found = (found + 3 * size * np.eye(size)).reshape(shape * 2)
        labels = [("row", axis) for axis in group] + [("column", axis) for axis in group]
        if batch in group:
            places = group.index(batch), len(group) + group.index(batch)
            found = np.moveaxis(np.diagonal(found, axis1=places[0], axis2=places[1]), -1, 0)
            rest = [x for x in labels if x[1] != batch]
            labels = [("row", batch), *rest]
        return Labelled(found, tuple(labels))

    def part(acting, *, is_shared=False):
        factors = []
        for group in acting:
            key = tuple(group)
            found = shared.get(key) if is_shared else None
            shared[key] = found or matrix(group)
            factors.append(shared[key])
        free = {axis for group in acting for axis in group} - {batch}
        columns = [("column" if axis in free else "row", int(axis)) for axis in order]
        factors = factors or [Labelled(np.array(2.0), ())]
        pattern = (*(("row", axis) for axis in range(count)), *columns)
        return Part(tuple(factors), pattern, (*rows, *(rows[axis] for axis in order)))

    kinds = {
        "product": lambda: [part(groups)],
        "sum": lambda: [part([group]) for group in groups] + [part([])],
        "shared": lambda: [part(groups[:1]), part(groups[:1]), part(groups[1:2])],
        "powers": lambda: [
            part(groups, is_shared=True),
            part(groups[:1], is_shared=True),
            part([]),
        ],
    }
    parts = kinds[str(generator.choice(list(kinds)))]()
    return parts, tuple(rows), tuple(rows[axis] for axis in order)
