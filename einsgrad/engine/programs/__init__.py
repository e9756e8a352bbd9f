"""Straight-line programs over registers: their steps, and how nodes become steps.

`lowering` has one arm for each node. Text is written elsewhere: a step says what is
computed, never how it is spelled.

The parts of `lowering` are passed to one another: `making_steps` makes each step once, `sums`
adds terms, `pairwise` contracts registers, `solving` replaces inverses, `einsums` joins
labels, `node_values` knows the nodes that are lowered.

Read in this order: `tensors`, `steps`, `program`, `peephole`, `making_steps`, `sums`, `prices`,
`ordering`, `reuse`, `branches`, `slicing`, `pairwise`, `node_values`, `solving`, `einsums`,
`schedule`, `lowering`.
"""
