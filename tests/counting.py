"""How much a piece of work is, counted in calls: the same on every machine."""

import gc
import sys


def calls_in(work, *arguments):
    """The number of Python functions that some work calls."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event == "call"

    gc.collect()
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work(*arguments)
    finally:
        sys.setprofile(before)
    return count
