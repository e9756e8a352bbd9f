"""An einsum of named operands as an expression, with the letters it is shown in.

This is the bridge from the user's string to the nodes: labels become dims, operands
become variables, and axes of size 1 that broadcast get a label of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import SupportsIndex

from einsgrad.errors import ArgumentError, ArgumentTypeError, as_sequence, clip
from einsgrad.expressions.construct import as_size, build_einsum, variable
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.label_ranges import completed, found_sizes, selectors_of, with_sizes
from einsgrad.expressions.lettering import DOTS, Lettering
from einsgrad.expressions.nodes import COMPLEX, Einsum, Variable
from einsgrad.expressions.operand_names import operand_names, unified_dims, unique_names
from einsgrad.strings.affine_labels import AffineLabel, relabelled
from einsgrad.strings.calls import Shapes, WrittenEinsum, as_equation
from einsgrad.strings.equation import Equation, OperandAxis
from einsgrad.strings.letters import fresh_letters, is_letter
from einsgrad.strings.subscripts import Label, Subscripts


@dataclass(frozen=True)
class Operation:
    """An equation with names for its operands, and the expression it stands for.

    Parameters
    ----------
    equation
        The equation; if bound to shapes, without `...`.
    names
        One name for each operand; equal names mean the same array.
    sizes
        The sizes of the labels, where the equation was bound to shapes.
    shapes
        The shapes that it was bound to.
    stretched
        The axes of size 1 that broadcast.
    """

    equation: Equation
    names: tuple[str, ...]
    sizes: tuple[tuple[Label, int], ...] = ()
    shapes: tuple[tuple[int, ...], ...] | None = None
    stretched: frozenset[OperandAxis] = frozenset()

    @cached_property
    def letters(self) -> dict[Label, str]:
        """A letter for every label: itself, or the first of a longer name if it is free.

        That of an affine label is shown where its axis needs an index of its own.
        """
        labels = self.equation.labels
        single = [label for label in labels if isinstance(label, str) and len(label) == 1]
        letters: dict[Label, str] = {label: label for label in single if is_letter(label)}
        fresh = fresh_letters(tuple(letters.values()))
        for label in sorted(labels, key=lambda label: isinstance(label, AffineLabel)):
            if label is Ellipsis:
                letters[label] = DOTS
            elif label not in letters:
                first = label[:1] if isinstance(label, str) else ""
                usable = first.isalpha() and first not in letters.values()
                unused = (letter for letter in fresh if letter not in letters.values())
                letters[label] = first if usable else next(unused)
        return letters

    @cached_property
    def subscripts(self) -> Subscripts:
        """The lists in letters, as the user wrote them."""
        shown: dict[Label, Label] = {
            label: label if label is Ellipsis else letter for label, letter in self.letters.items()
        }
        inner = {k: v for k, v in shown.items() if not isinstance(k, AffineLabel)}
        return relabelled(self.equation.subscripts, inner)

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The operands; those of equal names are one variable."""
        dims = unified_dims(
            self.names, [self._axis_dims(place) for place in range(len(self.names))]
        )
        return tuple(
            variable(name, shape, COMPLEX) for name, shape in zip(self.names, dims, strict=True)
        )

    def _axis_dims(self, position: int) -> Shape:
        indices = self.equation.subscripts.inputs[position]
        return tuple(
            1 if (position, axis) in self.stretched else self.letters[label]
            for axis, label in enumerate(indices)
        )

    @cached_property
    def expr(self) -> Einsum:
        """The value: a normal einsum whose first operands are the variables in order.

        Behind them stand the selectors of affine labels.
        """
        dims = {label: self.dim_of(label) for label in self.equation.labels}
        selectors = selectors_of(self.equation, dims)
        return build_einsum(self.equation.numbered(self.stretched), (*self.variables, *selectors))

    def dim_of(self, label: Label) -> Dim:
        """Return the dim of a label of the equation."""
        return self._dims_of_letters[self.letters[label]]

    @property
    def dim_sizes(self) -> dict[Dim, int]:
        """The sizes of the dims, where they are known."""
        given = [(label, size) for label, size in self.equation.sizes if isinstance(size, int)]
        return {self.dim_of(label): size for label, size in (*given, *self.sizes)}

    def told_sizes(self, sizes: Mapping[Dim, int]) -> dict[Dim, int]:
        """Return the sizes of dims that follow from those of others, through affine labels."""
        known: dict[Label, Dim] = {
            label: sizes[self.dim_of(label)]
            for label in self.equation.labels
            if self.dim_of(label) in sizes
        }
        found = _numbers(found_sizes(self.equation, known))
        return {self.dim_of(label): size for label, size in found.items()}

    @cached_property
    def _dims_of_letters(self) -> dict[str, Dim]:
        """The dim that each letter's axes have: equal names may have joined letters."""
        dims: dict[str, Dim] = {letter: letter for letter in self.letters.values()}
        for place, variable_ in enumerate(self.variables):
            for label, dim in zip(
                self.equation.subscripts.inputs[place], variable_.shape, strict=True
            ):
                if dim != 1:
                    dims[self.letters[label]] = dim
        return dims

    def lettering(
        self, output: Sequence[Label | None] = (), avoid: Iterable[str] = ()
    ) -> Lettering:
        """Say which letters a derivative shows: the user's where they are free."""
        candidates: dict[Dim, list[str]] = {}
        for letter, dim in self._dims_of_letters.items():
            candidates.setdefault(dim, []).append(letter)
        return Lettering(tuple(output), candidates, frozenset(avoid))

    def operand_letters(self, position: int) -> tuple[Label | None, ...]:
        """The user's letters of an operand's axes; None where one repeats or broadcasts."""
        seen: set[Label] = set()
        letters: list[Label | None] = []
        for axis, label in enumerate(self.subscripts.inputs[position]):
            hidden = label in seen or (position, axis) in self.stretched
            hidden = hidden or isinstance(label, AffineLabel)
            letters.append(None if hidden else label)
            seen.add(label)
        return tuple(letters)

    def positions(self, wrt: int | str) -> tuple[int, ...]:
        """Return the positions of an operand given by number, or of all those of a name.

        Raises
        ------
        ArgumentError
            If there is no such operand.
        ArgumentTypeError
            If `wrt` is neither a number nor a name.
        """
        if isinstance(wrt, str):
            found = tuple(place for place, name in enumerate(self.names) if name == wrt)
            if not found:
                raise ArgumentError(
                    f"no operand is named {clip(wrt)}. "
                    f"The operands are {clip(', '.join(unique_names(self.names)))}."
                )
            return found
        position = _index(wrt)
        count = len(self.names)
        if not -count <= position < count:
            raise self.equation.error(
                ArgumentError,
                f"operand {clip(position)} is out of range",
                (count - 1, None),
                f"The operands are counted from 0 to {count - 1}.",
            )
        return (position % count,)


