"""What a program returns: arrays that share memory with nothing, read-only views, scalars."""

from __future__ import annotations

from collections.abc import Iterator

from einsgrad.engine.backends.numpy.scope import WriterScope
from einsgrad.engine.backends.numpy.statements import Assign, Perform, Return, Statement
from einsgrad.engine.contractions.arrays import MethodCall, Name, NumpyValue, WrittenCall
from einsgrad.engine.contractions.views import Operand, ordered
from einsgrad.engine.programs.program import Output
from einsgrad.engine.programs.steps import Collapse, Combine, Contract, Register, Term


def write_results(scope: WriterScope, *, single: bool, copy: bool) -> Iterator[Statement]:
    """Yield the statements that return the results.

    Parameters
    ----------
    scope
        What is known of the program.
    single
        Whether to return the only result itself, not a tuple.
    copy
        Whether results that are views of an input are copied; otherwise they are
        read-only views.
    """
    values: list[NumpyValue] = []
    taken: set[Register] = set()
    lifetimes = scope.lifetimes
    for place, output in enumerate(scope.program.outputs):
        roots = lifetimes.roots[output.register]
        is_owned = lifetimes.is_owned(output.register)
        value = _in_order(scope, output)
        if not output.order:
            values.append(_scalar(scope, output.register))
        elif roots & taken or (lifetimes.overlaps(output.register) if is_owned else copy):
            values.append(MethodCall("copy", (value,)))
        elif is_owned:
            values.append(value)
        else:
            name = Name(f"r{place}")
            yield Assign(name, MethodCall("view", (value,)) if isinstance(value, Name) else value)
            yield Perform(MethodCall("setflags", (name, Name("False"))))
            values.append(name)
        taken |= roots - set(scope.program.inputs)
    yield Return(tuple(values), single)


def _in_order(scope: WriterScope, output: Output) -> NumpyValue:
    axes = tuple(range(len(output.order)))
    return ordered(Operand(scope.names[output.register], axes), output.order)


def _scalar(scope: WriterScope, register: Register) -> NumpyValue:
    """Write a result without axes as the scalar that numpy's functions return."""
    name = scope.names[register]
    made = next((step for step in scope.program.steps if step.target is register), None)
    match made:
        case Combine(terms=(Term(coefficient=1, core=core),)) if core is not None:
            # A cast: of an array without axes it is one.
            return WrittenCall(f"{name}[()]", (name,))
        case Contract(operands=(_, _)) | Collapse() | Combine():
            return name
        case _:
            return WrittenCall(f"np.asarray({name})[()]", (name,))
