"""Random steps that index, join, move and cumulate, which expressions and functions share."""

from collections import Counter

import numpy as np

from fuzzing import affine, reference
from fuzzing.drawing import Refused
from fuzzing.operations import LINE, Operation


class Text(str):
    """A part of a program's text that is written without quotes."""

    __slots__ = ()

    def __repr__(self):
        return str(self)


def _both(name, text, value, *domain, analytic=True):
    return Operation(name, text, text, value, domain or (LINE,), analytic, True)


def _indexed(x, index):
    return eval(f"x[{index}]", {"np": np, "x": x})


def _joining(name):
    def join(*values, axis):
        return getattr(np, name)(values, axis=axis)

    return _both(name, f"np.{name}([{{all}}], axis={{axis}})", join)


def _largest_entry(x, y):
    place = np.argmax(np.real(y))
    reference._decide(np.equal(y, y[place]))
    return x[place]


def _sorted(x, axis):
    order = np.argsort(np.real(x), axis=axis, kind="stable")
    reference._decide(order)
    return np.take_along_axis(x, order, axis)


_INDEX = _both("index", "{0}[{index}]", _indexed)
_TAKE = _both("take", "np.take({0}, {places}, axis={axis})", lambda x, places, axis: x.take(
    eval(places, {"np": np}), axis=axis
))  # fmt: skip
_CONCATENATE, _STACK = _joining("concatenate"), _joining("stack")
_ALONG = {
    name: _both(name, f"np.{name}({{0}}, axis={{axis}})", getattr(np, name))
    for name in ("cumsum", "flip", "expand_dims", "squeeze")
}
_ROLL = _both("roll", "np.roll({0}, {shift}, axis={axis})", np.roll)
_DIFF = _both("diff", "np.diff({0}, n={n}, axis={axis})", np.diff)
_CUMPROD = _both("cumprod", "np.cumprod({0}, axis={axis})", np.cumprod)
_MOVEAXIS = _both("moveaxis", "np.moveaxis({0}, {source}, {destination})", np.moveaxis)
_TRIANGLES = [
    _both(name, f"np.{name}({{0}}, k={{k}})", getattr(np, name)) for name in ("tril", "triu")
]
_DIAG = _both("diag", "np.diag({0}, k={k})", np.diag)
_DIAGONAL = _both("diagonal", "np.diagonal({0}, offset={offset})", np.diagonal)
_TRACE = _both("trace", "np.trace({0}, offset={offset})", np.trace)
_PAD = _both("pad", "np.pad({0}, {pad_width}, mode={mode})", np.pad)
_REPEAT = _both("repeat", "np.repeat({0}, {repeats}, axis={axis})", np.repeat)
_TILE = _both("tile", "np.tile({0}, {reps})", np.tile)
_SPLIT = _both(
    "split", "np.array_split({0}, {parts}, axis={axis})[{place}]",
    lambda x, parts, axis, place: np.array_split(x, parts, axis)[place],
)  # fmt: skip
_CONVOLVE = [
    _both("convolve", "np.convolve({0}, {1}, mode={mode})", np.convolve, LINE, LINE),
    # numpy takes the conjugate of the second.
    _both(
        "correlate", "np.correlate({0}, {1}, mode={mode})", np.correlate, LINE, LINE, analytic=False
    ),
]
_AFFINE = Operation(
    "einsum", "eg.einsum({string}, {all})", "eg.einsum({string}, {all})", affine.value,
    (LINE, LINE), True, True,
)  # fmt: skip
_ENTRY = _both("argmax", "{0}[np.argmax({1})]", _largest_entry, LINE, LINE, analytic=False)
_SORT = _both("sort", "np.sort({0}, axis={axis})", _sorted, analytic=False)


def size_of(drawing, dim):
    return drawing.sizes.get(dim, dim)


