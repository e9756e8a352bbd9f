"""Expressions as programs that run: rewritten for speed, lowered, written as code, called.

The way is `rewriting`, `programs` (with `contractions` for each pair), `backends`,
`making_kernels`, `compiled`. A derivative is an expression like any other here: no rule of
derivatives and no notation is imported.

Read in this order: `dtypes`, `caches`, `namespaces`, `foreign_values`, `binding`, `refusals`,
`random_sizes`, `structured_arrays`, `foreign_declared`, `random_arrays`, `signatures`, `stable`,
`stable_matrices`, `copied_functions`, `row_values`, `contractions`, `rewriting`, `polynomials`,
`costs`, `programs`, `kernels`, `labelled_arrays`, `parts`, `matrices`, `flat_columns`,
`square_matrices`, `structured`, `block_matrices`, `making_structured`, `backends`,
`foreign_kernels`, `generic_code`, `making_kernels`, `kernel_code`, `split_kernels`, `arguments`,
`described`, `compiled`, `evaluation`, `immediate_products`, `immediate_systems`.
"""
