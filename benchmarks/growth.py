"""How time grows with the length of what is derived: seconds at three sizes, and the exponent."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

import einsgrad as eg
from benchmarks.measure import FULL
from benchmarks.report import Report, duration


@dataclass(frozen=True)
class Work:
    """Work of some length, and the lengths that it is timed at."""

    name: str
    run: Callable[[int], object]
    sizes: tuple[int, int, int]


def _sines(count: int) -> tuple[eg.Variable, eg.Expr]:
    (x,) = eg.variables("x[n]")
    return x, reduce(lambda z, _: eg.sin(z), range(count), x)


def _steps(count: int) -> object:
    x, z = _sines(count)
    return str(eg.derive(eg.sum(z), x))


def _simplified(count: int) -> object:
    x, z = _sines(count)
    return eg.simplify(2 * z + z * x)


def _gradient_and_value(count: int) -> object:
    x, z = _sines(count)
    return eg.evaluate(eg.grad(eg.sum(z), x), x=np.ones(2))


def _chain(count: int) -> str:
    letters = [chr(0x4E00 + place) for place in range(count + 1)]
    lists = ",".join(map("".join, pairwise(letters)))
    return f"{lists}->{letters[0]}{letters[-1]}"


def _product(count: int) -> object:
    return eg.einsum(_chain(count), *[np.eye(2)] * count)


def _pullback(count: int) -> object:
    _, pullback = eg.vjp(_chain(count), *[np.eye(2)] * count)
    return pullback(np.eye(2))


def _tangent(count: int) -> object:
    matrices = [np.eye(2)] * count
    return eg.jvp(_chain(count), matrices, matrices)


def _adjoint(count: int) -> object:
    return str(eg.adjoint(_chain(count), count // 2))


def _many_variables(count: int) -> object:
    variables = eg.variables(" ".join(f"x{place}[n]" for place in range(count)))
    total = reduce(lambda sum_, x: sum_ + eg.sum(eg.sin(x) * x), variables, eg.sum(variables[0]))
    return eg.grad(total, variables)


def _claim(count: int) -> object:
    (x,) = eg.variables("x[n]")
    total = reduce(lambda sum_, k: sum_ + eg.sin(k * x), range(2, count + 1), eg.sin(x))
    claim = "+".join(f"{k}*cos({k}*x)" for k in range(1, count + 1))
    return eg.check(claim, eg.sum(total), x)


def _filter(count: int) -> object:
    seen = np.cos(np.arange(float(count)))

    def loss(A: np.ndarray, Q: np.ndarray, H: np.ndarray) -> np.ndarray:
        m, P, total = np.zeros(2), np.eye(2), 0.0
        for y in seen:
            m, P = A @ m, A @ P @ A.T + Q @ Q.T
            S, v = H @ P @ H.T + 0.1 * np.eye(1), y - H @ m
            K = P @ H.T @ np.linalg.inv(S)
            total = total + v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S))
            m, P = m + K @ v, P - K @ S @ K.T
        return total

    matrices = (0.4 * np.eye(2), np.eye(2), np.array([[1.0, 0.5]]))
    return eg.grad(loss, argnums=(0, 1, 2))(*matrices)


def _runge_kutta(count: int) -> object:
    def loss(A: np.ndarray, x: np.ndarray) -> np.ndarray:
        for _ in range(count):
            first = np.tanh(A @ x)
            second = np.tanh(A @ (x + 0.05 * first))
            third = np.tanh(A @ (x + 0.05 * second))
            x = x + 0.1 / 6 * (first + 2 * second + 2 * third + np.tanh(A @ (x + 0.1 * third)))
        return np.sum(x * x)

    return eg.grad(loss, argnums=(0, 1))(np.array([[0.0, 1.0], [-1.0, -0.1]]), np.ones(2))


def _residual_hessian(count: int) -> object:
    (x,) = eg.variables("x[n]")
    z = reduce(lambda z, _: z + eg.sin(z), range(count), x)
    return eg.evaluate(eg.hessian(eg.sum(z), x), x=np.full(2, 0.1))


WORKS = (
    Work("derive: steps of k sines", _steps, (50, 100, 200)),
    Work("simplify: k sines", _simplified, (1000, 2000, 4000)),
    Work("gradient and first call: k sines", _gradient_and_value, (1000, 2000, 4000)),
    Work("adjoint: k matrices", _adjoint, (250, 500, 1000)),
    Work("einsum, first call: k matrices", _product, (250, 500, 1000)),
    Work("vjp, first call: k matrices", _pullback, (250, 500, 1000)),
    Work("jvp, first call: k matrices", _tangent, (250, 500, 1000)),
    Work("gradient in k variables", _many_variables, (250, 500, 1000)),
    Work("check: a sum of k terms", _claim, (175, 350, 700)),
    Work("Kalman filter, first call: k steps", _filter, (12, 25, 50)),
    Work("Runge-Kutta, first call: k steps", _runge_kutta, (5, 10, 20)),
    Work("Hessian of k residual steps", _residual_hessian, (10, 20, 40)),
)


def seconds_of(work: Work, size: int) -> float:
    """Return the processor time that some work takes, from nothing."""
    gc.collect()
    start = time.process_time()
    work.run(size)
    return time.process_time() - start


def run(report: Report) -> None:
    report.heading("Growth")
    columns = ("what", "short   ", "longer  ", "longest ", "exponent")
    report.table("Processor time at three lengths, and p of time ~ k^p", columns, first=36)
    for work in WORKS:
        with report.guarded(work.name):
            work.run(3)
            sizes = work.sizes if report.effort is FULL else work.sizes[:2]
            seconds = [seconds_of(work, size) for size in sizes]
            cells = [f"{duration(one)} at {size}" for size, one in zip(sizes, seconds, strict=True)]
            cells += [""] * (len(work.sizes) - len(cells))
            exponent = math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
            report.row(work.name, *cells, f"{exponent:.2f}")
