"""Derivatives as arrays: of einsum strings, and of functions that are traced.

Read in this order: `pullbacks`, `trees`, `arguments`, `traced_dtypes`, `tracing`, `transforms`,
`prepared`, `requests`, `jitting`, `of_functions`, `many_operands`, `of_einsums`, `compiled_einsum`.
"""
