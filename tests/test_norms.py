"""Norms in every order: values, shapes and refusals are those of numpy."""

import math
from itertools import product

import numpy as np
import pytest

import einsgrad as eg

ORDERS = [None, 0, 1, 2, 3, -1, -2, 2.5, 0.5, math.inf, -math.inf, "fro", "f", "nuc", "one"]
SHAPES = [(), (3,), (1,), (2, 3), (3, 1), (2, 3, 2)]
AXES = [None, 0, -1, (0,), (0, 1), (1, 0), (-1, 0), (2, 0), (0, 0), 5, np.int64(0)]


def declared(shape):
    (x,) = eg.variables(f"x[{','.join(map(str, shape))}]")
    return x


def numpys(array, *arguments, **options):
    """Return numpy's norm, or None where numpy has none."""
    try:
        return np.linalg.norm(array, *arguments, **options)
    except (ValueError, TypeError):
        return None


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_norm_is_numpys_or_is_refused(shape, keepdims):
    array = np.asarray(np.random.default_rng(len(shape)).standard_normal(shape))
    for order, axis in product(ORDERS, AXES):
        expected = numpys(array, order, axis, keepdims)
        try:
            found = eg.evaluate(eg.norm(declared(shape), order, axis, keepdims), x=array)
        except eg.EinsgradError:
            assert expected is None or order in (2, -2, "nuc"), (order, axis)
            continue
        assert expected is not None, (order, axis)
        assert np.shape(found) == np.shape(expected)
        assert np.allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("order", [None, 1, 3, math.inf, "fro"])
def test_a_norm_of_matrices_has_right_derivatives(order):
    A = declared((2, 3))
    array = np.array([[0.3, -1.2, 2.0], [1.5, 0.7, -0.4]])
    if order != 3:
        assert eg.check_grads(eg.norm(A, order), {"x": array}).order == 2
    assert eg.check_grads(eg.norm(A, None if order == "fro" else order, 1), {"x": array}).order == 2


@pytest.mark.parametrize("axis", [None, 0])
def test_complex_vectors_have_norms_too(axis):
    (z,) = eg.variables("z[3]", complex="z")
    array = np.array([1 + 2j, -3j, 0.5])
    for order in (None, 1, 2, 3, math.inf, -math.inf):
        expected = np.linalg.norm(array, order, axis)
        assert np.allclose(eg.evaluate(eg.norm(z, order, axis), z=array), expected)


def test_the_euclidean_norm_and_the_sum_of_squares_have_names_of_their_own():
    (A,) = eg.variables("A[m,n]")
    array = np.array([[3.0, 0.0], [0.0, -4.0]])
    assert eg.evaluate(eg.norm2(A), A=array) == 5
    assert eg.evaluate(eg.sum_squares(A), A=array) == 25
    assert eg.parse("norm2(A)", "A[m,n]") is eg.norm(A)
    assert eg.simplify(eg.norm2(A) ** 2) is eg.simplify(eg.sum_squares(A))
    shown = eg.show(eg.sum_squares(A), "matrix", ascii=True)
    assert eg.evaluate(eg.parse(shown, "A[m,n]"), A=array) == 25
