"""A program as a numpy function: spelling, memory that is used again, slices.

Read in this order: `spelling`, `slices`, `lifetimes`, `lines`, `sums`, `writer`.
"""
