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
from einsgrad.engine.binding import Array, bind, refuse_undeclared_complex
from einsgrad.engine.caches import remember
from einsgrad.engine.described import Described
from einsgrad.engine.kernels import Kernel, Options
from einsgrad.engine.making_kernels import make_kernel, with_checks
from einsgrad.engine.namespaces import in_one_namespace
from einsgrad.engine.signatures import NOT_KEPT, BySignature
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable


class Compiled(Described):
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


def _as_given(array: Array, given: Any) -> Array:
    """Return a scalar of numpy in place of the array made of it: it is found by its signature."""
    is_scalar = isinstance(given, np.generic) and given.dtype == array.dtype
    return given if is_scalar else array


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the function that takes the values of some names out of a mapping."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda named: tuple([named[name] for name in names])


def _remade(*parts: Any) -> Compiled:
    *first, ordered = parts
    return Compiled(*first, ordered=ordered)
