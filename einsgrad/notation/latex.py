r"""Formulas in LaTeX: `A^{\top} g`, `\sum_{k} A_{mk}`; functions by the column of their table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from einsgrad.expressions.dims import Dim
from einsgrad.expressions.printing import nested_text
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.expressions.tables.rows import Elementwise, Reduction
from einsgrad.notation.layout import Layout
from einsgrad.notation.numbers import split_exponent
from einsgrad.notation.pieces import Binding, Written
from einsgrad.notation.style import LATEX, Latex, Letter

# An argument in such a place needs parentheses if it is a sum.
_AFTER_SIGN = re.compile(r"[-+] ?\{(\d)\}")
# An argument that nothing encloses, or that has an exponent, needs them unless it is one letter.
_BARE = re.compile(r"^\{(\d)\}|\{(\d)\}$|\{(\d)\}(?:\}\})*[\^_!]")

_SIGNS = {"≥": r"\ge", "≤": r"\le"}


class LatexLayout(Layout):
    """LaTeX."""

    style: Latex = LATEX
    times = r" \, "
    dot = r" \cdot "
    opening, closing = r"\left(", r"\right)"
    entrywise, entrywise_over = r" \odot ", r" \oslash "
    kron = r" \otimes "
    pi, pi_times = r"\pi", " "
    transpose, adjoint = r"\top", r"\mathrm{H}"

    def ones(self, dim: Dim) -> Written:
        """Write a bold 1."""
        size = f"_{{{self.style.label(str(dim))}}}" if self.sized else ""
        return Written(rf"\mathbf{{1}}{size}")

    def size(self, dim: Dim) -> Written:
        """Write the size of a dim as its name, if no variable has that."""
        if dim in self.taken:
            return Written(rf"\operatorname{{size}}({self.style.symbol(str(dim))})")
        return Written(self.style.symbol(dim) if isinstance(dim, str) else str(dim))

    def index_size(self, name: str) -> str:
        """Write the name of a size within an index."""
        return self.style.symbol(name).strip()

    def ranged(self, text: str, bounds: Sequence[str]) -> str:
        """Say behind a formula how far indices run."""
        return rf"{text} \quad \text{{for }} {', '.join(bounds)}"

    def integers(
        self, sizes: Sequence[int], entries: Sequence[int], letters: Sequence[Letter]
    ) -> Written:
        """Write an entry of a constant array."""
        text = nested_text(sizes, entries)
        return Written(f"{text}_{{{self.style.indices(letters)}}}" if letters else text)

    def fourier(self, dim: Dim, letters: Sequence[Letter], *, conjugated: bool) -> Written:
        r"""Write `F_{jk}`, or `\overline{F}_{jk}`."""
        name = r"\overline{F}" if conjugated else "F"
        return Written(f"{name}_{{{self.style.indices(letters)}}}")

    def compared(self, sides: Sequence[str], signs: Sequence[str], *, spaced: bool = True) -> str:
        r"""Write `0 \le i < n`."""
        return super().compared(sides, [_SIGNS.get(sign, sign) for sign in signs])

    def inverse_entry(self, base: Written, letters: Sequence[Letter]) -> Written:
        """Write `(A^{-1})_{ij}`."""
        indices = self.style.indices(letters)
        return Written(f"({base.text}^{{-1}})_{{{indices}}}")

    def power_entry(self, base: Written, exponent: int, letters: Sequence[Letter]) -> Written:
        """Write `(A^{3})_{ij}`."""
        indices = self.style.indices(letters)
        return Written(f"({self.wrap(base, Binding.ATOM)}^{{{exponent}}})_{{{indices}}}")

    def fraction(self, above: str, below: str) -> str:
        r"""Write `\frac{1}{2}`."""
        return rf"\frac{{{above}}}{{{below}}}"

    def root(self, text: str) -> str:
        r"""Write `\sqrt{3}`."""
        return rf"\sqrt{{{text}}}"

    def decimal(self, size: float) -> Written:
        r"""Write `2.5 \cdot 10^{-7}`."""
        if not isfinite(size):
            return Written(r"\infty" if size > 0 else r"\mathrm{nan}")
        digits, exponent = split_exponent(size)
        if not exponent:
            return Written(digits)
        ten = f"10^{{{exponent}}}"
        if digits == "1":
            return Written(ten, Binding.POWER)
        return Written(f"{digits}{self.dot}{ten}", Binding.PRODUCT)

    def complex_number(self, value: complex) -> str:
        r"""Write `(1+2\mathrm{i})`."""
        unit = r"\mathrm{i}"
        imaginary = self.number(value.imag).text
        imaginary = {"1": unit, "-1": f"-{unit}"}.get(imaginary, f"{imaginary}{unit}")
        if not value.real:
            return imaginary if imaginary[0] != "-" else f"({imaginary})"
        sign = "" if imaginary[0] == "-" else "+"
        return f"({self.number(value.real).text}{sign}{imaginary})"

    def beside(self, first: str, second: str) -> str:
        """Multiply a number and a piece by juxtaposition."""
        touching = second[0].isdigit() and (first[-1].isdigit() or first.endswith("}"))
        return f"{first}{self.dot if touching else ' '}{second}"

    def quotient(self, above: Written | None, below: Sequence[Written]) -> Written:
        r"""Write `\frac{x}{y}`."""
        over = "1" if above is None else above.text
        return Written(rf"\frac{{{over}}}{{{self.product(below).text}}}", Binding.PRODUCT)

    def _power(self, base: Written, exponent: Written) -> Written:
        """Write `x^{3}`."""
        return Written(f"{self.wrap(base, Binding.ATOM)}^{{{exponent.text}}}", Binding.POWER)

    def call(self, row: Elementwise, arguments: Sequence[Written]) -> Written:
        """Write a function by the LaTeX of its row."""
        signed = {int(place) for place in _AFTER_SIGN.findall(row.latex)}
        bare = {int(place) for found in _BARE.findall(row.latex) for place in found if place}
        bindings = [
            Binding.ATOM if place in bare else Binding.INFIX if place in signed else Binding.SUM
            for place in range(row.arity)
        ]
        texts = list(map(self.wrap, arguments, bindings))
        text = row.latex.format(*texts)
        return Written(text, Binding.ATOM if text.endswith(")") else Binding.POWER)

    def named_call(
        self, name: str, arguments: Sequence[Written], letters: Sequence[Letter] = ()
    ) -> Written:
        r"""Write `\operatorname{name}_{k}(x)`."""
        inner = Written(", ".join(argument.text for argument in arguments))
        return self._operator(rf"\operatorname{{{name}}}", inner, letters)

    def _operator(self, sign: str, argument: Written, letters: Sequence[Letter]) -> Written:
        below = f"_{{{self.style.indices(letters)}}}" if letters else ""
        return Written(f"{sign}{below}{self.opening}{argument.text}{self.closing}")

    def reduced(self, row: Reduction, argument: Written, letters: Sequence[Letter]) -> Written:
        r"""Write `\max_{k}(x_{k})`."""
        return self._operator(row.latex, argument, letters)

    def matrix_call(
        self, row: MatrixFunction, argument: Written, letters: Sequence[Letter] = ()
    ) -> Written:
        """Write a scalar function of a matrix by the LaTeX of its row."""
        text = row.latex.format(self.wrap(argument, Binding.ATOM))
        if not letters:
            return Written(text, Binding.PRODUCT)
        indices = self.style.indices(letters)
        return Written(f"{self.opening}{text}{self.closing}_{{{indices}}}")

    def conjugate(self, piece: Written) -> Written:
        r"""Write `\overline{x}`."""
        return Written(rf"\overline{{{piece.text}}}")

    def raised(self, mark: str) -> str:
        r"""Write `^{-\top}`."""
        return f"^{{{mark}}}"

    def entry_power(self, base: Written, exponent: Written) -> Written:
        r"""Write `x^{\circ 3}`."""
        text = rf"{self.wrap(base, Binding.ATOM)}^{{\circ {exponent.text}}}"
        return Written(text, Binding.POWER)

    def trace(self, matrix: Written) -> Written:
        r"""Write `\operatorname{tr}(A)`."""
        return self.named_call("tr", [matrix])

    def norm(self, piece: Written, rank: int) -> Written:
        r"""Write `\left\|x\right\|`."""
        return Written(rf"\left\|{piece.text}\right\|" + "_F" * (rank == 2))

    def norm_squared(self, piece: Written, rank: int) -> Written:
        """Write the square of a norm."""
        root = self.norm(piece, rank)
        return Written(f"{root.text}^2", base=root, exponent=2)

    def with_notes(self, formula: str, notes: Sequence[str]) -> str:
        """Write notes behind a formula."""
        return r" \quad ".join([formula, *notes])

    def where(self, definition: str) -> str:
        """Introduce the definition of a name."""
        return rf"\text{{where }} {definition}"

    def derivative(self, above: str, below: Sequence[str]) -> str:
        r"""Write `\frac{\partial^{2} E}{\partial x_{i} \, \partial y_{j}}`."""
        order = f"^{{{len(below)}}}" if len(below) > 1 else ""
        parts = [rf"\partial {one}" for one in below]
        under = f"{parts[0]}{order}" if order and len(set(below)) == 1 else r" \, ".join(parts)
        return rf"\frac{{\partial{order} {above}}}{{{under}}}"


LATEX_LAYOUT = LatexLayout()
