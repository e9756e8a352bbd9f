"""What is declared of a variable beside its dims: which entries are equal, opposite, or zero.

Everything that is known of a structure is asked here: which axes may be exchanged, which
entries a matrix has. Which structures go together is told here, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from einsgrad.errors import ArgumentError, as_names, as_sequence, as_text, clip
from einsgrad.expressions.axis_groups import (
    AxisOrder,
    Exchange,
    closed,
    exchanges_in,
    freely_exchanged,
    read_group,
)
from einsgrad.expressions.dims import Shape
from einsgrad.expressions.nodes import (
    COMPLEX,
    DEFINITE,
    DIAGONAL,
    EXCHANGED,
    HERMITIAN,
    LOWER,
    ORTHOGONAL,
    SKEW,
    SYMMETRIC,
    UPPER,
    Variable,
)

Names: TypeAlias = "str | Sequence[str]"
Groups: TypeAlias = "str | Sequence[str] | Mapping[str, str]"

_SAID = "symmetric"
# In the order in which they are named.
_MATRICES = (SYMMETRIC, HERMITIAN, SKEW, DIAGONAL, LOWER, UPPER, ORTHOGONAL)
_TOGETHER = (
    frozenset({SYMMETRIC, DIAGONAL}),
    *(frozenset({one}) for one in _MATRICES),
)


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The exchanges of axes that leave a variable as it is, but for its sign.

    Parameters
    ----------
    alike
        The axes by number, equally where any may be exchanged; () if that is not all.
    group
        All exchanges in which a variable comes out, the first of which changes nothing.
    made_by
        A few that lead to all.
    """

    alike: AxisOrder
    group: tuple[Exchange, ...]
    made_by: tuple[Exchange, ...]


_NONE = Exchanges((), (), ())


@lru_cache(maxsize=1024)
def exchanges(traits: frozenset[str], rank: int) -> Exchanges:
    """Return which axes of a variable may be exchanged, by its traits.

    Examples
    --------
    >>> exchanges(frozenset({SYMMETRIC}), 2).alike
    (0, 0)
    >>> exchanges(frozenset({SKEW}), 2).group[1]
    Exchange(order=(1, 0), sign=-1)
    """
    if SYMMETRIC in traits or SKEW in traits:
        made_by: tuple[Exchange, ...] = (Exchange((1, 0), 1 if SYMMETRIC in traits else -1),)
    else:
        texts = [trait for trait in traits if trait.startswith(EXCHANGED)]
        if not texts:
            return _NONE
        made_by = exchanges_in(texts[0].removeprefix(EXCHANGED), rank)
    group = closed(made_by, rank)
    return Exchanges(freely_exchanged(group) or (), group, made_by)


def exchanges_of(variable: Variable) -> Exchanges:
    """Return which axes of a variable may be exchanged."""
    return exchanges(variable.traits, len(variable.shape)) if variable.traits else _NONE


def is_structured(variable: Variable) -> bool:
    """Tell whether anything is declared of the entries of a variable.

    Examples
    --------
    >>> is_structured(Variable("z", ("n",), frozenset({COMPLEX})))
    False
    """
    return any(one in _MATRICES or one.startswith(EXCHANGED) for one in variable.traits)


def said_of(variable: Variable) -> str:
    """Say in words what is declared of the entries of a variable.

    Examples
    --------
    >>> said_of(Variable("D", ("n", "n"), frozenset({DIAGONAL, SYMMETRIC})))
    'diagonal'
    """
    known = [one for one in _MATRICES[::-1] if one in variable.traits]
    return next(iter([*known, *(one for one in variable.traits if one.startswith(EXCHANGED))]), "")


def without_structure(traits: frozenset[str]) -> frozenset[str]:
    """Return the traits that say nothing of entries.

    Examples
    --------
    >>> without_structure(frozenset({COMPLEX, HERMITIAN, DEFINITE}))
    frozenset({'complex'})
    """
    kept = [t for t in traits if t not in _MATRICES and not t.startswith(EXCHANGED)]
    return frozenset(kept) - {DEFINITE}


