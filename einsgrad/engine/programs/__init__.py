"""Straight-line programs over registers: their steps, and how nodes become steps.

`lowering` has one arm for each node. Text is written elsewhere: a step says what is
computed, never how it is spelled.

The parts of `lowering` are passed to one another: `making_steps` makes each step once, `sums`
adds terms, `pairwise` contracts registers, `solving` replaces inverses, `einsums` joins
labels, `elimination` solves the equations that selectors are, `node_values` knows the nodes
that are lowered, `index_arrays` makes integers of them, `selecting` and `looking_up` take
selectors out of products, `contracting` contracts the rest. `lowering_structured` keeps
selectors: factors are kept apart by `separating`, look-ups are `pulled_out` of a result.

Read in this order: `affine_axes`, `tensors`, `actions`, `named_sizes`, `steps`, `step_costs`,
`program`, `changing`, `scaling`, `peephole`, `splitting_programs`, `number_dtypes`, `row_dtypes`,
`making_steps`, `sums`, `prices`, `ordering`, `reuse`, `branches`, `slicing`, `pairwise`,
`node_values`, `index_arrays`, `solving`, `selector_products`, `looking_up`, `selecting`,
`written_constants`, `elimination`, `gathered`, `contracting`, `einsums`, `schedule`, `lowering`,
`pulled_out`, `separating`, `lowering_structured`.
"""
