"""Every public function with arguments of every kind: an answer, or an error of the family."""

import inspect
import io
from contextlib import redirect_stdout
from datetime import date

import numpy as np
import pytest

import einsgrad as eg
from einsgrad import testing

x, y, A, v = eg.variables("x[n] y[n] A[m,n] v[n]")
N = eg.sum(x * x)
a, b = np.ones((2, 3)), np.ones(3)


class Thing:
    """Something that no function knows."""


THINGS = {
    "nothing": None, "size": 3, "negative": -1, "huge": 10**30, "number": 2.5, "nan": float("nan"),
    "flag": True, "complex": 1j, "words": "no such", "empty text": "", "string": "mn,n->m",
    "bad text": "x@", "bytes": b"mn", "list": [1, 2.0], "empty list": [], "ragged": [[1], [2, 3]],
    "names": ["p", "q"], "mapping": {"p": 1}, "set": {1}, "thing": Thing(), "type": Thing,
    "array": np.ones((2, 3)), "bare array": np.ones(()), "empty array": np.zeros((0, 3)),
    "objects": np.array([None, 1], object), "texts": np.array(["p"]), "integers": np.arange(3),
    "date": date(2020, 1, 1), "variable": x, "expression": eg.sin(A), "expressions": (x, A),
    "range": range(3), "ellipsis": ..., "module": np, "numpy size": np.int64(2),
    "numpy number": np.float32(2), "instant": np.datetime64("2020-01-01"),
}  # fmt: skip

# What no text of a table can hold: made anew for each call.
MADE = {"generator": lambda: (number for number in range(3))}

# Calls that have an answer; each argument is replaced by all things in turn.
CALLS = {
    "adjoint": [("mn,n->m", 0)],
    "check": [("2*x", N, x)],
    "check_grads": [("ij,jk->ik",), (N,), ("mn,n->m", a, b), (N, {"x": b})],
    "compile": [(x,), ("mn,n->m",), (x, N)],
    "costs": [(N, x)],
    "define": [("named_in_doors", np.sin, lambda m, x, y: m.cos(x))],
    "derive": [("mn,n->m", 0), (N, x)],
    "differential": [(N, x)],
    "directional": [(N, x, v)],
    "draw": [("mn,n->m", 0), (N, x)],
    "einsum": [("mn,n->m", a, b), ("mn,n->m", A, x)],
    "equation": [([[0, 1], [1]], [0])],
    "evaluate": [(eg.ones(2),)],
    "eye": [(3,), ("n", "m")],
    "grad": [(N, x)],
    "hessian": [(N, x)],
    "hvp": [(N, x, v)],
    "jacobian": [("mn,n->m", 0), (A @ x, x), ("mn,n->m", 0, a, b)],
    "jvp": [("mn,n->m", (a, b), (a, None)), (A @ x, x, v), (A @ x, (A, x), (A, v))],
    "ones": [(3,), ("n", 2)],
    "parse": [("x + x", "x[n]")],
    "reshape": [(eg.ones(2, 3), 6), (eg.ones(2, 3), 3, -1)],
    "tangent": [("mn,n->m",)],
    "value_and_grad": [(N, x)],
    "variables": [("x[n] A[n,n]",)],
    "vec_jacobian": [(2 * A, A)],
    "vjp": [("mn,n->m", a, b), (A @ x, x, eg.variables("g[m]")[0])],
    "numpy_functions": [()],
}
FUNCTIONS = [name for name in eg.__all__ if inspect.isfunction(getattr(eg, name))]


def thing(kind):
    return MADE[kind]() if kind in MADE else THINGS[kind]


def options_of(function):
    if function is eg.check_grads:
        # Its own door hands all on.
        function = testing.check_grads
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def attempts(name):
    """Yield calls of a function with every thing in every place."""
    function = getattr(eg, name)
    default = [(x,) * count for count in (1, 2, 3)]
    for arguments in CALLS.get(name, default):
        for kind in [*THINGS, *MADE]:
            for place in range(len(arguments)):
                # A function that a user gives is called, and its errors are its own.
                if not (callable(THINGS.get(kind)) and place == 0):
                    given = [*arguments[:place], thing(kind), *arguments[place + 1 :]]
                    yield f"{kind} at {place} of {arguments}", given, {}
            yield f"{kind} after {arguments}", [*arguments, thing(kind)], {}
            for option in options_of(function):
                if option != "keepdims":
                    yield f"{option}={kind}", arguments, {option: thing(kind)}
    for count in range(4):
        for kind in ("nothing", "size", "words", "array", "variable", "thing"):
            yield f"{count} times {kind}", [thing(kind)] * count, {}


def answer(said, function, *arguments, **options):
    """Call a function; return what an error of the family says."""
    try:
        with np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
            function(*arguments, **options)
    except eg.EinsgradError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(f"{said}: {error!r}") from error
    return "an answer"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_answers_or_raises_an_error_of_the_family(name):
    function = getattr(eg, name)
    for said, arguments, options in attempts(name):
        try:
            inspect.signature(function).bind(*arguments, **options)
        except TypeError:
            continue
        assert answer(said, function, *arguments, **options)


