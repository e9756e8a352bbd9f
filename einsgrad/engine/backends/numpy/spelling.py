"""How the functions of the tables are called in generated numpy code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import getsource
from math import floor, isfinite, log
from typing import Any

import numpy as np

from einsgrad.engine import stable
from einsgrad.engine.contractions.gathers import INDEX, without_index
from einsgrad.engine.contractions.views import SMALL
from einsgrad.engine.programs.steps import Register
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Reduction

_STABLE = re.compile(r"stable\.(\w+)\(([^()]*)\)")
_COMPARISON = re.compile(r"(np\.\w+)\(x, y\)\.astype\(np\.result_type\(x, y, 0\)\)")
_ONES = re.compile(r"np\.ones\((\d+), \w+\.dtype\)")
_UFUNC = re.compile(r"np\.(\w+)\(((?:[xyz]|\d+)(?:, (?:[xyz]|\d+))*)\)")

# The entries of all the indices that a program may hold, of 8 bytes each.
_MOST_INDEXED = 1 << 21

_ERF = """class special:
    erf = np.vectorize(__import__("math").erf, otypes=[float])
"""

_FACTORISED = """def solve_factorised(lu, b, trans):
    if not lu[0].diagonal().all():
        raise np.linalg.LinAlgError("Singular matrix")
    return linalg.lu_solve(lu, b, trans)
