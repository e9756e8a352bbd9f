"""How the functions of the tables are called in generated numpy code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import getsource
from math import floor, log
from typing import Any

import numpy as np

from einsgrad.engine import stable
from einsgrad.engine.backends.numpy.constants import Constants
from einsgrad.engine.programs.steps import Register
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import Number
from einsgrad.expressions.tables.rows import PARAMETERS, Elementwise, Reduction

_STABLE = re.compile(r"stable\.(\w+)\(([^()]*)\)")
_COMPARISON = re.compile(r"(np\.\w+)\(x, y\)\.astype\(np\.result_type\(x, y, 0\)\)")
_UFUNC = re.compile(r"np\.(\w+)\(((?:[xyz]|\d+)(?:, (?:[xyz]|\d+))*)\)")

_ERF = """class special:
    erf = np.vectorize(__import__("math").erf, otypes=[float])
"""

_FACTORISED = """def solve_factorised(lu, b, trans):
    if not lu[0].diagonal().all():
        raise np.linalg.LinAlgError("Singular matrix")
    return linalg.lu_solve(lu, b, trans)
"""


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

    def _number(self, value: Number, met: np.dtype[Any] | None) -> str:
        return str(self._constants.number(value, met))

    def _texts(self, call: Application, met: np.dtype[Any] | None) -> list[str]:
        return [a if isinstance(a, str) else self._number(a, met) for a in call.arguments]

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
            return text.replace("log_limit", self._number(limit, call.met))
        return text.replace("limit", self._number(largest, call.met))

    def _ufunc(self, name: str, parameters: Sequence[str], call: Application) -> str:
        named = dict(zip(PARAMETERS, self._texts(call, call.met), strict=False))
        values = [
            self._number(int(one), call.met) if one.isdecimal() else named[one]
            for one in parameters
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
