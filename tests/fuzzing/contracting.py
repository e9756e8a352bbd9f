"""Random steps that join and move axes: einsums, products of matrices, reshapes, inverses."""

import numpy as np

from fuzzing import idioms, index_forms, numpy_forms
from fuzzing import operations as table
from fuzzing.drawing import Drawing, Refused
from fuzzing.programs import Input, Program

LETTERS = "abcdefgh"


def einsum(drawing):
    """Contract one to three values; labels repeat within operands, and rarely in the output."""
    names = [drawing.operand() for _ in range(1 + int(drawing.random.integers(3)))]
    labels, lists = {}, []
    for name in names:
        indices = ""
        for dim in drawing.dims[name]:
            known = [label for label, one in labels.items() if one == dim]
            if known and drawing.chance(0.65):
                label = drawing.pick(known)
            elif dim == 1 and labels and not set(indices) & set(labels) and drawing.chance(0.3):
                label = drawing.pick(list(labels))
            else:
                label = LETTERS[len(labels)]
                labels[label] = dim
            indices += label
        lists.append(indices)
    output = ""
    if labels:
        count = int(drawing.random.integers(0, min(3, len(labels)) + 1))
        output = "".join(drawing.random.permutation(list(labels))[:count])
        if output and drawing.named and drawing.chance(0.08):
            output += output[0]
    _refuse_broken(drawing, names, lists, labels)
    dims = [labels[label] for label in output]
    operation = drawing.allowed(table.EINSUM, *names)
    return drawing.step(operation, names, dims, string=f"{','.join(lists)}->{output}")


def _refuse_broken(drawing, names, lists, labels):
    """Within one operand a label has one size."""
    for name, indices in zip(names, lists, strict=True):
        pairs = set(zip(indices, drawing.dims[name], strict=True))
        if len({label for label, _ in pairs}) < len(pairs):
            raise Refused
        if any(dim not in (1, labels[label]) for label, dim in pairs):
            raise Refused


def matmul(drawing):
    first = drawing.operand(lambda n: drawing.dims[n])
    dims = drawing.dims[first]

    def fits(name):
        other = drawing.dims[name]
        return other and len(other) <= 2 and other[0] == dims[-1]

    second = drawing.operand(fits)
    other = drawing.dims[second]
    operation = drawing.pick([table.MATMUL, table.MATMUL, table.DOT])
    return drawing.step(operation, [first, second], (*dims[:-1], *other[1:]))


def outer(drawing):
    one, other = (drawing.operand(lambda n: len(drawing.dims[n]) == 1) for _ in range(2))
    dims = (*drawing.dims[one], *drawing.dims[other])
    return drawing.step(table.OUTER, [one, other], dims)


def _square(drawing, name):
    dims = drawing.dims[name]
    return len(dims) == 2 and dims[0] == dims[1]


def diagonal(drawing):
    if drawing.chance(0.3):
        name = drawing.operand(lambda n: len(drawing.dims[n]) == 1)
        return drawing.step(table.DIAG, [name], drawing.dims[name] * 2)
    name = drawing.operand(lambda n: _square(drawing, n))
    if drawing.chance(0.5):
        return drawing.step(table.TRACE, [name], ())
    return drawing.step(table.DIAG, [name], drawing.dims[name][:1])


def transpose(drawing):
    name = drawing.operand(lambda n: len(drawing.dims[n]) > 1)
    order = [int(axis) for axis in drawing.random.permutation(len(drawing.dims[name]))]
    dims = [drawing.dims[name][axis] for axis in order]
    rank = len(order)
    shown = tuple(axis - rank if drawing.chance(0.2) else axis for axis in order)
    return drawing.step(table.TRANSPOSE, [name], dims, axes=shown)


