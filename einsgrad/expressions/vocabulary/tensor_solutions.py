"""Linear systems in tensors, solved by what their deltas and products say of them.

In `H[i,a,j,b] X[j,b] = G[i,a]` a delta in every term of H, `δ_ij`, exchanges one axis for
another: what is left of H is a matrix, or a stack of matrices. A single product falls into the
components that labels connect, and each is inverted alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from einsgrad.errors import ArgumentError, clip
from einsgrad.expressions.construct import add_terms, build_einsum, factor_expr
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr
from einsgrad.expressions.products import contracted
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.vocabulary.functions import inverse, reciprocal
from einsgrad.strings.joins import connected
from einsgrad.strings.subscripts import Indices, Label, Subscripts

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Product:
    """A product whose output has a label for each axis: what it is made of.

    `axis` numbers the axes of the output by their labels.
    """

    factors: tuple[tuple[Indices, Expr], ...]
    axis: dict[Label, int]

    @classmethod
    def of(cls, term: Expr) -> _Product:
        rank = tuple(range(len(term.shape)))
        inner = _opened(term, rank, ())
        lists, operands = tuple(labels for labels, _ in inner), [one for _, one in inner]
        node = build_einsum(Subscripts(lists, rank), operands)
        product = contracted(node)
        factors = [
            (one.indices, factor_expr(one, node.operands, node.dims)) for one in product.factors
        ]
        return cls(tuple(factors), {label: k for k, label in enumerate(product.output)})

    def pair_of(self, labels: Indices, operand: Expr, rows: int) -> Pair | None:
        """Return the row and the column that a factor is the delta of."""
        places = sorted(self.axis.get(label, -1) for label in labels)
        is_delta = isinstance(operand, Delta) and len(places) == 2
        return (places[0], places[1]) if is_delta and 0 <= places[0] < rows <= places[1] else None

    def pairs(self, rows: int) -> set[Pair]:
        """Return the rows and columns that are one by a delta."""
        found = [self.pair_of(labels, operand, rows) for labels, operand in self.factors]
        return {pair for pair in found if pair is not None}

    def without(self, pairs: Iterable[Pair], rows: int) -> _Product:
        """Return the product without the deltas of these pairs."""
        gone = set(pairs)
        kept = [one for one in self.factors if self.pair_of(*one, rows) not in gone]
        return _Product(tuple(kept), self.axis)

    def held(self) -> set[int]:
        """Return the axes that the factors have."""
        return {self.axis[x] for labels, _ in self.factors for x in labels if x in self.axis}

    def over(self, axes: Sequence[int]) -> Expr:
        """Return the product as a tensor of some of the axes."""
        names = {k: label for label, k in self.axis.items()}
        lists = tuple(labels for labels, _ in self.factors)
        output = tuple(names[k] for k in axes)
        operands = [operand for _, operand in self.factors]
        return build_einsum(Subscripts(lists or ((),), output), operands or [Constant(1)])


def _opened(term: Expr, output: Indices, path: tuple[int, ...]) -> list[tuple[Indices, Expr]]:
    """Return the factors of a product, those of products in it among them, with their labels."""
    if not isinstance(term, Einsum):
        return [(output, term)]
    names = dict(zip(term.subscripts.output, output, strict=True))
    found: list[tuple[Indices, Expr]] = []
    for place, (labels, operand) in enumerate(
        zip(term.subscripts.inputs, term.operands, strict=True)
    ):
        own = tuple(names.get(label, (*path, label)) for label in labels)
        found.extend(_opened(operand, own, (*path, place)))
    return found


def tensor_solution(tensor: Expr, right: Expr) -> Expr:
    """Return X with `H X = G`: over all axes of X, which are the last ones of H.

    Parameters
    ----------
    tensor
        H, whose shape is that of G twice.
    right
        G, of two axes or more.

    Raises
    ------
    ArgumentError
        If H is no matrix in one axis, a stack of these, or a product of such, beside its deltas.

    Examples
    --------
    >>> import einsgrad as eg
    >>> U, V, R, G = eg.variables("U[n,k] V[m,k] R[n,m] G[n,k]")
    >>> print(eg.simplify(eg.solve(eg.hessian(eg.sum_squares(U @ V.T - R), U), G)))
    1/2 G (Vᵀ V)⁻¹
    """
    rows = len(right.shape)
    terms = [_Product.of(one) for one in (tensor.terms if isinstance(tensor, Add) else (tensor,))]
    pairs = _matched(set.intersection(*[one.pairs(rows) for one in terms]))
    rest = [one.without(pairs, rows) for one in terms]
    held = {axis for one in rest for axis in one.held()}
    batch = [row for row, column in pairs if row in held or column in held]
    merged = [_with_one_label(one, pairs) for one in rest]
    free = [k for k in range(rows) if k not in {row for row, _ in pairs}]
    across = [k for k in range(rows, 2 * rows) if k not in {column for _, column in pairs}]
    parts = _parts(merged, batch, free, across, tensor)
    return _applied(parts, pairs, batch, right)


def _matched(pairs: Iterable[Pair]) -> list[Pair]:
    """Choose pairs of which each axis stands in one."""
    chosen: list[Pair] = []
    for row, column in sorted(pairs):
        if all(row != one and column != other for one, other in chosen):
            chosen.append((row, column))
    return chosen


def _with_one_label(term: _Product, pairs: Sequence[Pair]) -> _Product:
    """Call the columns of pairs as their rows."""
    names = {k: label for label, k in term.axis.items()}
    renamed = {names[column]: names[row] for row, column in pairs}
    factors = tuple(
        (tuple(renamed.get(x, x) for x in labels), operand) for labels, operand in term.factors
    )
    return _Product(factors, {x: k for x, k in term.axis.items() if x not in renamed})


_Part = tuple[Expr, int | None, int | None]
"""What solves in one row and one column, or in none: an inverse with the batch before it."""


def _parts(
    terms: Sequence[_Product],
    batch: Sequence[int],
    free: Sequence[int],
    across: Sequence[int],
    tensor: Expr,
) -> list[_Part]:
    """Return the inverses whose product is that of the terms."""
    if not free:
        return [(reciprocal(_total(terms, batch, tensor)), None, None)]
    if len(free) == 1:
        matrix = _total(terms, [*batch, *free, *across], tensor)
        return [(inverse(matrix), free[0], across[0])]
    if len(terms) == 1 and not batch:
        return [_part(one, free, across, tensor) for one in _components(terms[0])]
    raise _no_matrix(tensor)


def _total(terms: Sequence[_Product], axes: Sequence[int], tensor: Expr) -> Expr:
    shape: tuple[Dim, ...] = tuple(tensor.shape[axis] for axis in axes)
    return add_terms([one.over(axes) for one in terms], shape)


def _components(term: _Product) -> list[_Product]:
    """Return the factors that labels connect; those without labels go to the first."""
    scalars = [one for one in term.factors if not one[0]]
    others = [one for one in term.factors if one[0]]
    groups = [[others[k] for k in one] for one in connected([labels for labels, _ in others])]
    groups[0] = [*scalars, *groups[0]]
    return [_Product(tuple(group), term.axis) for group in groups]


def _part(term: _Product, free: Sequence[int], across: Sequence[int], tensor: Expr) -> _Part:
    held = term.held()
    rows, columns = [k for k in free if k in held], [k for k in across if k in held]
    if len(rows) != 1 or len(columns) != 1:
        raise _no_matrix(tensor)
    return inverse(term.over([*rows, *columns])), rows[0], columns[0]


def _no_matrix(tensor: Expr) -> ArgumentError:
    return ArgumentError(
        f"{clip(tensor)} is no matrix in one axis beside its deltas, and no product of such, so "
        "its inverse is no formula. Solve with numbers: compile(..., structured=True) has solve."
    )


def _applied(
    parts: Sequence[_Part], pairs: Sequence[Pair], batch: Sequence[int], right: Expr
) -> Expr:
    """Multiply the right side with the inverses; axes are exchanged where deltas say so."""
    rows = len(right.shape)
    output: dict[int, Label] = {column: row for row, column in pairs}
    lists: list[Indices] = []
    for _, row, column in parts:
        if row is None or column is None:
            lists.append(tuple(batch))
        else:
            output[column] = ("column", column)
            lists.append((*batch, output[column], row))
    lists.append(tuple(range(rows)))
    operands = [*(one for one, _, _ in parts), right]
    ends = tuple(output[column] for column in range(rows, 2 * rows))
    return build_einsum(Subscripts(tuple(lists), ends), operands)