def combined(drawing, *dims, more=0):
    """Return a sum of dims and a number, written in one way, and note its size."""
    names, number = Counter(), more
    for dim in dims:
        if isinstance(dim, int):
            number += dim
            continue
        known = drawing.forms.get(dim, (Counter({dim: 1}), 0))
        names.update(known[0])
        number += known[1]
    total = sum(size_of(drawing, dim) for dim in dims) + more
    if total < 0:
        raise Refused
    if not names:
        return number
    text = "+".join(sorted(names.elements())) + (f"{number:+d}" if number else "")
    if text not in "mnk":
        drawing.forms[text] = names, number
        drawing.sizes[text] = total
    return text


def index(drawing):
    """Take slices and entries of some axes, and put in new ones."""
    name = drawing.operand(lambda n: drawing.dims[n])
    parts, dims = [], []
    for dim in drawing.dims[name]:
        if drawing.chance(0.15):
            parts.append("None")
            dims.append(1)
        part, found = _slice_of(drawing, dim) if drawing.chance(0.6) else (":", dim)
        parts.append(part)
        dims += [] if found is None else [found]
    if drawing.chance(0.15):
        while parts and parts[-1] == ":":
            parts.pop()
        parts.append("...")
    return drawing.step(_INDEX, [name], dims, index=Text(", ".join(parts) or "..."))


def _slice_of(drawing, dim):
    """Draw an entry or a slice of an axis; with a named dim, one whose size has a name."""
    size = size_of(drawing, dim)
    if drawing.chance(0.3):
        if not size:
            raise Refused
        place = int(drawing.random.integers(-size, size))
        return str(place), None
    if isinstance(dim, int):
        bounds = [str(drawing.pick(["", *range(-size - 1, size + 2)])) for _ in range(2)]
        step = drawing.pick(["", "", "", 2, -1, -2, 3])
        text = ":".join([*bounds, str(step)] if step else bounds)
        return text, len(range(size)[eval(f"slice({_arguments(text)})")])
    first, last = (int(drawing.random.integers(0, size + 1)) for _ in range(2))
    match drawing.pick(["after", "before", "within", "first", "last", "reversed"]):
        case "after":
            return f"{first}:", combined(drawing, dim, more=-first)
        case "before":
            return f":{-first - 1}", combined(drawing, dim, more=-first - 1)
        case "within":
            return f"{first}:{-last - 1}", combined(drawing, dim, more=-first - last - 1)
        case "first":
            return f":{first}", first
        case "last":
            return f"{-first - 1}:", _at_most(size, first + 1)
        case _:
            return "::-1", dim


def _at_most(size, number):
    if number > size:
        raise Refused
    return number


def _arguments(text):
    return ", ".join(part or "None" for part in text.split(":"))


def _places(drawing, size, rank):
    """Draw an array of places along an axis, of a rank, as text and with its shape."""
    if not size:
        raise Refused
    shape = tuple(int(drawing.random.integers(1, 4)) for _ in range(rank))
    entries = drawing.random.integers(-size, size, shape)
    text = str(entries.tolist())
    return text if rank == 1 and drawing.chance(0.5) else f"np.array({text})", shape


def fancy(drawing):
    """Index by arrays of integers or booleans that are known, next to slices."""
    name = drawing.operand(lambda n: drawing.dims[n])
    dims = drawing.dims[name]
    axis = int(drawing.random.integers(len(dims)))
    before, after = ([":"] * axis), dims[axis + 1 :]
    size = size_of(drawing, dims[axis])
    kind = drawing.pick(["places", "mask", "two", "take"])
    if kind == "take":
        text, shape = _places(drawing, size, int(drawing.random.integers(1, 3)))
        found = (*dims[:axis], *shape, *after)
        return drawing.step(_TAKE, [name], found, places=Text(text), axis=axis)
    if kind == "mask" and isinstance(dims[axis], int):
        mask = drawing.random.random(size) < 0.6
        text, shape = f"np.array({mask.tolist()}, dtype=bool)", (int(mask.sum()),)
    elif kind == "two" and after and size_of(drawing, after[0]):
        text, shape = _places(drawing, size, 1)
        other = drawing.random.integers(size_of(drawing, after[0]), size=shape)
        text, after = f"{text}, np.array({other.tolist()})", after[1:]
    else:
        text, shape = _places(drawing, size, int(drawing.random.integers(1, 3)))
    key = Text(", ".join([*before, text]))
    return drawing.step(_INDEX, [name], (*dims[:axis], *shape, *after), index=key)


