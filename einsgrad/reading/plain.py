"""What operators and calls build of plain values: numpy-like text, without indices."""

from __future__ import annotations

import ast
import inspect
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

from einsgrad.errors import ArgumentError, EinsgradError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.declare import einsum_of
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.label_ranges import with_sizes
from einsgrad.expressions.nodes import Einsum, Expr
from einsgrad.expressions.products import tidy
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.vocabulary import words
from einsgrad.reading.dims import DeltaDims
from einsgrad.reading.names import DeclaredNames
from einsgrad.reading.ranges import read_size
from einsgrad.reading.unsized import UnsizedDelta, scaled_delta, sized_deltas
from einsgrad.strings.calls import as_equation
from einsgrad.strings.subscripts import Indices

# An expression, a number, the text of an einsum, or a tuple of axes or sizes.
ReadValue: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Operator:
    """What a sign does with expressions, and with two numbers."""

    sign: str
    build: Callable[..., Expr]
    count: Callable[[Any, Any], Any] | None = None


def _number_power(x: complex, y: complex) -> complex:
    return x**y if isinstance(x, complex) or isinstance(y, complex) else math.pow(x, y)


def divided(left: Any, right: Any) -> Expr:
    """Divide by the factors of a product of numbers one by one.

    So `x/(n s)` is `x/n/s` however `s` is written: the product of the two is none that stands
    alone, and is not multiplied out.

    Examples
    --------
    >>> import einsgrad as eg
    >>> x, n, s = eg.variables("x[k] n s")
    >>> divided(x, n * s) is x / n / s
    True
    """
    if isinstance(right, Einsum) and not any(one.shape for one in right.operands):
        return reduce(divided, right.operands, as_expr(left))
    return words.divide(left, right)


OPERATORS: dict[type[ast.AST], Operator] = {
    ast.Add: Operator("+", words.add, operator.add),
    ast.Sub: Operator("-", words.subtract, operator.sub),
    ast.Mult: Operator("*", words.multiply, operator.mul),
    ast.Div: Operator("/", divided, operator.truediv),
    ast.Pow: Operator("**", words.power, _number_power),
    ast.MatMult: Operator("@", words.matmul),
    ast.Lt: Operator("<", words.less),
    ast.LtE: Operator("<=", words.less_equal),
    ast.Gt: Operator(">", words.greater),
    ast.GtE: Operator(">=", words.greater_equal),
    ast.Eq: Operator("==", words.equal),
    ast.NotEq: Operator("!=", words.not_equal),
}
OPERATORS_BY_SIGN = {one.sign: one for one in OPERATORS.values()}


def is_number(value: ReadValue) -> bool:
    """Tell whether a value is a plain number."""
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def is_tensor(value: ReadValue) -> bool:
    """Tell whether a value is an expression or a number."""
    return isinstance(value, Node) or is_number(value)


def operated(sign: Operator, left: ReadValue, right: ReadValue) -> ReadValue:
    """Apply an operator; two numbers give a number.

    Raises
    ------
    ArgumentError
        If a value is no tensor, or the numbers have no finite result.
    """
    if UnsizedDelta in (type(left), type(right)):
        scaled = scaled_delta(sign.sign, left, right)
        if scaled is not None:
            return scaled
        left, right = sized_deltas(sign.sign, left, right)
    for value in (left, right):
        if not is_tensor(value):
            raise ArgumentError(f"{clip(value)} is no tensor. Give an expression or a number.")
    if sign.count is None or not (is_number(left) and is_number(right)):
        return sign.build(left, right)
    try:
        result = sign.count(left, right)
    except (ArithmeticError, ValueError):
        result = math.inf
    if _is_finite(left) and _is_finite(right) and not _is_finite(result):
        raise ArgumentError(
            f"{clip(left)} {sign.sign} {clip(right)} is not finite. Write smaller numbers."
        )
    return tidy(result)


def check_joined(left: ReadValue, right: ReadValue, written: ast.expr) -> None:
    """Refuse a product without a sign that can be meant in several ways."""
    if isinstance(left, Node) and isinstance(written, ast.Constant) and written.value == 1:
        raise ArgumentError(
            "a 1 that stands after a space is the number or the vector of ones. "
            "Write ones(n) with the sign * or @ before it, or leave the number out."
        )
    if all(isinstance(value, Node) and value.shape for value in (left, right)):
        raise ArgumentError(
            "a sign is missing between two tensors. "
            "Write * for entry by entry, @ for matrices, or give indices."
        )


def _is_finite(value: complex) -> bool:
    """Tell whether a number is finite, and small enough for a float."""
    try:
        return math.isfinite(abs(complex(value)))
    except OverflowError:
        return False


