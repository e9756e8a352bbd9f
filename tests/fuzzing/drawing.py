"""Random programs: operations are drawn for the values that are there, so that all is smooth."""

import numpy as np

from fuzzing import operations as table
from fuzzing.arrays import drawn_dtype, rounded
from fuzzing.programs import Input, Step

NUMBERS = (2, 3, -1, 0.5, 1 / 3, 7, 1, -2.5, 1e-3, 40.0, 0, -0.75, np.pi)
EXTREME = (1e-200, 1e200, 1e-160, 1e160, 1e-30, 1e30, 3e-300)
LARGEST_VALUE, LARGEST_SIZE = 200.0, 125


class Refused(Exception):
    """What was drawn does not suit the values: another operation is drawn."""


class Drawing:
    """A program that grows; of every value its dims and its numbers are known."""

    def __init__(self, seed, *, dtypes=False, indexing=False):
        self.dtypes, self.indexing, self.arrays = dtypes, indexing, {}
        self.random = np.random.default_rng(seed)
        self.steps, self.values, self.dims, self.unused = [], {}, {}, []
        self.named = self.chance(0.5)
        # Of dims that are sums: the names that they add up, and the number.
        self.forms = {}
        self.complex = self.chance(0.15)
        self.sizes = {name: self.size() for name in "mnk"}
        self.inputs = [self.input(name) for name in self.names()]

    def chance(self, share):
        return self.random.random() < share

    def pick(self, choices):
        return choices[int(self.random.integers(len(choices)))]

    def size(self):
        if self.indexing:
            return int(self.random.choice([3, 4, 2, 5, 1, 0], p=[0.3, 0.3, 0.2, 0.1, 0.08, 0.02]))
        return int(self.random.choice([2, 3, 1, 4, 0], p=[0.42, 0.38, 0.1, 0.08, 0.02]))

    def names(self):
        count = 2 + int(self.random.integers(3))
        chosen = self.random.choice(
            list("AxBysK"), count, replace=False, p=[0.25, 0.25, 0.15, 0.15, 0.1, 0.1]
        )
        return sorted(map(str, chosen))

    def input(self, name):
        rank = {"A": 2, "B": 2, "K": 3, "s": 0}.get(name, 1)
        dims = tuple(self.pick("mnk") for _ in range(rank))
        trait = "complex" if self.complex and self.chance(0.5) else ""
        if rank == 2 and self.chance(0.4):
            dims = (dims[0], dims[0])
            trait = trait or ("symmetric" if self.chance(0.4) else "")
        if rank and not self.named:
            dims = tuple(self.sizes[dim] for dim in dims)
        elif rank and self.chance(0.08) and trait != "symmetric":
            dims = (*dims[:-1], 1)
        dtype = (
            drawn_dtype(self.random)
            if self.dtypes
            else np.dtype("c16" if trait == "complex" else "f8")
        )
        trait = "complex" if dtype.kind == "c" else trait.replace("complex", "")
        one = Input(name, dims, trait)
        array = rounded(self.array(one), dtype, self.random)
        self.arrays[name] = array
        self.enter(name, array.astype(complex if dtype.kind == "c" else float), dims)
        return one

    def array(self, one):
        shape = [self.sizes.get(dim, dim) for dim in one.dims]
        value = self.random.uniform(0.2, 1.5, shape) * self.random.choice([-1, 1, 1], shape)
        if one.trait == "complex":
            value = value + 1j * self.random.uniform(-1, 1, shape)
        return value + value.T if one.trait == "symmetric" else value

    def enter(self, name, value, dims):
        self.values[name], self.dims[name] = value, tuple(dims)
        self.unused.append(name)

    def operand(self, fits=lambda name: True):
        """Draw a value, an unused one rather."""
        unused = [name for name in self.unused if fits(name)]
        every = [name for name in self.values if fits(name)]
        if not every:
            raise Refused
        return self.pick(unused if unused and self.chance(0.75) else every)

    def step(self, operation, arguments, dims, **options):
        if any(
            low > 0 and self.vanishes(one)
            for one, (low, _) in zip(arguments, operation.domain, strict=False)
        ):
            raise Refused
        name = f"t{len(self.steps)}"
        step = Step(name, operation, tuple(arguments), options)
        with np.errstate(all="ignore"):
            value = step.value(self.values)
        expected = tuple(self.sizes.get(dim, dim) for dim in dims)
        if np.shape(value) != expected or np.size(value) > LARGEST_SIZE:
            raise Refused
        if not np.all(np.isfinite(value)):
            raise Refused
        if self.indexing and np.iscomplexobj(value) and not np.size(value):
            # Of no entries it is not remembered that they were complex.
            raise Refused
        if any(0 < number < 1e-290 for number in np.abs(value).ravel()):
            raise Refused
        if operation.name == "multiply" and self.underflows(arguments, value):
            raise Refused
        self.steps.append(step)
        self.enter(name, value, dims)
        for argument in arguments:
            if argument in self.unused:
                self.unused.remove(argument)
        return name

    def vanishes(self, argument):
        """Tell whether an argument is 0 somewhere, as complex ones may be where reals are not."""
        return np.any(np.equal(self.values.get(argument, 1), 0))

    def underflows(self, factors, product):
        nonzero = [
            np.not_equal(self.values.get(f, f) if isinstance(f, str) else f, 0) for f in factors
        ]
        return np.any(np.logical_and(*nonzero) & (product == 0))

    def is_complex(self, *names):
        return any(np.iscomplexobj(self.values[name]) for name in names if isinstance(name, str))

    def within(self, name, interval):
        """Return the value, or one made of it that lies in the interval."""
        value = self.values[name]
        low, high = interval
        if self.is_complex(name):
            if np.abs(value).max(initial=0) > 2:
                raise Refused
            return name
        if not np.size(value) or (low <= value.min() and value.max() <= high):
            return name
        dims = self.dims[name]
        middle, reach = (low + high) / 2, (high - low) / 2
        squash = table.named(self.pick(("sin", "tanh", "arctan")))
        inner = self.step(squash, [name], dims)
        scale = reach * 0.6
        scaled = self.step(table.ARITHMETIC[3], [scale, inner], dims)
        return self.step(table.ARITHMETIC[0], [scaled, middle], dims) if middle else scaled

    def allowed(self, operation, *names):
        if self.is_complex(*names) and not operation.onto_complex:
            raise Refused
        return operation

    # One method for each sort of operation.

    def unary(self):
        name = self.operand()
        pool = table.UNARY + (table.COMPLEX_PARTS if self.complex else [])
        operation = self.allowed(self.pick(pool), name)
        return self.step(operation, [self.within(name, operation.domain[0])], self.dims[name])

    def joined_dims(self, first, second):
        """Broadcast dims as numpy; only axes of the size 1 stretch."""
        a, b = self.dims[first], self.dims[second]
        rank = max(len(a), len(b))
        pairs = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
        result = []
        for one, other in pairs:
            if one not in (1, other) and other != 1:
                raise Refused
            result.append(other if one == 1 else one)
        return tuple(result)

    def pair(self):
        first = self.operand()
        fitting = [n for n in self.values if self.fits(first, n)]
        fresh = [n for n in fitting if n in self.unused and n != first]
        return first, self.pick(fresh or fitting)

    def fits(self, first, second):
        try:
            self.joined_dims(first, second)
        except Refused:
            return False
        return True

    def binary(self):
        first, second = self.pair()
        operation = self.allowed(self.pick(table.BINARY), first, second)
        arguments = [
            self.within(name, interval)
            for name, interval in zip((first, second), operation.domain, strict=True)
        ]
        return self.step(operation, arguments, self.joined_dims(first, second))

    def arithmetic(self):
        first, second = self.pair()
        operation = self.pick(table.ARITHMETIC)
        dims = self.joined_dims(first, second)
        if operation.name == "divide":
            second = self.within(second, operation.domain[1])
            if np.any(np.abs(self.values[second]) < 0.1):
                raise Refused
        return self.step(operation, [first, second], dims)

    def number(self):
        """Join a value and a number, of ordinary size or far from it."""
        name = self.operand()
        dims = self.dims[name]
        if self.chance(0.12) and not self.dtypes:
            factor = self.pick(EXTREME)
            away = self.step(table.ARITHMETIC[3], self.shuffled(name, factor), dims)
            if self.chance(0.4):
                away = self.step(table.ARITHMETIC[3], [away, away if factor < 1 else 0.5], dims)
                return self.step(table.ARITHMETIC[3], [away, 1e-10 / factor], dims)
            return self.step(table.ARITHMETIC[4], [away, factor], dims)
        number, operation = self.pick(NUMBERS), self.pick(table.ARITHMETIC)
        if operation.name == "divide":
            number = number or 2.0
            return self.step(operation, [name, number], dims)
        return self.step(operation, self.shuffled(name, number), dims)

    def shuffled(self, *arguments):
        return list(arguments)[:: self.pick((1, -1))]

    def where(self):
        operation = self.pick(table.WHERE)
        first, second = self.pair()
        dims = self.joined_dims(first, second)
        same = [n for n in self.values if self.dims[n] == dims]
        if not same:
            raise Refused
        third = self.pick([*same, *(n for n in self.values if not self.dims[n])])
        arguments = [first, second, third]
        if operation.arity == 4:
            arguments = [self.pick(same), self.pick(NUMBERS), first, second]
        self.allowed(operation, *arguments)
        return self.step(operation, arguments, dims)

    def axes(self, name):
        """Draw axes to reduce: none named, one, negative, two."""
        rank = len(self.dims[name])
        axis = None
        if rank and self.chance(0.7):
            axis = int(self.random.integers(-rank, rank))
            if rank > 1 and self.chance(0.2):
                axis = tuple(int(a) for a in self.random.choice(rank, 2, replace=False))
        dropped = range(rank) if axis is None else {a % rank for a in np.atleast_1d(axis)}
        keepdims = self.chance(0.3)
        dims = self.dims[name]
        if keepdims:
            return axis, True, tuple(1 if a in dropped else dim for a, dim in enumerate(dims))
        return axis, False, tuple(dim for a, dim in enumerate(dims) if a not in dropped)

    def reduction(self):
        name = self.operand(lambda n: self.dims[n] or self.chance(0.2))
        operation = self.allowed(self.pick(table.REDUCTIONS), name)
        if not self.values[name].size and operation.name != "sum":
            raise Refused
        axis, keepdims, dims = self.axes(name)
        if operation.name == "norm" and axis is None and len(self.dims[name]) > 2:
            raise Refused
        if operation.name == "norm" and np.any(np.abs(self.values[name]) < 1e-3):
            raise Refused
        return self.step(operation, [name], dims, axis=axis, keepdims=keepdims)

    def softmax(self):
        name = self.operand(lambda n: self.dims[n] and self.values[n].size)
        operation = self.allowed(self.pick(table.ALONG_ONE_AXIS), name)
        rank = len(self.dims[name])
        axis = int(self.random.integers(-rank, rank))
        return self.step(operation, [name], self.dims[name], axis=axis)
