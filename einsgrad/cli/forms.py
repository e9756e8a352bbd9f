"""The forms in which the command line prints a derivative: notations, and code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

from einsgrad.api.compiling import compile
from einsgrad.expressions.nodes import Dim, Expr, Variable
from einsgrad.expressions.printing import write
from einsgrad.expressions.walks import variables_in
from einsgrad.notation.show import latex, show
from einsgrad.results.formulas.vec_jacobian import vec_jacobian

# Each takes the derivative, what it is the derivative of, and the variable.
FORMS: dict[str, Callable[[Expr, Expr, Variable], str]] = {
    "einsum": lambda derivative, expr, wrt: write(derivative),
    "index": lambda derivative, expr, wrt: show(derivative, "index"),
    "matrix": lambda derivative, expr, wrt: show(derivative, "matrix"),
    "latex": lambda derivative, expr, wrt: latex(derivative),
    "kron": lambda derivative, expr, wrt: str(vec_jacobian(expr, wrt)),
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
    sizes = _sizes([dim for v in inputs for dim in v.shape], given)
    shapes = [[sizes[dim] if isinstance(dim, str) else dim for dim in v.shape] for v in inputs]
    function = compile(derivative, inputs=inputs, sizes=sizes)
    function.specialize(*map(np.ones, shapes))
    arguments = ", ".join(
        f"a{place} = {v.name}[{','.join(map(str, shape))}]"
        for place, (v, shape) in enumerate(zip(inputs, shapes, strict=True))
    )
    return arguments, function.code(library)


def _sizes(dims: list[Dim], given: Mapping[str, int]) -> dict[str, int]:
    fresh = count(2)
    names = dict.fromkeys(dim for dim in dims if isinstance(dim, str))
    return {name: given[name] if name in given else next(fresh) for name in names}