def _index(wrt: object) -> int:
    if isinstance(wrt, SupportsIndex):
        try:
            return index(wrt)
        except TypeError:
            # A class, or an array that is no one integer, seems to have an index.
            pass
    raise ArgumentTypeError(f"an operand's number or name is expected, not {clip(wrt)}.")


def operation(
    equation: Equation,
    names: Sequence[str] | None = None,
    *,
    ranks: Sequence[int] | None = None,
    shapes: Sequence[tuple[int, ...]] | None = None,
    sizes: Mapping[str, Dim] | None = None,
) -> Operation:
    """Name the operands of an equation, and expand it if ranks or shapes are given.

    Sizes of labels are those that no shape tells.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> operation(parse_einsum("mn,n->m"), ("A", "x")).variables
    (A[m,n], x[n])
    """
    equation = with_sizes(equation, sizes)
    if shapes is not None:
        given = tuple(_sizes(shape, "a shape") for shape in as_sequence(shapes, "shapes"))
        laid = equation.aligned(given)
        known = _numbers(completed(laid.equation, laid.sizes)) if equation.sized else laid.sizes
        named = operand_names(equation, names)
        return Operation(laid.equation, named, tuple(known.items()), given, laid.stretched)
    if ranks is not None:
        equation = equation.expand(_sizes(ranks, "ranks"))
    return Operation(_without_idle_dots(equation), operand_names(equation, names))


def _numbers(sizes: Mapping[Label, Dim]) -> dict[Label, int]:
    """Refuse sizes of labels that are names: arrays have none."""
    for label, size in sizes.items():
        if not isinstance(size, int):
            raise ArgumentError(f"sizes: label {clip(label)} of arrays has no size {clip(size)}.")
    return {label: size for label, size in sizes.items() if isinstance(size, int)}


def as_operation(
    einsum: WrittenEinsum,
    names: Sequence[str] | None,
    ranks: Sequence[int] | None = None,
    shapes: Shapes | None = None,
    sizes: Mapping[str, Dim] | None = None,
) -> Operation:
    """Read an einsum and name its operands."""
    return operation(as_equation(einsum), names, ranks=ranks, shapes=shapes, sizes=sizes)


def _sizes(values: Sequence[int], what: str) -> tuple[int, ...]:
    """Check that values are whole numbers, and not negative."""
    given = as_sequence(values, what)
    sizes = []
    for value in given:
        size = as_size(value)
        if size is None and isinstance(value, int) and value < 0:
            raise ArgumentError(f"{what} holds a negative number: {clip(given)}.")
        if size is None:
            raise ArgumentTypeError(f"{what} is given as whole numbers, not {clip(given)}.")
        sizes.append(size)
    return tuple(sizes)


def _without_idle_dots(equation: Equation) -> Equation:
    """Drop a `...` that can cover no axis because the output lacks it."""
    if not equation.has_ellipsis or Ellipsis in equation.subscripts.output:
        return equation
    return equation.expand(equation.ranks())
