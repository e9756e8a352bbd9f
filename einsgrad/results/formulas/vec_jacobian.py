r"""Jacobians of matrices in vec and Kronecker form: `∂vec(A X B)/∂vec(X)ᵀ = Bᵀ ⊗ A`.

An entry of such a Jacobian is a product over the row and the column of Y and of X. Each
factor that joins a label of Y to one of X is a factor of a Kronecker product; where rows
of Y are joined to columns of X and the other way round, a commutation matrix swaps them.

References
----------
J. R. Magnus, H. Neudecker, "Matrix Differential Calculus with Applications in Statistics
and Econometrics", chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from einsgrad.calculus.derivatives import check_variable, jacobian
from einsgrad.errors import ArgumentError, ShapeError, as_text, clip
from einsgrad.expressions.construct import add_terms
from einsgrad.expressions.nodes import Add, Einsum, Expr, Variable
from einsgrad.expressions.products import as_einsum
from einsgrad.expressions.shaping import as_expr
from einsgrad.expressions.walks import children, variables_in
from einsgrad.notation.ascii import ASCII_LAYOUT
from einsgrad.notation.index import IndexWriter
from einsgrad.notation.latex import LATEX_LAYOUT
from einsgrad.notation.layout import TEXT_LAYOUT, Layout
from einsgrad.notation.matrix import MatrixWriter
from einsgrad.notation.matrix_network import MatrixNetwork
from einsgrad.notation.naming import named_parts
from einsgrad.notation.noted import definitions
from einsgrad.notation.pieces import NotedFormula, Written, flipped
from einsgrad.notation.presentation import presented
from einsgrad.results.formulas.stacked import Stacked
from einsgrad.simplification.product_costs import expanded
from einsgrad.strings.letters import fresh_names

Stacking: TypeAlias = Literal["columns", "rows"]
Order: TypeAlias = Literal["numerator", "denominator"]


@dataclass(frozen=True, slots=True)
class VecJacobian:
    """A Jacobian of matrices as a matrix: `str` gives the formula and its conventions.

    Parameters
    ----------
    expr, wrt
        What is differentiated, and the variable.
    stacking
        Whether vec stacks the columns of a matrix or its rows.
    layout
        `"numerator"` has a row for each entry of the expression, `"denominator"` a column.
    """

    expr: Expr
    wrt: Variable
    stacking: Stacking
    layout: Order

    def matrix(self, *, ascii: bool = False) -> str:
        """Write the right side alone; in ASCII with `kron`, `K`, `vec`, `row` and `col`."""
        formula = self._written(ASCII_LAYOUT if ascii else TEXT_LAYOUT)
        return "\n".join([formula.text, *formula.notes])

    @property
    def latex(self) -> str:
        """The equation as LaTeX."""
        formula = self._written(LATEX_LAYOUT)
        name = _free_name(self.expr, self.wrt)
        above = rf"\operatorname{{vec}}({name})"
        below = rf"\operatorname{{vec}}({LATEX_LAYOUT.symbol(self.wrt.name).text})"
        turned = (above, below + r"^{\top}")
        if self.layout == "denominator":
            turned = (above + r"^{\top}", below)
        left = rf"\frac{{\partial {turned[0]}}}{{\partial {turned[1]}}}"
        said = rf"\text{{(vec stacks {self.stacking}, {self.layout} layout)}}"
        return LATEX_LAYOUT.with_notes(f"{left} = {formula.text}", [*formula.notes, said])

    def __str__(self) -> str:
        formula = self._written(TEXT_LAYOUT)
        marks = ("", "ᵀ") if self.layout == "numerator" else ("ᵀ", "")
        name = _free_name(self.expr, self.wrt)
        left = f"∂vec({name}){marks[0]}/∂vec({self.wrt.name}){marks[1]}"
        said = f"vec stacks {self.stacking}; {self.layout} layout"
        if "K_" in formula.text:
            said += "; K_mn takes the stacked columns of an m by n matrix to its stacked rows"
        return "\n".join([f"{left} = {formula.text}", *formula.notes, said])

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def _written(self, layout: Layout) -> NotedFormula:
        terms = _products_of_matrices(jacobian(self.expr, self.wrt))
        root = presented(add_terms(list(terms), (*self.expr.shape, *self.wrt.shape)))
        names = named_parts(root)
        writer = MatrixWriter(layout, names)
        writer.write(root)
        found = []
        for term in root.terms if isinstance(root, Add) else (root,):
            network = writer.network(as_einsum(term))
            core = None if network is None else self._core(network)
            if network is None or core is None:
                raise ArgumentError(
                    f"the Jacobian of {clip(self.expr)} has no Kronecker form: {clip(term)} is no "
                    "product of matrices, each over one index of the expression and one of the "
                    'variable. Use show(jacobian(...), "index").'
                )
            found.append(network.dressed(core))
        notes = definitions(names.items(), IndexWriter(layout, names), writer)
        return NotedFormula(layout.terms(found).text, tuple(notes))

    def _core(self, network: MatrixNetwork) -> Written | None:
        rank = len(self.expr.shape)
        shape = Stacked(network, network.free[:rank], network.free[rank:], self.wrt.dims)
        chain = shape.chain(by_columns=self.stacking == "columns")
        if chain is None:
            return None
        if self.layout == "denominator":
            chain = flipped(chain)
        return network.layout.chain(chain)


def _products_of_matrices(expr: Expr) -> Iterator[Expr]:
    """Yield the terms of a sum, multiplied out over the sums of tensors of more axes in them."""
    waiting = [expr]
    while waiting:
        term = waiting.pop()
        if isinstance(term, Add):
            waiting += reversed(term.terms)
            continue
        factors = enumerate(children(term) if isinstance(term, Einsum) else ())
        tensors = (k for k, one in factors if isinstance(one, Add) and len(one.shape) > 2)
        place = next(tensors, None)
        if place is None:
            yield term
        else:
            waiting += expanded(as_einsum(term), place)


def _free_name(expr: Expr, wrt: Variable) -> str:
    """Choose a name for the expression that none of its variables has."""
    taken = {variable.name for variable in variables_in(expr, wrt)}
    return next(fresh_names(taken, ("Y", "F", "Z"), "Y"))


def vec_jacobian(
    expr: object,
    wrt: Variable,
    *,
    stacking: Stacking = "columns",
    layout: Order = "numerator",
) -> VecJacobian:
    """Write a Jacobian as a matrix of stacked entries, by Kronecker products.

    Parameters
    ----------
    expr
        A matrix, a vector or a number.
    wrt
        A variable, a matrix or a vector.
    stacking
        Whether vec stacks the columns of a matrix, as in most textbooks, or its rows, as
        numpy's `ravel` does.
    layout
        `"numerator"`: a row for each entry of the expression and a column for each of the
        variable. `"denominator"`: the transpose.

    Returns
    -------
    VecJacobian

    Raises
    ------
    ShapeError
        If the expression or the variable has more than two axes.
    ArgumentError
        If a convention is unknown, or the Jacobian has no such form.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, X, B = eg.variables("A[m,n] X[n,p] B[p,q]")
    >>> eg.vec_jacobian(A @ X @ B, X)
    ∂vec(Y)/∂vec(X)ᵀ = Bᵀ ⊗ A
    vec stacks columns; numerator layout
    >>> eg.vec_jacobian(X.T, X, stacking="rows").matrix()
    'K_pn'
    """
    given = as_expr(expr)
    check_variable(wrt)
    as_text(stacking, "stacking")
    as_text(layout, "layout")
    if stacking not in ("columns", "rows") or layout not in ("numerator", "denominator"):
        raise ArgumentError(
            f"{clip(stacking)}, {clip(layout)}: vec stacks 'columns' or 'rows', and the layout is "
            "'numerator' or 'denominator'."
        )
    for node in (given, wrt):
        if len(node.shape) > 2:
            raise ShapeError(
                f"{clip(node)} has {len(node.shape)} axes, and vec is that of a matrix. "
                "Use jacobian, whose axes are all kept."
            )
    found = VecJacobian(given, wrt, stacking, layout)
    found.matrix()
    return found
