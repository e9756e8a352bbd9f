"""Compiling what a user gives: expressions that share their work, or an einsum string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from einsgrad.calculus.bracketing import bracketed
from einsgrad.errors import ArgumentError, ArgumentTypeError, as_flag, clip
from einsgrad.expressions.construct import as_size
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.nodes import Variable
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import variables_in
from einsgrad.orders.others import Optimizer, check_optimizer
from einsgrad.progress import require_tqdm
from einsgrad.simplification.simplify import simplify_all
from einsgrad.strings.calls import as_equation
from einsgrad.strings.equation import Equation

if TYPE_CHECKING:
    from einsgrad.engine.compiled import Compiled


def compile(
    *targets: Any,
    inputs: Sequence[Variable] | None = None,
    sizes: Mapping[str, int] | None = None,
    copy: bool = False,
    memory_limit: int | None = None,
    progress: bool = False,
    optimize: Optimizer | None = None,
    structured: bool = False,
) -> Compiled:
    """Compile expressions, or an einsum string, to one function of arrays.

    What the expressions share is computed once. A program is made for each signature of
    shapes and dtypes when it is first met, and kept.

    Parameters
    ----------
    targets
        Expressions; or one einsum string; or, with `structured`, the blocks of a Hessian in
        several variables, as `hessian(E, (x, y))` returns them.
    inputs
        The variables that the function takes, in the order of its arguments. They need not
        all occur: the gradient of a trace needs its matrix for the size. Without it arrays
        are given by name.
    sizes
        Sizes of dims that no array has; for an einsum string with affine labels those of
        labels, as for `einsum`.
    copy
        Whether a result that is only a view of an input, such as a transpose, is copied.
        By default it is a read-only view.
    memory_limit
        The most bytes for the intermediates of a contraction of many operands. A
        contraction that needs more is done in slices.
    progress
        Whether contractions that are done in slices show how far they are (needs tqdm).
    optimize
        What finds the order of contractions, if not this package's own search: the name of
        an algorithm of opt_einsum, or a path optimizer such as cotengra's.
    structured
        Whether the results keep their Kronecker deltas: each is a `Structured`, arrays and
        the patterns that spread them, which `dense` multiplies out, `solve` solves with by the
        structure, and so on. The blocks of a Hessian become a `BlockMatrix`.

    Returns
    -------
    Compiled
        A function of the arrays by name; by position where `inputs` fixes the order, and
        for an einsum string. It returns an array, or a tuple if several expressions are given,
        and has the attributes `program`, `source` and `cost`, and the method `specialize`.

    Raises
    ------
    ArgumentError
        If nothing is given, an expression has a variable that `inputs` lacks, tqdm is needed
        and not installed, or nothing finds orders by that name. When called: if the memory
        limit cannot be kept.

    Examples
    --------
    >>> import numpy as np
    >>> import einsgrad as eg
    >>> A, x, t = eg.variables("A[m,n] x[n] t[m]")
    >>> E = 0.5 * eg.sum_squares(A @ x - t)
    >>> f = eg.compile(E, eg.grad(E, x))
    >>> value, gradient = f(A=np.eye(2), x=np.ones(2), t=np.zeros(2))
    >>> value, gradient
    (np.float64(1.0), array([1., 1.]))
    >>> print(f.source)
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def compute(a0, a1, a2):
        t0 = a0.dot(a2)
        t1 = np.subtract(t0, a1, t0)
        t2 = t1.dot(a0)
        t3 = t1.dot(t1)
        t4 = 0.5 * t3
        return (t4, t2,)
    <BLANKLINE>
    """
    from einsgrad.engine.arguments import ordered_inputs
    from einsgrad.engine.binding import checked_sizes
    from einsgrad.engine.compiled import Compiled
    from einsgrad.engine.kernels import Options

    if not targets:
        raise ArgumentError("nothing to compile. Give expressions, or an einsum string.")
    if optimize is not None:
        check_optimizer(optimize)
    for option, value in (("copy", copy), ("progress", progress), ("structured", structured)):
        as_flag(value, option)
    if memory_limit is not None and as_size(memory_limit) is None:
        raise ArgumentError(f"memory_limit: {clip(memory_limit)} is no number of bytes.")
    if progress:
        require_tqdm()
    options = Options(len(targets) == 1, copy, memory_limit, progress, optimize, structured)
    if isinstance(targets[0], str | Equation):
        if len(targets) > 1:
            raise ArgumentTypeError("one einsum string is compiled at a time. Give one.")
        equation = as_equation(targets[0])
        for_expressions = "an einsum string has its operands' order, all sizes, and no deltas"
        _refuse(
            for_expressions,
            inputs=inputs is not None,
            sizes=sizes is not None and not equation.forms,
            structured=structured,
        )
        from einsgrad.results.numbers.compiled_einsum import CompiledEinsum

        return CompiledEinsum(with_sizes(equation, sizes), options)
    if structured:
        reason = "a structured result is no view, and nothing is contracted in slices"
        _refuse(reason, copy=copy, memory_limit=memory_limit is not None, progress=progress)
        if len(targets) == 1 and isinstance(targets[0], tuple):
            options = replace(options, single=False, block_rows=len(targets[0]))
            targets = _blocks(targets[0])
    elif isinstance(targets[0], tuple):
        raise ArgumentTypeError(
            "a tuple is compiled as the blocks of a matrix, with structured=True. "
            "Give its expressions one by one: compile(*tuple)."
        )
    given = [as_expr(target) for target in targets]
    options = replace(options, are_complex=tuple([expr.is_complex for expr in given]))
    exprs = simplify_all(given)
    if len(exprs) > 1:
        # Gradients hold the parts of large products.
        exprs = bracketed(*exprs)
    symbols = (
        variables_in(*exprs) if inputs is None else ordered_inputs(variables_in(*exprs), inputs)
    )
    return Compiled(exprs, symbols, checked_sizes(sizes), options, ordered=inputs is not None)


def _refuse(reason: str, **given: bool) -> None:
    """Refuse options that would have no effect."""
    for option, is_given in given.items():
        if is_given:
            raise ArgumentError(f"{option}= has no effect: {reason}. Leave it out.")


def _blocks(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the blocks of a matrix, row by row."""
    if not rows or any(not isinstance(row, tuple) or len(row) != len(rows) for row in rows):
        raise ArgumentError(
            f"{len(rows)} rows of blocks are no square. Give those of hessian(E, (x, y))."
        )
    return tuple(block for row in rows for block in row)
