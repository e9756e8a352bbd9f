"""What a step reads, and what it costs: operations and memory."""

from __future__ import annotations

from math import prod
from typing import assert_never

from einsgrad.engine.programs.actions import (
    Action,
    FastTransform,
    Lookup,
    RunningSum,
    ScatterSum,
    Triangle,
)
from einsgrad.engine.programs.affine_axes import labels_in
from einsgrad.engine.programs.steps import (
    Apply,
    ApplyMatrix,
    Collapse,
    Combine,
    Contract,
    Fill,
    Held,
    Register,
    Reshape,
    Select,
    Sliced,
    Solve,
    Step,
    Window,
    sizes_of,
)
from einsgrad.orders.paths import flops


def bytes_of(step: Step) -> int:
    """Return the memory that the result of a step takes."""
    return step.bytes if isinstance(step, Window) else step.target.bytes


def operands_of(step: Step) -> tuple[Register, ...]:
    """Return the registers that a step reads."""
    match step:
        case Contract(operands=operands) | Sliced(operands=operands):
            return operands
        case Fill(operands=operands) | Select(operands=operands):
            return operands
        case Apply(arguments=arguments):
            return tuple(one.register for one in arguments if isinstance(one, Held))
        case Combine(terms=terms):
            return tuple(term.core for term in terms if term.core is not None)
        case Solve(matrix=matrix, operand=operand):
            return (matrix, operand)
        case Reshape(operand=operand) | Window(operand=operand):
            return (operand,)
        case Collapse(operand=operand) | ApplyMatrix(operand=operand):
            return (operand,)
        case _ as unreachable:
            assert_never(unreachable)


def flops_of(step: Step) -> int:
    """Count the floating-point operations of a step; a function counts as one for each entry."""
    match step:
        case Contract(operands=operands, inputs=inputs, output=output):
            sizes = sizes_of(inputs, operands)
            space = prod(sizes.values())
            summed = any(label not in output for label in sizes)
            return space * (len(operands) - 1 + summed)
        case Sliced(labels=labels, sizes=sizes, inputs=inputs, output=output, pairs=pairs):
            kept = [tuple(x for x in indices if x not in labels) for indices in inputs]
            left = tuple(x for x in labels_in(output) if x not in labels)
            return 2 * prod(sizes[x] for x in labels) * flops(pairs, kept, left, sizes)
        case Apply(target=target) | Collapse(target=target):
            return max(target.size, *(operand.size for operand in operands_of(step)), 1)
        case Combine(terms=terms):
            return sum(term.core.size for term in terms if term.core is not None)
        case Reshape() | Window():
            return 0
        case Fill(target=target):
            return target.size
        case Select(target=target, operands=operands, action=action):
            return _flops_of_action(action, operands[0], target)
        case ApplyMatrix(operand=operand):
            return operand.size * operand.shape[-1]
        case Solve(matrix=matrix, operand=operand):
            rows = matrix.shape[0]
            columns = operand.size // max(rows, 1)
            return matrix.size * (rows // 3 + 2 * columns)
        case _ as unreachable:
            assert_never(unreachable)


def _flops_of_action(action: Action, operand: Register, target: Register) -> int:
    """Count the operations of an action: none where entries are only moved."""
    match action:
        case Lookup() | Triangle():
            return 0
        case ScatterSum(is_distinct=is_distinct):
            return 0 if is_distinct else operand.size
        case RunningSum():
            return max(operand.size, target.size)
        case FastTransform(axis=axis):
            return 5 * target.size * max(operand.shape[axis] - 1, 1).bit_length()
        case _ as unreachable:
            assert_never(unreachable)
