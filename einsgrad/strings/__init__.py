"""Einsum strings as values: label lists, the theorem, Kronecker deltas.

Whatever can be said of an einsum by its labels alone lives here. The theorem is
`subscripts.exchange`. There are no nodes, no arrays and no sizes that are guessed.

Read in this order: `letters`, `subscripts`, `affine_labels`, `joins`, `equation`,
`reading_affine`, `parsing`, `interleaving`, `deltas`, `calls`.
"""
