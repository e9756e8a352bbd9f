"""Writes `einsgrad/expressions/vocabulary/functions.py` from the rows of the function tables.

    python tests/write_functions.py

A public name that a module of the vocabulary writes by hand is left out.
"""

import ast
import re
from pathlib import Path

from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction, all_rows
from einsgrad.expressions.vocabulary import application
from einsgrad.expressions.vocabulary.application import described

FOLDER = Path(application.__file__).parent
MODULES = ("arithmetic", "linear", "composed", "norms", "decompositions")
BY_HAND = [FOLDER / f"{name}.py" for name in MODULES]
PLACE = FOLDER / "functions.py"

HEAD = '''"""The functions of the tables that users call, one for each public name of a row.

Written by `tests/write_functions.py`, so that editors and checkers of types know the names.
"""

from __future__ import annotations

from typing import Any

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.tables.elementwise import ELEMENTWISE
from einsgrad.expressions.tables.matrix_functions import MATRIX_FUNCTIONS
from einsgrad.expressions.tables.reductions import REDUCTIONS
from einsgrad.expressions.vocabulary.application import Axis, apply, apply_to_matrices, reduce
'''


def names_by_hand():
    """Return the functions that stand in the other modules of the vocabulary."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in BY_HAND]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def function(name, row):
    """Write the function of one public name."""
    match row:
        case Elementwise():
            parameters = "xyz"[: row.arity]
            head = ", ".join(f"{parameter}: Any" for parameter in parameters)
            call = f'apply(ELEMENTWISE["{row.name}"], {", ".join(parameters)})'
        case Reduction():
            head = "x: Any, axis: Axis = None, *, keepdims: bool = False"
            call = f'reduce(REDUCTIONS["{row.name}"], x, axis, keepdims=keepdims)'
        case MatrixFunction():
            head = "x: Any"
            call = f'apply_to_matrices(MATRIX_FUNCTIONS["{row.name}"], x)'
    first, _, kinks = described(row).partition(" Its ")
    doc = f'    """{first}"""' if not kinks else f'    """{first}\n\n    Its {kinks}\n    """'
    return f"def {name}({head}) -> Expr:\n{doc}\n    return {call}\n"


def natural(name):
    """Order `log2` before `log10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def written():
    """Return the text of the module."""
    by_hand = names_by_hand()
    pairs = {name: row for row in all_rows() for name in row.public if name not in by_hand}
    names = "".join(f'    "{name}",\n' for name in sorted(pairs, key=natural))
    functions = (function(name, pairs[name]) for name in pairs)
    return f"{HEAD}\n__all__ = [\n{names}]\n\n\n" + "\n\n".join(functions)


if __name__ == "__main__":
    PLACE.write_text(written(), encoding="utf-8")
