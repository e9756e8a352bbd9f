"""What a person may have forgotten: the values of the parts of a problem, by their shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from einsgrad.claims.points import SamplePoint
from einsgrad.claims.verdict import in_one_line
from einsgrad.engine.binding import Array
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.selectors import Delta
from einsgrad.expressions.walks import children, topological

# Up to so many parts of a shape are tried, and so long ones.
_MOST_OF_A_SHAPE = 24
# What has more nodes is not written, to see how long it is.
_MOST_NODES = 24
_LONGEST = 70
_SMALL = 1e-9


@dataclass(frozen=True, slots=True)
class NamedValue:
    """The value of a part, and how it is written."""

    text: str
    value: Array


class Pool:
    """The values of the parts of expressions at a point.

    Parameters
    ----------
    exprs
        The expressions.
    point
        Where they are evaluated.
    """

    def __init__(self, exprs: Iterable[Expr], point: SamplePoint) -> None:
        self._known: dict[tuple[int, ...], list[NamedValue]] = {}
        nodes = dict.fromkeys(node for expr in exprs for node in topological(expr))
        sizes: dict[Expr, int] = {}
        for node in nodes:
            sizes[node] = 1 + sum(sizes[part] for part in children(node))
        short = (node for node in nodes if sizes[node] <= _MOST_NODES)
        texts = {node: in_one_line(node) for node in short if not isinstance(node, Constant)}
        for node in sorted(texts, key=lambda one: len(texts[one])):
            if len(texts[node]) <= _LONGEST and _is_told(node):
                self._add(NamedValue(texts[node], point.values.of(node)))

    def _add(self, known: NamedValue) -> None:
        same = self._known.setdefault(known.value.shape, [])
        value = known.value
        if len(same) >= _MOST_OF_A_SHAPE or not np.all(np.isfinite(value)):
            return
        trivial = not value.shape and abs(abs(complex(value)) - 1) < _SMALL
        if not trivial and not any(np.allclose(value, one.value, rtol=1e-9) for one in same):
            same.append(known)

    def of(self, shape: tuple[int, ...]) -> Sequence[NamedValue]:
        """Return what has a shape, short ones first."""
        return self._known.get(shape, ())

    @property
    def matrices(self) -> Sequence[NamedValue]:
        """All matrices."""
        return [one for shape, same in self._known.items() if len(shape) == 2 for one in same]


def _is_told(node: Expr) -> bool:
    return not isinstance(node, Delta) or node.order == 0


def enclosed(text: str) -> str:
    """Write brackets around what a sign before or behind it would not take as a whole."""
    return text if text.isidentifier() or text.endswith(")") else f"({text})"
