"""How the functions of the tables are called in generated numpy code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from inspect import getsource
from math import floor, isfinite, log
from typing import Any

import numpy as np

from einsgrad import stable
from einsgrad.errors import ArgumentError
from einsgrad.expr import Number
from einsgrad.rows import PARAMETERS, Elementwise, Reduction

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


class Spelling:
    """Writes calls, and remembers the imports and helpers that the text needs."""

    def __init__(self) -> None:
        self.globals: dict[str, Any] = {}
        self._imports = {"import numpy as np": None}
        self._helpers: dict[str, str] = {}

    def header(self) -> str:
        """Return the lines before the function."""
        helpers = "".join(f"\n\n{text}" for text in self._helpers.values())
        return "\n".join(self._imports) + "\n" + helpers + "\n"

    def elementwise(
        self, row: Elementwise, texts: Sequence[str], out: str | None, dtype: np.dtype[Any]
    ) -> str:
        """Call an elementwise function of a result's dtype; it may be written into `out`."""
        if callable(row.numpy):
            name = f"f{len(self.globals)}"
            known = [key for key, value in self.globals.items() if value is row.numpy]
            self.globals.setdefault(known[0] if known else name, row.numpy)
            return f"{known[0] if known else name}({', '.join(texts)})"
        if "limit" in row.numpy:
            largest = float(np.finfo(dtype).max)
            text = row.numpy.replace("(x,", f"({texts[0]},")
            # The logarithm is rounded down, so that its exponential is finite.
            text = text.replace("log_limit", literal(floor(log(largest) * 100) / 100))
            return text.replace("limit", literal(largest))
        compared = _COMPARISON.fullmatch(row.numpy)
        if compared is not None:
            return f"{compared[1]}({', '.join(texts)}).astype('{dtype.str}')"
        arguments = dict(zip(PARAMETERS, texts, strict=False))
        match = _UFUNC.fullmatch(row.numpy)
        if match is not None:
            values = [arguments.get(name, name) for name in match[2].split(", ")]
            if out is not None and isinstance(getattr(np, match[1]), np.ufunc):
                # A third argument of these by position is deprecated.
                values.append(f"out={out}" if match[1] in ("maximum", "minimum") else out)
            return f"np.{match[1]}({', '.join(values)})"
        stable_call = _STABLE.fullmatch(row.numpy)
        if stable_call is not None:
            return f"{self._stable(stable_call[1])}({', '.join(texts)})"
        self._define(row.name, PARAMETERS[: row.arity], row.numpy)
        return f"{row.name}({', '.join(texts)})"

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
        """Copy a function of `einsgrad.stable` into the text, without its annotations."""
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
