"""Random arrays for checks, of different sizes so that no transpose hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.named import operation
from einsgrad.expressions.nodes import COMPLEX, SYMMETRIC, Dim, Expr
from einsgrad.expressions.walks import variables
from einsgrad.strings.equation import Equation
from einsgrad.testing.finite_differences import Array

_MANY = 6


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
        Sizes of labels; the others get 2, 3, 4, ..., and 2 to 4 where they are many.
    names
        Names of the operands; equal names get the same array.
    """
    generator = np.random.default_rng(seed)
    expanded = operation(equation, names, ranks=equation.ranks())
    given = sizes or {}
    labels = expanded.equation.subscripts.labels
    unknown = [label for label in given if label not in map(str, labels)]
    if unknown:
        raise ArgumentError(f"a size is given for {clip(unknown[0])}, which is no label.")
    drawn: dict[Dim, int] = {}
    for label in labels:
        dim = expanded.dim_of(label)
        free = 2 + len(drawn) % 3 if len(labels) > _MANY else 2 + len(drawn)
        drawn[dim] = given.get(str(label), drawn.get(dim, free))
    made = {
        node: generator.standard_normal([drawn[dim] for dim in node.shape])
        for node in dict.fromkeys(expanded.variables)
    }
    return [made[node] for node in expanded.variables]


def random_arrays(
    expr: Expr, seed: int = 0, given: Mapping[str, int] | None = None
) -> dict[str, Array]:
    """Draw an array for each variable of an expression: entries between 0.2 and 0.9.

    Dims get the given sizes, the others different ones. A matrix that is symmetric stays so.

    Raises
    ------
    ArgumentError
        If a size is given for what is no dim.
    """
    generator = np.random.default_rng(seed)
    sizes: dict[Dim, int] = dict((given or {}).items())
    dims = {dim for node in variables(expr) for dim in node.shape}
    for dim in sizes:
        if dim not in dims:
            raise ArgumentError(f"a size is given for {clip(dim)}, which is no dim.")
    arrays: dict[str, Array] = {}
    for node in variables(expr):
        for dim in node.shape:
            sizes.setdefault(dim, dim if isinstance(dim, int) else 2 + len(sizes))
        array = generator.uniform(0.2, 0.9, [sizes[dim] for dim in node.shape])
        if COMPLEX in node.traits:
            array = array + 1j * generator.uniform(0.2, 0.9, array.shape)
        arrays[node.name] = array + array.T if SYMMETRIC in node.traits else array
    return arrays
