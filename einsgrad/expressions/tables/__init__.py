"""What is known of functions: one row each, and nothing of it anywhere else.

A column that a row leaves out means "not known", and not known means no.

Read in this order: `spellings`, `latex_names`, `properties`, `rows`, `columns`, `elementary`,
`special`, `moduli`, `rounding`, `scipy_functions`, `several`, `elementwise`, `reductions`,
`matrix_differentials`, `decompositions`, `matrix_functions`.
"""
