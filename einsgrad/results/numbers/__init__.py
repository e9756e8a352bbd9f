"""Derivatives as arrays: of einsum strings, and of functions that are traced.

Read in this order: `pullbacks`, `arguments`, `nesting`, `tracing`, `transforms`, `prepared`,
`requests`, `jitting`, `of_functions`, `many_operands`, `of_einsums`, `compiled_einsum`.
"""
