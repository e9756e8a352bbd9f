"""Expressions as what other libraries call: scipy's optimizers.

What is named here is public: `eg.bridges.scipy`. The room is loaded when it is first used.

Read in this order: `known_arrays`, `packing`, `vector_lengths`, `programs`, `objective`,
`residuals`, `trial_points`, `bounds`, `constraints`, `methods`, `named_results`, `calling_scipy`,
`statement`, `solvers`, `scipy_problem`, `scipy_bridge`.
"""

from einsgrad.bridges.scipy_bridge import scipy
from einsgrad.bridges.scipy_problem import ScipyProblem

__all__ = ["ScipyProblem", "scipy"]
