"""Derivatives of tensor expressions in index notation: to read, to trust and to run.

>>> import einsgrad as eg
>>> eg.adjoint("mn,n->m", 0, names=("A", "x"))
"m,n->mn"(g, x)
"""

from typing import TYPE_CHECKING

from einsgrad.api.checking import check_grads as check_grads
from einsgrad.api.compiling import compile as compile
from einsgrad.api.costs import costs as costs
from einsgrad.api.derivatives import grad as grad
from einsgrad.api.derivatives import hessian as hessian
from einsgrad.api.derivatives import hvp as hvp
from einsgrad.api.derivatives import value_and_grad as value_and_grad
from einsgrad.api.einsums import adjoint as adjoint
from einsgrad.api.einsums import einsum as einsum
from einsgrad.api.einsums import tangent as tangent
from einsgrad.api.expressions import evaluate as evaluate
from einsgrad.api.expressions import simplify as simplify
from einsgrad.api.jacobians import directional as directional
from einsgrad.api.jacobians import jacobian as jacobian
from einsgrad.api.jacobians import jvp as jvp
from einsgrad.api.jacobians import vjp as vjp
from einsgrad.api.operators import OPERATIONS as _OPERATIONS
from einsgrad.api.pictures import draw as draw
from einsgrad.api.steps import derive as derive
from einsgrad.claims.check import check as check
from einsgrad.claims.verdict import Verdict as Verdict
from einsgrad.errors import ArgumentError as ArgumentError
from einsgrad.errors import ArgumentTypeError as ArgumentTypeError
from einsgrad.errors import DtypeError as DtypeError
from einsgrad.errors import EinsgradError as EinsgradError
from einsgrad.errors import GradientMismatch as GradientMismatch
from einsgrad.errors import ShapeError as ShapeError
from einsgrad.errors import SubscriptsError as SubscriptsError
from einsgrad.expressions.declare import variables as variables
from einsgrad.expressions.nodes import Expr as Expr
from einsgrad.expressions.operators import provide as _provide
from einsgrad.expressions.vocabulary import words as _words
from einsgrad.expressions.vocabulary.definition import define as define
from einsgrad.expressions.vocabulary.numpy_protocol import numpy_functions as numpy_functions
from einsgrad.expressions.vocabulary.reshaping import reshape as reshape
from einsgrad.expressions.vocabulary.words import *  # noqa: F403
from einsgrad.notation.pictures.svg import Picture as Picture
from einsgrad.notation.show import latex as latex
from einsgrad.notation.show import show as show
from einsgrad.reading.parse import parse as parse
from einsgrad.results.formulas.differential import differential as differential
from einsgrad.results.formulas.record import Derivative as Derivative
from einsgrad.results.formulas.vec_jacobian import vec_jacobian as vec_jacobian
from einsgrad.simplification.simplify import is_symmetric as is_symmetric
from einsgrad.simplification.squares import expand_squares as expand_squares
from einsgrad.strings.calls import equation as equation
from einsgrad.strings.equation import Equation as Equation

__version__ = "0.1.0"

_provide(_OPERATIONS)

if not TYPE_CHECKING:
    # The imports are the list of public names. A checker of types takes them from there, too;
    # rows that are entered later it cannot know.
    __all__ = [
        name
        for name, value in sorted(globals().items())
        if not (name.startswith("_") or isinstance(value, type(_words)) or value is TYPE_CHECKING)
    ]

    def __getattr__(name):
        found = _words.word(name)
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found

    def __dir__():
        return sorted({*__all__, *_words.public_names()})