COMPILED = {
    "by name": eg.compile(eg.sum(A @ x)),
    "in order": eg.compile(eg.sum(A @ x), inputs=(A, x)),
    "a string": eg.compile("mn,n->m"),
    "structured": eg.compile(eg.hessian(N, x), inputs=(x,), structured=True),
}


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_function_answers_or_raises_an_error_of_the_family(name):
    function = COMPILED[name]
    for kind in [*THINGS, *MADE]:
        for given in ([thing(kind)], [a, thing(kind)], [thing(kind), b]):
            assert answer(kind, function, *given)
        assert answer(kind, function, A=a, x=thing(kind))
        assert answer(kind, function, x0=thing(kind), x1=b)
        assert answer(kind, function, {x: thing(kind), A: a})
        assert answer(kind, function.specialize, a, thing(kind))
        assert answer(kind, function.code, thing(kind))


def test_a_pullback_answers_or_raises_an_error_of_the_family():
    _, pullback = eg.vjp("mn,n->m", a, b)
    for kind in [*THINGS, *MADE]:
        assert answer(kind, pullback, thing(kind))


class Counted(int):
    """A size whose text is a program."""

    def __repr__(self):
        return "__import__('os').abort()"

    __str__ = __repr__

    def __format__(self, spec):
        return repr(self)


SIZE = Counted(3)
SIZED = {
    "ones": lambda size: eg.evaluate(eg.ones(size, 2)),
    "eye": lambda size: eg.evaluate(2 * eg.eye(size)),
    "reshape": lambda size: eg.evaluate(eg.reshape(eg.ones(6), size, 2)),
    "reshape to a tuple": lambda size: eg.evaluate(eg.reshape(eg.ones(6), (size, 2))),
    "sizes": lambda size: eg.evaluate(eg.ones("n", 2), sizes={"n": size}),
    "sizes of compile": lambda size: eg.compile(eg.ones("n", 2), sizes={"n": size})(),
    "sum": lambda size: eg.evaluate(eg.ones(size, 2) * eg.sum(eg.ones(size))),
    "mean": lambda size: eg.evaluate(eg.mean(eg.ones(size, 2)) * eg.ones(3, 2)),
}


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("size", [3, np.int64(3), np.uint8(3), SIZE, np.array(3)], ids=type)
def test_a_size_is_a_plain_integer_wherever_it_comes_from(name, size):
    assert np.shape(SIZED[name](size))[0] == 3


@pytest.mark.parametrize("size", [-1, True, 3.0, np.float64(3), None, 10**30, np.bool_(True)])
def test_what_is_no_size_is_refused_everywhere(size):
    for name, call in SIZED.items():
        if not (name.startswith("reshape") and size == -1):
            with pytest.raises(eg.EinsgradError):
                call(size)


class Said(str):
    """A name that answers differently each time it is asked."""

    def isidentifier(self):
        return True

    def __str__(self):
        return "x; import os"


def test_names_and_numbers_are_plain_before_they_reach_a_program():
    class Float(float):
        def __repr__(self):
            return "__import__('os').abort()"

    class Complex(complex):
        def __repr__(self):
            return "__import__('os').abort()"

    (p,) = eg.variables("p[3]")
    for number in (SIZE, Float(3.0), np.float64(3), np.complex64(3), Complex(3)):
        expr = eg.exp(0 * p) * number + eg.maximum(p, eg.real(number)) * 0
        f = eg.compile(expr)
        assert np.allclose(f(p=np.ones(3)), 3)
        assert all("import(" not in text for text in (f.source, f.code("torch"), f.code("jax")))
    with pytest.raises(eg.ArgumentError):
        eg.ones(Said("x y"))
    with pytest.raises(eg.ArgumentError):
        eg.define(Said("np; import os"), np.sin, None)


@pytest.mark.parametrize("digits", [20, 300, 5000, 100_000])
def test_a_declared_size_has_as_many_digits_as_an_array_may_need(digits):
    for declare in (eg.variables, lambda text: eg.parse("1", text)):
        with pytest.raises(eg.ArgumentError) as caught:
            declare("x[" + "9" * digits + "]")
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["x.pdf", "x.png", "x", "x.svg.txt", ".svg"])
def test_a_picture_is_written_as_svg_and_under_no_other_ending(tmp_path, name):
    picture = eg.draw("mn,n->m")
    for path in (tmp_path / name, str(tmp_path / name)):
        with pytest.raises(eg.ArgumentError, match="svg"):
            picture.save(path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(eg.ArgumentTypeError):
        picture.save(3)
    picture.save(tmp_path / "x.svg")
    assert (tmp_path / "x.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_pullback_says_what_it_is():
    _, pullback = eg.vjp("mn,n->m", np.ones((2, 3)), np.ones(3))
    assert repr(pullback) == "<pullback at 2 arrays, of a value of shape (2,)>"
