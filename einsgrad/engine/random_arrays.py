"""Random arrays for variables, of different sizes so that no transpose hides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.refusals import check_array
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim, Linear, evaluated, linear, names_in, parts_of
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.label_ranges import found_sizes, smallest_size
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import (
    COMPLEX,
    DEFINITE,
    SYMMETRIC,
    Expr,
    Map,
    Pick,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.walks import topological, variables_in
from einsgrad.strings.equation import Equation

# With more labels, sizes that all differ would make the arrays large.
_MANY = 6
# A dim such as n-9 needs a large n, and this is what it takes to find out that none will do.
_MOST_CHANGES = 256
# With more entries, a difference at each of an array, and of each for each, would take long.
_ENTRIES = 400
# Times this, numbers that are drawn are far apart.
_FAR = 1_000_003


def drawn(
    nodes: Iterable[Variable],
    sizes: Mapping[Any, int],
    draw: Callable[[list[int]], Any],
    exprs: Iterable[Expr] = (),
) -> dict[str, Array]:
    """Draw an array for each variable: complex, or symmetric, where that is declared.

    What is an index only, in some expressions, gets integers that its axes have.

    Examples
    --------
    >>> S = Variable("S", ("n", "n"), frozenset({SYMMETRIC}))
    >>> drawn([S], {"n": 2}, lambda shape: np.arange(4.0).reshape(shape))
    {'S': array([[0., 2.],
           [2., 3.]])}
    """
    arrays = {}
    indices = looked_up_in(exprs)
    for node in nodes:
        shape = [size_of(dim, sizes) for dim in node.shape]
        check_array(shape, 16)
        array = np.asarray(draw(shape), dtype=float)
        if node in indices:
            arrays[node.name] = _as_places(array, node, indices[node], sizes)
            continue
        if COMPLEX in node.traits:
            array = array + 1j * draw(shape)
        if SYMMETRIC in node.traits:
            array = np.tril(array) + np.tril(array, -1).T
        if DEFINITE in node.traits:
            array = array @ array + np.eye(len(array))
        arrays[node.name] = array
    return arrays


def _as_places(
    numbers: Array, node: Variable, looked_up: Sequence[Pick], sizes: Mapping[Any, int]
) -> Array:
    """Return integers below the sizes of axes: below half of them where more is done with them."""
    parts = [1 if pick.indices is node else 2 for pick in looked_up]
    most = [
        size_of(pick.target, sizes) // part for pick, part in zip(looked_up, parts, strict=True)
    ]
    return (np.abs(numbers) * _FAR).astype(int) % max(1, min(most))


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


def intervals_of(exprs: Iterable[Expr]) -> tuple[Interval, ...]:
    """Return the intervals that the rows of functions in expressions draw arguments from.

    Examples
    --------
    >>> from einsgrad.expressions.vocabulary.words import arcsin
    >>> intervals_of([arcsin(Variable("x", ("n",)))])
    ((-0.9, 0.9),)
    """
    found: dict[Interval, None] = {}
    for node in topological(*exprs):
        match node:
            case Map(function=function):
                found.update(dict.fromkeys(function.domain))
            case Reduce(function=reduction):
                found[reduction.domain] = None
            case _:
                pass
    return tuple(found)


def random_arrays(
    expr: Expr,
    seed: int = 0,
    given: Mapping[str, int] | None = None,
    interval: Interval = (0.2, 0.9),
) -> dict[str, Array]:
    """Draw an array for each variable of an expression: entries between 0.2 and 0.9 by default.

    Dims get the given sizes, the others different ones. A matrix that is symmetric stays so.

    Raises
    ------
    ArgumentError
        If a size is given for what is no dim.
    """
    nodes = variables_in(expr)
    dims = [dim for node in nodes for dim in node.shape]
    for name in given or {}:
        if name not in names_in(dims):
            raise ArgumentError(f"a size is given for {clip(name)}, which is no dim.")
    sizes = different_sizes(dims, given or {}, lambda count: 2 + count, needs_of([expr]))
    return drawn(nodes, sizes, partial(np.random.default_rng(seed).uniform, *interval), [expr])


def random_operands(
    equation: Equation,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    names: Sequence[str] | None = None,
) -> list[Array]:
    """Draw normal arrays for an einsum; labels get different sizes, so that no transpose hides.

    Parameters
    ----------
    equation
        The einsum; `...` becomes one axis.
    seed
        The random generator's seed.
    sizes
        Sizes of labels; the others get 2, 3, 4, ..., and smaller ones where they are many.
    names
        Names of the operands; equal names get the same array.
    """
    generator = np.random.default_rng(seed)
    expanded = operation(equation, names, ranks=equation.ranks())
    known: dict[str, Any] = {str(label): size for label, size in equation.sizes}
    known |= sizes or {}
    forms = expanded.equation.forms
    labels = expanded.equation.labels
    unknown = [label for label in known if label not in map(str, labels)]
    if unknown:
        raise ArgumentError(f"a size is given for {clip(unknown[0])}, which is no label.")
    chosen: dict[Dim, int] = {}
    dims = list(dict.fromkeys(expanded.dim_of(label) for label in labels))
    lists = expanded.equation.subscripts.lists
    free = _free_sizes(dims, [[expanded.dim_of(label) for label in one] for one in lists])
    for label in labels:
        dim = expanded.dim_of(label)
        if label not in forms:
            chosen[dim] = known.get(str(label), chosen.get(dim, free[dim]))
    # An axis with an affine label holds what its labels leave of it, and no more.
    for form in forms:
        held = {label: chosen[expanded.dim_of(label)] for label in form.labels}
        size = known.get(str(form), size_of(smallest_size(form, dict(held)), {}))
        chosen.setdefault(expanded.dim_of(form), size)
    for node in expanded.variables:
        check_array([chosen[dim] for dim in node.shape], 16)
    made = {
        node: generator.standard_normal([chosen[dim] for dim in node.shape])
        for node in dict.fromkeys(expanded.variables)
    }
    return [made[node] for node in expanded.variables]


def sized_for(equation: Equation, arrays: Sequence[Array]) -> Equation:
    """Return an equation with sizes for the labels whose range random arrays do not tell.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> blur = parse_einsum("(i+k)->i")
    >>> sized_for(blur, random_operands(blur)).sizes
    (('k', 2),)
    """
    if not equation.forms:
        return equation
    laid = equation.aligned([array.shape for array in arrays])
    told = found_sizes(laid.equation, laid.sizes)
    sizes = dict(equation.sizes)
    for label in reversed(equation.labels):
        if label not in told and label is not Ellipsis:
            sizes[label] = told[label] = 2
            told = found_sizes(laid.equation, told)
    return replace(equation, sizes=tuple(sizes.items()))


def _free_sizes(labels: Sequence[Any], lists: Sequence[Sequence[Any]]) -> dict[Any, int]:
    """Return sizes of labels, so that no array gets too large to be checked."""
    number = {label: place for place, label in enumerate(labels)}
    distinct = {label: 2 + n for label, n in number.items()}
    few = {label: 2 + n % 3 for label, n in number.items()}
    small = {label: 1 + n % 2 for label, n in number.items()}
    for sizes in (few, small) if len(labels) > _MANY else (distinct, few, small):
        if all(prod(sizes[label] for label in one) <= _ENTRIES for one in lists):
            return sizes
    return dict.fromkeys(labels, 1)


def random_like(shape: tuple[int, ...], dtype: np.dtype[Any], seed: int) -> Array:
    """Draw normal numbers of a shape and dtype."""
    generator = np.random.default_rng([seed, len(shape)])
    sample = generator.standard_normal(shape)
    if dtype.kind == "c":
        sample = sample + 1j * generator.standard_normal(shape)
    return np.asarray(sample).astype(dtype if dtype.kind in "fc" else float)
