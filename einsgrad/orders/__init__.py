"""In which order many operands are contracted, and what an order costs.

A network is a tuple of bit masks; an order is a tree over it. Nothing here knows of
expressions: labels and sizes go in, a path comes out. `paths` is the door.

Read in this order: `masks`, `exact`, `greedy`, `trees`, `bisection`, `budget`, `improvement`,
`search`, `paths`, `others`.
"""
