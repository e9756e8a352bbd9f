"""Formulas in plain ASCII: index notation as `A[m,n]*x[n]`, matrices as Python writes them."""

from __future__ import annotations

from collections.abc import Sequence

from einsgrad.expressions.dims import Dim, Linear, parts_of
from einsgrad.expressions.printing import nested_text
from einsgrad.expressions.tables.matrix_rows import MatrixFunction
from einsgrad.notation.layout import Layout
from einsgrad.notation.pieces import Binding, Link, Written, flipped
from einsgrad.notation.style import Letter

_SIGNS = {"≥": ">=", "≤": "<=", "=": "=="}


class AsciiLayout(Layout):
    """ASCII text; matrix notation is code over einsgrad's functions."""

    times = "*"
    matrix_times = " @ "
    dot = "*"
    entrywise, entrywise_over = "*", "/"
    pi, pi_times = "pi", "*"
    bare_ones = False
    sizes_share_letters = False
    bounded_sums = False
    index_times = "*"

    def symbol(self, name: str, letters: Sequence[Letter] = ()) -> Written:
        """Write `A[m,n]`."""
        return Written(name + self._brackets(letters))

    def delta(self, dim: Dim, letters: Sequence[Letter]) -> Written:
        """Write `delta[i,m]`, with one index a vector of ones.

        Where no letter tells the size, it is `eye(3)[i,m]`, as with an index that is shifted.
        """
        untold = isinstance(dim, int) or any(len(str(letter)) > 1 for letter in letters)
        if untold and len(letters) <= 2:
            base = self.ones(dim) if len(letters) == 1 else self.identity(dim)
            return self.symbol(base.text, letters)
        return self.symbol("delta", letters)

    def compared(self, sides: Sequence[str], signs: Sequence[str], *, spaced: bool = True) -> str:
        """Write `0 <= i < n`."""
        return super().compared(sides, [_SIGNS.get(sign, sign) for sign in signs], spaced=spaced)

    def matching(self, letters: Sequence[Letter]) -> Written:
        """Write `delta[t,2*i+1]`."""
        return self.symbol("delta", letters)

    def integers(
        self, sizes: Sequence[int], entries: Sequence[int], letters: Sequence[Letter]
    ) -> Written:
        """Write `[2,0,1][a]`."""
        return self.symbol(nested_text(sizes, entries), letters)

    def fourier(self, dim: Dim, letters: Sequence[Letter], *, conjugated: bool) -> Written:
        """Write `fourier(n)[j,k]`."""
        text = f"fourier({_quoted(dim)})"
        return self.symbol(f"conj({text})" if conjugated else text, letters)

    def ones(self, dim: Dim) -> Written:
        """Write `ones("n")`."""
        return Written(f"ones({_quoted(dim)})")

    def identity(self, dim: Dim) -> Written:
        """Write `eye("n")`."""
        return Written(f"eye({_quoted(dim)})")

    def size(self, dim: Dim) -> Written:
        """Write `size[n]`; of a form, the sizes that it is made of."""
        if isinstance(dim, Linear):
            names, number = parts_of(dim)
            sizes = [(f"size[{name}]", factor) for name, factor in names]
            return Written(self.index_form(sizes, number), Binding.SUM)
        return Written(str(dim) if isinstance(dim, int) else f"size[{dim}]")

    def matrix_size(self, dim: Dim) -> Written:
        """Write the size of a dim as a trace."""
        return self.trace(self.identity(dim))

    def inverse_entry(self, base: Written, letters: Sequence[Letter]) -> Written:
        """Write `inv(A)[i,j]`."""
        return Written(f"inv({base.text}){self._brackets(letters)}")

    def power_entry(self, base: Written, exponent: int, letters: Sequence[Letter]) -> Written:
        """Write `matrix_power(A, 3)[i,j]`."""
        return Written(f"matrix_power({base.text}, {exponent}){self._brackets(letters)}")

    def matrix_entry(
        self, row: MatrixFunction, argument: Written, letters: Sequence[Letter]
    ) -> Written:
        """Write `f(A)[i,j]`."""
        return Written(f"{row.name}({argument.text}){self._brackets(letters)}")

    def _power(self, base: Written, exponent: Written) -> Written:
        """Write `x**3`."""
        over = self.wrap(exponent, Binding.ATOM)
        return Written(f"{self.wrap(base, Binding.ATOM)}**{over}", Binding.POWER)

    def summed(self, letters: Sequence[Letter], body: Written) -> Written:
        """Write `sum[k](...)`."""
        return Written(f"sum{self._brackets(letters)}({body.text})")

    def named_call(
        self, name: str, arguments: Sequence[Written], letters: Sequence[Letter] = ()
    ) -> Written:
        """Write `name(x)`, or `name[k](x[k])`."""
        inner = ", ".join(argument.text for argument in arguments)
        return Written(f"{name}{self._brackets(letters)}({inner})")

    def decimal(self, size: float) -> Written:
        """Write `1e-05`."""
        return Written(repr(size))

    def link(self, link: Link) -> Written:
        """Write `inverse(A).T`; vectors need no transpose."""
        base = link.body
        if link.inverse:
            base = self.named_call("inverse", [base])
        if link.power > 1:
            base = self.named_call("matrix_power", [base, Written(str(link.power))])
        if link.conjugated:
            base = self.named_call("conj", [base])
        if link.transposed and link.rank == 2:
            return Written(f"{self.wrap(base, Binding.ATOM)}.T")
        return base

    def chain(self, links: Sequence[Link]) -> Written:
        """Write `A @ x`; a column before a row is an outer product."""
        for place in range(1, len(links)):
            column, row = links[place - 1], links[place]
            if column.rank == row.rank == 1 and not column.transposed and row.transposed:
                sides = [self.chain(links[:place]), self.chain(flipped(links[place:]))]
                return self.tensor(sides)
        return super().chain(links)

    def entry_power(self, base: Written, exponent: Written) -> Written:
        """Write `x**3`."""
        return self._power(base, exponent)

    def tensor(self, parts: Sequence[Written]) -> Written:
        """Write `outer(x, y)`."""
        whole = parts[0]
        for part in parts[1:]:
            whole = self.named_call("outer", [whole, part])
        return whole

    def kronecker(self, parts: Sequence[Sequence[Link]]) -> Written:
        """Write `kron(A, B)`; vectors become matrices by `row` and `col`."""
        whole = self._as_matrix(parts[0])
        for part in parts[1:]:
            whole = self.named_call("kron", [whole, self._as_matrix(part)])
        return whole

    def _as_matrix(self, part: Sequence[Link]) -> Written:
        is_row = part[0].rank == 1 and part[0].transposed
        is_column = part[-1].rank == 1 and not part[-1].transposed
        if is_row == is_column:
            return self.chain(part)
        return self.named_call("row" if is_row else "col", [self.chain(part)])

    def commutation(self, rows: Dim, columns: Dim) -> Written:
        """Write `K("m", "n")`."""
        return Written(f"K({_quoted(rows)}, {_quoted(columns)})")

    def trace(self, matrix: Written) -> Written:
        """Write `trace(A)`."""
        return self.named_call("trace", [matrix])

    def norm(self, piece: Written, rank: int) -> Written:
        """Write `norm(x)`."""
        return self.named_call("norm", [piece])

    def norm_squared(self, piece: Written, rank: int) -> Written:
        """Write `sum_squares(x)`."""
        return self.named_call("sum_squares", [piece])

    def derivative(self, above: str, below: Sequence[str]) -> str:
        """Write `dY[i]/dx[j]`, and `d2E/dx/dy`."""
        order = len(below) if len(below) > 1 else ""
        return "/d".join([f"d{order}{above}", *below])

    def _brackets(self, letters: Sequence[Letter]) -> str:
        return f"[{','.join(map(self.style.label, letters))}]" if letters else ""


def _quoted(dim: Dim) -> str:
    return str(dim) if isinstance(dim, int) else f'"{dim}"'


ASCII_LAYOUT = AsciiLayout()
