"""What a user calls: it reads what was given, asks the rooms below, and hands on.

Nothing is computed here. The names are exported by `einsgrad` itself.

Read in this order: `compiling`, `derivatives`, `einsum_calls`, `einsums`, `pictures`,
`derivative_products`, `steps`.
"""
