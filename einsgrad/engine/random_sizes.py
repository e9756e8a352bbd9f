"""Sizes for the dims of random arrays: different ones where that may be, so no transpose hides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from einsgrad.expressions.dims import Dim, Linear, evaluated, linear, names_in, parts_of
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.walks import topological

# With more labels, sizes that all differ would make the arrays large.
_MANY = 6
# A dim such as n-9 needs a large n, and this is what it takes to find out that none will do.
_MOST_CHANGES = 256
# With more entries, a difference at each of an array, and of each for each, would take long.
_ENTRIES = 400


def different_sizes(
    dims: Iterable[Dim],
    given: Mapping[Any, int],
    size: Callable[[int], int],
    needs: Sequence[Dim] = (),
) -> dict[Dim, int]:
    """Give every name a size: what is given, or what `size` says of how many have one.

    The others change until no form among the needs is negative, if they can.

    Examples
    --------
    >>> different_sizes(["m", "n", 7, "k"], {"n": 9}, lambda count: 2 + count)
    {'n': 9, 'm': 3, 7: 7, 'k': 5}
    """
    sizes = dict(given)
    for dim in dims:
        for name in (dim,) if isinstance(dim, int) else names_in([dim]):
            sizes.setdefault(name, name if isinstance(name, int) else size(len(sizes)))
    return enlarged(sizes, needs, given)


def enlarged(
    known: Mapping[Dim, int], needs: Sequence[Dim], given: Mapping[Any, int]
) -> dict[Dim, int]:
    """Change sizes of names that are not given until no form among the needs is negative.

    Examples
    --------
    >>> enlarged({"n": 2, "m": 3}, [linear((1, "n"), (-4, 1))], {})
    {'n': 4, 'm': 3}
    """
    sizes = dict(known)
    for _ in range(_MOST_CHANGES):
        changes = [_change(form, sizes, given) for form in needs if not _is_met(form, sizes)]
        if not any(changes):
            break
        for name, by in next(filter(None, changes)).items():
            sizes[name] += by
    return sizes


def _is_met(form: Dim, sizes: Mapping[Any, int]) -> bool:
    return any(name not in sizes for name in names_in([form])) or evaluated(form, sizes) >= 0


def _change(form: Dim, sizes: Mapping[Any, int], given: Mapping[Any, int]) -> dict[str, int]:
    """Return by how much sizes of names change so that a form is larger: all grow, or one falls."""
    free = [(name, number) for name, number in parts_of(form)[0] if name not in given]
    larger = {name: 1 for name, number in free if number > 0}
    smaller = {name: -1 for name, number in free if number < 0 and sizes[name] > 1}
    return larger or dict(list(smaller.items())[:1])


def needs_of(exprs: Iterable[Expr]) -> tuple[Dim, ...]:
    """Return what may not be negative for expressions to have values, and axes to have entries.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> [str(need) for need in needs_of([Variable("y", (linear((1, "n"), (-2, 1)),))])]
    ['n-3']
    """
    found: dict[Dim, None] = {}
    for node in topological(*exprs):
        for dim in node.shape:
            if isinstance(dim, Linear):
                found[linear((1, dim), (-1, 1))] = None
        if isinstance(node, Affine) and node.checked:
            found.update(dict.fromkeys(_room(node)))
    return tuple(found)


def _room(selector: Affine) -> Iterator[Dim]:
    """Yield what is left on the axis of a selector below its first place and above its last."""
    pairs = list(zip(selector.strides, selector.sources, strict=True))
    ends = [(stride, linear((1, dim), (-1, 1))) for stride, dim in pairs]
    yield linear((1, selector.offset), *(end for end in ends if end[0] < 0))
    last = linear((1, selector.offset), *(end for end in ends if end[0] > 0))
    yield linear((1, selector.target), (-1, 1), (-1, last))


def free_sizes(labels: Sequence[Any], lists: Sequence[Sequence[Any]]) -> dict[Any, int]:
    """Return sizes of labels, so that no array gets too large to be checked.

    Examples
    --------
    >>> free_sizes("ij", ["ij"]), free_sizes("abcdefg", ["abcdefg"])["g"]
    ({'i': 2, 'j': 3}, 1)
    """
    number = {label: place for place, label in enumerate(labels)}
    distinct = {label: 2 + n for label, n in number.items()}
    few = {label: 2 + n % 3 for label, n in number.items()}
    small = {label: 1 + n % 2 for label, n in number.items()}
    for sizes in (few, small) if len(labels) > _MANY else (distinct, few, small):
        if all(prod(sizes[label] for label in one) <= _ENTRIES for one in lists):
            return sizes
    return dict.fromkeys(labels, 1)
