"""A program as a numpy function: spelling, memory that is used again, slices.

What is computed is decided on records (`statements`, over the arrays of
`engine/contractions`); text is made of them last.

Read in this order: `constants`, `factorising`, `spelling`, `lifetimes`, `scope`, `statements`,
`sums`, `correlations`, `windows`, `combinations`, `systems`, `selections`, `slices`, `returned`,
`python_numbers`, `writer`.
"""
