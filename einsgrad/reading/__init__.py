"""Expressions from text: numpy-like, in index notation, or as einsgrad prints them.

A text goes through the files in their order: signs put into Python's syntax, the
checked tree, names and dims, plain values or indexed products. `parse` is the door.

Read in this order: `index_spelling`, `shorthand`, `names`, `ranges`, `dims`, `source`, `syntax`,
`unsized`, `plain`, `indexed`, `shifted`, `built_in`, `scope_parts`, `scopes`, `selecting`,
`selector_calls`, `convention`, `combining`, `calls`, `reader`, `parts`, `parse`.
"""
