"""Expressions in code that takes numbers and arrays: right, or refused by name; never a constant.

What is given are traced values, and the variables of expressions outside of functions.
"""

import math
import operator

import numpy as np
import pytest

import einsgrad as eg

V = np.array([0.5, 1.0, 2.0])
B = np.arange(9.0).reshape(3, 3)


def written_in_place(x):
    array = np.ones(3)
    array *= x
    return array


def all_written(x):
    array = np.ones(3)
    array[:] = x
    return array


def an_entry_of_the_argument_written(x):
    x[1] = 0.0
    return x


def held_as_objects(x):
    array = np.empty(2, dtype=object)
    array[0], array[1] = x, 2 * x
    return array


# Names the part of the message that a user can go by.
REFUSED = {
    "asanyarray": (np.asanyarray, "numpy.asarray"),
    "ascontiguousarray": (np.ascontiguousarray, "numpy.asarray"),
    "an array in single precision": (lambda x: np.array(x, dtype=np.float32), "float32"),
    "an array of objects": (lambda x: np.array([x, x], dtype=object), "object"),
    "a method of an array": (B.T.dot, "B.dot"),
    "a maximum in a list": (lambda x: np.maximum([x, 2 * x], 1), "numpy.maximum of a list .*stack"),
    "an exponential of a list": (lambda x: np.exp([x, 2 * x]), "numpy.exp of a list .*stack"),
    "a product of a list": (lambda x: np.multiply.reduce([x, x]), "numpy.array"),
    "an index": (lambda x: B[x], "einsgrad.take"),
    "membership": (lambda x: x in V, "array"),
    "membership in an expression": (lambda x: 1.0 in x, "where"),
    "vectorize": (np.vectorize(math.exp), "no value"),
    "frompyfunc": (np.frompyfunc(math.exp, 1, 1), "exp"),
    "a number of numpy": (np.float32, "numpy.asarray"),
    "exp of math": (math.exp, "no value"),
    "int": (int, "no value"),
    "complex": (complex, "no value"),
    "index": (operator.index, "no index"),
    "range": (range, "no index"),
    "a format": (lambda x: f"{x:.2f}", "no value"),
    "in place": (written_in_place, "numpy.multiply"),
    "out": (lambda x: np.exp(x, out=np.ones(3)), "numpy.exp"),
    "all written": (all_written, r"array\[:\] = \.\.\. could write"),
    "an entry written": (an_entry_of_the_argument_written, "not written into"),
    "an array that holds expressions": (held_as_objects, "object"),
    "concatenate": (lambda x: np.concatenate([x, V], dtype=float), "numpy.concatenate"),
    "vstack": (lambda x: np.vstack([x, x], dtype=float), "numpy.vstack"),
    "the largest of its entries": (lambda x: max(*x), "truth"),
    "round": (round, "round"),
    "floor": (math.floor, "no value|floor"),
    "bits of a float": (lambda x: (x > 0) & x, "logical_and"),
    "no bits of a float": (lambda x: ~x, "logical_not"),
    "a shift": (lambda x: x << 1, "<<"),
    "sorted": (lambda x: sorted([x, 2 * x]), "truth"),
    "lists in lists": (lambda x: x - [1.0, [2.0, 3.0], 4.0], "no array"),
    "a module of numpy": (np.linalg.qr, "numpy.linalg.qr"),
    "a modulus": (lambda x: pow(x, 2, 3), "modulus"),
    "random numbers": (lambda x: np.random.default_rng(0).normal(x), "random numbers"),
    "a ufunc at places": (lambda x: np.subtract.at(V, [0], x), "numpy.subtract.at"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_takes_values_refuses_a_traced_value(name):
    function, said = REFUSED[name]
    with pytest.raises(eg.EinsgradError, match=said):
        eg.vjp(function, V)


def branching(x):
    if np.sum(x**2) > 3:
        return x
    return -x


# What is written, and what the message says to write in its place.
INSTEAD = {
    "exp of math": (lambda x: math.exp(x[0]), "math.exp takes a number.* Use numpy.exp"),
    "fsum": (lambda x: math.fsum(2 * x), "Use numpy.sum"),
    "float": (lambda x: float(x[0]), r"Leave float\(\) out"),
    "a conversion": (lambda x: np.asfortranarray(2 * x), "Leave numpy.asfortranarray out"),
    "a number of numpy": (lambda x: np.float64(x[0]), "Leave numpy.float64 out"),
    "a list": (lambda x: np.exp([x[0], x[1]]), r"Use numpy.stack\(\[x, y\]\) in place"),
    "integers": (lambda x: np.int64(2 * x), r"np.int64.*\. Use x.astype\(int\)"),
    "an entry": (lambda x: np.arange(3)[x], r"np\.arange\(3\)\[x\] .*einsgrad.take"),
    "a branch": (branching, r"Use numpy.where\(np.sum\(x \*\* 2\) > 3, a, b\) in place of if"),
    "a choice": (lambda x: x if x.sum() > 3 else -x, r"numpy.where\(x.sum\(\) > 3, a, b\)"),
    "the least": (lambda x: min(2 * x), r"Use numpy.min\(x\).* in place of min\(\)"),
    "in order": (lambda x: sorted(2 * x), r"Use numpy.sort\(x\)"),
    "places": (lambda x: np.where(x > 1), r"numpy.where: .* alone .*Use where\(condition, x, 0\)"),
    "one branch": (lambda x: np.where(x > 1, x), "both x and y"),
    "random": (lambda x: np.random.normal(2 * x), "shift and scale"),
    "a format": (lambda x: f"{x[0]:.2f}", "Print it without"),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_a_message_names_what_to_write_in_place_of_the_code(name):
    function, said = INSTEAD[name]
    with pytest.raises(eg.EinsgradError, match=said):
        eg.vjp(function, V)


def test_a_function_of_scipy_that_converts_is_named_as_it_is_called():
    special = pytest.importorskip("scipy.special")
    with pytest.raises(eg.EinsgradError, match=r"special.diric\(x, 2\) could .*numpy's functions"):
        eg.vjp(lambda x: special.diric(x, 2), V)


def test_code_without_a_text_is_refused_as_well():
    names = {"np": np, "math": math}
    for code, said in (("math.exp(x)", "no value"), ("1 if x > 0 else 2", "where")):
        with pytest.raises(eg.EinsgradError, match=said):
            eg.vjp(eval(f"lambda x: {code}", names), 1.0)


@pytest.mark.parametrize("convert", [np.asarray, np.array, lambda x: np.array([x, x]), np.float64])
def test_an_expression_is_no_array_outside_of_functions_either(convert):
    A, x = eg.variables("A[m,n] x[n]")
    for expr in (x, A @ x, eg.sum(x), eg.norm(A, axis=0)):
        with pytest.raises(eg.EinsgradError, match="cannot become an array"):
            convert(expr)


SUPPORTED = {
    "sum of a list": lambda x: sum([x, 2 * x]),
    "a list times it": lambda x: [1.0, 2.0, 3.0] * x,
    "it less a tuple": lambda x: x - (1, 2, 3),
    "a list less it": lambda x: [1.0, 2.0, 3.0] - x,
    "it @ a list": lambda x: x @ [1.0, 2.0, 3.0],
    "nested lists @ it": lambda x: [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]] @ x,
    "where with lists": lambda x: np.where([True, False, True], [7.0, 8.0, 9.0], x),
    "einsum with a list": lambda x: np.einsum("i,i", x, [1.0, 2.0, 3.0]),
    "its length": lambda x: x / len(x),
    "its size": lambda x: x / x.size + np.size(x) * np.ndim(x) + np.shape(x)[0],
    "unpacking": lambda x: dict(zip("abc", x, strict=True))["b"] * x,
    "an entry": lambda x: x[0] * x[1],
    "divmod": lambda x: sum(divmod(x, 0.3)),
    "divmod of an array": lambda x: sum(divmod(7 * V + 0.1, x)),
    "floor division": lambda x: 7.3 // x,
    "remainder": lambda x: 7.3 % x,
    "numbers rounded": lambda x: round(x[0] + 0.1) + math.floor(x[1] / 3) + math.ceil(x[2] / 3),
    "a number without its fraction": lambda x: math.trunc(2.1 * x[2]) + round(x[0] / 3, 1),
    "whether it is complex": lambda x: x * (1 + np.iscomplexobj(x)),
    "comparisons joined": lambda x: np.logical_and(x > 0.7, x < 1.5) * x,
    "either comparison": lambda x: np.logical_or(x < 0.7, np.logical_not(x > 1.5)) * x,
    "bits of comparisons": lambda x: ((x > 0.7) & (V < 1.5) | ~(x > 0.1) ^ True) * x,
    "an array filled": lambda x: np.full(3, np.sum(x)) * x,
    "a key": lambda x: {id(x): 3 * x}[id(x)],
}


@pytest.mark.parametrize("name", SUPPORTED)
def test_plain_python_with_traced_values_gives_what_numpy_gives(name):
    function = SUPPORTED[name]
    assert np.allclose(eg.vjp(function, V)[0], np.asarray(function(V), float))
    slope = (np.asarray(function(V + 1e-6), float) - np.asarray(function(V - 1e-6), float)) / 2e-6
    assert np.allclose(eg.jvp(function, (V,), (np.ones(3),))[1], slope, atol=1e-6)


SCIPY = {
    "expit": (),
    "logit": (),
    "erf": (),
    "erfc": (),
    "ndtr": (),
    "log_ndtr": (),
    "entr": (),
    "log_expit": (),
    "betaln": (1.5,),
    "gammaln": (),
    "psi": (),
    "log1p": (),
    "expm1": (),
    "cbrt": (),
    "exp2": (),
    "xlogy": (2.0,),
}


@pytest.mark.parametrize("name", SCIPY)
def test_a_ufunc_of_scipy_that_is_a_row_works(name):
    special = pytest.importorskip("scipy.special")
    function = getattr(special, name)
    others = SCIPY[name]
    array = np.array([0.2, 0.7, 0.9])
    value, pullback = eg.vjp(lambda x: function(x, *others), array)
    assert np.allclose(value, function(array, *others), rtol=1e-13)
    slope = (function(array + 1e-6, *others) - function(array - 1e-6, *others)) / 2e-6
    assert np.allclose(pullback(np.ones(3))[0], slope, rtol=1e-6)


@pytest.mark.parametrize("name", ["wofz", "ber", "kei"])
def test_another_ufunc_of_scipy_is_refused_by_its_name(name):
    special = pytest.importorskip("scipy.special")
    with pytest.raises(eg.ArgumentTypeError, match=rf"scipy\.special\.{name}"):
        eg.vjp(getattr(special, name), V)


@pytest.mark.parametrize("name", ["diric", "factorial"])
def test_a_function_of_scipy_that_converts_is_an_error(name):
    special = pytest.importorskip("scipy.special")
    with pytest.raises(eg.EinsgradError):
        eg.vjp(lambda x: np.sum(getattr(special, name)(x, 2) ** 2), V)


PUBLIC = [name for name in dir(np.ndarray) if not name.startswith("_")]
ARGUMENTS = {
    "dot": (B,),
    "swapaxes": (0, 1),
    "reshape": (9,),
    "clip": (0.3, 0.6),
    "cumsum": (0,),
    "cumprod": (1,),
    "repeat": (1, 0),
    "astype": (float,),
    "take": ([2, 0, 1], 1),
    "compress": ([True, True, True], 1),
    "choose": ([1.0, 2.0],),
    "argpartition": (1,),
    "searchsorted": (0.5,),
}
# Along an axis the shape is that of the array.
ARGUMENTS |= {"cumsum": (0,), "cumprod": (1,), "repeat": (1, 0)}


@pytest.mark.parametrize("name", PUBLIC)
def test_what_arrays_have_works_or_is_refused_by_its_name(name):
    def function(a):
        found = getattr(a, name)
        found = found.itemsize if name == "dtype" else found
        return a * (found(*ARGUMENTS.get(name, ())) if callable(found) else found)

    array = B + 0.1
    try:
        found = eg.vjp(lambda a: np.sum(function(a)), array)[0]
    except eg.UnknownAttributeError as error:
        message = str(error)
        assert repr(name) in message
        assert message.endswith(".")
        return
    except eg.IndexingError:
        # Floats choose nothing.
        assert name == "choose"
        return
    except eg.ShapeError:
        # The vector of the entries does not broadcast with the matrix.
        assert name in ("ravel", "flatten", "flat", "reshape", "shape", "searchsorted")
        return
    assert np.allclose(found, np.sum(function(array)))


def test_an_attribute_that_is_missing_can_be_asked_for():
    (x,) = eg.variables("x[n]")
    assert not hasattr(x, "dtype")
    assert getattr(x, "nothing", 3) == 3
    assert not hasattr(x, "size")
    with pytest.raises(eg.EinsgradError, match="a name, whose size is not known"):
        x.size  # noqa: B018
    with pytest.raises(eg.EinsgradError, match="'n' is not known"):
        len(x)
    with pytest.raises(AttributeError, match="'sizee'"):
        x.sizee  # noqa: B018


METHODS = [
    lambda a: a.sum(np.int64(1)) + a.sum(1, None, None, False),
    lambda a: a.mean(axis=(0, -1), keepdims=True),
    lambda a: a.max(-1, None, True) - a.min(axis=-1, keepdims=True),
    lambda a: a.var(0, ddof=1) + a.std(0, None, None, 1),
    lambda a: a.reshape((1, 9)) + a.T.reshape(-1, 9, order="F"),
    lambda a: a.trace(0, -1, 0) * a.diagonal(axis1=1, axis2=0),
    lambda a: a.transpose(1, 0) + a.transpose((1, 0)) + a.mT + a.swapaxes(-1, 0),
    lambda a: a.flatten("F") + a.ravel(),
    lambda a: a.clip(0.2, None) * a.clip(max=3.0),
    lambda a: a.copy() + a.squeeze() + a.conjugate(),
    lambda a: a.dot(b=V) + a.prod(1),
]


@pytest.mark.parametrize("number", range(len(METHODS)))
def test_methods_take_the_arguments_of_numpys(number):
    function = METHODS[number]
    array = np.random.default_rng(number).uniform(0.1, 4.0, (3, 3))
    found, expected = eg.vjp(function, array)[0], function(array)
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda a: a.sum(dtype=np.float32), r"numpy\.sum: .* does not become float32"),
        (lambda a: a.mean(dtype=np.float32), r"numpy\.mean: .* does not become float32"),
        (lambda a: a.var(dtype=np.float32), r"numpy\.var: .* does not become float32"),
        (lambda a: a.trace(1, dtype=np.float32), r"numpy\.trace: .* does not become float32"),
        (lambda a: a.ravel("K"), r"ravel .* order='K'"),
        (lambda a: a.max(out=np.ones(3)), r"numpy\.max .* out="),
        (lambda a: a.sum(axis=3), r"numpy\.sum: axis 3"),
        (lambda a: a.sum(no=3), r"numpy\.sum: .*'no'"),
    ],
)
def test_an_argument_that_is_not_supported_is_named_with_its_function(call, said):
    with pytest.raises(eg.EinsgradError, match=said):
        eg.vjp(call, B)


