"""What a user calls: it reads what was given, asks the rooms below, and hands on.

Nothing is computed here. The names are exported by `einsgrad` itself.

Read in this order: `einsums`, `expressions`, `several`, `given`, `derivatives`, `jacobians`,
`jacobian_modes`, `linearizing`, `newton`, `batching`, `custom`, `jitting`, `steps`, `compiling`,
`costs`, `checking`, `pictures`, `operators`.
"""
