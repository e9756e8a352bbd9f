"""How far the labels within affine labels run, and how long axes are that nobody gave.

A label that stands by itself has the size of its axis, and one may be given a size beside
the string. Any other has the largest range for which all its places exist: the places at
its far end stay within the axis. What a negative number is added to starts before the
axis, so that there are zeros. An axis of the output has the smallest size that holds all
places. Sizes are numbers, names or linear forms of names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from einsgrad.errors import ArgumentError, ArgumentTypeError, EinsgradError, ShapeError, clip
from einsgrad.expressions.construct import checked_dims
from einsgrad.expressions.dims import Dim, is_at_least, linear
from einsgrad.expressions.index_ranges import steps_within
from einsgrad.expressions.selectors import Affine
from einsgrad.strings.affine_labels import AffineLabel, forms_in, labels_within
from einsgrad.strings.equation import Equation
from einsgrad.strings.interleaving import as_label, written
from einsgrad.strings.subscripts import Label, Subscripts


def with_sizes(equation: Equation, sizes: Mapping[str, Dim] | None) -> Equation:
    """Return an equation with sizes of labels that are given beside it.

    Parameters
    ----------
    equation
        The equation.
    sizes
        Sizes by label; an affine label may be written as a string in parentheses.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If it is no mapping, or has something that is no label or no size.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> with_sizes(parse_einsum("i,k->(i+k)"), {"(k + i)": 9}).sizes
    (('(i+k)', 9),)
    """
    if sizes is None:
        return equation
    if not isinstance(sizes, Mapping):
        raise ArgumentTypeError(f"sizes: {clip(sizes)} is no mapping. Give {{'i': 3}}.")
    labels = {label: label for label in equation.labels if label is not Ellipsis}
    found: dict[Label, Dim] = {}
    for key, size in sizes.items():
        label = as_label(key)
        if label not in labels:
            raise ArgumentError(
                f"a size is given for {clip(key)}, which is no label of {clip(equation.text)}. "
                "Give sizes by label."
            )
        (found[labels[label]],) = checked_dims([size])
    return replace(equation, sizes=tuple(found.items()))


def sized_as(equation: Equation, shape: Sequence[Dim]) -> Equation:
    """Return an equation whose output has a shape, where its operands leave that open.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> sized_as(parse_einsum("i,k->(i+k)"), [9]).sizes
    (('(i+k)', 9),)
    """
    output = equation.subscripts.output
    if not equation.forms or len(shape) != len(output):
        return equation
    held = frozenset(chain.from_iterable(equation.subscripts.inputs))
    told = {label: size for label, size in zip(output, shape, strict=True) if label not in held}
    return replace(equation, sizes=tuple({**told, **dict(equation.sizes)}.items()))


def selectors_of(equation: Equation, dims: Mapping[Label, Dim]) -> tuple[Affine, ...]:
    """Return the selector of each affine label of an equation, given the dims of all labels.

    An index that is a number is checked once its axis is known.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> window = parse_einsum("(i+k),k->i")
    >>> [node.shape for node in selectors_of(window, {window.forms[0]: "j", "i": 5, "k": 3})]
    [('j', 5, 3)]
    """
    return tuple(
        Affine(
            dims[form],
            tuple(dims[label] for label in form.labels),
            tuple(number for _, number in form.terms),
            form.constant,
            not form.terms and not isinstance(dims[form], int),
        )
        for form in equation.forms
    )


def completed(equation: Equation, sizes: Mapping[Label, Dim]) -> dict[Label, Dim]:
    """Return the sizes of all labels, given those of the axes of the operands.

    Labels without a size are given one in the order in which they stand.

    Raises
    ------
    ShapeError
        If a range cannot be told, or has no place in an axis.

    Examples
    --------
    >>> from einsgrad.strings.parsing import parse_einsum
    >>> strided = parse_einsum("(2i+3k-1),k->i")
    >>> found = completed(strided, {strided.forms[0]: 10, "k": 2})
    >>> found["i"]
    4
    """
    known = found_sizes(equation, sizes)
    for label in equation.labels:
        if label not in known and label is not Ellipsis:
            raise _untold(equation, label)
    for form in equation.forms:
        _check_entry(equation, form, known[form])
    return known


def found_sizes(equation: Equation, sizes: Mapping[Label, Dim]) -> dict[Label, Dim]:
    """Return the sizes of labels as far as they can be told."""
    known = dict(sizes)
    held = forms_in(chain.from_iterable(equation.subscripts.inputs))
    forms = [form for form in held if form in known]
    found = True
    while found:
        found = False
        for label in equation.labels:
            if label not in known and not isinstance(label, AffineLabel):
                places = [form for form in forms if _tells(form, label, known)]
                if places:
                    known[label] = _range(equation, label, places, known)
                    found = True
                    break
    for form in equation.forms:
        if form not in known and all(label in known for label in form.labels):
            known[form] = smallest_size(form, known)
    return known


def untold_sizes(lists: Subscripts, dims: Mapping[Label, Dim]) -> dict[Label, Dim]:
    """Return the sizes that must be given beside lists, so that all labels have their dims.

    Examples
    --------
    >>> form = AffineLabel((("i", 1),), 0)
    >>> crop = Subscripts(((form,),), ("i",))
    >>> untold_sizes(crop, {form: "n", "i": 5}), untold_sizes(crop, {form: 5, "i": 5})
    ({'i': 5}, {})
    """
    equation = written(lists)
    held = {label: dims[label] for label in chain.from_iterable(lists.inputs)}
    given: dict[Label, Dim] = {}
    for label in reversed(equation.labels):
        try:
            told = found_sizes(equation, held | given)
        except ShapeError:
            # With other ranges there is no room.
            told = held | given
        if label is not Ellipsis and told.get(label) != dims[label]:
            given[label] = dims[label]
    return given


def _tells(form: AffineLabel, label: Label, known: Mapping[Label, Dim]) -> bool:
    return label in form.labels and all(one in known for one in form.labels if one != label)


def smallest_size(form: AffineLabel, sizes: Mapping[Label, Dim]) -> Dim:
    """Return the smallest size that holds all places of a form.

    Examples
    --------
    >>> form = AffineLabel((("i", 2), ("k", -1)), 1)
    >>> smallest_size(form, {"i": 3, "k": 2}), str(smallest_size(form, {"i": "n", "k": 1}))
    (6, '2n')
    """
    if any(sizes[label] == 0 for label in form.labels):
        return 0
    size = linear((1, form.constant + 1), *_farthest(form, sizes, 1))
    return max(size, 0) if isinstance(size, int) else size


def _farthest(
    form: AffineLabel, sizes: Mapping[Label, Dim], sign: int, without: Label = Ellipsis
) -> Iterator[tuple[int, Dim]]:
    """Yield what labels with coefficients of a sign add to a form at their last indices."""
    for label, number in form.terms:
        size = sizes.get(label, 1)
        if number * sign > 0 and label != without and size != 0:
            yield from ((number, size), (-number, 1))


def _range(
    equation: Equation, label: Label, places: list[AffineLabel], known: Mapping[Label, Dim]
) -> Dim:
    """Return the largest range of a label for which its places in some forms exist."""
    ranges = [_range_in(equation, label, form, known) for form in places]
    shortest = ranges[0]
    for other in ranges[1:]:
        if is_at_least(other, shortest):
            continue
        if not is_at_least(shortest, other):
            raise _untold(equation, label)
        shortest = other
    return shortest


def _range_in(
    equation: Equation, label: Label, form: AffineLabel, known: Mapping[Label, Dim]
) -> Dim:
    step = dict(form.terms)[label]
    if step > 0:
        taken = _farthest(form, known, 1, label)
        room = linear((1, known[form]), (-1, form.constant), *((-n, size) for n, size in taken))
    else:
        room = linear((1, form.constant + 1), *_farthest(form, known, -1, label))
    if known[form] == 0 and is_at_least(0, room):
        return 0
    if is_at_least(room, 0) is False:
        raise _without_room(equation, form, known[form], room)
    found = steps_within(room, abs(step))
    if found is None:
        raise _untold(equation, label)
    return found


def _check_entry(equation: Equation, form: AffineLabel, size: Dim) -> None:
    """Refuse a form without labels that is no index of its axis."""
    if not form.terms and (form.constant < 0 or is_at_least(size, form.constant + 1) is False):
        raise equation.error(
            ShapeError,
            f"{form} is no index of an axis of size {size}",
            _place_of(equation, form),
            "Indices are counted from 0 to the size less 1.",
        )


def _without_room(equation: Equation, form: AffineLabel, size: Dim, room: Dim) -> EinsgradError:
    lacking = f"; it is {-room} too short" if isinstance(room, int) else ""
    return equation.error(
        ShapeError,
        f"{form} leaves an axis of size {size} at its first index{lacking}",
        _place_of(equation, form),
        "Give a longer axis, or the sizes of the labels by sizes=: outside of the axis are zeros.",
    )


def _untold(equation: Equation, label: Label) -> EinsgradError:
    return equation.error(
        ShapeError,
        f"how far label {clip(label)} runs cannot be told",
        _place_of(equation, label),
        f"Give its size, sizes={{{clip(label)}: ...}}, or let it stand by itself in an operand.",
    )


def _place_of(equation: Equation, label: Label) -> tuple[int, int]:
    """Return the first list that holds a label, perhaps within a form, and the axis."""
    for which, indices in enumerate(equation.subscripts.lists):
        for axis, held in enumerate(indices):
            if label in (held, *labels_within([held])):
                return which, axis
    raise KeyError(label)