TEXTS = {
    "np.linalg.trace(T)": np.linalg.trace,
    "np.trace(T, 0, 1, 2)": lambda T: np.trace(T, 0, 1, 2),
    "np.linalg.diagonal(T)": np.linalg.diagonal,
    "np.outer(T, T)": lambda T: np.outer(T, T),
    "np.linalg.norm(T, 1, axis=(1, 2))": lambda T: np.linalg.norm(T, 1, axis=(1, 2)),
    "np.tensordot(T, T, axes=([1], [2]))": lambda T: np.tensordot(T, T, axes=([1], [2])),
    "np.var(T, axis=0, ddof=1)": lambda T: np.var(T, axis=0, ddof=1),
    "T.std(axis=-1)": lambda T: T.std(axis=-1),
    "np.moveaxis(T, 0, -1)": lambda T: np.moveaxis(T, 0, -1),
}


@pytest.mark.parametrize("text", TEXTS)
def test_numpys_names_mean_in_texts_what_they_mean_in_numpy(text):
    array = np.random.default_rng(0).uniform(0.1, 1.0, (3, 3, 3))
    read = eg.parse(text, "T[3,3,3]")
    found, expected = eg.evaluate(read, T=array), TEXTS[text](array)
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected)


@pytest.mark.parametrize(
    "text", ["np.unique(x)", "np.diag(x, 0.5)", "np.roots(x)", "np.trace(M, x)"]
)
def test_numpys_names_that_are_not_supported_are_refused_in_texts(text):
    with pytest.raises(eg.EinsgradError, match=text[3:].partition("(")[0]):
        eg.parse(text, "x[n] M[n,n]")
