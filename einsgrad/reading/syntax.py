"""Which nodes of a syntax tree are values, and in which order they are read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from einsgrad.reading.names import DELTA_NAMES, SIZE, DeclaredNames, bare_name
from einsgrad.reading.source import ReadText

ZEROS = "zeros"
PROPERTIES = ("T", "real", "imag")
# What functions of numpy that return several matrices call them.
RESULTS = ("sign", "logabsdet", "eigenvalues", "eigenvectors", "U", "S", "Vh", "Q", "R")


@dataclass(frozen=True, slots=True)
class Place:
    """A node with what its surroundings say about it.

    Parameters
    ----------
    node
        The node.
    kept
        The labels that a product in it must not sum: the output's, and those of the sums around.
    in_base
        Whether it stands before the brackets of `inv(A)[i,j]`.
    """

    node: ast.expr
    kept: frozenset[str]
    in_base: bool = False


def places(tree: ast.expr, names: DeclaredNames, kept: frozenset[str]) -> list[Place]:
    """Return the nodes that are values, each after its parts; bases of indexed factors first.

    Examples
    --------
    >>> tree = ast.parse("2 * inv(A)[i,j]", mode="eval").body
    >>> [type(one.node).__name__ for one in places(tree, DeclaredNames(()), frozenset())]
    ['Name', 'Call', 'Constant', 'Subscript', 'BinOp']
    """
    stack = [Place(tree, kept)]
    found = []
    while stack:
        place = stack.pop()
        found.append(place)
        stack.extend(_parts(place, names))
    found.reverse()
    return sorted(found, key=lambda place: not place.in_base)


def _parts(place: Place, names: DeclaredNames) -> Iterator[Place]:
    node, kept, in_base = place.node, place.kept, place.in_base
    match node:
        case ast.Subscript(value=value):
            if not is_special(node, names):
                yield Place(value, kept, True)
        case ast.Call(func=ast.Subscript(slice=inside), args=arguments, keywords=keywords):
            bound = frozenset(letters_alone(inside))
            values = [*arguments, *(k.value for k in keywords)]
            yield from (Place(value, kept | bound, in_base) for value in values)
        case ast.Call(func=function, args=arguments, keywords=keywords):
            receiver = receiver_of(function, names)
            values = [*([receiver] if receiver else []), *arguments, *(k.value for k in keywords)]
            yield from (Place(value, kept, in_base) for value in values)
        case ast.Attribute(value=value) if node.attr in (*PROPERTIES, *RESULTS):
            yield Place(value, kept, in_base)
        case ast.List(elts=[ast.Compare()]):
            # Iverson's bracket compares indices, which are no values.
            pass
        case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Tuple() | ast.List():
            children = ast.iter_child_nodes(node)
            values = [child for child in children if isinstance(child, ast.expr)]
            yield from (Place(value, kept, in_base) for value in values)
        case _:
            pass


def is_special(node: ast.Subscript, names: DeclaredNames) -> bool:
    """Tell whether brackets follow a delta, a size or a function, and no value."""
    match node.value:
        case ast.Name(id=name) if name not in names.variables:
            return name in (*DELTA_NAMES, SIZE, ZEROS) or names.function(name) is not None
        case _:
            return False


def elements(inside: ast.expr) -> list[ast.expr]:
    """Return what stands between brackets, separated by commas."""
    return list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]


def letters_alone(inside: ast.expr) -> list[str]:
    """Return the letters that are elements between brackets, also compared ones: `i`, `i < 5`."""
    heads = map(_head, elements(inside))
    return [one.id for one in heads if isinstance(one, ast.Name)]


def _head(node: ast.expr) -> ast.expr:
    """Return what is compared first."""
    return node.left if isinstance(node, ast.Compare) else node


def path_of(node: ast.expr) -> tuple[str, ...] | None:
    """Read a dotted name such as `np.linalg.inv`; None for anything else."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else None


def receiver_of(function: ast.expr, names: DeclaredNames) -> ast.expr | None:
    """Return the value whose method is called, as in `x.sum()`; None for a plain function."""
    if not isinstance(function, ast.Attribute):
        return None
    path = path_of(function)
    if path is not None and path[0] not in names.variables and bare_name(path) is not None:
        return None
    return function.value


@dataclass(frozen=True, slots=True)
class Brackets:
    """The indices that stand in brackets.

    Parameters
    ----------
    labels
        The letters of the indices.
    places
        The node of each.
    """

    labels: tuple[str, ...]
    places: tuple[ast.expr, ...]


def brackets_of(node: ast.Subscript, source: ReadText) -> Brackets:
    """Read the indices behind a name.

    Raises
    ------
    ArgumentError
        If one is no name.
    """
    inside = tuple(elements(node.slice))
    return Brackets(tuple(_label(one, source) for one in inside), inside)


def _label(node: ast.expr, source: ReadText) -> str:
    head = _head(node)
    if not isinstance(head, ast.Name):
        raise source.error("an index here is a letter or a name", node, "Shift it elsewhere.")
    return head.id
