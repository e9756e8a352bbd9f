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
    assert len(refused) <= (0.15 * len(cases) if name == "array_api_strict" else 0)


@pytest.fixture(scope="module")
def jax():
    """Return jax in double precision, compiling as fast as it can."""
    maker("jax")
    module = pytest.importorskip("jax")
    module.config.update("jax_disable_most_optimizations", True)
    yield module
    module.config.update("jax_disable_most_optimizations", False)


def batches(found):
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


def test_random_expressions_and_their_gradients_in_jax_one_operation_after_another(cases, jax):
    for case in cases:
        arrays = list(map(jax.numpy.asarray, case.arrays))
        case.check(case.function.specialize(*arrays).__wrapped__(*arrays), "jax")


@pytest.mark.parametrize("is_mapped", [False, True])
def test_random_expressions_and_their_gradients_in_jax_compiled(cases, jax, is_mapped):
    for part in batches(cases):

        def evaluated(arrays, part=part):
            return [case.function(*own) for case, own in zip(part, arrays, strict=True)]

        arrays = [list(map(jax.numpy.asarray, case.arrays)) for case in part]
        if is_mapped:
            twice = jax.tree.map(lambda one: jax.numpy.stack([one, one]), arrays)
            many = jax.jit(jax.vmap(evaluated))(twice)
            found = [[one[1] for one in results] for results in many]
        else:
            found = jax.jit(evaluated)(arrays)
        for case, results in zip(part, found, strict=True):
            case.check(results, "jax")


def gradients(case, convert):
    """Return the value of a string and what is passed back of ones, with converted arrays."""
    distinct = {id(one): convert(one) for one in case.arrays}
    value, pullback = eg.vjp(
        case.string, *(distinct[id(one)] for one in case.arrays), names=case.names
    )
    return value, *pullback(convert(np.ones(value.shape)))


def check_string(case, found, name):
    for one, other in zip(found, gradients(case, np.asarray), strict=True):
        assert is_of(one, name), case
        # The entries are small integers, whose sums of products are exact.
        assert np.array_equal(np.asarray(one), other), case


@pytest.mark.parametrize("name", ["torch", "array_api_strict"])
def test_random_strings_and_their_gradients(name):
    make = maker(name)
    for case in drawn(einsum_cases()):
        check_string(case, gradients(case, make), name)


def test_random_strings_and_their_gradients_in_jax(jax):
    for part in batches(drawn(einsum_cases())):

        def evaluated(part=part):
            return [gradients(case, jax.numpy.asarray) for case in part]

        for case, found in zip(part, jax.jit(evaluated)(), strict=True):
            check_string(case, found, "jax")
