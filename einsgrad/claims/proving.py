"""Whether two expressions are equal: proved, or refuted by the smallest numbers that show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from einsgrad.claims.verdict import Counterexample, bound_text
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Constant, Expr, Variable
from einsgrad.expressions.parts import without_names
from einsgrad.expressions.shaping import as_expr, broadcast
from einsgrad.expressions.walks import variables_in
from einsgrad.html import text_html
from einsgrad.reading.parse import parse

if TYPE_CHECKING:
    from einsgrad.claims.points import SamplePoint

Means: TypeAlias = Literal["proof", "random points", "counterexample", "shape"]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether two expressions are equal; true where they are.

    Parameters
    ----------
    equal
        Whether they are.
    how
        How that was found: by a `proof`; at `random points` only, where a function's relations
        are not known; by a `counterexample`; or by the `shape` alone.
    first, second
        The expressions.
    error
        The chance that expressions that differ are called equal is below it; 0 where both are
        one object, 1 where equality is not proved.
    counterexample
        Small numbers for which they differ; None if they do not, or none were found.
    """

    equal: bool
    how: Means
    first: Expr
    second: Expr
    error: float
    counterexample: Counterexample | None = None

    def __bool__(self) -> bool:
        return self.equal

    def facts(self) -> dict[str, Any]:
        """Return what was found as plain values, for JSON."""
        return {"equal": self.equal, "how": self.how, "error": self.error, "text": str(self)}

    def _repr_html_(self) -> str:
        return text_html(f"{'✓' if self.equal else '✗'} {self}")

    def __str__(self) -> str:
        if self.how == "proof":
            return f"equal, proved ({bound_text(self.error)})"
        if self.equal:
            return "equal at random points, to rounding, which is no proof"
        if self.how == "shape":
            one, other = (f"[{','.join(map(str, e.shape))}]" for e in (self.first, self.second))
            return f"different: the first has axes {one}, the second {other}"
        if self.counterexample is None:
            return "different"
        return f"different: {self.counterexample.told('first', 'second')}"

    __repr__ = __str__


def prove(
    first: Expr | str | float,
    second: Expr | str | float,
    variables: str | Iterable[Variable] | None = None,
    *,
    syntax: str | None = None,
) -> Proof:
    """Prove that two expressions are equal for all values of their variables, or refute it.

    Both are evaluated exactly, with random residues modulo primes in place of numbers, at
    several small sizes. Where an inverse, a logarithm or a root does not exist, none is
    compared. Expressions that differ have equal residues with a chance that is printed.

    Parameters
    ----------
    first, second
        Expressions of one shape, or texts of them; a number stands for every entry.
    variables
        The declaration for texts.
    syntax
        The notation of texts, as for `parse`.

    Returns
    -------
    Proof
        True where they are equal. Otherwise with small numbers for which they differ.

    Raises
    ------
    EinsgradError
        If a text cannot be read, or no numbers were found for which both have a value.

    Examples
    --------
    >>> import einsgrad as eg
    >>> eg.prove("inv(A @ B)", "inv(B) @ inv(A)", "A[n,n] B[n,n]")
    equal, proved (error below 2⁻⁶⁴)
    >>> eg.prove("sqrt(x**2)", "x", "x[n]")
    different: for x = [-2]: the first is 2 at entry [0], the second -2
    """
    one, other = (_read(value, variables, syntax) for value in (first, second))
    if isinstance(one, Constant):
        one = broadcast(one, other.shape)
    if isinstance(other, Constant):
        other = broadcast(other, one.shape)
    if one.shape != other.shape:
        return Proof(False, "shape", one, other, 1.0)
    if one is other:
        return Proof(True, "proof", one, other, 0.0)
    from einsgrad.proof.identity import decide_identity

    found = decide_identity(one, other)
    if found is not None and found.proved:
        return Proof(True, "proof", one, other, 2.0**-found.bits)
    return _at_points(one, other)


def _read(
    value: Expr | str | float, variables: str | Iterable[Variable] | None, syntax: str | None
) -> Expr:
    if not isinstance(value, str):
        return without_names([as_expr(value)])[0]
    if variables is None:
        raise ArgumentError("a text is given without variables. Write variables='x[n]'.")
    return parse(value, variables, syntax=syntax)


def _at_points(one: Expr, other: Expr) -> Proof:
    """Refute that two expressions are equal, or find them equal at random points."""
    from einsgrad.claims.counterexamples import counterexample
    from einsgrad.claims.draws import PointSource, random_points

    source = PointSource(variables_in(one, other), (one, other))
    found = counterexample(one, other, source)
    if found is not None:
        return Proof(False, "counterexample", one, other, 1.0, found)
    points = random_points(source, 4)
    if not points:
        raise ArgumentError("the expressions have no value at a common point.")
    differing = [point for point in points if point.tells_apart(one, other)]
    if not differing:
        return Proof(True, "random points", one, other, 1.0)
    return Proof(False, "counterexample", one, other, 1.0, _shown(one, other, differing[0]))


def _shown(one: Expr, other: Expr, point: SamplePoint) -> Counterexample:
    """Tell where two expressions differ at a point."""
    import numpy as np

    x, y = point.value(one), point.value(other)
    assert x is not None
    assert y is not None
    entry = tuple(map(int, np.unravel_index(int(abs(x - y).argmax()), x.shape)))
    arrays = {node.name: point.arrays[node.name].tolist() for node in variables_in(one, other)}
    return Counterexample(arrays, entry, x[entry].item(), y[entry].item())
