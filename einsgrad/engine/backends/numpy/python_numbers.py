"""Numbers of Python in place of arrays without axes: Python computes with them in half the time.

Where Python raises an error, as at a division by 0, the steps are done again as numpy does them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from einsgrad.engine.backends.numpy.constants import literal
from einsgrad.engine.backends.numpy.scope import WriterScope
from einsgrad.engine.backends.numpy.statements import (
    Assign,
    Return,
    Statement,
    function_text,
    values_of,
    with_values,
)
from einsgrad.engine.contractions.arrays import (
    FunctionCall,
    MethodCall,
    Name,
    NumpyValue,
    Taken,
    View,
    WrittenCall,
    walk,
)
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.step_costs import operands_of
from einsgrad.engine.programs.steps import Apply, Combine, Contract, Held, Register, Step
from einsgrad.expressions.tables.rows import PARAMETERS
from einsgrad.expressions.tables.spellings import Bounded, ComparisonUfunc, Given, Ufunc

# From so many steps with numbers alone on, what is saved is more than what the numbers of arrays
# take to become numbers of Python (`python -m benchmarks --only function_calls`).
_LEAST = 6

_DOUBLE = (np.dtype(float), np.dtype(complex))

# How Python's mathematics calls ufuncs; what is undefined is an error there.
_CALLS: dict[str, str] = {
    "abs": "abs",
    "arccos": "math.acos",
    "arcsin": "math.asin",
    "arctan": "math.atan",
    "arctan2": "math.atan2",
    "cos": "math.cos",
    "cosh": "math.cosh",
    "exp": "math.exp",
    "expm1": "math.expm1",
    "hypot": "math.hypot",
    "log": "math.log",
    "log1p": "math.log1p",
    "power": "math.pow",
    "sin": "math.sin",
    "sinh": "math.sinh",
    "sqrt": "math.sqrt",
    "tan": "math.tan",
    "tanh": "math.tanh",
}


# In these nan is what comes first, and stays.
_BOUNDS = {"np.exp(": "math.exp(", "np.minimum(": "min(", "np.maximum(": "max("}


def _numbers_of(program: Program) -> frozenset[Register]:
    """Return the registers that may be numbers of Python; none where that does not pay."""
    registers = [*program.inputs, *(step.target for step in program.steps)]
    wider = (one.dtype for one in registers if one.dtype.kind not in "biu")
    if not all(dtype in _DOUBLE for dtype in wider) or any(map(_is_foreign, program.steps)):
        return frozenset()
    found = {one for one in registers if not one.shape and one.dtype == float}
    for step in program.steps:
        if not _takes_numbers(step):
            found.difference_update(operands_of(step))
    alone = sum(_is_of_numbers(step, found) for step in program.steps)
    return frozenset(found) if alone >= _LEAST else frozenset()


def _is_foreign(step: Step) -> bool:
    return isinstance(step, Apply) and isinstance(step.function.numpy, Given)


def _takes_numbers(step: Step) -> bool:
    match step:
        case Apply(function=row):
            return isinstance(row.numpy, Ufunc | ComparisonUfunc | Bounded)
        case Combine() | Contract():
            return True
        case _:
            return False


def _is_of_numbers(step: Step, numbers: Collection[Register]) -> bool:
    """Tell whether a step computes a number of numbers alone."""
    return step.target in numbers and all(one in numbers for one in operands_of(step))


def program_text(
    scope: WriterScope,
    statements: Sequence[Statement],
    written: Callable[[int, Step], Iterator[Statement]],
    results: Sequence[Statement],
) -> str:
    """Write a program as a function, or two where numbers of Python pay.

    Parameters
    ----------
    scope
        What is known of the program.
    statements
        What it does, as numpy computes it.
    written
        Writes a step of it once more.
    results
        The last statements, which return the results.
    """
    parameters = ", ".join(str(scope.names[register]) for register in scope.program.inputs)
    numbers = _numbers_of(scope.program)
    fast = _fast(scope, numbers, written, results)
    if not fast:
        return function_text("compute", parameters, statements)
    scope.spelling.use("import math")
    careful = function_text("in_arrays", parameters, statements)
    # What came as a scalar of numpy may have become a number of Python.
    given = [
        f"np.float64({name})" if one in numbers else str(name)
        for one, name in [(one, scope.names[one]) for one in scope.program.inputs]
    ]
    otherwise = f"in_arrays({', '.join(given)})"
    return f"{careful}\n\n{function_text('compute', parameters, fast, otherwise=otherwise)}"


def _fast(
    scope: WriterScope,
    numbers: frozenset[Register],
    written: Callable[[int, Step], Iterator[Statement]],
    results: Sequence[Statement],
) -> list[Statement]:
    """Return the statements with numbers of Python; none where numpy needs arrays."""
    while numbers:
        statements: list[Statement] = [
            Assign(name, FunctionCall("float", (name,)))
            for name in [scope.names[one] for one in scope.program.inputs if one in numbers]
        ]
        for place, step in enumerate(scope.program.steps):
            statements += _step(scope, numbers, step, written(place, step))
        statements += [_returned(scope, numbers, one) for one in results]
        arrays = _seen_as_arrays(statements)
        if not any(str(scope.names[one]) in arrays for one in numbers):
            return statements
        numbers = frozenset(one for one in numbers if str(scope.names[one]) not in arrays)
    return []


def _step(
    scope: WriterScope,
    numbers: Collection[Register],
    step: Step,
    statements: Iterable[Statement],
) -> Iterator[Statement]:
    target = scope.names[step.target]
    if _is_of_numbers(step, numbers):
        statements = list(statements)
        called = _called(scope, step, statements) if isinstance(step, Apply) else None
        if called is not None:
            yield Assign(target, called)
            return
    own = "np.float64" if step.target.dtype == float else "np.complex128"
    kept = "float" if step.target in numbers else own
    is_number = not step.target.shape and step.target.dtype in _DOUBLE
    alike = isinstance(step, Combine | Contract) and _is_of_numbers(step, numbers)
    for one in statements:
        is_result = isinstance(one, Assign) and one.target == target
        yield with_values(one, _within(kept)) if is_number and is_result and not alike else one


def _within(function: str) -> Callable[[NumpyValue], NumpyValue]:
    return lambda value: FunctionCall(function, (value,))


def _called(scope: WriterScope, step: Apply, statements: Sequence[Statement]) -> NumpyValue | None:
    """Write a function of numbers as Python's mathematics has it; None where it does not."""
    read = [scope.names[one.register] for one in step.arguments if isinstance(one, Held)]
    texts = [
        str(scope.names[one.register]) if isinstance(one, Held) else literal(one)
        for one in step.arguments
    ]
    named = dict(zip(PARAMETERS, texts, strict=False))
    match step.function.numpy:
        case Ufunc(name="divide", arguments=given):
            values = [named[x] if isinstance(x, str) else str(x) for x in given or PARAMETERS[:2]]
            return WrittenCall(" / ".join(values), tuple(read))
        case Ufunc(name=name, arguments=()) if name in _CALLS:
            return WrittenCall(f"{_CALLS[name]}({', '.join(texts)})", tuple(read))
        case Bounded():
            (text,) = [str(value) for one in statements for value in values_of(one)]
            for function, of_python in _BOUNDS.items():
                text = text.replace(function, of_python)
            return WrittenCall(text, tuple(read))
        case _:
            return None


def _returned(scope: WriterScope, numbers: Collection[Register], one: Statement) -> Statement:
    """Return numbers as the scalars that numpy's functions return."""
    if not isinstance(one, Return):
        return one
    registers = [output.register for output in scope.program.outputs]
    values = [
        FunctionCall("np.float64", (scope.names[register],)) if register in numbers else value
        for register, value in zip(registers, one.values, strict=True)
    ]
    return replace(one, values=tuple(values))


def _seen_as_arrays(statements: Sequence[Statement]) -> set[str]:
    """Return the names of what is viewed, or has a method called."""
    values = [part for one in statements for value in values_of(one) for part in walk(value)]
    bases: list[NumpyValue] = []
    for value in values:
        match value:
            case View(array=base) | Taken(array=base):
                bases.append(base)
            case MethodCall(operands=operands):
                bases.append(operands[0])
    return {str(base) for base in bases if isinstance(base, Name)}
