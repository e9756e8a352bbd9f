"""Random steps by numpy's other names and by methods, which expressions and functions share."""

import numpy as np

from fuzzing import reference
from fuzzing.drawing import Refused
from fuzzing.operations import LINE, POSITIVE, Operation


def _both(name, text, value, *domain, analytic=True, onto_complex=True):
    return Operation(name, text, text, value, domain or (LINE,), analytic, onto_complex)


_SAME_DIMS = [
    _both("positive", "np.positive({0})", lambda x: x),
    _both("absolute", "np.absolute({0})", reference.absolute, analytic=False),
    _both("radians", "np.radians({0})", np.radians, analytic=False, onto_complex=False),
    _both("degrees", "np.degrees({0})", np.degrees, analytic=False, onto_complex=False),
    _both("ones_like", "np.ones_like({0})", np.ones_like),
    _both("zeros_like", "np.zeros_like({0})", np.zeros_like),
    _both("conj", "{0}.conj()", np.conj, analytic=False),
    _both("real", "{0}.real", np.real, analytic=False),
    _both("imag", "{0}.imag", np.imag, analytic=False),
    _both("power", "{0}**np.float64(2)", lambda x: x * x),
    _both("power", "pow({0}, 4)", lambda x: x**4),
    _both("reversed divide", "2.0 / {0}", lambda x: 2.0 / x, POSITIVE),
    _both("reversed subtract", "1.5 - {0}", lambda x: 1.5 - x),
    _both("two operators", "-(+{0})", lambda x: -x),
]
if reference.special is not None:
    _SAME_DIMS += [
        Operation(
            "polygamma",
            f"eg.polygamma({order}, {{0}})",
            f"eg.polygamma({order}, {{0}})",
            lambda x, order=order: reference.polygamma(order, x),
            (POSITIVE,),
        )
        for order in (1, 2)
    ]
_METHODS = [
    _both(name, f"{{0}}.{name}(axis={{axis}}, keepdims={{keepdims}})", value, analytic=smooth)
    for name, value, smooth in (
        ("sum", np.sum, True),
        ("mean", np.mean, True),
        ("prod", np.prod, True),
        ("max", reference.largest, False),
        ("min", reference.smallest, False),
    )
]
_T = _both("T", "{0}.T", np.transpose)
_SWAPAXES = _both("swapaxes", "np.swapaxes({0}, {axis1}, {axis2})", np.swapaxes)
_RAVEL = [_both("ravel", "np.ravel({0})", np.ravel), _both("ravel", "{0}.ravel()", np.ravel)]
_INNER = _both("inner", "np.inner({0}, {1})", np.inner, LINE, LINE)
_VDOT = _both("vdot", "np.vdot({0}, {1})", np.vdot, LINE, LINE, analytic=False)
# A method of an array does not know expressions.
_DOT = Operation("dot", "{0}.dot({1})", "np.dot({0}, {1})", np.dot, (LINE, LINE), True, True)
_TENSORDOT = _both("tensordot", "np.tensordot({0}, {1}, axes={axes})", np.tensordot, LINE, LINE)
_DOTTED = {
    "...a,a->...": (lambda a, b: (*a[:-1],)),
    "a,...a->...": (lambda a, b: (*b[:-1],)),
    "...a,a->...a": (lambda a, b: a),
}
_EINSUM = Operation(
    "einsum",
    "eg.einsum({string}, {all})",
    "np.einsum({string}, {all})",
    np.einsum,
    (LINE, LINE),
    True,
    True,
)


def same_dims(drawing):
    name = drawing.operand()
    operation = drawing.allowed(drawing.pick(_SAME_DIMS), name)
    if operation.name in ("conj", "real", "imag") and not drawing.is_complex(name):
        raise Refused
    return drawing.step(operation, [drawing.within(name, operation.domain[0])], drawing.dims[name])


def method(drawing):
    name = drawing.operand(lambda n: drawing.dims[n] and drawing.values[n].size)
    operation = drawing.pick(_METHODS)
    if operation.name in ("max", "min") and drawing.is_complex(name):
        raise Refused
    axis, keepdims, dims = drawing.axes(name)
    return drawing.step(operation, [name], dims, axis=axis, keepdims=keepdims)


def moved_axes(drawing):
    name = drawing.operand(lambda n: drawing.dims[n])
    dims = list(drawing.dims[name])
    rank = len(dims)
    kind = drawing.pick(["T", "swap", "ravel"])
    if kind == "T":
        return drawing.step(_T, [name], dims[::-1])
    if kind == "ravel":
        if drawing.named:
            raise Refused
        return drawing.step(drawing.pick(_RAVEL), [name], [int(np.prod(dims))])
    one, other = (int(drawing.random.integers(-rank, rank)) for _ in range(2))
    dims[one], dims[other] = dims[other], dims[one]
    return drawing.step(_SWAPAXES, [name], dims, axis1=one, axis2=other)


def joined(drawing):
    """Contract two values as numpy's older functions do."""
    first = drawing.operand(lambda n: drawing.dims[n])
    a = drawing.dims[first]
    kind = drawing.pick(["inner", "vdot", "dot", "tensordot", "dots"])
    if kind == "vdot":
        second = drawing.operand(lambda n: drawing.dims[n] == a)
        return drawing.step(_VDOT, [first, second], ())
    if kind == "inner":
        second = drawing.operand(lambda n: drawing.dims[n] and drawing.dims[n][-1] == a[-1])
        return drawing.step(_INNER, [first, second], (*a[:-1], *drawing.dims[second][:-1]))
    if kind == "dot":
        second = drawing.operand(
            lambda n: drawing.dims[n] and drawing.dims[n][max(len(drawing.dims[n]) - 2, 0)] == a[-1]
        )
        b = drawing.dims[second]
        return drawing.step(
            _DOT, [first, second], (*a[:-1], *b[: max(len(b) - 2, 0)], *b[-1:] * (len(b) > 1))
        )
    if kind == "dots":
        return _dotted(drawing, first)
    second = drawing.operand(lambda n: set(drawing.dims[n]) & set(a))
    b = drawing.dims[second]
    shared = drawing.pick([dim for dim in a if dim in b])
    one, other = a.index(shared), b.index(shared)
    rest = (*a[:one], *a[one + 1 :], *b[:other], *b[other + 1 :])
    axes = drawing.pick([((one,), (other,)), ([one - len(a)], [other]), ([one], [other - len(b)])])
    if one == len(a) - 1 and other == 0 and drawing.chance(0.5):
        axes = 1
    return drawing.step(_TENSORDOT, [first, second], rest, axes=axes)


def _dotted(drawing, first):
    string = drawing.pick(list(_DOTTED))
    lists = string.partition("->")[0].split(",")
    second = drawing.operand(lambda n: drawing.dims[n])
    for name, indices in zip((first, second), lists, strict=True):
        if "..." not in indices and len(drawing.dims[name]) != 1:
            raise Refused
    ends = [
        drawing.dims[name][0 if indices.startswith("a") else -1]
        for name, indices in zip((first, second), lists, strict=True)
    ]
    if ends[0] != ends[1]:
        raise Refused
    dims = _DOTTED[string](drawing.dims[first], drawing.dims[second])
    return drawing.step(_EINSUM, [first, second], dims, string=string)


SORTS = ((same_dims, 2), (method, 1.5), (moved_axes, 1.5), (joined, 2))
