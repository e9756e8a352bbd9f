"""What every function of the language is in numpy, in double precision; nothing of einsgrad.

Where a function decides by comparing, the decision is noted in `decisions`, so that a slope
is asked for only where all points near decide alike.
"""

import numpy as np

try:
    from scipy import special
except ModuleNotFoundError:
    special = None

decisions = []
# The decisions at which a value jumps, and is not only bent.
jumps = []
KINK, UNSURE = b"a kink", b"unsure"


def _decide(mask):
    decisions.append(np.asarray(mask).tobytes())
    return mask


def _jump(mask):
    jumps.append(np.asarray(mask).tobytes())
    return _decide(mask)


def _compare_closely(x, y):
    """Note where rounding would decide a comparison."""
    apart, scale = np.abs(np.subtract(x, y, dtype=complex)), np.abs(x) + np.abs(y)
    if np.any((apart > 0) & (apart <= 1e-9 * np.maximum(scale, 1e-3))):
        decisions.append(UNSURE)


def _compared(compare):
    def comparison(x, y):
        _compare_closely(x, y)
        near = np.result_type(np.asarray(x).dtype, np.asarray(y).dtype, np.float16)
        real = near.type(0).real.dtype
        _decide(np.equal(x, y))
        return _jump(compare(np.real(x), np.real(y))).astype(real)

    return comparison


greater = _compared(np.greater)
greater_equal = _compared(np.greater_equal)
less = _compared(np.less)
less_equal = _compared(np.less_equal)
equal = _compared(np.equal)
not_equal = _compared(np.not_equal)


def where(condition, x, y):
    _compare_closely(condition, np.zeros_like(condition))
    return np.where(_jump(np.not_equal(condition, 0)), x, y)


def maximum(x, y):
    _compare_closely(x, y)
    _decide(np.equal(x, y))
    _decide(np.greater(x, y))
    return np.maximum(x, y)


def minimum(x, y):
    return negative(maximum(negative(x), negative(y)))


def absolute(x):
    if np.iscomplexobj(x):
        _decide(np.equal(x, 0))
    else:
        _decide(np.sign(x))
    return np.abs(x)


def sign(x):
    if np.iscomplexobj(x):
        size = np.abs(x)
        return np.where(_decide(size == 0), 0, x / np.where(size == 0, 1, size))
    return _jump(np.sign(x))


def negative(x):
    return np.subtract(0, x) if np.asarray(x).dtype == bool else np.negative(x)


def heaviside(x, y):
    if np.any(_jump(np.sign(x)) == 0):
        decisions.append(KINK)
    return np.heaviside(x, y)


def relu(x):
    return maximum(x, np.zeros_like(x))


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


def softplus_complex(x):
    return np.log(1 + np.exp(x))


def silu(x):
    return x * sigmoid(x)


def gelu(x):
    return 0.5 * x * (1 + special.erf(x / np.sqrt(2).astype(np.asarray(x).real.dtype)))


def gammaln(x):
    return special.gammaln(x)


def logit(x):
    return np.log(x / (1 - x))


def xlogy(x, y):
    return x * np.log(y)


def polygamma(order, x):
    return special.polygamma(order, x)


def _extreme(reduce):
    def extreme(x, axis=None, keepdims=False):
        result = reduce(x, axis=axis, keepdims=True)
        _decide(np.equal(x, result))
        return result if keepdims else reduce(x, axis=axis)

    return extreme


largest = _extreme(np.max)
smallest = _extreme(np.min)


def norm(x, axis=None, keepdims=False):
    result = np.sqrt(np.sum((np.conj(x) * x).real, axis=axis, keepdims=keepdims))
    _decide(np.equal(result, 0))
    return result


def sum_squares(x):
    return np.sum((np.conj(x) * x).real)


def logsumexp(x, axis=None, keepdims=False):
    top = np.max(np.real(x), axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.sum(total, axis=axis)


def log_softmax(x, axis=-1):
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def logdet(x):
    return np.linalg.slogdet(x)[1]


def solve(a, b):
    columns = np.ndim(b) == 1
    result = np.linalg.solve(a, b[..., None] if columns else b)
    return result[..., 0] if columns else result


def einsum(string, *operands):
    """An einsum whose output may repeat labels, which numpy refuses; size 1 broadcasts."""
    inputs, output = string.split("->")
    single = "".join(dict.fromkeys(output))
    value = np.einsum(f"{inputs}->{single}", *operands)
    if single == output:
        return value
    sizes = dict(zip(single, value.shape, strict=True))
    spread = np.zeros([sizes[label] for label in output], value.dtype)
    index = dict(zip(single, np.indices(value.shape), strict=True))
    spread[tuple(index[label] for label in output)] = value
    return spread


def trace(x):
    return np.trace(x)


def diagonal(x):
    return np.diagonal(x)
