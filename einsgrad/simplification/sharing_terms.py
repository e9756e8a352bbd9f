"""Which terms of a sum share a factor that the others lack: `X w + A p - A y`."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from einsgrad.expressions.nodes import Add, Expr
from einsgrad.expressions.products import SELECTORS, factors_of
from einsgrad.expressions.selectors import Delta
from einsgrad.simplification.common_factors import MOST_TERMS, bases_of, is_value, may_be_taken
from einsgrad.simplification.term_powers import TermPowers

_CONSTANTS = (Delta, *SELECTORS)


def sharing_terms(node: Add, *, entrywise: bool = False) -> list[tuple[Expr, ...]]:
    """Return the terms, some of a sum, that share a factor of which they sum an axis.

    Or else those that share one over axes of the sum, or a number: `h + t (1 + log(s))`. Terms
    with several powers of it stay, as in a polynomial: `a x² + b x + c` is left as it is, and so
    are multiples of an array: `x - y + c x`.

    Examples
    --------
    >>> import einsgrad as eg
    >>> X, p, y, w, s = eg.variables("X[n,k] p[n] y[n] w[k] s")
    >>> sharing_terms(Add((w, eg.simplify(X.T @ p), eg.simplify(X.T @ y))))
    [("nk,n->k"(X, p), "nk,n->k"(X, y))]
    >>> sharing_terms(Add((y, s * y, s * p)), entrywise=True)
    [(",n->n"(s, y), ",n->n"(s, p))]
    """
    if len(node.terms) > MOST_TERMS or (entrywise and len(node.shape) > 2):
        return []
    factors = bases_of if entrywise else _operands
    times = Counter(chain.from_iterable(set(factors(term)) for term in node.terms))
    if max(times.values(), default=0) < 2:
        return []
    groups: dict[object, list[Expr]] = {}
    for term in node.terms:
        if not any(times[factor] > 1 for factor in factors(term)):
            continue
        read = TermPowers.read(term)
        stays = entrywise and len(read.powers) == 1 and _is_array(next(iter(read.powers))[0])
        if not stays:
            for (base, role), axes in read.roles().items():
                if (min(role, default=0) < 0) != entrywise and may_be_taken(role, len(node.shape)):
                    exponent = max(read.powers[base, axes], 0) if entrywise else 0
                    groups.setdefault((base, role, exponent), []).append(term)
    found = [tuple(terms) for terms in groups.values() if 1 < len(terms) < len(node.terms)]
    return sorted(dict.fromkeys(found), key=lambda terms: (-len(terms), [t.key for t in terms]))


def _operands(term: Expr) -> tuple[Expr, ...]:
    return tuple([one for one in factors_of(term) if one.shape and not isinstance(one, _CONSTANTS)])


def _is_array(base: Expr) -> bool:
    """Tell whether a base has axes, and is no value of a function."""
    return bool(base.shape) and not is_value(base)
