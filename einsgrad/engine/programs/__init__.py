"""Straight-line programs over registers: their steps, and how nodes become steps.

`lowering` has one arm for each node. Text is written elsewhere: a step says what is
computed, never how it is spelled.

Read in this order: `steps`, `program`, `prices`, `ordering`, `adding`, `reuse`, `contracting`,
`peephole`, `einsum_lowering`, `lowering`.
"""
