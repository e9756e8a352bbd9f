"""A contraction of many arrays for one value of some labels at a time, as a loop in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from einsgrad.engine.contractions.contraction import natural_order, write_contraction
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.steps import Sliced
from einsgrad.strings.subscripts import Indices, Label


def write_slices(
    step: Sliced, name: str, operands: Sequence[str], *, progress: bool
) -> Iterator[str]:
    """Write the loop.

    Parameters
    ----------
    step
        The contraction.
    name, operands
        The names of the result and of the operands.
    progress
        Whether the loop shows how far it is, by tqdm.
    """
    sizes = step.sizes
    counters: dict[Label, str] = {label: f"i{place}" for place, label in enumerate(step.labels)}
    ranges = ", ".join(str(sizes[label]) for label in step.labels)
    loop = f"np.ndindex({ranges})"
    if progress:
        loop = f"tqdm({loop}, total={prod(sizes[label] for label in step.labels)})"
    shape = "".join(f"{size}, " for size in step.target.shape)
    yield f"{name} = np.zeros(({shape.rstrip()}), '{step.target.dtype.str}')"
    yield f"for {', '.join(counters.values())}{',' * (len(counters) == 1)} in {loop}:"
    live: list[Operand] = []
    for place, (operand, indices) in enumerate(zip(operands, step.inputs, strict=True)):
        own = _slots(indices, counters)
        live.append(Operand(f"s{place}", tuple(x for x in indices if x not in counters)))
        yield f"    s{place} = {operand}{own}"
    for line in _pairs(step, live):
        yield f"    {line}"
    kept = tuple(label for label in step.output if label not in counters)
    yield f"    {name}{_slots(step.output, counters) or '[...]'} += {aligned(live[-1], kept)}"


def _slots(indices: Indices, counters: dict[Label, str]) -> str:
    """Write the index that takes one value of each sliced label."""
    if not any(label in counters for label in indices):
        return ""
    return f"[{', '.join(counters.get(label, ':') for label in indices)}]"


def _pairs(step: Sliced, live: list[Operand]) -> Iterator[str]:
    """Write the contractions of one slice; results are appended to the operands."""
    sizes = step.sizes
    kind = step.target.dtype.kind
    used: set[int] = set()
    first = len(live)
    for one, other in step.pairs:
        used |= {one, other}
        rest = {
            x for place, operand in enumerate(live) if place not in used for x in operand.indices
        }
        pair = [live[one], live[other]]
        labels = dict.fromkeys((*pair[0].indices, *pair[1].indices))
        kept = tuple(x for x in labels if x in rest or x in step.output)
        order = natural_order(pair, kept, sizes, kind)
        result = Operand(f"s{len(live)}", order)
        yield f"{result.text} = {write_contraction(pair, order, sizes, kind)}"
        live.append(result)
        done = [live[place].text for place in (one, other) if place >= first]
        if done:
            yield f"del {', '.join(done)}"
