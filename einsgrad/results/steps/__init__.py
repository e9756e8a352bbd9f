"""Derivations: a derivative told line by line, each with its rule.

Read in this order: `derivation`, `contracted_terms`, `of_einsums`, `passed_back`, `wording`,
`one_derivative`, `of_expressions`.
"""
