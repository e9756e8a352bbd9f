"""An expression spelled as terms: a number times an einsum that numpy accepts.

Here labels get their letters. A label shows the letter of its dim when that is free, and
a fresh letter otherwise; the output's labels choose first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from einsgrad.construct import factor_expr
from einsgrad.deltas import Product
from einsgrad.expr import Add, Constant, Delta, Dim, Einsum, Expr, Number, Variable
from einsgrad.letters import fresh_letters
from einsgrad.simplify import contracted, fold_constants
from einsgrad.subscripts import Label, Subscripts

DOTS = "..."


@dataclass(frozen=True, slots=True)
class Lettering:
    """Which letters labels may show.

    Parameters
    ----------
    output
        The letters of the output's axes; None where any will do.
    candidates
        Letters for the labels of a dim, the best first; a dim that is missing here and
        is itself a letter shows itself.
    avoid
        Letters that are taken elsewhere.
    """

    output: tuple[Label | None, ...] = ()
    candidates: Mapping[Dim, Sequence[str]] = field(default_factory=dict)
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """A number times an einsum of named operands.

    `str` gives the einsum string; `numpy.einsum(str(term), *operands)` accepts it.

    Parameters
    ----------
    coefficient
        The number.
    subscripts
        The lists, with letters as labels.
    factors
        The operands as expressions: variables, deltas, or whatever else.

    Examples
    --------
    >>> import einsgrad as eg
    >>> term = eg.adjoint("mn,n->m", 0).terms[0]
    >>> str(term), term.operands, term.coefficient
    ('m,n->mn', ('g', 'x1'), 1)
    """

    coefficient: Number
    subscripts: Subscripts
    factors: tuple[Expr, ...]

    @property
    def operands(self) -> tuple[str, ...]:
        """The names of the operands, in order; a delta is `δ`, a vector of ones is `1`."""
        return tuple(map(operand_name, self.factors))

    def __str__(self) -> str:
        return str(self.subscripts)

    def __repr__(self) -> str:
        call = f'"{self.subscripts}"({", ".join(self.operands)})'
        return call if self.coefficient == 1 else f"{self.coefficient} * {call}"


def operand_name(expr: Expr) -> str:
    """Name an operand: variables by name, deltas by sign, a size by its dim."""
    match expr:
        case Variable(name=name):
            return name
        case Constant(value=value):
            return str(value)
        case Delta(dim=dim, order=order):
            return "δ" if order >= 2 else "1" if order == 1 else str(dim)
        case _:
            return f"({' + '.join(map(repr, spell(expr)))})"


def spell(expr: Expr, lettering: Lettering | None = None) -> tuple[Term, ...]:
    """Spell an expression as a sum of terms, each with letters for its labels.

    Examples
    --------
    >>> from einsgrad.construct import einsum
    >>> from einsgrad.expr import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> spell(einsum(Subscripts(((0, 1),), (1, 0)), (A,)))
    ("in->ni"(A),)
    """
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    return tuple(_spell_term(term, lettering or Lettering()) for term in terms)


def _spell_term(expr: Expr, lettering: Lettering) -> Term:
    if not isinstance(expr, Einsum):
        axes = tuple(range(len(expr.shape)))
        expr = Einsum(Subscripts((axes,), axes), (expr,))
    coefficient, rest = fold_constants(expr)
    if not rest.operands:
        return Term(1, Subscripts(((),), ()), (Constant(coefficient),))
    dims = rest.dims
    product = contracted(rest)
    factors = tuple(factor_expr(factor, rest.operands, dims) for factor in product.factors)
    letters = name_labels(product, dims, lettering)
    return Term(coefficient, _dots_in_output(product.subscripts.relabel(letters)), factors)


def name_labels(
    product: Product, dims: Mapping[Label, Dim], lettering: Lettering
) -> dict[Label, Label]:
    """Choose a letter for every label: the output's first, then in order of appearance."""
    names: dict[Label, Label] = {
        label: letter
        for label, letter in zip(product.output, lettering.output, strict=False)
        if letter is not None
    }
    labels = dict.fromkeys((*product.output, *product.subscripts.labels))
    reserved = set(lettering.avoid) | {
        letter for label in labels for letter in _candidates(dims[label], lettering)
    }
    used: set[Label] = set(names.values()) | lettering.avoid
    fresh: Iterator[str] = fresh_letters(reserved | {n for n in used if isinstance(n, str)})
    for label in labels:
        if label in names:
            continue
        if dims[label] == DOTS:
            names[label] = Ellipsis
            continue
        free = [letter for letter in _candidates(dims[label], lettering) if letter not in used]
        names[label] = free[0] if free else next(fresh)
        used.add(names[label])
    return names


def _candidates(dim: Dim, lettering: Lettering) -> Sequence[str]:
    if dim in lettering.candidates:
        return lettering.candidates[dim]
    return dim[0] if isinstance(dim, str) and dim[0].isalpha() else ()


def _dots_in_output(subscripts: Subscripts) -> Subscripts:
    """Write `...` in front of the output where operands have it, as numpy demands."""
    inside = any(Ellipsis in indices for indices in subscripts.inputs)
    if not inside or Ellipsis in subscripts.output:
        return subscripts
    return Subscripts(subscripts.inputs, (Ellipsis, *subscripts.output))
