"""A second reader of index notation, for the tests: it knows how a person reads, and loops.

Every index runs as far as all its places exist; a bracket that does not hold makes a product 0
before anything else in it is looked at; a place outside of its array is a mistake of the formula.
"""

import ast
import itertools
import re
from collections import Counter

import numpy as np

from einsgrad.engine.row_values import row_value
from einsgrad.expressions.tables.elementwise import ELEMENTWISE

FAR = 40


class LoopingReader:
    """Evaluates a formula entry by entry."""

    def __init__(self, arrays, sizes):
        self.arrays, self.sizes = dict(arrays), sizes

    def index(self, node, env):
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return env[name] if name in env else self.sizes[name]
            case ast.BinOp(left=left, op=op, right=right):
                one, other = self.index(left, env), self.index(right, env)
                kinds = {ast.Add: one + other, ast.Sub: one - other, ast.Mult: one * other}
                return kinds[type(op)]
            case ast.UnaryOp(operand=operand):
                return -self.index(operand, env)
            case ast.Subscript():
                return int(self.entry(node, env))
        raise AssertionError(ast.dump(node))

    def entry(self, node, env):
        array = self.array(node.value)
        places = [self.index(one, env) for one in parts_of(node)]
        assert len(places) == np.ndim(array)
        inside = all(0 <= p < n for p, n in zip(places, np.shape(array), strict=True))
        assert inside, f"{ast.unparse(node)} is read outside of its array"
        return np.asarray(array)[tuple(places)]

    def array(self, node):
        match node:
            case ast.Name(id=name):
                return self.arrays[name]
            case ast.List():
                return np.array(ast.literal_eval(node))
            case ast.Call(func=ast.Name(id="eye"), args=[ast.Constant(value=size)]):
                return np.eye(self.dim(size))
            case ast.Call(func=ast.Name(id="ones"), args=[ast.Constant(value=size)]):
                return np.ones(self.dim(size))
        raise AssertionError(ast.dump(node))

    def dim(self, size):
        """Return a size that is a number or a text such as `2k-1`."""
        spelled = re.sub(r"(\d)([a-z])", r"\1*\2", str(size))
        return self.index(ast.parse(spelled, mode="eval").body, {})

    def holds(self, node, env):
        chain = node.elts[0] if isinstance(node, ast.List) else node
        sides = [self.index(one, env) for one in (chain.left, *chain.comparators)]
        tests = {
            ast.LtE: np.less_equal, ast.Lt: np.less, ast.GtE: np.greater_equal,
            ast.Gt: np.greater, ast.Eq: np.equal,
        }  # fmt: skip
        pairs = zip(chain.ops, itertools.pairwise(sides), strict=True)
        return all(tests[type(op)](*pair) for op, pair in pairs)

    def letters(self, node, *, conditions=False):
        """Yield the letters of a part that are not summed within it, each as often as it stands."""
        match node:
            case ast.Subscript(value=ast.Name(id="delta")):
                yield from self.of_index(node.slice)
            case ast.Subscript():
                for one in parts_of(node):
                    yield from self.of_index(one)
            case ast.List():
                if conditions:
                    yield from dict.fromkeys(self.of_index(node))
            case ast.Call(func=ast.Subscript(slice=bound), args=[inner]):
                taken = {one.id for one in ast.walk(bound) if isinstance(one, ast.Name)}
                yield from (x for x in self.free(inner, taken) if x not in taken)
            case ast.BinOp(op=ast.Mult()) | ast.UnaryOp():
                for factor in factors_of(node):
                    yield from self.letters(factor, conditions=conditions)
            case ast.BinOp(left=left, right=right):
                yield from dict.fromkeys([*self.free(left, ()), *self.free(right, ())])
            case ast.Call(args=args):
                found = [x for one in args for x in self.free(one, ())]
                yield from dict.fromkeys(found)

    def of_index(self, node):
        skipped = {one.value for one in ast.walk(node) if isinstance(one, ast.Subscript)}
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one not in skipped and one.id in self.named_letters:
                yield one.id

    def free(self, node, kept):
        counts = Counter(self.letters(node))
        alone = dict.fromkeys(self.letters(node, conditions=True))
        return [x for x in alone if counts[x] < 2 or x in kept]

    def extent(self, letter, node, env):
        """Return how far a letter runs: the most for which its places in a part exist."""
        best = FAR
        for place, size in self.places(node):
            found = set(self.of_index(place))
            others = found - {letter}
            is_looked_up = any(isinstance(one, ast.Subscript) for one in ast.walk(place))
            if letter in found and not is_looked_up and others <= env.keys():
                last = {x: env[x] - 1 for x in others}
                fits = [
                    k for k in range(FAR) if self.within(place, size, {**last, letter: k}, node)
                ]
                best = min(best, max(fits, default=-1) + 1)
        for bracket in (one for one in ast.walk(node) if is_bracket(one)):
            if set(self.of_index(bracket)) == {letter}:
                fits = [k for k in range(FAR) if self.holds(bracket, {letter: k})]
                best = min(best, max(fits, default=-1) + 1)
        return best

    def within(self, place, size, env, node):
        """Tell whether a place exists, or conditions bound it."""
        position = self.index(place, env)
        if 0 <= position < size:
            return True
        for bracket in (one for one in ast.walk(node) if is_bracket(one)):
            if set(self.of_index(bracket)) == set(env) and not self.holds(bracket, env):
                return True
        return position < 0 and len(env) > 1

    def places(self, node):
        for one in ast.walk(node):
            if isinstance(one, ast.Subscript) and self.is_array(one.value):
                shape = np.shape(self.array(one.value))
                yield from zip(parts_of(one), shape, strict=True)

    def is_array(self, node):
        known = isinstance(node, ast.Name) and node.id in self.arrays
        call = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("eye", "ones")
        return known or call or isinstance(node, ast.List)

    def extents(self, letters, node, env):
        """Return the ranges of letters, those that stand alone first."""
        found = {}
        known = {x: 1 + v for x, v in env.items()}
        inside = [
            one for one in ast.walk(node) if isinstance(one, ast.Subscript) or is_bracket(one)
        ]
        # Letters that are summed further inside, too: how far others run may depend on them.
        universe = dict.fromkeys(letters) | dict.fromkeys(
            x for one in inside for x in self.of_index(one) if x not in env
        )
        for _ in universe:
            for letter in universe:
                if letter not in found:
                    size = self.extent(letter, node, known | found)
                    if size < FAR:
                        found[letter] = size
        for bracket in (one for one in inside if is_bracket(one)):
            pair = set(self.of_index(bracket))
            for letter in pair & (set(letters) - found.keys()):
                if letter in self.sizes:
                    found[letter] = self.sizes[letter]
                elif pair & (known | found).keys():
                    (found[letter],) = {(known | found)[x] for x in pair if x in known | found}
        for one in inside:
            if isinstance(one, ast.Subscript) and getattr(one.value, "id", "") == "delta":
                self.agreeing(parts_of(one), found, known)
        assert set(letters) <= set(found), (letters, ast.unparse(node))
        return {letter: found[letter] for letter in letters}

    def agreeing(self, parts, found, known):
        """Let a letter alone run as far as what it must agree with, in any term."""
        for one, other in (parts, parts[::-1]) if len(parts) == 2 else ():
            sizes = known | found
            inner = set(self.of_index(other))
            if isinstance(one, ast.Name) and one.id not in known and inner <= sizes.keys():
                last = self.index(other, {x: sizes[x] - 1 for x in inner})
                found[one.id] = max(found.get(one.id, 0), last + 1)

    def value(self, node, env):
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.arrays[name]
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                sign = 1 if isinstance(node.op, ast.Add) else -1
                return self.value(left, env) + sign * self.value(right, env)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.value(left, env) / self.value(right, env)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.value(left, env) ** self.value(right, env)
            case ast.BinOp() | ast.UnaryOp() | ast.List() | ast.Subscript():
                return self.product(node, env)
            case ast.Call(func=ast.Subscript(value=ast.Name(id=name)) as head, args=[inner]):
                return self.along(name, parts_of(head), inner, env)
            case ast.Call(func=ast.Name(id=name), args=args):
                row = ELEMENTWISE[name]
                return row_value(row, *(np.asarray(self.value(one, env)) for one in args))
        raise AssertionError(ast.dump(node))

    def product(self, node, env):
        counts = Counter(self.letters(node))
        summed = [x for x, count in counts.items() if count == 2 and x not in env]
        return self.total(summed, node, env, lambda inner: self.multiplied(node, inner))

    def multiplied(self, node, env):
        factors = factors_of(node)
        if not all(self.holds(one, env) for one in factors if isinstance(one, ast.List)):
            return 0
        result = 1
        for factor in factors:
            match factor:
                case ast.List():
                    pass
                case ast.Subscript(value=ast.Name(id="delta")):
                    result *= len({self.index(one, env) for one in parts_of(factor)}) == 1
                case ast.Subscript():
                    result *= self.entry(factor, env)
                case _:
                    result *= self.value(factor, env)
        return result

    def total(self, letters, node, env, function):
        ranges = self.extents(letters, node, env) if letters else {}
        boxes = itertools.product(*(range(ranges[x]) for x in letters))
        return sum(function({**env, **dict(zip(letters, box, strict=True))}) for box in boxes)

    def along(self, name, parts, inner, env):
        letters = [one.left.id if isinstance(one, ast.Compare) else one.id for one in parts]
        outer = {x: v for x, v in env.items() if x not in letters}
        if name == "sum":
            return self.total(letters, inner, outer, lambda e: self.value(inner, e))
        (letter,) = letters
        size = self.extents(letters, inner, outer)[letter]
        for one in parts:
            if isinstance(one, ast.Compare):
                size = min(size, sum(self.holds(one, {letter: k}) for k in range(FAR)))
        entries = [self.value(inner, {**outer, letter: k}) for k in range(size)]
        return {"max": max, "logsumexp": lambda v: np.log(np.sum(np.exp(v)))}[name](entries)

    def formula(self, text):
        """Return the array of an equation."""
        text, _, said = text.partition(" for ")
        left, _, right = text.partition(" = ")
        letters = ast.parse(left, mode="eval").body
        names = [one.id for one in parts_of(letters)] if "[" in left else []
        tree = ast.parse(right, mode="eval").body
        self.named_letters = (
            {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and len(one.id) == 1}
            - set(self.arrays)
            - {x for x in self.sizes if x not in names and x not in alone(tree)}
        )
        ranges = dict(self.read_range(part) for part in said.split(",") if said)
        rest = [x for x in names if x not in ranges]
        ranges |= self.extents(rest, tree, {x: n - 1 for x, n in ranges.items()}) if rest else {}
        sizes = [ranges[x] for x in names]
        array = np.empty(sizes)
        for box in np.ndindex(*sizes):
            array[box] = self.value(tree, dict(zip(names, box, strict=True)))
        return array

    def read_range(self, text):
        letter, _, end = text.strip().partition(" < ")
        return letter, self.index(ast.parse(end, mode="eval").body, {})


def alone(tree):
    return {
        one.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        for one in parts_of(node)
        if isinstance(one, ast.Name)
    }


def is_bracket(node):
    return isinstance(node, ast.List) and [type(one) for one in node.elts] == [ast.Compare]


def parts_of(node):
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def factors_of(node):
    match node:
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return [*factors_of(left), *factors_of(right)]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return [ast.Constant(value=-1.0), *factors_of(operand)]
        case _:
            return [node]


def value_of(text, arrays, sizes):
    """Evaluate an equation in ASCII with the definitions of its parts."""
    reader = LoopingReader(arrays, sizes)
    first, *definitions = text.split("\n")
    for definition in reversed([one for one in definitions if one.startswith("where ")]):
        name = definition.removeprefix("where ").partition("[")[0].partition(" =")[0]
        reader.arrays[name] = reader.formula(definition.removeprefix("where "))
    return reader.formula(first)
