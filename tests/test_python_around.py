"""Python around numpy: loops, closures, classes, and what of Python asks for a value.

Polynomials with whole coefficients are differentiated at whole numbers, so that values and
slopes are exact.
"""

import contextlib
import math
import operator
from collections import deque
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from itertools import accumulate, chain, count, islice, pairwise, repeat, starmap, takewhile

import numpy as np
import pytest

import einsgrad as eg

X = np.array([2.0, 3.0, 5.0])
SQUARES = (38.0, [4.0, 6.0, 10.0])
CUBES = (160.0, [12.0, 27.0, 75.0])
PRODUCT = (30.0, [15.0, 10.0, 6.0])


def for_loop(x):
    total = 0.0
    for entry in x:
        total += entry * entry
    return total


def loop_over_indices(x):
    total = 0
    for k in range(len(x)):
        total = total + x[k] ** 2
    return total


def loop_with_else(x):
    for k, entry in enumerate(x):
        if k > 7:
            break
        last = entry
    else:
        return last * last + x[0] ** 2 + x[1] ** 2


def bounded_while(x):
    k, total = 0, 0.0
    while k < x.shape[0]:
        total, k = total + x[k] * x[k], k + 1
    return total


def while_with_break(x):
    k, value = 0, x
    while True:
        k += 1
        value = value * x
        if k == 2:
            break
    return value.sum()


def comprehension(x):
    return sum([entry**2 for entry in x])


def nested_comprehension(x):
    return sum(a * b for k, a in enumerate(x) for m, b in enumerate(x) if k == m)


def set_of_indices(x):
    return sum(x[k] ** 2 for k in set(range(3)))


def dict_comprehension(x):
    named = {2 * k: entry for k, entry in enumerate(x)}
    return sum(value**2 for value in named.values())


def reduced(x):
    return reduce(operator.mul, x)


def reduced_from_a_start(x):
    return reduce(lambda total, entry: total + entry * entry, x, 0.0)


def accumulated(x):
    *_, last = accumulate(x, operator.mul)
    return last


def accumulated_list(x):
    return list(accumulate(x, lambda a, b: a * b))[-1]


def product_of_math(x):
    return math.prod(x)


def zipped(x):
    return sum(a * b for a, b in zip(x, x, strict=True))


def zipped_with_an_array(x):
    return sum(a * a * b for a, b in zip(x, np.ones(3), strict=True))


def mapped(x):
    return sum(map(np.square, x))


def mapped_over_two(x):
    return sum(map(operator.mul, x, x))


def star_mapped(x):
    return sum(starmap(pow, zip(x, repeat(2), strict=False)))


def turned(x):
    first, second, third = reversed(x)
    return first * second * third


def turned_list(x):
    return reduce(operator.mul, list(x)[::-1])


def neighbours(x):
    return sum(b * b - a * a for a, b in pairwise(x)) + 2 * x[0] ** 2 + x[1] ** 2


def sliced_lazily(x):
    return sum(entry * entry for entry in islice(chain(x, x), 3))


def taken_by_index(x):
    return sum(x[k] * x[k] for k in takewhile(lambda k: k < 3, count()))


def unpacked(x):
    a, b, c = x
    return a * b * c


def unpacked_with_a_star(x):
    a, *others = x
    return a * others[0] * others[1]


def star_arguments(x):
    def product(*entries):
        a, b, c = entries
        return a * b * c

    return product(*x)


def keyword_arguments(x):
    def product(*, a, b, c=1.0):
        return a * b * c

    return product(**dict(zip("abc", x, strict=True)))


def default_argument(x):
    def powers(y, power=2):
        return np.sum(y**power)

    return powers(x)


def default_that_is_traced(x):
    def squared(y=x):
        return y * y

    return np.sum(squared())


def closure(x):
    def squares():
        return x * x

    return np.sum(squares())


def closure_with_state(x):
    total = 0.0

    def add(entry):
        nonlocal total
        total += entry**2

    for entry in x:
        add(entry)
    return total


def generator_of_parts(x):
    def parts():
        left = x
        while len(left) > 0:
            yield left[0]
            left = left[1:]

    return sum(part**2 for part in parts())


def generator_that_delegates(x):
    def entries(y):
        if len(y) > 1:
            yield from entries(y[:-1])
        yield y[-1]

    return sum(entry**2 for entry in entries(x))


def recursion(x):
    return x[0] * recursion(x[1:]) if len(x) > 1 else x[0]


def recursion_by_halves(x):
    if len(x) == 1:
        return x[0] ** 2
    middle = len(x) // 2
    return recursion_by_halves(x[:middle]) + recursion_by_halves(x[middle:])


