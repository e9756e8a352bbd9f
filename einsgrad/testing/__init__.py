"""Checking derivatives: against finite differences, and on random einsums.

`einsgrad.testing.strategies` and `affine_strategies` need hypothesis and are imported on
their own.

Read in this order: `finite_differences`, `expressions`, `comparison`, `strategies`,
`affine_strategies`, `expression_checks`, `einsum_checks`, `pullbacks`, `flat_functions`,
`function_checks`, `check`.
"""

from einsgrad.testing.check import check_grads
from einsgrad.testing.comparison import GradientReport
from einsgrad.testing.finite_differences import directional_difference, entry_differences
from einsgrad.testing.pullbacks import check_pullback

__all__ = [
    "GradientReport",
    "check_grads",
    "check_pullback",
    "directional_difference",
    "entry_differences",
]
