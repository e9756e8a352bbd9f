"""FieldValues of expressions in prime fields, and as floats beside, in one walk from the leaves.

Floats decide which side of a comparison, which sign, which place; residues decide on equality.
An entry without a value is nan as a float, and so is what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, assert_never

import numpy as np

from einsgrad.engine.binding import Array, size_of
from einsgrad.engine.row_values import row_value
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import (
    ARGSORT,
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.tables.rows import Row
from einsgrad.expressions.walks import children, topological
from einsgrad.proof.constants import Known, recognise
from einsgrad.proof.draws import Draws
from einsgrad.proof.elimination import square_root
from einsgrad.proof.fields import ANGLES, CHAIN, field_of
from einsgrad.proof.functions import (
    COMPARISONS,
    NEAR,
    ROUNDED,
    MapArguments,
    above,
    below,
    fields_of_operands,
    is_unrelated,
    map_value,
)
from einsgrad.proof.matrices import matrix_value
from einsgrad.proof.residues import Residues, contract_draws, join_arrays, summed
from einsgrad.proof.selections import fourier_floats, fourier_residues, one_hot, selector_array
from einsgrad.proof.unknown import entrywise, of_arrays

# Small tables first; in the middle there is room for exponents and logarithms.
_ROOT_FIELDS = (CHAIN[2], CHAIN[3], CHAIN[4], CHAIN[1])
_ROOTS = frozenset(["sqrt", "power", "exp"])


def fields_needed(roots: Sequence[Expr], prime: int) -> dict[Expr, list[int]]:
    """Return in which fields each node is needed for the roots in a field, children first."""
    order = topological(*roots)
    found: dict[Expr, dict[int, None]] = {node: {} for node in order}
    for root in roots:
        found[root][prime] = None
    for node in reversed(order):
        for own in found[node]:
            for child, needed in operands_in(node, own):
                found[child][needed] = None
    return {node: list(primes) for node, primes in found.items()}


def fields_to_try(roots: Sequence[Expr]) -> list[int]:
    """Return in which fields to compare: first where most functions have their relations.

    Examples
    --------
    >>> import einsgrad as eg
    >>> (x,) = eg.variables("x[n]")
    >>> fields_to_try([eg.log(x)])[0] == CHAIN[2], fields_to_try([eg.log(eg.log(eg.log(x)))])[0]
    (True, 335459)
    """
    return sorted(_ROOT_FIELDS, key=lambda prime: _unrelated(roots, prime))


def _unrelated(roots: Sequence[Expr], prime: int) -> int:
    return sum(
        isinstance(node, Map) and is_unrelated(node, own)
        for node, primes in fields_needed(roots, prime).items()
        for own in primes
    )


def operands_in(node: Expr, prime: int) -> list[tuple[Expr, int]]:
    """Return in which fields the operands of a node are needed for its value in a field."""
    match node:
        case Map():
            return fields_of_operands(node, prime)
        case Pick() | Places():
            # Floats say which place.
            return []
        case _:
            return [(child, prime) for child in children(node)]


def strict_nodes(roots: Sequence[Expr]) -> frozenset[Expr]:
    """Return the nodes of which roots, powers or exponentials are taken further up.

    There it matters that the number whose logarithm is taken is a square.
    """
    found: set[Expr] = set()
    for node in reversed(topological(*roots)):
        if node in found or (isinstance(node, Map) and node.function.name in _ROOTS):
            found.update(children(node))
    return frozenset(found)


@dataclass(eq=False)
class FieldValues:
    """The values of expressions in fields and as floats.

    Parameters
    ----------
    draws
        The values of variables.
    roots
        The expressions, in which functions are written out.
    prime
        The field in which they are evaluated.
    rootless
        Whether roots are functions of which nothing is known, so that no draw lacks one.
    """

    draws: Draws
    roots: Sequence[Expr]
    prime: int
    rootless: bool = False
    floats: dict[Expr, Array] = field(default_factory=dict)
    residues: dict[tuple[Expr, int], Residues] = field(default_factory=dict)
    # Which draws no root left out, and whether a number has none that is a residue.
    rooted: Array = field(init=False)
    lacks_numbers: bool = False

    def __post_init__(self) -> None:
        self.rooted = np.ones(self.draws.count, dtype=bool)
        self._strict = frozenset() if self.rootless else strict_nodes(self.roots)
        self._has_roots = not self.rootless and any(
            isinstance(node, Map) and node.function.name in _ROOTS
            for node in topological(*self.roots)
        )
        needed = fields_needed(self.roots, self.prime)
        with np.errstate(all="ignore"):
            for node, primes in needed.items():
                self.floats[node] = np.asarray(self._float(node))
                for prime in primes:
                    self.residues[node, prime] = self._residue(node, prime)

    def accepted(self) -> Array:
        """Tell in which draws all roots have a value."""
        found = np.ones(self.draws.count, dtype=bool)
        for root in self.roots:
            value = self.floats[root]
            finite = np.isfinite(value).reshape(value.shape[0], -1).all(axis=1)
            found = found & np.broadcast_to(finite, found.shape)
        return found

    @cached_property
    def _units(self) -> dict[int, Array]:
        return {prime: self.draws.units(prime) for prime in (*CHAIN[1:], ANGLES)}

    def _size(self, dim: Any) -> int:
        return size_of(dim, self.draws.sizes)

    def _shape(self, node: Expr) -> tuple[int, ...]:
        return tuple(self._size(dim) for dim in node.shape)

    def _missing(self, node: Expr, missing: Array | None, rooted: bool = False) -> None:
        """Keep where a node has no value."""
        if missing is None or not missing.any():
            return
        value = self.floats[node]
        if rooted:
            entries = np.asarray(missing & np.isfinite(value))
            lost = np.asarray(entries.reshape(len(entries), -1).any(axis=1))
            self.rooted = np.asarray(self.rooted & ~np.broadcast_to(lost, self.rooted.shape))
        self.floats[node] = np.where(missing, np.nan, value)

    # ---- floats

    def _float(self, node: Expr) -> Any:
        match node:
            case Variable():
                return self.draws.floats(node)
            case Constant(value=value):
                return np.array([value])
            case Delta() | Affine() | Step() | Integers():
                return selector_array(node, self.draws.sizes)[None]
            case Fourier():
                return fourier_floats(node, self.draws.sizes)[None]
            case Pick(target=target, indices=indices):
                return self._picked(node, self._size(target), self.floats[indices])
            case Places():
                return self._places(node)
            case Einsum(subscripts=subscripts, operands=operands):
                return contract_draws(
                    subscripts, [self.floats[one] for one in operands], join_arrays
                )
            case Add(terms=terms):
                return sum(self.floats[term] for term in terms)
            case Map():
                return self._map_float(node)
            case Reduce(function=reduction, operand=operand, axes=axes):
                shifted = tuple(axis + 1 for axis in axes)
                return row_value(reduction, self.floats[operand], shifted)
            case MatrixMap(function=row, operand=operand):
                return _matrix_float(row, self.floats[operand])
            case Called():
                return self._called_float(node)
            case _ as unreachable:
                assert_never(unreachable)

    def _picked(self, node: Expr, target: int, places: Array) -> Array:
        whole = np.where(np.isfinite(places), places, 0).astype(np.int64)
        return one_hot(whole, target)

    def _places(self, node: Places) -> Array:
        x = self.floats[node.operand]
        if node.name == ARGSORT:
            return np.asarray(np.argsort(x, axis=node.axis + 1, kind="stable"))
        return np.asarray(getattr(np, node.name)(x, axis=node.axis + 1))

    def _spread(self, node: Map) -> list[Array]:
        """Return the operands' floats, numbers with axes of size 1."""
        return [_with_rank(self.floats[one], len(node.shape)) for one in node.operands]

    def _map_float(self, node: Map) -> Array:
        given = self._spread(node)
        name = node.function.name
        if name in COMPARISONS:
            return self._compared(node, *given)
        value = np.asarray(row_value(node.function, *given))
        if name == "where":
            # A condition that is not known chooses nothing.
            value = np.where(np.isnan(given[0]), np.nan, value)
        if name in ROUNDED:
            near = abs(given[0] - np.rint(given[0])) < NEAR
            exact = self._is_whole(node.operands[0], given[0])
            return np.where(near & ~exact, np.nan, value)
        return np.broadcast_to(value, np.broadcast_shapes(value.shape, *[x.shape for x in given]))

    def _is_whole(self, node: Expr, floats: Array) -> Array:
        """Tell which entries are whole numbers, by their residues."""
        prime = next(p for one, p in self.residues if one is node)
        value = _with_rank(self.residues[node, prime].real, floats.ndim - 1)
        nearest = np.where(np.isfinite(floats), np.rint(floats), 0).astype(np.int64)
        return np.asarray(value == nearest % prime)

    def _compared(self, node: Map, x: Array, y: Array) -> Array:
        """Compare; of numbers that are near the residues say whether they are equal."""
        first, second = node.operands
        prime = next(p for one, p in self.residues if one is first)
        if (second, prime) not in self.residues:
            return np.full(np.broadcast_shapes(x.shape, y.shape), np.nan)
        rank = len(node.shape)
        one, other = (
            self.residues[each, prime].mapped(lambda part: _with_rank(part, rank))
            for each in node.operands
        )
        equal = (one - other).is_zero()
        near = abs(x - y) <= NEAR * (1 + abs(x) + abs(y))
        known = near & equal
        value = np.where(known, row_value(node.function, 0, 0), row_value(node.function, x, y))
        unknown = (near & ~equal) | ~np.isfinite(x) | ~np.isfinite(y)
        return np.where(unknown, np.nan, value)

    def _called_float(self, node: Called) -> Array:
        count = self.draws.count
        given = [
            np.broadcast_to(self.floats[one], (count, *self._shape(one))) for one in node.operands
        ]
        found = [np.asarray(node.call.value([array[k] for array in given])) for k in range(count)]
        return np.stack(found)

    # ---- residues

    def _residue(self, node: Expr, prime: int) -> Residues:
        match node:
            case Variable():
                return self.draws.residues(node, prime)
            case Constant(value=value):
                return self._constant(node, value, prime)
            case Delta() | Affine() | Step() | Integers() | Pick() | Places():
                return Residues(prime, np.asarray(self.floats[node] % prime))
            case Fourier():
                found = fourier_residues(node, self.draws.sizes, prime)
                if found is None:
                    raise ArgumentError("the field has no such roots of unity. Choose other sizes.")
                return found
            case Einsum(subscripts=subscripts, operands=operands):
                return contract_draws(subscripts, [self.residues[one, prime] for one in operands])  # type: ignore[no-any-return]
            case Add(terms=terms):
                return summed([self.residues[term, prime] for term in terms])
            case Map():
                return self._map_residue(node, prime)
            case Reduce():
                return self._reduced(node, prime)
            case MatrixMap(function=row, operand=operand):
                found_here, missing, rooted = matrix_value(
                    row,
                    field_of(prime),
                    self.residues[operand, prime],
                    node.is_complex,
                    self.rootless,
                )
                self._missing(node, _as_entries(missing, node), rooted)
                return found_here
            case Called(call=call, operands=operands, sizes=sizes):
                given = [self._whole_draws(self.residues[one, prime]) for one in operands]
                name = f"{call!r} {id(call)}"
                return of_arrays(name, field_of(prime), given, sizes, node.is_complex)
            case _ as unreachable:
                assert_never(unreachable)

    def _whole_draws(self, value: Residues) -> Residues:
        count = self.draws.count
        return value.mapped(lambda part: np.broadcast_to(part, (count, *part.shape[1:])))

    def _map_residue(self, node: Map, prime: int) -> Residues:
        rank = len(node.shape)
        given = [
            self.residues[one, needed].mapped(lambda part: _with_rank(part, rank))
            for one, needed in fields_of_operands(node, prime)
        ]
        found = map_value(
            MapArguments(
                node,
                field_of(prime),
                given,
                self._spread(node),
                self.floats[node],
                self._units,
                node in self._strict if node.function.name == "log" else self._has_roots,
                self.rootless,
            )
        )
        rooted = found.rooted and not isinstance(node.operands[0], Variable | Constant)
        self._missing(node, found.missing, rooted)
        if isinstance(node.operands[0], Constant) and found.missing is not None:
            self.lacks_numbers = self.lacks_numbers or bool(found.missing.any())
        return found.residues

    def _reduced(self, node: Reduce, prime: int) -> Residues:
        value = self.residues[node.operand, prime]
        kept = [axis for axis in range(len(node.operand.shape)) if axis not in node.axes]
        order = [0, *(axis + 1 for axis in (*kept, *node.axes))]

        def flat(part: Array) -> Array:
            moved = part.transpose(order)
            return moved.reshape(*moved.shape[: len(kept) + 1], -1)

        entries = value.mapped(flat)
        name = node.function.name
        if name == "prod":
            result = Residues(prime, np.ones(entries.real.shape[:-1], dtype=np.int64))
            for at in range(entries.real.shape[-1]):
                result = result * entries.mapped(lambda part: part[..., at])  # noqa: B023
            return result
        if name in ("max", "min"):
            floats = flat(self.floats[node.operand])
            place = (floats.argmax if name == "max" else floats.argmin)(axis=-1)[..., None]
            count = max(len(entries.real), len(place))
            place = np.broadcast_to(place, (count, *place.shape[1:]))
            return entries.mapped(
                lambda part: np.take_along_axis(
                    np.broadcast_to(part, (count, *part.shape[1:])), place, axis=-1
                )[..., 0]
            )
        return of_arrays(name, field_of(prime), [entries], (), node.is_complex, len(kept) + 1)

    # ---- numbers

    def _constant(self, node: Expr, value: Any, prime: int) -> Residues:
        if isinstance(value, complex):
            real = self._number(node, value.real, prime)
            imaginary = self._number(node, value.imag, prime)
            real, imaginary = np.broadcast_arrays(real, imaginary)
            return Residues(prime, real, imaginary)
        return Residues(prime, self._number(node, value, prime))

    def _number(self, node: Expr, value: float, prime: int) -> Array:
        if isinstance(value, int):
            return np.array([value % prime])
        known = recognise(value)
        found = None if known is None else self._known(node, known, prime)
        if found is not None:
            return found
        # A number of which nothing is known but its first digits, with its sign.
        digits = np.array([int.from_bytes(f"{abs(value):.11e}".encode()[:8], "big") >> 1])
        rest = np.array([int(f"{abs(value):.11e}".replace(".", "").partition("e")[0])])
        unknown = entrywise(
            "number", field_of(prime), [Residues(prime, digits), Residues(prime, rest)]
        ).real
        return unknown if value > 0 else -unknown % prime

    def _known(self, node: Expr, known: Known, prime: int) -> Array | None:
        """Return a number that is known as residues; None if a field has no such number."""
        own, numerator, denominator = field_of(prime), *known.fraction.as_integer_ratio()
        if denominator % prime == 0:
            return None
        result = np.array([numerator * pow(denominator, -1, prime) % prime])
        if known.pi_power:
            powers = own.whole_power(self.draws.pi(prime).real, known.pi_power)
            result = result * powers % prime
        if known.root:
            sign = 1 if numerator > 0 else -1
            roots, found = square_root(own, result * sign % prime)
            self._missing(node, ~found)
            self.lacks_numbers = self.lacks_numbers or not found.all()
            return roots * sign % prime if own.ordered else None
        if known.exponent:
            lower = below(prime)
            if lower is None:
                return None
            power = self._known(node, Known(known.exponent), lower)
            if power is None:
                return None
            result = result * own.exponential(power * self._units[prime]) % prime
        if known.logarithm is not None:
            upper = above(prime)
            if upper is None:
                return None
            number = self._known(node, Known(known.logarithm), upper)
            if number is None:
                return None
            base = field_of(upper).logarithm(number)
            scaled = base * own.inverse(self._units[upper]) % prime
            result = result * (own.inverse(scaled) if known.divided else scaled) % prime
        return result


