"""The rules of derivatives, and everything that is composed of them.

`rules` has one arm for each node, forward and backward, and says what a rule may assume,
must give and must keep; gradients, Jacobians, Hessians and products with them are
compositions. In and out go expressions.

Read in this order: `selections`, `slopes`, `mapped`, `called`, `batching`, `rules`, `bracketing`,
`within`, `real_values`, `derivatives`.
"""
