"""The options of the command line, and what `--help` says."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import get_args

from einsgrad import __version__
from einsgrad.calculus.within import Convention
from einsgrad.cli.arguments import arranged
from einsgrad.cli.forms import CODES, FORMS, LATEX_FORMS
from einsgrad.errors import ArgumentError
from einsgrad.reading.notation_signs import SYNTAXES
from einsgrad.results.steps.one_derivative import Detail

_DESCRIPTION = """\
Derive an einsum string or a tensor expression.

For every operand of an einsum string the Jacobian with its Kronecker deltas is printed,
the derivation step by step, the adjoint einsum string with its operands, and a check
against finite differences on random arrays. The variables of an expression are
declared by --vars, or assumed where it says them; its gradients or Jacobians are printed.
"""

_EXAMPLES = """\
examples:
  einsgrad "mn,n->m" --names A,x           the gradient of a matrix-vector product
  einsgrad "bij,bjk->bik" --wrt 1          one operand only
  einsgrad "i,ij,j->" --names x,A,x --wrt x
                                           one array in two places: the sum over both
  einsgrad "...ij,...jk->...ik"            for every number of leading axes
  einsgrad "(2i+k),k->i" --names x,w       a convolution: labels may be affine forms
  einsgrad "ii->" --latex                  an align* block for a paper
  einsgrad "mn,n->m" --json | jq .         for other programs
  einsgrad "sum((A@x - b)**2)" --vars "A[m,n] x[n] b[m]" --wrt x --check
                                           the gradient of an expression
  einsgrad "x[i]*A[i,j]*x[j]" --vars "A[n,n] x[n]" --wrt x --claim "2*A@x"
                                           what is wrong with an answer

Formulas and claims may begin with a minus sign; what follows -- is the formula. Options
that hold lists may be repeated. An option that would do nothing is refused.
The cotangent g = dE/dy stands in the operand's place; δ is the identity, 1 a vector of ones.
The printed strings are accepted by numpy.einsum, those with affine labels by
einsgrad.einsum. Exit status: 0, or 2 for wrong input, or 1 if a check fails or a claim is
wrong.
"""


# What may be said of the entries of variables, and what the help says of it.
STRUCTURES = {
    "symmetric": ("'S; T: abc'", "variables that are symmetric, or in which axes"),
    "complex": ("z", "variables that are complex"),
    "positive_definite": ("K", "matrices that are symmetric and positive definite"),
    "hermitian": ("H", "complex matrices that are Hermitian"),
    "skew": ("A", "variables that are skew-symmetric"),
    "diagonal": ("D", "matrices that are diagonal"),
    "lower": ("L", "matrices that are lower triangular"),
    "upper": ("U", "matrices that are upper triangular"),
    "orthogonal": ("Q", "matrices that are orthogonal"),
}
# The options that have a meaning for einsum strings alone, and for expressions alone.
_OF_STRINGS = {"names": "--names", "no_check": "--no-check"}
_OF_EXPRESSIONS = {
    **{name: f"--{name.replace('_', '-')}" for name in STRUCTURES},
    "convention": "--convention",
    "order": "--order",
    "cotangent": "--cotangent",
    "form": "--as",
    "steps": "--steps",
    "detail": "--detail",
    "code": "--code",
    "check": "--check",
    "syntax": "--syntax",
}
_SIGNS_OF_EXPRESSIONS = frozenset("@*()[]+/=^-'|\\_{}‖ᵀᴴ⁻¹²³⊙⊘⊗·∘√0123456789")


def read_options(typed: Sequence[str]) -> argparse.Namespace:
    """Read the command line; an option that was not given is None, or False.

    Raises
    ------
    ArgumentError
        If an option would do nothing, or a seed is negative.
    SystemExit
        If an option is unknown, or help is asked for.
    """
    made = parser()
    options = made.parse_args(arranged(typed, made))
    is_string = not is_expression(options)
    if options.vars is None:
        _refuse_undeclared(options, is_string=is_string)
    for option, shown in (_OF_EXPRESSIONS if is_string else _OF_STRINGS).items():
        if getattr(options, option) not in (None, False):
            raise ArgumentError(f"{shown} {_WRONG_KIND[is_string]}")
    _refuse_idle(options, is_checked=not options.no_check if is_string else bool(options.check))
    if options.seed is not None and options.seed < 0:
        raise ArgumentError(
            f"--seed: {options.seed} is no seed. Give a whole number that is not negative."
        )
    return options


def is_expression(options: argparse.Namespace) -> bool:
    """Tell whether the text is an expression: an einsum string with such signs has an arrow."""
    text = options.text
    said = options.vars is not None or options.syntax is not None
    return said or ("->" not in text and not _SIGNS_OF_EXPRESSIONS.isdisjoint(text))


def _refuse_undeclared(options: argparse.Namespace, *, is_string: bool) -> None:
    """Refuse what is said of variables that nothing declares."""
    for option in () if is_string else STRUCTURES:
        if getattr(options, option) is not None:
            shown = _OF_EXPRESSIONS[option]
            raise ArgumentError(f"{shown} is said of variables. Declare them: --vars 'S[n,n]'.")


class _Once(argparse.Action):
    """Store a value; an option that is given twice would do nothing the first time."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value, unless there is one."""
        if getattr(namespace, self.dest) is not None:
            raise ArgumentError(f"{option_string} is given twice. Give it once.")
        setattr(namespace, self.dest, values)


