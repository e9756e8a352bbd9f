"""How numbers are written: in digits, as fractions of whole numbers and roots, as parts of π."""

from __future__ import annotations

from collections.abc import Collection

from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import number_text
from einsgrad.notation.numbers import NumberPart, exact_quotient, split_exponent
from einsgrad.notation.pieces import Binding, Written

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class NumberLayout:
    """Unicode text of numbers."""

    pi, pi_times = "π", ""
    # The names of variables: π and sizes are written otherwise where one is theirs.
    taken: Collection[object] = ()

    def fraction(self, above: str, below: str) -> str:
        """Write a fraction of whole numbers, roots and π."""
        return f"{above}/{f'({below})' if below.endswith(self.pi) and below != self.pi else below}"

    def root(self, text: str) -> str:
        """Write the root of a number."""
        return f"sqrt({text})"

    def number(self, value: Number) -> Written:
        """Write a number: as a fraction of small whole numbers or of π where it is one."""
        if isinstance(value, complex):
            return Written(self.complex_number(value))
        size = abs(value)
        text = number_text(size)
        is_whole = isinstance(size, int) and text.isdigit()
        written = Written(text) if is_whole else self._float(float(size))
        if value < 0:
            return Written(f"-{written.text}", Binding.SUM)
        return written

    def _float(self, size: float) -> Written:
        exact = exact_quotient(size, with_pi=not {"pi", "π"} & set(self.taken))
        if exact is None:
            return self.decimal(size)
        above, below = self._whole(exact.above), self._whole(exact.below)
        if exact.below == NumberPart(1):
            return above
        text = self.fraction(above.text, below.text)
        return Written(self.root(text)) if exact.is_root else Written(text, Binding.INFIX)

    def _whole(self, whole: NumberPart) -> Written:
        """Write a whole number, which π may multiply, or the root of it."""
        if not whole.has_pi:
            written = Written(str(whole.number))
        elif whole.number == 1:
            written = Written(self.pi)
        else:
            written = Written(f"{whole.number}{self.pi_times}{self.pi}", Binding.PRODUCT)
        return Written(self.root(written.text)) if whole.is_root else written

    def decimal(self, size: float) -> Written:
        """Write a number in digits, all that it takes to tell it from others: `10⁻⁵`."""
        digits, exponent = split_exponent(size)
        if not exponent or float(digits) * 10.0**exponent != size:
            return Written(repr(size))
        ten = f"10{str(exponent).translate(SUPERSCRIPTS)}"
        if digits == "1":
            return Written(ten, Binding.POWER)
        return Written(f"{digits}·{ten}", Binding.PRODUCT)

    def complex_number(self, value: complex) -> str:
        """Write a complex number."""
        return str(value)
