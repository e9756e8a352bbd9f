"""Arrays seen through affine forms of labels: slices, splits of an axis, strided windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from einsgrad.engine.backends.numpy.correlations import zeros_around
from einsgrad.engine.backends.numpy.scope import new_array
from einsgrad.engine.backends.numpy.statements import Assign, Statement, Store
from einsgrad.engine.contractions.arrays import Name, NumpyValue, Subarray, WrittenCall
from einsgrad.engine.contractions.views import Operand, einsum_string, shaped
from einsgrad.engine.programs.affine_axes import AffineAxis, affine_axes
from einsgrad.engine.programs.steps import Register, Window
from einsgrad.expressions.signed_sums import SignedText, signed_sum
from einsgrad.strings.subscripts import Indices, Label

Counters = Mapping[Label, str]
"""The labels that have one value at a time, and the names of these."""


def write_window(
    step: Window, target: Name, operand: Name, *, is_seen: bool = True
) -> Iterator[Statement]:
    """Yield the statements of a step: a view, or one of an array with zeros around.

    Parameters
    ----------
    step, target, operand
        The step, and the names of its result and of its operand.
    is_seen
        Whether anything needs the view, and not the array alone.
    """
    shape, axes = step.operand.shape, step.axes
    if not prod(step.target.shape):
        yield Assign(target, new_array("np.zeros", step.target))
    elif step.is_view and is_seen:
        yield Assign(target, seen(operand, shape, axes).array)
    elif not step.is_view:
        around = tuple(axis.highest - axis.lowest + 1 for axis in axes)
        whole = zeros_around(target)
        yield Assign(whole, new_array("np.zeros", Register(-1, around, step.target.dtype)))
        yield from _filled(whole, operand, shape, axes)
        if is_seen:
            moved = [axis.shifted(-axis.lowest) for axis in axes]
            if any(_step_of(axis) is None for axis in moved):
                yield Assign(target, _windows_of(whole, around, moved, step.target.dtype.itemsize))
            else:
                yield Assign(target, seen(whole, around, moved).array)


def _filled(
    target: Name, operand: Name, shape: Sequence[int], axes: Sequence[AffineAxis]
) -> Iterator[Statement]:
    """Write what is inside of an operand into the zeros."""
    inside, own = [], []
    for axis, size in zip(axes, shape, strict=True):
        first, end = max(axis.lowest, 0), min(axis.highest + 1, size)
        if first >= end:
            return
        inside.append(_slice(first - axis.lowest, 1, end - first, axis.highest - axis.lowest + 1))
        own.append(_slice(first, 1, end - first, size))
    yield Store(_subarray(target, inside), _subarray(operand, own))


def seen(
    array: Name, shape: Sequence[int], axes: Sequence[AffineAxis], counters: Counters | None = None
) -> Operand:
    """View an array with the labels of each axis in its place, all of them inside of it.

    Parameters
    ----------
    array, shape
        The array and its shape.
    axes
        How the index on each of its axes follows from labels.
    counters
        Labels that have one value at a time.

    Examples
    --------
    >>> a = Name("a")
    >>> print(seen(a, [9], [AffineAxis(("i",), (2,), (4,), 1)]).array)
    a[1::2]
    >>> print(seen(a, [6], [AffineAxis(("i", "j"), (3, 1), (2, 3), 0)]).array)
    a.reshape(2, 3)
    >>> print(seen(a, [5], [AffineAxis(("i", "k"), (1, 1), (3, 2), 1)], {"k": "i0"}).array)
    a[i0 + 1:i0 + 4]
    """
    counters = counters or {}
    free = [_without(axis, counters) for axis in axes]
    labels = tuple(label for axis in free for label in axis.labels)
    sizes = [size for axis in free for size in axis.sizes]
    rows = [_step_of(axis) for axis in free]
    starts = [_start(axis, counters) for axis in axes]
    if None in rows:
        return Operand(_strided(array, free, starts, sizes), labels)
    slots, turns = [], []
    for axis, start, step, size, given in zip(free, starts, rows, shape, axes, strict=True):
        count = prod(axis.sizes)
        is_moving = given.labels != axis.labels
        if not axis.labels:
            slots.append(start)
        elif is_moving:
            slots.append(_moving_slice(given, counters, step or 1, count))
        else:
            slots.append(_slice(axis.offset, step or 1, count, size))
        if axis.labels:
            turns.append("::-1" if is_moving and (step or 1) < 0 else ":")
    view = _subarray(_subarray(array, slots), turns)
    split = any(len(axis.labels) > 1 for axis in free)
    return Operand(shaped(view, sizes) if split else view, labels)


def written_places(
    array: Name, shape: Sequence[int], classes: Indices, counters: Counters
) -> tuple[NumpyValue, Indices]:
    """View the entries of an array where a pattern is not zero, to write there.

    Examples
    --------
    >>> shifted = AffineAxis(("i",), (1,), (4,), 1)
    >>> for classes in ((shifted,), ("i", "i"), (shifted, AffineAxis(("i",), (1,), (4,), 0))):
    ...     print(written_places(Name("t"), (5, 5)[: len(classes)], classes, {})[0])
    t[1:]
    t.ravel('K')[:: 6][...]
    np.einsum('ii->i', t[1:, :4])[...]
    """
    view = seen(array, shape, affine_axes(classes, shape), counters)
    labels = tuple(dict.fromkeys(view.indices))
    if labels == view.indices:
        # An index can be written to, other views through one that takes all.
        text = str(view.array) if isinstance(view.array, Subarray) else f"{view.array}[...]"
    elif labels == classes[:1] == classes[1:]:
        # The diagonal lies at the same places in either order of a square's entries.
        text = f"{array}.ravel('K')[:: {shape[0] + 1}][...]"
    else:
        text = f"np.einsum('{einsum_string([view.indices], labels)}', {view.array})[...]"
    return WrittenCall(text, (array,)), labels


def _without(axis: AffineAxis, counters: Counters) -> AffineAxis:
    """Leave out the labels that have one value at a time."""
    parts = zip(axis.labels, axis.strides, axis.sizes, strict=True)
    kept = [part for part in parts if part[0] not in counters]
    labels, strides, sizes = zip(*kept, strict=True) if kept else ((), (), ())
    return AffineAxis(labels, strides, sizes, axis.offset)


def _step_of(axis: AffineAxis) -> int | None:
    """Return the step of the slice that a reshape splits into the labels; None if none does."""
    if len(axis.labels) < 2:
        return axis.strides[0] if axis.labels else 1
    step = min(map(abs, axis.strides))
    whole = all(stride % step == 0 for stride in axis.strides)
    parts = AffineAxis(axis.labels, tuple(s // step for s in axis.strides), axis.sizes, 0)
    return step if whole and parts.is_whole(prod(axis.sizes)) else None


def _start(axis: AffineAxis, counters: Counters, distance: int = 0) -> str:
    """Write the index at some distance from the one at which all labels but the counters are 0."""
    parts = zip(axis.labels, axis.strides, strict=True)
    terms = [(stride, counters[label]) for label, stride in parts if label in counters]
    signed = [
        SignedText(stride < 0, name if abs(stride) == 1 else f"{abs(stride)} * {name}")
        for stride, name in terms
    ]
    number = axis.offset + distance
    if number or not terms:
        signed.append(SignedText(number < 0, str(abs(number))))
    return signed_sum(signed)


def _slice(start: int, step: int, count: int, size: int) -> str:
    """Write a slice of so many places, as short as it can be."""
    if count == 1:
        step = 1
    last = start + step * (count - 1)
    behind = last + step
    end = "" if behind >= size or behind < 0 else str(last + 1 if step > 0 else last - 1)
    first = start if start != (0 if step > 0 else size - 1) else ""
    return f"{first}:{end}" + (f":{step}" if step != 1 else "")


def _moving_slice(axis: AffineAxis, counters: Counters, step: int, count: int) -> str:
    """Write a slice whose start is known when it is taken; one with a step back from its end."""
    reach = step * (count - 1)
    first, last = min(reach, 0), max(reach, 0)
    text = f"{_start(axis, counters, first)}:{_start(axis, counters, last + 1)}"
    return text + (f":{abs(step)}" if abs(step) != 1 else "")


def _subarray(array: NumpyValue, slots: Sequence[str]) -> NumpyValue:
    """Write an index, without the whole axes at its end."""
    kept = list(slots)
    while kept and kept[-1] == ":":
        kept.pop()
    return Subarray(array, ", ".join(kept)) if kept else array


def _strided(
    array: Name, axes: Sequence[AffineAxis], starts: Sequence[str], sizes: Sequence[int]
) -> WrittenCall:
    """View overlapping windows."""
    slots = [
        (":" if start == "0" else f"{start}:") if axis.labels else start
        for axis, start in zip(axes, starts, strict=True)
    ]
    strides = [
        f"{array}.strides[{number}]" + (f" * {stride}" if stride != 1 else "")
        for number, axis in enumerate(axes)
        for stride in axis.strides
    ]
    first = _subarray(array, slots)
    text = f"np.lib.stride_tricks.as_strided({first}, {tuple(sizes)}, ({', '.join(strides)},))"
    return WrittenCall(text, (array,))


def _windows_of(
    array: Name, shape: Sequence[int], axes: Sequence[AffineAxis], itemsize: int
) -> WrittenCall:
    """View overlapping windows of an array in C order, which takes less time than any other's."""
    jumps = [itemsize * prod(shape[place + 1 :]) for place in range(len(shape))]
    pairs = list(zip(axes, jumps, strict=True))
    sizes = tuple(size for axis in axes for size in axis.sizes)
    strides = tuple(jump * stride for axis, jump in pairs for stride in axis.strides)
    start = sum(jump * axis.offset for axis, jump in pairs)
    text = f"np.ndarray({sizes}, {array}.dtype, {array}, {start}, {strides})"
    return WrittenCall(text, (array,))
