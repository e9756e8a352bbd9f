"""Ways to write an expression: index and matrix notation, ASCII, LaTeX, pictures.

What is said is decided first (`signs`, `presentation`, `index`, `matrix`), how it is set
afterwards (`layout`, `ascii`, `latex`). No rule of derivatives is known here.

Read in this order: `style`, `pieces`, `terms`, `told_sizes`, `signs`, `presentation`, `recognised`,
`absorbed`, `conditions`, `lettered`, `lettered_forms`, `index_factors`, `extents`,
`index_letters`, `numbers`, `number_layout`, `index_layout`, `function_layout`, `equation_layout`,
`layout`, `left_sides`, `naming`, `ascii`, `latex`, `pictures`, `formula_names`, `index`,
`matrix_network`, `reshapes`, `matrix`, `noted`, `show`.
"""