"""


def literal(value: Number) -> str:
    """Write a number so that Python reads the same number.

    Examples
    --------
    >>> literal(0.5), literal(-2), literal(float("inf"))
    ('0.5', '-2', "float('inf')")
    """
    if isinstance(value, complex):
        return f"complex({literal(value.real)}, {literal(value.imag)})"
    if isinstance(value, int):
        return repr(int(value))
    text = repr(float(value))
    return text if isfinite(value) else f"float('{text}')"


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

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {}
        self._imports = {"import numpy as np": None}
        self._helpers: dict[str, str] = {}
        self._constants: dict[str, str] = {}
        self._indexed = 0

    def header(self) -> str:
        """Return the lines before the function."""
        constants = "".join(f"{name} = {text}\n" for text, name in self._constants.items())
        helpers = "".join(f"\n\n{text}" for text in self._helpers.values())
        return "\n".join(self._imports) + "\n" + "\n" * bool(constants) + constants + helpers + "\n"

    def number(self, value: Number, met: np.dtype[Any] | None) -> str:
        """Write a number that arrays of a dtype meet, or None if it meets no such array.

        numpy combines an array with an array without axes in half the time that it takes
        with a number of Python.
        """
        if met is None or met.kind not in "fc" or (met.kind == "f" and isinstance(value, complex)):
            return literal(value)
        return self._constant(f"np.array({literal(value)}, '{met.str}')")

    def with_constants(self, line: str, dtype: np.dtype[Any]) -> str:
        """Make indices and vectors of ones once, before the function, unless they are large."""

        def ones(match: re.Match[str]) -> str:
            size = int(match[1])
            return self._constant(f"np.ones({size}, '{dtype.str}')") if size <= SMALL else match[0]

        if "np.ones(" in line:
            line = _ONES.sub(ones, line)
        if "np.arange(" in line:
            if self._indexed >= _MOST_INDEXED:
                line = without_index(line)
            line = INDEX.sub(self._index, line)
        return line

    def _index(self, match: re.Match[str]) -> str:
        if match[0] not in self._constants:
            self._indexed += int(match[1])
        return self._constant(match[0])

    def _constant(self, text: str) -> str:
        return self._constants.setdefault(text, f"c{len(self._constants)}")

    def elementwise(self, call: Application) -> str:
        """Write a call of an elementwise function."""
        text = call.row.numpy
        if callable(text):
            return f"{self._foreign(text)}({', '.join(self._texts(call, None))})"
        if "limit" in text:
            return self._bounded(text, call)
        compared = _COMPARISON.fullmatch(text)
        if compared is not None:
            arguments = ", ".join(self._texts(call, call.met))
            return f"{compared[1]}({arguments}).astype('{call.target.dtype.str}')"
        ufunc = _UFUNC.fullmatch(text)
        if ufunc is not None:
            return self._ufunc(ufunc[1], ufunc[2].split(", "), call)
        arguments = ", ".join(self._texts(call, None))
        stable_call = _STABLE.fullmatch(text)
        if stable_call is not None:
            return f"{self._stable(stable_call[1])}({arguments})"
        self._define(call.row.name, PARAMETERS[: call.row.arity], text)
        return f"{call.row.name}({arguments})"

    def _texts(self, call: Application, met: np.dtype[Any] | None) -> list[str]:
        return [a if isinstance(a, str) else self.number(a, met) for a in call.arguments]

    def _foreign(self, function: Callable[..., Any]) -> str:
        """Name a function that was defined by a user."""
        known = [name for name, value in self.globals.items() if value is function]
        name = known[0] if known else f"f{len(self.globals)}"
        self.globals[name] = function
        return name

    def _bounded(self, text: str, call: Application) -> str:
        """Put the largest number of the dtype into a call, or its logarithm."""
        largest = float(np.finfo(call.target.dtype).max)
        text = text.replace("(x,", f"({self._texts(call, None)[0]},")
        if "log_limit" in text:
            # Rounded down, so that its exponential is finite.
            limit = floor(log(largest) * 100) / 100
            return text.replace("log_limit", self.number(limit, call.met))
        return text.replace("limit", self.number(largest, call.met))

    def _ufunc(self, name: str, parameters: Sequence[str], call: Application) -> str:
        named = dict(zip(PARAMETERS, self._texts(call, call.met), strict=False))
        values = [
            self.number(int(one), call.met) if one.isdecimal() else named[one] for one in parameters
        ]
        if name == "divide" and not call.target.shape:
            return " / ".join(values)
        if call.out is not None and isinstance(getattr(np, name), np.ufunc):
            # A third argument of these by position is deprecated.
            values.append(f"out={call.out}" if name in ("maximum", "minimum") else call.out)
        return f"np.{name}({', '.join(values)})"

    def reduction(self, row: Reduction, text: str, axis: str) -> str:
        """Call a reduction over axes."""
        assert isinstance(row.numpy, str)
        known = _STABLE.fullmatch(row.numpy)
        if known is not None:
            return f"{self._stable(known[1])}({text}, {axis})"
        if row.numpy.count("x") - row.numpy.count("max") - row.numpy.count("axis") == 1:
            return re.sub(r"\bx\b", text, row.numpy).replace("axis)", f"{axis})")
        self._define(row.name, ("x", "axis"), row.numpy)
        return f"{row.name}({text}, {axis})"

    def use(self, statement: str) -> None:
        """Make an import known."""
        self._imports[statement] = None

    def use_factorisation(self) -> None:
        """Make the functions for factorised matrices known."""
        self.use("from scipy import linalg")
        self._helpers["solve_factorised"] = _FACTORISED

    def _stable(self, name: str) -> str:
        """Copy a function of `einsgrad.engine.stable` into the text, without its annotations."""
        source = getsource(getattr(stable, name))
        self._helpers[name] = source.replace(": Any", "").replace(" -> Any", "")
        return name

    def _define(self, name: str, parameters: Sequence[str], text: str) -> None:
        if "special." in text:
            self._use_special(name)
        self._helpers[name] = f"def {name}({', '.join(parameters)}):\n    return {text}\n"

    def _use_special(self, name: str) -> None:
        if find_spec("scipy") is not None:
            self.use("from scipy import special")
            return
        if "erf" not in name and name != "gelu":
            raise ArgumentError(
                f"{name} is evaluated by scipy, which is not installed. "
                "Install it: pip install 'einsgrad[special]'."
            )
        self._helpers = {"special": _ERF, **self._helpers}
