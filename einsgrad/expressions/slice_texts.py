"""Products that do no more than slice, as numpy writes it: `x[1:]`, `A[3]`, `x[::-1]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.strings.subscripts import Indices, Subscripts

_ALL = ":"


def sliced_operand(subscripts: Subscripts, factors: Sequence[Expr]) -> tuple[Expr, str] | None:
    """Read a product as a slice: what is sliced, and the key; None if it is none.

    Parameters
    ----------
    subscripts, factors
        The lists, and the operands; deltas have been contracted.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> lists = Subscripts((("t", "i"), ("t", "j")), ("i", "j"))
    >>> sliced_operand(lists, (Affine(5, (3,), (1,), 2), Variable("A", (5, "n"))))
    (A[5,n], '2:')
    """
    pairs = _as_slice(list(zip(subscripts.inputs, factors, strict=True)))
    rest = [pair for pair in pairs if not isinstance(pair[1], Affine)]
    if len(rest) != 1 or isinstance(rest[0][1], Delta):
        return None
    ((axes, base),) = rest
    turned = [
        (factor, labels[::-1] if _turns(factor) and labels[0] not in axes else labels)
        for labels, factor in pairs
        if isinstance(factor, Affine)
    ]
    targets = {labels[0]: labels[1:] for _, labels in turned}
    if len(pairs) != 1 + len(targets) or not targets.keys() <= set(axes):
        return None
    held = Counter(chain.from_iterable(subscripts.lists))
    output = tuple(chain.from_iterable(targets.get(label, (label,)) for label in axes))
    is_each_used = all(held[label] == 2 for _, labels in turned for label in labels)
    if not is_each_used or output != subscripts.output or len(set(axes)) != len(axes):
        return None
    found = {labels[0]: _key(factor) for factor, labels in turned}
    keys = [key for key in (found.get(label, _ALL) for label in axes) if key is not None]
    if len(keys) < len(axes):
        return None
    while keys[-1:] == [_ALL]:
        keys.pop()
    return base, ", ".join(keys or [_ALL])


def _as_slice(pairs: list[tuple[Indices, Expr]]) -> list[tuple[Indices, Expr]]:
    """Write an entry that has an axis of one place as a slice of one entry."""
    ones = [pair for pair in pairs if pair[1] is Delta(1, 1)]
    entries = [
        (labels, one) for labels, one in pairs if isinstance(one, Affine) and not one.sources
    ]
    if len(ones) != 1 or len(entries) != 1:
        return pairs
    (labels, entry), (place, _) = entries[0], ones[0]
    assert isinstance(entry, Affine)
    single = Affine(entry.target, (1,), (1,), entry.offset)
    kept = [pair for pair in pairs if pair not in (ones[0], entries[0])]
    return [((*labels, *place), single), *kept]


def _turns(selector: Affine) -> bool:
    """Tell whether a selector turns an axis round, which is its own inverse."""
    target, last = selector.target, linear((1, selector.target), (-1, 1))
    return (selector.sources, selector.strides, selector.offset) == ((target,), (-1,), last)


def _key(selector: Affine) -> str | None:
    """Write what a selector takes of an axis; None where that is no slice."""
    dim, offset = selector.target, selector.offset
    match selector.sources, selector.strides:
        case (), ():
            return _bound(offset, dim)
        case (int(0),), _:
            return None
        case (size,), (step,):
            return _slice(dim, offset, size, step)
    return None


def _slice(dim: Dim, first: Dim, size: Dim, step: int) -> str | None:
    before, after = (0, linear((1, dim), (-1, 1))) if step > 0 else (linear((1, dim), (-1, 1)), 0)
    last = linear((1, first), (step, size), (-step, 1))
    start = "" if first == before else _bound(first, dim)
    end = linear((1, last), (1 if step > 0 else -1, 1))
    is_whole = last == after or _goes_on(dim, first, step) == size
    stop = "" if is_whole else _bound(end, dim, is_end=True)
    if start is None or stop is None:
        return None
    return f"{start}:{stop}" + (f":{step}" if step != 1 else "")


def _goes_on(dim: Dim, first: Dim, step: int) -> int | None:
    """Return how many entries a slice has that nothing ends; None where names tell."""
    if not isinstance(dim, int) or not isinstance(first, int):
        return None
    return len(range(first, dim if step > 0 else -1, step))


def _bound(place: Dim, dim: Dim, *, is_end: bool = False) -> str | None:
    """Write a place of an axis: from its beginning, or, where names need that, from its end."""
    if isinstance(place, int):
        within = not isinstance(dim, int) or place < dim + is_end
        return str(place) if place >= 0 and within else None
    back = linear((1, place), (-1, dim))
    return str(back) if isinstance(back, int) and back < 0 else None
