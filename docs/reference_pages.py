"""The reference, made from the package: a page for each room, its files in reading order."""

import ast
import re
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "einsgrad"

# The rooms and the files at the top, in the order of imports.
ROOMS = (
    "errors",
    "html",
    "progress",
    "strings",
    "orders",
    "expressions",
    "simplification",
    "reading",
    "notation",
    "engine",
    "calculus",
    "results",
    "proof",
    "claims",
    "testing",
    "api",
    "bridges",
    "cli",
)


def face_of(room):
    """Return the docstring of a room, or of a file at the top."""
    path = PACKAGE / room / "__init__.py"
    path = path if path.exists() else PACKAGE / f"{room}.py"
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def says(room):
    """Return what a room is for: the first sentence of its docstring."""
    return face_of(room).partition("\n\n")[0].replace("\n", " ")


def modules(room):
    """Yield the dotted names in a room, in reading order; rooms within it before their files."""
    yield f"einsgrad.{room.replace('/', '.')}"
    for name in re.findall(r"`(\w+)`", face_of(room).partition("Read in this order:")[2]):
        inner = f"{room}/{name}"
        if (PACKAGE / inner).is_dir():
            yield from modules(inner)
        else:
            yield f"einsgrad.{inner.replace('/', '.')}"


def entry(name):
    """Return the directive that documents a module."""
    return f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n"


def pages():
    """Return the text of each page, by the name of its room."""
    return {
        room: "\n".join([f"# {room}\n", f"{says(room)}\n", *map(entry, modules(room))])
        for room in ROOMS
    }


def write_reference(folder=HERE / "reference" / "generated"):
    """Write the pages into a folder, which holds nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for room, text in pages().items():
        (folder / f"{room}.md").write_text(text, encoding="utf-8")
