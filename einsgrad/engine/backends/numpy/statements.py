"""The lines of a program as records, and which reshapes among them nothing needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from einsgrad.engine.contractions.arrays import (
    Entrywise,
    Name,
    NumpyValue,
    Raveled,
    Reshaped,
    Taken,
    parts,
    walk,
)


@dataclass(frozen=True, slots=True)
class Assign:
    """A value gets a name."""

    target: Name
    value: NumpyValue

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        yield f"{self.target} = {self.value}"


@dataclass(frozen=True, slots=True)
class Store:
    """A value is written into an array, added to what stands there, or subtracted.

    Parameters
    ----------
    place, value
        The entries that are written to, and the value.
    operator
        `=`, `+=` or `-=`.
    is_made_there
        Whether the value is a ufunc's that takes the place as its `out`.
    """

    place: NumpyValue
    value: NumpyValue
    operator: str = "="
    is_made_there: bool = False

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        if self.is_made_there and isinstance(self.value, Entrywise):
            yield str(replace(self.value, out=Name(str(self.place))))
        else:
            yield f"{self.place} {self.operator} {self.value}"


@dataclass(frozen=True, slots=True)
class Perform:
    """A call for what it does."""

    value: NumpyValue

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        yield str(self.value)


@dataclass(frozen=True, slots=True)
class Delete:
    """Names are given up, and with them what nothing else holds."""

    names: tuple[Name, ...]

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        yield f"del {', '.join(map(str, self.names))}"


@dataclass(frozen=True, slots=True)
class Return:
    """The end: a tuple of values, or the only one."""

    values: tuple[NumpyValue, ...]
    single: bool

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        texts = ", ".join(map(str, self.values))
        several = f"({texts},)" if self.values else "()"
        yield f"return {texts}" if self.single else f"return {several}"


@dataclass(frozen=True, slots=True)
class Loop:
    """Statements that are run for every value of some counters."""

    head: str
    body: tuple[Statement, ...]

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        yield f"for {self.head}:"
        for statement in self.body:
            for line in statement.lines():
                yield f"    {line}"


Statement: TypeAlias = Assign | Store | Perform | Delete | Return | Loop


def without_double_reshapes(statements: Sequence[Statement]) -> list[Statement]:
    """Drop the reshape of a result that every use reshapes again, or takes by one index.

    For these uses only the order in memory counts.

    Examples
    --------
    >>> t0 = Name("t0")
    >>> made, used = Assign(t0, Reshaped(Name("a"), (2, 3))), Return((Reshaped(t0, (6,)),), True)
    >>> for statement in without_double_reshapes([made, used]):
    ...     print(*statement.lines())
    t0 = a
    return t0.reshape(6)
    """
    if not any(isinstance(one, Assign) and isinstance(one.value, Reshaped) for one in statements):
        return list(statements)
    values = [value for statement in statements for value in values_of(statement)]
    uses: Counter[Name] = Counter()
    shapeless: Counter[Name] = Counter()
    for value in values:
        for part in walk(value):
            if isinstance(part, Name):
                uses[part] += 1
            elif (name := _seen_without_shape(part)) is not None:
                shapeless[name] += 1
    kept: list[Statement] = []
    for statement in statements:
        match statement:
            case Assign(target=target, value=Reshaped(array=array)) if (
                uses[target] == shapeless[target]
            ):
                kept.append(replace(statement, value=array))
            case _:
                kept.append(statement)
    return kept


def function_text(
    name: str, parameters: str, statements: Sequence[Statement], *, otherwise: str = ""
) -> str:
    """Write a function, and what it returns where Python has an error and no number.

    Examples
    --------
    >>> print(function_text("compute", "a", [Return((Name("a"),), True)]))
    def compute(a):
        return a
    <BLANKLINE>
    """
    lines = [line for one in without_double_reshapes(statements) for line in one.lines()]
    if otherwise:
        last = ["except (ArithmeticError, ValueError):", f"    return {otherwise}"]
        lines = ["try:", *(f"    {line}" for line in lines), *last]
    body = "".join(f"    {line}\n" for line in lines)
    return f"def {name}({parameters}):\n{body}"


def _seen_without_shape(value: NumpyValue) -> Name | None:
    """Return the array of which a view needs no more than the order in memory."""
    if isinstance(value, Reshaped | Raveled) or (isinstance(value, Taken) and value.axis is None):
        array = parts(value)[0]
        return array if isinstance(array, Name) else None
    return None


def with_values(statement: Statement, change: Callable[[NumpyValue], NumpyValue]) -> Statement:
    """Change what a statement computes; names that it gives up or returns stay."""
    match statement:
        case Assign(value=value) | Store(value=value) | Perform(value=value):
            changed = change(value)
            return statement if changed is value else replace(statement, value=changed)
        case Loop(body=body):
            return replace(statement, body=tuple(with_values(one, change) for one in body))
        case Delete() | Return():
            return statement
        case _ as unreachable:
            assert_never(unreachable)


def values_of(statement: Statement) -> Iterator[NumpyValue]:
    """Yield the values that a statement reads."""
    match statement:
        case Assign(value=value) | Perform(value=value):
            yield value
        case Store(place=place, value=value):
            yield place
            yield value
        case Delete(names=names):
            yield from names
        case Return(values=values):
            yield from values
        case Loop(body=body):
            for inner in body:
                yield from values_of(inner)
        case _ as unreachable:
            assert_never(unreachable)
