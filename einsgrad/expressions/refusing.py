"""What an expression is not: a number, an array of numpy, a set, a place to write into.

Python and code in C ask an object for such things unseen. What they would make of an
expression is a constant or an array that holds it as one object, so each of them is refused,
with a remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from einsgrad.errors import ArgumentError, ArgumentTypeError, clip
from einsgrad.expressions.call_sites import CallSite, calling_site

if TYPE_CHECKING:
    from einsgrad.expressions.dims import Shape
    from einsgrad.expressions.nodes import Expr

_NO_VALUE = "has no value while an expression is built"
_FUNCTIONAL = (
    "Write numpy.concatenate([x, y]) or numpy.stack([x, y]), or y = numpy.zeros_like(x) and "
    "y = y.at[key].set(x)"
)
_SHIFTS = "Multiply by a power of 2, or divide by one."
# The functions of Python's mathematics that numpy has under another name, or not at all.
_MATHEMATICS = {
    "fsum": "numpy.sum",
    "dist": "numpy.linalg.norm of the difference",
    "fabs": "numpy.abs",
    "gamma": "scipy.special.gamma",
    "lgamma": "scipy.special.gammaln",
    "erf": "einsgrad.erf",
    "erfc": "einsgrad.erfc",
    "phase": "numpy.angle",
}
_CONVERTING = (
    *("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray"),
    *("asarray_chkfinite", "require", "float64", "float32", "complex128"),
)


class Refusing:
    """Refuses what would make an expression a number, an array or a set."""

    __slots__ = ()

    shape: Shape

    def _no_number(self) -> ArgumentTypeError:
        # Asked by this function, by the special method, and by the code in question.
        return ArgumentTypeError(_no_number(clip(self), calling_site(2)))

    def __float__(self) -> float:
        raise self._no_number()

    def __int__(self) -> int:
        raise self._no_number()

    def __complex__(self) -> complex:
        raise self._no_number()

    def __index__(self) -> int:
        # numpy takes a TypeError for "no number" and goes on with the next guess: an array.
        raise ArgumentError(
            f"{clip(self)} is no index of a list and no size: it {_NO_VALUE}. Evaluate it on "
            "arrays, or use einsgrad.take(array, index, axis)."
        )

    def __format__(self, specification: str) -> str:
        if specification:
            raise ArgumentTypeError(
                f"{clip(self)} {_NO_VALUE}, so there is no number to be written in the format "
                f"{clip(specification)}. Print it without one, or print what is returned."
            )
        return str(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise ArgumentTypeError(
            f"{clip(self)} cannot become an array of numpy{_no_array(calling_site(1))}"
        )

    def __contains__(self, entry: object) -> bool:
        raise ArgumentTypeError(
            f"whether {clip(entry)} is in {clip(self)} depends on data that is not known while "
            "an expression is built. Use numpy.any(x == entry) as a number, or "
            "where(condition, a, b)."
        )

    def __setitem__(self, key: object, value: object) -> None:
        raise ArgumentTypeError(
            f"{clip(self)}[...] = ...: an expression is not written into. Write "
            "x = x.at[key].set(value), with .add(value) for +=, or where(mask, new, x)."
        )

    def _no_operation(self, name: str, remedy: str) -> ArgumentTypeError:
        return ArgumentTypeError(f"{name} of {clip(self)} is not supported. {remedy}")

    def __lshift__(self, other: object) -> Expr:
        raise self._no_operation("a << b", _SHIFTS)

    def __rshift__(self, other: object) -> Expr:
        raise self._no_operation("a >> b", _SHIFTS)

    __rlshift__ = __lshift__
    __rrshift__ = __rshift__


def _no_number(said: str, site: CallSite) -> str:
    """Say that an expression is no number, and what to write in place of what asks for one."""
    if site.module in ("math", "cmath"):
        instead = _MATHEMATICS.get(site.name, f"numpy.{site.name}")
        return f"{site.module}.{site.name} takes a number, and {said} {_NO_VALUE}. Use {instead}."
    if site.module == "builtins" and site.name in ("float", "int", "complex"):
        return (
            f"{site.name}() of {said}, which {_NO_VALUE}. Leave {site.name}() out, or use "
            "x.astype(int) for integers."
        )
    if site.operation == "STORE_SUBSCR":
        return (
            f"{said} {_NO_VALUE}, so {site.text} = ... cannot write it into an array of numpy. "
            f"{_FUNCTIONAL}."
        )
    # numpy asks for a float also where y[key] = x writes one into an array.
    return (
        f"{said} {_NO_VALUE}, so it is no number, and none that y[key] = x could have written "
        f"into an array of numpy{_where(site)}. Evaluate it on arrays. {_FUNCTIONAL}."
    )


def _no_array(site: CallSite) -> str:
    """Say, after what cannot become an array, what to write in place of what asks for one."""
    if site.operation == "STORE_SUBSCR":
        return f" that {site.text} = ... could write it into. {_FUNCTIONAL}."
    if site.operation == "BINARY_SUBSCR":
        return f", whose entries {site.text} could look up. Use einsgrad.take(a, x, axis)."
    if site.module in ("numpy", "numpy.linalg") and site.takes_list():
        return (
            f": {site.module}.{site.name} of a list makes an array of it. Use numpy.stack([x, y]) "
            "in place of the list."
        )
    if site.module == "numpy" and site.name in _CONVERTING:
        return f". Leave numpy.{site.name} out: functions take it as it is."
    if site.module == "numpy" and site.name.startswith(("int", "uint", "bool")):
        return f" in {clip_code(site.text)}. Use x.astype({site.name.rstrip('0123456789_')})."
    if site.module.startswith("scipy."):
        return (
            f" that {clip_code(site.text)} could compute with: this function of scipy is not "
            "supported on expressions. Write it with numpy's functions and einsgrad's."
        )
    if ".random" in site.module or "random" in site.text or "rng." in site.text:
        return (
            ", so random numbers are not drawn with it. Draw standard ones outside of the "
            "function, and shift and scale them: x + s * numbers."
        )
    return (
        f"{_where(site)}: numpy.asarray, numpy.array of a list, methods of arrays and other code "
        "that takes values were given an expression, or it is written into an array "
        f"(y[key] = x) or the index of one (a[x]). {_FUNCTIONAL}, einsgrad.take(a, x, axis), "
        "B @ x in place of B.dot(x), or call a function that numpy_functions() lists with the "
        "expression itself."
    )


def _where(site: CallSite) -> str:
    return f" in {clip_code(site.text)}" if site.text else ""


def clip_code(text: str) -> str:
    """Return code in at most 60 characters."""
    return text if len(text) <= _CODE else text[: _CODE - 1] + "…"


_CODE = 60
