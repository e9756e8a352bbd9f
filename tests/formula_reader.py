"""A reader of printed formulas, for the tests: it knows how a person reads, and numpy.

Index notation is parsed as Python and evaluated by the rules that the page on notations
states. Matrix notation in ASCII is Python over einsgrad's functions.
"""

import ast
import operator
import re
from collections import Counter
from itertools import chain

import numpy as np

import einsgrad as eg
from einsgrad.engine.row_values import row_value
from einsgrad.expressions.base import Node
from einsgrad.expressions.tables.elementwise import ELEMENTWISE
from einsgrad.notation.index_factors import free_letters


class Reader:
    """Evaluates `A[m,n]*x[n]` by the rules that a person reads it with."""

    def __init__(self, arrays, sizes):
        self.arrays, self.sizes = arrays, sizes

    def read(self, text, free, dims, kept):
        """Return the array of a formula whose result has the letters `free`, in order."""
        tree = ast.parse(text, mode="eval").body
        self.letter_dims = {}
        self.scan(tree)
        known = dict(zip(free, dims, strict=True)) if dims else self.letter_dims
        self.letter_dims = {letter: known[letter] for letter in free if letter in known}
        letters, array = self.term(tree, frozenset(kept))
        missing = [x for x in free if x not in letters]
        shape = [self.sizes[self.letter_dims[x]] for x in missing]
        array = np.broadcast_to(array[(..., *[None] * len(missing))], [*array.shape, *shape])
        letters = (*letters, *missing)
        assert sorted(letters) == sorted(free), text
        return np.transpose(array, [letters.index(x) for x in free])

    def node(self, node, kept):
        """Return letters and array; a letter in `kept` is not summed where it is repeated."""
        match node:
            case ast.Constant(value=value):
                return (), np.asarray(value)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                sign = 1 if isinstance(node.op, ast.Add) else -1
                first = self.term(left, kept)
                return self.joined(operator.add, first, self.scaled(sign, self.term(right, kept)))
            case ast.BinOp(op=ast.Mult() | ast.Div()) | ast.UnaryOp(op=ast.USub()):
                return self.product(node, kept)
            case ast.BinOp(op=ast.Pow()):
                return self.joined(
                    operator.pow, self.node(node.left, kept), self.node(node.right, kept)
                )
            case ast.Subscript():
                return self.product(node, kept)
            case ast.Name(id=name):
                return (), self.arrays[name]
            case ast.Call(func=ast.Subscript(value=ast.Name(id=name), slice=indices), args=[inner]):
                return self.along(name, names_of(indices), inner, kept)
            case ast.Call(func=ast.Name(id="det" | "logdet" as name), args=[inner]):
                value = np.linalg.slogdet(self.node_matrix(inner))
                return (), value[1] if name == "logdet" else value[0] * np.exp(value[1])
            case ast.Call(func=ast.Name(id=name), args=arguments):
                found = [self.node(argument, kept) for argument in arguments]
                row = ELEMENTWISE[name]
                if len(found) == 1:
                    return found[0][0], row_value(row, found[0][1])
                return self.joined(lambda *arrays: row_value(row, *arrays), *found)
        raise AssertionError(ast.dump(node))

    def node_matrix(self, node):
        return self.arrays[node.id]

    def scaled(self, number, labelled):
        return labelled[0], number * labelled[1]

    def size_of(self, letter):
        return self.sizes[self.letter_dims.get(letter, letter)]

    def term(self, node, kept):
        """Evaluate a term of a sum; letters may have other dims than in the other terms."""
        if not is_sum(node):
            self.scan(node)
        return self.node(node, kept)

    def scan(self, tree):
        """Learn the dims of letters: from arrays, then from deltas."""
        deltas = []
        for node in ast.walk(tree):
            match node:
                case ast.Subscript(
                    value=ast.Name(id=name) | ast.Call(args=[ast.Name(id=name), *_]), slice=indices
                ) if name in self.arrays:
                    self.note_dims(name, names_of(indices))
                case ast.Subscript(value=ast.Name(id="delta"), slice=ast.Tuple() as indices):
                    deltas.append(names_of(indices))
        for letters in deltas:
            self.same_dims(letters)

    def symbol(self, node):
        match node:
            case ast.Subscript(value=ast.Call(args=[ast.Name(id=name)]), slice=indices):
                return names_of(indices), np.linalg.inv(self.arrays[name])
            case ast.Subscript(value=ast.Call(args=[ast.Name(id=name), power]), slice=indices):
                exponent = ast.literal_eval(power)
                return names_of(indices), np.linalg.matrix_power(self.arrays[name], exponent)
            case ast.Subscript(value=ast.Name(id="size"), slice=indices):
                return (), np.asarray(self.sizes[names_of(indices)[0]])
            case ast.Subscript(value=ast.Name(id="delta"), slice=indices):
                letters = names_of(indices)
                self.same_dims(letters)
                grid = np.indices([self.size_of(letters[0])] * len(letters))
                return letters, np.all(grid == grid[0], axis=0).astype(float)
            case ast.Subscript(value=ast.Name(id=name), slice=indices):
                return names_of(indices), self.arrays[name]

    def note_dims(self, name, letters):
        for letter, size in zip(letters, self.arrays[name].shape, strict=True):
            self.letter_dims[letter] = next(d for d, n in self.sizes.items() if n == size)

    def same_dims(self, letters):
        known = [self.letter_dims.get(x, x) for x in letters]
        # In the definition of a square matrix its second letter may stand in deltas alone.
        dim = next((dim for dim in known if dim in self.sizes), "n")
        self.letter_dims.update(dict.fromkeys(letters, dim))

    def joined(self, function, *labelled):
        letters = tuple(dict.fromkeys(chain.from_iterable(labels for labels, _ in labelled)))
        aligned = [
            np.transpose(array, [own.index(x) for x in letters if x in own])[
                tuple(slice(None) if x in own else None for x in letters)
            ]
            for own, array in labelled
        ]
        return letters, function(*aligned)

    def product(self, node, kept):
        """Sum each letter that stands twice in a product, unless something else says it stays."""
        factors = [
            self.symbol(factor) if isinstance(factor, ast.Subscript) else self.node(factor, kept)
            for factor in factors_of(node)
        ]
        counts = Counter(chain.from_iterable(letters for letters, _ in factors))
        twice = {x for x, count in counts.items() if count == 2 and x not in kept}
        assert all(n < 3 or x in kept for x, n in counts.items()), ast.unparse(node)
        letters = list(counts)
        output = [letters.index(x) for x in letters if x not in twice]
        arguments = chain.from_iterable((a, list(map(letters.index, own))) for own, a in factors)
        return tuple(letters[k] for k in output), np.einsum(*arguments, output)

    def along(self, name, bound, inner, kept):
        letters, array = self.node(inner, kept | set(bound))
        axes = tuple(letters.index(x) for x in bound)
        rest = tuple(x for x in letters if x not in bound)
        if name == "softmax":
            shifted = np.exp(array - array.max(axes, keepdims=True))
            return letters, shifted / shifted.sum(axes, keepdims=True)
        functions = {
            "sum": np.sum,
            "max": np.max,
            "min": np.min,
            "prod": np.prod,
            "norm": lambda v, axis: np.sqrt(np.sum(v * v, axis)),
            "logsumexp": np.logaddexp.reduce,
        }
        flat = np.moveaxis(array, axes, range(-len(axes), 0))
        flat = flat.reshape([*flat.shape[: flat.ndim - len(axes)], -1])
        return rest, functions[name](flat, axis=-1)


