"""Compiled expressions: programs made once for each signature of shapes and dtypes, and called.

A call looks its arrays' types, shapes and dtypes up and runs the function found there.
Everything else, conversion and checks among it, happens when a signature is new.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from einsgrad.engine.arguments import CallArguments, further_variables, read_arrays
from einsgrad.engine.backends.libraries import FunctionText, as_name
from einsgrad.engine.binding import Array, bind, refuse_undeclared_complex
from einsgrad.engine.caches import remember
from einsgrad.engine.costs import Cost, cost
from einsgrad.engine.kernel_code import kernel_code, library_code
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.engine.making_kernels import make_kernel, with_checks
from einsgrad.engine.namespaces import in_one_namespace
from einsgrad.engine.programs.program import Program
from einsgrad.engine.signatures import NOT_KEPT, BySignature
from einsgrad.errors import ArgumentError, as_text
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.html import details_html, text_html


class Compiled:
    """Expressions as a function of arrays.

    Parameters
    ----------
    exprs
        The expressions.
    variables
        Their variables, in the order of the arguments.
    sizes
        Sizes of dims that no array has.
    options
        How programs are made.
    dtype
        The dtype of deltas that no array is multiplied with; by default the arrays'
        common dtype.
    ordered
        Whether arrays may be given by position: the order was asked for.
    """

    def __init__(
        self,
        exprs: Sequence[Expr],
        variables: Sequence[Variable],
        sizes: Mapping[Dim, int],
        options: Options,
        dtype: np.dtype[Any] | None = None,
        *,
        ordered: bool = True,
    ) -> None:
        self.exprs = tuple(exprs)
        self.symbols = tuple(variables)
        self.sizes = dict(sizes)
        self.options = options
        self.dtype = dtype
        self.ordered = ordered
        self._kernels: BySignature[Kernel] = BySignature()
        # Nothing is ever found by position where there is no order.
        self._by_position = self._kernels.find if ordered or not variables else {}
        self._in_order = _getter(self.variables)
        self._wider: dict[tuple[Variable, ...], Compiled] = {}
        self._lock = threading.Lock()
        self._latest: Kernel | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self.exprs, self.symbols, self.sizes, self.options, self.dtype, self.ordered)
        return _remade, parts

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

    def __call__(self, /, *arrays: Any, **named: Any) -> Any:
        """Evaluate at arrays by name, or in a mapping by name or variable.

        By position they are given in the order of `variables`, where that order was asked
        for: by `inputs=`, or by an einsum string.

        Raises
        ------
        ArgumentError
            If an array is missing, one is given twice, there is no such variable, or arrays
            are given by position and there is no order.
        ShapeError
            If an array does not fit its variable's dims.
        DtypeError
            If an array holds no numbers, or is complex for a variable declared real.
        """
        if named:
            try:
                given = self._in_order(named)
                kernel = self._kernels.find[None](given)
            except NOT_KEPT:
                pass
            else:
                if len(named) == len(given) and not arrays:
                    return kernel.function(*given)
        else:
            try:
                kernel = self._by_position[None](arrays)
            except NOT_KEPT:
                pass
            else:
                return kernel.function(*arrays)
        return self._first_call(arrays, named)

    def _first_call(self, arrays: Sequence[Any], named: Mapping[str, Any]) -> Any:
        kernel, converted = self._kernel_for(arrays, named)
        return kernel.function(*converted)

    def _kernel_for(
        self, arrays: Sequence[Any], named: Mapping[str, Any]
    ) -> tuple[Kernel, tuple[Array, ...]]:
        """Return the program for the arrays that are given, and these in its order."""
        given = read_arrays(self.symbols, arrays, named, ordered=self.ordered)
        function = self._with(given) if given.further else self
        converted = function._converted(given.arrays)
        self._latest = function.kernel(converted)
        return self._latest, converted

    def _converted(self, given: Mapping[str, Any]) -> tuple[Array, ...]:
        given = in_one_namespace(given)
        if self.options.as_declared:
            refuse_undeclared_complex(self.symbols, given)
        bound, _ = bind(self.symbols, given, self.sizes)
        return tuple([_as_given(bound[name], given[name]) for name in self.variables])

    def _with(self, given: CallArguments) -> Compiled:
        """Return the function that takes arrays for further variables, for their sizes."""
        more = further_variables(given, self.exprs, self.symbols, self.sizes)
        symbols = (*self.symbols, *more)
        if symbols not in self._wider:
            wide = Compiled(self.exprs, symbols, self.sizes, self.options, self.dtype)
            remember(self._wider, symbols, wide)
        return self._wider[symbols]

    def kernel(self, arrays: Sequence[Array]) -> Kernel:
        """Return the program for arrays like these, making it if there is none."""
        kernel = self._kept(arrays)
        if kernel is None:
            with self._lock:
                kernel = self._kept(arrays)
                if kernel is None:
                    kernel = self._kernels.keep(None, arrays, self._made(arrays))
        self._latest = kernel
        return kernel

    def _kept(self, arrays: Sequence[Array]) -> Kernel | None:
        try:
            return self._kernels.find[None](arrays)
        except NOT_KEPT:
            return None

    def _made(self, arrays: Sequence[Array]) -> Kernel:
        parts = (self.exprs, self.symbols, arrays, self.sizes, self.options, self.dtype)
        kernel = make_kernel(*parts)
        return with_checks(kernel, self.symbols) if self.options.as_declared else kernel

    def specialize(self, *arrays: Any, **named: Any) -> Callable[..., Any]:
        """Return the bare function for arrays of these shapes and dtypes.

        It takes arrays by position, in the order of `variables`, converts and checks
        nothing, and has the least overhead.

        Examples
        --------
        >>> import numpy as np
        >>> import einsgrad as eg
        >>> A, x = np.eye(2), np.ones(2)
        >>> product = eg.compile("mn,n->m").specialize(A, x)
        >>> product(A, x)
        array([1., 1.])
        """
        kernel, _ = self._kernel_for(arrays, named)
        return kernel.function

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


def _as_given(array: Array, given: Any) -> Array:
    """Return a scalar of numpy in place of the array made of it: it is found by its signature."""
    is_scalar = isinstance(given, np.generic) and given.dtype == array.dtype
    return given if is_scalar else array


def _listed(arguments: Sequence[Variable]) -> str:
    return ", ".join(f"{one.name}{_shown(one.shape)}" for one in arguments)


def _shown(shape: Shape) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the function that takes the values of some names out of a mapping."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda named: tuple([named[name] for name in names])


def _remade(*parts: Any) -> Compiled:
    *first, ordered = parts
    return Compiled(*first, ordered=ordered)
