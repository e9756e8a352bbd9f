"""What numpy's reductions become on expressions, and their parameters."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from einsgrad.expressions.vocabulary import numpy_along as along
from einsgrad.expressions.vocabulary import numpy_counting as counting
from einsgrad.expressions.vocabulary import numpy_covariances as covariances
from einsgrad.expressions.vocabulary import numpy_missing as missing
from einsgrad.expressions.vocabulary import numpy_quantiles as quantiles
from einsgrad.expressions.vocabulary import numpy_selected as selected
from einsgrad.expressions.vocabulary import numpy_statistics as statistics
from einsgrad.expressions.vocabulary import words

_REDUCED = "axis=None, <dtype=None, ~out=None, keepdims=False, initial=None, where=True"
_EXTREME = "axis=None, ~out=None, keepdims=False, ~initial=None, ~where=True"
_SPREAD = (
    "a, axis=None, <dtype=None, ~out=None, ddof=0, keepdims=False, *, where=True, mean=None, "
    "correction=None"
)
_SELECTED = "axis=None, ~out=None, keepdims=False, initial=None, where=True"
_NAN_SPREAD = "a, axis=None, <dtype=None, ~out=None, ddof=0, keepdims=False, ~where=True"
_QUANTILE = (
    "a, q, axis=None, ~out=None, ~overwrite_input=False, method='linear', keepdims=False, *, "
    "~weights=None"
)
_COUNTED = "a, axis=None, ~out=None, keepdims=False, *, where=True"

# By path, what a function becomes that is no row of a table, and its parameters.
REDUCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "any": (statistics.along(selected.of_selected(0, missing.any_of)), _COUNTED),
    "all": (statistics.along(selected.of_selected(1, missing.all_of)), _COUNTED),
    "count_nonzero": (
        statistics.along(missing.count_nonzero),
        "a, axis=None, *, keepdims=False",
    ),
    "nansum": (
        statistics.along(missing.with_nan_as(0, selected.starting(words.sum, words.add, 0))),
        f"a, {_REDUCED}".replace("initial=None", "initial=0"),
    ),
    "nanprod": (
        statistics.along(missing.with_nan_as(1, selected.starting(words.prod, words.multiply, 1))),
        f"a, {_REDUCED}".replace("initial=None", "initial=1"),
    ),
    "nanmean": (
        statistics.along(selected.nanmean),
        "a, axis=None, <dtype=None, ~out=None, keepdims=False, *, ~where=True",
    ),
    "nanvar": (statistics.along(selected.nanvar), _NAN_SPREAD),
    "nanstd": (statistics.along(selected.nanstd), _NAN_SPREAD),
    "nanmax": (
        statistics.along(selected.extreme_over_nan(words.max, -inf)),
        f"a, {_EXTREME}",
    ),
    "nanmin": (
        statistics.along(selected.extreme_over_nan(words.min, inf)),
        f"a, {_EXTREME}",
    ),
    "sum": (
        statistics.along(selected.starting(words.sum, words.add, 0)),
        f"a, {_REDUCED}".replace("initial=None", "initial=0"),
    ),
    "prod": (
        statistics.along(selected.starting(words.prod, words.multiply, 1)),
        f"a, {_REDUCED}".replace("initial=None", "initial=1"),
    ),
    **dict.fromkeys(
        ["max", "amax"],
        (statistics.along(selected.starting(words.max, words.maximum)), f"a, {_SELECTED}"),
    ),
    **dict.fromkeys(
        ["min", "amin"],
        (statistics.along(selected.starting(words.min, words.minimum)), f"a, {_SELECTED}"),
    ),
    "ptp": (statistics.along(statistics.spread_between), "a, axis=None, ~out=None, keepdims=False"),
    "mean": (
        statistics.along(selected.selected_mean),
        "a, axis=None, <dtype=None, ~out=None, keepdims=False, *, where=True",
    ),
    "var": (statistics.along(selected.selected_var), _SPREAD),
    "std": (statistics.along(selected.selected_std), _SPREAD),
    "quantile": (quantiles.quantile, _QUANTILE),
    "percentile": (quantiles.of_percents(quantiles.quantile), _QUANTILE),
    "nanquantile": (quantiles.nanquantile, _QUANTILE),
    "nanpercentile": (quantiles.of_percents(quantiles.nanquantile), _QUANTILE),
    "nanmedian": (
        quantiles.nanmedian,
        "a, axis=None, ~out=None, ~overwrite_input=False, keepdims=False",
    ),
    "average": (
        covariances.average,
        "a, axis=None, weights=None, returned=False, *, keepdims=False",
    ),
    "cov": (
        covariances.covariance,
        "m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, "
        "<dtype=None",
    ),
    "corrcoef": (covariances.correlation, "x, y=None, rowvar=True, *, <dtype=None"),
    "bincount": (counting.sums_by_bins, "x, /, weights=None, minlength=0"),
    "apply_along_axis": (along.applied_along_axis, "func1d, axis, arr, *args"),
    "apply_over_axes": (along.applied_over_axes, "func, a, axes"),
}
