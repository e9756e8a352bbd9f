"""Products with selectors: axes seen through one, put into a longer one, joined to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from math import prod
from operator import mul

from einsgrad.expressions.base import Node
from einsgrad.expressions.construct import build_einsum
from einsgrad.expressions.dims import Dim, linear
from einsgrad.expressions.nodes import Expr, Pick
from einsgrad.expressions.selectors import Affine, Fourier, Step
from einsgrad.strings.subscripts import Subscripts


def joining(dims: Sequence[Dim]) -> Affine:
    """Return the selector that joins axes to one, in C order; the first may be a name.

    Examples
    --------
    >>> joining((2, 3, 4)).strides
    (12, 4, 1)
    """
    sizes = [dim for dim in dims[1:] if isinstance(dim, int)]
    assert len(sizes) == len(dims) - 1, "an axis is that many steps long"
    return Affine(linear((prod(sizes), dims[0])), tuple(dims), _strides((1, *sizes)), 0)


def is_joining(node: Node) -> bool:
    """Tell whether a node is a selector that joins axes to one."""
    match node:
        case Affine(target=int() as target, sources=sources, strides=strides, offset=0):
            sizes = [dim for dim in sources if isinstance(dim, int)]
            whole = len(sizes) == len(sources) and len(sizes) > 1
            return whole and prod(sizes) == target and _strides(sizes) == strides
    return False


def _strides(sizes: Sequence[int]) -> tuple[int, ...]:
    return tuple(accumulate(reversed(sizes[1:]), mul, initial=1))[::-1]


def viewed(
    expr: Expr,
    axis: int,
    sources: Sequence[Dim],
    strides: Sequence[int],
    offset: Dim = 0,
    *,
    checked: bool = False,
) -> Expr:
    """Replace an axis by the axes whose indices shift its own: a slice, an entry, windows.

    Parameters
    ----------
    expr, axis
        The expression, and its axis.
    sources, strides, offset
        The new axes: their dims, and what their indices are multiplied by; what is added.
    checked
        Whether it is an error that an index leaves the axis; otherwise there are zeros.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> viewed(Variable("x", (5,)), 0, [3], [2]).shape
    (3,)
    """
    dim = expr.shape[axis]
    selector = Affine(
        dim, tuple(sources), tuple(strides), offset, checked and _varies(dim, offset, *sources)
    )
    return seen_through(expr, {axis: selector})


def seen_through(expr: Expr, selectors: Mapping[int, Affine | Pick]) -> Expr:
    """See axes through selectors, all at once, `A[:-1, 1:]`: their sources take the axes' places.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> seen_through(Variable("A", (3, 5)), {0: Affine(3, (2,), (1,), 0)})
    A[:2]
    """
    seen = {axis: one for axis, one in selectors.items() if not _is_identity(one)}
    if not seen:
        return expr
    labels = tuple(range(len(expr.shape)))
    new = {
        axis: tuple(("new", axis, number) for number in range(len(one.shape) - 1))
        for axis, one in seen.items()
    }
    lists = tuple((axis, *added) for axis, added in new.items())
    output = tuple(chain.from_iterable(new.get(axis, (axis,)) for axis in labels))
    return build_einsum(Subscripts((*lists, labels), output), (*seen.values(), expr))


def _is_identity(selector: Affine | Pick) -> bool:
    match selector:
        case Affine(target=target, sources=sources, strides=(1,), offset=0):
            return sources == (target,)
    return False


def placed(expr: Expr, axis: int, target: Dim, stride: int = 1, offset: Dim = 0) -> Expr:
    """Put an axis into a longer one, of zeros elsewhere: what the adjoint of a slice does.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> placed(Variable("x", (3,)), 0, 5, offset=1).shape
    (5,)
    """
    dim = expr.shape[axis]
    if dim == target and stride == 1 and offset == 0:
        return expr
    return put_through(expr, axis, Affine(target, (dim,), (stride,), offset))


def put_through(expr: Expr, axis: int, selector: Affine | Step | Fourier) -> Expr:
    """Put axes, from one on, into the first of a selector: it is contracted over its others.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> put_through(Variable("A", (3, 5, 2)), 1, joining((5, 2))).shape
    (3, 10)
    """
    labels = tuple(range(len(expr.shape)))
    end = axis + len(selector.shape) - 1
    output = (*labels[:axis], "target", *labels[end:])
    lists = (("target", *labels[axis:end]), labels)
    return build_einsum(Subscripts(lists, output), (selector, expr))


def _varies(*dims: Dim) -> bool:
    return any(not isinstance(dim, int) for dim in dims)
