"""An expression spelled as terms: a number times an einsum that numpy accepts."""

from __future__ import annotations

from dataclasses import dataclass

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.lettering import Lettering, dots_in_output, name_labels
from einsgrad.expressions.nodes import Add, Constant, Expr, Number
from einsgrad.expressions.printing import operand_name
from einsgrad.expressions.products import as_einsum, contracted, fold_constants
from einsgrad.strings.subscripts import Subscripts


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


def spell(expr: Expr, lettering: Lettering | None = None) -> tuple[Term, ...]:
    """Spell an expression as a sum of terms, each with letters for its labels.

    Examples
    --------
    >>> from einsgrad.expressions.construct import einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> spell(einsum(Subscripts(((0, 1),), (1, 0)), (A,)))
    ("in->ni"(A),)
    """
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    return tuple(_spell_term(term, lettering or Lettering()) for term in terms)


def _spell_term(expr: Expr, lettering: Lettering) -> Term:
    coefficient, rest = fold_constants(as_einsum(expr))
    if not rest.operands:
        return Term(1, Subscripts(((),), ()), (Constant(coefficient),))
    dims = rest.dims
    product = contracted(rest)
    factors = tuple(factor_expr(factor, rest.operands, dims) for factor in product.factors)
    letters = name_labels(product, dims, lettering)
    return Term(coefficient, dots_in_output(product.subscripts.relabel(letters)), factors)
