"""Mistakes at a place in a formula, each a row of a table: what would mend it, by its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from einsgrad.claims.edited import Edited, Formula, Spot
from einsgrad.claims.edited_factors import (
    by_entries,
    by_matrices,
    by_scalars,
    by_sizes,
    multiplied,
    transposed,
    with_factors_exchanged,
    with_other_sign,
    without,
)
from einsgrad.claims.edited_functions import (
    otherwise_multiplied,
    powers,
    sum_for_product,
    swapped,
    unwrapped,
    within_function,
)
from einsgrad.claims.edited_terms import with_term, without_term
from einsgrad.claims.pools import Pool
from einsgrad.expressions.nodes import Constant, Expr
from einsgrad.expressions.selectors import Delta


@dataclass(frozen=True, slots=True)
class Edit:
    """A mistake.

    Parameters
    ----------
    name
        What it is called.
    words
        What is wrong in the claim, with `{0}` for the detail and `{1}` for the place.
    turned
        What is wrong in the claim where the derivative is edited to become the claim.
    candidates
        Values that would mend a part, each with the detail.
    """

    name: str
    words: str
    turned: str
    candidates: Callable[[Formula, Spot, Pool], Edited]


EDITS: tuple[Edit, ...] = (
    Edit("sign", "the sign of {1} is wrong", "the sign of {1} is wrong", with_other_sign),
    Edit(
        "constant factor",
        "a factor {0} is missing in {1}",
        "a factor {0} is too many in {1}",
        multiplied,
    ),
    Edit(
        "transpose",
        "{1} is not transposed as it should be: a transpose is missing, or one too many",
        "{1} is transposed, or not, where it should be the other way",
        transposed,
    ),
    Edit(
        "exchanged factors",
        "the order of the factors is wrong in {1}",
        "the order of the factors is wrong in {1}",
        with_factors_exchanged,
    ),
    Edit(
        "constant factor",
        "a factor {0} is missing in {1}, the size of an axis: sum and mean are confused",
        "a factor {0} is too many in {1}, the size of an axis: sum and mean are confused",
        by_sizes,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        by_scalars,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        by_entries,
    ),
    Edit(
        "missing factor",
        "the factor {0} is missing in {1}",
        "the factor {0} is too many, or its reciprocal is missing, in {1}",
        by_matrices,
    ),
    Edit(
        "extra factor",
        "the factor {1} is too many",
        "the factor {1} is missing",
        without,
    ),
    Edit(
        "extra terms",
        "the term {1} is too many",
        "the term {1} is missing",
        without_term,
    ),
    Edit(
        "missing term",
        "the term {0} is missing beside {1}",
        "the term {0} is too many beside {1}",
        with_term,
    ),
    Edit(
        "sum and product",
        "{0} in {1}",
        "a sum and a product are confused in {1}",
        sum_for_product,
    ),
    Edit(
        "product",
        "the product {1} is to be taken {0}",
        "the product {1} is to be taken otherwise: {0} is missing",
        otherwise_multiplied,
    ),
    Edit(
        "function",
        "another function stands where {0} belongs, in {1}",
        "{0} stands where {1} belongs",
        swapped,
    ),
    Edit(
        "function",
        "{0} is too many in {1}",
        "{0} is missing: {1} belongs there",
        unwrapped,
    ),
    Edit(
        "power",
        "a power is wrong: {1} to the power of {0} belongs there",
        "a power is wrong: {1} is raised to {0}",
        powers,
    ),
    Edit(
        "function",
        "{0} is missing around {1}",
        "{0} is too many around {1}",
        within_function,
    ),
)
"""What is tried at every part of a claim, and of the derivative."""


def is_editable(node: Expr) -> bool:
    """Tell whether a mistake may be at a node: not at numbers and constants of zeros and ones."""
    return not isinstance(node, Constant | Delta)
