"""Random arrays for the variables of expressions, and for the operands of einsums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.random_sizes import different_sizes, free_sizes, needs_of
from einsgrad.engine.refusals import check_array
from einsgrad.engine.structured_arrays import as_declared
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.kinds import looked_up_in
from einsgrad.expressions.label_ranges import found_sizes, smallest_size
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import COMPLEX, Expr, Map, Pick, Reduce, Variable
from einsgrad.expressions.tables.rows import Interval
from einsgrad.expressions.walks import topological, variables_in
from einsgrad.strings.equation import Equation

# Times this, numbers that are drawn are far apart.
_FAR = 1_000_003


def drawn(
    nodes: Iterable[Variable],
    sizes: Mapping[Any, int],
    draw: Callable[[list[int]], Any],
    exprs: Iterable[Expr] = (),
) -> dict[str, Array]:
    """Draw an array for each variable: complex, or of the structure that is declared.

    What is an index only, in some expressions, gets integers that its axes have.

    Examples
    --------
    >>> S = Variable("S", ("n", "n"), frozenset({"symmetric"}))
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
        arrays[node.name] = as_declared(array, node) if node.traits else array
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

    Dims get the given sizes, the others different ones. What is declared of them holds.

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
    free = free_sizes(dims, [[expanded.dim_of(label) for label in one] for one in lists])
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


def random_like(shape: tuple[int, ...], dtype: np.dtype[Any], seed: int) -> Array:
    """Draw normal numbers of a shape and dtype."""
    generator = np.random.default_rng([seed, len(shape)])
    sample = generator.standard_normal(shape)
    if dtype.kind == "c":
        sample = sample + 1j * generator.standard_normal(shape)
    return np.asarray(sample).astype(dtype if dtype.kind in "fc" else float)
