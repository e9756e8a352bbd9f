"""Functions of scipy that are written in Python, called on expressions.

They turn their arguments into arrays before any protocol of numpy is asked, so that the function
itself has to know expressions. Its code is exchanged for one that looks for them first; the
function stays the same object, with its signature and its name, for whoever has imported it.
scipy is never imported here: what has been imported is hooked when a trace begins.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import Any, NoReturn

from einsgrad.errors import EinsgradError
from einsgrad.expressions.current import current
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction, refused
from einsgrad.expressions.vocabulary.scipy_densities import (
    continuous_methods,
    discrete_methods,
)
from einsgrad.expressions.vocabulary.scipy_distances import DISTANCES
from einsgrad.expressions.vocabulary.scipy_distributions import CONTINUOUS, DISCRETE
from einsgrad.expressions.vocabulary.scipy_linalg import LINALG
from einsgrad.expressions.vocabulary.scipy_multivariate import MULTIVARIATE, GivenDistribution
from einsgrad.expressions.vocabulary.scipy_remedies import REMEDIES
from einsgrad.expressions.vocabulary.scipy_samples import EQUATIONS, FOURIER, FREQUENCIES, INTEGRALS
from einsgrad.expressions.vocabulary.scipy_signal import SIGNALS
from einsgrad.expressions.vocabulary.scipy_special import WRITTEN_IN_PYTHON


def hook_scipy() -> None:
    """Make the functions of scipy that are imported by now take expressions."""
    for name in FUNCTIONS:
        if name in sys.modules and name not in _hooked:
            _hook_module(name)


def _hook_module(name: str) -> None:
    module = sys.modules[name]
    if getattr(module.__spec__, "_initializing", False):
        # Another thread is importing it.
        return
    with _lock:
        if name in _hooked:
            return
        for function, (build, parameters) in FUNCTIONS[name].items():
            found = getattr(module, function, None)
            if type(found) is FunctionType:
                known = NumpyFunction(f"{name}.{function}", build, parameters)
                _hook(found, known, reads_functions=function in EQUATIONS)
        for function, remedy in _REFUSED.get(name, {}).items():
            found = getattr(module, function, None)
            if type(found) is FunctionType:
                _hook(found, _refusing(f"{name}.{function}", remedy))
        if name == "scipy.stats":
            _hook_distributions(module)
        _hooked.add(name)


def _refusing(path: str, remedy: str) -> Callable[..., Any]:
    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise refused(path, remedy)

    return refuse


def _hook_distributions(stats: Any) -> None:
    """Hook the methods that all distributions share, those with given parameters too."""
    known = {type(getattr(stats, name)): continuous_methods(name) for name in CONTINUOUS}
    known |= {type(getattr(stats, name)): discrete_methods(name) for name in DISCRETE}
    # Both kinds inherit some methods, which are hooked once.
    functions = {
        getattr(owner, method): method
        for owner in (stats.rv_continuous, stats.rv_discrete)
        for method in _METHODS
        if hasattr(owner, method)
    }
    for function, method in functions.items():
        _hook(function, _of_distribution(known, method))
    for name, methods in MULTIVARIATE.items():
        owner = type(getattr(stats, name))
        for method in methods:
            _hook(getattr(owner, method), _of_distribution({owner: methods}, method))
        _hook(vars(owner)["__call__"], _given(name))


def _given(name: str) -> Callable[..., Any]:
    def given(distribution: Any, *parameters: Any, **unused: Any) -> GivenDistribution:
        # The last one is the seed of what is drawn.
        return GivenDistribution(name, parameters[:-1])

    return given


def _of_distribution(
    known: Mapping[type, Mapping[str, NumpyFunction]], method: str
) -> Callable[..., Any]:
    def found(distribution: Any, *arguments: Any, **options: Any) -> Any:
        build = known.get(type(distribution), {}).get(method)
        if build is None:
            raise refused(f"scipy.stats.{distribution.name}.{method}")
        return build(*arguments, **options)

    return found


def _hook(
    function: FunctionType, known: Callable[..., Any], *, reads_functions: bool = False
) -> None:
    """Exchange the code of a function for one that asks first whether it meets expressions.

    Of one that is given a function, also what that function holds may be an expression: where
    it holds none, there is no answer.
    """
    original = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    original.__kwdefaults__ = function.__kwdefaults__

    def chosen(*arguments: Any, **options: Any) -> Any:
        if any(map(_is_symbolic, arguments)) or any(map(_is_symbolic, options.values())):
            return known(*arguments, **options)
        if reads_functions and callable(arguments[0]) and current() is not None:
            try:
                found = known(*arguments, **options)
            except EinsgradError as error:
                # A function of arrays alone may do what one of expressions may not.
                try:
                    return original(*arguments, **options)
                except EinsgradError:
                    raise error from None
            if found is not None:
                return found
        return original(*arguments, **options)

    function.__code__ = _handing_on(function.__code__, chosen)


def _handing_on(code: CodeType, chosen: Callable[..., Any]) -> CodeType:
    """Return code with the same parameters and free variables that hands them to a function."""
    by_place = code.co_varnames[: code.co_argcount]
    by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = list(code.co_varnames[code.co_argcount + code.co_kwonlyargcount :])
    taken, handed = [*by_place], [*by_place]
    if code.co_posonlyargcount:
        taken.insert(code.co_posonlyargcount, "/")
    if code.co_flags & _TAKES_ANY_PLACES:
        taken.append(f"*{rest[0]}")
        handed.append(f"*{rest.pop(0)}")
    elif by_name:
        taken.append("*")
    taken += by_name
    handed += [f"{name}={name}" for name in by_name]
    if code.co_flags & _TAKES_ANY_NAMES:
        taken.append(f"**{rest[0]}")
        handed.append(f"**{rest[0]}")
    free = code.co_freevars
    source = (
        f"def _around({', '.join(free)}):\n"
        f" def _hooked({', '.join(taken)}):\n"
        f"  ({''.join(f'{name}, ' for name in free)})\n"
        f"  _chosen = {_MARK!r}\n"
        f"  return _chosen({', '.join(handed)})\n"
    )
    around = _inner(compile(source, code.co_filename, "exec"))
    made = _inner(around)
    constants = tuple([chosen if one == _MARK else one for one in made.co_consts])
    return made.replace(
        co_consts=constants,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_firstlineno=code.co_firstlineno,
    )


def _inner(code: CodeType) -> CodeType:
    """Return the code of the function that is defined in another."""
    return next(one for one in code.co_consts if isinstance(one, CodeType))


def _is_symbolic(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(one, Expr) for one in value)
    return isinstance(value, Expr)


FUNCTIONS: Mapping[str, Mapping[str, tuple[Callable[..., Any], str]]] = {
    "scipy.special": WRITTEN_IN_PYTHON,
    "scipy.linalg": LINALG,
    "scipy.spatial.distance": DISTANCES,
    "scipy.integrate": {**INTEGRALS, **EQUATIONS},
    "scipy.signal": SIGNALS,
    # `scipy.fft` asks for a backend, and this is its own one.
    "scipy.fft._basic_backend": FOURIER,
    "scipy.fft": FREQUENCIES,
    "scipy.stats": {},
}
_REFUSED: Mapping[str, Mapping[str, str]] = {"scipy.linalg": REMEDIES}
_METHODS = (
    *("pdf", "logpdf", "pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
    *("entropy", "mean", "var", "std", "median", "interval", "moment"),
)
_MARK = "the function that chooses"
_TAKES_ANY_PLACES = 0x04
_TAKES_ANY_NAMES = 0x08
_hooked: set[str] = set()
_lock = threading.Lock()
