"""The command: options in, output and exit status out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from einsgrad.cli.expressions import ExpressionRequest
from einsgrad.cli.options import is_expression, read_options
from einsgrad.cli.sections import answer
from einsgrad.cli.strings import StringRequest
from einsgrad.cli.terminal import paint_for, put, tolerate_encoding
from einsgrad.errors import EinsgradError, GradientMismatch

FINE, DIFFERENT, WRONG_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, 1 if a check fails, 2 for wrong input."""
    tolerate_encoding()
    try:
        options = read_options(sys.argv[1:] if arguments is None else arguments)
        request: type[StringRequest | ExpressionRequest]
        request = ExpressionRequest if is_expression(options) else StringRequest
        text, fine = answer(request.of(options), paint_for(sys.stdout), as_json=options.json)
        put(text)
    except EinsgradError as error:
        print(f"{paint_for(sys.stderr).bad('einsgrad:')} {error}", file=sys.stderr)
        return DIFFERENT if isinstance(error, GradientMismatch) else WRONG_INPUT
    return FINE if fine else DIFFERENT
