"""Products that do no more than reshape, as numpy writes it: `reshape(x, (2, 3))`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from einsgrad.expressions.nodes import Expr
from einsgrad.expressions.products import SELECTORS
from einsgrad.expressions.selecting import is_joining
from einsgrad.strings.subscripts import Indices, Label, Subscripts


def reshaped_operand(subscripts: Subscripts, factors: Sequence[Expr]) -> Expr | None:
    """Read a product as a reshape: what is reshaped; None if it is none.

    Parameters
    ----------
    subscripts, factors
        The lists, and the operands; deltas have been contracted.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.selecting import joining
    >>> lists = Subscripts((("t", "i", "j"), ("t",)), ("i", "j"))
    >>> reshaped_operand(lists, (joining((2, 3)), Variable("x", (6,))))
    x[6]
    """
    pairs = list(zip(subscripts.inputs, factors, strict=True))
    rest = [pair for pair in pairs if not is_joining(pair[1])]
    if len(rest) != 1 or len(pairs) == 1 or isinstance(rest[0][1], SELECTORS):
        return None
    ((axes, base),) = rest
    joined = {labels[0]: labels[1:] for labels, factor in pairs if is_joining(factor)}
    before, after = _apart(axes, joined), _apart(subscripts.output, joined)
    held = list(chain(axes, subscripts.output))
    is_each_used = len(joined) == len(pairs) - 1 and all(held.count(x) == 1 for x in joined)
    is_same = before == after and len(set(before)) == len(before)
    return base if is_each_used and is_same else None


def _apart(labels: Indices, joined: Mapping[Label, Indices]) -> Indices:
    """Write the axes that an axis joins in its place."""
    return tuple(chain.from_iterable(joined.get(label, (label,)) for label in labels))
