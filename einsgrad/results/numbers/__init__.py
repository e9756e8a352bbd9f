"""Derivatives as arrays: of einsum strings, and of functions that are traced.

Read in this order: `pullbacks`, `of_functions`, `of_einsums`.
"""