def partial_function(x):
    return np.sum(partial(np.power, x)(2))


def function_from_a_table(x):
    table = {"square": np.square, "double": lambda y: 2 * y}
    return np.sum(table["square"](x))


def operators(x):
    entries = [operator.itemgetter(k)(x) for k in range(3)]
    doubled = operator.add(entries[0], entries[0])
    halved = operator.truediv(doubled, 2)
    return operator.mul(operator.mul(halved, entries[1]), operator.pos(entries[2]))


def operator_methods(x):
    return operator.methodcaller("sum")(operator.pow(operator.neg(x), 2))


def in_place_operator(x):
    total = x + 0
    total = operator.imul(total, x)
    return np.sum(total)


def matrix_operator(x):
    return operator.matmul(x, x)


def branch_on_the_shape(x):
    if x.ndim == 1 and x.shape[0] % 2:
        return np.sum(x**2)
    return np.sum(x)


def branch_on_a_flag(x, squared=True):
    return np.sum(x**2 if squared else x)


def match_on_the_shape(x):
    match x.shape:
        case (3,):
            return np.sum(x**2)
        case _:
            return np.sum(x)


def branch_on_none(x, shift=None):
    if shift is not None:
        x = x + shift
    return np.sum(x * x)


def branch_on_what_is_real(x):
    if np.iscomplex(x[0]):
        return np.sum(x)
    return np.sum(x * x) if np.all(np.isreal(x)) and np.sum(np.ones_like(x)) > 2 else x[0]


def tried(x):
    try:
        return np.sum(x * x)
    finally:
        del x


def tried_and_caught(x):
    try:
        value = x[3]
    except IndexError:
        value = x[2]
    return value * value + x[0] ** 2 + x[1] ** 2


def asked_for_an_attribute(x):
    return np.sum(x * x) if hasattr(x, "shape") else 0.0


def with_statement(x):
    with contextlib.suppress(KeyError), np.errstate(all="ignore"):
        value = x**2
        return np.sum(value)


def asserted(x):
    assert x.shape == (3,), "three entries"
    return np.sum(x**2)


def walrus(x):
    return (y := x * x).sum() if y_is_wanted() else y


def y_is_wanted():
    return True


def list_that_grows(x):
    seen = []
    for entry in x:
        seen.append(entry * (seen[-1] if seen else 1))
    return seen[-1]


def list_that_changes(x):
    parts = [0.0] * 3
    for k in range(3):
        parts[k] = x[k] ** 2
    return np.sum(np.stack(parts))


def queue(x):
    left, product = deque(x), 1
    while left:
        product = product * left.popleft()
    return product


def stacked(x):
    return np.prod(np.stack(list(x)))


def format_is_text(x):
    assert isinstance(f"{x}", str)
    return np.sum(x**2)


def kept_by_place(x):
    @cache
    def square(k):
        return x[k] ** 2

    return sum(square(k) for k in (0, 1, 2, 0)) - square(0)


class Model:
    power = 2

    def __init__(self):
        self.seen = []

    def __call__(self, x):
        self.seen.append(x.shape)
        return np.sum(self.terms(x))

    def terms(self, x):
        return x**self.power


class Cubic(Model):
    @property
    def power(self):
        return 3

    def terms(self, x):
        return super().terms(x)


@dataclass
class Running:
    """State that a function writes and reads within one call."""

    total: object = 0.0
    history: list = field(default_factory=list)

    def add(self, entry):
        self.total = self.total + entry * entry
        self.history.append(self.total)
        return self


def state_in_a_dataclass(x):
    state = Running()
    for entry in x:
        state.add(entry)
    return state.history[-1]


class Layers:
    @staticmethod
    def square(x):
        return x * x

    @classmethod
    def loss(cls, x):
        return np.sum(cls.square(x))


class Number:
    """A value of one's own that has operators."""

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        return Number(self.value * other.value)


def class_with_operators(x):
    return reduce(operator.mul, map(Number, x)).value


