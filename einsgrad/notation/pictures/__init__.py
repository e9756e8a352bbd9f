"""Pictures: tensor networks of einsums, graphs of expressions.

Read in this order: `svg`, `library`, `line_letters`, `network`, `graph`.
"""
