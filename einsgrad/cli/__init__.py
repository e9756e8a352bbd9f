"""The command line: `einsgrad "mn,n->m"` prints derivatives, their derivation and a check.

Read in this order: `terminal`, `arguments`, `forms`, `options`, `sections`, `strings`,
`expressions`, `command`.
"""

from einsgrad.cli.command import main

__all__ = ["main"]
