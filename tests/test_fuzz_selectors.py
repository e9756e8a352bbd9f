"""Random programs that index, join, move and cumulate agree with numpy, by every door.

Linear ones are given whole numbers and are compared with `==`: their own value at a tangent is
the product with the Jacobian. `python tests/fuzz_expressions.py --indexing` prints what it finds.
"""

import os

import numpy as np
import pytest
from fuzzing import affine
from fuzzing.contracting import draw_linear
from fuzzing.findings import Report, run_seed

import einsgrad as eg

COUNT = int(os.environ.get("EINSGRAD_FUZZ", "1000"))
BLOCK = 50


def found_in(seeds, **options):
    report = Report()
    for seed in seeds:
        run_seed(seed, report, indexing=True, **options)
    assert report.compared.total() > len(seeds)
    return report.findings


@pytest.mark.parametrize("first", range(0, COUNT // 2, BLOCK))
def test_values_and_derivatives_are_those_of_numpy(first):
    found = found_in(range(first, first + BLOCK))
    assert not found, f"{len(found)} findings, the first: {found[0]}"


@pytest.mark.parametrize("first", range(0, COUNT // 8, BLOCK))
def test_so_they_are_for_arrays_of_all_dtypes(first):
    found = found_in(range(first, first + BLOCK), dtypes=True)
    assert not found, f"{len(found)} findings, the first: {found[0]}"


class Linear:
    """A program that is linear in its inputs, with whole numbers for them and for tangents."""

    def __init__(self, seed):
        self.program, self.arrays = draw_linear(seed)
        self.random = np.random.default_rng([seed, 17])
        self.variables = self.program.variables()
        self.expr = self.program.expression(self.variables)
        self.tangents = {name: self.whole(a.shape) for name, a in self.arrays.items()}
        self.value = self.program.value(self.arrays)
        self.pushed = self.program.value(self.tangents)
        self.cotangent = self.whole(np.shape(self.value))
        named = {dim for one in self.program.inputs for dim in one.dims if isinstance(dim, str)}
        self.sizes = {dim: self.program.sizes[dim] for dim in named}

    def whole(self, shape):
        return self.random.integers(-3, 4, shape).astype(float)

    def evaluated(self, expr):
        f = eg.compile(expr, inputs=tuple(self.variables.values()), sizes=self.sizes)
        return f(*self.arrays.values())


LINEAR = range(0, COUNT // 5, BLOCK // 2)


def linear_programs(first):
    for seed in range(first, first + BLOCK // 2):
        case = Linear(seed)
        if case.program.steps:
            yield case


def shown(case):
    return "\n".join([case.program.declaration()[0], *case.program.function_text()])


@pytest.mark.parametrize("first", LINEAR)
def test_simplification_never_changes_a_value(first):
    for case in linear_programs(first):
        for expr in (case.expr, eg.simplify(case.expr)):
            assert np.array_equal(case.evaluated(expr), case.value), shown(case)


@pytest.mark.parametrize("first", LINEAR)
def test_products_with_the_jacobian_and_its_transpose_are_exact(first):
    for case in linear_programs(first):
        f = case.program.function({})
        value, pushed = eg.jvp(f, tuple(case.arrays.values()), tuple(case.tangents.values()))
        assert np.array_equal(value, case.value), shown(case)
        assert np.array_equal(pushed, case.pushed), shown(case)
        value, pullback = eg.vjp(f, *case.arrays.values())
        assert np.array_equal(value, case.value), shown(case)
        pairs = zip(pullback(case.cotangent), case.tangents.values(), strict=True)
        pulled = sum(np.sum(share * tangent) for share, tangent in pairs)
        assert pulled == np.sum(case.cotangent * case.pushed), shown(case)


@pytest.mark.parametrize("first", LINEAR)
def test_jacobians_and_hessians_of_expressions_are_exact(first):
    for case in linear_programs(first):
        square = 0.5 * eg.sum(case.expr * case.expr)
        variables = tuple(case.variables.values())
        pushed = 0.0
        for variable in variables:
            tangent = case.tangents[variable.name]
            rank = tangent.ndim
            jacobian = case.evaluated(eg.jacobian(case.expr, variable))
            assert jacobian.shape == np.shape(case.value) + tangent.shape, shown(case)
            change = np.tensordot(jacobian, tangent, rank)
            pushed = pushed + change
            hessian = case.evaluated(eg.hessian(square, variable))
            bent = np.sum(np.tensordot(hessian, tangent, rank) * tangent)
            assert bent == np.sum(change * change), shown(case)
        assert np.array_equal(pushed, case.pushed), shown(case)


@pytest.mark.parametrize("seed", range(8))
def test_strings_with_shifted_labels_and_their_pullbacks_are_exact(seed):
    for string, arrays, _ in affine.every(25, seed):
        value, pullback = eg.vjp(string, *arrays)
        assert np.array_equal(value, affine.value(string, *arrays)), string
        assert np.array_equal(eg.einsum(string, *arrays), value), string
        random = np.random.default_rng(seed)
        cotangent = random.integers(-3, 4, value.shape)
        for place, share in enumerate(pullback(cotangent)):
            tangent = random.integers(-3, 4, arrays[place].shape).astype(float)
            given = [*arrays[:place], tangent, *arrays[place + 1 :]]
            pushed = affine.value(string, *given)
            assert np.sum(share * tangent) == np.sum(cotangent * pushed), (string, place)
            tangents = [tangent if other == place else None for other in range(len(arrays))]
            assert np.array_equal(eg.jvp(string, arrays, tangents)[1], pushed), (string, place)
