"""What depends on where the output goes: colour, encoding, a pipe that is closed early."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TextIO

from einsgrad.errors import ArgumentError
from einsgrad.progress import has_tqdm


@dataclass(frozen=True, slots=True)
class Paint:
    r"""Colours for a terminal; without colour every text stays as it is.

    Examples
    --------
    >>> Paint(colour=False).title("operand A")
    'operand A'
    >>> Paint(colour=True).title("operand A")
    '\x1b[1moperand A\x1b[0m'
    """

    colour: bool

    def title(self, text: str) -> str:
        """Set a heading."""
        return self._painted(text, 1)

    def good(self, text: str) -> str:
        """Set what is right."""
        return self._painted(text, 32)

    def bad(self, text: str) -> str:
        """Set what is wrong."""
        return self._painted(text, 31)

    def _painted(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def paint_for(stream: TextIO | None) -> Paint:
    """Use colour on a terminal, unless NO_COLOR is set or the terminal has none."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(wanted and stream is not None and stream.isatty())


def shows_progress() -> bool:
    """Tell whether long work shows how far it is: to a person, not to a file or a pipe."""
    return sys.stderr is not None and sys.stderr.isatty() and has_tqdm()


def tolerate_encoding() -> None:
    """Print what a narrow terminal encoding lacks as escapes, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def put(text: str) -> None:
    """Print to standard output; a reader that has read enough, such as `head`, is no error.

    Raises
    ------
    ArgumentError
        If nothing can be written there, as on a full disk.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # The interpreter flushes again when it ends, and must find something to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise ArgumentError(
                f"the output cannot be written: {error.strerror}. Send it elsewhere."
            ) from None
