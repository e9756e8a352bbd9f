"""Derivatives as arrays: of einsum strings, and of functions that are traced.

Read in this order: `pullbacks`, `trees`, `flat_vectors`, `callables`, `arguments`,
`static_arguments`, `traced_dtypes`, `tracing`, `transforms`, `prepared`, `many_operands`,
`of_einsums`, `compiled_einsum`, `immediate`, `plain_nodes`, `first_calls`, `arrangements`,
`requests`, `frozen`, `jitting`, `answers`, `of_functions`, `function_products`, `batched_calls`,
`initial_values`, `differential_equations`, `scipy_solvers`.
"""
