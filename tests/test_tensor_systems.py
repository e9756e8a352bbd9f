"""Systems of tensors, condition numbers and norms along several axes, against numpy."""

import numpy as np
import pytest

import einsgrad as eg

GENERATOR = np.random.default_rng(8)
DRAWN = {
    "system": GENERATOR.standard_normal((2, 6, 3, 4)),
    "right": GENERATOR.standard_normal((2, 6)),
    "moved": GENERATOR.standard_normal((3, 2, 6, 4)),
    "tensor": GENERATOR.standard_normal((6, 2, 3)),
    "matrices": GENERATOR.standard_normal((2, 3, 3)),
    "array": GENERATOR.standard_normal((2, 3, 4)),
}
ORDERS = [0, 1, 2, 3, 2.5, -1, -2, np.inf, -np.inf]
CALLS = {
    "tensorsolve": (np.linalg.tensorsolve, ("system", "right"), {}),
    "tensorsolve, axes": (np.linalg.tensorsolve, ("moved", "right"), {"axes": (0, 3)}),
    "tensorsolve, axes backwards": (np.linalg.tensorsolve, ("moved", "right"), {"axes": (3, 0)}),
    "tensorinv": (np.linalg.tensorinv, ("system",), {}),
    "tensorinv of one axis": (np.linalg.tensorinv, ("tensor",), {"ind": 1}),
    **{
        f"cond {p}": (np.linalg.cond, ("matrices",), {"p": p})
        for p in (1, -1, np.inf, -np.inf, "fro")
    },
    **{
        f"norm {p} along {axis}": (np.linalg.vector_norm, ("array",), {"ord": p, "axis": axis})
        for p in ORDERS
        for axis in (None, 1, (0, 2), (2, 0), (0, 1, 2))
    },
    "norm with kept axes": (
        np.linalg.vector_norm,
        ("array",),
        {"ord": 3, "axis": (0, 2), "keepdims": True},
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_has_the_value_of_numpy_and_its_slope(name):
    function, names, options = CALLS[name]
    arrays = [DRAWN[one] for one in names]
    expected = function(*arrays, **options)
    weight = GENERATOR.standard_normal(np.shape(expected))

    def loss(*given):
        return np.sum(weight * function(*given, **options))

    value, slopes = eg.value_and_grad(loss, argnums=tuple(range(len(arrays))))(*arrays)
    assert np.allclose(value, np.sum(weight * expected))
    assert np.allclose(eg.jit(lambda *given: function(*given, **options))(*arrays), expected)
    step = 1e-6
    for place, slope in enumerate(slopes):
        way = GENERATOR.standard_normal(slope.shape)
        ahead, behind = list(arrays), list(arrays)
        ahead[place], behind[place] = arrays[place] + step * way, arrays[place] - step * way
        difference = (loss(*ahead) - loss(*behind)) / (2 * step)
        assert np.allclose(np.sum(slope * way), difference, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: np.linalg.tensorinv(a, 2), "not as many entries"),
        (lambda a: np.linalg.tensorinv(a, 0), "not positive"),
        (lambda a: np.linalg.tensorsolve(a, a), "no square system"),
        (lambda a: np.linalg.cond(a, 1), "a square matrix is needed"),
    ],
)
def test_what_is_no_square_system_is_told(call, message):
    with pytest.raises(eg.EinsgradError, match=message):
        eg.grad(lambda a: np.sum(call(a)))(DRAWN["array"])
