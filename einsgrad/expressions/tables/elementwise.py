"""The table of elementwise functions, and the rows that rules are about."""

from __future__ import annotations

from einsgrad.expressions.tables.elementary import EXP, LOG, LOG1P, RECIPROCAL, SQRT, SQUARE

# Rows are entered as their files are loaded; these splits keep the files in the room's order.
# isort: split
from einsgrad.expressions.tables.special import RELU, SIGMOID, SOFTPLUS

# isort: split
from einsgrad.expressions.tables.scipy_tails import SCIPY_FUNCTIONS

# isort: split
from einsgrad.expressions.tables.moduli import ABS, CONJ, IMAG, REAL, SIGN
from einsgrad.expressions.tables.rounding import AS_INTEGER, ROUND_TO, STOP_GRADIENT
from einsgrad.expressions.tables.rows import ELEMENTWISE
from einsgrad.expressions.tables.several import (
    COMPARISONS,
    GREATER,
    GREATER_EQUAL,
    HEAVISIDE,
    HYPOT,
    LOGADDEXP,
    MAXIMUM,
    NOT_EQUAL,
    POWER,
    TIED_STEP,
    WHERE,
)

_QUOTIENTS = [
    (ELEMENTWISE[row.quotient[0]], ELEMENTWISE[row.quotient[1]], row)
    for row in ELEMENTWISE.values()
    if row.quotient is not None
]
# Functions that are quotients of two others: the three, for each of them.
QUOTIENTS = {row: three for three in _QUOTIENTS for row in three}

__all__ = [
    "ABS",
    "AS_INTEGER",
    "COMPARISONS",
    "CONJ",
    "ELEMENTWISE",
    "EXP",
    "GREATER",
    "GREATER_EQUAL",
    "HEAVISIDE",
    "HYPOT",
    "IMAG",
    "LOG",
    "LOG1P",
    "LOGADDEXP",
    "MAXIMUM",
    "NOT_EQUAL",
    "POWER",
    "QUOTIENTS",
    "REAL",
    "RECIPROCAL",
    "RELU",
    "ROUND_TO",
    "SCIPY_FUNCTIONS",
    "SIGMOID",
    "SIGN",
    "SOFTPLUS",
    "SQRT",
    "SQUARE",
    "STOP_GRADIENT",
    "TIED_STEP",
    "WHERE",
]
