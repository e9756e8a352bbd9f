"""Programs written as code: numpy with all that it can do, torch and jax plainly.

Read in this order: `numpy`, `library`, `torch`, `jax`, `plain_selections`, `plain_windows`,
`plain_writer`.
"""
