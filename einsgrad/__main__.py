"""Run the command line as `python -m einsgrad`."""

import sys

from einsgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
