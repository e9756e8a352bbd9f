"""Random expressions with all gradients, and random strings, in other libraries than numpy.

`EINSGRAD_NAMESPACE_CASES` says how many of each are drawn.
"""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from namespaces import is_of, maker

import einsgrad as eg
from einsgrad.expressions.walks import variables_in
from einsgrad.testing.expressions import expressions, values
from einsgrad.testing.strategies import einsum_cases

COUNT = int(os.environ.get("EINSGRAD_NAMESPACE_CASES", "60"))
DRAWN = settings(
    max_examples=COUNT,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
# How many functions jax compiles at once.
BATCH = 20


def drawn(strategy):
    """Return different examples of a strategy."""
    found = []

    @DRAWN
    @given(strategy)
    def collect(one):
        found.append(one)

    collect()
    return found


class Case:
    """An expression with its gradients: the program, arrays for it, and numpy's results.

    `allowed` is what rounding does: what a change of each input by one bit does, many times,
    and 1e-12 of the scale of the value and the gradients.
    """

    def __init__(self, expr):
        symbols = variables_in(expr)
        self.expr = expr
        self.function = eg.compile(expr, *[eg.grad(expr, v) for v in symbols], inputs=symbols)
        given = values(expr)
        self.arrays = [given[one.name] for one in symbols]
        self.results = self.function(*self.arrays)
        moved = [
            self.function(*[one * (1 + bit * np.finfo(float).eps) for one in self.arrays])
            for bit in (-1, 1)
        ]
        scale = max(1, *[np.abs(one).max(initial=0) for one in self.results])
        self.allowed = [
            1e-12 * scale + 100 * sum(np.abs(other - one).max(initial=0) for other in others)
            for one, *others in zip(self.results, *moved, strict=True)
        ]

    def check(self, found, name=None):
        for one, expected, allowed in zip(found, self.results, self.allowed, strict=True):
            assert name is None or is_of(one, name)
            far = np.abs(np.asarray(one) - expected).max(initial=0)
            assert far <= allowed, (str(self.expr), far, allowed)


@pytest.fixture(scope="module")
def cases():
    found = dict.fromkeys(one for one in drawn(expressions(scalar=True)) if variables_in(one))
    return list(map(Case, found))


@pytest.mark.parametrize("name", ["torch", "array_api_strict"])
def test_random_expressions_and_their_gradients(cases, name):
    make = maker(name)
    refused = []
    for case in cases:
        try:
            found = case.function(*map(make, case.arrays))
        except eg.ArgumentError as error:
            refused.append(str(error))
        else:
            case.check(found, name)
    # The array API has no error function.
    assert {one.partition(" for ")[0] for one in refused} <= {
        "'erf' has no code",
        "'gelu' has no code",
    }
    assert len(refused) <= (0.1 * len(cases) if name == "array_api_strict" else 0)


@pytest.mark.parametrize("how", ["eager", "jit", "vmap"])
def test_random_expressions_and_their_gradients_in_jax(cases, how):
    make = maker("jax")
    jax = pytest.importorskip("jax")
    for start in range(0, len(cases), BATCH):
        part = cases[start : start + BATCH]

        def evaluated(arrays, part=part):
            return [case.function(*own) for case, own in zip(part, arrays, strict=True)]

        arrays = [list(map(make, case.arrays)) for case in part]
        if how == "eager":
            with jax.disable_jit():
                found = evaluated(arrays)
        elif how == "jit":
            found = jax.jit(evaluated)(arrays)
        else:
            twice = jax.tree.map(lambda one: jax.numpy.stack([one, one]), arrays)
            many = jax.jit(jax.vmap(evaluated))(twice)
            found = [[one[1] for one in results] for results in many]
        for case, results in zip(part, found, strict=True):
            case.check(results, "jax")


@pytest.mark.parametrize("name", ["torch", "array_api_strict", "jax"])
def test_random_strings_and_their_gradients(name):
    make = maker(name)
    for case in drawn(einsum_cases()):
        arrays = case.arrays
        distinct = {id(one): make(one) for one in arrays}
        foreign = [distinct[id(one)] for one in arrays]
        expected, pullback = eg.vjp(case.string, *arrays, names=case.names)
        found, foreign_pullback = eg.vjp(case.string, *foreign, names=case.names)
        cotangent = np.ones(np.shape(expected))
        pairs = [(found, expected)]
        pairs += zip(foreign_pullback(make(cotangent)), pullback(cotangent), strict=True)
        for one, other in pairs:
            assert is_of(one, name), case
            # The entries are small integers, whose sums of products are exact.
            assert np.array_equal(np.asarray(one), other), case
