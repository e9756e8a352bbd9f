"""How the functions of the tables are called in generated numpy code."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from inspect import getsource
from math import floor, log
from typing import Any, assert_never

import numpy as np

from einsgrad.engine.backends.numpy.constants import Constants
from einsgrad.engine.backends.numpy.factorising import FACTORISING, FACTORISING_TEXT
from einsgrad.engine.copied_functions import copied_function, is_copied
from einsgrad.engine.programs.steps import Register
from einsgrad.engine.row_values import without_scipy
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Reduction
from einsgrad.expressions.tables.spellings import (
    Body,
    Bounded,
    ComparisonUfunc,
    Form,
    Given,
    PlainCode,
    Reduced,
    Stable,
    TupleEntry,
    Ufunc,
    needs_scipy,
)

_ERF = """class special:
    def erf(x):
        found = np.vectorize(__import__("math").erf, otypes=[float])(x)
        return found.astype(np.result_type(np.asarray(x).dtype, np.float32))[()]
"""

# What generated code calls by these names, beside the functions that are copied.
_SELECTING = ("places_of", "added_up", "running_sum")
_FUNCTIONS = ("compute", "in_arrays")
_TAKEN = frozenset(
    ["np", "math", "special", "linalg", "tqdm", *_FUNCTIONS, *FACTORISING, *_SELECTING]
)


def _free_name(name: str) -> str:
    """Name a function so that nothing else in generated code has its name.

    Arrays, numbers and counters are letters with a number, as in `a0`.

    Examples
    --------
    >>> _free_name("logsum"), _free_name("i0"), _free_name("np")
    ('logsum', 'i0_', 'np_')
    """
    is_taken = name in _TAKEN or is_copied(name) or hasattr(builtins, name)
    return f"{name}_" if is_taken or name[-1].isdigit() else name


@cache
def _takes_alike(ufunc: str, arity: int, dtype: np.dtype[Any] | None) -> bool:
    """Tell whether a ufunc takes arguments that are all of one dtype."""
    if arity == 1 or dtype is None:
        return True
    loops: list[str] = getattr(np, ufunc).types
    wanted = f"{dtype.char * arity}->"
    return any(loop[: len(wanted)] == wanted for loop in loops)


@dataclass(frozen=True, slots=True)
class Application:
    """A call of an elementwise function that is to be written.

    Parameters
    ----------
    row, arguments
        The function, and its arguments as text, or numbers.
    out
        What the value may be written into.
    target
        The value.
    met
        The dtype of all arguments that are arrays with axes, if they have one.
    """

    row: Elementwise
    arguments: Sequence[str | Number]
    out: str | None
    target: Register
    met: np.dtype[Any] | None


class Spelling:
    """Writes calls, and remembers the imports and helpers that the text needs."""

    def __init__(self, constants: Constants) -> None:
        self.globals: dict[str, Any] = {}
        self._imports = {"import numpy as np": None}
        self._helpers: dict[str, str] = {}
        self._constants = constants

    def header(self) -> str:
        """Return the lines before the function."""
        constants = self._constants.lines()
        helpers = "".join(f"\n\n{text}" for text in self._helpers.values())
        return "\n".join(self._imports) + "\n" + "\n" * bool(constants) + constants + helpers + "\n"

    def elementwise(self, call: Application) -> str:
        """Write a call of an elementwise function."""
        row = call.row
        match row.numpy:
            case Ufunc(name=name, arguments=arguments):
                return self._ufunc(name, arguments or PARAMETERS[: row.arity], call)
            case ComparisonUfunc(name=name):
                compared = ", ".join(self._texts(call, call.met))
                return f"np.{name}({compared}).astype('{call.target.dtype.str}')"
            case Form(text=text):
                return text.format(**self._atoms(call))
            case Bounded():
                return self._bounded(row.numpy, call)
            case Stable(name=name):
                return f"{self._stable(name)}({', '.join(self._texts(call, None))})"
            case Body() as body:
                name = self._define(row.name, PARAMETERS[: row.arity], body)
                return f"{name}({', '.join(self._texts(call, None))})"
            case Given(function=function):
                return f"{self.foreign(function)}({', '.join(self._texts(call, None))})"
            case _ as unreachable:
                assert_never(unreachable)

    def _number(self, value: Number, met: np.dtype[Any] | None) -> str:
        return str(self._constants.number(value, met))

    def _texts(self, call: Application, met: np.dtype[Any] | None) -> list[str]:
        return [a if isinstance(a, str) else self._number(a, met) for a in call.arguments]

    def _named(self, call: Application, met: np.dtype[Any] | None) -> dict[str, str]:
        return dict(zip(PARAMETERS, self._texts(call, met), strict=False))

    def _atoms(self, call: Application) -> dict[str, str]:
        """Return the arguments by name as they may stand beside an operator."""
        texts = [
            a if isinstance(a, str) else str(self._constants.atom(a, call.met))
            for a in call.arguments
        ]
        return dict(zip(PARAMETERS, texts, strict=False))

    def foreign(self, function: Callable[..., Any]) -> str:
        """Name a function that a user gave."""
        known = [name for name, value in self.globals.items() if value is function]
        name = known[0] if known else f"f{len(self.globals)}"
        self.globals[name] = function
        return name

    def _bounded(self, bounded: Bounded, call: Application) -> str:
        """Put the largest number of the dtype into a call, or its logarithm."""
        # Long doubles are larger than any number that can be written here.
        limit = float(min(np.finfo(call.target.dtype).max, np.finfo(float).max))
        if bounded.logarithm:
            # Rounded down, so that its exponential is finite.
            limit = floor(log(limit) * 100) / 100
        limit = min(limit, bounded.most)
        arguments = self._named(call, None)
        return bounded.text.format(**arguments, limit=self._number(limit, call.met))

    def _ufunc(self, name: str, parameters: Sequence[str | int], call: Application) -> str:
        # A number that must be whole cannot be an array of floats.
        met = call.met if _takes_alike(name, len(parameters), call.met) else None
        named = self._named(call, met)
        values = [
            named[one] if isinstance(one, str) else self._number(one, met) for one in parameters
        ]
        if name == "divide" and not call.target.shape:
            return " / ".join(values)
        if call.out is not None:
            # A third argument of these by position is deprecated.
            values.append(f"out={call.out}" if name in ("maximum", "minimum") else call.out)
        return f"np.{name}({', '.join(values)})"

    def reduction(self, row: Reduction, text: str, axis: str) -> str:
        """Write a call of a reduction over axes."""
        match row.numpy:
            case Reduced(name=name):
                return f"np.{name}.reduce({text}, {axis})"
            case Form(text=form):
                return form.format(x=text, axes=axis)
            case Stable(name=name):
                return f"{self._stable(name)}({text}, {axis})"
            case Body() as body:
                return f"{self._define(row.name, ('x', 'axis'), body)}({text}, {axis})"
            case Given(function=function):
                return f"{self.foreign(function)}({text}, {axis})"
            case _ as unreachable:
                assert_never(unreachable)

    def matrix_function(self, row: MatrixFunction, text: str) -> str:
        """Write a call of a function of matrices."""
        match row.numpy:
            case TupleEntry(call=call, place=place, alone=alone):
                whole = self.matrix_code(row, alone or call, text)
                return whole if alone is not None else f"{whole}[{place}]"
            case code:
                return self.matrix_code(row, code, text)

    def matrix_code(self, row: MatrixFunction, code: PlainCode, text: str) -> str:
        """Write a call of what gives a row's value, or that of its partners with it."""
        match code:
            case Form(text=form):
                return form.format(x=text)
            case Stable(name=name):
                return f"{self._stable(name)}({text})"
            case Body() as body:
                return f"{self._define(row.name, ('x',), body)}({text})"
            case Given(function=function):
                return f"{self.foreign(function)}({text})"
            case _ as unreachable:
                assert_never(unreachable)

    def use(self, statement: str) -> None:
        """Make an import known."""
        self._imports[statement] = None

    def use_helper(self, name: str, text: str) -> None:
        """Make a function known that generated code calls."""
        self._helpers[name] = text

    def use_factorisation(self) -> None:
        """Make the functions for factorised matrices known."""
        self.use("from scipy import linalg")
        self._helpers["solve_factorised"] = FACTORISING_TEXT

    def _stable(self, name: str) -> str:
        """Copy a function of arrays into the text, without its annotations."""
        source = getsource(copied_function(name))
        self._helpers[name] = source.replace(": Any", "").replace(" -> Any", "")
        return name

    def _define(self, row_name: str, parameters: Sequence[str], body: Body) -> str:
        """Write a body as a function, and return its name."""
        if body.special:
            self._use_special(row_name, body)
        name = _free_name(row_name)
        self._helpers[name] = f"def {name}({', '.join(parameters)}):\n    return {body.text}\n"
        return name

    def _use_special(self, name: str, body: Body) -> None:
        if find_spec("scipy") is not None:
            self.use("from scipy import special")
            return
        if needs_scipy(body):
            raise without_scipy(name)
        self._helpers = {"special": _ERF, **self._helpers}