OF_SQUARES = [
    for_loop,
    loop_over_indices,
    loop_with_else,
    bounded_while,
    comprehension,
    nested_comprehension,
    set_of_indices,
    dict_comprehension,
    reduced_from_a_start,
    zipped,
    zipped_with_an_array,
    mapped,
    mapped_over_two,
    star_mapped,
    neighbours,
    sliced_lazily,
    taken_by_index,
    default_argument,
    default_that_is_traced,
    closure,
    closure_with_state,
    generator_of_parts,
    generator_that_delegates,
    recursion_by_halves,
    partial_function,
    function_from_a_table,
    operator_methods,
    in_place_operator,
    matrix_operator,
    branch_on_the_shape,
    branch_on_a_flag,
    match_on_the_shape,
    branch_on_none,
    branch_on_what_is_real,
    tried,
    tried_and_caught,
    asked_for_an_attribute,
    with_statement,
    asserted,
    walrus,
    list_that_changes,
    format_is_text,
    kept_by_place,
    state_in_a_dataclass,
    Layers.loss,
    Layers().loss,
    Model(),
    Model().__call__,
    lambda x: np.sum(x**2),
]
OF_PRODUCTS = [
    reduced,
    accumulated,
    accumulated_list,
    product_of_math,
    turned,
    turned_list,
    unpacked,
    unpacked_with_a_star,
    star_arguments,
    keyword_arguments,
    recursion,
    operators,
    list_that_grows,
    queue,
    stacked,
    class_with_operators,
]
TABLE = [
    *((loss, SQUARES) for loss in OF_SQUARES),
    *((loss, PRODUCT) for loss in OF_PRODUCTS),
    (while_with_break, CUBES),
    (Cubic(), (160.0, [12.0, 27.0, 75.0])),
]


@pytest.mark.parametrize("wrap", [lambda loss: loss, eg.jit], ids=["plain", "jitted"])
@pytest.mark.parametrize(("loss", "wanted"), TABLE, ids=lambda one: getattr(one, "__name__", ""))
def test_python_around_numpy_is_followed(loss, wanted, wrap):
    value, found = eg.value_and_grad(wrap(loss))(X)
    assert value == loss(X) == wanted[0]
    assert found.tolist() == wanted[1]


def branch(x):
    return np.sum(x) if x[0] > 0 else 0.0


def repeated_until_small(x):
    term = total = x[0]
    for k in range(50):
        term = -term * x[0] ** 2 / ((2 * k + 3) * (2 * k + 2))
        total = total + term
        if np.abs(term) < 0.2:
            break
    return total


def fixed_point(x):
    old, new = 10.0, 5.0
    while np.abs(new - old) > 1e-4:
        old, new = new, new - 0.05 * (new**2 - x[0])
    return new


BRANCHES = {
    "if": branch,
    "a sum until its terms are small": repeated_until_small,
    "a loop to a fixed point": fixed_point,
    "and": lambda x: x[0] and x[1],
    "or": lambda x: x[0] or x[1],
    "not": lambda x: x[0] if not x[1] else 0.0,
    "comparisons in a chain": lambda x: np.sum(np.where(0 < x < 1, x, 0)),
    "max": lambda x: max(x) + 0.0,
    "max with a key": lambda x: max(x, key=lambda entry: -entry),
    "max with a number": lambda x: max(x[0], 0.0),
    "min": lambda x: min(x[0], x[1]),
    "sorted": lambda x: sum(sorted(x)),
    "any": lambda x: np.sum(x) if any(x > 0) else 0.0,
    "all": lambda x: np.sum(x) if all(x > 0) else 0.0,
    "any of numpy": lambda x: np.sum(x) if np.any(x > 0) else 0.0,
    "filter": lambda x: sum(filter(lambda entry: entry > 2, x)),
    "takewhile": lambda x: sum(takewhile(lambda entry: entry < 4, x)),
    "membership in a list": lambda x: np.sum(x) * (x[0] in [1.0, 2.0]),
    "the place in a list": lambda x: list(x).index(x[2]),
    "a case with a guard": lambda x: guarded(x[0]),
}


def guarded(value):
    match value:
        case _ if value > 0:
            return value
        case _:
            return -value


# What is to be written there is shorter than a choice of branches.
SHORTER = {
    "max": "numpy.max",
    "max with a key": "numpy.max",
    "max with a number": "numpy.maximum",
    "min": "numpy.minimum",
    "sorted": "numpy.sort",
    "any": "numpy.any",
    "all": "numpy.all",
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_on_data_is_refused_and_what_to_write_is_named(name):
    with pytest.raises(eg.EinsgradError, match=SHORTER.get(name, "where")):
        eg.grad(BRANCHES[name])(X)


def test_an_error_leaves_a_function_as_it_was():
    model = Model()
    with pytest.raises(eg.EinsgradError, match="where"):
        eg.grad(lambda x: branch(model.terms(x)))(X)
    assert eg.grad(model)(X).tolist() == SQUARES[1]


@pytest.mark.parametrize("name", ["sin", "exp", "log", "sqrt", "pow", "hypot", "isnan"])
def test_functions_of_the_math_module_are_refused_and_those_of_numpy_named(name):
    function = getattr(math, name)
    with pytest.raises(eg.EinsgradError, match=rf"numpy\.{name}"):
        eg.grad(lambda x: function(x[0], 2.0) if name in ("pow", "hypot") else function(x[0]))(X)
