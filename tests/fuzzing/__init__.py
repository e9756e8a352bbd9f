"""Fuzzing: random programs and random texts, and what is compared with numpy.

Nothing here asks einsgrad what an expression means: a program is a list of steps, and each
step says how it is written for einsgrad, how as a numpy function, and what it is in numpy.

Read in this order: `reference`, `operations`, `idioms`, `programs`, `arrays`, `drawing`,
`numpy_forms`, `affine`, `index_forms`, `contracting`, `slopes`, `checks`, `derivative_checks`,
`string_checks`, `findings`; and for texts `grammar`, `texts`, `doors`.
"""
