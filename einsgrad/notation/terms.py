"""An expression spelled as terms: a number times an einsum that numpy accepts.

In index notation a term has a sum sign where a summed index does not stand exactly twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from einsgrad.expressions.affine_spelling import form_of, with_affine_labels
from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.lettering import Lettering, dots_in_output, name_labels
from einsgrad.expressions.nodes import Add, Constant, Expr, Number
from einsgrad.expressions.printing import operand_name
from einsgrad.expressions.products import as_einsum, contracted, fold_constants
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.expressions.signed_sums import SignedNumber, SignedText, signed_sum
from einsgrad.notation.style import TEXT, Style
from einsgrad.strings.affine_labels import AffineLabel, forms_in, labels_within
from einsgrad.strings.subscripts import Indices, Label, Subscripts


@dataclass(frozen=True, slots=True)
class SpelledTerm:
    """A number times an einsum of named operands.

    `str` gives the einsum string; `einsum(str(term), *operands)` accepts it, and numpy's, too,
    where no label is affine.

    Parameters
    ----------
    coefficient
        The number.
    subscripts
        The lists, with letters as labels.
    factors
        The operands as expressions: variables, deltas, selectors, or whatever else.

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
    def pairs(self) -> Iterator[tuple[Expr, Indices]]:
        """The factors with their lists."""
        return zip(self.factors, self.subscripts.inputs, strict=True)

    @property
    def spelled(self) -> SpelledTerm:
        """The term with its affine selectors as affine labels, as strings are written."""
        return self._with_affine_labels(in_output=True)

    @property
    def indexed(self) -> SpelledTerm:
        """The term with affine labels at what is indexed, as index notation is written."""
        return self._with_affine_labels(in_output=False)

    def _with_affine_labels(self, *, in_output: bool) -> SpelledTerm:
        if not any(isinstance(factor, Affine) for factor in self.factors):
            return self
        found = with_affine_labels(self.subscripts, self.factors, in_output=in_output)
        return SpelledTerm(self.coefficient, *found)

    @property
    def operands(self) -> tuple[str, ...]:
        """The names of the operands, in order; a delta is `δ`, a vector of ones is `1`."""
        return tuple(map(operand_name, self.spelled.factors))

    def __str__(self) -> str:
        return str(self.spelled.subscripts)

    def __repr__(self) -> str:
        call = f'"{self}"({", ".join(self.operands)})'
        return call if self.coefficient == 1 else f"{self.coefficient} * {call}"


def spell(expr: Expr, lettering: Lettering | None = None) -> tuple[SpelledTerm, ...]:
    """Spell an expression as a sum of terms, each with letters for its labels.

    Examples
    --------
    >>> from einsgrad.expressions.construct import build_einsum
    >>> from einsgrad.expressions.nodes import Variable
    >>> A = Variable("A", ("n", "n"))
    >>> spell(build_einsum(Subscripts(((0, 1),), (1, 0)), (A,)))
    ("in->ni"(A),)
    """
    terms = expr.terms if isinstance(expr, Add) else (expr,)
    return tuple(_spell_term(term, lettering or Lettering()) for term in terms)


def _spell_term(expr: Expr, lettering: Lettering) -> SpelledTerm:
    coefficient, rest = fold_constants(as_einsum(expr))
    if not rest.operands:
        return SpelledTerm(1, Subscripts(((),), ()), (Constant(coefficient),))
    dims = rest.dims
    product = contracted(rest)
    factors = tuple(factor_expr(factor, rest.operands, dims) for factor in product.factors)
    letters = name_labels(product, dims, lettering)
    return SpelledTerm(coefficient, dots_in_output(product.subscripts.relabel(letters)), factors)


def index_notation(terms: Sequence[SpelledTerm], style: Style = TEXT) -> str:
    """Write terms in index notation.

    Examples
    --------
    >>> import einsgrad as eg
    >>> index_notation(eg.jacobian("mn,n->m", 0).terms)
    'δ_im x1_n'
    >>> index_notation(eg.adjoint("i,i,i->", 0).terms)
    'g x1_i x2_i'
    """
    return signed_sum(_signed(term, style) for term in terms)


