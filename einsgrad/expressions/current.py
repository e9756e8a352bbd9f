"""Which function is being traced, if any: arrays and `==` mean something else then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from einsgrad.expressions.capture import Capture

innermost: ContextVar[Capture | None] = ContextVar("einsgrad_capture", default=None)


def current() -> Capture | None:
    """Return the capture of the function that is being traced, if any."""
    return innermost.get()


@contextmanager
def suspended() -> Iterator[None]:
    """Work inside the block as if no function were traced: on what a trace has built."""
    token = innermost.set(None)
    try:
        yield
    finally:
        innermost.reset(token)
