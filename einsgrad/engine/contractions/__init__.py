"""The contraction of one or two arrays as the fewest numpy calls.

Read in this order: `arrays`, `views`, `gathers`, `matrices`, `small_products`,
`matrix_products`, `contraction`.
"""
