"""What a compiled function is called with: arrays by name, by variable, or by position.

An array for a variable that does not stand in the expression any more still gives its sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from einsgrad.engine.binding import as_input, bind, dims_of
from einsgrad.engine.namespaces import known_shape
from einsgrad.errors import ArgumentError, ArgumentTypeError, ShapeError, as_sequence, clip, shorten
from einsgrad.expressions.base import Node
from einsgrad.expressions.declare import declared_as
from einsgrad.expressions.dims import Dim, learn
from einsgrad.expressions.nodes import COMPLEX, Expr, Variable

Sizes = Mapping[Dim, int]


@dataclass(frozen=True, slots=True)
class CallArguments:
    """The arrays of a call.

    Parameters
    ----------
    arrays
        The arrays by name.
    own
        The variables that were named by themselves.
    further
        The names that none of the function's variables has.
    """

    arrays: dict[str, Any]
    own: dict[str, Variable]
    further: tuple[str, ...]


def read_arrays(
    symbols: Sequence[Variable], arrays: Sequence[Any], named: Mapping[str, Any], *, ordered: bool
) -> CallArguments:
    """Read the arguments of a function of variables.

    Raises
    ------
    ArgumentError
        If arrays are given by position, and there is no order, or for too many variables, or
        twice for one.
    ArgumentTypeError
        If what names an array is neither a name nor a variable.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ())
    >>> read_arrays([x, y], ({x: [1, 2]},), {"y": 3}, ordered=False).arrays
    {'x': [1, 2], 'y': 3}
    """
    own: dict[str, Variable] = {}
    if len(arrays) == 1 and isinstance(arrays[0], Mapping):
        own = {key.name: key for key in arrays[0] if isinstance(key, Variable)}
        given = {_name_of(key): array for key, array in arrays[0].items()}
        _refuse_others(symbols, own)
    else:
        _refuse_positions(symbols, len(arrays), ordered=ordered)
        given = {symbol.name: array for symbol, array in zip(symbols, arrays, strict=False)}
    for name, array in named.items():
        if name in given:
            raise ArgumentError(f"{clip(name)} is given twice. Give one array for it.")
        given[name] = array
    names = {symbol.name for symbol in symbols}
    return CallArguments(given, own, tuple(name for name in given if name not in names))


def _name_of(key: object) -> str:
    if isinstance(key, Variable):
        return key.name
    if not isinstance(key, str):
        raise ArgumentTypeError(
            f"an array is given for {clip(key)}, which is no variable. Give {{variable: array}}."
        )
    return key


def _refuse_others(symbols: Iterable[Variable], own: Mapping[str, Variable]) -> None:
    """Refuse variables that are others than those of their names here."""
    for symbol in symbols:
        other = own.get(symbol.name, symbol)
        if other is not symbol:
            raise ArgumentError(
                f"an array is given for {clip(other)}, and the variable here is {clip(symbol)}. "
                "Give an array for that one."
            )


def _refuse_positions(symbols: Sequence[Variable], count: int, *, ordered: bool) -> None:
    """Refuse arrays by position where there is no order, or too many of them."""
    names = [symbol.name for symbol in symbols]
    if count and not ordered:
        called = ", ".join(f"{name}=..." for name in names)
        listed = ", ".join(names)
        raise ArgumentError(
            f"arrays are given by position, and the variables {listed or '(there are none)'} have "
            f"no order. Give them by name, f({called}), or fix an order: "
            f"compile(..., inputs=({listed},))."
        )
    if count > len(names):
        raise ArgumentError(f"{count} arrays given for {len(names)} variables. Give one for each.")


def ordered_inputs(present: Iterable[Variable], inputs: Sequence[Variable]) -> tuple[Variable, ...]:
    """Check the variables that a function is to take in an order.

    Parameters
    ----------
    present
        The variables that occur.
    inputs
        Those that are given, or one of them.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If one that occurs is not among them, two have one name, or one is no variable.
    """
    given = as_sequence((inputs,) if isinstance(inputs, Node) else inputs, "inputs")
    for one in given:
        if not isinstance(one, Variable):
            raise ArgumentTypeError(f"inputs: {clip(one)} is no variable. Give variables.")
    if len({one.name for one in given}) < len(given):
        raise ArgumentError("inputs: two have one name. Give each variable once.")
    known = set(given)
    for symbol in present:
        if symbol not in known:
            raise ArgumentError(
                f"{clip(symbol)} occurs, and is not among the inputs. Add it to them."
            )
    return given


def further_variables(
    given: CallArguments, exprs: Sequence[Expr], symbols: Sequence[Variable], sizes: Sizes
) -> list[Variable]:
    """Return the variables that arrays of further names are for.

    Raises
    ------
    ArgumentError
        If no variable in use has such a name, or it cannot be told which one is meant.
    ShapeError
        If an array fits none of them.
    """
    present = [symbol for symbol in symbols if symbol.name in given.arrays]
    _, known = bind(present, given.arrays, sizes)
    more: list[Variable] = []
    for name in given.further:
        array = given.arrays[name]
        one = given.own.get(name)
        if one is None:
            one = _meant(name, array, known, exprs, symbols)
        _, known = bind([one], given.arrays, known)
        more.append(one)
    return more


def _meant(
    name: str, array: object, known: Sizes, exprs: Sequence[Expr], symbols: Sequence[Variable]
) -> Variable:
    """Return the variable of a name that an array is for."""
    declared = declared_as(name)
    if not declared:
        names = ", ".join(symbol.name for symbol in symbols)
        raise ArgumentError(
            f"an array is given for {clip(name)}, and no variable here has that name. "
            f"The variables are {shorten(names) or 'none'}. Give arrays for these."
        )
    shape = known_shape(as_input(array, shorten(name)), name)
    fitting = [one for one in declared if fits(one, shape, known)]
    if not fitting:
        raise ShapeError(
            f"{clip(declared[0])} does not stand in the expression any more, and an array of "
            f"shape {clip(shape)} does not fit its dims. Give another, or leave it out."
        )
    needed = [dim for dim in dims_of(exprs) if dim not in known]
    told = [_told(one, shape, needed) for one in fitting]
    for dim in needed:
        if len({sizes[dim] for sizes in told if dim in sizes}) > 1:
            raise ArgumentError(
                f"several variables are called {clip(name)}, and they differ in the size of dim "
                f"{clip(dim)}. Give the variable itself: {{{shorten(name)}: array}}."
            )
    most = fitting[max(range(len(told)), key=lambda place: len(told[place]))]
    # Its array only gives sizes: whether it would have to be real or symmetric is not known,
    # since others may have its name.
    return Variable(name, most.shape, frozenset({COMPLEX}))


def _told(symbol: Variable, shape: tuple[int, ...], needed: Sequence[Dim]) -> dict[Dim, int]:
    """Return the sizes of needed dims that an array of a variable tells."""
    told: dict[Dim, int] = {}
    for dim, size in zip(symbol.shape, shape, strict=True):
        learn(dim, size, told)
    return {dim: size for dim, size in told.items() if dim in needed}


def fits(symbol: Variable, shape: tuple[int, ...], known: Sizes) -> bool:
    """Tell whether an array's shape agrees with a variable's dims and with known sizes.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"))
    >>> fits(A, (2, 2), {"n": 2}), fits(A, (2, 2), {"n": 3}), fits(A, (2, 3), {})
    (True, False, False)
    """
    if len(shape) != len(symbol.shape):
        return False
    sizes = dict(known)
    return all(
        learn(dim, size, sizes) is not False for dim, size in zip(symbol.shape, shape, strict=True)
    )
