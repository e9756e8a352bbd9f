"""Derivatives as arrays: of einsum strings, and of functions that are traced.

Read in this order: `pullbacks`, `tracing`, `of_functions`, `of_einsums`, `compiled_einsum`.
"""
