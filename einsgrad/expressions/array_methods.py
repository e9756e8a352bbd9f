"""Methods and attributes that numpy's arrays have, on expressions.

They are called as numpy's are, with the same parameters in the same order. What is not
supported is refused by its name.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from einsgrad.errors import UnknownAttributeError, clip
from einsgrad.expressions.operators import call_operation, numpy_method

if TYPE_CHECKING:
    from einsgrad.expressions.dims import Shape
    from einsgrad.expressions.nodes import Expr

_VALUES = "It needs values, which an expression has none of. Ask the arrays."
_WRITES = "An expression is not written into. Use x.at[key].set(value), or where(mask, new, x)."

# What arrays have and expressions have not, with what to do.
_REMEDIES: dict[str, str] = {
    **dict.fromkeys(["item", "tolist", "tobytes", "tofile", "dump", "dumps", "view"], _VALUES),
    **dict.fromkeys(["data", "flags", "strides", "base", "ctypes", "device", "byteswap"], _VALUES),
    "dtype": "It is that of the arrays that are given. Ask these.",
    **dict.fromkeys(["itemsize", "nbytes", "getfield", "setfield", "setflags"], _VALUES),
    "size": "A dim is a name, whose size is not known yet. Declare the variable with sizes.",
    "nonzero": "How many there are depends on data. Use where(mask, x, 0).",
    **dict.fromkeys(["fill", "put", "itemset", "resize"], _WRITES),
    **dict.fromkeys(["sort", "partition"], "It sorts in place. Use numpy.sort(x)."),
}


class ArrayMethods:
    """The methods and attributes of arrays that expressions have."""

    __slots__ = ()

    shape: Shape

    @property
    def T(self) -> Expr:
        """The expression with its axes reversed."""
        return numpy_method("transpose", self)

    @property
    def mT(self) -> Expr:
        """The expression with its last two axes exchanged."""
        return numpy_method("matrix_transpose", self)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries, where all dims are sizes."""
        sizes = [dim for dim in self.shape if isinstance(dim, int)]
        if len(sizes) < len(self.shape):
            raise _unknown(self, "size")
        return prod(sizes)

    @property
    def dtype(self) -> Any:
        """The dtype that numpy would find, where a function is traced."""
        return call_operation("dtype", self)

    def astype(self, dtype: Any, *arguments: Any, **options: Any) -> Expr:
        """Convert every entry to an integer, a boolean, or a float of the arrays' precision."""
        converted: Expr = call_operation("astype", self, dtype, *arguments, **options)
        return converted

    @property
    def real(self) -> Expr:
        """The real part of every entry."""
        return numpy_method("real", self)

    @property
    def imag(self) -> Expr:
        """The imaginary part of every entry."""
        return numpy_method("imag", self)

    def sum(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Expr:
        """Sum over axes, as `numpy.sum`."""
        return numpy_method("sum", self, axis, dtype, out, keepdims, **options)

    def prod(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Expr:
        """Multiply along axes, as `numpy.prod`."""
        return numpy_method("prod", self, axis, dtype, out, keepdims, **options)

    def mean(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        **options: Any,
    ) -> Expr:
        """Average over axes, as `numpy.mean`."""
        return numpy_method("mean", self, axis, dtype, out, keepdims, **options)

    def var(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: Any = 0,
        keepdims: bool = False,
        **options: Any,
    ) -> Expr:
        """Return the variance along axes, as `numpy.var`."""
        return numpy_method("var", self, axis, dtype, out, ddof, keepdims, **options)

    def std(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: Any = 0,
        keepdims: bool = False,
        **options: Any,
    ) -> Expr:
        """Return the standard deviation along axes, as `numpy.std`."""
        return numpy_method("std", self, axis, dtype, out, ddof, keepdims, **options)

    def max(
        self, axis: Any = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Expr:
        """Return the largest entries along axes, as `numpy.max`."""
        return numpy_method("max", self, axis, out, keepdims, **options)

    def min(
        self, axis: Any = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Expr:
        """Return the smallest entries along axes, as `numpy.min`."""
        return numpy_method("min", self, axis, out, keepdims, **options)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **options: Any) -> Expr:
        """Replace entries below and above bounds by these, as `numpy.clip`."""
        return numpy_method("clip", self, min, max, out, **options)

    def round(self, decimals: Any = 0, out: Any = None) -> Expr:
        """Round to a number of decimals, as `numpy.round`."""
        return numpy_method("round", self, decimals, out)

    def take(self, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Expr:
        """Return the entries of an axis at integers, as `numpy.take`."""
        return numpy_method("take", self, indices, axis, out, mode)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Expr:
        """Return the entries of an axis where a condition holds, as `numpy.compress`."""
        return numpy_method("compress", condition, self, axis, out)

    def choose(self, choices: Any, out: Any = None, mode: str = "raise") -> Expr:
        """Return entries of one of several arrays each, as `numpy.choose`."""
        return numpy_method("choose", self, choices, out, mode)

    def argmax(self, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Expr:
        """Return where the largest entry of an axis is, as `numpy.argmax`."""
        return numpy_method("argmax", self, axis, out, keepdims=keepdims)

    def argmin(self, axis: Any = None, out: Any = None, *, keepdims: bool = False) -> Expr:
        """Return where the least entry of an axis is, as `numpy.argmin`."""
        return numpy_method("argmin", self, axis, out, keepdims=keepdims)

    def argsort(self, axis: Any = -1, kind: Any = None, order: Any = None, **options: Any) -> Expr:
        """Return the places that put an axis in order, as `numpy.argsort`."""
        return numpy_method("argsort", self, axis, kind, order, **options)

    def argpartition(
        self, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None
    ) -> Expr:
        """Return the places that put entries of an axis in order, as `numpy.argpartition`."""
        return numpy_method("argpartition", self, kth, axis, kind, order)

    def searchsorted(self, v: Any, side: str = "left", sorter: Any = None) -> Expr:
        """Return where numbers would stand in a vector in order, as `numpy.searchsorted`."""
        return numpy_method("searchsorted", self, v, side, sorter)

    def any(
        self, axis: Any = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Expr:
        """Return 1 where an entry along axes is not 0, as `numpy.any`."""
        return numpy_method("any", self, axis, out, keepdims, **options)

    def all(
        self, axis: Any = None, out: Any = None, keepdims: bool = False, **options: Any
    ) -> Expr:
        """Return 1 where no entry along axes is 0, as `numpy.all`."""
        return numpy_method("all", self, axis, out, keepdims, **options)

    @property
    def at(self) -> Any:
        """What `x.at[key].set(value)` begins with: the expression with other entries there.

        It has `set`, `add`, `subtract`, `multiply`, `divide`, `power`, `min`, `max` and `get`.
        """
        return call_operation("at", self)

    @property
    def flat(self) -> Expr:
        """All entries in one axis, as `ravel`."""
        return numpy_method("ravel", self)

    def dot(self, b: Any, out: Any = None) -> Expr:
        """Contract the last axis with the other's last but one, as `numpy.dot`."""
        return numpy_method("dot", self, b, out)

    def trace(self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, **options: Any) -> Expr:
        """Sum the diagonal of two axes, as `numpy.trace`."""
        return numpy_method("trace", self, offset, axis1, axis2, **options)

    def diagonal(self, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Expr:
        """Return the diagonal of two axes, as `numpy.diagonal`."""
        return numpy_method("diagonal", self, offset, axis1, axis2)

    def cumsum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Expr:
        """Add up the entries of an axis, as `numpy.cumsum`."""
        return numpy_method("cumsum", self, axis, dtype, out)

    def cumprod(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Expr:
        """Multiply up the entries of an axis, as `numpy.cumprod`."""
        return numpy_method("cumprod", self, axis, dtype, out)

    def repeat(self, repeats: Any, axis: Any = None) -> Expr:
        """Repeat each entry of an axis, as `numpy.repeat`."""
        return numpy_method("repeat", self, repeats, axis)

    def reshape(self, *shape: Any, **options: Any) -> Expr:
        """Merge and split axes, as `numpy.reshape`."""
        return numpy_method("reshape", self, shape[0] if len(shape) == 1 else shape, **options)

    def ravel(self, order: str = "C") -> Expr:
        """Merge all axes to one, as `numpy.ravel`."""
        return numpy_method("ravel", self, order)

    def flatten(self, order: str = "C") -> Expr:
        """Merge all axes to one, as `ravel`."""
        return numpy_method("ravel", self, order)

    def transpose(self, *axes: Any) -> Expr:
        """Permute the axes, as `numpy.transpose`."""
        given = (axes[0] if len(axes) == 1 else axes) if axes else None
        return numpy_method("transpose", self, given)

    def swapaxes(self, axis1: Any, axis2: Any) -> Expr:
        """Exchange two axes, as `numpy.swapaxes`."""
        return numpy_method("swapaxes", self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Expr:
        """Drop axes of size 1, as `numpy.squeeze`."""
        return numpy_method("squeeze", self, axis)

    def copy(self, order: str = "K") -> Expr:
        """Return the expression itself, which nothing can change."""
        return numpy_method("copy", self)

    def conj(self) -> Expr:
        """Conjugate every entry."""
        return numpy_method("conj", self)

    def conjugate(self) -> Expr:
        """Conjugate every entry, as `conj`."""
        return numpy_method("conj", self)

    def __getattr__(self, name: str) -> Any:
        raise _unknown(self, name)


def _unknown(expr: ArrayMethods, name: str) -> UnknownAttributeError:
    remedy = _REMEDIES.get(name, "Use a function of numpy or einsgrad.")
    return UnknownAttributeError(f"{clip(expr)} has no attribute {clip(name)}. {remedy}")
