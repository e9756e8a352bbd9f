"""The command line: `einsgrad "mn,n->m"` prints derivatives, their derivation and a check."""

from einsgrad.cli.command import main

__all__ = ["main"]
