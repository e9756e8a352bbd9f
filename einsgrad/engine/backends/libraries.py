"""Whole functions for other libraries: their names, the checks of shapes, what they return."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword

from einsgrad.engine.backends.array_api import ARRAY_API, DASK
from einsgrad.engine.backends.helpers import OF_ARRAY_API
from einsgrad.engine.backends.jax import JAX
from einsgrad.engine.backends.library import Library, shape_text
from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.backends.plain_writer import PlainWriter
from einsgrad.engine.backends.torch import TORCH
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import DType, Register
from einsgrad.errors import ArgumentError, as_text, clip

LIBRARIES = {"torch": TORCH, "jax": JAX, "array_api": ARRAY_API, "dask": DASK}

_NAMES_OF_STEPS = re.compile(r"[tu]\d+")
_TAKEN = {"torch", "jax", "jnp", "xp", "prod", "pi", *OF_ARRAY_API}


def library_of(name: str) -> Library:
    """Return how a library is written.

    Raises
    ------
    ArgumentError
        If it is not known.
    """
    if as_text(name, "library") not in LIBRARIES:
        known = ", ".join(map(repr, ["numpy", *LIBRARIES]))
        raise ArgumentError(f"no code can be written for {clip(name)}. Choose one of {known}.")
    return LIBRARIES[name]


def as_name(name: object) -> str:
    """Return the name of a function.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    text = as_text(name, "name")
    if not text.isidentifier() or iskeyword(text):
        raise ArgumentError(f"name: {clip(text)} is no name of a function. Give name='compute'.")
    return text


@dataclass(frozen=True, slots=True)
class FunctionText:
    """How a function of a program is to be written.

    Parameters
    ----------
    name
        Its name.
    single
        Whether it returns the only result itself, not a tuple.
    copied
        Whether results that may be views of an input are copied.
    checks
        Whether it asserts the shapes that it was written for.
    module
        The module that is called `xp` where the function does not ask its arrays.
    is_generic
        Whether it takes sizes and dtypes from its arrays: the program's sizes have names.
    """

    name: str = "compute"
    single: bool = False
    copied: bool = False
    checks: bool = False
    module: str = ""
    is_generic: bool = False

    def written(self, program: Program, library: Library) -> str:
        """Write a program as a function of a library's arrays.

        Raises
        ------
        ArgumentError
            If the program has slices, or a function that the library lacks.
        """
        names = parameter_names(program, self.name)
        first = next(iter(names.values()), "")
        names |= {step.target: f"t{place}" for place, step in enumerate(program.steps)}
        new = library.new.format(x=first) if first else ""
        spelling = PlainSpelling(library, new, self._like(program, first))
        writer = PlainWriter(program, spelling, names)
        body = [f"{names[step.target]} = {writer.text(step)}" for step in program.steps]
        returned = self._returned(writer)
        sizes = size_lines(program.inputs, names, [*body, returned]) if self.is_generic else ()
        lines = [*self._first_lines(program, library, names), *sizes, *body, returned]
        parameters = ", ".join(names[register] for register in program.inputs)
        function = f"def {self.name}({parameters}):\n" + "".join(f"    {x}\n" for x in lines)
        parts = [self._imports(library), *_helpers(library, body), function]
        return "\n\n".join(f"{part.rstrip()}\n" for part in parts if part)

    def _shapes(self, program: Program, names: Mapping[Register, str]) -> str:
        """Say what goes in and what comes out."""
        given = ", ".join(f"{names[one]}{_dims_text(one.shape)}" for one in program.inputs)
        results = [
            _dims_text([output.register.shape[axis] for axis in output.order]) or "number"
            for output in program.outputs
        ]
        returned = results[0] if self.single else f"({', '.join(results)})"
        return f"{given or 'nothing'} -> {returned}"

    def _like(self, program: Program, first: str) -> tuple[str, DType] | None:
        """Return the array whose dtype the others have, if there is one."""
        dtypes = {register.dtype for register in program.inputs}
        return (first, dtypes.pop()) if self.is_generic and len(dtypes) == 1 else None

    def _imports(self, library: Library) -> str:
        is_named = self.module and not library.imports
        return f"import {self.module} as xp" if is_named else library.imports

    def _first_lines(
        self, program: Program, library: Library, names: dict[Register, str]
    ) -> Iterator[str]:
        if self.is_generic:
            yield f'"""{self._shapes(program, names)}"""'
        if not library.imports and not self.module:
            if not program.inputs:
                raise ArgumentError(
                    "a function of no arrays has no namespace to make its results in. "
                    "Choose 'numpy', 'torch' or 'jax'."
                )
            yield f"xp = {names[program.inputs[0]]}.__array_namespace__()"
        if self.checks and not self.is_generic:
            for one in program.inputs:
                if one.shape:
                    yield f"assert {names[one]}.shape == {shape_text(one.shape)}"

    def _returned(self, writer: PlainWriter) -> str:
        results = writer.results()
        if self.copied and writer.library.copied:
            own = set(writer.program.inputs)
            pairs = zip(writer.program.outputs, results, strict=True)
            results = [
                writer.library.copied.format(x=text) if output.register in own else text
                for output, text in pairs
            ]
        return f"return {results[0]}" if self.single else f"return ({', '.join(results)},)"


def _dims_text(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""


def size_lines(
    registers: Sequence[Register], names: Mapping[Register, str], lines: Sequence[str]
) -> Iterator[str]:
    """Write where sizes come from that are used, and the checks that arrays agree in them."""
    known: set[str] = set()
    told: list[tuple[Register, list[str]]] = []
    checks: list[str] = []
    for one in registers:
        dims = list(map(str, one.shape))
        new = [dim for dim in dict.fromkeys(dims) if dim.isidentifier() and dim not in known]
        told.append((one, new))
        if new != dims:
            checks.append(f"assert {names[one]}.shape == {shape_text(one.shape)}")
        known.update(new)
    used = {word for line in (*lines, *checks) for word in re.findall(r"[^\W\d]\w*", line)}
    for one, new in told:
        yield from _sizes_of(names[one], list(map(str, one.shape)), [x for x in new if x in used])
    yield from checks


def _sizes_of(name: str, dims: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    if len(wanted) > 1 and wanted == dims:
        yield f"{', '.join(dims)} = {name}.shape"
    else:
        yield from (f"{dim} = {name}.shape[{dims.index(dim)}]" for dim in wanted)


def _helpers(library: Library, lines: Sequence[str]) -> Iterator[str]:
    """Return the texts of the functions that lines call."""
    for name, text in library.helpers.items():
        if any(re.search(rf"(?<![.\w]){name}\(", line) for line in lines):
            yield text


def parameter_names(program: Program, function: str) -> dict[Register, str]:
    """Name the parameters like the variables; those by number whose names cannot stand there."""
    names = dict(zip(program.inputs, program.names, strict=True))
    return {
        register: name if _may_stand(name, function) else f"a{place}"
        for place, (register, name) in enumerate(names.items())
    }


def _may_stand(name: str, function: str) -> bool:
    is_name = name.isidentifier() and name.isascii() and not iskeyword(name)
    is_free = name not in _TAKEN and name != function and not name.startswith("_")
    return is_name and is_free and not _NAMES_OF_STEPS.fullmatch(name) and not _BY_NUMBER(name)


_BY_NUMBER = re.compile(r"a\d+").fullmatch
