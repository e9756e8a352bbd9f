"""A formula that a person derived, compared with the derivative; what went wrong is named.

Mistakes are rows of tables: with one term (`mutations`), with the whole (`whole`).
`check` is the door; `proving` compares any two expressions.

Read in this order: `verdict`, `question`, `answers`, `monomials`, `shares`, `values`, `points`,
`assumed`, `parametrised`, `assumptions`, `draws`, `candidates`, `compared`, `mutations`, `whole`,
`counterexamples`, `pools`, `causes`, `edited`, `edited_factors`, `edited_terms`,
`edited_functions`, `edits`, `misderived`, `retyped`, `explained`, `at_points`, `check`, `proving`.
"""
