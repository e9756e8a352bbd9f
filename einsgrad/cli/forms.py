"""The forms in which the command line prints a derivative: notations, and code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

from einsgrad.api.compiling import compile
from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.dims import evaluated, names_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.printing import write
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.show import latex, show
from einsgrad.results.formulas.vec_jacobian import vec_jacobian


@dataclass(frozen=True, slots=True)
class PrintedDerivative:
    """A derivative to print.

    Parameters
    ----------
    derivative
        The derivative.
    expr, wrt
        What it is the derivative of, and the variable.
    turn
        The variables whose axes the derivative has, in turn.
    name
        What was differentiated.
    """

    derivative: Expr
    expr: Expr
    wrt: Variable
    turn: tuple[Variable, ...]
    name: str

    def equation(self, write: Callable[..., str]) -> str:
        """Write a formula whose left side says what it is, and which axis is which."""
        return write(self.derivative, wrt=self.turn, name=self.name)


FORMS: dict[str, Callable[[PrintedDerivative], str]] = {
    "einsum": lambda answer: write(answer.derivative),
    "index": lambda answer: answer.equation(partial(show, notation="index")),
    "matrix": lambda answer: answer.equation(show),
    "kron": lambda answer: str(vec_jacobian(answer.expr, answer.wrt)),
}
LATEX_FORMS: dict[str, Callable[[PrintedDerivative], str]] = {
    "index": lambda answer: answer.equation(partial(latex, notation="index")),
    "matrix": lambda answer: answer.equation(latex),
    "kron": lambda answer: vec_jacobian(answer.expr, answer.wrt).latex,
}

CODES = ("numpy", "torch", "jax")


def code_of(
    derivative: Expr, expr: Expr, library: str, given: Mapping[str, int]
) -> tuple[str, str]:
    """Write a derivative as source for a library.

    Parameters
    ----------
    derivative, expr
        The derivative, and what it is the derivative of.
    library
        One of `CODES`.
    given
        Sizes of dims; the others get 2, 3, 4, ...

    Returns
    -------
    arguments, source
        What the arguments are, such as `a0 = A[2,3]`, and the text of a function.
    """
    import numpy as np

    inputs = variables_in(expr, derivative)
    sizes = _sizes(inputs, derivative, given)
    shapes = [[evaluated(dim, sizes) for dim in v.shape] for v in inputs]
    function = compile(derivative, inputs=inputs, sizes=sizes)
    function.specialize(*map(np.ones, shapes))
    arguments = ", ".join(
        f"a{place} = {v.name}[{','.join(map(str, shape))}]"
        for place, (v, shape) in enumerate(zip(inputs, shapes, strict=True))
    )
    return arguments, function.code(library)


def _sizes(
    inputs: Sequence[Variable], derivative: Expr, given: Mapping[str, int]
) -> dict[str, int]:
    from einsgrad.engine.random_sizes import different_sizes, needs_of

    fresh = count(2)
    names = names_in(dim for v in inputs for dim in v.shape)
    for name in given:
        if name not in names:
            raise ArgumentError(f"a size is given for {clip(name)}, which is no dim.")
    sizes = different_sizes(names, given, lambda _: next(fresh), needs_of([*inputs, derivative]))
    return {name: sizes[name] for name in names}