def _with_rank(array: Array, rank: int) -> Array:
    """Give numbers of each draw axes of size 1."""
    if array.ndim == rank + 1:
        return array
    return array.reshape(array.shape[0], *[1] * rank)


def _as_entries(missing: Array | None, node: MatrixMap) -> Array | None:
    """Spread what is missing of whole matrices over their values' entries."""
    if missing is None:
        return None
    more = len(node.shape) - (len(node.operand.shape) - 2)
    return missing.reshape(*missing.shape, *[1] * more)


def _matrix_float(row: Row, array: Array) -> Array:
    """Evaluate a function of matrices; nan where a matrix has no value."""
    if np.isfinite(array).all():
        try:
            return np.asarray(row_value(row, array))
        except np.linalg.LinAlgError:
            pass
    flat = array.reshape(-1, *array.shape[-2:])
    found = [_one_matrix(row, one) for one in flat]
    shape = next((one.shape for one in found if one is not None), None)
    if shape is None:
        raise ArgumentError(f"{row.name} has no value for any of the matrices that were drawn.")
    entries = [np.full(shape, np.nan) if one is None else one for one in found]
    return np.stack(entries).reshape(*array.shape[:-2], *shape)


def _one_matrix(row: Row, matrix: Array) -> Array | None:
    if not np.isfinite(matrix).all():
        return None
    try:
        return np.asarray(row_value(row, matrix))
    except (np.linalg.LinAlgError, ValueError, ArithmeticError):
        return None