def join(drawing):
    """Put two or three values behind each other, or above each other."""
    first = drawing.operand(lambda n: drawing.dims[n])
    dims = drawing.dims[first]
    axis = int(drawing.random.integers(len(dims)))
    stacked = drawing.chance(0.4)

    def fits(name):
        other = drawing.dims[name]
        if stacked:
            return other == dims
        rest = (*dims[:axis], *dims[axis + 1 :])
        return len(other) == len(dims) and (*other[:axis], *other[axis + 1 :]) == rest

    names = [first, *(drawing.operand(fits) for _ in range(1 + drawing.chance(0.3)))]
    if stacked:
        found = (*dims[:axis], len(names), *dims[axis:])
        return drawing.step(_STACK, names, found, axis=axis)
    total = combined(drawing, *(drawing.dims[name][axis] for name in names))
    given = drawing.pick([axis, axis - len(dims)])
    return drawing.step(_CONCATENATE, names, (*dims[:axis], total, *dims[axis + 1 :]), axis=given)


def move(drawing):
    """Turn, roll, sum up or subtract along an axis."""
    name = drawing.operand(lambda n: drawing.dims[n])
    dims = list(drawing.dims[name])
    axis = int(drawing.random.integers(len(dims)))
    match drawing.pick(["cumsum", "flip", "roll", "diff", "expand", "move"]):
        case "cumsum" | "flip" as which:
            return drawing.step(_ALONG[which], [name], dims, axis=axis - len(dims))
        case "roll":
            # Of a dim with a name it is an error to go around more than once.
            most = size_of(drawing, dims[axis]) if isinstance(dims[axis], str) else 5
            shift = int(drawing.random.integers(-most, most + 1))
            return drawing.step(_ROLL, [name], dims, shift=shift, axis=axis)
        case "diff":
            times = int(drawing.random.integers(1, 3))
            if size_of(drawing, dims[axis]) < times:
                raise Refused
            dims[axis] = combined(drawing, dims[axis], more=-times)
            return drawing.step(_DIFF, [name], dims, n=times, axis=axis)
        case "expand":
            dims.insert(axis, 1)
            return drawing.step(_ALONG["expand_dims"], [name], dims, axis=axis)
        case _:
            place = int(drawing.random.integers(len(dims)))
            moved = dims[:axis] + dims[axis + 1 :]
            moved.insert(place, dims[axis])
            return drawing.step(_MOVEAXIS, [name], moved, source=axis, destination=place)


def triangle(drawing):
    """Keep a triangle, take or make a diagonal beside the main one."""
    shift = int(drawing.random.integers(-2, 3))
    if drawing.chance(0.3):
        name = drawing.operand(lambda n: len(drawing.dims[n]) == 1)
        dim = combined(drawing, drawing.dims[name][0], more=abs(shift))
        return drawing.step(_DIAG, [name], (dim, dim), k=shift)
    name = drawing.operand(lambda n: len(drawing.dims[n]) == 2)
    dims = drawing.dims[name]
    if drawing.chance(0.6):
        return drawing.step(drawing.pick(_TRIANGLES), [name], dims, k=shift)
    if drawing.chance(0.4) and (dims[0] == dims[1] or not drawing.named):
        return drawing.step(_TRACE, [name], (), offset=shift)
    if dims[0] == dims[1]:
        return drawing.step(
            _DIAGONAL, [name], (combined(drawing, dims[0], more=-abs(shift)),), offset=shift
        )
    if drawing.named:
        raise Refused
    size = len(np.diagonal(drawing.values[name], shift))
    return drawing.step(_DIAGONAL, [name], (size,), offset=shift)


