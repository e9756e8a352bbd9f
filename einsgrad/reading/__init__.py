"""Expressions from text: numpy-like, in index notation, or as einsgrad prints them.

Matrix notation has tokens and a grammar of its own. Other texts go through signs put into
Python's syntax, the checked tree, names and dims, plain values or indexed products. `lines`
finds the notation of each line, and `parse` is the door.

Read in this order: `typed_text`, `tokens`, `formula_tree`, `token_reader`, `grammar`,
`notation_signs`, `latex_words`, `latex_pieces`, `latex_text`, `names`, `index_spelling`,
`derivative_sides`, `shorthand`, `ranges`, `dims`, `source`, `syntax`, `unsized`, `plain`,
`unknown_dims`, `matrix_values`, `matrix_calls`, `matrix_reader`, `indexed`, `shifted`, `built_in`,
`scope_parts`, `scopes`, `selecting`, `selector_calls`, `convention`, `combining`, `calls`,
`reader`, `spelled_lines`, `parts`, `lines`, `read_lines`, `habits`, `index_habits`, `interpret`,
`parse`.
"""
