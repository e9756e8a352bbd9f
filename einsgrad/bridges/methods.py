"""What scipy's methods of minimization take, and which is taken unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip

FEW_UNKNOWNS = 250
"""Of how many unknowns the Hessian is formed unasked: as a matrix it then takes at most 500 kB."""


GRADIENT, HESSIAN, PRODUCT = "gradient", "hessian", "product"
BOUNDS, CONSTRAINTS = "bounds", "constraints"


@dataclass(frozen=True, slots=True)
class Minimizer:
    """A method of `scipy.optimize.minimize`, and what it takes.

    Parameters
    ----------
    name
        How scipy calls it.
    takes
        What it takes; the product is that of the Hessian with a vector.
    solver
        What is called, where it is none of scipy's own.
    """

    name: str
    takes: frozenset[str]
    solver: Callable[..., Any] | None = None

    @property
    def method(self) -> Any:
        """What `scipy.optimize.minimize` takes for it."""
        return self.name if self.solver is None else self.solver


_FIRST = frozenset({GRADIENT})
_SECOND = _FIRST | {HESSIAN}
_NEWTON = _SECOND | {PRODUCT}
_BOUNDED = frozenset({BOUNDS})
_LIMITED = _BOUNDED | {CONSTRAINTS}

MINIMIZERS = (
    Minimizer("Nelder-Mead", _BOUNDED),
    Minimizer("Powell", _BOUNDED),
    Minimizer("CG", _FIRST),
    Minimizer("BFGS", _FIRST),
    Minimizer("Newton-CG", _NEWTON),
    Minimizer("L-BFGS-B", _FIRST | _BOUNDED),
    Minimizer("TNC", _FIRST | _BOUNDED),
    Minimizer("COBYLA", _LIMITED),
    Minimizer("COBYQA", _LIMITED),
    Minimizer("SLSQP", _FIRST | _LIMITED),
    Minimizer("trust-constr", _NEWTON | _LIMITED),
    Minimizer("dogleg", _SECOND),
    Minimizer("trust-ncg", _NEWTON),
    Minimizer("trust-exact", _SECOND),
    Minimizer("trust-krylov", _NEWTON),
)


def minimizer(method: object, count: int, *, bounds: bool, constraints: bool) -> Minimizer:
    """Return the method of a name, or the one that is chosen for so many unknowns.

    Raises
    ------
    ArgumentError
        If there is no such method, or it takes no bounds or constraints, and there are some.

    Examples
    --------
    >>> minimizer(None, 10, bounds=False, constraints=False).name
    'trust-exact'
    >>> minimizer("bfgs", 10, bounds=False, constraints=False).name
    'BFGS'
    """
    if callable(method):
        own = str(getattr(method, "__name__", type(method).__name__))
        return Minimizer(own, _NEWTON | _LIMITED, method)
    name = _chosen(count, bounds, constraints) if method is None else method
    for known in MINIMIZERS:
        if isinstance(name, str) and known.name.lower() == name.lower():
            _refuse_not_taken(known, BOUNDS, bounds)
            _refuse_not_taken(known, CONSTRAINTS, constraints)
            return known
    raise one_of(method, [one.name for one in MINIMIZERS])


def one_of(method: object, names: list[str]) -> ArgumentError | ArgumentTypeError:
    """Return the error for a method that is none of some."""
    kind = ArgumentError if isinstance(method, str) else ArgumentTypeError
    return kind(f"method: {clip(method)} is none here. Give one of {', '.join(names)}.")


def _chosen(count: int, bounds: bool, constraints: bool) -> str:
    if constraints:
        return "trust-constr"
    if bounds:
        return "L-BFGS-B"
    return "trust-exact" if count <= FEW_UNKNOWNS else "trust-ncg"


def _refuse_not_taken(known: Minimizer, what: str, is_given: bool) -> None:
    if is_given and what not in known.takes:
        able = ", ".join(one.name for one in MINIMIZERS if what in one.takes)
        raise ArgumentError(f"{known.name} takes no {what}. Leave them out, or take {able}.")
