"""How numbers are written: in digits, as fractions of whole numbers, as parts of π."""

from __future__ import annotations

from collections.abc import Collection

from einsgrad.expressions.nodes import Number
from einsgrad.expressions.signed_sums import number_text
from einsgrad.notation.numbers import exact_quotient, split_exponent
from einsgrad.notation.pieces import Binding, Written

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class NumberLayout:
    """Unicode text of numbers."""

    pi, pi_times = "π", ""
    # The names of variables: π and sizes are written otherwise where one is theirs.
    taken: Collection[object] = ()

    def fraction(self, above: str, below: str) -> str:
        """Write a fraction of whole numbers and π."""
        return f"{above}/{below if self.pi not in below or below == self.pi else f'({below})'}"

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
        above = self._times_pi(exact.above, has_pi=exact.pi_above)
        if exact.below == 1 and not exact.pi_below:
            return above
        below = self._times_pi(exact.below, has_pi=exact.pi_below)
        return Written(self.fraction(above.text, below.text), Binding.INFIX)

    def _times_pi(self, whole: int, *, has_pi: bool) -> Written:
        if not has_pi:
            return Written(str(whole))
        return (
            Written(self.pi)
            if whole == 1
            else Written(f"{whole}{self.pi_times}{self.pi}", Binding.PRODUCT)
        )

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
