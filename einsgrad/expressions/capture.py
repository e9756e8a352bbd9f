"""Arrays that a traced function closes over: each becomes a variable that is bound to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from einsgrad.expressions.nodes import COMPLEX, Variable


class Capture:
    """The arrays met while one function is traced."""

    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def variable(self, array: Any) -> Variable:
        """Return the variable that stands for an array."""
        name = self._names.setdefault(id(array), f"array{len(self._names)}")
        self.arrays[name] = array
        traits = frozenset({COMPLEX} if array.dtype.kind == "c" else ())
        return Variable(name, tuple(map(int, array.shape)), traits)


_current: ContextVar[Capture | None] = ContextVar("einsgrad_capture", default=None)


def current() -> Capture | None:
    """Return the capture of the function that is being traced, if any."""
    return _current.get()


@contextmanager
def capturing() -> Iterator[Capture]:
    """Collect the arrays that expressions meet inside the block."""
    capture = Capture()
    token = _current.set(capture)
    try:
        yield capture
    finally:
        _current.reset(token)
