"""Distances of scipy between traced points."""

import numpy as np
import pytest

import einsgrad as eg

distance = pytest.importorskip("scipy.spatial.distance")

METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev")
X = np.array([[0.2, 1.0, -0.3], [1.3, 0.4, 0.9], [-0.7, 0.1, 2.2], [0.5, -1.1, 0.8]])
Y = np.array([[0.1, -0.4, 0.6], [2.0, 0.3, -0.2]])


@pytest.mark.parametrize("metric", METRICS)
def test_distances_between_points_have_scipys_values_and_slopes(metric):
    _agrees(lambda x, y: distance.cdist(x, y, metric), X, Y)
    _agrees(lambda y: distance.cdist(X, y, metric=metric), Y)
    _agrees(lambda x: distance.pdist(x, metric), X)
    _agrees(lambda x: distance.squareform(distance.pdist(x, metric)), X)


def test_a_vector_of_pairs_is_a_symmetric_matrix_and_back():
    vector = np.arange(1.0, 7.0)
    assert np.array_equal(eg.jit(distance.squareform)(vector), distance.squareform(vector))
    matrix = distance.squareform(vector)
    slope = eg.grad(lambda m: distance.squareform(m) @ vector)(matrix)
    assert np.array_equal(slope, np.triu(matrix))
    assert np.array_equal(eg.grad(lambda v: np.sum(distance.squareform(v)))(vector), 2 * vector**0)
    with pytest.raises(eg.ArgumentError, match="4 distances"):
        eg.jit(distance.squareform)(np.ones(4))


def test_points_that_meet_have_a_slope_of_zero():
    slope = eg.grad(lambda x: np.sum(distance.cdist(x, X[:1])))(X[:1])
    assert np.array_equal(slope, np.zeros((1, 3)))


def test_another_metric_is_refused_with_those_that_are_taken():
    with pytest.raises(eg.ArgumentError, match=r"jaccard.*sqeuclidean"):
        eg.vjp(lambda x: distance.cdist(x, Y, "jaccard"), X)


def _agrees(function, *points):
    """Compare a value and its slopes along one direction with the function's own values."""
    value, pullback = eg.vjp(function, *points)
    assert np.allclose(value, function(*points), rtol=1e-13)
    weights = np.cos(np.arange(value.size)).reshape(value.shape)
    directions = [np.sin(1.0 + np.arange(one.size)).reshape(one.shape) for one in points]
    sides = [
        np.sum(weights * function(*(p + h * d for p, d in zip(points, directions, strict=True))))
        for h in (1e-6, -1e-6)
    ]
    slopes = pullback(weights)
    found = sum(np.sum(s * d) for s, d in zip(slopes, directions, strict=True))
    assert np.isclose(found, (sides[0] - sides[1]) / 2e-6, rtol=1e-6)
