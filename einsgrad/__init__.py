"""Derivatives of tensor expressions in index notation: to read, to trust and to run.

>>> import einsgrad as eg
>>> eg.adjoint("mn,n->m", 0, names=("A", "x"))
"m,n->mn"(g, x)
"""

from einsgrad.api import adjoint, check_grads, derive, einsum, jacobian, jvp, tangent, vjp
from einsgrad.arguments import equation
from einsgrad.derivative import Derivative
from einsgrad.equation import Equation
from einsgrad.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    EinsgradError,
    GradientMismatch,
    ShapeError,
    SubscriptsError,
)

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "Derivative",
    "DtypeError",
    "EinsgradError",
    "Equation",
    "GradientMismatch",
    "ShapeError",
    "SubscriptsError",
    "adjoint",
    "check_grads",
    "derive",
    "einsum",
    "equation",
    "jacobian",
    "jvp",
    "tangent",
    "vjp",
]