_WRONG_KIND = {
    True: "has no effect on an einsum string. Write an expression, with --vars.",
    False: "has no effect on an expression. Leave it out, or --vars.",
}


def _refuse_idle(options: argparse.Namespace, *, is_checked: bool) -> None:
    """Refuse options that only serve another one, which is missing."""
    if options.seed is not None and not is_checked:
        raise ArgumentError("--seed has no effect without a check. Leave it out, or ask for one.")
    if options.sizes and not (is_checked or options.code):
        raise ArgumentError(
            "--sizes has no effect without a check or --code. Leave it out, or ask for one."
        )
    if options.detail and not options.steps:
        raise ArgumentError("--detail has no effect without --steps. Leave it out, or add --steps.")
    if options.assuming and options.claim is None:
        raise ArgumentError("--assuming has no effect without --claim. Leave it out, or add one.")
    if options.latex and options.form and options.form not in LATEX_FORMS:
        raise ArgumentError(
            f"--as {options.form} has no LaTeX. Choose {' or '.join(LATEX_FORMS)}, or leave it out."
        )
    if options.convention == "independent" and (options.check or options.steps):
        raise ArgumentError(
            "--convention independent has no effect on --check and --steps, which are about the "
            "derivative within the symmetric matrices. Leave one of them out."
        )
    if options.form == "kron" and options.cotangent is not None:
        raise ArgumentError(
            "--cotangent has no effect on --as kron, which is a Jacobian. Leave one of them out."
        )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="einsgrad",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "text", metavar="einsum", help="an einsum string such as 'mn,n->m', or an expression"
    )
    _add_common_options(made)
    form = made.add_mutually_exclusive_group()
    form.add_argument(
        "--latex", action="store_true", help="print formulas and derivations as LaTeX"
    )
    form.add_argument("--json", action="store_true", help="print everything as one JSON object")
    _add_string_options(made.add_argument_group("einsum strings"))
    _add_expression_options(made.add_argument_group("expressions"))
    return made


def _add_common_options(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--wrt",
        action="append",
        metavar="K",
        help="an operand's number or name, or a variable; may be repeated (default: every one)",
    )
    made.add_argument(
        "--claim", action=_Once, metavar="FORMULA", help="compare this answer with the derivative"
    )
    made.add_argument(
        "--assuming",
        action="append",
        metavar="FACT",
        help="what holds where a claim is compared: 'sum(y) = 1', 'A is symmetric', 'x > 0'",
    )
    made.add_argument(
        "--seed", action=_Once, type=int, help="random seed of the check (default: 0)"
    )
    made.add_argument(
        "--sizes",
        action="append",
        metavar="m=3,n=2",
        help="sizes of labels or dims in the check (default: different small ones)",
    )
    made.add_argument("--version", action="version", version=f"einsgrad {__version__}")


def _add_string_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--names", action="append", metavar="A,x", help="names of the operands (default: x0,x1,...)"
    )
    group.add_argument("--no-check", action="store_true", help="leave the check out")


def _add_expression_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--vars",
        action="append",
        metavar="'A[m,n] x[n]'",
        help="the variables with their dims (default: assumed, where the text says them)",
    )
    group.add_argument(
        "--syntax",
        action=_Once,
        choices=SYNTAXES,
        help="the notation of the text and the claim (default: told by signs, else numpy)",
    )
    for name, (metavar, said) in STRUCTURES.items():
        group.add_argument(_OF_EXPRESSIONS[name], action="append", metavar=metavar, help=said)
    group.add_argument(
        "--convention",
        action=_Once,
        choices=get_args(Convention),
        help="what a derivative in a symmetric matrix is (default: projected)",
    )
    group.add_argument(
        "--order", action=_Once, type=int, help="how often to derive in each variable (default: 1)"
    )
    group.add_argument(
        "--cotangent",
        action=_Once,
        metavar="g",
        help="print the adjoint with this cotangent, not the Jacobian",
    )
    group.add_argument(
        "--as",
        action=_Once,
        dest="form",
        choices=FORMS,
        help="the notation (default: matrix where it has one, else index)",
    )
    group.add_argument("--steps", action="store_true", help="tell the derivation step by step")
    group.add_argument(
        "--detail",
        action=_Once,
        choices=get_args(Detail),
        help="a step for each rule, or for each part (default: all)",
    )
    group.add_argument(
        "--code",
        action=_Once,
        choices=CODES,
        help="print source for a library, for --sizes or small ones",
    )
    group.add_argument(
        "--check", action="store_true", help="check against finite differences on random arrays"
    )
