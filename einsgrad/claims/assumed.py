"""What is assumed of variables, as what stands for them: expressions of free parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from einsgrad.claims.values import Values
from einsgrad.engine.binding import Array
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import substitute, variables_in
from einsgrad.simplification.simplify import simplify_expr

Sizes = Mapping[Dim, int]
Choose = Callable[[Array], Array]

# Newton's steps until equations are met, and up to which error they are.
_STEPS = 20
_MET = 1e-12


@dataclass(frozen=True)
class Assumed:
    """Assumptions on variables.

    Parameters
    ----------
    words
        How they are told: `sum(y) = 1`.
    values
        What stands for a variable, an expression of parameters without any assumption.
    choices
        What becomes of drawn numbers of a variable: positive ones, or zeros and ones.
    equations
        What vanishes; met by steps from a drawn point, as no expression is known.
    slopes
        The derivatives of the equations in each variable that is changed to meet them.
    sizes
        The sizes of dims.
    """

    words: str = ""
    values: Mapping[Variable, Expr] = field(default_factory=lambda: MappingProxyType({}))
    choices: Mapping[Variable, Choose] = field(default_factory=lambda: MappingProxyType({}))
    equations: tuple[Expr, ...] = ()
    slopes: tuple[tuple[tuple[Variable, Expr], ...], ...] = ()
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def has_part_in_points(self) -> bool:
        """Whether arrays are other than they are drawn."""
        return bool(self.values or self.choices or self.equations)

    def put_in(self, expr: Expr) -> Expr:
        """Return an expression with parameters in the place of the variables."""
        values: dict[Expr, Expr] = dict(zip(self.values, self.values.values(), strict=True))
        return simplify_expr(substitute(expr, values)) if values else expr

    def free(self, variables: Iterable[Variable]) -> tuple[Variable, ...]:
        """Return what is drawn to get values of variables: parameters, and the others."""
        made = variables_in(*self.values.values()) if self.values else ()
        return tuple(dict.fromkeys((*made, *(v for v in variables if v not in self.values))))

    def complete(self, drawn: Mapping[str, Array], sizes: Sizes) -> dict[str, Array] | None:
        """Return the arrays of parameters and variables together; None where there are none."""
        arrays = dict(drawn)
        for node, choose in self.choices.items():
            arrays[node.name] = choose(arrays[node.name])
        values = Values(dict(arrays), sizes)
        try:
            arrays |= {node.name: values.of(value) for node, value in self.values.items()}
            arrays = _met(self, arrays, sizes) if self.equations else arrays
        except np.linalg.LinAlgError:
            return None
        finite = all(np.all(np.isfinite(arrays[node.name])) for node in self.values)
        return arrays if finite else None


NOTHING = Assumed()
"""No assumption."""


def _met(assumed: Assumed, arrays: dict[str, Array], sizes: Sizes) -> dict[str, Array]:
    """Change arrays until the equations are met.

    Raises
    ------
    LinAlgError
        If they are not.
    """
    changed = tuple(dict.fromkeys(node for row in assumed.slopes for node, _ in row))
    for _ in range(_STEPS):
        values = Values(arrays, sizes)
        errors = [values.of(equation) for equation in assumed.equations]
        error = max(float(np.abs(one).max(initial=0.0)) for one in errors)
        if error < _MET:
            return arrays
        if not np.isfinite(error):
            break
        step = _step(assumed, changed, values, errors)
        start = 0
        arrays = dict(arrays)
        for node in changed:
            array = arrays[node.name]
            arrays[node.name] = array - step[start : start + array.size].reshape(array.shape)
            start += array.size
    raise np.linalg.LinAlgError("the equations are not met")


def _step(
    assumed: Assumed, changed: Sequence[Variable], values: Values, errors: Sequence[Array]
) -> Array:
    """Return the least change that meets the equations, to first order."""
    rows = []
    for error, row in zip(errors, assumed.slopes, strict=True):
        known = dict(row)
        blocks = [
            values.of(known[node]).reshape(error.size, -1)
            if node in known
            else np.zeros((error.size, values.of(node).size))
            for node in changed
        ]
        rows.append(np.concatenate(blocks, axis=1))
    error = np.concatenate([one.ravel() for one in errors])
    return np.asarray(np.linalg.lstsq(np.concatenate(rows), error, rcond=1e-10)[0])
