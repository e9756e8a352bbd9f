"""Variables that a formula in matrix notation does not declare, by the habits of the field.

A capital is a matrix, a small letter a vector, a Greek one a scalar. Where that does not fit,
a small letter is a scalar: first those from a to g, then the others. Sizes come from the
products.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, islice

from einsgrad.errors import ArgumentError, EinsgradError
from einsgrad.expressions.construct import variable
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Variable
from einsgrad.reading.formula_tree import (
    CallWritten,
    FormulaNode,
    TransposeWritten,
    WrittenName,
    from_leaves,
    parts_in,
)
from einsgrad.reading.latex_words import GREEK
from einsgrad.reading.matrix_calls import MatrixLine
from einsgrad.reading.matrix_reader import MatrixReader
from einsgrad.reading.names import CONSTANTS, DELTA_NAMES, DeclaredNames
from einsgrad.reading.unknown_dims import UnknownDims

HABITS = "capitals are matrices, small letters vectors, Greek letters scalars"
_GREEK_NAMES = frozenset(GREEK) | {name.lower() for name in GREEK}
_LETTERS_OF_DIMS = "mnkpqrltdhuvwxyz"
_MOST_TRIES = 200


def variables_by_habit(
    lines: Sequence[MatrixLine], names: DeclaredNames, bold: Collection[str] = ()
) -> tuple[Variable, ...]:
    """Return the variables that the lines use and nothing declares.

    Parameters
    ----------
    lines
        The lines, each behind those that it uses.
    names
        The variables that are declared.
    bold
        Names in bold: a small one is a vector, also a Greek one.

    Raises
    ------
    EinsgradError
        If no ranks fit the formula.
    """
    found = _undeclared(lines, names)
    # A scalar has no transpose.
    vectors = {*bold, *_transposed_names(lines)}
    ranks = {name: _rank(name, vectors) for name in found}
    if not ranks:
        return ()
    reader = _fitting(lines, names, ranks)
    taken = {*found, *names.variables, *map(str, names.dims)}
    name_dims(reader.dims, taken)
    return tuple(
        variable(name, tuple(reader.dims.of((name, axis)) for axis in range(rank)))
        for name, rank in reader.assumed.items()
    )


def _undeclared(lines: Sequence[MatrixLine], names: DeclaredNames) -> list[str]:
    known = {line.name for line in lines} | set(CONSTANTS) | {"I", "eye", *DELTA_NAMES}
    used = (node for line in lines for node in from_leaves(line.tree))
    found = dict.fromkeys(node.name for node in used if isinstance(node, WrittenName))
    return [
        name
        for name in found
        if name not in known
        and name not in names.variables
        and name not in names.sizes
        and names.function(name) is None
    ]


def _rank(name: str, vectors: Collection[str]) -> int:
    """Return the rank that a name has by habit.

    Examples
    --------
    >>> [_rank(name, ()) for name in ("A", "x", "λ", "mu", "Σ", "w1")], _rank("β", {"β"})
    ([2, 1, 0, 0, 2, 1], 1)
    """
    first = name[0]
    if first.isupper():
        return 2
    is_greek = unicodedata.name(first, "").startswith("GREEK")
    if (is_greek or name.rstrip("0123456789_") in _GREEK_NAMES) and name not in vectors:
        return 0
    return 1


def _fitting(
    lines: Sequence[MatrixLine], names: DeclaredNames, ranks: Mapping[str, int]
) -> MatrixReader:
    """Return a reader whose variables have ranks that fit."""
    first: EinsgradError | None = None
    for is_strict in (True, False):
        for scalars in islice(_choices(lines, ranks), _MOST_TRIES):
            tried = {name: 0 if name in scalars else rank for name, rank in ranks.items()}
            reader = MatrixReader(names, lines, tried, is_strict)
            error = _misfit(reader)
            if error is None:
                return MatrixReader(names, lines, tried, False, reader.dims)
            first = first or error
    assert first is not None
    raise first


def _misfit(reader: MatrixReader) -> EinsgradError | None:
    try:
        reader.settled()
    except EinsgradError as error:
        return error
    return None


def _choices(lines: Sequence[MatrixLine], ranks: Mapping[str, int]) -> Iterator[frozenset[str]]:
    """Yield which small letters may be scalars: few first, and early letters."""
    vectors = [name for name, rank in ranks.items() if rank == 1]
    certain = _transposed_names(lines)
    free = sorted((name for name in vectors if name not in certain), key=_place_in_habit)
    for count in range(len(free) + 1):
        yield from map(frozenset, combinations(free, count))


def _place_in_habit(name: str) -> tuple[bool, str]:
    return (name[0].lower() > "g", name)


def _transposed_names(lines: Sequence[MatrixLine]) -> set[str]:
    """Return the names that are transposed, alone or as a function's argument."""
    found: set[str] = set()
    for node in (node for line in lines for node in from_leaves(line.tree)):
        if isinstance(node, TransposeWritten):
            found.update(_names_alone(node.operand))
    return found


def _names_alone(node: FormulaNode) -> Iterator[str]:
    if isinstance(node, WrittenName):
        yield node.name
    elif isinstance(node, CallWritten) and len(parts_in(node)) == 1:
        yield from _names_alone(parts_in(node)[0])


def name_dims(dims: UnknownDims, taken: Collection[str]) -> None:
    """Give the dims that nothing tells names: n if there is one, else m, n, k and so on.

    Raises
    ------
    ArgumentError
        If there are too many.
    """
    left = list(dims.left())
    letters = [letter for letter in _LETTERS_OF_DIMS if letter not in taken]
    if len(left) == 1 and "n" in letters:
        letters = ["n"]
    if len(left) > len(letters):
        raise ArgumentError("too many sizes are unknown. Declare the variables: 'A[m,n] x[n]'.")
    named: dict[Dim, str] = dict(zip(left, letters, strict=False))
    for unknown, letter in named.items():
        dims.tell(unknown, letter)
