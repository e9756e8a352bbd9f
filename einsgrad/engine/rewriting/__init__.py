"""Rewrites that pay in running time.

A rewrite may assume that the parts of its node are rewritten. They need not be simple, and
the size of a dim may be missing.

It gives back a better expression, or None where it does not apply or does not pay; what
decides that is a number with the measurement that it comes from. It need not be readable,
and may use functions that no table lists.

It keeps the shape, and the value but for rounding; `directions` gives one where there was
none. At infinite entries the value may become undefined only where the docstring of the rule
says so. Nothing overflows, and numpy warns of nothing, where that was not so before. What is
not known of a sign, of a size or of complex numbers is not assumed. What other expressions
use, too, stays shared.

A new rewrite is a named function in the file of its subject and an entry in `STAGES`, behind
the functions that it is for; one that asks what else uses a node is a walk of its own, called
in `rewritten`. It gets a row in `RULES` of `tests/test_rewrites.py`, an
expression that it applies to, and one in `KEPT`, the nearest that it must leave; the tests
there also try all rewrites on random expressions, against numpy.

Read in this order: `regrouping`, `outer_products`, `logistic`, `determinants`,
`determinant_products`, `matrix_powers`, `directions`, `powers_at_zero`, `rewrites`.
"""
