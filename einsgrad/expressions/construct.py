"""Building expressions: constructors that keep what the nodes promise.

`build_einsum` keeps the invariant that every `Einsum` node is normal, `add_terms` that the
terms of a sum have one shape, so that no rule has to check it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import index
from sys import maxsize as MOST_ENTRIES
from typing import SupportsIndex

from einsgrad.errors import ArgumentError, ShapeError, clip
from einsgrad.expressions.base import Node
from einsgrad.expressions.dims import Dim, Linear, Shape, read_dim
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.nodes import Add, Constant, Einsum, Expr, Number, Variable
from einsgrad.expressions.selectors import Delta
from einsgrad.strings.deltas import Factor, Product, as_product, close
from einsgrad.strings.letters import is_letter
from einsgrad.strings.subscripts import Indices, Label, Subscripts, fresh_numbers


def build_einsum(subscripts: Subscripts, operands: Sequence[Expr]) -> Einsum:
    """Build the einsum of any label lists, with deltas and ones added until it is normal.

    Parameters
    ----------
    subscripts
        One list for each operand, and the output's; lists may repeat labels.
    operands
        The expressions, in order.

    Raises
    ------
    ShapeError
        If an operand's rank is not its list's length, or a label's dims differ.

    Examples
    --------
    >>> A = Variable("A", ("n", "n"))
    >>> trace = build_einsum(Subscripts(((0, 0),), ()), (A,))
    >>> str(trace.subscripts), trace.operands[1] is Delta("n", 2)
    ('01,01->', True)
    """
    dims = label_dims(subscripts, operands)
    unknown = [label for label in subscripts.output if label not in dims]
    if unknown:
        raise ShapeError(f"output label {clip(unknown[0])} stands in no operand.")
    closed, factors = _closed(subscripts)
    return Einsum(closed, tuple([factor_expr(f, operands, dims) for f in factors]))


@lru_cache(maxsize=4096)
def _closed(subscripts: Subscripts) -> tuple[Subscripts, tuple[Factor, ...]]:
    """Return the normal form of label lists, and the factors that its operands are."""
    return _closed_product(as_product(subscripts))


@lru_cache(maxsize=4096)
def _closed_product(product: Product) -> tuple[Subscripts, tuple[Factor, ...]]:
    fresh: Iterator[int] = fresh_numbers(product.subscripts.labels)
    closed = close(product, fresh.__next__)
    return closed.subscripts.numbered(), closed.factors


def from_product(product: Product, operands: Sequence[Expr], dims: Mapping[Label, Dim]) -> Einsum:
    """Build the normal einsum of a product of the given operands and of deltas.

    Parameters
    ----------
    product
        Factors that name an operand by its position, or are deltas.
    operands, dims
        The operands, and the dim of every label.
    """
    subscripts, factors = _closed_product(product)
    return Einsum(subscripts, tuple([factor_expr(factor, operands, dims) for factor in factors]))


def with_factors(
    node: Einsum, factors: Iterable[tuple[Indices, Expr]], done: Collection[Label] = ()
) -> Einsum:
    """Rebuild an einsum with other factors; labels that none of them holds get ones.

    Parameters
    ----------
    node, factors
        The einsum, and its new operands with their labels.
    done
        Labels whose sums the new factors contain already.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> product = build_einsum(Subscripts(((0,), (0,)), (0,)), (x, y))
    >>> with_factors(product, [((), Constant(2))])
    2 * ones("n")
    """
    pairs = list(factors)
    held = set(chain.from_iterable(indices for indices, _ in pairs))
    dims = node.dims
    for label in node.subscripts.labels:
        if label not in held and label not in done:
            free = label in node.subscripts.output
            pairs.append(((label,) if free else (), Delta(dims[label], 1 if free else 0)))
    subscripts = Subscripts(tuple(indices for indices, _ in pairs), node.subscripts.output)
    return from_product(as_product(subscripts), [operand for _, operand in pairs], dims)


def factor_expr(factor: Factor, operands: Sequence[Expr], dims: Mapping[Label, Dim]) -> Expr:
    """Return the expression that a factor stands for."""
    if factor.source is not None:
        return operands[factor.source]
    dim = dims[factor.label]
    order = len(factor.indices)
    return Constant(dim) if order == 0 and isinstance(dim, int) else Delta(dim, order)


def add_terms(terms: Sequence[Expr], shape: Shape) -> Expr:
    """Build a sum; of no terms it is zeros of the given shape, of one the term itself.

    Raises
    ------
    ShapeError
        If the shapes of the terms differ.

    Examples
    --------
    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> add_terms([x], ("n",)) is x
    True
    >>> add_terms([x, y], ("n",)).shape
    ('n',)
    """
    for term in terms:
        if term.shape != shape:
            raise ShapeError(
                f"cannot add {clip(term)} to a sum of shape "
                f"[{','.join(map(str, shape))}]. Terms of a sum have equal dims."
            )
    if not terms:
        return zeros(shape)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def zeros(shape: Shape) -> Expr:
    """Return the zero of a shape: the number 0 spread over it by vectors of ones."""
    if not shape:
        return Constant(0)
    labels = tuple(range(len(shape)))
    ones = tuple(Delta(dim, 1) for dim in shape)
    return Einsum(Subscripts(((), *((label,) for label in labels)), labels), (Constant(0), *ones))


def scale(factor: Number, expr: Expr) -> Expr:
    """Multiply an expression by a number."""
    if factor == 1:
        return expr
    labels = tuple(range(len(expr.shape)))
    return Einsum(Subscripts(((), labels), labels), (Constant(factor), expr))


def identity(shape: Shape) -> Expr:
    """Return the identity map of tensors of a shape: deltas between axes a and a + rank.

    Examples
    --------
    >>> identity(("m", "n")).shape
    ('m', 'n', 'm', 'n')
    """
    rank = len(shape)
    if rank == 0:
        return Constant(1)
    pairs = tuple((axis, axis + rank) for axis in range(rank))
    return Einsum(
        Subscripts(pairs, tuple(range(2 * rank))).numbered(),
        tuple(Delta(dim, 2) for dim in shape),
    )


def as_size(value: object) -> int | None:
    """Return a size as a plain integer; None where it is none.

    What is kept and printed is an `int` of Python itself, of which no text is but its digits.

    Examples
    --------
    >>> as_size(3), as_size(-1), as_size(True), as_size("n")
    (3, None, None, None)
    """
    size = as_whole(value)
    return size if size is not None and 0 <= size <= MOST_ENTRIES else None


def as_whole(value: object) -> int | None:
    """Return a whole number as a plain integer; None where it is none.

    Examples
    --------
    >>> as_whole(-1), as_whole(True), as_whole(1.0)
    (-1, None, None)
    """
    # A bool has an index, and stands for no axis and no size; an expression's has no value.
    if isinstance(value, bool | Node) or not isinstance(value, SupportsIndex):
        return None
    try:
        return int(index(value))
    except TypeError:
        # A class, or an array that is no one integer, seems to have an index.
        return None


def checked_dims(dims: Iterable[object]) -> Shape:
    """Return dims as plain integers and strings.

    Raises
    ------
    ArgumentError
        If one is neither a size nor a name.

    Examples
    --------
    >>> checked_dims(["n", 3])
    ('n', 3)
    """
    return tuple(map(_checked_dim, dims))


def _checked_dim(dim: object) -> Dim:
    if isinstance(dim, str):
        name = str.__str__(dim)
        if name.isidentifier() or name == "..." or is_letter(name):
            return name
        dim = read_dim(name)
        if isinstance(dim, Linear):
            return dim
    if isinstance(dim, Linear):
        return dim
    size = as_size(dim)
    if size is None:
        most = f"{MOST_ENTRIES:,}"
        raise ArgumentError(f"{clip(dim)} is no dim. Give a size from 0 to {most}, or a name.")
    return size


def variable(name: str, shape: Iterable[object], *traits: str) -> Variable:
    """Build a variable after checking its name and dims.

    Raises
    ------
    ArgumentError
        If the name is no identifier, or a dim is no size.
    """
    plain = str.__str__(name)
    if not plain.isidentifier():
        raise ArgumentError(f"{clip(name)} cannot name a variable. Use a Python identifier.")
    return Variable(plain, checked_dims(shape), frozenset(traits))
