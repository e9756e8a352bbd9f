"""How pieces of a formula are put together: signs, parentheses, fractions, transposes.

`Layout` writes Unicode text; its subclasses write ASCII and LaTeX. A piece is its text and
how tightly that binds, so that parentheses stand only where they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from einsgrad.expressions.dims import Dim, Linear
from einsgrad.expressions.printing import nested_text
from einsgrad.expressions.signed_sums import SignedNumber, SignedText, signed_sum
from einsgrad.notation.equation_layout import EquationLayout
from einsgrad.notation.function_layout import FunctionLayout
from einsgrad.notation.index_layout import IndexLayout
from einsgrad.notation.number_layout import SUPERSCRIPTS, NumberLayout
from einsgrad.notation.pieces import (
    Binding,
    Link,
    Written,
    WrittenTerm,
    chained_powers,
    positive_first,
    shared_number,
    without_number,
)
from einsgrad.notation.style import Letter

_ROUND = str.maketrans("[]", "()")


class Layout(NumberLayout, IndexLayout, FunctionLayout, EquationLayout):
    """Unicode text."""

    times = " "
    matrix_times = " "
    dot = " · "
    opening, closing = "(", ")"
    entrywise, entrywise_over = " ⊙ ", " ⊘ "
    kron = " ⊗ "
    colon = " : "
    transpose, adjoint = "ᵀ", "ᴴ"
    # Whether a size in index notation is a mere letter.
    sizes_share_letters = True
    # In a sum with tensors, a number stands for itself in every entry.
    bare_ones = True
    # Whether ones and identities show their sizes, where nothing beside them tells.
    sized = False
    # Whether what bounds an index stands under the sum sign.
    bounded_sums = True

    def wrap(self, piece: Written, least: Binding) -> str:
        """Put a piece in parentheses if it binds less tightly than its place asks."""
        loose = piece.binding < least
        return f"{self.opening}{piece.text}{self.closing}" if loose else piece.text

    # Symbols.

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> Written:
        """Write a name with its indices."""
        return Written(self.style.symbol(name, letters))

    def delta(self, dim: Dim, letters: Sequence[Letter]) -> Written:
        """Write a delta, or a vector of ones, with its indices."""
        return self.symbol(self.style.ones if len(letters) == 1 else self.style.delta, letters)

    def ones(self, dim: Dim) -> Written:
        """Write a vector of ones."""
        return self.symbol(self.style.ones, [dim]) if self.sized else Written("1")

    def identity(self, dim: Dim) -> Written:
        """Write an identity matrix."""
        return self.symbol("I", [dim]) if self.sized else Written("I")

    def size(self, dim: Dim) -> Written:
        """Write the size of a dim in index notation: its name, if no variable has that."""
        if isinstance(dim, Linear):
            return Written(self.index_form((), dim), Binding.SUM)
        return Written(f"size[{dim}]" if dim in self.taken else str(dim))

    def matrix_size(self, dim: Dim) -> Written:
        """Write the size of a dim in matrix notation."""
        return self.size(dim)

    def inverse_entry(self, base: Written, letters: Sequence[Letter]) -> Written:
        """Write an entry of an inverse matrix."""
        return self.power_entry(base, -1, letters)

    def power_entry(self, base: Written, exponent: int, letters: Sequence[Letter]) -> Written:
        """Write an entry of a power of a matrix."""
        raised = self.power(base, self.number(exponent)).text
        return Written(self.style.symbol(f"({raised})", letters))

    def matching(self, letters: Sequence[Letter]) -> Written:
        """Write what is 1 where two indices agree, of whatever axes."""
        return self.symbol(self.style.delta, letters)

    def integers(
        self, sizes: Sequence[int], entries: Sequence[int], letters: Sequence[Letter]
    ) -> Written:
        """Write an entry of a constant array."""
        text = nested_text(sizes, entries).translate(_ROUND)
        return self.symbol(text, letters)

    def fourier(self, dim: Dim, letters: Sequence[Letter], *, conjugated: bool) -> Written:
        """Write an entry of the matrix of a Fourier transform."""
        return self.symbol("F̄" if conjugated else "F", letters)

    # Products and sums.

    def product(self, factors: Sequence[Written]) -> Written:
        """Write numbers side by side."""
        return self._joined(factors, self.times, Binding.PRODUCT)

    def _joined(self, parts: Sequence[Written], sign: str, binding: Binding) -> Written:
        if len(parts) == 1:
            return parts[0]
        return Written(sign.join(self.wrap(part, Binding.POWER) for part in parts), binding)

    def scaled(self, scalars: Sequence[Written], core: Written | None) -> Written | None:
        """Write scalars in front of a tensor."""
        front = self.product(scalars) if scalars else None
        if front is None or core is None:
            return front or core
        text = self.wrap(front, Binding.POWER if len(scalars) == 1 else Binding.PRODUCT)
        return Written(self.beside(text, self.wrap(core, Binding.PRODUCT)), Binding.PRODUCT)

    def beside(self, first: str, second: str) -> str:
        """Multiply two texts; digits do not run together."""
        touching = first[-1].isdigit() and second[0].isdigit()
        return f"{first}{self.dot if touching else self.times}{second}"

    def quotient(self, above: Written | None, below: Sequence[Written]) -> Written:
        """Write a quotient, by the product of what stands below."""
        over = "1" if above is None else self.wrap(above, Binding.PRODUCT)
        under = self.wrap(self.product(below), Binding.POWER)
        spaced = " / " if " " in over + under else "/"
        return Written(f"{over}{spaced}{under}", Binding.INFIX)

    def terms(self, terms: Sequence[WrittenTerm]) -> Written:
        """Write a sum of numbers times pieces, with signs as a person writes them.

        A number that all terms begin with, but for signs, stands before the sum.
        """
        (first, *rest) = terms
        number = shared_number(terms)
        if rest and number != 1:
            inside = self.terms(without_number(number, terms))
            return self.terms([WrittenTerm(number, inside)])
        if not rest and first.coefficient == 1 and first.body is not None:
            return first.body
        text = signed_sum(map(self._signed, positive_first(terms)))
        if rest or text.startswith("-"):
            return Written(text, Binding.SUM)
        bare = first.body is None
        return Written(text, self.number(first.coefficient).binding if bare else Binding.PRODUCT)

    def _signed(self, term: WrittenTerm) -> SignedText:
        signed = SignedNumber.of(term.coefficient)
        text = "" if term.body is None else self.wrap(term.body, Binding.INFIX)
        if term.body is None:
            text = self.number(signed.size).text
        elif signed.size != 1:
            number = self.number(signed.size).text
            over = number.isdigit() and text.startswith(("1/", "1 /"))
            text = number + text[1:] if over else self.beside(number, text)
        return SignedText(signed.is_negative, text)

    def power(self, base: Written, exponent: Written) -> Written:
        """Write a power."""
        over = exponent.text
        if not over.lstrip("-").isdigit():
            return self._power(base, exponent)
        inner, whole = base.base or base, base.exponent * int(over)
        written = self._power(inner, self.number(whole))
        return replace(written, base=inner, exponent=whole)

    def _power(self, base: Written, exponent: Written) -> Written:
        over = exponent.text
        if over.lstrip("-").isdigit():
            over = over.translate(SUPERSCRIPTS)
        else:
            over = f"^{self.wrap(exponent, Binding.ATOM)}"
        return Written(f"{self.wrap(base, Binding.ATOM)}{over}", Binding.POWER)

    def summed(self, letters: Sequence[Letter], body: Written) -> Written:
        """Write a sum over indices."""
        inner = self.wrap(body, Binding.INFIX)
        return Written(f"{self.style.sum(letters)} {inner}", Binding.PRODUCT)

    # Matrices.

    def link(self, link: Link) -> Written:
        """Write one factor of a matrix product."""
        if link.conjugated and not link.transposed:
            return self.conjugate(self.link(replace(link, conjugated=False)))
        turn = (self.adjoint if link.conjugated else self.transpose) if link.transposed else ""
        if link.power > 1:
            base = self._raised(link.body, turn) if turn else link.body
            return self._raised(base, f"{'-' * link.inverse}{link.power}")
        mark = "-" + (turn or "1") if link.inverse else turn
        return self._raised(link.body, mark) if mark else link.body

    def _raised(self, base: Written, mark: str) -> Written:
        """Write a mark above the line, behind a matrix."""
        return Written(f"{self.wrap(base, Binding.ATOM)}{self.raised(mark)}", Binding.POWER)

    def raised(self, mark: str) -> str:
        """Write a mark above the line."""
        return mark.translate(SUPERSCRIPTS)

    def chain(self, links: Sequence[Link]) -> Written:
        """Write a matrix product."""
        parts = [self.link(link) for link in chained_powers(links)]
        return self._joined(parts, self.matrix_times, Binding.PRODUCT)

    def entries(self, above: Sequence[Written], below: Sequence[Written]) -> Written:
        """Write a product entry by entry, divided entry by entry."""
        over = self._joined(above, self.entrywise, Binding.INFIX) if above else Written("1")
        if not below:
            return over
        under = self._joined(below, self.entrywise, Binding.INFIX)
        parts = [over, *([under] if len(below) == 1 else [replace(under, binding=Binding.SUM)])]
        first = parts[0].text if over.binding == Binding.INFIX else self.wrap(over, Binding.POWER)
        return Written(
            f"{first}{self.entrywise_over}{self.wrap(parts[1], Binding.POWER)}", Binding.INFIX
        )

    def entry_power(self, base: Written, exponent: Written) -> Written:
        """Write a power of every entry."""
        over = self.wrap(exponent, Binding.ATOM)
        return Written(f"{self.wrap(base, Binding.ATOM)}^∘{over}", Binding.POWER)

    def tensor(self, parts: Sequence[Written]) -> Written:
        """Write a tensor product: the axes of the parts, one after another."""
        return self._joined(parts, self.kron, Binding.INFIX)

    def kronecker(self, parts: Sequence[Sequence[Link]]) -> Written:
        """Write a Kronecker product of matrices, columns and rows."""
        return self.tensor([self.chain(part) for part in parts])

    def commutation(self, rows: Dim, columns: Dim) -> Written:
        """Write the matrix that takes the stacked columns of a matrix to its stacked rows."""
        dims = (str(rows), str(columns))
        joined = "" if all(len(dim) == 1 for dim in dims) else ","
        return self.symbol("K", [*joined.join(dims)])

    def inner(self, first: Written, second: Written) -> Written:
        """Write a Frobenius product."""
        one, other = (self.wrap(piece, Binding.PRODUCT) for piece in (first, second))
        return Written(f"{one}{self.colon}{other}", Binding.INFIX)


TEXT_LAYOUT = Layout()
