"""Which library an array is of: those of other libraries than numpy have a namespace.

Nothing is imported for it, and nothing converted: an array's type says where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from einsgrad.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class Namespace:
    """A library of arrays.

    Parameters
    ----------
    library
        How code is written for it: `torch`, `jax`, `dask` or `array_api`.
    module
        The name of the module with its functions.
    """

    library: str
    module: str

    @property
    def functions(self) -> Any:
        """The module with its functions.

        Raises
        ------
        ArgumentError
            If that is not installed.
        """
        try:
            return import_module(self.module)
        except ModuleNotFoundError:
            raise ArgumentError(
                f"arrays of {self.title} need array-api-compat. "
                "Install it: pip install array-api-compat."
            ) from None

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.module if self.library == "array_api" else self.library


TORCH = Namespace("torch", "torch")
JAX = Namespace("jax", "jax.numpy")
DASK = Namespace("dask", "array_api_compat.dask.array")

_known: dict[Any, Namespace | None] = {}

# Functions make new types as they run; those of arrays are few.
_MOST_TYPES = 4096


def namespace_of(value: object) -> Namespace | None:
    """Return the library of an array; None for arrays of numpy, and for what is no array.

    Examples
    --------
    >>> namespace_of(1.0) is None, namespace_of([1.0]) is None
    (True, True)
    """
    kind: Any = type(value)
    try:
        return _known[kind]
    except KeyError:
        pass
    if len(_known) >= _MOST_TYPES:
        _known.clear()
    found = _known[kind] = _found(kind, value)
    return found


def _found(kind: type, value: Any) -> Namespace | None:
    if not (hasattr(kind, "shape") and hasattr(kind, "dtype")):
        return None
    roots = {one.__module__.partition(".")[0] for one in kind.__mro__}
    if roots & {"numpy", "einsgrad"}:
        return None
    if "torch" in roots:
        return TORCH
    if roots & {"jax", "jaxlib"}:
        return JAX
    if "dask" in roots and hasattr(kind, "chunks"):
        return DASK
    if hasattr(value, "__array_namespace__"):
        return Namespace("array_api", value.__array_namespace__().__name__)
    return Namespace("array_api", "array_api_compat.cupy") if "cupy" in roots else None


def dtype_name(array: Any) -> str:
    """Return the name of an array's dtype, without that of its library."""
    return name_of_dtype(array.dtype)


def name_of_dtype(dtype: Any) -> str:
    """Return the name of a dtype, without that of its library.

    Examples
    --------
    >>> import numpy as np
    >>> name_of_dtype(np.dtype("f4"))
    'float32'
    """
    return str(dtype).rpartition(".")[2]


_KINDS = {"float": "f", "bfloat": "f", "complex": "c", "int": "i", "uint": "u", "bool": "b"}


def kind_of_entries(array: Any) -> str:
    """Return the kind of an array's entries, as numpy writes it; nothing for no numbers.

    Examples
    --------
    >>> import numpy as np
    >>> kind_of_entries(np.ones(2)), kind_of_entries(np.ones(2, "u1"))
    ('f', 'u')
    """
    return _KINDS.get(dtype_name(array).rstrip("0123456789"), "")
