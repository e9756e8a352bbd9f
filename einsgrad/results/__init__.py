"""What a user is given: derivations, formulas, numbers.

Here calculus, notation and engine meet, which know nothing of one another.

Read in this order: `steps`, `formulas`, `numbers`.
"""
