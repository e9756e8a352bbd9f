"""Whether the sizes of ones and identities in a formula can be told from their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.errors import EinsgradError
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import topological, variables_in
from einsgrad.reading.lines import lines_of, matrix_lines
from einsgrad.reading.matrix_reader import MatrixReader
from einsgrad.reading.matrix_values import MatrixValue
from einsgrad.reading.names import DeclaredNames


def tells_sizes(root: Expr, formula: str, notes: Sequence[str]) -> bool:
    """Tell whether a formula in matrix notation says which axes it has.

    Parameters
    ----------
    root
        What is written.
    formula, notes
        How it is written, with the lines below.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import outer
    >>> A, ones = Variable("A", ("m", "n")), Delta("m", 1)
    >>> tells_sizes(ones @ A, "Aᵀ 1", ()), tells_sizes(outer(ones, Delta("n", 1)), "1 1ᵀ", ())
    (True, False)
    """
    if not any(isinstance(node, Delta) and node.order in (1, 2) for node in topological(root)):
        return True
    dims = frozenset(root.shape).union(*(v.shape for v in variables_in(root)))
    read = _read("\n".join([formula, *notes]), DeclaredNames(variables_in(root)))
    if read is None:
        return True
    found, has_unknown = read
    return found.rank == len(root.shape) and (len(dims) == 1 or not has_unknown)


def _read(text: str, names: DeclaredNames) -> tuple[MatrixValue, bool] | None:
    """Read a formula, and tell whether dims are left; None if it is not all matrix notation."""
    try:
        lines = lines_of(text, names, None)
        if not all(line.syntax in ("matrix", "numpy") for line in lines.lines):
            return None
        reader = MatrixReader(names, matrix_lines(lines, names))
        found = reader.settled()
    except EinsgradError:
        return None
    return found, next(iter(reader.dims.left()), None) is not None
