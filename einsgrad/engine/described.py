"""What a compiled function tells of itself: its arguments, its program, its cost and its code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from einsgrad.engine.backends.libraries import FunctionText, as_name
from einsgrad.engine.binding import Array
from einsgrad.engine.costs import Cost, cost
from einsgrad.engine.kernel_code import kernel_code, library_code
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.engine.programs.program import Program
from einsgrad.errors import ArgumentError, as_text
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.html import details_html, text_html


class Described(ABC):
    """Expressions as a function of arrays, with the program for those that were given last."""

    exprs: tuple[Expr, ...]
    symbols: tuple[Variable, ...]
    sizes: Mapping[Dim, int]
    options: Options
    _latest: Kernel | None

    @abstractmethod
    def kernel(self, arrays: Sequence[Array]) -> Kernel:
        """Return the program for arrays like these, making it if there is none."""

    def __repr__(self) -> str:
        return self._described(self.symbols, self._results(self.exprs))

    def _results(self, exprs: Sequence[Expr]) -> str:
        results = ", ".join(_shown(expr.shape) or "number" for expr in exprs)
        return results if self.options.single else f"({results})"

    def _described(self, arguments: Sequence[Variable], results: str) -> str:
        """Say what goes in and what comes out."""
        return f"<compiled function of {_listed(arguments) or 'nothing'} -> {results}>"

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the arguments, in their order."""
        return tuple(symbol.name for symbol in self.symbols)

    @property
    def latest(self) -> Kernel:
        """The program for the arrays that were given last.

        Raises
        ------
        ArgumentError
            If there is none yet.
        """
        if self._latest is None:
            if not self.symbols:
                return self.kernel(())
            raise ArgumentError(
                "there is no program yet: it is made for the shapes of arrays. "
                "Call the function first, or specialize it."
            )
        return self._latest

    @property
    def held_bytes(self) -> int:
        """The bytes that the program for the arrays given last holds, as far as it has arrays."""
        return 0 if self._latest is None else self._latest.held_bytes

    def _repr_html_(self) -> str:
        arguments = f"function of {', '.join(self.variables)}"
        if self._latest is None:
            return text_html(arguments)
        program = details_html("program", self.program._repr_html_(), opened=True)
        return text_html(arguments) + program + details_html("source", text_html(self.source))

    @property
    def cost(self) -> Cost:
        """The multiply-adds as a polynomial in the dims, and what they depend on.

        Examples
        --------
        >>> import einsgrad as eg
        >>> A, x = eg.variables("A[m,n] x[n]")
        >>> print(eg.compile(A @ x).cost)
        total: mn
        """
        return cost("total", *self.exprs)

    def code(self, library: str = "numpy", *, name: str = "compute") -> str:
        """Return the source of a function for numpy, torch, jax, or any array namespace.

        Parameters
        ----------
        library
            `"numpy"`: what runs for the arrays that were given last. `"torch"`, `"jax"`,
            `"dask"`, or `"array_api"` for any namespace of the array API standard: a function
            that takes sizes and dtypes from its arrays and checks them, and needs no array
            before. Where what is computed depends on sizes, as for shifted indices, it is
            that for the arrays that were given last, and asserts their shapes.
        name
            The name of the function.

        Raises
        ------
        ArgumentError
            If the library is none of these or lacks something, the name is none, or there has
            to be a program and is none yet.

        Examples
        --------
        >>> import einsgrad as eg
        >>> A, x, t = eg.variables("A[m,n] x[n] t[m]")
        >>> E = eg.mean((A @ x - t) ** 2)
        >>> gradient = eg.compile(eg.grad(E, x), inputs=(A, x, t))
        >>> source = gradient.code("torch", name="gradient")
        >>> print("".join(line for line in source.splitlines(True) if '"' not in line))
        import torch
        <BLANKLINE>
        <BLANKLINE>
        def gradient(A, x, t):
            m, n = A.shape
            assert x.shape == (n,)
            assert t.shape == (m,)
            t0 = A @ x
            t1 = t0 - t
            t2 = t1 @ A
            t3 = 2 / m * t2
            return t3
        <BLANKLINE>
        """
        written = FunctionText(as_name(name), self.options.single)
        exprs, symbols = self._written_parts()
        if as_text(library, "library") != "numpy" and exprs:
            parts = exprs, symbols, self.sizes, self.options, self._latest
            found = library_code(*parts, written, library)
            if found is not None:
                return found
        return kernel_code(self.latest, self.exprs, self.symbols, written, library)

    def _written_parts(self) -> tuple[Sequence[Expr], Sequence[Variable]]:
        """Return the expressions that code is written for, with their variables."""
        return self.exprs, self.symbols

    @property
    def program(self) -> Program:
        """The program for the arrays that were given last."""
        return self.latest.program

    @property
    def source(self) -> str:
        """The Python source that ran for the arrays that were given last."""
        return self.latest.source.text


def _listed(arguments: Sequence[Variable]) -> str:
    return ", ".join(f"{one.name}{_shown(one.shape)}" for one in arguments)


def _shown(shape: Shape) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""