def _signed(term: SpelledTerm, style: Style) -> SignedText:
    signed = SignedNumber.of(term.coefficient)
    body = _product(term, style)
    return SignedText(signed.is_negative, body if signed.size == 1 else f"{signed.size} {body}")


def _product(term: SpelledTerm, style: Style) -> str:
    term = term.indexed
    factors = [factor_symbol(factor, indices, style) for factor, indices in term.pairs]
    body = style.times.join(factors)
    summed = _needs_sum(term)
    return f"{style.sum(summed)}{style.times}{body}" if summed else body


def factor_symbol(factor: Expr, indices: Indices, style: Style) -> str:
    """Write one factor with its indices."""
    name = operand_name(factor)
    match factor:
        case Delta(order=order) if order:
            name = style.ones if order == 1 else style.delta
        case Affine(offset=int()):
            name = style.delta
            indices = (indices[0], form_of(factor, indices[1:]))
    return style.symbol(name, [indexed_by(label, style) for label in indices])


def shifted(term: SpelledTerm, place: int) -> tuple[SpelledTerm, Label, AffineLabel] | None:
    """Contract an affine selector of a term with a factor that holds one of its labels.

    Parameters
    ----------
    term
        The term; its lists may have affine labels.
    place
        A factor's place.

    Returns
    -------
    tuple or None
        The term to be shown, in which a label that is summed is replaced, the label, and the
        form in its place; it is 0 where the form is no index of its axis. None if the factor
        is no selector of a free index, or none of its labels can be told from the others.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (term,) = eg.adjoint("(i+k),k->i", 0).terms
    >>> shown, old, new = shifted(term, 2)
    >>> index_notation([shown]), old, new.text
    ('g_{j-k} x1_k', 'i', 'j-k')
    """
    factor, indices = term.factors[place], term.subscripts.inputs[place]
    output = term.subscripts.output
    if not isinstance(factor, Affine) or not isinstance(factor.offset, int):
        return None
    form = form_of(factor, indices[1:])
    others = [(f, labels) for k, (f, labels) in enumerate(term.pairs) if k != place]
    held = {label for f, labels in others if not _is_ones(f) for label in labels}
    # A label that stands in another form, too, would be replaced within that.
    nested = {label for one in forms_in(held) for label in one.labels}
    nested.update(label for f, labels in others if isinstance(f, Affine) for label in labels)
    for old, number in form.terms:
        loose = old in held and old not in nested and old not in output
        if loose and abs(number) == 1 and indices[0] in output:
            rest = [(one, -number * n) for one, n in form.terms if one != old]
            new = AffineLabel(((indices[0], number), *rest), -number * form.constant)
            return _substituted(term, place, {old: new}), old, new
    return None


def _is_ones(factor: Expr) -> bool:
    return isinstance(factor, Delta) and factor.order == 1


def _substituted(term: SpelledTerm, place: int, names: dict[Label, Label]) -> SpelledTerm:
    """Leave a factor out, and rename labels of the others."""
    kept = [k for k in range(len(term.factors)) if k != place]
    inputs = tuple(term.subscripts.inputs[k] for k in kept)
    lists = Subscripts(inputs, term.subscripts.output).relabel(names)
    return SpelledTerm(term.coefficient, lists, tuple(term.factors[k] for k in kept))


def indexed_by(label: Label, style: Style) -> Label:
    """Return what is written for a label as an index: an affine one without its parentheses."""
    if not isinstance(label, AffineLabel):
        return label
    return label.relabel({one: style.label(one).strip() for one in label.labels}).text


def _needs_sum(term: SpelledTerm) -> Indices:
    """Return the summed labels that do not stand exactly twice."""
    counts = Counter(labels_within(chain.from_iterable(term.subscripts.inputs)))
    free = term.subscripts.output
    return tuple(label for label in counts if label not in free and counts[label] != 2)