def lengthen(drawing):
    """Pad, repeat or tile; take one part of a split."""
    name = drawing.operand(lambda n: drawing.dims[n])
    dims = list(drawing.dims[name])
    axis = int(drawing.random.integers(len(dims)))
    kind = drawing.pick(["pad", "repeat", "tile", "split"])
    if kind == "pad":
        return _padded(drawing, name)
    if drawing.named:
        raise Refused
    if kind == "repeat":
        times = int(drawing.random.integers(0, 3))
        dims[axis] *= times
        return drawing.step(_REPEAT, [name], dims, repeats=times, axis=axis)
    if kind == "tile":
        reps = tuple(int(drawing.random.integers(1, 3)) for _ in dims)
        return drawing.step(
            _TILE, [name], [a * b for a, b in zip(dims, reps, strict=True)], reps=reps
        )
    parts = int(drawing.random.integers(1, 4))
    place = int(drawing.random.integers(parts))
    dims[axis] = len(np.array_split(range(dims[axis]), parts)[place])
    return drawing.step(_SPLIT, [name], dims, parts=parts, axis=axis, place=place)


def _padded(drawing, name):
    width = tuple(
        tuple(int(w) for w in drawing.random.integers(0, 3, 2)) for _ in drawing.dims[name]
    )
    mode = "constant"
    if not drawing.named and min(np.shape(drawing.values[name])) > 2:
        mode = drawing.pick(["constant", "edge", "reflect", "wrap"])
    pairs = zip(drawing.dims[name], width, strict=True)
    dims = [combined(drawing, dim, more=sum(pair)) for dim, pair in pairs]
    return drawing.step(_PAD, [name], dims, pad_width=width, mode=mode)


def convolve(drawing):
    """Convolve two vectors: by numpy's names, or as a string with a shifted label."""
    first, second = (drawing.operand(lambda n: len(drawing.dims[n]) == 1) for _ in range(2))
    x, w = drawing.dims[first][0], drawing.dims[second][0]
    if not size_of(drawing, x) or not size_of(drawing, w):
        raise Refused
    if drawing.chance(0.5):
        return _by_string(drawing, first, second)
    if drawing.named:
        raise Refused
    mode = drawing.pick(["full", "valid", "same"])
    size = len(np.convolve(np.ones(x), np.ones(w), mode))
    return drawing.step(drawing.pick(_CONVOLVE), [first, second], (size,), mode=mode)


def _by_string(drawing, first, second):
    x, w = (drawing.dims[name][0] for name in (first, second))
    if drawing.chance(0.4):
        dims = (combined(drawing, x, w, more=-1),)
        return drawing.step(_AFFINE, [first, second], dims, string="i,k->(i+k)")
    shift = int(drawing.random.integers(0, 3))
    stride, dilation = (1, 1) if drawing.named else drawing.random.integers(1, 3, 2).tolist()
    reach = size_of(drawing, x) - 1 + shift - dilation * (size_of(drawing, w) - 1)
    if reach < 0 or drawing.named:
        raise Refused
    string = f"({stride}i+{dilation}k-{shift}),k->i"
    return drawing.step(_AFFINE, [first, second], (reach // stride + 1,), string=string)


def multiplied(drawing):
    """Take the running product along an axis."""
    if drawing.named:
        raise Refused
    name = drawing.operand(lambda n: drawing.dims[n])
    axis = int(drawing.random.integers(len(drawing.dims[name])))
    return drawing.step(_CUMPROD, [name], drawing.dims[name], axis=axis)


def ordered(drawing):
    """Sort along an axis; or take the entry where another value is largest."""
    if drawing.chance(0.6):
        name = drawing.operand(lambda n: drawing.dims[n] and drawing.values[n].size)
        if drawing.is_complex(name):
            raise Refused
        axis = int(drawing.random.integers(len(drawing.dims[name])))
        return drawing.step(_SORT, [name], drawing.dims[name], axis=axis)
    first = drawing.operand(lambda n: len(drawing.dims[n]) == 1 and drawing.values[n].size)
    second = drawing.operand(lambda n: drawing.dims[n] == drawing.dims[first])
    if drawing.is_complex(second):
        raise Refused
    return drawing.step(_ENTRY, [first, second], ())


LINEAR = ((index, 8), (fancy, 3), (join, 3), (move, 4), (triangle, 2), (lengthen, 2))
SORTS = (*LINEAR, (convolve, 2), (multiplied, 0.5), (ordered, 1))
