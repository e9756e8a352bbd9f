"""Evaluation in prime fields, and as floats beside, in one walk from the leaves.

Floats decide which side of a comparison, which sign, which place; residues decide on equality.
An entry without a value is nan as a float, and so is what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from einsgrad.engine.binding import Array
from einsgrad.errors import ArgumentError
from einsgrad.expressions.nodes import (
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
from einsgrad.expressions.tables.elementwise import LOG
from einsgrad.proof.constant_residues import ConstantResidues
from einsgrad.proof.draws import Draws
from einsgrad.proof.fields import ANGLES, CHAIN, field_of
from einsgrad.proof.float_values import float_value
from einsgrad.proof.functions import MapArguments, fields_of_operands, map_value
from einsgrad.proof.known_values import KnownValues, with_rank
from einsgrad.proof.matrices import matrix_value
from einsgrad.proof.needed import fields_needed, strict_nodes, takes_roots
from einsgrad.proof.residues import Residues, contract_draws, summed
from einsgrad.proof.selections import fourier_residues
from einsgrad.proof.unknown import of_arrays


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
    known: KnownValues = field(init=False)
    # Which draws no root left out.
    rooted: Array = field(init=False)

    def __post_init__(self) -> None:
        self.known = KnownValues(self.draws)
        self.rooted = np.ones(self.draws.count, dtype=bool)
        self._units = {prime: self.draws.units(prime) for prime in (*CHAIN[1:], ANGLES)}
        self._constants = ConstantResidues(self.draws, self._units)
        self._strict = frozenset() if self.rootless else strict_nodes(self.roots)
        self._has_roots = not self.rootless and takes_roots(self.roots)
        with np.errstate(all="ignore"):
            for node, primes in fields_needed(self.roots, self.prime).items():
                self.known.floats[node] = np.asarray(float_value(node, self.known))
                for prime in primes:
                    self.known.residues[node, prime] = self._residue(node, prime)

    @property
    def lacks_numbers(self) -> bool:
        """Whether a constant has a root that is no residue: another field may have it."""
        return self._constants.lacking

    def accepted(self) -> Array:
        """Tell in which draws all roots have a value."""
        found = np.ones(self.draws.count, dtype=bool)
        for root in self.roots:
            value = self.known.floats[root]
            finite = np.isfinite(value).reshape(value.shape[0], -1).all(axis=1)
            found = found & np.broadcast_to(finite, found.shape)
        return found

    def _missing(self, node: Expr, missing: Array | None, rooted: bool = False) -> None:
        """Keep where a node has no value."""
        if missing is None or not missing.any():
            return
        value = self.known.floats[node]
        if rooted:
            entries = np.asarray(missing & np.isfinite(value))
            lost = np.asarray(entries.reshape(len(entries), -1).any(axis=1))
            self.rooted = np.asarray(self.rooted & ~np.broadcast_to(lost, self.rooted.shape))
        self.known.floats[node] = np.where(missing, np.nan, value)

    def _residue(self, node: Expr, prime: int) -> Residues:
        match node:
            case Variable():
                return self.known.draws.residues(node, prime)
            case Constant():
                return self._constant(node, prime)
            case Delta() | Affine() | Step() | Integers() | Pick() | Places():
                return Residues(prime, np.asarray(self.known.floats[node] % prime))
            case Fourier():
                found = fourier_residues(node, self.known.draws.sizes, prime)
                if found is None:
                    raise ArgumentError("the field has no such roots of unity. Choose other sizes.")
                return found
            case Einsum(subscripts=subscripts, operands=operands):
                factors = [self.known.residues[one, prime] for one in operands]
                product: Residues = contract_draws(subscripts, factors)
                return product
            case Add(terms=terms):
                return summed([self.known.residues[term, prime] for term in terms])
            case Map():
                return self._map_residue(node, prime)
            case Reduce():
                return self._reduced(node, prime)
            case MatrixMap(function=row, operand=operand):
                found_here, missing, rooted = matrix_value(
                    row,
                    field_of(prime),
                    self.known.residues[operand, prime],
                    node.is_complex,
                    self.rootless,
                )
                self._missing(node, _as_entries(missing, node), rooted)
                return found_here
            case Called(call=call, operands=operands, sizes=sizes):
                given = [self._whole_draws(self.known.residues[one, prime]) for one in operands]
                name = f"{call!r} {id(call)}"
                return of_arrays(name, field_of(prime), given, sizes, node.is_complex)
            case _ as unreachable:
                assert_never(unreachable)

    def _whole_draws(self, value: Residues) -> Residues:
        count = self.known.draws.count
        return value.mapped(lambda part: np.broadcast_to(part, (count, *part.shape[1:])))

    def _map_residue(self, node: Map, prime: int) -> Residues:
        rank = len(node.shape)
        given = [
            self.known.residues[one, needed].mapped(lambda part: with_rank(part, rank))
            for one, needed in fields_of_operands(node, prime)
        ]
        found = map_value(
            MapArguments(
                node,
                field_of(prime),
                given,
                self.known.spread(node, node.operands),
                self.known.floats[node],
                self._units,
                node in self._strict if node.function is LOG else self._has_roots,
                self.rootless,
            )
        )
        rooted = found.rooted and not isinstance(node.operands[0], Variable | Constant)
        self._missing(node, found.missing, rooted)
        if isinstance(node.operands[0], Constant) and found.missing is not None:
            self._constants.lacking = self._constants.lacking or bool(found.missing.any())
        return found.residues

    def _reduced(self, node: Reduce, prime: int) -> Residues:
        value = self.known.residues[node.operand, prime]
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
            floats = flat(self.known.floats[node.operand])
            place = (floats.argmax if name == "max" else floats.argmin)(axis=-1)[..., None]
            count = max(len(entries.real), len(place))
            place = np.broadcast_to(place, (count, *place.shape[1:]))
            return entries.mapped(
                lambda part: np.take_along_axis(
                    np.broadcast_to(part, (count, *part.shape[1:])), place, axis=-1
                )[..., 0]
            )
        return of_arrays(name, field_of(prime), [entries], (), node.is_complex, len(kept) + 1)

    def _constant(self, node: Constant, prime: int) -> Residues:
        lacking = self._constants.lacking
        value = self._constants.value(node.value, prime)
        if self._constants.lacking and not lacking:
            self._missing(node, np.ones(1, dtype=bool))
        return value


def _as_entries(missing: Array | None, node: MatrixMap) -> Array | None:
    """Spread what is missing of whole matrices over their values' entries."""
    if missing is None:
        return None
    more = len(node.shape) - (len(node.operand.shape) - 2)
    return missing.reshape(*missing.shape, *[1] * more)
