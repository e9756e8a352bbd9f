"""Derivatives of tensor expressions in index notation: to read, to trust and to run.

>>> import einsgrad as eg
>>> eg.adjoint("mn,n->m", 0, names=("A", "x"))
"m,n->mn"(g, x)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from einsgrad.api.operators import OPERATIONS as _OPERATIONS
from einsgrad.errors import ArgumentError as ArgumentError
from einsgrad.errors import ArgumentTypeError as ArgumentTypeError
from einsgrad.errors import DtypeError as DtypeError
from einsgrad.errors import EinsgradError as EinsgradError
from einsgrad.errors import GradientMismatch as GradientMismatch
from einsgrad.errors import IndexingError as IndexingError
from einsgrad.errors import ShapeError as ShapeError
from einsgrad.errors import SizeError as SizeError
from einsgrad.errors import SubscriptsError as SubscriptsError
from einsgrad.errors import UnknownAttributeError as UnknownAttributeError
from einsgrad.expressions.declare import variables as variables
from einsgrad.expressions.nodes import Expr as Expr
from einsgrad.expressions.operators import provide as _provide
from einsgrad.expressions.vocabulary import words as _words
from einsgrad.expressions.vocabulary.reshaping import reshape as reshape
from einsgrad.expressions.vocabulary.words import *  # noqa: F403
from einsgrad.strings.affine_labels import affine as affine
from einsgrad.strings.calls import equation as equation
from einsgrad.strings.equation import Equation as Equation

if TYPE_CHECKING:
    from einsgrad import bridges as bridges
    from einsgrad.api.batching import vmap as vmap
    from einsgrad.api.checking import check_grads as check_grads
    from einsgrad.api.compiling import compile as compile
    from einsgrad.api.costs import costs as costs
    from einsgrad.api.custom import custom_derivative as custom_derivative
    from einsgrad.api.derivatives import grad as grad
    from einsgrad.api.derivatives import hessian as hessian
    from einsgrad.api.derivatives import hvp as hvp
    from einsgrad.api.derivatives import value_and_grad as value_and_grad
    from einsgrad.api.einsums import adjoint as adjoint
    from einsgrad.api.einsums import einsum as einsum
    from einsgrad.api.einsums import tangent as tangent
    from einsgrad.api.expressions import evaluate as evaluate
    from einsgrad.api.expressions import simplify as simplify
    from einsgrad.api.jacobian_modes import jacfwd as jacfwd
    from einsgrad.api.jacobian_modes import jacrev as jacrev
    from einsgrad.api.jacobians import directional as directional
    from einsgrad.api.jacobians import jacobian as jacobian
    from einsgrad.api.jacobians import jvp as jvp
    from einsgrad.api.jacobians import vjp as vjp
    from einsgrad.api.jitting import jit as jit
    from einsgrad.api.linearizing import linearize as linearize
    from einsgrad.api.newton import gauss_newton_step as gauss_newton_step
    from einsgrad.api.newton import natural_gradient_step as natural_gradient_step
    from einsgrad.api.newton import newton_step as newton_step
    from einsgrad.api.pictures import draw as draw
    from einsgrad.api.steps import derive as derive
    from einsgrad.claims.check import check as check
    from einsgrad.claims.proving import Proof as Proof
    from einsgrad.claims.proving import prove as prove
    from einsgrad.claims.verdict import Verdict as Verdict
    from einsgrad.engine.refusals import MatrixError as MatrixError
    from einsgrad.expressions.vocabulary.decompositions import eig as eig
    from einsgrad.expressions.vocabulary.decompositions import eigh as eigh
    from einsgrad.expressions.vocabulary.decompositions import qr as qr
    from einsgrad.expressions.vocabulary.decompositions import svd as svd
    from einsgrad.expressions.vocabulary.definition import define as define
    from einsgrad.expressions.vocabulary.naming import named as named
    from einsgrad.expressions.vocabulary.numpy_gathering import take as take
    from einsgrad.expressions.vocabulary.numpy_table import numpy_functions as numpy_functions
    from einsgrad.notation.pictures.svg import Picture as Picture
    from einsgrad.notation.show import latex as latex
    from einsgrad.notation.show import show as show
    from einsgrad.reading.interpret import interpret as interpret
    from einsgrad.reading.parse import parse as parse
    from einsgrad.results.formulas.differential import differential as differential
    from einsgrad.results.formulas.record import Derivative as Derivative
    from einsgrad.results.formulas.vec_jacobian import vec_jacobian as vec_jacobian
    from einsgrad.results.numbers.flat_vectors import ravel_pytree as ravel_pytree
    from einsgrad.results.numbers.trees import register_container as register_container
    from einsgrad.simplification.asking import is_diagonal as is_diagonal
    from einsgrad.simplification.asking import is_hermitian as is_hermitian
    from einsgrad.simplification.asking import is_lower as is_lower
    from einsgrad.simplification.asking import is_symmetric as is_symmetric
    from einsgrad.simplification.asking import is_upper as is_upper
    from einsgrad.simplification.squares import expand_squares as expand_squares

__version__ = "0.1.0"

_provide(_OPERATIONS)

# Rooms that users know by name.
_ROOMS = ("bridges",)

# What is loaded when it is first used, by the modules that hold it; the imports above tell
# the same to a checker of types. To load all of it at once takes longer than most uses.
_LATER = {
    "einsgrad.api.batching": ("vmap",),
    "einsgrad.api.checking": ("check_grads",),
    "einsgrad.api.compiling": ("compile",),
    "einsgrad.api.costs": ("costs",),
    "einsgrad.api.custom": ("custom_derivative",),
    "einsgrad.api.derivatives": ("grad", "hessian", "hvp", "value_and_grad"),
    "einsgrad.api.einsums": ("adjoint", "einsum", "tangent"),
    "einsgrad.api.expressions": ("evaluate", "simplify"),
    "einsgrad.api.jacobian_modes": ("jacfwd", "jacrev"),
    "einsgrad.api.jacobians": ("directional", "jacobian", "jvp", "vjp"),
    "einsgrad.api.jitting": ("jit",),
    "einsgrad.api.linearizing": ("linearize",),
    "einsgrad.api.newton": ("gauss_newton_step", "natural_gradient_step", "newton_step"),
    "einsgrad.api.pictures": ("draw",),
    "einsgrad.api.steps": ("derive",),
    "einsgrad.claims.check": ("check",),
    "einsgrad.claims.proving": ("Proof", "prove"),
    "einsgrad.claims.verdict": ("Verdict",),
    "einsgrad.engine.refusals": ("MatrixError",),
    "einsgrad.expressions.vocabulary.decompositions": ("eig", "eigh", "qr", "svd"),
    "einsgrad.expressions.vocabulary.definition": ("define",),
    "einsgrad.expressions.vocabulary.naming": ("named",),
    "einsgrad.expressions.vocabulary.numpy_gathering": ("take",),
    "einsgrad.expressions.vocabulary.numpy_table": ("numpy_functions",),
    "einsgrad.notation.pictures.svg": ("Picture",),
    "einsgrad.notation.show": ("latex", "show"),
    "einsgrad.reading.interpret": ("interpret",),
    "einsgrad.reading.parse": ("parse",),
    "einsgrad.results.formulas.differential": ("differential",),
    "einsgrad.results.formulas.record": ("Derivative",),
    "einsgrad.results.formulas.vec_jacobian": ("vec_jacobian",),
    "einsgrad.results.numbers.flat_vectors": ("ravel_pytree",),
    "einsgrad.results.numbers.trees": ("register_container",),
    "einsgrad.simplification.asking": (
        "is_diagonal",
        "is_hermitian",
        "is_lower",
        "is_upper",
        "is_symmetric",
    ),
    "einsgrad.simplification.squares": ("expand_squares",),
}

if not TYPE_CHECKING:
    # Those that find again what they built before, where a function is traced.
    globals().update({name: _OPERATIONS[name] for name in _words.VOCABULARY})
    _MODULES = {name: module for module, names in _LATER.items() for name in names}
    _LOADED = [
        name
        for name, value in globals().items()
        if not (name.startswith("_") or isinstance(value, type(_words)))
        and name not in ("TYPE_CHECKING", "import_module")
    ]

    def __dir__():
        return sorted({*_LOADED, *_MODULES, *_ROOMS, *_words.public_names()})

    def __getattr__(name):
        if name == "__all__":
            # Not a list that is made once: a row that is entered later has its name in it, too.
            return __dir__()
        if name in _MODULES:
            value = globals()[name] = getattr(import_module(_MODULES[name]), name)
            return value
        if name in _ROOMS:
            return import_module(f"einsgrad.{name}")
        found = _words.word(name)
        if found is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return found
