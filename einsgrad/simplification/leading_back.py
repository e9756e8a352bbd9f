"""What is tried for a node may lead back to it, and so on without end: then it is given up."""

from __future__ import annotations

import threading
from collections.abc import Callable

from einsgrad.expressions.nodes import Expr


class _LeadsBackError(Exception):
    """What is tried for a node leads back to it. Nothing that was found on the way is kept."""

    def __init__(self, node: Expr) -> None:
        super().__init__(node)
        self.node = node


class _Underway(threading.local):
    """The nodes that are being simplified in a thread."""

    def __init__(self) -> None:
        self.nodes: set[Expr] = set()


_UNDERWAY = _Underway()


def unless_led_back(expr: Expr, simplify: Callable[[Expr], Expr]) -> Expr | None:
    """Simplify a node; None if what is tried for it leads back to it, and so on without end.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> x = Variable("x", ("n",))
    >>> def back(node):
    ...     return unless_led_back(node, back)
    >>> unless_led_back(x, lambda node: node) is x, unless_led_back(x, back)
    (True, None)
    """
    if expr in _UNDERWAY.nodes:
        raise _LeadsBackError(expr)
    _UNDERWAY.nodes.add(expr)
    try:
        return simplify(expr)
    except _LeadsBackError as back:
        if back.node is not expr:
            raise
        return None
    finally:
        _UNDERWAY.nodes.discard(expr)
