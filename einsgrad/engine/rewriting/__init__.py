"""Rewrites that pay in running time, and what they must know about signs.

A rule has a name, the condition under which it pays, and a row in the tests.

Read in this order: `signs`, `regrouping`, `logistic`, `rewrites`.
"""