def called(
    name: str,
    function: Callable[..., Expr],
    arguments: Sequence[ReadValue],
    options: dict[str, ReadValue],
    names: DeclaredNames,
) -> Expr:
    """Call a function of the vocabulary.

    Raises
    ------
    ArgumentError
        If the arguments do not fit it.
    """
    parameters = inspect.signature(function)
    try:
        parameters.bind(*arguments, **options)
    except TypeError as error:
        raise ArgumentError(
            f"{name}: {error}. It is called {name}{parameters_of(function)}."
        ) from None
    if "dims" in parameters.parameters:
        return function(*(_dim(name, value, names) for value in flat(arguments)))
    try:
        return function(*arguments, **options)
    except EinsgradError:
        raise
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name}: an argument does not fit: {error}.") from None


def result_of(results: tuple[ReadValue, ...], key: tuple[Any, ...]) -> ReadValue:
    """Return one of several results, as `slogdet(X)[1]`.

    Raises
    ------
    ArgumentError
        If there is no such one.

    Examples
    --------
    >>> result_of(("sign", "logabsdet"), (1,))
    'logabsdet'
    """
    match key:
        case (int() as place,) if -len(results) <= place < len(results):
            return results[place]
        case _:
            raise ArgumentError(f"there are {len(results)} results. Take one by its number.")


def parameters_of(function: Callable[..., Expr]) -> str:
    """Write the parameters of a function without their types."""
    parameters = inspect.signature(function).parameters.values()
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    return str(inspect.Signature(plain))


def flat(values: Sequence[ReadValue]) -> list[ReadValue]:
    """Return values with tuples among them opened."""
    return [one for v in values for one in (v if isinstance(v, tuple) else (v,))]


def _dim(name: str, value: ReadValue, names: DeclaredNames) -> Dim:
    """Read an argument as a dim: a size, the name of one, or the text of a sum of them."""
    if isinstance(value, Delta) and value.order == 0:
        return value.dim
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isidentifier():
        return value
    found = read_size(value, names) if isinstance(value, str) else None
    if found is not None:
        return found
    raise ArgumentError(f"{name}: {clip(value)} is no dim. Give a size, or a declared dim.")


def einsum_called(
    text: ReadValue,
    operands: Sequence[ReadValue],
    names: DeclaredNames,
    shape: Shape | None,
    sizes: ReadValue = None,
) -> Expr:
    """Build the einsum of a string, whose operands may be `δ` and `1` as they are printed.

    Parameters
    ----------
    text
        The einsum string.
    operands
        Expressions, numbers, and deltas without indices.
    names
        The variables; a delta's dim may be one of theirs.
    shape
        The shape that the result is expected to have, if known.
    sizes
        Sizes of labels, by label.

    Raises
    ------
    ArgumentError
        If the first argument is no string, or a delta's dim cannot be told.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"{clip(text)} is no einsum string. Write einsum('mn,n->m', A, x).")
    equation = as_equation(text)
    if sizes is not None:
        known = sizes if isinstance(sizes, dict) else {}
        equation = with_sizes(equation, {x: _dim("sizes", d, names) for x, d in known.items()})
    lists = equation.subscripts.inputs
    if len(lists) != len(operands) or not any(map(_is_sign, lists, operands)):
        return einsum_of(equation, operands)
    shapes = list(map(_told_shape, lists, operands))
    output = equation.subscripts.output
    fits = shape is not None and len(shape) == len(output)
    expected = dict(zip(output, shape or (), strict=True)) if fits else {}
    dims = DeltaDims.of(lists, shapes, expected)
    built = []
    for indices, operand, told in zip(lists, operands, shapes, strict=True):
        if told is not None:
            built.append(operand)
            continue
        dim = _delta_dim(indices, dims, names)
        # Deltas behind this one may share a label with it.
        dims = dims.joined(indices, dim)
        built.append(Delta(dim, len(indices)))
    return einsum_of(equation, built)


def _told_shape(indices: Indices, operand: ReadValue) -> Shape | None:
    """Return what an operand tells of the dims of its labels; None if it stands for a delta."""
    if _is_sign(indices, operand):
        return None
    fits = isinstance(operand, Node) and len(operand.shape) == len(indices)
    return operand.shape if fits else ()


def _delta_dim(indices: Indices, dims: DeltaDims, names: DeclaredNames) -> Dim:
    found = (dims.named(label, names) for label in indices)
    dim = next((dim for dim in found if dim is not None), None)
    if dim is None:
        raise ArgumentError(
            f"the dim of label {clip(indices[0])} of a delta cannot be told. "
            "Use eye(n) or ones(n) for it."
        )
    return dim


def _is_sign(indices: Indices, operand: ReadValue) -> bool:
    """Tell whether an operand stands for a delta with these labels."""
    if isinstance(operand, UnsizedDelta):
        return bool(indices) and operand.factor == 1
    return bool(indices) and is_number(operand) and operand == 1
