"""A problem for scipy's optimizers, stated by an expression and named arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from einsgrad.bridges.constraints import constraint_list, read_constraints
from einsgrad.bridges.known_arrays import as_mapping, as_tolerance, symbol_names
from einsgrad.bridges.methods import HESSIAN, minimizer
from einsgrad.bridges.objective import Objective
from einsgrad.bridges.residuals import Residuals
from einsgrad.bridges.solvers import least_squares_solved, minimized, root_found
from einsgrad.bridges.statement import Statement
from einsgrad.engine.binding import Array


@dataclass(frozen=True, eq=False, repr=False)
class ScipyProblem:
    """An expression as scipy's optimizers want it: functions of one vector of unknowns.

    `minimize`, `least_squares` and `root` take and give arrays by name. `fun`, `jac`, `hess`,
    `hessp` and `operator` are for whatever else calls functions of a vector; `pack` and
    `unpack` lead from named arrays to the vector and back.

    The vector has the entries of the variables in the order of `wrt`, each in C order, in
    double precision. Of a variable that is declared symmetric, skew-symmetric, diagonal or
    triangular it has the entries that are free: on and below the diagonal of a symmetric
    matrix. Derivatives are those in the unknowns of the vector, which move all equal entries at
    once.

    Sizes that neither the data nor `sizes` tell are taken from the start, and one of them from
    the length of a vector.

    Parameters
    ----------
    statement
        The expression, its unknowns and its data.

    Examples
    --------
    >>> import numpy as np
    >>> import einsgrad as eg
    >>> A, x, b = eg.variables("A[m,n] x[n] b[m]")
    >>> loss = eg.sum_squares(A @ x - b) / 2
    >>> problem = eg.bridges.scipy(loss, x, A=np.array([[2.0, 0.0], [0.0, 1.0]]), b=np.ones(2))
    >>> problem
    <problem in x[n] with data A, b>
    >>> problem.fun([0.5, 0.0]), problem.jac([0.5, 0.0])
    (0.5, array([ 0., -1.]))
    >>> problem.hess([0.0, 0.0])
    array([[4., 0.],
           [0., 1.]])
    >>> found = problem.minimize(start={"x": np.zeros(2)})
    >>> found.x["x"].round(6), found.method
    (array([0.5, 1. ]), 'trust-exact')
    """

    statement: Statement

    def __repr__(self) -> str:
        unknowns = ", ".join(one.describe() for one in self.statement.unknowns)
        known = self.statement.known.symbols
        data = f" with data {symbol_names(known)}" if known else ""
        return f"<problem in {unknowns}{data}>"

    def fun(self, z: Any) -> float:
        """Return the value of the expression at a vector of unknowns.

        Raises
        ------
        ArgumentError, ShapeError
            If a size is not known, the vector has another length, or the expression has axes.
        """
        return self._objective(z).value(z)

    def jac(self, z: Any) -> Array:
        """Return the gradient at a vector of unknowns."""
        return self._objective(z).gradient(z)

    def fun_and_jac(self, z: Any) -> tuple[float, Array]:
        """Return value and gradient, which share what they compute: scipy's `jac=True`."""
        return self._objective(z).value_and_gradient(z)

    def hess(self, z: Any) -> Array:
        """Return the Hessian at a vector of unknowns, as a dense matrix.

        Raises
        ------
        SizeError
            If it would be too large; `hessp` and `operator` do not form it.
        """
        return self._objective(z).hessian(z)

    def hessp(self, z: Any, p: Any) -> Array:
        """Return the product of the Hessian at `z` with a vector `p`; the Hessian is not formed."""
        return self._objective(z).product(z, p)

    def operator(self, z: Any) -> Any:
        """Return the Hessian at `z` as a `scipy.sparse.linalg.LinearOperator`, by `hessp`."""
        from scipy.sparse.linalg import LinearOperator

        objective = self._objective(z)
        place = objective.packing.read(z).copy()

        def product(direction: Any) -> Array:
            return objective.product(place, direction)

        shape = (len(place), len(place))
        return LinearOperator(shape, matvec=product, rmatvec=product, dtype=float)

    def residuals(self, z: Any) -> Array:
        """Return the entries of the expression as a vector, at a vector of unknowns."""
        return self._residuals(z).values(z)

    def residual_jac(self, z: Any) -> Array:
        """Return the Jacobian of `residuals`: a row for each entry, a column for each unknown."""
        return self._residuals(z).jacobian(z)

    def pack(self, arrays: Any = None, /, **named: Any) -> Array:
        """Return the vector of unknowns of arrays, given in a mapping or by keyword.

        A number stands for an array of it, where the size is known. What is missing, is for no
        variable here or does not fit is refused.

        Examples
        --------
        >>> import einsgrad as eg
        >>> W, b = eg.variables("W[2,2] b[2]")
        >>> problem = eg.bridges.scipy(eg.sum(W) + eg.sum(b), (W, b))
        >>> problem.pack(W=[[1, 2], [3, 4]], b=0)
        array([1., 2., 3., 4., 0., 0.])
        """
        packing, found = self.statement.arrays(arrays, named, "pack")
        return packing.packed(found)

    def unpack(self, z: Any) -> dict[str, Array]:
        """Return the arrays of a vector of unknowns by name, as copies."""
        return self.statement.packing(z).unpacked(z)

    def minimize(
        self,
        start: Mapping[Any, Any],
        *,
        bounds: Mapping[Any, Any] | None = None,
        method: str | Callable[..., Any] | None = None,
        constraints: Any = (),
        options: Mapping[str, Any] | None = None,
        tol: float | None = None,
        callback: Callable[..., Any] | None = None,
    ) -> Any:
        """Minimize the expression by `scipy.optimize.minimize`, with exact derivatives.

        Parameters
        ----------
        start
            An array for each variable, by name or variable; a number stands for an array of
            it, where the size is known.
        bounds
            For some variables a pair (low, high): numbers, arrays that broadcast, or None.
        method
            One of scipy's methods, or a function like these. By default `"trust-exact"` with
            the Hessian for up to 250 unknowns, and `"trust-ncg"` with products with it for
            more; `"L-BFGS-B"` if there are bounds, and `"trust-constr"` if there are
            constraints. A method that takes both has the Hessian for up to 250 unknowns.
        constraints
            Triples (expression, low, high) in the same variables, whose Jacobian and Hessian
            are exact; or scipy's own, of the vector of unknowns.
        options, tol
            As for `scipy.optimize.minimize`.
        callback
            Called after each step with the arrays by name. If its only parameter is
            `intermediate_result`, it gets a result, as in scipy, with arrays by name.

        Returns
        -------
        scipy.optimize.OptimizeResult
            That of scipy, where `x` has the arrays by name, `x_flat` is the vector, and `method`
            is the one that was taken. Everything else, `jac` too, is as scipy gives it: of the
            vector.

        Raises
        ------
        ArgumentError, ShapeError
            If names, bounds or the method do not fit, the value at the start is not finite, or
            the expression has axes.
        """
        first = self.statement.start(start, bounds)
        objective = self.statement.objective(first.packing)
        limits = constraint_list(constraints)
        chosen = minimizer(
            method, len(first.vector), bounds=first.bounds.are_any, constraints=bool(limits)
        )
        further = _options(options, tol)
        if limits:
            further["constraints"] = read_constraints(
                limits,
                first.packing,
                self.statement.known,
                with_hessians=HESSIAN in chosen.takes,
            )
        return minimized(objective, first, chosen, callback, further)

    def least_squares(
        self,
        start: Mapping[Any, Any],
        *,
        bounds: Mapping[Any, Any] | None = None,
        method: str = "trf",
        **options: Any,
    ) -> Any:
        """Minimize half the sum of squares of a tensor by `scipy.optimize.least_squares`.

        The Jacobian is exact. It is a sparse matrix where it is large and its deltas leave at
        most a tenth of it, and only an operator above 4 GiB, unless `method="lm"` or
        `tr_solver="exact"` ask for a dense one.

        Parameters
        ----------
        start, bounds
            As for `minimize`.
        method, options
            As for `scipy.optimize.least_squares`: `loss`, `ftol`, `x_scale` and others.

        Returns
        -------
        scipy.optimize.OptimizeResult
            That of scipy, with `x`, `x_flat` and `method` as for `minimize`.

        Raises
        ------
        ArgumentError, ShapeError
            If names, bounds, the method or options do not fit, or the expression is a number.

        Examples
        --------
        >>> import numpy as np
        >>> import einsgrad as eg
        >>> a, r, t, y = eg.variables("a[] r[] t[n] y[n]")
        >>> times = np.linspace(0, 2, 20)
        >>> data = {"t": times, "y": 3 * np.exp(-times / 2)}
        >>> problem = eg.bridges.scipy(a * eg.exp(-r * t) - y, (a, r), data)
        >>> found = problem.least_squares(start={"a": 1, "r": 1})
        >>> float(found.x["a"].round(6)), float(found.x["r"].round(6))
        (3.0, 0.5)
        """
        self.statement.refuse_number()
        first = self.statement.start(start, bounds)
        return least_squares_solved(self.statement.residuals(first.packing), first, method, options)

    def root(
        self,
        start: Mapping[Any, Any],
        *,
        method: str = "hybr",
        options: Mapping[str, Any] | None = None,
        tol: float | None = None,
    ) -> Any:
        """Find where all entries of the expression are zero, by `scipy.optimize.root`.

        Parameters
        ----------
        start
            As for `minimize`.
        method, options, tol
            As for `scipy.optimize.root`. `"hybr"` and `"lm"` take the Jacobian, which is exact.

        Returns
        -------
        scipy.optimize.OptimizeResult
            That of scipy, with `x`, `x_flat` and `method` as for `minimize`.

        Raises
        ------
        ArgumentError
            If there are not as many equations as unknowns.

        Examples
        --------
        >>> import einsgrad as eg
        >>> (x,) = eg.variables("x[]")
        >>> found = eg.bridges.scipy(x**3 - 2, x).root(start={"x": 1})
        >>> found.x["x"].round(6)
        np.float64(1.259921)
        """
        first = self.statement.start(start, None)
        residuals = self.statement.residuals(first.packing)
        return root_found(residuals, first, method, _options(options, tol))

    def _objective(self, z: Any) -> Objective:
        return self.statement.objective(self.statement.packing(z))

    def _residuals(self, z: Any) -> Residuals:
        return self.statement.residuals(self.statement.packing(z))


def _options(options: object, tol: object) -> dict[str, Any]:
    return {"options": dict(as_mapping(options, "options")), "tol": as_tolerance(tol)}
