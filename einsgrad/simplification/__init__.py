"""Rules that make an expression simpler and keep its value; one file for each subject.

A rule takes a node whose parts are simple, and gives a better one or None. `simplify`
says which rules apply to which node, and in which order. Rules that only pay in
running time live in `engine/rewriting`.

Read in this order: `flattening`, `canonical`, `powers`, `functions`, `reshapes`, `lengths`,
`inverses`, `sums`, `distribution`, `turning`, `simplify`, `squares`.
"""
