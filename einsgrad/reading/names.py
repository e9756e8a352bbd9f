"""What the names in a text mean: declared variables, their dims, and functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from keyword import iskeyword
from math import inf, nan, pi
from typing import Any

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.declare import declared
from einsgrad.expressions.dims import Dim, names_in
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.structures import Structures
from einsgrad.expressions.tables.matrix_rows import MATRIX_FUNCTIONS
from einsgrad.expressions.vocabulary import words
from einsgrad.expressions.vocabulary.application import function_of
from einsgrad.expressions.vocabulary.numpy_table import function_at, function_named

_NUMPY = ("np", "numpy")
_PREFIXES = (*_NUMPY, "eg", "einsgrad", "scipy")
_SUBMODULES = ((), ("linalg",), ("fft",), ("special",), ("lib", "stride_tricks"))
CONSTANTS = {"pi": pi, "π": pi, "inf": inf, "nan": nan}
DELTA_NAMES = ("delta", "δ")


def norm1(x: Any) -> Expr:
    """Return the sum of the moduli of all entries."""
    return words.sum(words.abs(x))


# Functions that people write by other names than numpy's.
_BY_HAND: dict[str, Callable[..., Expr]] = {
    "ln": words.log,
    "tr": words.trace,
    "Tr": words.trace,
    "norm1": norm1,
}
SIZE = "size"


def python_name(name: str) -> str:
    """Return a name that Python's syntax takes: a keyword gets an ending.

    Examples
    --------
    >>> python_name("lambda"), python_name("mu")
    ('lambda_', 'mu')
    """
    return f"{name}_" if iskeyword(name) else name


@dataclass(frozen=True)
class DeclaredNames:
    """The variables that a text may use.

    Parameters
    ----------
    declared
        The variables.
    """

    declared: tuple[Variable, ...]

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The variables by name, as Python reads it."""
        found = {unicodedata.normalize("NFKC", v.name): v for v in self.declared}
        return {**{python_name(name): v for name, v in found.items()}, **found}

    @cached_property
    def _functions(self) -> dict[str, Callable[..., Expr] | None]:
        """The functions that were asked for, by name."""
        return {}

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The names as they may be typed."""
        return frozenset(self.variables) | {v.name for v in self.declared}

    @cached_property
    def dims(self) -> frozenset[Dim]:
        """The dims of all variables."""
        return frozenset(dim for v in self.declared for dim in v.shape)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The names that stand in the dims of all variables."""
        return frozenset(names_in(self.dims))

    def dim_like(self, label: str) -> Dim | None:
        """Return the dim that a label is named after: itself, the one it begins, the only one."""
        if label in self.dims:
            return label
        if len(self.dims) == 1:
            return next(iter(self.dims))
        begun = [dim for dim in self.dims if isinstance(dim, str) and dim[0] == label]
        return begun[0] if len(begun) == 1 else None

    def function(self, name: str) -> Callable[..., Expr] | None:
        """Return the function of a name, unless a variable has it.

        Parts of decompositions have names that stand in printed formulas only.
        """
        if name in self.variables:
            return None
        if name not in self._functions:
            row = MATRIX_FUNCTIONS.get(name)
            found = function_named(name) or (None if row is None else function_of(row))
            self._functions[name] = found or _BY_HAND.get(name)
        return self._functions[name]

    def function_of(self, path: tuple[str, ...]) -> Callable[..., Expr] | None:
        """Return the function of a dotted name; with `np.` in front it is the one of numpy."""
        package, _, inside = ".".join(path).partition(".")
        found = function_at(inside) if package in _NUMPY else None
        name = bare_name(path)
        return found or (None if name is None else self.function(name))

    def described(self) -> str:
        """List the variables, for a message."""
        return ", ".join(v.describe() for v in self.declared[:8]) or "none"


def bare_name(path: tuple[str, ...]) -> str | None:
    """Take the prefix off `np.linalg.inv`; None if it is another module's.

    Examples
    --------
    >>> bare_name(("np", "linalg", "inv")), bare_name(("os", "remove"))
    ('inv', None)
    """
    *prefix, name = path
    known = not prefix or (prefix[0] in _PREFIXES and tuple(prefix[1:]) in _SUBMODULES)
    return name if known else None


def read_declaration(
    declaration: str | Iterable[Variable], said: Structures | None = None
) -> DeclaredNames:
    """Read variables given as a declaration, or as variables.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If they are neither, or two variables have one name.
    """
    if isinstance(declaration, str):
        return DeclaredNames(declared(declaration, said or Structures()))
    if isinstance(declaration, Variable):
        declaration = (declaration,)
    given: tuple[Variable, ...] | None
    try:
        given = tuple(dict.fromkeys(declaration))
    except TypeError:
        given = None
    if given is None or not all(isinstance(one, Variable) for one in given):
        raise ArgumentTypeError(
            f"variables are expected, not {clip(declaration)}. Declare them: 'A[m,n] x[n]'."
        )
    if len({v.name for v in given}) < len(given):
        raise ArgumentError("two variables have one name. Rename one.")
    if said is not None and said.names:
        raise ArgumentError(
            f"what is said of {clip(said.names[0])} belongs to a declaration in text. "
            "Say it where the variable is declared."
        )
    return DeclaredNames(given)
