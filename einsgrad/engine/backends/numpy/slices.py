"""A contraction of many arrays for one value of some labels at a time, as a loop in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from einsgrad.engine.backends.numpy.scope import new_array
from einsgrad.engine.backends.numpy.statements import Assign, Delete, Loop, Statement, Store
from einsgrad.engine.backends.numpy.windows import Counters, written_places
from einsgrad.engine.contractions.arrays import FunctionCall, Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.contraction import contraction_of, plan_call
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.affine_axes import AffineAxis, labels_in
from einsgrad.engine.programs.steps import Sliced
from einsgrad.strings.subscripts import Indices, Label


def write_slices(
    step: Sliced,
    target: Name,
    operands: Sequence[Operand],
    *,
    progress: bool,
) -> Iterator[Statement]:
    """Write the loop.

    Parameters
    ----------
    step
        The contraction.
    target, operands
        The name of the result, and the operands.
    progress
        Whether the loop shows how far it is, by tqdm.
    """
    whole = _whole_convolution(step, [one.array for one in operands])
    if whole is not None:
        yield Assign(target, whole)
        return
    yield Assign(target, new_array("np.zeros", step.target))
    counters: dict[Label, str] = {label: f"i{place}" for place, label in enumerate(step.labels)}
    yield Loop(
        _head(step, counters, progress=progress), tuple(_body(step, target, operands, counters))
    )


def _head(step: Sliced, counters: Counters, *, progress: bool) -> str:
    """Write what the counters run over."""
    ranges = [step.sizes[label] for label in step.labels]
    if len(ranges) == 1 and not progress and _is_spread(step):
        # Of few values: to make numpy's iterator takes as long as a round.
        return f"{counters[step.labels[0]]} in range({ranges[0]})"
    values = f"np.ndindex({', '.join(map(str, ranges))})"
    if progress:
        values = f"tqdm({values}, total={prod(ranges)})"
    return f"{', '.join(counters.values())}{',' * (len(counters) == 1)} in {values}"


def _body(
    step: Sliced, target: Name, operands: Sequence[Operand], counters: Counters
) -> Iterator[Statement]:
    """Write what is done for one slice."""
    live: list[Operand] = []
    for place, operand in enumerate(operands):
        name, slots = Name(f"s{place}"), _slots(operand.indices, counters)
        left = tuple(x for x in operand.indices if x not in counters)
        live.append(Operand(name, left, is_window=operand.is_window))
        yield Assign(name, WrittenCall(f"{operand.array}{slots}", (operand.array,)))
    yield from _pairs(step, live)
    if _is_spread(step):
        part, kept = written_places(target, step.target.shape, step.output, counters)
    else:
        kept = tuple(label for label in step.output if label not in counters)
        part = WrittenCall(f"{target}{_slots(step.output, counters) or '[...]'}", (target,))
    yield Store(part, aligned(live[-1], kept), "+=")


def _is_spread(step: Sliced) -> bool:
    return any(isinstance(one, AffineAxis) for one in step.output)


def _whole_convolution(step: Sliced, operands: Sequence[NumpyValue]) -> FunctionCall | None:
    """Write the sum of all products of two vectors' entries, each at the sum of their places."""
    match step.output, step.inputs:
        case (AffineAxis(strides=(1, 1), offset=0) as axis,), ((one,), (other,)):
            fits = step.target.shape == (axis.highest + 1,) and set(axis.labels) == {one, other}
            numbers = step.target.dtype.kind in "fc"
            return FunctionCall("np.convolve", tuple(operands)) if fits and numbers else None
    return None


def _slots(indices: Indices, counters: Counters) -> str:
    """Write the index that takes one value of each sliced label."""
    if not any(label in counters for label in indices):
        return ""
    return f"[{', '.join(counters.get(label, ':') for label in indices)}]"


def _pairs(step: Sliced, live: list[Operand]) -> Iterator[Statement]:
    """Write the contractions of one slice; results are appended to the operands."""
    sizes = step.sizes
    kind = step.target.dtype.kind
    used: set[int] = set()
    results = labels_in(step.output)
    first = len(live)
    for one, other in step.pairs:
        used |= {one, other}
        rest = {
            x for place, operand in enumerate(live) if place not in used for x in operand.indices
        }
        pair = [live[one], live[other]]
        labels = dict.fromkeys((*pair[0].indices, *pair[1].indices))
        kept = tuple(x for x in labels if x in rest or x in results)
        call = plan_call(pair, kept, sizes, kind)
        name = Name(f"s{len(live)}")
        yield Assign(name, contraction_of(pair, call.output, sizes, kind))
        live.append(Operand(name, call.output))
        done = tuple(Name(f"s{place}") for place in (one, other) if place >= first)
        if done:
            yield Delete(done)
