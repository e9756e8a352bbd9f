"""The code that asks an expression for what it has not: a number, an array, a truth.

Python and code in C ask by special methods, which are told neither who asks nor why. Where
the text of the caller's code is there, it says so, and an error can name the remedy for it.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from dataclasses import dataclass
from dis import opname
from itertools import islice
from linecache import getline
from types import CodeType, FrameType, ModuleType

_LIBRARIES = ("numpy.", "scipy.", "einsgrad.")
_CALL = re.compile(r"([A-Za-z_][\w.]*)\(")


@dataclass(frozen=True, slots=True)
class CallSite:
    """A place in code.

    Parameters
    ----------
    text
        The expression that is evaluated there; empty where it is not known.
    operation
        The name of Python's instruction, such as "STORE_SUBSCR".
    module, name
        Where the function that is called there is defined, and its name; empty if it is none.
    """

    text: str
    operation: str
    module: str = ""
    name: str = ""

    def condition(self) -> str:
        """Return the condition that the code branches on there, if its text is known."""
        is_jump = "JUMP" in self.operation and "_IF_" in self.operation
        if not is_jump and self.operation != "TO_BOOL":
            return ""
        found = self._parsed()
        found = found.test if isinstance(found, ast.IfExp) else found
        return "" if found is None or isinstance(found, ast.BoolOp) else ast.unparse(found)

    def takes_list(self) -> bool:
        """Tell whether a function is called there with a list that is written out."""
        found = self._parsed()
        first = found.args[0] if isinstance(found, ast.Call) and found.args else None
        return isinstance(first, ast.List | ast.Tuple | ast.ListComp)

    def _parsed(self) -> ast.expr | None:
        try:
            return ast.parse(self.text, mode="eval").body
        except SyntaxError:
            return None


def calling_site(depth: int) -> CallSite:
    """Return the place that calls the function whose frame is so many above.

    What functions of libraries do on their way is none of their caller's code.
    """
    frame = sys._getframe(depth + 1)
    while frame.f_back is not None and _is_on_the_way(frame):
        frame = frame.f_back
    place = frame.f_lasti // 2
    operation = opname[frame.f_code.co_code[frame.f_lasti]]
    text = _text_at(frame.f_code, place)
    called = _CALL.match(text)
    module, name = _named(frame, called[1]) if called else ("", "")
    # A function that this package calls itself was written elsewhere.
    is_own = module.startswith("einsgrad")
    return CallSite("" if is_own else text, operation, module, name)


def _is_on_the_way(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(_LIBRARIES)


def _text_at(code: CodeType, place: int) -> str:
    first, last, start, end = next(islice(code.co_positions(), place, None), (None,) * 4)
    if first is None or start is None or end is None:
        return ""
    line = getline(code.co_filename, first).encode()
    return line[start : end if first == last else None].decode(errors="replace").strip()


def _named(frame: FrameType, path: str) -> tuple[str, str]:
    """Return the module and name of what a path means in the code of a frame."""
    first, *rest = path.split(".")
    found = frame.f_locals.get(first, frame.f_globals.get(first, getattr(builtins, first, None)))
    for part in rest:
        if not isinstance(found, ModuleType):
            return "", ""
        found = getattr(found, part, None)
    module = getattr(found, "__module__", None) or type(getattr(found, "__self__", 0)).__module__
    return str(module), str(getattr(found, "__name__", ""))