@dataclass(frozen=True, slots=True)
class Structures:
    """The names that a declaration says something of, by what it says.

    Parameters
    ----------
    symmetric
        Names of symmetric matrices and tensors, or a mapping of names to the axes that may be
        exchanged, which may also stand in a text: `"S; T: abc"`.
    complex, positive_definite, hermitian, skew, diagonal, lower, upper, orthogonal
        Names of variables.
    """

    symmetric: Groups = ()
    complex: Names = ()
    positive_definite: Names = ()
    hermitian: Names = ()
    skew: Names = ()
    diagonal: Names = ()
    lower: Names = ()
    upper: Names = ()
    orthogonal: Names = ()
    groups: Mapping[str, str] = field(init=False)
    named: Mapping[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        groups = _read_groups(self.symmetric)
        said = {
            COMPLEX: as_names(self.complex, "complex"),
            SYMMETRIC: tuple(groups),
            DEFINITE: as_names(self.positive_definite, "positive_definite"),
            HERMITIAN: as_names(self.hermitian, "hermitian"),
            SKEW: as_names(self.skew, "skew"),
            DIAGONAL: as_names(self.diagonal, "diagonal"),
            LOWER: as_names(self.lower, "lower"),
            UPPER: as_names(self.upper, "upper"),
            ORTHOGONAL: as_names(self.orthogonal, "orthogonal"),
        }
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "named", said)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that something is said of."""
        return tuple(dict.fromkeys(name for names in self.named.values() for name in names))

    def traits_of(self, name: str, shape: Shape) -> tuple[str, ...]:
        """Return the traits of a variable, what follows from others among them.

        Raises
        ------
        ArgumentError
            If no variable of the shape can have them, or they do not go together.

        Examples
        --------
        >>> Structures(lower="L", upper="L").traits_of("L", ("n", "n"))
        ('diagonal', 'symmetric')
        """
        said = {trait for trait, names in self.named.items() if name in names}
        if not said - {COMPLEX}:
            return tuple(said)
        _check_shape(name, shape, said)
        by_axes = said <= {SYMMETRIC, SKEW, COMPLEX}
        if by_axes and (len(shape) > 2 or self.groups.get(name)):
            return (*said & {COMPLEX}, *self._exchanged(name, shape, said))
        traits = _completed(said)
        if traits & frozenset(_MATRICES) not in _TOGETHER or {ORTHOGONAL, COMPLEX} <= traits:
            raise _refused(name, said)
        return tuple(sorted(traits))

    def _exchanged(self, name: str, shape: Shape, said: set[str]) -> tuple[str, ...]:
        rank = len(shape)
        every = "abcdefghijklmnopqrstuvwxyz"[:rank]
        text = self.groups.get(name) or (every if SYMMETRIC in said else f"-{every}")
        if {SYMMETRIC, SKEW} <= said:
            raise _refused(name, said)
        group = read_group(text, rank)
        for one in group:
            if tuple(shape[axis] for axis in one.order) != shape:
                raise ArgumentError(
                    f"{clip(name)} is declared symmetric in {text}, and its dims "
                    f"[{','.join(map(str, shape))}] differ there. Give them equal dims."
                )
        if rank == 2:
            return tuple(SYMMETRIC if one.sign == 1 else SKEW for one in group[1:])
        return (EXCHANGED + ", ".join(part.strip() for part in text.split(",")),)


def _read_groups(symmetric: Groups) -> dict[str, str]:
    """Return the axes that may be exchanged by name; nothing for all."""
    if isinstance(symmetric, Mapping):
        return {as_text(name, _SAID): as_text(text, _SAID) for name, text in symmetric.items()}
    given = symmetric.split(";") if isinstance(symmetric, str) else as_sequence(symmetric, _SAID)
    found: dict[str, str] = {}
    for part in given:
        before, colon, axes = as_text(part, _SAID).partition(":")
        names = as_names(before, _SAID)
        found |= dict.fromkeys(names, "")
        if colon and names:
            found[names[-1]] = axes.strip()
    return found


def _check_shape(name: str, shape: Shape, said: set[str]) -> None:
    spread = said <= {SYMMETRIC, SKEW, COMPLEX} and len(shape) > 2
    if spread or (len(shape) == 2 and shape[0] == shape[1]):
        return
    raise ArgumentError(
        f"{clip(name)} is declared {_first(said)} and is no square matrix. Give it two equal dims."
    )


def _completed(said: set[str]) -> frozenset[str]:
    """Add the traits that follow from others."""
    traits = set(said)
    if HERMITIAN in traits:
        traits |= {COMPLEX}
    if {LOWER, UPPER} <= traits:
        traits = traits - {LOWER, UPPER} | {DIAGONAL}
    if DEFINITE in traits:
        traits |= {HERMITIAN if COMPLEX in traits else SYMMETRIC}
    if DIAGONAL in traits and HERMITIAN not in traits:
        traits |= {SYMMETRIC}
    return frozenset(traits)


def _first(said: set[str]) -> str:
    """Return what a message calls a variable: the strongest that is said of it."""
    return next(one for one in (DEFINITE, *_MATRICES) if one in said)


def _refused(name: str, said: set[str]) -> ArgumentError:
    words = " and ".join(sorted(said))
    return ArgumentError(
        f"{clip(name)} is declared {words}, and no rules are known for both. Leave one out."
    )
