"""How whole formulas are written: left sides, derivatives among them, and notes."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.notation.number_layout import SUPERSCRIPTS


class EquationLayout:
    """Unicode text of equations."""

    def equation(self, left: str, right: str) -> str:
        """Write that two things are equal."""
        return f"{left} = {right}"

    def with_notes(self, formula: str, notes: Sequence[str]) -> str:
        """Write notes under a formula."""
        return "\n".join([formula, *notes])

    def where(self, definition: str) -> str:
        """Introduce the definition of a name."""
        return f"where {definition}"

    def derivative(self, above: str, below: Sequence[str]) -> str:
        """Write what a derivative is called: `∂E/∂x`, `∂²E/∂x²`, `∂²E/∂x_i ∂y_j`."""
        if len(below) == 1:
            return f"∂{above}/∂{below[0]}"
        order = str(len(below)).translate(SUPERSCRIPTS)
        if len(set(below)) == 1:
            return f"∂{order}{above}/∂{below[0]}{order}"
        return f"∂{order}{above}/{' '.join(f'∂{one}' for one in below)}"
