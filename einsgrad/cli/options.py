"""The options of the command line, and what `--help` says."""

from __future__ import annotations

import argparse
from typing import get_args

from einsgrad import __version__
from einsgrad.cli.forms import CODES, FORMS
from einsgrad.results.steps.of_expressions import Detail

_DESCRIPTION = """\
Derive an einsum string or a tensor expression.

For every operand of an einsum string the Jacobian with its Kronecker deltas is printed,
the derivation step by step, the adjoint einsum string with its operands, and a check
against finite differences on random arrays. An expression needs its variables, --vars;
its gradients or Jacobians are printed.
"""

_EXAMPLES = """\
examples:
  einsgrad "mn,n->m" --names A,x           the gradient of a matrix-vector product
  einsgrad "bij,bjk->bik" --wrt 1          one operand only
  einsgrad "i,ij,j->" --names x,A,x --wrt x
                                           one array in two places: the sum over both
  einsgrad "...ij,...jk->...ik"            for every number of leading axes
  einsgrad "ii->" --latex                  an align* block for a paper
  einsgrad "mn,n->m" --json | jq .         for other programs
  einsgrad "sum((A@x - b)**2)" --vars "A[m,n] x[n] b[m]" --wrt x --check
                                           the gradient of an expression
  einsgrad "x[i]*A[i,j]*x[j]" --vars "A[n,n] x[n]" --wrt x --claim "2*A@x"
                                           what is wrong with an answer

The cotangent g = dE/dy stands in the operand's place; δ is the identity, 1 a vector of ones.
The printed strings are accepted by numpy.einsum. Exit status: 0, or 2 for wrong input, or
1 if a check fails or a claim is wrong.
"""


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
    made.add_argument("--claim", metavar="FORMULA", help="compare this answer with the derivative")
    made.add_argument("--seed", type=int, default=0, help="random seed of the check (default: 0)")
    made.add_argument(
        "--sizes",
        metavar="m=3,n=2",
        default="",
        help="sizes of labels or dims in the check (default: different small ones)",
    )
    made.add_argument("--version", action="version", version=f"einsgrad {__version__}")


def _add_string_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--names", metavar="A,x", help="names of the operands (default: x0,x1,...)")
    group.add_argument("--no-check", action="store_true", help="leave the check out")


def _add_expression_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--vars", metavar="'A[m,n] x[n]'", help="the variables with their dims")
    group.add_argument(
        "--symmetric", metavar="S,T", default="", help="variables that are symmetric"
    )
    group.add_argument("--complex", metavar="z", default="", help="variables that are complex")
    group.add_argument(
        "--order", type=int, default=1, help="how often to derive in each variable (default: 1)"
    )
    group.add_argument(
        "--cotangent", metavar="g", help="print the adjoint with this cotangent, not the Jacobian"
    )
    group.add_argument(
        "--as", dest="form", choices=FORMS, default="einsum", help="the notation (default: einsum)"
    )
    group.add_argument("--steps", action="store_true", help="tell the derivation step by step")
    group.add_argument(
        "--detail",
        choices=get_args(Detail),
        default="all",
        help="a step for each rule, or for each part (default: all)",
    )
    group.add_argument(
        "--code", choices=CODES, help="print source for a library, for --sizes or small ones"
    )
    group.add_argument(
        "--check", action="store_true", help="check against finite differences on random arrays"
    )
