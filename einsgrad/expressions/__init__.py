"""The nodes, how they are built and walked, and how they print themselves.

Constructors keep what the nodes promise, so that no rule has to check it. What a
node's text is belongs here, because every error message needs it; all other ways to
write an expression belong to `notation`. No rule that makes an expression simpler and
no derivative lives here.

Read in this order: `tables`, `current`, `call_sites`, `operators`, `array_methods`, `refusing`,
`interning`, `records`, `dims`, `index_forms`, `index_ranges`, `own_calls`, `base`, `label_dims`,
`axis_groups`, `selectors`, `nodes`, `structures`, `construct`, `selecting`, `walks`, `products`,
`idioms`, `parts`, `foreign_arrays`, `capture`, `kinds`, `shaping`, `repetition`, `lettering`,
`label_ranges`, `operand_names`, `named`, `declarations`, `declare`, `signed_sums`,
`affine_spelling`, `slice_texts`, `reshape_texts`, `printing`, `vocabulary`.
"""
