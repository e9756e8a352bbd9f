"""What derivatives are asked in: variables of an expression, or arguments of a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from einsgrad.api.several import Derivatives
from einsgrad.calculus import derivatives as calculus
from einsgrad.calculus.within import Convention, as_convention
from einsgrad.errors import ArgumentTypeError, as_flag, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.nodes import Expr, Variable

if TYPE_CHECKING:
    from einsgrad.results.numbers.requests import Argnums


@dataclass(frozen=True, slots=True)
class GivenVariables:
    """The variables to differentiate in, and whether one was given alone, in no sequence."""

    each: tuple[Variable, ...]
    is_alone: bool

    @classmethod
    def of(cls, wrt: Sequence[Any]) -> GivenVariables:
        """Read variables given one by one, or as a sequence."""
        if len(wrt) == 1 and isinstance(wrt[0], list | tuple):
            return cls(tuple(map(calculus.check_variable, wrt[0])), False)
        if not wrt:
            raise ArgumentTypeError("name the variable to differentiate in: grad(E, x).")
        return cls(tuple(map(calculus.check_variable, wrt)), len(wrt) == 1)

    def results(self, found: Sequence[Expr]) -> Expr | tuple[Expr, ...]:
        """Return a tuple with a result for each variable; the result for one that is alone."""
        return found[0] if self.is_alone else Derivatives(found, [(one,) for one in self.each])


def as_function(target: object) -> Callable[..., Any]:
    """Refuse what is neither an expression nor a function."""
    if not callable(target):
        raise ArgumentTypeError(
            f"an expression or a function is expected, not {clip(target)}. "
            "Build an expression from variables('x[n]'), or give a numpy function."
        )
    return target


def given_argnums(wrt: Sequence[Any], argnums: Argnums | None) -> Argnums:
    """Return the arguments of a function to differentiate in: given by name or behind it.

    Raises
    ------
    ArgumentTypeError
        If something else follows the function.
    """
    if not wrt:
        return 0 if argnums is None else argnums
    if len(wrt) > 1 or argnums is not None or isinstance(wrt[0], Node):
        raise ArgumentTypeError(
            f"a function is followed by the numbers of its arguments, not by {clip(wrt[-1])}. "
            "Write grad(f, argnums=(0, 1)), and give the arguments to what that returns."
        )
    numbers: Argnums = wrt[0]
    return numbers


def refuse_argnums(argnums: Argnums | None, has_aux: bool = False) -> None:
    """Refuse what is said of arguments and results of a function for what is no function.

    Raises
    ------
    ArgumentTypeError
        If it is given.
    """
    if as_flag(has_aux, "has_aux"):
        raise ArgumentTypeError("has_aux is for functions. Evaluate the other expressions, too.")
    if argnums is not None:
        raise ArgumentTypeError(
            "argnums is for functions. Name the variables: grad(E, x), or grad(E, (x, y))."
        )


def refuse_convention(convention: Convention) -> None:
    """Refuse what is said of declared variables for what has none.

    Raises
    ------
    ArgumentTypeError
        If it is not the one that is meant by default.
    """
    if as_convention(convention) != "projected":
        raise ArgumentTypeError(
            "convention is for variables of expressions, which may be declared symmetric. "
            "Arguments of functions are not: leave it out."
        )
