"""Derivatives as records that print in every notation: adjoints, differentials, vec forms.

Read in this order: `record`, `of_einsums`, `differential`, `stacked`, `vec_jacobian`.
"""