def is_sum(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def names_of(indices):
    parts = indices.elts if isinstance(indices, ast.Tuple) else [indices]
    return tuple(part.id for part in parts)


def factors_of(node):
    match node:
        case ast.BinOp(op=ast.Mult()):
            return [*factors_of(node.left), *factors_of(node.right)]
        case ast.BinOp(op=ast.Div()):
            one_over = ast.Call(func=ast.Name(id="reciprocal"), args=[node.right], keywords=[])
            return [*factors_of(node.left), one_over]
        case ast.UnaryOp(op=ast.USub()):
            return [ast.Constant(value=-1.0), *factors_of(node.operand)]
        case _:
            return [node]


def one_formula(text, letters, dims, arrays, sizes, kept=()):
    """Evaluate one formula, in index notation if it has indices."""
    tree = ast.parse(text, mode="eval")
    if letters and any(isinstance(node, ast.Subscript) for node in ast.walk(tree)):
        return Reader(arrays, sizes).read(text, letters, dims, kept)
    if any(isinstance(node, ast.Subscript) for node in ast.walk(tree)):
        return Reader(arrays, sizes).read(text, (), (), ())
    named = {size: dim for dim, size in sizes.items()}
    symbols = {
        name: eg.variables(f"{name}[{','.join(named[size] for size in array.shape)}]")[0]
        for name, array in arrays.items()
    }
    found = eval(text, {name: getattr(eg, name) for name in eg.__all__} | symbols)
    return eg.evaluate(found, sizes=sizes, **arrays) if isinstance(found, Node) else found


def read_back(text, expr, arrays, sizes):
    """Evaluate ASCII text: index notation, or Python over einsgrad's functions, or a mix."""
    first, *notes = text.split("\n")
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    definitions = [n.removeprefix("where ") for n in notes if n.startswith("where")]
    for definition in reversed(definitions):
        left, _, right = definition.partition(" = ")
        name, _, inside = left.rstrip("]").partition("[")
        letters = tuple(inside.split(",")) if inside else ()
        arrays[name] = np.asarray(one_formula(right, letters, None, arrays, sizes, letters))
    letters = free_letters(expr)
    left = re.match(r"\w+\[([\w,]+)\] = ", first)
    if left:
        letters, first = tuple(left[1].split(",")), first[left.end() :]
    return one_formula(first, letters, expr.shape, arrays, sizes, letters if left else ())
