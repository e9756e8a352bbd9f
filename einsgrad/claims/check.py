"""Checking a claimed derivative; numbers are needed only where simplification proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from einsgrad.calculus.within import Convention, as_convention
from einsgrad.claims.answers import read_claim
from einsgrad.claims.question import Question, ask
from einsgrad.claims.verdict import Verdict
from einsgrad.errors import as_sequence
from einsgrad.expressions.construct import zeros
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.vocabulary.words import subtract
from einsgrad.reading.notation_signs import as_syntax
from einsgrad.simplification.simplify import simplify_expr


def check(
    claim: object,
    expr: Expr | str,
    *wrt: Variable | str | int,
    cotangent: Expr | str | None = None,
    variables: str | Iterable[Variable] | None = None,
    names: Sequence[str] | None = None,
    convention: Convention = "projected",
    assuming: str | Iterable[str] = (),
    syntax: str | None = None,
) -> Verdict:
    """Compare a formula that was derived by hand with the derivative.

    Parameters
    ----------
    claim
        The formula: in index notation, `"g_m x_n"`; like numpy code, `"outer(g, x)"`; as
        an einsum with operands, `'"m,n->mn"(g, x)'`; as an einsum string alone, which gets
        the operands of the einsum that is derived; or an expression.
    expr
        What is derived: an expression, its text, or an einsum string.
    wrt
        The variable, or several in turn for higher derivatives; by name in a text, by
        number for an einsum string.
    cotangent
        For the adjoint: `dE/dy`, as an expression or the name of a new variable. Without
        it, the claim is the gradient of a number and else the Jacobian; for an einsum
        string it is `g`.
    variables
        The declaration for a text, or further variables that the claim uses.
    names
        Names of the operands of an einsum string; by default `x0`, `x1`, ...
    convention
        What a derivative in a symmetric matrix is; see `grad`.
    assuming
        What holds of the variables, one or several in a text or a list: equations,
        `"sum(y) = 1"`, `"A = A.T"`; words, `"A is symmetric"`, skew, orthogonal, positive
        definite, positive, unit norm; `"x > 0"`. Claim and derivative are compared there.
    syntax
        The notation of the claim, and of a text that is derived: `"numpy"`, `"matrix"`,
        `"index"` or `"latex"`; see `parse`. Without it, their signs tell.

    Returns
    -------
    Verdict
        True where the claim is the derivative. Otherwise with the smallest counterexample,
        and the likely causes in words.

    Raises
    ------
    EinsgradError
        If something cannot be read, or there is no point where both have a value.

    Examples
    --------
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> r = A @ x - b
    >>> bool(eg.check("A.T @ (A@x - b)", 0.5 * r @ r, x))
    True
    >>> print(eg.check("2*A.T @ (A@x - b)", 0.5 * r @ r, x))
    different: for A = [[1]], b = [0], x = [1]: the claim is 2 at entry [0], the derivative 1
    likely cause: a factor 2 is too many
    the derivative is ∂E/∂x = Aᵀ (A x - b)
    >>> z, y = eg.variables("z[n] y[n]")
    >>> loss = -eg.sum(y * eg.log_softmax(z))
    >>> bool(eg.check("softmax(z) - y", loss, z, assuming="sum(y) = 1"))
    True
    >>> B, u = eg.variables("B[n,n] u[n]", symmetric="B")
    >>> bool(eg.check("2*B*u", "u'*B*u", u, variables=(B, u), syntax="matrix"))
    True
    """
    if not isinstance(assuming, str):
        assuming = as_sequence(assuming, "assuming")
    question = ask(claim, expr, wrt, cotangent, variables, names, as_syntax(syntax))
    question = replace(question, convention=as_convention(convention))
    turn = question.wrt if question.cotangent is None else question.wrt[-1:]
    return replace(_compared(claim, question, assuming), wrt=turn)


def _compared(claim: object, question: Question, assuming: str | Iterable[str]) -> Verdict:
    last = question.last()
    derivative = simplify_expr(question.derived(last, question.wrt[-1]))
    raw = read_claim(claim, question, derivative.shape)
    claimed = simplify_expr(raw)
    if not assuming and _is_same(claimed, derivative):
        return Verdict(True, "simplification", claimed, derivative)
    from einsgrad.claims.assumptions import read_assumptions
    from einsgrad.claims.at_points import compared_at_points
    from einsgrad.claims.explained import AsWritten
    from einsgrad.proof.identity import decide_identity

    assumed = read_assumptions(assuming, question.names)
    put_in = assumed.put_in(claimed), assumed.put_in(derivative)
    if _is_same(claimed, derivative) or _is_same(*put_in):
        return Verdict(True, "simplification", claimed, derivative, assuming=assumed.words)
    # What is put in is as general as what is assumed, or more: a proof of it is one of the claim.
    found = decide_identity(*put_in) if claimed.shape == derivative.shape else None
    if found is not None and found.proved:
        error = 2.0**-found.bits
        return Verdict(True, "proof", claimed, derivative, error=error, assuming=assumed.words)
    given = AsWritten(claim, raw, lambda text: read_claim(text, question, derivative.shape))
    return compared_at_points(question, given, claimed, derivative, assumed)


def _is_same(claimed: Expr, derivative: Expr) -> bool:
    if claimed is derivative:
        return True
    if claimed.shape != derivative.shape:
        return False
    return simplify_expr(subtract(claimed, derivative)) is simplify_expr(zeros(derivative.shape))
