"""Triangular systems and block diagonals, against scipy and differences."""

from itertools import product

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.expressions.vocabulary import scipy_systems as systems

linalg = pytest.importorskip("scipy.linalg")
GENERATOR = np.random.default_rng(4)
A = GENERATOR.standard_normal((3, 3)) + 3 * np.eye(3)
B = {1: GENERATOR.standard_normal(3), 2: GENERATOR.standard_normal((3, 2))}
TRIANGLES = list(product((0, 1, 2, "N", "T", "C"), (False, True), (False, True), (1, 2)))


@pytest.mark.parametrize(("trans", "lower", "unit", "rank"), TRIANGLES)
def test_a_triangular_system_is_solved_as_by_scipy(trans, lower, unit, rank):
    a, b = eg.variables("a[3,3] b[3]" if rank == 1 else "a[3,3] b[3,2]")
    expr = systems.solve_triangular(a, b, trans, lower, unit)
    expected = linalg.solve_triangular(A, B[rank], trans, lower, unit)
    assert np.allclose(eg.evaluate(expr, a=A, b=B[rank]), expected)
    assert eg.check_grads(eg.sum(eg.sin(expr)), {"a": A, "b": B[rank]}).order == 2


@pytest.mark.parametrize("lower", [False, True])
def test_a_cholesky_factor_solves_as_by_scipy(lower):
    a, b = eg.variables("a[3,3] b[3,2]")
    expr = systems.cho_solve((a, lower), b)
    assert np.allclose(eg.evaluate(expr, a=A, b=B[2]), linalg.cho_solve((A, lower), B[2]))
    assert eg.check_grads(eg.sum(eg.sin(expr)), {"a": A, "b": B[2]}).order == 2


def test_blocks_lie_along_the_diagonal():
    a, b, c = eg.variables("a[3,3] b[3,2] c[3]")
    arrays = {"a": A, "b": B[2], "c": B[1]}
    found = eg.evaluate(systems.block_diag(a, b, c), **arrays)
    assert np.array_equal(found, linalg.block_diag(A, B[2], B[1]))
