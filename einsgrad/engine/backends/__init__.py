"""Programs written as code: numpy with all that it can do, torch and jax plainly.

Read in this order: `numpy`, `library`, `helpers`, `torch`, `jax`, `array_api`, `plain_spelling`,
`plain_contractions`, `plain_windows`, `plain_sums`, `plain_selections`, `plain_writer`,
`libraries`.
"""
