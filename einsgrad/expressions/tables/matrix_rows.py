"""What a row of the table of matrix functions says, and the table itself.

The columns that `rows` has, too, mean what they mean there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from einsgrad.expressions.tables import spellings
from einsgrad.expressions.tables.latex_names import latex_call

# A number, or a dim where the shape is symbolic.
Length = TypeVar("Length")


@dataclass(frozen=True, eq=False, slots=True)
class MatrixFunction:
    """A function of the matrix in the last two axes.

    Its differential is linear in the matrix's; the pullback is the differential transposed.

    Parameters
    ----------
    name, numpy, latex, meaning, public, numpy_names, torch, jax, shares, real_valued
        As for `Elementwise`.
    shape
        The last two axes of the operand and those of the value, as "nn->nn": "n" twice for
        a square matrix, "mn" for any, "k" for the smaller of the two.
    differential
        Given the namespace, the operand, the value and the operand's differential: that of
        the value, linear over the real numbers; None where it is not known.
    adjoint
        Given the same, but the value's cotangent in place of the differential: the operand's;
        None where it is found by transposing the differential.
    analytic
        Whether the differential holds for complex matrices, too.
    complex_valued
        Whether the value is complex for real matrices, too.
    symmetric, definite
        Whether the value is symmetric, or positive definite, where the matrix is.
    transposes
        Whether the value of the transposed matrix is the transposed value.
    exponent
        Of which power of the matrix the value is, for whole powers from 2 on.
    """

    name: str
    numpy: spellings.MatrixCode
    shape: str
    differential: Callable[..., Any] | None
    latex: str = ""
    meaning: str = ""
    public: tuple[str, ...] = ()
    numpy_names: tuple[str, ...] = ()
    torch: spellings.LibraryCode | None = None
    jax: spellings.LibraryCode | None = None
    shares: bool | None = None
    real_valued: bool | None = None
    complex_valued: bool | None = None
    analytic: bool | None = None
    symmetric: bool | None = None
    definite: bool | None = None
    transposes: bool | None = None
    adjoint: Callable[..., Any] | None = None
    exponent: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "latex", self.latex or latex_call(self.name))

    @property
    def square(self) -> bool:
        """Whether the matrix must be square."""
        return self.shape.startswith("nn")

    @property
    def scalar(self) -> bool:
        """Whether the value is a number for each matrix, and no vector or matrix."""
        return self.shape.endswith("->")

    def value_shape(
        self, shape: tuple[Length, ...], smaller: Callable[[Any, Any], Any] = min
    ) -> tuple[Length, ...]:
        """Return the shape of the value where the operand has this shape.

        Parameters
        ----------
        shape
            The shape of the operand.
        smaller
            Returns the smaller of two lengths.
        """
        operand, _, value = self.shape.partition("->")
        lengths = dict(zip(operand, shape[-2:], strict=True))
        if "k" in value:
            lengths["k"] = smaller(*shape[-2:])
        return (*shape[:-2], *(lengths[letter] for letter in value))

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return matrix_row, (self.name,)


MATRIX_FUNCTIONS: dict[str, MatrixFunction] = {}
# What makes the rows of a family: that of `power_3` from `3`.
FAMILIES: dict[str, Callable[[int], MatrixFunction]] = {}


def matrix_row(name: str) -> MatrixFunction:
    """Return the row of a matrix function, or of a family of them."""
    family, _, member = name.rpartition("_")
    if name in MATRIX_FUNCTIONS or family not in FAMILIES:
        return MATRIX_FUNCTIONS[name]
    return FAMILIES[family](int(member))
