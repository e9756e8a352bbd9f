"""Contraction orders from elsewhere: opt_einsum's algorithms, or any path optimizer object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from einsgrad.errors import ArgumentError, clip
from einsgrad.orders.exact import Path
from einsgrad.strings.subscripts import Indices, Label

Optimizer = str | Callable[..., Any]


def check_optimizer(optimize: object) -> None:
    """Refuse what finds no order.

    Raises
    ------
    ArgumentError
        If it is neither the name of an algorithm of opt_einsum nor callable.
    """
    from opt_einsum.paths import get_path_fn

    known = callable(optimize)
    if isinstance(optimize, str):
        try:
            known = callable(get_path_fn(optimize))
        except KeyError:
            known = False
    if not known:
        raise ArgumentError(
            f"{clip(optimize)} finds no contraction order. Give a name that opt_einsum knows, "
            "such as 'dp', or a path optimizer."
        )


def path_by(
    optimize: Optimizer, lists: Sequence[Indices], output: Indices, sizes: Mapping[Label, int]
) -> Path:
    """Find an order with a given algorithm.

    Parameters
    ----------
    optimize
        A name that opt_einsum knows, or an object that is called like its path optimizers;
        cotengra's are.
    lists, output, sizes
        As for `find_path`.

    Examples
    --------
    >>> path = path_by("dp", [("i", "j"), ("j", "k"), ("k",)], ("i",), {"i": 9, "j": 9, "k": 9})
    >>> sorted(path[0])
    [1, 2]
    """
    from opt_einsum.paths import get_path_fn

    find = get_path_fn(optimize) if isinstance(optimize, str) else optimize
    # Optimizers expect letters.
    numbers = {label: number for number, label in enumerate(dict.fromkeys(_labels(lists, output)))}
    letters = {label: chr(0x100 + number) for label, number in numbers.items()}
    named = [frozenset(letters[label] for label in indices) for indices in lists]
    known = {letters[label]: sizes[label] for label in numbers}
    linear = find(named, frozenset(letters[label] for label in output), known)
    return _numbered(linear, len(lists))


def _labels(lists: Sequence[Indices], output: Indices) -> Indices:
    return tuple(label for indices in (*lists, output) for label in indices)


def _numbered(linear: Sequence[Sequence[int]], count: int) -> Path:
    """Number operands and results in one sequence; a group of several becomes pairs."""
    live = list(range(count))
    pairs: list[tuple[int, int]] = []

    def joined(one: int, other: int) -> int:
        pairs.append((one, other))
        return count + len(pairs) - 1

    for group in [*linear, range(count)]:
        places = sorted(set(group) & set(range(len(live))), reverse=True)
        chosen = [live.pop(place) for place in places]
        if not chosen:
            continue
        result = chosen[0]
        for other in chosen[1:]:
            result = joined(result, other)
        live.append(result)
    return tuple(pairs)
