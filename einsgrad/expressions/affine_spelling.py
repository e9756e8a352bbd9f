"""Products with affine selectors written as einsum strings write them: by affine labels.

`x_t [t = i + k] w_k` is `"(i+k),k->i"(x, w)`: the selector goes into the label of the axis
that it selects from, or that it makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.index_forms import index_form
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.products import SELECTORS
from einsgrad.expressions.selectors import Affine, Delta
from einsgrad.strings.affine_labels import AffineLabel, forms_in, labels_within
from einsgrad.strings.subscripts import Indices, Label, Subscripts, unique


def with_affine_labels(
    subscripts: Subscripts, factors: Sequence[Expr], *, in_output: bool = True
) -> tuple[Subscripts, tuple[Expr, ...]]:
    """Write the selectors of a product as affine labels, as far as there are axes for them.

    Parameters
    ----------
    subscripts, factors
        The lists, and the operands.
    in_output
        Whether labels of the output may become affine, too, as in a string. Where nothing
        else holds a label that the string needs, a vector of ones does.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> lists = Subscripts((("t",), ("k",), ("t", "i", "k")), ("i",))
    >>> x, w = Variable("x", ("n",)), Variable("w", ("m",))
    >>> window = Affine("n", ("l", "m"), (1, 1), 0)
    >>> print(with_affine_labels(lists, (x, w, window))[0])
    (i+k),k->i
    """
    forms = _absorbed(subscripts, factors, in_output=in_output)
    if not forms:
        return subscripts, tuple(factors)
    dims = label_dims(subscripts, factors)
    gone = {place for place, _ in forms.values()}
    names: dict[Label, Label] = {target: form for target, (_, form) in forms.items()}
    kept = [place for place in range(len(factors)) if place not in gone]
    inputs = [subscripts.inputs[place] for place in kept]
    lists = Subscripts(tuple(inputs), subscripts.output).relabel(names)
    operands = [factors[place] for place in kept]
    lists, operands = _repeating(lists, operands)
    ones = _unheld(lists) if in_output else ()
    return (
        Subscripts((*lists.inputs, *((label,) for label in ones)), lists.output),
        (*operands, *(Delta(dims[label], 1) for label in ones)),
    )


def _repeating(lists: Subscripts, factors: list[Expr]) -> tuple[Subscripts, list[Expr]]:
    """Write an affine label again in the output where a delta joins it with one there."""
    for place, factor in enumerate(factors):
        indices = lists.inputs[place]
        if isinstance(factor, Delta) and factor.order == 2 and set(indices) <= set(lists.output):
            rest = lists.inputs[:place] + lists.inputs[place + 1 :]
            forms = forms_in(indices)
            loose = [label for label in indices if label not in forms and label not in chain(*rest)]
            if forms and loose:
                joined = Subscripts(rest, lists.output).relabel({loose[0]: forms[0]})
                return _repeating(joined, factors[:place] + factors[place + 1 :])
    return lists, factors


def _absorbed(
    subscripts: Subscripts, factors: Sequence[Expr], *, in_output: bool
) -> Mapping[Label, tuple[int, AffineLabel]]:
    """Return the labels that become affine, each with the place of its selector."""
    forms: dict[Label, tuple[int, AffineLabel]] = {}
    within: set[Label] = set()
    # Axes that share an affine label have equal sizes.
    targets: dict[AffineLabel, Dim] = {}
    for place, factor in enumerate(factors):
        if not isinstance(factor, Affine):
            continue
        target, *sources = subscripts.inputs[place]
        form = _spelled_form(factor, sources)
        if form is None or target in within or target in forms or forms.keys() & sources:
            continue
        free = target in subscripts.output
        is_written = in_output if free else _is_held(target, subscripts, factors)
        if target not in sources and is_written:
            if targets.setdefault(form, factor.target) != factor.target:
                continue
            forms[target] = place, form
            within.update(sources)
    return forms


def _is_held(label: Label, subscripts: Subscripts, factors: Sequence[Expr]) -> bool:
    """Tell whether an operand that is no selector has a label."""
    pairs = zip(subscripts.inputs, factors, strict=True)
    return any(label in indices and not isinstance(one, SELECTORS) for indices, one in pairs)


def form_of(selector: Affine, sources: Sequence[Label]) -> AffineLabel:
    """Return the form that a selector's first index is, over the labels of the others.

    Examples
    --------
    >>> form_of(Affine("n", ("m", "k"), (2, 1), -1), ("i", "k"))
    '(2i+k-1)'
    """
    form = index_form(zip(sources, selector.strides, strict=True))
    return AffineLabel(form.terms, selector.offset if isinstance(selector.offset, int) else 0)


def _spelled_form(selector: Affine, sources: Sequence[Label]) -> AffineLabel | None:
    """Return the affine label that a selector is; None where a string has none for it."""
    form = form_of(selector, sources)
    shows_all = len(form.terms) == len(set(sources)) and isinstance(selector.offset, int)
    return form if shows_all and Ellipsis not in sources else None


def _unheld(lists: Subscripts) -> Indices:
    """Return the labels that a string cannot size: they stand in no operand, or in forms alone.

    One label has the range that the others leave it in its form, best one of the output.
    """
    within = set(labels_within(chain(*lists.inputs)))
    found = [label for label in labels_within(lists.output) if label not in within]
    held = {label for label in chain(*lists.inputs) if not isinstance(label, AffineLabel)}
    for form in forms_in(chain(*lists.inputs)):
        loose = [label for label in form.labels if label not in held]
        loose.sort(key=lambda label: label not in lists.output)
        found += loose[1:]
        held.update(loose)
    return unique(found)