def reshape(drawing):
    if drawing.named:
        raise Refused
    name = drawing.operand(lambda n: drawing.dims[n])
    dims = list(drawing.dims[name])
    kind = drawing.pick(["flat", "merge", "split", "one"])
    if kind == "flat":
        shape = [int(np.prod(dims))]
    elif kind == "merge" and len(dims) > 1:
        place = int(drawing.random.integers(len(dims) - 1))
        shape = [*dims[:place], dims[place] * dims[place + 1], *dims[place + 2 :]]
    elif kind == "split" and any(dim in (4, 6, 8, 9, 12, 16) for dim in dims):
        place = next(p for p, dim in enumerate(dims) if dim in (4, 6, 8, 9, 12, 16))
        part = 3 if dims[place] % 3 == 0 else 2
        shape = [*dims[:place], dims[place] // part, part, *dims[place + 1 :]]
    else:
        place = int(drawing.random.integers(len(dims) + 1))
        shape = [*dims[:place], 1, *dims[place:]]
    given = list(shape)
    if 0 not in shape and drawing.chance(0.3):
        given[int(drawing.random.integers(len(given)))] = -1
    return drawing.step(table.RESHAPE, [name], shape, shape=tuple(given))


def matrix(drawing):
    """Apply a matrix function to a matrix that is well conditioned; solve with it."""
    name = drawing.operand(lambda n: _square(drawing, n))
    value = drawing.values[name]
    if not value.size or np.linalg.cond(value) > 50:
        name = _conditioned(drawing, name)
    if drawing.chance(0.25):
        dims = drawing.dims[name]
        right = drawing.operand(
            lambda n: len(drawing.dims[n]) in (1, 2) and drawing.dims[n][0] == dims[0]
        )
        return drawing.step(table.SOLVE, [name, right], drawing.dims[right])
    operation = drawing.pick(table.MATRIX_FUNCTIONS)
    dims = drawing.dims[name] if operation.name == "inverse" else ()
    return drawing.step(operation, [name], dims)


def idiom(drawing):
    """Write a form that a rule may know, of one value or two."""
    sort = drawing.pick([idioms.OF_ENTRIES, idioms.OF_TWO, idioms.OF_WHOLE, idioms.OF_SHAPED])
    operation = drawing.pick(sort)
    names = [drawing.operand()] if operation.arity == 1 else list(drawing.pair())
    if drawing.is_complex(*names) or any(not drawing.values[name].size for name in names):
        raise Refused
    pairs = zip(names, operation.domain, strict=True)
    names = [drawing.within(name, interval) for name, interval in pairs]
    dims = drawing.dims[names[0]] if len(names) == 1 else drawing.joined_dims(*names)
    return drawing.step(operation, names, () if sort is idioms.OF_WHOLE else dims)


def idiom_of_matrices(drawing):
    name = drawing.operand(lambda n: _square(drawing, n))
    value = drawing.values[name]
    if drawing.is_complex(name):
        raise Refused
    if not value.size or np.linalg.cond(value) > 50:
        name = _conditioned(drawing, name)
    sort = drawing.pick([idioms.OF_MATRICES, idioms.MATRICES_TO_NUMBERS])
    dims = drawing.dims[name] if sort is idioms.OF_MATRICES else ()
    return drawing.step(drawing.pick(sort), [name], dims)


def _conditioned(drawing, name):
    """Add the square of the matrix and its transpose, and a multiple of the diagonal."""
    dims, value = drawing.dims[name], drawing.values[name]
    if not value.size or drawing.is_complex(name):
        raise Refused
    gram = drawing.step(table.EINSUM, [name, name], dims, string="ab,cb->ac")
    label = drawing.step(table.EINSUM, [name], dims[:1], string="ab->a")
    ones = drawing.step(table.ARITHMETIC[3], [label, 0], dims[:1])
    ones = drawing.step(table.ARITHMETIC[0], [ones, 2.0], dims[:1])
    eye = drawing.step(table.DIAG, [ones], dims)
    return drawing.step(table.ARITHMETIC[0], [gram, eye], dims)


SORTS = (
    (Drawing.unary, 5),
    (Drawing.binary, 3),
    (Drawing.arithmetic, 4),
    (Drawing.number, 3),
    (Drawing.where, 1.5),
    (Drawing.reduction, 3),
    (Drawing.softmax, 1),
    (einsum, 4),
    (matmul, 2),
    (outer, 0.7),
    (diagonal, 1),
    (transpose, 1),
    (reshape, 2),
    (matrix, 2),
    (idiom, 5),
    (idiom_of_matrices, 1.5),
    *numpy_forms.SORTS,
)
# Two steps of three index.
INDEXING_SORTS = (
    *((sort, 2 * weight) for sort, weight in index_forms.SORTS),
    *((sort, 0.6 * weight) for sort, weight in SORTS),
)


def draw_program(seed, *, dtypes=False, indexing=False):
    """Draw a program and arrays for it, of all dtypes or not; most end in a number."""
    drawing = Drawing(seed, dtypes=dtypes, indexing=indexing)
    length = 2 + int(drawing.random.integers(6))
    _grow(drawing, length, INDEXING_SORTS if indexing else SORTS)
    wanted = _closed(drawing) if drawing.chance(0.7) else None
    program = Program(tuple(drawing.inputs), tuple(drawing.steps), drawing.sizes).pruned()
    arrays = {one.name: drawing.arrays[one.name] for one in program.inputs}
    return program, arrays, wanted is not None and program.result == wanted


def _sum_or_difference(drawing):
    first, second = drawing.pair()
    dims = drawing.joined_dims(first, second)
    return drawing.step(table.ARITHMETIC[drawing.pick([0, 2])], [first, second], dims)


LINEAR_SORTS = (*index_forms.LINEAR, (_sum_or_difference, 4))


def draw_linear(seed):
    """Draw a program that is linear in its inputs, and whole numbers for them."""
    drawing = Drawing([seed, 5], indexing=True)
    drawing.inputs = [Input(one.name, one.dims) for one in drawing.inputs]
    for name, value in drawing.values.items():
        drawing.values[name] = drawing.arrays[name] = np.round(4 * np.real(value))
    _grow(drawing, 2 + int(drawing.random.integers(7)), LINEAR_SORTS)
    program = Program(tuple(drawing.inputs), tuple(drawing.steps), drawing.sizes).pruned()
    return program, {one.name: drawing.arrays[one.name] for one in program.inputs}


def _grow(drawing, length, sorts):
    weights = np.array([weight for _, weight in sorts])
    weights = weights / sum(weight for _, weight in sorts)
    for _ in range(20 * length):
        if len(drawing.steps) >= length:
            return
        sort = sorts[int(drawing.random.choice(len(sorts), p=weights))][0]
        before = len(drawing.steps)
        try:
            name = sort(drawing)
        except Refused:
            _forget(drawing, before)
            continue
        if np.abs(drawing.values[name]).max(initial=0) > 1e3 and drawing.chance(0.9):
            _forget(drawing, before)


def _forget(drawing, count):
    for step in drawing.steps[count:]:
        drawing.values.pop(step.name)
        drawing.dims.pop(step.name)
        if step.name in drawing.unused:
            drawing.unused.remove(step.name)
    del drawing.steps[count:]


def _closed(drawing):
    """Sum what was not used, the last value and two others at most, to a real number."""
    if not drawing.steps:
        return None
    last = drawing.steps[-1].name
    others = [
        n for n in drawing.unused if n != last and np.abs(drawing.values[n]).max(initial=0) < 50
    ]
    parts = [_total(drawing, name) for name in (last, *others[-2:])]
    result = parts[0]
    for part in parts[1:]:
        operation = drawing.pick([table.ARITHMETIC[0], table.ARITHMETIC[2], table.ARITHMETIC[3]])
        result = drawing.step(operation, [result, part], ())
    return result


def _total(drawing, name):
    if drawing.is_complex(name):
        name = drawing.step(table.named("abs"), [name], drawing.dims[name])
    if not drawing.dims[name]:
        return name
    return drawing.step(table.named("sum"), [name], (), axis=None, keepdims=False)
