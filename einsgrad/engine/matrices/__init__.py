"""Matrices that keep their structure: what is solved block by block, factor by factor, or by rank.

A `Grid` is what is known: sums of parts over the axes of rows and columns. `planning` finds
the structure of least work, and makes a tree of the records in the files before it. Each has
the methods of `Matrix`.

Read in this order: `grids`, `matrix`, `checking`, `factorised`, `part_products`, `dense`,
`scalars`, `block_diagonal`, `kronecker`, `kronecker_sums`, `low_rank`, `sparse`, `arrows`,
`finding_axes`, `finding_ranks`, `planning`.
"""
