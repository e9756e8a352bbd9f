"""Reading label lists of any hashable labels into equations, as the interleaved form has them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from einsgrad.errors import ArgumentTypeError, SubscriptsError, as_sequence, clip
from einsgrad.strings.equation import Equation
from einsgrad.strings.parsing import checked_output, implied_output
from einsgrad.strings.reading_affine import read_affine
from einsgrad.strings.subscripts import Indices, Label, Subscripts


def interleaved(
    inputs: Sequence[Sequence[Hashable]], output: Sequence[Hashable] | None = None
) -> Equation:
    """Read label lists of any hashable labels, as the interleaved form of einsum has them.

    Parameters
    ----------
    inputs
        One sequence of labels for each operand; `...` stands for unnamed leading axes, and
        a string in parentheses, such as `"(2row+col)"`, for an affine form of words.
    output
        The output's labels; without them, the rule of the implicit string form.

    Raises
    ------
    ArgumentTypeError
        If a list is no sequence, a label is not hashable, or labels cannot be sorted.
    SubscriptsError
        If an output label stands in no operand.

    Examples
    --------
    >>> print(interleaved([("batch", "in"), ("in",)], ("batch",)).text)
    ['batch', 'in'], ['in'] -> ['batch']
    """
    lists = [_label_list(indices) for indices in as_sequence(inputs, "label lists")]
    if output is None:
        try:
            last = tuple(implied_output(lists))
        except TypeError:
            raise ArgumentTypeError(
                "labels of these types cannot be sorted for an implicit output. "
                "Give the output's list."
            ) from None
    else:
        last = _label_list(output)
    subscripts = Subscripts(tuple(lists), last)
    return checked_output(written(subscripts))


def _label_list(indices: object) -> Indices:
    if isinstance(indices, str | bytes) or not isinstance(indices, Sequence):
        raise ArgumentTypeError(
            f"a list of labels is expected, not {clip(indices)}. "
            "Write the interleaved form as einsum(A, [0, 1], x, [1], [0])."
        )
    return _single_dots(tuple(map(as_label, indices)))


def as_label(label: Hashable) -> Label:
    """Return a label as it is, and a string in parentheses as the form that it is.

    Raises
    ------
    ArgumentTypeError
        If it is not hashable.
    SubscriptsError
        If it is a string in parentheses, and no form.

    Examples
    --------
    >>> as_label("row"), as_label("(2row+col)").labels
    ('row', ('row', 'col'))
    """
    if isinstance(label, str) and label.startswith("("):
        form, end = read_affine(label, 0, has_words=True)
        if end == len(label):
            return form
    try:
        hash(label)
    except TypeError:
        raise ArgumentTypeError(
            f"label {clip(label)} is not hashable. Use letters, numbers or tuples as labels."
        ) from None
    return label


def written(subscripts: Subscripts) -> Equation:
    """Write out label lists, so that errors can point into them.

    Examples
    --------
    >>> written(Subscripts(((0, 1),), (1, 0))).text
    '[0, 1] -> [1, 0]'
    """
    text = ""
    columns: list[tuple[int, ...]] = []
    starts: list[int] = []
    for number, indices in enumerate(subscripts.lists):
        if number:
            text += " -> " if number == len(subscripts.inputs) else ", "
        starts.append(len(text))
        text += "["
        places = []
        for axis, label in enumerate(indices):
            text += ", " if axis else ""
            places.append(len(text))
            text += "..." if label is Ellipsis else clip(label)
        text += "]"
        columns.append(tuple(places))
    return Equation(subscripts, text, tuple(columns), tuple(starts))


def _single_dots(indices: Indices) -> Indices:
    if sum(label is Ellipsis for label in indices) > 1:
        raise SubscriptsError("a second '...' in one list. A list holds '...' at most once.")
    return indices
