"""The rules of derivatives, and everything that is composed of them.

`rules` has one arm for each node, forward and backward; gradients, Jacobians, Hessians
and products with them are compositions. In and out go expressions.

Read in this order: `rules`, `bracketing`, `derivatives`.
"""
