"""What is known of functions: one row each, and nothing of it anywhere else.

A column that a row leaves out means "not known", and not known means no.

Read in this order: `spellings`, `latex_names`, `properties`, `matrix_rows`, `rows`,
`matrix_differentials`, `entering`, `columns`, `elementary`, `special`, `moduli`, `rounding`,
`scipy_functions`, `scipy_tails`, `several`, `elementwise`, `reductions`, `decompositions`,
`factorisations`, `matrix_functions`, `matrix_powers`.
"""
