"""`hvp(f)`: the Hessian of a function times a vector, called as scipy's `hessp`."""

import pickle

import numpy as np
import pytest

import einsgrad as eg

X = np.array([1.0, 2.0, 3.0])
V = np.array([1.0, -1.0, 2.0])
Y = np.array([2.0, 0.0, 1.0])


def cubes(x, y, scale=1.0):
    return scale * np.sum(x**3 * y + x * y**2)


# By hand: the blocks of the Hessian of cubes are diagonal.
XX, XY, YY = 6 * X * Y, 3 * X**2 + 2 * Y, 2 * X


@pytest.mark.parametrize("of", [lambda f: f, eg.jit])
def test_the_vector_stands_second_whichever_argument_it_belongs_to(of):
    f = of(cubes)
    for _ in range(2):
        assert (eg.hvp(f)(X, V, Y) == XX * V).all()
        assert (eg.hvp(f)(X, V, Y, 2.0) == 2 * XX * V).all()
        assert (eg.hvp(f)(X, V, Y, scale=2.0) == 2 * XX * V).all()
        assert (eg.hvp(f)(X, V, y=Y) == XX * V).all()
        assert (eg.hvp(f, argnums=1)(X, V, Y) == YY * V).all()
        assert (eg.hvp(f, 1)(X, V, Y) == YY * V).all()
        assert (eg.hvp(f, argnums="y")(X, V, Y) == YY * V).all()
        assert (eg.hvp(f, (X, Y), V, argnums=1) == YY * V).all()


def test_several_arguments_have_a_vector_each():
    first, second = eg.hvp(cubes, argnums=(0, "y"))(X, (V, Y), Y)
    assert (first == XX * V + XY * Y).all()
    assert (second == XY * V + YY * Y).all()


def test_a_jitted_function_is_traced_once():
    calls = []

    def counting(x, y):
        calls.append(x)
        return cubes(x, y)

    product = eg.hvp(eg.jit(counting))
    for _ in range(3):
        assert (product(X, V, Y) == XX * V).all()
    assert len(calls) == 1


def test_a_product_is_differentiated_in_its_point_and_in_its_vector():
    product = eg.hvp(cubes)
    assert (eg.jacobian(product)(X, V, Y) == np.diag(6 * Y * V)).all()
    assert (eg.jacobian(product, argnums=1)(X, V, Y) == np.diag(XX)).all()
    assert (eg.jacobian(product, argnums=2)(X, V, Y) == np.diag(6 * X * V)).all()
    assert (eg.jacobian(product, argnums="y")(X, V, y=Y) == np.diag(6 * X * V)).all()


def test_a_product_is_pickled_and_shown():
    product = pickle.loads(pickle.dumps(eg.hvp(cubes, argnums=1)))
    assert (product(X, V, Y) == YY * V).all()
    assert repr(product) == "hvp(cubes, argnums=1)"


WRONG = {
    "no vector": (lambda f: eg.hvp(f)(X), "then the vector"),
    "all by keyword": (lambda f: eg.hvp(f)(x=X, y=Y), "then the vector"),
    "one vector for two": (lambda f: eg.hvp(f, argnums=(0, 1))(X, V, Y), "one entry"),
    "a vector too few": (lambda f: eg.hvp(f, argnums=(0, 1))(X, (V,), Y), "one entry"),
    "no such argument": (lambda f: eg.hvp(f, argnums=5)(X, V, Y), "argument 5"),
    "no numbers of arguments": (lambda f: eg.hvp(f, argnums=()), "argnums is empty"),
    "too much": (lambda f: eg.hvp(f, (X, Y), V, V), "hvp takes"),
    "numbers for an expression": (lambda f: eg.hvp(*eg.variables("a b c"), argnums=0), "argnums"),
    "shape of the vector": (lambda f: eg.hvp(f)(X, V[:2], Y), "tangent of x"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_product_is_said(name):
    ask, message = WRONG[name]
    with pytest.raises(eg.EinsgradError, match=message):
        ask(cubes)
