"""Fuzzing: random programs and random texts, and what is compared with numpy.

Nothing here asks einsgrad what an expression means: a program is a list of steps, and each
step says how it is written for einsgrad, how as a numpy function, and what it is in numpy.

Read in this order: `reference`, `operations`, `programs`, `drawing`, `slopes`, `arrays`,
`checks`, `findings`; and for texts `texts`, `doors`.
"""
