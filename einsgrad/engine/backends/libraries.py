"""Whole functions for other libraries: their names, the checks of shapes, what they return."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword

from einsgrad.engine.backends.array_api import ARRAY_API, DASK
from einsgrad.engine.backends.helpers import OF_ARRAY_API
from einsgrad.engine.backends.jax import JAX
from einsgrad.engine.backends.library import Library, written_shape
from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.backends.plain_writer import PlainWriter
from einsgrad.engine.backends.torch import TORCH
from einsgrad.engine.programs.named_sizes import spelled_number
from einsgrad.engine.programs.program import Program
from einsgrad.engine.programs.steps import DType, Register
from einsgrad.errors import ArgumentError, as_text, clip

LIBRARIES = {"torch": TORCH, "jax": JAX, "array_api": ARRAY_API, "dask": DASK}

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
    used
        Where the names of sizes are noted that are written, of a function that takes sizes and
        dtypes from its arrays; None of one for the sizes of a program.
    half
        What half precision is called.
    """

    name: str = "compute"
    single: bool = False
    copied: bool = False
    checks: bool = False
    module: str = ""
    used: set[str] | None = None
    half: str = "float16"

    def written(self, program: Program, library: Library) -> str:
        """Write a program as a function of a library's arrays.

        Raises
        ------
        ArgumentError
            If the program has slices, or a function that the library lacks.
        """
        names = argument_names(program, self.name)
        first = next(iter(names.values()), "")
        names |= {step.target: f"t{place}" for place, step in enumerate(program.steps)}
        new = library.new.format(x=first) if first else ""
        spelling = PlainSpelling(library, new, self._like(program, first), self.half)
        writer = PlainWriter(program, spelling, names)
        if self.used is not None:
            self.used.clear()
        body = [f"{names[step.target]} = {writer.text(step)}" for step in program.steps]
        body.append(self._returned(writer))
        sizes = () if self.used is None else size_lines(program.inputs, names, {*self.used})
        lines = [*self._first_lines(program, library, names), *sizes, *body]
        parameters = ", ".join(names[register] for register in program.inputs)
        function = f"def {self.name}({parameters}):\n" + "".join(f"    {x}\n" for x in lines)
        helpers = [text for name, text in library.helpers.items() if name in spelling.needed]
        parts = [self._imports(library), *helpers, function]
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
        return (first, dtypes.pop()) if self.used is not None and len(dtypes) == 1 else None

    def _imports(self, library: Library) -> str:
        is_named = self.module and not library.imports
        return f"import {self.module} as xp" if is_named else library.imports

    def _first_lines(
        self, program: Program, library: Library, names: dict[Register, str]
    ) -> Iterator[str]:
        if self.used is not None:
            yield f'"""{self._shapes(program, names)}"""'
        if not library.imports and not self.module:
            if not program.inputs:
                raise ArgumentError(
                    "a function of no arrays has no namespace to make its results in. "
                    "Choose 'numpy', 'torch' or 'jax'."
                )
            yield f"xp = {names[program.inputs[0]]}.__array_namespace__()"
        if self.checks:
            for one in program.inputs:
                if one.shape:
                    yield f"assert {names[one]}.shape == {written_shape(one.shape)}"

    def _returned(self, writer: PlainWriter) -> str:
        results = writer.results()
        if self.copied and writer.library.copied:
            own = set(writer.program.inputs)
            pairs = zip(writer.program.outputs, results, strict=True)
            results = [
                writer.library.copied.format(x=text) if output.register in own else text
                for output, text in pairs
            ]
        if self.single:
            return f"return {results[0]}"
        return f"return ({', '.join(results)},)" if results else "return ()"


def _dims_text(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""


def size_lines(
    registers: Sequence[Register], names: Mapping[Register, str], used: Collection[str]
) -> Iterator[str]:
    """Write where the sizes come from that are used, and the checks that arrays agree in them."""
    needed, known = set(used), set[str]()
    told: list[tuple[str, list[str], list[str]]] = []
    checked: list[Register] = []
    for one in registers:
        dims = [_name_of(size) for size in one.shape]
        new = [dim for dim in dict.fromkeys(dims) if dim and dim not in known]
        if new != dims:
            checked.append(one)
            needed.update(name for size in one.shape for name in _names_in(size))
        told.append((names[one], dims, new))
        known.update(new)
    for name, dims, new in told:
        yield from _sizes_of(name, dims, [dim for dim in new if dim in needed])
    yield from (f"assert {names[one]}.shape == {written_shape(one.shape)}" for one in checked)


def _name_of(size: int) -> str:
    """Return the name of a size that is one, and not made of several."""
    spelled = spelled_number(size)
    return spelled.text if spelled is not None and {spelled.text} == spelled.names else ""


def _names_in(size: int) -> Collection[str]:
    spelled = spelled_number(size)
    return () if spelled is None else spelled.names


def _sizes_of(name: str, dims: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    if len(wanted) > 1 and wanted == dims:
        yield f"{', '.join(dims)} = {name}.shape"
    else:
        yield from (f"{dim} = {name}.shape[{dims.index(dim)}]" for dim in wanted)


def argument_names(program: Program, function: str) -> dict[Register, str]:
    """Name the arguments like the variables; those by number whose names cannot stand there."""
    numbers = range(len(program.inputs) + len(program.steps))
    taken = {function, *_TAKEN, *(f"{letter}{number}" for letter in "at" for number in numbers)}
    names = zip(program.inputs, program.names, strict=True)
    return {
        register: name if _is_name(name) and name not in taken else f"a{place}"
        for place, (register, name) in enumerate(names)
    }


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii() and not iskeyword(text)
