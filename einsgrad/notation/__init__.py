"""Ways to write an expression: einsum strings, index notation, LaTeX."""
