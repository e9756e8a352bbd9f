"""Expressions as what other libraries call: scipy's optimizers, functions of torch and of jax.

What is named here is public: `eg.bridges.scipy`, `torch` and `jax`. The room is loaded when it is
first used.

Read in this order: `known_arrays`, `packing`, `vector_lengths`, `programs`, `objective`,
`residuals`, `trial_points`, `bounds`, `constraints`, `methods`, `named_results`, `calling_scipy`,
`statement`, `solvers`, `scipy_problem`, `scipy_bridge`, `orders`, `stated_functions`,
`torch_bridge`, `jax_bridge`.
"""

from einsgrad.bridges.jax_bridge import jax
from einsgrad.bridges.scipy_bridge import scipy
from einsgrad.bridges.scipy_problem import ScipyProblem
from einsgrad.bridges.torch_bridge import torch

__all__ = ["ScipyProblem", "jax", "scipy", "torch"]
